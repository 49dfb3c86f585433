//! The registers of a program for one box: tiles that are written again and again, leaves read where they lie.

use super::ahead::Ahead;
use super::read::{Reader, Run};
use super::tape::is_moving;
use crate::data::Scalar;
use crate::ir::{Make, Program, Reg};
use crate::ops::primitive::map::strips::Input;
use crate::ops::tile::{Elements, Operand, Tile};

/// The registers of a program, made for one box.
pub(super) struct Registers<'p> {
    pub(super) program: &'p Program,
    pub(super) readers: Vec<Reader>,
    /// Where the elements of a leaf lie side by side in memory, to be read there.
    found: Vec<Option<Run>>,
    /// Where its rows begin that are read there one by one, and whether each repeats one element.
    rows: Vec<(Vec<usize>, bool)>,
    slots: Vec<Slot>,
    /// The slot of each register.
    place: &'p [usize],
    /// Whether every box makes a register anew.
    moving: Vec<bool>,
    /// The box.
    pub(super) start: Vec<usize>,
    pub(super) lens: Vec<usize>,
    pub(super) len: usize,
}

/// A tile, and the register and box it was last made for.
#[derive(Default)]
struct Slot {
    tile: Option<Tile>,
    owner: Option<Reg>,
    start: Vec<usize>,
    lens: Vec<usize>,
}

impl<'p> Registers<'p> {
    pub(super) fn new(program: &'p Program, readers: Vec<Reader>, place: &'p [usize], tiles: usize) -> Registers<'p> {
        Registers {
            program,
            found: vec![None; readers.len()],
            rows: vec![(vec![], false); readers.len()],
            readers,
            slots: (0..tiles).map(|_| Slot::default()).collect(),
            place,
            moving: (0..program.regs.len()).map(|reg| is_moving(program, reg)).collect(),
            start: vec![],
            lens: vec![],
            len: 0,
        }
    }

    /// Moves on to a box.
    pub(super) fn enter(&mut self, start: &[usize], lens: &[usize]) {
        self.start.clear();
        self.start.extend_from_slice(start);
        self.lens.clear();
        self.lens.extend_from_slice(lens);
        self.len = lens.iter().product();
    }

    /// Whether a register's tile is still good: nothing it varies along has moved.
    pub(super) fn is_current(&self, reg: Reg) -> bool {
        if self.moving[reg] {
            return false;
        }
        let slot = &self.slots[self.place[reg]];
        let varies = &self.program.regs[reg].varies;
        let same = |(varies, (old, new)): (&bool, (&usize, &usize))| !varies || old == new;
        slot.owner == Some(reg)
            && slot.lens == self.lens
            && varies.iter().zip(slot.start.iter().zip(&self.start)).all(same)
    }

    /// Reads a leaf: where it lies, or into the register's tile.
    pub(super) fn load(&mut self, reg: Reg, leaf: usize, ahead: &mut Ahead) {
        self.found[leaf] = self.readers[leaf].run(&self.start, &self.lens);
        if self.found[leaf].is_none() && !self.is_current(reg) {
            let mut tile = self.take_tile(reg);
            self.readers[leaf].load(&self.start, &self.lens, tile.write_line(self.len), ahead);
            self.put_tile(reg, tile);
        }
    }

    /// Finds the rows of a leaf where they lie, or reads them into the register's tile.
    pub(super) fn find_rows(&mut self, reg: Reg, leaf: usize, ahead: &mut Ahead) {
        if !self.readers[leaf].is_in_rows() {
            return self.load(reg, leaf, ahead);
        }
        self.found[leaf] = self.readers[leaf].run(&self.start, &self.lens);
        if self.found[leaf].is_none() {
            let (starts, repeats) = &mut self.rows[leaf];
            *repeats = self.readers[leaf].rows(&self.start, &self.lens, starts);
        }
    }

    /// A leaf whose rows were found, as a fold's chain reads it.
    pub(super) fn input(&self, reg: Reg) -> Input<'_> {
        if let Make::Load(leaf) = self.program.regs[reg].make
            && self.found[leaf].is_none()
            && self.readers[leaf].is_in_rows()
            && let Some(elements) = self.readers[leaf].elements()
        {
            let (starts, repeats) = &self.rows[leaf];
            return if *repeats { Input::Repeated(elements, starts) } else { Input::Rows(elements, starts) };
        }
        Input::Run(self.elements(reg))
    }

    /// A register's tile, taken out so that it can be written while others are read.
    pub(super) fn take_tile(&mut self, reg: Reg) -> Tile {
        let len = self.len;
        let tile = self.slots[self.place[reg]].tile.take().filter(|tile| tile.len() >= len);
        tile.unwrap_or_else(|| Tile::on_a_line(self.program.regs[reg].dtype, len))
    }

    pub(super) fn put_tile(&mut self, reg: Reg, tile: Tile) {
        let slot = &mut self.slots[self.place[reg]];
        slot.tile = Some(tile);
        slot.owner = Some(reg);
        if !self.moving[reg] {
            slot.start.clone_from(&self.start);
            slot.lens.clone_from(&self.lens);
        }
    }

    /// A register as an argument of a kernel.
    pub(super) fn operand(&self, reg: Reg) -> Operand<'_> {
        match &self.program.regs[reg].make {
            Make::Const(value) => Operand::Scalar(*value),
            _ => Operand::Slice(self.elements(reg)),
        }
    }

    /// The elements of a register that was made for this box.
    pub(super) fn elements(&self, reg: Reg) -> Elements<'_> {
        if let Make::Load(leaf) = self.program.regs[reg].make
            && let Some(run) = self.found[leaf]
        {
            return self.readers[leaf].at(run, self.len);
        }
        let slot = &self.slots[self.place[reg]];
        slot.tile.as_ref().expect("arguments are made before they are read").read_line(self.len)
    }

    /// Writes out a result that is a constant.
    pub(super) fn write_constant(&mut self, reg: Reg, value: Scalar) {
        if !self.is_current(reg) {
            let tile = super::fold::constant_tile(value, self.len);
            self.put_tile(reg, tile);
        }
    }
}
