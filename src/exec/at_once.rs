//! Bytes of the blocks that one task of a stage brings from files at once.

use super::demand::{Demand, LOOKED_AT, demand, programs_with_tasks, tasks_in, tasks_over};
use crate::data::Chunks;
use crate::ir::{Make, Piece, Plan, Program, Source, Work};
use std::ops::AddAssign;

/// Blocks without a mapping of their own lie in the system's heap; from this size on they have one.
const MAPPED: u64 = 1 << 20;
/// What reading or writing a spilled block takes besides the block: a piece as it is, and compressed.
pub(super) const SPILL_SCRATCH: u64 = 3 << 20;

/// Where only what is out now is out, and where all blocks are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brought {
    pub(super) now: u64,
    pub(super) all: u64,
}

impl AddAssign for Brought {
    fn add_assign(&mut self, other: Brought) {
        self.now += other.now;
        self.all += other.all;
    }
}

/// What a task of a stage brings.
pub(super) fn brought(plan: &Plan, work: &Work) -> Brought {
    let mut all = Brought::default();
    programs_with_tasks(work).into_iter().for_each(|(program, tasks)| all += by_program(plan, program, &tasks));
    all
}

fn by_program(plan: &Plan, program: &Program, tasks: &Chunks) -> Brought {
    let mut all = by_leaves(plan, program, tasks);
    for reg in &program.regs {
        match &reg.make {
            Make::Pieces(pieces) => all += by_pieces(plan, pieces, tasks),
            Make::Overlay { part, .. } => all += by_program(plan, &part.program, &tasks_over(part, tasks)),
            Make::Const(_) | Make::Load(_) | Make::Map(..) => {}
        }
    }
    all
}

/// Views of one array share the blocks that they read.
fn by_leaves(plan: &Plan, program: &Program, tasks: &Chunks) -> Brought {
    let mut sources: Vec<(&Source, Vec<Demand<'_>>)> = vec![];
    for (source, demand) in program.leaves.iter().filter_map(|leaf| demand(plan, leaf, tasks)) {
        match sources.iter_mut().find(|(known, _)| *known == source) {
            Some((_, views)) => views.push(demand),
            None => sources.push((source, vec![demand])),
        }
    }
    let mut all = Brought::default();
    for (_, views) in &sources {
        let each: u64 = views.iter().map(bytes).sum();
        let bytes = Demand::together(views).map_or(each, |together| bytes(&together).min(each));
        all += Brought { now: if views[0].is_out { bytes } else { 0 }, all: bytes };
    }
    all
}

/// Of pieces side by side, those that one task meets.
fn by_pieces(plan: &Plan, pieces: &[Piece], tasks: &Chunks) -> Brought {
    let each: Vec<Brought> =
        pieces.iter().map(|piece| by_program(plan, &piece.program, &tasks_in(&piece.at, tasks))).collect();
    let most = |of: fn(&Brought) -> u64| {
        let mut bytes: Vec<u64> = each.iter().map(of).collect();
        bytes.sort_unstable_by_key(|&bytes| std::cmp::Reverse(bytes));
        bytes.iter().take(met_at_once(pieces, tasks)).sum()
    };
    Brought { now: most(|brought| brought.now), all: most(|brought| brought.all) }
}

/// The most pieces that a task meets.
fn met_at_once(pieces: &[Piece], tasks: &Chunks) -> usize {
    let starts = |axis: usize| pieces.iter().map(move |piece| piece.at.start[axis]);
    let Some(axis) = (0..tasks.0.len()).find(|&axis| starts(axis).min() != starts(axis).max()) else {
        return pieces.len();
    };
    let cuts = &tasks.0[axis];
    let looked = cuts.count().min(LOOKED_AT);
    let met = |task: usize| {
        let (start, len) = cuts.chunk(task);
        let meets =
            |piece: &&Piece| piece.at.start[axis] < start + len && start < piece.at.start[axis] + piece.at.len[axis];
        pieces.iter().filter(meets).count()
    };
    (0..looked).map(|k| met(k * cuts.count() / looked)).max().unwrap_or(1)
}

/// Bytes of the blocks that a task wants at once. The system's heap keeps about half as much again of what was freed between
/// blocks that lie in it (boxes of 0.3 MB: 9 of 64 MB).
fn bytes(demand: &Demand<'_>) -> u64 {
    let (bytes, block) = (demand.bytes_at_once(), demand.block_bytes());
    let in_heap = if block < MAPPED { bytes + bytes / 2 } else { bytes };
    in_heap + SPILL_SCRATCH.min(block)
}
