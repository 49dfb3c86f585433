//! Blocks side by side under a view: which of them holds a box, and where in it.

use super::copy::{Loops, copy_box, copy_strided};
use super::line::{Line, Piece};
use crate::data::{Block, Chunks, Element, Region, Result, c_strides};
use crate::ir::{View, ViewAxis};
use crate::ops::tile::{ElementsMut, Typed};
use crate::with_dtype;

/// A block, and how the view's space walks it.
pub(super) struct Part {
    pub(super) block: Block,
    pub(super) offset: isize,
    pub(super) strides: Vec<isize>,
}

/// An axis of the space along which blocks lie side by side.
struct Cut {
    out: usize,
    /// Where each block begins, in the order in which the space meets them.
    starts: Vec<usize>,
    /// How far the next block along this axis is in the list of parts.
    place: usize,
}

/// The blocks that a region of a view's space reads.
pub(crate) struct Parts {
    parts: Vec<Part>,
    cuts: Vec<Cut>,
}

/// The blocks along one axis of an array: their numbers in the order of the space, and where they begin in it.
struct Along {
    numbers: Vec<usize>,
    cut: Option<(usize, Vec<usize>)>,
}

impl Parts {
    /// The blocks of an array in chunks that a region of a view's space reads; `block` gets one by its number.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought.
    pub(super) fn of(
        chunks: &Chunks,
        block: impl Fn(usize) -> Result<Block>,
        view: &View,
        region: &Region,
    ) -> Result<Parts> {
        let ndim = chunks.0.len();
        let axes: Vec<Along> = (0..ndim).map(|axis| along(chunks, view, region, axis)).collect();
        let counts: Vec<usize> = axes.iter().map(|axis| axis.numbers.len()).collect();
        let places = c_strides(&counts);
        let mut parts = Vec::with_capacity(counts.iter().product());
        let mut index = vec![0; ndim];
        for k in 0..counts.iter().product() {
            let mut rest = k;
            for axis in (0..ndim).rev() {
                index[axis] = axes[axis].numbers[rest % counts[axis]];
                rest /= counts[axis];
            }
            let block = block(chunks.ravel(&index))?;
            let corner = chunks.region(&index).start;
            let (offset, strides) = linear(view, &corner, &signed(&c_strides(block.shape())));
            parts.push(Part { block, offset, strides });
        }
        let cuts = axes.into_iter().zip(places);
        let cuts = cuts.filter_map(|(axis, place)| axis.cut.map(|(out, starts)| Cut { out, starts, place }));
        Ok(Parts { parts, cuts: cuts.collect() })
    }

    /// The only block there is.
    pub(super) fn only(mut self) -> std::result::Result<Part, Parts> {
        if self.parts.len() == 1 { Ok(self.parts.remove(0)) } else { Err(self) }
    }

    /// A block by its number.
    pub(super) fn part(&self, number: usize) -> &Part {
        &self.parts[number]
    }

    /// The number of the block that holds the whole of a box.
    pub(super) fn holding(&self, start: &[usize], lens: &[usize]) -> Option<usize> {
        let mut number = 0;
        for cut in &self.cuts {
            let (first, last) = cut.reached(start[cut.out], lens[cut.out]);
            if first != last {
                return None;
            }
            number += first * cut.place;
        }
        Some(number)
    }

    /// The places along rows of a region at which other blocks begin, where rows are side by side in blocks.
    pub(super) fn along_rows(&self, region: &Region) -> Option<Vec<usize>> {
        let last = region.len.len().checked_sub(1)?;
        let cut = self.cuts.iter().find(|cut| cut.out == last)?;
        let are_runs = self.parts.iter().all(|part| part.strides[last] == 1);
        let places = cut.starts.iter().map(|begin| begin.saturating_sub(region.start[last]));
        are_runs.then(|| places.filter(|place| (1..region.len[last]).contains(place)).collect())
    }

    /// The line along an axis through an element.
    pub(super) fn line<T: Element + Typed>(&self, axis: usize, start: &[usize]) -> Option<Line<'_, T>> {
        let (mut first, mut step, mut starts): (usize, usize, &[usize]) = (0, 0, &[]);
        for cut in &self.cuts {
            if cut.out == axis {
                (step, starts) = (cut.place, &cut.starts);
            } else {
                first += cut.reached(start[cut.out], 1).0 * cut.place;
            }
        }
        let numbers = (0..starts.len().max(1)).map(|k| first + k * step);
        let pieces = numbers.map(|number| {
            let part = &self.parts[number];
            piece_of(&part.block, part.offset, &part.strides, axis, start)
        });
        Some(Line::new(starts, pieces.collect::<Option<_>>()?))
    }

    /// The number of the block that holds an element, and how many of `most` from it on along the last axis lie in that block.
    pub(super) fn row_from(&self, start: &[usize], most: usize) -> (usize, usize) {
        let (mut number, mut len) = (0, most);
        for cut in &self.cuts {
            let (block, _) = cut.reached(start[cut.out], 1);
            number += block * cut.place;
            if cut.out + 1 == start.len()
                && let Some(next) = cut.starts.get(block + 1)
            {
                len = len.min(next - start[cut.out]);
            }
        }
        (number, len)
    }

    /// Copies a box in C order.
    pub(super) fn load(&self, start: &[usize], lens: &[usize], out: ElementsMut<'_>) {
        with_dtype!(out.dtype(), T => if let Some(out) = <T as Typed>::slice_mut(out) {
            if let Some(part) = self.holding(start, lens).map(|number| self.part(number)) {
                let from = crate::data::Element::of_block(&part.block).and_then(|a| a.as_slice());
                if let Some(from) = from {
                    copy_box::<T>(from, shifted(part.offset, &part.strides, start), &Loops::new(lens, &part.strides), out, || {});
                }
                return;
            }
            if lens.split_last().is_some_and(|(_, outer)| outer.iter().all(|&len| len == 1)) {
                return self.load_row(start, out);
            }
            let whole = signed(&c_strides(lens));
            self.each_piece(start, lens, |part, first, count| {
                let to: isize = first.iter().zip(start).zip(&whole).map(|((f, s), w)| (f - s) as isize * w).sum();
                if let Some(from) = crate::data::Element::of_block(&part.block).and_then(|a| a.as_slice()) {
                    let at = shifted(part.offset, &part.strides, first);
                    copy_strided::<T>((from, at, &part.strides), count, (out, to, &whole));
                }
            });
        });
    }

    /// Copies a row from an element on, block after block.
    fn load_row<T: Element + Typed + Copy>(&self, start: &[usize], out: &mut [T]) {
        let (last, mut at, mut done) = (start.len() - 1, start.to_vec(), 0);
        while done < out.len() {
            let (number, len) = self.row_from(&at, out.len() - done);
            let part = &self.parts[number];
            if let Some(from) = Element::of_block(&part.block).and_then(|a| a.as_slice()) {
                let loops = Loops::new(&[len], &part.strides[last..]);
                copy_box::<T>(
                    from,
                    shifted(part.offset, &part.strides, &at),
                    &loops,
                    &mut out[done..done + len],
                    || {},
                );
            }
            (done, at[last]) = (done + len, at[last] + len);
        }
    }

    /// Calls `each(part, start, lens)` for the pieces of a box that lie in one block each.
    pub(super) fn each_piece(&self, start: &[usize], lens: &[usize], mut each: impl FnMut(&Part, &[usize], &[usize])) {
        let spans: Vec<(usize, usize)> =
            self.cuts.iter().map(|cut| cut.reached(start[cut.out], lens[cut.out])).collect();
        let (mut first, mut count) = (start.to_vec(), lens.to_vec());
        for k in 0..spans.iter().map(|(low, high)| high - low + 1).product() {
            let (mut rest, mut number) = (k, 0);
            for (cut, (low, high)) in self.cuts.iter().zip(&spans) {
                let block = low + rest % (high - low + 1);
                rest /= high - low + 1;
                number += block * cut.place;
                let end = start[cut.out] + lens[cut.out];
                let until = cut.starts.get(block + 1).map_or(end, |&next| next.min(end));
                first[cut.out] = start[cut.out].max(cut.starts[block]);
                count[cut.out] = until.saturating_sub(first[cut.out]);
            }
            if !count.contains(&0) {
                each(&self.parts[number], &first, &count);
            }
        }
    }
}

/// What a block has of the line along an axis through an element.
pub(super) fn piece_of<'a, T: Element + Typed>(
    block: &'a Block,
    offset: isize,
    strides: &[isize],
    axis: usize,
    start: &[usize],
) -> Option<Piece<'a, T>> {
    let elements = Element::of_block(block)?.as_slice()?;
    let stride = strides[axis];
    Some(Piece { elements, offset: shifted(offset, strides, start) - stride * start[axis] as isize, stride })
}

impl Cut {
    /// The first and last block that `len` places from `start` on meet.
    fn reached(&self, start: usize, len: usize) -> (usize, usize) {
        let find = |at: usize| self.starts.partition_point(|&begin| begin <= at).saturating_sub(1);
        (find(start), find(start + len.max(1) - 1))
    }
}

fn along(chunks: &Chunks, view: &View, region: &Region, axis: usize) -> Along {
    let (from, to) = hull(view, region, axis);
    let cuts = &chunks.0[axis];
    let mut numbers: Vec<usize> = (cuts.find(from)..=cuts.find(to)).collect();
    let Some((out, step)) = view.reader_of(axis) else { return Along { numbers, cut: None } };
    if numbers.len() == 1 {
        return Along { numbers, cut: None };
    }
    if step < 0 {
        numbers.reverse();
    }
    let first = view.base[axis].wrapping_add_signed(step * region.start[out] as isize);
    let mut starts = Vec::with_capacity(numbers.len());
    let mut next = region.start[out];
    for &number in &numbers {
        let (low, len) = cuts.chunk(number);
        starts.push(next);
        next += View::inside(first, step, region.len[out], low, len).1;
    }
    Along { numbers, cut: Some((out, starts)) }
}

/// A region of a view's space cut where other blocks of an array in chunks begin.
pub(super) fn cut_by_blocks(chunks: &Chunks, view: &View, region: &Region) -> Vec<Region> {
    let mut parts = vec![region.clone()];
    for axis in 0..chunks.0.len() {
        let Some((out, starts)) = along(chunks, view, region, axis).cut else { continue };
        let end = region.start[out] + region.len[out];
        let ends = starts.iter().skip(1).copied().chain([end]);
        let spans: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let cut = |part: Region| {
            let spans = spans.iter().filter(|(start, end)| start < end);
            spans
                .map(|&(start, end)| {
                    let mut piece = part.clone();
                    (piece.start[out], piece.len[out]) = (start, end - start);
                    piece
                })
                .collect::<Vec<_>>()
        };
        parts = parts.into_iter().flat_map(cut).collect();
    }
    parts
}

/// The first and last index of an input axis that a region of a view's space reads.
pub(super) fn hull(view: &View, region: &Region, axis: usize) -> (usize, usize) {
    let (mut low, mut high) = (view.base[axis] as isize, view.base[axis] as isize);
    for (out, reader) in view.axes.iter().enumerate() {
        if let ViewAxis::Input { axis: read, step } = *reader
            && read == axis
        {
            let first = step * region.start[out] as isize;
            let last = first + step * (region.len[out] as isize - 1).max(0);
            (low, high) = (low + first.min(last), high + first.max(last));
        }
    }
    (low as usize, high as usize)
}

pub(super) fn signed(strides: &[usize]) -> Vec<isize> {
    strides.iter().map(|&s| s as isize).collect()
}

/// Offset and strides of a view's space over C-order elements whose first one is at index `corner`.
pub(super) fn linear(view: &View, corner: &[usize], strides: &[isize]) -> (isize, Vec<isize>) {
    let offset = (0..corner.len()).map(|a| (view.base[a] as isize - corner[a] as isize) * strides[a]).sum();
    let out = view.axes.iter().map(|axis| match *axis {
        ViewAxis::Repeat => 0,
        ViewAxis::Input { axis, step } => step * strides[axis],
    });
    (offset, out.collect())
}

pub(super) fn shifted(offset: isize, strides: &[isize], start: &[usize]) -> isize {
    strides.iter().zip(start).fold(offset, |at, (stride, &index)| at + stride * index as isize)
}
