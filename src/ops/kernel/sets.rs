//! Distinct values and membership.

use super::order::{Ranked, sorted_indices};
use super::{Row, flag};
use crate::data::{Block, Result};
use crate::ir::Param;
use crate::with_dtype;
use std::cmp::Ordering;

/// The rows of this family.
pub(super) const ROWS: &[Row] = &[("unique", unique), ("unique_rows", unique_rows), ("isin", isin)];

/// One line to its distinct values, the first index of each, the inverse, and the counts.
/// Parameter: whether NaN counts as equal to NaN.
fn unique(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (x, equal_nan) = (&inputs[0], flag(params, 0));
    with_dtype!(x.dtype(), T => {
        let line = x.to_vec::<T>();
        let same = |a: &T, b: &T| a.rank(b) == Ordering::Equal && (equal_nan || !a.is_missing());
        let (first, inverse, counts) = group(&sorted_indices(&line), |a, b| same(&line[a], &line[b]));
        let values: Vec<T> = first.iter().map(|&i| line[i as usize]).collect();
        Ok(answers(Block::from_vec(&[values.len()], values), first, inverse, counts))
    })
}

/// Rows of core axes (n, m) to the distinct ones, as [`unique`].
fn unique_rows(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (n, m) = (x.shape()[0], x.shape()[1]);
    with_dtype!(x.dtype(), T => {
        let all = x.to_vec::<T>();
        let row = |i: usize| &all[i * m..(i + 1) * m];
        let rank = |a: usize, b: usize| {
            let pairs = row(a).iter().zip(row(b));
            pairs.map(|(x, y)| x.rank(y)).find(|o| *o != Ordering::Equal).unwrap_or(Ordering::Equal)
        };
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| rank(a, b));
        let (first, inverse, counts) = group(&order, |a, b| rank(a, b) == Ordering::Equal);
        let values: Vec<T> = first.iter().flat_map(|&i| row(i as usize).iter().copied()).collect();
        Ok(answers(Block::from_vec(&[first.len(), m], values), first, inverse, counts))
    })
}

fn answers(values: Block, first: Vec<i64>, inverse: Vec<i64>, counts: Vec<i64>) -> Vec<Block> {
    let line = |v: Vec<i64>| Block::from_vec(&[v.len()], v);
    vec![values, line(first), line(inverse), line(counts)]
}

/// First index, inverse and counts of the groups of neighbours that are the same in sorted order.
fn group(order: &[usize], same: impl Fn(usize, usize) -> bool) -> (Vec<i64>, Vec<i64>, Vec<i64>) {
    let (mut first, mut inverse, mut counts) = (Vec::new(), vec![0; order.len()], Vec::<i64>::new());
    for (k, &i) in order.iter().enumerate() {
        match counts.last_mut() {
            Some(count) if same(order[k - 1], i) => *count += 1,
            _ => {
                first.push(i as i64);
                counts.push(1);
            }
        }
        inverse[i] = counts.len() as i64 - 1;
    }
    (first, inverse, counts)
}

/// Whether each element of the first line is among the second, of one dtype.
fn isin(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (x, test) = (&inputs[0], &inputs[1]);
    let invert = flag(params, 0);
    let found: Vec<bool> = with_dtype!(x.dtype(), T => {
        let mut test = test.to_vec::<T>();
        test.sort_by(Ranked::rank);
        let has = |v: &T| !v.is_missing() && test.binary_search_by(|t| t.rank(v)).is_ok();
        x.to_vec::<T>().iter().map(|v| has(v) != invert).collect()
    });
    Ok(vec![Block::from_vec(x.shape(), found)])
}
