//! Stacks of `.npy` files in a folder, as `da.to_npy_stack` writes them: `0.npy`, `1.npy`, …, one a chunk along
//! one axis, and a pickle `info` of chunks, dtype and axis.

use super::npy::NpyFile;
use super::npy_header::descr_dtype;
use super::npy_write::NpySink;
use super::pickle::{self, Value};
use super::reader::{Handle, Reader};
use super::runs::{Place, copy_box};
use super::stored::{Layout, Stamp, Stored};
use super::temporary::Temporary;
use super::writer::{Sink, Writer};
use super::{CreateOptions, StoreFormat};
use crate::data::{Block, Chunks, Cuts, DType, Error, ErrorKind, Region, Result, normalize_axis, of_file, show_shape};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Files kept open: far from the system's usual limit of 1024.
const OPEN_FILES: usize = 64;

/// Whether a folder is a stack.
pub(super) fn recognises(path: &Path) -> bool {
    path.join("info").is_file() && path.join("0.npy").is_file()
}

/// Opens a stack.
pub(super) fn open(path: &Path) -> Result<Stored> {
    let info_path = path.join("info");
    let bytes = fs::read(&info_path).map_err(|cause| of_file(&info_path, &cause))?;
    let in_info = |error: Error| Error { message: format!("{}: {}", info_path.display(), error.message), ..error };
    let (chunks, dtype, axis) = pickle::read(&bytes).and_then(|info| understand(&info)).map_err(in_info)?;
    let mut stamp = Stamp::of_path(&info_path)?;
    for number in 0..chunks.0[axis].count() {
        stamp = stamp.and(Stamp::of_path(&path.join(format!("{number}.npy")))?);
    }
    let reader = StackReader { path: path.to_path_buf(), chunks: chunks.clone(), dtype, axis, open: Mutex::default() };
    Ok(Stored {
        path: path.to_path_buf(),
        format: StoreFormat::NpyStack,
        shape: chunks.shape(),
        dtype,
        chunks,
        layout: Layout::NpyStack { axis },
        stamp,
        handle: Handle::opened(reader),
    })
}

/// Chunks, dtype and axis of an `info`.
fn understand(info: &Value) -> Result<(Chunks, DType, usize)> {
    let wrong = |field: &str| Error::value(format!("`{field}` is missing or wrong"));
    let Some(Value::Tuple(axes)) = info.get("chunks") else { return Err(wrong("chunks")) };
    let mut cuts = Vec::new();
    for sizes in axes {
        let Value::Tuple(sizes) = sizes else { return Err(wrong("chunks")) };
        let sizes: Option<Vec<usize>> =
            sizes.iter().map(|n| if let Value::Int(n) = n { usize::try_from(*n).ok() } else { None }).collect();
        let sizes = sizes.filter(|sizes| !sizes.is_empty()).ok_or_else(|| wrong("chunks"))?;
        sizes.iter().try_fold(0usize, |sum, &n| sum.checked_add(n)).ok_or_else(|| wrong("chunks"))?;
        cuts.push(ragged(&sizes));
    }
    let Some(Value::DType { code, order }) = info.get("dtype") else { return Err(wrong("dtype")) };
    let (dtype, _) = descr_dtype(&format!("{order}{code}"))?;
    let bytes = cuts.iter().try_fold(dtype.itemsize(), |size: usize, cuts| size.checked_mul(cuts.len().max(1)));
    bytes.filter(|&bytes| bytes <= isize::MAX as usize).ok_or_else(|| wrong("chunks"))?;
    let Some(&Value::Int(axis)) = info.get("axis") else { return Err(wrong("axis")) };
    let axis = normalize_axis(axis, cuts.len())?;
    Ok((Chunks(cuts), dtype, axis))
}

/// Cuts that keep every size, so that files and chunks go together one to one.
fn ragged(sizes: &[usize]) -> Cuts {
    let cuts = Cuts::from_sizes(sizes);
    if cuts.count() == sizes.len() {
        return cuts;
    }
    let ends = sizes.iter().scan(0, |at, n| {
        *at += n;
        Some(*at)
    });
    Cuts::Ragged(std::iter::once(0).chain(ends).collect())
}

struct StackReader {
    path: PathBuf,
    chunks: Chunks,
    dtype: DType,
    axis: usize,
    open: Mutex<VecDeque<(usize, Arc<NpyFile>)>>,
}

impl StackReader {
    /// An opened file, checked against what `info` says of it.
    fn file(&self, number: usize) -> Result<Arc<NpyFile>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, file)) = open.iter().find(|(open, _)| *open == number) {
            return Ok(file.clone());
        }
        let path = self.path.join(format!("{number}.npy"));
        let file = Arc::new(NpyFile::open(&path)?.0);
        let mut shape = self.chunks.shape();
        shape[self.axis] = self.chunks.0[self.axis].chunk(number).1;
        if file.header.shape != shape || file.header.dtype != self.dtype {
            let (has, is) = (show_shape(&file.header.shape), file.header.dtype);
            let (says, dtype) = (show_shape(&shape), self.dtype);
            return Err(Error::value(format!(
                "{}: holds {is} of shape {has}, but info says {dtype} of {says}",
                path.display()
            )));
        }
        open.push_back((number, file.clone()));
        if open.len() > OPEN_FILES {
            open.pop_front();
        }
        Ok(file)
    }
}

impl Reader for StackReader {
    fn read(&self, region: &Region, out: &mut [u8]) -> Result<()> {
        let cuts = &self.chunks.0[self.axis];
        let (start, end) = (region.start[self.axis], region.start[self.axis] + region.len[self.axis]);
        let zeros = vec![0; region.len.len()];
        let mut part = Vec::new();
        for number in cuts.find(start)..=cuts.find(end - 1) {
            let (at, len) = cuts.chunk(number);
            let (from, to) = (start.max(at), end.min(at + len));
            if from >= to {
                continue;
            }
            let mut inside = region.clone();
            inside.start[self.axis] = from - at;
            inside.len[self.axis] = to - from;
            let file = self.file(number)?;
            let mut place = zeros.clone();
            place[self.axis] = from - start;
            let width = self.dtype.itemsize();
            // Along the first axis, or within one file, the part of a file is one run of the box.
            if region.len[..self.axis].iter().all(|&n| n == 1) {
                let below: usize = inside.len[self.axis + 1..].iter().product::<usize>() * width;
                file.read(&inside, &mut out[(from - start) * below..(to - start) * below])?;
                continue;
            }
            part.resize(inside.size() * width, 0);
            file.read(&inside, &mut part)?;
            let to = Place { shape: &region.len, start: &place };
            copy_box(&part, Place { shape: &inside.len, start: &zeros }, out, to, &inside.len, width);
        }
        Ok(())
    }
}

/// Begins a stack, cut along the options' axis. A stack that stands there is replaced, as Dask does; a folder
/// that holds anything else is not.
pub(super) fn create(path: &Path, options: &CreateOptions) -> Result<Writer> {
    let axis = normalize_axis(options.axis as i64, options.shape.len())?;
    if let Some(other) = foreign(path) {
        let message = format!("{}: holds {other}, so it cannot become a stack of .npy files", path.display());
        return Err(Error::new(ErrorKind::FileExistsError, message).help("give another name, or move it away"));
    }
    let sizes = options.chunks.0[axis].sizes();
    let temporary = Temporary::folder(path, 0)?;
    let mut files = Vec::new();
    for (number, &size) in sizes.iter().enumerate() {
        let mut one = options.clone();
        one.shape[axis] = size;
        one.chunks = Chunks::whole(&one.shape);
        files.push(one);
        // An empty chunk is never written, and yet Dask wants its file.
        if files[number].shape.contains(&0) {
            Box::new(NpySink::create(&temporary.path().join(format!("{number}.npy")), &files[number])?).finish()?;
        }
    }
    let sink = StackSink {
        temporary,
        files,
        sizes: options.chunks.0[axis].clone(),
        axis,
        dtype: options.dtype,
        shape: options.shape.clone(),
    };
    Ok(Writer::new(path, StoreFormat::NpyStack, options, sink))
}

/// What a path holds that is not part of a stack.
fn foreign(path: &Path) -> Option<String> {
    if path.is_file() {
        return Some("a file".to_string());
    }
    let names = fs::read_dir(path).ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_part =
        |name: &str| name == "info" || name.strip_suffix(".npy").is_some_and(|stem| stem.parse::<usize>().is_ok());
    names.into_iter().find(|name| !is_part(name)).map(|name| format!("`{name}`"))
}

struct StackSink {
    temporary: Temporary,
    files: Vec<CreateOptions>,
    sizes: Cuts,
    axis: usize,
    dtype: DType,
    shape: Vec<usize>,
}

impl Sink for StackSink {
    fn write(&self, region: &Region, block: &Block) -> Result<()> {
        let (start, end) = (region.start[self.axis], region.start[self.axis] + region.len[self.axis]);
        for number in self.sizes.find(start)..=self.sizes.find(end - 1) {
            let (at, len) = self.sizes.chunk(number);
            let whole_files = start <= at && at + len <= end;
            let whole_rest =
                (0..self.shape.len()).all(|axis| axis == self.axis || region.len[axis] == self.shape[axis]);
            if !whole_files || !whole_rest {
                return Err(Error::value(format!("{start}..{end} of axis {} cuts a file of the stack", self.axis)));
            }
            let mut from = vec![0; self.shape.len()];
            from[self.axis] = at - start;
            let file = &self.files[number];
            let part = block.part(&from, &file.shape).contiguous();
            let path = self.temporary.path().join(format!("{number}.npy"));
            let sink = Box::new(NpySink::create(&path, file)?);
            sink.write(&Region::all(&file.shape), &part)?;
            sink.finish()?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<PathBuf> {
        let mut chunks: Vec<Vec<usize>> = self.shape.iter().map(|&n| vec![n]).collect();
        chunks[self.axis] = self.sizes.sizes();
        let path = self.temporary.path().join("info");
        let info = pickle::write_info(&chunks, self.dtype, self.axis);
        fs::write(&path, info).map_err(|cause| of_file(&path, &cause))?;
        self.temporary.publish_over()
    }
}
