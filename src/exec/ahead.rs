//! Lines of memory asked for before they are read: those of the next box come while the kernels work on this one.
//!
//! Without it a tile waits for memory first and computes afterwards: `((X*2+1)*(X-0.5)).sum()` took 1.6 times as long.

use crate::ops::vector::prefetch;

/// Bytes of a line of the cache.
const LINE: usize = 64;

/// Lines asked for at once: as many as a core waits for at a time. More would hold up the kernel that comes after.
const MOST: usize = 400;

/// Memory that the next box reads.
#[derive(Default)]
pub(super) struct Ahead {
    /// Address and bytes of stretches, the next one last.
    spans: Vec<(usize, usize)>,
    lines: usize,
    /// Lines asked for at once.
    share: usize,
}

impl Ahead {
    /// Forgets what is left.
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        (self.lines, self.share) = (0, 0);
    }

    /// Adds a stretch of memory.
    pub(super) fn add(&mut self, address: usize, bytes: usize) {
        self.spans.push((address, bytes));
        self.lines += bytes.div_ceil(LINE);
    }

    /// Spreads the lines over a number of steps. What is too much for them is left to the hardware, which follows runs once
    /// they are read.
    pub(super) fn spread(&mut self, steps: usize) {
        self.share = self.lines.div_ceil(steps.max(1)).min(MOST);
    }

    /// Asks for one step's share.
    pub(super) fn step(&mut self) {
        let mut left = self.share;
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
