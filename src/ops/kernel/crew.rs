//! What a block function that takes long asks of the engine: threads, and whether the run goes on.

use crate::data::Result;

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
