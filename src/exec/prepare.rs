//! Makes a program's leaves ready for a stage: paths are walked until only a view is left.

use super::ahead::Ahead;
use super::context::Context;
use super::parts::cut_by_blocks;
use super::profile::Profiler;
use super::read::{Base, Reader};
use super::reshaped::Reshaped;
use super::sampling::Samples;
use super::taken::Taken;
use super::tape::Tape;
use crate::data::{Block, Error, Held, Region, Result, check_interrupt};
use crate::ir::{Leaf, Make, Program, Source, Step, View, ViewAxis};
use crate::ops::tile::{ElementsMut, Tile};
use std::sync::Arc;

/// The arrays that earlier stages made, by stage and output.
pub(crate) type Stages<'a> = &'a (dyn Fn(usize, usize) -> Held + Sync);

/// A program's leaves as bases and views.
pub(crate) struct Prepared {
    leaves: Vec<(Base, View)>,
    /// For each register, the leaves of its parts' programs.
    pub(crate) parts: Vec<Vec<Prepared>>,
    /// The program's steps.
    pub(crate) tape: Tape,
    /// Whether a leaf is brought from files in whole blocks, so that reading a part costs as much as the block.
    pub(crate) brings_blocks: bool,
    /// Whether a leaf's neighbours lie along another axis than the space's last.
    pub(crate) is_transposed: bool,
    /// Whether such a leaf is drawn.
    pub(crate) draws_across: bool,
    /// Where a run is profiled: what its runners find.
    pub(crate) samples: Option<Arc<Samples>>,
}

impl Prepared {
    /// Walks the paths of a program's leaves.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought back, `IndexError` where a looked-up index is outside.
    pub(crate) fn new(program: &Program, stages: Stages<'_>) -> Result<Prepared> {
        let leaves = program.leaves.iter().map(|leaf| prepare(leaf, stages)).collect::<Result<Vec<_>>>()?;
        let parts = program.regs.iter().map(|reg| match &reg.make {
            Make::Pieces(pieces) => pieces.iter().map(|piece| Prepared::new(&piece.program, stages)).collect(),
            Make::Overlay { part, .. } => Ok(vec![Prepared::new(&part.program, stages)?]),
            Make::Const(_) | Make::Load(_) | Make::Map(..) => Ok(vec![]),
        });
        let mut across = leaves.iter().filter(|(base, view)| transposes(view, base.shape())).peekable();
        let (is_transposed, draws_across) =
            (across.peek().is_some(), across.any(|(base, _)| matches!(base, Base::Random { .. })));
        let brings_blocks = leaves.iter().any(|(base, _)| base.is_brought_in_blocks());
        let parts = parts.collect::<Result<_>>()?;
        Ok(Prepared {
            leaves,
            parts,
            tape: Tape::of(program),
            brings_blocks,
            is_transposed,
            draws_across,
            samples: None,
        })
    }

    /// The same, sampled where the run is profiled.
    pub(crate) fn sampled(mut self, context: &Context<'_>) -> Prepared {
        self.samples = context.profiler().map(Profiler::samples);
        self
    }

    /// The reader of a leaf for boxes within a region.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought back.
    pub(crate) fn reader(&self, leaf: usize, region: &Region) -> Result<Reader> {
        let (base, view) = &self.leaves[leaf];
        Reader::open(base, view, region)
    }

    /// A region cut where the blocks begin that the first leaf in files is read from, where there is one: to make it part by
    /// part brings each of them once.
    pub(super) fn by_blocks(&self, region: &Region) -> Option<Vec<Region>> {
        self.leaves.iter().find_map(|(base, view)| {
            let chunks = base.blocks_in_files()?;
            (!view.slides()).then(|| cut_by_blocks(chunks, view, region))
        })
    }

    /// Whether every leaf lies in memory.
    pub(crate) fn is_resident(&self) -> bool {
        self.leaves.iter().all(|(base, _)| match base {
            Base::Held(held) => super::contract::is_resident(held),
            Base::Stored(_) | Base::Iota { .. } | Base::Random { .. } | Base::Reshaped(_) | Base::Taken(_) => false,
        })
    }

    /// The whole held array that a program of one leaf reads unchanged, if it is one.
    pub(crate) fn as_held(&self, program: &Program) -> Option<Held> {
        match (self.leaves.as_slice(), program.regs.len()) {
            ([(Base::Held(held), view)], 1) if view.is_identity(&held.shape) => Some(held.clone()),
            _ => None,
        }
    }
}

/// Whether a leaf of a program reads memory across, as far as that shows before paths are walked.
pub(super) fn is_transposed(program: &Program) -> bool {
    program.leaves.iter().any(is_across)
}

/// Whether what is drawn lies across, as far as that shows.
pub(super) fn draws_across(program: &Program) -> bool {
    program.leaves.iter().any(|leaf| matches!(leaf.source, Source::Random { .. }) && is_across(leaf))
}

fn is_across(leaf: &Leaf) -> bool {
    match leaf.path.as_slice() {
        [Step::View(view)] => transposes(view, leaf.source.shape()),
        _ => false,
    }
}

/// Whether a view reads the last axis of its input along another axis than its own last.
fn transposes(view: &View, shape: &[usize]) -> bool {
    let Some(last) = (0..shape.len()).rev().find(|&axis| shape[axis] > 1) else { return false };
    let moves = |out: &usize| view.shape[*out] > 1 && view.axes[*out] != ViewAxis::Repeat;
    let own_last = (0..view.axes.len()).rev().find(moves);
    let is_last = |own: &usize| matches!(view.axes[*own], ViewAxis::Input { axis, .. } if axis == last);
    match own_last {
        Some(own) => view.reader_of(last).is_some_and(|(out, _)| out < own) && !is_last(&own),
        None => false,
    }
}

fn prepare(leaf: &Leaf, stages: Stages<'_>) -> Result<(Base, View)> {
    let base = Base::of(&leaf.source, &|stage, output| stages(stage, output));
    follow(base, &leaf.path, stages)
}

/// What a path (nearest the space first) reads of a source, as a view of a base.
fn follow(base: Base, path: &[Step], stages: Stages<'_>) -> Result<(Base, View)> {
    let Some((step, below)) = path.split_first() else {
        let whole = View::identity(base.shape());
        return Ok((base, whole));
    };
    let (base, view) = follow(base, below, stages)?;
    let base = match step {
        Step::View(outer) => return Ok((base, outer.after(&view))),
        Step::Reshape { from, .. } => Base::Reshaped(Arc::new(Reshaped { base, view, shape: from.clone() })),
        Step::Take { axis, index, len } => {
            let index = Base::of(index, &|stage, output| stages(stage, output));
            let index = read_view(&index, &View::identity(index.shape()))?.to_vec::<i64>();
            let index = checked(&index, *len)?;
            let mut shape = view.shape.clone();
            shape[*axis] = index.len();
            Base::Taken(Arc::new(Taken { base, view, axis: *axis, index, shape }))
        }
    };
    let whole = View::identity(base.shape());
    Ok((base, whole))
}

/// Places along an axis of a length, each of which there is.
fn checked(index: &[i64], len: usize) -> Result<Arc<[usize]>> {
    let outside = |i: i64| Error::index(format!("index {i} is out of bounds for axis with size {len}"));
    let place = |&i: &i64| usize::try_from(i).ok().filter(|&place| place < len).ok_or_else(|| outside(i));
    index.iter().map(place).collect()
}

/// What a view reads of a base, as a block.
///
/// # Errors
/// `OSError` where a block cannot be brought back, `KeyboardInterrupt`.
pub(crate) fn read_view(base: &Base, view: &View) -> Result<Block> {
    let region = Region::all(&view.shape);
    let mut tile = Tile::new(base.dtype(), region.size());
    if region.size() > 0 {
        load_rows(&Reader::open(base, view, &region)?, &region, tile.write(region.size()))?;
    }
    Ok(into_block(tile, &view.shape))
}

/// Loads slabs of the first axis one after another, so that a generator's scratch stays small.
fn load_rows(reader: &Reader, region: &Region, mut out: ElementsMut<'_>) -> Result<()> {
    let Some(&rows) = region.len.first() else {
        reader.load(&[], &[], out, &mut Ahead::default());
        return Ok(());
    };
    let row: usize = region.len[1..].iter().product();
    let step = (super::boxes::TILE / row.max(1)).clamp(1, rows);
    for first in (0..rows).step_by(step) {
        check_interrupt()?;
        let n = step.min(rows - first);
        let mut start = vec![0; region.len.len()];
        let mut lens = region.len.clone();
        start[0] = first;
        lens[0] = n;
        reader.load(&start, &lens, out.part(first * row, n * row), &mut Ahead::default());
    }
    Ok(())
}

/// A tile as a block of a shape.
pub(crate) fn into_block(tile: Tile, shape: &[usize]) -> Block {
    macro_rules! block { ($($variant:ident)*) => { match tile { $(Tile::$variant(values) => Block::from_vec(shape, values),)* } } }
    block!(Bool Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64 Complex64 Complex128)
}
