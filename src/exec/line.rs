//! One line of an array through blocks in memory, for elements that are looked up one by one: as boxes of one element they
//! take more than twice as long (5M of 50M places 531 ms and 225).

use crate::ops::tile::Typed;

/// The blocks along a line.
pub(super) struct Line<'a, T> {
    /// Where each block begins, ascending.
    starts: &'a [usize],
    pieces: Vec<Piece<'a, T>>,
}

/// What a block has of a line: the element at place `k` of the line is number `offset + stride * k` of the block.
pub(super) struct Piece<'a, T> {
    pub(super) elements: &'a [T],
    pub(super) offset: isize,
    pub(super) stride: isize,
}

impl<'a, T: Typed + Copy> Line<'a, T> {
    /// A line of blocks that begin at `starts`; of one block `starts` may be empty.
    pub(super) fn new(starts: &'a [usize], pieces: Vec<Piece<'a, T>>) -> Line<'a, T> {
        Line { starts, pieces }
    }

    /// The element at a place.
    #[inline(always)]
    pub(super) fn at(&self, place: usize) -> T {
        let piece = &self.pieces[self.block_of(place)];
        piece.elements[(piece.offset + piece.stride * place as isize) as usize]
    }

    /// The block that holds a place: as a rule that of a regular grid.
    #[inline(always)]
    fn block_of(&self, place: usize) -> usize {
        let (Some(&first), Some(&second)) = (self.starts.first(), self.starts.get(1)) else { return 0 };
        let mut block = ((place - first) / (second - first).max(1)).min(self.starts.len() - 1);
        while place < self.starts[block] {
            block -= 1;
        }
        while self.starts.get(block + 1).is_some_and(|&next| next <= place) {
            block += 1;
        }
        block
    }
}
