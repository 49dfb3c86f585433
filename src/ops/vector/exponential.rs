//! The exponential function and its kin.
//!
//! x = n ln 2 + r with |r| <= ln 2 / 2, and e^x = 2^n e^r. (`tabled` has another form of `exp`.)

use super::constants::{LN2_1, LN2_2, LOG2_E_1};
use super::elementwise::{Kernel, by_tables};
use super::polynomial::{ROUNDER, beyond, clamp, horner, horner_by_two, power_of_two, rounded_integer};
use super::single;

/// e^r = 1 + r + r² E(r); relative error 2^-58.
const EXP: [f64; 10] = [
    0.500_000_000_000_001_2,
    0.166_666_666_666_667,
    0.041_666_666_666_515_27,
    0.008_333_333_333_308_079,
    0.001_388_888_894_705_689_3,
    0.000_198_412_699_152_106_65,
    2.480_148_989_709_984_8e-05,
    2.755_721_847_498_329e-06,
    2.763_129_733_439_007e-07,
    2.511_710_105_963_028e-08,
];

/// 2^r = 1 + r T(r); relative error 2^-62.
const EXP2: [f64; 12] = [
    0.693_147_180_559_945_3,
    0.240_226_506_959_100_72,
    0.055_504_108_664_821_625,
    0.009_618_129_107_628_487,
    0.001_333_355_814_640_646_4,
    0.000_154_035_303_933_547_72,
    1.525_273_384_156_462_7e-05,
    1.321_548_682_330_019_7e-06,
    1.017_805_708_388_612_8e-07,
    7.054_891_466_197_681_5e-09,
    4.455_818_565_140_624_5e-10,
    2.573_781_587_976_917_4e-11,
];

/// Beyond these e^x is infinite or zero whatever x is.
pub(super) const HIGHEST: f64 = 710.0;
pub(super) const LOWEST: f64 = -746.0;
/// Up to this magnitude e^x is a normal number.
pub(crate) const NORMAL: f64 = 708.0;
/// Up to this magnitude 2^x is one.
const NORMAL_2: f64 = 1021.0;
/// Below this e^x - 1 is x.
const TINY: f64 = 1.0 / (1_u64 << 54) as f64;

/// value * 2^n for |n| < 2000, rounded once: two factors, so that neither overflows alone.
#[inline(always)]
pub(crate) fn scale(value: f64, n: i64) -> f64 {
    let half = n >> 1;
    value * power_of_two(half) * power_of_two(n - half)
}

/// value * 2^n where that is a normal number.
#[inline(always)]
pub(crate) fn scale_once(value: f64, n: i64) -> f64 {
    f64::from_bits(value.to_bits().wrapping_add((n as u64) << 52))
}

/// (e^r, n) with e^x = 2^n e^r, for |x| < 1000.
#[inline(always)]
pub(crate) fn exp_parts(x: f64) -> (f64, i64) {
    let shifted = x.mul_add(LOG2_E_1, ROUNDER);
    let n = shifted - ROUNDER;
    let r = (-n).mul_add(LN2_2, (-n).mul_add(LN2_1, x));
    (r.mul_add(r.mul_add(horner(r, &EXP), 1.0), 1.0), rounded_integer(shifted))
}

/// 2^(high + low) for a low below the rounding error of high; a NaN stays one.
#[inline(always)]
pub(crate) fn exp2_of_sum(high: f64, low: f64) -> f64 {
    let shifted = high + ROUNDER;
    let r = (high - (shifted - ROUNDER)) + low;
    scale(r.mul_add(horner(r, &EXP2), 1.0), rounded_integer(shifted))
}

/// NumPy's `exp`.
pub(crate) struct Exp;

impl Kernel for Exp {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (value, n) = exp_parts(x);
        scale_once(value, n)
    }

    by_tables!();

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, NORMAL)
    }

    #[inline(always)]
    fn wide(x: f64) -> f64 {
        let (value, n) = exp_parts(clamp(x, LOWEST, HIGHEST));
        scale(value, n)
    }

    #[inline(always)]
    fn strange_to_wide(_x: f64) -> u64 {
        0
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::exp(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::beyond(x, single::NORMAL_EXPONENT)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::exp(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.exp()
    }
}

/// NumPy's `exp2`: exact for integers.
pub(crate) struct Exp2;

impl Kernel for Exp2 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let shifted = x + ROUNDER;
        let r = x - (shifted - ROUNDER);
        scale_once(r.mul_add(horner(r, &EXP2), 1.0), rounded_integer(shifted))
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, NORMAL_2)
    }

    #[inline(always)]
    fn wide(x: f64) -> f64 {
        exp2_of_sum(clamp(x, -1100.0, 1100.0), 0.0)
    }

    #[inline(always)]
    fn strange_to_wide(_x: f64) -> u64 {
        0
    }

    fn slow(x: f64) -> f64 {
        x.exp2()
    }
}

/// The terms of e^x - 1 = h + 2^n r + 2^n q with h = 2^n - 1, halved so that 2^1024 is no infinity: (h, 2^n r, 2^n q) / 2.
#[inline(always)]
pub(crate) fn expm1_terms(x: f64) -> (f64, f64, f64) {
    let shifted = x.mul_add(LOG2_E_1, ROUNDER);
    let n = shifted - ROUNDER;
    let first = (-n).mul_add(LN2_1, x);
    let r = (-n).mul_add(LN2_2, first);
    let rest = (-n).mul_add(LN2_2, first - r);
    let q = (r * r).mul_add(horner_by_two(r, &EXP), rest);
    let power = power_of_two(rounded_integer(shifted) - 1);
    (power - 0.5, power * r, power * q)
}

/// NumPy's `expm1`.
pub(crate) struct Expm1;

impl Kernel for Expm1 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (h, r, q) = expm1_terms(clamp(x, -40.0, HIGHEST));
        let value = 2.0 * ((h + r) + q);
        if x.abs() < TINY { x } else { value }
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::expm1(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::beyond(x, single::NORMAL_EXPONENT)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::expm1(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.exp_m1()
    }
}
