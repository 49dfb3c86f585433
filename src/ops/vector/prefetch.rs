//! Asking for memory before it is needed.

/// Asks for the line of memory at an address to be brought into the second level of cache. Any address will do: one that
/// is not mapped is ignored. Nothing happens on machines without such an instruction.
#[inline(always)]
pub fn prefetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the instruction reads nothing and never faults. Measured reason: see `exec::ahead`.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(std::ptr::without_provenance::<i8>(address));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// The same into the first level, for what a kernel reads next.
#[inline(always)]
pub(super) fn prefetch_near(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the instruction reads nothing and never faults. Measured reason: see `registers`.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::without_provenance::<i8>(address));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
