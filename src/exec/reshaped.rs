//! Reading an array under another shape without making it: elements are numbered in C order, and a box of the new shape is
//! read as runs of numbers, each of them as boxes of the array below.

use super::ahead::Ahead;
use super::copy::{Loops, copy_strided, is_run};
use super::parts::{linear, shifted, signed};
use super::read::{Base, Reader, Run};
use crate::data::{DType, Region, Result, Shape, c_strides};
use crate::ir::View;
use crate::ops::tile::{Elements, ElementsMut, Tile, Typed};
use crate::with_dtype;
use std::cell::RefCell;

/// Elements that are read for each one that is asked for, at most: strided boxes are read with what lies between.
const DENSE: usize = 8;

/// An array under another shape.
pub(crate) struct Reshaped {
    pub(crate) base: Base,
    /// What is read of it.
    pub(crate) view: View,
    /// The shape in which that is numbered anew.
    pub(crate) shape: Shape,
}

/// The reader of a view of a reshaped array.
pub(crate) struct ReshapedReader {
    inner: Box<Reader>,
    dtype: DType,
    /// The shape below.
    shape: Shape,
    /// Elements from one index to the next along each axis of the shape below.
    sizes: Vec<usize>,
    /// How the view's space numbers the elements.
    offset: isize,
    strides: Vec<isize>,
    scratch: RefCell<Scratch>,
}

/// Memory used again from box to box.
struct Scratch {
    tile: Tile,
    start: Vec<usize>,
    lens: Vec<usize>,
}

impl Reshaped {
    /// The reader for boxes within a region of the space of a view of the reshaped array.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought back.
    pub(crate) fn open(&self, view: &View, region: &Region) -> Result<Reader> {
        let (offset, strides) = linear(view, &vec![0; self.shape.len()], &signed(&c_strides(&self.shape)));
        let (low, high) = numbers(shifted(offset, &strides, &region.start), &region.len, &strides);
        let shape = self.view.shape.clone();
        let sizes = c_strides(&shape);
        let inner = Reader::open(&self.base, &self.view, &between(low, high, &shape, &sizes))?;
        if let Reader::Block { block, offset: first, strides: below } = &inner
            && is_run(&shape, below)
        {
            return Ok(Reader::Block { block: block.clone(), offset: first + offset, strides });
        }
        let dtype = self.base.dtype();
        let tile = Tile::with_room(dtype, 0);
        let scratch = RefCell::new(Scratch { tile, start: vec![0; shape.len()], lens: vec![1; shape.len()] });
        Ok(Reader::Reshaped(ReshapedReader { inner: Box::new(inner), dtype, shape, sizes, offset, strides, scratch }))
    }
}

/// The lowest and the highest number of a box whose first element has number `first`.
fn numbers(first: isize, lens: &[usize], strides: &[isize]) -> (usize, usize) {
    let reach = |sign: isize| -> isize {
        lens.iter().zip(strides).map(|(&len, &stride)| (stride * sign).max(0) * (len as isize - 1).max(0)).sum()
    };
    ((first - reach(-1)).max(0) as usize, (first + reach(1)).max(0) as usize)
}

/// The smallest box of a shape that holds all elements from one number to another.
fn between(low: usize, high: usize, shape: &[usize], sizes: &[usize]) -> Region {
    let mut region = Region::all(shape);
    for axis in 0..shape.len() {
        let index = |number: usize| number / sizes[axis] % shape[axis].max(1);
        let (first, last) = (index(low), index(high));
        region.start[axis] = first;
        region.len[axis] = (last + 1).saturating_sub(first).min(shape[axis]);
        if first != last {
            break;
        }
    }
    region
}

impl ReshapedReader {
    /// Where the elements of a box lie side by side in memory, if they do.
    pub(crate) fn run(&self, start: &[usize], lens: &[usize]) -> Option<Run> {
        if !is_run(lens, &self.strides) {
            return None;
        }
        let Scratch { start: at, lens: count, .. } = &mut *self.scratch.borrow_mut();
        let number = shifted(self.offset, &self.strides, start) as usize;
        let len = lens.iter().product();
        (self.first_box(number, len, at, count) == len).then(|| self.inner.run(at, count))?
    }

    /// The elements of a run.
    pub(crate) fn at(&self, run: Run, len: usize) -> Elements<'_> {
        self.inner.at(run, len)
    }

    /// Copies the elements of a box in C order.
    pub(crate) fn load(&self, start: &[usize], lens: &[usize], mut out: ElementsMut<'_>, ahead: &mut Ahead) {
        let scratch = &mut *self.scratch.borrow_mut();
        let first = shifted(self.offset, &self.strides, start);
        let loops = Loops::new(lens, &self.strides);
        let (len, stride) = loops.inner();
        if stride == 1 || lens.iter().all(|&len| len == 1) {
            let Scratch { start, lens, .. } = scratch;
            return loops.each_run(first, |number, to| {
                self.load_run(number as usize, out.part(to, len), (start, lens), ahead);
            });
        }
        let steps = signed(&c_strides(lens));
        with_dtype!(out.dtype(), T => if let Some(out) = <T as Typed>::slice_mut(out) {
            let mut piece = lens.to_vec();
            self.load_strided::<T>(first, &mut piece, (out, 0, &steps), scratch, ahead);
        });
    }

    /// Copies the elements of a strided box: with all that lies between them, or slice by slice where that is too much.
    fn load_strided<T: Typed + Copy>(
        &self,
        first: isize,
        lens: &mut [usize],
        (out, to, steps): (&mut [T], isize, &[isize]),
        scratch: &mut Scratch,
        ahead: &mut Ahead,
    ) {
        let (low, high) = numbers(first, lens, &self.strides);
        let (size, reach) = (lens.iter().product::<usize>(), high + 1 - low);
        if reach <= DENSE * size {
            let Scratch { tile, start, lens: count } = scratch;
            if tile.len() < reach {
                *tile = Tile::new(self.dtype, reach);
            }
            self.load_run(low, tile.write(reach), (start, count), ahead);
            if let Some(from) = <T as Typed>::slice(tile.read(reach)) {
                copy_strided::<T>((from, first - low as isize, &self.strides), lens, (out, to, steps));
            }
            return;
        }
        let longest = |axis: &usize| self.strides[*axis].unsigned_abs() * (lens[*axis] - 1);
        let Some(axis) = (0..lens.len()).max_by_key(longest) else { return };
        let len = std::mem::replace(&mut lens[axis], 1);
        for k in 0..len as isize {
            self.load_strided::<T>(
                first + k * self.strides[axis],
                lens,
                (out, to + k * steps[axis], steps),
                scratch,
                ahead,
            );
        }
        lens[axis] = len;
    }

    /// Copies elements of consecutive numbers.
    fn load_run(
        &self,
        mut number: usize,
        mut out: ElementsMut<'_>,
        (start, lens): (&mut [usize], &mut [usize]),
        ahead: &mut Ahead,
    ) {
        let (mut done, len) = (0, out.len());
        while done < len {
            let mut count = self.first_box(number, len - done, start, lens);
            let in_one_row = lens.last() == Some(&count);
            match self.inner.run_from(start, count) {
                Some((run, in_block)) if in_one_row => {
                    count = in_block;
                    copy(self.inner.at(run, count), out.part(done, count));
                }
                _ => self.inner.load(start, lens, out.part(done, count), ahead),
            }
            number += count;
            done += count;
        }
    }

    /// The largest box of the array below that begins with an element and holds `most` elements at most in their order, and
    /// how many it holds.
    fn first_box(&self, number: usize, most: usize, start: &mut [usize], lens: &mut [usize]) -> usize {
        let mut rest = number;
        for axis in 0..start.len() {
            start[axis] = rest / self.sizes[axis];
            rest %= self.sizes[axis];
        }
        lens.fill(1);
        let mut count = 1;
        for axis in (0..start.len()).rev() {
            // Here `count` is the size of one whole index along the axis.
            lens[axis] = (most / count).clamp(1, self.shape[axis] - start[axis]);
            count *= lens[axis];
            if lens[axis] != self.shape[axis] {
                break;
            }
        }
        count
    }
}

fn copy(from: Elements<'_>, out: ElementsMut<'_>) {
    with_dtype!(out.dtype(), T => if let (Some(from), Some(out)) = (<T as Typed>::slice(from), <T as Typed>::slice_mut(out)) {
        out.copy_from_slice(from);
    });
}

#[cfg(test)]
mod tests {
    use super::{Reshaped, between, numbers};
    use crate::data::{Chunks, Cuts, DType, Held, Region, c_strides};
    use crate::exec::ahead::Ahead;
    use crate::exec::read::{Base, Reader};
    use crate::ir::{View, ViewAxis};
    use crate::ops::tile::{Tile, Typed};

    /// The numbers from 0 on in an array of 7 x 6 in blocks of at most 3 x 4.
    fn array() -> Held {
        let chunks = Chunks(vec![Cuts::regular(7, 3), Cuts::regular(6, 4)]);
        let held = Held::empty(chunks.clone(), DType::Int64);
        for number in 0..chunks.count() {
            let region = chunks.region(&chunks.unravel(number));
            let at = |k: usize| (region.start[0] + k / region.len[1]) * 6 + region.start[1] + k % region.len[1];
            let values: Vec<i64> = (0..region.size()).map(|k| at(k) as i64).collect();
            held.put(number, crate::data::Block::from_vec(&region.len, values));
        }
        held
    }

    fn read(shape: &[usize], view: &View, region: &Region) -> Vec<i64> {
        let base = Base::Held(array());
        let reshaped = Reshaped { base, view: View::identity(&[7, 6]), shape: shape.to_vec() };
        let reader: Reader = reshaped.open(view, region).expect("blocks are in memory");
        let mut tile = Tile::new(DType::Int64, region.size());
        reader.load(&region.start, &region.len, tile.write(region.size()), &mut Ahead::default());
        <i64 as Typed>::slice(tile.read(region.size())).expect("integers").to_vec()
    }

    #[test]
    fn every_box_of_a_reshaped_array_is_read_in_its_order() {
        for shape in [vec![42], vec![6, 7], vec![2, 3, 7], vec![21, 2], vec![3, 2, 7, 1]] {
            let strides = c_strides(&shape);
            let identity = View::identity(&shape);
            for axis in 0..shape.len() {
                for (start, len) in [(0, shape[axis]), (shape[axis] / 2, 1), (shape[axis] / 3, shape[axis] / 2)] {
                    let mut region = Region::all(&shape);
                    (region.start[axis], region.len[axis]) = (start, len.max(1));
                    let number = |k: usize| -> i64 {
                        let sizes = c_strides(&region.len);
                        let index = (0..shape.len()).map(|a| region.start[a] + k / sizes[a] % region.len[a]);
                        index.zip(&strides).map(|(i, s)| (i * s) as i64).sum()
                    };
                    let expected: Vec<i64> = (0..region.size()).map(number).collect();
                    assert_eq!(read(&shape, &identity, &region), expected, "{shape:?} {region:?}");
                }
            }
        }
    }

    #[test]
    fn views_of_a_reshaped_array_are_read() {
        let step = |axis, step| ViewAxis::Input { axis, step };
        let diagonal = View { base: vec![0], axes: vec![step(0, 7)], shape: vec![6] };
        assert_eq!(read(&[42], &diagonal, &Region::all(&[6])), [0, 7, 14, 21, 28, 35]);
        let backwards = View { base: vec![41], axes: vec![step(0, -1)], shape: vec![42] };
        assert_eq!(read(&[42], &backwards, &Region::all(&[42])), (0..42).rev().collect::<Vec<_>>());
        let turned = View { base: vec![0, 0], axes: vec![step(1, 1), step(0, 1)], shape: vec![7, 6] };
        let columns: Vec<i64> = (0..42).map(|k| k % 6 * 7 + k / 6).collect();
        assert_eq!(read(&[6, 7], &turned, &Region::all(&[7, 6])), columns);
        let repeated = View { base: vec![5], axes: vec![ViewAxis::Repeat], shape: vec![3] };
        assert_eq!(read(&[42], &repeated, &Region::all(&[3])), [5, 5, 5]);
    }

    #[test]
    fn the_box_between_two_numbers_holds_all_of_them() {
        let (shape, sizes) = ([4, 3, 5], [15, 5, 1]);
        for low in 0..60 {
            for high in low..60 {
                let region = between(low, high, &shape, &sizes);
                for number in low..=high {
                    let inside = (0..3).all(|axis| {
                        let index = number / sizes[axis] % shape[axis];
                        (region.start[axis]..region.start[axis] + region.len[axis]).contains(&index)
                    });
                    assert!(inside, "{low} {high} {number} {region:?}");
                }
            }
        }
        assert_eq!(numbers(10, &[3, 2], &[-4, 1]), (2, 11));
    }
}
