//! Inverse hyperbolic functions, as logarithms of sums whose rounding errors are carried along.
//!
//! The standard library's are too far off, so that the slow forms too are the kernels; on machines without fused
//! multiply-add these three pay for it in software.

use std::f64::consts::LN_2;

use super::elementwise::Kernel;
use super::logarithm::{LOG, log_of_sum};
use super::polynomial::{beyond, horner_by_two, is_ordinary, outside};

/// Beyond this a² swallows 1.
const LARGE: f64 = (1_u64 << 28) as f64;
/// Up to this the logarithm of twice the number is plain.
const LARGEST: f64 = 1e300;
/// The largest double below 1.
const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;
/// Below this the function of x is x.
const TINY: f64 = 1.0 / (1_u64 << 28) as f64;

/// log of √(square + square_low) + a, and of 2a where a is large, as (high, low) to take the logarithm of.
#[inline(always)]
fn root_plus(a: f64, square: f64, square_low: f64) -> (f64, f64) {
    let root = square.sqrt();
    let root_low = ((-root).mul_add(root, square) + square_low) / (2.0 * root + f64::MIN_POSITIVE);
    let high = a + root;
    let back = high - a;
    let low = ((a - (high - back)) + (root - back)) + root_low;
    if a > LARGE { (2.0 * a, 0.0) } else { (high, low) }
}

/// a² ± 1 as (high, low).
#[inline(always)]
fn square_plus(a: f64, one: f64) -> (f64, f64) {
    let square = a * a;
    let error = a.mul_add(a, -square);
    let high = square + one;
    let back = high - square;
    (high, ((square - (high - back)) + (one - back)) + error)
}

/// NumPy's `arcsinh`.
pub(crate) struct Arcsinh;

impl Kernel for Arcsinh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        let (square, low) = square_plus(a, 1.0);
        let (high, low) = root_plus(a, square, low);
        let value = log_of_sum(high, low).copysign(x);
        if a < TINY { x } else { value }
    }

    fn slow(x: f64) -> f64 {
        if is_ordinary(Self::strange(x)) { Self::fast(x) } else { (x.abs().ln() + LN_2).copysign(x) }
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, LARGEST)
    }
}

/// NumPy's `arccosh`.
pub(crate) struct Arccosh;

impl Kernel for Arccosh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (square, low) = square_plus(x, -1.0);
        let (high, low) = root_plus(x, square, low);
        log_of_sum(high, low)
    }

    fn slow(x: f64) -> f64 {
        let of_large = if x < 1.0 { f64::NAN } else { x.ln() + LN_2 };
        if is_ordinary(Self::strange(x)) { Self::fast(x) } else { of_large }
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x, 1.0, LARGEST)
    }
}

/// NumPy's `arctanh`: half the logarithm of (1 + a) / (1 - a), by its own series for small a.
pub(crate) struct Arctanh;

impl Kernel for Arctanh {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        let z = a * a;
        let small = (0.5 * a * z).mul_add(horner_by_two(z, &LOG), a);
        let top = 1.0 + a;
        let top_low = (1.0 - top) + a;
        let bottom = 1.0 - a;
        let bottom_low = (1.0 - bottom) - a;
        let high = top / bottom;
        let low = ((-high).mul_add(bottom, top) + (-high).mul_add(bottom_low, top_low)) / bottom;
        let large = 0.5 * log_of_sum(high, low);
        // 0.171 is the largest s of the logarithm's own series.
        if a < 0.171 { small.copysign(x) } else { large.copysign(x) }
    }

    fn slow(x: f64) -> f64 {
        if is_ordinary(Self::strange(x)) { Self::fast(x) } else { x.atanh() }
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        beyond(x, BELOW_ONE)
    }
}
