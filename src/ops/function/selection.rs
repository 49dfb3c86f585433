//! Elements picked by condition or index.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Expr, Kernel};
use crate::ops::function::build::{bi, broadcast_to, choose, flat, known_size, whole};
use crate::ops::function::row::{answer, need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, expand, iota, reshape, select, take};

const TAKE: &[Parameter] =
    &[need("a"), need("indices"), opt("axis", "None"), opt("out", "None"), opt("mode", "'raise'")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "nonzero",
        &[need("a")],
        "Indices of the elements that are not zero, one array an axis.",
        "np.nonzero([[0, 1], [2, 0]])",
        "(array([0, 1]), array([1, 0]))",
        |c| nonzero_of(&c.array("a")?),
    )
    .method(),
    Function::row(
        "flatnonzero",
        &[need("a")],
        "Indices in C order of the elements that are not zero.",
        "np.flatnonzero([[0, 1], [2, 0]])",
        "array([1, 2])",
        |c| answer(flat_nonzero(&c.array("a")?)?),
    ),
    Function::row(
        "argwhere",
        &[need("a")],
        "Indices of the elements that are not zero, one row each.",
        "np.argwhere([[0, 1], [2, 0]])",
        "array([[0, 1],\n       [1, 0]])",
        argwhere,
    ),
    Function::row(
        "take",
        TAKE,
        "Elements at indices along an axis.",
        "np.take([10, 20, 30], [2, 0])",
        "array([30, 10])",
        taken,
    )
    .method(),
    Function::row(
        "compress",
        &[need("condition"), need("a"), opt("axis", "None"), opt("out", "None")],
        "Slices along an axis where a condition holds.",
        "np.compress([True, False, True], [1, 2, 3])",
        "array([1, 3])",
        compress,
    ),
    Function::row(
        "extract",
        &[need("condition"), need("arr")],
        "Elements where a condition holds, in C order.",
        "np.extract([1, 0, 1], [1, 2, 3])",
        "array([1, 3])",
        extract,
    ),
    Function::row(
        "choose",
        &[need("a"), need("choices"), opt("out", "None"), opt("mode", "'raise'")],
        "For each element, the one of the choice it names.",
        "np.choose([0, 1, 0], [[1, 2, 3], [10, 20, 30]])",
        "array([ 1, 20,  3])",
        choice,
    )
    .method(),
    Function::row(
        "select",
        &[need("condlist"), need("choicelist"), opt("default", "0")],
        "Elements of the first choice whose condition holds.",
        "np.select([[True, False, False], [True, True, False]], [[1, 2, 3], [4, 5, 6]])",
        "array([1, 5, 0])",
        selected,
    ),
    Function::row(
        "piecewise",
        &[need("x"), need("condlist"), need("funclist")],
        "Functions or values by condition.",
        "np.piecewise([-1.0, 2.0], [np.array([True, False]), np.array([False, True])], [-5.0, 5.0])",
        "array([-5.,  5.])",
        piecewise,
    ),
    Function::row(
        "take_along_axis",
        &[need("arr"), need("indices"), opt("axis", "-1")],
        "Elements at indices that differ from line to line.",
        "np.take_along_axis(np.array([[3, 1, 2]]), np.array([[1, 2, 0]]), axis=1)",
        "array([[1, 2, 3]])",
        take_along_axis,
    ),
    Function::row(
        "unravel_index",
        &[need("indices"), need("shape"), opt("order", "'C'")],
        "Indices along each axis of indices in C order.",
        "np.unravel_index([5, 2], (2, 3))",
        "(array([1, 0]), array([2, 2]))",
        unraveled,
    ),
    Function::row(
        "ravel_multi_index",
        &[need("multi_index"), need("dims"), opt("mode", "'raise'"), opt("order", "'C'")],
        "Indices in C order of indices along each axis.",
        "np.ravel_multi_index(([1, 0], [2, 1]), (2, 3))",
        "array([5, 1])",
        ravel_index,
    ),
];

/// The indices that `start:stop:step` means on an axis.
pub(super) fn slice_indices(start: Option<i64>, stop: Option<i64>, step: Option<i64>, n: usize) -> Vec<usize> {
    let (step, n) = (step.unwrap_or(1), n as i64);
    let (low, high) = if step < 0 { (-1, n - 1) } else { (0, n) };
    let bound = |i: i64| (if i < 0 { i + n } else { i }).clamp(low, high);
    let start = start.map_or(if step < 0 { n - 1 } else { 0 }, bound);
    let stop = stop.map_or(if step < 0 { -1 } else { n }, bound);
    let mut out = vec![];
    let mut at = start;
    while step != 0 && ((step > 0 && at < stop) || (step < 0 && at > stop)) {
        out.push(at as usize);
        at += step;
    }
    out
}

fn flat_nonzero(x: &Expr) -> Result<Expr> {
    let mask = flat(&cast(x, DType::Bool))?;
    let line = iota(Scalar::Int64(0), Scalar::Int64(1), DType::Int64, mask.chunks.clone());
    select(&line, &mask)
}

/// Indices along each axis of indices in C order.
fn unravel(index: &Expr, shape: &[usize]) -> Result<Vec<Expr>> {
    if shape.len() == 1 {
        return Ok(vec![index.clone()]);
    }
    let strides = crate::data::c_strides(shape);
    let one = |(&stride, &n): (&usize, &usize)| {
        let at = bi(Kernel::FloorDivide, index, &whole(stride.max(1) as i64))?;
        bi(Kernel::Remainder, &at, &whole(n.max(1) as i64))
    };
    strides.iter().zip(shape).map(one).collect()
}

fn unraveled(call: &Call<'_>) -> Result<Arg> {
    let (index, mut shape) = (call.array("indices")?, call.shape("shape")?);
    let size: usize = shape.iter().product();
    let values = call.host.values(std::slice::from_ref(&index))?;
    let outside = values.iter().flat_map(|b| b.to_vec::<i64>()).find(|v| !(0..size as i64).contains(v));
    if let Some(v) = outside {
        return Err(Error::value(format!("index {v} is out of bounds for array with size {size}")));
    }
    let fortran = call.word("order", &["C", "F"])? == "F";
    if fortran {
        shape.reverse();
    }
    let mut parts = unravel(&index, &shape)?;
    if fortran {
        parts.reverse();
    }
    tuple(parts)
}

/// One index array an axis of the elements that are not zero.
pub(super) fn nonzero_of(x: &Expr) -> Result<Arg> {
    if x.ndim() == 0 {
        return Err(Error::value(
            "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() \
                                 instead.",
        ));
    }
    let index = flat_nonzero(x)?;
    tuple(if x.ndim() == 1 { vec![index] } else { unravel(&index, &x.shape)? })
}

fn argwhere(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let parts = unravel(&flat_nonzero(&x)?, &x.shape)?;
    let parts: Vec<Expr> = parts.iter().map(|p| expand(p, &[1])).collect();
    answer(super::build::join(&parts, 1))
}

/// An index of any shape without negatives: wrapped round where one is, or as `mode` says.
fn resolved(index: &Expr, n: usize, mode: &str) -> Result<Expr> {
    if !index.dtype.is_integer() && !index.dtype.is_bool() {
        return Err(Error::type_(format!(
            "Cannot cast array data from dtype('{}') to dtype('int64') according to the rule 'safe'",
            index.dtype
        )));
    }
    let (index, n) = (cast(index, DType::Int64), n as i64);
    match mode {
        "wrap" => bi(Kernel::Remainder, &index, &whole(n)),
        "clip" => bi(Kernel::Minimum, &bi(Kernel::Maximum, &index, &whole(0))?, &whole(n - 1)),
        _ => {
            let below = bi(Kernel::Less, &index, &whole(0))?;
            choose(&below, &bi(Kernel::Add, &index, &whole(n))?, &index)
        }
    }
}

/// Elements at an index of any shape along an axis, which the index's axes replace.
pub(super) fn take_any(x: &Expr, index: &Expr, axis: usize, mode: &str) -> Result<Expr> {
    let line = flat(&resolved(index, x.shape[axis], mode)?)?;
    let y = take(x, &line, axis);
    let shape: Vec<usize> = x.shape[..axis].iter().chain(&index.shape).chain(&x.shape[axis + 1..]).copied().collect();
    if index.ndim() == 1 { Ok(y) } else { reshape(&y, &shape) }
}

fn taken(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let (x, index) = (call.array("a")?, call.array("indices")?);
    let mode = call.word("mode", &["raise", "wrap", "clip"])?;
    let (x, axis) = match call.opt_axis("axis", x.ndim())? {
        Some(axis) => (x, axis),
        None => (flat(&x)?, 0),
    };
    answer(take_any(&x, &index, axis, mode)?)
}

fn compress(call: &Call<'_>) -> Result<Arg> {
    let (mask, x) = (cast(&call.array("condition")?, DType::Bool), call.array("a")?);
    if mask.ndim() != 1 {
        return Err(Error::value("condition must be a 1-d array"));
    }
    let (x, axis) = match call.opt_axis("axis", x.ndim())? {
        Some(axis) => (x, axis),
        None => (flat(&x)?, 0),
    };
    let first = super::build::move_axis(&x, axis, 0);
    let n = mask.shape[0].min(first.shape[0]);
    if mask.shape[0] > n {
        return Err(Error::index(format!("index {n} is out of bounds for axis {axis} with size {n}")));
    }
    let y = select(&super::build::slice(&first, 0, 0, n), &mask)?;
    answer(super::build::move_axis(&y, 0, axis))
}

fn extract(call: &Call<'_>) -> Result<Arg> {
    let mask = flat(&cast(&call.array("condition")?, DType::Bool))?;
    answer(select(&flat(&call.array("arr")?)?, &mask)?)
}

fn choice(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let choices = call.arrays("choices")?;
    let mode = call.word("mode", &["raise", "wrap", "clip"])?;
    let given = call.array("a")?;
    if mode == "raise" && known_size(&given)? > 0 {
        let all: Vec<usize> = (0..given.ndim()).collect();
        let ends = [crate::ir::Fold::Min, crate::ir::Fold::Max].map(|f| crate::ops::primitive::reduce(&given, f, &all));
        let ends = call.host.values(&ends)?;
        let inside = |b: &crate::data::Block| b.item().is_some_and(|v| (0..choices.len() as i64).contains(&v.to_i64()));
        if !ends.iter().all(inside) {
            return Err(Error::value("invalid entry in choice array"));
        }
    }
    let a = resolved(&given, choices.len(), mode)?;
    let Some((first, rest)) = choices.split_first() else { return Err(Error::value("choices must not be empty")) };
    let mut y = first.clone();
    for (k, option) in rest.iter().enumerate() {
        y = choose(&bi(Kernel::Equal, &a, &whole(k as i64 + 1))?, option, &y)?;
    }
    let shape = crate::data::broadcast_shapes(&[&a.shape, &y.shape])?;
    answer(broadcast_to(&y, &shape)?)
}

fn selected(call: &Call<'_>) -> Result<Arg> {
    let (masks, choices) = (call.arrays("condlist")?, call.arrays("choicelist")?);
    if masks.len() != choices.len() {
        return Err(Error::value("list of cases must be same length as list of conditions"));
    }
    let mut y = call.array("default")?;
    let dtype = choices.iter().map(|x| x.dtype).reduce(DType::promote).unwrap_or(y.dtype);
    let weak = matches!(call.get("default"), Arg::Int(_) | Arg::Float(_));
    y = if weak && (dtype.is_inexact() || matches!(call.get("default"), Arg::Int(_))) { cast(&y, dtype) } else { y };
    for (mask, option) in masks.iter().zip(&choices).rev() {
        y = choose(mask, &cast(option, dtype.promote(y.dtype)), &y)?;
    }
    answer(y)
}

fn piecewise(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let masks = match call.get("condlist") {
        Arg::Array(mask) if mask.ndim() == x.ndim() => vec![mask.clone()],
        _ => call.arrays("condlist")?,
    };
    let functions = match call.get("funclist") {
        Arg::List(items) | Arg::Tuple(items) => items.clone(),
        one => vec![one.clone()],
    };
    let value = |f: &Arg| match f {
        Arg::Callable(f) => super::operands::asarray(&call.host.call(f, vec![Arg::Array(x.clone())])?),
        constant => super::operands::asarray(constant),
    };
    let mut y = match functions.get(masks.len()) {
        Some(last) => cast(&value(last)?, x.dtype),
        None => super::build::filled(&x, 0.0, x.dtype),
    };
    for (mask, f) in masks.iter().zip(&functions) {
        y = choose(mask, &cast(&value(f)?, x.dtype), &y)?;
    }
    answer(broadcast_to(&y, &x.shape)?)
}

fn take_along_axis(call: &Call<'_>) -> Result<Arg> {
    let (x, index) = (call.array("arr")?, call.array("indices")?);
    let axis = call.axis("axis", x.ndim())?;
    if index.ndim() != x.ndim() {
        return Err(Error::value("`indices` and `arr` must have the same number of dimensions"));
    }
    let mut shape = crate::data::broadcast_shapes(&[&without(&x.shape, axis), &without(&index.shape, axis)])?;
    shape.insert(axis, x.shape[axis]);
    let x = broadcast_to(&x, &shape)?;
    shape[axis] = index.shape[axis];
    let index = resolved(&broadcast_to(&index, &shape)?, x.shape[axis], "raise")?;
    // The element of a line is found in the flat array: line * n + index.
    let (x, index) = (super::build::to_last(&x, axis), super::build::to_last(&index, axis));
    let n = x.shape[x.ndim() - 1];
    let lines: usize = x.shape[..x.ndim() - 1].iter().product();
    let offset = iota(Scalar::Int64(0), Scalar::Int64(n as i64), DType::Int64, crate::data::Chunks::whole(&[lines]));
    let index_flat = reshape(&index, &[lines, index.shape[index.ndim() - 1]])?;
    let position = flat(&bi(Kernel::Add, &index_flat, &expand(&offset, &[1]))?)?;
    let y = reshape(&take(&flat(&x)?, &position, 0), &index.shape)?;
    answer(super::build::from_last(&y, axis))
}

fn without(shape: &[usize], axis: usize) -> Vec<usize> {
    shape.iter().enumerate().filter(|(k, _)| *k != axis).map(|(_, &n)| n).collect()
}

fn ravel_index(call: &Call<'_>) -> Result<Arg> {
    let (parts, mut shape) = (call.arrays("multi_index")?, call.shape("dims")?);
    let modes = match call.get("mode") {
        Arg::Tuple(items) | Arg::List(items) => items.clone(),
        one => vec![one.clone(); parts.len()],
    };
    if parts.len() != shape.len() || modes.len() != shape.len() {
        return Err(Error::value("parameter multi_index must be a sequence of as many arrays as there are dimensions"));
    }
    let mut parts = parts
        .iter()
        .zip(&modes)
        .zip(&shape)
        .map(|((x, mode), &n)| in_range(call, x, mode, n))
        .collect::<Result<Vec<_>>>()?;
    if call.word("order", &["C", "F"])? == "F" {
        parts.reverse();
        shape.reverse();
    }
    let mut y = whole(0);
    for (part, stride) in parts.iter().zip(crate::data::c_strides(&shape)) {
        y = bi(Kernel::Add, &y, &bi(Kernel::Multiply, part, &whole(stride as i64))?)?;
    }
    answer(y)
}

/// An index of one axis, brought into range or refused as its mode says.
fn in_range(call: &Call<'_>, x: &Expr, mode: &Arg, n: usize) -> Result<Expr> {
    match mode {
        Arg::Str(mode) if mode == "wrap" || mode == "clip" => resolved(x, n, mode),
        _ => {
            let inside = |v: &i64| (0..n as i64).contains(v);
            let values = call.host.values(std::slice::from_ref(x))?;
            match values.iter().all(|b| b.to_vec::<i64>().iter().all(inside)) {
                true => Ok(x.clone()),
                false => Err(Error::value("invalid entry in coordinates array")),
            }
        }
    }
}
