//! Moments of the elements that a mask keeps, with the bits of `reduce` and `columns` where it keeps all.

use super::level::vectorized;
use super::reduce::{WIDTH, meet};

/// How many elements are kept, their mean, and the sum of their squared deviations from it.
pub fn moments<T: Copy + Default + Into<f64>>(x: &[T], keep: &[bool]) -> (u64, f64, f64) {
    let count = super::reduce::count_true(keep);
    if count == 0 {
        return (0, 0.0, 0.0);
    }
    vectorized(
        #[inline(always)]
        || {
            let sum = sum_kept(
                x,
                keep,
                #[inline(always)]
                |v| v.into(),
            );
            let mean = sum / count as f64;
            let m2 = sum_kept(
                x,
                keep,
                #[inline(always)]
                |v| {
                    let deviation = v.into() - mean;
                    deviation * deviation
                },
            );
            (count, mean, m2)
        },
    )
}

/// The sum of a function of what is kept, in the order of `reduce`.
#[inline(always)]
fn sum_kept<T: Copy + Default>(x: &[T], keep: &[bool], read: impl Fn(T) -> f64) -> f64 {
    let mut sums = [0.0; WIDTH];
    let ((xs, x_rest), (keeps, keep_rest)) = (x.as_chunks::<WIDTH>(), keep.as_chunks::<WIDTH>());
    for (x, keep) in xs.iter().zip(keeps) {
        add_kept(&mut sums, x, keep, &read);
    }
    if !x_rest.is_empty() {
        let (mut x, mut keep) = ([T::default(); WIDTH], [false; WIDTH]);
        x[..x_rest.len()].copy_from_slice(x_rest);
        keep[..keep_rest.len()].copy_from_slice(keep_rest);
        add_kept(&mut sums, &x, &keep, &read);
    }
    meet(
        sums,
        #[inline(always)]
        |a, b| a + b,
    )
}

/// A function of each number that is kept to the sum of its place. What is not kept is computed too, and then left out: of a
/// mask that holds for half of the numbers every second branch is foreseen wrongly.
#[inline(always)]
fn add_kept<T: Copy>(sums: &mut [f64; WIDTH], x: &[T; WIDTH], keep: &[bool; WIDTH], read: &impl Fn(T) -> f64) {
    let mut values = [0.0; WIDTH];
    for i in 0..WIDTH {
        values[i] = read(x[i]);
    }
    for i in 0..WIDTH {
        let kept = 0_u64.wrapping_sub(u64::from(keep[i]));
        sums[i] += f64::from_bits(values[i].to_bits() & kept);
    }
}

/// Takes what is kept of a row into counts, means and sums of squared deviations down columns (B. Welford, 1962).
pub fn add_moments<T: Copy + Into<f64>>(count: &mut [u64], mean: &mut [f64], m2: &mut [f64], row: &[T], keep: &[bool]) {
    vectorized(
        #[inline(always)]
        || {
            let columns = count.iter_mut().zip(mean).zip(m2).zip(row.iter().zip(keep));
            for (((count, mean), m2), (value, keep)) in columns {
                let value: f64 = (*value).into();
                *count += u64::from(*keep);
                let deviation = value - *mean;
                let moved = *mean + deviation * (1.0 / *count as f64);
                *m2 += if *keep { deviation * (value - moved) } else { 0.0 };
                *mean = if *keep { moved } else { *mean };
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::{add_moments, moments};
    use crate::ops::vector::{columns, reduce};

    #[test]
    fn a_mask_that_keeps_all_changes_no_bit() {
        let x: Vec<f64> = (0..1000).map(|i| f64::from((i * 7919 + 13) % 1009) / 7.0 - 60.0).collect();
        for len in [1, 31, 32, 33, 100, 128] {
            let x = &x[..len];
            let mean = reduce::sum::<f64, f64>(x) / len as f64;
            let wanted = (len as u64, mean, reduce::sum_of_squared_deviations(x, mean));
            assert_eq!(moments(x, &vec![true; len]), wanted);
        }
        let (mut counts, mut means, mut squares) = ([0; 10], [0.0; 10], [0.0; 10]);
        let (mut wanted, mut wanted_squares) = ([0.0; 10], [0.0; 10]);
        for (number, row) in x.chunks(10).enumerate() {
            add_moments(&mut counts, &mut means, &mut squares, row, &[true; 10]);
            columns::add_moments(number as u64 + 1, &mut wanted, &mut wanted_squares, row);
        }
        assert_eq!((counts, means, squares), ([100; 10], wanted, wanted_squares));
    }

    #[test]
    fn what_is_not_kept_does_not_count() {
        let x = [1.0, f64::NAN, 3.0, 8.0, f64::INFINITY];
        let keep = [true, false, true, true, false];
        assert_eq!(moments(&x, &keep), (3, 4.0, 26.0));
        assert_eq!(moments(&x, &[false; 5]), (0, 0.0, 0.0));
        let (mut count, mut mean, mut m2) = ([0], [0.0], [0.0]);
        x.iter().zip(keep).for_each(|(v, keep)| add_moments(&mut count, &mut mean, &mut m2, &[*v], &[keep]));
        assert_eq!((count, mean, m2), ([3], [4.0], [26.0]));
    }
}
