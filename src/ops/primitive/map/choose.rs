//! One of the operands: `where`, the greater, the lesser.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::complex::{complex_is_nan, complex_le};
use crate::ops::primitive::map::dispatch::{on, unsigned, unsigned_mut};
use crate::ops::primitive::map::step::{choose, same_binary};
use crate::ops::tile::{ElementsMut, Operand};

/// NumPy's `where`.
pub(super) fn pick(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let args = &[args[0], unsigned(args[1]), unsigned(args[2])];
    let out = unsigned_mut(out);
    on!(kernel, out {
        Bool | UInt8 | UInt16 | UInt32 | UInt64 | Float32 | Float64 | Complex64 | Complex128 => choose(args, out);
    });
    Ok(())
}

/// The greater; of floats NaN where either is.
pub(super) fn maximum(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Bool => same_binary(args, out, |a, b| a | b);
        UInt8 | UInt16 | UInt32 | UInt64 | Int8 | Int16 | Int32 | Int64 => same_binary(args, out, |a, b| a.max(b));
        Float32 | Float64 => same_binary(args, out, |a, b| if (a > b) | a.is_nan() { a } else { b });
        Complex64 | Complex128 =>
            same_binary(args, out, |a, b| if complex_le(b, a) | complex_is_nan(a) { a } else { b });
    });
    Ok(())
}

/// The lesser; of floats NaN where either is.
pub(super) fn minimum(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Bool => same_binary(args, out, |a, b| a & b);
        UInt8 | UInt16 | UInt32 | UInt64 | Int8 | Int16 | Int32 | Int64 => same_binary(args, out, |a, b| a.min(b));
        Float32 | Float64 => same_binary(args, out, |a, b| if (a < b) | a.is_nan() { a } else { b });
        Complex64 | Complex128 =>
            same_binary(args, out, |a, b| if complex_le(a, b) | complex_is_nan(a) { a } else { b });
    });
    Ok(())
}

/// The greater of those that are not NaN.
pub(super) fn fmax(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Float32(out) => same_binary(args, out, |a, b| if (a > b) | b.is_nan() { a } else { b }),
        ElementsMut::Float64(out) => same_binary(args, out, |a, b| if (a > b) | b.is_nan() { a } else { b }),
        ElementsMut::Complex64(out) => {
            same_binary(args, out, |a, b| if complex_le(b, a) | complex_is_nan(b) { a } else { b });
        }
        ElementsMut::Complex128(out) => {
            same_binary(args, out, |a, b| if complex_le(b, a) | complex_is_nan(b) { a } else { b });
        }
        exact => return maximum(kernel, args, exact),
    }
    Ok(())
}

/// The lesser of those that are not NaN.
pub(super) fn fmin(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Float32(out) => same_binary(args, out, |a, b| if (a < b) | b.is_nan() { a } else { b }),
        ElementsMut::Float64(out) => same_binary(args, out, |a, b| if (a < b) | b.is_nan() { a } else { b }),
        ElementsMut::Complex64(out) => {
            same_binary(args, out, |a, b| if complex_le(a, b) | complex_is_nan(b) { a } else { b });
        }
        ElementsMut::Complex128(out) => {
            same_binary(args, out, |a, b| if complex_le(a, b) | complex_is_nan(b) { a } else { b });
        }
        exact => return minimum(kernel, args, exact),
    }
    Ok(())
}
