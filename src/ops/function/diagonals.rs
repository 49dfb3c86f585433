//! Diagonals and triangles.

use crate::data::{Chunks, DType, Error, Result, Scalar, UNKNOWN};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, broadcast_to, choose, filled, flat, position, stride, to_last, whole};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, expand, fill, reduce, reshape};

const DIAGONAL: &[Parameter] = &[need("a"), opt("offset", "0"), opt("axis1", "0"), opt("axis2", "1")];
const TRIANGLE: &[Parameter] = &[need("m"), opt("k", "0")];
const INDICES: &[Parameter] = &[need("n"), opt("k", "0"), opt("m", "None")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "diag",
        &[need("v"), opt("k", "0")],
        "A diagonal of a matrix, or the matrix of a diagonal.",
        "np.diag([1, 2], k=1)",
        "array([[0, 1, 0],\n       [0, 0, 2],\n       [0, 0, 0]])",
        diag,
    ),
    Function::row(
        "diagflat",
        &[need("v"), opt("k", "0")],
        "The matrix with the flattened elements on a diagonal.",
        "np.diagflat([[1, 2]])",
        "array([[1, 0],\n       [0, 2]])",
        |c| answer(placed(&flat(&c.array("v")?)?, c.int("k")?)?),
    ),
    Function::row(
        "diagonal",
        DIAGONAL,
        "A diagonal of two axes, which comes last.",
        "np.diagonal([[1, 2], [3, 4]])",
        "array([1, 4])",
        |c| answer(diagonal_of(c, "a")?),
    )
    .method(),
    Function::row(
        "linalg.diagonal",
        &[need("x"), key("offset", "0")],
        "The diagonals of the last two axes.",
        "np.linalg.diagonal([[1, 2], [3, 4]])",
        "array([1, 4])",
        |c| {
            let x = c.array("x")?;
            answer(diagonal(&x, c.int("offset")?)?)
        },
    ),
    Function::row(
        "trace",
        &[
            need("a"),
            opt("offset", "0"),
            opt("axis1", "0"),
            opt("axis2", "1"),
            opt("dtype", "None"),
            opt("out", "None"),
        ],
        "The sum along a diagonal.",
        "np.trace([[1, 2], [3, 4]])",
        "np.int64(5)",
        trace,
    )
    .method(),
    Function::row(
        "linalg.trace",
        &[need("x"), key("offset", "0"), key("dtype", "None")],
        "The sums along the diagonals of the last two axes.",
        "np.linalg.trace([[1, 2], [3, 4]])",
        "np.int64(5)",
        |c| {
            let line = diagonal(&c.array("x")?, c.int("offset")?)?;
            answer(reduce(&line, Fold::Sum, &[line.ndim() - 1]))
        },
    ),
    Function::row(
        "tri",
        &[need("N"), opt("M", "None"), opt("k", "0"), opt("dtype", "None"), key("chunks", "None")],
        "Ones on and below a diagonal.",
        "np.tri(2, 3)",
        "array([[1., 0., 0.],\n       [1., 1., 0.]])",
        tri,
    ),
    Function::row(
        "tril",
        TRIANGLE,
        "Elements on and below a diagonal, zeros above.",
        "np.tril([[1, 2], [3, 4]])",
        "array([[1, 0],\n       [3, 4]])",
        |c| triangle(c, true),
    ),
    Function::row(
        "triu",
        TRIANGLE,
        "Elements on and above a diagonal, zeros below.",
        "np.triu([[1, 2], [3, 4]])",
        "array([[1, 2],\n       [0, 4]])",
        |c| triangle(c, false),
    ),
    Function::row(
        "tril_indices",
        INDICES,
        "Indices of the lower triangle.",
        "np.tril_indices(2)",
        "(array([0, 1, 1]), array([0, 0, 1]))",
        |c| triangle_indices(c, true),
    ),
    Function::row(
        "triu_indices",
        INDICES,
        "Indices of the upper triangle.",
        "np.triu_indices(2)",
        "(array([0, 0, 1]), array([0, 1, 1]))",
        |c| triangle_indices(c, false),
    ),
    Function::row(
        "tril_indices_from",
        &[need("arr"), opt("k", "0")],
        "Indices of the lower triangle of a matrix.",
        "np.tril_indices_from(np.eye(2))",
        "(array([0, 1, 1]), array([0, 0, 1]))",
        |c| triangle_indices(c, true),
    ),
    Function::row(
        "triu_indices_from",
        &[need("arr"), opt("k", "0")],
        "Indices of the upper triangle of a matrix.",
        "np.triu_indices_from(np.eye(2))",
        "(array([0, 0, 1]), array([0, 1, 1]))",
        |c| triangle_indices(c, false),
    ),
    Function::row(
        "diag_indices",
        &[need("n"), opt("ndim", "2")],
        "Indices of the main diagonal.",
        "np.diag_indices(2)",
        "(array([0, 1]), array([0, 1]))",
        |c| {
            let line = super::build::count_up(c.count("n")?);
            super::row::tuple(vec![line; c.count("ndim")?])
        },
    ),
];

/// The diagonals of the last two axes, as the last axis.
pub(super) fn diagonal(x: &Expr, offset: i64) -> Result<Expr> {
    if x.ndim() < 2 {
        return Err(Error::value("diag requires an array of at least two dimensions"));
    }
    let (n, m) = (x.shape[x.ndim() - 2], x.shape[x.ndim() - 1]);
    if n == UNKNOWN || m == UNKNOWN {
        return Err(Error::value("the diagonal of an array of unknown shape is not known before its values are"));
    }
    let (row, column) = if offset < 0 { (offset.unsigned_abs() as usize, 0) } else { (0, offset as usize) };
    let len = n.saturating_sub(row).min(m.saturating_sub(column));
    // In C order the next element of a diagonal is m + 1 further on.
    let line = reshape(x, &[&x.shape[..x.ndim() - 2], &[n * m]].concat())?;
    Ok(stride(&line, line.ndim() - 1, if len == 0 { 0 } else { row * m + column }, m as isize + 1, len))
}

fn diagonal_of(call: &Call<'_>, name: &str) -> Result<Expr> {
    let x = call.array(name)?;
    if x.ndim() < 2 {
        return Err(Error::value("diag requires an array of at least two dimensions"));
    }
    let (a, b) = (call.axis("axis1", x.ndim())?, call.axis("axis2", x.ndim())?);
    if a == b {
        return Err(Error::value("axis1 and axis2 cannot be the same"));
    }
    let x = to_last(&to_last(&x, a), if b > a { b - 1 } else { b });
    diagonal(&x, call.int("offset")?)
}

/// The square matrix with a line on its diagonal `k`.
fn placed(line: &Expr, k: i64) -> Result<Expr> {
    let (n, off) = (line.shape[0], k.unsigned_abs() as usize);
    let gap = super::creation::zeros(&[off], line.dtype);
    let padded = if k >= 0 { [line.clone(), gap] } else { [gap, line.clone()] };
    let padded = if off == 0 { line.clone() } else { super::build::join(&padded, 0) };
    // Row i of diagonal k holds line[i] at column i + k: for k >= 0 and below alike once the gap is in place.
    let grid = fill(Scalar::Bool(false), Chunks(vec![padded.chunks.0[0].clone(), padded.chunks.0[0].clone()]));
    let at = bi(Kernel::Equal, &bi(Kernel::Add, &position(&grid, 0), &whole(k))?, &position(&grid, 1))?;
    let y = choose(&at, &expand(&padded, &[1]), &filled(&grid, 0.0, line.dtype))?;
    broadcast_to(&y, &[n + off, n + off])
}

/// The unit matrix.
pub(super) fn unit(n: usize, dtype: DType) -> Result<Expr> {
    placed(&fill(Scalar::Int64(1).cast(dtype), Chunks::whole(&[n])), 0)
}

fn diag(call: &Call<'_>) -> Result<Arg> {
    let (v, k) = (call.array("v")?, call.int("k")?);
    match v.ndim() {
        1 => answer(placed(&v, k)?),
        2 => answer(diagonal(&v, k)?),
        _ => Err(Error::value("Input must be 1- or 2-d.")),
    }
}

fn trace(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let line = diagonal_of(call, "a")?;
    let asked = call.dtype("dtype")?;
    let line = asked.map_or_else(|| line.clone(), |dtype| cast(&line, dtype));
    let y = reduce(&line, Fold::Sum, &[line.ndim() - 1]);
    answer(asked.map_or_else(|| y.clone(), |dtype| cast(&y, dtype)))
}

/// Where `column - row <= k`, over the last two axes.
fn below(grid: &Expr, k: i64) -> Result<Expr> {
    let n = grid.ndim();
    let lower = bi(Kernel::Add, &position(grid, n - 2), &whole(k))?;
    bi(Kernel::LessEqual, &position(grid, n - 1), &lower)
}

fn tri(call: &Call<'_>) -> Result<Arg> {
    let rows = call.count("N")?;
    let columns = if call.given("M") { call.count("M")? } else { rows };
    let dtype = call.dtype("dtype")?.unwrap_or(DType::Float64);
    let grid = fill(Scalar::Bool(false), call.chunks("chunks", &[rows, columns], dtype)?);
    answer(cast(&below(&grid, call.int("k")?)?, dtype))
}

fn triangle(call: &Call<'_>, lower: bool) -> Result<Arg> {
    let (mut x, k) = (call.array("m")?, call.int("k")?);
    if x.ndim() == 1 {
        x = broadcast_to(&x, &[x.shape[0], x.shape[0]])?;
    }
    if x.ndim() == 0 {
        return Err(Error::value(format!("{} needs at least one dimension", call.function.name)));
    }
    let zero = filled(&x, 0.0, x.dtype);
    answer(if lower { choose(&below(&x, k)?, &x, &zero)? } else { choose(&below(&x, k - 1)?, &zero, &x)? })
}

fn triangle_indices(call: &Call<'_>, lower: bool) -> Result<Arg> {
    let (rows, columns) = if call.given("arr") {
        let x = call.array("arr")?;
        if x.ndim() != 2 {
            return Err(Error::value("input array must be 2-d"));
        }
        (x.shape[0], x.shape[1])
    } else {
        let n = call.count("n")?;
        (n, if call.given("m") { call.count("m")? } else { n })
    };
    let k = call.int("k")?;
    let mut pairs = (vec![], vec![]);
    for i in 0..rows as i64 {
        let (from, to) = if lower { (0, (i + k + 1).min(columns as i64)) } else { ((i + k).max(0), columns as i64) };
        for j in from..to {
            pairs.0.push(i);
            pairs.1.push(j);
        }
    }
    super::row::tuple(vec![super::build::ints(pairs.0), super::build::ints(pairs.1)])
}
