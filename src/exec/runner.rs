//! Runs a program over the boxes of a region, tile by tile, registers in cache.

use super::ahead::Ahead;
use super::boxes::{Boxes, DRAWN, TILE, tile_len};
use super::joined::open_parts;
use super::prepare::Prepared;
use super::read::Reader;
use super::registers::Registers;
use super::sampling::Sampler;
use super::tape::{Chain, ENDS, Step, Tape};
use crate::data::{Region, Result, Scalar};
use crate::ir::{Make, Program, Reg};
use crate::ops::primitive::map::{
    self,
    strips::{Input, Strips},
};
use crate::ops::tile::{Elements, ElementsMut, Operand};
use crate::ops::vector::prefetch::RowsApart;
use crate::ops::vector::strip_fold::StripFold;

/// The longest run of a tile where a leaf is transposed, so that its lines are used whole while they are near.
const SQUARE: usize = super::fold::SEGMENT;

/// The length of blocks from which on rows that cross them are folded piece by piece.
const LONG: usize = 4 * super::fold::SEGMENT;

/// Elements of a box that is folded strip by strip.
const STREAMED: usize = 16 << 10;

/// Elements of a row from which on a call of its own costs less than to copy it beside others.
const APART: usize = 2 * super::fold::SEGMENT;

/// Bytes of a box where rows are only read, again and again: so short that memory is soon asked for again (with 4096
/// float64 a variance took a quarter longer).
const BYTES_READ: usize = 8 << 10;

/// Bytes of a box where rows are read once: the cost of a box was a sixth of a sum with boxes of 8 KiB.
const BYTES_ONCE: usize = 128 << 10;

/// A program with the leaves of one region open, and the registers to run it.
pub(crate) struct Runner<'p> {
    program: &'p Program,
    tape: &'p Tape,
    pub(super) registers: Registers<'p>,
    /// The chains of the tape, in order.
    strips: Vec<Strips>,
    /// For each register, the programs of its parts that reach into the region.
    pub(super) parts: Vec<Vec<Option<Runner<'p>>>>,
    /// What the next box reads.
    ahead: Ahead,
    /// Elements of a box, and of its rows.
    room: usize,
    longest: usize,
    sampler: Sampler<'p>,
}

impl<'p> Runner<'p> {
    /// A runner for boxes within a region of the program's space.
    ///
    /// # Errors
    /// `OSError` where a leaf's block cannot be brought back.
    pub(crate) fn open(program: &'p Program, prepared: &'p Prepared, region: &Region) -> Result<Runner<'p>> {
        let leaves = program.leaves.iter().enumerate();
        let sampler = Sampler::new(program, prepared.samples.as_deref());
        let open = |leaf| sampler.open(leaf, || prepared.reader(leaf, region));
        let readers = leaves.map(|(leaf, _)| open(leaf)).collect::<Result<Vec<Reader>>>()?;
        let tape = &prepared.tape;
        let row = region.len.last().copied().unwrap_or(1);
        // Whole rows where a register stands still from row to row: parts of rows in turn would make it anew each time.
        let room = tile_len(tape.width).max(if tape.stands { row.min(TILE) } else { 0 });
        // Squares of a transposed leaf are larger: their short rows cost more calls, and they are copied once more anyway.
        let (room, longest) = match (prepared.draws_across, prepared.is_transposed) {
            (true, _) => (DRAWN, SQUARE),
            (_, true) => (TILE, SQUARE),
            _ => (room, room),
        };
        let parts = program.regs.iter().zip(&prepared.parts).map(|(spec, below)| open_parts(&spec.make, below, region));
        let chains =
            tape.steps.iter().filter_map(|step| if let Step::Chain(chain) = step { Some(chain) } else { None });
        Ok(Runner {
            program,
            tape,
            registers: Registers::new(program, readers, &tape.place, tape.tiles),
            strips: chains.map(|chain| chain.build(program)).collect(),
            parts: parts.collect::<Result<_>>()?,
            ahead: Ahead::default(),
            room,
            longest,
            sampler,
        })
    }

    /// The boxes of a region in C order, each of a tile: whole trailing axes, part of one, one of the rest.
    pub(crate) fn boxes(&self, region: &Region) -> Boxes {
        Boxes::new(region, self.room, self.longest)
    }

    /// The boxes for folds along the last axis: short where leaves are only read, and `again`.
    pub(crate) fn boxes_of_rows(&self, region: &Region, again: bool) -> Boxes {
        if self.tape.width > 0 || self.turns() {
            return self.boxes(region);
        }
        let along = |reader: &Reader| if let Reader::Parts(parts) = reader { parts.along_rows(region) } else { None };
        let blocks = self.registers.readers.iter().find_map(along);
        if let Some(blocks) = blocks.filter(|blocks| are_long(blocks, region)) {
            return Boxes::of_pieces(region, self.room, &blocks);
        }
        let widest = self.program.regs.iter().map(|reg| reg.dtype.itemsize()).max().unwrap_or(8);
        let one_run = || self.registers.readers.iter().all(|reader| reader.is_one_run(&region.len));
        let room = if !again && one_run() { BYTES_ONCE / widest } else { self.read_again() };
        Boxes::new(region, room, room)
    }

    /// Lets the kernels ask for the memory of rows further on while a region is read.
    pub(crate) fn reads_rows(&self, region: &Region) -> RowsApart {
        RowsApart::read(self.registers.readers.iter().find_map(|reader| reader.rows_apart(region)))
    }

    /// Asks for the memory of the box after the one that `boxes` gave last, while that one is run.
    pub(crate) fn look_ahead(&mut self, boxes: &Boxes) {
        self.ahead.clear();
        // Where rows are read in order the hardware alone keeps up. The box's own places are free until it is run.
        let Registers { start, lens, readers, .. } = &mut self.registers;
        if self.longest < self.room && boxes.peek_into(start, lens) {
            readers.iter().for_each(|reader| reader.look_ahead(start, lens, &mut self.ahead));
        }
    }

    /// Makes the registers of a box.
    ///
    /// # Errors
    /// What a kernel refuses.
    pub(crate) fn run(&mut self, start: &[usize], lens: &[usize]) -> Result<()> {
        self.run_steps(start, lens, self.tape.steps.len())?;
        self.write_constants();
        Ok(())
    }

    /// Whether the only result is made by one chain of leaves whose rows lie in memory, in one run where they are `joined`, so
    /// that a fold may take it in strip by strip; beside leaves that are transposed into tiles, too. (What is generated or
    /// gathered comes in tiles, which are folded faster than strips of long boxes: `(E[:, :4000] * E[:, 4000:]).sum()` takes
    /// 25 ms so and 38 in strips.)
    pub(crate) fn streams(&self, region: &Region, joined: bool) -> bool {
        let Some((Step::Chain(chain), before)) = self.tape.steps.split_last() else { return false };
        let reads =
            |step: &Step| matches!(step, Step::One(reg) if matches!(self.program.regs[*reg].make, Make::Load(_)));
        let turned = self.turns();
        let lies = |reader: &Reader| match reader {
            Reader::Block { .. } if turned => !joined,
            reader => reader.is_one_run(&region.len) || (!joined && reader.is_in_rows()),
        };
        chain.outputs == self.program.roots
            && before.iter().all(reads)
            && self.strips.last().is_some_and(Strips::has_room_for_a_fold)
            && self.registers.readers.iter().all(lies)
    }

    /// The boxes for a fold of short rows as one.
    pub(crate) fn boxes_of_short_rows(&self, region: &Region, in_strips: bool) -> Boxes {
        let room = if self.tape.width > 0 { self.room } else { TILE };
        Boxes::of_short_rows(region, if in_strips { STREAMED } else { room })
    }

    /// Whether the result is a leaf whose rows, not short, lie apart in one block.
    pub(crate) fn is_rows_apart(&self, region: &Region) -> bool {
        let [Step::One(reg)] = self.tape.steps.as_slice() else { return false };
        matches!(self.program.regs[*reg].make, Make::Load(_))
            && region.len.last().is_some_and(|&row| row >= APART)
            && self.program.roots == [*reg]
            && self.registers.readers.iter().all(|reader| reader.rows_apart(region).is_some())
    }

    /// The boxes for folds of such rows: short ones where they are read `again`.
    pub(crate) fn boxes_of_rows_apart(&self, region: &Region, again: bool) -> Boxes {
        let longest = if again { self.read_again() } else { STREAMED };
        Boxes::new(region, STREAMED, longest)
    }

    /// The elements of a box, among them those where its rows begin.
    pub(crate) fn rows_of(&mut self, start: &[usize], lens: &[usize], rows: &mut Vec<usize>) -> Elements<'_> {
        self.sampler.begin();
        let reader = &self.registers.readers[0];
        reader.rows(start, lens, rows);
        reader.elements().expect("rows that lie apart lie in a block")
    }

    /// Elements of a box that is read again and again.
    fn read_again(&self) -> usize {
        let widest = self.program.regs.iter().map(|reg| reg.dtype.itemsize()).max().unwrap_or(8);
        (BYTES_READ / widest).min(TILE)
    }

    /// Whether boxes are squares, for leaves that are transposed.
    fn turns(&self) -> bool {
        self.longest < self.room
    }

    /// The boxes for a fold that takes strips: long, because to begin one costs.
    pub(crate) fn boxes_of_strips(&self, region: &Region) -> Boxes {
        if self.turns() { self.boxes(region) } else { Boxes::new(region, STREAMED, STREAMED) }
    }

    /// Finds what the last chain reads of a box.
    pub(crate) fn begin(&mut self, start: &[usize], lens: &[usize]) {
        self.registers.enter(start, lens);
        self.sampler.begin();
        for (reg, spec) in self.program.regs.iter().enumerate() {
            if let Make::Load(leaf) = spec.make {
                self.registers.find_rows(reg, leaf, &mut self.ahead);
                self.sampler.lap(std::iter::once(reg));
            }
        }
    }

    /// Makes the result of the box, and hands it to the fold as it is made.
    pub(crate) fn run_into_fold(&mut self, fold: &StripFold<'_>) {
        let (Some(Step::Chain(chain)), Some(strips)) = (self.tape.steps.last(), self.strips.last_mut()) else { return };
        let mut inputs = [Input::Run(Elements::Bool(&[])); ENDS];
        for (slot, &reg) in inputs.iter_mut().zip(&chain.inputs) {
            *slot = self.registers.input(reg);
        }
        strips.run_into(&inputs[..chain.inputs.len()], fold);
        self.sampler.lap(chain.regs());
    }

    fn write_constants(&mut self) {
        for &root in &self.program.roots {
            if let Make::Const(value) = self.program.regs[root].make {
                self.registers.write_constant(root, value);
            }
        }
    }

    /// Makes the registers of a box, the only result into `out`.
    ///
    /// # Errors
    /// What a kernel refuses.
    pub(crate) fn run_into(&mut self, start: &[usize], lens: &[usize], out: ElementsMut<'_>) -> Result<()> {
        let last = self.tape.steps.len() - 1;
        let number = self.run_steps(start, lens, last)?;
        match &self.tape.steps[last] {
            Step::Chain(chain) => {
                run_chain(&mut self.strips[number], chain, &self.registers, &mut [out]);
                self.sampler.lap(chain.regs());
                Ok(())
            }
            Step::One(reg) => {
                let Make::Map(kernel, args) = &self.program.regs[*reg].make else { return Ok(()) };
                let operands: Vec<Operand<'_>> = args.iter().map(|&arg| self.registers.operand(arg)).collect();
                map::run(*kernel, &operands, out)?;
                self.sampler.lap(std::iter::once(*reg));
                Ok(())
            }
        }
    }

    /// Whether the last step makes the only result by a kernel and nothing else, so that `run_into` applies.
    pub(crate) fn ends_in_map(&self) -> bool {
        match (self.tape.steps.last(), self.program.roots.as_slice()) {
            (Some(Step::Chain(chain)), roots) => chain.outputs == roots,
            (Some(Step::One(last)), [root]) => last == root && matches!(self.program.regs[*last].make, Make::Map(..)),
            _ => false,
        }
    }

    /// Runs the first steps for a box; how many of them were chains.
    fn run_steps(&mut self, start: &[usize], lens: &[usize], end: usize) -> Result<usize> {
        self.registers.enter(start, lens);
        self.sampler.begin();
        let tape = self.tape;
        let mut chains = 0;
        for step in &tape.steps[..end] {
            match step {
                Step::One(reg) => {
                    self.make(*reg)?;
                    self.sampler.lap(std::iter::once(*reg));
                }
                Step::Chain(chain) => {
                    self.run_chain(chains, chain);
                    chains += 1;
                    self.sampler.lap(chain.regs());
                }
            }
        }
        Ok(chains)
    }

    fn make(&mut self, reg: Reg) -> Result<()> {
        match &self.program.regs[reg].make {
            Make::Const(_) => Ok(()),
            Make::Load(leaf) => {
                self.registers.load(reg, *leaf, &mut self.ahead);
                Ok(())
            }
            Make::Map(kernel, args) => {
                let registers = &mut self.registers;
                if registers.is_current(reg) {
                    return Ok(());
                }
                let mut tile = registers.take_tile(reg);
                let mut operands = [Operand::Scalar(Scalar::Bool(false)); 3];
                for (slot, &arg) in operands.iter_mut().zip(args) {
                    *slot = registers.operand(arg);
                }
                map::run(*kernel, &operands[..args.len()], tile.write_line(registers.len))?;
                registers.put_tile(reg, tile);
                Ok(())
            }
            Make::Pieces(pieces) => self.make_pieces(reg, pieces),
            Make::Overlay { under, part } => self.make_overlay(reg, *under, part),
        }
    }

    fn run_chain(&mut self, number: usize, chain: &Chain) {
        let (registers, strips) = (&mut self.registers, &mut self.strips[number]);
        let len = registers.len;
        // One result is the rule, and then nothing is allocated.
        if let [reg] = chain.outputs.as_slice() {
            let mut tile = registers.take_tile(*reg);
            run_chain(strips, chain, registers, &mut [tile.write_line(len)]);
            registers.put_tile(*reg, tile);
            return;
        }
        let mut tiles: Vec<_> = chain.outputs.iter().map(|&reg| registers.take_tile(reg)).collect();
        let mut outputs: Vec<ElementsMut<'_>> = tiles.iter_mut().map(|tile| tile.write_line(len)).collect();
        run_chain(strips, chain, registers, &mut outputs);
        chain.outputs.iter().zip(tiles).for_each(|(&reg, tile)| registers.put_tile(reg, tile));
    }

    /// A result of the last box.
    pub(crate) fn root(&self, number: usize) -> Elements<'_> {
        self.registers.elements(self.program.roots[number])
    }
}

/// Whether rows lie in blocks that are long enough to be folded where they lie: what lies across two of them is copied.
fn are_long(blocks: &[usize], region: &Region) -> bool {
    region.len.last().is_some_and(|width| (blocks.len() + 1) * LONG <= *width)
}

fn run_chain(strips: &mut Strips, chain: &Chain, registers: &Registers<'_>, outputs: &mut [ElementsMut<'_>]) {
    let inputs = inputs_of(chain, registers);
    strips.run(&inputs[..chain.inputs.len()], outputs, registers.len);
}

/// What a chain reads.
fn inputs_of<'a>(chain: &Chain, registers: &'a Registers<'_>) -> [Elements<'a>; ENDS] {
    let mut inputs = [Elements::Bool(&[]); ENDS];
    for (slot, &reg) in inputs.iter_mut().zip(&chain.inputs) {
        *slot = registers.elements(reg);
    }
    inputs
}
