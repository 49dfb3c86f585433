//! Partial folds: tiles go in, partial results of neighbouring parts are merged in order, values come out.

mod extreme;
mod moments;
mod number;
mod place;

use crate::data::{Block, C32, C64, DType, Scalar};
use crate::ir::Fold;
use crate::ops::tile::{Elements, Tile, Typed};
use crate::ops::vector::strip_fold::StripFold;
use crate::with_dtype;
use extreme::Extreme;
use moments::Moments;
use number::{Complexes, Numbers, Truths};
use place::Places;
use std::any::Any;

/// Elements that are folded at once. The order of a fold along the last axis is fixed by segments of this length from the
/// start of a part, so that it does not depend on the shape of tiles.
pub(crate) const SEGMENT: usize = 128;

/// Rows of a tile on their way into a fold.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// Row after row, each of `width` elements.
    pub(crate) elements: Elements<'a>,
    pub(crate) width: usize,
    /// The first accumulator of each row.
    pub(crate) at: &'a [usize],
    /// The position along the folded axes (C order) of each row's first element.
    pub(crate) position: &'a [usize],
}

/// A fold under way: one accumulator for each kept element.
pub(crate) trait Folding: Send {
    /// Folds each row into its accumulator.
    fn rows(&mut self, rows: Rows<'_>);
    /// Folds each row into as many accumulators, side by side.
    fn columns(&mut self, rows: Rows<'_>);
    /// The same with elements left out where `mask` is false.
    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool);
    /// Whether it takes rows strip by strip as [`Folding::strips`] does.
    fn takes_strips(&self) -> bool {
        false
    }
    /// Calls `run` with the fold of rows of `width` elements, where it takes strips.
    fn strips(&mut self, at: &[usize], width: usize, columns: bool, run: &mut dyn FnMut(StripFold<'_>)) {
        let _ = (at, width, columns, run);
    }
    /// Whether nothing that is still to come can change a value; `joined`: all accumulators are to be joined into one.
    fn is_settled(&self, joined: bool) -> bool {
        let _ = joined;
        false
    }
    /// Whether it looks at its elements more than once: then they are to lie in the first level of cache.
    fn reads_again(&self) -> bool {
        false
    }
    /// Whether an accumulator met no element, of folds that say nothing then.
    fn lacks_some(&self) -> bool {
        false
    }
    /// Joins accumulator `k` into accumulator `into[k]` of a new fold of `len`, in order.
    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding>;
    /// Joins the fold of what comes after.
    fn merge(&mut self, later: Box<dyn Folding>);
    /// The values, of `shape`, as `dtype`.
    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block;
    /// For `merge`, which knows that both are of one kind.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// A fold of elements of `dtype` with `len` accumulators; `joined`: all of them are to be joined into one.
pub(crate) fn start(fold: Fold, dtype: DType, len: usize, joined: bool) -> Box<dyn Folding> {
    match fold {
        Fold::Any => Box::new(Truths::new(len, false)),
        Fold::All => Box::new(Truths::new(len, true)),
        Fold::Sum => start_sum(dtype, len),
        Fold::Prod => start_prod(dtype, len),
        Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax => start_extreme(fold, dtype, len),
        Fold::ArgMin | Fold::ArgMax => start_place(fold == Fold::ArgMax, dtype, len, joined),
        Fold::Var { ddof } => Box::new(Moments::new(len, ddof.to_f64())),
    }
}

fn start_sum(dtype: DType, len: usize) -> Box<dyn Folding> {
    match dtype {
        DType::Bool => Box::new(number::Counts::new(len)),
        DType::UInt64 => Box::new(Numbers::<u64, u64>::sum(len)),
        DType::Float32 => Box::new(Numbers::<f32, f64>::sum(len)),
        DType::Float64 => Box::new(Numbers::<f64, f64>::sum(len)),
        DType::Complex64 => Box::new(Complexes::<C32>::new(len, false)),
        DType::Complex128 => Box::new(Complexes::<C64>::new(len, false)),
        _ => Box::new(Numbers::<i64, i64>::sum(len)),
    }
}

fn start_prod(dtype: DType, len: usize) -> Box<dyn Folding> {
    match dtype {
        DType::UInt64 => Box::new(Numbers::<u64, u64>::prod(len)),
        DType::Float32 => Box::new(Numbers::<f32, f64>::prod(len)),
        DType::Float64 => Box::new(Numbers::<f64, f64>::prod(len)),
        DType::Complex64 => Box::new(Complexes::<C32>::new(len, true)),
        DType::Complex128 => Box::new(Complexes::<C64>::new(len, true)),
        _ => Box::new(Numbers::<i64, i64>::prod(len)),
    }
}

fn start_extreme(fold: Fold, dtype: DType, len: usize) -> Box<dyn Folding> {
    let greatest = matches!(fold, Fold::Max | Fold::Fmax);
    match dtype {
        DType::Bool => Box::new(Truths::new(len, !greatest)),
        DType::Complex64 => Box::new(extreme::ComplexExtreme::<C32>::new(len, greatest)),
        DType::Complex128 => Box::new(extreme::ComplexExtreme::<C64>::new(len, greatest)),
        DType::Int8 => Box::new(Extreme::<i8>::new(fold, len)),
        DType::Int16 => Box::new(Extreme::<i16>::new(fold, len)),
        DType::Int32 => Box::new(Extreme::<i32>::new(fold, len)),
        DType::Int64 => Box::new(Extreme::<i64>::new(fold, len)),
        DType::UInt8 => Box::new(Extreme::<u8>::new(fold, len)),
        DType::UInt16 => Box::new(Extreme::<u16>::new(fold, len)),
        DType::UInt32 => Box::new(Extreme::<u32>::new(fold, len)),
        DType::UInt64 => Box::new(Extreme::<u64>::new(fold, len)),
        DType::Float32 => Box::new(Extreme::<f32>::new(fold, len)),
        DType::Float64 => Box::new(Extreme::<f64>::new(fold, len)),
    }
}

fn start_place(greatest: bool, dtype: DType, len: usize, joined: bool) -> Box<dyn Folding> {
    match dtype {
        DType::Int8 => Box::new(Places::<i8>::new(len, greatest, joined)),
        DType::Int16 => Box::new(Places::<i16>::new(len, greatest, joined)),
        DType::Int32 => Box::new(Places::<i32>::new(len, greatest, joined)),
        DType::Int64 => Box::new(Places::<i64>::new(len, greatest, joined)),
        DType::UInt16 => Box::new(Places::<u16>::new(len, greatest, joined)),
        DType::UInt32 => Box::new(Places::<u32>::new(len, greatest, joined)),
        DType::UInt64 => Box::new(Places::<u64>::new(len, greatest, joined)),
        DType::Float32 => Box::new(Places::<f32>::new(len, greatest, joined)),
        DType::Float64 => Box::new(Places::<f64>::new(len, greatest, joined)),
        DType::Complex64 => Box::new(Places::<C32>::new(len, greatest, joined)),
        DType::Complex128 => Box::new(Places::<C64>::new(len, greatest, joined)),
        // Bools are cast where the fold is built.
        DType::UInt8 | DType::Bool => Box::new(Places::<u8>::new(len, greatest, joined)),
    }
}

/// Calls `each(row, accumulator)` for the rows.
fn each_row<'a, T: Typed + 'a>(rows: Rows<'a>, mut each: impl FnMut(&'a [T], usize)) {
    let Some(all) = T::slice(rows.elements) else { return };
    for (row, &at) in all.chunks_exact(rows.width.max(1)).zip(rows.at) {
        each(row, at);
    }
}

/// The rows with what the mask leaves out replaced by a neutral value.
fn with_neutral<T: Typed + Copy>(rows: Rows<'_>, mask: &[bool], neutral: T) -> Vec<T> {
    let Some(all) = T::slice(rows.elements) else { return vec![] };
    crate::ops::vector::vectorized(|| all.iter().zip(mask).map(|(v, keep)| if *keep { *v } else { neutral }).collect())
}

/// How many elements the mask leaves for each accumulator.
fn count_kept(seen: &mut [u64], rows: Rows<'_>, mask: &[bool], columns: bool) {
    for (keep, &at) in mask.chunks_exact(rows.width.max(1)).zip(rows.at) {
        if columns {
            seen[at..at + rows.width].iter_mut().zip(keep).for_each(|(n, k)| *n += u64::from(*k));
        } else {
            seen[at] += crate::ops::vector::reduce::count_true(keep);
        }
    }
}

/// Accumulated values cast to the dtype of the result.
fn block_of<A: crate::data::Element>(values: Vec<A>, shape: &[usize], dtype: DType) -> Block {
    if A::DTYPE == dtype {
        return Block::from_vec(shape, values);
    }
    with_dtype!(dtype, T => Block::from_vec(shape, values.into_iter().map(|v| <T as crate::data::Element>::from_scalar(v.into_scalar())).collect::<Vec<T>>()))
}

/// A tile of one value, for folds of constants.
pub(crate) fn constant_tile(value: Scalar, len: usize) -> Tile {
    let mut tile = Tile::new(value.dtype(), len);
    with_dtype!(value.dtype(), T => if let Some(out) = <T as Typed>::slice_mut(tile.write(len)) { out.fill(<T as crate::data::Element>::from_scalar(value)) });
    tile
}
