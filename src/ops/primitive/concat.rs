//! Arrays one after another, elements by index, and parts replaced.

use crate::data::{Chunks, Cuts, DType};
use crate::ir::{Expr, Op, View};

/// Arrays of one dtype, and of one shape but for `axis`, one after another.
pub fn concat(arrays: &[Expr], axis: usize) -> Expr {
    if let [one] = arrays {
        return one.clone();
    }
    let first = &arrays[0];
    let mut chunks = first.chunks.clone();
    let sizes: Vec<usize> = arrays.iter().flat_map(|x| x.chunks.0[axis].sizes()).filter(|&n| n > 0).collect();
    chunks.0[axis] = if sizes.is_empty() { Cuts::whole(0) } else { Cuts::from_sizes(&sizes) };
    for other in (0..first.ndim()).filter(|&other| other != axis) {
        let same = arrays.iter().all(|x| x.chunks.0[other] == first.chunks.0[other]);
        if !same {
            chunks.0[other] =
                super::unify(&arrays.iter().map(|x| column(x, other)).collect::<Vec<_>>(), &[first.shape[other]]).0[0]
                    .clone();
        }
    }
    Expr::new(Op::Concat { axis }, arrays.to_vec(), chunks.shape(), first.dtype, chunks)
}

/// One axis of an array as a 1-d stand-in, to unify its chunks.
pub(super) fn column(x: &Expr, axis: usize) -> Expr {
    let chunks = Chunks(vec![x.chunks.0[axis].clone()]);
    super::iota(crate::data::Scalar::Int64(0), crate::data::Scalar::Int64(1), DType::Int64, chunks)
}

/// `x` with the index along `axis` replaced by a 1-d int64 index without negatives.
pub fn take(x: &Expr, index: &Expr, axis: usize) -> Expr {
    let mut chunks = x.chunks.clone();
    let regular = if chunks.0[axis].count() == 1 {
        index.chunks.0[0].clone()
    } else {
        Cuts::regular(index.shape[0], chunks.0[axis].largest())
    };
    chunks.0[axis] = regular;
    Expr::new(Op::Take { axis }, vec![x.clone(), index.clone()], chunks.shape(), x.dtype, chunks)
}

/// `x` with the part that a view selects replaced by `value`, which has the view's shape and `x`'s dtype.
/// The view must not repeat.
pub fn update(x: &Expr, view: View, value: &Expr) -> Expr {
    Expr::new(Op::Update(view), vec![x.clone(), value.clone()], x.shape.clone(), x.dtype, x.chunks.clone())
}
