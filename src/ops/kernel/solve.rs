//! Determinants, inverses, linear systems and Cholesky factors, by LU with partial pivoting.

use super::Row;
use super::lines::loops;
use super::matrix::{Entry, from_matrices, matrices, with_entry};
use crate::data::{Block, Error, Result};
use crate::ir::Param;
use nalgebra::{Cholesky, DMatrix};

/// The rows of this family.
pub(super) const ROWS: &[Row] =
    &[("det", det), ("slogdet", slogdet), ("inv", inv), ("solve", solve), ("cholesky", cholesky)];

fn det(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    with_entry!(inputs[0], T => {
        let values: Vec<T> = matrices::<T>(&inputs[0]).into_iter().map(|m| m.determinant()).collect();
        Ok(vec![Block::from_vec(loops(&inputs[0], 2), values)])
    })
}

/// Sign (or phase) and logarithm of the magnitude of the determinant.
fn slogdet(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    with_entry!(inputs[0], T => {
        let (mut signs, mut logs) = (Vec::new(), Vec::new());
        for m in matrices::<T>(&inputs[0]) {
            let lu = m.lu();
            let (mut sign, mut log) = (lu.p().determinant::<T>(), 0.0);
            for &d in lu.u().diagonal().iter() {
                let size = nalgebra::ComplexField::modulus(d);
                sign = if size == 0.0 { T::default() } else { sign * (d / T::from_real_part(size)) };
                log += size.ln();
            }
            signs.push(sign);
            logs.push(log);
        }
        let shape = loops(&inputs[0], 2);
        Ok(vec![Block::from_vec(shape, signs), Block::from_vec(shape, logs)])
    })
}

/// A real number as an entry.
trait FromReal {
    fn from_real_part(v: f64) -> Self;
}

impl<T: Entry> FromReal for T {
    fn from_real_part(v: f64) -> T {
        T::from_real(v)
    }
}

fn singular() -> Error {
    Error::linalg("Singular matrix").help("its rows are linearly dependent; np.linalg.lstsq or pinv may serve")
}

fn inv(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    with_entry!(inputs[0], T => {
        let all = matrices::<T>(&inputs[0]).into_iter().map(|m| m.lu().try_inverse().ok_or_else(singular));
        let n = inputs[0].shape()[inputs[0].ndim() - 1];
        Ok(vec![from_matrices(loops(&inputs[0], 2), (n, n), &all.collect::<Result<Vec<_>>>()?)])
    })
}

/// Inputs: square matrices and right-hand sides of as many rows, of one dtype.
fn solve(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let (a, b) = (&inputs[0], &inputs[1]);
    let core = (b.shape()[b.ndim() - 2], b.shape()[b.ndim() - 1]);
    with_entry!(a, T => {
        let pairs = matrices::<T>(a).into_iter().zip(matrices::<T>(b));
        let all: Result<Vec<DMatrix<T>>> = pairs.map(|(a, b)| a.lu().solve(&b).ok_or_else(singular)).collect();
        Ok(vec![from_matrices(loops(b, 2), core, &all?)])
    })
}

fn cholesky(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let n = inputs[0].shape()[inputs[0].ndim() - 1];
    with_entry!(inputs[0], T => {
        let factor = |m: DMatrix<T>| {
            let definite = (0..n).all(|i| nalgebra::ComplexField::real(m[(i, i)]) > 0.0);
            let found = if definite { Cholesky::new(m) } else { None };
            found.map(|c| c.l()).ok_or_else(|| Error::linalg("Matrix is not positive definite"))
        };
        let all: Result<Vec<DMatrix<T>>> = matrices::<T>(&inputs[0]).into_iter().map(factor).collect();
        Ok(vec![from_matrices(loops(&inputs[0], 2), (n, n), &all?)])
    })
}
