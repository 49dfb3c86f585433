//! Where results go: standard output, or a buffer while a cell is answered as JSON or compared.
//!
//! A reader that goes away (`dka … | head`) ends the program quietly, as it ends any other.

use std::cell::RefCell;
use std::io::{ErrorKind, Write};

/// The exit status of a program that a closed pipe ended, as shells count it: 128 + SIGPIPE.
const CLOSED_PIPE: i32 = 141;

/// The results of cells: written at once, or kept.
#[derive(Debug, Default)]
pub struct Output {
    kept: RefCell<Option<String>>,
}

impl Output {
    /// Writes text, or keeps it while capturing.
    pub fn print(&self, text: &str) {
        match &mut *self.kept.borrow_mut() {
            Some(kept) => kept.push_str(text),
            None => write_out(text),
        }
    }

    /// Keeps what is printed from now on.
    pub fn capture(&self) {
        *self.kept.borrow_mut() = Some(String::new());
    }

    /// What was kept; from now on text is written again.
    pub fn release(&self) -> String {
        self.kept.borrow_mut().take().unwrap_or_default()
    }
}

/// Writes to standard output at once.
pub fn write_out(text: &str) {
    let mut out = std::io::stdout().lock();
    give_up_on_closed_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Writes to standard error.
pub fn write_err(text: &str) {
    // Where errors cannot be written there is nobody to tell.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn give_up_on_closed_pipe(result: std::io::Result<()>) {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(CLOSED_PIPE),
        Err(error) => {
            write_err(&format!("dka: cannot write to standard output: {error}\n"));
            std::process::exit(1);
        }
        Ok(()) => {}
    }
}
