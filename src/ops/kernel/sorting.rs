//! Sorting along a line, and finding places in a sorted line.

use super::crew::{Crew, each_part, made};
use super::keys::{Keyed, Placed, make_bits, place_in, with_keyed};
use super::lines::map_lines;
use super::order::{Ranked, sorted_indices};
use super::{Asked, Row, SharedRow, spread, text};
use crate::data::{Block, Element, Result};
use crate::ir::Param;
use crate::ops::vector::Sortable;
use crate::with_dtype;
use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

/// The rows of this family.
pub(super) const ROWS: &[Row] = &[("lexsort", lexsort), ("topk", super::top::topk)];

/// Those that share a long line among threads.
pub(super) const SHARED: &[SharedRow] = &[("sort", sort), ("argsort", argsort), ("searchsorted", searchsorted)];

/// Up to this length -0.0 and 0.0 stay as they came, as in NumPy: where there is a -0.0, lines are sorted by comparing
/// elements. Longer ones are sorted by keys, where -0.0 comes first.
const SHORT: usize = 16;
/// Elements that are made keys between two looks at the crew: 2 ms.
const CONVERTED: usize = 1 << 20;
/// Elements of lines that are sorted between two looks at the crew: 2 ms.
const SIDE_BY_SIDE: usize = 1 << 17;
/// Values that one task looks up.
const LOOKED_UP: usize = 1 << 14;

fn sort(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let x = inputs[0].contiguous();
    let len = x.shape().last().copied().unwrap_or(1);
    let by_rank = || {
        with_dtype!(x.dtype(), T => map_lines::<T, T>(&x, |line| {
            let mut line = line.to_vec();
            line.sort_by(Ranked::rank);
            line
        }))
    };
    with_keyed!(x.dtype(), T => {
        let values = <T as Element>::of_block(&x).and_then(|a| a.as_slice()).unwrap_or_default();
        if len <= SHORT && values.iter().any(|value| value.key() != value.rank_key()) {
            return Ok(vec![by_rank()]);
        }
        let mut keys = made(values.len(), crew, |first| {
            values[first..].iter().map(
                #[inline(always)]
                |value| value.key(),
            )
        })?;
        sort_lines(&mut keys, len, crew)?;
        each_part(&mut keys, CONVERTED, crew, |_, keys| {
            make_bits::<T>(keys);
            Ok(())
        })?;
        Ok(vec![Block::from_vec(x.shape(), <T as Keyed>::of_bits(keys))])
    }, else Ok(vec![by_rank()]))
}

/// Sorts each line of `len` elements.
fn sort_lines<T: Sortable>(values: &mut [T], len: usize, crew: &dyn Crew) -> Result<()> {
    if len <= spread::SORTED {
        return values.chunks_mut((SIDE_BY_SIDE / len.max(1)).max(1) * len.max(1)).try_for_each(|lines| {
            crew.check()?;
            T::sort_lines(lines, len);
            Ok(())
        });
    }
    let mut scratch = made(len.min(values.len()), crew, |first| values[first..].iter().copied())?;
    values.chunks_mut(len).try_for_each(|line| spread::sort(line, &mut scratch, crew))
}

fn argsort(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let x = inputs[0].contiguous();
    let len = x.shape().last().copied().unwrap_or(1);
    let by_rank = || {
        with_dtype!(x.dtype(), T => map_lines::<T, i64>(&x, |line| {
            sorted_indices(line).into_iter().map(|i| i as i64).collect()
        }))
    };
    if len > u32::MAX as usize {
        return Ok(vec![by_rank()]);
    }
    with_keyed!(x.dtype(), T => {
        let values = <T as Element>::of_block(&x).and_then(|a| a.as_slice()).unwrap_or_default();
        let line = len as u32;
        let mut keys = made(values.len(), crew, |first| {
            let places = ((first % len) as u32..line).chain((0..line).cycle());
            values[first..].iter().zip(places).map(|(value, place)| value.rank_key().with_place(place))
        })?;
        sort_lines(&mut keys, len, crew)?;
        let places = made(keys.len(), crew, |first| keys[first..].iter().map(place_in::<T>))?;
        Ok(vec![Block::from_vec(x.shape(), places)])
    }, else Ok(vec![by_rank()]))
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
fn searchsorted(inputs: &[Block], _: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let (a, v) = (inputs[0].contiguous(), inputs[1].contiguous());
    let right = text(params, 0) == "right";
    let mut found = vec![0i64; v.size()];
    with_dtype!(a.dtype(), T => {
        let line = <T as Element>::of_block(&a).and_then(|a| a.as_slice()).unwrap_or_default();
        let values = <T as Element>::of_block(&v).and_then(|v| v.as_slice()).unwrap_or_default();
        let place = |v: &T| line.partition_point(|x| match x.rank(v) {
            Ordering::Less => true,
            Ordering::Equal => right,
            Ordering::Greater => false,
        });
        let tasks: Vec<_> = values.chunks(LOOKED_UP).zip(found.chunks_mut(LOOKED_UP)).map(Mutex::new).collect();
        crew.each(tasks.len(), &|task| {
            crew.check()?;
            let mut task = tasks[task].lock().unwrap_or_else(PoisonError::into_inner);
            let (values, found) = &mut *task;
            found.iter_mut().zip(values.iter()).for_each(|(found, v)| *found = place(v) as i64);
            Ok(())
        })?;
    });
    Ok(vec![Block::from_vec(v.shape(), found)])
}
