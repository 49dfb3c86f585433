//! An endless stream of random words for each element of an array, for distributions that draw a varying number of them.
//!
//! Hand it to any distribution of `rand_distr`. Not for uniform, integer or normal arrays: `philox` and `normal` make those
//! a tile at a time.

use std::convert::Infallible;

use rand::TryRng;

use super::level::Level;
use super::philox::{Key, block};
use super::rounds::{Stream, with_vectors};

/// Sets these streams apart from the arrays of the same seed.
const APART: u64 = 0x9E37_79B9_7F4A_7C15;

/// Elements whose first words are made together.
const TOGETHER: usize = 64;

/// The random words of one element, a function of (seed, element) alone.
#[derive(Debug, Clone)]
pub struct ElementRng {
    key: Key,
    counter: u64,
    /// Words that were made already, the next one last.
    ready: [u64; 2],
    left: usize,
}

impl ElementRng {
    /// The stream of element `element` of an array with this seed.
    #[must_use]
    pub const fn new(seed: u64, element: u64) -> Self {
        Self { key: Key { seed: seed ^ APART, stream: element }, counter: 0, ready: [0; 2], left: 0 }
    }

    /// Calls `each` with the number and the stream of elements `at`, `at + step`, …, `count` of them. Their first words, which
    /// for most are all, are made many at a time.
    pub fn each(seed: u64, at: u64, step: i64, count: usize, mut each: impl FnMut(usize, &mut ElementRng)) {
        let seed = seed ^ APART;
        let element = |k: usize| at.wrapping_add_signed(step.wrapping_mul(k as i64));
        for first in (0..count).step_by(TOGETHER) {
            let mut streams = [0; TOGETHER];
            streams.iter_mut().enumerate().for_each(|(k, stream)| *stream = element(first + k));
            let (mut a, mut b) = ([0; TOGETHER], [0; TOGETHER]);
            with_vectors!(Level::best(), simd => Stream::new(simd, Key { seed, stream: 0 }).first_words(&streams, (&mut a, &mut b)));
            for k in 0..TOGETHER.min(count - first) {
                let key = Key { seed, stream: streams[k] };
                each(first + k, &mut ElementRng { key, counter: 1, ready: [b[k], a[k]], left: 2 });
            }
        }
    }

    #[inline]
    fn next(&mut self) -> u64 {
        if self.left == 0 {
            let (word, later) = block(self.key, self.counter);
            self.counter = self.counter.wrapping_add(1);
            (self.ready, self.left) = ([later, word], 2);
        }
        self.left -= 1;
        self.ready[self.left & 1]
    }
}

impl TryRng for ElementRng {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next() >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, Exp1};

    use super::ElementRng;

    #[test]
    fn a_distribution_draws_the_same_number_for_the_same_element() {
        let draw = |element| -> f64 { Exp1.sample(&mut ElementRng::new(5, element)) };
        assert_eq!(draw(17).to_bits(), draw(17).to_bits());
        ElementRng::each(5, 3, -2, 2, |k, rng| {
            assert_eq!(Distribution::<f64>::sample(&Exp1, rng).to_bits(), draw([3, 1][k]).to_bits());
        });
        let mean = (0..100_000).map(draw).sum::<f64>() / 1e5;
        assert!((mean - 1.0).abs() < 0.02, "mean {mean}");
    }
}
