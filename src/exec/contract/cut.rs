//! Views, blocks and regions of matrices: exchanged sides, parts of batches and of sides.

use crate::data::{Block, Region};
use crate::ir::View;

/// A view with the two axes after the batch exchanged.
pub(super) fn swapped(view: &View, batch: usize) -> View {
    let mut view = view.clone();
    view.axes.swap(batch, batch + 1);
    view.shape.swap(batch, batch + 1);
    view
}

/// A block with its last two axes exchanged.
pub(super) fn turned(block: &Block) -> Block {
    let mut axes: Vec<usize> = (0..block.ndim()).collect();
    let last = axes.len() - 1;
    axes.swap(last - 1, last);
    block.transpose(&axes).contiguous()
}

/// A region cut along its batch axes into boxes of at most `room` matrices.
pub(super) fn cut_batch(region: &Region, batch: usize, room: usize) -> Vec<Region> {
    let Some(axis) = (0..batch).find(|&axis| region.len[axis] > 1) else { return vec![region.clone()] };
    let inner: usize = region.len[axis + 1..batch].iter().product();
    let step = (room / inner).max(1);
    let mut out = vec![];
    for first in (0..region.len[axis]).step_by(step) {
        let mut part = region.clone();
        part.start[axis] += first;
        part.len[axis] = step.min(region.len[axis] - first);
        if inner > room { out.extend(cut_batch(&part, batch, room)) } else { out.push(part) }
    }
    out
}

/// A region cut along rows and columns.
pub(super) fn cut_sides(region: &Region, batch: usize, sides: [usize; 2]) -> Vec<Region> {
    let mut out = vec![];
    for row in (0..region.len[batch]).step_by(sides[0].max(1)) {
        for column in (0..region.len[batch + 1]).step_by(sides[1].max(1)) {
            let mut part = region.clone();
            part.start[batch] += row;
            part.start[batch + 1] += column;
            part.len[batch] = sides[0].min(region.len[batch] - row);
            part.len[batch + 1] = sides[1].min(region.len[batch + 1] - column);
            out.push(part);
        }
    }
    out
}
