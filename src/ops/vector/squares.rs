//! Planes of a transposed source, turned in registers: elements of lines side by side become rows, eight of them at a time.
//!
//! Element by element the same takes as many loads and stores as there are elements: half the time of `(X + X.T).sum()`.
//! Not for elements of other sizes than 4 and 8 bytes, nor for machines without vectors: those copy one by one.

use super::Level;

/// Rows and columns of a square: eight float64 numbers are one line of a cache.
pub const SQUARE: usize = 8;

/// Rows of an output, and the lines of a source that become its columns.
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    /// The element of the source that becomes the first one.
    pub first: usize,
    /// From one line of the source to the next.
    pub line: isize,
    /// Rows of the output: whole squares.
    pub rows: usize,
    /// Columns of the output: whole squares, or an even number where the elements of a line are neighbours.
    pub columns: usize,
    /// From one row of the output to the next.
    pub row: usize,
}

impl Plane {
    /// The source of a column.
    #[inline(always)]
    fn line_of(&self, column: usize) -> usize {
        self.first.wrapping_add_signed(column as isize * self.line)
    }

    /// Whether everything the plane reads and writes is there, and it has the sizes it must have.
    fn is_inside(&self, source: usize, out: usize, step: usize) -> bool {
        if self.rows == 0 || self.columns == 0 {
            return true;
        }
        let far = (self.columns - 1) as isize * self.line;
        let ends = [Some(self.first), self.first.checked_add_signed(far)];
        self.rows.is_multiple_of(SQUARE)
            && self.columns.is_multiple_of(if step == 1 { 2 } else { SQUARE })
            && ends.iter().all(|end| end.is_some_and(|end| end + (self.rows - 1) * step < source))
            && (self.rows - 1) * self.row + self.columns <= out
    }
}

/// Copies a plane whose elements lie `STEP` (1 or 2) apart in the lines of the source; `between` is called after each square.
///
/// # Panics
/// Where the plane reaches beyond the source or the output, or has no sizes as it must have.
pub fn turn<T: Copy, const STEP: usize>(
    level: Level,
    source: &[T],
    plane: Plane,
    out: &mut [T],
    between: &mut impl FnMut(),
) {
    const { assert!(STEP == 1 || STEP == 2) };
    assert!(plane.is_inside(source.len(), out.len(), STEP), "a plane lies inside its source and its output");
    match (level, size_of::<T>()) {
        #[cfg(target_arch = "x86_64")]
        (Level::V3(_) | Level::V4(_), 8) => {
            // SAFETY: the level has AVX; the plane lies inside; elements are 8 bytes without padding, whatever they mean.
            // Measured reason: see above.
            unsafe { avx::turn_8::<STEP>(source.as_ptr().cast(), plane, out.as_mut_ptr().cast(), between) }
        }
        #[cfg(target_arch = "x86_64")]
        (Level::V3(_) | Level::V4(_), 4) => {
            // SAFETY: as above, elements of 4 bytes.
            unsafe { avx::turn_4::<STEP>(source.as_ptr().cast(), plane, out.as_mut_ptr().cast(), between) }
        }
        _ => one_by_one::<T, STEP>(source, plane, out, between),
    }
}

fn one_by_one<T: Copy, const STEP: usize>(source: &[T], plane: Plane, out: &mut [T], between: &mut impl FnMut()) {
    for top in (0..plane.rows).step_by(SQUARE) {
        for left in (0..plane.columns).step_by(SQUARE) {
            for column in left..plane.columns.min(left + SQUARE) {
                let line = &source[plane.line_of(column) + top * STEP..][..(SQUARE - 1) * STEP + 1];
                for r in 0..SQUARE {
                    out[(top + r) * plane.row + column] = line[r * STEP];
                }
            }
            between();
        }
    }
}

/// Lines are loaded as halves of a vector, which needs no shuffle: what is left is one shuffle for four elements of 8 bytes,
/// two for eight elements of 4 bytes.
#[cfg(target_arch = "x86_64")]
mod avx {
    use super::{Plane, SQUARE};
    use std::arch::x86_64::{
        __m256, __m256d, _mm_castps_pd, _mm_loadu_pd, _mm_loadu_ps, _mm_storeh_pd, _mm_storel_pd, _mm_storeu_pd,
        _mm_unpackhi_pd, _mm_unpackhi_ps, _mm_unpacklo_pd, _mm_unpacklo_ps, _mm256_castpd128_pd256,
        _mm256_castps128_ps256, _mm256_insertf128_pd, _mm256_insertf128_ps, _mm256_shuffle_ps, _mm256_storeu_pd,
        _mm256_storeu_ps, _mm256_unpackhi_pd, _mm256_unpacklo_pd,
    };

    /// Elements 0 and 2 of two vectors, elements 1 and 3 of them; the first two of both, the last two.
    const EVEN: i32 = 0b10_00_10_00;
    const ODD: i32 = 0b11_01_11_01;
    const LOW: i32 = 0b01_00_01_00;
    const HIGH: i32 = 0b11_10_11_10;

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
    /// The plane lies inside the source and the output.
    #[target_feature(enable = "avx")]
    pub(super) unsafe fn turn_8<const STEP: usize>(
        source: *const f64,
        plane: Plane,
        out: *mut f64,
        between: &mut impl FnMut(),
    ) {
        for top in (0..plane.rows).step_by(SQUARE) {
            for column in (0..plane.columns).step_by(4) {
                // SAFETY: from row `top` on a line has 7 * STEP + 1 elements, a row as many columns as are left.
                unsafe {
                    let line = |c: usize| source.add(plane.line_of(column + c) + top * STEP);
                    let to = |row: usize| out.add((top + row) * plane.row + column);
                    if plane.columns - column < 4 {
                        two_8([line(0), line(1)], to);
                    } else {
                        four_8::<STEP>(std::array::from_fn(line), to);
                    }
                }
                if column % SQUARE != 0 || plane.columns - column <= 4 {
                    between();
                }
            }
        }
    }

    /// Eight rows of four columns.
    ///
    /// # Safety
    /// Lines have 7 * STEP + 1 elements, rows four.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn four_8<const STEP: usize>(line: [*const f64; 4], to: impl Fn(usize) -> *mut f64) {
        // SAFETY: the caller's.
        unsafe {
            let at = |at: usize| (pairs(line[0].add(at), line[2].add(at)), pairs(line[1].add(at), line[3].add(at)));
            for row in 0..SQUARE {
                // One row of each pair of neighbours where every other one is wanted; the last has no neighbour after it.
                let (even, odd) = match (STEP, row) {
                    (1, row) => at(row / 2 * 2),
                    (_, 7) => at(13),
                    (_, row) => at(2 * row),
                };
                let is_second = if STEP == 1 { row % 2 == 1 } else { row == 7 };
                let all = if is_second { _mm256_unpackhi_pd(even, odd) } else { _mm256_unpacklo_pd(even, odd) };
                _mm256_storeu_pd(to(row), all);
            }
        }
    }

    /// Eight rows of two columns of neighbours.
    ///
    /// # Safety
    /// Lines have eight elements, rows two.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn two_8(line: [*const f64; 2], to: impl Fn(usize) -> *mut f64) {
        for row in (0..SQUARE).step_by(2) {
            // SAFETY: the caller's.
            unsafe {
                let (a, b) = (_mm_loadu_pd(line[0].add(row)), _mm_loadu_pd(line[1].add(row)));
                _mm_storeu_pd(to(row), _mm_unpacklo_pd(a, b));
                _mm_storeu_pd(to(row + 1), _mm_unpackhi_pd(a, b));
            }
        }
    }

    /// # Safety
    /// The plane lies inside the source and the output.
    #[target_feature(enable = "avx")]
    pub(super) unsafe fn turn_4<const STEP: usize>(
        source: *const f32,
        plane: Plane,
        out: *mut f32,
        between: &mut impl FnMut(),
    ) {
        for top in (0..plane.rows).step_by(SQUARE) {
            let mut column = 0;
            while column < plane.columns {
                // SAFETY: from row `top` on a line has 7 * STEP + 1 elements, a row as many columns as are left.
                unsafe {
                    let line = |c: usize| source.add(plane.line_of(column + c) + top * STEP);
                    let to = |row: usize| out.add((top + row) * plane.row + column);
                    match plane.columns - column {
                        8.. if STEP == 1 => eight_4(std::array::from_fn(line), to),
                        8.. => eight_apart_4(std::array::from_fn(line), to),
                        4.. => {
                            two_4([line(0), line(1)], to);
                            two_4([line(2), line(3)], |row| to(row).add(2));
                        }
                        _ => two_4([line(0), line(1)], to),
                    }
                }
                column += match plane.columns - column {
                    8.. => 8,
                    4.. => 4,
                    _ => 2,
                };
                if column % SQUARE == 0 || column == plane.columns {
                    between();
                }
            }
        }
    }

    /// Eight rows of eight columns of neighbours.
    ///
    /// # Safety
    /// Lines and rows have eight elements.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn eight_4(line: [*const f32; 8], to: impl Fn(usize) -> *mut f32) {
        for row in (0..SQUARE).step_by(4) {
            // SAFETY: the caller's.
            unsafe {
                let [a, b, c, d] = std::array::from_fn(|c| fours(line[c].add(row), line[c + 4].add(row)));
                let low = (_mm256_shuffle_ps::<LOW>(a, b), _mm256_shuffle_ps::<LOW>(c, d));
                let high = (_mm256_shuffle_ps::<HIGH>(a, b), _mm256_shuffle_ps::<HIGH>(c, d));
                _mm256_storeu_ps(to(row), _mm256_shuffle_ps::<EVEN>(low.0, low.1));
                _mm256_storeu_ps(to(row + 1), _mm256_shuffle_ps::<ODD>(low.0, low.1));
                _mm256_storeu_ps(to(row + 2), _mm256_shuffle_ps::<EVEN>(high.0, high.1));
                _mm256_storeu_ps(to(row + 3), _mm256_shuffle_ps::<ODD>(high.0, high.1));
            }
        }
    }

    /// Eight rows of eight columns of every other element.
    ///
    /// # Safety
    /// Lines have fifteen elements, rows eight.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn eight_apart_4(line: [*const f32; 8], to: impl Fn(usize) -> *mut f32) {
        for row in (0..SQUARE).step_by(2) {
            // SAFETY: the caller's; the last element has no neighbour after it.
            unsafe {
                let at = if row == 6 { 11 } else { 2 * row };
                let [a, b, c, d] = std::array::from_fn(|c| fours(line[c].add(at), line[c + 4].add(at)));
                let (ab, cd) = if row == 6 {
                    (_mm256_shuffle_ps::<ODD>(a, b), _mm256_shuffle_ps::<ODD>(c, d))
                } else {
                    (_mm256_shuffle_ps::<EVEN>(a, b), _mm256_shuffle_ps::<EVEN>(c, d))
                };
                _mm256_storeu_ps(to(row), _mm256_shuffle_ps::<EVEN>(ab, cd));
                _mm256_storeu_ps(to(row + 1), _mm256_shuffle_ps::<ODD>(ab, cd));
            }
        }
    }

    /// Eight rows of two columns of neighbours.
    ///
    /// # Safety
    /// Lines have eight elements, rows two.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn two_4(line: [*const f32; 2], to: impl Fn(usize) -> *mut f32) {
        for row in (0..SQUARE).step_by(4) {
            // SAFETY: the caller's.
            unsafe {
                let (a, b) = (_mm_loadu_ps(line[0].add(row)), _mm_loadu_ps(line[1].add(row)));
                for (row, both) in [(row, _mm_unpacklo_ps(a, b)), (row + 2, _mm_unpackhi_ps(a, b))] {
                    _mm_storel_pd(to(row).cast(), _mm_castps_pd(both));
                    _mm_storeh_pd(to(row + 1).cast(), _mm_castps_pd(both));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Plane, SQUARE, turn};
    use crate::ops::vector::Level;

    fn turned<T: Copy + Default + PartialEq + std::fmt::Debug, const STEP: usize>(make: impl Fn(usize) -> T) {
        for level in Level::available() {
            for (rows, columns, line, row) in [(8, 8, 15isize, 8), (16, 24, 33, 31), (8, 16, -20, 16), (24, 6, 50, 6)] {
                if STEP == 2 && columns % SQUARE != 0 {
                    continue;
                }
                let reach = (columns - 1) * line.unsigned_abs();
                let first = if line < 0 { reach } else { 0 };
                let source: Vec<T> = (0..=reach + (rows - 1) * STEP).map(&make).collect();
                let mut out = vec![T::default(); (rows - 1) * row + columns];
                let mut squares = 0;
                let plane = Plane { first, line, rows, columns, row };
                turn::<T, STEP>(level, &source, plane, &mut out, &mut || squares += 1);
                assert_eq!(squares, rows / SQUARE * columns.div_ceil(SQUARE));
                for r in 0..rows {
                    for c in 0..columns {
                        let at = first.wrapping_add_signed(c as isize * line) + r * STEP;
                        assert_eq!(out[r * row + c], source[at], "{level:?} {STEP} {r} {c}");
                    }
                }
            }
        }
    }

    #[test]
    fn planes_are_turned_at_every_level() {
        turned::<u64, 1>(|k| k as u64);
        turned::<u64, 2>(|k| k as u64);
        turned::<u32, 1>(|k| k as u32);
        turned::<u32, 2>(|k| k as u32);
        turned::<u16, 2>(|k| k as u16);
    }
}
