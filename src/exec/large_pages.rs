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
pub(crate) const LARGE: usize = 1 << 20;
/// The size of a large page.
const PAGE: usize = 2 << 20;
/// What mappings end on where a large page would be mostly in vain: pages of 4 KiB, or of 64 KiB on some machines.
const SMALL_PAGE: usize = 64 << 10;
/// The part of a buffer that the last of its large pages may have in vain.
const IN_VAIN: usize = 20;

/// Freed buffers that the pool holds at most.
const PLACES: usize = 128;
/// Bytes that the pool holds at most.
const MOST: usize = 1 << 30;
/// What a run may grow by in freed buffers however little it is projected to take: numbers that are drawn and summed take
/// five megabytes in buffers of several lengths, and clearing new pages for each took a fifth of the time.
const LEAST: usize = 16 << 20;

static POOL: Mutex<Pool> =
    Mutex::new(Pool { free: [(0, 0); PLACES], count: 0, bytes: 0, most: MOST, live: 0, bound: usize::MAX });

/// Freed mappings, by address and length, and what else is mapped.
struct Pool {
    free: [(usize, usize); PLACES],
    count: usize,
    bytes: usize,
    most: usize,
    /// Bytes of the large buffers that are in use.
    live: usize,
    /// What these and the freed ones together may come to before freed ones go back.
    bound: usize,
}

/// Freed mappings that are to be unmapped once the pool is let go.
type Leaving = [(usize, usize); PLACES];

impl Pool {
    fn take(&mut self, len: usize) -> Option<*mut u8> {
        let at = self.free[..self.count].iter().position(|entry| entry.1 == len)?;
        self.count -= 1;
        self.free.swap(at, self.count);
        self.bytes -= len;
        Some(std::ptr::with_exposed_provenance_mut(self.free[self.count].0))
    }

    fn put(&mut self, buffer: *mut u8, len: usize) -> bool {
        self.live = self.live.saturating_sub(len);
        if self.count == PLACES || self.bytes + len > self.most || self.live + self.bytes + len > self.bound {
            return false;
        }
        self.free[self.count] = (buffer.expose_provenance(), len);
        self.count += 1;
        self.bytes += len;
        true
    }

    /// Lets freed buffers go until no more of them are left than may wait.
    fn shrink(&mut self) -> Leaving {
        let mut leaving = [(0, 0); PLACES];
        for slot in &mut leaving {
            let room = self.bound.saturating_sub(self.live).min(self.most);
            if self.bytes <= room || self.count == 0 {
                break;
            }
            self.count -= 1;
            *slot = self.free[self.count];
            self.bytes -= slot.1;
        }
        leaving
    }
}

/// Notes a buffer of a length that is wanted: one that waited, or none and room made for it.
fn wanted(len: usize) -> Option<*mut u8> {
    let (found, leaving) = {
        let mut pool = pool();
        let found = pool.take(len);
        pool.live += len;
        (found, pool.shrink())
    };
    unmap_all(leaving);
    found
}

fn unmap_all(leaving: Leaving) {
    let leaving = leaving.into_iter().take_while(|(_, len)| *len > 0);
    leaving.for_each(|(address, len)| unmap(std::ptr::with_exposed_provenance_mut(address), len));
}

/// Never allocates and never panics, so that the allocator may call it.
fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bounds what the pool holds (`most`), and what it and the buffers in use come to: `grown` more than what is in use now, or
/// as much as there is. What is more is given back: a run must not find its memory taken by what it freed before, nor take
/// more than was projected because it freed buffers of other lengths than it asks for next.
pub(crate) fn bound(most: u64, grown: u64) {
    let leaving = {
        let mut pool = pool();
        pool.most = usize::try_from(most).unwrap_or(MOST).min(MOST);
        let grown = usize::try_from(grown).unwrap_or(usize::MAX).max(LEAST).max(pool.bytes.min(pool.most));
        pool.bound = pool.live.saturating_add(grown);
        pool.shrink()
    };
    unmap_all(leaving);
}

#[cfg(target_env = "gnu")]
unsafe extern "C" {
    /// Gives free pages of the system's heaps back; from glibc.
    fn malloc_trim(keep: usize) -> i32;
    /// Sets a parameter of the heaps; from glibc.
    fn mallopt(parameter: i32, value: i32) -> i32;
}

/// Freed bytes at the end of a heap that stay there for the next buffers: tiles of some threads.
const KEPT: i32 = 4 << 20;

/// Has heaps keep what tasks free and ask for again at once. By default 128 KiB at their end go back to the system, and
/// come as new pages: a third of the time of 3,000,000 x 3 times a vector.
pub fn keep_heaps() {
    #[cfg(target_env = "gnu")]
    {
        // M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h.
        for (parameter, value) in [(-1, KEPT), (-3, LARGE as i32)] {
            // SAFETY: glibc's own function on its own parameters, with values in their ranges. Measured reason: above.
            unsafe { mallopt(parameter, value) };
        }
    }
}

/// Gives back what small buffers left behind in the heaps of all threads: writing and reading a Zarr array of 128 MB in
/// 80 chunks left 12 MB there.
pub(crate) fn trim_heaps() {
    #[cfg(target_env = "gnu")]
    // SAFETY: glibc's own function, which takes its own locks and touches free memory alone.
    unsafe {
        malloc_trim(0);
    }
}

/// Bytes of freed buffers that wait for the next one.
pub(crate) fn waiting() -> u64 {
    pool().bytes as u64
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
        wanted(mapped(layout.size())).unwrap_or_else(|| map(layout.size()))
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE || layout.align() > PAGE {
            // SAFETY: the caller's own promise.
            return unsafe { System.alloc_zeroed(layout) };
        }
        let Some(buffer) = wanted(mapped(layout.size())) else { return map(layout.size()) };
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

/// The length of the mapping of a buffer: whole large pages where little of the last one is in vain, else small ones.
/// Blocks of 1.1 MB, each on a large page of its own, were resident with 1.9 times their bytes.
fn mapped(size: usize) -> usize {
    let large = size.next_multiple_of(PAGE);
    if large - size <= size / IN_VAIN { large } else { size.next_multiple_of(SMALL_PAGE) }
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
    let large = len - len % PAGE;
    if let (Some(pages), true) = (NonNull::new(buffer.cast()), large > 0) {
        // SAFETY: the range is the mapping just made. The advice may be refused: small pages work as well.
        let _ = unsafe { madvise(pages, large, MmapAdvise::MADV_HUGEPAGE) };
    }
    buffer
}

fn unmap(start: *mut u8, len: usize) {
    if let (Some(start), true) = (NonNull::new(start.cast()), len > 0) {
        // SAFETY: whole pages of a mapping that `map` made, which nobody else refers to.
        let _ = unsafe { munmap(start, len) };
    }
}
