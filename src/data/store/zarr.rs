//! Zarr arrays in local folders, versions 2 and 3, chunk by chunk through the `zarrs` crate's codecs.
//!
//! The loop over chunks is here, so that an error names the chunk, a missing chunk is told from a missing
//! array, and the calling thread does all the work, or one thread that works for it alone.

use super::StoreFormat;
use super::reader::{Handle, Reader, count_read};
use super::runs::{Place, copy_box};
use super::stored::{Layout, Stamp, Stored};
use super::zarr_meta::{self, Metadata, Node, node};
use crate::data::{Chunks, Cuts, Error, ErrorKind, Region, Result, leaving, show_shape};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use zarrs::array::{Array, ArrayBytes, ArrayShardedExt, ArraySubset, CodecOptions};
use zarrs::filesystem::FilesystemStore;

/// A part of a chunk smaller than the chunk by this factor is read on its own where the codecs allow.
const PART_OF_CHUNK: usize = 4;

/// Whether a folder is a Zarr array or group.
pub(super) fn recognises(path: &Path) -> bool {
    matches!(node(path), Node::Array | Node::Group)
}

/// The folder of an array inside a group.
pub(super) fn component_path(path: &Path, component: &str) -> Result<PathBuf> {
    let inside = Path::new(component);
    if component.is_empty() || !inside.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(Error::value(format!(
            "component \"{component}\" is not a path inside the group {}",
            path.display()
        )));
    }
    Ok(path.join(inside))
}

/// Opens a Zarr array.
pub(super) fn open(path: &Path) -> Result<Stored> {
    let metadata = zarr_meta::read(path)?;
    let array = guarded(|| {
        let store = FilesystemStore::new(path).map_err(|cause| cause.to_string())?;
        Array::open(Arc::new(store), "/").map_err(|cause| cause.to_string())
    });
    let array = array.map_err(|cause| Error::value(format!("{}: {cause}", metadata.path.display())))?;
    // Of a shard, the chunks inside it can be read one by one.
    let inner = array.effective_subchunk_shape();
    let native = inner.map_or(metadata.chunk_shape.clone(), |shape| shape.iter().map(|n| n.get() as usize).collect());
    let reader = ZarrReader::new(path, &metadata, array);
    Ok(Stored {
        path: path.to_path_buf(),
        format: StoreFormat::Zarr,
        chunks: grid(&metadata.shape, &native),
        shape: metadata.shape,
        dtype: metadata.dtype,
        layout: Layout::Zarr { version: metadata.version },
        stamp: Stamp::of_path(&metadata.path)?,
        handle: Handle::opened(reader),
    })
}

/// The attributes of the Zarr array in a folder.
///
/// # Errors
/// Where its metadata cannot be read.
pub fn zarr_attributes(path: &Path) -> Result<serde_json::Value> {
    Ok(zarr_meta::read(path)?.attributes)
}

pub(super) fn grid(shape: &[usize], chunk_shape: &[usize]) -> Chunks {
    Chunks(shape.iter().zip(chunk_shape).map(|(&n, &size)| Cuts::regular(n, size)).collect())
}

/// Runs code that meets damaged data; a panic in it becomes an error.
pub(super) fn guarded<T>(run: impl FnOnce() -> std::result::Result<T, String>) -> std::result::Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("the data is damaged (the decoder gave up)".to_string()))
}

/// Bytes of a chunk from which on a codec may take longer than a cancelled run is to last: compressing 30 MB/s was seen.
pub(super) const LONG: usize = 1 << 20;

/// Everything on the calling thread.
pub(super) fn codec_options() -> CodecOptions {
    CodecOptions::default().with_concurrent_target(1).with_chunk_concurrent_minimum(1)
}

struct ZarrReader {
    path: PathBuf,
    metadata_path: PathBuf,
    array: Arc<Array<FilesystemStore>>,
    shape: Vec<usize>,
    chunk_shape: Vec<usize>,
    width: usize,
    /// Whether a part of a chunk can be read without the whole.
    parts: bool,
    /// Whether chunks are packed into shards: each is then read on its own.
    sharded: bool,
    number: u64,
}

impl ZarrReader {
    fn new(path: &Path, metadata: &Metadata, array: Array<FilesystemStore>) -> ZarrReader {
        let parts = array.codecs().bytes_to_bytes_codecs().is_empty();
        let sharded = array.effective_subchunk_shape().is_some();
        ZarrReader {
            path: path.to_path_buf(),
            metadata_path: metadata.path.clone(),
            array: Arc::new(array),
            shape: metadata.shape.clone(),
            chunk_shape: metadata.chunk_shape.clone(),
            width: metadata.dtype.itemsize(),
            parts,
            sharded,
            number: crate::data::loaded::new_file(),
        }
    }

    /// Copies the part of one chunk that a box wants to its place in the box.
    fn read_chunk(&self, index: &[usize], region: &Region, out: &mut [u8]) -> Result<()> {
        // Positions along each axis: the chunk begins at `origin`, what is wanted of it at `from`, and takes `len`.
        let origin: Vec<usize> = index.iter().zip(&self.chunk_shape).map(|(i, n)| i * n).collect();
        let from: Vec<usize> = origin.iter().zip(&region.start).map(|(&a, &b)| a.max(b)).collect();
        let end = |k: usize| (origin[k] + self.chunk_shape[k]).min(region.start[k] + region.len[k]);
        let len: Vec<usize> = (0..index.len()).map(|k| end(k) - from[k]).collect();
        let inside: Vec<usize> = from.iter().zip(&origin).map(|(a, b)| a - b).collect();
        let place: Vec<usize> = from.iter().zip(&region.start).map(|(a, b)| a - b).collect();
        let to = Place { shape: &region.len, start: &place };
        let wanted: usize = len.iter().product();
        let number: Vec<u64> = index.iter().map(|&i| i as u64).collect();
        if self.parts && wanted * PART_OF_CHUNK < self.chunk_shape.iter().product() {
            let part = self.part(&number, &inside, &len)?;
            count_read(part.len());
            let zeros = vec![0; len.len()];
            copy_box(&part, Place { shape: &len, start: &zeros }, out, to, &len, self.width);
        } else {
            let chunk = self.chunk(&number)?;
            count_read(std::fs::metadata(self.chunk_path(&number)).map_or(0, |file| file.len() as usize));
            copy_box(&chunk, Place { shape: &self.chunk_shape, start: &inside }, out, to, &len, self.width);
        }
        Ok(())
    }

    fn chunk(&self, number: &[u64]) -> Result<Vec<u8>> {
        let size: usize = self.chunk_shape.iter().product();
        let (array, index) = (self.array.clone(), number.to_vec());
        let retrieve = move || {
            guarded(|| {
                let found = array.retrieve_chunk_if_exists_opt::<ArrayBytes<'static>>(&index, &codec_options());
                found.map_err(|cause| cause.to_string())
            })
        };
        let found = if size * self.width < LONG { retrieve() } else { leaving(retrieve)? };
        let Some(bytes) = found.map_err(|cause| self.damaged(number, &cause))? else { return self.filled(size) };
        self.checked(number, bytes, size)
    }

    fn part(&self, number: &[u64], start: &[usize], len: &[usize]) -> Result<Vec<u8>> {
        let size = len.iter().product();
        if !self.chunk_path(number).exists() {
            return self.filled(size);
        }
        let wide = |v: &[usize]| v.iter().map(|&n| n as u64).collect::<Vec<u64>>();
        let found = guarded(|| {
            let subset =
                ArraySubset::new_with_start_shape(wide(start), wide(len)).map_err(|cause| cause.to_string())?;
            let found = self.array.retrieve_chunk_subset_opt::<ArrayBytes<'static>>(number, &subset, &codec_options());
            found.map_err(|cause| cause.to_string())
        });
        self.checked(number, found.map_err(|cause| self.damaged(number, &cause))?, size)
    }

    fn checked(&self, number: &[u64], bytes: ArrayBytes<'static>, size: usize) -> Result<Vec<u8>> {
        let bytes = bytes.into_fixed().map_err(|cause| self.damaged(number, &cause.to_string()))?.into_owned();
        if bytes.len() == size * self.width {
            return Ok(bytes);
        }
        let cause = format!("it holds {} bytes, not {}", bytes.len(), size * self.width);
        Err(self.damaged(number, &cause))
    }

    /// What a missing chunk means: the fill value, as long as the array itself is still there.
    fn filled(&self, size: usize) -> Result<Vec<u8>> {
        if !self.metadata_path.exists() {
            let message = format!("{}: is gone since the array was opened", self.metadata_path.display());
            return Err(Error::new(ErrorKind::FileNotFoundError, message));
        }
        let value = self.array.fill_value().as_ne_bytes();
        if value.len() != self.width {
            return Err(Error::value(format!("{}: the fill value is of another dtype", self.metadata_path.display())));
        }
        Ok(value.repeat(size))
    }

    fn chunk_path(&self, number: &[u64]) -> PathBuf {
        self.path.join(self.array.chunk_key(number).as_str())
    }

    fn damaged(&self, number: &[u64], cause: &str) -> Error {
        let index: Vec<usize> = number.iter().map(|&n| n as usize).collect();
        let (path, index) = (self.chunk_path(number), show_shape(&index));
        Error::os(format!("{}: chunk {index} cannot be read: {cause}", path.display()))
    }
}

impl Reader for ZarrReader {
    fn whole_chunks(&self) -> Option<u64> {
        (self.sharded || !self.parts).then_some(self.number)
    }

    fn read(&self, region: &Region, out: &mut [u8]) -> Result<()> {
        let grid = grid(&self.shape, &self.chunk_shape);
        let first: Vec<usize> = grid.0.iter().zip(&region.start).map(|(cuts, &at)| cuts.find(at)).collect();
        let last =
            grid.0.iter().zip(region.start.iter().zip(&region.len)).map(|(cuts, (&at, &n))| cuts.find(at + n - 1));
        let counts = Chunks(first.iter().zip(last).map(|(a, b)| Cuts::regular(b - a + 1, 1)).collect());
        for number in 0..counts.count() {
            let index: Vec<usize> = counts.unravel(number).iter().zip(&first).map(|(i, a)| i + a).collect();
            self.read_chunk(&index, region, out)?;
        }
        Ok(())
    }
}
