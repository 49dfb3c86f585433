//! Standard error as the progress bar sees it: a little narrower than it is.
//!
//! The bar fills its line. On a full line the `^C` that the terminal echoes would start the next one, and the bar would
//! be left standing above what is cleared.

use console::Term;
use indicatif::TermLike;
use std::io::Result;

/// Columns that are left free at the right: `^C` three times.
const FREE: u16 = 6;

/// A terminal without its last columns.
#[derive(Debug)]
pub struct Narrow(Term);

impl Narrow {
    /// Standard error.
    pub fn stderr() -> Narrow {
        Narrow(Term::stderr())
    }
}

impl TermLike for Narrow {
    fn width(&self) -> u16 {
        self.0.size().1.saturating_sub(FREE).max(1)
    }

    fn move_cursor_up(&self, n: usize) -> Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> Result<()> {
        self.0.flush()
    }
}
