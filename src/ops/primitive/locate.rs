//! Where elements stand in a sorted line.

use crate::data::DType;
use crate::ir::{Expr, Location, Op};

/// The place of each element of `x` in a sorted 1-d line of the same dtype (a real number), or whether it is there.
pub fn locate(x: &Expr, line: &Expr, kind: Location) -> Expr {
    let dtype = if let Location::Within { .. } = kind { DType::Bool } else { DType::Int64 };
    Expr::new(Op::Locate(kind), vec![x.clone(), line.clone()], x.shape.clone(), dtype, x.chunks.clone())
}
