//! Eigenvalues and eigenvectors: of Hermitian matrices by QR steps, of others by the Schur form.

use super::crew::Crew;
use super::lines::loops;
use super::matrix::{columns_of, from_columns, from_matrices, matrices, with_entry};
use super::{Asked, Row, SharedRow, dense};
use crate::data::{Block, C64, Error, Result, leaving};
use crate::ir::Param;
use nalgebra::{ComplexField, DMatrix, Schur};

/// The rows of this family.
pub(super) const ROWS: &[Row] = &[("eigvals", eigvals), ("eig", eig)];

/// Those that share their work among threads.
pub(super) const SHARED: &[SharedRow] = &[("eigh", eigh)];

/// Most steps of an iteration.
const STEPS: usize = 100_000;

fn failed() -> Error {
    Error::linalg("Eigenvalues did not converge")
}

/// The lower triangle counts. Results: values ascending, vectors as columns.
fn eigh(inputs: &[Block], asked: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let (n, wants) = (x.shape()[x.ndim() - 1], asked.wants(1));
    with_entry!(x, T => {
        let (mut values, mut vectors) = (Vec::new(), Vec::new());
        for m in columns_of::<T>(x) {
            if m.iter().any(|v| !v.is_finite()) {
                return Err(failed());
            }
            let (v, w) = dense::hermitian(n, m, wants, crew)?;
            values.extend(v);
            vectors.push(w);
        }
        let values = Block::from_vec(&[loops(x, 2), &[n]].concat(), values);
        let core = if wants { (n, n) } else { (0, 0) };
        Ok(vec![values, from_columns(loops(x, 2), core, &vectors)])
    })
}

/// Rows from which on the eigenvalues take longer than a cancelled run is to last.
const LONG: usize = 128;

/// The eigenvalues of a square matrix given by rows, in a call that a cancelled run leaves alone.
pub(crate) fn eigenvalues_of(n: usize, rows: Vec<C64>) -> Result<Vec<C64>> {
    if n < LONG { eigenvalues(n, &rows) } else { leaving(move || eigenvalues(n, &rows))? }
}

/// The eigenvalues of a square matrix given by rows.
fn eigenvalues(n: usize, rows: &[C64]) -> Result<Vec<C64>> {
    if rows.iter().any(|v| !v.is_finite()) {
        return Err(Error::linalg("Array must not contain infs or NaNs"));
    }
    if n == 0 {
        return Ok(vec![]);
    }
    if rows.iter().all(|v| v.im == 0.0) {
        let m = DMatrix::from_row_iterator(n, n, rows.iter().map(|v| v.re));
        let schur = Schur::try_new(m, f64::EPSILON, STEPS).ok_or_else(failed)?;
        return Ok(schur.complex_eigenvalues().iter().copied().collect());
    }
    let schur = Schur::try_new(DMatrix::from_row_slice(n, n, rows), f64::EPSILON, STEPS).ok_or_else(failed)?;
    Ok(schur.unpack().1.diagonal().iter().copied().collect())
}

fn eigvals(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let n = x.shape()[x.ndim() - 1];
    let values = x.to_vec::<C64>();
    let count: usize = loops(x, 2).iter().product();
    let mut out = Vec::new();
    for k in 0..count {
        out.extend(eigenvalues(n, &values[k * n * n..(k + 1) * n * n])?);
    }
    Ok(vec![Block::from_vec(&[loops(x, 2), &[n]].concat(), out)])
}

/// Results: values, and unit vectors as columns.
fn eig(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let x = &inputs[0];
    let n = x.shape()[x.ndim() - 1];
    let (mut values, mut vectors) = (Vec::new(), Vec::new());
    for m in matrices::<C64>(x) {
        if m.iter().any(|v| !v.is_finite()) {
            return Err(Error::linalg("Array must not contain infs or NaNs"));
        }
        let scale = m.norm().max(f64::MIN_POSITIVE);
        let real = m.iter().all(|v| v.im == 0.0);
        let (q, t) = Schur::try_new(m, f64::EPSILON, STEPS).ok_or_else(failed)?.unpack();
        let mut found: Vec<C64> = t.diagonal().iter().copied().collect();
        let mut columns = q * triangular_vectors(&t, scale);
        if real {
            order_pairs(&mut found, &mut columns, 1e3 * f64::EPSILON * scale);
        }
        values.extend(found);
        vectors.push(columns);
    }
    vectors.iter_mut().for_each(normalize);
    let values = Block::from_vec(&[loops(x, 2), &[n]].concat(), values);
    Ok(vec![values, from_matrices(loops(x, 2), (n, n), &vectors)])
}

/// Eigenvalues of a real matrix: real ones without an imaginary part, of a conjugate pair the upper one first.
fn order_pairs(values: &mut [C64], vectors: &mut DMatrix<C64>, small: f64) {
    values.iter_mut().filter(|v| v.im.abs() <= small).for_each(|v| v.im = 0.0);
    for k in 1..values.len() {
        let pair = (values[k - 1] - values[k].conj()).norm() <= small;
        if pair && values[k - 1].im < 0.0 {
            values.swap(k - 1, k);
            vectors.swap_columns(k - 1, k);
        }
    }
}

/// The eigenvectors of an upper triangular matrix as columns, by back substitution.
fn triangular_vectors(t: &DMatrix<C64>, scale: f64) -> DMatrix<C64> {
    let n = t.nrows();
    let mut out = DMatrix::<C64>::zeros(n, n);
    for k in 0..n {
        out[(k, k)] = C64::new(1.0, 0.0);
        for j in (0..k).rev() {
            let sum: C64 = (j + 1..=k).map(|i| t[(j, i)] * out[(i, k)]).sum();
            let mut gap = t[(j, j)] - t[(k, k)];
            if gap.norm() < f64::EPSILON * scale {
                gap = C64::new(f64::EPSILON * scale, 0.0);
            }
            out[(j, k)] = -sum / gap;
        }
    }
    out
}

/// Columns of unit length whose largest entry is real.
fn normalize(vectors: &mut DMatrix<C64>) {
    for mut column in vectors.column_iter_mut() {
        // Of several as large, the first, as LAPACK takes it.
        let most = column.iter().map(|v| v.norm()).fold(0.0, f64::max) * (1.0 - 1e-12);
        let largest = column.iter().copied().find(|v| v.norm() >= most).unwrap_or_default();
        let length = column.norm();
        if length > 0.0 {
            let turn = largest / largest.norm() * length;
            column.iter_mut().for_each(|v| *v /= turn);
        }
    }
}
