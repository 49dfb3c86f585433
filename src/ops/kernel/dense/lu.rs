//! LU with partial pivoting: each block of columns is factored by halves, then taken off the strips right of it.

use super::packed::{Left, Right};
use super::vectors::{divide, largest, subtract_scaled};
use super::{BLOCK, STRIP};
use crate::data::Result;
use crate::ops::kernel::crew::{Crew, each_part};
use crate::ops::kernel::matrix::Entry;

/// Columns that are factored one by one.
const NARROW: usize = 8;
/// Right-hand sides that are solved one by one.
const FEW: usize = 4;

/// `P A = L U`: unit lower and upper triangle in one square, column by column.
pub(in crate::ops::kernel) struct Lu<T> {
    n: usize,
    values: Vec<T>,
    /// The row that each row was exchanged with, in order.
    pivots: Vec<usize>,
}

impl<T: Entry> Lu<T> {
    /// The factors of a square matrix of `n` columns.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(in crate::ops::kernel) fn new(n: usize, mut values: Vec<T>, crew: &dyn Crew) -> Result<Lu<T>> {
        let mut pivots = vec![0; n];
        for first in (0..n).step_by(BLOCK) {
            crew.check()?;
            let width = BLOCK.min(n - first);
            let (before, rest) = values.split_at_mut(first * n);
            let (panel, after) = rest.split_at_mut(width * n);
            factor(n, first, panel, &mut pivots[first..first + width]);
            let (panel, pivots) = (&*panel, &pivots[first..first + width]);
            before.chunks_exact_mut(n).for_each(|column| exchange(column, first, pivots));
            let below = below(n, first, panel);
            each_part(after, STRIP * n, crew, |_, strip| {
                strip.chunks_exact_mut(n).for_each(|column| exchange(column, first, pivots));
                take_off(n, first, width, panel, &below, strip);
                Ok(())
            })?;
        }
        Ok(Lu { n, values, pivots })
    }

    /// Of an upper triangle; what lies below does not count.
    pub(in crate::ops::kernel) fn of_upper(n: usize, mut values: Vec<T>) -> Lu<T> {
        (0..n).for_each(|k| values[k * n + k + 1..(k + 1) * n].fill(T::default()));
        Lu { n, values, pivots: (0..n).collect() }
    }

    /// The diagonal of the upper triangle.
    pub(in crate::ops::kernel) fn diagonal(&self) -> impl Iterator<Item = T> {
        (0..self.n).map(|k| self.values[k * self.n + k])
    }

    /// Whether a solution would divide by zero.
    pub(in crate::ops::kernel) fn is_singular(&self) -> bool {
        self.diagonal().any(|d| d == T::default())
    }

    /// The sign of the exchanges.
    pub(in crate::ops::kernel) fn sign(&self) -> f64 {
        let odd = self.pivots.iter().enumerate().filter(|(k, p)| k != *p).count() % 2 == 1;
        if odd { -1.0 } else { 1.0 }
    }

    /// The permutation, the unit lower triangle and the upper triangle, whose product is the matrix; column by column.
    pub(in crate::ops::kernel) fn parts(&self) -> [Vec<T>; 3] {
        let (n, zero, one) = (self.n, T::default(), T::from_real(1.0));
        let mut rows: Vec<usize> = (0..n).collect();
        exchange(&mut rows, 0, &self.pivots);
        let mut permutation = vec![zero; n * n];
        rows.iter().enumerate().for_each(|(k, &row)| permutation[k * n + row] = one);
        let (mut lower, mut upper) = (self.values.clone(), self.values.clone());
        for k in 0..n {
            lower[k * n..k * n + k].fill(zero);
            lower[k * n + k] = one;
            upper[k * n + k + 1..(k + 1) * n].fill(zero);
        }
        [permutation, lower, upper]
    }

    /// Solves for right-hand sides that lie column by column.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(in crate::ops::kernel) fn solve(&self, sides: &mut [T], crew: &dyn Crew) -> Result<()> {
        let n = self.n;
        if sides.len() <= FEW * n {
            for side in sides.chunks_exact_mut(n.max(1)) {
                exchange(side, 0, &self.pivots);
                for k in 0..n {
                    let by = side[k];
                    subtract_scaled(&mut side[k + 1..], &self.values[k * n + k + 1..(k + 1) * n], by);
                }
                self.back(0, n, side);
            }
            return crew.check();
        }
        let panel = |first: usize| &self.values[first * n..n.min(first + BLOCK) * n];
        let lower: Vec<Left> = (0..n).step_by(BLOCK).map(|first| below(n, first, panel(first))).collect();
        let above = |first: usize| {
            let panel = panel(first);
            Left::pack(first, panel.len() / n, |row, step| panel[step * n + row])
        };
        let upper: Vec<Left> = (0..n).step_by(BLOCK).map(above).collect();
        each_part(sides, STRIP * n, crew, |_, strip| {
            strip.chunks_exact_mut(n).for_each(|column| exchange(column, 0, &self.pivots));
            for (number, first) in (0..n).step_by(BLOCK).enumerate() {
                crew.check()?;
                take_off(n, first, BLOCK.min(n - first), panel(first), &lower[number], strip);
            }
            for (number, first) in (0..n).step_by(BLOCK).enumerate().rev() {
                crew.check()?;
                let width = BLOCK.min(n - first);
                strip.chunks_exact_mut(n).for_each(|column| self.back(first, width, column));
                let right = Right::pack(width, strip.len() / n, |step, column| strip[column * n + first + step]);
                upper[number].add_product(&right, -1.0, 0, strip, n);
            }
            Ok(())
        })
    }

    /// Solves for the rows `first .. first + width` of the upper triangle alone.
    fn back(&self, first: usize, width: usize, column: &mut [T]) {
        for k in (first..first + width).rev() {
            let by = column[k] / self.values[k * self.n + k];
            column[k] = by;
            subtract_scaled(&mut column[first..k], &self.values[k * self.n + first..k * self.n + k], by);
        }
    }
}

/// Exchanges rows from `first` on.
fn exchange<T>(column: &mut [T], first: usize, pivots: &[usize]) {
    pivots.iter().enumerate().for_each(|(k, &pivot)| column.swap(first + k, pivot));
}

/// What lies below the triangle of a panel.
fn below<T: Entry>(n: usize, first: usize, panel: &[T]) -> Left {
    let width = panel.len() / n;
    Left::pack(n - first - width, width, |row, step| panel[step * n + first + width + row])
}

/// Takes a panel off the columns right of it, whose rows are exchanged: the triangle, and the product with what lies below.
fn take_off<T: Entry>(n: usize, first: usize, width: usize, panel: &[T], below: &Left, strip: &mut [T]) {
    for column in strip.chunks_exact_mut(n) {
        for k in 0..width {
            let (head, rest) = column[first + k..first + width].split_at_mut(1);
            subtract_scaled(rest, &panel[k * n + first + k + 1..k * n + first + width], head[0]);
        }
    }
    if first + width < n {
        let right = Right::pack(width, strip.len() / n, |step, column| strip[column * n + first + step]);
        below.add_product(&right, -1.0, 0, &mut strip[first + width..], n);
    }
}

/// Factors a panel whose triangle begins at row `first`: the left half, the right half without it, both put together.
fn factor<T: Entry>(n: usize, first: usize, panel: &mut [T], pivots: &mut [usize]) {
    let width = pivots.len();
    if width <= NARROW {
        return factor_columns(n, first, panel, pivots);
    }
    let half = width / 2;
    let (left, right) = panel.split_at_mut(half * n);
    let (left_pivots, right_pivots) = pivots.split_at_mut(half);
    factor(n, first, left, left_pivots);
    right.chunks_exact_mut(n).for_each(|column| exchange(column, first, left_pivots));
    take_off(n, first, half, left, &below(n, first, left), right);
    factor(n, first + half, right, right_pivots);
    left.chunks_exact_mut(n).for_each(|column| exchange(column, first + half, right_pivots));
}

fn factor_columns<T: Entry>(n: usize, first: usize, panel: &mut [T], pivots: &mut [usize]) {
    for k in 0..pivots.len() {
        let (row, own) = (first + k, &mut panel[k * n..(k + 1) * n]);
        let best = row + largest(&own[row..]);
        pivots[k] = best;
        panel.chunks_exact_mut(n).for_each(|column| column.swap(row, best));
        let (done, rest) = panel.split_at_mut((k + 1) * n);
        let own = &mut done[k * n..];
        let pivot = own[row];
        if pivot == T::default() {
            continue;
        }
        divide(&mut own[row + 1..], pivot);
        for column in rest.chunks_exact_mut(n) {
            let by = column[row];
            subtract_scaled(&mut column[row + 1..], &own[row + 1..], by);
        }
    }
}
