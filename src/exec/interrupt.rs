//! The flag that stops a run: every tile looks at it.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPT: AtomicBool = AtomicBool::new(false);

/// The flag that a signal handler sets and the session clears.
pub fn interrupt() -> &'static AtomicBool {
    &INTERRUPT
}

/// Whether the run is to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPT.load(Ordering::Relaxed)
}
