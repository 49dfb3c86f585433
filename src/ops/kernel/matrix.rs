//! Between blocks and matrices of float64 or complex128, one matrix per loop index.

use crate::data::{Block, C64, Element};
use nalgebra::{ComplexField, DMatrix};

/// The element of a matrix: float64 or complex128.
pub(super) trait Entry: ComplexField<RealField = f64> + Element + bytemuck::Pod {
    /// Floats that make up an element.
    const PARTS: usize;
}

impl Entry for f64 {
    const PARTS: usize = 1;
}

impl Entry for C64 {
    const PARTS: usize = 2;
}

/// Rows and columns that are exchanged at a time: lines of memory on both sides stay in the first cache.
const SQUARE: usize = 16;

/// A matrix of `rows` x `columns` in C order made column by column; so `turned(columns, rows, ..)` undoes it.
pub(super) fn turned<T: Copy + Default>(rows: usize, columns: usize, values: &[T]) -> Vec<T> {
    if rows == 1 || columns == 1 {
        return values.to_vec();
    }
    let mut out = vec![T::default(); values.len()];
    for top in (0..rows).step_by(SQUARE) {
        let bottom = rows.min(top + SQUARE);
        for left in (0..columns).step_by(SQUARE) {
            for column in left..columns.min(left + SQUARE) {
                let line = &mut out[column * rows + top..column * rows + bottom];
                line.iter_mut().enumerate().for_each(|(k, to)| *to = values[(top + k) * columns + column]);
            }
        }
    }
    out
}

/// The matrices of a block with two core axes, one per loop index, each column by column.
pub(super) fn columns_of<T: Entry>(x: &Block) -> Vec<Vec<T>> {
    let (n, m) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let count: usize = x.shape()[..x.ndim() - 2].iter().product();
    let block = x.contiguous();
    let held = T::of_block(&block).and_then(|a| a.as_slice());
    let values = if held.is_some() { vec![] } else { x.to_vec::<T>() };
    let values = held.unwrap_or(&values);
    (0..count).map(|k| turned(n, m, &values[k * n * m..(k + 1) * n * m])).collect()
}

/// Matrices of one shape, each column by column, as a block; `loops` are the lengths of the loop axes.
pub(super) fn from_columns<T: Entry>(loops: &[usize], core: (usize, usize), all: &[Vec<T>]) -> Block {
    let shape = [loops, &[core.0, core.1]].concat();
    if let [only] = all {
        return Block::from_vec(&shape, turned(core.1, core.0, only));
    }
    Block::from_vec(&shape, all.iter().flat_map(|m| turned(core.1, core.0, m)).collect())
}

/// The same as matrices of the library.
pub(super) fn matrices<T: Entry>(x: &Block) -> Vec<DMatrix<T>> {
    let (n, m) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    columns_of::<T>(x).into_iter().map(|values| DMatrix::from_vec(n, m, values)).collect()
}

/// Matrices of one shape as a block; `loops` are the lengths of the loop axes.
pub(super) fn from_matrices<T: Entry>(loops: &[usize], core: (usize, usize), all: &[DMatrix<T>]) -> Block {
    let values = all.iter().flat_map(|m| turned(core.1, core.0, m.as_slice())).collect();
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
