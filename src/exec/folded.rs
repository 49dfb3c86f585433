//! The parts of the folded axes that are folded on their own, in the order in which they are merged.

use super::fused::slabs;
use crate::data::{Chunks, Region};

/// Elements of a part that is folded on its own: enough that starting it (about 2 us) does not count, few enough that
/// threads share the work of one chunk.
pub(crate) const PART: usize = 256 * 1024;

/// Chunks of the folded axes, cut again where they are long. The cuts depend on the folded axes alone, so that what is
/// sliced away of the kept ones changes no bit.
pub(crate) enum FoldedParts {
    /// Each chunk is a part. They are not listed: a list of 1,000,000 takes 100 MB.
    Chunks(Chunks),
    Cut(Vec<Region>),
}

impl FoldedParts {
    /// The parts of a grid that has one place along the kept axes.
    pub(crate) fn of(grid: Chunks) -> FoldedParts {
        if grid.chunksize().iter().product::<usize>() <= PART {
            return FoldedParts::Chunks(grid);
        }
        let chunks = (0..grid.count()).map(|number| grid.region(&grid.unravel(number)));
        FoldedParts::Cut(chunks.flat_map(|chunk| slabs(&chunk, PART)).collect())
    }

    /// The parts of one chunk.
    pub(crate) fn of_chunk(chunk: &Region) -> FoldedParts {
        FoldedParts::Cut(slabs(chunk, PART))
    }

    pub(crate) fn count(&self) -> usize {
        match self {
            FoldedParts::Chunks(grid) => grid.count(),
            FoldedParts::Cut(parts) => parts.len(),
        }
    }

    pub(crate) fn region(&self, number: usize) -> Region {
        match self {
            FoldedParts::Chunks(grid) => grid.region(&grid.unravel(number)),
            FoldedParts::Cut(parts) => parts[number].clone(),
        }
    }

    /// Elements of the longest part.
    pub(crate) fn longest(&self) -> usize {
        match self {
            FoldedParts::Chunks(grid) => grid.chunksize().iter().product(),
            FoldedParts::Cut(parts) => parts.iter().map(Region::size).max().unwrap_or(1),
        }
    }
}
