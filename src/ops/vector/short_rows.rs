//! Folds of many short rows, in one call for all: sums with the bits of `reduce`, and what is least or greatest.

use super::lane::Lane;
use super::level::vectorized;
use super::prefetch::Distance;
use super::reduce::{WIDTH, meet};

/// The longest rows that are short.
pub const LONGEST: usize = 32;

/// Adds the sum of row k, what [`super::reduce::sum`] gives, to `sums[at[k]]`: rows of `width` elements, one to [`LONGEST`], for whose sums a
/// call each costs more than they do (rows of three took three times as long).
///
/// # Panics
/// Where a row has no sum to be added to.
pub fn add<T: Copy + Into<A>, A: Lane>(x: &[T], width: usize, at: &[usize], sums: &mut [A]) {
    macro_rules! of_width {
        ($($width:literal)*) => {
            match width {
                $($width => add_of::<$width, T, A>(x, at, sums),)*
                _ => unreachable!("rows are short"),
            }
        };
    }
    of_width! { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 }
}

fn add_of<const LEN: usize, T: Copy + Into<A>, A: Lane>(x: &[T], at: &[usize], sums: &mut [A]) {
    vectorized(
        #[inline(always)]
        || {
            let ahead = Distance::now();
            for (row, &at) in x.as_chunks::<LEN>().0.iter().zip(at) {
                ahead.beyond_all(row);
                let mut lanes = [A::ZERO; WIDTH];
                for i in 0..LEN {
                    lanes[i] = lanes[i].plus(row[i].into());
                }
                let sum = meet(
                    lanes,
                    #[inline(always)]
                    |a: A, b| a.plus(b),
                );
                sums[at] = sums[at].plus(sum);
            }
        },
    );
}

/// What stays of row k when each element meets the best so far meets `bests[at[k]]`. Rows of three take a quarter of the time of a
/// call each.
///
/// # Panics
/// Where a row has no place.
pub fn best<T: Lane>(x: &[T], width: usize, at: &[usize], bests: &mut [T], join: impl Fn(T, T) -> T) {
    vectorized(
        #[inline(always)]
        || {
            let ahead = Distance::now();
            for (row, &at) in x.chunks_exact(width).zip(at) {
                ahead.beyond_all(row);
                let mut best = bests[at];
                for value in row {
                    best = join(best, *value);
                }
                bests[at] = best;
            }
        },
    );
}

/// Where what stays when each element meets the best so far is first, or the first NaN: for rows of at most [`LONGEST`],
/// without the call of a kernel and without branches that nobody foresees.
#[inline(always)]
pub fn first_best<T: Lane>(row: &[T], join: impl Fn(T, T) -> T) -> Option<usize> {
    let best = row.iter().copied().reduce(join)?;
    if best.is_missing() {
        return row.iter().position(|value| value.is_missing());
    }
    let bits = row.iter().enumerate().fold(0_u32, |bits, (k, value)| bits | u32::from(*value == best) << k);
    Some(bits.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, add, best};
    use crate::ops::vector::reduce::sum_of_segments;

    #[test]
    fn short_rows_add_up_as_they_do_one_by_one() {
        let numbers: Vec<f64> = (0..160).map(|i| f64::from((i * 7919 + 13) % 1009) / 7.0 - 60.0).collect();
        for width in 1..=LONGEST {
            let x = &numbers[..width * 5];
            let (at, mut sums) = ([3, 0, 1, 4, 0], [0.25; 5]);
            let mut wanted = sums;
            for (row, at) in x.chunks(width).zip(at) {
                wanted[at] = sum_of_segments::<128, f64, f64>(wanted[at], row);
            }
            add(x, width, &at, &mut sums);
            assert_eq!(sums.map(f64::to_bits), wanted.map(f64::to_bits), "rows of {width}");
        }
    }

    #[test]
    fn the_best_of_short_rows_are_those_of_each() {
        let numbers: Vec<f64> = (0..160).map(|i| f64::from((i * 7919 + 13) % 1009) / 7.0 - 60.0).collect();
        for width in 1..=LONGEST {
            let (x, mut bests) = (&numbers[..width * 3], [-1e9; 3]);
            best(x, width, &[2, 0, 0], &mut bests, f64::max);
            let of = |rows: std::ops::Range<usize>| {
                x[rows.start * width..rows.end * width].iter().copied().fold(-1e9, f64::max)
            };
            assert_eq!(bests, [of(1..3), -1e9, of(0..1)], "rows of {width}");
        }
    }
}
