//! Running sums, products and differences along an axis.

use crate::data::{DType, Error, Result};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, choose, filled, flat, join, slice};
use crate::ops::function::reductions::numbers_of;
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, fill, scan};

const RUNNING: &[Parameter] = &[need("a"), opt("axis", "None"), opt("dtype", "None"), opt("out", "None")];
const CUMULATIVE: &[Parameter] =
    &[need("x"), key("axis", "None"), key("dtype", "None"), key("out", "None"), key("include_initial", "False")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "cumsum",
        RUNNING,
        "Running sum.",
        "np.cumsum([[1, 2], [3, 4]], axis=0)",
        "array([[1, 2],\n       [4, 6]])",
        |c| running(c, Fold::Sum, false),
    )
    .method(),
    Function::row("cumprod", RUNNING, "Running product.", "np.cumprod([1, 2, 3])", "array([1, 2, 6])", |c| {
        running(c, Fold::Prod, false)
    })
    .method(),
    Function::row(
        "nancumsum",
        RUNNING,
        "Running sum that takes NaN for zero.",
        "np.nancumsum([1.0, np.nan, 2.0])",
        "array([1., 1., 3.])",
        |c| running(c, Fold::Sum, true),
    ),
    Function::row(
        "nancumprod",
        RUNNING,
        "Running product that takes NaN for one.",
        "np.nancumprod([2.0, np.nan, 3.0])",
        "array([2., 2., 6.])",
        |c| running(c, Fold::Prod, true),
    ),
    Function::row(
        "cumulative_sum",
        CUMULATIVE,
        "Running sum along an axis.",
        "np.cumulative_sum([1, 2, 3], include_initial=True)",
        "array([0, 1, 3, 6])",
        |c| cumulative(c, Fold::Sum),
    ),
    Function::row(
        "cumulative_prod",
        CUMULATIVE,
        "Running product along an axis.",
        "np.cumulative_prod([1, 2, 3])",
        "array([1, 2, 6])",
        |c| cumulative(c, Fold::Prod),
    ),
    Function::row(
        "diff",
        &[need("a"), opt("n", "1"), opt("axis", "-1"), opt("prepend", "None"), opt("append", "None")],
        "Differences of neighbours.",
        "np.diff([1, 4, 9, 16])",
        "array([3, 5, 7])",
        diff,
    ),
    Function::row(
        "ediff1d",
        &[need("ary"), opt("to_end", "None"), opt("to_begin", "None")],
        "Differences of neighbours in C order, with values before and after.",
        "np.ediff1d([1, 2, 4], to_begin=-99, to_end=[88, 99])",
        "array([-99,   1,   2,  88,  99])",
        ediff1d,
    ),
];

/// What the `accumulate` of a ufunc does, by the ufunc's name.
const ACCUMULATIONS: &[Function] = &[
    accumulation("add", "np.add.accumulate([1, 2, 3])", "array([1, 3, 6])", |c| running(c, Fold::Sum, false)),
    accumulation("multiply", "np.multiply.accumulate([1, 2, 3])", "array([1, 2, 6])", |c| {
        running(c, Fold::Prod, false)
    }),
    accumulation("maximum", "np.maximum.accumulate([2, 1, 3])", "array([2, 2, 3])", |c| running(c, Fold::Max, false)),
    accumulation("minimum", "np.minimum.accumulate([2, 1, 3])", "array([2, 1, 1])", |c| running(c, Fold::Min, false)),
    accumulation("logical_and", "np.logical_and.accumulate([1, 0, 1])", "array([ True, False, False])", |c| {
        truths(c, Fold::Min)
    }),
    accumulation("logical_or", "np.logical_or.accumulate([0, 1, 0])", "array([False,  True,  True])", |c| {
        truths(c, Fold::Max)
    }),
];

const fn accumulation(
    name: &'static str,
    example: &'static str,
    shows: &'static str,
    compose: fn(&Call<'_>) -> Result<Arg>,
) -> Function {
    const OF: &[Parameter] = &[need("a"), opt("axis", "0"), opt("dtype", "None"), opt("out", "None")];
    Function::row(name, OF, "Runs a ufunc along an axis.", example, shows, compose)
}

/// The row of a ufunc's `accumulate`.
pub fn accumulated(ufunc: &str) -> Option<&'static Function> {
    ACCUMULATIONS.iter().find(|row| row.name == ufunc)
}

/// The running fold of what is true.
fn truths(call: &Call<'_>, fold: Fold) -> Result<Arg> {
    call.no_out()?;
    let x = cast(&call.array("a")?, DType::Bool);
    let axis = call.axis("axis", x.ndim())?;
    answer(scan(&x, fold, axis))
}

/// The running fold in the dtype asked for.
fn run(x: &Expr, fold: Fold, axis: usize, dtype: Option<DType>) -> Expr {
    let x = dtype.map_or_else(|| x.clone(), |dtype| cast(x, dtype));
    let y = scan(&x, fold, axis);
    dtype.map_or_else(|| y.clone(), |dtype| cast(&y, dtype))
}

fn running(call: &Call<'_>, fold: Fold, skip_nan: bool) -> Result<Arg> {
    call.no_out()?;
    let mut x = call.array("a")?;
    if skip_nan && let Some(mask) = numbers_of(&x)? {
        x = choose(&mask, &x, &filled(&x, if fold == Fold::Sum { 0.0 } else { 1.0 }, x.dtype))?;
    }
    let (x, axis) = match call.opt_axis("axis", x.ndim())? {
        Some(axis) => (x, axis),
        None => (flat(&x)?, 0),
    };
    answer(run(&x, fold, axis, call.dtype("dtype")?))
}

fn cumulative(call: &Call<'_>, fold: Fold) -> Result<Arg> {
    call.no_out()?;
    let x = call.array("x")?;
    let axis = match call.opt_axis("axis", x.ndim())? {
        Some(axis) => axis,
        None if x.ndim() == 1 => 0,
        None => {
            return Err(Error::value("For arrays which have more than one dimension ``axis`` argument is required."));
        }
    };
    let y = run(&x, fold, axis, call.dtype("dtype")?);
    if !call.flag("include_initial")? {
        return answer(y);
    }
    let mut chunks = y.chunks.clone();
    chunks.0[axis] = crate::data::Cuts::whole(1);
    let start = if fold == Fold::Sum { 0 } else { 1 };
    let first = fill(crate::data::Scalar::Int64(start).cast(y.dtype), chunks);
    answer(join(&[first, y], axis))
}

/// One round of differences; of bools it is whether they differ.
fn differences(x: &Expr, axis: usize) -> Result<Expr> {
    let n = x.shape[axis];
    let (high, low) = (slice(x, axis, 1.min(n), n), slice(x, axis, 0, n.saturating_sub(1)));
    bi(if x.dtype.is_bool() { Kernel::NotEqual } else { Kernel::Subtract }, &high, &low)
}

fn diff(call: &Call<'_>) -> Result<Arg> {
    let mut x = call.array("a")?;
    let n = call.int("n")?;
    if n < 0 {
        return Err(Error::value(format!("order must be non-negative but got {n}")));
    }
    if x.ndim() == 0 {
        return Err(Error::value("diff requires input that is at least one dimensional"));
    }
    let axis = call.axis("axis", x.ndim())?;
    let mut parts = vec![];
    for (name, before) in [("prepend", true), ("append", false)] {
        if !before {
            parts.push(x.clone());
        }
        if let Some(edge) = call.opt_array(name)? {
            let mut shape = x.shape.clone();
            shape[axis] = 1;
            parts.push(if edge.ndim() == 0 { super::build::broadcast_to(&edge, &shape)? } else { edge });
        }
    }
    if parts.len() > 1 {
        x = super::joining::concatenated(&parts, axis)?;
    }
    for _ in 0..n {
        x = differences(&x, axis)?;
    }
    answer(x)
}

fn ediff1d(call: &Call<'_>) -> Result<Arg> {
    let x = flat(&call.array("ary")?)?;
    let inner = differences(&x, 0)?;
    let mut parts = vec![inner.clone()];
    if let Some(first) = call.opt_array("to_begin")? {
        parts.insert(0, cast(&flat(&first)?, inner.dtype));
    }
    if let Some(last) = call.opt_array("to_end")? {
        parts.push(cast(&flat(&last)?, inner.dtype));
    }
    answer(join(&parts, 0))
}
