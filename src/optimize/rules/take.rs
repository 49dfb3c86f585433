//! Looking up before computing.

use crate::ir::{Expr, Op, View, ViewAxis};
use crate::ops::primitive::{fill, view};

/// `f(x, y)[index]` => `f(x[index], y[index])`, where no more is looked up than there is.
pub(super) fn take_through_map(expr: &Expr) -> Option<Expr> {
    let Op::Take { axis } = expr.op else { return None };
    let (below, index) = (&expr.inputs[0], &expr.inputs[1]);
    if !matches!(below.op, Op::Map(_)) || expr.shape[axis] > below.shape[axis] {
        return None;
    }
    let taken = |input: &Expr| match &input.op {
        Op::Fill(value) => fill(*value, expr.chunks.clone()),
        Op::View(repeated) if repeated.axes[axis] == ViewAxis::Repeat => {
            let shape = expr.shape.clone();
            view(&input.inputs[0], View { shape, ..repeated.clone() })
        }
        _ => {
            let inputs = vec![input.clone(), index.clone()];
            Expr::new(expr.op.clone(), inputs, expr.shape.clone(), input.dtype, expr.chunks.clone())
        }
    };
    let inputs = below.inputs.iter().map(taken).collect();
    Some(Expr::new(below.op.clone(), inputs, expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}
