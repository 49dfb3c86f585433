//! Decompositions of one dense matrix, block by block, so that most of their work is products.
//!
//! Matrices lie column by column. What a block of columns does to those right of it is done strip by strip of columns, on
//! all threads; a strip's bits do not depend on the others. Not for stacks of matrices or blocks.

mod bidiagonal;
mod cholesky;
mod hermitian;
mod lu;
mod packed;
mod reflectors;
mod rotations;
mod singular;
mod vectors;

pub(super) use cholesky::cholesky;
pub(super) use hermitian::hermitian;
pub(super) use lu::Lu;
pub(super) use reflectors::Reflectors;
pub(super) use singular::{Svd, svd};

use crate::data::Result;
use crate::ops::kernel::crew::{Crew, each_part};
use crate::ops::kernel::matrix::Entry;
use packed::{Left, Right};

/// Columns that are worked on together: products of 64 steps run at nearly full speed, and what is done column by
/// column is a 64th of all.
const BLOCK: usize = 64;

/// Columns of a strip: a task of a product of 64 steps and 1000 rows takes a third of a millisecond.
const STRIP: usize = 64;

/// The product (n x m, column by column) of factors (n x k, k x m) of which `left` and `right` answer the elements.
///
/// # Errors
/// `KeyboardInterrupt` when the run is cancelled.
pub(super) fn product<T: Entry>(
    (n, k, m): (usize, usize, usize),
    left: impl Fn(usize, usize) -> T,
    right: impl Fn(usize, usize) -> T + Sync + Send,
    crew: &dyn Crew,
) -> Result<Vec<T>> {
    let left = Left::pack(n, k, left);
    let mut out = vec![T::default(); n * m];
    each_part(&mut out, STRIP * n, crew, |strip, out| {
        let columns = Right::pack(k, out.len() / n, |step, column| right(step, strip * STRIP + column));
        left.add_product(&columns, 1.0, 0, out, n);
        Ok(())
    })?;
    Ok(out)
}
