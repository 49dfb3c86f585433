//! The flag that stops a run, which every tile, piece of a file and long call looks at, and calls that cannot look.

use super::{Error, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// How often it is asked whether the run is cancelled while a call runs that cannot ask.
const PATIENCE: Duration = Duration::from_millis(10);

static INTERRUPT: AtomicBool = AtomicBool::new(false);

/// The flag that a signal handler sets and the session clears.
pub fn interrupt() -> &'static AtomicBool {
    &INTERRUPT
}

/// Whether the run is to stop.
pub fn interrupted() -> bool {
    INTERRUPT.load(Ordering::Relaxed)
}

/// # Errors
/// `KeyboardInterrupt` once the run is cancelled.
pub fn check_interrupt() -> Result<()> {
    if interrupted() { Err(Error::interrupt("interrupted")) } else { Ok(()) }
}

/// Runs what cannot be asked to stop (a decomposition, a compressor) on a thread of its own, which is left alone once the
/// run is cancelled. So it must own what it works on and leave nothing behind but its answer.
///
/// # Errors
/// `KeyboardInterrupt` once the run is cancelled.
pub fn leaving<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (send, made) = sync_channel(1);
    let work = move || {
        // Nobody waits any more where the run was cancelled.
        let _ = send.send(work());
    };
    let started = std::thread::Builder::new().name("dka-long".to_string()).spawn(work);
    let thread = started.map_err(|cause| Error::runtime(format!("cannot start a thread: {cause}")))?;
    loop {
        match made.recv_timeout(PATIENCE) {
            Ok(made) => return Ok(made),
            Err(RecvTimeoutError::Timeout) => check_interrupt()?,
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => return Err(Error::runtime("a thread ended without an answer")),
            },
        }
    }
}
