//! The same elements under another shape: axes in another order, added, dropped, reversed, rolled.

use crate::data::{Error, Result, normalize_axis, show_shape, size_of};
use crate::ir::Expr;
use crate::ops::function::build::{at, broadcast_to, flat, known_size};
use crate::ops::function::row::{answer, integer, key, need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{broadcast_all, expand, reshape, squeeze, transpose};

const A: &[Parameter] = &[need("a")];
const MANY: &[Parameter] = &[Parameter::rest("arys")];
const ORDER: &[Parameter] = &[need("a"), opt("order", "'C'")];
const RESHAPE: &[Parameter] =
    &[need("a"), Parameter::rest("lengths"), key("shape", "None"), key("order", "'C'"), key("copy", "None")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "transpose",
        &[need("a"), Parameter::rest("order"), key("axes", "None")],
        "The axes in another order, reversed where none is given.",
        "np.transpose([[1, 2, 3], [4, 5, 6]])",
        "array([[1, 4],\n       [2, 5],\n       [3, 6]])",
        transposed,
    )
    .method(),
    Function::row(
        "permute_dims",
        &[need("a"), opt("axes", "None")],
        "The axes in another order, reversed where none is given.",
        "np.permute_dims([[1, 2], [3, 4]])",
        "array([[1, 3],\n       [2, 4]])",
        transposed,
    ),
    Function::row(
        "matrix_transpose",
        &[need("x")],
        "The last two axes swapped.",
        "np.matrix_transpose([[1, 2], [3, 4]])",
        "array([[1, 3],\n       [2, 4]])",
        matrix_transpose,
    ),
    Function::row(
        "linalg.matrix_transpose",
        &[need("x")],
        "The last two axes swapped.",
        "np.linalg.matrix_transpose([[1, 2], [3, 4]])",
        "array([[1, 3],\n       [2, 4]])",
        matrix_transpose,
    ),
    Function::row(
        "swapaxes",
        &[need("a"), need("axis1"), need("axis2")],
        "Two axes swapped.",
        "np.swapaxes([[1, 2, 3]], 0, 1)",
        "array([[1],\n       [2],\n       [3]])",
        swapaxes,
    )
    .method(),
    Function::row(
        "moveaxis",
        &[need("a"), need("source"), need("destination")],
        "Axes moved to other places.",
        "np.moveaxis(np.zeros((3, 4, 5)), 0, -1).shape",
        "(4, 5, 3)",
        moveaxis,
    ),
    Function::row(
        "rollaxis",
        &[need("a"), need("axis"), opt("start", "0")],
        "An axis moved back to before another.",
        "np.rollaxis(np.ones((3, 4, 5)), 2).shape",
        "(5, 3, 4)",
        rollaxis,
    ),
    Function::row(
        "reshape",
        RESHAPE,
        "The elements in C order under another shape; one length may be -1.",
        "np.reshape([1, 2, 3, 4], (2, -1))",
        "array([[1, 2],\n       [3, 4]])",
        reshaped,
    )
    .method(),
    Function::row(
        "ravel",
        ORDER,
        "All elements along one axis.",
        "np.ravel([[1, 2], [3, 4]])",
        "array([1, 2, 3, 4])",
        ravel,
    )
    .method(),
    Function::row(
        "flatten",
        ORDER,
        "All elements along one axis.",
        "np.array([[1, 2], [3, 4]]).flatten('F')",
        "array([1, 3, 2, 4])",
        ravel,
    )
    .method(),
    Function::row(
        "squeeze",
        &[need("a"), opt("axis", "None")],
        "Without axes of length one.",
        "np.squeeze([[[1], [2]]])",
        "array([1, 2])",
        squeezed,
    )
    .method(),
    Function::row(
        "expand_dims",
        &[need("a"), need("axis")],
        "With a new axis of length one.",
        "np.expand_dims([1, 2], axis=1)",
        "array([[1],\n       [2]])",
        expand_dims,
    ),
    Function::row(
        "broadcast_to",
        &[need("array"), need("shape"), opt("subok", "False"), key("chunks", "None")],
        "Broadcast to a shape.",
        "np.broadcast_to([1, 2], (2, 2))",
        "array([[1, 2],\n       [1, 2]])",
        |c| answer(broadcast_to(&c.array("array")?, &c.shape("shape")?)?),
    ),
    Function::row(
        "broadcast_arrays",
        &[Parameter::rest("args"), key("subok", "False")],
        "Arrays broadcast to one shape.",
        "np.broadcast_arrays([1, 2], [[3], [4]])",
        "(array([[1, 2],\n       [1, 2]]), array([[3, 3],\n       [4, 4]]))",
        |c| tuple(broadcast_all(&c.arrays("args")?)?),
    ),
    Function::row("atleast_1d", MANY, "With at least one axis.", "np.atleast_1d(3.0)", "array([3.])", |c| {
        at_least(c, 1)
    }),
    Function::row("atleast_2d", MANY, "With at least two axes.", "np.atleast_2d([1, 2])", "array([[1, 2]])", |c| {
        at_least(c, 2)
    }),
    Function::row("atleast_3d", MANY, "With at least three axes.", "np.atleast_3d([1, 2]).shape", "(1, 2, 1)", |c| {
        at_least(c, 3)
    }),
    Function::row("ndim", A, "The number of axes.", "np.ndim([[1, 2]])", "2", |c| integer(c.array("a")?.ndim())),
    Function::row("shape", A, "The length of each axis.", "np.shape([[1, 2, 3]])", "(1, 3)", |c| {
        Ok(Arg::Tuple(c.array("a")?.shape.iter().map(|&n| Arg::Int(n.into())).collect()))
    }),
    Function::row(
        "size",
        &[need("a"), opt("axis", "None")],
        "The number of elements.",
        "np.size([[1, 2, 3]])",
        "3",
        |c| {
            let x = c.array("a")?;
            known_size(&x)?;
            integer(c.axes("axis", x.ndim())?.iter().map(|&axis| x.shape[axis]).product::<usize>())
        },
    ),
];

/// One index of the first axis.
pub(super) fn row_of(x: &Expr, index: usize) -> Expr {
    at(x, 0, index)
}

fn transposed(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let axes = match call.get("order") {
        Arg::Tuple(items) if !items.is_empty() => match items.as_slice() {
            [Arg::None] => Arg::None,
            [one @ (Arg::Tuple(_) | Arg::List(_) | Arg::Array(_))] => one.clone(),
            several => Arg::Tuple(several.to_vec()),
        },
        _ => call.get("axes").clone(),
    };
    let order = match &axes {
        Arg::None => (0..x.ndim()).rev().collect(),
        Arg::Tuple(items) | Arg::List(items) => {
            items.iter().map(|i| normalize_axis(call.int_of(i, "axes")?, x.ndim())).collect::<Result<Vec<_>>>()?
        }
        other => vec![normalize_axis(call.int_of(other, "axes")?, x.ndim())?],
    };
    if order.len() != x.ndim() {
        return Err(Error::value("axes don't match array").help(format!("the array has {} axes", x.ndim())));
    }
    let mut sorted = order.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != x.ndim() {
        return Err(Error::value("repeated axis in transpose"));
    }
    answer(transpose(&x, &order))
}

fn matrix_transpose(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    if x.ndim() < 2 {
        return Err(Error::value(format!("Input array must be at least 2-dimensional, but it is {}", x.ndim())));
    }
    answer(swapped(&x, x.ndim() - 2, x.ndim() - 1))
}

/// Two axes swapped.
pub(super) fn swapped(x: &Expr, a: usize, b: usize) -> Expr {
    let mut order: Vec<usize> = (0..x.ndim()).collect();
    order.swap(a, b);
    transpose(x, &order)
}

fn swapaxes(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    answer(swapped(&x, call.axis("axis1", x.ndim())?, call.axis("axis2", x.ndim())?))
}

fn moveaxis(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let (from, to) = (call.axis_list("source", x.ndim())?, call.axis_list("destination", x.ndim())?);
    if from.len() != to.len() {
        return Err(Error::value("`source` and `destination` arguments must have the same number of elements"));
    }
    let mut order: Vec<usize> = (0..x.ndim()).filter(|axis| !from.contains(axis)).collect();
    let mut pairs: Vec<(usize, usize)> = to.into_iter().zip(from).collect();
    pairs.sort_unstable();
    for (place, axis) in pairs {
        order.insert(place.min(order.len()), axis);
    }
    answer(transpose(&x, &order))
}

fn rollaxis(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let (axis, n) = (call.axis("axis", x.ndim())?, x.ndim() as i64);
    let start = call.int("start")?;
    if start < -n || start > n {
        return Err(Error::axis(format!(
            "'start' arg requires {} <= start < {}, but {start} was passed in",
            -n,
            n + 1
        )));
    }
    let start = if start < 0 { start + n } else { start } as usize;
    answer(super::build::move_axis(&x, axis, if axis < start { start - 1 } else { start }))
}

/// The lengths asked for and the order, however they were spelled.
fn wanted_shape(call: &Call<'_>) -> Result<(Vec<i64>, bool)> {
    let mut order = call.text("order")?.to_string();
    let mut lengths = match call.get("lengths") {
        Arg::Tuple(items) => items.clone(),
        _ => vec![],
    };
    if let Some(Arg::Str(word)) = lengths.last() {
        order = word.clone();
        lengths.pop();
    }
    let shape = match (lengths.as_slice(), call.given("shape")) {
        ([], true) => call.ints("shape")?,
        ([], false) => return Err(Error::type_("reshape() takes at least one length")),
        ([Arg::Tuple(items) | Arg::List(items)], _) => {
            items.iter().map(|i| call.int_of(i, "shape")).collect::<Result<Vec<_>>>()?
        }
        (several, _) => several.iter().map(|i| call.int_of(i, "shape")).collect::<Result<Vec<_>>>()?,
    };
    Ok((shape, order == "F"))
}

/// Lengths with the one that is -1 worked out.
fn complete_shape(x: &Expr, lengths: &[i64]) -> Result<Vec<usize>> {
    let Some(open) = lengths.iter().position(|&n| n < 0) else {
        return Ok(lengths.iter().map(|&n| n as usize).collect());
    };
    if lengths.iter().filter(|&&n| n < 0).count() > 1 {
        return Err(Error::value("can only specify one unknown dimension"));
    }
    let known: usize = lengths.iter().filter(|&&n| n >= 0).map(|&n| n as usize).product();
    let size = known_size(x)?;
    let fits = size_of(&x.shape).is_some() && known > 0 && size.is_multiple_of(known);
    if !fits {
        let shown = show_shape(&lengths.iter().map(|&n| n.unsigned_abs() as usize).collect::<Vec<_>>());
        let shown = if lengths[open] == -1 { shown_open(lengths) } else { shown };
        return Err(Error::value(format!("cannot reshape array of size {size} into shape {shown}")));
    }
    Ok(lengths.iter().map(|&n| if n < 0 { size / known } else { n as usize }).collect())
}

fn shown_open(lengths: &[i64]) -> String {
    let parts: Vec<String> = lengths.iter().map(i64::to_string).collect();
    if parts.len() == 1 { format!("({},)", parts[0]) } else { format!("({})", parts.join(",")) }
}

fn reversed(x: &Expr) -> Expr {
    transpose(x, &(0..x.ndim()).rev().collect::<Vec<_>>())
}

fn reshaped(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let (lengths, fortran) = wanted_shape(call)?;
    let mut shape = complete_shape(&x, &lengths)?;
    if !fortran {
        return answer(reshape(&x, &shape)?);
    }
    shape.reverse();
    answer(reversed(&reshape(&reversed(&x), &shape)?))
}

fn ravel(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let fortran = call.text("order")? == "F";
    answer(flat(&if fortran { reversed(&x) } else { x })?)
}

fn squeezed(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let axes = if call.given("axis") {
        call.axes("axis", x.ndim())?
    } else {
        (0..x.ndim()).filter(|&axis| x.shape[axis] == 1).collect()
    };
    answer(squeeze(&x, &axes)?)
}

fn expand_dims(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let n = x.ndim() + call.ints("axis")?.len();
    answer(expand(&x, &call.axes("axis", n)?))
}

fn at_least(call: &Call<'_>, n: usize) -> Result<Arg> {
    let mut all: Vec<Expr> = call.arrays("arys")?.iter().map(|x| with_axes(x, n)).collect();
    if all.len() == 1 { answer(all.remove(0)) } else { tuple(all) }
}

/// With at least `n` axes: new ones in front, and for three the last one behind.
pub(super) fn with_axes(x: &Expr, n: usize) -> Expr {
    match (x.ndim(), n) {
        (have, n) if have >= n => x.clone(),
        (1, 3) => expand(x, &[0, 2]),
        (2, 3) => expand(x, &[2]),
        (have, n) => expand(x, &(0..n - have).collect::<Vec<_>>()),
    }
}

/// With at least `n` axes, new ones in front.
pub(super) fn with_axes_front(x: &Expr, n: usize) -> Expr {
    expand(x, &(0..n.saturating_sub(x.ndim())).collect::<Vec<_>>())
}
