//! Blocks put aside on disk while memory is short: compressed where that helps, checksummed, read back whole or
//! in part. What to put aside and when is not decided here.
//!
//! A file is the block's bytes in C order, cut into pieces of [`PIECE_BYTES`]. Where pieces are, how long, and
//! their checksums stays in memory: a spill file means nothing to another process.

use crate::data::bytes::fill_bytes;
use crate::data::store::reader::region_fits;
use crate::data::store::runs::Runs;
use crate::data::store::temporary::unique_name;
use crate::data::{
    Block, DType, Element, Error, Region, Result, Shape, Spilled, block_bytes, check_interrupt, of_file,
};
use crate::data::{leftovers, loaded};
use crate::with_dtype;
use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};
use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of a block that are compressed and checked together: large enough for one call's cost to vanish, small
/// enough for L2 and for reading a few rows.
const PIECE_BYTES: usize = 1 << 20;
/// What the folders' names begin with.
const PREFIX: &str = "dka-spill-";
/// The file whose lock says that a folder is in use.
const LOCK: &str = "lock";
/// A first piece that does not shrink to less than this part of itself (random floats do not) says that the
/// block is stored as it is: decompressing would cost more than the reading it saves.
const WORTH_IT: (usize, usize) = (9, 10);

/// The folder of one process's spill files, removed when dropped.
#[derive(Debug)]
pub struct SpillDir {
    path: PathBuf,
    // Held locked for as long as the folder is in use.
    _lock: File,
    count: AtomicU64,
}

impl SpillDir {
    /// Makes a folder for this process under `base`, and removes those that dead processes left there.
    ///
    /// # Errors
    /// `OSError` and kin naming the folder.
    pub fn create(base: &Path) -> Result<SpillDir> {
        fs::create_dir_all(base).map_err(|cause| of_file(base, &cause))?;
        remove_dead(base);
        let path = base.join(unique_name(PREFIX, ""));
        DirBuilder::new().mode(0o700).create(&path).map_err(|cause| of_file(&path, &cause))?;
        let lock = File::create(path.join(LOCK)).and_then(|lock| lock.lock().map(|()| lock));
        let lock = lock.map_err(|cause| {
            let _ = fs::remove_dir_all(&path);
            of_file(&path, &cause)
        })?;
        leftovers::note(&path);
        Ok(SpillDir { path, _lock: lock, count: AtomicU64::new(0) })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a block to a file of its own.
    ///
    /// # Errors
    /// `OSError` naming file and piece where the disk is full or the folder gone.
    pub fn write(&self, block: &Block) -> Result<SpillFile> {
        let block = block.contiguous();
        let bytes = block_bytes(&block).ok_or_else(|| Error::runtime("a block with gaps cannot be spilled"))?;
        let path = self.path.join(self.count.fetch_add(1, Ordering::Relaxed).to_string());
        let file = File::create_new(&path).map_err(|cause| with_help(of_file(&path, &cause)))?;
        let mut spilled = SpillFile {
            path,
            shape: block.shape_vec(),
            dtype: block.dtype(),
            pieces: Vec::new(),
            number: loaded::new_file(),
        };
        spilled.fill(&file, bytes)?;
        Ok(spilled)
    }
}

impl Drop for SpillDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        leftovers::forget(&self.path);
    }
}

fn with_help(error: Error) -> Error {
    error.help("%config or --spill-dir names another folder for what memory cannot hold")
}

/// Removes folders whose process is gone and whose lock nobody holds. A session does so when it starts.
pub fn remove_dead(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse::<i32>().ok());
        if pid.is_some_and(|pid| is_gone(pid) && !is_locked(&entry.path().join(LOCK))) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_gone(pid: i32) -> bool {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None) == Err(nix::errno::Errno::ESRCH)
}

/// Whether a process holds the lock, perhaps one of another container whose number says nothing here.
fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// One piece of a file.
#[derive(Debug)]
struct Piece {
    offset: u64,
    stored: usize,
    /// Whether `stored` bytes are compressed.
    packed: bool,
    checksum: u64,
}

/// A block on disk; the file is removed when this is dropped.
#[derive(Debug)]
pub struct SpillFile {
    path: PathBuf,
    shape: Shape,
    dtype: DType,
    pieces: Vec<Piece>,
    number: u64,
}

impl SpillFile {
    /// The shape of the block.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The element type of the block.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Bytes of the block in memory.
    pub fn nbytes(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.itemsize()
    }

    /// Bytes of the file.
    pub fn stored_bytes(&self) -> usize {
        self.pieces.iter().map(|piece| piece.stored).sum()
    }

    /// Writes the pieces one after another.
    fn fill(&mut self, file: &File, bytes: &[u8]) -> Result<()> {
        let mut packed = Vec::new();
        let mut pack = true;
        let mut offset = 0;
        for (number, raw) in bytes.chunks(PIECE_BYTES).enumerate() {
            check_interrupt()?;
            let smaller = if pack { compressed(raw, &mut packed) } else { None };
            // The first piece speaks for the others.
            pack &= number > 0 || smaller.is_some();
            let (stored, is_packed) = smaller.map_or((raw, false), |smaller| (smaller, true));
            file.write_all_at(stored, offset).map_err(|cause| with_help(self.fault(number, &cause.to_string())))?;
            self.pieces.push(Piece { offset, stored: stored.len(), packed: is_packed, checksum: xxh3_64(stored) });
            offset += stored.len() as u64;
        }
        Ok(())
    }

    /// Reads the block back.
    ///
    /// # Errors
    /// `OSError` naming file and piece where it is gone, cut short, or not what was written.
    pub fn read(&self) -> Result<Block> {
        self.read_part(&Region::all(&self.shape))
    }

    /// Reads a box of the block, touching only the pieces that hold it.
    ///
    /// # Errors
    /// As [`SpillFile::read`]; `IndexError` where the box leaves the block.
    pub fn read_part(&self, region: &Region) -> Result<Block> {
        region_fits(&self.path, &self.shape, region)?;
        with_dtype!(self.dtype, T => self.read_values::<T>(region).map(|values| Block::from_vec(&region.len, values)))
    }

    fn read_values<T: Element>(&self, region: &Region) -> Result<Vec<T>> {
        let mut values = vec![T::default(); region.size()];
        if values.is_empty() {
            return Ok(values);
        }
        let file = File::open(&self.path).map_err(|cause| of_file(&self.path, &cause))?;
        let mut pieces = Reading { spilled: self, file, packed: Vec::new(), held: None, raw: Vec::new() };
        let runs = Runs::new(&self.shape, region, self.dtype.itemsize());
        fill_bytes(&mut values, |out| runs.read(out, |offset, to| pieces.read(offset, to)))?;
        Ok(values)
    }

    fn fault(&self, piece: usize, cause: &str) -> Error {
        let (path, of) = (self.path.display(), self.nbytes().div_ceil(PIECE_BYTES));
        Error::os(format!("spill file {path}: piece {piece} of {of}: {cause}"))
    }
}

impl Spilled for SpillFile {
    fn load(&self) -> Result<Block> {
        loaded::get((self.number, 0), self.nbytes(), || {
            BYTES_LOADED.fetch_add(self.nbytes() as u64, Ordering::Relaxed);
            self.read()
        })
    }
}

static BYTES_LOADED: AtomicU64 = AtomicU64::new(0);

/// Bytes of blocks that were brought back since the program began.
pub fn bytes_loaded() -> u64 {
    BYTES_LOADED.load(Ordering::Relaxed)
}

impl Drop for SpillFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The bytes compressed, where that makes them worth it.
fn compressed<'a>(raw: &[u8], buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    buffer.resize(get_maximum_output_size(raw.len()), 0);
    let len = compress_into(raw, buffer).ok()?;
    (len * WORTH_IT.1 < raw.len() * WORTH_IT.0).then_some(&buffer[..len])
}

/// A file being read: the piece that was needed last is kept, since the next run often lies in it.
struct Reading<'a> {
    spilled: &'a SpillFile,
    file: File,
    packed: Vec<u8>,
    held: Option<usize>,
    raw: Vec<u8>,
}

impl Reading<'_> {
    /// Fills `out` with the block's bytes from an offset.
    fn read(&mut self, mut offset: usize, mut out: &mut [u8]) -> Result<()> {
        while !out.is_empty() {
            let (number, inside) = (offset / PIECE_BYTES, offset % PIECE_BYTES);
            let whole = PIECE_BYTES.min(self.spilled.nbytes() - number * PIECE_BYTES);
            let (now, rest) = out.split_at_mut(out.len().min(whole - inside));
            if now.len() == whole {
                self.piece(number, now)?;
            } else {
                self.hold(number, whole)?;
                now.copy_from_slice(&self.raw[inside..inside + now.len()]);
            }
            offset += now.len();
            out = rest;
        }
        Ok(())
    }

    fn hold(&mut self, number: usize, whole: usize) -> Result<()> {
        if self.held == Some(number) {
            return Ok(());
        }
        self.held = None;
        let mut raw = std::mem::take(&mut self.raw);
        raw.resize(whole, 0);
        self.piece(number, &mut raw)?;
        self.raw = raw;
        self.held = Some(number);
        Ok(())
    }

    /// Reads, checks and decompresses one whole piece.
    fn piece(&mut self, number: usize, out: &mut [u8]) -> Result<()> {
        check_interrupt()?;
        let fault = |cause: &str| self.spilled.fault(number, cause);
        let piece = self.spilled.pieces.get(number).ok_or_else(|| fault("was never written"))?;
        let read = |to: &mut [u8]| self.file.read_exact_at(to, piece.offset).map_err(|cause| fault(&cause.to_string()));
        if !piece.packed {
            read(out)?;
            let same = xxh3_64(out) == piece.checksum;
            return if same { Ok(()) } else { Err(fault("its checksum is not the one it was written with")) };
        }
        self.packed.resize(piece.stored, 0);
        read(&mut self.packed)?;
        if xxh3_64(&self.packed) != piece.checksum {
            return Err(fault("its checksum is not the one it was written with"));
        }
        match decompress_into(&self.packed, out) {
            Ok(len) if len == out.len() => Ok(()),
            Ok(len) => Err(fault(&format!("holds {len} bytes, not {}", out.len()))),
            Err(cause) => Err(fault(&cause.to_string())),
        }
    }
}
