//! Sine and cosine, to be taken apart by `elementwise`.
//!
//! The argument is brought to r in [-π/2, π/2] by the nearest multiple of π, given in three parts: with fused
//! multiply-add the first subtraction is exact, since x and n π₁ are multiples of 2^-51 and their difference is below 2.
//! Beyond 2^20 the C library does it.

use std::f64::consts::FRAC_1_PI;

use super::elementwise::Kernel;
use super::polynomial::{ROUNDER, SIGN, horner};

/// π as a sum of three numbers, by rounding what is left.
const PI_1: f64 = std::f64::consts::PI;
const PI_2: f64 = 1.224_646_799_147_353_2e-16;
const PI_3: f64 = -2.994_769_809_718_339_7e-33;

/// sin(r) = r + r z P(z), z = r²; relative error 2^-62.
const SINE_HALF_PI: [f64; 8] = [
    -0.166_666_666_666_666_66,
    0.008_333_333_333_333_212,
    -0.000_198_412_698_412_153_17,
    2.755_731_921_213_730_8e-06,
    -2.505_210_696_067_149e-08,
    1.605_894_395_467_855e-10,
    -7.643_098_073_417_586e-13,
    2.722_258_798_936_152_4e-15,
];

/// Largest magnitude that is reduced here.
const LIMIT: f64 = 1_048_576.0;

/// x - n π for an n that is an integer, or half of an odd one, and |x| <= LIMIT.
#[inline(always)]
fn minus_multiple_of_pi(x: f64, n: f64) -> f64 {
    let r = (-n).mul_add(PI_1, x);
    let r = (-n).mul_add(PI_2, r);
    (-n).mul_add(PI_3, r)
}

/// The sine of r in [-π/2, π/2].
#[inline(always)]
fn sine_of_reduced(r: f64) -> f64 {
    let z = r * r;
    (r * z).mul_add(horner(z, &SINE_HALF_PI), r)
}

/// NumPy's `sin`.
pub(crate) struct Sin;

impl Kernel for Sin {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let shifted = x.mul_add(FRAC_1_PI, ROUNDER);
        let r = minus_multiple_of_pi(x, shifted - ROUNDER);
        f64::from_bits(sine_of_reduced(r).to_bits() ^ (shifted.to_bits() << 63))
    }

    fn slow(x: f64) -> f64 {
        x.sin()
    }

    #[inline(always)]
    fn is_ordinary(x: f64) -> bool {
        x.abs() <= LIMIT
    }
}

/// NumPy's `cos`.
pub(crate) struct Cos;

impl Kernel for Cos {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let shifted = x.mul_add(FRAC_1_PI, -0.5) + ROUNDER;
        let r = minus_multiple_of_pi(x, (shifted - ROUNDER) + 0.5);
        f64::from_bits(sine_of_reduced(r).to_bits() ^ (shifted.to_bits() << 63) ^ SIGN)
    }

    fn slow(x: f64) -> f64 {
        x.cos()
    }

    #[inline(always)]
    fn is_ordinary(x: f64) -> bool {
        x.abs() <= LIMIT
    }
}
