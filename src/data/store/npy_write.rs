//! Writing `.npy` files as `np.save` does: version 1.0, C order, `.npy` added to a name that lacks it.

use super::npy_header;
use super::runs::Runs;
use super::stored::Order;
use super::temporary::Temporary;
use super::writer::{Sink, Writer};
use super::{CreateOptions, StoreFormat};
use crate::data::{Block, Error, Region, Result, Shape, block_bytes, check_interrupt, of_file};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Bytes that are written between two looks at whether the run is cancelled.
const PIECE_BYTES: usize = 8 << 20;

/// Begins an `.npy` file; one that stands there is replaced at the end.
pub(super) fn create(path: &Path, options: &CreateOptions) -> Result<Writer> {
    let path = with_npy(path);
    if path.is_dir() {
        return Err(Error::new(crate::data::ErrorKind::OSError, format!("{}: is a folder", path.display())));
    }
    let sink = NpySink::create(&path, options)?;
    Ok(Writer::new(&path, StoreFormat::Npy, options, sink))
}

/// The name that `np.save` gives a file.
fn with_npy(path: &Path) -> PathBuf {
    let name = path.as_os_str();
    if name.as_encoded_bytes().ends_with(b".npy") {
        return path.to_path_buf();
    }
    let mut name = name.to_os_string();
    name.push(".npy");
    PathBuf::from(name)
}

/// One `.npy` file that is being written.
pub(super) struct NpySink {
    path: PathBuf,
    file: File,
    temporary: Temporary,
    shape: Shape,
    width: usize,
    offset: u64,
}

impl NpySink {
    /// A file of the shape and dtype of the options, its header written.
    pub(super) fn create(path: &Path, options: &CreateOptions) -> Result<NpySink> {
        let (temporary, file) = Temporary::file(path)?;
        let header = npy_header::write(options.dtype, Order::C, &options.shape);
        let width = options.dtype.itemsize();
        let len = header.len() + options.shape.iter().product::<usize>() * width;
        let prepare = || -> std::io::Result<()> {
            file.set_len(len as u64)?;
            file.write_all_at(&header, 0)
        };
        prepare().map_err(|cause| of_file(path, &cause))?;
        let (path, shape, offset) = (path.to_path_buf(), options.shape.clone(), header.len() as u64);
        Ok(NpySink { path, file, temporary, shape, width, offset })
    }
}

impl Sink for NpySink {
    fn write(&self, region: &Region, block: &Block) -> Result<()> {
        let bytes = block_bytes(block).ok_or_else(|| Error::runtime("a block with gaps cannot be written"))?;
        Runs::new(&self.shape, region, self.width).for_each(|offset, place| {
            let at = self.offset + offset as u64;
            bytes[place].chunks(PIECE_BYTES).zip((at..).step_by(PIECE_BYTES)).try_for_each(|(piece, at)| {
                check_interrupt()?;
                self.file.write_all_at(piece, at).map_err(|cause| of_file(&self.path, &cause))
            })
        })
    }

    fn finish(self: Box<Self>) -> Result<PathBuf> {
        self.temporary.publish()
    }
}
