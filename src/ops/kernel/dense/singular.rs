//! Singular values and vectors of a bidiagonal matrix by implicit QR steps, as in LAPACK's `bdsqr` (Demmel and Kahan,
//! SIAM J. Sci. Stat. Comput. 11, 1990), chased from the top to the bottom.

use super::bidiagonal::Bidiagonal;
use super::rotations::{Sweep, Turned, rotation};
use crate::data::{Error, Result};
use crate::ops::kernel::crew::Crew;
use crate::ops::kernel::matrix::Entry;

/// Rotations a singular value may take, times the number of values.
const STEPS: usize = 60;

/// U (m x n), singular values in descending order and V (n x n), column by column.
pub(in crate::ops::kernel) type Svd<T> = (Vec<T>, Vec<f64>, Vec<T>);

/// The decomposition of a finite matrix of `m` x `n`, `m >= n`; without vectors where they are not wanted.
///
/// # Errors
/// `LinAlgError` where it does not converge, `KeyboardInterrupt` when the run is cancelled.
pub(in crate::ops::kernel) fn svd<T: Entry>(
    m: usize,
    n: usize,
    a: Vec<T>,
    vectors: bool,
    crew: &dyn Crew,
) -> Result<Svd<T>> {
    if n == 0 {
        return Ok((vec![], vec![], vec![]));
    }
    let found = Bidiagonal::new(m, n, a, crew)?;
    let turned = if vectors {
        [Some(Turned::of(n, &found.q.q(n, crew)?)), Some(Turned::of(n, &found.p.bordered(crew)?))]
    } else {
        [None, None]
    };
    let mut steps = Steps::new(found.diagonal, found.above, turned);
    steps.run(crew)?;
    let Steps { diagonal, turned: [left, right], .. } = steps;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| diagonal[b].abs().total_cmp(&diagonal[a].abs()));
    let values = order.iter().map(|&k| diagonal[k].abs()).collect();
    let (Some(left), Some(right)) = (left, right) else { return Ok((vec![], values, vec![])) };
    let (left, right) = (left.finish::<T>(crew)?, right.finish::<T>(crew)?);
    let u = order.iter().flat_map(|&k| &left[k * m..(k + 1) * m]).copied().collect();
    let column = |&k: &usize| {
        let sign = T::from_real(1f64.copysign(diagonal[k]));
        right[k * n..(k + 1) * n].iter().map(move |v| *v * sign)
    };
    Ok((u, values, order.iter().flat_map(column).collect()))
}

/// A bidiagonal matrix on its way to a diagonal one.
struct Steps {
    diagonal: Vec<f64>,
    above: Vec<f64>,
    turned: [Option<Turned>; 2],
    /// Relative accuracy, and below which size an element is zero.
    tolerance: f64,
    threshold: f64,
}

/// The smaller singular value of `[[f, g], [0, h]]`.
fn smaller(f: f64, g: f64, h: f64) -> f64 {
    let (f, g, h) = (f.abs(), g.abs(), h.abs());
    let (low, high) = (f.min(h), f.max(h));
    if low == 0.0 {
        return 0.0;
    }
    let (sum, gap) = (1.0 + low / high, (high - low) / high);
    if g < high {
        let square = (g / high).powi(2);
        return low * (2.0 / ((sum * sum + square).sqrt() + (gap * gap + square).sqrt()));
    }
    let turned = high / g;
    if turned == 0.0 {
        return low * high / g;
    }
    let c = 1.0 / ((1.0 + (sum * turned).powi(2)).sqrt() + (1.0 + (gap * turned).powi(2)).sqrt());
    2.0 * (low * c) * turned
}

impl Steps {
    fn new(diagonal: Vec<f64>, above: Vec<f64>, turned: [Option<Turned>; 2]) -> Steps {
        let tolerance = 10f64.max(f64::EPSILON.powf(-0.125).min(100.0)) * f64::EPSILON / 2.0;
        let n = diagonal.len();
        let mut mu = diagonal.first().map_or(0.0, |d| d.abs());
        let mut least = mu;
        for k in 1..n {
            mu = if mu == 0.0 { 0.0 } else { diagonal[k].abs() * (mu / (mu + above[k - 1].abs())) };
            least = least.min(mu);
        }
        let smallest = least / (n as f64).sqrt().max(1.0);
        let floor = (STEPS * n * n) as f64 * f64::MIN_POSITIVE;
        Steps { diagonal, above, turned, tolerance, threshold: (tolerance * smallest).max(floor) }
    }

    fn run(&mut self, crew: &dyn Crew) -> Result<()> {
        let mut last = self.diagonal.len().saturating_sub(1);
        let mut left = STEPS * self.diagonal.len().pow(2);
        while last > 0 {
            crew.check()?;
            let Some((first, shift)) = self.block(&mut last) else { continue };
            left = left.checked_sub(last - first).ok_or_else(|| Error::linalg("SVD did not converge"))?;
            let turns = if shift == 0.0 { self.unshifted(first, last) } else { self.shifted(first, last, shift) };
            if self.above[last - 1].abs() <= self.threshold {
                self.above[last - 1] = 0.0;
            }
            for (turned, turns) in self.turned.iter_mut().zip(turns) {
                if let Some(turned) = turned {
                    turned.turn(Sweep { first, turns }, crew)?;
                }
            }
        }
        Ok(())
    }

    /// Where the block that ends at `last` begins, and its shift; `None` where something became zero.
    fn block(&mut self, last: &mut usize) -> Option<(usize, f64)> {
        let end = *last;
        let mut first = 0;
        let mut most = self.diagonal[end].abs();
        for k in (0..end).rev() {
            if self.above[k].abs() <= self.threshold {
                self.above[k] = 0.0;
                first = k + 1;
                break;
            }
            most = most.max(self.diagonal[k].abs()).max(self.above[k].abs());
        }
        if first == end {
            *last -= 1;
            return None;
        }
        if self.above[end - 1].abs() <= self.tolerance * self.diagonal[end].abs() {
            self.above[end - 1] = 0.0;
            return None;
        }
        let mut mu = self.diagonal[first].abs();
        let mut least = mu;
        for k in first..end {
            if self.above[k].abs() <= self.tolerance * mu {
                self.above[k] = 0.0;
                return None;
            }
            mu = self.diagonal[k + 1].abs() * (mu / (mu + self.above[k].abs()));
            least = least.min(mu);
        }
        let relative = self.diagonal.len() as f64 * self.tolerance * (least / most);
        if relative <= f64::EPSILON.max(0.01 * self.tolerance) {
            return Some((first, 0.0));
        }
        let shift = smaller(self.diagonal[end - 1], self.above[end - 1], self.diagonal[end]);
        let head = self.diagonal[first].abs();
        let is_small = head > 0.0 && (shift / head).powi(2) < f64::EPSILON;
        Some((first, if is_small { 0.0 } else { shift }))
    }

    /// A QR step without a shift: rotations from the left and from the right.
    fn unshifted(&mut self, first: usize, last: usize) -> [Vec<(f64, f64)>; 2] {
        let (d, e) = (&mut self.diagonal, &mut self.above);
        let mut turns = [vec![], vec![]];
        let (mut c, mut old) = (1.0, (1.0, 0.0));
        for k in first..last {
            let (cosine, sine, r) = rotation(d[k] * c, e[k]);
            if k > first {
                e[k - 1] = old.1 * r;
            }
            let left = rotation(old.0 * r, d[k + 1] * sine);
            d[k] = left.2;
            (c, old) = (cosine, (left.0, left.1));
            turns[0].push(old);
            turns[1].push((cosine, sine));
        }
        let h = d[last] * c;
        d[last] = h * old.0;
        e[last - 1] = h * old.1;
        turns
    }

    /// A QR step with a shift.
    fn shifted(&mut self, first: usize, last: usize, shift: f64) -> [Vec<(f64, f64)>; 2] {
        let (d, e) = (&mut self.diagonal, &mut self.above);
        let mut turns = [vec![], vec![]];
        let mut f = (d[first].abs() - shift) * (1f64.copysign(d[first]) + shift / d[first]);
        let mut g = e[first];
        for k in first..last {
            let (c, s, r) = rotation(f, g);
            if k > first {
                e[k - 1] = r;
            }
            f = c * d[k] + s * e[k];
            e[k] = c * e[k] - s * d[k];
            g = s * d[k + 1];
            d[k + 1] *= c;
            turns[1].push((c, s));
            let (c, s, r) = rotation(f, g);
            d[k] = r;
            f = c * e[k] + s * d[k + 1];
            d[k + 1] = c * d[k + 1] - s * e[k];
            if k + 1 < last {
                g = s * e[k + 1];
                e[k + 1] *= c;
            }
            turns[0].push((c, s));
        }
        e[last - 1] = f;
        turns
    }
}
