//! Reading a leaf: any box of a program's space, from blocks in memory or from a generator.

use super::copy::{Loops, copy_box};
use super::generate::{fill_iota, fill_random};
use crate::data::store::Stored;
use crate::data::{Block, DType, Held, Region, Result, Scalar, c_strides};
use crate::ir::{Random, Source, View, ViewAxis};
use crate::ops::tile::{Elements, ElementsMut, Tile, Typed};
use crate::{with_block, with_dtype};
use std::sync::Arc;

/// A leaf made ready for one task: the blocks it needs are in hand.
pub(crate) enum Reader {
    /// One block, walked by strides from an offset.
    Block {
        block: Block,
        offset: isize,
        strides: Vec<isize>,
    },
    /// A grid of blocks, cut where boxes cross from one to the next.
    Grid {
        parts: Vec<(Region, Block)>,
        view: View,
    },
    Iota {
        start: Scalar,
        step: Scalar,
        offset: isize,
        strides: Vec<isize>,
    },
    Random {
        random: Random,
        offset: isize,
        strides: Vec<isize>,
    },
}

/// A source whose path has been walked: only a view is left.
#[derive(Clone)]
pub(crate) enum Base {
    Held(Held),
    Stored(Arc<Stored>),
    Block(Block),
    Iota { start: Scalar, step: Scalar, dtype: DType, shape: Vec<usize> },
    Random { random: Random, dtype: DType, shape: Vec<usize> },
}

impl Base {
    /// The base of a source; `stages` are the arrays that earlier stages made.
    pub(crate) fn of(source: &Source, stages: &dyn Fn(usize, usize) -> Held) -> Base {
        match source {
            Source::Memory(held) => Base::Held(held.clone()),
            Source::Stored(stored) => Base::Stored(stored.clone()),
            Source::Stage { stage, output, .. } => Base::Held(stages(*stage, *output)),
            Source::Iota { start, step, dtype, shape } => {
                Base::Iota { start: *start, step: *step, dtype: *dtype, shape: shape.clone() }
            }
            Source::Random { random, dtype, shape } => {
                Base::Random { random: random.clone(), dtype: *dtype, shape: shape.clone() }
            }
        }
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Base::Held(held) => &held.shape,
            Base::Stored(stored) => &stored.shape,
            Base::Block(block) => block.shape(),
            Base::Iota { shape, .. } | Base::Random { shape, .. } => shape,
        }
    }

    pub(crate) fn dtype(&self) -> DType {
        match self {
            Base::Held(held) => held.dtype,
            Base::Stored(stored) => stored.dtype,
            Base::Block(block) => block.dtype(),
            Base::Iota { dtype, .. } | Base::Random { dtype, .. } => *dtype,
        }
    }
}

impl Reader {
    /// The reader of what a view reads of a base, for boxes within a region of the view's space.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought back.
    pub(crate) fn open(base: &Base, view: &View, region: &Region, staged: bool) -> Result<Reader> {
        match base {
            Base::Iota { start, step, shape, .. } => {
                let (offset, strides) = linear(view, &vec![0; shape.len()], &signed(&c_strides(shape)));
                Ok(Reader::Iota { start: *start, step: *step, offset, strides })
            }
            Base::Random { random, shape, dtype } => {
                let (offset, strides) = linear(view, &vec![0; shape.len()], &signed(&c_strides(shape)));
                let reader = Reader::Random { random: random.clone(), offset, strides };
                Ok(if staged { reader.drawn(region, *dtype) } else { reader })
            }
            Base::Block(block) => Ok(Reader::of_block(block.clone(), &vec![0; block.ndim()], view)),
            Base::Held(held) => Reader::of_held(held, view, region),
            Base::Stored(stored) => Reader::of_stored(stored, view, region),
        }
    }

    /// The random values of a region drawn into a block, row by row in the order of the source: drawing short runs of a
    /// transposed array tile by tile costs several times as much.
    fn drawn(self, region: &Region, dtype: DType) -> Reader {
        let Reader::Random { random, offset, strides } = &self else { return self };
        let ndim = region.len.len();
        let mut order: Vec<usize> = (0..ndim).collect();
        order.sort_by_key(|&axis| (std::cmp::Reverse(strides[axis].unsigned_abs()), axis));
        let repeated = |axis: usize| strides[axis] == 0;
        let lens: Vec<usize> = order.iter().map(|&axis| if repeated(axis) { 1 } else { region.len[axis] }).collect();
        let moves: Vec<isize> = order.iter().map(|&axis| strides[axis]).collect();
        let mut tile = Tile::new(dtype, lens.iter().product());
        let len = lens.iter().product();
        fill_random(random, shifted(*offset, strides, &region.start), &Loops::new(&lens, &moves), tile.write(len));
        let (mut own, places) = (vec![0; ndim], c_strides(&lens));
        for (place, &axis) in order.iter().enumerate() {
            own[axis] = if repeated(axis) { 0 } else { places[place] as isize };
        }
        let at = own.iter().zip(&region.start).map(|(stride, &start)| -stride * start as isize).sum();
        Reader::Block { block: super::prepare::into_block(tile, &lens), offset: at, strides: own }
    }

    fn of_block(block: Block, corner: &[usize], view: &View) -> Reader {
        let (offset, strides) = linear(view, corner, &signed(&c_strides(block.shape())));
        Reader::Block { block, offset, strides }
    }

    /// Reads the smallest box of a stored array that holds what the region asks for.
    fn of_stored(stored: &Stored, view: &View, region: &Region) -> Result<Reader> {
        let mut wanted = Region::all(&stored.shape);
        for axis in 0..stored.shape.len() {
            let (from, to) = hull(view, region, axis);
            wanted.start[axis] = from;
            wanted.len[axis] = (to + 1 - from).min(stored.shape[axis]);
        }
        let block = stored.read(&wanted)?;
        Ok(Reader::of_block(block, &wanted.start, view))
    }

    fn of_held(held: &Held, view: &View, region: &Region) -> Result<Reader> {
        if held.count() == 1 {
            return Ok(Reader::of_block(held.block(0)?, &vec![0; held.shape.len()], view));
        }
        let ndim = held.shape.len();
        let (mut low, mut count) = (vec![0; ndim], vec![1; ndim]);
        for axis in 0..ndim {
            let (from, to) = hull(view, region, axis);
            low[axis] = held.chunks.0[axis].find(from);
            count[axis] = held.chunks.0[axis].find(to) - low[axis] + 1;
        }
        let numblocks = held.chunks.numblocks();
        let place = c_strides(&numblocks);
        let mut parts = vec![];
        for k in 0..count.iter().product() {
            let (mut rest, mut number) = (k, 0);
            let mut index = vec![0; ndim];
            for axis in (0..ndim).rev() {
                index[axis] = low[axis] + rest % count[axis];
                rest /= count[axis];
                number += index[axis] * place[axis];
            }
            parts.push((held.chunks.region(&index), held.block(number)?));
        }
        if parts.len() == 1 {
            let (at, block) = parts.remove(0);
            return Ok(Reader::of_block(block, &at.start, view));
        }
        Ok(Reader::Grid { parts, view: view.clone() })
    }

    /// The elements of a box where they lie side by side in memory.
    pub(crate) fn direct(&self, start: &[usize], lens: &[usize]) -> Option<Elements<'_>> {
        let Reader::Block { block, offset, strides } = self else { return None };
        let len = Loops::new(lens, strides).single_run()?;
        let at = shifted(*offset, strides, start) as usize;
        with_block!(block, a => a.as_slice().map(|all| Typed::wrap(&all[at..at + len])))
    }

    /// Copies the elements of a box in C order.
    pub(crate) fn load(&self, start: &[usize], lens: &[usize], out: ElementsMut<'_>) {
        match self {
            Reader::Block { block, offset, strides } => {
                let loops = Loops::new(lens, strides);
                let at = shifted(*offset, strides, start);
                with_block!(block, a => if let (Some(from), Some(to)) = (a.as_slice(), Typed::slice_mut(out)) { copy_box(from, at, &loops, to) });
            }
            Reader::Grid { parts, view } => load_parts(parts, view, start, lens, out),
            Reader::Iota { start: first, step, offset, strides, .. } => {
                fill_iota(*first, *step, shifted(*offset, strides, start), &Loops::new(lens, strides), out);
            }
            Reader::Random { random, offset, strides, .. } => {
                fill_random(random, shifted(*offset, strides, start), &Loops::new(lens, strides), out);
            }
        }
    }
}

fn signed(strides: &[usize]) -> Vec<isize> {
    strides.iter().map(|&s| s as isize).collect()
}

/// Offset and strides of a view's space over C-order elements whose first one is at index `corner`.
fn linear(view: &View, corner: &[usize], strides: &[isize]) -> (isize, Vec<isize>) {
    let offset = (0..corner.len()).map(|a| (view.base[a] as isize - corner[a] as isize) * strides[a]).sum();
    let out = view.axes.iter().map(|axis| match *axis {
        ViewAxis::Repeat => 0,
        ViewAxis::Input { axis, step } => step * strides[axis],
    });
    (offset, out.collect())
}

fn shifted(offset: isize, strides: &[isize], start: &[usize]) -> isize {
    strides.iter().zip(start).fold(offset, |at, (stride, &index)| at + stride * index as isize)
}

/// The first and last index of an input axis that a region of a view's space reads.
fn hull(view: &View, region: &Region, axis: usize) -> (usize, usize) {
    let base = view.base[axis] as isize;
    match view.reader_of(axis) {
        None => (view.base[axis], view.base[axis]),
        Some((out, step)) => {
            let first = base + step * region.start[out] as isize;
            let last = first + step * (region.len[out] as isize - 1).max(0);
            (first.min(last) as usize, first.max(last) as usize)
        }
    }
}

/// Copies a box part by part.
fn load_parts(parts: &[(Region, Block)], view: &View, start: &[usize], lens: &[usize], out: ElementsMut<'_>) {
    with_dtype!(out.dtype(), T => {
        let Some(out) = <T as Typed>::slice_mut(out) else { return };
        for (at, block) in parts {
            let Some((first, count)) = overlap(at, view, start, lens) else { continue };
            let (offset, strides) = linear(view, &at.start, &signed(&c_strides(block.shape())));
            let from = shifted(offset, &strides, &first);
            let whole = signed(&c_strides(lens));
            let to = first.iter().zip(start).zip(&whole).map(|((f, s), w)| (f - s) as isize * w).sum();
            let all = crate::data::Element::of_block(block).and_then(|a| a.as_slice());
            if let Some(all) = all {
                scatter::<T>(all, from, &strides, &count, out, to, &whole);
            }
        }
    });
}

/// The part of a box (start and lengths in the view's space) whose elements lie in a region of the source.
fn overlap(at: &Region, view: &View, start: &[usize], lens: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
    let (mut first, mut count) = (start.to_vec(), lens.to_vec());
    for axis in 0..at.start.len() {
        let (low, len) = (at.start[axis], at.len[axis]);
        match view.reader_of(axis) {
            None => {
                if !(low..low + len).contains(&view.base[axis]) {
                    return None;
                }
            }
            Some((out, step)) => {
                let at_start = (view.base[axis] as isize + step * start[out] as isize) as usize;
                let (skip, n) = View::inside(at_start, step, lens[out], low, len);
                if n == 0 {
                    return None;
                }
                first[out] = start[out] + skip;
                count[out] = n;
            }
        }
    }
    Some((first, count))
}

/// Copies a strided box into a strided box.
fn scatter<T: Copy>(
    source: &[T],
    from: isize,
    strides: &[isize],
    lens: &[usize],
    out: &mut [T],
    to: isize,
    out_strides: &[isize],
) {
    let ndim = lens.len();
    if ndim == 0 {
        out[to as usize] = source[from as usize];
        return;
    }
    let mut index = vec![0; ndim];
    let (mut at, mut put) = (from, to);
    let inner = ndim - 1;
    loop {
        let run = &mut out[put as usize..put as usize + lens[inner]];
        if strides[inner] == 1 {
            run.copy_from_slice(&source[at as usize..at as usize + lens[inner]]);
        } else {
            run.iter_mut()
                .enumerate()
                .for_each(|(k, slot)| *slot = source[(at + k as isize * strides[inner]) as usize]);
        }
        let mut axis = inner;
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            index[axis] += 1;
            at += strides[axis];
            put += out_strides[axis];
            if index[axis] < lens[axis] {
                break;
            }
            at -= strides[axis] * lens[axis] as isize;
            put -= out_strides[axis] * lens[axis] as isize;
            index[axis] = 0;
        }
    }
}
