//! Sums, differences, products, quotients, opposites, squares, magnitudes and signs. Integers wrap around.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::complex::{direction, divided, inverse};
use crate::ops::primitive::map::dispatch::{on, unsigned, unsigned_mut};
use crate::ops::primitive::map::function::magnitude;
use crate::ops::primitive::map::step::{same_binary, same_unary, slow_unary};
use crate::ops::tile::{ElementsMut, Operand};

/// Sum, difference and product.
pub(super) fn ring(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let args = &[unsigned(args[0]), unsigned(args[1])];
    let out = unsigned_mut(out);
    match kernel {
        Kernel::Add => on!(kernel, out {
            Bool => same_binary(args, out, |a, b| a | b);
            UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, b| a.wrapping_add(b));
            Float32 | Float64 | Complex64 | Complex128 => same_binary(args, out, |a, b| a + b);
        }),
        Kernel::Subtract => on!(kernel, out {
            UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, b| a.wrapping_sub(b));
            Float32 | Float64 | Complex64 | Complex128 => same_binary(args, out, |a, b| a - b);
        }),
        _ => on!(kernel, out {
            Bool => same_binary(args, out, |a, b| a & b);
            UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, b| a.wrapping_mul(b));
            Float32 | Float64 | Complex64 | Complex128 => same_binary(args, out, |a, b| a * b);
        }),
    }
    Ok(())
}

/// The quotient of floats and complex numbers.
pub(super) fn divide(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Float32 | Float64 => same_binary(args, out, |a, b| a / b);
        Complex64 | Complex128 => same_binary(args, out, divided);
    });
    Ok(())
}

/// The value itself; NumPy's `positive`, and what rounding does to integers.
pub(super) fn copy(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let (args, out) = (&[unsigned(args[0])], unsigned_mut(out));
    on!(kernel, out {
        Bool | UInt8 | UInt16 | UInt32 | UInt64 | Float32 | Float64 | Complex64 | Complex128 =>
            same_unary(args, out, |a| a);
    });
    Ok(())
}

/// Opposite and square.
pub(super) fn unary_ring(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let (args, out) = (&[unsigned(args[0])], unsigned_mut(out));
    match kernel {
        Kernel::Negative => on!(kernel, out {
            UInt8 | UInt16 | UInt32 | UInt64 => same_unary(args, out, |a| a.wrapping_neg());
            Float32 | Float64 | Complex64 | Complex128 => same_unary(args, out, |a| -a);
        }),
        _ => on!(kernel, out {
            UInt8 | UInt16 | UInt32 | UInt64 => same_unary(args, out, |a| a.wrapping_mul(a));
            Float32 | Float64 | Complex64 | Complex128 => same_unary(args, out, |a| a * a);
        }),
    }
    Ok(())
}

/// One over the value. An integer's is cut to an integer; that of zero is what x86-64 makes of infinity.
pub(super) fn reciprocal(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Int8 | Int16 | UInt8 | UInt16 | UInt32 | UInt64 => slow_unary(args, out, |a| if a == 0 { 0 } else { 1 / a });
        Int32 => slow_unary(args, out, |a: i32| if a == 0 { i32::MIN } else { 1 / a });
        Int64 => slow_unary(args, out, |a: i64| if a == 0 { i64::MIN } else { 1 / a });
        Float32 => same_unary(args, out, |a| 1.0 / a);
        Float64 => same_unary(args, out, |a| 1.0 / a);
        Complex64 | Complex128 => same_unary(args, out, inverse);
    });
    Ok(())
}

/// The magnitude, real for complex values.
pub(super) fn absolute(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if args[0].dtype().is_complex() {
        return magnitude(kernel, args, out);
    }
    match out {
        ElementsMut::Int8(out) => same_unary(args, out, i8::wrapping_abs),
        ElementsMut::Int16(out) => same_unary(args, out, i16::wrapping_abs),
        ElementsMut::Int32(out) => same_unary(args, out, i32::wrapping_abs),
        ElementsMut::Int64(out) => same_unary(args, out, i64::wrapping_abs),
        ElementsMut::Float32(out) => same_unary(args, out, f32::abs),
        ElementsMut::Float64(out) => same_unary(args, out, f64::abs),
        other => return copy(kernel, args, other),
    }
    Ok(())
}

/// -1, 0 or 1; NaN for NaN; a complex value's direction.
pub(super) fn sign(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Int8 | Int16 | Int32 | Int64 => same_unary(args, out, |a| a.signum());
        UInt8 | UInt16 | UInt32 | UInt64 => same_unary(args, out, |a| a.min(1));
        Float32 | Float64 => same_unary(args, out, |a| {
            let one = if a > 0.0 { 1.0 } else { -1.0 };
            let zero_or_nan = if a == 0.0 { 0.0 } else { a };
            if (a > 0.0) | (a < 0.0) { one } else { zero_or_nan }
        });
        Complex64 | Complex128 => same_unary(args, out, direction);
    });
    Ok(())
}
