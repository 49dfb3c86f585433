//! Sorting along a line, and finding places in a sorted line.

use super::lines::map_lines;
use super::order::{Ranked, sorted_indices};
use super::{Row, text};
use crate::data::{Block, Result};
use crate::ir::Param;
use crate::with_dtype;
use std::cmp::Ordering;

/// The rows of this family.
pub(super) const ROWS: &[Row] =
    &[("sort", sort), ("argsort", argsort), ("lexsort", lexsort), ("searchsorted", searchsorted)];

fn sort(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let sorted = with_dtype!(x.dtype(), T => map_lines::<T, T>(x, |line| {
        let mut line = line.to_vec();
        line.sort_by(Ranked::rank);
        line
    }));
    Ok(vec![sorted])
}

fn argsort(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let index = with_dtype!(x.dtype(), T => map_lines::<T, i64>(x, |line| {
        sorted_indices(line).into_iter().map(|i| i as i64).collect()
    }));
    Ok(vec![index])
}

/// Core axes (keys, n): the last key is the first to decide.
fn lexsort(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let index = with_dtype!(x.dtype(), T => super::lines::map_cores::<T, i64>(x, 2, |keys, core| {
        let n = core[1];
        let mut index: Vec<usize> = (0..n).collect();
        for key in (0..core[0]).map(|k| &keys[k * n..(k + 1) * n]) {
            index.sort_by(|&a, &b| key[a].rank(&key[b]));
        }
        (index.into_iter().map(|i| i as i64).collect(), vec![n])
    }));
    Ok(vec![index])
}

/// Inputs: a sorted line, and values (any one core axis) of the same dtype.
fn searchsorted(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (a, v) = (&inputs[0], &inputs[1]);
    let right = text(params, 0) == "right";
    let found: Vec<i64> = with_dtype!(a.dtype(), T => {
        let line = a.to_vec::<T>();
        let place = |v: &T| line.partition_point(|x| match x.rank(v) {
            Ordering::Less => true,
            Ordering::Equal => right,
            Ordering::Greater => false,
        });
        v.to_vec::<T>().iter().map(|v| place(v) as i64).collect()
    });
    Ok(vec![Block::from_vec(v.shape(), found)])
}
