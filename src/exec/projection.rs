//! The peak of a plan before it runs: arrays that are alive together, and what the tasks of a stage hold at once.

use super::aggregate::needs;
use super::at_once::{Brought, SPILL_SCRATCH, brought};
use super::boxes::{DRAWN, TILE};
use super::demand::{demands, slab_of};
use super::folded::PART;
use super::fused::WIDEST;
use super::prepare::draws_across;
use super::put_together::{Blocks, put_together};
use crate::data::{Chunks, DType};
use crate::ir::{Fold, Leaf, Make, Output, PerBlock, Plan, Program, Sink, Source, Stage, Step, View, ViewAxis, Work};

/// Bytes of threads, stacks and bookkeeping that every run takes besides arrays.
const OVERHEAD: u64 = 4 << 20;

/// What a block function that gives no figure holds at its peak, in sizes of its inputs: wider copies, sorted ones and their order. `unique` of
/// int32 took 7 sizes, `percentile` and `topk` of float64 5.
const BLOCK_COPIES: u64 = 8;

/// Sizes of a block that encoding or decoding it takes besides: as it is stored, and once more as it grows or is copied.
const CODED: u64 = 2;
/// What a codec itself takes: tables and window of zstd.
const CODEC: u64 = 2 << 20;
/// What a block takes besides its elements: its slot, and its share of the arrays that lead to it.
const SLOT: u64 = 128;

/// What becomes of the blocks of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    Kept,
    /// They go to a file as they are.
    Written,
    /// They are encoded on their way.
    Encoded,
}

/// Who works: threads, of which `workers` at most have blocks on their way, and where results go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Team {
    pub threads: usize,
    pub workers: usize,
    pub destination: Destination,
}

/// The bytes a plan needs at its peak, and the stage that needs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// Where all blocks stay in memory.
    pub bytes: u64,
    /// Where all blocks that can be out are out.
    pub fixed: u64,
    /// The stage that needs the most of the latter.
    pub stage: usize,
    /// Bytes of blocks brought from files that tasks want at once: where all stay, and where all are out.
    pub loaded: u64,
    pub loaded_fixed: u64,
    /// Bytes of blocks that are on their way.
    pub made: u64,
    /// Bytes that a stage may grow to beyond `fixed`, in memory alone.
    pub grows: u64,
}

/// The projected peak of a plan.
pub fn project(plan: &Plan, team: Team) -> Projection {
    let mut peak = Projection::default();
    for (number, stage) in plan.stages.iter().enumerate() {
        let is_written = |n: usize| team.destination != Destination::Kept && n == number && is_result(plan, n);
        let alive = (0..=number).filter(|&n| !is_written(n) && (n == number || is_alive(plan, n, number)));
        let (whole, blocks) = alive.map(|n| plan.stages[n].outputs.as_slice()).fold((0, 0), |(whole, blocks), made| {
            let out = in_blocks(made);
            (whole + outputs(made) - out, blocks + out)
        });
        let (loaded, loaded_fixed) = loaded_at_once(plan, stage, team);
        let made = on_their_way(stage, team, is_written(number));
        let coding = coding(plan, stage, team, is_written(number));
        let slots: usize = (0..=number).map(|n| slots(&plan.stages[n].outputs)).sum();
        let always = OVERHEAD + whole + SLOT * slots as u64 + working(stage, team) + coding;
        let written = if is_written(number) { made } else { 0 };
        let fixed = always + loaded_fixed + made + put_together(stage, team, Blocks::AllOut);
        if fixed > peak.fixed {
            peak.stage = number;
        }
        peak.fixed = peak.fixed.max(fixed);
        let beside = beside_one(stage, team.threads);
        let grows = grows(stage, team.threads);
        let together = put_together(stage, team, Blocks::WhereTheyAre);
        peak.bytes = peak.bytes.max(always + blocks + loaded + written + beside + grows + together);
        peak.grows = peak.grows.max(grows);
        peak.loaded = peak.loaded.max(loaded);
        peak.loaded_fixed = peak.loaded_fixed.max(loaded_fixed);
        peak.made = peak.made.max(made);
    }
    let generated = plan.results.iter().map(|source| match source {
        Source::Stage { .. } | Source::Memory(_) => 0,
        other => array(other.shape(), DType::Float64),
    });
    let generated = OVERHEAD + generated.sum::<u64>();
    // What does not fit with everything out fits even less with everything in memory.
    Projection {
        bytes: peak.bytes.max(generated),
        fixed: peak.fixed.max(generated).min(peak.bytes.max(generated)),
        ..peak
    }
}

/// Bytes of the blocks that tasks bring from files at once: where only what is out now is out, and where all blocks are.
pub(super) fn loaded_at_once(plan: &Plan, stage: &Stage, team: Team) -> (u64, u64) {
    let busy = if stores_blocks(stage) { team.workers } else { team.threads } as u64;
    let Brought { now, all } = brought(plan, &stage.work);
    (busy * now, busy * all)
}

/// Blocks that an array has slots for.
fn slots(outputs: &[Output]) -> usize {
    outputs.iter().map(|out| out.chunks.count()).filter(|&count| count > 1).sum()
}

/// Whether each task of a stage makes blocks of its own.
fn stores_blocks(stage: &Stage) -> bool {
    match &stage.work {
        Work::Fused { folded, .. } => folded.is_empty(),
        Work::Scan { .. } | Work::Locate { .. } => true,
        Work::Contract { .. }
        | Work::PerBlock { .. }
        | Work::Ranks { .. }
        | Work::Aggregate { .. }
        | Work::Select { .. } => false,
    }
}

/// Bytes of the blocks that are made and not yet in a file.
fn on_their_way(stage: &Stage, team: Team, is_written: bool) -> u64 {
    let block = block_of_outputs(stage);
    team.workers as u64 * (block + if is_written { 0 } else { SPILL_SCRATCH.min(block) })
}

/// Bytes of blocks that are finished beside the one array that they are put into.
fn beside_one(stage: &Stage, threads: usize) -> u64 {
    let is_one = |out: &&Output| out.as_one && out.chunks.count() > 1;
    let block = |out: &Output| array(&out.chunks.chunksize(), out.dtype);
    threads as u64 * stage.outputs.iter().filter(is_one).map(block).sum::<u64>()
}

fn block_of_outputs(stage: &Stage) -> u64 {
    stage.outputs.iter().map(|out| array(&out.chunks.chunksize(), out.dtype)).sum()
}

/// Bytes of blocks as they are decoded or encoded: a worker does one or the other, one block at a time.
fn coding(plan: &Plan, stage: &Stage, team: Team, is_written: bool) -> u64 {
    let demands = demands(plan, &stage.work);
    let decoded = demands.iter().filter(|(_, demand)| demand.is_decoded).map(|(_, demand)| demand.block_bytes()).max();
    let is_encoded = is_written && team.destination == Destination::Encoded;
    let encoded = if is_encoded { block_of_outputs(stage) } else { 0 };
    let busy = if stores_blocks(stage) { team.workers } else { team.threads } as u64;
    let block = encoded.max(decoded.unwrap_or(0));
    busy * (CODED * block + CODEC.min(block))
}

fn is_result(plan: &Plan, number: usize) -> bool {
    plan.results.iter().any(|r| matches!(r, Source::Stage { stage, .. } if *stage == number))
}

/// Whether the arrays of stage `made` are still wanted while stage `now` runs.
fn is_alive(plan: &Plan, made: usize, now: usize) -> bool {
    is_result(plan, made) || plan.stages[now..].iter().any(|stage| stage.needs.contains(&made))
}

fn outputs(outputs: &[Output]) -> u64 {
    outputs.iter().map(|out| grid(&out.chunks, out.dtype)).sum()
}

/// Bytes of the outputs that are made block by block, so that blocks can go out.
fn in_blocks(made: &[Output]) -> u64 {
    made.iter().filter(|out| out.chunks.count() > 1).map(|out| grid(&out.chunks, out.dtype)).sum()
}

fn grid(chunks: &Chunks, dtype: DType) -> u64 {
    array(&chunks.shape(), dtype)
}

/// Bytes of an array; one whose length is unknown counts as nothing here, its making counts in full.
fn array(shape: &[usize], dtype: DType) -> u64 {
    crate::data::size_of(shape).map_or(0, |n| n as u64 * dtype.itemsize() as u64)
}

/// Bytes that the tasks of a stage hold at once.
fn working(stage: &Stage, team: Team) -> u64 {
    let threads = team.threads as u64;
    let work = &stage.work;
    let read: u64 = work.programs().iter().map(|program| looked_up(program) + threads * registers(program)).sum();
    read + match work {
        Work::Fused { program, grid, folded, sinks } => {
            threads * (staged(program, grid) + partial_results(program, grid, folded, sinks))
        }
        Work::Scan { program, grid, axis, .. } => {
            threads * (staged(program, grid) + 16 * chunk_size(grid)) + carries(stage, grid, *axis)
        }
        Work::Contract { a, b, grid } => super::contract::working(a, b, grid, threads as usize),
        Work::PerBlock { inputs, loops, call, .. } => called(inputs, call, loops, stage, threads),
        Work::Ranks { program, loops, grid, .. } => {
            let axes = loops.0.len();
            let (lines, len) = (program.space[..axes].iter().product(), program.space[axes..].iter().product());
            let threads_now = threads as usize;
            let searched = super::ranks::held_bytes(len, lines, dtype_of(program).itemsize(), threads_now);
            searched + threads * staged(program, grid)
        }
        Work::Aggregate { program, grid, kind, results } => {
            threads * staged(program, grid) + needs(kind, program, results.len(), threads).0
        }
        Work::Locate { program, line, grid, .. } => {
            let line = array(&line.space, dtype_of(line));
            // Blocks under way, besides those that are kept or out.
            let blocks = if grid.count() > 1 { threads.min(grid.count() as u64) * 8 * chunk_size(grid) } else { 0 };
            let tiles = threads * 9 * 4 * TILE as u64;
            2 * line + 4 * super::locate::SPAN as u64 + threads * staged(program, grid) + tiles + blocks
        }
        Work::Select { array: program, .. } => {
            let whole = array_of(program);
            threads * (18 << 20).min(3 * whole)
        }
    }
}

/// Bytes of what a thread has folded and not yet merged: a partial result a level of the tree over the folded parts.
fn partial_results(program: &Program, grid: &Chunks, folded: &[usize], sinks: &[Sink]) -> u64 {
    if folded.is_empty() {
        return 0;
    }
    let chunk = grid.chunksize();
    let of = |wanted: bool| (0..chunk.len()).filter(move |axis| folded.contains(axis) == wanted);
    let kept: usize = of(false).map(|axis| chunk[axis]).product();
    let size: usize = of(true).map(|axis| chunk[axis]).product();
    let parts = of(true).map(|axis| grid.0[axis].count()).product::<usize>().saturating_mul(size.div_ceil(PART).max(1));
    // One a level, the one at work, and the values that are made of the last.
    let levels = 2 + u64::from(parts.next_power_of_two().trailing_zeros());
    sinks.iter().map(|sink| accumulator(program, sink)).sum::<u64>() * kept.min(WIDEST) as u64 * levels
}

/// Bytes of what is folded up to the end of each chunk of a scan.
fn carries(stage: &Stage, grid: &Chunks, axis: usize) -> u64 {
    let mut shape = grid.shape();
    shape[axis] = grid.0[axis].count() - 1;
    stage.outputs.iter().map(|out| array(&shape, out.dtype)).sum()
}

/// Bytes of what a fold holds for an element of its result.
fn accumulator(program: &Program, sink: &Sink) -> u64 {
    let Sink::Fold { root, mask, fold, .. } = sink else { return 0 };
    let is_complex = program.regs[program.roots[*root]].dtype.is_complex();
    match fold {
        Fold::Var { .. } => 24,
        Fold::Min | Fold::Max if is_complex => 24,
        Fold::ArgMin | Fold::ArgMax => 24,
        Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax if mask.is_some() => 16,
        _ if is_complex => 16,
        _ => 8,
    }
}

/// Bytes that a stage may grow to; it is refused once they are more than is left.
fn grows(stage: &Stage, threads: usize) -> u64 {
    match &stage.work {
        Work::Aggregate { program, kind, results, .. } => needs(kind, program, results.len(), threads as u64).1,
        // Pieces of what is kept, and these side by side.
        Work::Select { array, .. } => 2 * array_of(array),
        _ => 0,
    }
}

/// What the calls of a block function hold that run at once.
fn called(inputs: &[Program], call: &PerBlock, loops: &Chunks, stage: &Stage, threads: u64) -> u64 {
    let whole: u64 = inputs.iter().map(|program| block_of(program, loops)).sum();
    let chunk: u64 = loops.chunksize().iter().product::<usize>() as u64;
    let lines = (super::whole::lines_at_once(&inputs.iter().collect::<Vec<_>>(), call) as u64).min(chunk.max(1));
    let calls = (loops.count() as u64).saturating_mul(chunk.max(1).div_ceil(lines));
    let one = (whole / chunk.max(1)).saturating_mul(lines).max(u64::from(whole > 0));
    let item = inputs.first().map_or(1, |program| dtype_of(program).itemsize() as u64);
    let copies = crate::ops::kernel::bytes_held(call.name, item).map_or(BLOCK_COPIES * one, |held| one / item * held);
    let out = block_of_outputs(stage);
    // What is larger than its input (a complete Q) is there twice, as it is made and in order.
    let copies = copies + (out / chunk.max(1)).saturating_mul(lines).saturating_sub(2 * one);
    threads.min(calls) * copies
}

pub(super) fn chunk_size(grid: &Chunks) -> u64 {
    grid.chunksize().iter().product::<usize>() as u64
}

fn dtype_of(program: &Program) -> DType {
    program.roots.first().map_or(DType::Float64, |&root| program.regs[root].dtype)
}

/// Bytes of what a program makes of its whole space.
fn array_of(program: &Program) -> u64 {
    array(&program.space, dtype_of(program))
}

/// The input of one call of a block function.
pub(super) fn block_of(program: &Program, loops: &Chunks) -> u64 {
    let call = loops.chunksize();
    let lens = program.space.iter().enumerate().map(|(axis, &n)| call.get(axis).copied().unwrap_or(n));
    lens.product::<usize>() as u64 * dtype_of(program).itemsize() as u64
}

/// The tiles of a program's registers.
fn registers(program: &Program) -> u64 {
    let room = if draws_across(program) { DRAWN } else { TILE };
    let tile = |reg: &crate::ir::RegSpec| {
        let below = match &reg.make {
            Make::Pieces(pieces) => pieces.iter().map(|piece| registers(&piece.program)).max().unwrap_or(0),
            Make::Overlay { part, .. } => registers(&part.program),
            Make::Const(_) | Make::Load(_) | Make::Map(..) => 0,
        };
        below + (room * reg.dtype.itemsize()) as u64
    };
    program.regs.iter().map(tile).sum()
}

/// Boxes that a thread reads from files before it begins a part of a task.
fn staged(program: &Program, grid: &Chunks) -> u64 {
    let part = part_of(&grid.chunksize());
    let of = |leaf: &Leaf| match &leaf.source {
        Source::Stored(stored) if !stored.is_in_whole_chunks() => {
            let elements = match (leaf.path.as_slice(), slab_of(leaf, &part)) {
                ([Step::View(view)], _) => hull(view, &part),
                (_, Some(slab)) => slab as u64,
                _ => stored.shape.iter().product::<usize>() as u64,
            };
            elements * stored.dtype.itemsize() as u64
        }
        _ => 0,
    };
    program.leaves.iter().map(of).sum()
}

/// The largest part that a chunk is cut into along its first axes.
fn part_of(chunk: &[usize]) -> Vec<usize> {
    let mut part = chunk.to_vec();
    for axis in 0..part.len() {
        let inner: usize = part[axis + 1..].iter().product();
        part[axis] = part[axis].min((PART / inner.max(1)).max(1));
    }
    part
}

/// Elements of the smallest box that holds what a chunk of a view's space reads.
fn hull(view: &View, chunk: &[usize]) -> u64 {
    let reach = |input: usize| {
        let of = |(reads, &len): (&ViewAxis, &usize)| match *reads {
            ViewAxis::Input { axis, step } if axis == input => step.unsigned_abs() * len.saturating_sub(1),
            _ => 0,
        };
        1 + view.axes.iter().zip(chunk).map(of).sum::<usize>() as u64
    };
    (0..view.base.len()).map(reach).product()
}

/// The places that leaves look up.
fn looked_up(program: &Program) -> u64 {
    let places = |step: &Step| match step {
        Step::Take { index, .. } => 2 * array(index.shape(), DType::Int64),
        Step::View(_) | Step::Reshape { .. } => 0,
    };
    program.leaves.iter().flat_map(|leaf| &leaf.path).map(places).sum()
}

/// Bytes that the tasks of a plan say they have worked through when they are done.
pub(crate) fn worked_through(plan: &Plan) -> u64 {
    let of = |stage: &Stage| match &stage.work {
        Work::Fused { program, folded, .. } if !folded.is_empty() => array(&program.space, dtype_of(program)),
        Work::Scan { program, .. } => array(&program.space, dtype_of(program)) + array(&program.space, DType::Float64),
        Work::Contract { .. } => outputs(&stage.outputs),
        work => work.programs().iter().map(|program| array(&program.space, DType::Float64)).sum(),
    };
    plan.stages.iter().map(of).sum()
}
