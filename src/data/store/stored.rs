//! A stored array: what is needed to read any box of it.

use super::reader::{Handle, Reader, region_fits};
use super::{StoreFormat, zarr};
use crate::data::bytes::fill_bytes;
use crate::data::loaded;
use crate::data::{Block, Chunks, DType, Element, Error, Region, Result, Shape, of_file, show_shape};
use crate::with_dtype;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// A stored array: plain data that can be shared, compared, hashed and sent elsewhere.
///
/// Two are equal where path, format, metadata and the file's age and length are. Opened files travel along
/// but do not count; after deserialising, they are opened again at the first read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stored {
    /// Where it is, absolute.
    pub path: PathBuf,
    pub format: StoreFormat,
    pub shape: Shape,
    pub dtype: DType,
    /// The grid in which it is stored; one chunk for `.npy`.
    pub chunks: Chunks,
    /// What the format knows besides.
    pub layout: Layout,
    /// Age and length of the files, so that a changed file is another array.
    pub stamp: Stamp,
    #[serde(skip)]
    pub(super) handle: Handle,
}

/// What a format knows besides shape, dtype and chunks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Layout {
    /// Where the elements begin and how they lie.
    Npy { offset: u64, order: Order, swapped: bool },
    /// The axis along which the files follow one another.
    NpyStack { axis: usize },
    /// The version of the format: 2 or 3.
    Zarr { version: u8 },
}

/// Which axis runs fastest in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Order {
    /// The last.
    C,
    /// The first.
    Fortran,
}

/// Age and length of what is on disk. For Zarr, that of the metadata: a chunk changed in place goes unnoticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    pub modified_ns: u64,
    pub len: u64,
}

impl Stamp {
    /// The stamp of one file.
    pub(super) fn of(metadata: &std::fs::Metadata) -> Stamp {
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        Stamp { modified_ns: modified.map_or(0, |at| at.as_nanos() as u64), len: metadata.len() }
    }

    /// The stamp of the file at a path.
    pub(super) fn of_path(path: &Path) -> Result<Stamp> {
        Ok(Stamp::of(&std::fs::metadata(path).map_err(|cause| of_file(path, &cause))?))
    }

    /// The stamp of two files together: the later age, all bytes.
    pub(super) fn and(self, other: Stamp) -> Stamp {
        Stamp { modified_ns: self.modified_ns.max(other.modified_ns), len: self.len.wrapping_add(other.len) }
    }
}

impl Stored {
    /// Opens the array at a path; the format is what stands there where none is given.
    ///
    /// # Errors
    /// `FileNotFoundError` and kin from the system; `ValueError` and `TypeError` naming the file, the byte or
    /// field, and the cause where it is not an array this reads.
    pub fn open(path: impl AsRef<Path>, format: Option<StoreFormat>) -> Result<Stored> {
        let path = path.as_ref();
        let format = format.map_or_else(|| StoreFormat::of_path(path), Ok)?;
        let absolute = std::fs::canonicalize(path).map_err(|cause| of_file(path, &cause))?;
        (format.row().open)(&absolute)
    }

    /// Opens the array `component` (such as `a/b`) of the Zarr group at a path.
    ///
    /// # Errors
    /// As [`Stored::open`]; `ValueError` where the component leaves the group.
    pub fn open_component(path: impl AsRef<Path>, component: &str) -> Result<Stored> {
        Stored::open(zarr::component_path(path.as_ref(), component)?, Some(StoreFormat::Zarr))
    }

    /// The block of a box: in C order without gaps, in the machine's byte order.
    ///
    /// # Errors
    /// `IndexError` where the box leaves the shape; otherwise what reading the file says.
    pub fn read(&self, region: &Region) -> Result<Block> {
        with_dtype!(self.dtype, T => self.read_vec::<T>(region).map(|values| Block::from_vec(&region.len, values)))
    }

    /// One chunk of the array's own grid, shared with whoever else wants it now and kept while there is room.
    ///
    /// # Errors
    /// What reading the file says.
    pub fn chunk(&self, number: usize) -> Result<Block> {
        let region = self.chunks.region(&self.chunks.unravel(number));
        match self.reader()?.whole_chunks() {
            Some(file) => loaded::get((file, number), region.size() * self.dtype.itemsize(), || self.read(&region)),
            None => self.read(&region),
        }
    }

    /// Whether a part of a chunk costs as much to read as the whole: it is compressed.
    pub fn is_in_whole_chunks(&self) -> bool {
        self.chunks.count() > 1 && self.reader().is_ok_and(|reader| reader.whole_chunks().is_some())
    }

    fn read_vec<T: Element>(&self, region: &Region) -> Result<Vec<T>> {
        region_fits(&self.path, &self.shape, region)?;
        // Asked for first, since `vec!` of zeros, which costs no pass over memory, aborts where there is none.
        Vec::<T>::new().try_reserve_exact(region.size()).map_err(|_| self.no_memory(region))?;
        let mut values = vec![T::default(); region.size()];
        self.read_into(region, &mut values)?;
        Ok(values)
    }

    fn no_memory(&self, region: &Region) -> Error {
        let bytes = region.size().saturating_mul(self.dtype.itemsize());
        Error::memory(format!(
            "{}: cannot hold {bytes} bytes to read a box of shape {}",
            self.path.display(),
            show_shape(&region.len)
        ))
    }

    /// Fills `out` with the elements of a box in C order.
    ///
    /// # Errors
    /// `TypeError` where `T` is not the array's dtype, `ValueError` where `out` is not as long as the box,
    /// `IndexError` where the box leaves the shape; otherwise what reading the file says.
    pub fn read_into<T: Element>(&self, region: &Region, out: &mut [T]) -> Result<()> {
        region_fits(&self.path, &self.shape, region)?;
        if T::DTYPE != self.dtype {
            let (is, asked) = (self.dtype, T::DTYPE);
            return Err(Error::type_(format!("{}: holds {is}, not {asked}", self.path.display())));
        }
        if out.len() != region.size() {
            let (need, have) = (region.size(), out.len());
            return Err(Error::value(format!("a box of {need} elements does not fit a buffer of {have}")));
        }
        if out.is_empty() {
            return Ok(());
        }
        let reader = self.reader()?;
        fill_bytes(out, |bytes| reader.read(region, bytes))
    }

    /// The opened files; opens them where this came from elsewhere.
    fn reader(&self) -> Result<Arc<dyn Reader>> {
        self.handle.get_or_open(|| {
            let again = (self.format.row().open)(&self.path)?;
            if (&again.shape, again.dtype, &again.layout) != (&self.shape, self.dtype, &self.layout) {
                let message = format!("{}: changed on disk since it was opened", self.path.display());
                return Err(Error::os(message).help("open it again"));
            }
            again.reader()
        })
    }

    /// Attributes kept with the array (Zarr); an empty object for formats that keep none.
    ///
    /// # Errors
    /// Where the metadata cannot be read.
    pub fn attributes(&self) -> Result<serde_json::Value> {
        match self.format {
            StoreFormat::Zarr => zarr::zarr_attributes(&self.path),
            StoreFormat::Npy | StoreFormat::NpyStack => Ok(serde_json::json!({})),
        }
    }

    /// Bytes of the whole array in memory.
    pub fn nbytes(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.itemsize()
    }
}
