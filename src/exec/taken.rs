//! Reading an array at looked-up places along an axis without making what is looked up: index by index, or all that lies
//! between the indices of a box where they are near each other.

use super::ahead::Ahead;
use super::read::{Base, Reader, Run};
use crate::data::{DType, Region, Result, Shape};
use crate::ir::{View, ViewAxis};
use crate::ops::tile::{Elements, ElementsMut, Tile, Typed};
use crate::with_dtype;
use std::cell::RefCell;
use std::sync::Arc;

/// Elements that are read for each one that is asked for, at most, where short rows are read together.
const DENSE: usize = 8;
/// Elements of a row from which on it is read by itself.
const LONG_ROW: usize = 64;

/// An array read at looked-up places along an axis.
pub(crate) struct Taken {
    pub(crate) base: Base,
    /// What is read of it, before the looking up.
    pub(crate) view: View,
    pub(crate) axis: usize,
    pub(crate) index: Arc<[usize]>,
    /// The shape after the looking up.
    pub(crate) shape: Shape,
}

/// The reader of a view of looked-up places. Its inner reader has the same space, but for the axis along which places are
/// looked up: there it is asked for the places themselves.
pub(crate) struct TakenReader {
    inner: Box<Reader>,
    dtype: DType,
    index: Arc<[usize]>,
    /// The axis of the space that is looked up: index `j` asks for place `index[first + step * j]`.
    axis: usize,
    first: usize,
    step: isize,
    scratch: RefCell<Scratch>,
}

/// Memory used again from box to box.
struct Scratch {
    tile: Tile,
    start: Vec<usize>,
    lens: Vec<usize>,
}

impl Taken {
    /// The reader for boxes within a region of the space of a view of the looked-up places.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought back.
    pub(crate) fn open(&self, view: &View, region: &Region) -> Result<Reader> {
        let mut places = view.clone();
        let Some((axis, step)) = view.reader_of(self.axis) else {
            places.base[self.axis] = self.index[view.base[self.axis]];
            return Reader::open(&self.base, &places.after(&self.view), region);
        };
        let first = view.base[self.axis];
        places.base[self.axis] = 0;
        places.axes[axis] = ViewAxis::Input { axis: self.axis, step: 1 };
        places.shape[axis] = self.view.shape[self.axis];
        let places_of = (0..region.len[axis]).map(|k| self.index[at(first, step, region.start[axis] + k)]);
        let asked: Vec<usize> = places_of.collect();
        let through = places.after(&self.view);
        if let Some(groups) = self.groups(&through, axis, &asked) {
            return self.gathered(groups, &through, axis, &asked, region);
        }
        let mut hull = region.clone();
        (hull.start[axis], hull.len[axis]) = reach(&asked);
        let inner = Reader::open(&self.base, &through, &hull)?;
        let reader = TakenReader::new(inner, self.base.dtype(), self.index.clone(), axis);
        Ok(Reader::Taken(TakenReader { first, step, ..reader }))
    }
}

/// The lowest of some places, and how many there are from it to the highest.
pub(super) fn reach(places: &[usize]) -> (usize, usize) {
    let (low, high) = places.iter().fold((usize::MAX, 0), |(low, high), &place| (low.min(place), high.max(place)));
    (low.min(high), (high + 1).saturating_sub(low))
}

fn at(first: usize, step: isize, k: usize) -> usize {
    first.wrapping_add_signed(step * k as isize)
}

/// A box as rows before the looked-up axis, indices along it, and elements after it.
#[derive(Clone, Copy)]
struct Extent {
    outer: usize,
    count: usize,
    inner: usize,
}

impl TakenReader {
    /// The reader of the places of an index, from the first one on.
    pub(super) fn new(inner: Reader, dtype: DType, index: Arc<[usize]>, axis: usize) -> TakenReader {
        let scratch = RefCell::new(Scratch { tile: Tile::with_room(dtype, 0), start: vec![], lens: vec![] });
        TakenReader { inner: Box::new(inner), dtype, index, axis, first: 0, step: 1, scratch }
    }

    fn place(&self, k: usize) -> usize {
        self.index[at(self.first, self.step, k)]
    }

    fn extent(&self, lens: &[usize]) -> Extent {
        let (outer, inner) = (lens[..self.axis].iter().product(), lens[self.axis + 1..].iter().product());
        Extent { outer, count: lens[self.axis], inner }
    }

    /// Where the elements of a box lie side by side in memory, if they do.
    pub(crate) fn run(&self, start: &[usize], lens: &[usize]) -> Option<Run> {
        if lens[self.axis] != 1 {
            return None;
        }
        let Scratch { start: own, .. } = &mut *self.scratch.borrow_mut();
        own.clear();
        own.extend_from_slice(start);
        own[self.axis] = self.place(start[self.axis]);
        self.inner.run(own, lens)
    }

    /// The elements of a run.
    pub(crate) fn at(&self, run: Run, len: usize) -> Elements<'_> {
        self.inner.at(run, len)
    }

    /// Copies the elements of a box in C order.
    pub(crate) fn load(&self, start: &[usize], lens: &[usize], out: ElementsMut<'_>, ahead: &mut Ahead) {
        let scratch = &mut *self.scratch.borrow_mut();
        for (own, given) in [(&mut scratch.start, start), (&mut scratch.lens, lens)] {
            own.clear();
            own.extend_from_slice(given);
        }
        let extent = self.extent(lens);
        let indices = start[self.axis]..start[self.axis] + extent.count;
        let places = indices.clone().map(|k| self.place(k));
        let (low, high) = places.fold((usize::MAX, 0), |(low, high), place| (low.min(place), high.max(place)));
        let reach = (high + 1).saturating_sub(low);
        let with_gaps = extent.inner < LONG_ROW && reach <= DENSE * extent.count;
        with_dtype!(out.dtype(), T => if let Some(out) = <T as Typed>::slice_mut(out) {
            let is_line = extent.outer == 1 && extent.inner == 1;
            if with_gaps {
                self.load_between::<T>((low, reach), indices.start, extent, scratch, out, ahead);
            } else if is_line && let Some(line) = self.inner.line::<T>(self.axis, start) {
                out.iter_mut().zip(indices).for_each(|(out, k)| *out = line.at(self.place(k)));
            } else if extent.outer == 1 {
                self.load_rows::<T>(indices, extent.inner, scratch, out, ahead);
            } else {
                self.load_planes::<T>(indices, extent, scratch, out, ahead);
            }
        });
    }

    /// All that lies between the places, of which those asked for are picked.
    fn load_between<T: Typed + Copy>(
        &self,
        (low, reach): (usize, usize),
        first: usize,
        Extent { outer, count, inner }: Extent,
        Scratch { tile, start, lens }: &mut Scratch,
        out: &mut [T],
        ahead: &mut Ahead,
    ) {
        let size = outer * reach * inner;
        if tile.len() < size {
            *tile = Tile::new(self.dtype, size);
        }
        (start[self.axis], lens[self.axis]) = (low, reach);
        self.inner.load(start, lens, tile.write(size), ahead);
        let Some(from) = <T as Typed>::slice(tile.read(size)) else { return };
        for (plane, out) in from.chunks_exact(reach * inner).zip(out.chunks_exact_mut(count * inner)) {
            if inner == 1 {
                out.iter_mut().enumerate().for_each(|(k, out)| *out = plane[self.place(first + k) - low]);
                continue;
            }
            for (k, row) in out.chunks_exact_mut(inner).enumerate() {
                row.copy_from_slice(&plane[(self.place(first + k) - low) * inner..][..inner]);
            }
        }
    }

    /// Row after row, each to where it belongs.
    fn load_rows<T: Typed + Copy>(
        &self,
        indices: std::ops::Range<usize>,
        inner: usize,
        Scratch { start, lens, .. }: &mut Scratch,
        out: &mut [T],
        ahead: &mut Ahead,
    ) {
        lens[self.axis] = 1;
        for (k, row) in indices.zip(out.chunks_exact_mut(inner)) {
            start[self.axis] = self.place(k);
            let run = self.inner.run(start, lens).and_then(|run| <T as Typed>::slice(self.inner.at(run, inner)));
            match run {
                Some(from) => row.copy_from_slice(from),
                None => self.inner.load(start, lens, T::wrap_mut(row), ahead),
            }
        }
    }

    /// What all rows have at a place, for each place, which is then spread over the rows.
    fn load_planes<T: Typed + Copy>(
        &self,
        indices: std::ops::Range<usize>,
        Extent { outer, count, inner }: Extent,
        Scratch { tile, start, lens }: &mut Scratch,
        out: &mut [T],
        ahead: &mut Ahead,
    ) {
        let size = outer * inner;
        if tile.len() < size {
            *tile = Tile::new(self.dtype, size);
        }
        lens[self.axis] = 1;
        for (number, k) in indices.enumerate() {
            start[self.axis] = self.place(k);
            self.inner.load(start, lens, tile.write(size), ahead);
            let Some(from) = <T as Typed>::slice(tile.read(size)) else { return };
            for (row, out) in from.chunks_exact(inner).zip(out.chunks_exact_mut(count * inner)) {
                out[number * inner..][..inner].copy_from_slice(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Taken;
    use crate::data::{Block, Chunks, Cuts, DType, Held, Region, c_strides};
    use crate::exec::ahead::Ahead;
    use crate::exec::read::Base;
    use crate::ir::{View, ViewAxis};
    use crate::ops::tile::{Tile, Typed};

    const SHAPE: [usize; 3] = [5, 9, 4];

    /// The numbers from 0 on in blocks of at most 2 x 4 x 3.
    fn array() -> Held {
        let chunks = Chunks(vec![Cuts::regular(5, 2), Cuts::regular(9, 4), Cuts::regular(4, 3)]);
        let held = Held::empty(chunks.clone(), DType::Int64);
        for number in 0..chunks.count() {
            let region = chunks.region(&chunks.unravel(number));
            let values: Vec<i64> = (0..region.size()).map(|k| number_of(&region, k)).collect();
            held.put(number, Block::from_vec(&region.len, values));
        }
        held
    }

    /// The number of the element of a region of the array.
    fn number_of(region: &Region, k: usize) -> i64 {
        let (sizes, strides) = (c_strides(&region.len), c_strides(&SHAPE));
        (0..3).map(|axis| (region.start[axis] + k / sizes[axis] % region.len[axis]) * strides[axis]).sum::<usize>()
            as i64
    }

    #[test]
    fn places_are_looked_up_along_every_axis() {
        for axis in 0..3 {
            for index in [vec![0], vec![3, 0, 3, 1, 1], vec![2, 3], vec![1; 40], vec![SHAPE[axis] - 1, 0]] {
                let mut shape = SHAPE.to_vec();
                shape[axis] = index.len();
                let view = View::identity(&SHAPE);
                let index: std::sync::Arc<[usize]> = index.into();
                let taken = Taken { base: Base::Held(array()), view, axis, index: index.clone(), shape: shape.clone() };
                let outer = View::identity(&shape);
                assert_eq!(read(&taken, &outer), expected(&shape, axis, &index), "axis {axis}, {index:?}");
                let mut backwards = outer.clone();
                backwards.base[axis] = index.len() - 1;
                backwards.axes[axis] = ViewAxis::Input { axis, step: -1 };
                let reversed: Vec<usize> = index.iter().rev().copied().collect();
                assert_eq!(read(&taken, &backwards), expected(&shape, axis, &reversed), "axis {axis}, {index:?}");
            }
        }
    }

    fn read(taken: &Taken, view: &View) -> Vec<i64> {
        let region = Region::all(&view.shape);
        let reader = taken.open(view, &region).expect("blocks are in memory");
        let mut tile = Tile::new(DType::Int64, region.size());
        reader.load(&region.start, &region.len, tile.write(region.size()), &mut Ahead::default());
        <i64 as Typed>::slice(tile.read(region.size())).expect("integers").to_vec()
    }

    fn expected(shape: &[usize], axis: usize, index: &[usize]) -> Vec<i64> {
        let (sizes, strides) = (c_strides(shape), c_strides(&SHAPE));
        let place = |k: usize, a: usize| {
            let own = k / sizes[a] % shape[a];
            if a == axis { index[own] } else { own }
        };
        let number = |k: usize| (0..3).map(|a| place(k, a) * strides[a]).sum::<usize>() as i64;
        (0..shape.iter().product()).map(number).collect()
    }
}
