//! The sums of one tile as the kernel leaves them, and their way into an output block.

use super::Job;
use super::operand::{Entry, Form, Operand, Panel, Patch};
use crate::data::{Region, Result};
use crate::exec::context::Context;
use crate::ops::vector::Level;
use crate::ops::vector::product::{Factor, Panels, ROWS, VECTORS, padded_columns, padded_rows};
use std::ops::Range;

/// A part of the output: some matrices of the batch, and the same rows and columns of each.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    pub(super) at: Region,
    /// Whether the kernel's rows are the output's columns: it takes the longer side in vectors.
    pub(super) swapped: bool,
    /// Whether it lies on the diagonal of a symmetric product.
    pub(super) diagonal: bool,
    /// Factors that make up an element of the output.
    pub(super) parts: usize,
}

/// Sums of a tile, panel by panel.
pub(super) struct Sums<T> {
    values: Vec<T>,
    panels: Panels,
}

/// Packed panels of both sides, used again and again.
pub(super) struct Packed<T> {
    rows: Vec<T>,
    columns: Vec<T>,
}

impl Tile {
    /// A part of the output; the orientation in which the kernel makes fewer sums that nobody wants.
    pub(super) fn new<E: Entry>(at: Region, diagonal: bool) -> Tile {
        let parts = if E::IS_COMPLEX { 2 } else { 1 };
        let [.., n, m] = at.len.as_slice() else { unreachable!("a product has rows and columns") };
        let cost = |rows: usize, columns: usize| padded_rows(rows) * padded_columns::<E::Factor>(columns);
        let swapped = !diagonal && 10 * cost(m * parts, *n) < 9 * cost(*n, m * parts);
        Tile { at, swapped, diagonal, parts }
    }

    fn batch(&self) -> usize {
        self.at.len.len() - 2
    }

    /// Rows and columns of the kernel.
    fn sides(&self) -> (usize, usize) {
        let (n, m) = (self.at.len[self.batch()], self.at.len[self.batch() + 1] * self.parts);
        if self.swapped { (m, n) } else { (n, m) }
    }

    fn matrices(&self) -> usize {
        self.at.len[..self.batch()].iter().product()
    }

    /// The position of a matrix of the tile along the batch axes.
    pub(super) fn matrix(&self, number: usize) -> Vec<usize> {
        position(&self.at, self.batch(), number)
    }
}

/// The position along the batch axes of a matrix of a box.
pub(super) fn position(at: &Region, batch: usize, mut number: usize) -> Vec<usize> {
    let mut index = at.start[..batch].to_vec();
    for axis in (0..batch).rev() {
        index[axis] += number % at.len[axis];
        number /= at.len[axis];
    }
    index
}

impl<T: Factor> Sums<T> {
    /// Sums of a matrix with those that fill its last panels.
    pub(super) fn size(n: usize, m: usize) -> usize {
        padded_rows(n) * padded_columns::<T>(m)
    }

    /// Nothing added up yet.
    pub(super) fn zeros<E: Entry<Factor = T>>(tile: &Tile) -> Sums<T> {
        let (rows, columns) = tile.sides();
        let (rows, columns) = (padded_rows(rows), padded_columns::<T>(columns));
        let panels = Panels { rows, columns, steps: 0, above: tile.diagonal };
        Sums { values: vec![T::default(); tile.matrices() * rows * columns], panels }
    }

    /// Adds the sums of later steps.
    pub(super) fn add(&mut self, later: &Sums<T>) {
        add(&mut self.values, &later.values);
    }

    /// Adds the products of some steps, panel by panel of `panel` steps.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(super) fn multiply<E: Entry<Factor = T>>(
        &mut self,
        tile: &Tile,
        [a, b]: [&Operand; 2],
        steps: Range<usize>,
        panel: usize,
        context: &Context<'_>,
    ) -> Result<()> {
        let size = self.panels.rows * self.panels.columns;
        let mut packed = Packed { rows: vec![], columns: vec![] };
        // One row times a matrix that lies in runs is read where it lies: packed first it takes twice as long.
        let streamed = self.panels.rows == 1 && if tile.swapped { a.is_in_runs() } else { b.is_in_runs() };
        let batch = tile.batch();
        let side = |axis: usize| (tile.at.start[batch + axis], tile.at.len[batch + axis]);
        for number in 0..tile.matrices() {
            let matrix = tile.matrix(number);
            for first in steps.clone().step_by(panel) {
                context.check()?;
                let steps = (first, panel.min(steps.end - first));
                let left = (a, Patch { lanes: side(0), steps });
                let right = (b, Patch { lanes: side(1), steps });
                let (rows, columns) = if tile.swapped { (right, left) } else { (left, right) };
                self.panels.steps = steps.1 * tile.parts;
                let sums = &mut self.values[number * size..(number + 1) * size];
                if streamed {
                    packed.fill_rows::<E>(&self.panels, &matrix, rows);
                    packed.columns.clear();
                    packed.columns.resize(self.panels.columns, T::default());
                    columns.0.stream::<E>(&matrix, columns.1, &packed.rows, &mut packed.columns);
                    add(sums, &packed.columns);
                } else {
                    packed.fill::<E>(&self.panels, &matrix, rows, columns);
                    T::accumulate(Level::best(), &self.panels, &packed.rows, &packed.columns, sums);
                }
            }
        }
        Ok(())
    }

    /// Writes the tile into its block, and what it mirrors.
    pub(super) fn write<E: Entry<Factor = T>>(&self, tile: &Tile, job: &Job<'_, T>) {
        write::<E>(&self.values, &self.panels, tile, job);
    }
}

/// Adds sums of later steps.
pub(super) fn add<T: Factor>(sums: &mut [T], later: &[T]) {
    crate::ops::vector::vectorized(
        #[inline(always)]
        || sums.iter_mut().zip(later).for_each(|(sum, more)| *sum = sum.plus(*more)),
    );
}

/// Writes the sums of a tile into its block, and what it mirrors.
pub(super) fn write<E: Entry>(values: &[E::Factor], panels: &Panels, tile: &Tile, job: &Job<'_, E::Factor>) {
    let (rows, columns) = tile.sides();
    let at: Vec<usize> = tile.at.start.iter().zip(&job.slot.origin).map(|(start, origin)| start - origin).collect();
    if tile.matrices() == 1 && !tile.swapped && !job.diagonal {
        return write_rows::<E>(values, panels, tile, job, at);
    }
    if tile.matrices() == 1 && rows == 1 && !job.diagonal {
        // SAFETY: tiles are disjoint parts of one block. Measured reason: see `Target`.
        return unsafe { job.slot.target().put(&at, &tile.at.len, E::wrap(E::entries(&values[..columns]))) };
    }
    let size = panels.rows * panels.columns;
    let mut out = vec![E::Factor::default(); tile.matrices() * rows * columns];
    for (number, out) in out.chunks_exact_mut((rows * columns).max(1)).enumerate() {
        arrange(&values[number * size..(number + 1) * size], panels, tile.swapped, (rows, columns), out);
        if tile.diagonal {
            (0..rows).for_each(|i| (0..i).for_each(|j| out[i * columns + j] = out[j * columns + i]));
        }
    }
    // SAFETY: tiles are disjoint parts of one block. Measured reason: see `Target`.
    unsafe { job.slot.target().put(&at, &tile.at.len, E::wrap(E::entries(&out))) };
    if job.diagonal && !tile.diagonal {
        let turned: Vec<E::Factor> =
            (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j))).map(|(i, j)| out[i * columns + j]).collect();
        let (mut at, mut len) = (at, tile.at.len.clone());
        let batch = tile.batch();
        at.swap(batch, batch + 1);
        len.swap(batch, batch + 1);
        // SAFETY: as above; no tile below the diagonal is made.
        unsafe { job.slot.target().put(&at, &len, E::wrap(E::entries(&turned))) };
    }
}

/// Writes what `make` makes of a part of the output, at once where its elements lie side by side.
pub(super) fn write_made<E: Entry>(part: &Region, job: &Job<'_, E::Factor>, make: impl FnOnce(&mut [E::Factor])) {
    let at: Vec<usize> = part.start.iter().zip(&job.slot.origin).map(|(start, origin)| start - origin).collect();
    // SAFETY: parts are disjoint like tiles. Measured reason: see `Target`.
    if let Some(out) = unsafe { job.slot.target().run(&at, &part.len) }.and_then(E::slice_mut) {
        return make(E::factors_mut(out));
    }
    let mut out = vec![E::Factor::default(); part.size()];
    make(&mut out);
    // SAFETY: as above.
    unsafe { job.slot.target().put(&at, &part.len, E::wrap(E::entries(&out))) };
}

/// Writes the one matrix of a tile row by row, with no copy of it between.
fn write_rows<E: Entry>(
    values: &[E::Factor],
    panels: &Panels,
    tile: &Tile,
    job: &Job<'_, E::Factor>,
    mut at: Vec<usize>,
) {
    let ((rows, columns), batch, wide) = (tile.sides(), tile.batch(), VECTORS * E::Factor::LANES);
    let (mut len, mut line) = (tile.at.len.clone(), vec![E::Factor::default(); columns]);
    len[batch] = 1;
    for row in 0..rows {
        for (number, line) in line.chunks_mut(wide).enumerate() {
            let first = number * wide;
            let width = wide.min(panels.columns - first);
            let kept = line.len();
            line.copy_from_slice(&values[first * panels.rows + row * width..][..kept]);
        }
        // SAFETY: tiles are disjoint parts of one block. Measured reason: see `Target`.
        unsafe { job.slot.target().put(&at, &len, E::wrap(E::entries(&line))) };
        at[batch] += 1;
    }
}

/// One matrix of sums in C order.
fn arrange<T: Factor>(sums: &[T], panels: &Panels, swapped: bool, (rows, columns): (usize, usize), out: &mut [T]) {
    let wide = VECTORS * T::LANES;
    for first in (0..columns).step_by(wide) {
        let width = wide.min(panels.columns - first);
        let kept = width.min(columns - first);
        let panel = &sums[first * panels.rows..][..rows * width];
        if swapped {
            for (row, line) in panel.chunks_exact(width).enumerate() {
                line[..kept].iter().enumerate().for_each(|(c, sum)| out[(first + c) * rows + row] = *sum);
            }
        } else {
            for (line, out) in panel.chunks_exact(width).zip(out.chunks_exact_mut(columns)) {
                out[first..first + kept].copy_from_slice(&line[..kept]);
            }
        }
    }
}

impl<T: Factor> Packed<T> {
    fn fill_rows<E: Entry<Factor = T>>(&mut self, panels: &Panels, matrix: &[usize], (rows, lines): (&Operand, Patch)) {
        self.rows.resize(panels.rows * panels.steps, T::default());
        let (padded, steps) = (panels.rows, panels.steps);
        rows.pack::<E>(matrix, lines, Panel { out: &mut self.rows, panel: ROWS, padded, steps });
    }

    fn fill<E: Entry<Factor = T>>(
        &mut self,
        panels: &Panels,
        matrix: &[usize],
        (rows, lines): (&Operand, Patch),
        (columns, lanes): (&Operand, Patch),
    ) {
        self.fill_rows::<E>(panels, matrix, (rows, lines));
        self.columns.resize(panels.columns * panels.steps, T::default());
        let steps = panels.steps;
        let panel = VECTORS * T::LANES;
        columns.pack::<E>(matrix, lanes, Panel { out: &mut self.columns, panel, padded: panels.columns, steps });
    }
}

/// How each side of a product of two dtypes is packed.
pub(super) fn forms<E: Entry>() -> [Form; 2] {
    if E::IS_COMPLEX { [Form::Left, Form::Right] } else { [Form::Plain, Form::Plain] }
}
