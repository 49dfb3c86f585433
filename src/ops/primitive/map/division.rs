//! Floor division and remainders of integers, by Python's rule of signs and by C's.
//!
//! Vectors divide floats alone, so that integers are divided as floats wherever that is exact: a quotient that is not an
//! integer m is farther from m than the rounding error while |m b| is below 2^24 in single and 2^53 in double precision,
//! and then a - m b is exact too. An integer's quotient by zero and its remainder are 0, as NumPy has them. Floats go to the
//! vector kernels.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::dispatch::on;
use crate::ops::primitive::map::function::of_two;
use crate::ops::primitive::map::step::{Cell, same_binary, slow_binary};
use crate::ops::tile::{ElementsMut, Operand};
use crate::ops::vector::vectorized;

/// 64-bit integers of smaller magnitude are divided as floats.
const SHORT: u64 = 1 << 52;

/// The three functions of a pair of numbers in one precision, and the integer of a result.
macro_rules! by_floats {
    ($floor:ident $floored_rest:ident $truncated_rest:ident $narrow:ident: $float:ty => $integer:ty) => {
        #[inline(always)]
        fn $floor(a: $float, b: $float) -> $integer {
            let quotient = (a / b).floor();
            $narrow(if b == 0.0 { 0.0 } else { quotient })
        }

        #[inline(always)]
        fn $floored_rest(a: $float, b: $float) -> $integer {
            let rest = a - (a / b).floor() * b;
            $narrow(if b == 0.0 { 0.0 } else { rest })
        }

        #[inline(always)]
        fn $truncated_rest(a: $float, b: $float) -> $integer {
            let rest = a - (a / b).trunc() * b;
            $narrow(if b == 0.0 { 0.0 } else { rest })
        }

        #[inline(always)]
        fn $narrow(value: $float) -> $integer {
            // SAFETY: a quotient or remainder of integers that the float holds exactly is in range and not NaN. The checked
            // conversion takes three times as long.
            unsafe { value.to_int_unchecked() }
        }
    };
}

by_floats! { floor_single floored_rest_single truncated_rest_single narrow_single: f32 => i32 }
by_floats! { floor floored_rest truncated_rest narrow: f64 => i64 }

/// Whether all elements are of magnitudes that are divided as floats.
fn all_short<T: Cell>(args: &[Operand<'_>], len: usize, magnitude: impl Fn(T) -> u64 + Copy) -> bool {
    args.iter().all(|arg| match arg {
        Operand::Scalar(value) => magnitude(T::from_scalar(*value)) < SHORT,
        Operand::Slice(elements) => {
            let values = T::slice(*elements).expect("operands have the dtypes of the loop");
            let seen = vectorized(
                #[inline(always)]
                || values[..len].iter().fold(0, |seen, value| seen | magnitude(*value)),
            );
            seen < SHORT
        }
    })
}

/// The magnitude, less one for negative numbers.
#[inline(always)]
fn magnitude(a: i64) -> u64 {
    (a ^ (a >> 63)) as u64
}

/// `short` where it is exact, `long` one after another elsewhere.
fn wide_binary<T: Cell>(
    args: &[Operand<'_>],
    out: &mut [T],
    magnitude: impl Fn(T) -> u64 + Copy,
    short: impl Fn(T, T) -> T + Copy,
    long: impl Fn(T, T) -> T,
) {
    if all_short(args, out.len(), magnitude) { same_binary(args, out, short) } else { slow_binary(args, out, long) }
}

/// The quotient rounded down.
pub(super) fn floor_divide(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if out.dtype().is_float() {
        return of_two(kernel, args, out);
    }
    on!(kernel, out {
        Int8 | Int16 | UInt8 | UInt16 => same_binary(args, out, |a, b| floor_single(a.into(), b.into()) as _);
        Int32 | UInt32 => same_binary(args, out, |a, b| floor(a.into(), b.into()) as _);
        Int64 => wide_binary(args, out, magnitude, |a, b| floor(a as f64, b as f64), |a, b| {
            if b == 0 {
                return 0;
            }
            let quotient = a.wrapping_div(b);
            quotient - i64::from((a.wrapping_rem(b) != 0) & ((a < 0) != (b < 0)))
        });
        UInt64 => wide_binary(args, out, |a| a, |a, b| floor(a as f64, b as f64) as _, |a, b| {
            a.checked_div(b).unwrap_or(0)
        });
    });
    Ok(())
}

/// The remainder with the sign of the divisor.
pub(super) fn remainder(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if out.dtype().is_float() {
        return of_two(kernel, args, out);
    }
    on!(kernel, out {
        Int8 | Int16 | UInt8 | UInt16 => same_binary(args, out, |a, b| floored_rest_single(a.into(), b.into()) as _);
        Int32 | UInt32 => same_binary(args, out, |a, b| floored_rest(a.into(), b.into()) as _);
        Int64 => wide_binary(args, out, magnitude, |a, b| floored_rest(a as f64, b as f64), |a, b| {
            if b == 0 {
                return 0;
            }
            let rest = a.wrapping_rem(b);
            if (rest != 0) & ((rest < 0) != (b < 0)) { rest + b } else { rest }
        });
        UInt64 => wide_binary(args, out, |a| a, |a, b| floored_rest(a as f64, b as f64) as _, |a, b| {
            a.checked_rem(b).unwrap_or(0)
        });
    });
    Ok(())
}

/// The remainder with the sign of the dividend.
pub(super) fn fmod(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if out.dtype().is_float() {
        return of_two(kernel, args, out);
    }
    on!(kernel, out {
        Int8 | Int16 | UInt8 | UInt16 => same_binary(args, out, |a, b| truncated_rest_single(a.into(), b.into()) as _);
        Int32 | UInt32 => same_binary(args, out, |a, b| truncated_rest(a.into(), b.into()) as _);
        Int64 => wide_binary(args, out, magnitude, |a, b| truncated_rest(a as f64, b as f64), |a, b| {
            if b == 0 { 0 } else { a.wrapping_rem(b) }
        });
        UInt64 => wide_binary(args, out, |a| a, |a, b| truncated_rest(a as f64, b as f64) as _, |a, b| {
            a.checked_rem(b).unwrap_or(0)
        });
    });
    Ok(())
}
