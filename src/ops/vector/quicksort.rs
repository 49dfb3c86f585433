//! A quicksort in vectors of AVX-512: each vector of keys is compared with the pivot and split by two compressions. Segments
//! short enough for a sorting network wait until there are as many as a vector has lanes (see [`super::network`]).
//!
//! After Gueron and Krasnov, The Computer Journal 59, 2016, and Bramas, IJACSA 8, 2017. No compression is at hand in AVX2.

use super::network::{Batch, Exchanged, LONGEST};
use super::sorting::Split;
use pulp::x86::V4;
use pulp::{b8, b16, cast};

/// Up to this length the pivot is the median of three keys.
const FEW: usize = 256;
/// Up to this length it is that of nine, else of 127.
const SOME: usize = 1 << 16;

/// Keys that can be divided by a pivot.
pub(super) trait Divided: Exchanged {
    /// Puts the keys below the pivot to the front, the others behind them; how many are below. `rest` is as long at least.
    fn divide(simd: V4, keys: &mut [Self], rest: &mut [Self], pivot: Self) -> usize;

    /// The key after this one.
    fn next(self) -> Option<Self>;
}

macro_rules! divided {
    ($($type:ty, $vector:ty, $splat:ident, $less:ident, $mask:ident, $compress:ident;)*) => {$(
        impl Divided for $type {
            fn divide(simd: V4, keys: &mut [$type], rest: &mut [$type], pivot: $type) -> usize {
                simd.vectorize(
                    #[inline(always)]
                    || {
                        const LANES: usize = size_of::<$vector>() / size_of::<$type>();
                        let by = simd.$splat(pivot);
                        let (mut front, mut back, mut at) = (0, 0, 0);
                        while at + LANES <= keys.len() {
                            let values: $vector = bytemuck::pod_read_unaligned(bytemuck::cast_slice(&keys[at..at + LANES]));
                            let $mask(below) = simd.$less(values, by);
                            let low: [$type; LANES] = cast(simd.avx512f.$compress(below, cast(values)));
                            let high: [$type; LANES] = cast(simd.avx512f.$compress(!below, cast(values)));
                            // What lies behind the last key that is wanted is written over later: both ends are behind `at`.
                            keys[front..front + LANES].copy_from_slice(&low);
                            rest[back..back + LANES].copy_from_slice(&high);
                            let count = below.count_ones() as usize;
                            (front, back, at) = (front + count, back + LANES - count, at + LANES);
                        }
                        while at < keys.len() {
                            let key = keys[at];
                            let is_below = usize::from(key < pivot);
                            (keys[front], rest[back]) = (key, key);
                            (front, back, at) = (front + is_below, back + 1 - is_below, at + 1);
                        }
                        keys[front..].copy_from_slice(&rest[..back]);
                        front
                    },
                )
            }

            fn next(self) -> Option<$type> {
                self.checked_add(1)
            }
        }
    )*};
}
divided! {
    i32, pulp::i32x16, splat_i32x16, cmp_lt_i32x16, b16, _mm512_maskz_compress_epi32;
    u32, pulp::u32x16, splat_u32x16, cmp_lt_u32x16, b16, _mm512_maskz_compress_epi32;
    i64, pulp::i64x8, splat_i64x8, cmp_lt_i64x8, b8, _mm512_maskz_compress_epi64;
    u64, pulp::u64x8, splat_u64x8, cmp_lt_u64x8, b8, _mm512_maskz_compress_epi64;
}

/// A stretch of keys to be sorted, and how often it may still be divided: pivots that are bad again and again end in the
/// standard library's sort, whose time has a bound.
struct Stretch {
    first: usize,
    len: usize,
    left: u32,
}

/// Sorts each line of `len` keys.
pub(super) fn sort_lines<K: Divided>(simd: V4, keys: &mut [K], len: usize) {
    let mut rest = if len > LONGEST { keys[..len.min(keys.len())].to_vec() } else { vec![] };
    sort_lines_within(simd, keys, len, &mut rest);
}

/// Sorts one line; `rest` is as long at least.
pub(super) fn sort_line<K: Divided>(simd: V4, keys: &mut [K], rest: &mut [K]) {
    sort_lines_within(simd, keys, keys.len().max(1), rest);
}

fn sort_lines_within<K: Divided>(simd: V4, keys: &mut [K], len: usize, rest: &mut [K]) {
    let mut batch = Batch::new(simd);
    let mut open = vec![];
    for first in (0..keys.len()).step_by(len) {
        let len = len.min(keys.len() - first);
        open.push(Stretch { first, len, left: 2 * len.ilog2() });
        while let Some(Stretch { first, len, left }) = open.pop() {
            let own = &mut keys[first..first + len];
            if len <= LONGEST {
                batch.add(keys, first, len);
                continue;
            }
            let Some(left) = left.checked_sub(1) else {
                own.sort_unstable();
                continue;
            };
            let Split { at, is_sorted } = split(simd, own, rest);
            if !is_sorted {
                open.push(Stretch { first, len: at, left });
            }
            open.push(Stretch { first: first + at, len: len - at, left });
        }
    }
    batch.finish(keys);
}

/// Splits keys, of which there are some, at a key from about their middle; `rest` is as long at least.
pub(super) fn split<K: Divided>(simd: V4, keys: &mut [K], rest: &mut [K]) -> Split {
    let pivot = pivot(keys);
    let below = K::divide(simd, keys, rest, pivot);
    if below > 0 {
        return Split { at: below, is_sorted: false };
    }
    // The pivot is the least: what is equal to it comes first.
    let at = pivot.next().map_or(keys.len(), |next| K::divide(simd, keys, rest, next));
    Split { at, is_sorted: true }
}

/// A key from about the middle.
fn pivot<K: Copy + Ord>(keys: &[K]) -> K {
    if keys.len() <= FEW {
        let step = keys.len() / 3;
        let [a, b, c] = [0, 1, 2].map(|third| keys[third * step + step / 2]);
        return a.min(b).max(a.max(b).min(c));
    }
    if keys.len() <= SOME { median_of::<K, 9>(keys) } else { median_of::<K, 127>(keys) }
}

/// The median of so many keys.
fn median_of<K: Copy + Ord, const SAMPLE: usize>(keys: &[K]) -> K {
    let step = keys.len() / SAMPLE;
    let mut sample: [K; SAMPLE] = std::array::from_fn(|k| keys[k * step + step / 2]);
    sample.sort_unstable();
    sample[SAMPLE / 2]
}
