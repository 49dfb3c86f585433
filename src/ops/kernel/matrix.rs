//! Between blocks and matrices of float64 or complex128, one matrix per loop index.

use crate::data::{Block, C64, Element};
use nalgebra::{ComplexField, DMatrix};

/// The element of a matrix: float64 or complex128.
pub(super) trait Entry: ComplexField<RealField = f64> + Element {}
impl Entry for f64 {}
impl Entry for C64 {}

/// The matrices of a block with two core axes, one per loop index.
pub(super) fn matrices<T: Entry>(x: &Block) -> Vec<DMatrix<T>> {
    let (n, m) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let count: usize = x.shape()[..x.ndim() - 2].iter().product();
    let values = x.to_vec::<T>();
    (0..count).map(|k| DMatrix::from_row_slice(n, m, &values[k * n * m..(k + 1) * n * m])).collect()
}

/// Matrices of one shape as a block; `loops` are the lengths of the loop axes.
pub(super) fn from_matrices<T: Entry>(loops: &[usize], core: (usize, usize), all: &[DMatrix<T>]) -> Block {
    let values: Vec<T> = all.iter().flat_map(|m| m.transpose().iter().copied().collect::<Vec<_>>()).collect();
    Block::from_vec(&[loops, &[core.0, core.1]].concat(), values)
}

/// Runs `$body` with `$T` float64, or complex128 where a block is complex.
macro_rules! with_entry {
    ($block:expr, $T:ident => $body:expr) => {
        if $block.dtype().is_complex() {
            type $T = $crate::data::C64;
            $body
        } else {
            type $T = f64;
            $body
        }
    };
}
pub(super) use with_entry;
