//! QR of long matrices, block of rows by block of rows, so that they stream.
//!
//! Each block of rows is made a triangle, the triangles stand on one another as a shorter matrix, and so on until one is
//! left (Demmel, Grigori, Hoemmen and Langou, SIAM J. Sci. Comput. 34, 2012). Blocks are the chunks of rows or equal parts of
//! them, so the tree does not depend on threads. Not for what one block function does.

use crate::data::{Chunks, Cuts, Result};
use crate::ir::{Expr, Param};
use crate::ops::function::build::{join, slice};
use crate::ops::primitive::{per_block, rechunk, reshape};

/// Rows of a block for each column, so that a level of the tree has at most half of the rows of the one below.
const RATIO: usize = 2;

/// Bytes of a block that is not cut: it is made a triangle within some 20 ms.
const BLOCK_BYTES: usize = 16 << 20;
/// Rows for each column of a block that is not cut either: what the triangles of smaller ones cost would show.
const UNCUT: usize = 64;

/// A matrix as Q times R.
pub(super) struct Tall {
    x: Expr,
    /// Rows of the blocks that are made triangles on their own; no block is all of them.
    rows: Option<usize>,
    /// The factors of the triangles.
    above: Option<Box<Tall>>,
    pub(super) r: Expr,
}

/// Whether a matrix is one that is better made a triangle first.
pub(super) fn is_tall(x: &Expr) -> bool {
    x.ndim() == 2 && x.shape[1] > 0 && x.shape[0] >= RATIO * x.shape[1]
}

impl Tall {
    /// Of (stacks of) matrices of float or complex elements.
    ///
    /// # Errors
    /// None for matrices; what a reshape refuses otherwise.
    pub(super) fn of(x: &Expr) -> Result<Tall> {
        let [.., m, n] = x.shape[..] else { unreachable!("a matrix has rows and columns") };
        let rows = block_rows(x.chunks.0[x.ndim() - 2].largest().max(1), n, x.dtype.itemsize());
        if !is_tall(x) || m <= rows {
            let r = per_block("triangle", vec![], &[(x, 2)], &[m.min(n), n], x.dtype, 0);
            return Ok(Tall { x: x.clone(), rows: None, above: None, r });
        }
        let triangle = |part: &Expr| {
            let height = part.shape[1].min(n);
            let r = per_block("triangle", vec![], &[(part, 2)], &[height, n], x.dtype, 0);
            reshape(&r, &[part.shape[0] * height, n])
        };
        let triangles = parts(x, rows)?.iter().map(triangle).collect::<Result<Vec<_>>>()?;
        // Few enough for the next level to have blocks as high as this one.
        let stacked = join(&triangles, 0);
        let chunks = Chunks(vec![Cuts::regular(stacked.shape[0], rows), Cuts::whole(n)]);
        let above = Tall::of(&rechunk(&stacked, chunks))?;
        Ok(Tall { x: x.clone(), rows: Some(rows), r: above.r.clone(), above: Some(Box::new(above)) })
    }

    /// Whether all rows are one block, which one block function decomposes.
    pub(super) fn is_one(&self) -> bool {
        self.above.is_none()
    }

    /// Q itself.
    ///
    /// # Errors
    /// As above.
    pub(super) fn q(&self) -> Result<Expr> {
        match &self.above {
            Some(above) => self.spread(&above.q()?),
            None => {
                let [.., m, n] = self.x.shape[..] else { unreachable!("a matrix has rows and columns") };
                let params = vec![Param::Str("reduced".into())];
                Ok(per_block("qr", params, &[(&self.x, 2)], &[m, m.min(n)], self.x.dtype, 0))
            }
        }
    }

    /// Q times a matrix with a row for each row of R.
    ///
    /// # Errors
    /// As above.
    pub(super) fn times(&self, b: &Expr) -> Result<Expr> {
        match &self.above {
            Some(above) => self.spread(&above.times(b)?),
            None => Ok(times(&self.x, b)),
        }
    }

    /// The Q of each block times its part of the Q of the triangles.
    fn spread(&self, of_triangles: &Expr) -> Result<Expr> {
        let Some(rows) = self.rows else { return Ok(of_triangles.clone()) };
        let (m, n) = (self.x.shape[0], self.x.shape[1]);
        let k = of_triangles.shape[1];
        let mut done = 0;
        let mut made = vec![];
        for part in parts(&self.x, rows)? {
            let (count, height) = (part.shape[0], part.shape[1].min(n));
            let own = slice(of_triangles, 0, done, done + count * height);
            done += count * height;
            let own = one_by_one(&reshape(&own, &[count, height, k])?);
            made.push(reshape(&times(&part, &own), &[count * part.shape[1], k])?);
        }
        let chunks = Chunks(vec![Cuts::regular(m, rows), Cuts::whole(k)]);
        Ok(rechunk(&join(&made, 0), chunks))
    }
}

/// Rows of the blocks of a matrix of `n` columns in chunks of so many rows: some chunks, or an equal part of one.
fn block_rows(chunk: usize, n: usize, itemsize: usize) -> usize {
    let short = RATIO * n;
    if chunk < short {
        return chunk * short.div_ceil(chunk);
    }
    let most = (BLOCK_BYTES / (n * itemsize).max(1)).max(UNCUT * n).max(1);
    chunk.div_ceil(chunk.div_ceil(most))
}

fn times(x: &Expr, b: &Expr) -> Expr {
    let [.., m, _] = x.shape[..] else { unreachable!("a matrix has rows and columns") };
    per_block("qr_times", vec![], &[(x, 2), (b, 2)], &[m, b.shape[b.ndim() - 1]], x.dtype, 0)
}

/// The blocks of rows as stacks of matrices: those that are whole, and the last one where it is shorter.
fn parts(x: &Expr, rows: usize) -> Result<Vec<Expr>> {
    let (m, n) = (x.shape[0], x.shape[1]);
    let count = m / rows;
    let mut out = vec![one_by_one(&reshape(&slice(x, 0, 0, count * rows), &[count, rows, n])?)];
    if m > count * rows {
        out.push(reshape(&slice(x, 0, count * rows, m), &[1, m - count * rows, n])?);
    }
    Ok(out)
}

/// Each matrix of a stack a chunk.
fn one_by_one(x: &Expr) -> Expr {
    let chunks = Chunks(vec![Cuts::regular(x.shape[0], 1), Cuts::whole(x.shape[1]), Cuts::whole(x.shape[2])]);
    rechunk(x, chunks)
}
