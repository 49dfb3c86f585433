//! The gathering pass: tiles of a program go into accumulators, those of neighbouring parts are merged as a tree that the
//! chunks alone decide, and the last one is finished into the results. Not for folds, which keep one number an element.

pub(in crate::exec) mod bins;
mod counts;
mod distinct;
pub(crate) mod key;
mod passes;
mod run;
mod top;

use super::context::Context;
use super::folded::PART;
use super::fused::{joined, slabs};
use super::prepare::Prepared;
use super::runner::Runner;
use super::target::Target;
use crate::data::{Block, Chunks, Cuts, DType, ErrorKind, Held, Region, Result};
use crate::ir::{Aggregation, Output, Program};
use crate::ops::tile::{Elements, Typed};
use std::any::Any;

/// Elements on their way into an accumulator: rows of `width`, one after another.
#[derive(Clone, Copy)]
struct Batch<'a> {
    elements: Elements<'a>,
    weights: Option<&'a [f64]>,
    width: usize,
    /// The kept element that each row belongs to.
    at: &'a [usize],
    /// The position along the gathered axes (C order) of each row's first element.
    position: &'a [usize],
}

/// What elements are gathered into.
trait Accumulator: Send {
    /// Takes the rows.
    ///
    /// # Errors
    /// Where an element has no place; `MemoryError` where there is no room for it.
    fn take(&mut self, batch: Batch<'_>) -> Result<()>;
    /// Says that the part is complete.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    fn seal(&mut self, _: &Context<'_>) -> Result<()> {
        Ok(())
    }
    /// Joins what comes after.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    fn merge(&mut self, later: Box<dyn Accumulator>, context: &Context<'_>) -> Result<()>;
    /// Bytes held.
    fn nbytes(&self) -> usize;
    /// The results of these numbers; the kept elements are the first axis where there are any.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    fn finish(self: Box<Self>, results: &[usize], context: &Context<'_>) -> Result<Vec<Block>>;
    /// For `merge`, which knows that both are of one kind.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// Makes empty accumulators for a number of kept elements.
type Start = Box<dyn Fn(usize) -> Box<dyn Accumulator> + Sync>;

/// Bytes that are resident for a byte that is held: what smaller merges gave back stays with the allocator for a while
/// (20,000,000 distinct float64 held 320 MB at most, of 681 MB resident).
const RESIDENT: u64 = 2;

/// One gathering stage on its way.
pub(crate) struct Gathering<'a> {
    pub(crate) program: &'a Program,
    pub(crate) prepared: &'a Prepared,
    pub(crate) grid: &'a Chunks,
    pub(crate) kind: &'a Aggregation,
    pub(crate) results: &'a [usize],
    pub(crate) outputs: &'a [Output],
    pub(crate) context: &'a Context<'a>,
}

/// Elements of a part that is gathered on its own. A table of bins is filled with several times its length, so that making
/// and merging it does not count.
pub(crate) fn part_len(kind: &Aggregation) -> usize {
    match kind {
        Aggregation::Bins { edges } => PART.max(4 * edges.len()),
        Aggregation::Counts { least, .. } => (2 * PART).max(4 * least),
        Aggregation::Distinct { .. } => 2 * PART,
        Aggregation::Top { .. } => PART,
    }
}

impl Gathering<'_> {
    /// Runs the pass and makes its outputs.
    ///
    /// # Errors
    /// What a kernel, a leaf or an accumulator refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(crate) fn run(&self) -> Result<Vec<Held>> {
        let loops = self.kind.loops(self.program.space.len());
        let start = self.start();
        let parts = self.parts(loops);
        if loops == 0 {
            let blocks = self.whole(&start, &parts)?;
            let cast =
                |(block, out): (Block, &Output)| Held::from_block(block.reshape(&[block.size()]).cast(out.dtype));
            return Ok(blocks.into_iter().zip(self.outputs).map(cast).collect());
        }
        let held: Vec<Held> = self.outputs.iter().map(|out| Held::empty(out.chunks.clone(), out.dtype)).collect();
        let kept_grid = Chunks(self.grid.0[..loops].iter().cloned().chain([Cuts::whole(1)]).collect());
        let longest = parts.iter().map(|part| part.iter().map(Region::size).sum()).max().unwrap_or(1);
        self.context.each(kept_grid.count(), |number| {
            let kept = kept_grid.region(&kept_grid.unravel(number));
            let slabs = slabs(&kept, (2 * PART / longest.max(1)).max(1));
            let lens = |out: &Output| [&kept.len[..loops], &out.chunks.shape()[loops..]].concat();
            let targets: Vec<Target> = self.outputs.iter().map(|out| Target::new(&lens(out), out.dtype)).collect();
            self.context.each(slabs.len(), |slab| {
                let made = self.tree(&start, &slabs[slab], &parts)?.finish(self.results, self.context)?;
                made.iter().zip(&targets).for_each(|(block, target)| write(block, &slabs[slab], &kept, target));
                Ok(())
            })?;
            held.iter().zip(targets).try_for_each(|(held, target)| self.context.keep(held, number, target.finish()))
        })?;
        Ok(held)
    }

    /// The results where no axis is kept. Distinct values that have no room while they are merged are looked for again, in
    /// passes that need less.
    fn whole(&self, start: &Start, parts: &[Vec<Region>]) -> Result<Vec<Block>> {
        let taken = self.context.taken();
        let merged = self.tree(start, &Region::all(&vec![1; self.program.space.len()]), parts);
        match (merged, self.kind) {
            (Err(cause), Aggregation::Distinct { equal_nan }) if cause.kind == ErrorKind::MemoryError => {
                self.context.unclaim(self.context.taken().saturating_sub(taken));
                let dtype = self.program.regs[self.program.roots[0]].dtype;
                passes::distinct(self, dtype, *equal_nan, parts)
            }
            (merged, _) => merged?.finish(self.results, self.context),
        }
    }

    fn start(&self) -> Start {
        let dtype = self.program.regs[self.program.roots[0]].dtype;
        let is_weighted = self.program.roots.len() > 1;
        match self.kind {
            Aggregation::Bins { edges } => bins::start(edges, is_weighted),
            Aggregation::Counts { least, .. } => counts::start(*least, is_weighted, self.context),
            Aggregation::Top { count, greatest } => top::start(dtype, *count, *greatest),
            Aggregation::Distinct { equal_nan } => distinct::start(dtype, self.results, *equal_nan),
        }
    }

    /// The regions of the gathered axes, in groups that are gathered on their own. They depend on those axes alone, so that
    /// what is sliced away of the kept ones changes no bit.
    fn parts(&self, loops: usize) -> Vec<Vec<Region>> {
        let cuts = self.grid.0.iter().enumerate();
        let grid = Chunks(cuts.map(|(axis, cuts)| if axis < loops { Cuts::whole(1) } else { cuts.clone() }).collect());
        let room = part_len(self.kind);
        let (mut groups, mut taken): (Vec<Vec<Region>>, usize) = (vec![vec![]], 0);
        for region in (0..grid.count()).flat_map(|number| slabs(&grid.region(&grid.unravel(number)), room)) {
            taken += region.size();
            if taken > room && groups.last().is_some_and(|group| !group.is_empty()) {
                taken = region.size();
                groups.push(vec![]);
            }
            if let Some(group) = groups.last_mut() {
                group.push(region);
            }
        }
        groups
    }

    /// Gathers the parts and merges them as a tree whose left side is the largest power of two.
    fn tree(&self, start: &Start, slab: &Region, parts: &[Vec<Region>]) -> Result<Box<dyn Accumulator>> {
        self.context.check()?;
        if let [only] = parts {
            return self.gather(start, slab, only);
        }
        let (left, right) = parts.split_at(parts.len().next_power_of_two() / 2);
        let (first, later) = if self.context.is_serial() {
            (self.tree(start, slab, left), self.tree(start, slab, right))
        } else {
            rayon::join(|| self.tree(start, slab, left), || self.tree(start, slab, right))
        };
        let (mut first, later) = (first?, later?);
        let both = RESIDENT * (first.nbytes() + later.nbytes()) as u64;
        self.context.claim(both, self.kind.name())?;
        first.merge(later, self.context)?;
        self.context.unclaim(2 * both - RESIDENT * first.nbytes() as u64);
        Ok(first)
    }

    /// One part in one accumulator; what that holds is claimed.
    fn gather(&self, start: &Start, slab: &Region, regions: &[Region]) -> Result<Box<dyn Accumulator>> {
        let loops = self.kind.loops(self.program.space.len());
        let mut into = start(slab.len[..loops].iter().product());
        self.gather_parts(slab, regions, into.as_mut())?;
        self.context.claim(RESIDENT * into.nbytes() as u64, self.kind.name())?;
        Ok(into)
    }

    /// Regions in an accumulator, which is complete then.
    fn gather_parts(&self, slab: &Region, regions: &[Region], into: &mut dyn Accumulator) -> Result<()> {
        let loops = self.kind.loops(self.program.space.len());
        let folded: Vec<usize> = (loops..self.program.space.len()).collect();
        for region in regions {
            let region = joined(slab, region, &folded);
            if region.size() > 0 {
                self.gather_region(&region, loops, into)?;
            }
            self.context.done(region.size() * self.program.regs[self.program.roots[0]].dtype.itemsize());
        }
        into.seal(self.context)
    }

    fn gather_region(&self, region: &Region, loops: usize, into: &mut dyn Accumulator) -> Result<()> {
        let mut runner = Runner::open(self.program, self.prepared, region)?;
        let mut boxes = runner.boxes(region);
        let (mut start, mut lens) = (vec![], vec![]);
        let (mut at, mut position, mut weights) = (vec![], vec![], vec![]);
        while boxes.next_into(&mut start, &mut lens) {
            self.context.check()?;
            runner.run(&start, &lens)?;
            if self.program.roots.len() > 1
                && let Some(row) = f64::slice(runner.root(1))
            {
                weights.clear();
                weights.extend_from_slice(row);
            }
            let width = self.rows(region, (&start, &lens), loops, (&mut at, &mut position));
            let weights = (self.program.roots.len() > 1).then_some(weights.as_slice());
            into.take(Batch { elements: runner.root(0), weights, width, at: &at, position: &position })?;
        }
        Ok(())
    }

    /// The rows of a box: how long each is, the kept element it belongs to, and its position along the gathered axes.
    fn rows(
        &self,
        region: &Region,
        (start, lens): (&[usize], &[usize]),
        loops: usize,
        (at, position): (&mut Vec<usize>, &mut Vec<usize>),
    ) -> usize {
        let space = &self.program.space;
        // Axes that the box spans whole lie side by side with the one before.
        let mut first = lens.len();
        while first > loops && (first == lens.len() || lens[first] == space[first]) {
            first -= 1;
        }
        at.clear();
        position.clear();
        let (outer, width) = (&lens[..first], lens[first..].iter().product());
        for row in 0..outer.iter().product() {
            let (mut rest, mut index) = (row, start.to_vec());
            for axis in (0..first).rev() {
                index[axis] += rest % lens[axis];
                rest /= lens[axis];
            }
            at.push((0..loops).fold(0, |at, axis| at * region.len[axis] + index[axis] - region.start[axis]));
            position.push((loops..space.len()).fold(0, |at, axis| at * space[axis] + index[axis]));
        }
        width
    }
}

/// Writes the results of a slab (kept elements, then the rest) into the block of its chunk.
fn write(block: &Block, slab: &Region, kept: &Region, target: &Target) {
    let loops = slab.len.len() - 1;
    let mut at: Vec<usize> = (0..loops).map(|axis| slab.start[axis] - kept.start[axis]).collect();
    at.push(0);
    let lens = [&slab.len[..loops], &block.shape()[1..]].concat();
    let elements = crate::with_block!(block, a => a.as_slice().map(Typed::wrap));
    if let Some(elements) = elements {
        // SAFETY: slabs are disjoint parts of the kept chunk.
        unsafe { target.put(&at, &lens, elements) };
    }
}

/// The bytes that a gathering stage may need beyond its tiles: what is held for certain, and what it may grow to.
pub(crate) fn needs(kind: &Aggregation, program: &Program, results: usize, threads: u64) -> (u64, u64) {
    let n = crate::data::size_of(&program.space).unwrap_or(0) as u64;
    let item = program.roots.first().map_or(DType::Float64, |&root| program.regs[root].dtype).itemsize() as u64;
    let levels = 2 + u64::from((n / part_len(kind) as u64).next_power_of_two().trailing_zeros());
    match kind {
        Aggregation::Bins { edges } => (threads * levels * bins::BYTES * (edges.len() as u64 + 2), 0),
        Aggregation::Counts { least, .. } => (threads * levels * 8 * *least as u64, 2 * RESIDENT * 8 * n),
        Aggregation::Top { count, .. } => {
            let last = program.space.last().map_or(1, |&n| n.max(1));
            let levels = 1 + last.div_ceil(PART).next_power_of_two().trailing_zeros() as usize;
            let rows = (2 * PART / last).clamp(1, (n as usize / last).max(1));
            let row = top::ROW + 2 * top::CANDIDATE * top::room(*count).min(last);
            (threads * (levels * rows * row) as u64, 0)
        }
        Aggregation::Distinct { .. } => {
            let each = item + 8 * (results as u64 - 1);
            (threads * 3 * each.max(16) * (part_len(kind) as u64).min(n), 5 * each * n)
        }
    }
}
