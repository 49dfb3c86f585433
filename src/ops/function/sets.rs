//! Arrays as sets: distinct values, membership, unions and intersections.

use crate::data::{DType, Error, Result, UNKNOWN};
use crate::ir::{Aggregation, Expr, Location, Param};
use crate::ops::function::build::{flat, join, move_axis};
use crate::ops::function::operands::together;
use crate::ops::function::row::{answer, key, need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{aggregate, cast, locate, per_block, reshape};

const UNIQUE: &[Parameter] = &[
    need("ar"),
    opt("return_index", "False"),
    opt("return_inverse", "False"),
    opt("return_counts", "False"),
    opt("axis", "None"),
    key("equal_nan", "True"),
    key("sorted", "True"),
];
const X: &[Parameter] = &[need("x")];
const ISIN: &[Parameter] = &[
    need("element"),
    need("test_elements"),
    opt("assume_unique", "False"),
    opt("invert", "False"),
    key("kind", "None"),
];
const PAIR: &[Parameter] = &[need("ar1"), need("ar2"), opt("assume_unique", "False")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "unique",
        UNIQUE,
        "The distinct elements, ascending.",
        "np.unique([3, 1, 3, 2], return_counts=True)",
        "(array([1, 2, 3]), array([1, 1, 2]))",
        unique,
    ),
    Function::row("unique_values", X, "The distinct elements.", "np.unique_values([1, 1, 2])", "array([2, 1])", |c| {
        answer(distinct(&c.array("x")?, 0, false)?)
    }),
    Function::row(
        "unique_counts",
        X,
        "The distinct elements and how often each is there.",
        "np.unique_counts([1, 1, 2])[1]",
        "array([2, 1])",
        |c| several(c, &[0, 3]),
    ),
    Function::row(
        "unique_inverse",
        X,
        "The distinct elements and where each element is among them.",
        "np.unique_inverse([3, 1, 3])[1]",
        "array([1, 0, 1])",
        |c| several(c, &[0, 2]),
    ),
    Function::row(
        "unique_all",
        X,
        "The distinct elements, first indices, inverse and counts.",
        "np.unique_all([3, 1, 3])[1]",
        "array([1, 0])",
        |c| several(c, &[0, 1, 2, 3]),
    ),
    Function::row(
        "isin",
        ISIN,
        "Whether each element is among others.",
        "np.isin([[1, 2], [3, 4]], [2, 3])",
        "array([[False,  True],\n       [ True, False]])",
        isin,
    ),
    Function::row(
        "in1d",
        &[need("ar1"), need("ar2"), opt("assume_unique", "False"), opt("invert", "False"), key("kind", "None")],
        "Whether each element is among others, along one axis.",
        "da.in1d([1, 2, 3], [2])",
        "array([False,  True, False])",
        |c| answer(member(&flat(&c.array("ar1")?)?, &c.array("ar2")?, c.flag("invert")?)?),
    ),
    Function::row(
        "intersect1d",
        &[need("ar1"), need("ar2"), opt("assume_unique", "False"), opt("return_indices", "False")],
        "The distinct elements that both have.",
        "np.intersect1d([1, 3, 4], [3, 1, 2])",
        "array([1, 3])",
        intersect,
    ),
    Function::row(
        "union1d",
        &[need("ar1"), need("ar2")],
        "The distinct elements that either has.",
        "np.union1d([1, 3], [3, 2])",
        "array([1, 2, 3])",
        |c| {
            let both = c.operands(&["ar1", "ar2"])?;
            answer(distinct(&join(&[flat(&both[0])?, flat(&both[1])?], 0), 0, true)?)
        },
    ),
    Function::row(
        "setdiff1d",
        PAIR,
        "The distinct elements of the first that the second has not.",
        "np.setdiff1d([1, 2, 3], [2, 5])",
        "array([1, 3])",
        |c| {
            let both = c.operands(&["ar1", "ar2"])?;
            answer(missing_from(c, &both[0], &both[1])?)
        },
    ),
    Function::row(
        "setxor1d",
        PAIR,
        "The distinct elements that just one has.",
        "np.setxor1d([1, 2, 3], [2, 5])",
        "array([1, 3, 5])",
        |c| {
            let both = c.operands(&["ar1", "ar2"])?;
            let sides = [missing_from(c, &both[0], &both[1])?, missing_from(c, &both[1], &both[0])?];
            answer(distinct(&join(&sides, 0), 0, true)?)
        },
    ),
];

/// A result of the distinct elements: 0 values, 1 first indices, 2 inverse, 3 counts.
fn distinct(x: &Expr, result: usize, equal_nan: bool) -> Result<Expr> {
    if result != 2 && !x.dtype.is_complex() {
        let kind = Aggregation::Distinct { equal_nan };
        let y = aggregate(kind, &[&numbers(x)], if result == 3 { 2 } else { result });
        return Ok(if result == 0 { cast(&y, x.dtype) } else { y });
    }
    // NaN that are not the same have places of their own among the distinct.
    if result == 2 && !x.dtype.is_complex() && (equal_nan || !x.dtype.is_float()) {
        return Ok(place(x, &distinct(x, 0, equal_nan)?, Location::Before));
    }
    let line = flat(x)?;
    let n = line.shape[0];
    let dtype = if result == 0 { x.dtype } else { DType::Int64 };
    let core = if result == 2 { n } else { UNKNOWN };
    Ok(per_block("unique", vec![Param::Bool(equal_nan)], &[(&line, 1)], &[core], dtype, result))
}

/// Truth values as numbers.
fn numbers(x: &Expr) -> Expr {
    if x.dtype.is_bool() { cast(x, DType::UInt8) } else { x.clone() }
}

/// Where elements stand in a sorted line of the same dtype.
pub(super) fn place(x: &Expr, line: &Expr, kind: Location) -> Expr {
    locate(&numbers(x), &numbers(line), kind)
}

fn several(call: &Call<'_>, results: &[usize]) -> Result<Arg> {
    let x = call.array("x")?;
    let one = |&result: &usize| {
        let y = distinct(&x, result, false)?;
        if result == 2 { reshape(&y, &x.shape) } else { Ok(y) }
    };
    tuple(results.iter().map(one).collect::<Result<Vec<_>>>()?)
}

fn unique(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("ar")?;
    let wanted = [true, call.flag("return_index")?, call.flag("return_inverse")?, call.flag("return_counts")?];
    let axis = call.opt_axis("axis", x.ndim())?;
    let equal_nan = call.flag("equal_nan")?;
    let mut parts = Vec::new();
    for result in (0..4).filter(|&k| wanted[k]) {
        parts.push(match axis {
            Some(axis) => distinct_rows(call, &x, axis, result)?,
            None if result == 2 => reshape(&distinct(&x, 2, equal_nan)?, &x.shape)?,
            None => distinct(&x, result, equal_nan)?,
        });
    }
    if parts.len() == 1 { answer(parts.swap_remove(0)) } else { tuple(parts) }
}

/// The same for the slices along an axis, compared as rows.
fn distinct_rows(call: &Call<'_>, x: &Expr, axis: usize, result: usize) -> Result<Expr> {
    let first = move_axis(x, axis, 0);
    let (n, rest) = (first.shape[0], first.shape[1..].to_vec());
    let width: usize = rest.iter().product();
    let rows = reshape(&first, &[n, width])?;
    let node = |core: &[usize], dtype, result| per_block("unique_rows", vec![], &[(&rows, 2)], core, dtype, result);
    match result {
        0 => {
            // How many there are must be known before the other axes can be put back.
            let values = call.host.values(&[node(&[UNKNOWN, width], x.dtype, 0)])?;
            let Some(block) = values.into_iter().next() else {
                return Err(Error::runtime("no distinct rows came back"));
            };
            let shape = [&[block.shape()[0]], &rest[..]].concat();
            Ok(move_axis(&reshape(&crate::ops::primitive::from_block(block), &shape)?, 0, axis))
        }
        2 => Ok(node(&[n], DType::Int64, 2)),
        other => Ok(node(&[UNKNOWN], DType::Int64, other)),
    }
}

/// Whether each element of `x` is in `test`.
fn member(x: &Expr, test: &Expr, invert: bool) -> Result<Expr> {
    let dtype = x.dtype.promote(test.dtype);
    if !dtype.is_complex() {
        let line = distinct(&cast(test, dtype), 0, true)?;
        return Ok(place(&cast(x, dtype), &line, Location::Within { invert }));
    }
    let (line, test) = (cast(&flat(x)?, dtype), cast(&flat(test)?, dtype));
    let n = line.shape[0];
    let y = per_block("isin", vec![Param::Bool(invert)], &[(&line, 1), (&test, 1)], &[n], DType::Bool, 0);
    if x.shape.contains(&UNKNOWN) { Ok(y) } else { reshape(&y, &x.shape) }
}

fn isin(call: &Call<'_>) -> Result<Arg> {
    let both = together(&[call.get("element"), call.get("test_elements")])?;
    answer(member(&both[0], &both[1], call.flag("invert")?)?)
}

/// A flat line of known length: values of unknown number are made now.
fn known(call: &Call<'_>, x: &Expr) -> Result<Expr> {
    if !x.shape.contains(&UNKNOWN) {
        return Ok(x.clone());
    }
    let block = call.host.values(std::slice::from_ref(x))?.swap_remove(0);
    Ok(crate::ops::primitive::from_block(block))
}

fn missing_from(call: &Call<'_>, a: &Expr, b: &Expr) -> Result<Expr> {
    let a = if call.flag("assume_unique")? { flat(a)? } else { known(call, &distinct(a, 0, true)?)? };
    crate::ops::primitive::select(&a, &member(&a, b, true)?)
}

fn intersect(call: &Call<'_>) -> Result<Arg> {
    let both = call.operands(&["ar1", "ar2"])?;
    let values = known(call, &distinct(&both[0], 0, true)?)?;
    let first = known(call, &distinct(&both[0], 1, true)?)?;
    let shared = member(&values, &both[1], false)?;
    let common = crate::ops::primitive::select(&values, &shared)?;
    if !call.flag("return_indices")? {
        return answer(common);
    }
    let others = known(call, &distinct(&both[1], 0, true)?)?;
    let second = known(call, &distinct(&both[1], 1, true)?)?;
    let back = member(&others, &both[0], false)?;
    let pick = crate::ops::primitive::select;
    tuple(vec![common, pick(&first, &shared)?, pick(&second, &back)?])
}
