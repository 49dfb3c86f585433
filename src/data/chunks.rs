//! Chunk grids: how each axis is cut. Regular cuts take no memory however many there are.

use crate::data::{Region, UNKNOWN};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How one axis is cut.
#[derive(Clone, Debug, Eq, Serialize, Deserialize)]
pub enum Cuts {
    /// Chunks of `size`, the last one shorter where `len` is not a multiple.
    Regular { len: usize, size: usize },
    /// Chunks that start at each offset but the last, which is the axis's length.
    Ragged(Arc<[usize]>),
}

impl Cuts {
    /// One chunk.
    pub fn whole(len: usize) -> Cuts {
        Cuts::Regular { len, size: len.max(1) }
    }

    /// Chunks of `size` (at least 1).
    pub fn regular(len: usize, size: usize) -> Cuts {
        Cuts::Regular { len, size: size.clamp(1, len.max(1)) }
    }

    /// Chunks of the given sizes, stored as regular cuts where they are.
    pub fn from_sizes(sizes: &[usize]) -> Cuts {
        if sizes.contains(&UNKNOWN) {
            return Cuts::Regular { len: UNKNOWN, size: UNKNOWN };
        }
        let len = sizes.iter().sum();
        let first = sizes.first().copied().unwrap_or(0);
        let regular = match sizes {
            [] | [_] => true,
            [body @ .., last] => first > 0 && body.iter().all(|&s| s == first) && *last <= first && *last > 0,
        };
        if regular {
            return Cuts::regular(len, first);
        }
        let ends = sizes.iter().scan(0, |at, s| {
            *at += s;
            Some(*at)
        });
        Cuts::Ragged(std::iter::once(0).chain(ends).collect())
    }

    /// The axis's length.
    pub fn len(&self) -> usize {
        match self {
            Cuts::Regular { len, .. } => *len,
            Cuts::Ragged(offsets) => offsets.last().copied().unwrap_or(0),
        }
    }

    /// Whether the axis has no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of chunks; an empty axis has one empty chunk.
    pub fn count(&self) -> usize {
        match self {
            Cuts::Regular { len, .. } if *len == UNKNOWN => 1,
            Cuts::Regular { len, size } => len.div_ceil(*size).max(1),
            Cuts::Ragged(offsets) => offsets.len() - 1,
        }
    }

    /// Start and length of a chunk.
    pub fn chunk(&self, index: usize) -> (usize, usize) {
        match self {
            Cuts::Regular { len, size } => (index * size, (*size).min(len - index * size)),
            Cuts::Ragged(offsets) => (offsets[index], offsets[index + 1] - offsets[index]),
        }
    }

    /// The length of each chunk.
    pub fn sizes(&self) -> Vec<usize> {
        (0..self.count()).map(|i| self.chunk(i).1).collect()
    }

    /// The chunk that holds a position.
    pub fn find(&self, position: usize) -> usize {
        match self {
            Cuts::Regular { size, .. } => position / size,
            Cuts::Ragged(offsets) => offsets.partition_point(|&o| o <= position) - 1,
        }
    }

    /// The largest chunk.
    pub fn largest(&self) -> usize {
        match self {
            Cuts::Regular { len, size } => (*size).min(*len),
            Cuts::Ragged(offsets) => offsets.windows(2).map(|w| w[1] - w[0]).max().unwrap_or(0),
        }
    }

    /// The offsets at which chunks start, and the length.
    pub fn offsets(&self) -> Vec<usize> {
        match self {
            Cuts::Ragged(offsets) => offsets.to_vec(),
            Cuts::Regular { len, .. } => (0..self.count()).map(|i| self.chunk(i).0).chain([*len]).collect(),
        }
    }
}

impl PartialEq for Cuts {
    fn eq(&self, other: &Cuts) -> bool {
        match (self, other) {
            (Cuts::Regular { len: a, size: x }, Cuts::Regular { len: b, size: y }) => a == b && x.min(a) == y.min(b),
            (Cuts::Ragged(a), Cuts::Ragged(b)) => a == b,
            _ => self.len() == other.len() && self.count() == other.count() && self.offsets() == other.offsets(),
        }
    }
}

impl std::hash::Hash for Cuts {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.len(), self.count(), self.largest()).hash(state);
    }
}

/// The chunk grid of an array: one [`Cuts`] an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chunks(pub Vec<Cuts>);

impl Chunks {
    /// One chunk.
    pub fn whole(shape: &[usize]) -> Chunks {
        Chunks(shape.iter().map(|&n| Cuts::whole(n)).collect())
    }

    /// The lengths of the axes.
    pub fn shape(&self) -> Vec<usize> {
        self.0.iter().map(Cuts::len).collect()
    }

    /// The number of chunks along each axis.
    pub fn numblocks(&self) -> Vec<usize> {
        self.0.iter().map(Cuts::count).collect()
    }

    /// The number of chunks.
    pub fn count(&self) -> usize {
        self.0.iter().map(Cuts::count).product()
    }

    /// The largest chunk along each axis (Dask's `chunksize`).
    pub fn chunksize(&self) -> Vec<usize> {
        self.0.iter().map(Cuts::largest).collect()
    }

    /// The box of a chunk, by its index along each axis.
    pub fn region(&self, index: &[usize]) -> Region {
        let (start, len) = self.0.iter().zip(index).map(|(cuts, &i)| cuts.chunk(i)).unzip();
        Region { start, len }
    }

    /// The index along each axis of the chunk of a C-order number.
    pub fn unravel(&self, mut number: usize) -> Vec<usize> {
        let mut index = vec![0; self.0.len()];
        for (slot, cuts) in index.iter_mut().zip(&self.0).rev() {
            *slot = number % cuts.count();
            number /= cuts.count();
        }
        index
    }

    /// The C-order number of the chunk of an index along each axis.
    pub fn ravel(&self, index: &[usize]) -> usize {
        self.0.iter().zip(index).fold(0, |number, (cuts, i)| number * cuts.count() + i)
    }

    /// The C-order numbers of the chunks that a box touches.
    pub fn within(&self, region: &Region) -> Vec<usize> {
        let mut numbers = vec![0];
        for (axis, cuts) in self.0.iter().enumerate() {
            let (start, len) = (region.start[axis], region.len[axis]);
            let touched = cuts.find(start)..=cuts.find(start + len.max(1) - 1);
            numbers = numbers.iter().flat_map(|n| touched.clone().map(move |i| n * cuts.count() + i)).collect();
        }
        numbers
    }

    /// The chunks as Dask prints them: `((3, 3, 2), (4, 4))`; long axes are shortened past 20 chunks.
    pub fn show(&self) -> String {
        let axes: Vec<String> = self.0.iter().map(|cuts| crate::data::show_shape(&cuts.sizes())).collect();
        match axes.as_slice() {
            [one] => format!("({one},)"),
            _ => format!("({})", axes.join(", ")),
        }
    }
}
