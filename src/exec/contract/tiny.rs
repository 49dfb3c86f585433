//! Batches of matrices that are too small to be packed: each is multiplied where it lies. Not for complex numbers.

use super::cut::cut_batch;
use super::operand::{Entry, Operand};
use super::sums::{Sums, Tile, position, write_made};
use super::{Job, PANEL, Product, WORK};
use crate::data::{Region, Result};
use crate::ops::vector::Level;
use crate::ops::vector::streamed::small_products;

/// Multiply-adds of a matrix that is not packed: 8 x 8 x 8 take as long either way.
const TINY: usize = 8 * 8 * 8;

impl Product<'_> {
    /// Whether the matrices of a block are too small to be packed.
    pub(super) fn is_tiny<E: Entry>(&self, block: &Region) -> bool {
        let (matrices, sides) = block.len.split_at(self.batch());
        let work = sides.iter().product::<usize>().saturating_mul(self.steps());
        !E::IS_COMPLEX && work <= TINY && self.steps() > 0 && matrices.iter().product::<usize>() > 1
    }

    /// Multiplies the matrices of a block, some of them a task.
    ///
    /// # Errors
    /// What a leaf refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(super) fn tiny<E: Entry>(&self, job: &Job<'_, E::Factor>) -> Result<()> {
        let batch = self.batch();
        let (n, m, k) = (job.block.len[batch], job.block.len[batch + 1], self.steps());
        let runs = cut_batch(job.block, batch, (WORK / (n * m * k)).max(1));
        self.each(!job.alone, runs.len(), |number| {
            self.context.check()?;
            let run = &runs[number];
            let [a, b] = self.open::<E>(run, &(0..k))?;
            if a.is_in_matrices(n, k) && b.is_in_matrices(m, k) {
                write_made::<E>(run, job, |out| multiply::<E>(run, (n, k, m), [&a, &b], out));
            } else {
                let tile = Tile::new::<E>(run.clone(), false);
                let mut sums = Sums::zeros::<E>(&tile);
                sums.multiply::<E>(&tile, [&a, &b], 0..k, PANEL, self.context)?;
                sums.write::<E>(&tile, job);
            }
            self.context.done(run.size() * self.output.dtype.itemsize());
            Ok(())
        })
    }
}

/// The products of a run of matrices, line by line of the last axis of the batch.
fn multiply<E: Entry>(run: &Region, (n, k, m): (usize, usize, usize), [a, b]: [&Operand; 2], out: &mut [E::Factor]) {
    let (batch, size) = (run.len.len() - 2, n * m);
    let count = run.len[batch - 1];
    for (line, out) in out.chunks_exact_mut(count * size).enumerate() {
        let mut first = position(run, batch, line * count);
        let mut done = 0;
        while done < count {
            let at = &first[..batch];
            let (Some((a, more)), Some((b, other))) = (a.matrices::<E>(at), b.matrices::<E>(at)) else { return };
            let few = more.min(other).min(count - done);
            small_products(Level::best(), a, b, (n, k, m), &mut out[done * size..(done + few) * size]);
            (done, first[batch - 1]) = (done + few, first[batch - 1] + few);
        }
    }
}
