//! Remainders and floored quotients, exact as NumPy's, and the functions of the bits of two numbers.
//!
//! x - q y is exact for the integer q nearest below |x / y|, since it has no more bits than x and y; the rounded quotient may
//! be one too large, and never otherwise wrong while it is below 2^52.

use super::binary::Kernel2;
use super::polynomial::unless;

/// Quotients below this are integers and a fraction.
const LARGE: f64 = (1_u64 << 51) as f64;
/// Divisors below this might lose bits of the remainder.
const SMALL: f64 = 1e-280;

#[inline(always)]
fn has_plain_quotient(x: f64, y: f64) -> bool {
    ((x / y).abs() < LARGE) & (y.abs() > SMALL) & (y.abs() <= f64::MAX)
}

/// The remainder with the sign of x, of ordinary arguments.
#[inline(always)]
fn truncated(x: f64, y: f64) -> f64 {
    let (a, b) = (x.abs(), y.abs());
    let rest = (-(a / b).trunc()).mul_add(b, a);
    let rest = if rest < 0.0 { rest + b } else { rest };
    rest.copysign(x)
}

/// From the remainder with the sign of x to the one with the sign of y.
#[inline(always)]
fn floored(rest: f64, y: f64) -> f64 {
    let moved = if (rest < 0.0) == (y < 0.0) { rest } else { rest + y };
    if rest == 0.0 { 0_f64.copysign(y) } else { moved }
}

/// NumPy's quotient, from the remainder with the sign of x.
#[inline(always)]
fn floored_quotient(x: f64, y: f64, rest: f64) -> f64 {
    let quotient = (x - rest) / y;
    let quotient = if (rest != 0.0) & ((rest < 0.0) != (y < 0.0)) { quotient - 1.0 } else { quotient };
    let floor = quotient.floor();
    let floor = if quotient - floor > 0.5 { floor + 1.0 } else { floor };
    if quotient == 0.0 { 0_f64.copysign(x / y) } else { floor }
}

/// NumPy's `fmod`: the sign of x.
pub(crate) struct Fmod;

impl Kernel2 for Fmod {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        truncated(x, y)
    }

    fn slow(x: f64, y: f64) -> f64 {
        x % y
    }

    #[inline(always)]
    fn strange(x: f64, y: f64) -> u64 {
        unless(has_plain_quotient(x, y))
    }
}

/// NumPy's `remainder`: the sign of y.
pub(crate) struct Remainder;

impl Kernel2 for Remainder {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        floored(truncated(x, y), y)
    }

    fn slow(x: f64, y: f64) -> f64 {
        if y == 0.0 { f64::NAN } else { floored(x % y, y) }
    }

    #[inline(always)]
    fn strange(x: f64, y: f64) -> u64 {
        unless(has_plain_quotient(x, y))
    }
}

/// NumPy's `floor_divide`.
pub(crate) struct FloorDivide;

impl Kernel2 for FloorDivide {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        floored_quotient(x, y, truncated(x, y))
    }

    fn slow(x: f64, y: f64) -> f64 {
        if y == 0.0 { x / y } else { floored_quotient(x, y, x % y) }
    }

    #[inline(always)]
    fn strange(x: f64, y: f64) -> u64 {
        unless(has_plain_quotient(x, y))
    }
}

/// NumPy's `copysign`.
pub(crate) struct Copysign;

impl Kernel2 for Copysign {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    fn slow(x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    #[inline(always)]
    fn fast_single(x: f32, y: f32) -> f32 {
        x.copysign(y)
    }

    fn slow_single(x: f32, y: f32) -> f32 {
        x.copysign(y)
    }
}

/// NumPy's `nextafter`.
pub(crate) struct Nextafter;

macro_rules! next_after {
    ($name:ident $float:ty) => {
        #[inline(always)]
        fn $name(x: $float, y: $float) -> $float {
            let bits = x.to_bits();
            let away = (x < y) == (x > 0.0);
            let moved = if away { bits.wrapping_add(1) } else { bits.wrapping_sub(1) };
            let value = if x == 0.0 { <$float>::from_bits(1).copysign(y) } else { <$float>::from_bits(moved) };
            let value = if x == y { y } else { value };
            if x.is_nan() | y.is_nan() { x + y } else { value }
        }
    };
}

next_after! { next_after f64 }
next_after! { next_after_single f32 }

impl Kernel2 for Nextafter {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        next_after(x, y)
    }

    fn slow(x: f64, y: f64) -> f64 {
        next_after(x, y)
    }

    #[inline(always)]
    fn fast_single(x: f32, y: f32) -> f32 {
        next_after_single(x, y)
    }

    fn slow_single(x: f32, y: f32) -> f32 {
        next_after_single(x, y)
    }
}
