//! Where elements stand in a sorted line.

use crate::data::DType;
use crate::ir::{Expr, Location, Op};

/// The place of each element of `x` in a sorted 1-d line of the same dtype (a real number), whether it is there,
/// or what stands at it.
pub fn locate(x: &Expr, line: &Expr, kind: Location) -> Expr {
    let dtype = match kind {
        Location::Within { .. } => DType::Bool,
        Location::Between { .. } => DType::Float64,
        Location::Before | Location::After => DType::Int64,
    };
    Expr::new(Op::Locate(kind), vec![x.clone(), line.clone()], x.shape.clone(), dtype, x.chunks.clone())
}
