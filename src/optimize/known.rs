//! Expressions rebuilt when lengths that were unknown become known.

use crate::data::{Chunks, Result, UNKNOWN};
use crate::ir::{Expr, ExprId, Op, Reduce, View, ViewAxis};
use crate::ops::primitive as p;
use std::collections::{HashMap, HashSet};

/// The nodes that make arrays of unknown length and whose inputs are all known: what must be computed first.
pub fn first_unknown(exprs: &[Expr]) -> Vec<Expr> {
    let mut out: Vec<Expr> = vec![];
    // A node of known length may still wait for one below: a place in a line of distinct values.
    let mut waiting: HashSet<ExprId> = HashSet::new();
    for node in exprs.iter().flat_map(Expr::nodes) {
        let waits = node.inputs.iter().any(|input| waiting.contains(&input.id()));
        let is_unknown = node.shape.contains(&UNKNOWN);
        if waits || is_unknown {
            waiting.insert(node.id());
        }
        let decides = is_unknown && matches!(node.op, Op::Select | Op::PerBlock(_) | Op::Aggregate(_));
        if decides && !waits && !out.contains(&node) {
            out.push(node);
        }
    }
    out
}

/// The expressions with nodes replaced by arrays that are known now, and all above them rebuilt.
pub fn with_known(exprs: &[Expr], known: &HashMap<Expr, Expr>) -> Vec<Expr> {
    replaced(exprs, known, rebuilt)
}

/// The same with a way of one's own to make a node over other inputs.
pub(super) fn replaced(
    exprs: &[Expr],
    known: &HashMap<Expr, Expr>,
    rebuilt: impl Fn(&Expr, Vec<Expr>) -> Expr,
) -> Vec<Expr> {
    let mut done: HashMap<Expr, Expr> = known.clone();
    for node in exprs.iter().flat_map(Expr::nodes) {
        if done.contains_key(&node) {
            continue;
        }
        let inputs: Vec<Expr> = node.inputs.iter().map(|input| done[input].clone()).collect();
        let now = if inputs == node.inputs { node.clone() } else { rebuilt(&node, inputs) };
        done.insert(node, now);
    }
    exprs.iter().map(|expr| done[expr].clone()).collect()
}

/// Refuses folds that turn out to meet no element and have no value then.
///
/// # Errors
/// `ValueError` as NumPy's.
pub fn need_elements(exprs: &[Expr]) -> Result<()> {
    let lacks = |node: &Expr| match &node.op {
        Op::Reduce(Reduce { fold, axes, needs_some: true, .. }) if node.inputs.len() == 1 => {
            axes.iter().any(|&axis| node.inputs[0].shape[axis] == 0).then_some(*fold)
        }
        _ => None,
    };
    let lacking = exprs.iter().flat_map(Expr::nodes).find_map(|node| lacks(&node));
    lacking.map_or(Ok(()), |fold| Err(p::nothing_to_fold(fold)))
}

/// The node over inputs whose lengths are known now.
fn rebuilt(node: &Expr, inputs: Vec<Expr>) -> Expr {
    let x = &inputs[0];
    match &node.op {
        Op::Map(_) => {
            let like = inputs.iter().find(|input| !input.shape.contains(&UNKNOWN)).unwrap_or(x).clone();
            let inputs: Vec<Expr> = inputs.into_iter().map(|input| stretched(input, &like)).collect();
            Expr::new(node.op.clone(), inputs, like.shape.clone(), node.dtype, like.chunks.clone())
        }
        Op::Reduce(reduce) => {
            let folded = match inputs.get(1) {
                Some(mask) => p::reduce_masked(x, mask, reduce.fold, &reduce.axes).unwrap_or_else(|_| node.clone()),
                None => p::reduce(x, reduce.fold, &reduce.axes),
            };
            let folded = if reduce.needs_some { p::needing_some(&folded) } else { folded };
            if inputs.len() == 1 { p::cast(&folded, node.dtype) } else { folded }
        }
        Op::Scan(scan) => p::scan(x, scan.fold, scan.axis),
        Op::View(view) => p::view(x, known_view(view, &x.shape)),
        Op::Rechunk => x.clone(),
        Op::Concat { axis } => p::concat(&inputs, *axis),
        Op::Take { axis } => p::take(x, &inputs[1], *axis),
        Op::Select => p::select(x, &inputs[1]).unwrap_or_else(|_| node.clone()),
        Op::PerBlock(call) => {
            let cores: Vec<(&Expr, usize)> = inputs.iter().zip(call.core.inputs.iter().copied()).collect();
            let out = &node.shape[node.ndim() - call.core.output..];
            p::per_block(call.name, call.params.clone(), &cores, out, node.dtype, call.result)
        }
        Op::Aggregate(call) => p::aggregate(call.kind.clone(), &inputs.iter().collect::<Vec<_>>(), call.result),
        Op::Locate(kind) => p::locate(x, &inputs[1], *kind),
        Op::Reshape => {
            let size: usize = x.shape.iter().product();
            let others: usize = node.shape.iter().filter(|n| **n != UNKNOWN).product();
            let shape: Vec<usize> =
                node.shape.iter().map(|&n| if n == UNKNOWN { size / others.max(1) } else { n }).collect();
            p::reshape(x, &shape).unwrap_or_else(|_| node.clone())
        }
        op => Expr::new(op.clone(), inputs.clone(), node.shape.clone(), node.dtype, node.chunks.clone()),
    }
}

/// A constant or repeated input in the shape that became known; others have it already.
fn stretched(input: Expr, like: &Expr) -> Expr {
    match input.op {
        Op::Fill(value) => p::fill_like(value, like),
        _ if input.shape == like.shape => p::rechunk(&input, like.chunks.clone()),
        Op::View(ref view) if input.shape.contains(&UNKNOWN) => {
            let mut view = view.clone();
            view.shape.clone_from(&like.shape);
            p::view(&input.inputs[0], view)
        }
        _ => p::broadcast(&input, &Chunks(like.chunks.0.clone())),
    }
}

fn known_view(view: &View, shape: &[usize]) -> View {
    let mut known = view.clone();
    for (len, axis) in known.shape.iter_mut().zip(&view.axes) {
        if let (UNKNOWN, ViewAxis::Input { axis, .. }) = (*len, axis) {
            *len = shape[*axis];
        }
    }
    known
}
