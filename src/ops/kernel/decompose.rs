//! Orthogonal decompositions: QR by Householder reflections with LAPACK's signs, SVD, least squares, pseudo-inverse.

use super::crew::Crew;
use super::dense::{self, Reflectors, Svd};
use super::lines::loops;
use super::matrix::{Entry, columns_of, from_columns, turned, with_entry};
use super::{Asked, SharedRow, flag, float, text};
use crate::data::{Block, Error, Result};
use crate::ir::Param;

/// The rows of this family.
pub(super) const SHARED: &[SharedRow] =
    &[("qr", qr), ("triangle", triangle), ("qr_times", qr_times), ("svd", svd), ("lstsq", lstsq), ("pinv", pinv)];

/// Parameter: `reduced` or `complete`. Results: Q and R.
fn qr(inputs: &[Block], asked: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let k = if text(params, 0) == "complete" { m } else { m.min(n) };
    with_entry!(x, T => {
        let (mut qs, mut rs) = (Vec::new(), Vec::new());
        for a in columns_of::<T>(x) {
            let found = Reflectors::new(m, n, a, crew)?;
            if asked.wants(0) {
                qs.push(found.q(k, crew)?);
            }
            rs.push(found.r(k));
        }
        let q = if asked.wants(0) { from_columns(loops(x, 2), (m, k), &qs) } else { Block::zeros(&[0], x.dtype()) };
        Ok(vec![q, from_columns(loops(x, 2), (k, n), &rs)])
    })
}

/// Result: R in the reduced form.
fn triangle(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    with_entry!(x, T => {
        let r = |a: Vec<T>| Ok(Reflectors::new(m, n, a, crew)?.r(m.min(n)));
        let all = columns_of::<T>(x).into_iter().map(r).collect::<Result<Vec<_>>>()?;
        Ok(vec![from_columns(loops(x, 2), (m.min(n), n), &all)])
    })
}

/// Inputs: matrices, and others with a row for each column of the first ones' Q. Result: Q times the others.
fn qr_times(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let (x, b) = (&inputs[0], &inputs[1]);
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let (height, width) = (b.shape()[b.ndim() - 2], b.shape()[b.ndim() - 1]);
    with_entry!(x, T => {
        let pairs = columns_of::<T>(x).into_iter().zip(columns_of::<T>(b));
        let all = pairs.map(|(a, b)| Reflectors::new(m, n, a, crew)?.times(height, width, &b, crew));
        Ok(vec![from_columns(loops(x, 2), (m, width), &all.collect::<Result<Vec<_>>>()?)])
    })
}

/// How much longer than wide a matrix is that is better made a triangle first.
const TALL: usize = 2;

/// U, singular values in descending order, and V, in the reduced form; column by column.
fn thin<T: Entry>(m: usize, n: usize, a: Vec<T>, vectors: bool, crew: &dyn Crew) -> Result<Svd<T>> {
    if n > m {
        let (v, s, u) = thin(n, m, adjoint(m, n, &a), vectors, crew)?;
        return Ok((u, s, v));
    }
    if a.iter().any(|v| !v.is_finite()) {
        return Err(Error::linalg("SVD did not converge"));
    }
    if n == 0 || m < TALL * n {
        return dense::svd(m, n, a, vectors, crew);
    }
    let found = Reflectors::new(m, n, a, crew)?;
    let (u, s, v) = dense::svd(n, n, found.r(n), vectors, crew)?;
    let u = if vectors { found.times(n, n, &u, crew)? } else { vec![] };
    Ok((u, s, v))
}

/// The conjugate transpose of a matrix of `m` x `n`.
fn adjoint<T: Entry>(m: usize, n: usize, a: &[T]) -> Vec<T> {
    let mut out = turned(n, m, a);
    out.iter_mut().for_each(|v| *v = v.conjugate());
    out
}

/// `k` columns of `m` completed to a square unitary matrix.
fn completed<T: Entry>(m: usize, k: usize, columns: Vec<T>, crew: &dyn Crew) -> Result<Vec<T>> {
    let mut q = Reflectors::new(m, k, columns.clone(), crew)?.q(m, crew)?;
    q[..columns.len()].copy_from_slice(&columns);
    Ok(q)
}

/// Parameter: whether U or V is completed to a square matrix. Results: U, singular values, V^H.
fn svd(inputs: &[Block], asked: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let k = m.min(n);
    let (shape, [with_u, with_v]) = (loops(x, 2), [0, 2].map(|result| asked.wants(result)));
    let (left, right) = if flag(params, 0) { (m, n) } else { (k, k) };
    with_entry!(x, T => {
        let (mut us, mut values, mut vhs) = (Vec::new(), Vec::new(), Vec::new());
        for a in columns_of::<T>(x) {
            let (u, s, v) = thin(m, n, a, with_u || with_v, crew)?;
            values.extend(s);
            if with_u {
                us.push(if left > k { completed(m, k, u, crew)? } else { u });
            }
            if with_v {
                let v = if right > k { completed(n, k, v, crew)? } else { v };
                vhs.push(adjoint(n, right, &v));
            }
        }
        let not_made = || Block::zeros(&[0], x.dtype());
        let u = if with_u { from_columns(shape, (m, left), &us) } else { not_made() };
        let vh = if with_v { from_columns(shape, (right, n), &vhs) } else { not_made() };
        Ok(vec![u, Block::from_vec(&[shape, &[k]].concat(), values), vh])
    })
}

/// The pseudo-inverse (n x m) times the right-hand sides, singular values up to `cutoff` times the largest taken for zero;
/// these values, and the rank. Without right-hand sides the pseudo-inverse itself.
fn pseudo_solved<T: Entry>(
    (m, n): (usize, usize),
    a: Vec<T>,
    sides: Option<(usize, &[T])>,
    cutoff: f64,
    crew: &dyn Crew,
) -> Result<(Vec<T>, Vec<f64>, usize)> {
    let (u, s, v) = thin(m, n, a, true, crew)?;
    let limit = cutoff * s.first().copied().unwrap_or(0.0);
    let rank = s.iter().filter(|value| **value > limit).count();
    let along = match sides {
        Some((count, b)) => {
            dense::product((rank, m, count), |i, k| u[i * m + k].conjugate(), |k, j| b[j * m + k], crew)?
        }
        None => adjoint(m, rank, &u[..rank * m]),
    };
    let count = sides.map_or(m, |sides| sides.0);
    let scaled = |k: usize, j: usize| along[j * rank + k] / T::from_real(s[k]);
    let x = dense::product((n, rank, count), |i, k| v[k * n + i], scaled, crew)?;
    Ok((x, s, rank))
}

/// Parameter: the cutoff relative to the largest singular value.
fn pinv(inputs: &[Block], _: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let cutoff = float(params, 0).unwrap_or(1e-15);
    with_entry!(x, T => {
        let all = columns_of::<T>(x).into_iter().map(|a| Ok(pseudo_solved((m, n), a, None, cutoff, crew)?.0));
        Ok(vec![from_columns(loops(x, 2), (n, m), &all.collect::<Result<Vec<_>>>()?)])
    })
}

/// Inputs: one matrix and right-hand sides as columns. Results: solution, rank, singular values.
fn lstsq(inputs: &[Block], _: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let (a, b) = (&inputs[0], &inputs[1]);
    let (core, count) = ((a.shape()[0], a.shape()[1]), b.shape()[1]);
    with_entry!(a, T => {
        let sides = columns_of::<T>(b).swap_remove(0);
        let (matrix, cutoff) = (columns_of::<T>(a).swap_remove(0), float(params, 0).unwrap_or(1e-15));
        let (x, s, rank) = pseudo_solved(core, matrix, Some((count, &sides)), cutoff, crew)?;
        let x = from_columns(&[], (core.1, count), &[x]);
        Ok(vec![x, Block::from_vec(&[], vec![rank as i64]), Block::from_vec(&[s.len()], s)])
    })
}

#[cfg(test)]
mod tests {
    use super::{pseudo_solved, thin};
    use crate::data::C64;
    use crate::ops::kernel::crew::Alone;

    #[test]
    fn singular_values_descend_and_rebuild_the_matrix() {
        for (m, n) in [(2, 3), (1, 1), (60, 50), (90, 20), (33, 33), (5, 40)] {
            let a: Vec<C64> =
                (0..m * n).map(|k| C64::new(((k * k) % 101) as f64 - 50.0, ((k * 7) % 13) as f64)).collect();
            let (u, s, v) = thin(m, n, a.clone(), true, &Alone).expect("a finite matrix");
            assert!(s.is_sorted_by(|a, b| a >= b));
            for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                let sum: C64 = (0..s.len()).map(|k| u[k * m + i] * s[k] * v[k * n + j].conj()).sum();
                assert!((sum - a[j * m + i]).norm() < 1e-11 * s[0], "{m} x {n} at {i}, {j}");
            }
        }
    }

    #[test]
    fn the_rank_counts_singular_values_above_the_cutoff() {
        let (_, _, rank) = pseudo_solved((3, 3), vec![1.0; 9], None, 1e-12, &Alone).expect("a finite matrix");
        assert_eq!(rank, 1);
    }
}
