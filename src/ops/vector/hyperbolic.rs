//! Hyperbolic sine, cosine and tangent.

use super::elementwise::Kernel;
use super::exponential::{NORMAL, exp_parts, expm1_terms, scale, scale_once};
use super::polynomial::{beyond, clamp, horner};
use super::single;

/// sinh(r) = r + r z S(z), z = r², on [-1, 1]; relative error 2^-63.
const SINH: [f64; 7] = [
    0.166_666_666_666_666_69,
    0.008_333_333_333_333_139,
    0.000_198_412_698_414_376_8,
    2.755_731_915_533_593_5e-06,
    2.505_212_339_885_136_8e-08,
    1.605_724_036_930_620_7e-10,
    7.759_313_380_242_197e-13,
];

/// Beyond this sinh and cosh are infinite.
const HIGHEST: f64 = 712.0;
/// Beyond this tanh is 1.
const FLAT: f64 = 22.0;
/// Below this tanh x is x.
const TINY: f64 = 1.0 / (1_u64 << 28) as f64;

/// e^|x| / 2 for |x| <= NORMAL.
#[inline(always)]
fn half_exp(x: f64) -> f64 {
    let (value, n) = exp_parts(x.abs());
    scale_once(value, n - 1)
}

/// e^|x| / 2, infinite only where cosh is.
#[inline(always)]
fn half_exp_of_all(x: f64) -> f64 {
    let (value, n) = exp_parts(clamp(x.abs(), 0.0, HIGHEST));
    scale(value, n - 1)
}

/// The hyperbolic sine, from e^|x| / 2.
#[inline(always)]
fn sinh_of(x: f64, half: f64) -> f64 {
    let large = (half - 0.25 / half).copysign(x);
    let z = x * x;
    let small = (x * z).mul_add(horner(z, &SINH), x);
    if x.abs() < 1.0 { small } else { large }
}

/// The hyperbolic cosine, from e^|x| / 2.
#[inline(always)]
fn cosh_of(half: f64) -> f64 {
    half + 0.25 / half
}

/// NumPy's `sinh`.
pub(crate) struct Sinh;

impl Kernel for Sinh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        sinh_of(x, half_exp(x))
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, NORMAL)
    }

    #[inline(always)]
    fn wide(x: f64) -> f64 {
        sinh_of(x, half_exp_of_all(x))
    }

    #[inline(always)]
    fn strange_to_wide(_x: f64) -> u64 {
        0
    }

    fn slow(x: f64) -> f64 {
        x.sinh()
    }
}

/// NumPy's `cosh`.
pub(crate) struct Cosh;

impl Kernel for Cosh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        cosh_of(half_exp(x))
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, NORMAL)
    }

    #[inline(always)]
    fn wide(x: f64) -> f64 {
        cosh_of(half_exp_of_all(x))
    }

    #[inline(always)]
    fn strange_to_wide(_x: f64) -> u64 {
        0
    }

    fn slow(x: f64) -> f64 {
        x.cosh()
    }
}

/// NumPy's `tanh`: -t / (2 + t) with t = e^(-2|x|) - 1, whose rounding errors are carried along.
pub(crate) struct Tanh;

impl Kernel for Tanh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = clamp(x.abs(), 0.0, FLAT);
        let (h, r, q) = expm1_terms(-2.0 * a);
        // t / 2 = sum + low, and 1 + t / 2 = whole + part.
        let near = h + r;
        let back = near - h;
        let error = ((h - (near - back)) + (r - back)) + q;
        let sum = near + error;
        let low = (near - sum) + error;
        let whole = 1.0 + sum;
        let part = ((1.0 - whole) + sum) + low;
        let inverse = 1.0 / whole;
        let quotient = sum * inverse;
        let rest = (-quotient).mul_add(whole, sum) + (-quotient).mul_add(part, low);
        let value = rest.mul_add(inverse, quotient);
        let value = (-value).copysign(x);
        if x.abs() < TINY { x } else { value }
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::tanh(x)
    }

    fn slow(x: f64) -> f64 {
        x.tanh()
    }
}
