//! The program's allocator: large buffers lie on large pages and are used again.
//!
//! A result of 512 MB touches 131,072 small pages for the first time, and each costs a fault and is filled with zeros:
//! together longer than computing it. NumPy asks for large pages for the same reason. Freed buffers wait in a pool for the
//! next one of their length. Small buffers go to the system as they are.

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};
use std::alloc::{GlobalAlloc, Layout, System};
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Buffers from this size on are mapped on their own.
const LARGE: usize = 1 << 20;
/// The size of a large page.
const PAGE: usize = 2 << 20;

/// Freed buffers that the pool holds at most.
const PLACES: usize = 32;
/// Bytes that the pool holds at most.
const MOST: usize = 1 << 30;

static POOL: Mutex<Pool> = Mutex::new(Pool { free: [(0, 0); PLACES], count: 0, bytes: 0, most: MOST });

/// Freed mappings: address and length.
struct Pool {
    free: [(usize, usize); PLACES],
    count: usize,
    bytes: usize,
    most: usize,
}

impl Pool {
    fn take(&mut self, len: usize) -> Option<*mut u8> {
        let at = self.free[..self.count].iter().position(|entry| entry.1 == len)?;
        self.count -= 1;
        self.free.swap(at, self.count);
        self.bytes -= len;
        Some(std::ptr::with_exposed_provenance_mut(self.free[self.count].0))
    }

    fn put(&mut self, buffer: *mut u8, len: usize) -> bool {
        if self.count == PLACES || self.bytes + len > self.most {
            return false;
        }
        self.free[self.count] = (buffer.expose_provenance(), len);
        self.count += 1;
        self.bytes += len;
        true
    }
}

/// Never allocates and never panics, so that the allocator may call it.
fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bounds what the pool holds, and gives back what is more: a run must not find its memory taken by what it freed before.
pub(crate) fn trim(most: u64) {
    let mut pool = pool();
    pool.most = usize::try_from(most).unwrap_or(MOST).min(MOST);
    while pool.bytes > pool.most && pool.count > 0 {
        pool.count -= 1;
        let (address, len) = pool.free[pool.count];
        pool.bytes -= len;
        unmap(std::ptr::with_exposed_provenance_mut(address), len);
    }
}

/// The system's allocator, with large pages for large buffers.
#[derive(Debug)]
pub struct LargePages;

// SAFETY: small layouts go to the system's allocator unchanged; large ones to `map` and `unmap`, which agree on the mapped
// length because it depends on the layout's size alone, and whose pages are aligned beyond any layout's alignment.
// Measured reason: `X*2+1` of 512 MB materialised takes less than half as long (scripts/bench).
unsafe impl GlobalAlloc for LargePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE || layout.align() > PAGE {
            // SAFETY: the caller's own promise.
            return unsafe { System.alloc(layout) };
        }
        let pooled = pool().take(mapped(layout.size()));
        pooled.unwrap_or_else(|| map(layout.size()))
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE || layout.align() > PAGE {
            // SAFETY: the caller's own promise.
            return unsafe { System.alloc_zeroed(layout) };
        }
        let pooled = pool().take(mapped(layout.size()));
        let Some(buffer) = pooled else { return map(layout.size()) };
        // SAFETY: a mapping of at least this size that nobody else refers to.
        unsafe { buffer.write_bytes(0, layout.size()) };
        buffer
    }

    unsafe fn dealloc(&self, buffer: *mut u8, layout: Layout) {
        if layout.size() < LARGE || layout.align() > PAGE {
            // SAFETY: made by the system's allocator with this layout.
            return unsafe { System.dealloc(buffer, layout) };
        }
        let len = mapped(layout.size());
        let kept = pool().put(buffer, len);
        if !kept {
            unmap(buffer, len);
        }
    }
}

/// The length of the mapping of a buffer.
fn mapped(size: usize) -> usize {
    size.next_multiple_of(PAGE)
}

/// A mapping of zeros that begins on a large page; null where there is no memory.
fn map(size: usize) -> *mut u8 {
    let len = mapped(size);
    let Some(room) = len.checked_add(PAGE).and_then(NonZeroUsize::new) else { return std::ptr::null_mut() };
    // SAFETY: an anonymous private mapping at an address of the system's choice touches nothing that exists.
    let Ok(start) =
        (unsafe { mmap_anonymous(None, room, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_PRIVATE) })
    else {
        return std::ptr::null_mut();
    };
    let start = start.as_ptr().cast::<u8>();
    let skip = start.align_offset(PAGE);
    let buffer = start.wrapping_add(skip);
    unmap(start, skip);
    unmap(buffer.wrapping_add(len), PAGE - skip);
    if let Some(pages) = NonNull::new(buffer.cast()) {
        // SAFETY: the range is the mapping just made. The advice may be refused: small pages work as well.
        let _ = unsafe { madvise(pages, len, MmapAdvise::MADV_HUGEPAGE) };
    }
    buffer
}

fn unmap(start: *mut u8, len: usize) {
    if let (Some(start), true) = (NonNull::new(start.cast()), len > 0) {
        // SAFETY: whole pages of a mapping that `map` made, which nobody else refers to.
        let _ = unsafe { munmap(start, len) };
    }
}
