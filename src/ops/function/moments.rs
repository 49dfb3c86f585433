//! Means, weighted averages, variances and standard deviations.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, broadcast_to, un};
use crate::ops::function::over::Over;
use crate::ops::function::row::{answer, key, need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, expand, reduce, reduce_masked};

const MEAN: &[Parameter] = &[
    need("a"),
    opt("axis", "None"),
    opt("dtype", "None"),
    opt("out", "None"),
    opt("keepdims", "False"),
    key("where", "True"),
];
const VAR: &[Parameter] = &[
    need("a"),
    opt("axis", "None"),
    opt("dtype", "None"),
    opt("out", "None"),
    opt("ddof", "0"),
    opt("keepdims", "False"),
    key("where", "True"),
    key("mean", "None"),
    key("correction", "None"),
];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row("mean", MEAN, "Arithmetic mean.", "np.mean([[1, 2], [3, 4]], axis=1)", "array([1.5, 3.5])", |c| {
        mean(c, false)
    })
    .method(),
    Function::row(
        "nanmean",
        MEAN,
        "Arithmetic mean of the elements that are not NaN.",
        "np.nanmean([1.0, np.nan, 3.0])",
        "np.float64(2.0)",
        |c| mean(c, true),
    ),
    Function::row("var", VAR, "Variance.", "np.var([1, 2, 3, 4])", "np.float64(1.25)", |c| spread(c, false, false))
        .method(),
    Function::row(
        "std",
        VAR,
        "Standard deviation.",
        "np.std([1, 2, 3, 4], ddof=1)",
        "np.float64(1.2909944487358056)",
        |c| spread(c, false, true),
    )
    .method(),
    Function::row(
        "nanvar",
        VAR,
        "Variance of the elements that are not NaN.",
        "np.nanvar([1.0, np.nan, 3.0])",
        "np.float64(1.0)",
        |c| spread(c, true, false),
    ),
    Function::row(
        "nanstd",
        VAR,
        "Standard deviation of the elements that are not NaN.",
        "np.nanstd([1.0, np.nan, 3.0])",
        "np.float64(1.0)",
        |c| spread(c, true, true),
    ),
    Function::row(
        "average",
        &[need("a"), opt("axis", "None"), opt("weights", "None"), opt("returned", "False"), key("keepdims", "False")],
        "Weighted average.",
        "np.average([1, 2, 3], weights=[3, 1, 0])",
        "np.float64(1.25)",
        average,
    ),
];

/// The array in the dtype it is averaged in.
fn inexact(call: &Call<'_>, x: &Expr) -> Result<Expr> {
    let natural = if x.dtype.is_inexact() { x.dtype } else { DType::Float64 };
    Ok(cast(x, call.dtype("dtype")?.unwrap_or(natural)))
}

fn warn_if_empty(call: &Call<'_>, over: &Over) {
    if over.is_empty() {
        call.host.warn("RuntimeWarning: Mean of empty slice");
    }
}

fn mean(call: &Call<'_>, skip_nan: bool) -> Result<Arg> {
    let over = Over::of(call, skip_nan)?;
    warn_if_empty(call, &over);
    let x = inexact(call, &over.x)?;
    let sum = over.fold(&x, Fold::Sum)?;
    let count = cast(&over.count()?, sum.dtype.real());
    let dtype = sum.dtype;
    answer(over.finish(&cast(&bi(Kernel::Divide, &sum, &count)?, dtype)))
}

fn spread(call: &Call<'_>, skip_nan: bool, root: bool) -> Result<Arg> {
    let over = Over::of(call, skip_nan)?;
    warn_if_empty(call, &over);
    let x = inexact(call, &over.x)?;
    let ddof = call.float(if call.given("correction") { "correction" } else { "ddof" })?;
    let fold = Fold::Var { ddof: Scalar::Float64(ddof) };
    let y = match (&over.mask, call.given("mean")) {
        (_, true) => around(&over, &x, &call.array("mean")?, ddof)?,
        (Some(mask), _) => reduce_masked(&x, mask, fold, &over.axes)?,
        (None, _) => reduce(&x, fold, &over.axes),
    };
    answer(over.finish(&if root { un(Kernel::Sqrt, &y)? } else { y }))
}

/// The variance around a mean that is given.
fn around(over: &Over, x: &Expr, mean: &Expr, ddof: f64) -> Result<Expr> {
    let off = bi(Kernel::Subtract, x, mean)?;
    let off = if off.dtype.is_complex() { un(Kernel::Abs, &off)? } else { off };
    let sum = over.fold(&un(Kernel::Square, &off)?, Fold::Sum)?;
    let count = bi(Kernel::Subtract, &over.count()?, &super::build::real(ddof))?;
    let dtype = sum.dtype;
    Ok(cast(&bi(Kernel::Divide, &sum, &count)?, dtype))
}

fn average(call: &Call<'_>) -> Result<Arg> {
    let over = Over::of(call, false)?;
    let Some(weights) = call.opt_array("weights")? else {
        let x = inexact(call, &over.x)?;
        let y = bi(Kernel::Divide, &over.fold(&x, Fold::Sum)?, &over.count()?)?;
        return weighed(call, &over, y, over.count()?);
    };
    let weights = fit_weights(&over, &weights)?;
    let dtype = over.x.dtype.promote(weights.dtype);
    let dtype = if dtype.is_inexact() { dtype } else { DType::Float64 };
    let weights = broadcast_to(&cast(&weights, dtype), &over.x.shape)?;
    let sum = reduce(&weights, Fold::Sum, &over.axes);
    let product = bi(Kernel::Multiply, &cast(&over.x, dtype), &weights)?;
    let y = bi(Kernel::Divide, &reduce(&product, Fold::Sum, &over.axes), &sum)?;
    weighed(call, &over, y, sum)
}

/// Weights of the array's shape, or 1-d along the one axis.
fn fit_weights(over: &Over, weights: &Expr) -> Result<Expr> {
    if weights.shape == over.x.shape {
        return Ok(weights.clone());
    }
    let along: Vec<usize> = over.axes.iter().map(|&axis| over.x.shape[axis]).collect();
    if over.axes.len() == over.x.ndim() && over.x.ndim() != 1 {
        return Err(Error::type_("Axis must be specified when shapes of a and weights differ."));
    }
    if weights.shape != along {
        return Err(Error::value("Shape of weights must be consistent with shape of a along specified axis."));
    }
    let others: Vec<usize> = (0..over.x.ndim()).filter(|axis| !over.axes.contains(axis)).collect();
    Ok(expand(weights, &others))
}

fn weighed(call: &Call<'_>, over: &Over, y: Expr, sum: Expr) -> Result<Arg> {
    let y = over.finish(&y);
    if !call.flag("returned")? {
        return answer(y);
    }
    let sum = broadcast_to(&over.finish(&cast(&sum, y.dtype)), &y.shape)?;
    tuple(vec![y, sum])
}
