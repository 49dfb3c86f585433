//! Functions in single precision by themselves: twice as many numbers in a vector and shorter polynomials than through
//! double precision, within 2 ulp.
//!
//! Only what is faster so; every other kernel goes through double precision. Beyond the ordinary arguments these do too.

use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_PI, LOG2_E};

/// 1.5 * 2^23: adding it rounds a small number to an integer, left in the low bits of the sum.
const ROUNDER: f32 = 12_582_912.0;
const SIGN: u32 = 1 << 31;
const FRACTION: u32 = (1 << 23) - 1;
/// The bits of the exponent 0.
const BIAS: i32 = 127;

/// π in three parts, each rounded down: where all are positive, -0.0 less none of them stays what it is.
const PI_1: f32 = std::f32::consts::PI.next_down();
const PI_2: f32 = 1.509_957_9e-7;
const PI_3: f32 = 1.078_060_6e-14;
/// ln 2 in two parts.
const LN2_1: f32 = std::f32::consts::LN_2;
const LN2_2: f32 = -1.904_654_2e-9;

/// Up to here the parts of π suffice.
pub(crate) const FARTHEST_ANGLE: f32 = 8192.0;
/// Up to this magnitude e^x is a normal number.
pub(crate) const NORMAL_EXPONENT: f32 = 87.0;
/// Up to here 2^-k is normal.
pub(crate) const LARGEST_SUM: f32 = 8.0e37;

/// Below this e^x - 1 and tanh x are x.
const TINY: f32 = 1.0 / (1 << 26) as f32;
/// Beyond this tanh is 1.
const FLAT: f32 = 11.0;

/// sin(r) = r + r z S(z), z = r², on [-π/4, π/4]; relative error 2^-28.
const SINE: [f32; 3] = [-0.166_666_55, 0.008_332_176, -0.000_195_170_03];

/// cos(r) = 1 - z/2 + z² C(z) there; absolute error 2^-33.
const COSINE: [f32; 3] = [0.041_666_646, -0.001_388_736_4, 2.443_809e-05];

/// e^r = 1 + r + r² E(r) on [-ln 2 / 2, ln 2 / 2]; relative error 2^-28.
const EXP: [f32; 5] = [0.5, 0.166_665_18, 0.041_666_2, 0.008_368_954, 0.001_395_090_1];

/// log(1 + f) = f - f² / 2 + f³ L(f) for 1 + f in [√½, √2); relative error 2^-27.
const LOG: [f32; 8] =
    [0.333_333_17, -0.250_008_1, 0.200_022_87, -0.166_245_5, 0.141_810_2, -0.131_287_88, 0.128_817_23, -0.078_596_03];

#[inline(always)]
fn horner<const N: usize>(z: f32, c: &[f32; N]) -> f32 {
    let mut sum = c[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = sum.mul_add(z, c[i]);
    }
    sum
}

/// The sign bit is set where |x| > `high` or x is NaN.
#[inline(always)]
pub(crate) fn beyond(x: f32, high: f32) -> u32 {
    (x.to_bits() & !SIGN) + (SIGN - 1 - high.to_bits())
}

/// The sign bit is set unless `low` <= x <= `high`, for 0 < low.
#[inline(always)]
pub(crate) fn outside(x: f32, low: f32, high: f32) -> u32 {
    let above = x.to_bits().wrapping_sub(low.to_bits());
    above | above.wrapping_add(SIGN - 1 - (high.to_bits() - low.to_bits()))
}

/// Whether the sign bit is not set.
#[inline(always)]
pub(crate) fn is_ordinary(strange: u32) -> bool {
    strange & SIGN == 0
}

/// The sine of x + `quarters` π / 2 for |x| <= `FARTHEST_ANGLE`: by its own series or by that of the cosine, so that the
/// cosine of 0 is 1.
#[inline(always)]
fn sine_after(x: f32, quarters: u32) -> f32 {
    let shifted = x.mul_add(FRAC_2_PI, ROUNDER);
    let n = shifted - ROUNDER;
    let r = (-n).mul_add(PI_3 / 2.0, (-n).mul_add(PI_2 / 2.0, (-n).mul_add(PI_1 / 2.0, x)));
    let z = r * r;
    let sine = (r * z).mul_add(horner(z, &SINE), r);
    // The polynomial loses the sign of -0.0.
    let sine = f32::from_bits(sine.to_bits() | (r.to_bits() & SIGN));
    let cosine = (z * z).mul_add(horner(z, &COSINE), z.mul_add(-0.5, 1.0));
    let quadrant = shifted.to_bits().wrapping_add(quarters);
    let value = if quadrant & 1 == 0 { sine } else { cosine };
    f32::from_bits(value.to_bits() ^ ((quadrant << 30) & SIGN))
}

/// sin x for |x| <= `FARTHEST_ANGLE`.
#[inline(always)]
pub(crate) fn sin(x: f32) -> f32 {
    sine_after(x, 0)
}

/// cos x for |x| <= `FARTHEST_ANGLE`.
#[inline(always)]
pub(crate) fn cos(x: f32) -> f32 {
    sine_after(x, 1)
}

/// e^x for |x| <= `NORMAL_EXPONENT`.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let shifted = x.mul_add(LOG2_E, ROUNDER);
    let n = shifted - ROUNDER;
    let r = (-n).mul_add(LN2_2, (-n).mul_add(LN2_1, x));
    let value = r.mul_add(r.mul_add(horner(r, &EXP), 1.0), 1.0);
    f32::from_bits(value.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// The bits of x, moved so that their exponent is that of the power of two nearest to x by ratio.
#[inline(always)]
fn moved(x: f32) -> u32 {
    x.to_bits().wrapping_add(1_f32.to_bits() - FRAC_1_SQRT_2.to_bits())
}

/// log(2^k (1 + f)) for 1 + f in [√½, √2).
#[inline(always)]
fn log_near_one(f: f32, k: f32) -> f32 {
    let square = f * f;
    let tail = (square * f).mul_add(horner(f, &LOG), k * LN2_2);
    k.mul_add(LN2_1, f + (-0.5_f32).mul_add(square, tail))
}

/// log x for a normal positive x.
#[inline(always)]
pub(crate) fn log(x: f32) -> f32 {
    let bits = moved(x);
    let k = ((bits >> 23) as i32 - BIAS) as f32;
    let m = f32::from_bits((bits & FRACTION) + FRAC_1_SQRT_2.to_bits());
    log_near_one(m - 1.0, k)
}

/// log(1 + x) for a normal positive 1 + x up to `LARGEST_SUM`.
#[inline(always)]
pub(crate) fn log1p(x: f32) -> f32 {
    let bits = moved(1.0 + x);
    let k = ((bits >> 23) as i32 - BIAS) as f32;
    let power = f32::from_bits((254_u32 << 23).wrapping_sub(bits & !FRACTION));
    let value = log_near_one(x.mul_add(power, power - 1.0), k);
    // A zero loses its sign.
    f32::from_bits(value.to_bits() | (x.to_bits() & SIGN))
}

/// The terms of e^x - 1 = h + 2^n r + 2^n q with h = 2^n - 1, halved so that 2^128 is no infinity, for |x| <= 88.
#[inline(always)]
fn expm1_terms(x: f32) -> (f32, f32, f32) {
    let shifted = x.mul_add(LOG2_E, ROUNDER);
    let n = shifted - ROUNDER;
    let first = (-n).mul_add(LN2_1, x);
    let r = (-n).mul_add(LN2_2, first);
    let rest = (-n).mul_add(LN2_2, first - r);
    let q = (r * r).mul_add(horner(r, &EXP), rest);
    let power = f32::from_bits(0.5_f32.to_bits().wrapping_add(shifted.to_bits() << 23));
    (power - 0.5, power * r, power * q)
}

/// e^x - 1 for |x| <= `NORMAL_EXPONENT`.
#[inline(always)]
pub(crate) fn expm1(x: f32) -> f32 {
    let (h, r, q) = expm1_terms(x);
    let value = 2.0 * ((h + r) + q);
    if x.abs() < TINY { x } else { value }
}

/// The hyperbolic tangent of every number.
///
/// -t / (2 + t) with t = e^(-2|x|) - 1, whose rounding errors are carried along.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let (h, r, q) = expm1_terms(-2.0 * if a > FLAT { FLAT } else { a });
    // t / 2 = sum + low, and 1 + t / 2 = whole + part.
    let near = h + r;
    let error = ((h - near) + r) + q;
    let sum = near + error;
    let low = (near - sum) + error;
    let whole = 1.0 + sum;
    let part = ((1.0 - whole) + sum) + low;
    let quotient = sum / whole;
    let rest = (-quotient).mul_add(part, (-quotient).mul_add(whole, sum) + low);
    let value = (-(quotient + rest)).copysign(x);
    if a < TINY { x } else { value }
}
