//! Operations on the bits of integers and bools.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::dispatch::{no_kernel, on, on_type, unsigned, unsigned_mut};
use crate::ops::primitive::map::step::{same_binary, same_unary, unary};
use crate::ops::tile::{ElementsMut, Operand, Typed};

/// And, or, exclusive or.
pub(super) fn bitwise(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let args = &[unsigned(args[0]), unsigned(args[1])];
    let out = unsigned_mut(out);
    match kernel {
        Kernel::BitwiseAnd => on!(kernel, out {
            Bool | UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, b| a & b);
        }),
        Kernel::BitwiseOr => on!(kernel, out {
            Bool | UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, b| a | b);
        }),
        _ => on!(kernel, out {
            Bool | UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, b| a ^ b);
        }),
    }
    Ok(())
}

/// Every bit turned.
pub(super) fn invert(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let (args, out) = (&[unsigned(args[0])], unsigned_mut(out));
    on!(kernel, out {
        Bool | UInt8 | UInt16 | UInt32 | UInt64 => same_unary(args, out, |a: _| !a);
    });
    Ok(())
}

/// Shifts. A shift by the width or more, or by a negative number, leaves zeros, or the sign to the right.
pub(super) fn shift(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if kernel == Kernel::LeftShift {
        let args = &[unsigned(args[0]), unsigned(args[1])];
        let out = unsigned_mut(out);
        on!(kernel, out {
            UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, by| {
                let width = 8 * size_of_val(&a) as u32;
                let moved = a.wrapping_shl(by as u32);
                if by as u64 >= u64::from(width) { 0 } else { moved }
            });
        });
        return Ok(());
    }
    on!(kernel, out {
        UInt8 | UInt16 | UInt32 | UInt64 => same_binary(args, out, |a, by| {
            let width = 8 * size_of_val(&a) as u32;
            let moved = a.wrapping_shr(by as u32);
            if by as u64 >= u64::from(width) { 0 } else { moved }
        });
        Int8 | Int16 | Int32 | Int64 => same_binary(args, out, |a, by| {
            let width = 8 * size_of_val(&a) as u32;
            let most = width - 1;
            a.wrapping_shr(if by as u64 >= u64::from(width) { most } else { by as u32 })
        });
    });
    Ok(())
}

/// The number of one bits of the magnitude.
pub(super) fn count(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let dtype = out.dtype();
    let out = u8::slice_mut(out).ok_or_else(|| no_kernel(kernel, dtype))?;
    on_type!(kernel, args[0].dtype(), T {
        UInt8 u8 | UInt16 u16 | UInt32 u32 | UInt64 u64 => unary(args, out, |a: T| a.count_ones() as u8);
        Int8 i8 | Int16 i16 | Int32 i32 | Int64 i64 => unary(args, out, |a: T| a.unsigned_abs().count_ones() as u8);
    });
    Ok(())
}
