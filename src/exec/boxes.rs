//! How a region is cut into tiles.

use super::fold::SEGMENT;
use crate::data::Region;

/// Bytes that a box takes in tiles: half of the first level of cache (32 KiB), so that what is read from memory finds room
/// beside it.
const TILE_BYTES: usize = 16 << 10;
/// The most elements of a box.
pub(crate) const TILE: usize = 4096;
/// Elements of a box where random values are drawn along its columns: at the ends of each up to fifteen are drawn in vain.
pub(crate) const DRAWN: usize = 16 << 10;
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
    /// Where pieces of rows end that have lengths of their own; none where all but the last are of one size.
    ends: Vec<usize>,
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
        let (next, done) = (vec![0; region.len.len()], region.len.contains(&0));
        Boxes { region: region.clone(), size, ends: vec![], next, done }
    }

    /// Boxes of a piece of a row each, of at most `room` elements, that end with segments and lie in one block or are a segment
    /// across two: `blocks` are the places along a row at which other blocks begin, ascending.
    pub(crate) fn of_pieces(region: &Region, room: usize, blocks: &[usize]) -> Boxes {
        let mut boxes = Boxes::new(region, 1, 1);
        let width = region.len.last().copied().unwrap_or(0);
        let room = (room / SEGMENT).max(1) * SEGMENT;
        let mut end = 0;
        for &block in blocks.iter().chain([&width]) {
            let whole = if block == width { width } else { block / SEGMENT * SEGMENT };
            while end < whole {
                end = (end + room).min(whole);
                boxes.ends.push(end);
            }
            if block > end {
                end = (end + SEGMENT).min(width);
                boxes.ends.push(end);
            }
        }
        boxes
    }

    /// Boxes of about `room` elements of short rows that are folded as one: all but the last end with a segment.
    pub(crate) fn of_short_rows(region: &Region, room: usize) -> Boxes {
        let mut boxes = Boxes::new(region, room, room);
        let last = region.len.len() - 1;
        let width = region.len[last].max(1);
        let segments = SEGMENT >> width.trailing_zeros().min(SEGMENT.trailing_zeros());
        boxes.size[last] = width;
        if boxes.size[last - 1] < region.len[last - 1] {
            let rows = (room / width / segments * segments).max(segments);
            boxes.size[last - 1] = rows.min(region.len[last - 1]);
        }
        boxes
    }

    /// The next box: its start and its lengths.
    pub(crate) fn next_into(&mut self, start: &mut Vec<usize>, lens: &mut Vec<usize>) -> bool {
        if !self.peek_into(start, lens) {
            return false;
        }
        self.done = true;
        for axis in (0..self.size.len()).rev() {
            self.next[axis] += if axis + 1 == self.size.len() { self.piece() } else { self.size[axis] };
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
            let size = if axis + 1 == self.size.len() { self.piece() } else { self.size[axis] };
            lens.push(size.min(self.region.len[axis] - self.next[axis]));
        }
        true
    }

    /// The length of the next box along the last axis.
    fn piece(&self) -> usize {
        let (Some(&at), Some(&size)) = (self.next.last(), self.size.last()) else { return 1 };
        let end = self.ends.partition_point(|&end| end <= at);
        self.ends.get(end).map_or(size, |end| end - at)
    }
}

#[cfg(test)]
mod tests {
    use super::Boxes;
    use crate::data::Region;

    #[test]
    fn pieces_of_rows_end_with_segments_or_lie_in_one_block() {
        for (width, blocks) in
            [(8000, vec![1000, 2000, 5000]), (1000, vec![128, 256, 300]), (500, vec![]), (300, vec![299])]
        {
            let region = Region { start: vec![3, 10], len: vec![2, width] };
            let mut boxes = Boxes::of_pieces(&region, 1024, &blocks);
            let (mut start, mut len, mut seen) = (vec![], vec![], 0);
            while boxes.next_into(&mut start, &mut len) {
                assert_eq!((start[0], start[1] - 10, len[0]), (3 + seen / width, seen % width, 1));
                seen += len[1];
                let (from, to) = (start[1] - 10, start[1] - 10 + len[1]);
                let is_inside = blocks.iter().all(|&block| block <= from || block >= to);
                assert!(to == width || to.is_multiple_of(128), "{width}, {blocks:?}: to {to}");
                assert!(len[1] <= 1024 && (is_inside || len[1] <= 128), "{width}, {blocks:?}: {from}..{to}");
            }
            assert_eq!(seen, 2 * width);
        }
    }

    #[test]
    fn boxes_of_short_rows_end_with_segments() {
        for (lens, room) in [([1, 5000, 20], 4096), ([1, 999, 31], 1024), ([3, 7, 5], 4096), ([2, 1000, 32], 16384)] {
            let mut boxes = Boxes::of_short_rows(&Region::all(&lens), room);
            let (mut start, mut len, mut seen) = (vec![], vec![], 0);
            while boxes.next_into(&mut start, &mut len) {
                seen += len.iter().product::<usize>();
                assert_eq!(len[2], lens[2]);
                let ends = start[1] + len[1] == lens[1] || (len[1] * len[2]).is_multiple_of(128);
                assert!(ends, "{lens:?}: {len:?} from {start:?}");
            }
            assert_eq!(seen, lens.iter().product::<usize>());
        }
    }
}
