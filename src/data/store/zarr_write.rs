//! Writing Zarr arrays: whole chunks into a folder of a temporary name, metadata last, then one change of name.

use super::runs::{Place, copy_box};
use super::temporary::{Temporary, unique_name};
use super::writer::{Sink, Writer};
use super::zarr::{LONG, codec_options, component_path, grid, guarded};
use super::zarr_meta::{Node, array_files, chunk_shape, group_file, node};
use super::{CreateOptions, StoreFormat};
use crate::data::{
    Block, Chunks, Error, ErrorKind, Region, Result, block_bytes, check_interrupt, leaving, of_file, show_shape,
};
use serde_json::Value;
use std::borrow::Cow;
use std::fs;
use std::io::Write;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zarrs::array::{Array, ArrayBytes, ArrayToBytesCodecTraits};
use zarrs::filesystem::FilesystemStore;
use zarrs::metadata::ArrayMetadata;

/// Bytes that are written between two looks at whether the run was cancelled.
const PIECE_BYTES: usize = 8 << 20;

/// Begins a Zarr array at a path, or at the component of the group there.
pub(super) fn create(path: &Path, options: &CreateOptions) -> Result<Writer> {
    let target = match &options.component {
        Some(component) => component_path(path, component)?,
        None => path.to_path_buf(),
    };
    let groups = groups_on_the_way(path, &target, options)?;
    may_stand_at(&target, options.overwrite)?;
    let chunk_shape = chunk_shape(options)?;
    let files = array_files(options, &chunk_shape)?;
    let temporary = Temporary::folder(&target, groups.len())?;
    let (name, json) = files.last().ok_or_else(|| Error::runtime("no metadata"))?;
    let array = guarded(|| {
        let store = FilesystemStore::new(temporary.path()).map_err(|cause| cause.to_string())?;
        let metadata: ArrayMetadata = serde_json::from_value(json.clone()).map_err(|cause| cause.to_string())?;
        Array::new_with_metadata(Arc::new(store), "/", metadata).map_err(|cause| cause.to_string())
    });
    let array = array.map_err(|cause| Error::value(format!("{}: {cause}", target.join(name).display())))?;
    let grid = grid(&options.shape, &chunk_shape);
    let width = options.dtype.itemsize();
    let sink =
        ZarrSink { target: target.clone(), temporary, array: Arc::new(array), grid, chunk_shape, width, files, groups };
    Ok(Writer::new(&target, StoreFormat::Zarr, options, sink))
}

/// Refuses to replace what may not be replaced.
fn may_stand_at(target: &Path, overwrite: bool) -> Result<()> {
    let exists = |what: &str| Error::new(ErrorKind::FileExistsError, format!("{}: {what}", target.display()));
    match node(target) {
        Node::Absent | Node::Empty => Ok(()),
        Node::Foreign => {
            Err(exists("something that is not Zarr stands there").help("give another name, or move it away"))
        }
        _ if overwrite => Ok(()),
        Node::Array => {
            Err(exists("a Zarr array stands there").help("overwrite=True replaces it once the new one is complete"))
        }
        Node::Group => {
            Err(exists("a Zarr group stands there").help("component=\"…\" writes into it; overwrite=True replaces it"))
        }
    }
}

/// The folders from the root to the array that must become groups, outermost first.
fn groups_on_the_way(root: &Path, target: &Path, options: &CreateOptions) -> Result<Vec<PathBuf>> {
    let mut groups = Vec::new();
    if root == target {
        return Ok(groups);
    }
    for folder in target.ancestors().skip(1).take_while(|folder| folder.starts_with(root)) {
        match node(folder) {
            Node::Group => {
                let name = group_file(options.zarr_format).0;
                if !folder.join(name).exists() {
                    let (path, version) = (folder.display(), options.zarr_format);
                    return Err(Error::value(format!(
                        "{path}: a Zarr group of another version than zarr_format={version}"
                    )));
                }
            }
            Node::Absent | Node::Empty => groups.push(folder.to_path_buf()),
            Node::Array | Node::Foreign => {
                let message = format!("{}: not a Zarr group, so it cannot hold a component", folder.display());
                return Err(Error::new(ErrorKind::FileExistsError, message));
            }
        }
    }
    groups.reverse();
    Ok(groups)
}

struct ZarrSink {
    target: PathBuf,
    temporary: Temporary,
    array: Arc<Array<FilesystemStore>>,
    grid: Chunks,
    chunk_shape: Vec<usize>,
    width: usize,
    files: Vec<(&'static str, Value)>,
    groups: Vec<PathBuf>,
}

impl ZarrSink {
    /// The numbers of the first chunk of a box and of the one past its last; refuses a box that cuts a chunk.
    fn chunks_of(&self, region: &Region) -> Result<(Vec<usize>, Vec<usize>)> {
        let mut bounds = (Vec::new(), Vec::new());
        for (axis, cuts) in self.grid.0.iter().enumerate() {
            let (start, end) = (region.start[axis], region.start[axis] + region.len[axis]);
            let size = self.chunk_shape[axis];
            if !start.is_multiple_of(size) || !(end.is_multiple_of(size) || end == cuts.len()) {
                let (path, chunks) = (self.target.display(), show_shape(&self.chunk_shape));
                return Err(Error::value(format!("{path}: {start}..{end} of axis {axis} cuts a chunk of {chunks}")));
            }
            bounds.0.push(start / size);
            bounds.1.push(end.div_ceil(size) - start / size);
        }
        Ok(bounds)
    }

    /// The elements of one chunk, past the array's edge filled with zeros; none where the block is the chunk.
    fn chunk(&self, index: &[usize], region: &Region, bytes: &[u8]) -> Option<Vec<u8>> {
        if region.len == self.chunk_shape {
            return None;
        }
        let chunk = self.grid.region(index);
        let mut whole = vec![0; self.chunk_shape.iter().product::<usize>() * self.width];
        let from: Vec<usize> = chunk.start.iter().zip(&region.start).map(|(a, b)| a - b).collect();
        let zeros = vec![0; index.len()];
        let at = Place { shape: &region.len, start: &from };
        copy_box(bytes, at, &mut whole, Place { shape: &self.chunk_shape, start: &zeros }, &chunk.len, self.width);
        Some(whole)
    }

    /// Encodes and writes a chunk: a block, or the bytes that were put together for it.
    fn store(&self, index: &[usize], block: &Block, whole: Option<Vec<u8>>) -> Result<()> {
        let bytes = whole.as_deref().or_else(|| block_bytes(block)).unwrap_or_default();
        // The fill value is zero, and a chunk of nothing else is left out, as zarr-python does.
        if bytes.iter().all(|&byte| byte == 0) {
            return Ok(());
        }
        let number: Vec<u64> = index.iter().map(|&i| i as u64).collect();
        let name = self.array.chunk_key(&number);
        let encoded = if bytes.len() < LONG {
            encode(&self.array, &self.chunk_shape, bytes)
        } else {
            let (array, shape, block) = (self.array.clone(), self.chunk_shape.clone(), block.clone());
            leaving(move || {
                let bytes = whole.as_deref().or_else(|| block_bytes(&block)).unwrap_or_default();
                encode(&array, &shape, bytes)
            })?
        };
        let path = self.target.join(name.as_str());
        let encoded =
            encoded.map_err(|cause| Error::runtime(format!("{}: cannot be encoded: {cause}", path.display())))?;
        write_renamed(&self.temporary.path().join(name.as_str()), &encoded, &path)
    }
}

/// A chunk's bytes as they are stored.
fn encode(array: &Array<FilesystemStore>, shape: &[usize], bytes: &[u8]) -> std::result::Result<Vec<u8>, String> {
    guarded(|| {
        let shape: Vec<NonZeroU64> = shape.iter().filter_map(|&n| NonZeroU64::new(n as u64)).collect();
        let (dtype, fill) = (array.data_type(), array.fill_value());
        let encoded = array.codecs().encode(ArrayBytes::new_flen(bytes), &shape, dtype, fill, &codec_options());
        encoded.map(Cow::into_owned).map_err(|cause| cause.to_string())
    })
}

/// Writes a file under a temporary name, then gives it its own; errors tell of the file `shown`.
///
/// # Errors
/// What the file system says; `KeyboardInterrupt` when the run is cancelled.
fn write_renamed(path: &Path, bytes: &[u8], shown: &Path) -> Result<()> {
    let told = |cause: std::io::Error| of_file(shown, &cause);
    let temporary = path.with_file_name(unique_name(".", ".partial"));
    let file = fs::File::create(&temporary).or_else(|cause| match (cause.kind(), path.parent()) {
        (std::io::ErrorKind::NotFound, Some(folder)) => {
            fs::create_dir_all(folder).and_then(|()| fs::File::create(&temporary))
        }
        _ => Err(cause),
    });
    let mut file = file.map_err(told)?;
    let mut pieces = bytes.chunks(PIECE_BYTES);
    let written = pieces.try_for_each(|piece| {
        check_interrupt()?;
        file.write_all(piece).map_err(told)
    });
    written.and_then(|()| fs::rename(&temporary, path).map_err(told)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

fn write_json(path: &Path, json: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(json).map_err(|cause| Error::runtime(cause.to_string()))?;
    write_renamed(path, text.as_bytes(), path)
}

impl Sink for ZarrSink {
    fn write(&self, region: &Region, block: &Block) -> Result<()> {
        let bytes = block_bytes(block).ok_or_else(|| Error::runtime("a block with gaps cannot be written"))?;
        let (first, counts) = self.chunks_of(region)?;
        for number in 0..counts.iter().product() {
            let mut left: usize = number;
            let mut index = first.clone();
            for (slot, count) in index.iter_mut().zip(&counts).rev() {
                *slot += left % count;
                left /= count;
            }
            self.store(&index, block, self.chunk(&index, region, bytes))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<PathBuf> {
        for (name, json) in &self.files {
            write_json(&self.temporary.path().join(name), json)?;
        }
        for folder in &self.groups {
            let (name, json) = group_file(if self.files.len() == 1 { 3 } else { 2 });
            fs::create_dir_all(folder).map_err(|cause| of_file(folder, &cause))?;
            write_json(&folder.join(name), &json)?;
        }
        self.temporary.publish_over()
    }
}
