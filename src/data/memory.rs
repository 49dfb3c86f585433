//! An array held in memory as a grid of blocks, each of which may be out in the spill store.

use crate::data::bytes::fill_bytes;
use crate::data::{Block, Chunks, DType, Error, Result, Shape, block_bytes};
use crate::with_dtype;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// Bytes of a block that its slot holds: as many as make the slot no larger than a block does.
const SMALL: usize = 96;

/// Where a block is.
#[derive(Debug, Default)]
enum Slot {
    /// Not made yet.
    #[default]
    Empty,
    /// In memory.
    Resident(Block),
    /// In memory, its bytes in the slot itself: a block of its own takes 80 bytes more than these.
    Small(u8, [u8; SMALL]),
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
    /// Made when the first block is put: an array whose blocks are written elsewhere takes no room.
    slots: OnceLock<Vec<Mutex<Slot>>>,
    /// Bytes of the blocks that are in memory, and the number of those that are out.
    resident: AtomicUsize,
    out: AtomicUsize,
    /// Where arrays that values of a session hold are counted.
    account: Option<Account>,
}

/// Bytes of arrays that were made whole on one thread: what a session's values hold.
type Account = Arc<AtomicUsize>;

thread_local! {
    static ACCOUNT: Account = Account::default();
}

/// Bytes that arrays made by [`Held::from_block`] on this thread hold. Arrays that share a buffer count twice.
pub fn bytes_held() -> usize {
    ACCOUNT.with(|account| account.load(Ordering::Relaxed))
}

impl Drop for MemoryArray {
    fn drop(&mut self) {
        if let Some(account) = &self.account {
            account.fetch_sub(*self.resident.get_mut(), Ordering::Relaxed);
        }
    }
}

/// A shared handle to an array in memory; its blocks live as long as any handle does.
#[derive(Clone, Debug)]
pub struct Held(Arc<MemoryArray>);

impl Held {
    /// An array of one block, counted for the thread that makes it.
    pub fn from_block(block: Block) -> Held {
        let account = ACCOUNT.with(Arc::clone);
        account.fetch_add(block.nbytes(), Ordering::Relaxed);
        let held = Held::made(Chunks::whole(block.shape()), block.dtype(), Some(account));
        held.put(0, block);
        held
    }

    /// An array whose blocks are still to be put.
    pub fn empty(chunks: Chunks, dtype: DType) -> Held {
        Held::made(chunks, dtype, None)
    }

    fn made(chunks: Chunks, dtype: DType, account: Option<Account>) -> Held {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let slots = OnceLock::new();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (resident, out) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Held(Arc::new(MemoryArray { id, shape: chunks.shape(), dtype, chunks, slots, resident, out, account }))
    }

    /// A number no other array of this process has.
    pub fn id(&self) -> u64 {
        self.0.id
    }

    fn slot(&self, number: usize) -> MutexGuard<'_, Slot> {
        let slots = self.0.slots.get_or_init(|| (0..self.0.chunks.count()).map(|_| Mutex::default()).collect());
        slots[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a block in memory, in C order.
    pub fn put(&self, number: usize, block: Block) {
        self.0.resident.fetch_add(block.nbytes(), Ordering::Relaxed);
        let block = block.contiguous();
        let small = block_bytes(&block)
            .filter(|bytes| bytes.len() <= SMALL && self.count() > 1 && block.dtype() == self.0.dtype);
        let slot = match small {
            Some(bytes) => {
                let mut kept = [0; SMALL];
                kept[..bytes.len()].copy_from_slice(bytes);
                Slot::Small(bytes.len() as u8, kept)
            }
            None => Slot::Resident(block),
        };
        *self.slot(number) = slot;
    }

    /// Puts a block that was written out.
    pub fn put_out(&self, number: usize, file: Box<dyn Spilled>) {
        self.0.out.fetch_add(1, Ordering::Relaxed);
        *self.slot(number) = Slot::Out(file);
    }

    /// Moves a block that is in memory out; the bytes that this frees.
    ///
    /// # Errors
    /// Those of `spill`; the block stays in memory then.
    pub fn move_out(&self, number: usize, spill: impl FnOnce(&Block) -> Result<Box<dyn Spilled>>) -> Result<usize> {
        let mut slot = self.slot(number);
        // A small block has more to gain from staying than from a file of its own.
        let Slot::Resident(block) = &*slot else { return Ok(0) };
        let bytes = block.nbytes();
        *slot = Slot::Out(spill(block)?);
        self.0.resident.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(account) = &self.0.account {
            account.fetch_sub(bytes, Ordering::Relaxed);
        }
        self.0.out.fetch_add(1, Ordering::Relaxed);
        Ok(bytes)
    }

    /// Whether a block was made.
    pub fn has(&self, number: usize) -> bool {
        self.0.slots.get().is_some() && !matches!(*self.slot(number), Slot::Empty)
    }

    /// Whether some blocks are out.
    pub fn is_partly_out(&self) -> bool {
        self.0.out.load(Ordering::Relaxed) > 0
    }

    /// The block of a C-order number, read back where it is out (it stays out).
    ///
    /// # Errors
    /// `OSError` where the spilled block cannot be read, `RuntimeError` where it was never made.
    pub fn block(&self, number: usize) -> Result<Block> {
        match &*self.slot(number) {
            Slot::Resident(block) => Ok(block.clone()),
            Slot::Small(len, bytes) => self.unpacked(number, &bytes[..usize::from(*len)]),
            Slot::Out(file) => file.load(),
            Slot::Empty => Err(Error::runtime("a block was asked for before it was made")),
        }
    }

    /// The block whose bytes lie in its slot.
    fn unpacked(&self, number: usize, bytes: &[u8]) -> Result<Block> {
        let shape = self.0.chunks.region(&self.0.chunks.unravel(number)).len;
        with_dtype!(self.0.dtype, T => {
            let mut values = vec![T::default(); bytes.len() / size_of::<T>()];
            fill_bytes(&mut values, |out| {
                out.copy_from_slice(bytes);
                Ok(())
            })?;
            Ok(Block::from_vec(&shape, values))
        })
    }

    /// The number of blocks.
    pub fn count(&self) -> usize {
        self.0.chunks.count()
    }

    /// Bytes of the blocks that are in memory now.
    pub fn resident_bytes(&self) -> usize {
        self.0.resident.load(Ordering::Relaxed)
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
