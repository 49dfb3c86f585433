//! Squares of a transposed source, turned in registers: eight elements of each of eight lines become eight rows.
//!
//! Element by element the same takes as many loads and stores as there are elements: half the time of `(X + X.T).sum()`.
//! Not for elements of other sizes than 4 and 8 bytes, nor for machines without vectors: those copy one by one.

use super::Level;

/// Rows and columns of a square: eight float64 numbers are one line of a cache.
pub const SQUARE: usize = 8;

/// Eight rows of the output, and the lines of the source that become their columns.
#[derive(Clone, Copy, Debug)]
pub struct Strip {
    /// The element of the source that becomes the first one.
    pub first: usize,
    /// From one line of the source to the next.
    pub line: isize,
    /// Columns of the output: whole squares.
    pub columns: usize,
    /// From one row of the output to the next.
    pub row: usize,
}

impl Strip {
    /// The source of a column.
    #[inline(always)]
    fn line_of(&self, column: usize) -> usize {
        self.first.wrapping_add_signed(column as isize * self.line)
    }

    /// Whether everything the strip reads and writes is there.
    fn is_inside(&self, source: usize, out: usize, step: usize) -> bool {
        let far = (self.columns.saturating_sub(1)) as isize * self.line;
        let ends = [Some(self.first), self.first.checked_add_signed(far)];
        self.columns.is_multiple_of(SQUARE)
            && ends.iter().all(|end| end.is_some_and(|end| end + (SQUARE - 1) * step < source))
            && (SQUARE - 1) * self.row + self.columns <= out
    }
}

/// Copies a strip whose elements lie `STEP` (1 or 2) apart in the lines of the source; `between` is called for each square.
///
/// # Panics
/// Where the strip reaches beyond the source or the output.
pub fn turn<T: Copy, const STEP: usize>(
    level: Level,
    source: &[T],
    strip: Strip,
    out: &mut [T],
    between: &mut impl FnMut(),
) {
    const { assert!(STEP == 1 || STEP == 2) };
    assert!(strip.is_inside(source.len(), out.len(), STEP), "a strip beyond its source");
    match (level, size_of::<T>()) {
        #[cfg(target_arch = "x86_64")]
        (Level::V3(_) | Level::V4(_), 8) => {
            // SAFETY: the level has AVX; the strip lies inside; elements are 8 bytes without padding, whatever they mean.
            unsafe { avx::turn_8::<STEP>(source.as_ptr().cast(), strip, out.as_mut_ptr().cast(), between) }
        }
        #[cfg(target_arch = "x86_64")]
        (Level::V3(_) | Level::V4(_), 4) => {
            // SAFETY: as above, elements of 4 bytes.
            unsafe { avx::turn_4::<STEP>(source.as_ptr().cast(), strip, out.as_mut_ptr().cast(), between) }
        }
        _ => one_by_one::<T, STEP>(source, strip, out, between),
    }
}

fn one_by_one<T: Copy, const STEP: usize>(source: &[T], strip: Strip, out: &mut [T], between: &mut impl FnMut()) {
    for column in (0..strip.columns).step_by(SQUARE) {
        let line = |c: usize| &source[strip.line_of(column + c)..][..(SQUARE - 1) * STEP + 1];
        let lines: [&[T]; SQUARE] = std::array::from_fn(line);
        for r in 0..SQUARE {
            let to = &mut out[r * strip.row + column..][..SQUARE];
            for c in 0..SQUARE {
                to[c] = lines[c][r * STEP];
            }
        }
        between();
    }
}

/// Lines are loaded as halves of a vector, which needs no shuffle: what is left is one shuffle for four elements of 8 bytes,
/// two for eight elements of 4 bytes.
#[cfg(target_arch = "x86_64")]
mod avx {
    use super::{SQUARE, Strip};
    use std::arch::x86_64::{
        __m256, __m256d, _mm_loadu_pd, _mm_loadu_ps, _mm256_castpd128_pd256, _mm256_castps128_ps256,
        _mm256_insertf128_pd, _mm256_insertf128_ps, _mm256_shuffle_ps, _mm256_storeu_pd, _mm256_storeu_ps,
        _mm256_unpackhi_pd, _mm256_unpacklo_pd,
    };

    /// Two neighbours of one line, and of another.
    ///
    /// # Safety
    /// Both have two elements.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn pairs(low: *const f64, high: *const f64) -> __m256d {
        // SAFETY: the caller's.
        unsafe { _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(_mm_loadu_pd(low)), _mm_loadu_pd(high)) }
    }

    /// Four neighbours of one line, and of another.
    ///
    /// # Safety
    /// Both have four elements.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn fours(low: *const f32, high: *const f32) -> __m256 {
        // SAFETY: the caller's.
        unsafe { _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high)) }
    }

    /// # Safety
    /// The strip lies inside the source and the output.
    #[target_feature(enable = "avx")]
    pub(super) unsafe fn turn_8<const STEP: usize>(
        source: *const f64,
        strip: Strip,
        out: *mut f64,
        between: &mut impl FnMut(),
    ) {
        for column in (0..strip.columns).step_by(SQUARE / 2) {
            // SAFETY: a line has 7 * STEP + 1 elements from its first one on, a row four more columns.
            unsafe {
                let line: [*const f64; 4] = std::array::from_fn(|c| source.add(strip.line_of(column + c)));
                let to = |row: usize| out.add(row * strip.row + column);
                for row in (0..SQUARE).step_by(2) {
                    // The last element has no neighbour after it.
                    let at = if STEP == 2 && row == 6 { 11 } else { row * STEP };
                    let (even, odd) =
                        (pairs(line[0].add(at), line[2].add(at)), pairs(line[1].add(at), line[3].add(at)));
                    let first = _mm256_unpacklo_pd(even, odd);
                    if STEP == 1 {
                        _mm256_storeu_pd(to(row), first);
                        _mm256_storeu_pd(to(row + 1), _mm256_unpackhi_pd(even, odd));
                        continue;
                    }
                    let next = if row == 6 { 13 } else { at + 2 };
                    let (even_next, odd_next) =
                        (pairs(line[0].add(next), line[2].add(next)), pairs(line[1].add(next), line[3].add(next)));
                    if row == 6 {
                        _mm256_storeu_pd(to(row), _mm256_unpackhi_pd(even, odd));
                        _mm256_storeu_pd(to(row + 1), _mm256_unpackhi_pd(even_next, odd_next));
                    } else {
                        _mm256_storeu_pd(to(row), first);
                        _mm256_storeu_pd(to(row + 1), _mm256_unpacklo_pd(even_next, odd_next));
                    }
                }
            }
            if column % SQUARE != 0 {
                between();
            }
        }
    }

    /// # Safety
    /// The strip lies inside the source and the output.
    #[target_feature(enable = "avx")]
    pub(super) unsafe fn turn_4<const STEP: usize>(
        source: *const f32,
        strip: Strip,
        out: *mut f32,
        between: &mut impl FnMut(),
    ) {
        /// Elements 0 and 2 of both, elements 1 and 3 of both.
        const EVEN: i32 = 0b10_00_10_00;
        const ODD: i32 = 0b11_01_11_01;
        for column in (0..strip.columns).step_by(SQUARE) {
            // SAFETY: a line has 7 * STEP + 1 elements from its first one on, a row eight more columns.
            unsafe {
                let line: [*const f32; SQUARE] = std::array::from_fn(|c| source.add(strip.line_of(column + c)));
                let to = |row: usize| out.add(row * strip.row + column);
                let fours = |c: usize, at: usize| fours(line[c].add(at), line[c + 4].add(at));
                // Rows `row` and `row + 1` from what holds both, lines 0 and 1, lines 2 and 3.
                let store = |row: usize, a: __m256, b: __m256| {
                    _mm256_storeu_ps(to(row), _mm256_shuffle_ps::<EVEN>(a, b));
                    _mm256_storeu_ps(to(row + 1), _mm256_shuffle_ps::<ODD>(a, b));
                };
                if STEP == 1 {
                    for row in (0..SQUARE).step_by(4) {
                        let [a, b, c, d] = [fours(0, row), fours(1, row), fours(2, row), fours(3, row)];
                        // Elements 0 and 1 of two lines, then 2 and 3.
                        let low = (_mm256_shuffle_ps::<0b01_00_01_00>(a, b), _mm256_shuffle_ps::<0b01_00_01_00>(c, d));
                        let high = (_mm256_shuffle_ps::<0b11_10_11_10>(a, b), _mm256_shuffle_ps::<0b11_10_11_10>(c, d));
                        store(row, low.0, low.1);
                        store(row + 2, high.0, high.1);
                    }
                } else {
                    for row in (0..SQUARE - 2).step_by(2) {
                        let at = 2 * row;
                        let ab = _mm256_shuffle_ps::<EVEN>(fours(0, at), fours(1, at));
                        store(row, ab, _mm256_shuffle_ps::<EVEN>(fours(2, at), fours(3, at)));
                    }
                    // The last element has no neighbour after it.
                    let ab = _mm256_shuffle_ps::<ODD>(fours(0, 11), fours(1, 11));
                    store(6, ab, _mm256_shuffle_ps::<ODD>(fours(2, 11), fours(3, 11)));
                }
            }
            between();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SQUARE, Strip, turn};
    use crate::ops::vector::Level;

    fn turned<T: Copy + Default + PartialEq + std::fmt::Debug, const STEP: usize>(make: impl Fn(usize) -> T) {
        for level in Level::available() {
            for (columns, line, row) in [(8, 15isize, 8), (24, 33, 31), (16, -20, 16)] {
                let reach = (columns - 1) * line.unsigned_abs();
                let first = if line < 0 { reach } else { 0 };
                let source: Vec<T> = (0..=reach + (SQUARE - 1) * STEP).map(&make).collect();
                let mut out = vec![T::default(); (SQUARE - 1) * row + columns];
                let mut squares = 0;
                turn::<T, STEP>(level, &source, Strip { first, line, columns, row }, &mut out, &mut || squares += 1);
                assert_eq!(squares, columns / SQUARE);
                for r in 0..SQUARE {
                    for c in 0..columns {
                        let at = first.wrapping_add_signed(c as isize * line) + r * STEP;
                        assert_eq!(out[r * row + c], source[at], "{level:?} {STEP} {r} {c}");
                    }
                }
            }
        }
    }

    #[test]
    fn squares_are_turned_at_every_level() {
        turned::<u64, 1>(|k| k as u64);
        turned::<u64, 2>(|k| k as u64);
        turned::<u32, 1>(|k| k as u32);
        turned::<u32, 2>(|k| k as u32);
        turned::<u16, 2>(|k| k as u16);
    }
}
