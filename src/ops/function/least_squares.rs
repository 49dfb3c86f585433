//! Least squares. Long problems are made short ones first: those of the triangle of both sides together.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Expr, Fold, Kernel, Param};
use crate::ops::function::build::{bi, join, slice, un};
use crate::ops::function::decompositions::{epsilon, sides, working};
use crate::ops::function::linear_algebra::multiply;
use crate::ops::function::tall::{Tall, is_tall};
use crate::ops::function::{Arg, Call};
use crate::ops::primitive::{cast, expand, from_block, per_block, reduce, squeeze};

pub(super) fn lstsq(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a")?, call.array("b")?);
    if a.ndim() != 2 || b.ndim() == 0 || b.ndim() > 2 {
        return Err(Error::linalg(format!("{}-dimensional array given. Array must be two-dimensional", a.ndim())));
    }
    if a.shape[0] != b.shape[0] {
        return Err(Error::linalg("Incompatible dimensions"));
    }
    let vector = b.ndim() == 1;
    let columns = if vector { expand(&b, &[1]) } else { b };
    let cutoff = if call.given("rcond") { Some(call.float("rcond")?) } else { None };
    let cutoff = cutoff.filter(|v| *v >= 0.0).unwrap_or_else(|| default_cutoff(&a, &columns));
    let (left, right) = if is_tall(&a) { triangles(call, &a, &columns)? } else { (a.clone(), columns) };
    let [x, rank, s] = least_squares(&left, &right, Some(cutoff))?;
    let off = un(Kernel::Abs, &bi(Kernel::Subtract, &right, &multiply(&left, &x)?)?)?;
    let sums = reduce(&un(Kernel::Square, &off)?, Fold::Sum, &[0]);
    let full = call.number(&Arg::Array(rank.clone()))?.to_i64();
    // NumPy gives residuals only where the matrix has full rank and more rows than columns.
    let determined = full as usize == a.shape[1] && a.shape[0] > a.shape[1];
    let residuals = if determined { sums } else { crate::ops::function::creation::zeros(&[0], sums.dtype) };
    let x = if vector { squeeze(&x, &[1])? } else { x };
    let rank = Arg::Int(full.into());
    Ok(Arg::Tuple(vec![Arg::Array(x), Arg::Array(residuals), rank, Arg::Array(s)]))
}

/// A least-squares problem with the same answers: the columns of R of both sides together.
fn triangles(call: &Call<'_>, a: &Expr, b: &Expr) -> Result<(Expr, Expr)> {
    // Made once: what follows asks for it several times.
    let r = from_block(call.host.values(&[triangle(a, b)?])?.swap_remove(0));
    Ok(halves(&r, a.shape[1]))
}

/// R of both sides together.
fn triangle(a: &Expr, b: &Expr) -> Result<Expr> {
    let dtype = working(a).promote(working(b));
    Ok(Tall::of(&join(&[cast(a, dtype), cast(b, dtype)], 1))?.r)
}

/// The first `n` columns and the others.
fn halves(x: &Expr, n: usize) -> (Expr, Expr) {
    (slice(x, 1, 0, n), slice(x, 1, n, x.shape[1]))
}

/// The solution of a least-squares problem, of a long one that of its triangles.
///
/// # Errors
/// None for matrices of as many rows.
pub(super) fn solution(a: &Expr, b: &Expr, cutoff: f64) -> Result<Expr> {
    let (left, right) = if is_tall(a) { halves(&triangle(a, b)?, a.shape[1]) } else { (a.clone(), b.clone()) };
    let [x, ..] = least_squares(&left, &right, Some(cutoff))?;
    Ok(x)
}

/// Solution, rank and singular values of a least-squares problem.
fn least_squares(a: &Expr, b: &Expr, cutoff: Option<f64>) -> Result<[Expr; 3]> {
    let (m, n) = sides(a);
    let dtype = working(a).promote(working(b));
    let cutoff = cutoff.filter(|v| *v >= 0.0).unwrap_or_else(|| default_cutoff(a, b));
    let (a, b) = (cast(a, dtype), cast(b, dtype));
    let params = vec![Param::Float(Scalar::Float64(cutoff))];
    let part =
        |core: &[usize], dtype, result| per_block("lstsq", params.clone(), &[(&a, 2), (&b, 2)], core, dtype, result);
    Ok([part(&[n, b.shape[1]], dtype, 0), part(&[], DType::Int64, 1), part(&[m.min(n)], dtype.real(), 2)])
}

fn default_cutoff(a: &Expr, b: &Expr) -> f64 {
    let (m, n) = sides(a);
    m.max(n) as f64 * epsilon(working(a).promote(working(b)))
}
