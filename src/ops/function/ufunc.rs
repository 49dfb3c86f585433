//! How the elementwise functions are called: one or two arrays, `dtype=`, `where=`.

use crate::data::{DType, Result};
use crate::ir::{Expr, Kernel};
use crate::ops::function::build::{choose, filled};
use crate::ops::function::row::{answer, key, opt};
use crate::ops::function::{Arg, Call, How, Parameter};
use crate::ops::primitive::{cast, map};

const fn positional(name: &'static str) -> Parameter {
    Parameter { name, default: None, how: How::PositionalOnly }
}

/// The parameters of an elementwise function of one array.
pub(super) const ONE: &[Parameter] = &[
    positional("x"),
    opt("out", "None"),
    key("where", "True"),
    key("casting", "'same_kind'"),
    key("order", "'K'"),
    key("dtype", "None"),
    key("subok", "True"),
];
/// The parameters of an elementwise function of two arrays.
pub(super) const TWO: &[Parameter] = &[
    positional("x1"),
    positional("x2"),
    opt("out", "None"),
    key("where", "True"),
    key("casting", "'same_kind'"),
    key("order", "'K'"),
    key("dtype", "None"),
    key("subok", "True"),
];

/// A kernel of the argument `x`.
pub(super) fn one(call: &Call<'_>, kernel: Kernel) -> Result<Arg> {
    apply(call, kernel, call.operands(&["x"])?)
}

/// A kernel of the arguments `x1` and `x2`.
pub(super) fn two(call: &Call<'_>, kernel: Kernel) -> Result<Arg> {
    apply(call, kernel, call.operands(&["x1", "x2"])?)
}

/// A comparison of `x1` and `x2`.
pub(super) fn compare(call: &Call<'_>, kernel: Kernel) -> Result<Arg> {
    apply(call, kernel, call.comparands(&["x1", "x2"])?)
}

/// The kernel in the dtype that was asked for, zero where the mask of `where=` does not hold.
pub(super) fn apply(call: &Call<'_>, kernel: Kernel, mut inputs: Vec<Expr>) -> Result<Arg> {
    call.no_out()?;
    let dtype = call.dtype("dtype")?;
    if let Some(dtype) = dtype.filter(|&d| d != DType::Bool) {
        inputs = inputs.iter().map(|x| cast(x, dtype)).collect();
    }
    let x = map(kernel, &inputs)?;
    let x = dtype.map_or_else(|| x.clone(), |dtype| cast(&x, dtype));
    answer(match call.mask()? {
        Some(mask) => choose(&mask, &x, &filled(&x, 0.0, x.dtype))?,
        None => x,
    })
}
