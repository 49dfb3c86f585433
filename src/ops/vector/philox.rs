//! Random words as a pure function of (seed, stream, element): the counter-based generator Philox4x32-10.
//!
//! J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. Elements stand in groups
//! of 16; a block of the generator makes two 64-bit words, the word of two elements that are 8 apart:
//!
//! ```text
//! element i:  group g = i / 16,  lane l = i % 8,  word w = i / 8 % 2
//! counter     [g * 8 + l as 64 bits, stream as 64 bits]      key  the seed as 64 bits
//! block       word 0 | word 1  ->  elements g * 16 + l and g * 16 + 8 + l
//! ```
//!
//! So eight counters side by side in a vector give sixteen elements in order, and every second, fourth or eighth element
//! needs only every second, fourth or eighth counter. Not for distributions: see `normal` and `integers`.

use super::groups::fill_words;
use super::level::Level;

/// The elements that a region of an array asks for: lines of one length, which go side by side.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// The first element of the first line.
    pub start: u64,
    /// From one element of a line to the next; may be negative or zero.
    pub step: i64,
    /// Elements of a line.
    pub len: usize,
    /// From the first element of a line to that of the next.
    pub apart: i64,
    /// How many lines there are.
    pub count: usize,
}

impl Lines {
    /// Elements `start`, `start + step`, ….
    #[must_use]
    pub fn one(start: u64, step: i64, len: usize) -> Lines {
        Lines { start, step, len, apart: 0, count: 1 }
    }

    /// The first element of a line.
    #[inline(always)]
    #[must_use]
    pub fn start_of(&self, line: usize) -> u64 {
        self.start.wrapping_add_signed(self.apart.wrapping_mul(line as i64))
    }
}

pub(super) const MULTIPLIER_0: u64 = 0xD251_1F53;
pub(super) const MULTIPLIER_1: u64 = 0xCD9E_8D57;
const WEYL_0: u32 = 0x9E37_79B9;
const WEYL_1: u32 = 0xBB67_AE85;
/// Of ten rounds, counted from zero.
pub(super) const LAST_ROUND: u32 = 9;

/// What a generator is keyed by: every element of one (seed, stream) has its own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The seed of the array.
    pub seed: u64,
    /// Which of the independent sequences of that seed.
    pub stream: u64,
}

impl Key {
    #[inline(always)]
    pub(super) fn of_round(self, round: u32) -> (u64, u64) {
        let (low, high) = (self.seed as u32, (self.seed >> 32) as u32);
        let k0 = low.wrapping_add(WEYL_0.wrapping_mul(round));
        (u64::from(k0), u64::from(high.wrapping_add(WEYL_1.wrapping_mul(round))))
    }
}

/// The four 32-bit words of a counter, each in the lower half of a 64-bit lane.
///
/// The upper halves are rubbish between rounds: the multiplication reads the lower half alone, so no instruction is spent
/// on masks.
type State = (u64, u64, u64, u64);

#[inline(always)]
fn mix(k0: u64, k1: u64, (c0, c1, c2, c3): State) -> State {
    let p0 = (c0 & LOWER) * MULTIPLIER_0;
    let p1 = (c2 & LOWER) * MULTIPLIER_1;
    ((p1 >> 32) ^ c1 ^ k0, p1, (p0 >> 32) ^ c3 ^ k1, p0)
}

/// The last round and the two 64-bit words of its outputs, (0, 1) and (2, 3), the upper half first.
///
/// Output 0 is the upper half of a product, xored, and output 1 its lower half: joined they are the product itself with its
/// upper half xored, so in this order no output is ever taken apart.
#[inline(always)]
fn finish(k0: u64, k1: u64, (c0, c1, c2, c3): State) -> (u64, u64) {
    let p0 = (c0 & LOWER) * MULTIPLIER_0;
    let p1 = (c2 & LOWER) * MULTIPLIER_1;
    (p1 ^ ((c1 ^ k0) << 32), p0 ^ ((c3 ^ k1) << 32))
}

/// The two words of one counter.
#[inline(always)]
pub(crate) fn block(key: Key, counter: u64) -> (u64, u64) {
    let mut state = (counter, counter >> 32, key.stream, key.stream >> 32);
    for round in 0..LAST_ROUND {
        let (k0, k1) = key.of_round(round);
        state = mix(k0, k1, state);
    }
    let (k0, k1) = key.of_round(LAST_ROUND);
    finish(k0, k1, state)
}

const LOWER: u64 = 0xFFFF_FFFF;

/// Fills `out` with the words of the elements of `lines`.
pub fn fill_u64(key: Key, lines: &Lines, out: &mut [u64]) {
    fill_words(
        Level::best(),
        key,
        lines,
        out,
        #[inline(always)]
        |word| word,
    );
}

/// Fills `out` with uniform numbers of [0, 1) of 53 bits, one an element.
pub fn fill_f64(key: Key, lines: &Lines, out: &mut [f64]) {
    fill_words(Level::best(), key, lines, out, unit_f64);
}

/// Fills `out` with uniform numbers of [0, 1) of 24 bits, one an element.
pub fn fill_f32(key: Key, lines: &Lines, out: &mut [f32]) {
    fill_words(Level::best(), key, lines, out, unit_f32);
}

/// The upper 53 bits of a word as a number of [0, 1).
#[inline(always)]
pub(crate) fn unit_f64(word: u64) -> f64 {
    const SCALE: f64 = 1.0 / (1_u64 << 53) as f64;
    (word >> 11) as f64 * SCALE
}

/// The upper 24 bits of a word as a number of [0, 1).
#[inline(always)]
fn unit_f32(word: u64) -> f32 {
    const SCALE: f32 = 1.0 / (1_u32 << 24) as f32;
    (word >> 40) as u32 as f32 * SCALE
}

/// Fills `out` with uniform integers of [low, low + range), wrapping; a `range` of 0 stands for all 2^64.
///
/// The upper half of the 128-bit product of word and range (D. Lemire, "Fast random integer generation in an interval",
/// 2019) without its rejection step, so that every element is one word: the bias is at most range / 2^64.
pub fn fill_integers(key: Key, low: i64, range: u64, lines: &Lines, out: &mut [i64]) {
    let level = Level::best();
    if range == 0 {
        fill_words(
            level,
            key,
            lines,
            out,
            #[inline(always)]
            |word| word as i64,
        );
    } else if range <= LOWER {
        fill_words(
            level,
            key,
            lines,
            out,
            #[inline(always)]
            |word| low.wrapping_add(multiply_high_short(word, range)),
        );
    } else {
        fill_words(
            level,
            key,
            lines,
            out,
            #[inline(always)]
            |word| low.wrapping_add(multiply_high(word, range) as i64),
        );
    }
}

/// The upper half of the product with a b below 2^32, from 32-bit products that vector units have.
#[inline(always)]
fn multiply_high_short(a: u64, b: u64) -> i64 {
    (((a >> 32) * (b & LOWER) + (((a & LOWER) * (b & LOWER)) >> 32)) >> 32) as i64
}

/// The upper half of the 128-bit product.
#[inline(always)]
fn multiply_high(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::{Key, Lines, block, fill_f64, fill_integers, fill_u64, multiply_high, multiply_high_short};

    const KEY: Key = Key { seed: 7, stream: 3 };

    fn words(outputs: [u32; 4]) -> (u64, u64) {
        let [a, b, c, d] = outputs.map(u64::from);
        (a << 32 | b, c << 32 | d)
    }

    #[test]
    fn block_gives_the_known_answers_of_random123() {
        let zero = block(Key { seed: 0, stream: 0 }, 0);
        assert_eq!(zero, words([0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]));
        let ones = block(Key { seed: u64::MAX, stream: u64::MAX }, u64::MAX);
        assert_eq!(ones, words([0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]));
        let key = Key { seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e };
        let pi = block(key, 0x85a3_08d3_243f_6a88);
        assert_eq!(pi, words([0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]));
    }

    #[test]
    fn an_element_depends_on_seed_and_index_alone() {
        let mut all = vec![0; 1000];
        fill_u64(KEY, &Lines::one(0, 1, 1000), &mut all);
        for step in [1_i64, 2, 3, 4, 5, 8, 16, -1, -2, -3, -4, -7, -8] {
            for start in [0_u64, 1, 5, 8, 13, 16, 31, 490, 501, 999] {
                for length in [1_usize, 2, 7, 16, 33, 100, 130, 500] {
                    let Some(end) = start.checked_add_signed(step * (length as i64 - 1)) else { continue };
                    if end >= 1000 {
                        continue;
                    }
                    let mut some = vec![0; length];
                    fill_u64(KEY, &Lines::one(start, step, length), &mut some);
                    let expected: Vec<u64> =
                        (0..length).map(|i| all[start.wrapping_add_signed(step * i as i64) as usize]).collect();
                    assert_eq!(some, expected, "start {start} step {step} length {length}");
                }
            }
        }
    }

    #[test]
    fn lines_drawn_together_are_those_drawn_alone() {
        for (step, apart) in
            [(1_i64, 100_i64), (1, 96), (2, 160), (4, -100), (8, 17), (-1, 64), (-2, 50), (3, 10), (1, 0)]
        {
            for (start, len, count) in [(4096_u64, 32, 9), (4099, 32, 9), (4096, 5, 40), (4103, 1, 7), (5000, 200, 3)] {
                let lines = Lines { start, step, len, apart, count };
                let mut out = vec![0; len * count];
                fill_u64(KEY, &lines, &mut out);
                for (line, got) in out.chunks(len).enumerate() {
                    let mut alone = vec![0; len];
                    fill_u64(KEY, &Lines::one(lines.start_of(line), step, len), &mut alone);
                    assert_eq!(got, alone, "line {line} of {lines:?}");
                }
            }
        }
    }

    #[test]
    fn uniform_numbers_fill_the_unit_interval() {
        let mut x = vec![0.0; 100_000];
        fill_f64(KEY, &Lines::one(0, 1, x.len()), &mut x);
        let mean = x.iter().sum::<f64>() / 1e5;
        assert!((mean - 0.5).abs() < 0.005, "mean {mean}");
        assert!(x.iter().all(|x| (0.0..1.0).contains(x)));
    }

    #[test]
    fn short_and_long_products_agree() {
        for a in [0, 1, 7 << 31, u64::MAX, 0x0123_4567_89AB_CDEF] {
            for b in [1, 2, 1000, u64::from(u32::MAX)] {
                assert_eq!(multiply_high_short(a, b) as u64, multiply_high(a, b), "{a} {b}");
            }
        }
    }

    #[test]
    fn integers_stay_in_their_range() {
        let mut k = vec![0; 10_000];
        fill_integers(KEY, -3, 7, &Lines::one(0, 1, k.len()), &mut k);
        for value in -3..=3 {
            let count = k.iter().filter(|k| **k == value).count();
            assert!((1200..1700).contains(&count), "{value} came {count} times");
        }
        assert!(k.iter().all(|k| (-3..=3).contains(k)));
    }
}
