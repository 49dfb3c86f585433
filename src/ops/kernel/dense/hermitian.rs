//! Eigenvalues and vectors of a Hermitian matrix: made tridiagonal by reflections from both sides, then diagonal by
//! implicit QR steps with Wilkinson's shift, as in LAPACK's `sytd2` and `steqr`.

use super::STRIP;
use super::reflectors::{Reflectors, reflector};
use super::rotations::{Sweep, Turned, rotation};
use super::vectors::{dot, subtract_scaled};
use crate::data::{Error, Result};
use crate::ops::kernel::crew::{Alone, Crew, each_part};
use crate::ops::kernel::matrix::Entry;

/// Elements from which on threads share a step.
const SHARED: usize = 1 << 16;
/// Steps an eigenvalue may take.
const STEPS: usize = 60;

/// Eigenvalues ascending and, where they are wanted, vectors column by column. The lower triangle of the finite matrix
/// counts.
///
/// # Errors
/// `LinAlgError` where it does not converge, `KeyboardInterrupt` when the run is cancelled.
pub(in crate::ops::kernel) fn hermitian<T: Entry>(
    n: usize,
    a: Vec<T>,
    vectors: bool,
    crew: &dyn Crew,
) -> Result<(Vec<f64>, Vec<T>)> {
    if n == 0 {
        return Ok((vec![], vec![]));
    }
    let (mut diagonal, mut below, q) = tridiagonal(n, a, crew)?;
    let mut turned = if vectors { Some(Turned::of(n, &q.bordered(crew)?)) } else { None };
    diagonalize(&mut diagonal, &mut below, turned.as_mut(), crew)?;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| diagonal[a].total_cmp(&diagonal[b]));
    let values = order.iter().map(|&k| diagonal[k]).collect();
    let Some(turned) = turned else { return Ok((values, vec![])) };
    let z = turned.finish::<T>(crew)?;
    Ok((values, order.iter().flat_map(|&k| &z[k * n..(k + 1) * n]).copied().collect()))
}

/// Diagonal, what is below it, and the reflections of the rows and columns from the second on.
fn tridiagonal<T: Entry>(n: usize, mut a: Vec<T>, crew: &dyn Crew) -> Result<(Vec<f64>, Vec<f64>, Reflectors<T>)> {
    let side = n.saturating_sub(1);
    let (mut diagonal, mut below) = (vec![0.0; n], vec![0.0; side]);
    a.iter_mut().step_by(n + 1).for_each(|v| *v = T::from_real(v.real()));
    let (mut taus, mut kept) = (vec![], vec![T::default(); side * side]);
    // What the columns have not had yet: `a -= v w^H + w v^H`, of the rows from `k` on.
    let mut pending: Option<(Vec<T>, Vec<T>)> = None;
    for k in 0..n {
        crew.check()?;
        let (done, rest) = a.split_at_mut((k + 1) * n);
        let own = &mut done[k * n + k..];
        if let Some((v, w)) = &pending {
            subtract_scaled(own, v, w[0].conjugate());
            subtract_scaled(own, w, v[0].conjugate());
        }
        diagonal[k] = own[0].real();
        if k == side {
            break;
        }
        let (beta, tau) = reflector(&mut own[1..]);
        below[k] = beta;
        taus.push(tau);
        kept[k * side + k..(k + 1) * side].copy_from_slice(&own[1..]);
        let mut v = own[1..].to_vec();
        v[0] = T::from_real(1.0);
        let last = pending.as_ref().map(|(v, w)| (&v[1..], &w[1..]));
        let shared: &dyn Crew = if (n - k) * (n - k) >= SHARED { crew } else { &Alone };
        let mut w = pass(n, k + 1, last, &v, rest, shared)?;
        w.iter_mut().for_each(|w| *w *= tau);
        let half = dot(&w, &v) * tau * T::from_real(0.5);
        subtract_scaled(&mut w, &v, half);
        pending = Some((v, w));
    }
    Ok((diagonal, below, Reflectors::of_turns(side, side, kept, &taus)))
}

/// Gives the columns from `first` on what they have not had, below their diagonals, and answers them times `x`: strips of
/// columns are added up in order.
fn pass<T: Entry>(
    n: usize,
    first: usize,
    last: Option<(&[T], &[T])>,
    x: &[T],
    columns: &mut [T],
    crew: &dyn Crew,
) -> Result<Vec<T>> {
    let height = n - first;
    let strips = height.div_ceil(STRIP);
    let mut parts = vec![T::default(); strips * height];
    let tasks: Vec<_> = columns.chunks_mut(STRIP * n).zip(parts.chunks_mut(height)).collect();
    let mut tasks = tasks;
    each_part(&mut tasks, 1, crew, |strip, task| {
        let Some((columns, sums)) = task.first_mut() else { return Ok(()) };
        for (k, column) in columns.chunks_exact_mut(n).enumerate() {
            let at = strip * STRIP + k;
            let own = &mut column[first + at..];
            if let Some((v, w)) = last {
                subtract_scaled(own, &v[at..], w[at].conjugate());
                subtract_scaled(own, &w[at..], v[at].conjugate());
            }
            subtract_scaled(&mut sums[at..], own, -x[at]);
            sums[at] += dot(&own[1..], &x[at + 1..]);
        }
        Ok(())
    })?;
    let mut all = vec![T::default(); height];
    parts.chunks_exact(height).for_each(|part| all.iter_mut().zip(part).for_each(|(all, part)| *all += *part));
    Ok(all)
}

/// Makes a real tridiagonal matrix diagonal.
fn diagonalize(d: &mut [f64], e: &mut [f64], mut turned: Option<&mut Turned>, crew: &dyn Crew) -> Result<()> {
    let mut last = d.len().saturating_sub(1);
    let mut left = STEPS * d.len();
    while last > 0 {
        crew.check()?;
        let is_zero = |k: usize| {
            let bound = f64::EPSILON / 2.0 * d[k].abs().sqrt() * d[k + 1].abs().sqrt();
            e[k].abs() <= bound || e[k].abs() < f64::MIN_POSITIVE
        };
        let first = (0..last).rev().find(|&k| is_zero(k)).map_or(0, |k| k + 1);
        if first > 0 {
            e[first - 1] = 0.0;
        }
        if first == last {
            last -= 1;
            continue;
        }
        left = left.checked_sub(1).ok_or_else(|| Error::linalg("Eigenvalues did not converge"))?;
        let turns = step(d, e, first, last);
        if let Some(turned) = &mut turned {
            turned.turn(Sweep { first, turns }, crew)?;
        }
    }
    Ok(())
}

/// One QR step of the block `first ..= last`.
fn step(d: &mut [f64], e: &mut [f64], first: usize, last: usize) -> Vec<(f64, f64)> {
    let half = (d[last - 1] - d[last]) / (2.0 * e[last - 1]);
    let root = half.hypot(1.0).copysign(half);
    let mut g = d[first] - d[last] + e[last - 1] / (half + root);
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    let mut turns = Vec::with_capacity(last - first);
    for k in first..last {
        let (f, b) = (s * e[k], c * e[k]);
        let r;
        (c, s, r) = rotation(g, f);
        if k > first {
            e[k - 1] = r;
        }
        g = d[k] - p;
        let r = (d[k + 1] - g) * s + 2.0 * c * b;
        p = s * r;
        d[k] = g + p;
        g = c * r - b;
        turns.push((c, s));
    }
    d[last] -= p;
    e[last - 1] = g;
    turns
}
