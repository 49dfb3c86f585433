//! `.npy` files, read by position.
//!
//! Positional reads instead of a mapping: a mapping's pages count as resident memory outside the budget, and a
//! file that is truncated under a mapping kills the process. A read of a box takes the largest runs of
//! consecutive bytes that the box allows; a whole file is one read.

use super::npy_header::{Header, MAGIC, parse, text_place};
use super::reader::{Handle, Reader, count_read, swap_bytes};
use super::runs::Runs;
use super::stored::{Layout, Order, Stamp, Stored};
use super::{StoreFormat, transpose};
use crate::data::{Chunks, Error, Region, Result, of_file};
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Bytes of a file that are read at once to find its header.
const FIRST_READ: usize = 4 << 10;

/// Whether a file begins as an `.npy` file does.
pub(super) fn recognises(path: &Path) -> bool {
    let mut start = [0; 6];
    path.is_file() && File::open(path).is_ok_and(|file| file.read_exact_at(&mut start, 0).is_ok()) && &start == MAGIC
}

/// Opens an `.npy` file.
pub(super) fn open(path: &Path) -> Result<Stored> {
    let (file, stamp) = NpyFile::open(path)?;
    let header = &file.header;
    Ok(Stored {
        path: path.to_path_buf(),
        format: StoreFormat::Npy,
        shape: header.shape.clone(),
        dtype: header.dtype,
        chunks: Chunks::whole(&header.shape),
        layout: Layout::Npy { offset: header.offset, order: header.order, swapped: header.swapped },
        stamp,
        handle: Handle::opened(file),
    })
}

/// An open `.npy` file.
pub(super) struct NpyFile {
    path: PathBuf,
    file: File,
    pub(super) header: Header,
}

impl NpyFile {
    /// Opens a file and checks that it is as long as its header says.
    pub(super) fn open(path: &Path) -> Result<(NpyFile, Stamp)> {
        let file = File::open(path).map_err(|cause| of_file(path, &cause))?;
        let metadata = file.metadata().map_err(|cause| of_file(path, &cause))?;
        if !metadata.is_file() {
            return Err(Error::os(format!("{}: not a file", path.display())));
        }
        let header = read_header(path, &file)?;
        check_len(path, &header, metadata.len())?;
        Ok((NpyFile { path: path.to_path_buf(), file, header }, Stamp::of(&metadata)))
    }

    fn read_at(&self, offset: usize, out: &mut [u8]) -> Result<()> {
        let at = self.header.offset + offset as u64;
        count_read(out.len());
        self.file.read_exact_at(out, at).map_err(|cause| match cause.kind() {
            ErrorKind::UnexpectedEof => {
                let (path, n) = (self.path.display(), out.len());
                Error::os(format!("{path}: truncated since it was opened: {n} bytes at byte {at} are not there"))
            }
            _ => of_file(&self.path, &cause),
        })
    }
}

impl Reader for NpyFile {
    fn read(&self, region: &Region, out: &mut [u8]) -> Result<()> {
        let Header { dtype, shape, order, swapped, .. } = &self.header;
        let width = dtype.itemsize();
        let long_axes = region.len.iter().filter(|&&n| n > 1).count();
        if *order == Order::C || shape.len() < 2 {
            Runs::new(shape, region, width).read(out, |offset, to| self.read_at(offset, to))?;
        } else if long_axes < 2 {
            // One long axis: both orders hold the same elements in the same order.
            let file_shape: Vec<usize> = shape.iter().rev().copied().collect();
            let turn = |v: &[usize]| v.iter().rev().copied().collect();
            let turned = Region { start: turn(&region.start), len: turn(&region.len) };
            Runs::new(&file_shape, &turned, width).read(out, |offset, to| self.read_at(offset, to))?;
        } else {
            transpose::read_fortran(shape, region, width, out, |offset, to| self.read_at(offset, to))?;
        }
        if *swapped {
            swap_bytes(out, if dtype.is_complex() { width / 2 } else { width });
        }
        Ok(())
    }
}

fn read_header(path: &Path, file: &File) -> Result<Header> {
    let broken = |(at, error): (usize, Error)| Error {
        message: format!("{}: byte {at}: {}", path.display(), error.message),
        ..error
    };
    let mut start = vec![0; FIRST_READ];
    let got = read_some(file, &mut start).map_err(|cause| of_file(path, &cause))?;
    start.truncate(got);
    let (at, len) = text_place(&start).map_err(broken)?;
    if at + len > start.len() {
        start.resize(at + len, 0);
        let got = read_some(file, &mut start).map_err(|cause| of_file(path, &cause))?;
        if got < at + len {
            return Err(broken((got, Error::value(format!("ends inside its header of {len} bytes")))));
        }
    }
    parse(&start[at..at + len], at).map_err(broken)
}

/// Reads from the start until the buffer is full or the file ends.
fn read_some(file: &File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match file.read_at(&mut buffer[got..], got as u64) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(got)
}

fn check_len(path: &Path, header: &Header, len: u64) -> Result<()> {
    let need = header.offset + (header.shape.iter().product::<usize>() * header.dtype.itemsize()) as u64;
    if len == need {
        return Ok(());
    }
    let shape = crate::data::show_shape(&header.shape);
    let (path, dtype) = (path.display(), header.dtype);
    if len < need {
        let message =
            format!("{path}: truncated: ends at byte {len}, but shape {shape} of {dtype} ends at byte {need}");
        return Err(Error::value(message).help("write it again: the end of the array is lost"));
    }
    let message =
        format!("{path}: {} bytes too many from byte {need}, where shape {shape} of {dtype} ends", len - need);
    Err(Error::value(message).help("it holds more than one array, or was damaged"))
}
