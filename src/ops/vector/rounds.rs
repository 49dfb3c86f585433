//! The rounds of Philox on counters side by side, in the vectors of one instruction set.
//!
//! What the compiler makes of the same loops over arrays takes 1.0 to 1.3 ns a number with AVX-512 and 2.3 to 4.2 with AVX2;
//! this takes 0.9 and 1.6. All words of a few vectors stay in registers, and upper halves come down by a shuffle, which runs
//! beside the multiplications, where a shift would wait for them. Not for the order of elements: see [`super::groups`].

use super::philox::{Key, LAST_ROUND, MULTIPLIER_0, MULTIPLIER_1};
use bytemuck::Pod;
#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};
#[cfg(target_arch = "x86_64")]
use pulp::{cast, u64x4, u64x8};

/// Words are made in multiples of so many counters.
pub(super) const LANES: usize = 8;
/// Pieces of so many counters that are made together.
pub(super) const PIECES: usize = 4;

/// Vectors of 64-bit words of an instruction set.
pub(super) trait Vectors: Copy {
    type Vector: Pod;
    fn splat(self, word: u64) -> Self::Vector;
    fn sum(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Of the lower halves.
    fn product(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The upper halves in the lower ones, and anything above.
    fn lower(self, a: Self::Vector) -> Self::Vector;
    /// The lower halves in the upper ones, and zeros below.
    fn raise(self, a: Self::Vector) -> Self::Vector;
    fn xor(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// [`Stream::fill`] with as many vectors abreast as there are registers for.
    fn fill(stream: &Stream<Self>, first: u64, stride: u64, words: (&mut [u64], &mut [u64]));
    /// [`Stream::fill_pieces`], as above.
    fn fill_pieces(stream: &Stream<Self>, firsts: &[u64; PIECES], stride: u64, words: (&mut [u64], &mut [u64]));
}

/// Every machine: eight words, which the compiler puts into what vectors there are.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Vectors for Portable {
    type Vector = [u64; LANES];

    #[inline(always)]
    fn splat(self, word: u64) -> Self::Vector {
        [word; LANES]
    }

    #[inline(always)]
    fn sum(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|k| a[k].wrapping_add(b[k]))
    }

    #[inline(always)]
    fn product(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        std::array::from_fn(|k| u64::from(a[k] as u32) * u64::from(b[k] as u32))
    }

    #[inline(always)]
    fn lower(self, a: Self::Vector) -> Self::Vector {
        a.map(|word| word >> 32)
    }

    #[inline(always)]
    fn raise(self, a: Self::Vector) -> Self::Vector {
        a.map(|word| word << 32)
    }

    #[inline(always)]
    fn xor(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        std::array::from_fn(|k| a[k] ^ b[k] ^ c[k])
    }

    #[inline(always)]
    fn fill(stream: &Stream<Self>, first: u64, stride: u64, words: (&mut [u64], &mut [u64])) {
        stream.fill_abreast::<1>(first, stride, words);
    }

    #[inline(always)]
    fn fill_pieces(stream: &Stream<Self>, firsts: &[u64; PIECES], stride: u64, words: (&mut [u64], &mut [u64])) {
        stream.fill_pieces_abreast::<1>(firsts, stride, words);
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! vectors {
    ($simd:ty, $vector:ty, $set:ident, $splat:ident, $sum:ident, $product:ident, $shuffle:ident, $raise:ident, $abreast:literal, $xor:ident) => {
        impl Vectors for $simd {
            type Vector = $vector;

            #[inline(always)]
            fn splat(self, word: u64) -> $vector {
                self.$splat(word)
            }

            #[inline(always)]
            fn sum(self, a: $vector, b: $vector) -> $vector {
                cast(self.$set.$sum(cast(a), cast(b)))
            }

            #[inline(always)]
            fn product(self, a: $vector, b: $vector) -> $vector {
                cast(self.$set.$product(cast(a), cast(b)))
            }

            #[inline(always)]
            fn lower(self, a: $vector) -> $vector {
                cast(self.$set.$shuffle::<0b11_11_01_01>(cast(a)))
            }

            #[inline(always)]
            fn raise(self, a: $vector) -> $vector {
                cast(self.$set.$raise::<32>(cast(a)))
            }

            #[inline(always)]
            fn xor(self, a: $vector, b: $vector, c: $vector) -> $vector {
                $xor(self, a, b, c)
            }

            #[inline(always)]
            fn fill(stream: &Stream<Self>, first: u64, stride: u64, words: (&mut [u64], &mut [u64])) {
                stream.fill_abreast::<$abreast>(first, stride, words);
            }

            #[inline(always)]
            fn fill_pieces(
                stream: &Stream<Self>,
                firsts: &[u64; PIECES],
                stride: u64,
                words: (&mut [u64], &mut [u64]),
            ) {
                stream.fill_pieces_abreast::<$abreast>(firsts, stride, words);
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
vectors! {
    V3, u64x4, avx2, splat_u64x4, _mm256_add_epi64, _mm256_mul_epu32, _mm256_shuffle_epi32, _mm256_slli_epi64, 2, xor_256
}
#[cfg(target_arch = "x86_64")]
vectors! {
    V4, u64x8, avx512f, splat_u64x8, _mm512_add_epi64, _mm512_mul_epu32, _mm512_shuffle_epi32, _mm512_slli_epi64, 4, xor_512
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn xor_256(simd: V3, a: u64x4, b: u64x4, c: u64x4) -> u64x4 {
    cast(simd.avx2._mm256_xor_si256(cast(a), simd.avx2._mm256_xor_si256(cast(b), cast(c))))
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn xor_512(simd: V4, a: u64x8, b: u64x8, c: u64x8) -> u64x8 {
    const XOR: i32 = 0x96;
    cast(simd.avx512f._mm512_ternarylogic_epi64::<XOR>(cast(a), cast(b), cast(c)))
}

/// Runs a body compiled for a level, with its vectors.
macro_rules! with_vectors {
    ($level:expr, $simd:ident => $body:expr) => {
        match $level {
            #[cfg(target_arch = "x86_64")]
            $crate::ops::vector::Level::V3($simd) => $simd.vectorize(
                #[inline(always)]
                || $body,
            ),
            #[cfg(target_arch = "x86_64")]
            $crate::ops::vector::Level::V4($simd) => $simd.vectorize(
                #[inline(always)]
                || $body,
            ),
            level => {
                let $simd = $crate::ops::vector::rounds::Portable;
                level.run(
                    #[inline(always)]
                    || $body,
                )
            }
        }
    };
}

pub(super) use with_vectors;

/// The four words of counters, as in [`super::philox`].
type State<V> = [V; 4];

/// One stream of a seed, with the keys of all rounds in vectors.
pub(super) struct Stream<S: Vectors> {
    simd: S,
    keys: [(S::Vector, S::Vector); LAST_ROUND as usize + 1],
    number: S::Vector,
}

impl<S: Vectors> Stream<S> {
    #[inline(always)]
    pub(super) fn new(simd: S, key: Key) -> Stream<S> {
        let mut keys = [(simd.splat(0), simd.splat(0)); LAST_ROUND as usize + 1];
        for (round, keys) in keys.iter_mut().enumerate() {
            let (k0, k1) = key.of_round(round as u32);
            *keys = (simd.splat(k0), simd.splat(k1));
        }
        Stream { simd, keys, number: simd.splat(key.stream) }
    }

    /// The two words of counters `first`, `first + stride`, …: a multiple of [`LANES`] of them.
    #[inline(always)]
    pub(super) fn fill(&self, first: u64, stride: u64, words: (&mut [u64], &mut [u64])) {
        S::fill(self, first, stride, words);
    }

    /// The same of pieces, [`LANES`] counters from each of `firsts` on.
    #[inline(always)]
    pub(super) fn fill_pieces(&self, firsts: &[u64; PIECES], stride: u64, words: (&mut [u64], &mut [u64])) {
        S::fill_pieces(self, firsts, stride, words);
    }

    #[inline(always)]
    fn fill_pieces_abreast<const N: usize>(
        &self,
        firsts: &[u64; PIECES],
        stride: u64,
        words: (&mut [u64], &mut [u64]),
    ) {
        let simd = self.simd;
        let (lanes, steps) = self.steps(stride);
        let (a, b): (&mut [S::Vector], &mut [S::Vector]) =
            (bytemuck::cast_slice_mut(words.0), bytemuck::cast_slice_mut(words.1));
        let vectors = LANES / lanes;
        for (number, (a, b)) in a.chunks_exact_mut(N).zip(b.chunks_exact_mut(N)).enumerate() {
            let mut states = [[steps; 4]; N];
            for k in 0..N {
                let vector = number * N + k;
                let first = firsts[vector / vectors].wrapping_add(stride * (vector % vectors * lanes) as u64);
                states[k] = self.state_of(simd.sum(simd.splat(first), steps), self.number);
            }
            self.mix(&mut states);
            for k in 0..N {
                [a[k], b[k], ..] = states[k];
            }
        }
    }

    /// How many counters a vector holds, and what they are beyond its first.
    #[inline(always)]
    fn steps(&self, stride: u64) -> (usize, S::Vector) {
        let steps: [u64; LANES] = std::array::from_fn(|k| stride * k as u64);
        (size_of::<S::Vector>() / size_of::<u64>(), bytemuck::cast_slice::<u64, S::Vector>(&steps)[0])
    }

    #[inline(always)]
    fn fill_abreast<const N: usize>(&self, first: u64, stride: u64, words: (&mut [u64], &mut [u64])) {
        let simd = self.simd;
        let (lanes, steps) = self.steps(stride);
        let (a, b): (&mut [S::Vector], &mut [S::Vector]) =
            (bytemuck::cast_slice_mut(words.0), bytemuck::cast_slice_mut(words.1));
        let mut next = simd.sum(simd.splat(first), steps);
        let step = simd.splat(stride * lanes as u64);
        let (mut a, mut b) = (a.chunks_exact_mut(N), b.chunks_exact_mut(N));
        for (a, b) in a.by_ref().zip(b.by_ref()) {
            let mut states = [[step; 4]; N];
            for state in &mut states {
                *state = self.state_of(next, self.number);
                next = simd.sum(next, step);
            }
            self.mix(&mut states);
            for k in 0..N {
                [a[k], b[k], ..] = states[k];
            }
        }
        for (a, b) in a.into_remainder().iter_mut().zip(b.into_remainder()) {
            let mut state = [self.state_of(next, self.number)];
            next = simd.sum(next, step);
            self.mix(&mut state);
            [[*a, *b, ..]] = state;
        }
    }

    /// The two words of counter 0 of streams: as many as there are lanes, or a multiple.
    #[inline(always)]
    pub(super) fn first_words(&self, streams: &[u64], words: (&mut [u64], &mut [u64])) {
        let streams: &[S::Vector] = bytemuck::cast_slice(streams);
        let (a, b): (&mut [S::Vector], &mut [S::Vector]) =
            (bytemuck::cast_slice_mut(words.0), bytemuck::cast_slice_mut(words.1));
        for (stream, (a, b)) in streams.iter().zip(a.iter_mut().zip(b)) {
            let mut state = [self.state_of(self.simd.splat(0), *stream)];
            self.mix(&mut state);
            [[*a, *b, ..]] = state;
        }
    }

    #[inline(always)]
    fn state_of(&self, counter: S::Vector, stream: S::Vector) -> State<S::Vector> {
        [counter, self.simd.lower(counter), stream, self.simd.lower(stream)]
    }

    /// All rounds: see `mix` and `finish` of [`super::philox`]. The two words come first.
    ///
    /// (Loops, no closures: those of `map` and `from_fn` are compiled without the instruction set, seven times as slow.)
    #[inline(always)]
    fn mix<const N: usize>(&self, states: &mut [State<S::Vector>; N]) {
        let simd = self.simd;
        let (m0, m1) = (simd.splat(MULTIPLIER_0), simd.splat(MULTIPLIER_1));
        let [rounds @ .., (k0, k1)] = &self.keys;
        macro_rules! rounds {
            ($($round:literal)*) => {$(
                let (k0, k1) = rounds[$round];
                for state in states.iter_mut() {
                    let [c0, c1, c2, c3] = *state;
                    let (p0, p1) = (simd.product(c0, m0), simd.product(c2, m1));
                    *state = [simd.xor(simd.lower(p1), c1, k0), p1, simd.xor(simd.lower(p0), c3, k1), p0];
                }
            )*};
        }
        // Written out, not looped: the compiler then keeps all words in registers.
        rounds! { 0 1 2 3 4 5 6 7 8 }
        let zero = simd.splat(0);
        for state in states.iter_mut() {
            let [c0, c1, c2, c3] = *state;
            let (p0, p1) = (simd.product(c0, m0), simd.product(c2, m1));
            let (x, y) = (simd.raise(simd.xor(c1, *k0, zero)), simd.raise(simd.xor(c3, *k1, zero)));
            *state = [simd.xor(p1, x, zero), simd.xor(p0, y, zero), zero, zero];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LANES, Stream};
    use crate::ops::vector::Level;
    use crate::ops::vector::philox::{Key, block};

    #[test]
    fn words_are_those_of_one_counter_at_every_level() {
        let key = Key { seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e };
        for level in Level::available() {
            for (first, stride) in [(0, 1), (7, 2), (u64::from(u32::MAX) - 3, 1), (5, 8)] {
                for count in [LANES, 3 * LANES, 8 * LANES] {
                    let (mut a, mut b) = (vec![0; count], vec![0; count]);
                    with_vectors!(level, simd => Stream::new(simd, key).fill(first, stride, (&mut a, &mut b)));
                    let expected = (0..count as u64).map(|k| block(key, first + stride * k));
                    assert!(a.into_iter().zip(b).eq(expected), "{count} from {first} by {stride} at {level:?}");
                }
            }
            let streams: Vec<u64> = (0..2 * LANES as u64).map(|k| k << 31 | k).collect();
            let (mut a, mut b) = (vec![0; streams.len()], vec![0; streams.len()]);
            with_vectors!(level, simd => Stream::new(simd, key).first_words(&streams, (&mut a, &mut b)));
            let expected = streams.iter().map(|&stream| block(Key { stream, ..key }, 0));
            assert!(a.into_iter().zip(b).eq(expected), "first words at {level:?}");
        }
    }
}
