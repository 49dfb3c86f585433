//! What is above a concatenation, done to its parts.

use crate::data::{Chunks, DType};
use crate::ir::{Expr, Fold, Kernel, Op, Reduce, View, ViewAxis};
use crate::ops::primitive::{Pick, cast, concat, expand, pick, view};

/// Parts that are folded apart, at most: each takes a pass of its own.
const MOST_PARTS: usize = 16;

/// `concat(x, y).sum(axis)` => `concat(x.sum(axis), y.sum(axis))` along another axis.
///
/// An element is folded from the same elements in the same order: that follows the folded axes of the grid alone.
pub(super) fn fold_of_concat(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(Reduce { fold, axes, grid, needs_some }) = &expr.op else { return None };
    let [joined] = expr.inputs.as_slice() else { return None };
    let Op::Concat { axis } = joined.op else { return None };
    if axes.contains(&axis) || joined.inputs.len() > MOST_PARTS || joined.shape.contains(&crate::data::UNKNOWN) {
        return None;
    }
    let folded = |part: &Expr| {
        let cuts = grid.0.iter().enumerate().map(|(k, cuts)| if k == axis { &part.chunks.0[axis] } else { cuts });
        let grid = Chunks(cuts.cloned().collect());
        let kept = (0..grid.0.len()).filter(|k| !axes.contains(k)).map(|k| grid.0[k].clone());
        let chunks = Chunks(kept.collect());
        let op = Op::Reduce(Reduce { fold: *fold, axes: axes.clone(), grid, needs_some: *needs_some });
        Expr::new(op, vec![part.clone()], chunks.shape(), expr.dtype, chunks)
    };
    let parts: Vec<Expr> = joined.inputs.iter().map(folded).collect();
    let whole = concat(&parts, axis - axes.iter().filter(|&&folded| folded < axis).count());
    Some(Expr::new(whole.op.clone(), whole.inputs.clone(), expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}

/// `concat(x.sum(0), y.sum(0))[a]` => `concat(x.sum(0)[b], y.sum(0)[c])`: what is not asked for of a part is not folded.
pub(super) fn view_through_concat(expr: &Expr) -> Option<Expr> {
    let Op::View(outer) = &expr.op else { return None };
    let below = &expr.inputs[0];
    let Op::Concat { axis } = below.op else { return None };
    let is_fold = |part: &Expr| match &part.op {
        Op::View(_) => matches!(part.inputs[0].op, Op::Reduce(_)),
        op => matches!(op, Op::Reduce(_)),
    };
    if outer.slides() || outer.shape.contains(&0) || !below.inputs.iter().all(is_fold) {
        return None;
    }
    let (mut offset, mut parts) = (0, vec![]);
    for part in &below.inputs {
        let len = part.shape[axis];
        parts.extend(within(outer, axis, offset, len).map(|own| view(part, own)));
        offset += len;
    }
    let Some((out, step)) = outer.reader_of(axis) else { return parts.pop() };
    if step < 0 {
        parts.reverse();
    }
    let whole = concat(&parts, out);
    Some(Expr::new(whole.op.clone(), whole.inputs.clone(), expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}

/// Parts one upon another that are folded as one elementwise chain, at most.
const MOST_STACKED: usize = 16;

/// `stack(x, y, z).sum(0)` => `(x + y) + z`: nothing is stored between it and what stands above.
///
/// Parts are joined as the tree in which folds of chunks of one element are merged, and single precision in double, so that
/// no bit changes but the sign of a zero.
pub(super) fn fold_of_stack(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(Reduce { fold, axes, grid, .. }) = &expr.op else { return None };
    let ([stacked], [folded]) = (expr.inputs.as_slice(), axes.as_slice()) else { return None };
    let Op::Concat { axis } = stacked.op else { return None };
    let count = stacked.inputs.len();
    let is_stack = axis == *folded && stacked.inputs.iter().all(|part| part.shape[axis] == 1);
    // Other chunks would be folded in another order.
    let is_stack = is_stack && grid.0[axis].count() == count;
    if !is_stack || count > MOST_STACKED || stacked.dtype != expr.dtype || stacked.dtype.is_complex() {
        return None;
    }
    let (kernel, is_exact) = match fold {
        Fold::Sum => (Kernel::Add, false),
        Fold::Prod => (Kernel::Multiply, false),
        Fold::Min => (Kernel::Minimum, true),
        Fold::Max => (Kernel::Maximum, true),
        _ => return None,
    };
    let dtype = if expr.dtype == DType::Float32 && !is_exact { DType::Float64 } else { expr.dtype };
    let whole = |len: &usize| Pick::Slice { start: 0, step: 1, len: *len };
    let part = |x: &Expr| {
        let mut picks: Vec<Pick> = x.shape.iter().map(whole).collect();
        picks[axis] = Pick::At(0);
        cast(&pick(x, &picks), dtype)
    };
    let parts: Vec<Expr> = stacked.inputs.iter().map(part).collect();
    Some(cast(&joined_as_tree(expr, kernel, &parts), expr.dtype))
}

/// Arrays joined by a kernel as a tree whose left side is the largest power of two.
fn joined_as_tree(like: &Expr, kernel: Kernel, parts: &[Expr]) -> Expr {
    if let [one] = parts {
        return one.clone();
    }
    let (first, later) = parts.split_at(parts.len().next_power_of_two() / 2);
    let sides = [first, later].map(|side| joined_as_tree(like, kernel, side));
    let dtype = sides[0].dtype;
    Expr::new(Op::Map(kernel), sides.to_vec(), like.shape.clone(), dtype, like.chunks.clone())
}

/// What a view reads of `offset .. offset + len` of an axis, as a view of that part.
fn within(outer: &View, axis: usize, offset: usize, len: usize) -> Option<View> {
    let (first, mut own) = (outer.base[axis], outer.clone());
    let Some((out, step)) = outer.reader_of(axis) else {
        own.base[axis] = first.checked_sub(offset).filter(|at| *at < len)?;
        return Some(own);
    };
    let (start, count) = View::inside(first, step, outer.shape[out], offset, len);
    own.base[axis] = first.wrapping_add_signed(step * start as isize).wrapping_sub(offset);
    own.shape[out] = count;
    (count > 0).then_some(own)
}

/// `x[:, None].sum(0)` => `x.sum(0)[None]`: an axis along which nothing changes is put in afterwards.
pub(super) fn fold_of_repeated(expr: &Expr) -> Option<Expr> {
    let Op::Reduce(Reduce { fold, axes, grid, needs_some }) = &expr.op else { return None };
    let [x] = expr.inputs.as_slice() else { return None };
    let Op::View(inner) = &x.op else { return None };
    let stands =
        |axis: &usize| inner.axes[*axis] == ViewAxis::Repeat && inner.shape[*axis] == 1 && !axes.contains(axis);
    let (gone, kept): (Vec<usize>, Vec<usize>) = (0..x.ndim()).partition(stands);
    if gone.is_empty() {
        return None;
    }
    let own = View {
        base: inner.base.clone(),
        axes: kept.iter().map(|&axis| inner.axes[axis]).collect(),
        shape: kept.iter().map(|&axis| inner.shape[axis]).collect(),
    };
    let grid = Chunks(kept.iter().map(|&axis| grid.0[axis].clone()).collect());
    let own_axes: Vec<usize> = (0..kept.len()).filter(|&k| axes.contains(&kept[k])).collect();
    let chunks = Chunks((0..kept.len()).filter(|k| !own_axes.contains(k)).map(|k| grid.0[k].clone()).collect());
    let op = Op::Reduce(Reduce { fold: *fold, axes: own_axes, grid, needs_some: *needs_some });
    let folded = Expr::new(op, vec![view(&x.inputs[0], own)], chunks.shape(), expr.dtype, chunks);
    // Where the axes that stand still are among those of the result.
    let places = gone.iter().map(|&axis| axis - axes.iter().filter(|&&f| f < axis).count());
    Some(expand(&folded, &places.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::fold_of_stack;
    use crate::data::{Chunks, Cuts, DType, Scalar};
    use crate::ir::{Expr, Fold};
    use crate::ops::primitive::{concat, iota, reduce};

    #[test]
    fn only_parts_of_one_element_are_stacked() {
        let part = |rows: usize| {
            let chunks = Chunks(vec![Cuts::regular(rows, 1), Cuts::whole(3)]);
            iota(Scalar::Int64(0), Scalar::Int64(1), DType::Float64, chunks)
        };
        let folded = |parts: &[Expr]| fold_of_stack(&reduce(&concat(parts, 0), Fold::Max, &[0]));
        assert!(folded(&[part(1), part(1)]).is_some());
        // As many elements as parts, but not one each.
        assert!(folded(&[part(2), part(0)]).is_none());
    }
}
