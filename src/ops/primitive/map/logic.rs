//! Truth values: logical operations, and what a number is (finite, NaN, negative).

use crate::data::{C32, C64, Result};
use crate::ir::Kernel;
use crate::ops::primitive::map::cast::cast;
use crate::ops::primitive::map::dispatch::{no_kernel, on_type};
use crate::ops::primitive::map::step::{binary, part, unary};
use crate::ops::tile::{Elements, ElementsMut, Operand, Typed};

/// Elements whose truth is held at once.
const TRUTHS: usize = 1024;

/// `and`, `or` and `xor` of the truth of two operands of any dtype.
pub(super) fn logical(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let out = bools(kernel, out)?;
    let (mut left, mut right) = ([false; TRUTHS], [false; TRUTHS]);
    for (number, out) in out.chunks_mut(TRUTHS).enumerate() {
        let (start, len) = (number * TRUTHS, out.len());
        let a = truth(part(args[0], start, len), &mut left[..len])?;
        let b = truth(part(args[1], start, len), &mut right[..len])?;
        match kernel {
            Kernel::LogicalAnd => binary(&[a, b], out, |a: bool, b: bool| a & b),
            Kernel::LogicalOr => binary(&[a, b], out, |a: bool, b: bool| a | b),
            _ => binary(&[a, b], out, |a: bool, b: bool| a ^ b),
        }
    }
    Ok(())
}

fn truth<'a>(operand: Operand<'a>, room: &'a mut [bool]) -> Result<Operand<'a>> {
    if operand.dtype().is_bool() {
        return Ok(operand);
    }
    cast(operand, ElementsMut::Bool(room))?;
    Ok(Operand::Slice(Elements::Bool(room)))
}

/// Whether the operand is zero.
pub(super) fn logical_not(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let out = bools(kernel, out)?;
    if args[0].dtype().is_bool() {
        unary(args, out, |a: bool| !a);
        return Ok(());
    }
    cast(args[0], ElementsMut::Bool(out))?;
    out.iter_mut().for_each(|value| *value = !*value);
    Ok(())
}

/// NaN, infinite, finite: integers are finite.
pub(super) fn classify(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let out = bools(kernel, out)?;
    if !args[0].dtype().is_inexact() {
        out.fill(kernel == Kernel::Isfinite);
        return Ok(());
    }
    match kernel {
        Kernel::Isnan => on_type!(kernel, args[0].dtype(), T {
            Float32 f32 | Float64 f64 => unary(args, out, |a: T| a.is_nan());
            Complex64 C32 | Complex128 C64 => unary(args, out, |z: T| z.re.is_nan() | z.im.is_nan());
        }),
        Kernel::Isinf => on_type!(kernel, args[0].dtype(), T {
            Float32 f32 | Float64 f64 => unary(args, out, |a: T| a.is_infinite());
            Complex64 C32 | Complex128 C64 => unary(args, out, |z: T| z.re.is_infinite() | z.im.is_infinite());
        }),
        Kernel::Isfinite => on_type!(kernel, args[0].dtype(), T {
            Float32 f32 | Float64 f64 => unary(args, out, |a: T| a.is_finite());
            Complex64 C32 | Complex128 C64 => unary(args, out, |z: T| z.re.is_finite() & z.im.is_finite());
        }),
        _ => on_type!(kernel, args[0].dtype(), T {
            Float32 f32 | Float64 f64 => unary(args, out, |a: T| a.is_sign_negative());
        }),
    }
    Ok(())
}

fn bools<'a>(kernel: Kernel, out: ElementsMut<'a>) -> Result<&'a mut [bool]> {
    let dtype = out.dtype();
    bool::slice_mut(out).ok_or_else(|| no_kernel(kernel, dtype))
}
