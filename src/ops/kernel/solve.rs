//! Determinants, inverses, linear systems and Cholesky factors, by LU with partial pivoting.

use super::crew::Crew;
use super::dense::{self, Lu};
use super::lines::loops;
use super::matrix::{Entry, columns_of, from_columns, with_entry};
use super::{Asked, SharedRow};
use crate::data::{Block, Error, Result};
use crate::ir::Param;

/// The rows of this family.
pub(super) const SHARED: &[SharedRow] = &[
    ("det", det),
    ("slogdet", slogdet),
    ("inv", inv),
    ("solve", solve),
    ("solve_upper", solve_upper),
    ("cholesky", cholesky),
    ("lu", lu),
];

fn side(x: &Block) -> usize {
    x.shape()[x.ndim() - 1]
}

fn factors<T: Entry>(x: &Block, crew: &dyn Crew) -> Result<Vec<Lu<T>>> {
    columns_of::<T>(x).into_iter().map(|m| Lu::new(side(x), m, crew)).collect()
}

fn det(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    with_entry!(inputs[0], T => {
        let all = factors::<T>(&inputs[0], crew)?;
        let values = all.iter().map(|lu| lu.diagonal().fold(T::from(lu.sign()), |product, d| product * d)).collect();
        Ok(vec![Block::from_vec(loops(&inputs[0], 2), values)])
    })
}

/// Sign (or phase) and logarithm of the magnitude of the determinant.
fn slogdet(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    with_entry!(inputs[0], T => {
        let (mut signs, mut logs) = (Vec::new(), Vec::new());
        for lu in factors::<T>(&inputs[0], crew)? {
            let (mut sign, mut log) = (T::from(lu.sign()), 0.0);
            for d in lu.diagonal() {
                let size = nalgebra::ComplexField::modulus(d);
                sign = if size == 0.0 { T::default() } else { sign * (d / T::from(size)) };
                log += size.ln();
            }
            signs.push(sign);
            logs.push(log);
        }
        let shape = loops(&inputs[0], 2);
        Ok(vec![Block::from_vec(shape, signs), Block::from_vec(shape, logs)])
    })
}

fn singular() -> Error {
    Error::linalg("Singular matrix").help("its rows are linearly dependent; np.linalg.lstsq or pinv may serve")
}

/// Right-hand sides, column by column, made into solutions.
fn solved<T: Entry>(n: usize, matrix: Vec<T>, mut sides: Vec<T>, crew: &dyn Crew) -> Result<Vec<T>> {
    let lu = Lu::new(n, matrix, crew)?;
    if lu.is_singular() {
        return Err(singular());
    }
    lu.solve(&mut sides, crew)?;
    Ok(sides)
}

/// Inputs: one upper triangle (what lies below does not count) and right-hand sides.
fn solve_upper(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let (n, count) = (side(&inputs[0]), side(&inputs[1]));
    with_entry!(inputs[0], T => {
        let lu = Lu::of_upper(n, columns_of::<T>(&inputs[0]).swap_remove(0));
        if lu.is_singular() {
            return Err(singular());
        }
        let mut sides = columns_of::<T>(&inputs[1]).swap_remove(0);
        lu.solve(&mut sides, crew)?;
        Ok(vec![from_columns(&[], (n, count), &[sides])])
    })
}

fn inv(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let n = side(&inputs[0]);
    with_entry!(inputs[0], T => {
        let inverse = |m: Vec<T>| {
            let mut unit = vec![T::default(); n * n];
            unit.iter_mut().step_by(n + 1).for_each(|v| *v = T::from(1.0));
            solved(n, m, unit, crew)
        };
        let all = columns_of::<T>(&inputs[0]).into_iter().map(inverse).collect::<Result<Vec<_>>>()?;
        Ok(vec![from_columns(loops(&inputs[0], 2), (n, n), &all)])
    })
}

/// Inputs: square matrices and right-hand sides of as many rows, of one dtype.
fn solve(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let (a, b) = (&inputs[0], &inputs[1]);
    let core = (b.shape()[b.ndim() - 2], b.shape()[b.ndim() - 1]);
    with_entry!(a, T => {
        let pairs = columns_of::<T>(a).into_iter().zip(columns_of::<T>(b));
        let all = pairs.map(|(a, b)| solved(core.0, a, b, crew)).collect::<Result<Vec<_>>>()?;
        Ok(vec![from_columns(loops(b, 2), core, &all)])
    })
}

fn cholesky(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let n = side(&inputs[0]);
    with_entry!(inputs[0], T => {
        let factor = |m: Vec<T>| dense::cholesky(n, m, crew);
        let all = columns_of::<T>(&inputs[0]).into_iter().map(factor).collect::<Result<Vec<_>>>()?;
        Ok(vec![from_columns(loops(&inputs[0], 2), (n, n), &all)])
    })
}

/// Results: permutation, unit lower triangle and upper triangle, whose product is the matrix.
fn lu(inputs: &[Block], _: Asked<'_>, _: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let n = side(&inputs[0]);
    with_entry!(inputs[0], T => {
        let parts: Vec<[Vec<T>; 3]> = factors::<T>(&inputs[0], crew)?.iter().map(Lu::parts).collect();
        let part = |k: usize| {
            let all: Vec<Vec<T>> = parts.iter().map(|parts| parts[k].clone()).collect();
            from_columns(loops(&inputs[0], 2), (n, n), &all)
        };
        Ok(vec![part(0), part(1), part(2)])
    })
}
