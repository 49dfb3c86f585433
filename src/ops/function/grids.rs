//! Histograms over several coordinates.

use crate::data::{DType, Error, Result};
use crate::ir::{Aggregation, Expr, Fold, Kernel, Location};
use crate::ops::function::build::{at, bi, choose, flat, floats, slice, un, whole};
use crate::ops::function::row::{answer, need, opt};
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::{aggregate, cast, expand, locate, reduce, reshape};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "histogram2d",
        &[
            need("x"),
            need("y"),
            opt("bins", "10"),
            opt("range", "None"),
            opt("density", "None"),
            opt("weights", "None"),
        ],
        "How many points fall into each cell of a grid, and the edges along both axes.",
        "np.histogram2d([1, 1, 2], [1, 2, 2], bins=2)[0]",
        "array([[1., 1.],\n       [0., 1.]])",
        histogram2d,
    ),
    Function::row(
        "histogramdd",
        &[need("sample"), opt("bins", "10"), opt("range", "None"), opt("density", "None"), opt("weights", "None")],
        "How many points fall into each cell of a grid, and the edges along each axis.",
        "np.histogramdd(np.array([[0, 0], [0, 1], [1, 1]]), bins=2)[0]",
        "array([[1., 1.],\n       [0., 1.]])",
        histogramdd,
    ),
];

/// The entry of an argument for each coordinate: one for all, or one each.
fn each(arg: &Arg, count: usize) -> Vec<Arg> {
    match arg {
        Arg::List(items) | Arg::Tuple(items) if items.len() == count => items.clone(),
        one => vec![one.clone(); count],
    }
}

/// The edges of the bins of one coordinate.
fn edges(call: &Call<'_>, x: &Expr, bins: &Arg, range: &Arg) -> Result<Vec<f64>> {
    if matches!(bins, Arg::List(_) | Arg::Tuple(_)) || matches!(bins, Arg::Array(e) if e.ndim() == 1) {
        let given = super::operands::asarray(bins)?;
        let values = call.host.values(&[given])?.swap_remove(0).to_vec::<f64>();
        if values.windows(2).any(|w| w[0] > w[1]) {
            return Err(Error::value("`bins` must increase monotonically, when an array"));
        }
        return Ok(values);
    }
    let n = usize::try_from(call.int_of(bins, "bins")?).ok().filter(|&n| n > 0);
    let n = n.ok_or_else(|| Error::value("`bins` must be positive, when an integer"))?;
    let (low, high) = match range {
        Arg::Tuple(ends) | Arg::List(ends) if ends.len() == 2 => {
            (call.number(&ends[0])?.to_f64(), call.number(&ends[1])?.to_f64())
        }
        _ if x.shape[0] == 0 => (0.0, 1.0),
        _ => {
            let both = call.host.values(&[reduce(x, Fold::Min, &[0]), reduce(x, Fold::Max, &[0])])?;
            let value = |k: usize| both[k].item().map_or(f64::NAN, crate::data::Scalar::to_f64);
            (value(0), value(1))
        }
    };
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    Ok((0..=n).map(|k| if k == n { high } else { low + k as f64 * ((high - low) / n as f64) }).collect())
}

/// The counts of the cells and the edges along each coordinate.
fn counted(call: &Call<'_>, points: &[Expr], bins: &[Arg]) -> Result<(Expr, Vec<Vec<f64>>)> {
    let ranges = each(call.get("range"), points.len());
    let (mut all, mut shape) = (Vec::new(), Vec::new());
    let mut cell = whole(0);
    let mut outside = bi(Kernel::NotEqual, &points[0], &points[0])?;
    for ((x, bins), range) in points.iter().zip(bins).zip(&ranges) {
        let values = edges(call, x, bins, range)?;
        let (n, line, x) = (values.len() - 1, floats(values.clone()), cast(x, DType::Float64));
        let found = locate(&x, &line, Location::After);
        let last = bi(Kernel::Equal, &x, &at(&line, 0, n))?;
        let bin = bi(Kernel::Subtract, &choose(&last, &whole(n as i64), &found)?, &whole(1))?;
        let low = bi(Kernel::Less, &bin, &whole(0))?;
        let high = bi(Kernel::GreaterEqual, &bin, &whole(n as i64))?;
        outside = bi(Kernel::LogicalOr, &outside, &bi(Kernel::LogicalOr, &low, &high)?)?;
        cell = bi(Kernel::Add, &bi(Kernel::Multiply, &cell, &whole(n as i64))?, &bin)?;
        shape.push(n);
        all.push(values);
    }
    let cells: usize = shape.iter().product();
    // What falls outside is counted in one cell more, which is cut off.
    let cell = choose(&outside, &whole(cells as i64), &cell)?;
    let weights = call.opt_array("weights")?.map(|w| cast(&w, DType::Float64));
    let inputs: Vec<&Expr> = std::iter::once(&cell).chain(&weights).collect();
    let counts = aggregate(Aggregation::Counts { least: cells + 1, is_exact: true }, &inputs, 0);
    let counts = reshape(&cast(&slice(&counts, 0, 0, cells), DType::Float64), &shape)?;
    Ok((if call.flag("density")? { density(&counts, &all)? } else { counts }, all))
}

/// Counts over the volume of each cell and their sum.
fn density(counts: &Expr, edges: &[Vec<f64>]) -> Result<Expr> {
    let n = counts.ndim();
    let total = reduce(counts, Fold::Sum, &(0..n).collect::<Vec<_>>());
    let mut y = bi(Kernel::Divide, counts, &total)?;
    for (axis, values) in edges.iter().enumerate() {
        let widths = floats(values.windows(2).map(|w| w[1] - w[0]).collect());
        let others: Vec<usize> = (0..n).filter(|&other| other != axis).collect();
        y = bi(Kernel::Divide, &y, &expand(&widths, &others))?;
    }
    Ok(y)
}

fn histogram2d(call: &Call<'_>) -> Result<Arg> {
    let points = [flat(&call.array("x")?)?, flat(&call.array("y")?)?];
    if points[0].shape != points[1].shape {
        return Err(Error::value("x and y must have the same length."));
    }
    let (counts, edges) = counted(call, &points, &each(call.get("bins"), 2))?;
    let mut out = vec![Arg::Array(counts)];
    out.extend(edges.into_iter().map(|e| Arg::Array(floats(e))));
    Ok(Arg::Tuple(out))
}

fn histogramdd(call: &Call<'_>) -> Result<Arg> {
    let points: Vec<Expr> = match call.get("sample") {
        Arg::List(_) | Arg::Tuple(_) => call.arrays("sample")?,
        _ => {
            let x = super::shape::with_axes(&call.array("sample")?, 2);
            (0..x.shape[1]).map(|k| at(&x, 1, k)).collect()
        }
    };
    if points.is_empty() {
        return answer(un(Kernel::Positive, &call.array("sample")?)?);
    }
    let (counts, edges) = counted(call, &points, &each(call.get("bins"), points.len()))?;
    let edges = edges.into_iter().map(|e| Arg::Array(floats(e))).collect();
    Ok(Arg::Tuple(vec![Arg::Array(counts), Arg::Tuple(edges)]))
}
