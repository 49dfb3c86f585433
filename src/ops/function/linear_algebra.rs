//! Products of matrices and vectors.

use crate::data::{DType, Error, Result, broadcast_shapes, show_shape};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, broadcast_to, flat, un};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, contract, expand, reduce, reshape, squeeze, transpose};

const AB: &[Parameter] = &[need("a"), need("b")];
const X12: &[Parameter] = &[need("x1"), need("x2"), opt("out", "None"), key("dtype", "None")];
const VECDOT: &[Parameter] = &[need("x1"), need("x2"), opt("out", "None"), key("axis", "-1"), key("dtype", "None")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "dot",
        &[need("a"), need("b"), opt("out", "None")],
        "Product of vectors or matrices, summed over the last and the last but one axis.",
        "np.dot([[1, 2], [3, 4]], [1, 10])",
        "array([21, 43])",
        |c| answer(dot(&c.array("a")?, &c.array("b")?)?),
    )
    .method(),
    Function::row(
        "matmul",
        X12,
        "Matrix product.",
        "np.matmul([[1, 2], [3, 4]], [[1, 0], [0, 10]])",
        "array([[ 1, 20],\n       [ 3, 40]])",
        |c| products(c, matmul),
    ),
    Function::row(
        "linalg.matmul",
        &[need("x1"), need("x2")],
        "Matrix product.",
        "np.linalg.matmul([[1, 2]], [[3], [4]])",
        "array([[11]])",
        |c| products(c, matmul),
    ),
    Function::row(
        "matvec",
        X12,
        "Products of matrices and vectors.",
        "np.matvec([[1, 2], [3, 4]], [1, 10])",
        "array([21, 43])",
        |c| products(c, matvec),
    ),
    Function::row(
        "vecmat",
        X12,
        "Products of vectors and matrices.",
        "np.vecmat([1, 10], [[1, 2], [3, 4]])",
        "array([31, 42])",
        |c| products(c, vecmat),
    ),
    Function::row(
        "vecdot",
        VECDOT,
        "Products of vectors along an axis, the first one conjugated.",
        "np.vecdot([[1, 2], [3, 4]], [1, 10])",
        "array([21, 43])",
        vecdot,
    ),
    Function::row(
        "linalg.vecdot",
        &[need("x1"), need("x2"), key("axis", "-1")],
        "Products of vectors along an axis, the first one conjugated.",
        "np.linalg.vecdot([1, 2], [3, 4])",
        "np.int64(11)",
        vecdot,
    ),
    Function::row(
        "vdot",
        AB,
        "Product of all elements, the first array conjugated.",
        "np.vdot([1, 2], [3, 4])",
        "np.int64(11)",
        |c| {
            let (a, b) = (flat(&un(Kernel::Conjugate, &c.array("a")?)?)?, flat(&c.array("b")?)?);
            answer(dot(&a, &b)?)
        },
    ),
    Function::row(
        "inner",
        AB,
        "Products summed over the last axes.",
        "np.inner([[1, 2], [3, 4]], [1, 10])",
        "array([21, 43])",
        inner,
    ),
    Function::row(
        "outer",
        &[need("a"), need("b"), opt("out", "None")],
        "All products of two vectors.",
        "np.outer([1, 2], [3, 4])",
        "array([[3, 4],\n       [6, 8]])",
        outer,
    ),
    Function::row(
        "linalg.outer",
        &[need("x1"), need("x2")],
        "All products of two vectors.",
        "np.linalg.outer([1, 2], [3, 4])",
        "array([[3, 4],\n       [6, 8]])",
        |c| answer(bi(Kernel::Multiply, &expand(&c.array("x1")?, &[1]), &expand(&c.array("x2")?, &[0]))?),
    ),
    Function::row(
        "tensordot",
        &[need("a"), need("b"), opt("axes", "2")],
        "Products summed over given axes.",
        "np.tensordot([[1, 2], [3, 4]], [[1, 0], [0, 1]], axes=1)",
        "array([[1, 2],\n       [3, 4]])",
        tensordot,
    ),
    Function::row(
        "linalg.tensordot",
        &[need("a"), need("b"), key("axes", "2")],
        "Products summed over given axes.",
        "np.linalg.tensordot([1, 2], [3, 4], axes=1)",
        "array(11)",
        tensordot,
    ),
    Function::row(
        "kron",
        AB,
        "Each element of one times all of the other.",
        "np.kron([1, 10], [1, 2])",
        "array([ 1,  2, 10, 20])",
        kron,
    ),
    Function::row(
        "linalg.multi_dot",
        &[need("arrays"), key("out", "None")],
        "The product of several matrices.",
        "np.linalg.multi_dot([np.eye(2), np.array([[1, 2], [3, 4]]), np.array([1, 1])])",
        "array([3., 7.])",
        multi_dot,
    ),
    Function::row(
        "linalg.matrix_power",
        &[need("a"), need("n")],
        "A square matrix to an integer power.",
        "np.linalg.matrix_power([[1, 1], [0, 1]], 3)",
        "array([[1, 3],\n       [0, 1]])",
        matrix_power,
    ),
];

fn products(call: &Call<'_>, product: fn(&Expr, &Expr) -> Result<Expr>) -> Result<Arg> {
    call.no_out()?;
    let y = product(&call.array("x1")?, &call.array("x2")?)?;
    answer(call.dtype("dtype")?.map_or_else(|| y.clone(), |dtype| cast(&y, dtype)))
}

fn mismatch(a: &Expr, b: &Expr) -> Error {
    Error::value(format!(
        "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) \
         (shapes {} and {})",
        show_shape(&a.shape),
        show_shape(&b.shape)
    ))
}

/// `(batch.., n, k) x (batch.., k, m)`, batch axes broadcast, in the dtype that both promote to.
pub(super) fn multiply(a: &Expr, b: &Expr) -> Result<Expr> {
    if a.shape[a.ndim() - 1] != b.shape[b.ndim() - 2] {
        return Err(mismatch(a, b));
    }
    let dtype = a.dtype.promote(b.dtype);
    // Bool products are "any of both": counted in integers, then truth.
    let inner = if dtype.is_bool() { DType::Int64 } else { dtype };
    let (a, b) = (cast(a, inner), cast(b, inner));
    let batch = broadcast_shapes(&[&a.shape[..a.ndim() - 2], &b.shape[..b.ndim() - 2]])?;
    let whole = |x: &Expr| broadcast_to(x, &[&batch[..], &x.shape[x.ndim() - 2..]].concat());
    Ok(cast(&contract(&whole(&a)?, &whole(&b)?), dtype))
}

/// NumPy's `matmul`: vectors are rows on the left and columns on the right.
pub(super) fn matmul(a: &Expr, b: &Expr) -> Result<Expr> {
    if a.ndim() == 0 || b.ndim() == 0 {
        let which = usize::from(a.ndim() > 0);
        return Err(Error::value(format!(
            "matmul: Input operand {which} does not have enough dimensions (has 0, gufunc core with signature \
             (n?,k),(k,m?)->(n?,m?) requires 1)"
        )));
    }
    match (a.ndim(), b.ndim()) {
        (1, 1) if a.shape == b.shape => dot(a, b),
        (1, 1) => Err(mismatch(a, b)),
        (1, _) => vecmat_plain(a, b),
        (_, 1) => matvec(a, b),
        _ => multiply(a, b),
    }
}

fn matvec(a: &Expr, b: &Expr) -> Result<Expr> {
    let y = multiply(a, &expand(b, &[b.ndim()]))?;
    squeeze(&y, &[y.ndim() - 1])
}

fn vecmat_plain(a: &Expr, b: &Expr) -> Result<Expr> {
    let y = multiply(&expand(a, &[a.ndim() - 1]), b)?;
    squeeze(&y, &[y.ndim() - 2])
}

fn vecmat(a: &Expr, b: &Expr) -> Result<Expr> {
    vecmat_plain(&un(Kernel::Conjugate, a)?, b)
}

/// NumPy's `dot`.
fn dot(a: &Expr, b: &Expr) -> Result<Expr> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return bi(Kernel::Multiply, a, b);
    }
    let over = b.ndim().saturating_sub(2);
    if a.shape[a.ndim() - 1] != b.shape[over] {
        return Err(Error::value(format!(
            "shapes {} and {} not aligned: {} (dim {}) != {} (dim {over})",
            show_shape(&a.shape),
            show_shape(&b.shape),
            a.shape[a.ndim() - 1],
            a.ndim() - 1,
            b.shape[over]
        )));
    }
    if a.ndim() == 1 && b.ndim() == 1 {
        let product = bi(Kernel::Multiply, a, b)?;
        return Ok(cast(&reduce(&product, Fold::Sum, &[0]), product.dtype));
    }
    sum_over(a, b, &[a.ndim() - 1], &[over])
}

/// Products summed over pairs of axes; what is left of `a` comes before what is left of `b`.
pub(super) fn sum_over(a: &Expr, b: &Expr, of_a: &[usize], of_b: &[usize]) -> Result<Expr> {
    let paired = of_a.len() == of_b.len() && of_a.iter().zip(of_b).all(|(&i, &j)| a.shape[i] == b.shape[j]);
    if !paired {
        return Err(Error::value("shape-mismatch for sum"));
    }
    let left: Vec<usize> = (0..a.ndim()).filter(|axis| !of_a.contains(axis)).collect();
    let right: Vec<usize> = (0..b.ndim()).filter(|axis| !of_b.contains(axis)).collect();
    let lengths = |x: &Expr, axes: &[usize]| axes.iter().map(|&axis| x.shape[axis]).collect::<Vec<usize>>();
    let (n, m) = (lengths(a, &left), lengths(b, &right));
    let (rows, columns) = (n.iter().product(), m.iter().product());
    let inner: usize = lengths(a, of_a).iter().product();
    let a = reshape(&transpose(a, &[&left[..], of_a].concat()), &[rows, inner])?;
    // Where the axes that are summed are the last ones, rows lie as they are, and are turned afterwards.
    let b = if right.iter().chain(of_b).copied().eq(0..b.ndim()) {
        transpose(&reshape(b, &[columns, inner])?, &[1, 0])
    } else {
        reshape(&transpose(b, &[of_b, &right[..]].concat()), &[inner, columns])?
    };
    reshape(&multiply(&a, &b)?, &[n, m].concat())
}

fn vecdot(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let (a, b) = (call.array("x1")?, call.array("x2")?);
    if a.ndim() == 0 || b.ndim() == 0 {
        return Err(Error::value("vecdot: both arrays need at least one dimension"));
    }
    let a = super::build::to_last(&a, call.axis("axis", a.ndim())?);
    let b = super::build::to_last(&b, call.axis("axis", b.ndim())?);
    if a.shape[a.ndim() - 1] != b.shape[b.ndim() - 1] {
        return Err(Error::value("vecdot: the arrays differ in length along the axis"));
    }
    let product = bi(Kernel::Multiply, &un(Kernel::Conjugate, &a)?, &b)?;
    answer(cast(&reduce(&product, Fold::Sum, &[product.ndim() - 1]), product.dtype))
}

fn inner(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a")?, call.array("b")?);
    if a.ndim() == 0 || b.ndim() == 0 {
        return answer(bi(Kernel::Multiply, &a, &b)?);
    }
    answer(sum_over(&a, &b, &[a.ndim() - 1], &[b.ndim() - 1])?)
}

fn outer(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let both = call.operands(&["a", "b"])?;
    answer(bi(Kernel::Multiply, &expand(&flat(&both[0])?, &[1]), &expand(&flat(&both[1])?, &[0]))?)
}

fn tensordot(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a")?, call.array("b")?);
    let list = |arg: &Arg, n: usize| -> Result<Vec<usize>> {
        let items = match arg {
            Arg::List(items) | Arg::Tuple(items) => items.clone(),
            one => vec![one.clone()],
        };
        items.iter().map(|i| crate::data::normalize_axis(call.int_of(i, "axes")?, n)).collect()
    };
    let (of_a, of_b) = match call.get("axes") {
        Arg::List(items) | Arg::Tuple(items) if items.len() == 2 => {
            (list(&items[0], a.ndim())?, list(&items[1], b.ndim())?)
        }
        one => {
            let n = usize::try_from(call.int_of(one, "axes")?).unwrap_or(0);
            if n > a.ndim() || n > b.ndim() {
                return Err(Error::value("shape-mismatch for sum"));
            }
            ((a.ndim() - n..a.ndim()).collect(), (0..n).collect())
        }
    };
    answer(sum_over(&a, &b, &of_a, &of_b)?)
}

fn kron(call: &Call<'_>) -> Result<Arg> {
    let both = call.operands(&["a", "b"])?;
    let n = both[0].ndim().max(both[1].ndim());
    let (a, b) = (super::shape::with_axes_front(&both[0], n), super::shape::with_axes_front(&both[1], n));
    // (a0, 1, a1, 1, ..) times (1, b0, 1, b1, ..), pairs merged.
    let left = expand(&a, &(0..n).map(|k| 2 * k + 1).collect::<Vec<_>>());
    let right = expand(&b, &(0..n).map(|k| 2 * k).collect::<Vec<_>>());
    let shape: Vec<usize> = a.shape.iter().zip(&b.shape).map(|(x, y)| x * y).collect();
    answer(reshape(&bi(Kernel::Multiply, &left, &right)?, &shape)?)
}

fn multi_dot(call: &Call<'_>) -> Result<Arg> {
    let arrays = call.arrays("arrays")?;
    let Some((first, rest)) = arrays.split_first() else { return Err(Error::value("Expecting at least two arrays.")) };
    if rest.is_empty() {
        return Err(Error::value("Expecting at least two arrays."));
    }
    answer(rest.iter().try_fold(first.clone(), |product, x| dot(&product, x))?)
}

fn matrix_power(call: &Call<'_>) -> Result<Arg> {
    let (x, n) = (call.array("a")?, call.int("n")?);
    super::decompositions::need_square(&x)?;
    let mut base = if n < 0 { super::decompositions::inverse(&x) } else { x.clone() };
    let mut left = n.unsigned_abs();
    let mut out: Option<Expr> = None;
    while left > 0 {
        if left % 2 == 1 {
            out = Some(match out {
                Some(y) => multiply(&y, &base)?,
                None => base.clone(),
            });
        }
        left /= 2;
        if left > 0 {
            base = multiply(&base, &base)?;
        }
    }
    match out {
        Some(y) => answer(y),
        None => answer(broadcast_to(&super::diagonals::unit(x.shape[x.ndim() - 1], x.dtype)?, &x.shape)?),
    }
}
