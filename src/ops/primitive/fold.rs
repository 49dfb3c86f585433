//! Folding axes away, and running folds.

use crate::data::{Chunks, DType, Error, Kind, Result};
use crate::ir::{Expr, Fold, Kernel, Op, Reduce, Scan};
use crate::ops::primitive::{broadcast, cast};

/// The dtype that folding an array of `dtype` gives.
fn folded(fold: Fold, dtype: DType) -> DType {
    match fold {
        Fold::Any | Fold::All => DType::Bool,
        Fold::ArgMin | Fold::ArgMax => DType::Int64,
        Fold::Var { .. } => dtype.to_inexact().real(),
        Fold::Min | Fold::Max | Fold::Fmin | Fold::Fmax => dtype,
        Fold::Sum | Fold::Prod => match dtype.kind() {
            Kind::Bool | Kind::Signed => DType::Int64,
            Kind::Unsigned => DType::UInt64,
            _ => dtype,
        },
    }
}

/// The array in the dtype in which it is folded.
fn widened(x: &Expr, fold: Fold) -> Expr {
    let dtype = match fold {
        Fold::Any | Fold::All => DType::Bool,
        Fold::Sum if x.dtype == DType::Bool => DType::Bool,
        Fold::Sum | Fold::Prod => folded(fold, x.dtype),
        Fold::Var { .. } => x.dtype.to_inexact(),
        Fold::ArgMin | Fold::ArgMax if x.dtype.is_bool() => DType::UInt8,
        _ => x.dtype,
    };
    cast(x, dtype)
}

/// The array with axes (ascending) folded away. `ArgMin` and `ArgMax` fold one axis, or all of them in C order.
/// An integer or bool array sums to int64 or uint64; cast first for another dtype.
pub fn reduce(x: &Expr, fold: Fold, axes: &[usize]) -> Expr {
    build(vec![x.clone()], fold, axes)
}

/// The same where folding no elements is an error.
pub fn reduce_some(x: &Expr, fold: Fold, axes: &[usize]) -> Expr {
    needing_some(&reduce(x, fold, axes))
}

/// A fold for which it is an error to meet no elements.
pub fn needing_some(folded: &Expr) -> Expr {
    let Op::Reduce(reduce) = &folded.op else { return folded.clone() };
    let op = Op::Reduce(Reduce { needs_some: true, ..reduce.clone() });
    Expr::new(op, folded.inputs.clone(), folded.shape.clone(), folded.dtype, folded.chunks.clone())
}

/// The same over the elements for which a bool mask (which broadcasts to `x`) holds.
///
/// # Errors
/// `ValueError` where the mask does not broadcast.
pub fn reduce_masked(x: &Expr, mask: &Expr, fold: Fold, axes: &[usize]) -> Result<Expr> {
    crate::data::broadcast_shapes(&[&x.shape, &mask.shape])?;
    Ok(build(vec![x.clone(), broadcast(mask, &x.chunks)], fold, axes))
}

fn build(mut inputs: Vec<Expr>, fold: Fold, axes: &[usize]) -> Expr {
    if let (Fold::Var { .. }, true) = (fold, inputs[0].dtype.is_complex()) {
        return complex_variance(&inputs, fold, axes);
    }
    let dtype = folded(fold, inputs[0].dtype);
    inputs[0] = widened(&inputs[0], fold);
    let x = &inputs[0];
    let kept = (0..x.ndim()).filter(|axis| !axes.contains(axis));
    let chunks = Chunks(kept.map(|axis| x.chunks.0[axis].clone()).collect());
    let op = Op::Reduce(Reduce { fold, axes: axes.to_vec(), grid: x.chunks.clone(), needs_some: false });
    Expr::new(op, inputs, chunks.shape(), dtype, chunks)
}

/// The variance of the real parts plus that of the imaginary parts.
fn complex_variance(inputs: &[Expr], fold: Fold, axes: &[usize]) -> Expr {
    let part = |kernel: Kernel| {
        let x = &inputs[0];
        let real = Expr::new(Op::Map(kernel), vec![x.clone()], x.shape.clone(), x.dtype.real(), x.chunks.clone());
        build(std::iter::once(real).chain(inputs[1..].iter().cloned()).collect(), fold, axes)
    };
    let (re, im) = (part(Kernel::Real), part(Kernel::Imag));
    let (shape, dtype, chunks) = (re.shape.clone(), re.dtype, re.chunks.clone());
    Expr::new(Op::Map(Kernel::Add), vec![re, im], shape, dtype, chunks)
}

/// The running fold along an axis; integers and bools run in int64 or uint64 for sums and products.
pub fn scan(x: &Expr, fold: Fold, axis: usize) -> Expr {
    let op = Op::Scan(Scan { fold, axis, grid: x.chunks.clone(), skip: 0 });
    let dtype = folded(fold, x.dtype);
    Expr::new(op, vec![cast(x, dtype)], x.shape.clone(), dtype, x.chunks.clone())
}

/// What a fold that has no value for no elements says where it meets none.
pub fn nothing_to_fold(fold: Fold) -> Error {
    let name = match fold {
        Fold::Min | Fold::Fmin => "minimum",
        Fold::Max | Fold::Fmax => "maximum",
        other => return Error::value(format!("attempt to get {} of an empty sequence", other.name())),
    };
    Error::value(format!("zero-size array to reduction operation {name} which has no identity"))
        .help("give initial= for the value of an empty reduction")
}
