//! Orthogonal decompositions: QR by Householder reflections with LAPACK's signs, SVD, least squares, pseudo-inverse.

use super::lines::loops;
use super::matrix::{Entry, from_matrices, matrices, with_entry};
use super::{Row, float, text};
use crate::data::{Block, Error, Result};
use crate::ir::Param;
use nalgebra::{DMatrix, DVector, SVD};

/// The rows of this family.
pub(super) const ROWS: &[Row] =
    &[("qr", qr), ("svd", svd), ("singular_values", singular_values), ("lstsq", lstsq), ("pinv", pinv)];

/// Q (m x m) and R (m x n) of a matrix, with the signs that LAPACK's `geqrf` gives.
fn householder<T: Entry>(a: &DMatrix<T>) -> (DMatrix<T>, DMatrix<T>) {
    let (m, n) = a.shape();
    let mut r = a.clone();
    let mut reflectors: Vec<(usize, DVector<T>, T)> = Vec::new();
    for k in 0..m.min(n) {
        let alpha = r[(k, k)];
        let tail = r.view((k + 1, k), (m - k - 1, 1)).norm();
        if tail == 0.0 && alpha.imaginary() == 0.0 {
            continue;
        }
        let size = alpha.modulus().hypot(tail);
        let beta = T::from_real(if alpha.real() < 0.0 { size } else { -size });
        let mut v = DVector::from_iterator(m - k, r.view((k, k), (m - k, 1)).iter().copied());
        v /= alpha - beta;
        v[0] = T::from_real(1.0);
        let tau = (beta - alpha) / beta;
        reflect(&mut r, k, &v, tau.conjugate());
        for i in k + 1..m {
            r[(i, k)] = T::from_real(0.0);
        }
        reflectors.push((k, v, tau));
    }
    let mut q = DMatrix::<T>::identity(m, m);
    for (k, v, tau) in reflectors.iter().rev() {
        reflect(&mut q, *k, v, *tau);
    }
    (q, r)
}

/// `x[k..] -= tau * v * (v^H x[k..])`
fn reflect<T: Entry>(x: &mut DMatrix<T>, k: usize, v: &DVector<T>, tau: T) {
    let (rows, columns) = x.shape();
    let mut part = x.view_mut((k, 0), (rows - k, columns));
    let along = v.adjoint() * &part;
    part -= (v * along) * tau;
}

/// Parameter: `reduced`, `complete` or `r`. Results: Q and R.
fn qr(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let k = if text(params, 0) == "complete" { m } else { m.min(n) };
    with_entry!(x, T => {
        let pairs: Vec<_> = matrices::<T>(x).iter().map(householder).collect();
        let q: Vec<DMatrix<T>> = pairs.iter().map(|(q, _)| q.columns(0, k).into_owned()).collect();
        let r: Vec<DMatrix<T>> = pairs.iter().map(|(_, r)| r.rows(0, k).into_owned()).collect();
        Ok(vec![from_matrices(loops(x, 2), (m, k), &q), from_matrices(loops(x, 2), (k, n), &r)])
    })
}

/// U, singular values in descending order, and V^H, in the reduced form.
fn thin<T: Entry>(a: DMatrix<T>) -> Result<(DMatrix<T>, Vec<f64>, DMatrix<T>)> {
    let failed = || Error::linalg("SVD did not converge");
    if a.iter().any(|v| !v.is_finite()) {
        return Err(failed());
    }
    let svd = SVD::try_new(a, true, true, f64::EPSILON, 10_000).ok_or_else(failed)?;
    let (u, vh) = (svd.u.ok_or_else(failed)?, svd.v_t.ok_or_else(failed)?);
    Ok((u, svd.singular_values.iter().copied().collect(), vh))
}

/// Columns completed to a square unitary matrix.
fn completed<T: Entry>(u: &DMatrix<T>) -> DMatrix<T> {
    let (m, k) = u.shape();
    let (mut q, _) = householder(u);
    q.view_mut((0, 0), (m, k)).copy_from(u);
    q
}

/// Parameter: `full` or `reduced`. Results: U, singular values, V^H.
fn svd(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (m, n) = (x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]);
    let (full, k) = (text(params, 0) == "full", m.min(n));
    with_entry!(x, T => {
        let (mut us, mut values, mut vhs) = (Vec::new(), Vec::new(), Vec::new());
        for a in matrices::<T>(x) {
            let (u, s, vh) = thin(a)?;
            us.push(if full { completed(&u) } else { u });
            values.extend(s);
            vhs.push(if full { completed(&vh.adjoint()).adjoint() } else { vh });
        }
        let shape = loops(x, 2);
        let (a, b) = if full { (m, n) } else { (k, k) };
        let s = Block::from_vec(&[shape, &[k]].concat(), values);
        Ok(vec![from_matrices(shape, (m, a), &us), s, from_matrices(shape, (b, n), &vhs)])
    })
}

fn singular_values(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let k = x.shape()[x.ndim() - 2].min(x.shape()[x.ndim() - 1]);
    with_entry!(x, T => {
        let mut values = Vec::new();
        for a in matrices::<T>(x) {
            values.extend(thin(a)?.1);
        }
        Ok(vec![Block::from_vec(&[loops(x, 2), &[k]].concat(), values)])
    })
}

/// The pseudo-inverse, singular values up to `cutoff` times the largest taken for zero; and the rank.
fn pseudo_inverse<T: Entry>(a: DMatrix<T>, cutoff: f64) -> Result<(DMatrix<T>, Vec<f64>, i64)> {
    let (n, m) = (a.ncols(), a.nrows());
    let (u, s, vh) = thin(a)?;
    let limit = cutoff * s.first().copied().unwrap_or(0.0);
    let mut out = DMatrix::<T>::zeros(n, m);
    let mut rank = 0;
    for (k, &value) in s.iter().enumerate().filter(|(_, value)| **value > limit) {
        out += vh.row(k).adjoint() * u.column(k).adjoint() * T::from_real(1.0 / value);
        rank += 1;
    }
    Ok((out, s, rank))
}

/// Parameter: the cutoff relative to the largest singular value.
fn pinv(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let core = (x.shape()[x.ndim() - 1], x.shape()[x.ndim() - 2]);
    let cutoff = float(params, 0).unwrap_or(1e-15);
    with_entry!(x, T => {
        let all = matrices::<T>(x).into_iter().map(|a| pseudo_inverse(a, cutoff).map(|p| p.0));
        Ok(vec![from_matrices(loops(x, 2), core, &all.collect::<Result<Vec<_>>>()?)])
    })
}

/// Inputs: one matrix and right-hand sides as columns. Results: solution, rank, singular values.
fn lstsq(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (a, b) = (&inputs[0], &inputs[1]);
    let core = (a.shape()[1], b.shape()[1]);
    with_entry!(a, T => {
        let (inverse, s, rank) = pseudo_inverse(matrices::<T>(a).swap_remove(0), float(params, 0).unwrap_or(1e-15))?;
        let x = inverse * matrices::<T>(b).swap_remove(0);
        Ok(vec![from_matrices(&[], core, &[x]), Block::from_vec(&[], vec![rank]), Block::from_vec(&[s.len()], s)])
    })
}

#[cfg(test)]
mod tests {
    use super::{householder, pseudo_inverse, thin};
    use nalgebra::DMatrix;

    #[test]
    fn householder_factors_have_the_signs_of_lapack() {
        let a = DMatrix::from_row_slice(2, 2, &[3.0, 0.0, 4.0, 5.0]);
        let (q, r) = householder(&a);
        assert!((&q * &r - &a).norm() < 1e-12);
        // np.linalg.qr([[3, 0], [4, 5]]).R
        assert!((r - DMatrix::from_row_slice(2, 2, &[-5.0, -4.0, 0.0, 3.0])).norm() < 1e-12);
    }

    #[test]
    fn singular_values_descend_and_rebuild_the_matrix() {
        let a = DMatrix::from_row_slice(2, 3, &[3.5, -1.25, 2.0, 0.0, 7.5, -2.5]);
        let (u, s, vh) = thin(a.clone()).expect("a finite matrix");
        assert!(s[0] >= s[1]);
        let middle = DMatrix::from_diagonal(&nalgebra::DVector::from_vec(s));
        assert!((u * middle * vh - a).norm() < 1e-12);
    }

    #[test]
    fn the_rank_counts_singular_values_above_the_cutoff() {
        let (_, _, rank) = pseudo_inverse(DMatrix::from_element(3, 3, 1.0), 1e-12).expect("a finite matrix");
        assert_eq!(rank, 1);
    }
}
