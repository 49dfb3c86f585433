//! How a region is cut into tiles.

use crate::data::Region;

/// Elements of a tile. 1024 float64 numbers are 8 KiB: two arguments and a result of a kernel stay in the first level of
/// cache (32 KiB), and the cost of a call (about 20 ns) stays below a fifth of the cheapest kernel's time.
pub(crate) const TILE: usize = 1024;
/// The boxes of a region in C order.
pub(crate) struct Boxes {
    region: Region,
    size: Vec<usize>,
    next: Vec<usize>,
    done: bool,
}

impl Boxes {
    /// Boxes of about [`TILE`] elements: whole trailing axes, part of one, one of the rest; rows of `longest` at most.
    pub(crate) fn new(region: &Region, longest: usize) -> Boxes {
        let mut size = vec![1; region.len.len()];
        // Squares of a transposed leaf are larger: their short rows cost more calls, and they are copied once more anyway.
        let mut room = if longest < TILE { 4 * TILE } else { TILE };
        for axis in (0..size.len()).rev() {
            let most = if axis + 1 == size.len() { longest } else { room };
            size[axis] = region.len[axis].clamp(1, most.min(room).max(1));
            room /= size[axis];
            let keeps_square = longest < TILE && axis + 1 == size.len();
            if size[axis] < region.len[axis] && !keeps_square {
                break;
            }
        }
        Boxes { region: region.clone(), size, next: vec![0; region.len.len()], done: region.len.contains(&0) }
    }

    /// The next box: its start and its lengths.
    pub(crate) fn next_into(&mut self, start: &mut Vec<usize>, lens: &mut Vec<usize>) -> bool {
        if self.done {
            return false;
        }
        start.clear();
        lens.clear();
        for axis in 0..self.size.len() {
            start.push(self.region.start[axis] + self.next[axis]);
            lens.push(self.size[axis].min(self.region.len[axis] - self.next[axis]));
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
}
