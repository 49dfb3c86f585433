//! Cholesky factors: each block of columns is made, then taken off the strips right of it.

use super::packed::{Left, Right};
use super::vectors::{divide, subtract_scaled};
use super::{BLOCK, STRIP};
use crate::data::{Error, Result};
use crate::ops::kernel::crew::{Crew, each_part};
use crate::ops::kernel::matrix::Entry;

/// The lower factor of a Hermitian matrix of `n` columns, of which the lower triangle counts.
///
/// # Errors
/// `LinAlgError` where the matrix is not positive definite, `KeyboardInterrupt` when the run is cancelled.
pub(in crate::ops::kernel) fn cholesky<T: Entry>(n: usize, mut values: Vec<T>, crew: &dyn Crew) -> Result<Vec<T>> {
    for first in (0..n).step_by(BLOCK) {
        crew.check()?;
        let width = BLOCK.min(n - first);
        let (before, after) = values.split_at_mut((first + width) * n);
        let panel = &mut before[first * n..];
        factor(n, first, panel)?;
        let (panel, next) = (&*panel, first + width);
        let below = Left::pack(n - next, width, |row, step| panel[step * n + next + row]);
        each_part(after, STRIP * n, crew, |number, strip| {
            let row = number * STRIP;
            let turned = |step: usize, column: usize| panel[step * n + next + row + column].conjugate();
            let right = Right::pack(width, strip.len() / n, turned);
            below.add_product(&right, -1.0, row, &mut strip[next + row..], n);
            Ok(())
        })?;
    }
    for (k, column) in values.chunks_exact_mut(n.max(1)).enumerate() {
        column[..k].fill(T::default());
    }
    Ok(values)
}

/// Factors a panel whose triangle begins at row `first`.
fn factor<T: Entry>(n: usize, first: usize, panel: &mut [T]) -> Result<()> {
    for k in 0..panel.len() / n {
        let row = first + k;
        let (done, rest) = panel.split_at_mut((k + 1) * n);
        let own = &mut done[k * n..];
        let square = own[row].real();
        if square.is_nan() || square <= 0.0 {
            return Err(Error::linalg("Matrix is not positive definite"));
        }
        let root = T::from_real(square.sqrt());
        own[row] = root;
        divide(&mut own[row + 1..], root);
        for (j, column) in rest.chunks_exact_mut(n).enumerate() {
            let by = own[row + 1 + j].conjugate();
            subtract_scaled(&mut column[row + 1 + j..], &own[row + 1 + j..], by);
        }
    }
    Ok(())
}
