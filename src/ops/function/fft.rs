//! Discrete Fourier transforms.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Expr, Kernel, Param};
use crate::ops::function::build::{bi, from_last, join, real, slice, to_last, un};
use crate::ops::function::row::{answer, need, opt};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, per_block};

const ONE: &[Parameter] = &[need("a"), opt("n", "None"), opt("axis", "-1"), opt("norm", "None"), opt("out", "None")];
const TWO: &[Parameter] =
    &[need("a"), opt("s", "None"), opt("axes", "(-2, -1)"), opt("norm", "None"), opt("out", "None")];
const MANY: &[Parameter] = &[need("a"), opt("s", "None"), opt("axes", "None"), opt("norm", "None"), opt("out", "None")];
const FREQ: &[Parameter] = &[need("n"), opt("d", "1.0"), opt("device", "None")];
const SHIFT: &[Parameter] = &[need("x"), opt("axes", "None")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "fft.fft",
        ONE,
        "Fourier transform.",
        "np.fft.fft([1.0, 2.0, 3.0, 4.0])",
        "array([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j])",
        |c| one(c, Kind::Forward),
    ),
    Function::row(
        "fft.ifft",
        ONE,
        "Inverse Fourier transform.",
        "np.fft.ifft([4.0, 0.0, 0.0, 0.0])",
        "array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])",
        |c| one(c, Kind::Inverse),
    ),
    Function::row(
        "fft.rfft",
        ONE,
        "First half of the Fourier transform of real values.",
        "np.fft.rfft([0.0, 1.0, 0.0, 0.0])",
        "array([ 1.+0.j,  0.-1.j, -1.+0.j])",
        |c| one(c, Kind::Real),
    ),
    Function::row(
        "fft.irfft",
        ONE,
        "Real values of the first half of their Fourier transform.",
        "np.fft.irfft([1.0, -1j, -1.0])",
        "array([0., 1., 0., 0.])",
        |c| one(c, Kind::ToReal),
    ),
    Function::row(
        "fft.hfft",
        ONE,
        "Fourier transform of values with Hermitian symmetry.",
        "np.fft.hfft([1.0, 2.0, 3.0])",
        "array([ 8., -2.,  0., -2.])",
        |c| one(c, Kind::Hermitian),
    ),
    Function::row(
        "fft.ihfft",
        ONE,
        "Inverse of hfft.",
        "np.fft.ihfft([15.0, -4.0, 0.0, -1.0, 0.0, -4.0])",
        "array([1.-0.j, 2.-0.j, 3.-0.j, 4.-0.j])",
        |c| one(c, Kind::ToHermitian),
    ),
    Function::row(
        "fft.fft2",
        TWO,
        "Fourier transform over two axes.",
        "np.fft.fft2([[1.0, 0.0], [0.0, 0.0]])",
        "array([[1.+0.j, 1.+0.j],\n       [1.+0.j, 1.+0.j]])",
        |c| many(c, Kind::Forward),
    ),
    Function::row(
        "fft.ifft2",
        TWO,
        "Inverse Fourier transform over two axes.",
        "np.fft.ifft2([[4.0, 0.0], [0.0, 0.0]])",
        "array([[1.+0.j, 1.+0.j],\n       [1.+0.j, 1.+0.j]])",
        |c| many(c, Kind::Inverse),
    ),
    Function::row(
        "fft.fftn",
        MANY,
        "Fourier transform over several axes.",
        "np.fft.fftn([[1.0, 0.0], [0.0, 0.0]])",
        "array([[1.+0.j, 1.+0.j],\n       [1.+0.j, 1.+0.j]])",
        |c| many(c, Kind::Forward),
    ),
    Function::row(
        "fft.ifftn",
        MANY,
        "Inverse Fourier transform over several axes.",
        "np.fft.ifftn([[4.0, 0.0], [0.0, 0.0]])",
        "array([[1.+0.j, 1.+0.j],\n       [1.+0.j, 1.+0.j]])",
        |c| many(c, Kind::Inverse),
    ),
    Function::row(
        "fft.rfft2",
        TWO,
        "Half of the Fourier transform of real values over two axes.",
        "np.fft.rfft2([[1.0, 0.0], [0.0, 0.0]])",
        "array([[1.+0.j, 1.+0.j],\n       [1.+0.j, 1.+0.j]])",
        |c| many(c, Kind::Real),
    ),
    Function::row(
        "fft.irfft2",
        TWO,
        "Inverse of rfft2.",
        "np.fft.irfft2([[4.0, 0.0], [0.0, 0.0]])",
        "array([[1., 1.],\n       [1., 1.]])",
        |c| many(c, Kind::ToReal),
    ),
    Function::row(
        "fft.rfftn",
        MANY,
        "Half of the Fourier transform of real values over several axes.",
        "np.fft.rfftn([[1.0, 0.0], [0.0, 0.0]])",
        "array([[1.+0.j, 1.+0.j],\n       [1.+0.j, 1.+0.j]])",
        |c| many(c, Kind::Real),
    ),
    Function::row(
        "fft.irfftn",
        MANY,
        "Inverse of rfftn.",
        "np.fft.irfftn([[4.0, 0.0], [0.0, 0.0]])",
        "array([[1., 1.],\n       [1., 1.]])",
        |c| many(c, Kind::ToReal),
    ),
    Function::row(
        "fft.fftfreq",
        FREQ,
        "The frequencies of a transform.",
        "np.fft.fftfreq(4, d=0.5)",
        "array([ 0. ,  0.5, -1. , -0.5])",
        |c| frequencies(c, false),
    ),
    Function::row(
        "fft.rfftfreq",
        FREQ,
        "The frequencies of half a transform.",
        "np.fft.rfftfreq(4, d=0.5)",
        "array([0. , 0.5, 1. ])",
        |c| frequencies(c, true),
    ),
    Function::row(
        "fft.fftshift",
        SHIFT,
        "The zero frequency moved to the middle.",
        "np.fft.fftshift([0, 1, 2, -2, -1])",
        "array([-2, -1,  0,  1,  2])",
        |c| shift(c, |n| n / 2),
    ),
    Function::row(
        "fft.ifftshift",
        SHIFT,
        "The zero frequency moved back to the front.",
        "np.fft.ifftshift([-2, -1, 0, 1, 2])",
        "array([ 0,  1,  2, -2, -1])",
        |c| shift(c, |n| n.div_ceil(2)),
    ),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Forward,
    Inverse,
    Real,
    ToReal,
    Hermitian,
    ToHermitian,
}

impl Kind {
    /// Whether the transform undoes another one, which decides where the factor 1/n belongs.
    fn is_inverse(self) -> bool {
        matches!(self, Kind::Inverse | Kind::ToReal | Kind::ToHermitian)
    }
}

fn complex_dtype(x: &Expr) -> DType {
    x.dtype.complex()
}

/// The factor of the result for a line of `n`.
fn factor(call: &Call<'_>, kind: Kind, n: usize) -> Result<f64> {
    let norm = if call.given("norm") { call.word("norm", &["backward", "ortho", "forward"])? } else { "backward" };
    Ok(match (norm, kind.is_inverse()) {
        ("ortho", _) => 1.0 / (n as f64).sqrt(),
        ("backward", true) | ("forward", false) => 1.0 / n as f64,
        _ => 1.0,
    })
}

/// One transform along an axis; `n` is the length asked for.
fn transform(call: &Call<'_>, x: &Expr, kind: Kind, n: Option<i64>, axis: usize) -> Result<Expr> {
    let have = x.shape[axis];
    let whole = matches!(kind, Kind::ToReal | Kind::Hermitian);
    let n = n.unwrap_or(if whole { 2 * (have as i64 - 1) } else { have as i64 });
    let n = usize::try_from(n)
        .ok()
        .filter(|&n| n > 0)
        .ok_or_else(|| Error::value(format!("Invalid number of FFT data points ({n}) specified.")))?;
    if matches!(kind, Kind::Real | Kind::ToHermitian) && x.dtype.is_complex() {
        return Err(Error::type_(format!(
            "ufunc '{}' did not contain a loop with signature matching types complex",
            call.function.name
        )));
    }
    let complex = complex_dtype(x);
    let input = match kind {
        Kind::Hermitian => un(Kernel::Conjugate, &cast(x, complex))?,
        Kind::ToReal => cast(x, complex),
        _ if x.dtype.is_complex() => x.clone(),
        _ => cast(x, complex.real()),
    };
    let (name, len, dtype) = match kind {
        Kind::Forward => ("fft", n, complex),
        Kind::Inverse => ("ifft", n, complex),
        Kind::Real | Kind::ToHermitian => ("rfft", n / 2 + 1, complex),
        Kind::ToReal | Kind::Hermitian => ("irfft", n, complex.real()),
    };
    let params = vec![Param::Int(n as i64), Param::Float(Scalar::Float64(factor(call, kind, n)?))];
    let y = per_block(name, params, &[(&to_last(&input, axis), 1)], &[len], dtype, 0);
    let y = if kind == Kind::ToHermitian { un(Kernel::Conjugate, &y)? } else { y };
    Ok(from_last(&y, axis))
}

fn one(call: &Call<'_>, kind: Kind) -> Result<Arg> {
    call.no_out()?;
    let x = call.array("a")?;
    let axis = call.axis("axis", x.ndim())?;
    answer(transform(call, &x, kind, call.opt_int("n")?, axis)?)
}

fn many(call: &Call<'_>, kind: Kind) -> Result<Arg> {
    call.no_out()?;
    let mut x = call.array("a")?;
    let lengths = if call.given("s") { Some(call.ints("s")?) } else { None };
    let axes = match (&lengths, call.given("axes")) {
        (Some(lengths), false) => (x.ndim().saturating_sub(lengths.len())..x.ndim()).collect(),
        _ => call.axis_list("axes", x.ndim())?,
    };
    if lengths.as_ref().is_some_and(|s| s.len() != axes.len()) {
        return Err(Error::value("Shape and axes have different lengths."));
    }
    let length = |k: usize| lengths.as_ref().map(|s| s[k]).filter(|&n| n != -1);
    let Some(last) = axes.len().checked_sub(1) else { return answer(x) };
    // Half transforms work on the last axis: first where values become complex, last where they become real again.
    let rest = match kind {
        Kind::Real => Kind::Forward,
        Kind::ToReal => Kind::Inverse,
        other => other,
    };
    if kind == Kind::Real {
        x = transform(call, &x, kind, length(last), axes[last])?;
    }
    let inner = if kind == rest { axes.len() } else { last };
    for k in (0..inner).rev() {
        x = transform(call, &x, rest, length(k), axes[k])?;
    }
    if kind == Kind::ToReal {
        x = transform(call, &x, kind, length(last), axes[last])?;
    }
    answer(x)
}

fn frequencies(call: &Call<'_>, half: bool) -> Result<Arg> {
    let (n, d) = (call.count("n")?, call.float("d")?);
    let unit = real(1.0 / (n as f64 * d));
    let count = super::build::count_up(if half { n / 2 + 1 } else { n });
    let index = if half {
        count
    } else {
        let below = bi(Kernel::Less, &count, &super::build::whole(n.div_ceil(2) as i64))?;
        super::build::choose(&below, &count, &bi(Kernel::Subtract, &count, &super::build::whole(n as i64))?)?
    };
    answer(bi(Kernel::Multiply, &index, &unit)?)
}

fn shift(call: &Call<'_>, by: fn(usize) -> usize) -> Result<Arg> {
    let mut x = call.array("x")?;
    for axis in call.axis_list("axes", x.ndim())? {
        let n = x.shape[axis];
        let by = by(n);
        if n > 0 && !by.is_multiple_of(n) {
            x = join(&[slice(&x, axis, n - by, n), slice(&x, axis, 0, n - by)], axis);
        }
    }
    answer(x)
}
