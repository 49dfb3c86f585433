//! An endless stream of random words for each element of an array, for distributions that draw a varying number of them.
//!
//! Hand it to any distribution of `rand_distr`. Not for uniform, integer or normal arrays: `philox` and `normal` make those
//! a tile at a time.

use std::convert::Infallible;

use rand::TryRng;

use super::philox::{Key, block};

/// Sets these streams apart from the arrays of the same seed.
const APART: u64 = 0x9E37_79B9_7F4A_7C15;

/// The random words of one element, a function of (seed, element) alone.
#[derive(Debug, Clone)]
pub struct ElementRng {
    key: Key,
    counter: u64,
    spare: Option<u64>,
}

impl ElementRng {
    /// The stream of element `element` of an array with this seed.
    #[must_use]
    pub const fn new(seed: u64, element: u64) -> Self {
        Self { key: Key { seed: seed ^ APART, stream: element }, counter: 0, spare: None }
    }

    fn next(&mut self) -> u64 {
        if let Some(word) = self.spare.take() {
            return word;
        }
        let (word, spare) = block(self.key, self.counter);
        self.counter = self.counter.wrapping_add(1);
        self.spare = Some(spare);
        word
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
        let mean = (0..100_000).map(draw).sum::<f64>() / 1e5;
        assert!((mean - 1.0).abs() < 0.02, "mean {mean}");
    }
}
