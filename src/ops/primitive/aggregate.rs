//! Elements gathered into accumulators: bins, counts, the best few, the distinct ones.

use crate::data::{Chunks, Cuts, DType, UNKNOWN};
use crate::ir::{Aggregate, Aggregation, Expr, Op};

/// A result of gathering `inputs`: the elements and, for bins and counts, float64 weights of the same shape.
/// Counts are of int64 elements; `Top` and `Distinct` know real numbers alone.
pub fn aggregate(kind: Aggregation, inputs: &[&Expr], result: usize) -> Expr {
    let x = inputs[0];
    let counted = if inputs.len() > 1 { DType::Float64 } else { DType::Int64 };
    let own = if result == 0 { x.dtype } else { DType::Int64 };
    let (len, dtype) = match &kind {
        Aggregation::Bins { edges } => (edges.len().saturating_sub(1), counted),
        Aggregation::Counts { least, is_exact: true } => (*least, counted),
        Aggregation::Counts { .. } => (UNKNOWN, counted),
        Aggregation::Top { count, .. } => (*count, own),
        Aggregation::Distinct { .. } => (UNKNOWN, own),
    };
    let loops = x.chunks.0[..kind.loops(x.ndim())].iter().cloned();
    let chunks = Chunks(loops.chain([Cuts::from_sizes(&[len])]).collect());
    let op = Op::Aggregate(Aggregate { kind, grid: x.chunks.clone(), result });
    let inputs = inputs.iter().map(|&x| x.clone()).collect();
    Expr::new(op, inputs, chunks.shape(), dtype, chunks)
}
