//! Slopes and areas of sampled functions.

use crate::data::{DType, Error, Result};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, join, real, slice};
use crate::ops::function::operands::asarray;
use crate::ops::function::row::{answer, tuple};
use crate::ops::function::{Arg, Call};
use crate::ops::primitive::{cast, expand, reduce};

/// A line along an axis, to broadcast with an array of `ndim` axes.
fn lying(x: &Expr, axis: usize, ndim: usize) -> Expr {
    expand(x, &(0..ndim).filter(|&other| other != axis).collect::<Vec<_>>())
}

/// Slopes along one axis; `gaps` are the distances between neighbours, one or n - 1 of them.
fn slope(f: &Expr, axis: usize, gaps: &Expr, second: bool) -> Result<Expr> {
    let n = f.shape[axis];
    if n < if second { 3 } else { 2 } {
        return Err(Error::value(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required.",
        ));
    }
    let at = |from: usize, to: usize| slice(f, axis, from, to);
    let gap = |from: usize, to: usize| {
        if gaps.ndim() == 0 { gaps.clone() } else { lying(&slice(gaps, 0, from, to), axis, f.ndim()) }
    };
    let sub = |a: &Expr, b: &Expr| bi(Kernel::Subtract, a, b);
    let mul = |a: &Expr, b: &Expr| bi(Kernel::Multiply, a, b);
    let div = |a: &Expr, b: &Expr| bi(Kernel::Divide, a, b);
    let add = |a: &Expr, b: &Expr| bi(Kernel::Add, a, b);
    let mut parts = Vec::new();
    let (first, last) = if second {
        let edge = |points: [Expr; 3], near: Expr, far: Expr| -> Result<Expr> {
            let sum = add(&near, &far)?;
            let a = div(&add(&mul(&real(2.0), &near)?, &far)?, &mul(&near, &sum)?)?;
            let b = div(&sum, &mul(&near, &far)?)?;
            let c = div(&near, &mul(&far, &sum)?)?;
            sub(&add(&mul(&b, &points[1])?, &mul(&sub(&real(0.0), &a)?, &points[0])?)?, &mul(&c, &points[2])?)
        };
        let start = edge([at(0, 1), at(1, 2), at(2, 3)], gap(0, 1), gap(1, 2))?;
        let end = edge([at(n - 1, n), at(n - 2, n - 1), at(n - 3, n - 2)], gap(n - 2, n - 1), gap(n - 3, n - 2))?;
        (start, sub(&real(0.0), &end)?)
    } else {
        (
            div(&sub(&at(1, 2), &at(0, 1))?, &gap(0, 1))?,
            div(&sub(&at(n - 1, n), &at(n - 2, n - 1))?, &gap(n - 2, n - 1))?,
        )
    };
    parts.push(first);
    if n > 2 {
        parts.push(if gaps.ndim() == 0 {
            div(&sub(&at(2, n), &at(0, n - 2))?, &mul(&real(2.0), gaps)?)?
        } else {
            let (h, k) = (gap(0, n - 2), gap(1, n - 1));
            let sum = add(&h, &k)?;
            let a = div(&sub(&real(0.0), &k)?, &mul(&h, &sum)?)?;
            let b = div(&sub(&k, &h)?, &mul(&h, &k)?)?;
            let c = div(&h, &mul(&k, &sum)?)?;
            add(&add(&mul(&a, &at(0, n - 2))?, &mul(&b, &at(1, n - 1))?)?, &mul(&c, &at(2, n))?)?
        });
    }
    parts.push(last);
    Ok(join(&parts, axis))
}

/// NumPy's `gradient`.
pub(super) fn gradient(call: &Call<'_>) -> Result<Arg> {
    let f = call.array("f")?;
    let f = cast(&f, if f.dtype.is_inexact() { f.dtype } else { DType::Float64 });
    let axes = call.axis_list("axis", f.ndim())?;
    let spacing = match call.get("varargs") {
        Arg::Tuple(items) => items.clone(),
        _ => vec![],
    };
    if !spacing.is_empty() && spacing.len() != 1 && spacing.len() != axes.len() {
        return Err(Error::type_("invalid number of arguments"));
    }
    let second = call.int("edge_order")? == 2;
    let mut out = Vec::new();
    for (k, &axis) in axes.iter().enumerate() {
        let gaps = match spacing.get(if spacing.len() == 1 { 0 } else { k }) {
            None => real(1.0),
            Some(arg) => {
                let x = cast(&asarray(arg)?, DType::Float64);
                let n = f.shape[axis];
                match x.ndim() {
                    0 => x,
                    1 if x.shape[0] == n => bi(Kernel::Subtract, &slice(&x, 0, 1, n), &slice(&x, 0, 0, n.max(1) - 1))?,
                    1 => {
                        return Err(Error::value(
                            "when 1d, distances must match the length of the corresponding dimension",
                        ));
                    }
                    _ => return Err(Error::value("distances must be either scalars or 1d")),
                }
            }
        };
        out.push(cast(&slope(&f, axis, &gaps, second)?, f.dtype));
    }
    if out.len() == 1 { answer(out.swap_remove(0)) } else { tuple(out) }
}

/// NumPy's `trapezoid`.
pub(super) fn trapezoid(call: &Call<'_>) -> Result<Arg> {
    let y = call.array("y")?;
    let axis = call.axis("axis", y.ndim())?;
    let n = y.shape[axis];
    let sum = bi(Kernel::Add, &slice(&y, axis, 1.min(n), n), &slice(&y, axis, 0, n.saturating_sub(1)))?;
    let width = match call.opt_array("x")? {
        None => real(call.float("dx")?),
        Some(x) => {
            let (x, axis_x) = if x.ndim() == 1 { (lying(&x, axis, y.ndim()), axis) } else { (x, axis) };
            let n = x.shape[axis_x];
            bi(Kernel::Subtract, &slice(&x, axis_x, 1.min(n), n), &slice(&x, axis_x, 0, n.saturating_sub(1)))?
        }
    };
    let area = bi(Kernel::Divide, &bi(Kernel::Multiply, &width, &sum)?, &real(2.0))?;
    answer(reduce(&area, Fold::Sum, &[axis]))
}
