//! The same elements under another shape or in other chunks.

use crate::data::{Chunks, Cuts, Error, Result, UNKNOWN, show_shape, size_of};
use crate::ir::{Expr, Op};
use crate::ops::primitive::{expand, squeeze};

/// The elements in C order under another shape of as many elements.
///
/// # Errors
/// `ValueError` where the sizes differ.
pub fn reshape(x: &Expr, shape: &[usize]) -> Result<Expr> {
    if x.shape == shape {
        return Ok(x.clone());
    }
    let fits = size_of(&x.shape).is_some_and(|n| size_of(shape) == Some(n));
    if !fits {
        let size = size_of(&x.shape).map_or("unknown size".into(), |n| format!("size {n}"));
        return Err(Error::value(format!("cannot reshape array of {size} into shape {}", show_shape(shape))));
    }
    let without_ones = |s: &[usize]| s.iter().copied().filter(|&n| n != 1).collect::<Vec<_>>();
    if without_ones(&x.shape) == without_ones(shape) && !x.shape.contains(&0) {
        let ones: Vec<usize> = (0..x.ndim()).filter(|&axis| x.shape[axis] == 1).collect();
        let new: Vec<usize> = (0..shape.len()).filter(|&axis| shape[axis] == 1).collect();
        return Ok(expand(&squeeze(x, &ones)?, &new));
    }
    let chunks = reshaped_chunks(&x.chunks, shape);
    Ok(Expr::new(Op::Reshape, vec![x.clone()], shape.to_vec(), x.dtype, chunks))
}

/// Chunks of about the same size: leading axes that both shapes share keep theirs, of what follows the first axis is
/// cut so that a chunk holds about as many elements as before.
fn reshaped_chunks(chunks: &Chunks, shape: &[usize]) -> Chunks {
    let old = chunks.shape();
    let shared = old.iter().zip(shape).take_while(|(a, b)| a == b).count().min(shape.len().saturating_sub(1));
    let mut out: Vec<Cuts> = chunks.0[..shared].to_vec();
    let inside: usize = chunks.0[shared..].iter().map(Cuts::largest).product();
    let row: usize = shape[shared + 1..].iter().product();
    let whole = chunks.0[shared..].iter().all(|c| c.count() == 1);
    out.push(if whole {
        Cuts::whole(shape[shared])
    } else {
        Cuts::regular(shape[shared], (inside / row.max(1)).max(1))
    });
    out.extend(shape[shared + 1..].iter().map(|&n| Cuts::whole(n)));
    Chunks(out)
}

/// The array in other chunks.
pub fn rechunk(x: &Expr, chunks: Chunks) -> Expr {
    if x.chunks == chunks || x.shape.contains(&UNKNOWN) {
        return x.clone();
    }
    match x.op {
        Op::Fill(value) => super::fill(value, chunks),
        Op::Rechunk => rechunk(&x.inputs[0], chunks),
        _ => Expr::new(Op::Rechunk, vec![x.clone()], x.shape.clone(), x.dtype, chunks),
    }
}
