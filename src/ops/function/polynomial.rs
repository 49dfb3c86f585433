//! Polynomials by their coefficients, the highest power first.

use crate::data::{Block, C64, DType, Error, Result};
use crate::ir::{Expr, Kernel};
use crate::ops::function::build::{bi, flat, join, real, slice};
use crate::ops::function::row::{answer, key, need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, expand, flip, from_block, squeeze};

const A12: &[Parameter] = &[need("a1"), need("a2")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "polyval",
        &[need("p"), need("x")],
        "Values of a polynomial.",
        "np.polyval([3, 0, 1], 5)",
        "np.int64(76)",
        polyval,
    ),
    Function::row(
        "polyadd",
        A12,
        "Sum of two polynomials.",
        "np.polyadd([1, 2], [9, 5, 4])",
        "array([9, 6, 6])",
        |c| sum(c, Kernel::Add),
    ),
    Function::row(
        "polysub",
        A12,
        "Difference of two polynomials.",
        "np.polysub([2, 10, -2], [3, 10, -4])",
        "array([-1,  0,  2])",
        |c| sum(c, Kernel::Subtract),
    ),
    Function::row(
        "polymul",
        A12,
        "Product of two polynomials.",
        "np.polymul([1, 2, 3], [9, 5, 1])",
        "array([ 9, 23, 38, 17,  3])",
        |c| {
            let both = c.operands(&["a1", "a2"])?;
            let (a, b) = (trimmed(c, &both[0])?, trimmed(c, &both[1])?);
            answer(super::convolution::convolved(&a, &b, "full")?)
        },
    ),
    Function::row(
        "polydiv",
        &[need("u"), need("v")],
        "Quotient and remainder of two polynomials.",
        "np.polydiv([3.0, 5.0, 2.0], [2.0, 1.0])",
        "(array([1.5 , 1.75]), array([0.25]))",
        polydiv,
    ),
    Function::row(
        "polyder",
        &[need("p"), opt("m", "1")],
        "Derivative of a polynomial.",
        "np.polyder([1, 1, 1, 1])",
        "array([3, 2, 1])",
        polyder,
    ),
    Function::row(
        "polyint",
        &[need("p"), opt("m", "1"), opt("k", "None")],
        "Antiderivative of a polynomial.",
        "np.polyint([3, 2, 1])",
        "array([1., 1., 1., 0.])",
        polyint,
    ),
    Function::row(
        "poly",
        &[need("seq_of_zeros")],
        "Coefficients of the polynomial with given roots.",
        "np.poly([1, 2])",
        "array([ 1., -3.,  2.])",
        poly,
    ),
    Function::row("roots", &[need("p")], "Roots of a polynomial.", "np.roots([1, -3, 2])", "array([2., 1.])", roots),
    Function::row(
        "polyfit",
        &[
            need("x"),
            need("y"),
            need("deg"),
            opt("rcond", "None"),
            opt("full", "False"),
            opt("w", "None"),
            opt("cov", "False"),
        ],
        "Least-squares fit of a polynomial.",
        "np.round(np.polyfit([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], 1), 6)",
        "array([2., 1.])",
        polyfit,
    ),
    Function::row(
        "vander",
        &[need("x"), opt("N", "None"), opt("increasing", "False")],
        "Powers of each element as rows.",
        "np.vander([1, 2, 3])",
        "array([[1, 1, 1],\n       [4, 2, 1],\n       [9, 3, 1]])",
        |c| {
            let x = c.array("x")?;
            let n = if c.given("N") { c.count("N")? } else { x.shape.first().copied().unwrap_or(0) };
            answer(vander(&x, n, c.flag("increasing")?)?)
        },
    ),
    Function::row(
        "trim_zeros",
        &[need("filt"), opt("trim", "'fb'"), key("axis", "None")],
        "Without zeros at the ends.",
        "np.trim_zeros(np.array([0, 1, 0, 2, 0]))",
        "array([1, 0, 2])",
        trim_zeros,
    ),
];

/// Values of a line now.
fn complex_values(call: &Call<'_>, x: &Expr) -> Result<Vec<C64>> {
    Ok(call.host.values(std::slice::from_ref(x))?.swap_remove(0).to_vec::<C64>())
}

fn polyval(call: &Call<'_>) -> Result<Arg> {
    let both = call.operands(&["p", "x"])?;
    let (p, x) = (flat(&both[0])?, &both[1]);
    let dtype = p.dtype.promote(x.dtype);
    let x = cast(x, dtype);
    let mut y = super::build::filled(&x, 0.0, dtype);
    for k in 0..p.shape[0] {
        y = bi(Kernel::Add, &bi(Kernel::Multiply, &y, &x)?, &super::build::at(&p, 0, k))?;
    }
    answer(y)
}

/// The coefficients from the first that is not zero.
fn trimmed(call: &Call<'_>, p: &Expr) -> Result<Expr> {
    let p = flat(p)?;
    let first = complex_values(call, &p)?.iter().position(|v| *v != C64::default());
    let n = p.shape[0];
    Ok(slice(&p, 0, first.unwrap_or(n.saturating_sub(1)), n))
}

fn sum(call: &Call<'_>, kernel: Kernel) -> Result<Arg> {
    let both = call.operands(&["a1", "a2"])?;
    let (a, b) = (flat(&both[0])?, flat(&both[1])?);
    let n = a.shape[0].max(b.shape[0]);
    let pad = |x: &Expr| {
        if x.shape[0] == n {
            x.clone()
        } else {
            join(&[super::creation::zeros(&[n - x.shape[0]], x.dtype), x.clone()], 0)
        }
    };
    answer(bi(kernel, &pad(&a), &pad(&b))?)
}

fn polydiv(call: &Call<'_>) -> Result<Arg> {
    let (u, v) = (flat(&call.array("u")?)?, flat(&call.array("v")?)?);
    let dtype = u.dtype.promote(v.dtype).promote(DType::Float64);
    let (mut r, v) = (complex_values(call, &u)?, complex_values(call, &v)?);
    let Some(&lead) = v.first().filter(|z| **z != C64::default()) else {
        return Err(Error::zero_division("division by a polynomial whose first coefficient is zero"));
    };
    let count = r.len().saturating_sub(v.len() - 1);
    let mut q = vec![C64::default(); count.max(1)];
    for k in 0..count {
        let d = r[k] / lead;
        q[k] = d;
        for (slot, c) in r[k..].iter_mut().zip(&v) {
            *slot -= d * c;
        }
    }
    // What is left over counts from the first coefficient that is not nearly zero.
    let kept = r.iter().position(|z| z.norm() > 1e-8).unwrap_or(r.len() - 1);
    let line = |values: Vec<C64>| cast(&from_block(Block::from_vec(&[values.len()], values).cast(dtype)), dtype);
    tuple(vec![line(q), line(r[kept.min(r.len() - 1)..].to_vec())])
}

fn falling(n: usize) -> Expr {
    super::build::ints((1..=n as i64).rev().collect())
}

fn polyder(call: &Call<'_>) -> Result<Arg> {
    let mut p = flat(&call.array("p")?)?;
    let m = call.int("m")?;
    if m < 0 {
        return Err(Error::value("Order of derivative must be positive (see polyint)"));
    }
    for _ in 0..m {
        let n = p.shape[0].saturating_sub(1);
        p = bi(Kernel::Multiply, &slice(&p, 0, 0, n), &falling(n))?;
    }
    answer(p)
}

fn polyint(call: &Call<'_>) -> Result<Arg> {
    let mut p = flat(&call.array("p")?)?;
    let m = call.int("m")?;
    if m < 0 {
        return Err(Error::value("Order of integral must be positive (see polyder)"));
    }
    let constants = call.opt_array("k")?.map(|k| flat(&k)).transpose()?;
    for round in 0..m as usize {
        let n = p.shape[0];
        let constant = match &constants {
            None => super::creation::zeros(&[1], DType::Float64),
            Some(k) if k.shape[0] == 1 => k.clone(),
            Some(k) if round < k.shape[0] => slice(k, 0, round, round + 1),
            Some(_) => return Err(Error::value("k must be a scalar or a rank-1 array of length 1 or >m.")),
        };
        p = join(&[bi(Kernel::Divide, &p, &falling(n))?, constant], 0);
    }
    answer(p)
}

fn poly(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("seq_of_zeros")?;
    let zeros = match x.shape.as_slice() {
        [n, m] if n == m => crate::ops::kernel::eigenvalues_of(*n, complex_values(call, &x)?)?,
        [_] | [] => complex_values(call, &x)?,
        _ => return Err(Error::value("input must be 1d or non-empty square 2d array.")),
    };
    let mut out = vec![C64::new(1.0, 0.0)];
    for zero in &zeros {
        out.push(C64::default());
        for k in (1..out.len()).rev() {
            let before = out[k - 1];
            out[k] -= zero * before;
        }
    }
    let paired = zeros.iter().all(|z| zeros.iter().any(|w| *w == z.conj()));
    let dtype = if paired { DType::Float64 } else { DType::Complex128 };
    if x.ndim() == 0 {
        return answer(real(1.0));
    }
    answer(from_block(Block::from_vec(&[out.len()], out).cast(dtype)))
}

fn roots(call: &Call<'_>) -> Result<Arg> {
    let p = call.array("p")?;
    if p.ndim() > 1 {
        return Err(Error::value("Input must be a rank-1 array."));
    }
    let values = complex_values(call, &flat(&p)?)?;
    let (Some(first), Some(last)) =
        (values.iter().position(|v| *v != C64::default()), values.iter().rposition(|v| *v != C64::default()))
    else {
        return answer(super::creation::zeros(&[0], DType::Float64));
    };
    let (core, zeros) = (&values[first..=last], values.len() - 1 - last);
    let n = core.len() - 1;
    // The companion matrix: its characteristic polynomial is the given one.
    let entry = |i: usize, j: usize| match i {
        0 => -core[j + 1] / core[0],
        _ if i == j + 1 => C64::new(1.0, 0.0),
        _ => C64::default(),
    };
    let rows: Vec<C64> = (0..n * n).map(|k| entry(k / n, k % n)).collect();
    let mut found = crate::ops::kernel::eigenvalues_of(n, rows)?;
    found.extend(vec![C64::default(); zeros]);
    let dtype =
        if found.iter().all(|v| v.im == 0.0) && !p.dtype.is_complex() { DType::Float64 } else { DType::Complex128 };
    answer(from_block(Block::from_vec(&[found.len()], found).cast(dtype)))
}

/// Columns of powers of each element, falling where not `increasing`.
fn vander(x: &Expr, n: usize, increasing: bool) -> Result<Expr> {
    if x.ndim() != 1 {
        return Err(Error::value("x must be a one-dimensional array or sequence."));
    }
    let dtype = if x.dtype.is_inexact() { x.dtype } else { DType::Int64.promote(x.dtype) };
    let powers = cast(&super::build::count_up(n), dtype);
    let powers = if increasing { powers } else { flip(&powers, &[0]) };
    bi(Kernel::Power, &cast(&expand(x, &[1]), dtype), &expand(&powers, &[0]))
}

fn polyfit(call: &Call<'_>) -> Result<Arg> {
    let (x, y, deg) = (call.array("x")?, call.array("y")?, call.int("deg")?);
    if deg < 0 {
        return Err(Error::value("expected deg >= 0"));
    }
    if x.ndim() != 1 {
        return Err(Error::type_("expected 1D vector for x"));
    }
    if y.shape.first() != x.shape.first() {
        return Err(Error::type_("expected x and y to have same length"));
    }
    if call.flag("full")? || call.flag("cov")? {
        return Err(Error::not_implemented("polyfit gives coefficients alone"));
    }
    let inexact = |x: &Expr| cast(x, x.dtype.promote(DType::Float64));
    let mut lhs = vander(&inexact(&x), deg as usize + 1, false)?;
    let vector = y.ndim() == 1;
    let mut rhs = if vector { expand(&inexact(&y), &[1]) } else { inexact(&y) };
    if let Some(w) = call.opt_array("w")? {
        let w = expand(&inexact(&w), &[1]);
        lhs = bi(Kernel::Multiply, &lhs, &w)?;
        rhs = bi(Kernel::Multiply, &rhs, &w)?;
    }
    // Columns are scaled to unit length so that high powers do not drown the others.
    let squares = crate::ops::function::build::un(Kernel::Square, &lhs)?;
    let scale = crate::ops::function::build::un(
        Kernel::Sqrt,
        &crate::ops::primitive::reduce(&squares, crate::ir::Fold::Sum, &[0]),
    )?;
    let scaled = bi(Kernel::Divide, &lhs, &scale)?;
    let cutoff = if call.given("rcond") { call.float("rcond")? } else { x.shape[0] as f64 * f64::EPSILON };
    let c = super::least_squares::solution(&scaled, &rhs, cutoff)?;
    let c = bi(Kernel::Divide, &c, &expand(&scale, &[1]))?;
    answer(if vector { squeeze(&c, &[1])? } else { c })
}

fn trim_zeros(call: &Call<'_>) -> Result<Arg> {
    let mut x = call.array("filt")?;
    let trim = call.text("trim")?.to_lowercase();
    let block = call.host.values(std::slice::from_ref(&x))?.swap_remove(0);
    for axis in call.axes("axis", x.ndim())? {
        let n = block.shape()[axis];
        let len =
            |start: usize| -> Vec<usize> { (0..block.ndim()).map(|k| if k == axis { start } else { 0 }).collect() };
        let slab: Vec<usize> = (0..block.ndim()).map(|k| if k == axis { 1 } else { block.shape()[k] }).collect();
        let nonzero = |k: usize| block.part(&len(k), &slab).to_vec::<C64>().iter().any(|v| *v != C64::default());
        let start = if trim.contains('f') { (0..n).find(|&k| nonzero(k)).unwrap_or(n) } else { 0 };
        let end = if trim.contains('b') { (0..n).rfind(|&k| nonzero(k)).map_or(start, |k| k + 1) } else { n };
        x = slice(&x, axis, start, end.max(start));
    }
    answer(x)
}
