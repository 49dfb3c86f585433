//! How a region is cut into tiles.

use crate::data::Region;

/// Bytes that a box takes in tiles: half of the first level of cache (32 KiB), so that what is read from memory finds room
/// beside it.
const TILE_BYTES: usize = 16 << 10;
/// The most elements of a box.
pub(crate) const TILE: usize = 4096;
/// The fewest elements of a box: the cost of a call (about 20 ns) stays below a third of the cheapest kernel's time.
const FEWEST: usize = 512;

/// Elements of a box each of which takes `width` bytes in tiles: whole segments of folds.
pub(crate) fn tile_len(width: usize) -> usize {
    (TILE_BYTES / width.max(1) / FEWEST * FEWEST).clamp(FEWEST, TILE)
}

/// The boxes of a region in C order.
pub(crate) struct Boxes {
    region: Region,
    size: Vec<usize>,
    next: Vec<usize>,
    done: bool,
}

impl Boxes {
    /// Boxes of about `room` elements: whole trailing axes, part of one, one of the rest; rows of `longest` at most.
    pub(crate) fn new(region: &Region, mut room: usize, longest: usize) -> Boxes {
        let mut size = vec![1; region.len.len()];
        let has_short_rows = longest < room;
        for axis in (0..size.len()).rev() {
            let most = if axis + 1 == size.len() { longest } else { room };
            size[axis] = region.len[axis].clamp(1, most.min(room).max(1));
            room /= size[axis];
            let keeps_square = has_short_rows && axis + 1 == size.len();
            if size[axis] < region.len[axis] && !keeps_square {
                break;
            }
        }
        Boxes { region: region.clone(), size, next: vec![0; region.len.len()], done: region.len.contains(&0) }
    }

    /// The next box: its start and its lengths.
    pub(crate) fn next_into(&mut self, start: &mut Vec<usize>, lens: &mut Vec<usize>) -> bool {
        if !self.peek_into(start, lens) {
            return false;
        }
        self.done = true;
        for axis in (0..self.size.len()).rev() {
            self.next[axis] += self.size[axis];
            if self.next[axis] < self.region.len[axis] {
                self.done = false;
                break;
            }
            self.next[axis] = 0;
        }
        true
    }

    /// The box that the next call of `next_into` gives.
    pub(crate) fn peek_into(&self, start: &mut Vec<usize>, lens: &mut Vec<usize>) -> bool {
        start.clear();
        lens.clear();
        if self.done {
            return false;
        }
        for axis in 0..self.size.len() {
            start.push(self.region.start[axis] + self.next[axis]);
            lens.push(self.size[axis].min(self.region.len[axis] - self.next[axis]));
        }
        true
    }
}
