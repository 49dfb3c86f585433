//! Borders around arrays.

use crate::data::{Error, Result};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, broadcast_to, choose, ints, join, real, slice, stride, un};
use crate::ops::function::operands::asarray_as;
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::{cast, expand, reduce, take};

/// The rows of this family.
pub const ROWS: &[Function] = &[Function::row(
    "pad",
    &[
        need("array"),
        need("pad_width"),
        opt("mode", "'constant'"),
        key("constant_values", "0"),
        key("end_values", "0"),
        key("stat_length", "None"),
        key("reflect_type", "'even'"),
    ],
    "The array with a border.",
    "np.pad([1, 2, 3], (1, 2), mode='edge')",
    "array([1, 1, 2, 3, 3, 3])",
    pad,
)];

/// A pair of integers for each axis, of one number, one pair, or a pair an axis.
fn pairs(arg: &Arg, ndim: usize, call: &Call<'_>) -> Result<Vec<[Arg; 2]>> {
    let two = |arg: &Arg| -> Result<[Arg; 2]> {
        match arg {
            Arg::List(items) | Arg::Tuple(items) if items.len() == 2 => Ok([items[0].clone(), items[1].clone()]),
            Arg::List(items) | Arg::Tuple(items) if items.len() == 1 => Ok([items[0].clone(), items[0].clone()]),
            Arg::List(_) | Arg::Tuple(_) => {
                Err(Error::value("operands could not be broadcast together: a pair (before, after) is meant"))
            }
            one => Ok([one.clone(), one.clone()]),
        }
    };
    let nested = |items: &[Arg]| items.iter().any(|i| matches!(i, Arg::List(_) | Arg::Tuple(_)));
    match arg {
        Arg::Dict(entries) => {
            let mut out = vec![[Arg::Int(0.into()), Arg::Int(0.into())]; ndim];
            for (axis, width) in entries {
                let axis = crate::data::normalize_axis(call.int_of(axis, "pad_width")?, ndim)?;
                out[axis] = two(width)?;
            }
            Ok(out)
        }
        Arg::List(items) | Arg::Tuple(items) if nested(items) && items.len() == ndim => items.iter().map(two).collect(),
        Arg::List(items) | Arg::Tuple(items) if nested(items) && items.len() == 1 => Ok(vec![two(&items[0])?; ndim]),
        Arg::List(items) | Arg::Tuple(items) if nested(items) => Err(Error::value(format!(
            "operands could not be broadcast together with remapped shapes: {} pairs for {ndim} axes",
            items.len()
        ))),
        other => Ok(vec![two(other)?; ndim]),
    }
}

/// The source of each element of an axis of `n` with `before` and `after` new ones.
fn sources(mode: &str, n: usize, before: usize, after: usize) -> Vec<i64> {
    let n = n as i64;
    let at = |i: i64| match mode {
        "edge" => i.clamp(0, n - 1),
        "wrap" => i.rem_euclid(n),
        "symmetric" => {
            let k = i.rem_euclid(2 * n);
            if k < n { k } else { 2 * n - 1 - k }
        }
        _ if n == 1 => 0,
        _ => {
            let k = i.rem_euclid(2 * (n - 1));
            if k < n { k } else { 2 * (n - 1) - k }
        }
    };
    (-(before as i64)..n + after as i64).map(at).collect()
}

fn pad(call: &Call<'_>) -> Result<Arg> {
    let mut x = call.array("array")?;
    let widths = pairs(call.get("pad_width"), x.ndim(), call)?;
    if let Arg::Callable(_) = call.get("mode") {
        return Err(Error::not_implemented("padding by a function is not there yet"));
    }
    const MODES: &[&str] = &[
        "constant",
        "edge",
        "linear_ramp",
        "maximum",
        "mean",
        "median",
        "minimum",
        "reflect",
        "symmetric",
        "wrap",
        "empty",
    ];
    let mode = call.word("mode", MODES)?;
    for (axis, [before, after]) in widths.iter().enumerate() {
        let width = |arg: &Arg| {
            usize::try_from(call.int_of(arg, "pad_width")?)
                .map_err(|_| Error::value("index can't contain negative values"))
        };
        let (before, after) = (width(before)?, width(after)?);
        if before + after > 0 {
            x = padded(call, &x, axis, mode, before, after)?;
        }
    }
    answer(x)
}

/// Places of an axis: a view where they stand still or follow one another, else looked up.
fn copied(x: &Expr, axis: usize, places: &[i64]) -> Result<Expr> {
    let steps: Vec<i64> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (first, step) = (places.first().copied().unwrap_or(0) as usize, steps.first().copied().unwrap_or(1));
    if steps.iter().any(|&other| other != step) || step.abs() > 1 {
        return Ok(take(x, &ints(places.to_vec()), axis));
    }
    if step != 0 {
        return Ok(stride(x, axis, first, step as isize, places.len()));
    }
    let mut shape = x.shape.clone();
    shape[axis] = places.len();
    broadcast_to(&slice(x, axis, first, first + 1), &shape)
}

/// An axis, not an empty one, with what `mode` finds in it on both sides.
pub(super) fn extended(x: &Expr, axis: usize, mode: &str, before: usize, after: usize) -> Result<Expr> {
    let n = x.shape[axis];
    let places = sources(mode, n, before, after);
    let ends = [copied(x, axis, &places[..before])?, x.clone(), copied(x, axis, &places[before + n..])?];
    Ok(join(&ends.into_iter().filter(|part| part.shape[axis] > 0).collect::<Vec<_>>(), axis))
}

/// One axis with a border.
fn padded(call: &Call<'_>, x: &Expr, axis: usize, mode: &str, before: usize, after: usize) -> Result<Expr> {
    let n = x.shape[axis];
    if matches!(mode, "edge" | "reflect" | "symmetric" | "wrap") {
        if n == 0 {
            return Err(Error::value(format!(
                "can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
            )));
        }
        let y = extended(x, axis, mode, before, after)?;
        let odd = matches!(mode, "reflect" | "symmetric") && call.text("reflect_type")? == "odd";
        return if odd { mirrored(x, &y, axis, before, after) } else { Ok(y) };
    }
    let side = |width: usize, first: bool| -> Result<Option<Expr>> {
        if width == 0 {
            return Ok(None);
        }
        let mut shape = x.shape.clone();
        shape[axis] = width;
        let value = border(call, x, axis, mode, width, first)?;
        broadcast_to(&cast(&value, x.dtype), &shape).map(Some)
    };
    let parts: Vec<Expr> = [side(before, true)?, Some(x.clone()), side(after, false)?].into_iter().flatten().collect();
    Ok(join(&parts, axis))
}

/// What stands on one side: a value, a statistic, or a ramp down to a value.
fn border(call: &Call<'_>, x: &Expr, axis: usize, mode: &str, width: usize, first: bool) -> Result<Expr> {
    let n = x.shape[axis];
    let value = |name: &str| -> Result<Expr> {
        let pair = &pairs(call.get(name), x.ndim(), call)?[axis];
        asarray_as(&pair[usize::from(!first)], None)
    };
    let fold = match mode {
        "constant" => return value("constant_values"),
        "empty" => return Ok(real(0.0)),
        "linear_ramp" => return ramp(x, axis, width, first, &value("end_values")?),
        "maximum" => Fold::Max,
        "minimum" => Fold::Min,
        "median" => return median(call, x, axis, first),
        _ => Fold::Sum,
    };
    let part = near(call, x, axis, first)?;
    let count = part.shape[axis].min(n) as f64;
    let y = expand(&reduce(&part, fold, &[axis]), &[axis]);
    if mode != "mean" {
        return Ok(y);
    }
    let mean = bi(Kernel::Divide, &y, &real(count))?;
    if x.dtype.is_inexact() { Ok(mean) } else { un(Kernel::Rint, &mean) }
}

/// The part of an axis that a statistic is taken of: `stat_length` elements at one end.
fn near(call: &Call<'_>, x: &Expr, axis: usize, first: bool) -> Result<Expr> {
    if !call.given("stat_length") {
        return Ok(x.clone());
    }
    let pair = &pairs(call.get("stat_length"), x.ndim(), call)?[axis];
    let n = x.shape[axis];
    let length =
        usize::try_from(call.int_of(&pair[usize::from(!first)], "stat_length")?).unwrap_or(n).clamp(1, n.max(1));
    Ok(if first { slice(x, axis, 0, length.min(n)) } else { slice(x, axis, n - length.min(n), n) })
}

fn median(call: &Call<'_>, x: &Expr, axis: usize, first: bool) -> Result<Expr> {
    let part = cast(&near(call, x, axis, first)?, crate::data::DType::Float64);
    let line = super::build::to_last(&part, axis);
    let skip = vec![crate::ir::Param::Bool(false)];
    let y = crate::ops::primitive::per_block("median", skip, &[(&line, 1)], &[1], line.dtype, 0);
    let y = super::build::from_last(&y, axis);
    if x.dtype.is_inexact() { Ok(y) } else { un(Kernel::Rint, &y) }
}

/// From the edge of the array to `end` in `width` steps.
fn ramp(x: &Expr, axis: usize, width: usize, first: bool, end: &Expr) -> Result<Expr> {
    let n = x.shape[axis];
    let edge = cast(&if first { slice(x, axis, 0, 1) } else { slice(x, axis, n - 1, n) }, crate::data::DType::Float64);
    // The outermost element is `end` itself, the innermost one step away from the edge.
    let steps: Vec<i64> = if first { (0..width as i64).collect() } else { (0..width as i64).rev().collect() };
    let others: Vec<usize> = (0..x.ndim()).filter(|&other| other != axis).collect();
    let share = bi(Kernel::Divide, &expand(&ints(steps), &others), &real(width as f64))?;
    let gap = bi(Kernel::Subtract, &edge, end)?;
    let y = bi(Kernel::Add, end, &bi(Kernel::Multiply, &gap, &share)?)?;
    if x.dtype.is_inexact() { Ok(y) } else { un(Kernel::Floor, &y) }
}

/// A reflection turned around the edge value: `2 * edge - reflected` outside, once.
fn mirrored(x: &Expr, y: &Expr, axis: usize, before: usize, after: usize) -> Result<Expr> {
    let n = x.shape[axis];
    if before >= n || after >= n {
        return Err(Error::not_implemented("odd reflection wider than the array is not there yet"));
    }
    let place = super::build::position(y, axis);
    let low = bi(Kernel::Less, &place, &super::build::whole(before as i64))?;
    let high = bi(Kernel::GreaterEqual, &place, &super::build::whole((before + n) as i64))?;
    let turned = |edge: &Expr| -> Result<Expr> { bi(Kernel::Subtract, &bi(Kernel::Add, edge, edge)?, y) };
    let inner = choose(&high, &turned(&slice(x, axis, n - 1, n))?, y)?;
    choose(&low, &turned(&slice(x, axis, 0, 1))?, &inner)
}
