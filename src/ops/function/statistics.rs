//! Medians, quantiles, histograms, correlation, gradients and convolution.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Aggregation, Expr, Fold, Kernel, Location, Param};
use crate::ops::function::build::{bi, choose, flat, floats, real, to_last, un};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::kernel::quantile::METHODS;
use crate::ops::primitive::{aggregate, cast, expand, locate, per_block, reduce, reshape, squeeze};

const MEDIAN: &[Parameter] =
    &[need("a"), opt("axis", "None"), opt("out", "None"), opt("overwrite_input", "False"), opt("keepdims", "False")];
const QUANTILE: &[Parameter] = &[
    need("a"),
    need("q"),
    opt("axis", "None"),
    opt("out", "None"),
    opt("overwrite_input", "False"),
    opt("method", "'linear'"),
    opt("keepdims", "False"),
    key("weights", "None"),
    key("interpolation", "None"),
];
const COV: &[Parameter] = &[
    need("m"),
    opt("y", "None"),
    opt("rowvar", "True"),
    opt("bias", "False"),
    opt("ddof", "None"),
    opt("fweights", "None"),
    opt("aweights", "None"),
    key("dtype", "None"),
];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row("median", MEDIAN, "Median.", "np.median([[10, 7, 4], [3, 2, 1]], axis=1)", "array([7., 2.])", |c| {
        median(c, false)
    }),
    Function::row(
        "nanmedian",
        MEDIAN,
        "Median of the elements that are not NaN.",
        "np.nanmedian([1.0, np.nan, 3.0, 8.0])",
        "np.float64(3.0)",
        |c| median(c, true),
    ),
    Function::row(
        "quantile",
        QUANTILE,
        "Quantiles.",
        "np.quantile([1, 2, 3, 4], [0.25, 0.5])",
        "array([1.75, 2.5 ])",
        |c| quantile(c, 1.0, false),
    ),
    Function::row(
        "nanquantile",
        QUANTILE,
        "Quantiles of the elements that are not NaN.",
        "np.nanquantile([1.0, np.nan, 3.0], 0.5)",
        "np.float64(2.0)",
        |c| quantile(c, 1.0, true),
    ),
    Function::row("percentile", QUANTILE, "Percentiles.", "np.percentile([1, 2, 3, 4], 50)", "np.float64(2.5)", |c| {
        quantile(c, 100.0, false)
    }),
    Function::row(
        "nanpercentile",
        QUANTILE,
        "Percentiles of the elements that are not NaN.",
        "np.nanpercentile([1.0, np.nan, 3.0], 25)",
        "np.float64(1.5)",
        |c| quantile(c, 100.0, true),
    ),
    Function::row(
        "cov",
        COV,
        "Covariance matrix.",
        "np.cov([[0, 1, 2], [2, 1, 0]])",
        "array([[ 1., -1.],\n       [-1.,  1.]])",
        |c| answer(covariance(c, "m")?),
    ),
    Function::row(
        "corrcoef",
        &[need("x"), opt("y", "None"), opt("rowvar", "True"), key("dtype", "None")],
        "Correlation coefficients.",
        "np.corrcoef([[0, 1, 2], [2, 1, 0]])",
        "array([[ 1., -1.],\n       [-1.,  1.]])",
        corrcoef,
    ),
    Function::row(
        "bincount",
        &[need("x"), opt("weights", "None"), opt("minlength", "0")],
        "How often each non-negative integer is there.",
        "np.bincount([0, 1, 1, 3])",
        "array([1, 2, 0, 1])",
        bincount,
    ),
    Function::row(
        "convolve",
        &[need("a"), need("v"), opt("mode", "'full'")],
        "Convolution of two lines.",
        "np.convolve([1, 2, 3], [0, 1])",
        "array([0, 1, 2, 3])",
        |c| convolve(c, false),
    ),
    Function::row(
        "correlate",
        &[need("a"), need("v"), opt("mode", "'valid'")],
        "Cross-correlation of two lines.",
        "np.correlate([1, 2, 3], [0, 1])",
        "array([2, 3])",
        |c| convolve(c, true),
    ),
    Function::row(
        "gradient",
        &[need("f"), Parameter::rest("varargs"), key("axis", "None"), key("edge_order", "1")],
        "Slopes by central differences.",
        "np.gradient([1.0, 2.0, 4.0, 7.0])",
        "array([1. , 1.5, 2.5, 3. ])",
        super::slopes::gradient,
    ),
    Function::row(
        "trapezoid",
        &[need("y"), opt("x", "None"), opt("dx", "1.0"), opt("axis", "-1")],
        "Integral by the trapezoidal rule.",
        "np.trapezoid([1, 2, 3])",
        "np.float64(4.0)",
        super::slopes::trapezoid,
    ),
    Function::row(
        "interp",
        &[need("x"), need("xp"), need("fp"), opt("left", "None"), opt("right", "None"), opt("period", "None")],
        "Linear interpolation.",
        "np.interp(2.5, [1, 2, 3], [3, 2, 0])",
        "np.float64(1.0)",
        interp,
    ),
];

/// The axes to fold brought to the end.
fn folded_last(x: &Expr, axes: &[usize]) -> Expr {
    axes.iter().enumerate().fold(x.clone(), |moved, (done, &axis)| to_last(&moved, axis - done))
}

/// A real array: medians and quantiles of complex numbers are refused.
fn ordered(x: Expr) -> Result<Expr> {
    if x.dtype.is_complex() { Err(Error::type_("a must be an array of real numbers")) } else { Ok(x) }
}

fn median(call: &Call<'_>, skip_nan: bool) -> Result<Arg> {
    call.no_out()?;
    let x = ordered(call.array("a")?)?;
    let axes = call.axes("axis", x.ndim())?;
    let dtype = if x.dtype == DType::Float32 { DType::Float32 } else { DType::Float64 };
    let params = vec![Param::Bool(skip_nan), Param::Bool(dtype == DType::Float32)];
    let y = per_block("median", params, &[(&folded_last(&x, &axes), axes.len())], &[1], dtype, 0);
    let y = squeeze(&y, &[y.ndim() - 1])?;
    answer(if call.flag("keepdims")? { expand(&y, &axes) } else { y })
}

fn quantile(call: &Call<'_>, scale: f64, skip_nan: bool) -> Result<Arg> {
    call.no_out()?;
    if call.given("weights") {
        return Err(Error::not_implemented("quantiles with weights are not there yet"));
    }
    let x = ordered(call.array("a")?)?;
    let axes = call.axes("axis", x.ndim())?;
    let q = call.array("q")?;
    let qs = call.host.values(std::slice::from_ref(&q))?.first().map(|b| b.to_vec::<f64>()).unwrap_or_default();
    if qs.iter().any(|v| !(0.0..=scale).contains(v)) {
        let range = if scale == 1.0 {
            "Quantiles must be in the range [0, 1]"
        } else {
            "Percentiles must be in the range [0, 100]"
        };
        return Err(Error::value(range));
    }
    let methods: Vec<&'static str> = METHODS.iter().map(|row| row.0).collect();
    let method = call.word("method", &methods)?;
    let discrete = METHODS.iter().any(|row| row.0 == method && row.1);
    // As NumPy does: one q takes the dtype of a float32 array, several are float64 themselves.
    let single = x.dtype == DType::Float32 && (q.ndim() == 0 || q.dtype == DType::Float32);
    let part = |v: f64| if single { f64::from(v as f32 / scale as f32) } else { v / scale };
    let mut params = vec![Param::Bool(skip_nan), Param::Bool(single), Param::Str(method.into())];
    params.extend(qs.iter().map(|&v| Param::Float(Scalar::Float64(part(v)))));
    let dtype = match (discrete, single) {
        (true, _) => x.dtype,
        (false, true) => DType::Float32,
        (false, false) => DType::Float64,
    };
    let y = per_block("quantile", params, &[(&folded_last(&x, &axes), axes.len())], &[qs.len()], dtype, 0);
    let mut y = super::build::move_axis(&y, y.ndim() - 1, 0);
    if call.flag("keepdims")? {
        y = expand(&y, &axes.iter().map(|axis| axis + 1).collect::<Vec<_>>());
    }
    let shape = [&q.shape[..], &y.shape[1..]].concat();
    answer(reshape(&y, &shape)?)
}

/// The covariance of the rows of `m` (and `y`).
fn covariance(call: &Call<'_>, name: &str) -> Result<Expr> {
    let row = |x: Expr| -> Result<Expr> {
        let x = super::shape::with_axes(&x, 2);
        Ok(cast(&x, x.dtype.to_inexact().promote(DType::Float64)))
    };
    let mut x = row(call.array(name)?)?;
    let by_row = call.flag("rowvar")?;
    if !by_row && x.shape[0] != 1 {
        x = super::shape::swapped(&x, 0, 1);
    }
    if let Some(y) = call.opt_array("y")? {
        let y = row(y)?;
        let y = if !by_row && y.shape[0] != 1 { super::shape::swapped(&y, 0, 1) } else { y };
        x = super::joining::concatenated(&[x, y], 0)?;
    }
    let ddof = match call.opt_int("ddof")? {
        Some(ddof) => ddof as f64,
        None => f64::from(u8::from(!call.flag("bias")?)),
    };
    let n = super::build::count_over(&x, &[1])?;
    let mut weights: Option<Expr> = call.opt_array("fweights")?.map(|w| cast(&w, DType::Float64));
    let aweights = call.opt_array("aweights")?.map(|w| cast(&w, DType::Float64));
    if let Some(a) = &aweights {
        weights = Some(weights.map_or_else(|| Ok(a.clone()), |w| bi(Kernel::Multiply, &w, a))?);
    }
    let total = |w: &Expr| reduce(w, Fold::Sum, &[0]);
    let (mean, factor) = match &weights {
        None => (bi(Kernel::Divide, &reduce(&x, Fold::Sum, &[1]), &n)?, bi(Kernel::Subtract, &n, &real(ddof))?),
        Some(w) => {
            let sum = total(w);
            let mean = bi(Kernel::Divide, &reduce(&bi(Kernel::Multiply, &x, w)?, Fold::Sum, &[1]), &sum)?;
            let less = match &aweights {
                None => real(ddof),
                Some(a) => {
                    bi(Kernel::Multiply, &real(ddof), &bi(Kernel::Divide, &total(&bi(Kernel::Multiply, w, a)?), &sum)?)?
                }
            };
            (mean, bi(Kernel::Subtract, &sum, &less)?)
        }
    };
    let off = bi(Kernel::Subtract, &x, &expand(&mean, &[1]))?;
    let weighed = weights.as_ref().map_or_else(|| Ok(off.clone()), |w| bi(Kernel::Multiply, &off, w))?;
    let other = super::shape::swapped(&un(Kernel::Conjugate, &weighed)?, 0, 1);
    let y = bi(Kernel::Divide, &super::linear_algebra::multiply(&off, &other)?, &factor)?;
    let ones: Vec<usize> = (0..2).filter(|&axis| y.shape[axis] == 1).collect();
    squeeze(&y, &ones)
}

fn corrcoef(call: &Call<'_>) -> Result<Arg> {
    let c = covariance(call, "x")?;
    if c.ndim() == 0 {
        return answer(bi(Kernel::Divide, &c, &c)?);
    }
    let spread = un(Kernel::Sqrt, &un(Kernel::Real, &super::diagonals::diagonal(&c, 0)?)?)?;
    let y = bi(Kernel::Divide, &bi(Kernel::Divide, &c, &expand(&spread, &[1]))?, &expand(&spread, &[0]))?;
    if y.dtype.is_complex() {
        return answer(y);
    }
    answer(bi(Kernel::Minimum, &bi(Kernel::Maximum, &y, &real(-1.0))?, &real(1.0))?)
}

fn bincount(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    if x.ndim() != 1 {
        return Err(Error::value("object too deep for desired array"));
    }
    if x.dtype.is_inexact() && x.shape[0] > 0 {
        return Err(Error::type_(format!(
            "Cannot cast array data from dtype('{}') to dtype('int64') according to the rule 'safe'",
            x.dtype
        )));
    }
    let x = cast(&x, DType::Int64);
    let kind = Aggregation::Counts { least: call.count("minlength")?, is_exact: false };
    match call.opt_array("weights")? {
        Some(w) if w.shape != x.shape => Err(Error::value("The weights and list don't have the same length.")),
        Some(w) => {
            let w = cast(&w, DType::Float64);
            answer(aggregate(kind, &[&x, &w], 0))
        }
        None => answer(aggregate(kind, &[&x], 0)),
    }
}

fn convolve(call: &Call<'_>, correlate: bool) -> Result<Arg> {
    let both = call.operands(&["a", "v"])?;
    let (a, v) = (flat(&both[0])?, flat(&both[1])?);
    for (x, name) in [(&a, "a"), (&v, "v")] {
        if x.shape[0] == 0 {
            return Err(Error::value(format!("{name} cannot be empty")));
        }
    }
    let mode = call.word("mode", &["full", "same", "valid"])?;
    let v = if correlate { crate::ops::primitive::flip(&un(Kernel::Conjugate, &v)?, &[0]) } else { v };
    let y = super::convolution::convolved(&a, &v, mode)?;
    answer(y)
}

fn interp(call: &Call<'_>) -> Result<Arg> {
    let (mut x, mut xp, mut fp) = (call.array("x")?, call.array("xp")?, call.array("fp")?);
    if xp.ndim() != 1 || fp.ndim() != 1 {
        return Err(Error::value("Data points must be 1-D sequences"));
    }
    if xp.shape != fp.shape {
        return Err(Error::value("fp and xp are not of the same length."));
    }
    if xp.shape[0] == 0 {
        return Err(Error::value("array of sample points is empty"));
    }
    if call.given("period") {
        (x, xp, fp) = periodic(call, &x, &xp, &fp)?;
    }
    if fp.dtype.is_complex() {
        let part = |kernel| un(kernel, &fp).and_then(|part| interpolated(call, &x, &xp, &part));
        return answer(bi(Kernel::MakeComplex, &part(Kernel::Real)?, &part(Kernel::Imag)?)?);
    }
    answer(interpolated(call, &x, &xp, &fp)?)
}

/// Values between points, and `left` and `right` outside.
fn interpolated(call: &Call<'_>, x: &Expr, xp: &Expr, fp: &Expr) -> Result<Expr> {
    let end = |name: &str| if call.given(name) { call.float(name).map(|v| Some(Scalar::Float64(v))) } else { Ok(None) };
    let (left, right) = (end("left")?, end("right")?);
    let points = super::build::join(&[cast(xp, DType::Float64), cast(fp, DType::Float64)], 0);
    Ok(locate(&cast(x, DType::Float64), &points, Location::Between { left, right }))
}

/// Points brought into one period and lengthened by one at either side.
fn periodic(call: &Call<'_>, x: &Expr, xp: &Expr, fp: &Expr) -> Result<(Expr, Expr, Expr)> {
    let period = call.float("period")?.abs();
    if period == 0.0 {
        return Err(Error::value("period must be a non-zero value"));
    }
    let values = call.host.values(&[xp.clone(), fp.clone()])?;
    let mut pairs: Vec<(f64, f64)> =
        values[0].to_vec::<f64>().iter().map(|v| v.rem_euclid(period)).zip(values[1].to_vec::<f64>()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, last) = (pairs[0], pairs[pairs.len() - 1]);
    pairs.insert(0, (last.0 - period, last.1));
    pairs.push((first.0 + period, first.1));
    let x = bi(Kernel::Remainder, &cast(x, DType::Float64), &real(period))?;
    let (xp, fp) = pairs.into_iter().unzip();
    let x = choose(&un(Kernel::Isnan, &x)?, &real(f64::NAN), &x)?;
    Ok((x, floats(xp), floats(fp)))
}
