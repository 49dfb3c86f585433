//! The fused pass: tiles of a program go to the sinks, part by part, in an order that the expression alone decides.

use super::context::{BlockWriter, Context};
use super::fold::{self, Folding, Rows};
use super::folded::{FoldedParts, PART};
use super::joined::within_piece;
use super::layout::Layout;
use super::made::{Made, Slot};
use super::prepare::Prepared;
use super::runner::Runner;
use super::target::Target;
use crate::data::{Block, Chunks, Cuts, Held, Region, Result, Shape};
use crate::ir::{Fold, Output, Program, Sink};
use crate::ops::primitive::nothing_to_fold;
use crate::ops::vector::strip::STRIP;
use std::ops::Range;

/// Columns of a kept slab: below this a row is too short for its kernel call.
const COLUMNS: usize = 1024;
/// Accumulators of a kept slab whose blocks are brought from files: 8 to 32 MiB of partial results a thread.
pub(crate) const WIDEST: usize = 1 << 20;

/// The shortest row that is folded strip by strip: what is left over of each costs a call.
const IN_STRIPS: usize = 512;

/// Rows that slabs have a multiple of, if they have more.
const TOGETHER: usize = 32;

/// Accumulators that are asked before each box whether they may still change.
const SETTLED_AT_ONCE: usize = 8;

/// One fused stage on its way.
pub(crate) struct Pass<'a> {
    pub(crate) program: &'a Program,
    pub(crate) prepared: &'a Prepared,
    pub(crate) grid: &'a Chunks,
    pub(crate) folded: &'a [usize],
    pub(crate) sinks: &'a [Sink],
    pub(crate) outputs: &'a [Output],
    pub(crate) context: &'a Context<'a>,
    /// Where finished blocks go instead of memory.
    pub(crate) writer: Option<&'a BlockWriter<'a>>,
}

impl Pass<'_> {
    /// Runs the pass and makes its outputs.
    ///
    /// # Errors
    /// What a kernel or a leaf refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(crate) fn run(&self) -> Result<Vec<Held>> {
        if self.sinks.iter().all(|sink| matches!(sink, Sink::Store { .. })) { self.store() } else { self.fold() }
    }

    fn store(&self) -> Result<Vec<Held>> {
        let held: Vec<Held> = self.outputs.iter().map(|out| Held::empty(out.chunks.clone(), out.dtype)).collect();
        let whole = self.outputs[0].chunks.count() == 1 && self.writer.is_none();
        if whole {
            let targets: Vec<Target> =
                self.outputs.iter().map(|out| Target::new(&out.chunks.shape(), out.dtype)).collect();
            self.context.each(self.grid.count(), |number| {
                let region = self.grid.region(&self.grid.unravel(number));
                self.store_slabs(&region, &vec![0; region.len.len()], &targets)
            })?;
            held.iter().zip(targets).for_each(|(held, target)| held.put(0, target.finish()));
            return Ok(held);
        }
        let grid = &self.outputs[0].chunks;
        self.context.each_block(self.grid.count(), |number| {
            let region = self.grid.region(&self.grid.unravel(number));
            if grid == self.grid {
                return self.store_block(&held, number, &region);
            }
            // Blocks smaller than the task's region, which what is read is brought for once.
            let inside = grid.within(&region);
            inside
                .into_iter()
                .try_for_each(|number| self.store_block(&held, number, &grid.region(&grid.unravel(number))))
        })?;
        Ok(held)
    }

    /// Makes a block of each output.
    fn store_block(&self, held: &[Held], number: usize, region: &Region) -> Result<()> {
        let targets: Vec<Target> = self.outputs.iter().map(|out| Target::new(&region.len, out.dtype)).collect();
        self.store_slabs(region, &region.start, &targets)?;
        held.iter().zip(targets).try_for_each(|(held, target)| self.give(held, number, region, target.finish()))
    }

    /// Hands a finished block to the writer, or puts it into its array.
    pub(crate) fn give(&self, held: &Held, number: usize, region: &Region, block: Block) -> Result<()> {
        match self.writer {
            Some(writer) => writer(region, &block),
            None => self.context.keep(held, number, block),
        }
    }

    /// Stores a region, slab by slab on all threads.
    pub(crate) fn store_slabs(&self, region: &Region, origin: &[usize], targets: &[Target]) -> Result<()> {
        let slabs = slabs(region, PART);
        self.context.each(slabs.len(), |slab| self.store_region(&slabs[slab], origin, targets))
    }

    pub(crate) fn store_region(&self, region: &Region, origin: &[usize], targets: &[Target]) -> Result<()> {
        if region.size() == 0 {
            return Ok(());
        }
        let mut runner = Runner::open(self.program, self.prepared, region)?;
        let mut boxes = runner.boxes(region);
        let _rows = runner.reads_rows(region);
        let (mut start, mut lens) = (vec![], vec![]);
        let direct = targets.len() == 1 && runner.ends_in_map();
        while boxes.next_into(&mut start, &mut lens) {
            self.context.check()?;
            runner.look_ahead(&boxes);
            let at: Vec<usize> = start.iter().zip(origin).map(|(s, o)| s - o).collect();
            // SAFETY: the boxes of all regions of all tasks are disjoint: they are parts of one chunk grid.
            let out = if direct { unsafe { targets[0].run(&at, &lens) } } else { None };
            if let Some(out) = out {
                runner.run_into(&start, &lens, out)?;
                continue;
            }
            runner.run(&start, &lens)?;
            for (sink, target) in self.sinks.iter().zip(targets) {
                let (Sink::Store { root } | Sink::Fold { root, .. }) = sink;
                // SAFETY: as above.
                unsafe { target.put(&at, &lens, runner.root(*root)) };
            }
        }
        self.context.done(region.size() * 8);
        Ok(())
    }

    /// The lengths of the kept axes of a region.
    fn kept(&self, region: &Region) -> Shape {
        (0..region.len.len()).filter(|axis| !self.folded.contains(axis)).map(|axis| region.len[axis]).collect()
    }

    fn fold(&self) -> Result<Vec<Held>> {
        let pick = |folded: bool| {
            let cuts =
                self.grid.0.iter().enumerate().map(|(axis, cuts)| {
                    if self.folded.contains(&axis) == folded { cuts.clone() } else { Cuts::whole(1) }
                });
            Chunks(cuts.collect())
        };
        let (kept_grid, folded_grid) = (pick(false), pick(true));
        let made: Vec<Made> = self.outputs.iter().map(|out| Made::of(out, self.context)).collect();
        let parts = FoldedParts::of(folded_grid);
        self.context.each_block(kept_grid.count(), |number| {
            let kept = kept_grid.region(&kept_grid.unravel(number));
            let slabs = self.kept_slabs(&kept, parts.longest());
            let slots: Vec<Slot> = made.iter().map(|made| made.open(number)).collect();
            self.context.each(slabs.len(), |slab| self.fold_slab(&slabs[slab], &parts, &slots))?;
            made.iter().zip(slots).try_for_each(|(made, slot)| made.close(number, slot))
        })?;
        Ok(made.into_iter().map(Made::finish).collect())
    }

    /// The parts of a kept chunk that threads share.
    fn kept_slabs(&self, kept: &Region, folded: usize) -> Vec<Region> {
        let last_is_kept = !self.folded.contains(&(kept.len.len().wrapping_sub(1)));
        let room = (2 * PART / folded.max(1)).max(if last_is_kept { COLUMNS } else { 1 });
        // Slabs beside each other would each bring the same blocks: threads share the parts instead.
        let room = if self.prepared.brings_blocks { room.max(WIDEST) } else { room };
        slabs(kept, room)
    }

    fn fold_slab(&self, slab: &Region, parts: &FoldedParts, slots: &[Slot<'_>]) -> Result<()> {
        let folds = self.fold_parts(slab, parts, 0..parts.count())?;
        let lens = self.kept(slab);
        for (((fold, slot), out), sink) in folds.into_iter().zip(slots).zip(self.outputs).zip(self.sinks) {
            if let Sink::Fold { fold: of, mask: Some(_), needs_some: true, .. } = sink
                && fold.lacks_some()
            {
                return Err(nothing_to_fold(*of));
            }
            let kept = (0..slab.start.len()).filter(|axis| !self.folded.contains(axis));
            let at: Vec<usize> = kept.zip(&slot.origin).map(|(axis, origin)| slab.start[axis] - origin).collect();
            let block = fold.finish(&lens, out.dtype);
            let elements = crate::with_block!(&block, a => a.as_slice().map(crate::ops::tile::Typed::wrap));
            if let Some(elements) = elements {
                // SAFETY: slabs are disjoint parts of the kept chunk.
                unsafe { slot.target().put(&at, &lens, elements) };
            }
        }
        Ok(())
    }

    /// Folds the parts and merges them as a tree whose left side is the largest power of two.
    fn fold_parts(&self, slab: &Region, parts: &FoldedParts, range: Range<usize>) -> Result<Vec<Box<dyn Folding>>> {
        // A cancelled run must not open a runner for each of 160,000 parts to find out (0.3 s).
        self.context.check()?;
        if range.len() == 1 {
            return self.fold_part(&joined(slab, &parts.region(range.start), self.folded));
        }
        let half = range.start + range.len().next_power_of_two() / 2;
        let (left, right) =
            (|| self.fold_parts(slab, parts, range.start..half), || self.fold_parts(slab, parts, half..range.end));
        let (first, later) = if self.context.is_serial() { (left(), right()) } else { rayon::join(left, right) };
        let mut first = first?;
        first.iter_mut().zip(later?).for_each(|(a, b)| a.merge(b));
        Ok(first)
    }

    /// One chunk folded along the folded axes, as a block of the kept ones; the first sink's.
    pub(crate) fn fold_region(&self, region: &Region) -> Result<crate::data::Block> {
        let mut part = Region { start: vec![0; region.len.len()], len: vec![1; region.len.len()] };
        for &axis in self.folded {
            part.start[axis] = region.start[axis];
            part.len[axis] = region.len[axis];
        }
        let parts = FoldedParts::of_chunk(&part);
        let mut folds = self.fold_parts(region, &parts, 0..parts.count())?;
        Ok(folds.remove(0).finish(&self.kept(region), self.outputs[0].dtype))
    }

    /// Folds one region: along the last axis row by row, or column by column across rows.
    fn fold_part(&self, region: &Region) -> Result<Vec<Box<dyn Folding>>> {
        // Positions go on from row to row where rows are whole.
        let joins = !self.wants_position() || region.len.last() == self.program.space.last();
        let layout = Layout::new(region, self.folded, joins);
        let dtype = |root: usize| self.program.regs[self.program.roots[root]].dtype;
        let mut folds: Vec<Box<dyn Folding>> = self
            .sinks
            .iter()
            .map(|sink| match sink {
                Sink::Fold { root, fold, .. } => fold::start(*fold, dtype(*root), layout.len, layout.kept == 1),
                Sink::Store { .. } => unreachable!("a pass that folds has no sink that stores"),
            })
            .collect();
        if region.size() > 0 {
            self.fold_boxes(region, &layout, &mut folds)?;
        }
        self.context.done(region.size() * dtype(0).itemsize());
        match &layout.gather {
            Some(into) => Ok(folds.into_iter().map(|fold| fold.gather(into, layout.kept)).collect()),
            None => Ok(folds),
        }
    }

    fn fold_boxes(&self, region: &Region, layout: &Layout, folds: &mut [Box<dyn Folding>]) -> Result<()> {
        let whole = (self.program, self.prepared, region.clone());
        let (program, prepared, region) =
            if self.wants_position() { whole } else { within_piece(whole.0, whole.1, whole.2) };
        let region = &region;
        let mut runner = Runner::open(program, prepared, region)?;
        let unmasked = self.sinks.iter().all(|sink| matches!(sink, Sink::Fold { mask: None, .. }));
        let width = layout.width(&region.len);
        let takes_strips = unmasked && folds.len() == 1 && folds[0].takes_strips();
        let in_strips = takes_strips && width >= IN_STRIPS && runner.streams(region, layout.is_joined);
        let are_apart = unmasked && folds.len() == 1 && !layout.is_joined && runner.is_rows_apart(region);
        let mut boxes = match layout.columns {
            _ if layout.is_joined => runner.boxes_of_short_rows(region, in_strips),
            _ if in_strips => runner.boxes_of_strips(region),
            _ if are_apart => runner.boxes_of_rows_apart(region, folds[0].reads_again()),
            true => runner.boxes(region),
            false => runner.boxes_of_rows(region, folds.len() > 1 || folds[0].reads_again()),
        };
        let _rows = runner.reads_rows(region);
        let (mut start, mut lens) = (vec![], vec![]);
        let (mut at, mut position, mut rows) = (vec![], vec![], vec![]);
        let joined = layout.kept == 1;
        // To look at every accumulator before each box costs where there are many.
        let may_settle = joined || layout.len <= SETTLED_AT_ONCE;
        let wants_position = self.wants_position();
        while boxes.next_into(&mut start, &mut lens) {
            self.context.check()?;
            if may_settle && folds.iter().all(|fold| fold.is_settled(joined)) {
                break;
            }
            runner.look_ahead(&boxes);
            layout.rows(region, &start, &lens, &mut at);
            if wants_position {
                layout.positions(self.folded, &self.program.space, &start, &lens, &mut position);
            }
            let width = layout.width(&lens);
            match &mut *folds {
                [fold] if in_strips && width >= STRIP => {
                    runner.begin(&start, &lens);
                    fold.strips(&at, width, layout.columns, &mut |strips| runner.run_into_fold(&strips));
                }
                [fold] if are_apart => {
                    let elements = runner.rows_of(&start, &lens, &mut rows);
                    for (k, &from) in rows.iter().enumerate() {
                        let (at, position) = (&at[k..=k], position.get(k..=k).unwrap_or_default());
                        let row = Rows { elements: elements.part(from, width), width, at, position };
                        if layout.columns { fold.columns(row) } else { fold.rows(row) }
                    }
                }
                _ => {
                    runner.run(&start, &lens)?;
                    self.fold_rows(&runner, folds, (width, &at, &position), layout.columns);
                }
            }
        }
        Ok(())
    }

    /// Whether a fold asks where elements are.
    fn wants_position(&self) -> bool {
        let is_placed = |sink: &Sink| matches!(sink, Sink::Fold { fold: Fold::ArgMin | Fold::ArgMax, .. });
        self.sinks.iter().any(is_placed)
    }

    /// Folds the rows that the runner made.
    fn fold_rows(
        &self,
        runner: &Runner<'_>,
        folds: &mut [Box<dyn Folding>],
        rows: (usize, &[usize], &[usize]),
        columns: bool,
    ) {
        let (width, at, position) = rows;
        for (sink, fold) in self.sinks.iter().zip(folds.iter_mut()) {
            let Sink::Fold { root, mask, .. } = sink else { continue };
            let kept = mask.and_then(|mask| <bool as crate::ops::tile::Typed>::slice(runner.root(mask)));
            let rows = Rows { elements: runner.root(*root), width, at, position };
            match kept {
                Some(kept) => fold.masked(rows, kept, columns),
                None if columns => fold.columns(rows),
                None => fold.rows(rows),
            }
        }
    }
}

/// A region of kept and folded axes, each from its own.
pub(crate) fn joined(kept: &Region, part: &Region, folded: &[usize]) -> Region {
    let mut out = kept.clone();
    for &axis in folded {
        out.start[axis] = part.start[axis];
        out.len[axis] = part.len[axis];
    }
    out
}

/// A region cut along its first long axes into slabs of about `room` elements.
pub(crate) fn slabs(region: &Region, room: usize) -> Vec<Region> {
    let Some(axis) = (0..region.len.len()).find(|&axis| region.len[axis] > 1) else { return vec![region.clone()] };
    if region.size() <= room {
        return vec![region.clone()];
    }
    let inner = region.size() / region.len[axis];
    let rows = (room / inner).max(1);
    // Whole squares of transposed leaves, whole groups of random ones.
    let rows = if rows > TOGETHER { rows / TOGETHER * TOGETHER } else { rows };
    let pieces = region.cut(axis, rows);
    if inner > room && rows == 1 { pieces.iter().flat_map(|piece| slabs(piece, room)).collect() } else { pieces }
}
