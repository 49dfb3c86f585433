//! Blocks that were brought from files (spilled blocks, chunks of stores), shared by all tasks that want them at the same
//! time and kept for the next ones while there is room. There is one such store for the process, as its memory is one.

use crate::data::{Block, Result};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// What a block was brought from: a file's [`new_file`] number and the number of the block in it.
pub type Key = (u64, usize);

/// A number that no other file of this process has.
pub fn new_file() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The block of a key, brought by `load` where it is not at hand; cold ones of as many `bytes` go first. Who asks for a block that another thread is bringing
/// waits for it.
///
/// # Errors
/// Those of `load`; whoever asks next tries again.
pub fn get(key: Key, bytes: usize, load: impl FnOnce() -> Result<Block>) -> Result<Block> {
    let place = loaded().place(key);
    let mut block = place.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(block) = &*block {
        return Ok(block.clone());
    }
    loaded().reserve(key, bytes as u64);
    match load() {
        Ok(brought) => {
            loaded().keep(key);
            Ok(block.insert(brought).clone())
        }
        Err(cause) => {
            loaded().forget(key);
            Err(cause)
        }
    }
}

/// Keeps as many bytes of blocks as this from now on; zero keeps none, so that only tasks of the same moment share.
pub fn allow(bytes: u64) {
    let mut loaded = loaded();
    loaded.allowed = bytes;
    loaded.shrink(None);
}

static LOADED: LazyLock<Mutex<Loaded>> = LazyLock::new(Mutex::default);

fn loaded() -> MutexGuard<'static, Loaded> {
    LOADED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A block's place: empty while it is brought.
type Place = Arc<Mutex<Option<Block>>>;

/// Takes a block out of its place where nobody else has it or waits for it.
fn let_go(place: &Place) -> bool {
    let mut held = match place.try_lock() {
        Ok(held) if Arc::strong_count(place) == 1 => held,
        _ => return false,
    };
    *held = held.take().and_then(Block::dropped);
    held.is_none()
}

struct Entry {
    place: Place,
    /// Bytes that are counted for it from the moment on in which it is being brought.
    bytes: u64,
    brought: bool,
    /// When it was asked for last.
    used: u64,
}

#[derive(Default)]
struct Loaded {
    places: HashMap<Key, Entry>,
    allowed: u64,
    kept: u64,
    now: u64,
}

impl Loaded {
    fn place(&mut self, key: Key) -> Place {
        self.now += 1;
        let used = self.now;
        let new = || Entry { place: Place::default(), bytes: 0, brought: false, used };
        let entry = self.places.entry(key).or_insert_with(new);
        entry.used = used;
        entry.place.clone()
    }

    /// Counts a block that is about to be brought, and drops the coldest where that is too much.
    fn reserve(&mut self, key: Key, bytes: u64) {
        if let Some(entry) = self.places.get_mut(&key) {
            entry.bytes = bytes;
            self.kept += bytes;
        }
        self.shrink(None);
    }

    /// Lets a block that was brought be dropped like others.
    fn keep(&mut self, key: Key) {
        if let Some(entry) = self.places.get_mut(&key) {
            entry.brought = true;
        }
        self.shrink(Some(key));
    }

    fn forget(&mut self, key: Key) {
        if let Some(entry) = self.places.remove(&key) {
            self.kept -= entry.bytes;
        }
    }

    /// Drops blocks, the coldest first, those that a task has in hand last: that frees nothing, and they are still there.
    /// Those being brought stay, and the `newest` until others are gone.
    fn shrink(&mut self, newest: Option<Key>) {
        while self.kept > self.allowed {
            let cold = self.places.iter().filter(|(key, entry)| entry.brought && Some(**key) != newest);
            let mut cold: Vec<(u64, Key)> = cold.map(|(key, entry)| (entry.used, *key)).collect();
            cold.sort_unstable();
            let free = cold.iter().find(|(_, key)| self.allowed == 0 || let_go(&self.places[key].place));
            let last = newest.filter(|key| cold.is_empty() && self.places.contains_key(key));
            // What others are bringing or have in hand at this moment may be more than is allowed.
            let Some(key) = free.map(|(_, key)| *key).or(last) else { return };
            self.forget(key);
        }
    }
}
