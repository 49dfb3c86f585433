//! Writing an array box by box.

use super::{CreateOptions, StoreFormat, Stored};
use crate::data::{Block, Error, Region, Result, show_shape};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What a format does with the boxes.
pub(super) trait Sink: Send + Sync {
    /// Stores the elements of a box that lies in the shape; `block` is of its shape and dtype, in C order.
    fn write(&self, region: &Region, block: &Block) -> Result<()>;

    /// Makes what was written visible under its name; returns where it is.
    fn finish(self: Box<Self>) -> Result<PathBuf>;
}

/// An array that is being written, under a temporary name until [`Writer::finish`]. Dropped before that, it
/// removes what was written and leaves what stood there before.
pub struct Writer {
    path: PathBuf,
    format: StoreFormat,
    options: CreateOptions,
    sink: Box<dyn Sink>,
    written: AtomicU64,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({}, {})", self.path.display(), show_shape(&self.options.shape))
    }
}

impl Writer {
    /// Begins an array at a path.
    ///
    /// # Errors
    /// `FileExistsError` where something stands there that may not be replaced: a Zarr array without
    /// `overwrite`, or anything that is not of the format (zarr-python raises `ContainsArrayError`).
    /// `ValueError` for what the format cannot hold; otherwise what the system says.
    pub fn create(path: impl AsRef<Path>, format: StoreFormat, options: &CreateOptions) -> Result<Writer> {
        options.check()?;
        (format.row().create)(path.as_ref(), options)
    }

    pub(super) fn new(path: &Path, format: StoreFormat, options: &CreateOptions, sink: impl Sink + 'static) -> Writer {
        Writer {
            path: path.to_path_buf(),
            format,
            options: options.clone(),
            sink: Box::new(sink),
            written: AtomicU64::new(0),
        }
    }

    /// Stores a box. Boxes must not overlap; for Zarr each must be made of whole chunks, for a stack of whole
    /// files. Several threads may write different boxes at once.
    ///
    /// # Errors
    /// `ValueError` for a block of another shape or dtype than the box or the array, or a box that cuts a
    /// chunk; `OSError` where the disk is full.
    pub fn write(&self, region: &Region, block: &Block) -> Result<()> {
        super::reader::region_fits(&self.path, &self.options.shape, region)?;
        if block.shape() != region.len {
            let (has, needs) = (show_shape(block.shape()), show_shape(&region.len));
            return Err(Error::value(format!(
                "{}: a block of shape {has} for a box of shape {needs}",
                self.path.display()
            )));
        }
        if block.dtype() != self.options.dtype {
            let (has, needs) = (block.dtype(), self.options.dtype);
            return Err(Error::type_(format!("{}: a block of {has} for an array of {needs}", self.path.display())));
        }
        if region.size() > 0 {
            self.sink.write(region, &block.contiguous())?;
            self.written.fetch_add(region.size() as u64, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Makes the array visible under its name and opens it.
    ///
    /// # Errors
    /// `RuntimeError` where not every element was written; otherwise what the system says.
    pub fn finish(self) -> Result<Stored> {
        let need: usize = self.options.shape.iter().product();
        let written = self.written.load(Ordering::Relaxed);
        if written != need as u64 {
            return Err(Error::runtime(format!("{}: {written} of {need} elements were written", self.path.display())));
        }
        let path = self.sink.finish()?;
        Stored::open(path, Some(self.format))
    }
}
