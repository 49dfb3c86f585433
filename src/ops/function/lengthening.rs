//! Arrays repeated, lengthened, shortened.

use crate::data::{Error, Result, show_shape};
use crate::ir::Expr;
use crate::ops::function::build::{broadcast_to, flat, ints, join, known_size, slice};
use crate::ops::function::joining::concatenated;
use crate::ops::function::row::{answer, need, opt};
use crate::ops::function::shape::with_axes;
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::{cast, concat, expand, reshape, take};
use std::ops::Range;

/// Runs up to which an array is put together from views of it.
const MOST_VIEWS: usize = 64;

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "tile",
        &[need("A"), need("reps")],
        "The array repeated as a whole along each axis.",
        "np.tile([1, 2], (2, 2))",
        "array([[1, 2, 1, 2],\n       [1, 2, 1, 2]])",
        tile,
    ),
    Function::row(
        "repeat",
        &[need("a"), need("repeats"), opt("axis", "None")],
        "Each element repeated.",
        "np.repeat([1, 2], [1, 3])",
        "array([1, 2, 2, 2])",
        repeat,
    )
    .method(),
    Function::row(
        "append",
        &[need("arr"), need("values"), opt("axis", "None")],
        "Values after the end.",
        "np.append([1, 2], [[3], [4]])",
        "array([1, 2, 3, 4])",
        append,
    ),
    Function::row(
        "insert",
        &[need("arr"), need("obj"), need("values"), opt("axis", "None")],
        "Values before indices.",
        "np.insert([1, 2, 3], 1, 9)",
        "array([1, 9, 2, 3])",
        insert,
    ),
    Function::row(
        "delete",
        &[need("arr"), need("obj"), opt("axis", "None")],
        "Without the elements at indices.",
        "np.delete([1, 2, 3], 1)",
        "array([1, 3])",
        delete,
    ),
    Function::row(
        "resize",
        &[need("a"), need("new_shape")],
        "Another shape, filled by repeating the elements.",
        "np.resize([1, 2, 3], (2, 2))",
        "array([[1, 2],\n       [3, 1]])",
        resize,
    ),
];

fn tile(call: &Call<'_>) -> Result<Arg> {
    let (x, reps) = (call.array("A")?, call.shape("reps")?);
    let n = x.ndim().max(reps.len());
    let x = expand(&x, &(0..n - x.ndim()).collect::<Vec<_>>());
    let reps: Vec<usize> = std::iter::repeat_n(1, n - reps.len()).chain(reps).collect();
    // (a, b) repeated (r, s) times: (r, a, s, b) in C order.
    let pairs: Vec<usize> = reps.iter().zip(&x.shape).flat_map(|(&r, &n)| [r, n]).collect();
    let merged: Vec<usize> = reps.iter().zip(&x.shape).map(|(&r, &n)| r * n).collect();
    let apart = expand(&x, &(0..n).map(|axis| 2 * axis).collect::<Vec<_>>());
    answer(reshape(&broadcast_to(&apart, &pairs)?, &merged)?)
}

fn repeat(call: &Call<'_>) -> Result<Arg> {
    let (mut x, counts) = (call.array("a")?, call.shape("repeats")?);
    let axis = match call.opt_axis("axis", x.ndim())? {
        Some(axis) => axis,
        None => {
            x = flat(&x)?;
            0
        }
    };
    let n = x.shape[axis];
    if counts.len() == 1 {
        let mut shape = x.shape.clone();
        shape.insert(axis + 1, counts[0]);
        let mut merged = x.shape.clone();
        merged[axis] *= counts[0];
        return answer(reshape(&broadcast_to(&expand(&x, &[axis + 1]), &shape)?, &merged)?);
    }
    if counts.len() != n {
        return Err(Error::value(format!(
            "operands could not be broadcast together with shape {} {}",
            show_shape(&[n]),
            show_shape(&[counts.len()])
        )));
    }
    let index = counts.iter().enumerate().flat_map(|(i, &count)| std::iter::repeat_n(i as i64, count)).collect();
    answer(take(&x, &ints(index), axis))
}

fn append(call: &Call<'_>) -> Result<Arg> {
    let (x, values) = (call.array("arr")?, call.array("values")?);
    match call.opt_axis("axis", x.ndim())? {
        Some(axis) => answer(concatenated(&[x, values], axis)?),
        None => answer(join(&[flat(&x)?, flat(&values)?], 0)),
    }
}

/// The array, the axis and its length for functions that flatten where no axis is given.
fn along(call: &Call<'_>, name: &str) -> Result<(Expr, usize, usize)> {
    let x = call.array(name)?;
    let (x, axis) = match call.opt_axis("axis", x.ndim())? {
        Some(axis) => (x, axis),
        None => (flat(&x)?, 0),
    };
    let n = x.shape[axis];
    Ok((x, axis, n))
}

/// The indices that an int, a slice, a sequence or a bool mask means.
fn positions(call: &Call<'_>, n: usize, most: usize) -> Result<Vec<usize>> {
    if let Arg::Slice(parts) = call.get("obj") {
        let [start, stop, step] = parts.as_ref();
        let bound = |arg: &Arg| if *arg == Arg::None { Ok(None) } else { call.int_of(arg, "obj").map(Some) };
        return Ok(super::selection::slice_indices(bound(start)?, bound(stop)?, bound(step)?, n));
    }
    let x = call.array("obj")?;
    if x.dtype.is_bool() && x.ndim() == 1 {
        let mask = call.host.values(&[x])?.first().map(|b| b.to_vec::<bool>()).unwrap_or_default();
        return Ok((0..mask.len()).filter(|&i| mask[i]).collect());
    }
    let resolve = |i: i64| {
        let at = if i < 0 { i + n as i64 } else { i };
        usize::try_from(at)
            .ok()
            .filter(|&at| at < most)
            .ok_or_else(|| Error::index(format!("index {i} is out of bounds for axis 0 with size {n}")))
    };
    let given = if known_size(&x)? == 0 { vec![] } else { call.ints("obj")? };
    given.into_iter().map(resolve).collect()
}

fn insert(call: &Call<'_>) -> Result<Arg> {
    let (x, axis, n) = along(call, "arr")?;
    let places = positions(call, n, n + 1)?;
    let one = matches!(call.get("obj"), Arg::Int(_) | Arg::Scalar(_));
    let mut values = cast(&call.array("values")?, x.dtype);
    // A single index takes values along their first axis, as `x[.., i, ..] = values` would.
    if one && values.ndim() > 0 {
        let lifted = with_axes(&values, x.ndim());
        values = super::build::move_axis(&lifted, 0, axis);
    }
    let count = if one && values.ndim() > 0 { values.shape[axis] } else { places.len() };
    let mut shape = x.shape.clone();
    shape[axis] = count;
    let values = broadcast_to(&values, &shape)?;
    let places = if one { vec![places[0]; count] } else { places };
    // Stable order: what goes before index i comes after what was asked for earlier at i.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&k| places[k]);
    let (mut runs, mut next) = (vec![], 0);
    for k in order {
        runs.extend([next..places[k], n + k..n + k + 1]);
        next = places[k];
    }
    runs.push(next..n);
    answer(runs_of(&concat(&[x, values], axis), runs, axis))
}

fn delete(call: &Call<'_>) -> Result<Arg> {
    let (x, axis, n) = along(call, "arr")?;
    let mut gone = positions(call, n, n)?;
    gone.sort_unstable();
    let starts = std::iter::once(0).chain(gone.iter().map(|&at| at + 1));
    let ends = gone.iter().copied().chain([n]);
    let runs = starts.zip(ends).map(|(start, end)| start.min(end)..end).collect();
    answer(runs_of(&x, runs, axis))
}

/// Runs of places of an axis one after another: views side by side, looked up where they are many.
fn runs_of(x: &Expr, runs: Vec<Range<usize>>, axis: usize) -> Expr {
    let mut joined: Vec<Range<usize>> = vec![];
    for run in runs.into_iter().filter(|run| !run.is_empty()) {
        match joined.last_mut() {
            Some(last) if last.end == run.start => last.end = run.end,
            _ => joined.push(run),
        }
    }
    if joined.is_empty() || joined.len() > MOST_VIEWS {
        return take(x, &ints(joined.into_iter().flatten().map(|at| at as i64).collect()), axis);
    }
    concat(&joined.into_iter().map(|run| slice(x, axis, run.start, run.end)).collect::<Vec<_>>(), axis)
}

fn resize(call: &Call<'_>) -> Result<Arg> {
    let (x, shape) = (flat(&call.array("a")?)?, call.shape("new_shape")?);
    let (have, want) = (x.shape[0], shape.iter().product::<usize>());
    if have == 0 {
        return answer(super::creation::zeros(&shape, x.dtype));
    }
    let copies = vec![x; want.div_ceil(have).max(1)];
    answer(reshape(&slice(&concat(&copies, 0), 0, 0, want), &shape)?)
}
