//! Products summed along an axis.

use crate::data::Chunks;
use crate::ir::{Expr, Op};
use crate::ops::primitive::concat::column;
use crate::ops::primitive::{rechunk, unify};

/// `(batch.., n, k) x (batch.., k, m) -> (batch.., n, m)` for arrays of one dtype and equal batch axes.
/// The sum along `k` follows the chunks that both have along it.
pub fn contract(a: &Expr, b: &Expr) -> Expr {
    let batch = a.ndim() - 2;
    let (n, k, m) = (batch, a.ndim() - 1, batch + 1);
    let inner = unify(&[column(a, k), column(b, batch)], &[a.shape[k]]).0[0].clone();
    let mut a_chunks = a.chunks.clone();
    let mut b_chunks = b.chunks.clone();
    a_chunks.0[k] = inner.clone();
    b_chunks.0[batch] = inner.clone();
    b_chunks.0[..batch].clone_from_slice(&a_chunks.0[..batch]);
    let (a, b) = (rechunk(a, a_chunks), rechunk(b, b_chunks));
    let mut cuts = a.chunks.0[..=n].to_vec();
    cuts.push(b.chunks.0[m].clone());
    let mut grid = cuts.clone();
    grid.push(inner);
    let chunks = Chunks(cuts);
    Expr::new(Op::Contract { grid: Chunks(grid) }, vec![a.clone(), b], chunks.shape(), a.dtype, chunks)
}
