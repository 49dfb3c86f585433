//! Floor division and remainders of integers, by Python's rule of signs and by C's.
//!
//! An integer's quotient by zero and its remainder are 0, as NumPy has them. Floats go to the vector kernels.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::dispatch::on;
use crate::ops::primitive::map::function::of_two;
use crate::ops::primitive::map::step::{same_binary, slow_binary};
use crate::ops::tile::{ElementsMut, Operand};

/// The quotient rounded down.
pub(super) fn floor_divide(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if out.dtype().is_float() {
        return of_two(kernel, args, out);
    }
    on!(kernel, out {
        Int8 | Int16 | Int32 => same_binary(args, out, |a, b| {
            // Exact: quotients of 32-bit integers that are not integers are farther from one than 2^-53 of them.
            let quotient = (f64::from(a) / f64::from(b)).floor();
            narrowed(if b == 0 { 0.0 } else { quotient }) as _
        });
        UInt8 | UInt16 | UInt32 => same_binary(args, out, |a, b| {
            let quotient = (f64::from(a) / f64::from(b)).floor();
            narrowed(if b == 0 { 0.0 } else { quotient }) as _
        });
        Int64 => slow_binary(args, out, |a: i64, b: i64| {
            if b == 0 {
                return 0;
            }
            let quotient = a.wrapping_div(b);
            quotient - i64::from((a.wrapping_rem(b) != 0) & ((a < 0) != (b < 0)))
        });
        UInt64 => slow_binary(args, out, |a: u64, b: u64| a.checked_div(b).unwrap_or(0));
    });
    Ok(())
}

/// A quotient of 32-bit integers, which 64 bits hold.
#[inline(always)]
fn narrowed(quotient: f64) -> i64 {
    // SAFETY: its magnitude is at most 2^32 and it is not NaN.
    unsafe { quotient.to_int_unchecked() }
}

/// The remainder with the sign of the divisor.
pub(super) fn remainder(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if out.dtype().is_float() {
        return of_two(kernel, args, out);
    }
    on!(kernel, out {
        Int8 | Int16 | Int32 | Int64 => slow_binary(args, out, |a, b| {
            if b == 0 {
                return 0;
            }
            let rest = a.wrapping_rem(b);
            if (rest != 0) & ((rest < 0) != (b < 0)) { rest + b } else { rest }
        });
        UInt8 | UInt16 | UInt32 | UInt64 => slow_binary(args, out, |a, b| if b == 0 { 0 } else { a % b });
    });
    Ok(())
}

/// The remainder with the sign of the dividend.
pub(super) fn fmod(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if out.dtype().is_float() {
        return of_two(kernel, args, out);
    }
    on!(kernel, out {
        Int8 | Int16 | Int32 | Int64 => slow_binary(args, out, |a, b| if b == 0 { 0 } else { a.wrapping_rem(b) });
        UInt8 | UInt16 | UInt32 | UInt64 => slow_binary(args, out, |a, b| if b == 0 { 0 } else { a % b });
    });
    Ok(())
}
