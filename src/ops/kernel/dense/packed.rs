//! Products of packed factors, added to columns of a matrix.
//!
//! A complex product is a real one of twice the steps and lanes: a lane's real and imaginary part, times the real part of the
//! other side; and turned by a right angle, times its imaginary part.

use crate::ops::kernel::matrix::Entry;
use crate::ops::vector::Level;
use crate::ops::vector::product::{Factor, Panels, ROWS, VECTORS, padded_columns, padded_rows};

/// Steps of a product that are packed together.
const STEPS: usize = 256;
/// Floats of a column that are added up at once: with 64 columns they fill half of the second cache.
const LANES: usize = 512;
/// Floats of a panel.
const WIDE: usize = VECTORS * <f64 as Factor>::LANES;

/// The left factor, whose rows lie in vectors.
pub(super) struct Left {
    values: Vec<f64>,
    /// Floats of a step, with what fills the last vector.
    padded: usize,
    /// Floats of a step that are wanted.
    lanes: usize,
    steps: usize,
}

/// The right factor, whose elements are repeated.
pub(super) struct Right {
    values: Vec<f64>,
    padded: usize,
    columns: usize,
    steps: usize,
}

impl Left {
    /// A matrix of `rows` x `steps`, of which `get` answers the elements.
    pub(super) fn pack<T: Entry>(rows: usize, steps: usize, get: impl Fn(usize, usize) -> T) -> Left {
        let lanes = rows * T::PARTS;
        let padded = padded_columns::<f64>(lanes);
        let steps_all = steps * T::PARTS;
        let mut values = vec![0.0; padded * steps_all];
        for first in (0..steps).step_by(STEPS) {
            let few = STEPS.min(steps - first);
            let part = &mut values[first * T::PARTS * padded..][..few * T::PARTS * padded];
            for panel in (0..padded).step_by(WIDE) {
                let width = WIDE.min(padded - panel);
                let part = &mut part[panel * few * T::PARTS..][..width * few * T::PARTS];
                for (step, to) in part.chunks_exact_mut(width * T::PARTS).enumerate() {
                    let kept = (width / T::PARTS).min(rows - panel / T::PARTS);
                    for lane in 0..kept {
                        let value = get(panel / T::PARTS + lane, first + step);
                        if T::PARTS == 1 {
                            to[lane] = value.real();
                        } else {
                            let (re, im) = (value.real(), value.imaginary());
                            (to[2 * lane], to[2 * lane + 1]) = (re, im);
                            (to[width + 2 * lane], to[width + 2 * lane + 1]) = (-im, re);
                        }
                    }
                }
            }
        }
        Left { values, padded, lanes, steps: steps_all }
    }

    /// `c += sign * left * right` from row `row` of the product on; the columns of `c` are `stride` elements apart and
    /// begin with that row.
    ///
    /// # Panics
    /// Where `row` does not begin a panel: an invariant of the caller.
    pub(super) fn add_product<T: Entry>(&self, right: &Right, sign: f64, row: usize, c: &mut [T], stride: usize) {
        let begin = row * T::PARTS;
        assert!(begin.is_multiple_of(WIDE) && self.steps == right.steps, "factors that fit each other");
        let c: &mut [f64] = bytemuck::cast_slice_mut(c);
        let stride = stride * T::PARTS;
        for low in (begin..self.padded).step_by(LANES) {
            let width = LANES.min(self.padded - low);
            let mut sums = vec![0.0; width * right.padded];
            let all = STEPS * T::PARTS;
            for first in (0..self.steps).step_by(all) {
                let steps = all.min(self.steps - first);
                let panels = Panels { rows: right.padded, columns: width, steps, above: false };
                let rows = &right.values[first * right.padded..][..steps * right.padded];
                let columns = &self.values[first * self.padded + low * steps..][..steps * width];
                <f64 as Factor>::accumulate(Level::best(), &panels, rows, columns, &mut sums);
            }
            for panel in (low..low + width).step_by(WIDE) {
                let kept = WIDE.min(self.padded - panel);
                let wanted = kept.min(self.lanes - panel);
                let lines = sums[(panel - low) * right.padded..].chunks_exact(kept);
                for (column, line) in lines.take(right.columns).enumerate() {
                    let to = &mut c[column * stride + panel - begin..][..wanted];
                    to.iter_mut().zip(line).for_each(|(to, sum)| *to += sign * sum);
                }
            }
        }
    }
}

impl Right {
    /// A matrix of `steps` x `columns`, of which `get` answers the elements.
    pub(super) fn pack<T: Entry>(steps: usize, columns: usize, get: impl Fn(usize, usize) -> T) -> Right {
        let padded = padded_rows(columns);
        let mut values = vec![0.0; padded * steps * T::PARTS];
        for first in (0..steps).step_by(STEPS) {
            let few = STEPS.min(steps - first);
            let part = &mut values[first * T::PARTS * padded..][..few * T::PARTS * padded];
            for panel in (0..padded).step_by(ROWS) {
                let height = ROWS.min(padded - panel);
                let part = &mut part[panel * few * T::PARTS..][..height * few * T::PARTS];
                for column in panel..columns.min(panel + height) {
                    let lane = column - panel;
                    for (step, to) in part.chunks_exact_mut(height * T::PARTS).enumerate() {
                        let value = get(first + step, column);
                        to[lane] = value.real();
                        if T::PARTS == 2 {
                            to[height + lane] = value.imaginary();
                        }
                    }
                }
            }
        }
        Right { values, padded, columns, steps: steps * T::PARTS }
    }
}

#[cfg(test)]
mod tests {
    use super::{Left, Right};
    use crate::data::C64;

    #[test]
    fn products_of_any_size_are_those_of_the_definition() {
        for (n, k, m) in [(1, 1, 1), (37, 5, 3), (70, 300, 9), (5, 64, 66)] {
            let a = |i: usize, j: usize| C64::new((i * 7 + j) as f64 % 5.0 - 2.0, (i + 3 * j) as f64 % 4.0 - 1.0);
            let mut c = vec![C64::new(1.0, 0.0); n * m];
            Left::pack(n, k, a).add_product(&Right::pack(k, m, a), -1.0, 0, &mut c, n);
            let mut r = vec![1.0; n * m];
            Left::pack(n, k, |i, j| a(i, j).re).add_product(&Right::pack(k, m, |i, j| a(i, j).im), 1.0, 0, &mut r, n);
            for (i, j) in (0..n).flat_map(|i| (0..m).map(move |j| (i, j))) {
                let sum: C64 = (0..k).map(|s| a(i, s) * a(s, j)).sum();
                let real: f64 = (0..k).map(|s| a(i, s).re * a(s, j).im).sum();
                assert_eq!((c[j * n + i], r[j * n + i]), (C64::new(1.0, 0.0) - sum, 1.0 + real));
            }
        }
    }
}
