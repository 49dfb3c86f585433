//! Large matrices: threads share the packed panels of both sides, and while one panel is multiplied the next one is packed.
//! Not for small matrices and long sums: there a panel is less work than waiting for the other threads.

use super::operand::{Entry, Operand, Panel, Patch};
use super::sums::{Tile, add, write};
use super::{Job, PANEL, Product, SPAN};
use crate::data::{Region, Result};
use crate::ops::vector::Level;
use crate::ops::vector::product::{Factor, Panels, ROWS, VECTORS, padded_columns, padded_rows};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Rows of a task: 96 x 128 sums of a panel take 0.1 ms, so that threads wait little for the last one.
const TALL: usize = 16 * ROWS;
/// Bytes of packed columns of a task: a quarter of a common second cache, where they stay for one task after another.
const WIDE: usize = 256 << 10;
/// Vectors along a side of a tile where rows and columns are cut at the same places.
const SQUARE: usize = 3 * VECTORS;

/// Buffers of slabs that were made, for the next ones.
pub(super) type Spare<T> = Mutex<Vec<Scratch<T>>>;

/// Packed panels of rows and columns, those of the panel at work and of the next one, and sums tile by tile.
#[derive(Default)]
pub(super) struct Scratch<T> {
    packed: [[Vec<T>; 2]; 2],
    sums: Vec<T>,
    total: Vec<T>,
}

/// Lanes of one side that are packed together.
#[derive(Clone, Copy, Debug)]
struct Piece {
    first: usize,
    lanes: usize,
    /// Lanes of the kernel with what fills the last panel.
    padded: usize,
}

/// A slab cut into tiles.
struct Cut {
    /// Rows and columns of the kernel.
    pieces: [Vec<Piece>; 2],
    tiles: Vec<(usize, usize, Tile)>,
    swapped: bool,
    parts: usize,
}

/// Steps that are multiplied from operands in hand.
struct Stretch {
    steps: Range<usize>,
    /// Whether sums begin, and end, with them.
    begins: bool,
    ends: bool,
    /// Whether they join those of earlier spans.
    joins: bool,
}

impl<T> Scratch<T> {
    pub(super) fn spare() -> Spare<T> {
        Mutex::new(vec![])
    }
}

impl Product<'_> {
    /// Multiplies a slab of one large matrix.
    ///
    /// # Errors
    /// What a leaf refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(super) fn shared<E: Entry>(&self, slab: &Region, job: &Job<'_, E::Factor>) -> Result<()> {
        let batch = self.batch();
        let cut = Cut::new::<E>(slab, batch, job);
        let spare = job.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = spare.unwrap_or_default();
        let spans = self.steps().div_ceil(SPAN);
        let size = cut.sizes().sum();
        scratch.sums.resize(size, E::Factor::default());
        scratch.total.resize(if spans > 1 { size } else { 0 }, E::Factor::default());
        if spans == 0 {
            scratch.sums.fill(E::Factor::default());
        }
        for span in 0..spans {
            let all = span * SPAN..self.steps().min((span + 1) * SPAN);
            for steps in self.openings(slab, &(span..span + 1), cut.tiles.len() == 1) {
                let operands = self.open::<E>(slab, &steps)?;
                let (begins, ends) = (steps.start == all.start, steps.end == all.end);
                let stretch = Stretch { steps, begins, ends: ends && spans > 1, joins: span > 0 };
                self.stretch::<E>(&cut, &operands, &stretch, &mut scratch, job.alone)?;
            }
        }
        let sums = parts(if spans > 1 { &scratch.total } else { &scratch.sums }, cut.sizes());
        self.crew(job.alone, cut.tiles.len(), |number| {
            let tile = &cut.tiles[number].2;
            write::<E>(sums[number], &cut.panels(number, 0), tile, job);
            self.context.done(tile.at.size() * self.output.dtype.itemsize());
            Ok(())
        })?;
        job.spare.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        Ok(())
    }

    /// Adds the products of some steps, panel by panel.
    fn stretch<E: Entry>(
        &self,
        cut: &Cut,
        operands: &[Operand; 2],
        stretch: &Stretch,
        scratch: &mut Scratch<E::Factor>,
        alone: bool,
    ) -> Result<()> {
        let end = stretch.steps.end;
        let panels: Vec<(usize, usize)> =
            stretch.steps.clone().step_by(PANEL).map(|first| (first, PANEL.min(end - first))).collect();
        let count = cut.pieces[0].len() + cut.pieces[1].len();
        for number in 0..=panels.len() {
            let next = panels.get(number).copied();
            let Scratch { packed: [now, later], sums, total } = &mut *scratch;
            let packing = cut.slots(later, next.map_or(0, |next| next.1));
            let packs = if next.is_some() { count } else { 0 };
            let done = number.checked_sub(1).map(|number| (number, panels[number].1 * cut.parts));
            let tiles = if done.is_some() { cut.tiles.len() } else { 0 };
            let (sums, total) = (slots(sums, cut.sizes()), slots(total, cut.sizes()));
            let now = &*now;
            self.crew(alone, packs + tiles, |task| {
                // Packing waits for memory, multiplying does not: tasks of both kinds alternate.
                let (before, after) = (task * packs / (packs + tiles), (task + 1) * packs / (packs + tiles));
                if let (true, Some(next)) = (after > before, next) {
                    take(&packing[before]).into_iter().for_each(|out| cut.pack::<E>(operands, before, next, out));
                    return Ok(());
                }
                let (number, steps) = done.unwrap_or_default();
                let Some(sums) = take(&sums[task - before]) else { return Ok(()) };
                if stretch.begins && number == 0 {
                    sums.fill(E::Factor::default());
                }
                cut.multiply::<E>(task - before, steps, now, sums);
                if stretch.ends && number + 1 == panels.len() {
                    let total = take(&total[task - before]).unwrap_or_default();
                    if stretch.joins { add(total, sums) } else { total.copy_from_slice(sums) }
                }
                Ok(())
            })?;
            scratch.packed.swap(0, 1);
        }
        Ok(())
    }

    /// Calls `work` for each number in order, on as many threads as are free.
    fn crew(&self, alone: bool, count: usize, work: impl Fn(usize) -> Result<()> + Sync + Send) -> Result<()> {
        let work = |number| self.context.check().and_then(|()| work(number));
        if alone {
            return (0..count).try_for_each(work);
        }
        let next = AtomicUsize::new(0);
        self.context.each(self.threads().min(count), |_| {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                work(number).inspect_err(|_| next.store(count, Ordering::Relaxed))?;
            }
        })
    }
}

impl Cut {
    fn new<E: Entry>(slab: &Region, batch: usize, job: &Job<'_, E::Factor>) -> Cut {
        let Tile { swapped, parts, .. } = Tile::new::<E>(slab.clone(), job.diagonal);
        let bytes = PANEL * parts * size_of::<E::Factor>();
        let (panel, square) = (VECTORS * E::Factor::LANES, SQUARE * E::Factor::LANES.max(16));
        let side = |axis: usize, cut: (usize, usize), pad: fn(usize) -> usize| {
            let parts = if axis == 1 { parts } else { 1 };
            pieces((slab.start[batch + axis], slab.len[batch + axis]), parts, cut, pad)
        };
        let [tall, wide] =
            if job.diagonal { [(square, square); 2] } else { [(TALL, ROWS), ((WIDE / bytes).max(panel), panel)] };
        let pieces = [
            side(usize::from(swapped), tall, padded_rows),
            side(usize::from(!swapped), wide, padded_columns::<E::Factor>),
        ];
        let mut tiles = vec![];
        for (column, wide) in pieces[1].iter().enumerate() {
            for (row, tall) in pieces[0].iter().enumerate() {
                let mut at = slab.clone();
                let (n, m) = if swapped { (wide, tall) } else { (tall, wide) };
                (at.start[batch], at.len[batch]) = (n.first, n.lanes);
                (at.start[batch + 1], at.len[batch + 1]) = (m.first, m.lanes);
                let place = |axis: usize| at.start[batch + axis] - job.block.start[batch + axis];
                if job.diagonal && place(0) > place(1) {
                    continue;
                }
                let diagonal = job.diagonal && place(0) == place(1);
                tiles.push((row, column, Tile { at, swapped, diagonal, parts }));
            }
        }
        Cut { pieces, tiles, swapped, parts }
    }

    /// The sums of each tile.
    fn sizes(&self) -> impl Iterator<Item = usize> {
        self.tiles.iter().map(|(row, column, _)| self.pieces[0][*row].padded * self.pieces[1][*column].padded)
    }

    fn panels(&self, number: usize, steps: usize) -> Panels {
        let (row, column, tile) = &self.tiles[number];
        let (rows, columns) = (self.pieces[0][*row].padded, self.pieces[1][*column].padded);
        Panels { rows, columns, steps, above: tile.diagonal }
    }

    /// Room for each packed piece of both sides.
    fn slots<'a, T: Factor>(&self, packed: &'a mut [Vec<T>; 2], steps: usize) -> Vec<Slot<'a, T>> {
        let mut all = vec![];
        for (packed, pieces) in packed.iter_mut().zip(&self.pieces) {
            let sizes = pieces.iter().map(|piece| piece.padded * steps * self.parts);
            packed.resize(sizes.clone().sum::<usize>().max(packed.len()), T::default());
            all.extend(slots(packed, sizes));
        }
        all
    }

    /// Packs a piece: those of the rows are counted first.
    fn pack<E: Entry>(&self, operands: &[Operand; 2], number: usize, steps: (usize, usize), out: &mut [E::Factor]) {
        let rows = self.pieces[0].len();
        let (side, number) = if number < rows { (0, number) } else { (1, number - rows) };
        let piece = &self.pieces[side][number];
        let panel = [ROWS, VECTORS * E::Factor::LANES][side];
        let (operand, matrix) = (&operands[usize::from((side == 1) != self.swapped)], &self.tiles[0].2);
        let into = Panel { out, panel, padded: piece.padded, steps: steps.1 * self.parts };
        operand.pack::<E>(&matrix.matrix(0), Patch { lanes: (piece.first, piece.lanes), steps }, into);
    }

    fn multiply<E: Entry>(&self, number: usize, steps: usize, packed: &[Vec<E::Factor>; 2], sums: &mut [E::Factor]) {
        let (row, column, _) = self.tiles[number];
        let part = |side: usize, number: usize| {
            let before: usize = self.pieces[side][..number].iter().map(|piece| piece.padded).sum();
            &packed[side][before * steps..(before + self.pieces[side][number].padded) * steps]
        };
        E::Factor::accumulate(Level::best(), &self.panels(number, steps), part(0, row), part(1, column), sums);
    }
}

/// A side cut into pieces of about the same length, all but the last in whole panels.
fn pieces(
    (first, lanes): (usize, usize),
    parts: usize,
    (most, panel): (usize, usize),
    pad: fn(usize) -> usize,
) -> Vec<Piece> {
    let count = (lanes * parts).div_ceil(most).max(1);
    let step = (lanes * parts).div_ceil(count).next_multiple_of(panel).max(panel) / parts;
    let piece = |low: usize| {
        let lanes = step.min(lanes - low);
        Piece { first: first + low, lanes, padded: pad(lanes * parts) }
    };
    (0..lanes).step_by(step).map(piece).collect()
}

/// A part of a buffer until a task takes it.
type Slot<'a, T> = Mutex<Option<&'a mut [T]>>;

fn slots<T>(mut buffer: &mut [T], sizes: impl Iterator<Item = usize>) -> Vec<Slot<'_, T>> {
    let mut all = vec![];
    for size in sizes {
        let Some((part, rest)) = buffer.split_at_mut_checked(size) else { break };
        all.push(Mutex::new(Some(part)));
        buffer = rest;
    }
    all
}

fn take<'a, T>(slot: &Slot<'a, T>) -> Option<&'a mut [T]> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn parts<T>(mut buffer: &[T], sizes: impl Iterator<Item = usize>) -> Vec<&[T]> {
    let part = |size: usize| {
        let (part, rest) = buffer.split_at(size);
        buffer = rest;
        part
    };
    sizes.map(part).collect()
}
