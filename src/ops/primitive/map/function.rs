//! Functions of floats by the vector kernels, of complex numbers by `complex_functions`: which one, and on what slices.

use crate::data::{C32, C64, DType, Result, Scalar};
use crate::ir::Kernel;
use crate::ops::primitive::map::arith::{copy, reciprocal, unary_ring};
use crate::ops::primitive::map::complex_blocks::by_blocks;
use crate::ops::primitive::map::complex_functions::{complex_function, power};
use crate::ops::primitive::map::dispatch::no_kernel;
use crate::ops::primitive::map::rounding::scale;
use crate::ops::primitive::map::step::{Cell, part, same_unary, slow_binary, slow_unary};
use crate::ops::primitive::map::table::KERNELS;
use crate::ops::primitive::map::{bessel, integer};
use crate::ops::tile::{Elements, ElementsMut, Operand};
use crate::ops::vector::strip::Routine;
use crate::ops::vector::{self, Binary, Level, Unary};
use std::sync::LazyLock;

/// Elements of a scalar's copy, and of an intermediate result.
const ROOM: usize = 512;

/// The vector kernels in the order of [`Kernel`], so that finding one is one load.
static UNARY: LazyLock<Vec<Option<&Unary>>> =
    LazyLock::new(|| KERNELS.iter().map(|row| vector::unary(row.name)).collect());
static BINARY: LazyLock<Vec<Option<&Binary>>> =
    LazyLock::new(|| KERNELS.iter().map(|row| vector::binary(row.name)).collect());

/// The routine of a function of floats on strips.
pub(super) fn routine(kernel: Kernel, of: DType, to: DType, level: Level) -> Option<Routine> {
    let (one, two) = (UNARY[kernel as usize], BINARY[kernel as usize]);
    match (of, to) {
        (DType::Float64, DType::Float64) => one.map(|row| row.f64_strip).or(two.map(|row| row.f64_strip)),
        (DType::Float32, DType::Float32) => one.map(|row| row.f32_strip).or(two.map(|row| row.f32_strip)),
        _ => None,
    }
    .map(|at| at(level))
}

/// Whether the vector kernels have a function.
pub(super) fn is_function(kernel: Kernel) -> bool {
    UNARY[kernel as usize].is_some() || BINARY[kernel as usize].is_some()
}

/// A function of one float or complex number.
pub(super) fn of_one(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let dtype = out.dtype();
    let missing = || no_kernel(kernel, dtype);
    match out {
        ElementsMut::Float32(out) => {
            let row = UNARY[kernel as usize].ok_or_else(missing)?;
            one_by_slices(args[0], out, |x, out| row.run_f32(x, out));
        }
        ElementsMut::Float64(out) => {
            let row = UNARY[kernel as usize].ok_or_else(missing)?;
            one_by_slices(args[0], out, |x, out| row.run_f64(x, out));
        }
        ElementsMut::Complex64(out) => {
            let f = complex_function(kernel).ok_or_else(missing)?;
            slow_unary(args, out, |z| narrow(f(widen(z))));
        }
        ElementsMut::Complex128(out) => {
            let f = complex_function(kernel).ok_or_else(missing)?;
            match args[0] {
                Operand::Slice(Elements::Complex128(z)) => by_blocks(kernel, z, out, f),
                _ => slow_unary(args, out, f),
            }
        }
        _ => return Err(missing()),
    }
    Ok(())
}

fn widen(z: C32) -> C64 {
    C64::new(z.re.into(), z.im.into())
}

fn narrow(z: C64) -> C32 {
    C32::new(z.re as f32, z.im as f32)
}

fn one_by_slices<T: Cell>(x: Operand<'_>, out: &mut [T], run: impl Fn(&[T], &mut [T])) {
    match x {
        Operand::Slice(x) => run(T::slice(x).expect("operands have the dtypes of the loop"), out),
        Operand::Scalar(value) => {
            let mut one = [T::default()];
            run(&[T::from_scalar(value)], &mut one);
            out.fill(one[0]);
        }
    }
}

/// A function of two floats.
pub(super) fn of_two(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let dtype = out.dtype();
    let row = BINARY[kernel as usize].ok_or_else(|| no_kernel(kernel, dtype))?;
    match out {
        ElementsMut::Float32(out) => two_by_slices(args, out, |x, y, out| row.run_f32(x, y, out)),
        ElementsMut::Float64(out) => two_by_slices(args, out, |x, y, out| row.run_f64(x, y, out)),
        _ => return Err(no_kernel(kernel, dtype)),
    }
    Ok(())
}

fn two_by_slices<T: Cell>(args: &[Operand<'_>], out: &mut [T], run: impl Fn(&[T], &[T], &mut [T])) {
    let (mut room_x, mut room_y) = (None, None);
    for (number, out) in out.chunks_mut(ROOM).enumerate() {
        let x = slice(part(args[0], number * ROOM, out.len()), &mut room_x);
        let y = slice(part(args[1], number * ROOM, out.len()), &mut room_y);
        run(&x[..out.len()], &y[..out.len()], out);
    }
}

/// The operand's elements; a scalar's are copies made once.
fn slice<'a, T: Cell>(operand: Operand<'a>, room: &'a mut Option<[T; ROOM]>) -> &'a [T] {
    match operand {
        Operand::Slice(elements) => T::slice(elements).expect("operands have the dtypes of the loop"),
        Operand::Scalar(value) => room.get_or_insert_with(|| [T::from_scalar(value); ROOM]),
    }
}

/// The first operand to the power of the second; NumPy has loops of their own for the scalars -1, 0.5, 1 and 2.
///
/// # Errors
/// `ValueError` where an integer's exponent is negative.
pub(super) fn raise(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    if let Operand::Scalar(exponent) = args[1] {
        let exponent = exponent.to_c64();
        let is_float = out.dtype().is_float();
        match exponent.re {
            _ if exponent.im != 0.0 => {}
            2.0 => return unary_ring(Kernel::Square, args, out),
            1.0 => return copy(Kernel::Positive, args, out),
            0.5 if is_float => return scale(Kernel::Sqrt, args, out),
            -1.0 if is_float => return reciprocal(Kernel::Reciprocal, args, out),
            3.0 if is_float => return of_one(Kernel::Cube, args, out),
            4.0 if is_float => return of_one(Kernel::FourthPower, args, out),
            3.0 | 4.0 if out.dtype().is_integer() => {
                return integer::cube_or_fourth(kernel, exponent.re == 4.0, args, out);
            }
            _ => {}
        }
    }
    match out {
        ElementsMut::Complex64(out) => slow_binary(args, out, |a, b| narrow(power(widen(a), widen(b)))),
        ElementsMut::Complex128(out) => slow_binary(args, out, power),
        out if out.dtype().is_float() => return of_two(kernel, args, out),
        out => return integer::power(kernel, args, out),
    }
    Ok(())
}

/// The modified Bessel function of order zero.
pub(super) fn i0(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Float32(out) => slow_unary(args, out, |x: f32| bessel::i0(x.into()) as f32),
        ElementsMut::Float64(out) => slow_unary(args, out, bessel::i0),
        other => return Err(no_kernel(kernel, other.dtype())),
    }
    Ok(())
}

/// sin(π x) / (π x), and 1 at zero.
pub(super) fn sinc(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Float32(out) => sinc_by_rooms(args, out, |x| {
            let y = x * std::f32::consts::PI;
            if y == 0.0 { f32::EPSILON } else { y }
        }),
        ElementsMut::Float64(out) => sinc_by_rooms(args, out, |x| {
            let y = x * std::f64::consts::PI;
            if y == 0.0 { f64::EPSILON } else { y }
        }),
        other => of_one(kernel, args, other),
    }
}

fn sinc_by_rooms<T: Cell + std::ops::DivAssign>(
    args: &[Operand<'_>],
    out: &mut [T],
    scaled: impl Fn(T) -> T + Copy,
) -> Result<()> {
    let mut room = [T::default(); ROOM];
    for (number, out) in out.chunks_mut(ROOM).enumerate() {
        let y = &mut room[..out.len()];
        same_unary(&[part(args[0], number * ROOM, y.len())], y, scaled);
        of_one(Kernel::Sin, &[Operand::Slice(T::wrap(y))], T::wrap_mut(out))?;
        out.iter_mut().zip(&*y).for_each(|(out, y)| *out /= *y);
    }
    Ok(())
}

/// A function of the two parts of complex numbers, or of zero and a real number: the angle.
pub(super) fn angle(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let zero = Operand::Scalar(Scalar::Float64(0.0));
    match (args[0].dtype(), out) {
        (DType::Complex64, ElementsMut::Float32(out)) => by_parts(args[0], out, |z: C32| z.re, |z| z.im, angle_of),
        (DType::Complex128, ElementsMut::Float64(out)) => by_parts(args[0], out, |z: C64| z.re, |z| z.im, angle_of),
        (dtype, out) if dtype.is_float() => of_two(Kernel::Arctan2, &[zero, args[0]], out),
        (_, out) => Err(no_kernel(kernel, out.dtype())),
    }
}

fn angle_of(re: Elements<'_>, im: Elements<'_>, out: ElementsMut<'_>) -> Result<()> {
    of_two(Kernel::Arctan2, &[Operand::Slice(im), Operand::Slice(re)], out)
}

/// The magnitude of complex numbers.
pub(super) fn magnitude(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Float32(out) => by_parts(args[0], out, |z: C32| z.re, |z| z.im, magnitude_of),
        ElementsMut::Float64(out) => by_parts(args[0], out, |z: C64| z.re, |z| z.im, magnitude_of),
        other => Err(no_kernel(kernel, other.dtype())),
    }
}

fn magnitude_of(re: Elements<'_>, im: Elements<'_>, out: ElementsMut<'_>) -> Result<()> {
    of_two(Kernel::Hypot, &[Operand::Slice(re), Operand::Slice(im)], out)
}

fn by_parts<Z: Cell, T: Cell>(
    z: Operand<'_>,
    out: &mut [T],
    real: impl Fn(Z) -> T + Copy,
    imag: impl Fn(Z) -> T + Copy,
    f: fn(Elements<'_>, Elements<'_>, ElementsMut<'_>) -> Result<()>,
) -> Result<()> {
    let (mut re, mut im) = ([T::default(); ROOM], [T::default(); ROOM]);
    for (number, out) in out.chunks_mut(ROOM).enumerate() {
        let len = out.len();
        let z = [part(z, number * ROOM, len)];
        super::step::unary(&z, &mut re[..len], real);
        super::step::unary(&z, &mut im[..len], imag);
        f(T::wrap(&re[..len]), T::wrap(&im[..len]), T::wrap_mut(out))?;
    }
    Ok(())
}
