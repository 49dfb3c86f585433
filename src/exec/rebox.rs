//! Arrays that lie in files in blocks and are read across them: each block is brought once, cut into boxes that both grids
//! agree on, and the boxes wait (in the spill store where memory is short) for whoever wants them. The algorithm is that of
//! `rechunker`: with it an array costs one more writing and reading, without it a reading for every block that crosses.

use super::demand::{Demand, demands};
use crate::data::{Chunks, Cuts, DType, Shape};
use crate::ir::{Leaf, Make, Output, Plan, Program, RegSpec, Sink, Source, Stage, Step, View, Work};

/// An array whose blocks would be brought more often than this is cut into boxes first: writing and reading boxes costs
/// about as much as decompressing twice.
const TIMES: f64 = 3.0;
/// The part of the memory limit that blocks brought from files may take while tasks sweep over them.
const PART_OF_LIMIT: u64 = 4;
/// Bytes of a box at least: below this opening its file costs more than reading it.
const SMALLEST_BOX: usize = 64 << 10;
/// Cuts along an axis at most.
const MOST_CUTS: usize = 4096;

/// The plan with arrays cut into boxes where that brings less. `short`: the plan does not fit the limit, so that blocks of
/// its own stages will be out as well.
pub fn rebox(mut plan: Plan, limit: u64, short: bool) -> Plan {
    for (source, boxes) in crossed(&plan, limit, short) {
        match source {
            Source::Stage { stage, output, .. } => {
                if boxes_itself(&plan, stage) {
                    plan.stages[stage].outputs[output].chunks = boxes;
                }
            }
            source => insert(&mut plan, &source, boxes),
        }
    }
    plan
}

/// The arrays that are read across their blocks, and the boxes that all readers agree on.
fn crossed(plan: &Plan, limit: u64, short: bool) -> Vec<(Source, Chunks)> {
    let mut found: Vec<(Source, Vec<Demand<'_>>)> = vec![];
    for (source, demand) in plan.stages.iter().flat_map(|stage| demands(plan, &stage.work)) {
        match found.iter_mut().find(|(known, _)| known == source) {
            Some((_, demands)) => demands.push(demand),
            None => found.push((source.clone(), vec![demand])),
        }
    }
    let kept = limit / PART_OF_LIMIT;
    let crosses = |demand: &Demand<'_>| {
        (demand.is_out || short) && (demand.times_brought(kept) > TIMES || demand.bytes_at_once() > limit / 2)
    };
    let found = found.into_iter().filter(|(_, demands)| demands.iter().any(crosses));
    found.filter_map(|(source, demands)| Some((source, boxes(&demands)?))).collect()
}

/// Whether a stage stores its blocks task by task, so that it can cut them smaller by itself.
fn boxes_itself(plan: &Plan, stage: usize) -> bool {
    let asked = plan.results.iter().any(|r| matches!(r, Source::Stage { stage: number, .. } if *number == stage));
    let one = plan.stages[stage].outputs.len() == 1;
    one && !asked && matches!(&plan.stages[stage].work, Work::Fused { folded, .. } if folded.is_empty())
}

/// The blocks of an array cut where its readers' tasks begin; none where that changes nothing.
fn boxes(demands: &[Demand<'_>]) -> Option<Chunks> {
    let blocks = &demands.first()?.blocks;
    let item = demands[0].dtype.itemsize();
    let mut offsets: Vec<Vec<usize>> = blocks.0.iter().map(Cuts::offsets).collect();
    for (axis, offsets) in offsets.iter_mut().enumerate() {
        for demand in demands {
            let Some((out, step)) = demand.view.reader_of(axis) else { continue };
            let (tasks, len) = (&demand.tasks.0[out], blocks.0[axis].len());
            if tasks.count() > MOST_CUTS {
                continue;
            }
            let edge = |task: usize| demand.view.base[axis] as isize + step * task as isize + isize::from(step < 0);
            offsets.extend(tasks.offsets().into_iter().map(|at| edge(at).clamp(0, len as isize) as usize));
        }
        offsets.sort_unstable();
        offsets.dedup();
    }
    coarsen(&mut offsets, blocks, SMALLEST_BOX / item);
    let cuts = |ends: &Vec<usize>| Cuts::from_sizes(&ends.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>());
    let boxes = Chunks(offsets.iter().map(cuts).collect());
    (boxes != *blocks).then_some(boxes)
}

/// Takes cuts away that are not those of the blocks until boxes hold enough elements on average.
fn coarsen(offsets: &mut [Vec<usize>], blocks: &Chunks, least: usize) {
    let size: usize = blocks.shape().iter().product();
    loop {
        let count: usize = offsets.iter().map(|ends| ends.len().max(2) - 1).product();
        if count <= 1 || size / count >= least {
            return;
        }
        let extra = |axis: &usize| offsets[*axis].len().saturating_sub(blocks.0[*axis].count() + 1);
        let Some(axis) = (0..offsets.len()).max_by_key(extra).filter(|axis| extra(axis) > 0) else { return };
        let own = blocks.0[axis].offsets();
        let mut number = 0;
        offsets[axis].retain(|at| {
            number += usize::from(own.binary_search(at).is_err());
            own.binary_search(at).is_ok() || number % 2 == 0
        });
    }
}

/// Puts a stage in front that cuts a source into boxes, which all others then read instead.
fn insert(plan: &mut Plan, source: &Source, boxes: Chunks) {
    let (grid, dtype) = match source {
        Source::Stored(stored) => (stored.chunks.clone(), stored.dtype),
        Source::Memory(held) => (held.chunks.clone(), held.dtype),
        Source::Stage { .. } | Source::Iota { .. } | Source::Random { .. } => return,
    };
    let shape = grid.shape();
    for stage in &mut plan.stages {
        stage.needs.iter_mut().for_each(|need| *need += 1);
        let mut reads = false;
        for program in programs(&mut stage.work) {
            each_source(program, &mut |other| {
                reads |= other == source;
                behind(other, source, &shape);
            });
        }
        if reads {
            stage.needs.insert(0, 0);
        }
    }
    // A result that is the source itself stays what it is.
    for result in &mut plan.results {
        if let Source::Stage { stage, .. } = result {
            *stage += 1;
        }
    }
    let work = Work::Fused {
        program: copying(source, &shape, dtype),
        grid,
        folded: vec![],
        sinks: vec![Sink::Store { root: 0 }],
    };
    let stage = Stage {
        work,
        outputs: vec![Output { chunks: boxes, dtype, as_one: false }],
        needs: vec![],
        label: "rechunk".into(),
    };
    plan.stages.insert(0, stage);
}

/// A source as it is read behind a new first stage that stands for `source`.
fn behind(other: &mut Source, source: &Source, shape: &Shape) {
    if other == source {
        *other = Source::Stage { stage: 0, output: 0, shape: shape.clone() };
    } else if let Source::Stage { stage, .. } = other {
        *stage += 1;
    }
}

/// A program that reads a source as it is.
fn copying(source: &Source, shape: &Shape, dtype: DType) -> Program {
    let leaf = Leaf { source: source.clone(), path: vec![Step::View(View::identity(shape))] };
    let load = RegSpec { dtype, make: Make::Load(0), varies: vec![true; shape.len()] };
    Program { space: shape.clone(), regs: vec![load], leaves: vec![leaf], roots: vec![0] }
}

fn programs(work: &mut Work) -> Vec<&mut Program> {
    match work {
        Work::Fused { program, .. }
        | Work::Scan { program, .. }
        | Work::Aggregate { program, .. }
        | Work::Ranks { program, .. } => vec![program],
        Work::Locate { program, line, .. } => vec![program, line],
        Work::Contract { a, b, .. } => vec![a, b],
        Work::PerBlock { inputs, .. } => inputs.iter_mut().collect(),
        Work::Select { array, mask } => vec![array, mask],
    }
}

/// Calls `each` with every source of a program and of the programs of its parts.
fn each_source(program: &mut Program, each: &mut dyn FnMut(&mut Source)) {
    for leaf in &mut program.leaves {
        each(&mut leaf.source);
        for step in &mut leaf.path {
            if let Step::Take { index, .. } = step {
                each(index);
            }
        }
    }
    for reg in &mut program.regs {
        match &mut reg.make {
            Make::Pieces(pieces) => pieces.iter_mut().for_each(|piece| each_source(&mut piece.program, each)),
            Make::Overlay { part, .. } => each_source(&mut part.program, each),
            Make::Const(_) | Make::Load(_) | Make::Map(..) => {}
        }
    }
}
