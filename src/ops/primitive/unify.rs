//! Broadcasting several arrays to one shape in one chunk grid.

use crate::data::{Chunks, Cuts, Result, UNKNOWN, broadcast_shapes};
use crate::ir::{Expr, Op};
use crate::ops::primitive::rechunk;
use crate::ops::primitive::view::{broadcast_axes, view_in_chunks};

/// All arrays in one shape and one chunk grid.
///
/// # Errors
/// `ValueError` where the shapes do not broadcast.
pub fn broadcast_all(arrays: &[Expr]) -> Result<Vec<Expr>> {
    let shapes: Vec<&[usize]> = arrays.iter().map(|x| x.shape.as_slice()).collect();
    let shape = broadcast_shapes(&shapes)?;
    let chunks = unify(arrays, &shape);
    Ok(arrays.iter().map(|x| broadcast(x, &chunks)).collect())
}

/// An array broadcast to the shape of a chunk grid, in that grid.
pub fn broadcast(x: &Expr, chunks: &Chunks) -> Expr {
    let shape = chunks.shape();
    if let Op::Fill(value) = x.op {
        return super::fill(value, chunks.clone());
    }
    if x.shape == shape {
        return rechunk(x, chunks.clone());
    }
    view_in_chunks(x, broadcast_axes(&x.shape, &shape), chunks.clone())
}

/// The coarsest grid of a broadcast shape that cuts wherever an array's own chunks do.
pub fn unify(arrays: &[Expr], shape: &[usize]) -> Chunks {
    let cuts = shape.iter().enumerate().map(|(out, &len)| {
        let own = arrays.iter().filter(|x| !matches!(x.op, Op::Fill(_)));
        let cuts: Vec<&Cuts> = own
            .filter_map(|x| {
                let axis = (out + x.ndim()).checked_sub(shape.len())?;
                (x.shape[axis] == len).then(|| &x.chunks.0[axis])
            })
            .collect();
        merge(&cuts, len)
    });
    Chunks(cuts.collect())
}

fn merge(cuts: &[&Cuts], len: usize) -> Cuts {
    let Some((first, rest)) = cuts.split_first() else { return Cuts::whole(len) };
    if len == UNKNOWN || rest.iter().all(|c| c == first) {
        return (*first).clone();
    }
    let cut: Vec<&Cuts> = cuts.iter().copied().filter(|c| c.count() > 1).collect();
    if let [only] = cut.as_slice() {
        return (*only).clone();
    }
    let mut offsets: Vec<usize> = cut.iter().flat_map(|c| c.offsets()).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let sizes: Vec<usize> = offsets.windows(2).map(|w| w[1] - w[0]).collect();
    Cuts::from_sizes(&sizes)
}
