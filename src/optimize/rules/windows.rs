//! Folds of windows that slide: the windows are read side by side, not one after another.

use crate::data::Chunks;
use crate::ir::{Expr, Fold, Kernel, Op, Reduce, ViewAxis};
use crate::ops::primitive::{Pick, pick, transpose};

/// Kernels below a fold that are looked through for windows.
const LOOKED_AT: usize = 64;

/// The longest windows whose elements are added one by one: with 10 a sum takes a quarter of the time of a fold.
const FEW: usize = 16;

/// `windows(x).sum(-1)` => `windows(x).T.sum(0)`: rows along the array are long where windows are short.
pub(super) fn fold_of_windows(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(Reduce { fold, axes, grid, needs_some }) = &expr.op else { return None };
    let last = expr.inputs[0].ndim().checked_sub(1)?;
    let kept: Vec<usize> = (0..=last).filter(|axis| !axes.contains(axis)).collect();
    if !axes.contains(&last) || kept.is_empty() || !expr.inputs.iter().any(|input| slides(input, last, &kept)) {
        return None;
    }
    if let (Some(kernel), [one], [x]) = (added_by(*fold), axes.as_slice(), expr.inputs.as_slice())
        && x.dtype == expr.dtype
        && x.shape[*one] <= FEW
    {
        return one_by_one(expr, x, kernel);
    }
    let order: Vec<usize> = axes.iter().chain(&kept).copied().collect();
    let inputs = expr.inputs.iter().map(|input| transpose(input, &order)).collect();
    let grid = Chunks(order.iter().map(|&axis| grid.0[axis].clone()).collect());
    let op = Op::Reduce(Reduce { fold: *fold, axes: (0..axes.len()).collect(), grid, needs_some: *needs_some });
    Some(Expr::new(op, inputs, expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}

/// Whether an axis moves windows along what one of the kept axes runs along, below elementwise kernels.
fn slides(expr: &Expr, axis: usize, kept: &[usize]) -> bool {
    let mut open = vec![expr];
    for _ in 0..LOOKED_AT {
        let Some(next) = open.pop() else { return false };
        match &next.op {
            Op::Map(_) => open.extend(&next.inputs),
            Op::View(view) => {
                if let ViewAxis::Input { axis: read, .. } = view.axes[axis]
                    && kept.iter().any(|&k| matches!(view.axes[k], ViewAxis::Input { axis, .. } if axis == read))
                {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

fn added_by(fold: Fold) -> Option<Kernel> {
    match fold {
        Fold::Sum => Some(Kernel::Add),
        Fold::Prod => Some(Kernel::Multiply),
        _ => None,
    }
}

/// `windows(x).sum(-1)` => `x[..-2] + x[1..-1] + x[2..]`, by windows of which each place is one view.
fn one_by_one(expr: &Expr, x: &Expr, kernel: Kernel) -> Option<Expr> {
    let (window, outer) = x.shape.split_last()?;
    let place = |at: usize| {
        let whole = outer.iter().map(|&len| Pick::Slice { start: 0, step: 1, len });
        pick(x, &whole.chain([Pick::At(at)]).collect::<Vec<_>>())
    };
    let join = |sum: Expr, next: Expr| {
        Expr::new(Op::Map(kernel), vec![sum, next], expr.shape.clone(), expr.dtype, expr.chunks.clone())
    };
    (0..*window).map(place).reduce(join)
}
