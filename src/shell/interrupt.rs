//! Ctrl-C: the first stops the running cell, the second says that it is stopping, the third ends the program.

use crate::exec::interrupt;
use crate::shell::output::write_err;
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicU32, Ordering};

/// The exit status of an interrupted program, as shells count it: 128 + SIGINT.
pub const INTERRUPTED: u8 = 130;

/// How often Ctrl-C was pressed since the cell began.
static PRESSED: AtomicU32 = AtomicU32::new(0);

/// Listens for Ctrl-C from now on.
pub fn listen() {
    // Without a listener Ctrl-C ends the program, which is a fair second best.
    let Ok(mut signals) = Signals::new([SIGINT]) else { return };
    let _ = std::thread::Builder::new().name("ctrl-c".to_string()).spawn(move || {
        for _ in signals.forever() {
            press();
        }
    });
}

fn press() {
    interrupt().store(true, Ordering::Relaxed);
    match PRESSED.fetch_add(1, Ordering::Relaxed) {
        0 => {}
        1 => write_err("\nstopping: waiting for the tiles in work (Ctrl-C again ends dka)\n"),
        _ => std::process::exit(INTERRUPTED.into()),
    }
}

/// Forgets earlier Ctrl-Cs: a cell begins.
pub fn reset() {
    PRESSED.store(0, Ordering::Relaxed);
    interrupt().store(false, Ordering::Relaxed);
}

/// Whether Ctrl-C was pressed since the cell began.
pub fn pressed() -> bool {
    interrupt().load(Ordering::Relaxed)
}
