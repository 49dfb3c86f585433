//! Linear algebra of whole matrices: systems, determinants, decompositions, norms.

use crate::data::{DType, Error, Result, Scalar, show_shape};
use crate::ir::{Expr, Fold, Kernel, Param};
use crate::ops::function::build::{bi, broadcast_to, join, real, un};
use crate::ops::function::dask_algebra::with_signs;
use crate::ops::function::row::{answer, key, need, opt, tuple};
use crate::ops::function::tall::{Tall, is_tall};
use crate::ops::function::{Arg, Call, Function, Mode, Parameter};
use crate::ops::primitive::{cast, expand, per_block, reduce, squeeze, transpose};

const A: &[Parameter] = &[need("a")];
const HERMITIAN: &[Parameter] = &[need("a"), opt("UPLO", "'L'")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row("linalg.det", A, "Determinant.", "np.linalg.det([[2.0, 0.0], [0.0, 3.0]])", "np.float64(6.0)", det),
    Function::row(
        "linalg.slogdet",
        A,
        "Sign and logarithm of the determinant.",
        "np.linalg.slogdet([[2.0, 0.0], [0.0, -1.0]])",
        "SlogdetResult(sign=np.float64(-1.0), logabsdet=np.float64(0.6931471805599453))",
        slogdet,
    ),
    Function::row(
        "linalg.inv",
        A,
        "Inverse.",
        "np.linalg.inv([[2.0, 0.0], [0.0, 4.0]])",
        "array([[0.5 , 0.  ],\n       [0.  , 0.25]])",
        |c| {
            let x = c.array("a")?;
            need_square(&x)?;
            answer(inverse(&x))
        },
    ),
    Function::row(
        "linalg.solve",
        &[need("a"), need("b")],
        "The solution of a linear system.",
        "np.linalg.solve([[2.0, 0.0], [0.0, 4.0]], [1.0, 2.0])",
        "array([0.5, 0.5])",
        solve,
    ),
    Function::row(
        "linalg.cholesky",
        &[need("a"), key("upper", "False")],
        "Cholesky factor.",
        "np.linalg.cholesky([[4.0, 2.0], [2.0, 2.0]])",
        "array([[2., 0.],\n       [1., 1.]])",
        cholesky,
    ),
    Function::row(
        "linalg.qr",
        &[need("a"), opt("mode", "'reduced'")],
        "QR decomposition.",
        "np.linalg.qr([[3.0, 0.0], [4.0, 5.0]], mode='r')",
        "array([[-5., -4.],\n       [ 0.,  3.]])",
        qr,
    ),
    Function::row(
        "linalg.svd",
        &[need("a"), opt("full_matrices", "None"), opt("compute_uv", "True"), opt("hermitian", "False")],
        "Singular value decomposition.",
        "np.linalg.svd([[3.0, 0.0], [0.0, 2.0]], compute_uv=False)",
        "array([3., 2.])",
        svd,
    ),
    Function::row(
        "linalg.svdvals",
        &[need("x")],
        "Singular values in descending order.",
        "np.linalg.svdvals([[3.0, 0.0], [0.0, 2.0]])",
        "array([3., 2.])",
        |c| answer(singular(&c.array("x")?)?),
    ),
    Function::row(
        "linalg.eigh",
        HERMITIAN,
        "Eigenvalues and vectors of a Hermitian matrix.",
        "np.linalg.eigh([[1.0, 0.0], [0.0, 3.0]])[0]",
        "array([1., 3.])",
        |c| eigh(c, true),
    ),
    Function::row(
        "linalg.eigvalsh",
        HERMITIAN,
        "Eigenvalues of a Hermitian matrix, ascending.",
        "np.linalg.eigvalsh([[2.0, 1.0], [1.0, 2.0]])",
        "array([1., 3.])",
        |c| eigh(c, false),
    ),
    Function::row(
        "linalg.eigvals",
        A,
        "Eigenvalues of a square matrix.",
        "np.linalg.eigvals([[1.0, 0.0], [0.0, 3.0]])",
        "array([1., 3.])",
        |c| eig(c, false),
    ),
    Function::row(
        "linalg.eig",
        A,
        "Eigenvalues and vectors of a square matrix.",
        "np.linalg.eig([[1.0, 0.0], [0.0, 3.0]])[0]",
        "array([1., 3.])",
        |c| eig(c, true),
    ),
    Function::row(
        "linalg.pinv",
        &[need("a"), opt("rcond", "None"), opt("hermitian", "False"), key("rtol", "None")],
        "Pseudo-inverse.",
        "np.linalg.pinv([[2.0, 0.0], [0.0, 0.0]])",
        "array([[0.5, 0. ],\n       [0. , 0. ]])",
        pinv,
    ),
    Function::row(
        "linalg.lstsq",
        &[need("a"), need("b"), opt("rcond", "None")],
        "Least squares: solution, residuals, rank, singular values.",
        "np.linalg.lstsq([[1.0, 0.0], [0.0, 2.0]], [1.0, 2.0])[0]",
        "array([1., 1.])",
        super::least_squares::lstsq,
    ),
    Function::row(
        "linalg.matrix_rank",
        &[need("A"), opt("tol", "None"), opt("hermitian", "False"), key("rtol", "None")],
        "Rank.",
        "np.linalg.matrix_rank([[1.0, 0.0], [0.0, 0.0]])",
        "np.int64(1)",
        rank,
    ),
    Function::row(
        "linalg.cond",
        &[need("x"), opt("p", "None")],
        "Condition number.",
        "np.linalg.cond([[4.0, 0.0], [0.0, 2.0]])",
        "np.float64(2.0)",
        cond,
    ),
];

/// Refuses what is not a (stack of) square matrices.
pub(super) fn need_square(x: &Expr) -> Result<()> {
    need_matrix(x)?;
    if x.shape[x.ndim() - 2] != x.shape[x.ndim() - 1] {
        return Err(Error::linalg("Last 2 dimensions of the array must be square")
            .help(format!("the array has shape {}", show_shape(&x.shape))));
    }
    Ok(())
}

fn need_matrix(x: &Expr) -> Result<()> {
    if x.ndim() < 2 {
        return Err(Error::linalg(format!(
            "{}-dimensional array given. Array must be at least two-dimensional",
            x.ndim()
        )));
    }
    Ok(())
}

/// The dtype that a matrix is worked on in.
pub(super) fn working(x: &Expr) -> DType {
    if x.dtype.is_inexact() { x.dtype } else { DType::Float64 }
}

/// One result of a kernel of (stacks of) matrices.
fn matrix_kernel(
    name: &'static str,
    params: Vec<Param>,
    x: &Expr,
    core: &[usize],
    dtype: DType,
    result: usize,
) -> Expr {
    per_block(name, params, &[(&cast(x, working(x)), 2)], core, dtype, result)
}

/// Lengths of the last two axes.
pub(super) fn sides(x: &Expr) -> (usize, usize) {
    (x.shape[x.ndim() - 2], x.shape[x.ndim() - 1])
}

/// The inverse of square matrices.
pub(super) fn inverse(x: &Expr) -> Expr {
    let (n, m) = sides(x);
    matrix_kernel("inv", vec![], x, &[n, m], working(x), 0)
}

fn det(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    need_square(&x)?;
    answer(matrix_kernel("det", vec![], &x, &[], working(&x), 0))
}

fn slogdet(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    need_square(&x)?;
    let part = |result, dtype| matrix_kernel("slogdet", vec![], &x, &[], dtype, result);
    tuple(vec![part(0, working(&x)), part(1, working(&x).real())])
}

fn solve(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a")?, call.array("b")?);
    need_square(&a)?;
    let dtype = working(&a).promote(working(&b));
    let vector = b.ndim() == 1;
    let b = if vector { expand(&b, &[1]) } else { b };
    let batch = crate::data::broadcast_shapes(&[&a.shape[..a.ndim() - 2], &b.shape[..b.ndim() - 2]])?;
    if sides(&a).1 != sides(&b).0 {
        return Err(Error::value(format!(
            "solve: Input operand 1 has a mismatch in its core dimension 0 (size {} is different from {})",
            sides(&b).0,
            sides(&a).1
        )));
    }
    let whole = |x: &Expr| broadcast_to(&cast(x, dtype), &[&batch[..], &[sides(x).0, sides(x).1]].concat());
    let (a, b) = (whole(&a)?, whole(&b)?);
    let y = per_block("solve", vec![], &[(&a, 2), (&b, 2)], &[sides(&b).0, sides(&b).1], dtype, 0);
    answer(if vector { squeeze(&y, &[y.ndim() - 1])? } else { y })
}

pub(super) fn adjoint(x: &Expr) -> Result<Expr> {
    let n = x.ndim();
    let mut order: Vec<usize> = (0..n).collect();
    order.swap(n - 2, n - 1);
    un(Kernel::Conjugate, &transpose(x, &order))
}

fn cholesky(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    need_square(&x)?;
    let (n, m) = sides(&x);
    let lower = matrix_kernel("cholesky", vec![], &x, &[n, m], working(&x), 0);
    answer(if call.flag("upper")? { adjoint(&lower)? } else { lower })
}

fn qr(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    need_matrix(&x)?;
    let mode = call.word("mode", &["reduced", "complete", "r"])?;
    let (m, n) = sides(&x);
    if mode == "complete" {
        let q = matrix_kernel("qr", vec![Param::Str(mode.into())], &x, &[m, m], working(&x), 0);
        let r = matrix_kernel("triangle", vec![], &x, &[m.min(n), n], working(&x), 0);
        let rest = [&x.shape[..x.ndim() - 2], &[m - m.min(n), n]].concat();
        let below = super::creation::zeros(&rest, r.dtype);
        return tuple(vec![q, if m > n { join(&[r, below], x.ndim() - 2) } else { r }]);
    }
    let found = Tall::of(&cast(&x, working(&x)))?;
    if mode == "r" {
        return answer(found.r);
    }
    // Where both are computed at once, one call makes both.
    let both = found.is_one() && call.mode == Mode::Eager;
    let r = || matrix_kernel("qr", vec![Param::Str(mode.into())], &x, &[m.min(n), n], working(&x), 1);
    tuple(vec![found.q()?, if both { r() } else { found.r }])
}

fn singular(x: &Expr) -> Result<Expr> {
    need_matrix(x)?;
    let x = &cast(x, working(x));
    let [_, s, _] = if is_tall(x) { factors(&Tall::of(x)?.r, false) } else { factors(x, false) };
    Ok(s)
}

/// Planned arrays have no full factors unless they are asked for, as in Dask: those of a long one never fit.
fn svd(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    if !call.flag("compute_uv")? {
        return answer(singular(&x)?);
    }
    need_matrix(&x)?;
    let full = if call.given("full_matrices") { call.flag("full_matrices")? } else { call.mode == Mode::Eager };
    let x = cast(&x, working(&x));
    let signed = |all| tuple(if call.mode == Mode::Lazy && !full { with_signs(all)? } else { all }.into());
    if !full && is_tall(&x) {
        let found = Tall::of(&x)?;
        if found.is_one() && call.mode == Mode::Eager {
            return signed(factors(&x, false));
        }
        let [u, s, vh] = factors(&found.r, false);
        return signed([found.times(&u)?, s, vh]);
    }
    signed(factors(&x, full))
}

/// U, singular values and V^H.
pub(super) fn factors(x: &Expr, full: bool) -> [Expr; 3] {
    let (m, n) = sides(x);
    let k = m.min(n);
    let part = |core: &[usize], dtype, result| matrix_kernel("svd", vec![Param::Bool(full)], x, core, dtype, result);
    let (u, v) = if full { ([m, m], [n, n]) } else { ([m, k], [k, n]) };
    [part(&u, x.dtype, 0), part(&[k], x.dtype.real(), 1), part(&v, x.dtype, 2)]
}

fn eigh(call: &Call<'_>, vectors: bool) -> Result<Arg> {
    let x = call.array("a")?;
    need_square(&x)?;
    let x = if call.word("UPLO", &["L", "U"])? == "U" { adjoint(&x)? } else { x };
    let (n, dtype) = (sides(&x).0, working(&x));
    let values = matrix_kernel("eigh", vec![], &x, &[n], dtype.real(), 0);
    if !vectors {
        return answer(values);
    }
    tuple(vec![values, matrix_kernel("eigh", vec![], &x, &[n, n], dtype, 1)])
}

/// Real answers where every eigenvalue of a real matrix is real, as NumPy decides by the values.
fn eig(call: &Call<'_>, vectors: bool) -> Result<Arg> {
    let x = call.array("a")?;
    need_square(&x)?;
    let (n, dtype) = (sides(&x).0, working(&x));
    let kernel = if vectors { "eig" } else { "eigvals" };
    let mut parts = vec![matrix_kernel(kernel, vec![], &x, &[n], dtype.complex(), 0)];
    if vectors {
        parts.push(matrix_kernel(kernel, vec![], &x, &[n, n], dtype.complex(), 1));
    }
    if !dtype.is_complex() {
        let values = call.host.values(&parts[..1])?;
        let all_real = values.iter().flat_map(|b| b.to_vec::<crate::data::C64>()).all(|v| v.im == 0.0);
        if all_real {
            parts = parts.iter().map(|x| un(Kernel::Real, x)).collect::<Result<_>>()?;
        }
    }
    if vectors { tuple(parts) } else { answer(parts.swap_remove(0)) }
}

pub(super) fn epsilon(dtype: DType) -> f64 {
    if dtype.real() == DType::Float32 { f64::from(f32::EPSILON) } else { f64::EPSILON }
}

fn pinv(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    need_matrix(&x)?;
    let (m, n) = sides(&x);
    let cutoff = match (call.given("rcond"), call.given("rtol")) {
        (true, _) => call.float("rcond")?,
        (_, true) => call.float("rtol")?,
        _ => m.max(n) as f64 * epsilon(working(&x)),
    };
    answer(matrix_kernel("pinv", vec![Param::Float(Scalar::Float64(cutoff))], &x, &[n, m], working(&x), 0))
}

fn rank(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("A")?;
    if x.ndim() < 2 {
        let any = reduce(&cast(&x, DType::Bool), Fold::Any, &(0..x.ndim()).collect::<Vec<_>>());
        return answer(cast(&any, DType::Int64));
    }
    let s = singular(&x)?;
    let (m, n) = sides(&x);
    let limit = if call.given("tol") {
        call.array("tol")?
    } else {
        let factor = if call.given("rtol") { call.float("rtol")? } else { m.max(n) as f64 * epsilon(s.dtype) };
        let largest = reduce(&s, Fold::Max, &[s.ndim() - 1]);
        expand(&bi(Kernel::Multiply, &largest, &real(factor))?, &[s.ndim() - 1])
    };
    answer(reduce(&bi(Kernel::Greater, &s, &limit)?, Fold::Sum, &[s.ndim() - 1]))
}

fn cond(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let two = match call.get("p") {
        Arg::None => Some(false),
        Arg::Int(p) if *p == 2.into() => Some(false),
        Arg::Int(p) if *p == (-2).into() => Some(true),
        _ => None,
    };
    if let Some(smallest_first) = two {
        let s = singular(&x)?;
        let last = s.ndim() - 1;
        let (high, low) = (super::build::at(&s, last, 0), super::build::at(&s, last, s.shape[last] - 1));
        return answer(if smallest_first {
            bi(Kernel::Divide, &low, &high)?
        } else {
            bi(Kernel::Divide, &high, &low)?
        });
    }
    need_square(&x)?;
    let norm = |x: &Expr| super::norms::matrix_norm(call, x, call.get("p"));
    answer(bi(Kernel::Multiply, &norm(&x)?, &norm(&inverse(&x))?)?)
}
