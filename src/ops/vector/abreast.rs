//! Numbers for kernels with tables, on AVX-512: one float64, or four vectors of eight abreast.
//!
//! Its vectors look up eight numbers in a table of sixteen at once, which no compiler finds in a loop over slices; and four
//! vectors whose steps take turns fill the units that one after another leaves waiting. A kernel is written once, for
//! [`Numbers`], so that what is left over of a slice has the same bits. Not for other machines: with AVX2, which looks up one
//! number after another, `exp` took 2.3 ns a number by tables and 0.8 by a polynomial.

use super::elementwise::Kernel;
use super::level::Level;
use pulp::x86::V4;
use std::arch::x86_64::{__m512d, __m512i};
use std::ops::{Add, BitAnd, BitOr, Mul, Sub};

/// Entries of a table.
pub(crate) const ENTRIES: usize = 16;

/// One or more float64 numbers side by side.
pub(crate) trait Numbers: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// Their bits.
    type Words: Words;
    /// As many of one number.
    fn all(self, number: f64) -> Self;
    /// As many of one word.
    fn all_words(self, word: u64) -> Self::Words;
    /// `self * factor + term`, rounded once.
    fn fused(self, factor: Self, term: Self) -> Self;
    fn to_words(self) -> Self::Words;
    fn of_words(words: Self::Words) -> Self;
    /// The entries of a table that the lowest four bits of words number.
    fn look_up(table: &[f64; ENTRIES], words: Self::Words) -> Self;
    /// Words as numbers, with their signs.
    fn of_integers(words: Self::Words) -> Self;
}

/// The bits of numbers; sums and differences wrap.
pub(crate) trait Words: Copy + BitAnd<Output = Self> + BitOr<Output = Self> {
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn up<const BITS: u32>(self) -> Self;
    fn down<const BITS: u32>(self) -> Self;
}

impl Numbers for f64 {
    type Words = u64;

    #[inline(always)]
    fn all(self, number: f64) -> f64 {
        number
    }

    #[inline(always)]
    fn all_words(self, word: u64) -> u64 {
        word
    }

    #[inline(always)]
    fn fused(self, factor: f64, term: f64) -> f64 {
        self.mul_add(factor, term)
    }

    #[inline(always)]
    fn to_words(self) -> u64 {
        self.to_bits()
    }

    #[inline(always)]
    fn of_words(words: u64) -> f64 {
        f64::from_bits(words)
    }

    #[inline(always)]
    fn look_up(table: &[f64; ENTRIES], words: u64) -> f64 {
        table[(words % ENTRIES as u64) as usize]
    }

    #[inline(always)]
    fn of_integers(words: u64) -> f64 {
        words as i64 as f64
    }
}

impl Words for u64 {
    #[inline(always)]
    fn plus(self, other: u64) -> u64 {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn minus(self, other: u64) -> u64 {
        self.wrapping_sub(other)
    }

    #[inline(always)]
    fn up<const BITS: u32>(self) -> u64 {
        self << BITS
    }

    #[inline(always)]
    fn down<const BITS: u32>(self) -> u64 {
        self >> BITS
    }
}

/// Vectors abreast.
const VECTORS: usize = 4;
/// Numbers in them.
const WIDTH: usize = 8 * VECTORS;

/// Thirty-two numbers or their bits.
#[derive(Clone, Copy)]
pub(crate) struct Abreast<V> {
    simd: V4,
    parts: [V; VECTORS],
}

/// What an intrinsic makes of the parts of one to three operands. (A loop: closures of `map` are compiled without the
/// instruction set.)
macro_rules! each {
    ($simd:expr, $first:expr => |$k:ident| $part:expr) => {{
        let mut parts = [$first; VECTORS];
        for $k in 0..VECTORS {
            parts[$k] = $part;
        }
        Abreast { simd: $simd, parts }
    }};
}

macro_rules! operators {
    ($($trait:ident $method:ident $part:ty, $set:ident $intrinsic:ident;)*) => {$(
        impl $trait for Abreast<$part> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let set = self.simd.$set;
                each!(self.simd, self.parts[0] => |k| set.$intrinsic(self.parts[k], other.parts[k]))
            }
        }
    )*};
}

operators! {
    Add add __m512d, avx512f _mm512_add_pd;
    Sub sub __m512d, avx512f _mm512_sub_pd;
    Mul mul __m512d, avx512f _mm512_mul_pd;
    BitAnd bitand __m512i, avx512f _mm512_and_si512;
    BitOr bitor __m512i, avx512f _mm512_or_si512;
}

impl Numbers for Abreast<__m512d> {
    type Words = Abreast<__m512i>;

    #[inline(always)]
    fn all(self, number: f64) -> Self {
        Self { parts: [self.simd.avx512f._mm512_set1_pd(number); VECTORS], ..self }
    }

    #[inline(always)]
    fn all_words(self, word: u64) -> Self::Words {
        Abreast { simd: self.simd, parts: [self.simd.avx512f._mm512_set1_epi64(word as i64); VECTORS] }
    }

    #[inline(always)]
    fn fused(self, factor: Self, term: Self) -> Self {
        let set = self.simd.avx512f;
        each!(self.simd, self.parts[0] => |k| set._mm512_fmadd_pd(self.parts[k], factor.parts[k], term.parts[k]))
    }

    #[inline(always)]
    fn to_words(self) -> Self::Words {
        Abreast { simd: self.simd, parts: bytemuck::cast(self.parts) }
    }

    #[inline(always)]
    fn of_words(words: Self::Words) -> Self {
        Abreast { simd: words.simd, parts: bytemuck::cast(words.parts) }
    }

    #[inline(always)]
    fn look_up(table: &[f64; ENTRIES], words: Self::Words) -> Self {
        let [low, high]: [__m512d; 2] = bytemuck::cast(*table);
        let set = words.simd.avx512f;
        each!(words.simd, low => |k| set._mm512_permutex2var_pd(low, words.parts[k], high))
    }

    #[inline(always)]
    fn of_integers(words: Self::Words) -> Self {
        let set = words.simd.avx512dq;
        each!(words.simd, set._mm512_cvtepi64_pd(words.parts[0]) => |k| set._mm512_cvtepi64_pd(words.parts[k]))
    }
}

impl Words for Abreast<__m512i> {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        let set = self.simd.avx512f;
        each!(self.simd, self.parts[0] => |k| set._mm512_add_epi64(self.parts[k], other.parts[k]))
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        let set = self.simd.avx512f;
        each!(self.simd, self.parts[0] => |k| set._mm512_sub_epi64(self.parts[k], other.parts[k]))
    }

    #[inline(always)]
    fn up<const BITS: u32>(self) -> Self {
        let set = self.simd.avx512f;
        each!(self.simd, self.parts[0] => |k| set._mm512_slli_epi64::<BITS>(self.parts[k]))
    }

    #[inline(always)]
    fn down<const BITS: u32>(self) -> Self {
        let set = self.simd.avx512f;
        each!(self.simd, self.parts[0] => |k| set._mm512_srli_epi64::<BITS>(self.parts[k]))
    }
}

/// A kernel that is written for [`Numbers`]: the form of a [`Kernel`] on this machine.
pub(crate) trait Tabled: Kernel {
    /// `fast`, within 2 ulp of it.
    fn ordinary<X: Numbers>(x: X) -> X;

    /// The `strange` of [`Kernel`].
    fn unusual<X: Numbers>(x: X) -> X::Words;

    /// `wide`, with the bits of `ordinary` where both hold.
    #[inline(always)]
    fn any(x: f64) -> f64 {
        Self::ordinary(x)
    }
}

/// The fast form of a block, by tables where there are vectors for them: for a body that is compiled for the level.
#[inline(always)]
pub(crate) fn fast_block<K: Tabled>(level: Level, x: &[f64], out: &mut [f64]) -> u64 {
    let Level::V4(simd) = level else { return K::fast_all(x, out) };
    let mut strange = simd.avx512f._mm512_setzero_si512();
    let ((whole, rest), (out, left)) = (x.as_chunks::<WIDTH>(), out.as_chunks_mut::<WIDTH>());
    for (x, out) in whole.iter().zip(out) {
        let x = Abreast { simd, parts: bytemuck::cast::<[f64; WIDTH], [__m512d; VECTORS]>(*x) };
        for part in K::unusual(x).parts {
            strange = simd.avx512f._mm512_or_si512(strange, part);
        }
        *out = bytemuck::cast(K::ordinary(x).parts);
    }
    let mut seen = 0;
    for word in bytemuck::cast::<__m512i, [u64; 8]>(strange) {
        seen |= word;
    }
    for (x, out) in rest.iter().zip(left) {
        seen |= K::unusual(*x);
        *out = K::ordinary(*x);
    }
    seen
}

/// The wide form of a block: see [`fast_block`].
#[inline(always)]
pub(crate) fn wide_block<K: Tabled>(level: Level, x: &[f64], out: &mut [f64]) -> u64 {
    if !matches!(level, Level::V4(_)) {
        return K::wide_all(x, out);
    }
    let mut seen = 0;
    for (x, out) in x.iter().zip(out) {
        seen |= K::strange_to_wide(*x);
        *out = K::any(*x);
    }
    seen
}
