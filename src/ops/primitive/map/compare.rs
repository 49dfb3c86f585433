//! Comparisons. Complex numbers are ordered by their real parts, then by their imaginary parts; int64 and uint64 exactly.

use crate::data::{C32, C64, DType, Result};
use crate::ir::Kernel;
use crate::ops::primitive::map::complex::{complex_le, complex_lt};
use crate::ops::primitive::map::dispatch::{on_type, unsigned, unsigned_dtype};
use crate::ops::primitive::map::step::binary;
use crate::ops::tile::{ElementsMut, Operand, Typed};

/// Any of the six comparisons.
pub(super) fn compare(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let dtype = out.dtype();
    let out = bool::slice_mut(out).ok_or_else(|| super::dispatch::no_kernel(kernel, dtype))?;
    let swapped = [args[1], args[0]];
    match kernel {
        Kernel::Equal => equal(kernel, args, out),
        Kernel::NotEqual => not_equal(kernel, args, out),
        Kernel::Less => less(kernel, args, out),
        Kernel::LessEqual => less_equal(kernel, args, out),
        Kernel::Greater => less(kernel, &swapped, out),
        _ => less_equal(kernel, &swapped, out),
    }
}

/// Whether the operands are int64 and uint64, in this order or the other.
fn mixed(args: &[Operand<'_>]) -> Option<bool> {
    match (args[0].dtype(), args[1].dtype()) {
        (DType::Int64, DType::UInt64) => Some(true),
        (DType::UInt64, DType::Int64) => Some(false),
        _ => None,
    }
}

fn equal(kernel: Kernel, args: &[Operand<'_>], out: &mut [bool]) -> Result<()> {
    match mixed(args) {
        Some(true) => binary(args, out, |a: i64, b: u64| (a >= 0) & (a as u64 == b)),
        Some(false) => binary(args, out, |a: u64, b: i64| (b >= 0) & (a == b as u64)),
        None => {
            let args = &[unsigned(args[0]), unsigned(args[1])];
            on_type!(kernel, unsigned_dtype(args[0].dtype()), T {
                Bool bool | UInt8 u8 | UInt16 u16 | UInt32 u32 | UInt64 u64 | Float32 f32 | Float64 f64
                    | Complex64 C32 | Complex128 C64 => binary(args, out, |a: T, b: T| a == b);
            });
        }
    }
    Ok(())
}

fn not_equal(kernel: Kernel, args: &[Operand<'_>], out: &mut [bool]) -> Result<()> {
    match mixed(args) {
        Some(true) => binary(args, out, |a: i64, b: u64| (a < 0) | (a as u64 != b)),
        Some(false) => binary(args, out, |a: u64, b: i64| (b < 0) | (a != b as u64)),
        None => {
            let args = &[unsigned(args[0]), unsigned(args[1])];
            on_type!(kernel, unsigned_dtype(args[0].dtype()), T {
                Bool bool | UInt8 u8 | UInt16 u16 | UInt32 u32 | UInt64 u64 | Float32 f32 | Float64 f64
                    | Complex64 C32 | Complex128 C64 => binary(args, out, |a: T, b: T| a != b);
            });
        }
    }
    Ok(())
}

fn less(kernel: Kernel, args: &[Operand<'_>], out: &mut [bool]) -> Result<()> {
    match mixed(args) {
        Some(true) => binary(args, out, |a: i64, b: u64| (a < 0) | ((a as u64) < b)),
        Some(false) => binary(args, out, |a: u64, b: i64| (b > 0) & (a < b as u64)),
        None => on_type!(kernel, args[0].dtype(), T {
            Bool bool | UInt8 u8 | UInt16 u16 | UInt32 u32 | UInt64 u64 | Int8 i8 | Int16 i16 | Int32 i32 | Int64 i64
                | Float32 f32 | Float64 f64 => binary(args, out, |a: T, b: T| a < b);
            Complex64 C32 | Complex128 C64 => binary::<T, T, bool>(args, out, complex_lt);
        }),
    }
    Ok(())
}

fn less_equal(kernel: Kernel, args: &[Operand<'_>], out: &mut [bool]) -> Result<()> {
    match mixed(args) {
        Some(true) => binary(args, out, |a: i64, b: u64| (a < 0) | (a as u64 <= b)),
        Some(false) => binary(args, out, |a: u64, b: i64| (b >= 0) & (a <= b as u64)),
        None => on_type!(kernel, args[0].dtype(), T {
            Bool bool | UInt8 u8 | UInt16 u16 | UInt32 u32 | UInt64 u64 | Int8 i8 | Int16 i16 | Int32 i32 | Int64 i64
                | Float32 f32 | Float64 f64 => binary(args, out, |a: T, b: T| a <= b);
            Complex64 C32 | Complex128 C64 => binary::<T, T, bool>(args, out, complex_le);
        }),
    }
    Ok(())
}
