//! Divisors, multiples and powers of integers.

use crate::data::{Error, Result};
use crate::ir::Kernel;
use crate::ops::primitive::map::dispatch::{on, unsigned, unsigned_mut};
use crate::ops::primitive::map::step::{same_unary, slow_binary};
use crate::ops::tile::{ElementsMut, Operand};

/// The greatest common divisor.
pub(super) fn gcd(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Int8 | Int16 | Int32 | Int64 =>
            slow_binary(args, out, |a, b| common(a.unsigned_abs().into(), b.unsigned_abs().into()) as _);
        UInt8 | UInt16 | UInt32 | UInt64 => slow_binary(args, out, |a, b| common(a.into(), b.into()) as _);
    });
    Ok(())
}

/// The least common multiple.
pub(super) fn lcm(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Int8 | Int16 | Int32 | Int64 =>
            slow_binary(args, out, |a, b| multiple(a.unsigned_abs().into(), b.unsigned_abs().into()) as _);
        UInt8 | UInt16 | UInt32 | UInt64 => slow_binary(args, out, |a, b| multiple(a.into(), b.into()) as _);
    });
    Ok(())
}

fn common(a: u64, b: u64) -> u64 {
    num_integer::gcd(a, b)
}

fn multiple(a: u64, b: u64) -> u64 {
    if a == 0 || b == 0 { 0 } else { (a / common(a, b)).wrapping_mul(b) }
}

/// Powers of integers, wrapped around.
///
/// # Errors
/// `ValueError` where an exponent is negative.
pub(super) fn power(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let is_negative = std::cell::Cell::new(false);
    on!(kernel, out {
        Int8 | Int16 | Int32 | Int64 => slow_binary(args, out, |a, n| {
            is_negative.set(is_negative.get() | (n < 0));
            raised(a.into(), if n < 0 { 0 } else { n as u64 }) as _
        });
        UInt8 | UInt16 | UInt32 | UInt64 => slow_binary(args, out, |a, n| raised(a as i64, n.into()) as _);
    });
    if is_negative.get() { Err(Error::value("Integers to negative integer powers are not allowed.")) } else { Ok(()) }
}

/// The third or the fourth power, in vectors; the low bits are those of unsigned numbers.
pub(super) fn cube_or_fourth(
    kernel: Kernel,
    is_fourth: bool,
    args: &[Operand<'_>],
    out: ElementsMut<'_>,
) -> Result<()> {
    let (args, out) = (&[unsigned(args[0])], unsigned_mut(out));
    if is_fourth {
        on!(kernel, out {
            UInt8 | UInt16 | UInt32 | UInt64 => same_unary(args, out, |a| {
                let square = a.wrapping_mul(a);
                square.wrapping_mul(square)
            });
        });
    } else {
        on!(kernel, out {
            UInt8 | UInt16 | UInt32 | UInt64 => same_unary(args, out, |a| a.wrapping_mul(a).wrapping_mul(a));
        });
    }
    Ok(())
}

/// a to the n by squaring, modulo 2^64; the low bits are those of any narrower integer.
fn raised(a: i64, n: u64) -> i64 {
    let (mut base, mut rest, mut power) = (a, n, 1i64);
    while rest > 0 {
        if rest & 1 == 1 {
            power = power.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        rest >>= 1;
    }
    power
}
