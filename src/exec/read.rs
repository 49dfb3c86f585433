//! Reading a leaf: any box of a program's space, from blocks in memory or from a generator.

use super::copy::{Loops, copy_box, is_run};
use super::generate::{fill_iota, fill_random};
use super::parts::{Parts, hull, linear, shifted, signed};
use crate::data::store::Stored;
use crate::data::{Block, DType, Held, Region, Result, Scalar, c_strides};
use crate::ir::{Random, Source, View};
use crate::ops::tile::{Elements, ElementsMut, Tile, Typed};
use crate::with_block;
use std::sync::Arc;

/// A leaf made ready for one task: the blocks it needs are in hand.
pub(crate) enum Reader {
    /// One block, walked by strides from an offset.
    Block {
        block: Block,
        offset: isize,
        strides: Vec<isize>,
    },
    /// Blocks side by side: a box that lies in one of them is read there, others are put together.
    Parts(Parts),
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
        Ok(match Parts::of(held, view, region)?.only() {
            Ok(part) => Reader::Block { block: part.block, offset: part.offset, strides: part.strides },
            Err(parts) => Reader::Parts(parts),
        })
    }

    /// The block that holds a box, where it begins there, and how the space walks it.
    fn place(&self, start: &[usize], lens: &[usize]) -> Option<(&Block, isize, &[isize])> {
        match self {
            Reader::Block { block, offset, strides } => Some((block, shifted(*offset, strides, start), strides)),
            Reader::Parts(parts) => {
                let part = parts.holding(start, lens)?;
                Some((&part.block, shifted(part.offset, &part.strides, start), &part.strides))
            }
            Reader::Iota { .. } | Reader::Random { .. } => None,
        }
    }

    /// The elements of a box where they lie side by side in memory.
    pub(crate) fn direct(&self, start: &[usize], lens: &[usize]) -> Option<Elements<'_>> {
        let (block, at, strides) = self.place(start, lens)?;
        if !is_run(lens, strides) {
            return None;
        }
        let (at, len) = (at as usize, lens.iter().product::<usize>());
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
            Reader::Parts(parts) => parts.load(start, lens, out),
            Reader::Iota { start: first, step, offset, strides, .. } => {
                fill_iota(*first, *step, shifted(*offset, strides, start), &Loops::new(lens, strides), out);
            }
            Reader::Random { random, offset, strides, .. } => {
                fill_random(random, shifted(*offset, strides, start), &Loops::new(lens, strides), out);
            }
        }
    }
}

