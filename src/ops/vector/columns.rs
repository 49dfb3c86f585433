//! Reductions down columns: a row of accumulators takes in one row of numbers after another.
//!
//! Column j depends on column j alone and on the order of the rows, so the bits do not depend on how the columns are cut or
//! on the instruction set. All slices of a call have one length; what is longer is left alone.

use super::lane::Lane;
use super::level::vectorized;
use super::prefetch::Distance;

/// Columns between which memory is asked for ahead.
const RUN: usize = 128;

/// `acc[j] = join(acc[j], row[j])`.
#[inline(always)]
fn join_rows<T: Copy, A: Copy>(acc: &mut [A], row: &[T], join: impl Fn(A, T) -> A) {
    vectorized(
        #[inline(always)]
        || {
            let ahead = Distance::now();
            for (acc, row) in acc.chunks_mut(RUN).zip(row.chunks(RUN)) {
                ahead.beyond_all(row);
                for (acc, value) in acc.iter_mut().zip(row) {
                    *acc = join(*acc, *value);
                }
            }
        },
    );
}

/// `acc[j] += row[j]`; integers wrap.
pub fn add<T: Copy + Into<A>, A: Lane>(acc: &mut [A], row: &[T]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a.plus(v.into()),
    );
}

/// `acc[j] *= row[j]`; integers wrap.
pub fn multiply<T: Copy + Into<A>, A: Lane>(acc: &mut [A], row: &[T]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a.times(v.into()),
    );
}

/// `acc[j]` becomes the lesser of it and `row[j]`, NaN if one of them is.
pub fn minimum<T: Lane>(acc: &mut [T], row: &[T]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a.lesser(v),
    );
}

/// `acc[j]` becomes the greater of it and `row[j]`, NaN if one of them is.
pub fn maximum<T: Lane>(acc: &mut [T], row: &[T]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a.greater(v),
    );
}

/// `acc[j]` becomes the lesser of it and `row[j]`, NaN only if both are.
pub fn minimum_number<T: Lane>(acc: &mut [T], row: &[T]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a.lesser_number(v),
    );
}

/// `acc[j]` becomes the greater of it and `row[j]`, NaN only if both are.
pub fn maximum_number<T: Lane>(acc: &mut [T], row: &[T]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a.greater_number(v),
    );
}

/// `acc[j] |= row[j]`.
pub fn any(acc: &mut [bool], row: &[bool]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a | v,
    );
}

/// `acc[j] &= row[j]`.
pub fn all(acc: &mut [bool], row: &[bool]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a & v,
    );
}

/// `acc[j] += 1` where `row[j]` is true.
pub fn count_true(acc: &mut [i64], row: &[bool]) {
    join_rows(
        acc,
        row,
        #[inline(always)]
        |a, v| a + i64::from(v),
    );
}

/// `acc[j] += (row[j] - mean[j])²`.
pub fn add_squared_deviations<T: Copy + Into<f64>>(acc: &mut [f64], row: &[T], mean: &[f64]) {
    vectorized(
        #[inline(always)]
        || {
            for ((acc, value), mean) in acc.iter_mut().zip(row).zip(mean) {
                let deviation = (*value).into() - mean;
                *acc += deviation * deviation;
            }
        },
    );
}

/// Takes row number `count` (the first is 1) into means and sums of squared deviations (B. Welford, 1962).
pub fn add_moments<T: Copy + Into<f64>>(count: u64, mean: &mut [f64], m2: &mut [f64], row: &[T]) {
    let share = 1.0 / count as f64;
    vectorized(
        #[inline(always)]
        || {
            let ahead = Distance::now();
            for ((mean, m2), row) in mean.chunks_mut(RUN).zip(m2.chunks_mut(RUN)).zip(row.chunks(RUN)) {
                ahead.beyond_all(row);
                for ((mean, m2), value) in mean.iter_mut().zip(m2).zip(row) {
                    let value: f64 = (*value).into();
                    let deviation = value - *mean;
                    *mean += deviation * share;
                    *m2 += deviation * (value - *mean);
                }
            }
        },
    );
}

/// Where `row[j]` is less than `best[j]`, or the first NaN, it becomes the best and `index` its place.
pub fn argmin<T: Lane>(best: &mut [T], at: &mut [i64], row: &[T], index: i64) {
    replace_where(
        best,
        at,
        row,
        index,
        #[inline(always)]
        |best, v| v < best,
    );
}

/// Where `row[j]` is greater than `best[j]`, or the first NaN, it becomes the best and `index` its place.
pub fn argmax<T: Lane>(best: &mut [T], at: &mut [i64], row: &[T], index: i64) {
    replace_where(
        best,
        at,
        row,
        index,
        #[inline(always)]
        |best, v| v > best,
    );
}

#[inline(always)]
fn replace_where<T: Lane>(best: &mut [T], at: &mut [i64], row: &[T], index: i64, is_better: impl Fn(T, T) -> bool) {
    vectorized(
        #[inline(always)]
        || {
            for ((best, at), value) in best.iter_mut().zip(at).zip(row) {
                let replaced = is_better(*best, *value) | (value.is_missing() & !best.is_missing());
                *at = if replaced { index } else { *at };
                *best = if replaced { *value } else { *best };
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::{add, add_moments, argmax, maximum};

    #[test]
    fn columns_are_reduced_each_for_itself() {
        let rows = [[1.0, 5.0, f64::NAN], [4.0, 5.0, 2.0], [-2.0, 7.0, f64::NAN]];
        let (mut total, mut greatest) = ([0.0; 3], rows[0]);
        let (mut best, mut at) = (rows[0], [0; 3]);
        let (mut mean, mut m2) = ([0.0; 3], [0.0; 3]);
        for (i, row) in rows.iter().enumerate() {
            add(&mut total, row);
            maximum(&mut greatest, row);
            argmax(&mut best, &mut at, row, i as i64);
            add_moments(i as u64 + 1, &mut mean, &mut m2, row);
        }
        assert_eq!((total[0], total[1]), (3.0, 17.0));
        assert_eq!((greatest[0], greatest[1], greatest[2].is_nan()), (4.0, 7.0, true));
        assert_eq!(at, [1, 2, 0]);
        assert!((mean[0] - 1.0_f64).abs() < 1e-15 && (m2[0] - 18.0_f64).abs() < 1e-14);
    }
}
