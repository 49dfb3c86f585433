//! Norms of vectors and matrices.

use crate::data::{Error, Result};
use crate::ir::{Expr, Fold, Kernel, Param};
use crate::ops::function::build::{bi, filled, flat, real, to_last, un};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::{cast, expand, per_block, reduce};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "linalg.norm",
        &[need("x"), opt("ord", "None"), opt("axis", "None"), opt("keepdims", "False")],
        "Norm of vectors or matrices.",
        "np.linalg.norm([3.0, 4.0])",
        "np.float64(5.0)",
        norm,
    ),
    Function::row(
        "linalg.vector_norm",
        &[need("x"), key("axis", "None"), key("keepdims", "False"), key("ord", "2")],
        "Norm of vectors.",
        "np.linalg.vector_norm([[3.0, 4.0]], axis=1)",
        "array([5.])",
        vector_norm_row,
    ),
    Function::row(
        "linalg.matrix_norm",
        &[need("x"), key("keepdims", "False"), key("ord", "'fro'")],
        "Norm of matrices.",
        "np.linalg.matrix_norm([[3.0, 0.0], [0.0, 4.0]])",
        "np.float64(5.0)",
        matrix_norm_row,
    ),
];

/// Magnitudes as floats.
fn sizes(x: &Expr) -> Result<Expr> {
    let x = un(Kernel::Abs, x)?;
    Ok(cast(&x, x.dtype.to_inexact()))
}

/// The norm of order `p` over axes, which are dropped.
fn vector_norm(x: &Expr, p: f64, axes: &[usize]) -> Result<Expr> {
    let a = sizes(x)?;
    if p == f64::INFINITY {
        return Ok(reduce(&a, Fold::Max, axes));
    }
    if p == f64::NEG_INFINITY {
        return Ok(reduce(&a, Fold::Min, axes));
    }
    if p == 0.0 {
        let some = bi(Kernel::NotEqual, &a, &filled(&a, 0.0, a.dtype))?;
        return Ok(cast(&reduce(&some, Fold::Sum, axes), a.dtype));
    }
    if p == 1.0 {
        return Ok(reduce(&a, Fold::Sum, axes));
    }
    if p == 2.0 {
        return un(Kernel::Sqrt, &reduce(&un(Kernel::Square, &a)?, Fold::Sum, axes));
    }
    let dtype = a.dtype;
    let power = bi(Kernel::Power, &a, &cast(&real(p), dtype))?;
    bi(Kernel::Power, &reduce(&power, Fold::Sum, axes), &cast(&real(1.0 / p), dtype))
}

/// The order of a norm; infinities may come as floats.
fn order(call: &Call<'_>, arg: &Arg) -> Result<f64> {
    match arg {
        Arg::None => Ok(2.0),
        Arg::Str(name) => Err(Error::value(format!("Invalid norm order '{name}' for vectors"))),
        other => call.number(other).map(crate::data::Scalar::to_f64),
    }
}

/// The norm of the last two axes, which are dropped.
pub(super) fn matrix_norm(call: &Call<'_>, x: &Expr, ord: &Arg) -> Result<Expr> {
    let n = x.ndim();
    let (row, column) = (n - 2, n - 1);
    let named = match ord {
        Arg::None => "fro",
        Arg::Str(name) => name,
        _ => "",
    };
    let singular = |fold: Fold| {
        let k = x.shape[row].min(x.shape[column]);
        let inexact = cast(x, x.dtype.to_inexact());
        let s = per_block("svd", vec![Param::Bool(false)], &[(&inexact, 2)], &[k], inexact.dtype.real(), 1);
        let last = s.ndim() - 1;
        Ok(reduce(&s, fold, &[last]))
    };
    if named == "fro" {
        return vector_norm(x, 2.0, &[row, column]);
    }
    if named == "nuc" {
        return singular(Fold::Sum);
    }
    let sums = |over: usize, fold: Fold| Ok(reduce(&reduce(&sizes(x)?, Fold::Sum, &[over]), fold, &[n - 2]));
    let order = if named.is_empty() { order(call, ord)? } else { f64::NAN };
    match order {
        f64::INFINITY => sums(column, Fold::Max),
        f64::NEG_INFINITY => sums(column, Fold::Min),
        1.0 => sums(row, Fold::Max),
        -1.0 => sums(row, Fold::Min),
        2.0 => singular(Fold::Max),
        -2.0 => singular(Fold::Min),
        _ => Err(Error::value("Invalid norm order for matrices.")),
    }
}

fn norm(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let keep = call.flag("keepdims")?;
    if !call.given("axis") && !call.given("ord") {
        let axes: Vec<usize> = (0..x.ndim()).collect();
        let y = if axes.is_empty() { vector_norm(&flat(&x)?, 2.0, &[0])? } else { vector_norm(&x, 2.0, &axes)? };
        return answer(if keep { expand(&y, &axes) } else { y });
    }
    let axes = call.axis_list("axis", x.ndim())?;
    over_axes(call, &x, &axes, keep)
}

fn over_axes(call: &Call<'_>, x: &Expr, axes: &[usize], keep: bool) -> Result<Arg> {
    let y = match axes {
        [axis] => vector_norm(x, order(call, call.get("ord"))?, &[*axis])?,
        [row, column] if row != column => {
            let moved = to_last(x, *row);
            let moved = to_last(&moved, if column > row { column - 1 } else { *column });
            matrix_norm(call, &moved, call.get("ord"))?
        }
        _ => return Err(Error::value("Improper number of dimensions to norm.")),
    };
    let mut axes = axes.to_vec();
    axes.sort_unstable();
    answer(if keep { expand(&y, &axes) } else { y })
}

fn vector_norm_row(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let axes = call.axes("axis", x.ndim())?;
    let y = vector_norm(&x, order(call, call.get("ord"))?, &axes)?;
    answer(if call.flag("keepdims")? { expand(&y, &axes) } else { y })
}

fn matrix_norm_row(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    if x.ndim() < 2 {
        return Err(Error::value("matrix_norm needs at least two dimensions"));
    }
    over_axes(call, &x, &[x.ndim() - 2, x.ndim() - 1], call.flag("keepdims")?)
}
