//! The values of an eager array: views of what is in memory are cut here, without an engine.

use crate::data::{Array, Block, Cuts, Element, Result, Scalar};
use crate::ir::{Expr, Op, View, ViewAxis};
use crate::with_block;
use ndarray::{Axis, IxDyn, Slice};

/// The block of an expression that is memory or a view of it; `None` where it must be evaluated first.
///
/// # Errors
/// Where a spilled block cannot be read.
pub fn resident(expr: &Expr) -> Result<Option<Block>> {
    match &expr.op {
        Op::Memory(held) if held.chunks.0.iter().all(|cuts: &Cuts| cuts.count() == 1) => held.block(0).map(Some),
        Op::Fill(value) if expr.ndim() == 0 => Ok(Some(Block::scalar(*value))),
        Op::Rechunk => resident(&expr.inputs[0]),
        Op::Reshape => Ok(resident(&expr.inputs[0])?.map(|block| block.reshape(&expr.shape))),
        Op::View(view) => Ok(resident(&expr.inputs[0])?.map(|block| view_block(&block, view))),
        _ => Ok(None),
    }
}

/// The one value of a 0-d view of memory, without a copy of the rest.
///
/// # Errors
/// Where a spilled block cannot be read.
pub fn resident_scalar(expr: &Expr) -> Result<Option<Scalar>> {
    if let (Op::View(view), []) = (&expr.op, expr.shape.as_slice()) {
        return Ok(resident(&expr.inputs[0])?.and_then(|block| block.get(&view.base)));
    }
    Ok(resident(expr)?.and_then(|block| block.item()))
}

fn view_block(block: &Block, view: &View) -> Block {
    if view.slides() {
        return slid(block, view);
    }
    with_block!(block, a => view_array(a, view))
}

/// What windows read of a block.
fn slid(block: &Block, view: &View) -> Block {
    let strides = crate::data::c_strides(block.shape());
    let first: usize = view.base.iter().zip(&strides).map(|(base, stride)| base * stride).sum();
    let step = |axis: &ViewAxis| match *axis {
        ViewAxis::Input { axis, step } => step * strides[axis] as isize,
        ViewAxis::Repeat => 0,
    };
    let steps: Vec<isize> = view.axes.iter().map(step).collect();
    with_block!(block.contiguous(), a => {
        let from = a.as_slice().unwrap_or_default();
        let at = |k: usize| {
            let mut rest = k;
            let moved = steps.iter().zip(&view.shape).rev().fold(0, |at, (step, len)| {
                let index = rest % len;
                rest /= len;
                at + step * index as isize
            });
            from[first.wrapping_add_signed(moved)]
        };
        Block::from_vec(&view.shape, (0..view.shape.iter().product()).map(at).collect::<Vec<_>>())
    })
}

fn view_array<T: Element>(array: &Array<T>, view: &View) -> Block {
    let mut a = array.clone();
    let mut fixed = Vec::new();
    for axis in 0..a.ndim() {
        let start = view.base[axis] as isize;
        match view.reader_of(axis) {
            None => fixed.push(axis),
            Some((out, _)) if view.shape[out] == 0 => a.slice_axis_inplace(Axis(axis), Slice::from(0..0)),
            Some((out, step)) => {
                let last = start + step * (view.shape[out] as isize - 1);
                let (low, high) = (start.min(last), start.max(last) + 1);
                a.slice_axis_inplace(Axis(axis), Slice::new(low, Some(high), step));
            }
        }
    }
    for &axis in fixed.iter().rev() {
        a = a.index_axis_move(Axis(axis), view.base[axis]);
    }
    arrange(a, view, &fixed)
}

/// Axes in the view's order, with the repeated ones put in.
fn arrange<T: Element>(a: Array<T>, view: &View, fixed: &[usize]) -> Block {
    let place = |axis: usize| axis - fixed.iter().filter(|&&f| f < axis).count();
    let order: Vec<usize> = view
        .axes
        .iter()
        .filter_map(|axis| match *axis {
            ViewAxis::Input { axis, .. } => Some(place(axis)),
            ViewAxis::Repeat => None,
        })
        .collect();
    let mut a = a.permuted_axes(IxDyn(&order));
    for (out, axis) in view.axes.iter().enumerate() {
        if *axis == ViewAxis::Repeat {
            a = a.insert_axis(Axis(out));
        }
    }
    if a.shape() == view.shape {
        return T::into_block(a);
    }
    match a.broadcast(IxDyn(&view.shape)) {
        Some(wide) => T::into_block(wide.to_owned().into_shared()),
        None => T::into_block(a),
    }
}
