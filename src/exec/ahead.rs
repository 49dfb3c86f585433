//! Lines of memory asked for before they are read: those of the next box come while this one is copied.
//!
//! For boxes of a transposed array, whose short stretches the hardware does not foresee: `(x + x.T)[::2, 5000:].mean(axis=1)`
//! takes a quarter longer without.

use crate::ops::vector::prefetch;

/// Bytes of a line of the cache.
const LINE: usize = 64;

/// Lines asked for at once: about as many as a core waits for at a time.
const SHARE: usize = 16;

/// Memory that the next box reads.
#[derive(Default)]
pub(super) struct Ahead {
    /// Address and bytes of stretches, the next one last.
    spans: Vec<(usize, usize)>,
}

impl Ahead {
    /// Forgets what is left.
    pub(super) fn clear(&mut self) {
        self.spans.clear();
    }

    /// Adds a stretch of memory.
    pub(super) fn add(&mut self, address: usize, bytes: usize) {
        self.spans.push((address, bytes));
    }

    /// Asks for the next few lines.
    pub(super) fn step(&mut self) {
        let mut left = SHARE;
        while left > 0 {
            let Some(&mut (ref mut address, ref mut bytes)) = self.spans.last_mut() else { return };
            let lines = bytes.div_ceil(LINE).min(left);
            (0..lines).for_each(|line| prefetch(*address + line * LINE));
            left -= lines;
            if lines * LINE >= *bytes {
                self.spans.pop();
            } else {
                *address += lines * LINE;
                *bytes -= lines * LINE;
            }
        }
    }
}
