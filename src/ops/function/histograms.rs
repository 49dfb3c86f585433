//! Histograms.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Aggregation, Expr, Fold, Kernel};
use crate::ops::function::build::{bi, flat, floats};
use crate::ops::function::row::{need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{aggregate, cast, reduce};

const HISTOGRAM: &[Parameter] =
    &[need("a"), opt("bins", "10"), opt("range", "None"), opt("density", "None"), opt("weights", "None")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "histogram",
        HISTOGRAM,
        "How many elements fall into each bin, and the bins' edges.",
        "np.histogram([1, 2, 1], bins=[0, 1, 2, 3])",
        "(array([0, 2, 1]), array([0, 1, 2, 3]))",
        histogram,
    ),
    Function::row(
        "histogram_bin_edges",
        &[need("a"), opt("bins", "10"), opt("range", "None"), opt("weights", "None")],
        "The edges of a histogram's bins.",
        "np.histogram_bin_edges([0.0, 4.0], bins=4)",
        "array([0., 1., 2., 3., 4.])",
        |c| {
            let x = flat(&c.array("a")?)?;
            super::row::answer(edges(c, &x)?.0)
        },
    ),
];

/// The ends of the bins: of `range=`, else of the values.
fn ends(call: &Call<'_>, x: &Expr) -> Result<(f64, f64)> {
    let (low, high) = if call.given("range") {
        match call.get("range") {
            Arg::Tuple(items) | Arg::List(items) if items.len() == 2 => {
                (call.number(&items[0])?.to_f64(), call.number(&items[1])?.to_f64())
            }
            _ => return Err(Error::value("range must be (low, high)")),
        }
    } else if x.shape[0] == 0 {
        (0.0, 1.0)
    } else {
        let both = call.host.values(&[reduce(x, Fold::Min, &[0]), reduce(x, Fold::Max, &[0])])?;
        let value =
            |k: usize| both.get(k).and_then(crate::data::Block::item).map_or(f64::NAN, crate::data::Scalar::to_f64);
        (value(0), value(1))
    };
    if !low.is_finite() || !high.is_finite() {
        return Err(Error::value(format!("autodetected range of [{low}, {high}] is not finite")));
    }
    if low > high {
        return Err(Error::value("max must be larger than min in range parameter."));
    }
    Ok(if low == high { (low - 0.5, high + 0.5) } else { (low, high) })
}

/// How many bins a rule asks for, as NumPy's of that name.
fn by_rule(call: &Call<'_>, rule: &str, x: &Expr, span: f64) -> Result<usize> {
    let mut values = call.host.values(std::slice::from_ref(x))?.swap_remove(0).to_vec::<f64>();
    let n = values.len() as f64;
    if n == 0.0 {
        return Ok(1);
    }
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / n;
    let std = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
    let quantile = |q: f64| {
        let at = q * (n - 1.0);
        let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
        low + (high - low) * at.fract()
    };
    let spread = values[values.len() - 1] - values[0];
    let sturges = spread / (n.log2() + 1.0);
    let fd = 2.0 * (quantile(0.75) - quantile(0.25)) / n.cbrt();
    let width = match rule {
        "sqrt" => spread / n.sqrt(),
        "sturges" => sturges,
        "rice" => spread / (2.0 * n.cbrt()),
        "scott" => (24.0 * std::f64::consts::PI.sqrt() / n).cbrt() * std,
        "fd" => fd,
        "auto" if fd > 0.0 => fd.min(sturges),
        "auto" => sturges,
        other => return Err(Error::value(format!("'{other}' is not a valid estimator for `bins`"))),
    };
    Ok(if width > 0.0 { (span / width).ceil() as usize } else { 1 })
}

/// The edges of the bins, and whether they are all of one width.
fn edges(call: &Call<'_>, x: &Expr) -> Result<(Expr, Vec<f64>)> {
    let bins = call.get("bins");
    if matches!(bins, Arg::List(_) | Arg::Tuple(_)) || matches!(bins, Arg::Array(e) if e.ndim() == 1) {
        let given = call.array("bins")?;
        let values = call.host.values(std::slice::from_ref(&given))?.swap_remove(0).to_vec::<f64>();
        if values.windows(2).any(|w| w[0] > w[1]) {
            return Err(Error::value("`bins` must increase monotonically, when an array"));
        }
        return Ok((given, values));
    }
    let (low, high) = ends(call, x)?;
    let n = match bins {
        Arg::Str(rule) => by_rule(call, rule, x, high - low)?,
        _ => match call.int("bins")? {
            n if n > 0 => n as usize,
            _ => return Err(Error::value("`bins` must be positive, when an integer")),
        },
    };
    let step = (high - low) / n as f64;
    let values: Vec<f64> = (0..=n).map(|k| if k == n { high } else { k as f64 * step + low }).collect();
    if x.dtype != DType::Float32 {
        return Ok((floats(values.clone()), values));
    }
    let values = if call.given("range") { values } else { single_steps(low as f32, high as f32, n) };
    let values: Vec<f64> = values.into_iter().map(|v| f64::from(v as f32)).collect();
    Ok((cast(&floats(values.clone()), DType::Float32), values))
}

/// Edges between float32 ends, which NumPy reckons in float32.
fn single_steps(low: f32, high: f32, n: usize) -> Vec<f64> {
    let step = (high - low) / n as f32;
    (0..=n).map(|k| f64::from(if k == n { high } else { k as f32 * step + low })).collect()
}

fn histogram(call: &Call<'_>) -> Result<Arg> {
    let x = flat(&call.array("a")?)?;
    let x = if x.dtype.is_bool() { cast(&x, DType::UInt8) } else { x };
    let weights = call.opt_array("weights")?.map(|w| flat(&w)).transpose()?;
    if weights.as_ref().is_some_and(|w| w.shape != x.shape) {
        return Err(Error::value("weights should have the same shape as a."));
    }
    let (shown, values) = edges(call, &x)?;
    let counts = counted(&x, weights.as_ref(), &values);
    let counts = match weights.as_ref().map(|w| w.dtype) {
        Some(dtype) if !dtype.is_inexact() => cast(&counts, DType::Int64),
        _ => counts,
    };
    if !call.flag("density")? {
        return tuple(vec![counts, shown]);
    }
    let widths = floats(values.windows(2).map(|w| w[1] - w[0]).collect());
    let total = reduce(&counts, Fold::Sum, &[0]);
    tuple(vec![bi(Kernel::Divide, &bi(Kernel::Divide, &counts, &widths)?, &total)?, shown])
}

/// How many elements, or which sum of weights, each bin between edges has.
fn counted(x: &Expr, weights: Option<&Expr>, edges: &[f64]) -> Expr {
    let x = if x.dtype.is_complex() { cast(x, DType::Float64) } else { x.clone() };
    let weights = weights.map(|w| cast(w, DType::Float64));
    let inputs: Vec<&Expr> = std::iter::once(&x).chain(&weights).collect();
    aggregate(Aggregation::Bins { edges: edges.iter().map(|&v| Scalar::Float64(v)).collect() }, &inputs, 0)
}
