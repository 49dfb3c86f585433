//! Folds of turned arrays in the order in which the arrays lie.

use crate::data::Chunks;
use crate::ir::{Expr, Fold, Op, Reduce, View, ViewAxis};
use crate::ops::primitive::view;

/// `x.T.sum(axis=0)` => `x.sum(axis=1)`, and so for all axes in any order: what is folded is read as it lies.
///
/// Places are numbered in the order of the folded axes, so they must keep it.
pub(super) fn fold_in_source_order(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(reduce) = &expr.op else { return None };
    let [below] = expr.inputs.as_slice() else { return None };
    let order = source_order(below)?;
    let is_placed = matches!(reduce.fold, Fold::ArgMin | Fold::ArgMax);
    if order.is_sorted() || (is_placed && reduce.axes.len() > 1) {
        return None;
    }
    let turned = view(below, turning(&below.shape, &order));
    let grid = Chunks(order.iter().map(|&axis| reduce.grid.0[axis].clone()).collect());
    let is_folded = |axis: &usize| reduce.axes.contains(axis);
    let axes: Vec<usize> = (0..order.len()).filter(|&at| is_folded(&order[at])).collect();
    let kept: Vec<usize> = order.iter().copied().filter(|axis| !is_folded(axis)).collect();
    let chunks = Chunks((0..order.len()).filter(|at| !axes.contains(at)).map(|at| grid.0[at].clone()).collect());
    let op = Op::Reduce(Reduce { axes, grid, ..reduce.clone() });
    let folded = Expr::new(op, vec![turned], chunks.shape(), expr.dtype, chunks);
    // Where each kept axis of the result has gone.
    let mut own: Vec<usize> = kept.clone();
    own.sort_unstable();
    let back: Vec<usize> = own.iter().filter_map(|axis| kept.iter().position(|k| k == axis)).collect();
    let shape = folded.shape.clone();
    Some(view(&folded, turning(&shape, &back)))
}

/// The axes of an array in the order in which its elements lie in what it reads; none where that is unknown or its parts
/// disagree.
fn source_order(expr: &Expr) -> Option<Vec<usize>> {
    match &expr.op {
        // A view that has not sunk yet leads somewhere else.
        Op::View(_) if matches!(expr.inputs[0].op, Op::View(_) | Op::Map(_) | Op::Rechunk) => None,
        Op::View(outer) if outer.slides() => None,
        Op::View(outer) => {
            let input = |axis: &ViewAxis| match axis {
                ViewAxis::Input { axis, .. } => Some(*axis),
                ViewAxis::Repeat => None,
            };
            let inputs: Vec<usize> = outer.axes.iter().map(input).collect::<Option<_>>()?;
            let mut order: Vec<usize> = (0..inputs.len()).collect();
            order.sort_by_key(|&axis| inputs[axis]);
            Some(order)
        }
        Op::Map(_) => {
            let mut orders = expr.inputs.iter().filter(|input| !matches!(input.op, Op::Fill(_))).map(source_order);
            let first = orders.next()??;
            orders.all(|order| order.as_ref() == Some(&first)).then_some(first)
        }
        _ => None,
    }
}

/// The view with the axes of an array in another order.
fn turning(shape: &[usize], order: &[usize]) -> View {
    View {
        base: vec![0; shape.len()],
        axes: order.iter().map(|&axis| ViewAxis::Input { axis, step: 1 }).collect(),
        shape: order.iter().map(|&axis| shape[axis]).collect(),
    }
}
