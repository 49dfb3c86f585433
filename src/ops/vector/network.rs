//! Sorting networks: short segments sorted side by side, each in a lane of its own.
//!
//! The exchanges are Batcher's for any length (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M).

use pulp::x86::V4;
use std::sync::OnceLock;

/// The longest segment that a network sorts: 191 exchanges.
pub(super) const LONGEST: usize = 32;
/// Segments side by side: two vectors of eight 64-bit keys.
const LANES: usize = 16;
/// Segments wait with others of about their length: alone those of a quicksort, 14 keys long at the mean, would be sorted as
/// if all had 32.
const KINDS: usize = 4;

/// Keys that are compared in vectors.
pub(super) trait Exchanged: Copy + Ord {
    /// The greatest key.
    const MOST: Self;

    /// The smaller and the greater ones.
    fn exchanged(simd: V4, a: [Self; LANES], b: [Self; LANES]) -> ([Self; LANES], [Self; LANES]);
}

macro_rules! exchanged {
    ($($type:ty, $vectors:ty, $min:ident, $max:ident;)*) => {$(
        impl Exchanged for $type {
            const MOST: $type = <$type>::MAX;

            // The compiler makes single words of a loop over 64-bit keys.
            #[inline(always)]
            fn exchanged(simd: V4, a: [$type; LANES], b: [$type; LANES]) -> ([$type; LANES], [$type; LANES]) {
                let (a, b): ($vectors, $vectors) = (bytemuck::cast(a), bytemuck::cast(b));
                let (mut low, mut high) = (a, b);
                for k in 0..a.len() {
                    (low[k], high[k]) = (simd.$min(a[k], b[k]), simd.$max(a[k], b[k]));
                }
                (bytemuck::cast(low), bytemuck::cast(high))
            }
        }
    )*};
}
exchanged! {
    i32, [pulp::i32x16; 1], min_i32x16, max_i32x16;
    u32, [pulp::u32x16; 1], min_u32x16, max_u32x16;
    i64, [pulp::i64x8; 2], min_i64x8, max_i64x8;
    u64, [pulp::u64x8; 2], min_u64x8, max_u64x8;
}

/// Pairs of positions, of which the first gets the smaller key, that sort segments of `len`.
fn exchanges(len: usize) -> &'static [(u8, u8)] {
    static KNOWN: [OnceLock<Vec<(u8, u8)>>; LONGEST + 1] = [const { OnceLock::new() }; LONGEST + 1];
    KNOWN[len].get_or_init(|| {
        let mut exchanges = vec![];
        let top = len.next_power_of_two() / 2;
        let mut p = top;
        while p > 0 {
            let (mut q, mut r, mut d) = (top, 0, p);
            loop {
                let firsts = (0..len.saturating_sub(d)).filter(|i| i & p == r);
                exchanges.extend(firsts.map(|i| (i as u8, (i + d) as u8)));
                if q == p {
                    break;
                }
                (d, q, r) = (q - p, q / 2, p);
            }
            p /= 2;
        }
        exchanges
    })
}

/// Segments of a slice that wait for others to be sorted with.
pub(super) struct Batch<K> {
    simd: V4,
    /// Where each begins, and its length, by the length.
    waiting: [[(usize, usize); LANES]; KINDS],
    counts: [usize; KINDS],
    columns: [[K; LANES]; LONGEST],
}

impl<K: Exchanged> Batch<K> {
    pub(super) fn new(simd: V4) -> Batch<K> {
        Batch { simd, waiting: Default::default(), counts: [0; KINDS], columns: [[K::MOST; LANES]; LONGEST] }
    }

    /// Sorts `keys[first..first + len]`, now or later.
    #[inline(always)]
    pub(super) fn add(&mut self, keys: &mut [K], first: usize, len: usize) {
        if len < 2 {
            return;
        }
        let kind = (len - 1) / (LONGEST / KINDS);
        self.waiting[kind][self.counts[kind]] = (first, len);
        self.counts[kind] += 1;
        if self.counts[kind] == LANES {
            self.sort(keys, kind);
        }
    }

    /// Sorts what waits.
    pub(super) fn finish(&mut self, keys: &mut [K]) {
        (0..KINDS).for_each(|kind| self.sort(keys, kind));
    }

    fn sort(&mut self, keys: &mut [K], kind: usize) {
        let segments = &self.waiting[kind][..self.counts[kind]];
        let longest = segments.iter().map(|segment| segment.1).max().unwrap_or(0);
        for (lane, &(first, len)) in segments.iter().enumerate() {
            for (column, key) in self.columns.iter_mut().zip(&keys[first..first + len]) {
                column[lane] = *key;
            }
            self.columns[len..longest].iter_mut().for_each(|column| column[lane] = K::MOST);
        }
        let (simd, columns, exchanges) = (self.simd, &mut self.columns, exchanges(longest));
        simd.vectorize(
            #[inline(always)]
            || {
                for &(a, b) in exchanges {
                    let (a, b) = (usize::from(a), usize::from(b));
                    (columns[a], columns[b]) = K::exchanged(simd, columns[a], columns[b]);
                }
            },
        );
        for (lane, &(first, len)) in segments.iter().enumerate() {
            for (key, column) in keys[first..first + len].iter_mut().zip(&self.columns) {
                *key = column[lane];
            }
        }
        self.counts[kind] = 0;
    }
}
