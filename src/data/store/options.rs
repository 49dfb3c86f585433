//! What is chosen when an array is created on disk.

use crate::data::{Chunks, DType, Error, Result, Shape, nearest};
use serde_json::{Map, Value};

/// Everything about an array to be created. Start from [`CreateOptions::new`] and change what differs.
#[derive(Clone, Debug)]
pub struct CreateOptions {
    pub shape: Shape,
    pub dtype: DType,
    /// The grid it is stored in. Zarr wants regular cuts; a stack of `.npy` files is cut along `axis` alone;
    /// one `.npy` file ignores it.
    pub chunks: Chunks,
    /// Whether a Zarr array that stands there may be replaced. The old one stays until the new one is complete.
    pub overwrite: bool,
    /// The axis along which the files of a stack follow one another.
    pub axis: usize,
    /// The version of the Zarr format: 2 or 3.
    pub zarr_format: u8,
    /// How Zarr chunks are compressed.
    pub compressor: Compressor,
    /// The array's place inside a Zarr group, such as `a/b`; the groups on the way are made.
    pub component: Option<String>,
    /// Attributes kept with a Zarr array.
    pub attributes: Map<String, Value>,
}

impl CreateOptions {
    /// The defaults of zarr-python 3 and NumPy: Zarr version 3, zstd, nothing replaced.
    pub fn new(shape: &[usize], dtype: DType, chunks: Chunks) -> CreateOptions {
        CreateOptions {
            shape: shape.to_vec(),
            dtype,
            chunks,
            overwrite: false,
            axis: 0,
            zarr_format: 3,
            compressor: Compressor::Zstd,
            component: None,
            attributes: Map::new(),
        }
    }

    /// Refuses what no format can store: an unknown length, chunks of another shape, more bytes than countable.
    pub(super) fn check(&self) -> Result<()> {
        if self.shape.contains(&crate::data::UNKNOWN) {
            let error = Error::value("an array whose shape is not known cannot be stored");
            return Err(error.help("compute it first, or call .compute_chunk_sizes()"));
        }
        if self.chunks.shape() != self.shape {
            return Err(Error::value(format!(
                "chunks {} do not cut shape {}",
                self.chunks.show(),
                crate::data::show_shape(&self.shape)
            )));
        }
        let bytes = self.shape.iter().try_fold(self.dtype.itemsize(), |size, &n| size.checked_mul(n.max(1)));
        match bytes {
            Some(bytes) if bytes <= isize::MAX as usize => Ok(()),
            _ => Err(Error::value(format!(
                "shape {} takes more bytes than can be counted",
                crate::data::show_shape(&self.shape)
            ))),
        }
    }
}

/// A compressor of Zarr chunks, at zarr-python's default level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compressor {
    /// Bytes as they are.
    None,
    /// Zstandard, level 0 (which zstd reads as its own default, 3).
    Zstd,
    /// Gzip, level 5 (1 in version 2).
    Gzip,
    /// Blosc with zstd (lz4 in version 2), level 5, bytes shuffled.
    Blosc,
}

/// The names of the compressors.
const COMPRESSORS: &[(&str, Compressor)] =
    &[("zstd", Compressor::Zstd), ("gzip", Compressor::Gzip), ("blosc", Compressor::Blosc), ("none", Compressor::None)];

impl Compressor {
    /// The compressor of a name: `zstd`, `gzip`, `blosc` or `none`.
    ///
    /// # Errors
    /// `ValueError` with the nearest name where there is none.
    pub fn from_name(name: &str) -> Result<Compressor> {
        let lower = name.to_ascii_lowercase();
        if let Some(row) = COMPRESSORS.iter().find(|row| row.0 == lower) {
            return Ok(row.1);
        }
        let error = Error::value(format!("unknown compressor `{name}`"));
        Err(match nearest(&lower, COMPRESSORS.iter().map(|row| row.0)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("known compressors: zstd, gzip, blosc, none"),
        })
    }
}
