//! Arrays that come from nowhere or from memory.

use crate::data::store::Stored;
use crate::data::{Block, Chunks, DType, Held, Scalar};
use crate::ir::{Expr, Op, Random};
use std::sync::Arc;

/// One value everywhere.
pub fn fill(value: Scalar, chunks: Chunks) -> Expr {
    Expr::new(Op::Fill(value), vec![], chunks.shape(), value.dtype(), chunks)
}

/// One value everywhere, in the shape and chunks of another array.
pub fn fill_like(value: Scalar, like: &Expr) -> Expr {
    Expr::new(Op::Fill(value), vec![], like.shape.clone(), value.dtype(), like.chunks.clone())
}

/// A 0-d array of one value.
pub fn scalar(value: Scalar) -> Expr {
    fill(value, Chunks::whole(&[]))
}

/// `start + index * step` in C order, as `dtype`.
pub fn iota(start: Scalar, step: Scalar, dtype: DType, chunks: Chunks) -> Expr {
    Expr::new(Op::Iota { start, step }, vec![], chunks.shape(), dtype, chunks)
}

/// Random values.
pub fn random(random: Random, dtype: DType, chunks: Chunks) -> Expr {
    Expr::new(Op::Random(random), vec![], chunks.shape(), dtype, chunks)
}

/// An array in memory.
pub fn memory(held: Held) -> Expr {
    let (shape, dtype, chunks) = (held.shape.clone(), held.dtype, held.chunks.clone());
    Expr::new(Op::Memory(held), vec![], shape, dtype, chunks)
}

/// A block as an array of one chunk.
pub fn from_block(block: Block) -> Expr {
    memory(Held::from_block(block))
}

/// An array on disk, in chunks of which each is read at once.
pub fn stored(stored: Arc<Stored>, chunks: Chunks) -> Expr {
    let (shape, dtype) = (stored.shape.clone(), stored.dtype);
    Expr::new(Op::Stored(stored), vec![], shape, dtype, chunks)
}
