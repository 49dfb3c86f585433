//! How the rows of a region lie among the accumulators of a fold.

use super::boxes::TILE;
use super::fold::SEGMENT;
use crate::data::Region;
use num_integer::Integer;

/// The longest rows that are joined: longer ones have accumulators of their own at little cost.
const SHORT: usize = 256;

/// Whether rows are joined: they are short, and a box of them that ends with a segment is no larger than a tile.
fn are_joined(width: usize) -> bool {
    (1..=SHORT).contains(&width) && width.lcm(&SEGMENT) <= TILE
}

/// How the rows of a region meet their accumulators.
pub(super) struct Layout {
    /// Whether the last two axes count as one: a fold of (1000000, 20) has rows of 20 to begin with.
    pub(super) is_joined: bool,
    /// Whether the last axis is kept: a row meets as many accumulators, side by side.
    pub(super) columns: bool,
    /// Accumulators while the region is read.
    pub(super) len: usize,
    /// Accumulators of the kept axes.
    pub(super) kept: usize,
    /// Where rows along a folded last axis are gathered afterwards: row by row in C order.
    pub(super) gather: Option<Vec<usize>>,
    /// How far each axis but the last moves the accumulator.
    moves: Vec<usize>,
}

impl Layout {
    /// The layout of a part; `joins`: short rows may be joined where the axis before the last is folded too.
    pub(super) fn new(region: &Region, folded: &[usize], joins: bool) -> Layout {
        let all = region.len.len();
        let are_short = all > 1 && are_joined(region.len[all - 1]);
        let is_joined = joins && are_short && folded.contains(&(all - 1)) && folded.contains(&(all - 2));
        let ndim = all - usize::from(is_joined);
        let mut moves = vec![0; ndim];
        let mut kept = 1;
        for axis in (0..ndim).rev().filter(|axis| !folded.contains(axis)) {
            moves[axis] = kept;
            kept *= region.len[axis];
        }
        let columns = ndim > 0 && !folded.contains(&(ndim - 1));
        let outer = ndim.saturating_sub(1);
        let others = folded.iter().any(|&axis| axis < outer && region.len[axis] > 1);
        if columns || !others {
            return Layout { columns, is_joined, len: kept, kept, gather: None, moves };
        }
        let rows: usize = region.len[..outer].iter().product();
        let into = (0..rows).map(|row| accumulator(row, &region.len[..outer], &moves)).collect();
        let row_moves = crate::data::c_strides(&region.len[..outer]);
        let moves = row_moves.into_iter().chain([0]).collect();
        Layout { columns, is_joined, len: rows, kept, gather: Some(into), moves }
    }

    /// The length of the rows of a box.
    pub(super) fn width(&self, lens: &[usize]) -> usize {
        lens[self.moves.len().saturating_sub(1)..].iter().product()
    }

    /// The first accumulator of each row of a box.
    pub(super) fn rows(&self, region: &Region, start: &[usize], lens: &[usize], at: &mut Vec<usize>) {
        at.clear();
        let outer = self.moves.len().saturating_sub(1);
        let first: usize =
            (0..self.moves.len()).map(|axis| (start[axis] - region.start[axis]) * self.moves[axis]).sum();
        let rows: usize = lens[..outer].iter().product();
        at.extend((0..rows).map(|row| first + accumulator(row, &lens[..outer], &self.moves)));
    }

    /// The position along the folded axes (C order, of a space) of the first element of each row of a box.
    pub(super) fn positions(
        &self,
        folded: &[usize],
        space: &[usize],
        start: &[usize],
        lens: &[usize],
        out: &mut Vec<usize>,
    ) {
        out.clear();
        let outer = self.moves.len().saturating_sub(1);
        let rows: usize = lens[..outer].iter().product();
        for row in 0..rows {
            let mut index = start.to_vec();
            let mut rest = row;
            for axis in (0..outer).rev() {
                index[axis] += rest % lens[axis];
                rest /= lens[axis];
            }
            out.push(folded.iter().fold(0, |at, &axis| at * space[axis] + index[axis]));
        }
    }
}

/// Where the row of a C-order number lies among accumulators.
fn accumulator(row: usize, lens: &[usize], moves: &[usize]) -> usize {
    let (mut rest, mut at) = (row, 0);
    for axis in (0..lens.len()).rev() {
        at += rest % lens[axis] * moves[axis];
        rest /= lens[axis];
    }
    at
}
