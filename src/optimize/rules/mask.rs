//! A fold of selected elements folds the whole array under the mask: nothing is gathered first.

use crate::data::Chunks;
use crate::ir::{Expr, Fold, Op, Reduce};
use crate::ops::primitive::fill;

/// `f(x[mask]).sum()` => `f(x).sum(where=mask)`.
pub(super) fn fold_of_select(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(Reduce { fold, .. }) = &expr.op else { return None };
    let [selected] = expr.inputs.as_slice() else { return None };
    if expr.ndim() != 0 || matches!(fold, Fold::ArgMin | Fold::ArgMax) {
        return None;
    }
    let mask = mask_of(selected)?;
    let grid = mask.chunks.clone();
    let whole = unselected(selected, &mask, &grid)?;
    let axes = (0..mask.ndim()).collect();
    let op = Op::Reduce(Reduce { fold: *fold, axes, grid });
    Some(Expr::new(op, vec![whole, mask], vec![], expr.dtype, expr.chunks.clone()))
}

/// The mask of the first selection below elementwise kernels.
fn mask_of(expr: &Expr) -> Option<Expr> {
    match &expr.op {
        Op::Select => Some(expr.inputs[1].clone()),
        Op::Map(_) => expr.inputs.iter().find_map(mask_of),
        _ => None,
    }
}

/// The same elementwise kernels over the arrays that were selected from, if all were by the same mask.
fn unselected(expr: &Expr, mask: &Expr, grid: &Chunks) -> Option<Expr> {
    match &expr.op {
        Op::Select if expr.inputs[1] == *mask && expr.inputs[0].shape == mask.shape => Some(expr.inputs[0].clone()),
        Op::Fill(value) => Some(fill(*value, grid.clone())),
        Op::Map(_) => {
            let inputs: Option<Vec<Expr>> = expr.inputs.iter().map(|input| unselected(input, mask, grid)).collect();
            Some(Expr::new(expr.op.clone(), inputs?, mask.shape.clone(), expr.dtype, grid.clone()))
        }
        _ => None,
    }
}
