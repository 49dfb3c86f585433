//! Bytes of what is put together from blocks in files before a task can begin.

use super::demand::programs_with_tasks;
use super::projection::{Team, block_of, chunk_size};
use crate::data::Chunks;
use crate::ir::{Leaf, Make, Program, RegSpec, Source, Stage, Step, Work};

/// Where the blocks of arrays that can be out are, as far as a projection is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    WhereTheyAre,
    AllOut,
}

/// Whether the blocks of a source lie in files.
fn comes_from_files(source: &Source, blocks: Blocks) -> bool {
    match source {
        Source::Stored(stored) => stored.is_in_whole_chunks(),
        Source::Memory(held) => held.is_partly_out() || blocks == Blocks::AllOut && held.count() > 1,
        Source::Stage { .. } => blocks == Blocks::AllOut,
        Source::Iota { .. } | Source::Random { .. } => false,
    }
}

/// Bytes of what is put together from blocks in files before a task can begin: the inputs of block functions, and places that
/// are looked up.
pub(super) fn put_together(stage: &Stage, team: Team, blocks: Blocks) -> u64 {
    if let Work::PerBlock { inputs, loops, .. } = &stage.work {
        let comes = |program: &&Program| program.leaves.iter().any(|leaf| comes_from_files(&leaf.source, blocks));
        let whole: u64 = inputs.iter().filter(comes).map(|program| block_of(program, loops)).sum();
        return (team.workers.min(loops.count()) as u64) * whole;
    }
    let tasks = programs_with_tasks(&stage.work);
    team.threads as u64 * tasks.iter().map(|(program, tasks)| gathered(program, tasks, blocks)).sum::<u64>()
}

/// Boxes of looked-up places that a thread gathers from blocks in files before it begins a task: what is gathered, and what
/// comes of one block.
fn gathered(program: &Program, tasks: &Chunks, blocks: Blocks) -> u64 {
    let of = |reg: &RegSpec| match &reg.make {
        Make::Load(leaf) => {
            let Leaf { source, path } = &program.leaves[*leaf];
            let is_looked_up = path.iter().any(|step| matches!(step, Step::Take { .. }));
            if is_looked_up && comes_from_files(source, blocks) {
                2 * chunk_size(tasks) * reg.dtype.itemsize() as u64
            } else {
                0
            }
        }
        Make::Pieces(pieces) => pieces.iter().map(|piece| gathered(&piece.program, tasks, blocks)).max().unwrap_or(0),
        Make::Overlay { part, .. } => gathered(&part.program, tasks, blocks),
        Make::Const(_) | Make::Map(..) => 0,
    };
    program.regs.iter().map(of).sum()
}
