//! Linear algebra that Dask has and NumPy has not: LU, triangular systems, a few singular values of a large matrix.

use crate::data::{Chunks, Error, Result, Scalar};
use crate::ir::{Distribution, Expr, Fold, Kernel, Random};
use crate::ops::function::build::{bi, choose, number_as, slice};
use crate::ops::function::decompositions::{adjoint, factors, need_square, sides, working};
use crate::ops::function::linear_algebra::multiply;
use crate::ops::function::row::{answer, need, opt, tuple};
use crate::ops::function::tall::Tall;
use crate::ops::function::{Arg, Call, Function, Home};
use crate::ops::primitive::{cast, expand, flip, per_block, random, reduce, squeeze};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "linalg.lu",
        &[need("a")],
        "Permutation, unit lower and upper triangle of a square matrix.",
        "da.linalg.lu(da.from_array([[2.0, 1.0], [4.0, 4.0]]))[2].compute()",
        "array([[ 4.,  4.],\n       [ 0., -1.]])",
        lu,
    )
    .home(Home::DaskOnly),
    Function::row(
        "linalg.solve_triangular",
        &[need("a"), need("b"), opt("lower", "False")],
        "The solution of a triangular system.",
        "da.linalg.solve_triangular(da.from_array([[2.0, 1.0], [0.0, 4.0]]), da.from_array([4.0, 8.0])).compute()",
        "array([1., 2.])",
        solve_triangular,
    )
    .home(Home::DaskOnly),
    Function::row(
        "linalg.svd_compressed",
        &[
            need("a"),
            need("k"),
            opt("iterator", "'power'"),
            opt("n_power_iter", "0"),
            opt("n_oversamples", "10"),
            opt("seed", "None"),
            opt("compute", "False"),
            opt("coerce_signs", "True"),
        ],
        "The largest singular values and their vectors, approximately.",
        "da.linalg.svd_compressed(da.ones((4, 4), chunks=2), 1)[1].round(6).compute()",
        "array([4.])",
        compressed,
    )
    .home(Home::DaskOnly),
];

fn lu(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    need_square(&x)?;
    let (n, dtype) = (sides(&x).0, working(&x));
    let x = cast(&x, dtype);
    tuple((0..3).map(|part| per_block("lu", vec![], &[(&x, 2)], &[n, n], dtype, part)).collect())
}

/// A lower triangle is an upper one with rows and columns the other way round.
fn solve_triangular(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a")?, call.array("b")?);
    need_square(&a)?;
    if a.ndim() != 2 || b.ndim() == 0 || b.ndim() > 2 || b.shape[0] != a.shape[0] {
        return Err(Error::value("a.shape[1] and b.shape[0] should be equal"));
    }
    let (dtype, lower, vector) = (working(&a).promote(working(&b)), call.flag("lower")?, b.ndim() == 1);
    let b = if vector { expand(&b, &[1]) } else { b };
    let (a, b) = (cast(&a, dtype), cast(&b, dtype));
    let (a, b) = if lower { (flip(&a, &[0, 1]), flip(&b, &[0])) } else { (a, b) };
    let x = per_block("solve_upper", vec![], &[(&a, 2), (&b, 2)], &b.shape, dtype, 0);
    let x = if lower { flip(&x, &[0]) } else { x };
    answer(if vector { squeeze(&x, &[1])? } else { x })
}

/// Rows of V^H turned so that the sum of each is not negative, and the columns of U with them, as Dask does.
pub(super) fn with_signs([u, s, vh]: [Expr; 3]) -> Result<[Expr; 3]> {
    if u.dtype.is_complex() || vh.shape.contains(&0) {
        return Ok([u, s, vh]);
    }
    let sums = reduce(&vh, Fold::Sum, &[vh.ndim() - 1]);
    let number = |v: f64| number_as(v, u.dtype);
    let signs = choose(&bi(Kernel::GreaterEqual, &sums, &number(0.0))?, &number(1.0), &number(-1.0))?;
    let last = signs.ndim();
    let u = bi(Kernel::Multiply, &u, &expand(&signs, &[last - 1]))?;
    Ok([u, s, bi(Kernel::Multiply, &vh, &expand(&signs, &[last]))?])
}

/// Halko, Martinsson and Tropp, SIAM Rev. 53, 2011: the matrix in the space that it maps random vectors to.
fn compressed(call: &Call<'_>) -> Result<Arg> {
    let (x, k) = (call.array("a")?, call.count("k")?);
    if x.ndim() != 2 {
        return Err(Error::value("svd_compressed: the array must be a matrix"));
    }
    let x = cast(&x, working(&x));
    let (m, n) = sides(&x);
    let width = (k + call.count("n_oversamples")?).max(20).min(m.min(n));
    let (seed, stream) = match call.opt_int("seed")? {
        Some(seed) => (seed.unsigned_abs(), 0),
        None => call.host.random_key(None),
    };
    let distribution = Distribution::Normal { mean: Scalar::Float64(0.0), std: Scalar::Float64(1.0) };
    let normal = random(Random { seed, stream, distribution }, x.dtype.real(), Chunks::whole(&[n, width]));
    let turned = adjoint(&x)?;
    let mut space = Tall::of(&multiply(&x, &cast(&normal, x.dtype))?)?.q()?;
    for _ in 0..call.count("n_power_iter")? {
        let back = Tall::of(&multiply(&turned, &space)?)?.q()?;
        space = Tall::of(&multiply(&x, &back)?)?.q()?;
    }
    let [u, s, vh] = factors(&multiply(&adjoint(&space)?, &x)?, false);
    let all = [
        slice(&multiply(&space, &u)?, 1, 0, k.min(width)),
        slice(&s, 0, 0, k.min(width)),
        slice(&vh, 0, 0, k.min(width)),
    ];
    let [u, s, vh] = if call.flag("coerce_signs")? { with_signs(all)? } else { all };
    tuple(vec![u, s, vh])
}
