//! Standard normal numbers, element i a function of (seed, stream, i) alone.
//!
//! The method of G. Box and M. Muller (1958): of the two words of a Philox counter the first gives a radius, the second an
//! angle, and their two Cartesian coordinates are the counter's two elements (see `philox` for which). The radius reaches
//! 8.57, the quantile of 2^-53. Not for other distributions: those draw from `ElementRng`.

use std::f64::consts::{FRAC_PI_4, LN_2};

use super::groups::fill_pairs;
use super::level::Level;
use super::logarithm::{LOG, split};
use super::philox::{Key, Lines, unit_f64};
use super::polynomial::{SIGN, horner};
use super::trigonometric::{COSINE, SINE};

/// Fills `out` with `mean + std * z` for the standard normal z of the elements of `lines`.
pub fn fill_normal(key: Key, lines: &Lines, mean: f64, std: f64, out: &mut [f64]) {
    let level = Level::best();
    if level.has_fma() {
        fill_pairs(
            level,
            key,
            lines,
            out,
            #[inline(always)]
            |a, b| scaled(pair(a, b), mean, std),
        );
    } else {
        fill_pairs(level, key, lines, out, |a, b| scaled(pair_by_library(a, b), mean, std));
    }
}

#[inline(always)]
fn scaled((x, y): (f64, f64), mean: f64, std: f64) -> (f64, f64) {
    (mean + std * x, mean + std * y)
}

/// A number of (0, 1], so that its logarithm is finite.
#[inline(always)]
fn never_zero(word: u64) -> f64 {
    1.0 - unit_f64(word)
}

/// -2 ln u of a normal u, to a few ulp.
#[inline(always)]
fn minus_twice_log(u: f64) -> f64 {
    let (k, m) = split(u);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    // ln(1 + f) = s (2 + z L(z))
    let slope = z.mul_add(horner(z, &LOG), 2.0) * -2.0;
    s.mul_add(slope, k * (-2.0 * LN_2))
}

/// (r cos φ, r sin φ) with r = √(-2 ln u) of the first word and φ of the second.
///
/// The upper 53 bits of the second word are an angle within an eighth of the circle, three others choose which eighth: so no
/// angle is ever reduced.
#[inline(always)]
fn pair(first: u64, second: u64) -> (f64, f64) {
    let radius = minus_twice_log(never_zero(first)).sqrt();
    let angle = unit_f64(second) * FRAC_PI_4;
    let z = angle * angle;
    let sine = (angle * z).mul_add(horner(z, &SINE), angle);
    let cosine = (z * z).mul_add(horner(z, &COSINE), z.mul_add(-0.5, 1.0));
    eighth_of_circle(second, radius * cosine, radius * sine)
}

/// The point (x, y) moved to the eighth of the circle that the low bits of a word choose.
#[inline(always)]
fn eighth_of_circle(word: u64, x: f64, y: f64) -> (f64, f64) {
    let (x, y) = if word & 4 == 0 { (x, y) } else { (y, x) };
    let (x_sign, y_sign) = (word << 63, (word << 62) & SIGN);
    (f64::from_bits(x.to_bits() ^ x_sign), f64::from_bits(y.to_bits() ^ y_sign))
}

/// The same without fused multiply-add; it may differ in the last bits.
fn pair_by_library(first: u64, second: u64) -> (f64, f64) {
    let radius = (-2.0 * never_zero(first).ln()).sqrt();
    let (sine, cosine) = (unit_f64(second) * FRAC_PI_4).sin_cos();
    eighth_of_circle(second, radius * cosine, radius * sine)
}

#[cfg(test)]
mod tests {
    use super::{fill_normal, pair, pair_by_library};
    use crate::ops::vector::Level;
    use crate::ops::vector::philox::{Key, Lines};

    fn sample(count: usize) -> Vec<f64> {
        let mut x = vec![0.0; count];
        fill_normal(Key { seed: 42, stream: 0 }, &Lines::one(0, 1, count), 0.0, 1.0, &mut x);
        x
    }

    #[test]
    fn moments_are_those_of_the_standard_normal() {
        let x = sample(1 << 20);
        let mean = |power: i32| x.iter().map(|x| x.powi(power)).sum::<f64>() / x.len() as f64;
        for (power, moment, tolerance) in [(1, 0.0, 0.004), (2, 1.0, 0.006), (3, 0.0, 0.02), (4, 3.0, 0.05)] {
            assert!((mean(power) - moment).abs() < tolerance, "moment {power} is {}", mean(power));
        }
    }

    #[test]
    fn distribution_is_the_standard_normal() {
        let mut x = sample(1 << 16);
        x.sort_by(f64::total_cmp);
        // Quantiles of the standard normal and their probabilities.
        let known = [(-3.0, 0.001_349_898), (-2.0, 0.022_750_132), (-1.0, 0.158_655_254), (-0.5, 0.308_537_539)];
        for (quantile, probability) in known.into_iter().flat_map(|(q, p)| [(q, p), (-q, 1.0 - p)]).chain([(0.0, 0.5)])
        {
            let below = x.partition_point(|x| *x < quantile) as f64 / x.len() as f64;
            assert!((below - probability).abs() < 1.63 / (x.len() as f64).sqrt(), "{below} below {quantile}");
        }
    }

    #[test]
    fn tails_are_as_long_as_they_should_be() {
        let x = sample(1 << 22);
        let beyond = x.iter().filter(|x| x.abs() > 4.5).count();
        // 6.795e-6 of 4194304 is 28.5; five standard deviations either way.
        assert!((3..56).contains(&beyond), "{beyond} beyond 4.5");
        assert!(pair(u64::MAX, 0).0.abs() > 8.5);
    }

    #[test]
    fn fused_and_plain_forms_agree() {
        if !Level::best().has_fma() {
            return;
        }
        let mut word = 1_u64;
        for _ in 0..10_000 {
            let first = word.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            word = first.rotate_left(23) ^ 0x5555;
            let (a, b) = (pair(first, word), pair_by_library(first, word));
            assert!((a.0 - b.0).abs() < 1e-14 && (a.1 - b.1).abs() < 1e-14, "{a:?} {b:?}");
        }
    }

    #[test]
    fn neighbours_are_uncorrelated() {
        let x = sample(1 << 18);
        for lag in [1, 8, 16] {
            let sum: f64 = x.iter().zip(&x[lag..]).map(|(a, b)| a * b).sum();
            assert!((sum / x.len() as f64).abs() < 0.01, "lag {lag}");
        }
    }
}
