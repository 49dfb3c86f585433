//! Slicing, transposing, broadcasting, dropping and adding axes: all are one affine view.

use crate::data::{Chunks, Cuts, Error, Result, UNKNOWN};
use crate::ir::{Expr, Op, View, ViewAxis};

/// What basic indexing does with one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// One index; the axis is dropped.
    At(usize),
    /// `start, start + step, ..`, `len` of them.
    Slice { start: usize, step: isize, len: usize },
    /// A new axis of length one.
    New,
}

/// The view of an array, with the chunks that the array's own imply.
pub fn view(x: &Expr, view: View) -> Expr {
    let cuts = view.axes.iter().zip(&view.shape).map(|(axis, &len)| match *axis {
        ViewAxis::Repeat => Cuts::whole(len),
        ViewAxis::Input { axis, step } => sliced(&x.chunks.0[axis], view.base[axis], step, len),
    });
    let chunks = Chunks(cuts.collect());
    view_in_chunks(x, view, chunks)
}

/// The view of an array in given chunks (for repeated axes, which have none of their own).
pub(crate) fn view_in_chunks(x: &Expr, view: View, chunks: Chunks) -> Expr {
    if view.is_identity(&x.shape) && chunks == x.chunks {
        return x.clone();
    }
    let shape = view.shape.clone();
    Expr::new(Op::View(view), vec![x.clone()], shape, x.dtype, chunks)
}

/// How `start, start + step, ..` falls on the chunks of an axis; empty pieces are left out, as in Dask.
pub(crate) fn sliced(cuts: &Cuts, start: usize, step: isize, len: usize) -> Cuts {
    if len == UNKNOWN || (start == 0 && step == 1 && len == cuts.len()) {
        return cuts.clone();
    }
    if len <= 1 || cuts.count() == 1 {
        return Cuts::whole(len);
    }
    if let Cuts::Regular { size, .. } = *cuts
        && step > 0
        && start.is_multiple_of(size)
        && size % step as usize == 0
    {
        return Cuts::regular(len, size / step as usize);
    }
    let (mut sizes, mut taken) = (Vec::new(), 0);
    while taken < len {
        let position = start.wrapping_add_signed(step * taken as isize);
        let (first, size) = cuts.chunk(cuts.find(position));
        let room = if step > 0 {
            (first + size - 1 - position) / step as usize
        } else {
            (position - first) / step.unsigned_abs()
        };
        let n = (room + 1).min(len - taken);
        sizes.push(n);
        taken += n;
    }
    Cuts::from_sizes(&sizes)
}

/// Basic indexing: one entry an axis in order, with new axes between.
pub fn pick(x: &Expr, picks: &[Pick]) -> Expr {
    let mut out = View { base: vec![0; x.ndim()], axes: vec![], shape: vec![] };
    let mut axis = 0;
    for entry in picks {
        match *entry {
            Pick::New => {
                out.axes.push(ViewAxis::Repeat);
                out.shape.push(1);
            }
            Pick::At(index) => {
                out.base[axis] = index;
                axis += 1;
            }
            Pick::Slice { start, step, len } => {
                out.base[axis] = if len == 0 { 0 } else { start };
                out.axes.push(ViewAxis::Input { axis, step });
                out.shape.push(len);
                axis += 1;
            }
        }
    }
    for rest in axis..x.ndim() {
        out.axes.push(ViewAxis::Input { axis: rest, step: 1 });
        out.shape.push(x.shape[rest]);
    }
    view(x, out)
}

/// The axes in another order: output axis `k` is input axis `order[k]`.
pub fn transpose(x: &Expr, order: &[usize]) -> Expr {
    let axes = order.iter().map(|&axis| ViewAxis::Input { axis, step: 1 }).collect();
    let shape = order.iter().map(|&axis| x.shape[axis]).collect();
    view(x, View { base: vec![0; x.ndim()], axes, shape })
}

/// The elements of the given axes in reverse.
pub fn flip(x: &Expr, axes: &[usize]) -> Expr {
    let whole = |(axis, &len): (usize, &usize)| {
        let reversed = axes.contains(&axis) && len > 0;
        Pick::Slice { start: if reversed { len - 1 } else { 0 }, step: if reversed { -1 } else { 1 }, len }
    };
    pick(x, &x.shape.iter().enumerate().map(whole).collect::<Vec<_>>())
}

/// Without the given axes, which must have length one.
///
/// # Errors
/// `ValueError` where one has another length.
pub fn squeeze(x: &Expr, axes: &[usize]) -> Result<Expr> {
    if axes.iter().any(|&axis| x.shape[axis] != 1) {
        return Err(Error::value("cannot select an axis to squeeze out which has size not equal to one"));
    }
    let keep = |(axis, &len): (usize, &usize)| {
        if axes.contains(&axis) { Pick::At(0) } else { Pick::Slice { start: 0, step: 1, len } }
    };
    Ok(pick(x, &x.shape.iter().enumerate().map(keep).collect::<Vec<_>>()))
}

/// With new axes of length one at the given positions of the result (ascending).
pub fn expand(x: &Expr, positions: &[usize]) -> Expr {
    let mut lengths = x.shape.iter();
    let picks = (0..x.ndim() + positions.len()).map(|out| {
        if positions.contains(&out) {
            return Pick::New;
        }
        Pick::Slice { start: 0, step: 1, len: lengths.next().copied().unwrap_or(1) }
    });
    pick(x, &picks.collect::<Vec<_>>())
}

/// How an input of `from` reads under a shape it broadcasts to.
pub fn broadcast_axes(from: &[usize], to: &[usize]) -> View {
    let lead = to.len() - from.len();
    let axes = to.iter().enumerate().map(|(out, &n)| match out.checked_sub(lead) {
        Some(axis) if from[axis] == n => ViewAxis::Input { axis, step: 1 },
        _ => ViewAxis::Repeat,
    });
    View { base: vec![0; from.len()], axes: axes.collect(), shape: to.to_vec() }
}
