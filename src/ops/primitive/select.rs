//! Elements picked by a mask: how many there are is known when the values are.

use crate::data::{Chunks, Cuts, Error, Result, UNKNOWN, show_shape};
use crate::ir::{Expr, Op};
use crate::ops::primitive::rechunk;

/// The elements (or sub-arrays) of `x` where a bool mask of its leading axes holds, in C order.
///
/// # Errors
/// `IndexError` where the mask's shape is not that of the leading axes.
pub fn select(x: &Expr, mask: &Expr) -> Result<Expr> {
    let axes = mask.ndim();
    if axes > x.ndim() || x.shape[..axes] != mask.shape {
        return Err(Error::index(format!(
            "boolean index did not match indexed array: array of shape {}, mask of shape {}",
            show_shape(&x.shape),
            show_shape(&mask.shape)
        )));
    }
    let mask = rechunk(mask, Chunks(x.chunks.0[..axes].to_vec()));
    let cuts = std::iter::once(Cuts::from_sizes(&[UNKNOWN])).chain(x.chunks.0[axes..].iter().cloned());
    let chunks = Chunks(cuts.collect());
    Ok(Expr::new(Op::Select, vec![x.clone(), mask], chunks.shape(), x.dtype, chunks))
}
