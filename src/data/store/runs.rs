//! Boxes of a C-order file as runs of consecutive bytes, and reading them with few calls.

use crate::data::{Region, Result, c_strides};

/// Runs shorter than this whose neighbours are no further than [`SIEVE_STRIDE`] are read together with the
/// gaps between them: a call costs about what copying 4 KiB does.
const SIEVE_STRIDE: usize = 4 << 10;
/// Bytes of the buffer that runs with gaps are read into; fits L2.
const SIEVE_BYTES: usize = 256 << 10;

/// The runs of a box: `count` runs of `run` bytes, `stride` bytes apart, repeated at each start.
pub(in crate::data) struct Runs {
    run: usize,
    count: usize,
    stride: usize,
    outer: Vec<(usize, usize)>,
    base: usize,
}

impl Runs {
    /// The runs of a box of an array of `shape` whose elements take `width` bytes.
    pub(in crate::data) fn new(shape: &[usize], region: &Region, width: usize) -> Runs {
        let strides = c_strides(shape);
        let base = region.start.iter().zip(&strides).map(|(s, stride)| s * stride * width).sum();
        // Trailing axes that are taken whole join the run, and so does the first that is not.
        let mut axis = shape.len();
        let mut run = width;
        while axis > 0 {
            axis -= 1;
            run *= region.len[axis];
            if region.len[axis] != shape[axis] {
                break;
            }
        }
        let mut outer: Vec<_> = (0..axis).map(|k| (region.len[k], strides[k] * width)).collect();
        outer.retain(|&(len, _)| len != 1);
        let (count, stride) = outer.pop().unwrap_or((1, run));
        Runs { run, count, stride, outer, base }
    }

    /// Calls `each` with the offset of every row of runs.
    fn for_each_row(&self, mut each: impl FnMut(usize) -> Result<()>) -> Result<()> {
        let mut index = vec![0; self.outer.len()];
        loop {
            let offset: usize = index.iter().zip(&self.outer).map(|(i, (_, stride))| i * stride).sum();
            each(self.base + offset)?;
            let Some(axis) = (0..index.len()).rev().find(|&k| index[k] + 1 < self.outer[k].0) else { return Ok(()) };
            index[axis] += 1;
            index[axis + 1..].fill(0);
        }
    }

    /// Calls `each` with the offset in the file and the place in the box of every run.
    pub(super) fn for_each(&self, mut each: impl FnMut(usize, std::ops::Range<usize>) -> Result<()>) -> Result<()> {
        let mut at = 0;
        self.for_each_row(|row| {
            for k in 0..self.count {
                each(row + k * self.stride, at..at + self.run)?;
                at += self.run;
            }
            Ok(())
        })
    }

    /// The offset of every run, in order.
    fn offsets(&self) -> impl Iterator<Item = usize> + '_ {
        let rows: usize = self.outer.iter().map(|axis| axis.0).product();
        (0..rows * self.count).map(|number| {
            let (mut left, mut offset) = (number / self.count, self.base + number % self.count * self.stride);
            for &(len, stride) in self.outer.iter().rev() {
                offset += left % len * stride;
                left /= len;
            }
            offset
        })
    }

    /// Fills `out` with the box through `read(offset, buffer)`.
    pub(in crate::data) fn read(
        &self,
        out: &mut [u8],
        mut read: impl FnMut(usize, &mut [u8]) -> Result<()>,
    ) -> Result<()> {
        if out.is_empty() {
            return Ok(());
        }
        if self.count == 1 || self.stride > SIEVE_STRIDE {
            return self.for_each(|offset, place| read(offset, &mut out[place]));
        }
        let rows = (SIEVE_BYTES / self.stride).clamp(1, self.count);
        let mut buffer = vec![0; (rows - 1) * self.stride + self.run];
        let mut place = out.chunks_exact_mut(self.run);
        self.for_each_row(|row| {
            for first in (0..self.count).step_by(rows) {
                let now = rows.min(self.count - first);
                let span = &mut buffer[..(now - 1) * self.stride + self.run];
                read(row + first * self.stride, span)?;
                for (run, to) in span.chunks(self.stride).zip(&mut place) {
                    to.copy_from_slice(&run[..self.run]);
                }
            }
            Ok(())
        })
    }
}

/// Where a box lies in a C-order array in memory.
pub(super) struct Place<'a> {
    pub shape: &'a [usize],
    pub start: &'a [usize],
}

/// Copies a box of `len` between two C-order arrays in memory whose elements take `width` bytes.
pub(super) fn copy_box(from: &[u8], at: Place<'_>, to: &mut [u8], to_at: Place<'_>, len: &[usize], width: usize) {
    let region = |place: &Place<'_>| Region { start: place.start.to_vec(), len: len.to_vec() };
    let source = Runs::new(at.shape, &region(&at), width);
    let target = Runs::new(to_at.shape, &region(&to_at), width);
    let (mut reads, mut writes) = (source.offsets(), target.offsets());
    let step = source.run.min(target.run);
    let (mut a, mut b) = (reads.next(), writes.next());
    let (mut in_a, mut in_b) = (0, 0);
    // Both visit the box in C order, and the shorter run divides the longer one.
    while let (Some(x), Some(y)) = (a, b) {
        to[y + in_b..y + in_b + step].copy_from_slice(&from[x + in_a..x + in_a + step]);
        in_a += step;
        in_b += step;
        if in_a == source.run {
            (a, in_a) = (reads.next(), 0);
        }
        if in_b == target.run {
            (b, in_b) = (writes.next(), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;
    use crate::data::Region;

    fn runs(shape: &[usize], start: &[usize], len: &[usize]) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let region = Region { start: start.to_vec(), len: len.to_vec() };
        let each = |offset, place: std::ops::Range<usize>| {
            out.push((offset, place.len()));
            Ok(())
        };
        Runs::new(shape, &region, 1).for_each(each).unwrap();
        out
    }

    #[test]
    fn whole_trailing_axes_are_one_run() {
        assert_eq!(runs(&[4, 5], &[1, 0], &[2, 5]), [(5, 10)]);
        assert_eq!(runs(&[4, 5], &[0, 0], &[4, 5]), [(0, 20)]);
        assert_eq!(runs(&[], &[], &[]), [(0, 1)]);
        assert_eq!(runs(&[2, 3, 4], &[0, 1, 1], &[2, 2, 2]), [(5, 2), (9, 2), (17, 2), (21, 2)]);
    }
}
