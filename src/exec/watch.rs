//! What happens during a run, as data for whoever watches: progress bars, timings, tests.

use super::profile::StageProfile;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A run begins: how many tasks it has and how many bytes they work through.
    Start { tasks: usize, bytes: u64 },
    /// A task worked through some bytes.
    TaskDone { bytes: u64 },
    /// A block went to the spill store.
    Spilled { bytes: u64 },
    /// The run is over.
    Finish,
}

/// Whoever wants to know.
pub trait Watch: Sync {
    /// Called on the thread on which it happened; must be quick.
    fn event(&self, event: &Event);

    /// Whether the run is to be profiled: then its stages are timed, and now and then a tile.
    fn profiles(&self) -> bool {
        false
    }

    /// Called after each stage of a run that is profiled.
    fn stage(&self, _took: StageProfile) {}
}

/// Nobody watches.
pub struct Unwatched;

impl Watch for Unwatched {
    fn event(&self, _event: &Event) {}
}
