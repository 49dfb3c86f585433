//! Floats by their parts: mantissa, exponent, sign, neighbours.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::dispatch::{no_kernel, on, on_type};
use crate::ops::primitive::map::step::{binary, same_binary, same_unary, unary};
use crate::ops::tile::{ElementsMut, Operand, Typed};

/// 0 below zero, 1 above it, the second operand at it.
pub(super) fn heaviside(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Float32 | Float64 => same_binary(args, out, |x, at_zero| {
            let side = if x < 0.0 { 0.0 } else { 1.0 };
            let zero_or_nan = if x == 0.0 { at_zero } else { x };
            if (x < 0.0) | (x > 0.0) { side } else { zero_or_nan }
        });
    });
    Ok(())
}

/// The distance to the next number away from zero, with the number's sign.
pub(super) fn spacing(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Float32(out) => {
            same_unary(
                args,
                out,
                |x: f32| if x == 0.0 { f32::from_bits(1) } else { f32::from_bits(x.to_bits() + 1) - x },
            );
        }
        ElementsMut::Float64(out) => {
            same_unary(
                args,
                out,
                |x: f64| if x == 0.0 { f64::from_bits(1) } else { f64::from_bits(x.to_bits() + 1) - x },
            );
        }
        other => return Err(no_kernel(kernel, other.dtype())),
    }
    Ok(())
}

/// Mantissa in [0.5, 1) and exponent of two; zero, infinities and NaN are their own mantissas.
#[inline(always)]
fn split(x: f64) -> (f64, i32) {
    const HALF: u64 = 0x3fe0_0000_0000_0000;
    const FRACTION_AND_SIGN: u64 = 0x800f_ffff_ffff_ffff;
    const TWO_54: f64 = 18_014_398_509_481_984.0;
    let is_small = x.abs() < f64::MIN_POSITIVE;
    let normal = if is_small { x * TWO_54 } else { x };
    let exponent = (normal.to_bits() >> 52 & 0x7ff) as i32 - 1022 - if is_small { 54 } else { 0 };
    let mantissa = f64::from_bits(normal.to_bits() & FRACTION_AND_SIGN | HALF);
    if (x == 0.0) | !x.is_finite() { (x, 0) } else { (mantissa, exponent) }
}

/// Mantissa or exponent of two.
pub(super) fn frexp(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if kernel == Kernel::FrexpExponent {
        let dtype = out.dtype();
        let out = i32::slice_mut(out).ok_or_else(|| no_kernel(kernel, dtype))?;
        on_type!(kernel, args[0].dtype(), T {
            Float32 f32 | Float64 f64 => unary(args, out, |x: T| split(x.into()).1);
        });
        return Ok(());
    }
    match out {
        ElementsMut::Float32(out) => same_unary(args, out, |x: f32| split(x.into()).0 as f32),
        ElementsMut::Float64(out) => same_unary(args, out, |x: f64| split(x).0),
        other => return Err(no_kernel(kernel, other.dtype())),
    }
    Ok(())
}

/// The first operand times two to the second, rounded once.
pub(super) fn ldexp(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Float32(out) => binary(args, out, |x: f32, n: i64| scaled(x.into(), n) as f32),
        ElementsMut::Float64(out) => binary(args, out, scaled),
        other => return Err(no_kernel(kernel, other.dtype())),
    }
    Ok(())
}

/// The steps down are short of the last one, so that only that one rounds to a subnormal.
#[inline(always)]
fn scaled(x: f64, n: i64) -> f64 {
    let power = |n: i64| f64::from_bits(((n + 1023) as u64) << 52);
    let n = n.clamp(-2200, 2200);
    let (first, second) =
        if n < 0 { (n.max(-969), (n + 969).clamp(-969, 0)) } else { (n.min(1023), (n - 1023).clamp(0, 1023)) };
    x * power(first) * power(second) * power((n - first - second).clamp(-1022, 1023))
}
