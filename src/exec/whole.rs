//! Block functions: their inputs are made as blocks first.

use super::context::Context;
use super::folded::PART;
use super::fused::{Pass, slabs};
use super::made::Made;
use super::prepare::{Prepared, Stages, is_transposed};
use super::runner::Runner;
use super::target::{Target, assembled};
use crate::data::{Block, Chunks, DType, Error, Held, Region, Result, UNKNOWN, leaving};
use crate::ir::{Output, PerBlock, Program, Sink, Source};
use crate::ops::kernel::{Asked, find, find_shared};

/// Bytes of inputs that one call of a block function gets where it can have fewer lines: of 1, 4 and 16 MB, medians of rows
/// of 8000 float64 were fastest with 1 MB.
const CALL_BYTES: usize = 1 << 20;

/// The same where the lines lie across memory or in files that are read in runs, so that what is read or drawn of each row is
/// long: 256 columns of 8000.
const ACROSS_BYTES: usize = 16 << 20;
/// The shorter side of a part that is read across.
const SIDE: usize = 512;

/// Elements from which on a block function may take longer than a cancelled run is to last: a matrix of 128 x 128, of which
/// the singular values take 10 ms.
const LONG: usize = 128 * 128;

/// A program that is asked for blocks.
pub(crate) struct Maker<'a> {
    program: &'a Program,
    prepared: Prepared,
    context: &'a Context<'a>,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(program: &'a Program, stages: Stages<'_>, context: &'a Context<'a>) -> Result<Maker<'a>> {
        Ok(Maker { program, prepared: Prepared::new(program, stages)?.sampled(context), context })
    }

    pub(crate) fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    pub(crate) fn program(&self) -> &Program {
        self.program
    }

    /// A runner for boxes within a region.
    ///
    /// # Errors
    /// `OSError` where a leaf's block cannot be brought back.
    pub(super) fn runner(&self, region: &Region) -> Result<Runner<'_>> {
        Runner::open(self.program, &self.prepared, region)
    }

    pub(super) fn dtype(&self) -> DType {
        self.program.regs[self.program.roots[0]].dtype
    }

    /// The elements of a region as a block; an array in memory's own block where the region is one.
    pub(crate) fn block(&self, region: &Region) -> Result<Block> {
        if let Some(held) = self.prepared.as_held(self.program)
            && held.count() == 1
        {
            let whole = held.block(0)?;
            return Ok(if region.len == held.shape { whole } else { whole.part(&region.start, &region.len) });
        }
        let target = Target::new(&region.len, self.dtype());
        let (grid, outputs) = (Chunks::whole(&self.program.space), []);
        let pass = Pass {
            program: self.program,
            prepared: &self.prepared,
            grid: &grid,
            folded: &[],
            sinks: &[Sink::Store { root: 0 }],
            outputs: &outputs,
            context: self.context,
            writer: None,
        };
        let parts = match self.prepared.by_blocks(region) {
            // Few blocks are shared by the threads, although each part brings its block.
            Some(parts) if parts.len() < rayon::current_num_threads() => {
                parts.iter().flat_map(|part| slabs(part, PART)).collect()
            }
            Some(parts) => parts,
            None if self.prepared.is_transposed => squares(region, PART),
            None => slabs(region, PART),
        };
        let store = |part: usize| pass.store_region(&parts[part], &region.start, std::slice::from_ref(&target));
        self.context.each(parts.len(), store)?;
        Ok(target.finish())
    }
}

/// A region cut along its last axis first: what is read across then has long rows in memory as well.
pub(super) fn squares(region: &Region, room: usize) -> Vec<Region> {
    let Some(last) = region.len.len().checked_sub(1) else { return vec![region.clone()] };
    let outer: usize = region.len[..last].iter().product();
    let step = (room / outer.max(1)).max(SIDE);
    let cut = |first: usize| {
        let mut part = region.clone();
        part.start[last] += first;
        part.len[last] = step.min(region.len[last] - first);
        slabs(&part, room)
    };
    (0..region.len[last].max(1)).step_by(step).flat_map(cut).collect()
}

/// A block function that is called for each chunk of the loop axes.
pub(crate) struct Calls<'a> {
    pub(crate) makers: &'a [Maker<'a>],
    pub(crate) call: &'a PerBlock,
    /// Which of the function's results are asked for, and the outputs they are.
    pub(crate) results: &'a [usize],
    pub(crate) outputs: &'a [Output],
    pub(crate) loops: &'a Chunks,
    pub(crate) context: &'a Context<'a>,
}

impl Calls<'_> {
    /// # Errors
    /// What the function refuses.
    pub(crate) fn run(&self) -> Result<Vec<Held>> {
        let work = call_of(self.call, self.results, self.context)?;
        let wanted = |made: &[Block]| self.results.iter().map(|&result| made[result].clone()).collect::<Vec<_>>();
        if self.outputs.iter().any(|output| output.chunks.shape().contains(&UNKNOWN)) {
            let whole = |maker: &Maker<'_>| maker.block(&Region::all(&maker.program().space));
            let made = wanted(&work(&self.makers.iter().map(whole).collect::<Result<Vec<_>>>()?)?);
            return Ok(made.iter().zip(self.outputs).map(|(m, out)| Held::from_block(m.cast(out.dtype))).collect());
        }
        let programs: Vec<&Program> = self.makers.iter().map(Maker::program).collect();
        let room = lines_at_once(&programs, self.call);
        let kind = |output: &Output| (output.chunks.shape()[self.loops.0.len()..].to_vec(), output.dtype);
        let kinds: Vec<(Vec<usize>, DType)> = self.outputs.iter().map(kind).collect();
        let made: Vec<Made<'_>> = self.outputs.iter().map(|output| Made::of(output, self.context)).collect();
        let brings_blocks = self.makers.iter().any(|maker| maker.prepared().brings_blocks);
        self.context.each_block(self.loops.count(), |number| {
            let at = self.loops.region(&self.loops.unravel(number));
            // What comes from files comes once for the chunk, not again for each call.
            let whole = if brings_blocks { Some(self.inputs_of(&at)?) } else { None };
            let blocks = assembled(&at, &kinds, room, self.context, false, |part| {
                let inputs = match &whole {
                    Some(whole) => whole.iter().map(|block| part_of(block, part, &at)).collect(),
                    None => self.inputs_of(part)?,
                };
                self.context.check()?;
                Ok(wanted(&work(&inputs)?))
            })?;
            made.iter().zip(blocks).try_for_each(|(made, block)| made.put(number, block))
        })?;
        Ok(made.into_iter().map(Made::finish).collect())
    }

    /// The inputs of a part of the loop axes.
    fn inputs_of(&self, part: &Region) -> Result<Vec<Block>> {
        let input = |(maker, core): (&Maker<'_>, &usize)| {
            maker.block(&with_core(part, &maker.program().space, *core)).map(|block| block.contiguous())
        };
        self.makers.iter().zip(&self.call.core.inputs).map(input).collect()
    }
}

/// A part of the loop axes with the whole of the `core` last axes of a space.
fn with_core(part: &Region, space: &[usize], core: usize) -> Region {
    let mut region = Region::all(space);
    for axis in 0..space.len() - core {
        (region.start[axis], region.len[axis]) = (part.start[axis], part.len[axis]);
    }
    region
}

/// A part of the loop axes of a block that holds the region `of` them.
fn part_of(block: &Block, part: &Region, of: &Region) -> Block {
    let (mut start, mut len) = (vec![0; block.ndim()], block.shape_vec());
    for axis in 0..part.start.len().min(block.ndim()) {
        (start[axis], len[axis]) = (part.start[axis] - of.start[axis], part.len[axis]);
    }
    block.part(&start, &len).contiguous()
}

/// The block function of a call: blocks to all its results.
type Function<'a> = Box<dyn Fn(&[Block]) -> Result<Vec<Block>> + Sync + Send + 'a>;

fn call_of<'a>(call: &'a PerBlock, results: &'a [usize], context: &'a Context<'_>) -> Result<Function<'a>> {
    if let Some(kernel) = find_shared(call.name) {
        let asked = Asked { core: call.core.inputs.first().copied().unwrap_or(0), results };
        return Ok(Box::new(move |inputs| kernel(inputs, asked, &call.params, context)));
    }
    let kernel =
        find(call.name).ok_or_else(|| Error::runtime(format!("there is no block function `{}`", call.name)))?;
    Ok(Box::new(move |inputs| {
        let is_long = inputs.iter().map(Block::size).sum::<usize>() >= LONG;
        if !is_long {
            return kernel(inputs, &call.params);
        }
        let (inputs, params) = (inputs.to_vec(), call.params.clone());
        leaving(move || kernel(&inputs, &params))?
    }))
}

/// How many positions of the loop axes one call of a block function gets: threads share the work of a chunk, and what a call
/// holds is small.
pub(super) fn lines_at_once(inputs: &[&Program], call: &PerBlock) -> usize {
    let line = |(program, core): (&&Program, &usize)| {
        let lens = &program.space[program.space.len() - core..];
        lens.iter().product::<usize>() * program.roots.first().map_or(1, |&root| program.regs[root].dtype.itemsize())
    };
    let bytes: usize = inputs.iter().zip(&call.core.inputs).map(line).sum();
    let is_in_runs = |source: &Source| matches!(source, Source::Stored(stored) if !stored.is_in_whole_chunks());
    let wants_long =
        |program: &&Program| is_transposed(program) || program.leaves.iter().any(|leaf| is_in_runs(&leaf.source));
    let room = if inputs.iter().any(wants_long) { ACROSS_BYTES } else { CALL_BYTES };
    (room / bytes.max(1)).max(1)
}
