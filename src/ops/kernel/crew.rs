//! What a block function that takes long asks of the engine: threads, and whether the run goes on.

use crate::data::{Result, check_interrupt};
use std::sync::{Mutex, PoisonError};

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
