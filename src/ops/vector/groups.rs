//! Walks over random elements in groups of sixteen: which counters a region needs, and where their two values go.
//!
//! The layout is told in `philox`. Not for the generator itself: a block is a function from a counter to two values.

use super::level::Level;
use super::philox::{Key, Lines, block};
use super::rounds::{LANES, PIECES, Stream, Vectors, with_vectors};

/// Elements in a group, of [`LANES`] counters.
const GROUP: u64 = PIECE as u64;
/// Counters of which the words are made before they become values.
const BATCH: usize = PIECES * LANES;
/// Elements of [`LANES`] counters, which may belong to more than one group.
const PIECE: usize = 2 * LANES;

/// Fills `out` with `convert` of the word of each walked element.
pub(crate) fn fill_words<T: Copy + Default>(
    level: Level,
    key: Key,
    lines: &Lines,
    out: &mut [T],
    convert: impl Fn(u64) -> T + Copy,
) {
    fill_pairs(
        level,
        key,
        lines,
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
    lines: &Lines,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T) + Copy,
) {
    let stride = lines.step.unsigned_abs();
    if !matches!(stride, 1 | 2 | 4 | 8) {
        return level.run(
            #[inline(always)]
            || fill_singly(key, lines, out, pair),
        );
    }
    let Some(last) = (lines.len as u64).checked_sub(1) else { return };
    let first = if lines.step < 0 { lines.start.wrapping_sub(last * stride) } else { lines.start };
    let forward = Lines { start: first, ..*lines };
    match stride {
        1 => fill_forward::<T, 8>(level, key, &forward, out, pair),
        2 => fill_forward::<T, 4>(level, key, &forward, out, pair),
        4 => fill_forward::<T, 2>(level, key, &forward, out, pair),
        _ => fill_forward::<T, 1>(level, key, &forward, out, pair),
    }
    if lines.step < 0 {
        out.chunks_exact_mut(lines.len).for_each(<[T]>::reverse);
    }
}

/// Any step: one counter an element, one of its two values kept.
#[inline(always)]
fn fill_singly<T: Copy>(key: Key, lines: &Lines, out: &mut [T], pair: impl Fn(u64, u64) -> (T, T)) {
    for (line, out) in out.chunks_exact_mut(lines.len.max(1)).enumerate() {
        let start = lines.start_of(line);
        for (i, value) in out.iter_mut().enumerate() {
            let element = start.wrapping_add_signed(lines.step.wrapping_mul(i as i64));
            let words = block(key, element / GROUP * LANES as u64 + element % LANES as u64);
            let (first, second) = pair(words.0, words.1);
            *value = if (element / LANES as u64).is_multiple_of(2) { first } else { second };
        }
    }
}

/// Ascending steps of 1, 2, 4, 8, of which a group has `2 * HALF` elements.
#[inline(always)]
fn fill_forward<T: Copy + Default, const HALF: usize>(
    level: Level,
    key: Key,
    lines: &Lines,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T),
) {
    if lines.count == 1 {
        with_vectors!(level, simd => fill_line::<T, _, HALF>(&Stream::new(simd, key), lines.start, out, pair));
    } else {
        with_vectors!(level, simd => fill_lines::<T, _, HALF>(&Stream::new(simd, key), lines, out, pair));
    }
}

/// From one counter of a line to the next.
const fn stride_of(half: usize) -> u64 {
    LANES as u64 / half as u64
}

/// The first counter of the group that the element `start` is in, and how many walked elements of the group are before it.
#[inline(always)]
fn entry<const HALF: usize>(start: u64) -> (u64, usize) {
    let stride = stride_of(HALF);
    ((start / GROUP * LANES as u64).wrapping_add(start % stride), (start % GROUP / stride) as usize)
}

/// The elements from `start` on, batch by batch; of the first batch and of the last some are left out.
#[inline(always)]
fn fill_line<T: Copy + Default, S: Vectors, const HALF: usize>(
    stream: &Stream<S>,
    start: u64,
    mut out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T),
) {
    let (mut counter, mut skipped) = entry::<HALF>(start);
    let mut words = ([0; BATCH], [0; BATCH]);
    let mut values = ([T::default(); BATCH], [T::default(); BATCH]);
    while !out.is_empty() {
        let (now, later) = out.split_at_mut((2 * BATCH - skipped).min(out.len()));
        out = later;
        let counters = ((skipped + now.len()).div_ceil(2 * HALF) * HALF).next_multiple_of(LANES);
        let (a, b) = (&mut words.0[..counters], &mut words.1[..counters]);
        stream.fill(counter, stride_of(HALF), (a, b));
        convert(&words, &mut values, &pair);
        if let Ok(whole) = <&mut [T; 2 * BATCH]>::try_from(&mut *now) {
            interleave::<T, HALF>(&values.0, &values.1, whole);
        } else {
            let mut all = [T::default(); 2 * BATCH];
            interleave::<T, HALF>(&values.0, &values.1, &mut all);
            now.copy_from_slice(&all[skipped..skipped + now.len()]);
        }
        counter = counter.wrapping_add(BATCH as u64 * stride_of(HALF));
        skipped = 0;
    }
}

/// Short lines: a batch has a piece of [`LANES`] counters of each of a few lines.
#[inline(always)]
fn fill_lines<T: Copy + Default, S: Vectors, const HALF: usize>(
    stream: &Stream<S>,
    lines: &Lines,
    out: &mut [T],
    pair: impl Fn(u64, u64) -> (T, T),
) {
    let stride = stride_of(HALF);
    let mut words = ([0; BATCH], [0; BATCH]);
    let mut values = ([T::default(); BATCH], [T::default(); BATCH]);
    let mut left = out.chunks_exact_mut(lines.len.max(1));
    for first in (0..lines.count).step_by(PIECES) {
        let (mut counters, mut skipped) = ([0; PIECES], [0; PIECES]);
        let mut rows: [&mut [T]; PIECES] = [&mut [], &mut [], &mut [], &mut []];
        for (k, row) in left.by_ref().take(PIECES).enumerate() {
            (counters[k], skipped[k]) = entry::<HALF>(lines.start_of(first + k));
            rows[k] = row;
        }
        while rows.iter().any(|row| !row.is_empty()) {
            stream.fill_pieces(&counters, stride, (&mut words.0, &mut words.1));
            counters.iter_mut().for_each(|counter| *counter = counter.wrapping_add(LANES as u64 * stride));
            convert(&words, &mut values, &pair);
            let (firsts, seconds) = (values.0.as_chunks::<LANES>().0, values.1.as_chunks::<LANES>().0);
            if skipped == [0; PIECES] && rows.iter().all(|row| row.len() >= PIECE) {
                for k in 0..PIECES {
                    let (now, later) = std::mem::take(&mut rows[k]).split_at_mut(PIECE);
                    interleave::<T, HALF>(&firsts[k], &seconds[k], now);
                    rows[k] = later;
                }
                continue;
            }
            for k in 0..PIECES {
                let row = std::mem::take(&mut rows[k]);
                let (now, later) = row.split_at_mut(row.len().min(PIECE - skipped[k]));
                let mut all = [T::default(); PIECE];
                interleave::<T, HALF>(&firsts[k], &seconds[k], &mut all);
                now.copy_from_slice(&all[skipped[k]..skipped[k] + now.len()]);
                (rows[k], skipped[k]) = (later, 0);
            }
        }
    }
}

#[inline(always)]
fn convert<T: Copy>(
    words: &([u64; BATCH], [u64; BATCH]),
    values: &mut ([T; BATCH], [T; BATCH]),
    pair: &impl Fn(u64, u64) -> (T, T),
) {
    for ((x, y), (a, b)) in values.0.iter_mut().zip(&mut values.1).zip(words.0.iter().zip(&words.1)) {
        (*x, *y) = pair(*a, *b);
    }
}

/// HALF first values, HALF second values, and again.
#[inline(always)]
fn interleave<T: Copy, const HALF: usize>(firsts: &[T], seconds: &[T], out: &mut [T]) {
    let halves = firsts.chunks_exact(HALF).zip(seconds.chunks_exact(HALF));
    for (group, (first, second)) in out.chunks_exact_mut(2 * HALF).zip(halves) {
        group[..HALF].copy_from_slice(first);
        group[HALF..].copy_from_slice(second);
    }
}
