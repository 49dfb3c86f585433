//! Reductions of one contiguous slice, the same bits on every instruction set.
//!
//! Element i always goes to accumulator i % 32, whatever the width of the machine's vectors, and the accumulators meet in one
//! fixed tree. A slice is at most a tile or a block row; callers merge the results of slices in their own fixed order. Not
//! for reductions across rows: see `columns`.

use super::lane::Lane;
use super::level::{Level, vectorized};
use super::prefetch::Distance;

/// Accumulators: four vectors of AVX-512, enough to hide the latency of an addition.
pub(super) const WIDTH: usize = 32;
/// Flags looked at between two chances to stop early.
const SEARCHED: usize = 512;
/// Elements of a run of exact numbers, which meet after it.
const RUN: usize = 512;
/// Elements searched at once for a value known to be there.
const STRIDE: usize = 64;

/// Folds the slice at a level; `first` must be neutral for `join`.
#[inline(always)]
fn fold<T: Copy, A: Lane>(level: Level, x: &[T], first: A, read: impl Fn(T) -> A, join: impl Fn(A, A) -> A) -> A {
    level.run(
        #[inline(always)]
        || fold_here(x, first, read, join),
    )
}

/// The same with the instructions of whoever calls.
#[inline(always)]
fn fold_here<T: Copy, A: Lane>(x: &[T], first: A, read: impl Fn(T) -> A, join: impl Fn(A, A) -> A) -> A {
    let ahead = Distance::now();
    if A::IS_EXACT {
        return x.chunks(RUN).fold(
            first,
            #[inline(always)]
            |sum, run| {
                ahead.beyond_all(run);
                run.iter().fold(
                    sum,
                    #[inline(always)]
                    |sum, v| join(sum, read(*v)),
                )
            },
        );
    }
    let mut sums = [first; WIDTH];
    let (chunks, rest) = x.as_chunks::<WIDTH>();
    for chunk in chunks {
        ahead.beyond_all(chunk);
        for i in 0..WIDTH {
            sums[i] = join(sums[i], read(chunk[i]));
        }
    }
    if !rest.is_empty() {
        for i in 0..WIDTH {
            sums[i] = if i < rest.len() { join(sums[i], read(rest[i])) } else { sums[i] };
        }
    }
    meet(sums, join)
}

/// The sum of `before` and of the sums of segments of `LEN` elements, one after another: what `sum` of each would give, for
/// one call instead of many (which cost more than adding 128 numbers of single precision).
pub fn sum_of_segments<const LEN: usize, T: Copy + Into<A>, A: Lane>(before: A, x: &[T]) -> A {
    vectorized(
        #[inline(always)]
        || {
            let (segments, rest) = x.as_chunks::<LEN>();
            let all = segments.iter().fold(
                before,
                #[inline(always)]
                |sum, segment| sum.plus(sum_here(segment)),
            );
            if rest.is_empty() { all } else { all.plus(sum_here(rest)) }
        },
    )
}

/// The sum with the instructions of whoever calls.
#[inline(always)]
fn sum_here<T: Copy + Into<A>, A: Lane>(x: &[T]) -> A {
    fold_here(
        x,
        A::ZERO,
        #[inline(always)]
        |v| v.into(),
        #[inline(always)]
        |a, b| a.plus(b),
    )
}

/// Halves: accumulator i meets accumulator i + 16, the sixteen results meet likewise, ….
#[inline(always)]
pub(super) fn meet<A: Lane>(sums: [A; WIDTH], join: impl Fn(A, A) -> A) -> A {
    let sixteen: [A; 16] = halves(&sums, &join);
    let eight: [A; 8] = halves(&sixteen, &join);
    let four: [A; 4] = halves(&eight, &join);
    let [low, high] = halves(&four, &join);
    join(low, high)
}

/// Both halves joined. Of a length known here, so that vectors stay vectors.
#[inline(always)]
fn halves<A: Lane, const LEN: usize, const HALF: usize>(x: &[A; LEN], join: &impl Fn(A, A) -> A) -> [A; HALF] {
    let mut half = [A::ZERO; HALF];
    for i in 0..HALF {
        half[i] = join(x[i], x[i + HALF]);
    }
    half
}

/// The sum, accumulated in `A`: `sum::<f32, f64>`, `sum::<bool, i64>`. Integers wrap.
pub fn sum<T: Copy + Into<A>, A: Lane>(x: &[T]) -> A {
    fold(
        Level::best(),
        x,
        A::ZERO,
        #[inline(always)]
        |v| v.into(),
        #[inline(always)]
        |a, b| a.plus(b),
    )
}

/// The product, accumulated in `A`. Integers wrap.
pub fn prod<T: Copy + Into<A>, A: Lane>(x: &[T]) -> A {
    fold(
        Level::best(),
        x,
        A::ONE,
        #[inline(always)]
        |v| v.into(),
        #[inline(always)]
        |a, b| a.times(b),
    )
}

/// What stays when each element meets the best so far; none of an empty slice.
#[inline(always)]
fn best<T: Lane>(x: &[T], join: impl Fn(T, T) -> T) -> Option<T> {
    let first = *x.first()?;
    Some(fold(
        Level::best(),
        x,
        first,
        #[inline(always)]
        |v| v,
        join,
    ))
}

/// The least element, NaN if one is NaN; none of an empty slice.
pub fn min<T: Lane>(x: &[T]) -> Option<T> {
    best(
        x,
        #[inline(always)]
        |a, b| a.lesser(b),
    )
}

/// The greatest element, NaN if one is NaN; none of an empty slice.
pub fn max<T: Lane>(x: &[T]) -> Option<T> {
    best(
        x,
        #[inline(always)]
        |a, b| a.greater(b),
    )
}

/// The least number, NaN if there is none; none of an empty slice.
pub fn min_number<T: Lane>(x: &[T]) -> Option<T> {
    best(
        x,
        #[inline(always)]
        |a, b| a.lesser_number(b),
    )
}

/// The greatest number, NaN if there is none; none of an empty slice.
pub fn max_number<T: Lane>(x: &[T]) -> Option<T> {
    best(
        x,
        #[inline(always)]
        |a, b| a.greater_number(b),
    )
}

/// Where a value, or a NaN if it is one, is first.
pub fn position<T: Lane>(x: &[T], wanted: T) -> Option<usize> {
    let found = |v: T| if wanted.is_missing() { v.is_missing() } else { v == wanted };
    vectorized(
        #[inline(always)]
        || {
            let (chunks, rest) = x.as_chunks::<STRIDE>();
            for (i, chunk) in chunks.iter().enumerate() {
                if chunk.iter().fold(
                    false,
                    #[inline(always)]
                    |any, v| any | found(*v),
                ) {
                    return chunk.iter().position(|v| found(*v)).map(|at| i * STRIDE + at);
                }
            }
            rest.iter().position(|v| found(*v)).map(|at| chunks.len() * STRIDE + at)
        },
    )
}

/// The sum of (x - mean)².
pub fn sum_of_squared_deviations<T: Copy + Into<f64>>(x: &[T], mean: f64) -> f64 {
    let square = |v: T| {
        let deviation = v.into() - mean;
        deviation * deviation
    };
    fold(
        Level::best(),
        x,
        0.0,
        square,
        #[inline(always)]
        |a, b| a + b,
    )
}

/// How many are true.
#[must_use]
pub fn count_true(x: &[bool]) -> u64 {
    // A byte holds the count of 255 at most, so bytes are added in short runs.
    vectorized(
        #[inline(always)]
        || {
            let (runs, ahead) = (x.chunks(WIDTH * 255), Distance::now());
            runs.map(|run| {
                ahead.beyond_all(run);
                u64::from(count_short_run(run))
            })
            .sum()
        },
    )
}

#[inline(always)]
fn count_short_run(x: &[bool]) -> u32 {
    let mut counts = [0_u8; WIDTH];
    for chunk in x.chunks(WIDTH) {
        for (count, value) in counts.iter_mut().zip(chunk) {
            *count += u8::from(*value);
        }
    }
    counts.iter().map(|count| u32::from(*count)).sum()
}

/// Whether one is true.
#[must_use]
pub fn any(x: &[bool]) -> bool {
    vectorized(
        #[inline(always)]
        || {
            x.chunks(SEARCHED).any(
                #[inline(always)]
                |run| {
                    run.iter().fold(
                        false,
                        #[inline(always)]
                        |any, v| any | v,
                    )
                },
            )
        },
    )
}

/// Whether all are true.
#[must_use]
pub fn all(x: &[bool]) -> bool {
    vectorized(
        #[inline(always)]
        || {
            x.chunks(SEARCHED).all(
                #[inline(always)]
                |run| {
                    run.iter().fold(
                        true,
                        #[inline(always)]
                        |all, v| all & v,
                    )
                },
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{
        count_true, fold, max, max_number, min, min_number, position, prod, sum, sum_of_segments,
        sum_of_squared_deviations,
    };
    use crate::ops::vector::Level;

    fn numbers(count: usize) -> Vec<f64> {
        (0..count).map(|i| ((i * 7919 + 13) % 1009) as f64 / 7.0 - 60.0).collect()
    }

    #[test]
    fn a_sum_has_the_same_bits_at_every_level() {
        for length in [0, 1, 31, 32, 33, 100, 2048, 4001] {
            let x = numbers(length);
            let at = |level| fold(level, &x, 0.0, |v| v, |a: f64, b| a + b).to_bits();
            let all: Vec<u64> = Level::available().into_iter().map(at).collect();
            assert!(all.iter().all(|bits| *bits == sum::<f64, f64>(&x).to_bits()), "length {length}: {all:?}");
        }
    }

    #[test]
    fn segments_add_up_as_they_do_one_by_one() {
        for length in [0, 1, 127, 128, 129, 500, 1024] {
            let x = numbers(length);
            let one_by_one = x.chunks(128).fold(1.5, |total, segment| total + sum::<f64, f64>(segment));
            assert_eq!(sum_of_segments::<128, f64, f64>(1.5, &x).to_bits(), one_by_one.to_bits(), "length {length}");
        }
    }

    #[test]
    fn reductions_give_what_a_plain_loop_gives() {
        for length in [1, 2, 31, 33, 64, 65, 1000] {
            let x = numbers(length);
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + b.abs());
            assert!(close(sum(&x), x.iter().sum()));
            assert!(close(sum_of_squared_deviations(&x, 2.0), x.iter().map(|x| (x - 2.0).powi(2)).sum()));
            assert_eq!(min(&x), x.iter().copied().reduce(f64::min));
            assert_eq!(max(&x), x.iter().copied().reduce(f64::max));
            assert_eq!(position(&x, x[length / 2]), x.iter().position(|v| *v == x[length / 2]));
            let flags: Vec<bool> = x.iter().map(|x| *x > 0.0).collect();
            assert_eq!(count_true(&flags), flags.iter().filter(|f| **f).count() as u64);
        }
    }

    #[test]
    fn numbers_win_where_they_are_asked_for() {
        let mut x = numbers(100);
        (x[0], x[70]) = (f64::NAN, f64::NAN);
        let of = |fold: fn(f64, f64) -> f64| x.iter().copied().reduce(fold);
        assert_eq!((min_number(&x), max_number(&x)), (of(f64::min), of(f64::max)));
        assert!(max_number(&[f64::NAN; 40]).unwrap().is_nan());
    }

    #[test]
    fn the_first_nan_wins() {
        let mut x = numbers(100);
        (x[70], x[41]) = (f64::NAN, f64::NAN);
        assert!(min(&x).unwrap().is_nan() && max(&x).unwrap().is_nan());
        assert_eq!(position(&x, f64::NAN), Some(41));
    }

    #[test]
    fn integers_widen_and_wrap() {
        assert_eq!(sum::<i8, i64>(&[100; 50]), 5000);
        assert_eq!(sum::<bool, i64>(&[true; 70]), 70);
        assert_eq!(prod::<i64, i64>(&[1 << 40; 2]), 0);
        assert_eq!(max::<u8>(&[]), None);
    }
}
