//! A fold of selected elements folds the whole array under the mask: nothing is gathered first.

use crate::data::Scalar;
use crate::ir::{Expr, Fold, Kernel, Op, Reduce};
use crate::ops::primitive::{broadcast, expand, fill};

/// `f(x[mask]).sum()` => `f(x).sum(where=mask)`, where the axis along which elements were selected is folded.
pub(super) fn fold_of_select(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(Reduce { fold, axes, needs_some, .. }) = &expr.op else { return None };
    let [selected] = expr.inputs.as_slice() else { return None };
    if !axes.contains(&0) || matches!(fold, Fold::ArgMin | Fold::ArgMax) {
        return None;
    }
    let (from, mask) = selection_of(selected)?;
    let whole = unselected(selected, &from, &mask)?;
    let leading = mask.ndim();
    let axes = (0..leading).chain(axes.iter().filter(|&&axis| axis > 0).map(|axis| axis - 1 + leading)).collect();
    let op = Op::Reduce(Reduce { fold: *fold, axes, grid: from.chunks.clone(), needs_some: *needs_some });
    let mask = broadcast(&expand(&mask, &(leading..from.ndim()).collect::<Vec<_>>()), &from.chunks);
    Some(Expr::new(op, vec![whole, mask], expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}

/// `x.sum(where=mask)` => `where(mask, x, 0).sum()`, bit for bit: an elementwise chain is folded as it is made.
pub(super) fn sum_of_masked(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(reduce) = &expr.op else { return None };
    let [x, mask] = expr.inputs.as_slice() else { return None };
    let zero = match reduce.fold {
        Fold::Sum if x.dtype.is_float() || x.dtype.is_integer() => Scalar::Int64(0).cast(x.dtype),
        _ => return None,
    };
    let inputs = vec![mask.clone(), x.clone(), fill(zero, x.chunks.clone())];
    let kept = Expr::new(Op::Map(Kernel::Where), inputs, x.shape.clone(), x.dtype, x.chunks.clone());
    let op = Op::Reduce(Reduce { needs_some: false, ..reduce.clone() });
    Some(Expr::new(op, vec![kept], expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}

/// The array and the mask of the first selection below elementwise kernels.
fn selection_of(expr: &Expr) -> Option<(Expr, Expr)> {
    match &expr.op {
        Op::Select => Some((expr.inputs[0].clone(), expr.inputs[1].clone())),
        Op::Map(_) => expr.inputs.iter().find_map(selection_of),
        _ => None,
    }
}

/// The same elementwise kernels over the arrays that were selected from, if all are like `from` and were by the same mask.
fn unselected(expr: &Expr, from: &Expr, mask: &Expr) -> Option<Expr> {
    match &expr.op {
        Op::Select if expr.inputs[1] == *mask && expr.inputs[0].shape == from.shape => Some(expr.inputs[0].clone()),
        Op::Fill(value) => Some(fill(*value, from.chunks.clone())),
        Op::Map(_) => {
            let inputs: Option<Vec<Expr>> = expr.inputs.iter().map(|input| unselected(input, from, mask)).collect();
            Some(Expr::new(expr.op.clone(), inputs?, from.shape.clone(), expr.dtype, from.chunks.clone()))
        }
        _ => None,
    }
}
