//! Walks over random elements in groups of sixteen: which counters a region needs, and where their two values go.
//!
//! The layout is told in `philox`. Not for the generator itself: a block is a function from a counter to two values.

use super::level::Level;
use super::philox::{Key, Walk, block};
use super::rounds::{LANES, Stream, Vectors, with_vectors};

/// Elements in a group, of [`LANES`] counters.
const GROUP: u64 = 2 * LANES as u64;
/// Counters of which the words are made before they become values.
const BATCH: usize = 32;

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
    match stride {
        1 => fill_forward::<T, 8>(level, key, first, out, pair),
        2 => fill_forward::<T, 4>(level, key, first, out, pair),
        4 => fill_forward::<T, 2>(level, key, first, out, pair),
        _ => fill_forward::<T, 1>(level, key, first, out, pair),
    }
    if walk.step < 0 {
        out.reverse();
    }
}

/// Any step: one counter an element, one of its two values kept.
#[inline(always)]
fn fill_singly<T: Copy>(key: Key, walk: Walk, out: &mut [T], pair: impl Fn(u64, u64) -> (T, T)) {
    for (i, value) in out.iter_mut().enumerate() {
        let element = walk.start.wrapping_add_signed(walk.step.wrapping_mul(i as i64));
        let words = block(key, element / GROUP * LANES as u64 + element % LANES as u64);
        let (first, second) = pair(words.0, words.1);
        *value = if (element / LANES as u64).is_multiple_of(2) { first } else { second };
    }
}

/// Ascending steps of 1, 2, 4, 8, of which a group has `2 * HALF` elements.
#[inline(always)]
fn fill_forward<T: Copy + Default, const HALF: usize>(
    level: Level,
    key: Key,
    start: u64,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T),
) {
    with_vectors!(level, simd => fill_groups::<T, _, HALF>(&Stream::new(simd, key), start, out, pair));
}

/// The elements from `start` on, batch by batch; of the first batch and of the last some are left out.
#[inline(always)]
fn fill_groups<T: Copy + Default, S: Vectors, const HALF: usize>(
    stream: &Stream<S>,
    start: u64,
    mut out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T),
) {
    let stride = LANES as u64 / HALF as u64;
    let mut counter = (start / GROUP * LANES as u64).wrapping_add(start % stride);
    let mut skipped = (start % GROUP / stride) as usize;
    let mut words = ([0; BATCH], [0; BATCH]);
    let mut values = ([T::default(); BATCH], [T::default(); BATCH]);
    while !out.is_empty() {
        let (now, later) = out.split_at_mut((2 * BATCH - skipped).min(out.len()));
        out = later;
        let counters = ((skipped + now.len()).div_ceil(2 * HALF) * HALF).next_multiple_of(LANES);
        let (a, b) = (&mut words.0[..counters], &mut words.1[..counters]);
        stream.fill(counter, stride, (a, b));
        for ((x, y), (a, b)) in values.0.iter_mut().zip(&mut values.1).zip(a.iter().zip(b)) {
            (*x, *y) = pair(*a, *b);
        }
        if let Ok(whole) = <&mut [T; 2 * BATCH]>::try_from(&mut *now) {
            interleave::<T, HALF>(&values.0, &values.1, whole);
        } else {
            let mut all = [T::default(); 2 * BATCH];
            interleave::<T, HALF>(&values.0, &values.1, &mut all);
            now.copy_from_slice(&all[skipped..skipped + now.len()]);
        }
        counter = counter.wrapping_add(BATCH as u64 * stride);
        skipped = 0;
    }
}

/// HALF first values, HALF second values, and again.
#[inline(always)]
fn interleave<T: Copy, const HALF: usize>(firsts: &[T; BATCH], seconds: &[T; BATCH], out: &mut [T; 2 * BATCH]) {
    let halves = firsts.chunks_exact(HALF).zip(seconds.chunks_exact(HALF));
    for (group, (first, second)) in out.chunks_exact_mut(2 * HALF).zip(halves) {
        group[..HALF].copy_from_slice(first);
        group[HALF..].copy_from_slice(second);
    }
}
