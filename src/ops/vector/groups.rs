//! Walks over random elements in groups of sixteen: which counters a region needs, and where their two values go.
//!
//! The layout is told in `philox`. Not for the generator itself: a block is a function from a counter to two values.

use super::level::Level;
use super::philox::{Key, Walk, block, blocks};

/// Elements in a group, and counters in it.
const GROUP: u64 = 16;
const LANES: u64 = 8;
/// Counters computed together; see `blocks`.
const BATCH: usize = 64;

/// Fills `out` with `convert` of the word of each walked element.
pub(crate) fn fill_words<T: Copy + Default>(
    level: Level,
    key: Key,
    walk: Walk,
    out: &mut [T],
    convert: impl Fn(u64) -> T + Copy,
) {
    fill_pairs(
        level,
        key,
        walk,
        out,
        #[inline(always)]
        |first, second| (convert(first), convert(second)),
    );
}

/// Fills `out` with the values of the walked elements, where `pair` makes the two values of a counter from its two words.
///
/// Steps of 1, 2, 4, 8 and their negatives compute only the counters they need; others compute a counter an element.
pub(crate) fn fill_pairs<T: Copy + Default>(
    level: Level,
    key: Key,
    walk: Walk,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T) + Copy,
) {
    let stride = walk.step.unsigned_abs();
    if !matches!(stride, 1 | 2 | 4 | 8) {
        return level.run(
            #[inline(always)]
            || fill_singly(key, walk, out, pair),
        );
    }
    let Some(last) = (out.len() as u64).checked_sub(1) else { return };
    let first = if walk.step < 0 { walk.start.wrapping_sub(last * stride) } else { walk.start };
    fill_forward(level, key, first, stride, out, pair);
    if walk.step < 0 {
        out.reverse();
    }
}

/// Any step: one counter an element, one of its two values kept.
#[inline(always)]
fn fill_singly<T: Copy>(key: Key, walk: Walk, out: &mut [T], pair: impl Fn(u64, u64) -> (T, T)) {
    for (i, value) in out.iter_mut().enumerate() {
        let element = walk.start.wrapping_add_signed(walk.step.wrapping_mul(i as i64));
        let words = block(key, element / GROUP * LANES + element % LANES);
        let (first, second) = pair(words.0, words.1);
        *value = if (element / LANES).is_multiple_of(2) { first } else { second };
    }
}

/// Ascending steps of 1, 2, 4, 8: whole groups in batches, a broken group at either end.
fn fill_forward<T: Copy + Default>(
    level: Level,
    key: Key,
    start: u64,
    stride: u64,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T) + Copy,
) {
    // Elements of one group that the walk meets; it meets the same lanes in every group, of both words.
    let met = (GROUP / stride) as usize;
    let skipped = (start % GROUP / stride) as usize;
    let head = if skipped == 0 { 0 } else { (met - skipped).min(out.len()) };
    let (broken, rest) = out.split_at_mut(head);
    let lane = start % stride;
    let group = start / GROUP;
    if head > 0 {
        fill_part(level, key, group * LANES + lane, stride, skipped, broken, pair);
    }
    let group = group + u64::from(head > 0);
    let whole = rest.len() / met;
    let (body, tail) = rest.split_at_mut(whole * met);
    let counter = group.wrapping_mul(LANES) + lane;
    match stride {
        1 => level.run(
            #[inline(always)]
            || fill_groups::<T, 8>(key, counter, stride, body, pair),
        ),
        2 => level.run(
            #[inline(always)]
            || fill_groups::<T, 4>(key, counter, stride, body, pair),
        ),
        4 => level.run(
            #[inline(always)]
            || fill_groups::<T, 2>(key, counter, stride, body, pair),
        ),
        _ => level.run(
            #[inline(always)]
            || fill_groups::<T, 1>(key, counter, stride, body, pair),
        ),
    }
    if !tail.is_empty() {
        fill_part(level, key, counter + whole as u64 * LANES, stride, 0, tail, pair);
    }
}

/// Part of one group: `out.len()` of its met elements from number `skipped` on.
fn fill_part<T: Copy + Default>(
    level: Level,
    key: Key,
    counter: u64,
    stride: u64,
    skipped: usize,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T) + Copy,
) {
    let half = (LANES / stride) as usize;
    let mut values = [T::default(); GROUP as usize];
    level.run(
        #[inline(always)]
        || {
            // All lanes at once, some of them twice: one after another takes four times as long.
            let offsets: [u64; LANES as usize] = std::array::from_fn(|k| (k % half) as u64 * stride);
            let words = blocks(key, counter, &offsets);
            for k in 0..LANES as usize {
                let (first, second) = pair(words.0[k], words.1[k]);
                values[k % half] = first;
                values[half + k % half] = second;
            }
        },
    );
    out.copy_from_slice(&values[skipped..skipped + out.len()]);
}

/// Whole groups, `HALF` counters in each: out is HALF first values, HALF second values, and again.
#[inline(always)]
fn fill_groups<T: Copy + Default, const HALF: usize>(
    key: Key,
    counter: u64,
    stride: u64,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T),
) {
    let mut offsets = [0; BATCH];
    for (i, offset) in offsets.iter_mut().enumerate() {
        *offset = stride.wrapping_mul(i as u64);
    }
    let mut next = counter;
    let mut values = ([T::default(); BATCH], [T::default(); BATCH]);
    for batch in out.chunks_mut(2 * BATCH) {
        let words = blocks::<BATCH>(key, next, &offsets);
        next = next.wrapping_add(BATCH as u64 * stride);
        for i in 0..BATCH {
            (values.0[i], values.1[i]) = pair(words.0[i], words.1[i]);
        }
        if let Ok(whole) = <&mut [T; 2 * BATCH]>::try_from(&mut *batch) {
            interleave::<T, HALF>(&values.0, &values.1, whole);
        } else {
            interleave::<T, HALF>(&values.0, &values.1, batch);
        }
    }
}

/// HALF first values, HALF second values, and again.
#[inline(always)]
fn interleave<T: Copy, const HALF: usize>(firsts: &[T; BATCH], seconds: &[T; BATCH], out: &mut [T]) {
    let halves = firsts.chunks_exact(HALF).zip(seconds.chunks_exact(HALF));
    for (group, (first, second)) in out.chunks_exact_mut(2 * HALF).zip(halves) {
        group[..HALF].copy_from_slice(first);
        group[HALF..].copy_from_slice(second);
    }
}
