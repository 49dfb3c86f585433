//! Complex arithmetic and order, and the parts of complex numbers. Not their transcendental functions.

use crate::data::{C32, C64, Result};
use crate::ir::Kernel;
use crate::ops::primitive::map::arith::copy;
use crate::ops::primitive::map::dispatch::{no_kernel, on};
use crate::ops::primitive::map::step::{binary, same_unary, unary};
use crate::ops::tile::{ElementsMut, Operand};
use num_complex::Complex;
use num_traits::Float;

/// The quotient by Smith's method, which does not overflow where the quotient does not.
#[inline(always)]
pub(super) fn divided<F: Float>(a: Complex<F>, b: Complex<F>) -> Complex<F> {
    let (zero, one) = (F::zero(), F::one());
    if b.re.abs() >= b.im.abs() {
        if (b.re == zero) & (b.im == zero) {
            return Complex::new(a.re / b.re.abs(), a.im / b.re.abs());
        }
        let ratio = b.im / b.re;
        let scale = one / (b.re + b.im * ratio);
        Complex::new((a.re + a.im * ratio) * scale, (a.im - a.re * ratio) * scale)
    } else {
        let ratio = b.re / b.im;
        let scale = one / (b.im + b.re * ratio);
        Complex::new((a.re * ratio + a.im) * scale, (a.im * ratio - a.re) * scale)
    }
}

/// One over the number, by the same method; of zero it is NaN.
#[inline(always)]
pub(super) fn inverse<F: Float>(z: Complex<F>) -> Complex<F> {
    let one = F::one();
    if z.im.abs() <= z.re.abs() {
        let ratio = z.im / z.re;
        let scale = z.re + z.im * ratio;
        Complex::new(one / scale, -ratio / scale)
    } else {
        let ratio = z.re / z.im;
        let scale = z.im + z.re * ratio;
        Complex::new(ratio / scale, -one / scale)
    }
}

/// The number over its magnitude, as NumPy 2 has `sign`.
pub(super) fn direction<F: Float>(z: Complex<F>) -> Complex<F> {
    let (zero, one) = (F::zero(), F::one());
    let magnitude = z.re.hypot(z.im);
    if magnitude == zero {
        return Complex::new(zero, zero);
    }
    if magnitude.is_infinite() {
        let sign = |x: F| if x > zero { one } else { -one };
        return match (z.re.is_infinite(), z.im.is_infinite()) {
            (true, false) => Complex::new(sign(z.re), zero),
            (false, true) => Complex::new(zero, sign(z.im)),
            _ => Complex::new(F::nan(), F::nan()),
        };
    }
    Complex::new(z.re / magnitude, z.im / magnitude)
}

/// Whether a part is NaN.
#[inline(always)]
pub(super) fn complex_is_nan<F: Float>(z: Complex<F>) -> bool {
    z.re.is_nan() | z.im.is_nan()
}

/// `a < b`, by the real parts and then the imaginary ones.
#[inline(always)]
pub(super) fn complex_lt<F: Float>(a: Complex<F>, b: Complex<F>) -> bool {
    ((a.re < b.re) & !a.im.is_nan() & !b.im.is_nan()) | ((a.re == b.re) & (a.im < b.im))
}

/// `a <= b`, likewise.
#[inline(always)]
pub(super) fn complex_le<F: Float>(a: Complex<F>, b: Complex<F>) -> bool {
    ((a.re < b.re) & !a.im.is_nan() & !b.im.is_nan()) | ((a.re == b.re) & (a.im <= b.im))
}

/// Real part, imaginary part, conjugate; of real numbers too.
pub(super) fn parts(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    let is_complex = args[0].dtype().is_complex();
    match (kernel, out) {
        (Kernel::Conjugate, ElementsMut::Complex64(out)) => same_unary(args, out, |z| z.conj()),
        (Kernel::Conjugate, ElementsMut::Complex128(out)) => same_unary(args, out, |z| z.conj()),
        (Kernel::Real, ElementsMut::Float32(out)) if is_complex => unary(args, out, |z: C32| z.re),
        (Kernel::Real, ElementsMut::Float64(out)) if is_complex => unary(args, out, |z: C64| z.re),
        (Kernel::Imag, ElementsMut::Float32(out)) if is_complex => unary(args, out, |z: C32| z.im),
        (Kernel::Imag, ElementsMut::Float64(out)) if is_complex => unary(args, out, |z: C64| z.im),
        (Kernel::Imag, out) => return zeros(kernel, out),
        (_, out) => return copy(kernel, args, out),
    }
    Ok(())
}

fn zeros(kernel: Kernel, out: ElementsMut<'_>) -> Result<()> {
    on!(kernel, out {
        Bool | UInt8 | UInt16 | UInt32 | UInt64 | Int8 | Int16 | Int32 | Int64 | Float32 | Float64 =>
            out.fill(Default::default());
    });
    Ok(())
}

/// The complex number of two parts.
pub(super) fn make(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    match out {
        ElementsMut::Complex64(out) => binary(args, out, |re: f32, im: f32| C32::new(re, im)),
        ElementsMut::Complex128(out) => binary(args, out, |re: f64, im: f64| C64::new(re, im)),
        other => return Err(no_kernel(kernel, other.dtype())),
    }
    Ok(())
}
