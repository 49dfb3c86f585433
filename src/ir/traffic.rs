//! The bytes that a plan moves: what each stage reads, generates and writes, by the plan alone.

use crate::data::{DType, size_of};
use crate::ir::{Leaf, Make, Plan, Program, RegSpec, Source, Stage, Step, ViewAxis, Work};
use std::ops::Add;

/// Bytes that a stage or a plan moves. An element counts once for each leaf that reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Read from arrays in memory, those of earlier stages among them.
    pub memory: u64,
    /// Read from files.
    pub files: u64,
    /// Drawn or counted out, never stored.
    pub generated: u64,
    /// Written to arrays.
    pub written: u64,
}

impl Add for Traffic {
    type Output = Traffic;
    fn add(self, other: Traffic) -> Traffic {
        Traffic {
            memory: self.memory + other.memory,
            files: self.files + other.files,
            generated: self.generated + other.generated,
            written: self.written + other.written,
        }
    }
}

impl Traffic {
    /// What a whole plan moves.
    pub fn of(plan: &Plan) -> Traffic {
        plan.stages.iter().map(Traffic::of_stage).fold(Traffic::default(), Add::add)
    }

    /// What a stage moves. A running fold over several chunks reads its input twice, once for what comes before each chunk.
    pub fn of_stage(stage: &Stage) -> Traffic {
        let written = stage.outputs.iter().map(|out| array(&out.chunks.shape(), out.dtype)).sum();
        let mut total = stage.work.programs().into_iter().map(read).fold(Traffic::default(), Add::add);
        if matches!(&stage.work, Work::Scan { grid, axis, .. } if grid.0[*axis].count() > 1) {
            total = total + total;
        }
        Traffic { written, ..total }
    }

    /// What one leaf of a dtype moves.
    pub fn of_leaf(leaf: &Leaf, dtype: DType) -> Traffic {
        let bytes = elements(leaf) * dtype.itemsize() as u64;
        match &leaf.source {
            Source::Memory(_) | Source::Stage { .. } => Traffic { memory: bytes, ..Traffic::default() },
            Source::Stored(_) => Traffic { files: bytes, ..Traffic::default() },
            Source::Iota { .. } | Source::Random { .. } => Traffic { generated: bytes, ..Traffic::default() },
        }
    }
}

fn read(program: &Program) -> Traffic {
    let of = |spec: &RegSpec| match &spec.make {
        Make::Load(leaf) => Traffic::of_leaf(&program.leaves[*leaf], spec.dtype),
        Make::Pieces(pieces) => pieces.iter().map(|piece| read(&piece.program)).fold(Traffic::default(), Add::add),
        Make::Overlay { part, .. } => read(&part.program),
        Make::Const(_) | Make::Map(..) => Traffic::default(),
    };
    program.regs.iter().map(of).fold(Traffic::default(), Add::add)
}

/// The different elements of a source that a leaf reads: what is broadcast counts once. A path that is walked reads the
/// source up to its first view, or whole.
fn elements(leaf: &Leaf) -> u64 {
    match leaf.path.last() {
        Some(Step::View(view)) => {
            let moves = view.axes.iter().zip(&view.shape).filter(|(axis, _)| **axis != ViewAxis::Repeat);
            moves.map(|(_, &n)| n as u64).product()
        }
        Some(Step::Take { axis, index, .. }) => {
            let shape = leaf.source.shape().iter().enumerate();
            let taken = index.shape().iter().product::<usize>();
            shape.map(|(at, &n)| if at == *axis { taken as u64 } else { n as u64 }).product()
        }
        _ => size_of(leaf.source.shape()).map_or(0, |n| n as u64),
    }
}

/// Bytes of an array; none where a length is unknown.
fn array(shape: &[usize], dtype: DType) -> u64 {
    size_of(shape).map_or(0, |n| n as u64 * dtype.itemsize() as u64)
}
