//! Rounding to integers, square roots and degrees: one or two vector instructions an element.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::arith::copy;
use crate::ops::primitive::map::dispatch::on;
use crate::ops::primitive::map::step::same_unary;
use crate::ops::tile::{ElementsMut, Operand};
use num_complex::Complex;

/// Floor, ceil and trunc; integers are their own.
pub(super) fn round(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if !out.dtype().is_float() {
        return copy(kernel, args, out);
    }
    match kernel {
        Kernel::Floor => on!(kernel, out { Float32 | Float64 => same_unary(args, out, |a| a.floor()); }),
        Kernel::Ceil => on!(kernel, out { Float32 | Float64 => same_unary(args, out, |a| a.ceil()); }),
        _ => on!(kernel, out { Float32 | Float64 => same_unary(args, out, |a| a.trunc()); }),
    }
    Ok(())
}

/// The nearest integer, halves to even.
pub(super) fn rint(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Float32 | Float64 => same_unary(args, out, |a| a.round_ties_even());
        Complex64 | Complex128 =>
            same_unary(args, out, |z| Complex::new(z.re.round_ties_even(), z.im.round_ties_even()));
    });
    Ok(())
}

/// Square root of floats, degrees and radians.
pub(super) fn scale(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match kernel {
        Kernel::Sqrt => on!(kernel, out { Float32 | Float64 => same_unary(args, out, |a| a.sqrt()); }),
        Kernel::Deg2rad => match out {
            ElementsMut::Float32(out) => same_unary(args, out, |a| a * (std::f32::consts::PI / 180.0)),
            out => on!(kernel, out { Float64 => same_unary(args, out, |a| a * (std::f64::consts::PI / 180.0)); }),
        },
        _ => match out {
            ElementsMut::Float32(out) => same_unary(args, out, |a| a * (180.0 / std::f32::consts::PI)),
            out => on!(kernel, out { Float64 => same_unary(args, out, |a| a * (180.0 / std::f64::consts::PI)); }),
        },
    }
    Ok(())
}
