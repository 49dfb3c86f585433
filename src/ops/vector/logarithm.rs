//! Logarithms.
//!
//! x = 2^k m with m in [√½, √2), f = m - 1, s = f / (2 + f) and log m = 2 atanh s, summed as f - s (f - s² L(s²)) so that
//! what is rounded twice is small. (`tabled` has other forms of `log` and `log1p`.)

use super::constants::{LG2_REST, LG2_SHORT, LN2_1, LN2_2, LOG2_E_1, LOG2_E_2, LOG10_E_1, LOG10_E_2};
use super::elementwise::{Kernel, by_tables};
use super::polynomial::{FRACTION, horner, outside, with_sign};
use super::single;

/// log((1 + s) / (1 - s)) = 2 s + s z L(z), z = s²; relative error 2^-58.
pub(crate) const LOG: [f64; 7] = [
    0.666_666_666_666_673_4,
    0.399_999_999_994_143_93,
    0.285_714_287_424_658_3,
    0.222_221_985_638_492_38,
    0.181_835_648_705_638_84,
    0.153_140_352_826_367_6,
    0.147_961_144_731_207_97,
];

const ROOT_HALF_BITS: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
const ONE_BITS: u64 = 1_f64.to_bits();
/// 2^52, whose low bits hold an integer.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// (k, m) with x = 2^k m and m in [√½, √2), for a normal positive x.
#[inline(always)]
pub(crate) fn split(x: f64) -> (f64, f64) {
    let bits = x.to_bits().wrapping_add(ONE_BITS - ROOT_HALF_BITS);
    let k = f64::from_bits((bits >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    (k, f64::from_bits((bits & FRACTION) + ROOT_HALF_BITS))
}

/// (k, 2^-k) for the k of `split`.
#[inline(always)]
fn exponent_of(x: f64) -> (f64, f64) {
    let bits = x.to_bits().wrapping_add(ONE_BITS - ROOT_HALF_BITS);
    let k = f64::from_bits((bits >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    (k, f64::from_bits((2046_u64 << 52).wrapping_sub(bits & !FRACTION)))
}

/// log(2^k (1 + f)) for 1 + f in [√½, √2).
#[inline(always)]
fn log_near_one(f: f64, k: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let rest = (-z).mul_add(horner(z, &LOG), f);
    k.mul_add(LN2_1, f + (-s).mul_add(rest, k * LN2_2))
}

/// NumPy's `log`.
pub(crate) struct Log;

impl Kernel for Log {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        log_near_one(m - 1.0, k)
    }

    by_tables!();

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::log(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::outside(x, f32::MIN_POSITIVE, f32::MAX)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::log(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.ln()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x, f64::MIN_POSITIVE, f64::MAX)
    }
}

/// log(high + low) for a low below the rounding error of high.
#[inline(always)]
pub(crate) fn log_of_sum(high: f64, low: f64) -> f64 {
    let (k, power) = exponent_of(high);
    log_near_one(low.mul_add(power, high.mul_add(power, -1.0)), k)
}

/// Beyond this 2^-k is no normal number.
pub(super) const LARGEST: f64 = 1e300;
/// Above this 1 + x is a positive normal number: by one step of the doubles below 1.
pub(super) const LEAST: f64 = -1.0 + f64::EPSILON / 2.0;

/// NumPy's `log1p`: of the power of two in 1 + x, and of f = 2^-k x + (2^-k - 1), which is rounded once and not at all where
/// k is 0.
pub(crate) struct Log1p;

impl Kernel for Log1p {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, power) = exponent_of(1.0 + x);
        let f = x.mul_add(power, power - 1.0);
        // A zero loses its sign.
        with_sign(log_near_one(f, k), x.to_bits())
    }

    by_tables!();

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::log1p(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::outside(1.0 + x, f32::EPSILON / 2.0, single::LARGEST_SUM)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::log1p(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.ln_1p()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        // 1 + x is exact enough near -1, and its own test for NaN.
        outside(1.0 + x, 1.0 + LEAST, LARGEST)
    }
}

/// log(m) / log(base) as (high, low), where `factors` are 1 / log(base) in two parts.
#[inline(always)]
fn scaled_log(m: f64, factors: (f64, f64)) -> (f64, f64) {
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let less = s * (-z).mul_add(horner(z, &LOG), f);
    let product = f * factors.0;
    let rounding = f.mul_add(factors.0, -product);
    (product, (-less).mul_add(factors.0, f.mul_add(factors.1, rounding)))
}

/// NumPy's `log2`: exact for powers of two.
pub(crate) struct Log2;

impl Kernel for Log2 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let (high, low) = scaled_log(m, (LOG2_E_1, LOG2_E_2));
        let sum = k + high;
        sum + (((k - sum) + high) + low)
    }

    fn slow(x: f64) -> f64 {
        x.log2()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x, f64::MIN_POSITIVE, f64::MAX)
    }
}

/// NumPy's `log10`: exact for powers of ten.
pub(crate) struct Log10;

impl Kernel for Log10 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let (high, low) = scaled_log(m, (LOG10_E_1, LOG10_E_2));
        let whole = k * LG2_SHORT;
        let sum = whole + high;
        sum + (((whole - sum) + high) + k.mul_add(LG2_REST, low))
    }

    fn slow(x: f64) -> f64 {
        x.log10()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x, f64::MIN_POSITIVE, f64::MAX)
    }
}
