//! What a block function that takes long asks of the engine: threads, and whether the run goes on.

use crate::data::{Result, check_interrupt};
use crate::ops::vector::vectorized;
use std::sync::{Mutex, PoisonError};

/// Values that one task makes: 2 ms.
const MADE: usize = 1 << 20;

/// The threads of a run.
pub trait Crew: Sync {
    /// # Errors
    /// `KeyboardInterrupt` once the run is cancelled. Ask every 20 ms.
    fn check(&self) -> Result<()>;

    /// Calls `work` for each number below `count`, on all threads where there are several.
    ///
    /// # Errors
    /// The first error of a call.
    fn each(&self, count: usize, work: &(dyn Fn(usize) -> Result<()> + Sync + Send)) -> Result<()>;
}

/// The calling thread.
pub(super) struct Alone;

impl Crew for Alone {
    fn check(&self) -> Result<()> {
        check_interrupt()
    }

    fn each(&self, count: usize, work: &(dyn Fn(usize) -> Result<()> + Sync + Send)) -> Result<()> {
        (0..count).try_for_each(work)
    }
}

/// `len` values, made part by part on all threads: `from` answers those from a position on.
///
/// # Errors
/// `KeyboardInterrupt` once the run is cancelled.
///
/// # Panics
/// Where `from` answers too few: an invariant of the caller.
pub(super) fn made<T: Copy + Send, I: Iterator<Item = T>>(
    len: usize,
    crew: &dyn Crew,
    from: impl Fn(usize) -> I + Sync + Send,
) -> Result<Vec<T>> {
    let mut all = Vec::with_capacity(len);
    each_part(&mut all.spare_capacity_mut()[..len], MADE, crew, |part, slots| {
        let (values, mut count) = (from(part * MADE), 0);
        vectorized(
            #[inline(always)]
            || {
                for (slot, value) in slots.iter_mut().zip(values) {
                    slot.write(value);
                    count += 1;
                }
            },
        );
        assert_eq!(count, slots.len(), "as many values as places");
        Ok(())
    })?;
    // SAFETY: every part was written to its end. Measured reason: clearing memory that is then written took a quarter of the
    // time of sorting 20 million numbers.
    unsafe { all.set_len(len) };
    Ok(all)
}

/// Calls `work` for each part of `len` values with its number, on all threads.
///
/// # Errors
/// The first error of a call; `KeyboardInterrupt` once the run is cancelled.
pub(super) fn each_part<T: Send>(
    values: &mut [T],
    len: usize,
    crew: &dyn Crew,
    work: impl Fn(usize, &mut [T]) -> Result<()> + Sync + Send,
) -> Result<()> {
    let parts: Vec<Mutex<&mut [T]>> = values.chunks_mut(len.max(1)).map(Mutex::new).collect();
    crew.each(parts.len(), &|number| {
        crew.check()?;
        work(number, &mut parts[number].lock().unwrap_or_else(PoisonError::into_inner))
    })
}
