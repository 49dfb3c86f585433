//! Window functions of signal processing.

use crate::data::{DType, Result};
use crate::ir::{Expr, Kernel};
use crate::ops::function::build::{bi, choose, real, un};
use crate::ops::function::row::{answer, need};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, iota};
use std::f64::consts::PI;

const M: &[Parameter] = &[need("M")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row("bartlett", M, "The triangular window.", "np.bartlett(5)", "array([0. , 0.5, 1. , 0.5, 0. ])", |c| {
        window(c, bartlett)
    }),
    Function::row(
        "blackman",
        M,
        "The Blackman window.",
        "np.blackman(4)",
        "array([-1.38777878e-17,  6.30000000e-01,  6.30000000e-01, -1.38777878e-17])",
        |c| window(c, |n, m| cosines(n, m, &[0.42, 0.5, 0.08])),
    ),
    Function::row("hamming", M, "The Hamming window.", "np.hamming(4)", "array([0.08, 0.77, 0.77, 0.08])", |c| {
        window(c, |n, m| cosines(n, m, &[0.54, 0.46]))
    }),
    Function::row("hanning", M, "The Hann window.", "np.hanning(5)", "array([0. , 0.5, 1. , 0.5, 0. ])", |c| {
        window(c, |n, m| cosines(n, m, &[0.5, 0.5]))
    }),
    Function::row(
        "kaiser",
        &[need("M"), need("beta")],
        "The Kaiser window.",
        "np.kaiser(4, 2.0)",
        "array([0.43867628, 0.92431388, 0.92431388, 0.43867628])",
        kaiser,
    ),
];

/// A window of `M` points by its formula over `1 - M, 3 - M, .. M - 1`.
fn window(call: &Call<'_>, formula: impl Fn(&Expr, f64) -> Result<Expr>) -> Result<Arg> {
    let m = call.float("M")?;
    let len = m.ceil().max(0.0) as usize;
    if len <= 1 {
        return answer(crate::ops::primitive::fill(
            crate::data::Scalar::Float64(1.0),
            crate::data::Chunks::whole(&[len]),
        ));
    }
    let chunks = call.chunks("chunks", &[len], DType::Float64)?;
    let start = crate::data::Scalar::Float64(1.0 - m);
    answer(formula(&iota(start, crate::data::Scalar::Float64(2.0), DType::Float64, chunks), m)?)
}

fn bartlett(n: &Expr, m: f64) -> Result<Expr> {
    let part = bi(Kernel::Divide, n, &real(m - 1.0))?;
    let up = bi(Kernel::Add, &real(1.0), &part)?;
    choose(&bi(Kernel::LessEqual, n, &real(0.0))?, &up, &bi(Kernel::Subtract, &real(1.0), &part)?)
}

/// `a0 + a1 cos(pi n / (M - 1)) + a2 cos(2 pi n / (M - 1))`
fn cosines(n: &Expr, m: f64, weights: &[f64]) -> Result<Expr> {
    let mut y = real(weights[0]);
    for (k, &weight) in weights.iter().enumerate().skip(1) {
        let turn = bi(Kernel::Divide, &bi(Kernel::Multiply, &real(k as f64 * PI), n)?, &real(m - 1.0))?;
        y = bi(Kernel::Add, &y, &bi(Kernel::Multiply, &real(weight), &un(Kernel::Cos, &turn)?)?)?;
    }
    Ok(cast(&y, DType::Float64))
}

fn kaiser(call: &Call<'_>) -> Result<Arg> {
    let beta = call.float("beta")?;
    window(call, |n, m| {
        let ratio = bi(Kernel::Divide, n, &real(m - 1.0))?;
        let inside = bi(Kernel::Subtract, &real(1.0), &un(Kernel::Square, &ratio)?)?;
        let root = un(Kernel::Sqrt, &bi(Kernel::Maximum, &inside, &real(0.0))?)?;
        let top = un(Kernel::I0, &bi(Kernel::Multiply, &real(beta), &root)?)?;
        bi(Kernel::Divide, &top, &un(Kernel::I0, &real(beta))?)
    })
}
