//! Powers, by a logarithm and an exponential with enough bits for the largest exponents.
//!
//! x^y = 2^(y log2 x): an error of 2^-65 in the logarithm is multiplied by y log2 x, which may be 1024, so the logarithm is
//! carried in two numbers throughout.

use super::binary::Kernel2;
use super::constants::{LOG2_E_1, LOG2_E_2};
use super::elementwise::Kernel;
use super::exponential::{Exp, Exp2, NORMAL, exp2_of_sum, scale_once};
use super::logarithm::{Log1p, split};
use super::polynomial::{ROUNDER, SIGN, beyond, clamp, horner, outside, rounded_integer};

/// log((1 + s) / (1 - s)) = 2 s + s z (2/3 + z M(z)), z = s²; relative error 2^-65.
const LOG_HIGH: [f64; 7] = [
    0.400_000_000_000_022_56,
    0.285_714_285_700_995_66,
    0.222_222_225_199_190_13,
    0.181_817_843_675_873_92,
    0.153_867_573_126_528_27,
    0.132_568_180_080_092_16,
    0.131_963_283_497_264_22,
];

/// 2/3 in two parts.
const TWO_THIRDS_1: f64 = 2.0 / 3.0;
const TWO_THIRDS_2: f64 = 3.700_743_415_417_188e-17;

/// log((1 + s) / (1 - s)) = 2 s + s z L(z) for results in single precision; relative error 2^-44.
const LOG_SINGLE: [f64; 5] = [
    0.666_666_666_758_018_2,
    0.399_999_956_214_034_1,
    0.285_721_092_106_204_5,
    0.221_761_863_577_114_55,
    0.195_841_864_730_905_78,
];

/// 2^r = 1 + r T(r) for them; relative error 2^-38.
const EXP2_SINGLE: [f64; 8] = [
    0.693_147_180_556_825_7,
    0.240_226_506_957_371_63,
    0.055_504_109_063_859_94,
    0.009_618_129_183_671_225,
    0.001_333_347_839_679_598,
    0.000_154_034_364_343_743_64,
    1.530_372_461_469_814_2e-05,
    1.325_966_394_236_328e-06,
];

/// Exponents of two beyond which a power is infinite or zero in single precision.
const LIMIT_SINGLE: f64 = 200.0;

/// Exponents of two beyond which a power is infinite or zero.
const LIMIT: f64 = 1100.0;

/// Products below this have rounding errors that are subnormal.
const SMALL: f64 = 1e-290;

/// a + b as a number and its rounding error, for |a| >= |b|.
#[inline(always)]
fn sum(a: f64, b: f64) -> (f64, f64) {
    let high = a + b;
    (high, (a - high) + b)
}

/// a * b as a number and its rounding error.
#[inline(always)]
fn product(a: f64, b: f64) -> (f64, f64) {
    let high = a * b;
    (high, a.mul_add(b, -high))
}

/// log(1 + f) in two parts, for 1 + f in [√½, √2).
#[inline(always)]
fn log_parts(f: f64) -> (f64, f64) {
    let bottom = 2.0 + f;
    let bottom_low = (2.0 - bottom) + f;
    let inverse = 1.0 / bottom;
    let s = f * inverse;
    let s_low = inverse * (-s).mul_add(bottom_low, (-s).mul_add(bottom, f));
    let (z, z_low) = product(s, s);
    let z_low = (2.0 * s).mul_add(s_low, z_low);
    let (w, w_low) = sum(TWO_THIRDS_1, z.mul_add(horner(z, &LOG_HIGH), TWO_THIRDS_2));
    let (v, v_low) = product(z, w);
    let v_low = z.mul_add(w_low, z_low.mul_add(w, v_low));
    let (t, t_low) = product(s, v);
    let t_low = s.mul_add(v_low, s_low.mul_add(v, t_low));
    let (high, low) = sum(2.0 * s, t);
    (high, low + 2.0_f64.mul_add(s_low, t_low))
}

/// log2(x) in two parts, for a normal positive x.
#[inline(always)]
fn log2_parts(x: f64) -> (f64, f64) {
    let (k, m) = split(x);
    let (high, low) = log_parts(m - 1.0);
    let (scaled, scaled_low) = product(high, LOG2_E_1);
    let scaled_low = low.mul_add(LOG2_E_1, high.mul_add(LOG2_E_2, scaled_low));
    let (whole, part) = sum(k, scaled);
    if k == 0.0 { (scaled, scaled_low) } else { (whole, part + scaled_low) }
}

/// |x|^y as x^y: the sign of odd powers, NaN for roots of negative numbers.
#[inline(always)]
fn signed(value: f64, x: f64, y: f64) -> f64 {
    let is_integer = y.trunc() == y;
    let is_odd = is_integer & ((0.5 * y).trunc() != 0.5 * y);
    let sign = if is_odd { x.to_bits() & SIGN } else { 0 };
    let value = f64::from_bits(value.to_bits() ^ sign);
    if (x < 0.0) & !is_integer { f64::NAN } else { value }
}

/// NumPy's `power`.
pub(crate) struct Power;

impl Kernel2 for Power {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        signed(magnitude(x, y), x, y)
    }

    fn slow(x: f64, y: f64) -> f64 {
        x.powf(y)
    }

    #[inline(always)]
    fn strange(x: f64, y: f64) -> u64 {
        outside(x.abs(), f64::MIN_POSITIVE, f64::MAX) | beyond(y, f64::MAX)
    }

    #[inline(always)]
    fn wide(x: f64, y: f64) -> f64 {
        let value = magnitude(x, y);
        signed(if x == 0.0 { power_of_zero(y) } else { value }, x, y)
    }

    #[inline(always)]
    fn strange_to_wide(x: f64, y: f64) -> u64 {
        outside(if x == 0.0 { 1.0 } else { x.abs() }, f64::MIN_POSITIVE, f64::MAX) | beyond(y, f64::MAX)
    }

    #[inline(always)]
    fn fast_single(x: f32, y: f32) -> f32 {
        let (x, y) = (f64::from(x), f64::from(y));
        signed(magnitude_single(x, y), x, y) as f32
    }

    #[inline(always)]
    fn wide_single(x: f32, y: f32) -> f32 {
        let (x, y) = (f64::from(x), f64::from(y));
        let value = magnitude_single(x, y);
        signed(if x == 0.0 { power_of_zero(y) } else { value }, x, y) as f32
    }
}

/// x³ for the exponent 3, as exact as [`Power`]: the product of a square in two parts.
pub(crate) struct Cube;

impl Kernel for Cube {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (square, square_low) = product(x, x);
        let (value, low) = product(square, x);
        with_rest(value, square_low.mul_add(x, low))
    }

    fn slow(x: f64) -> f64 {
        Self::fast(x)
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        let x = f64::from(x);
        (x * x * x) as f32
    }
}

/// x⁴ for the exponent 4, likewise.
pub(crate) struct FourthPower;

impl Kernel for FourthPower {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (square, square_low) = product(x, x);
        let (value, low) = product(square, square);
        with_rest(value, (2.0 * square_low).mul_add(square, low))
    }

    fn slow(x: f64) -> f64 {
        Self::fast(x)
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        let square = f64::from(x) * f64::from(x);
        (square * square) as f32
    }
}

/// A product of rounded factors and what is missing in it, which is exact only where no part of it is subnormal or infinite.
#[inline(always)]
fn with_rest(value: f64, rest: f64) -> f64 {
    let is_ordinary = (value.abs() > SMALL) & (value.abs() < f64::INFINITY);
    value + if is_ordinary { rest } else { 0.0 }
}

/// |x|^y for a normal x.
#[inline(always)]
fn magnitude(x: f64, y: f64) -> f64 {
    let (high, low) = log2_parts(x.abs());
    let (exponent, rest) = product(y, high);
    let bounded = clamp(exponent, -LIMIT, LIMIT);
    let rest = if bounded == exponent { y.mul_add(low, rest) } else { 0.0 };
    exp2_of_sum(bounded, rest)
}

/// |x|^y for a normal x, as exact as single precision needs.
#[inline(always)]
fn magnitude_single(x: f64, y: f64) -> f64 {
    let (k, m) = split(x.abs());
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let log2 = (s * LOG2_E_1).mul_add(z.mul_add(horner(z, &LOG_SINGLE), 2.0), k);
    let exponent = clamp(y * log2, -LIMIT_SINGLE, LIMIT_SINGLE);
    let shifted = exponent + ROUNDER;
    let r = exponent - (shifted - ROUNDER);
    scale_once(r.mul_add(horner(r, &EXP2_SINGLE), 1.0), rounded_integer(shifted))
}

/// 0^y.
#[inline(always)]
fn power_of_zero(y: f64) -> f64 {
    let of_positive = if y > 0.0 { 0.0 } else { 1.0 };
    if y < 0.0 { f64::INFINITY } else { of_positive }
}

/// NumPy's `logaddexp`: log(e^x + e^y), within 2 ulp of the larger argument where the result cancels.
pub(crate) struct Logaddexp;

impl Kernel2 for Logaddexp {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        let larger = if x > y { x } else { y };
        let value = larger + Log1p::fast(Exp::fast(-(x - y).abs()));
        if x == y { x + std::f64::consts::LN_2 } else { value }
    }

    #[inline(always)]
    fn strange(x: f64, y: f64) -> u64 {
        beyond(x - y, NORMAL)
    }

    #[inline(always)]
    fn wide(x: f64, y: f64) -> f64 {
        let larger = if x > y { x } else { y };
        let value = larger + Log1p::fast(Exp::wide(-(x - y).abs()));
        if x == y { x + std::f64::consts::LN_2 } else { value }
    }

    #[inline(always)]
    fn strange_to_wide(_x: f64, _y: f64) -> u64 {
        0
    }

    fn slow(x: f64, y: f64) -> f64 {
        let larger = if x > y { x } else { y };
        if x == y { x + std::f64::consts::LN_2 } else { larger + (-(x - y).abs()).exp().ln_1p() }
    }
}

/// NumPy's `logaddexp2`: log2(2^x + 2^y), likewise.
pub(crate) struct Logaddexp2;

impl Kernel2 for Logaddexp2 {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        let larger = if x > y { x } else { y };
        let value = larger + LOG2_E_1 * Log1p::fast(Exp2::fast(-(x - y).abs()));
        if x == y { x + 1.0 } else { value }
    }

    #[inline(always)]
    fn strange(x: f64, y: f64) -> u64 {
        beyond(x - y, NORMAL)
    }

    #[inline(always)]
    fn wide(x: f64, y: f64) -> f64 {
        let larger = if x > y { x } else { y };
        let value = larger + LOG2_E_1 * Log1p::fast(Exp2::wide(-(x - y).abs()));
        if x == y { x + 1.0 } else { value }
    }

    #[inline(always)]
    fn strange_to_wide(_x: f64, _y: f64) -> u64 {
        0
    }

    fn slow(x: f64, y: f64) -> f64 {
        let larger = if x > y { x } else { y };
        if x == y { x + 1.0 } else { larger + LOG2_E_1 * (-(x - y).abs()).exp2().ln_1p() }
    }
}
