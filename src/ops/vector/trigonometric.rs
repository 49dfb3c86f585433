//! Sine, cosine and tangent.
//!
//! The argument is brought to r in [-π/2, π/2] by the nearest multiple of π, given in three parts: with fused
//! multiply-add the first subtraction is exact, since x and n π₁ are multiples of 2^-51 and their difference is below 2.
//! Beyond 2^20 the C library does it.

use std::f64::consts::{FRAC_1_PI, FRAC_2_PI};

use super::constants::{HALF_PI_1, HALF_PI_2, HALF_PI_3, PI_1, PI_2, PI_3};
use super::elementwise::Kernel;
use super::polynomial::{ROUNDER, SIGN, beyond, horner, with_sign};
use super::single;

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

/// sin(r) = r + r z S(z), z = r², on [-π/4, π/4]; relative error 2^-58.
pub(crate) const SINE: [f64; 6] = [
    -0.166_666_666_666_666_32,
    0.008_333_333_333_322_42,
    -0.000_198_412_698_298_127_27,
    2.755_731_369_359_870_3e-06,
    -2.505_075_837_767_129e-08,
    1.589_681_092_962_919e-10,
];

/// cos(r) = 1 - z/2 + z² C(z) there; absolute error 2^-64.
pub(crate) const COSINE: [f64; 6] = [
    0.041_666_666_666_666_6,
    -0.001_388_888_888_887_413_3,
    2.480_158_728_948_839_5e-05,
    -2.755_731_435_418_752e-07,
    2.087_572_353_346_189_6e-09,
    -1.135_966_167_331_386_1e-11,
];

/// Up to this magnitude no double is so near to a multiple of π / 2 that the third part of π shows: the largest share of it
/// is 0.2 of the last bit (the next would be 316 bits, beside 33 π / 2).
const NEAR: f64 = 32.0;
/// Largest magnitude that is reduced here.
const LIMIT: f64 = 1_048_576.0;

/// Below this a reduced argument may have lost leading bits.
const SMALL: f64 = 1.0 / 1024.0;

/// x - n π, for an n that is an integer or half of an odd one; exact enough for |x| <= NEAR.
#[inline(always)]
fn minus_near_multiple(x: f64, n: f64) -> f64 {
    (-n).mul_add(PI_2, (-n).mul_add(PI_1, x))
}

/// x - n π for |x| <= LIMIT; up to NEAR the same to the bit.
#[inline(always)]
fn minus_multiple(x: f64, n: f64) -> f64 {
    let near = minus_near_multiple(x, n);
    if x.abs() <= NEAR { near } else { (-n).mul_add(PI_3, near) }
}

/// The sine of r in [-π/2, π/2] with the sign bit of `flip` turned.
#[inline(always)]
fn sine_of_reduced(r: f64, flip: u64) -> f64 {
    let r = f64::from_bits(r.to_bits() ^ flip);
    let z = r * r;
    // The polynomial loses the sign of -0.0.
    with_sign((r * z).mul_add(horner(z, &SINE_HALF_PI), r), r.to_bits())
}

/// NumPy's `sin`.
pub(crate) struct Sin;

impl Sin {
    #[inline(always)]
    fn by(x: f64, reduce: impl Fn(f64, f64) -> f64) -> f64 {
        let shifted = x.mul_add(FRAC_1_PI, ROUNDER);
        sine_of_reduced(reduce(x, shifted - ROUNDER), shifted.to_bits() << 63)
    }
}

impl Kernel for Sin {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        Self::by(x, minus_near_multiple)
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, NEAR)
    }

    #[inline(always)]
    fn wide(x: f64) -> f64 {
        Self::by(x, minus_multiple)
    }

    #[inline(always)]
    fn strange_to_wide(x: f64) -> u64 {
        beyond(x, LIMIT)
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::sin(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::beyond(x, single::FARTHEST_ANGLE)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::sin(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.sin()
    }
}

/// NumPy's `cos`.
pub(crate) struct Cos;

impl Cos {
    #[inline(always)]
    fn by(x: f64, reduce: impl Fn(f64, f64) -> f64) -> f64 {
        let shifted = x.mul_add(FRAC_1_PI, -0.5) + ROUNDER;
        sine_of_reduced(reduce(x, (shifted - ROUNDER) + 0.5), (shifted.to_bits() << 63) ^ SIGN)
    }
}

impl Kernel for Cos {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        Self::by(x, minus_near_multiple)
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, NEAR)
    }

    #[inline(always)]
    fn wide(x: f64) -> f64 {
        Self::by(x, minus_multiple)
    }

    #[inline(always)]
    fn strange_to_wide(x: f64) -> u64 {
        beyond(x, LIMIT)
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::cos(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::beyond(x, single::FARTHEST_ANGLE)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::cos(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.cos()
    }
}

/// NumPy's `tan`: sine over cosine of r in [-π/4, π/4], or the other way round, with r in two parts.
pub(crate) struct Tan;

impl Kernel for Tan {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let shifted = x.mul_add(FRAC_2_PI, ROUNDER);
        let n = shifted - ROUNDER;
        let first = (-n).mul_add(HALF_PI_1, x);
        let r = (-n).mul_add(HALF_PI_2, first);
        // What r was rounded by; where r is small first - r is not exact, but then r is right to its last bit.
        let rounding = (-n).mul_add(HALF_PI_2, first - r);
        let low = (-n).mul_add(HALF_PI_3, if r.abs() < SMALL { 0.0 } else { rounding });
        let z = r * r;
        let half = 0.5 * z;
        let sine = r + (r * z).mul_add(horner(z, &SINE), low * (1.0 - half));
        let fraction = 1.0 - half;
        let cosine = fraction + ((1.0 - fraction) - half + (z * z).mul_add(horner(z, &COSINE), -(r * low)));
        let odd = shifted.to_bits() & 1 == 1;
        let (top, bottom) = if odd { (-cosine, sine) } else { (sine, cosine) };
        let value = top / bottom;
        if x == 0.0 { x } else { value }
    }

    fn slow(x: f64) -> f64 {
        x.tan()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, LIMIT)
    }
}
