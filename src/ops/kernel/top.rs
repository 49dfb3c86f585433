//! The first few elements of short lines, best first.

use super::keys::{Key, Keyed, with_keyed};
use super::order::Ranked;
use super::{flag, int};
use crate::data::{Block, Element, Result};
use crate::ir::Param;
use crate::with_dtype;
use std::cmp::Ordering;

/// The place of a slot that no element has taken.
const NONE: u32 = u32::MAX;
/// The most elements that are kept in registers: 8 of 20 take as long as inserting them one by one.
const IN_REGISTERS: usize = 8;

/// The first few elements of each line and their indices, best first. Parameters: how many, whether the greatest. NaN is
/// greater than all; of equals the later one is greater.
pub(super) fn topk(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let x = inputs[0].contiguous();
    let (count, greatest) = (int(params, 0).max(1) as usize, flag(params, 1));
    let (n, mut shape) = (x.shape().last().copied().unwrap_or(1), x.shape().to_vec());
    if let Some(last) = shape.last_mut() {
        *last = count;
    }
    Ok(with_keyed!(x.dtype(), T => {
        let all = <T as Element>::of_block(&x).and_then(|a| a.as_slice()).unwrap_or_default();
        let places = match count {
            1 => places::<T, 1>(all, n, count, greatest),
            2 => places::<T, 2>(all, n, count, greatest),
            3 => places::<T, 3>(all, n, count, greatest),
            4 => places::<T, 4>(all, n, count, greatest),
            5..=IN_REGISTERS => places::<T, IN_REGISTERS>(all, n, count, greatest),
            _ => all.chunks_exact(n.max(1)).flat_map(|line| inserted(line, count, greatest)).collect(),
        };
        chosen(all, n, &shape, &places)
    }, else with_dtype!(x.dtype(), T => {
        let all = <T as Element>::of_block(&x).and_then(|a| a.as_slice()).unwrap_or_default();
        let places: Vec<i64> = all.chunks_exact(n.max(1)).flat_map(|line| inserted(line, count, greatest)).collect();
        chosen(all, n, &shape, &places)
    })))
}

/// The elements at places of each line, and the places.
fn chosen<T: Element>(all: &[T], n: usize, shape: &[usize], places: &[i64]) -> Vec<Block> {
    let count = shape.last().copied().unwrap_or(1).max(1);
    let lines = all.chunks_exact(n.max(1)).zip(places.chunks_exact(count));
    let values = lines.flat_map(|(line, places)| places.iter().map(|&at| line[at as usize])).collect();
    vec![Block::from_vec(shape, values), Block::from_vec(shape, places.to_vec())]
}

/// The places of the best `count` of each line, of `N` that are kept.
fn places<T: Keyed + Ranked, const N: usize>(all: &[T], n: usize, count: usize, greatest: bool) -> Vec<i64> {
    let mut places = Vec::with_capacity(all.len() / n.max(1) * count);
    for line in all.chunks_exact(n.max(1)) {
        let best = if greatest {
            best::<_, N>(line.iter().map(|v| v.rank_key()), |new, old| new >= old)
        } else {
            best::<_, N>(line.iter().map(|v| !v.rank_key()), |new, old| new > old)
        };
        match best[..count].contains(&NONE) {
            false => places.extend(best[..count].iter().map(|&at| i64::from(at))),
            true => places.extend(inserted(line, count, greatest)),
        }
    }
    places
}

/// The places of the greatest keys. Elements pass down a row of slots without a branch; from the first slot on that one is
/// put into, each moves the next. One with the least of all keys may find no slot.
#[inline(always)]
fn best<K: Key, const N: usize>(keys: impl Iterator<Item = K>, is_better: impl Fn(K, K) -> bool) -> [u32; N] {
    let mut slots = [(K::min_value(), NONE); N];
    for (key, at) in keys.zip(0..) {
        let (mut new, mut moves) = ((key, at), false);
        for slot in &mut slots {
            moves |= is_better(new.0, slot.0);
            let old = *slot;
            *slot = if moves { new } else { old };
            new = if moves { old } else { new };
        }
    }
    slots.map(|(_, at)| at)
}

/// The places of the best of a line, each put among those before it.
fn inserted<T: Ranked>(line: &[T], count: usize, greatest: bool) -> Vec<i64> {
    let mut best: Vec<(T, i64)> = Vec::with_capacity(count + 1);
    line.iter().zip(0..).for_each(|(value, at)| admit(&mut best, (*value, at), count, greatest));
    best.into_iter().map(|(_, at)| at).collect()
}

/// Puts an element that comes after all others among the best, if it is one of them.
fn admit<T: Ranked>(best: &mut Vec<(T, i64)>, new: (T, i64), count: usize, greatest: bool) {
    let precedes = |old: &T| match new.0.rank(old) {
        Ordering::Equal | Ordering::Greater => greatest,
        Ordering::Less => !greatest,
    };
    if best.len() == count && !best.last().is_some_and(|(worst, _)| precedes(worst)) {
        return;
    }
    let mut at = best.len();
    while at > 0 && precedes(&best[at - 1].0) {
        at -= 1;
    }
    best.insert(at, new);
    best.truncate(count);
}

#[cfg(test)]
mod tests {
    use super::{best, inserted};
    use crate::ops::kernel::keys::Keyed;

    #[test]
    fn slots_hold_what_insertion_finds() {
        let line = [3.0, f64::NAN, -1.0, 3.0, -0.0, 0.0, 7.0, 3.0, f64::NEG_INFINITY, 7.0];
        let greatest: [u32; 4] = best(line.iter().map(|v: &f64| v.rank_key()), |new, old| new >= old);
        assert_eq!(greatest.map(i64::from).to_vec(), inserted(&line, 4, true));
        let least: [u32; 4] = best(line.iter().map(|v: &f64| !v.rank_key()), |new, old| new > old);
        assert_eq!(least.map(i64::from).to_vec(), inserted(&line, 4, false));
    }
}
