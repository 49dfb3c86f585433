//! A matrix made bidiagonal by reflections from both sides (Golub and Kahan, SIAM J. Numer. Anal. 2, 1965).

use super::STRIP;
use super::reflectors::{Reflectors, reflector};
use super::vectors::{dot, subtract_scaled};
use crate::data::Result;
use crate::ops::kernel::crew::{Alone, Crew, each_part};
use crate::ops::kernel::matrix::Entry;

/// Elements from which on threads share a step.
const SHARED: usize = 1 << 16;

/// `A = Q B P^H` of a matrix that is not wider than high.
pub(super) struct Bidiagonal<T> {
    pub(super) diagonal: Vec<f64>,
    pub(super) above: Vec<f64>,
    pub(super) q: Reflectors<T>,
    /// P without its first row and column, which are those of a unit matrix.
    pub(super) p: Reflectors<T>,
}

/// The reflection from the right that the columns have not had yet: `a -= along * conj(by)`.
struct Pending<T> {
    along: Vec<T>,
    by: Vec<T>,
}

impl<T: Entry> Bidiagonal<T> {
    /// Of a matrix of `m` x `n` that lies column by column.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(super) fn new(m: usize, n: usize, mut a: Vec<T>, crew: &dyn Crew) -> Result<Bidiagonal<T>> {
        let side = n.saturating_sub(1);
        let (mut diagonal, mut above) = (vec![0.0; n], vec![0.0; side]);
        let (mut left, mut right, mut rows) = (vec![], vec![], vec![T::default(); side * side]);
        let mut pending: Option<Pending<T>> = None;
        for k in 0..n {
            crew.check()?;
            let shared: &dyn Crew = if (m - k) * (n - k) >= SHARED { crew } else { &Alone };
            let (done, rest) = a.split_at_mut((k + 1) * m);
            let own = &mut done[k * m + k..];
            if let Some(pending) = &pending {
                subtract_scaled(own, &pending.along, pending.by[0].conjugate());
            }
            let (beta, tau) = reflector(own);
            (diagonal[k], own[0]) = (beta, T::from_real(beta));
            left.push(tau);
            if k == side {
                break;
            }
            pass_left(m, k, &own[1..], tau, pending.as_ref(), rest, shared)?;
            let mut by: Vec<T> = rest.iter().skip(k).step_by(m).map(|v| v.conjugate()).collect();
            let (beta, tau) = reflector(&mut by);
            above[k] = beta;
            right.push(tau);
            rows[k * side + k..(k + 1) * side].copy_from_slice(&by);
            by[0] = T::from_real(1.0);
            let along = pass_right(m, k + 1, &by, tau, rest, shared)?;
            pending = Some(Pending { along, by });
        }
        let q = Reflectors::of_turns(m, n, a, &left);
        Ok(Bidiagonal { diagonal, above, q, p: Reflectors::of_turns(side, side, rows, &right) })
    }
}

/// What is pending, and the reflection `I - tau v v^H` from the left, whose adjoint it is that the columns get.
fn pass_left<T: Entry>(
    m: usize,
    row: usize,
    v: &[T],
    tau: T,
    pending: Option<&Pending<T>>,
    columns: &mut [T],
    crew: &dyn Crew,
) -> Result<()> {
    each_part(columns, STRIP * m, crew, |strip, columns| {
        for (j, column) in columns.chunks_exact_mut(m).enumerate() {
            let own = &mut column[row..];
            if let Some(pending) = pending {
                subtract_scaled(own, &pending.along, pending.by[1 + strip * STRIP + j].conjugate());
            }
            let along = (own[0] + dot(v, &own[1..])) * tau.conjugate();
            own[0] -= along;
            subtract_scaled(&mut own[1..], v, along);
        }
        Ok(())
    })
}

/// `tau * A by` of the rows from `row` on: strips of columns are added up in order.
fn pass_right<T: Entry>(m: usize, row: usize, by: &[T], tau: T, columns: &[T], crew: &dyn Crew) -> Result<Vec<T>> {
    let height = m - row;
    let strips = by.len().div_ceil(STRIP);
    let mut parts = vec![T::default(); strips * height];
    if height > 0 {
        each_part(&mut parts, height, crew, |strip, sum| {
            let few = &by[strip * STRIP..by.len().min((strip + 1) * STRIP)];
            for (j, by) in few.iter().enumerate() {
                let at = (strip * STRIP + j) * m;
                subtract_scaled(sum, &columns[at + row..at + m], -*by);
            }
            Ok(())
        })?;
    }
    let mut all = vec![T::default(); height];
    parts.chunks_exact(height.max(1)).for_each(|part| subtract_scaled(&mut all, part, -tau));
    Ok(all)
}
