//! The closed vocabulary of operations.

use crate::data::store::Stored;
use crate::data::{Chunks, Held, Scalar};
use crate::ir::{Kernel, View};
use serde::Serialize;
use std::sync::Arc;

/// What a node does to its inputs. Shape, dtype and chunks of the result stand in the node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Op {
    /// Blocks in memory.
    Memory(Held),
    /// An array on disk.
    Stored(Arc<Stored>),
    /// One value everywhere.
    Fill(Scalar),
    /// `start + index * step` in C order, computed in float64 or int64 and cast.
    Iota { start: Scalar, step: Scalar },
    /// Values that depend on (seed, index in C order) alone.
    Random(Random),
    /// An elementwise kernel; inputs have the node's shape (broadcasting is a view) and the kernel's dtypes.
    Map(Kernel),
    /// Axes folded away. Inputs: the array and, optionally, a bool mask of the elements that count.
    Reduce(Reduce),
    /// Running fold along an axis.
    Scan(Scan),
    /// Slicing, transposing, broadcasting, dropping and adding axes.
    View(View),
    /// The same elements in C order under the node's shape.
    Reshape,
    /// The same array in other chunks.
    Rechunk,
    /// `out[.., k, ..] = x[.., index[k], ..]`; inputs: the array and a 1-d int64 index without negatives, checked at run time.
    Take { axis: usize },
    /// Inputs one after another along an axis.
    Concat { axis: usize },
    /// The first input with the part a view selects replaced by the second (of the view's shape).
    Update(View),
    /// `(batch.., n, k) x (batch.., k, m) -> (batch.., n, m)`.
    Contract { grid: Chunks },
    /// A named block function over core axes (last) and loop axes (first), as in a generalised ufunc.
    PerBlock(PerBlock),
    /// Tiles streamed into accumulators, whose merged contents are the result.
    Aggregate(Aggregate),
    /// Where each element of the first input stands in the second, a sorted line.
    Locate(Location),
    /// The elements where a bool mask (second input, of the leading axes' shape) holds; first axis unknown.
    Select,
}

/// How values are folded together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Fold {
    Sum,
    Prod,
    Min,
    Max,
    /// The least and the greatest number; NaN where there is none.
    Fmin,
    Fmax,
    Any,
    All,
    ArgMin,
    ArgMax,
    /// The variance with `ddof` degrees of freedom less, in one pass with a stable merge.
    Var {
        ddof: Scalar,
    },
}

/// Axes folded away; the order of folding follows `grid`, the chunks of the input as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Reduce {
    pub fold: Fold,
    /// Folded axes, ascending. All other axes are kept; folded axes are dropped (keepdims is a view above).
    pub axes: Vec<usize>,
    pub grid: Chunks,
    /// Whether it is an error where a mask leaves nothing to fold.
    pub needs_some: bool,
}

/// What elements are gathered into, and which of its results a node is. Parts are gathered on their own and merged as a
/// tree that follows `grid`, the chunks of the input as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Aggregate {
    pub kind: Aggregation,
    pub grid: Chunks,
    pub result: usize,
}

/// The kinds of accumulators. All but `Top` gather every axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Aggregation {
    /// How many elements fall into each bin between ascending float64 edges, the last one closed; a second input (float64)
    /// weighs them.
    Bins { edges: Vec<Scalar> },
    /// How often each integer from 0 on is there: up to the largest one, `least` of them at least. A second input (float64)
    /// weighs them. Where it `is_exact`, no integer reaches `least`, so that the length is known.
    Counts { least: usize, is_exact: bool },
    /// The `count` greatest (or least) elements along the last axis, best first. Results: values, indices.
    Top { count: usize, greatest: bool },
    /// The distinct elements in ascending order. Results: values, first indices (C order), counts.
    Distinct { equal_nan: bool },
}

/// What is asked about an element and a sorted line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Location {
    /// How many of the line are less.
    Before,
    /// How many of the line are less or equal.
    After,
    /// Whether it is in the line (NaN never is), or, inverted, is not.
    Within { invert: bool },
    /// The value there by linear interpolation, where the line holds positions and as many values after them; what stands
    /// before and after them where it is not the first and the last value. All is float64.
    Between { left: Option<Scalar>, right: Option<Scalar> },
}

impl Aggregation {
    /// How many of the first axes are kept, of an input of `ndim`.
    pub fn loops(&self, ndim: usize) -> usize {
        if let Aggregation::Top { .. } = self { ndim.saturating_sub(1) } else { 0 }
    }

    /// What users call it.
    pub fn name(&self) -> &'static str {
        match self {
            Aggregation::Bins { .. } => "histogram",
            Aggregation::Counts { .. } => "bincount",
            Aggregation::Top { .. } => "topk",
            Aggregation::Distinct { .. } => "unique",
        }
    }
}

/// Running fold (`Sum`, `Prod`, `Min` or `Max`) along an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Scan {
    pub fold: Fold,
    pub axis: usize,
    pub grid: Chunks,
    /// Chunks along the axis that are folded but whose running values nobody asked for; the result begins after them.
    pub skip: usize,
}

/// A random array: element `i` of C order is drawn from counter `i` of a stream of Philox4x32-10.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Random {
    pub seed: u64,
    pub stream: u64,
    pub distribution: Distribution,
}

/// What random values are drawn from. Parameters are float64 or int64 scalars.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Distribution {
    /// `low + (high - low) * u`, `u` in [0, 1).
    Uniform {
        low: Scalar,
        high: Scalar,
    },
    Normal {
        mean: Scalar,
        std: Scalar,
    },
    /// Integers of `low .. high`.
    Integers {
        low: i64,
        high: i64,
    },
    /// A distribution of a variable number of draws, by NumPy's name.
    Named {
        name: String,
        params: Vec<Scalar>,
    },
}

/// A parameter of a block function.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Param {
    Int(i64),
    Float(Scalar),
    Bool(bool),
    Str(String),
    Ints(Vec<i64>),
}

/// A named block function: each call gets inputs whose core axes (the last ones) are whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PerBlock {
    /// The row of `ops::primitive::per_block::KERNELS`.
    pub name: &'static str,
    pub params: Vec<Param>,
    /// How many of the last axes of inputs and output belong to one call.
    pub core: Core,
    /// Which of the function's results this node is.
    pub result: usize,
}

/// The number of core axes of each input and of the output. All other axes are loop axes, equal in all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Core {
    pub inputs: Vec<usize>,
    pub output: usize,
}
