//! The program's allocator: large buffers lie on large pages.
//!
//! A result of 512 MB touches 131,072 small pages for the first time, and each costs a fault: together longer than
//! computing it. NumPy asks for large pages for the same reason. Small buffers go to the system as they are.

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};
use std::alloc::{GlobalAlloc, Layout, System};
use std::num::NonZeroUsize;
use std::ptr::NonNull;

/// Buffers from this size on are mapped on their own.
const LARGE: usize = 4 << 20;
/// The size of a large page.
const PAGE: usize = 2 << 20;

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
        map(layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE || layout.align() > PAGE {
            // SAFETY: the caller's own promise.
            return unsafe { System.alloc_zeroed(layout) };
        }
        map(layout.size())
    }

    unsafe fn dealloc(&self, buffer: *mut u8, layout: Layout) {
        if layout.size() < LARGE || layout.align() > PAGE {
            // SAFETY: made by the system's allocator with this layout.
            return unsafe { System.dealloc(buffer, layout) };
        }
        unmap(buffer, mapped(layout.size()));
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
    let Ok(start) = (unsafe { mmap_anonymous(None, room, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_PRIVATE) }) else {
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
