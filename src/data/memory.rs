//! An array held in memory as a grid of blocks, each of which may be out in the spill store.

use crate::data::{Block, Chunks, DType, Error, Result, Shape};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Where a block of a [`MemoryArray`] is.
#[derive(Debug, Default)]
pub enum Slot {
    /// Not made yet.
    #[default]
    Empty,
    /// In memory.
    Resident(Block),
    /// In a file that brings it back.
    Out(Box<dyn Spilled>),
}

/// A block that was written out; dropping it frees the space.
pub trait Spilled: Send + Sync + std::fmt::Debug {
    /// Reads the block back.
    fn load(&self) -> Result<Block>;
}

/// An array whose values exist: a grid of blocks.
#[derive(Debug)]
pub struct MemoryArray {
    id: u64,
    pub shape: Shape,
    pub dtype: DType,
    pub chunks: Chunks,
    slots: Vec<Mutex<Slot>>,
}

/// A shared handle to an array in memory; its blocks live as long as any handle does.
#[derive(Clone, Debug)]
pub struct Held(Arc<MemoryArray>);

impl Held {
    /// An array of one block.
    pub fn from_block(block: Block) -> Held {
        let held = Held::empty(Chunks::whole(block.shape()), block.dtype());
        held.put(0, block);
        held
    }

    /// An array whose blocks are still to be put.
    pub fn empty(chunks: Chunks, dtype: DType) -> Held {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let slots = (0..chunks.count()).map(|_| Mutex::default()).collect();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Held(Arc::new(MemoryArray { id, shape: chunks.shape(), dtype, chunks, slots }))
    }

    /// A number no other array of this process has.
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// The slot of a block, locked: the one way to look at or change where it is.
    pub fn slot(&self, number: usize) -> MutexGuard<'_, Slot> {
        self.0.slots[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a block in memory, in C order.
    pub fn put(&self, number: usize, block: Block) {
        *self.slot(number) = Slot::Resident(block.contiguous());
    }

    /// The block of a C-order number, read back where it is out (it stays out).
    ///
    /// # Errors
    /// `OSError` where the spilled block cannot be read, `RuntimeError` where it was never made.
    pub fn block(&self, number: usize) -> Result<Block> {
        match &*self.slot(number) {
            Slot::Resident(block) => Ok(block.clone()),
            Slot::Out(file) => file.load(),
            Slot::Empty => Err(Error::runtime("a block was asked for before it was made")),
        }
    }

    /// The number of blocks.
    pub fn count(&self) -> usize {
        self.0.slots.len()
    }

    /// Bytes of the blocks that are in memory now.
    pub fn resident_bytes(&self) -> usize {
        (0..self.count()).map(|i| if let Slot::Resident(block) = &*self.slot(i) { block.nbytes() } else { 0 }).sum()
    }

    /// A handle that does not keep the array alive.
    pub fn downgrade(&self) -> WeakHeld {
        WeakHeld(Arc::downgrade(&self.0))
    }
}

/// A handle that does not keep the array alive.
#[derive(Clone, Debug)]
pub struct WeakHeld(Weak<MemoryArray>);

impl WeakHeld {
    /// The array, if it is still alive.
    pub fn upgrade(&self) -> Option<Held> {
        self.0.upgrade().map(Held)
    }
}

impl std::ops::Deref for Held {
    type Target = MemoryArray;
    fn deref(&self) -> &MemoryArray {
        &self.0
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Held) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Held {}

impl std::hash::Hash for Held {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl serde::Serialize for Held {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.id())
    }
}
