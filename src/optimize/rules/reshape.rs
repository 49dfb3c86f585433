//! Reshapes that cost nothing.

use crate::ir::{Expr, Op};
use crate::ops::primitive::{cast, fill, reshape};

/// `random(s).reshape(t)` => `random(t)`, and so for constants and ranges.
pub(super) fn reshape_into_source(expr: &Expr) -> Option<Expr> {
    let Op::Reshape = expr.op else { return None };
    let below = &expr.inputs[0];
    match &below.op {
        Op::Fill(value) => Some(fill(*value, expr.chunks.clone())),
        Op::Iota { .. } | Op::Random(_) => {
            Some(Expr::new(below.op.clone(), vec![], expr.shape.clone(), expr.dtype, expr.chunks.clone()))
        }
        Op::Reshape => {
            Some(Expr::new(Op::Reshape, below.inputs.clone(), expr.shape.clone(), expr.dtype, expr.chunks.clone()))
        }
        _ => None,
    }
}

/// `f(x, y).reshape(t)` => `f(x.reshape(t), y.reshape(t))`.
pub(super) fn reshape_through_map(expr: &Expr) -> Option<Expr> {
    let Op::Reshape = expr.op else { return None };
    let below = &expr.inputs[0];
    let Op::Map(_) = &below.op else { return None };
    let reshaped = |input: &Expr| match reshape(input, &expr.shape) {
        Ok(out) => Some(cast(&out, input.dtype)),
        Err(_) => None,
    };
    let inputs: Option<Vec<Expr>> = below.inputs.iter().map(reshaped).collect();
    Some(Expr::new(below.op.clone(), inputs?, expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}
