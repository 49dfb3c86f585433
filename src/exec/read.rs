//! Reading a leaf: any box of a program's space, from blocks in memory or from a generator.

use super::ahead::Ahead;
use super::copy::{Loops, copy_box, is_run};
use super::generate::{fill_iota, fill_random};
use super::line::Line;
use super::parts::{Parts, hull, linear, piece_of, shifted, signed};
use super::reshaped::{Reshaped, ReshapedReader};
use super::taken::{Taken, TakenReader};
use crate::data::store::Stored;
use crate::data::{Block, Chunks, DType, Element, Held, Region, Result, Scalar, c_strides};
use crate::ir::{Random, Source, View};
use crate::ops::tile::{Elements, ElementsMut, Tile, Typed};
use crate::with_block;
use std::sync::Arc;

/// Bytes between neighbours beyond which memory is not asked for ahead: most of it would be asked for in vain.
const FARTHEST: usize = 64;

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
    /// An array under another shape.
    Reshaped(ReshapedReader),
    /// Looked-up places of an array.
    Taken(TakenReader),
}

/// A run of elements in one of a reader's blocks.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    part: usize,
    at: usize,
}

/// A part of a region as it lies in a block: the element at `index` of the space is number `offset + strides . index`.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) at: Region,
    pub(crate) block: Block,
    pub(crate) offset: isize,
    pub(crate) strides: Vec<isize>,
}

/// A source whose path has been walked: only a view is left.
#[derive(Clone)]
pub(crate) enum Base {
    Held(Held),
    Stored(Arc<Stored>),
    Iota { start: Scalar, step: Scalar, dtype: DType, shape: Vec<usize> },
    Random { random: Random, dtype: DType, shape: Vec<usize> },
    Reshaped(Arc<Reshaped>),
    Taken(Arc<Taken>),
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
            Base::Iota { shape, .. } | Base::Random { shape, .. } => shape,
            Base::Reshaped(reshaped) => &reshaped.shape,
            Base::Taken(taken) => &taken.shape,
        }
    }

    /// Whether a part costs as much to bring from its file as the block that it lies in.
    pub(crate) fn is_brought_in_blocks(&self) -> bool {
        match self {
            Base::Reshaped(reshaped) => reshaped.base.is_brought_in_blocks(),
            Base::Taken(taken) => taken.base.is_brought_in_blocks(),
            base => base.blocks_in_files().is_some(),
        }
    }

    /// The grid of an array that is brought from its file in blocks.
    pub(super) fn blocks_in_files(&self) -> Option<&Chunks> {
        match self {
            Base::Held(held) if held.is_partly_out() => Some(&held.chunks),
            Base::Stored(stored) if stored.is_in_whole_chunks() => Some(&stored.chunks),
            _ => None,
        }
    }

    pub(crate) fn dtype(&self) -> DType {
        match self {
            Base::Held(held) => held.dtype,
            Base::Stored(stored) => stored.dtype,
            Base::Iota { dtype, .. } | Base::Random { dtype, .. } => *dtype,
            Base::Reshaped(reshaped) => reshaped.base.dtype(),
            Base::Taken(taken) => taken.base.dtype(),
        }
    }
}

impl Reader {
    /// The reader of what a view reads of a base, for boxes within a region of the view's space.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought back.
    pub(crate) fn open(base: &Base, view: &View, region: &Region) -> Result<Reader> {
        match base {
            Base::Iota { start, step, shape, .. } => {
                let (offset, strides) = linear(view, &vec![0; shape.len()], &signed(&c_strides(shape)));
                Ok(Reader::Iota { start: *start, step: *step, offset, strides })
            }
            Base::Random { random, shape, .. } => {
                let (offset, strides) = linear(view, &vec![0; shape.len()], &signed(&c_strides(shape)));
                Ok(Reader::Random { random: random.clone(), offset, strides })
            }
            Base::Held(held) => Reader::of_held(held, view, region),
            Base::Stored(stored) => Reader::of_stored(stored, view, region),
            Base::Reshaped(reshaped) => reshaped.open(view, region),
            Base::Taken(taken) => taken.open(view, region),
        }
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
        if !stored.is_in_whole_chunks() {
            return Ok(Reader::of_block(stored.read(&wanted)?, &wanted.start, view));
        }
        Reader::of_chunks(&stored.chunks, |number| stored.chunk(number), view, region)
    }

    fn of_held(held: &Held, view: &View, region: &Region) -> Result<Reader> {
        if held.count() == 1 {
            return Ok(Reader::of_block(held.block(0)?, &vec![0; held.shape.len()], view));
        }
        Reader::of_chunks(&held.chunks, |number| held.block(number), view, region)
    }

    fn of_chunks(
        chunks: &Chunks,
        block: impl Fn(usize) -> Result<Block>,
        view: &View,
        region: &Region,
    ) -> Result<Reader> {
        if view.slides() {
            return Reader::of_hull(chunks, block, view, region);
        }
        Ok(match Parts::of(chunks, block, view, region)?.only() {
            Ok(part) => Reader::Block { block: part.block, offset: part.offset, strides: part.strides },
            Err(parts) => Reader::Parts(parts),
        })
    }

    /// Windows that slide over blocks: the smallest box that holds what the region asks for, as one block.
    fn of_hull(
        chunks: &Chunks,
        block: impl Fn(usize) -> Result<Block>,
        view: &View,
        region: &Region,
    ) -> Result<Reader> {
        let shape = chunks.shape();
        let mut wanted = Region::all(&shape);
        for axis in 0..shape.len() {
            let (from, to) = hull(view, region, axis);
            wanted.start[axis] = from;
            wanted.len[axis] = (to + 1 - from).min(shape[axis]);
        }
        let inner = Reader::of_chunks(chunks, block, &View::identity(&shape), &wanted)?;
        if let Reader::Block { block, offset, strides } = inner {
            let (corner, own) = linear(view, &vec![0; shape.len()], &strides);
            return Ok(Reader::Block { block, offset: offset + corner, strides: own });
        }
        let Reader::Parts(parts) = &inner else { return Ok(inner) };
        let mut tile = Tile::new(parts.part(0).block.dtype(), wanted.size());
        inner.load(&wanted.start, &wanted.len, tile.write(wanted.size()), &mut Ahead::default());
        Ok(Reader::of_block(super::prepare::into_block(tile, &wanted.len), &wanted.start, view))
    }

    /// Where the elements of a box lie side by side in memory, if they do.
    pub(crate) fn run(&self, start: &[usize], lens: &[usize]) -> Option<Run> {
        let (part, offset, strides) = match self {
            Reader::Block { offset, strides, .. } => (0, *offset, strides),
            Reader::Parts(parts) => {
                let number = parts.holding(start, lens)?;
                (number, parts.part(number).offset, &parts.part(number).strides)
            }
            Reader::Reshaped(reshaped) => return reshaped.run(start, lens),
            Reader::Taken(taken) => return taken.run(start, lens),
            Reader::Iota { .. } | Reader::Random { .. } => return None,
        };
        is_run(lens, strides).then(|| Run { part, at: shifted(offset, strides, start) as usize })
    }

    /// The elements side by side in memory along the last axis from an index on, `most` at most, and how many they are; none
    /// where neighbours are not side by side.
    pub(crate) fn run_from(&self, start: &[usize], most: usize) -> Option<(Run, usize)> {
        let (part, offset, strides, len) = match self {
            Reader::Block { offset, strides, .. } => (0, *offset, strides, most),
            Reader::Parts(parts) => {
                let (number, len) = parts.row_from(start, most);
                (number, parts.part(number).offset, &parts.part(number).strides, len)
            }
            _ => return None,
        };
        let run = Run { part, at: shifted(offset, strides, start) as usize };
        (strides.last() == Some(&1)).then_some((run, len))
    }

    /// Whether a region of such lengths is one run in memory, and so every box of it that is one in the region.
    pub(crate) fn is_one_run(&self, lens: &[usize]) -> bool {
        matches!(self, Reader::Block { strides, .. } if is_run(lens, strides))
    }

    /// The bytes of a region's rows and from one to the next, where they lie apart in a block.
    pub(crate) fn rows_apart(&self, region: &Region) -> Option<(usize, isize)> {
        let Reader::Block { block, strides, .. } = self else { return None };
        let loops = Loops::new(&region.len, strides);
        let ((len, stride), (_, apart)) = (loops.inner(), loops.before_inner()?);
        let item = block.dtype().itemsize();
        (stride == 1).then_some((len * item, apart * item as isize))
    }

    /// Whether boxes are rows that are side by side along the last axis, or repeat one element each.
    pub(crate) fn is_in_rows(&self) -> bool {
        matches!(self, Reader::Block { strides, .. } if matches!(strides.last(), Some(0 | 1)))
    }

    /// Where in the reader's block the rows of a box begin; whether each repeats one element.
    pub(crate) fn rows(&self, start: &[usize], lens: &[usize], out: &mut Vec<usize>) -> bool {
        out.clear();
        let Reader::Block { offset, strides, .. } = self else { return false };
        let Some(last) = lens.len().checked_sub(1) else { return false };
        let rows = Loops::new(&lens[..last], &strides[..last]);
        let (len, stride) = rows.inner();
        rows.each_run(shifted(*offset, strides, start), |at, _| {
            out.extend((0..len as isize).map(|row| (at + row * stride) as usize));
        });
        strides[last] == 0
    }

    /// The line along an axis through an element, where it lies in blocks.
    pub(super) fn line<T: Element + Typed>(&self, axis: usize, start: &[usize]) -> Option<Line<'_, T>> {
        match self {
            Reader::Block { block, offset, strides } => {
                Some(Line::new(&[], vec![piece_of(block, *offset, strides, axis, start)?]))
            }
            Reader::Parts(parts) => parts.line(axis, start),
            _ => None,
        }
    }

    /// All elements of the reader's block.
    pub(crate) fn elements(&self) -> Option<Elements<'_>> {
        let Reader::Block { block, .. } = self else { return None };
        with_block!(block, a => a.as_slice().map(Typed::wrap))
    }

    /// The elements of a run.
    pub(crate) fn at(&self, run: Run, len: usize) -> Elements<'_> {
        let block = match self {
            Reader::Parts(parts) => &parts.part(run.part).block,
            Reader::Block { block, .. } => block,
            Reader::Reshaped(reshaped) => return reshaped.at(run, len),
            Reader::Taken(taken) => return taken.at(run, len),
            Reader::Iota { .. } | Reader::Random { .. } => unreachable!("runs are found in blocks"),
        };
        with_block!(block, a => Typed::wrap(&a.as_slice().expect("blocks in memory have no gaps")[run.at..run.at + len]))
    }

    /// The blocks that make up a region, each with its part of it; `None` for what is generated, under another shape or
    /// looked up.
    pub(crate) fn into_parts(self, region: &Region) -> Option<Vec<Part>> {
        match self {
            Reader::Block { block, offset, strides } => Some(vec![Part { at: region.clone(), block, offset, strides }]),
            Reader::Parts(parts) => {
                let mut out = vec![];
                parts.each_piece(&region.start, &region.len, |part, start, lens| {
                    let at = Region { start: start.to_vec(), len: lens.to_vec() };
                    out.push(Part {
                        at,
                        block: part.block.clone(),
                        offset: part.offset,
                        strides: part.strides.clone(),
                    });
                });
                Some(out)
            }
            Reader::Iota { .. } | Reader::Random { .. } | Reader::Reshaped(_) | Reader::Taken(_) => None,
        }
    }

    /// Notes the memory that a box reads.
    pub(crate) fn look_ahead(&self, start: &[usize], lens: &[usize], ahead: &mut Ahead) {
        match self {
            Reader::Parts(parts) => parts.each_piece(start, lens, |part, start, lens| {
                note(&part.block, shifted(part.offset, &part.strides, start), lens, &part.strides, ahead);
            }),
            Reader::Block { block, offset, strides } => {
                note(block, shifted(*offset, strides, start), lens, strides, ahead);
            }
            Reader::Iota { .. } | Reader::Random { .. } | Reader::Reshaped(_) | Reader::Taken(_) => {}
        }
    }

    /// Copies the elements of a box in C order, and asks for memory ahead meanwhile.
    pub(crate) fn load(&self, start: &[usize], lens: &[usize], out: ElementsMut<'_>, ahead: &mut Ahead) {
        match self {
            Reader::Block { block, offset, strides } => {
                let loops = Loops::new(lens, strides);
                let at = shifted(*offset, strides, start);
                with_block!(block, a => if let (Some(from), Some(to)) = (a.as_slice(), Typed::slice_mut(out)) { copy_box(from, at, &loops, to, || ahead.step()) });
            }
            Reader::Parts(parts) => parts.load(start, lens, out),
            Reader::Reshaped(reshaped) => reshaped.load(start, lens, out, ahead),
            Reader::Taken(taken) => taken.load(start, lens, out, ahead),
            Reader::Iota { start: first, step, offset, strides, .. } => {
                fill_iota(*first, *step, shifted(*offset, strides, start), &Loops::new(lens, strides), out);
            }
            Reader::Random { random, offset, strides, .. } => {
                fill_random(random, shifted(*offset, strides, start), &Loops::new(lens, strides), out);
            }
        }
    }
}

/// The stretches of memory of a strided box: of runs of near neighbours, along whichever of the last two axes has them.
fn note(block: &Block, at: isize, lens: &[usize], strides: &[isize], ahead: &mut Ahead) {
    let (first, item) = (with_block!(block, a => a.as_ptr() as usize), block.dtype().itemsize());
    let loops = Loops::new(lens, strides);
    let (len, stride) = loops.inner();
    let mut span = |at: isize, len: usize, stride: isize| {
        if stride.unsigned_abs() * item <= FARTHEST {
            let reach = (len - 1) * stride.unsigned_abs();
            let low = if stride < 0 { at - reach as isize } else { at };
            ahead.add(first + low as usize * item, (reach + 1) * item);
        }
    };
    match loops.transposed() {
        None => loops.each_run(at, |at, _| span(at, len, stride)),
        Some((rows, row_stride)) => loops
            .planes()
            .each_run(at, |at, _| (0..len).for_each(|col| span(at + col as isize * stride, rows, row_stride))),
    }
}
