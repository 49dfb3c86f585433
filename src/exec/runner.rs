//! Runs a program over the boxes of a region, tile by tile, registers in cache.

use super::boxes::{Boxes, TILE};
use super::prepare::Prepared;
use super::read::Reader;
use crate::data::{DType, Region, Result, Scalar};
use crate::ir::{Make, Overlay, Piece, Program, Reg, View};
use crate::ops::primitive::map;
use crate::ops::tile::{Elements, ElementsMut, Operand, Tile, Typed};
use crate::with_dtype;

/// The longest run of a tile where a leaf is transposed, so that its lines are used whole while they are near.
const SQUARE: usize = super::fold::SEGMENT;

/// A program with the leaves of one region open, and the registers to run it.
pub(crate) struct Runner<'p> {
    program: &'p Program,
    readers: Vec<Reader>,
    /// For each register, the programs of its parts that reach into the region.
    parts: Vec<Vec<Option<Runner<'p>>>>,
    /// Tiles, fewer than registers: a tile is used again once nobody reads its register any more.
    slots: Vec<Slot>,
    /// The tile of each register.
    place: Vec<usize>,
    /// Whether a register is the leaf's own elements, side by side in memory.
    direct: Vec<bool>,
    /// The box the registers hold.
    start: Vec<usize>,
    lens: Vec<usize>,
    longest: usize,
}

/// A tile, and the register and box it was last made for.
#[derive(Default)]
struct Slot {
    tile: Option<Tile>,
    owner: Option<Reg>,
    start: Vec<usize>,
    lens: Vec<usize>,
}

/// The tile of each register, and how many tiles there are: registers of one dtype share where their lives do not overlap.
/// Those that do not change along every axis keep theirs, because the next box may find it still good.
fn places(program: &Program) -> (Vec<usize>, usize) {
    let mut last_use = vec![0; program.regs.len()];
    for (reg, spec) in program.regs.iter().enumerate() {
        match &spec.make {
            Make::Map(_, args) => args.iter().for_each(|&arg| last_use[arg] = reg),
            Make::Overlay { under, .. } => last_use[*under] = reg,
            Make::Const(_) | Make::Load(_) | Make::Pieces(_) => {}
        }
    }
    program.roots.iter().for_each(|&root| last_use[root] = usize::MAX);
    let keeps = |reg: Reg| program.regs[reg].varies.iter().zip(&program.space).any(|(varies, &len)| !varies && len > 1);
    let (mut place, mut count, mut free): (Vec<usize>, usize, Vec<(DType, usize)>) = (vec![], 0, vec![]);
    for (reg, spec) in program.regs.iter().enumerate() {
        let found = if keeps(reg) { None } else { free.iter().position(|(dtype, _)| *dtype == spec.dtype) };
        place.push(match found {
            Some(at) => free.swap_remove(at).1,
            None => {
                count += 1;
                count - 1
            }
        });
        let dead = (0..reg).filter(|&arg| last_use[arg] == reg && !keeps(arg));
        free.extend(dead.map(|arg| (program.regs[arg].dtype, place[arg])));
    }
    (place, count)
}

impl<'p> Runner<'p> {
    /// A runner for boxes within a region of the program's space.
    ///
    /// # Errors
    /// `OSError` where a leaf's block cannot be brought back.
    pub(crate) fn open(program: &'p Program, prepared: &'p Prepared, region: &Region) -> Result<Runner<'p>> {
        let leaves = program.leaves.iter().enumerate();
        let readers = leaves.map(|(k, _)| prepared.reader(k, region)).collect::<Result<Vec<Reader>>>()?;
        let longest = if prepared.is_transposed { SQUARE } else { TILE };
        let parts = program.regs.iter().zip(&prepared.parts).map(|(spec, below)| open_parts(&spec.make, below, region));
        let (place, count) = places(program);
        Ok(Runner {
            program,
            readers,
            parts: parts.collect::<Result<_>>()?,
            slots: (0..count).map(|_| Slot::default()).collect(),
            place,
            direct: vec![false; program.regs.len()],
            start: vec![],
            lens: vec![],
            longest,
        })
    }

    /// The boxes of a region in C order, each of about [`TILE`] elements: whole trailing axes, part of one, one of the rest.
    pub(crate) fn boxes(&self, region: &Region) -> Boxes {
        Boxes::new(region, self.longest)
    }

    /// Makes the registers of a box.
    ///
    /// # Errors
    /// What a kernel refuses.
    pub(crate) fn run(&mut self, start: &[usize], lens: &[usize]) -> Result<()> {
        self.run_until(start, lens, self.program.regs.len())
    }

    /// Makes the registers of a box but the last one, and the last one into `out`.
    ///
    /// # Errors
    /// What a kernel refuses.
    pub(crate) fn run_into(&mut self, start: &[usize], lens: &[usize], out: ElementsMut<'_>) -> Result<()> {
        let last = self.program.regs.len() - 1;
        self.run_until(start, lens, last)?;
        let Make::Map(kernel, args) = &self.program.regs[last].make else { return Ok(()) };
        let operands: Vec<Operand<'_>> = args.iter().map(|&arg| self.operand(arg)).collect();
        map::run(*kernel, &operands, out)
    }

    /// Whether the only result is an elementwise kernel, so that `run_into` applies.
    pub(crate) fn ends_in_map(&self) -> bool {
        let last = self.program.regs.len() - 1;
        self.program.roots == [last] && matches!(self.program.regs[last].make, Make::Map(..))
    }

    fn run_until(&mut self, start: &[usize], lens: &[usize], end: Reg) -> Result<()> {
        self.start.clear();
        self.start.extend_from_slice(start);
        self.lens.clear();
        self.lens.extend_from_slice(lens);
        for reg in 0..end {
            self.make(reg)?;
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.lens.iter().product()
    }

    /// Whether a register's tile is still good: nothing it varies along has moved.
    fn is_current(&self, reg: Reg) -> bool {
        let slot = &self.slots[self.place[reg]];
        let varies = &self.program.regs[reg].varies;
        let same = |(varies, (old, new)): (&bool, (&usize, &usize))| !varies || old == new;
        slot.owner == Some(reg)
            && slot.lens == self.lens
            && varies.iter().zip(slot.start.iter().zip(&self.start)).all(same)
    }

    fn make(&mut self, reg: Reg) -> Result<()> {
        let spec = &self.program.regs[reg];
        match &spec.make {
            Make::Const(_) => Ok(()),
            Make::Load(leaf) => {
                self.direct[reg] = self.readers[*leaf].direct(&self.start, &self.lens).is_some();
                if !self.direct[reg] && !self.is_current(reg) {
                    let mut tile = self.take_tile(reg);
                    self.readers[*leaf].load(&self.start, &self.lens, tile.write(self.len()));
                    self.put_tile(reg, tile);
                }
                Ok(())
            }
            Make::Map(kernel, args) => {
                if self.is_current(reg) {
                    return Ok(());
                }
                let mut tile = self.take_tile(reg);
                let mut operands = [Operand::Scalar(Scalar::Bool(false)); 3];
                for (slot, &arg) in operands.iter_mut().zip(args) {
                    *slot = self.operand(arg);
                }
                map::run(*kernel, &operands[..args.len()], tile.write(self.len()))?;
                self.put_tile(reg, tile);
                Ok(())
            }
            Make::Pieces(pieces) => self.make_pieces(reg, pieces),
            Make::Overlay { under, part } => self.make_overlay(reg, *under, part),
        }
    }

    /// A register's tile, taken out so that it can be written while others are read.
    fn take_tile(&mut self, reg: Reg) -> Tile {
        let len = self.len();
        let slot = &mut self.slots[self.place[reg]];
        let tile = slot.tile.take().filter(|tile| tile.len() >= len);
        tile.unwrap_or_else(|| Tile::new(self.program.regs[reg].dtype, len))
    }

    fn put_tile(&mut self, reg: Reg, tile: Tile) {
        let slot = &mut self.slots[self.place[reg]];
        slot.tile = Some(tile);
        slot.owner = Some(reg);
        slot.start.clone_from(&self.start);
        slot.lens.clone_from(&self.lens);
    }

    fn operand(&self, reg: Reg) -> Operand<'_> {
        match &self.program.regs[reg].make {
            Make::Const(value) => Operand::Scalar(*value),
            _ => Operand::Slice(self.elements(reg)),
        }
    }

    /// The elements of a register that was made for this box.
    fn elements(&self, reg: Reg) -> Elements<'_> {
        if let (true, Make::Load(leaf)) = (self.direct[reg], &self.program.regs[reg].make) {
            return self.readers[*leaf].direct(&self.start, &self.lens).expect("the register was made for this box");
        }
        let slot = &self.slots[self.place[reg]];
        slot.tile.as_ref().expect("arguments are made before they are read").read(self.len())
    }

    /// A result of the last box, constants written out.
    pub(crate) fn root(&mut self, number: usize) -> Elements<'_> {
        let reg = self.program.roots[number];
        if let Make::Const(value) = self.program.regs[reg].make
            && !self.is_current(reg)
        {
            let tile = super::fold::constant_tile(value, self.len());
            self.put_tile(reg, tile);
        }
        self.elements(reg)
    }

    fn make_pieces(&mut self, reg: Reg, pieces: &'p [Piece]) -> Result<()> {
        let mut tile = self.take_tile(reg);
        let (start, lens, len) = (self.start.clone(), self.lens.clone(), self.len());
        for (piece, runner) in pieces.iter().zip(&mut self.parts[reg]) {
            let (Some(hit), Some(runner)) = (intersect(&start, &lens, &piece.at), runner) else { continue };
            let own: Vec<usize> = hit.start.iter().zip(&piece.at.start).map(|(h, p)| h - p).collect();
            let strides = crate::data::c_strides(&lens);
            let offset = hit.start.iter().zip(&start).zip(&strides).map(|((h, s), stride)| (h - s) * stride).sum();
            let moves: Vec<isize> = strides.iter().map(|&stride| stride as isize).collect();
            runner.run(&own, &hit.len)?;
            put_box(runner.root(0), &hit.len, &moves, offset, tile.write(len));
        }
        self.put_tile(reg, tile);
        Ok(())
    }

    fn make_overlay(&mut self, reg: Reg, under: Reg, part: &'p Overlay) -> Result<()> {
        let mut tile = self.take_tile(reg);
        let (start, lens, len) = (self.start.clone(), self.lens.clone(), self.len());
        match self.operand(under) {
            Operand::Slice(elements) => copy_all(elements, tile.write(len)),
            Operand::Scalar(value) => tile = super::fold::constant_tile(value, len),
        }
        if let Some(hit) = overlaid(part, &start, &lens)
            && let Some(Some(runner)) = self.parts[reg].first_mut()
        {
            runner.run(&hit.own.start, &hit.own.len)?;
            put_box(runner.root(0), &hit.own.len, &hit.moves, hit.offset, tile.write(len));
        }
        self.put_tile(reg, tile);
        Ok(())
    }
}

/// Runners for the parts of a register that reach into a region.
fn open_parts<'p>(make: &'p Make, below: &'p [Prepared], region: &Region) -> Result<Vec<Option<Runner<'p>>>> {
    let open =
        |program, prepared, own: Option<Region>| own.map(|own| Runner::open(program, prepared, &own)).transpose();
    match make {
        Make::Pieces(pieces) => pieces
            .iter()
            .zip(below)
            .map(|(piece, prepared)| {
                let own = intersect(&region.start, &region.len, &piece.at).map(|hit| shifted(hit, &piece.at.start));
                open(&piece.program, prepared, own)
            })
            .collect(),
        Make::Overlay { part, .. } => below
            .iter()
            .map(|prepared| {
                open(&part.program, prepared, overlaid(part, &region.start, &region.len).map(|hit| hit.own))
            })
            .collect(),
        Make::Const(_) | Make::Load(_) | Make::Map(..) => Ok(vec![]),
    }
}

fn shifted(mut region: Region, origin: &[usize]) -> Region {
    region.start.iter_mut().zip(origin).for_each(|(start, origin)| *start -= origin);
    region
}

/// Where an overlay falls in a box: the box of its own space, and how far its axes move in the tile.
struct Overlaid {
    own: Region,
    moves: Vec<isize>,
    offset: usize,
}

fn overlaid(part: &Overlay, start: &[usize], lens: &[usize]) -> Option<Overlaid> {
    let own_axes = part.program.space.len();
    let mut hit = Overlaid { own: Region::all(&part.program.space), moves: vec![0; own_axes], offset: 0 };
    let strides = crate::data::c_strides(lens);
    for axis in 0..lens.len() {
        let first_at = match part.axis[axis] {
            None => part.start[axis].checked_sub(start[axis]).filter(|at| *at < lens[axis])?,
            Some(of) => {
                let (begin, step) = (part.start[axis], part.step[axis]);
                let (first, n) = View::inside(begin, step, part.program.space[of], start[axis], lens[axis]);
                if n == 0 {
                    return None;
                }
                (hit.own.start[of], hit.own.len[of]) = (first, n);
                hit.moves[of] = strides[axis] as isize * step;
                begin.wrapping_add_signed(step * first as isize) - start[axis]
            }
        };
        hit.offset += first_at * strides[axis];
    }
    Some(hit)
}

/// The common part of a box and a region.
fn intersect(start: &[usize], lens: &[usize], with: &Region) -> Option<Region> {
    let mut hit = Region { start: vec![], len: vec![] };
    for axis in 0..start.len() {
        let low = start[axis].max(with.start[axis]);
        let high = (start[axis] + lens[axis]).min(with.start[axis] + with.len[axis]);
        if low >= high {
            return None;
        }
        hit.start.push(low);
        hit.len.push(high - low);
    }
    Some(hit)
}

fn copy_all(from: Elements<'_>, to: ElementsMut<'_>) {
    with_dtype!(to.dtype(), T => if let (Some(from), Some(to)) = (<T as Typed>::slice(from), <T as Typed>::slice_mut(to)) { to.copy_from_slice(from) });
}

/// Writes the elements of a C-order box of `len`, whose axes move by `moves` from `offset` on.
fn put_box(from: Elements<'_>, len: &[usize], moves: &[isize], offset: usize, out: ElementsMut<'_>) {
    let loops = super::copy::Loops::new(len, moves);
    let (run, stride) = loops.inner();
    with_dtype!(out.dtype(), T => {
        let (Some(from), Some(out)) = (<T as Typed>::slice(from), <T as Typed>::slice_mut(out)) else { return };
        loops.each_run(offset as isize, |at, read| {
            let row = &from[read..read + run];
            if stride == 1 {
                out[at as usize..at as usize + run].copy_from_slice(row);
            } else {
                row.iter().enumerate().for_each(|(k, v)| out[(at + k as isize * stride) as usize] = *v);
            }
        });
    });
}
