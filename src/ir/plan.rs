//! Plans: programs over tiles, and the stages that run them. Plain data, ready to be shipped to an engine.

use crate::data::store::Stored;
use crate::data::{Chunks, DType, Held, Region, Scalar, Shape};
use crate::ir::{Aggregation, Fold, Kernel, Location, PerBlock, Random, View};
use serde::Serialize;
use std::sync::Arc;

/// A register of a program.
pub type Reg = usize;

/// Straight-line code that makes the elements of any box of an index space.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Program {
    /// The shape of the index space.
    pub space: Shape,
    /// Registers in the order they are made; arguments come first.
    pub regs: Vec<RegSpec>,
    /// What the program reads.
    pub leaves: Vec<Leaf>,
    /// The registers that hold the results.
    pub roots: Vec<Reg>,
}

/// One register: a box of elements of one dtype.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegSpec {
    pub dtype: DType,
    pub make: Make,
    /// Whether the elements change along each axis of the space.
    pub varies: Vec<bool>,
}

/// How a register is made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Make {
    /// One value everywhere.
    Const(Scalar),
    /// Read from a leaf, by number.
    Load(usize),
    /// An elementwise kernel of registers.
    Map(Kernel, Vec<Reg>),
    /// Boxes side by side, each with a program of its own.
    Pieces(Vec<Piece>),
    /// A register with a strided part replaced.
    Overlay { under: Reg, part: Box<Overlay> },
}

/// A box of the space that a program of its own makes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Piece {
    pub at: Region,
    pub program: Program,
}

/// A strided part of the space that a program of its own makes: along space axis `a`, index
/// `start[a] + step[a] * k`, where `k` runs along the program's axis `axis[a]` (`None`: `k` is 0 alone).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overlay {
    pub start: Vec<usize>,
    pub step: Vec<isize>,
    pub axis: Vec<Option<usize>>,
    pub program: Program,
}

/// An array that a program reads, and how its space leads to the array's index.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leaf {
    pub source: Source,
    /// The steps from the program's space down to the source.
    pub path: Vec<Step>,
}

/// A step from an index space to the one below.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Step {
    View(View),
    /// The same position in C order of another shape: `from` above, `to` below.
    Reshape {
        from: Shape,
        to: Shape,
    },
    /// The index along an axis looked up in a 1-d int64 array.
    Take {
        axis: usize,
        index: Source,
        len: usize,
    },
}

/// What can be read at any index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Source {
    Memory(Held),
    Stored(Arc<Stored>),
    Iota {
        start: Scalar,
        step: Scalar,
        dtype: DType,
        shape: Shape,
    },
    Random {
        random: Random,
        dtype: DType,
        shape: Shape,
    },
    /// An output of an earlier stage: stage and number.
    Stage {
        stage: usize,
        output: usize,
        shape: Shape,
    },
}

impl Source {
    /// The shape of the array.
    pub fn shape(&self) -> &[usize] {
        match self {
            Source::Memory(held) => &held.shape,
            Source::Stored(stored) => &stored.shape,
            Source::Iota { shape, .. } | Source::Random { shape, .. } | Source::Stage { shape, .. } => shape,
        }
    }
}

/// What becomes of a root of a fused stage. `root` counts the program's roots.
#[derive(Clone, Debug, Serialize)]
pub enum Sink {
    /// The elements are kept.
    Store { root: usize },
    /// The elements are folded along the stage's folded axes, those alone for which the mask root holds.
    Fold { root: usize, mask: Option<usize>, fold: Fold, needs_some: bool },
}

/// Work that reads every input once and makes whole arrays.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    pub work: Work,
    /// What it makes, in the order of its sinks.
    pub outputs: Vec<Output>,
    /// Stages whose outputs it reads.
    pub needs: Vec<usize>,
    /// What users call the operation.
    pub label: String,
}

/// An array that a stage makes.
#[derive(Clone, Debug, Serialize)]
pub struct Output {
    pub chunks: Chunks,
    pub dtype: DType,
    /// Whether its blocks are put side by side in one as they are finished.
    pub as_one: bool,
}

/// The kinds of stages.
#[derive(Clone, Debug, Serialize)]
pub enum Work {
    /// One pass of a program over a grid; `folded` axes are folded by the sinks that fold.
    Fused { program: Program, grid: Chunks, folded: Vec<usize>, sinks: Vec<Sink> },
    /// A running fold along an axis.
    Scan { program: Program, grid: Chunks, axis: usize, fold: Fold, skip: usize },
    /// `(batch.., n, k) x (batch.., k, m)`; `grid` cuts batch, n, m and k.
    Contract { a: Program, b: Program, grid: Chunks },
    /// A block function, called once for each chunk of the loop axes; `results` are those of the function that are asked for.
    PerBlock { inputs: Vec<Program>, call: PerBlock, loops: Chunks, results: Vec<usize> },
    /// One pass of a program over a grid into accumulators; `results` are those of the kind that are asked for.
    Aggregate { program: Program, grid: Chunks, kind: Aggregation, results: Vec<usize> },
    /// Where the elements that a program makes stand in a sorted line.
    Locate { program: Program, line: Program, grid: Chunks, kind: Location },
    /// Order statistics of long lines, by passes that count; `grid` are the chunks of the program's space.
    Ranks { program: Program, call: PerBlock, loops: Chunks, grid: Chunks },
    /// The elements for which the mask holds.
    Select { array: Program, mask: Program },
}

/// Stages in the order they run, and the arrays asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    pub stages: Vec<Stage>,
    pub results: Vec<Source>,
}

impl Work {
    /// The number of tasks.
    pub fn tasks(&self) -> usize {
        match self {
            Work::Fused { grid, .. }
            | Work::Scan { grid, .. }
            | Work::Contract { grid, .. }
            | Work::Aggregate { grid, .. }
            | Work::Locate { grid, .. } => grid.count(),
            Work::PerBlock { loops, .. } => loops.count(),
            Work::Ranks { grid, .. } => grid.count(),
            Work::Select { .. } => 1,
        }
    }

    /// The programs of the stage.
    pub fn programs(&self) -> Vec<&Program> {
        match self {
            Work::Fused { program, .. }
            | Work::Scan { program, .. }
            | Work::Ranks { program, .. }
            | Work::Aggregate { program, .. } => vec![program],
            Work::Contract { a, b, .. } => vec![a, b],
            Work::Locate { program, line, .. } => vec![program, line],
            Work::PerBlock { inputs, .. } => inputs.iter().collect(),
            Work::Select { array, mask } => vec![array, mask],
        }
    }
}
