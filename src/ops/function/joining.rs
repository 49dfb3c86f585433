//! Arrays put together, taken apart, repeated, lengthened.

use crate::data::{Error, Result};
use crate::ir::Expr;
use crate::ops::function::build::{flat, join, slice};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::shape::with_axes;
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, expand};

const STACK: &[Parameter] = &[need("tup"), key("dtype", "None"), key("casting", "'same_kind'")];
const CONCAT: &[Parameter] = &[
    need("arrays"),
    opt("axis", "0"),
    opt("out", "None"),
    key("dtype", "None"),
    key("casting", "'same_kind'"),
    key("allow_unknown_chunksizes", "False"),
];
const SPLIT: &[Parameter] = &[need("ary"), need("indices_or_sections"), opt("axis", "0")];
const SPLIT_ALONG: &[Parameter] = &[need("ary"), need("indices_or_sections")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "concatenate",
        CONCAT,
        "Arrays one after another along an axis.",
        "np.concatenate([[1, 2], [3]])",
        "array([1, 2, 3])",
        concatenate,
    ),
    Function::row(
        "concat",
        CONCAT,
        "Arrays one after another along an axis.",
        "np.concat([[[1], [2]], [[3], [4]]], axis=1)",
        "array([[1, 3],\n       [2, 4]])",
        concatenate,
    ),
    Function::row(
        "stack",
        &[need("arrays"), opt("axis", "0"), opt("out", "None"), key("dtype", "None"), key("casting", "'same_kind'")],
        "Arrays along a new axis.",
        "np.stack([[1, 2], [3, 4]], axis=1)",
        "array([[1, 3],\n       [2, 4]])",
        stack,
    ),
    Function::row(
        "vstack",
        STACK,
        "Arrays one above another.",
        "np.vstack([[1, 2], [3, 4]])",
        "array([[1, 2],\n       [3, 4]])",
        |c| stacked(c, |x| with_axes(x, 2), 0),
    ),
    Function::row("hstack", STACK, "Arrays side by side.", "np.hstack([[1, 2], [3]])", "array([1, 2, 3])", hstack),
    Function::row(
        "dstack",
        STACK,
        "Arrays one behind another.",
        "np.dstack([[1, 2], [3, 4]])",
        "array([[[1, 3],\n        [2, 4]]])",
        |c| stacked(c, |x| with_axes(x, 3), 2),
    ),
    Function::row(
        "column_stack",
        &[need("tup")],
        "1-d arrays as columns.",
        "np.column_stack([[1, 2], [3, 4]])",
        "array([[1, 3],\n       [2, 4]])",
        |c| stacked(c, column, 1),
    ),
    Function::row(
        "block",
        &[need("arrays")],
        "An array of nested lists of blocks.",
        "np.block([[np.eye(2), np.zeros((2, 1))]])",
        "array([[1., 0., 0.],\n       [0., 1., 0.]])",
        block,
    ),
    Function::row(
        "unstack",
        &[need("x"), key("axis", "0")],
        "The parts along an axis, which is dropped.",
        "np.unstack(np.eye(2))",
        "(array([1., 0.]), array([0., 1.]))",
        unstack,
    ),
    Function::row(
        "split",
        SPLIT,
        "Equal parts along an axis, or parts between indices.",
        "np.split(np.arange(4), 2)",
        "[array([0, 1]), array([2, 3])]",
        |c| split(c, c.get("axis").clone(), true),
    ),
    Function::row(
        "array_split",
        SPLIT,
        "Parts along an axis, of nearly equal length.",
        "np.array_split([1, 2, 3], 2)",
        "[array([1, 2]), array([3])]",
        |c| split(c, c.get("axis").clone(), false),
    ),
    Function::row(
        "hsplit",
        SPLIT_ALONG,
        "Parts along the second axis, or the only one.",
        "np.hsplit(np.arange(4), 2)",
        "[array([0, 1]), array([2, 3])]",
        hsplit,
    ),
    Function::row(
        "vsplit",
        SPLIT_ALONG,
        "Parts along the first axis.",
        "np.vsplit(np.eye(2), 2)",
        "[array([[1., 0.]]), array([[0., 1.]])]",
        |c| split_at_least(c, 2, 0),
    ),
    Function::row(
        "dsplit",
        SPLIT_ALONG,
        "Parts along the third axis.",
        "np.dsplit(np.ones((1, 1, 2)), 2)",
        "[array([[[1.]]]), array([[[1.]]])]",
        |c| split_at_least(c, 3, 2),
    ),
];

/// Arrays of fitting shapes one after another.
pub(super) fn concatenated(arrays: &[Expr], axis: usize) -> Result<Expr> {
    let Some(first) = arrays.first() else { return Err(Error::value("need at least one array to concatenate")) };
    for (k, x) in arrays.iter().enumerate() {
        if x.ndim() != first.ndim() {
            return Err(Error::value(format!(
                "all the input array dimensions except for the concatenation axis must match exactly, but along dimension \
                 0, the array at index 0 has {} dimension(s) and the array at index {k} has {} dimension(s)",
                first.ndim(),
                x.ndim()
            )));
        }
        for other in (0..x.ndim()).filter(|&other| other != axis) {
            if x.shape[other] != first.shape[other] {
                return Err(Error::value(format!(
                    "all the input array dimensions except for the concatenation axis must match exactly, but along \
                     dimension {other}, the array at index 0 has size {} and the array at index {k} has size {}",
                    first.shape[other], x.shape[other]
                )));
            }
        }
    }
    Ok(join(arrays, axis))
}

fn in_dtype(call: &Call<'_>, x: Expr) -> Result<Arg> {
    call.no_out()?;
    answer(call.dtype("dtype")?.map_or_else(|| x.clone(), |dtype| cast(&x, dtype)))
}

fn concatenate(call: &Call<'_>) -> Result<Arg> {
    let arrays = call.arrays("arrays")?;
    if !call.given("axis") {
        let lines = arrays.iter().map(flat).collect::<Result<Vec<_>>>()?;
        return in_dtype(call, concatenated(&lines, 0)?);
    }
    let Some(first) = arrays.first() else { return Err(Error::value("need at least one array to concatenate")) };
    if first.ndim() == 0 {
        return Err(Error::value("zero-dimensional arrays cannot be concatenated"));
    }
    let axis = call.axis("axis", first.ndim())?;
    in_dtype(call, concatenated(&arrays, axis)?)
}

fn stack(call: &Call<'_>) -> Result<Arg> {
    let arrays = call.arrays("arrays")?;
    let Some(first) = arrays.first() else { return Err(Error::value("need at least one array to stack")) };
    if arrays.iter().any(|x| x.shape != first.shape) {
        return Err(Error::value("all input arrays must have the same shape"));
    }
    let axis = call.axis("axis", first.ndim() + 1)?;
    let arrays: Vec<Expr> = arrays.iter().map(|x| expand(x, &[axis])).collect();
    in_dtype(call, join(&arrays, axis))
}

fn stacked(call: &Call<'_>, lift: fn(&Expr) -> Expr, axis: usize) -> Result<Arg> {
    let arrays: Vec<Expr> = call.arrays("tup")?.iter().map(lift).collect();
    in_dtype(call, concatenated(&arrays, axis)?)
}

fn hstack(call: &Call<'_>) -> Result<Arg> {
    let arrays: Vec<Expr> = call.arrays("tup")?.iter().map(|x| with_axes(x, 1)).collect();
    let axis = usize::from(arrays.first().is_some_and(|x| x.ndim() > 1));
    in_dtype(call, concatenated(&arrays, axis)?)
}

fn column(x: &Expr) -> Expr {
    let x = with_axes(x, 1);
    if x.ndim() == 1 { expand(&x, &[1]) } else { x }
}

fn block(call: &Call<'_>) -> Result<Arg> {
    fn depth(arg: &Arg) -> usize {
        match arg {
            Arg::List(items) => 1 + items.first().map_or(0, depth),
            _ => 0,
        }
    }
    fn build(arg: &Arg, level: usize, ndim: usize) -> Result<Expr> {
        let Arg::List(items) = arg else { return Ok(with_axes(&super::operands::asarray(arg)?, ndim)) };
        let parts = items.iter().map(|item| build(item, level - 1, ndim)).collect::<Result<Vec<_>>>()?;
        let ndim = parts.iter().map(|x| x.ndim()).max().unwrap_or(ndim);
        let parts: Vec<Expr> = parts.iter().map(|x| with_axes(x, ndim)).collect();
        concatenated(&parts, ndim - level)
    }
    let arg = call.get("arrays");
    let levels = depth(arg);
    answer(build(arg, levels, levels)?)
}

fn unstack(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    if x.ndim() == 0 {
        return Err(Error::value("Input array must be at least 1-d."));
    }
    let axis = call.axis("axis", x.ndim())?;
    super::row::tuple((0..x.shape[axis]).map(|i| super::build::at(&x, axis, i)).collect())
}

fn split(call: &Call<'_>, axis: Arg, equal: bool) -> Result<Arg> {
    let x = call.array("ary")?;
    let axis = crate::data::normalize_axis(call.int_of(&axis, "axis")?, x.ndim())?;
    split_along(call, &x, axis, equal)
}

fn split_along(call: &Call<'_>, x: &Expr, axis: usize, equal: bool) -> Result<Arg> {
    let n = x.shape[axis];
    let arg = call.get("indices_or_sections");
    let bounds: Vec<usize> = if matches!(arg, Arg::List(_) | Arg::Tuple(_) | Arg::Array(_)) {
        let clamp = |i: i64| if i < 0 { (i + n as i64).max(0) as usize } else { (i as usize).min(n) };
        std::iter::once(0).chain(call.ints("indices_or_sections")?.into_iter().map(clamp)).chain([n]).collect()
    } else {
        let parts = call.int("indices_or_sections")?;
        if parts <= 0 {
            return Err(Error::value("number sections must be larger than 0."));
        }
        let parts = parts as usize;
        if equal && !n.is_multiple_of(parts) {
            return Err(Error::value("array split does not result in an equal division"));
        }
        (0..=parts).map(|k| k * (n / parts) + k.min(n % parts)).collect()
    };
    Ok(Arg::List(bounds.windows(2).map(|w| Arg::Array(slice(x, axis, w[0], w[1].max(w[0])))).collect()))
}

fn hsplit(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("ary")?;
    if x.ndim() == 0 {
        return Err(Error::value("hsplit only works on arrays of 1 or more dimensions"));
    }
    split_along(call, &x, usize::from(x.ndim() > 1), true)
}

fn split_at_least(call: &Call<'_>, ndim: usize, axis: usize) -> Result<Arg> {
    let x = call.array("ary")?;
    if x.ndim() < ndim {
        return Err(Error::value(format!("{} only works on arrays of {ndim} or more dimensions", call.function.name)));
    }
    split_along(call, &x, axis, true)
}
