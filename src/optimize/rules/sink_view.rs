//! Views sink towards sources, so that only what is asked for is computed, generated or read.

use crate::data::{Chunks, Cuts, size_of};
use crate::ir::{Expr, Op, PerBlock, Reduce, Scan, View, ViewAxis};
use crate::ops::primitive::{fill, locate, view, view_in_chunks};
use crate::optimize::rules::concat::fold_of_concat;

/// `x.rechunk(c)` => `x`: grids that matter are carried by the nodes above.
pub(super) fn drop_rechunk(expr: &Expr) -> Option<Expr> {
    matches!(expr.op, Op::Rechunk).then(|| expr.inputs[0].clone())
}

/// The view that a node is and what it is of.
fn view_over(expr: &Expr) -> Option<(&View, &Expr)> {
    if let Op::View(v) = &expr.op { Some((v, &expr.inputs[0])) } else { None }
}

/// `x[a][b]` => `x[c]`.
pub(super) fn view_of_view(expr: &Expr) -> Option<Expr> {
    let (outer, middle) = view_over(expr)?;
    let (inner, below) = view_over(middle)?;
    Some(view(below, outer.after(inner)))
}

/// `full(s, v)[a]` => `full(t, v)`; and a view that changes nothing => its input.
pub(super) fn view_of_fill(expr: &Expr) -> Option<Expr> {
    let (outer, below) = view_over(expr)?;
    match below.op {
        Op::Fill(value) => Some(fill(value, expr.chunks.clone())),
        _ => outer.is_identity(&below.shape).then(|| below.clone()),
    }
}

/// How often an element is to be read, at least, before it is worth a place in memory, and by how many in all.
const OFTEN: usize = 8;
const IN_ALL: usize = 1 << 16;
/// Elements that may be given a place: 8 MiB of float64.
const PLACES: usize = 1 << 20;

/// Whether what a view repeats is better computed once and stored: `(x - m) / s` with a mean and a deviation for each row
/// takes half as long so as with a division and a square root for each element.
pub(in crate::optimize) fn is_read_often(outer: &View, below: &Expr) -> bool {
    let (few, all) = (size_of(&below.shape), size_of(&outer.shape));
    let are_few = few.is_some_and(|few| few <= PLACES) && all.is_some_and(|all| all >= IN_ALL);
    are_few && outer.times() >= OFTEN && matches!(below.op, Op::Map(_))
}

/// `f(x, y)[a]` => `f(x[a], y[a])`; where `a` repeats what it selects, only what selects goes below.
pub(super) fn view_through_map(expr: &Expr) -> Option<Expr> {
    let (outer, below) = view_over(expr)?;
    if let Op::Locate(kind) = below.op {
        return Some(locate(&view(&below.inputs[0], outer.clone()), &below.inputs[1], kind));
    }
    let Op::Map(_) = below.op else { return None };
    let inputs = |through: &View| below.inputs.iter().map(|input| view(input, through.clone())).collect();
    if is_read_often(outer, below) {
        let (selection, rest) = split_selection(outer, &below.shape)?;
        let chunks = view(below, selection.clone()).chunks.clone();
        let selected = Expr::new(below.op.clone(), inputs(&selection), selection.shape, expr.dtype, chunks);
        return Some(view_in_chunks(&selected, rest, expr.chunks.clone()));
    }
    Some(Expr::new(below.op.clone(), inputs(outer), expr.shape.clone(), expr.dtype, expr.chunks.clone()))
}

/// A view split in two: a selection that keeps every axis of the input, and the rest, which only moves, drops and
/// repeats axes. `None` where the selection would select everything, or where windows slide: they read what was made once.
fn split_selection(outer: &View, shape: &[usize]) -> Option<(View, View)> {
    if outer.slides() {
        return None;
    }
    let mut selection = View::identity(shape);
    let mut rest = outer.clone();
    for axis in 0..shape.len() {
        let (len, step) = match outer.reader_of(axis) {
            None => (1, 1),
            Some((out, step)) => (outer.shape[out], step),
        };
        selection.base[axis] = outer.base[axis];
        selection.shape[axis] = len;
        selection.axes[axis] = ViewAxis::Input { axis, step };
        rest.base[axis] = 0;
    }
    for axis in &mut rest.axes {
        if let ViewAxis::Input { step, .. } = axis {
            *step = 1;
        }
    }
    (!selection.is_identity(shape)).then_some((selection, rest))
}

/// `x.sum(axis)[a]` => `x[a'].sum(axis)`, where `a'` selects along the kept axes.
///
/// Every kept axis stays an axis below (an index becomes a slice of one), so that the order in which an element's
/// inputs are folded does not depend on what is sliced away.
pub(super) fn view_through_reduce(expr: &Expr) -> Option<Expr> {
    let (outer, below) = view_over(expr)?;
    let Op::Reduce(reduce) = &below.op else { return None };
    // What is sliced away must not decide in which form an element is folded.
    if let Some(parts) = fold_of_concat(below) {
        return Some(view(&parts, outer.clone()));
    }
    let (selection, rest) = split_selection(outer, &below.shape)?;
    let lifted = lift(&selection, &below.inputs[0].shape, |axis| {
        (!reduce.axes.contains(&axis)).then(|| axis - reduce.axes.iter().filter(|&&folded| folded < axis).count())
    });
    let inputs: Vec<Expr> = below.inputs.iter().map(|input| view(input, lifted.clone())).collect();
    let grid = selected_grid(&reduce.grid, &lifted);
    let kept =
        Chunks((0..grid.0.len()).filter(|axis| !reduce.axes.contains(axis)).map(|axis| grid.0[axis].clone()).collect());
    let op = Op::Reduce(Reduce { grid, ..reduce.clone() });
    let folded = Expr::new(op, inputs, selection.shape.clone(), below.dtype, kept);
    Some(view(&folded, rest))
}

/// A selection of some axes as one of all axes: `of(axis)` is the selected axis that stands for an axis.
fn lift(selection: &View, shape: &[usize], of: impl Fn(usize) -> Option<usize>) -> View {
    let mut lifted = View::identity(shape);
    for axis in 0..shape.len() {
        if let Some(own) = of(axis)
            && let ViewAxis::Input { step, .. } = selection.axes[own]
        {
            lifted.base[axis] = selection.base[own];
            lifted.shape[axis] = selection.shape[own];
            lifted.axes[axis] = ViewAxis::Input { axis, step };
        }
    }
    lifted
}

fn selected_grid(grid: &Chunks, selection: &View) -> Chunks {
    let cuts = grid.0.iter().enumerate().map(|(axis, cuts)| match selection.axes[axis] {
        ViewAxis::Input { step, .. } => {
            crate::ops::primitive::sliced(cuts, selection.base[axis], step, selection.shape[axis])
        }
        ViewAxis::Repeat => Cuts::whole(selection.shape[axis]),
    });
    Chunks(cuts.collect())
}

/// `x.cumsum(axis)[a]` => `x[a'].cumsum(axis)[b]`: what comes after is not read, what comes before is only folded.
pub(super) fn view_through_scan(expr: &Expr) -> Option<Expr> {
    let (outer, below) = view_over(expr)?;
    let Op::Scan(scan) = &below.op else { return None };
    if below.shape.contains(&0) || outer.shape.contains(&0) {
        return None;
    }
    let (mut selection, mut rest) = split_selection(outer, &below.shape)?;
    let axis = scan.axis;
    let skipped = if scan.skip == 0 { 0 } else { scan.grid.0[axis].chunk(scan.skip).0 };
    let (first, last) = reached(outer, axis);
    let end = skipped + last + 1;
    selection.base[axis] = 0;
    selection.shape[axis] = end;
    selection.axes[axis] = ViewAxis::Input { axis, step: 1 };
    let grid = selected_grid(&scan.grid, &selection);
    let skip = grid.0[axis].find(skipped + first);
    let begin = grid.0[axis].chunk(skip).0;
    if selection.is_identity(&scan.grid.shape()) && skip == scan.skip {
        return None;
    }
    rest.base[axis] = skipped + outer.base[axis] - begin;
    if let Some((out, step)) = outer.reader_of(axis) {
        rest.axes[out] = ViewAxis::Input { axis, step };
    }
    let mut chunks = grid.clone();
    chunks.0[axis] = Cuts::from_sizes(&grid.0[axis].sizes()[skip..]);
    let op = Op::Scan(Scan { fold: scan.fold, axis, grid, skip });
    let run = Expr::new(op, vec![view(&below.inputs[0], selection)], chunks.shape(), below.dtype, chunks);
    Some(view(&run, rest))
}

/// The first and last index of an input axis that a view reads.
fn reached(view: &View, axis: usize) -> (usize, usize) {
    let first = view.base[axis];
    let Some((out, step)) = view.reader_of(axis) else { return (first, first) };
    let last = first.wrapping_add_signed(step * (view.shape[out] as isize - 1));
    (first.min(last), first.max(last))
}

/// `(a @ b)[i, j]` => `a[i] @ b[:, j]`.
pub(super) fn view_through_contract(expr: &Expr) -> Option<Expr> {
    let (outer, below) = view_over(expr)?;
    let Op::Contract { grid } = &below.op else { return None };
    let (selection, rest) = split_selection(outer, &below.shape)?;
    let (batch, k) = (below.ndim() - 2, below.ndim());
    let (a, b) = (&below.inputs[0], &below.inputs[1]);
    let a_view = lift(&selection, &a.shape, |axis| (axis <= batch).then_some(axis));
    let b_view =
        lift(&selection, &b.shape, |axis| if axis < batch { Some(axis) } else { (axis == batch + 1).then_some(axis) });
    let cut = |axis: usize| {
        let ViewAxis::Input { step, .. } = selection.axes[axis] else { return Cuts::whole(selection.shape[axis]) };
        crate::ops::primitive::sliced(&grid.0[axis], selection.base[axis], step, selection.shape[axis])
    };
    let mut cuts: Vec<Cuts> = (0..below.ndim()).map(cut).collect();
    let chunks = Chunks(cuts.clone());
    cuts.push(grid.0[k].clone());
    let op = Op::Contract { grid: Chunks(cuts) };
    let product = Expr::new(op, vec![view(a, a_view), view(b, b_view)], selection.shape.clone(), below.dtype, chunks);
    Some(view(&product, rest))
}

/// `f(x)[a]` => `f(x[a])` along the loop axes of a block function.
pub(super) fn view_through_per_block(expr: &Expr) -> Option<Expr> {
    let (outer, below) = view_over(expr)?;
    let Op::PerBlock(PerBlock { core, .. }) = &below.op else { return None };
    let loops = below.ndim() - core.output;
    let (mut selection, mut rest) = split_selection(outer, &below.shape)?;
    keep_core(&mut selection, &mut rest, outer, &below.shape, loops);
    if selection.is_identity(&below.shape) {
        return None;
    }
    let inputs: Vec<Expr> = below
        .inputs
        .iter()
        .map(|x| view(x, lift(&selection, &x.shape, |axis| (axis < loops).then_some(axis))))
        .collect();
    let chunks = selected_grid(&below.chunks, &selection);
    let call = Expr::new(below.op.clone(), inputs, selection.shape.clone(), below.dtype, chunks);
    Some(view(&call, rest))
}

/// Moves the selection along the core axes back into the rest.
fn keep_core(selection: &mut View, rest: &mut View, outer: &View, shape: &[usize], loops: usize) {
    for axis in loops..shape.len() {
        selection.base[axis] = 0;
        selection.shape[axis] = shape[axis];
        selection.axes[axis] = ViewAxis::Input { axis, step: 1 };
        rest.base[axis] = outer.base[axis];
        if let Some((out, step)) = outer.reader_of(axis) {
            rest.axes[out] = ViewAxis::Input { axis, step };
        }
    }
}
