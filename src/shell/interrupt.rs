//! Ctrl-C: the first stops the running cell, the second says that it is stopping, the third ends the program.

use crate::data::leftovers;
use crate::exec::interrupt;
use crate::shell::output::write_err;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicU32, Ordering};

/// The exit status of an interrupted program, as shells count it: 128 + SIGINT.
pub const INTERRUPTED: u8 = 130;
/// What shells add to the number of a signal that ended a program.
const SIGNALLED: u8 = 128;

/// How often Ctrl-C was pressed since the cell began.
static PRESSED: AtomicU32 = AtomicU32::new(0);

/// Listens for Ctrl-C from now on.
pub fn listen() {
    // Without a listener Ctrl-C ends the program, which is a fair second best.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    let _ = std::thread::Builder::new().name("ctrl-c".to_string()).spawn(move || {
        for signal in signals.forever() {
            if signal == SIGINT { press() } else { end(SIGNALLED + signal as u8) }
        }
    });
}

fn press() {
    interrupt().store(true, Ordering::Relaxed);
    match PRESSED.fetch_add(1, Ordering::Relaxed) {
        0 => {}
        1 => write_err("\nstopping: waiting for the tiles in work (Ctrl-C again ends dka)\n"),
        _ => end(INTERRUPTED),
    }
}

/// Ends the program at once, its temporary files gone.
fn end(status: u8) {
    leftovers::remove_all();
    std::process::exit(status.into());
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
