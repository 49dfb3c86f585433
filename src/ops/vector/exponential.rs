//! The exponential function and its kin.
//!
//! x = n ln 2 + r with |r| <= ln 2 / 2, and e^x = 2^n e^r.

use std::f64::consts::LOG2_E;

use super::elementwise::Kernel;
use super::polynomial::{ROUNDER, horner, power_of_two, rounded_integer};

/// ln 2 as a sum of two numbers, by rounding what is left.
const LN2_1: f64 = std::f64::consts::LN_2;
const LN2_2: f64 = 2.319_046_813_846_299_6e-17;

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

/// Beyond these e^x is infinite or zero whatever x is.
const HIGHEST: f64 = 710.0;
const LOWEST: f64 = -746.0;

/// NumPy's `exp`.
pub(crate) struct Exp;

impl Kernel for Exp {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let bounded = if x > HIGHEST { HIGHEST } else { x };
        let bounded = if bounded < LOWEST { LOWEST } else { bounded };
        let shifted = bounded.mul_add(LOG2_E, ROUNDER);
        let n = shifted - ROUNDER;
        let r = (-n).mul_add(LN2_2, (-n).mul_add(LN2_1, bounded));
        let value = (r * r).mul_add(horner(r, &EXP), r) + 1.0;
        scale(value, rounded_integer(shifted))
    }

    fn slow(x: f64) -> f64 {
        x.exp()
    }
}

/// value * 2^n for |n| < 2000, rounded once: two factors, so that neither overflows alone.
#[inline(always)]
fn scale(value: f64, n: i64) -> f64 {
    let half = n >> 1;
    value * power_of_two(half) * power_of_two(n - half)
}
