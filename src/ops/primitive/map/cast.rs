//! Any dtype to any other, as `astype` does on x86-64: integers wrap, floats out of an integer's range become its least
//! value, complex numbers lose their imaginary part.

use crate::data::{C32, C64, DType, Result};
use crate::ir::Kernel;
use crate::ops::primitive::map::arith::copy;
use crate::ops::primitive::map::dispatch::{no_kernel, on, on_type, unsigned, unsigned_dtype, unsigned_mut};
use crate::ops::primitive::map::step::{Cell, part, unary};
use crate::ops::tile::{Elements, ElementsMut, Operand};
use num_traits::AsPrimitive;

/// Elements that pass through a buffer at once on their way between complex and other dtypes.
const ROOM: usize = 512;

/// `out[i] = x[i]` in the dtype of `out`.
pub(super) fn cast(x: Operand<'_>, out: ElementsMut<'_>) -> Result<()> {
    let (from, to) = (x.dtype(), out.dtype());
    if from == to {
        return copy(Kernel::Cast, &[x], out);
    }
    match (from.is_complex(), to.is_complex()) {
        (true, _) => from_complex(x, out),
        (false, true) => to_complex(x, out),
        (false, false) if to.is_bool() => truth(x, out),
        (false, false) if from.is_float() => from_float(x, out),
        (false, false) => from_integer(bytes(x), out),
    }
}

/// Bools as the bytes 0 and 1 that they are.
fn bytes(x: Operand<'_>) -> Operand<'_> {
    match x {
        Operand::Slice(Elements::Bool(v)) => Operand::Slice(Elements::UInt8(bytemuck::cast_slice(v))),
        Operand::Scalar(value) if value.dtype().is_bool() => Operand::Scalar(value.cast(DType::UInt8)),
        other => other,
    }
}

fn truth(x: Operand<'_>, out: ElementsMut<'_>) -> Result<()> {
    let args = &[unsigned(x)];
    on!(Kernel::Cast, out {
        Bool => on_type!(Kernel::Cast, unsigned_dtype(x.dtype()), T {
            UInt8 u8 | UInt16 u16 | UInt32 u32 | UInt64 u64 | Float32 f32 | Float64 f64 =>
                unary(args, out, |a: T| a != T::default());
        });
    });
    Ok(())
}

fn from_integer(x: Operand<'_>, out: ElementsMut<'_>) -> Result<()> {
    let out = unsigned_mut(out);
    on!(Kernel::Cast, out {
        UInt8 | UInt16 | UInt32 | UInt64 | Float32 | Float64 => on_type!(Kernel::Cast, x.dtype(), T {
            UInt8 u8 | UInt16 u16 | UInt32 u32 | UInt64 u64 | Int8 i8 | Int16 i16 | Int32 i32 | Int64 i64 =>
                primitive::<T, _>(x, out);
        });
    });
    Ok(())
}

fn primitive<A: Cell + AsPrimitive<R>, R: Cell>(x: Operand<'_>, out: &mut [R]) {
    unary(&[x], out, |a: A| a.as_());
}

fn from_float(x: Operand<'_>, out: ElementsMut<'_>) -> Result<()> {
    match (x.dtype(), out) {
        (DType::Float32, ElementsMut::Float64(out)) => unary(&[x], out, |a: f32| f64::from(a)),
        (DType::Float64, ElementsMut::Float32(out)) => unary(&[x], out, |a: f64| a as f32),
        (DType::Float32, out) => float_to_integer::<f32>(x, out)?,
        (_, out) => float_to_integer::<f64>(x, out)?,
    }
    Ok(())
}

fn float_to_integer<A: Cell + Into<f64>>(x: Operand<'_>, out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::UInt32(out) => unary(&[x], out, |a: A| to_u32(a.into())),
        ElementsMut::UInt64(out) => unary(&[x], out, |a: A| to_u64(a.into())),
        ElementsMut::Int32(out) => unary(&[x], out, |a: A| to_i32(a.into())),
        ElementsMut::Int64(out) => unary(&[x], out, |a: A| to_i64(a.into())),
        narrow => match unsigned_mut(narrow) {
            ElementsMut::UInt8(out) => unary(&[x], out, |a: A| to_i32(a.into()) as u8),
            ElementsMut::UInt16(out) => unary(&[x], out, |a: A| to_i32(a.into()) as u16),
            other => return Err(no_kernel(Kernel::Cast, other.dtype())),
        },
    }
    Ok(())
}

const TWO_31: f64 = 2_147_483_648.0;
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// Cut towards zero; the least integer where it does not fit, as `cvttsd2si` has it.
#[inline(always)]
fn to_i32(x: f64) -> i32 {
    let bounded = if (x > -TWO_31 - 1.0) & (x < TWO_31) { x } else { -TWO_31 };
    // SAFETY: the value is in range once cut. Rust's saturating `as` takes four times as long here.
    unsafe { bounded.to_int_unchecked() }
}

/// The same for 64 bits.
#[inline(always)]
fn to_i64(x: f64) -> i64 {
    let bounded = if (-TWO_63..TWO_63).contains(&x) { x } else { -TWO_63 };
    // SAFETY: the value is in range. Rust's saturating `as` takes four times as long here.
    unsafe { bounded.to_int_unchecked() }
}

/// The upper half of the range is moved to the lower, converted as signed, and moved back.
#[inline(always)]
fn to_u32(x: f64) -> u32 {
    let upper = x >= TWO_31;
    let moved = to_i32(if upper { x - TWO_31 } else { x });
    (moved as u32) ^ (u32::from(upper) << 31)
}

/// The same for 64 bits.
#[inline(always)]
fn to_u64(x: f64) -> u64 {
    let upper = x >= TWO_63;
    let moved = to_i64(if upper { x - TWO_63 } else { x });
    (moved as u64) ^ (u64::from(upper) << 63)
}

fn from_complex(x: Operand<'_>, out: ElementsMut<'_>) -> Result<()> {
    match (x.dtype(), out) {
        (DType::Complex64, ElementsMut::Complex128(out)) => {
            unary(&[x], out, |z: C32| C64::new(z.re.into(), z.im.into()));
        }
        (_, ElementsMut::Complex64(out)) => unary(&[x], out, |z: C64| C32::new(z.re as f32, z.im as f32)),
        (DType::Complex64, ElementsMut::Bool(out)) => unary(&[x], out, |z: C32| (z.re != 0.0) | (z.im != 0.0)),
        (_, ElementsMut::Bool(out)) => unary(&[x], out, |z: C64| (z.re != 0.0) | (z.im != 0.0)),
        // A compiled C cast goes by way of 64 bits here, the loop of floats does not: NaN gives 0.
        (DType::Complex64, ElementsMut::UInt32(out)) => unary(&[x], out, |z: C32| to_i64(z.re.into()) as u32),
        (_, ElementsMut::UInt32(out)) => unary(&[x], out, |z: C64| to_i64(z.re) as u32),
        (DType::Complex64, out) => through::<f32>(out, |at, room| {
            unary(&[part(x, at, room.len())], room, |z: C32| z.re);
            Ok(())
        })?,
        (_, out) => through::<f64>(out, |at, room| {
            unary(&[part(x, at, room.len())], room, |z: C64| z.re);
            Ok(())
        })?,
    }
    Ok(())
}

/// Casts what `fill(start, room)` writes, a roomful at a time.
fn through<T: Cell>(mut out: ElementsMut<'_>, fill: impl Fn(usize, &mut [T]) -> Result<()>) -> Result<()> {
    let mut room = [T::default(); ROOM];
    for start in (0..out.len()).step_by(ROOM) {
        let len = ROOM.min(out.len() - start);
        fill(start, &mut room[..len])?;
        cast(Operand::Slice(T::wrap(&room[..len])), out.part(start, len))?;
    }
    Ok(())
}

fn to_complex(x: Operand<'_>, out: ElementsMut<'_>) -> Result<()> {
    let (mut single, mut double) = ([0f32; ROOM], [0f64; ROOM]);
    let mut out = out;
    for start in (0..out.len()).step_by(ROOM) {
        let len = ROOM.min(out.len() - start);
        let x = part(x, start, len);
        match out.part(start, len) {
            ElementsMut::Complex64(out) => {
                cast(x, ElementsMut::Float32(&mut single[..len]))?;
                unary(&[Operand::Slice(Elements::Float32(&single[..len]))], out, |a: f32| C32::new(a, 0.0));
            }
            ElementsMut::Complex128(out) => {
                cast(x, ElementsMut::Float64(&mut double[..len]))?;
                unary(&[Operand::Slice(Elements::Float64(&double[..len]))], out, |a: f64| C64::new(a, 0.0));
            }
            other => return Err(no_kernel(Kernel::Cast, other.dtype())),
        }
    }
    Ok(())
}
