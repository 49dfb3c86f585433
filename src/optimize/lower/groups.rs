//! Folds that share a pass: over the same grid and axes at the same depth, of the same elements.

use super::is_breaker;
use crate::data::Chunks;
use crate::ir::{Expr, ExprId, Op, Reduce, View, ViewAxis};
use std::collections::{HashMap, HashSet};

type GroupKey = (usize, Vec<usize>, Chunks);

/// Folds up to which each is compared with every other: more share a pass, because a stage for each would cost more.
const COMPARED: usize = 128;

/// What a fold reads: a source and, along each axis, the first and the last place.
type Part = (ExprId, Vec<(usize, usize)>);

/// The folds that share a pass with each.
pub(super) fn groups(results: &[Expr]) -> HashMap<ExprId, Vec<Expr>> {
    let mut depth: HashMap<ExprId, usize> = HashMap::new();
    let mut by_key: HashMap<GroupKey, Vec<Expr>> = HashMap::new();
    for expr in results.iter().flat_map(|r| r.nodes()) {
        if depth.contains_key(&expr.id()) {
            continue;
        }
        let below = expr.inputs.iter().map(|input| depth[&input.id()]).max().unwrap_or(0);
        depth.insert(expr.id(), below + usize::from(is_breaker(&expr.op)));
        if let Op::Reduce(Reduce { axes, grid, .. }) = &expr.op {
            by_key.entry((below, axes.clone(), grid.clone())).or_default().push(expr);
        }
    }
    let members = |group: Vec<Expr>| group.clone().into_iter().map(move |expr| (expr.id(), group.clone()));
    by_key.into_values().flat_map(together).flat_map(members).collect()
}

/// Folds cut into groups that have something to read together: blocks that are folded apart would all be brought at once.
fn together(folds: Vec<Expr>) -> Vec<Vec<Expr>> {
    if folds.len() > COMPARED {
        return vec![folds];
    }
    let parts: Vec<Vec<Part>> = folds.iter().map(|fold| fold.inputs.iter().flat_map(parts_of).collect()).collect();
    let mut leader: Vec<usize> = (0..folds.len()).collect();
    for later in 1..folds.len() {
        for first in 0..later {
            if parts[first].iter().any(|a| parts[later].iter().any(|b| meet(a, b))) {
                join(&mut leader, first, later);
            }
        }
    }
    let mut groups: Vec<(usize, Vec<Expr>)> = vec![];
    for (number, fold) in folds.into_iter().enumerate() {
        let own = leader_of(&leader, number);
        match groups.iter_mut().rev().find(|group| group.0 == own) {
            Some(group) => group.1.push(fold),
            None => groups.push((own, vec![fold])),
        }
    }
    groups.into_iter().map(|group| group.1).collect()
}

fn leader_of(leader: &[usize], mut fold: usize) -> usize {
    while leader[fold] != fold {
        fold = leader[fold];
    }
    fold
}

fn join(leader: &mut [usize], a: usize, b: usize) {
    let (a, b) = (leader_of(leader, a), leader_of(leader, b));
    leader[a.max(b)] = a.min(b);
}

/// Whether two parts have elements in common.
fn meet(a: &Part, b: &Part) -> bool {
    a.0 == b.0 && a.1.iter().zip(&b.1).all(|(a, b)| a.0 <= b.1 && b.0 <= a.1)
}

/// The parts of sources that an elementwise expression reads.
fn parts_of(expr: &Expr) -> Vec<Part> {
    let whole = |expr: &Expr| (expr.id(), expr.shape.iter().map(|&len| (0, len.saturating_sub(1))).collect());
    let (mut open, mut parts, mut seen) = (vec![expr.clone()], vec![], HashSet::new());
    while let Some(next) = open.pop() {
        if !seen.insert(next.id()) {
            continue;
        }
        match &next.op {
            Op::Fill(_) => {}
            Op::Map(_) | Op::Rechunk | Op::Concat { .. } => open.extend(next.inputs.iter().cloned()),
            Op::View(view) if !matches!(next.inputs[0].op, Op::Map(_) | Op::View(_) | Op::Concat { .. }) => {
                parts.push((next.inputs[0].id(), hull(view, &next.inputs[0].shape)));
            }
            Op::View(_) => open.push(next.inputs[0].clone()),
            _ => parts.push(whole(&next)),
        }
    }
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// The first and last place that a view reads along each axis of its input.
fn hull(view: &View, shape: &[usize]) -> Vec<(usize, usize)> {
    let along = |axis: usize| {
        let first = view.base[axis];
        let (low, high) =
            view.axes.iter().zip(&view.shape).fold((first as isize, first as isize), |ends, (reader, &len)| {
                let ViewAxis::Input { axis: read, step } = *reader else { return ends };
                let reach = if read == axis { step * (len as isize - 1).max(0) } else { 0 };
                (ends.0 + reach.min(0), ends.1 + reach.max(0))
            });
        (low.max(0) as usize, high.max(0) as usize)
    };
    (0..shape.len()).map(along).collect()
}

#[cfg(test)]
mod tests {
    use super::groups;
    use crate::data::{Chunks, DType, Scalar};
    use crate::ir::{Expr, Fold};
    use crate::ops::primitive::{Pick, iota, pick, reduce};

    #[test]
    fn folds_share_a_pass_where_they_read_the_same() {
        let x = iota(Scalar::Int64(0), Scalar::Int64(1), DType::Float64, Chunks::whole(&[100]));
        let part = |start: usize| pick(&x, &[Pick::Slice { start, step: 1, len: 10 }]);
        let sum = |x: &Expr| reduce(x, Fold::Sum, &[0]);
        let folds: Vec<Expr> = [0, 5, 14, 50].map(|start| sum(&part(start))).to_vec();
        let groups = groups(&folds);
        let sizes: Vec<usize> = folds.iter().map(|fold| groups[&fold.id()].len()).collect();
        assert_eq!(sizes, [3, 3, 3, 1]);
    }
}
