//! The peak of a plan before it runs: arrays that are alive together, and what the tasks of a stage hold at once.

use super::boxes::TILE;
use crate::data::{Chunks, DType};
use crate::ir::{Leaf, Make, Output, Plan, Program, Source, Stage, Step, View, ViewAxis, Work};

/// Bytes of threads, stacks and bookkeeping that every run takes besides arrays.
const OVERHEAD: u64 = 4 << 20;

/// What a block function holds at its peak, in sizes of its inputs: wider copies, sorted ones and their order. `unique` of
/// int32 took 7 sizes, `percentile` and `topk` of float64 5.
const BLOCK_COPIES: u64 = 8;

/// The bytes a plan needs at its peak, and the stage that needs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    pub bytes: u64,
    /// Of these, bytes of blocks that can be out in the spill store.
    pub spillable: u64,
    pub stage: usize,
}

/// The projected peak of a plan on some threads.
pub fn project(plan: &Plan, threads: usize) -> Projection {
    let mut peak = Projection::default();
    for (number, stage) in plan.stages.iter().enumerate() {
        let alive = (0..=number).filter(|&n| n == number || is_alive(plan, n, number));
        let (kept, spillable) = alive.map(|n| plan.stages[n].outputs.as_slice()).fold((0, 0), |(kept, out), made| {
            let blocks = in_blocks(made);
            (kept + outputs(made) - blocks, out + blocks)
        });
        let bytes = OVERHEAD + kept + spillable + working(stage, threads);
        if bytes - spillable > peak.bytes - peak.spillable || bytes > peak.bytes {
            peak = Projection { bytes: bytes.max(peak.bytes), spillable, stage: number };
        }
    }
    let generated: u64 = plan
        .results
        .iter()
        .map(|source| {
            if matches!(source, Source::Stage { .. } | Source::Memory(_)) {
                0
            } else {
                array(source.shape(), DType::Float64)
            }
        })
        .sum();
    peak.bytes = peak.bytes.max(OVERHEAD + generated);
    peak
}

/// Whether the arrays of stage `made` are still wanted while stage `now` runs.
fn is_alive(plan: &Plan, made: usize, now: usize) -> bool {
    let asked = plan.results.iter().any(|r| matches!(r, Source::Stage { stage, .. } if *stage == made));
    asked || plan.stages[now..].iter().any(|stage| stage.needs.contains(&made))
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
fn working(stage: &Stage, threads: usize) -> u64 {
    let threads = threads as u64;
    let work = &stage.work;
    let read: u64 = work.programs().iter().map(|program| walked(program) + threads * registers(program)).sum();
    read + match work {
        Work::Fused { program, grid, folded, sinks } => {
            let chunk = grid.chunksize();
            let kept: usize = (0..chunk.len()).filter(|axis| !folded.contains(axis)).map(|axis| chunk[axis]).product();
            // A tree of merges holds a partial result a level, on each thread.
            let levels = 2 + grid.count().next_power_of_two().trailing_zeros() as u64;
            let partial =
                if folded.is_empty() { 0 } else { 32 * kept.min(1 << 20) as u64 * levels * sinks.len() as u64 };
            threads * (partial + staged(program, grid))
        }
        Work::Scan { program, grid, .. } => {
            threads * (staged(program, grid) + 16 * chunk_size(grid)) + 8 * grid.count() as u64
        }
        Work::Contract { a, b, grid } => super::contract::working(a, b, grid, threads as usize),
        Work::PerBlock { inputs, loops, .. } => {
            let busy = threads.min(loops.count() as u64);
            let inputs: u64 = inputs.iter().map(|program| block_of(program, loops)).sum();
            busy * BLOCK_COPIES * inputs
        }
        Work::Select { array: program, .. } => {
            let whole = array(&program.space, dtype_of(program));
            2 * whole + threads * (18 << 20).min(3 * whole)
        }
    }
}

fn chunk_size(grid: &Chunks) -> u64 {
    grid.chunksize().iter().product::<usize>() as u64
}

fn dtype_of(program: &Program) -> DType {
    program.roots.first().map_or(DType::Float64, |&root| program.regs[root].dtype)
}

/// The input of one call of a block function.
fn block_of(program: &Program, loops: &Chunks) -> u64 {
    let call = loops.chunksize();
    let lens = program.space.iter().enumerate().map(|(axis, &n)| call.get(axis).copied().unwrap_or(n));
    lens.product::<usize>() as u64 * dtype_of(program).itemsize() as u64
}

/// The tiles of a program's registers.
fn registers(program: &Program) -> u64 {
    let tile = |reg: &crate::ir::RegSpec| {
        let below = match &reg.make {
            Make::Pieces(pieces) => pieces.iter().map(|piece| registers(&piece.program)).max().unwrap_or(0),
            Make::Overlay { part, .. } => registers(&part.program),
            Make::Const(_) | Make::Load(_) | Make::Map(..) => 0,
        };
        below + (TILE * reg.dtype.itemsize()) as u64
    };
    program.regs.iter().map(tile).sum()
}

/// Blocks that a task reads from files before it begins.
fn staged(program: &Program, grid: &Chunks) -> u64 {
    let chunk = grid.chunksize();
    let of = |leaf: &Leaf| match (&leaf.source, leaf.path.first()) {
        (Source::Stored(stored), Some(Step::View(view))) => hull(view, &chunk) * stored.dtype.itemsize() as u64,
        _ => 0,
    };
    program.leaves.iter().map(of).sum()
}

/// Elements of the smallest box that holds what a chunk of a view's space reads.
fn hull(view: &View, chunk: &[usize]) -> u64 {
    let reach = |axis: &ViewAxis, len: usize| {
        if let ViewAxis::Input { step, .. } = axis { step.unsigned_abs() * len } else { 1 }
    };
    view.axes.iter().zip(chunk).map(|(axis, &len)| reach(axis, len) as u64).product()
}

/// Blocks that paths with reshapes and lookups lead to: they are made whole.
fn walked(program: &Program) -> u64 {
    let of = |leaf: &Leaf| match leaf.path.get(1..) {
        None | Some([]) => 0,
        Some(below) => below.len().min(2) as u64 * array(leaf.source.shape(), DType::Float64),
    };
    program.leaves.iter().map(of).sum()
}
