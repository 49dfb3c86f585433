//! Sums of many short rows, with the bits of `reduce`.

use super::lane::Lane;
use super::level::vectorized;
use super::prefetch::prefetch_after_all;
use super::reduce::{WIDTH, meet};

/// The longest rows that [`add`] takes.
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
            for (row, &at) in x.as_chunks::<LEN>().0.iter().zip(at) {
                prefetch_after_all(row);
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

#[cfg(test)]
mod tests {
    use super::{LONGEST, add};
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
}
