//! Elements in reverse, turned, and moved round the end.

use crate::data::{Error, Result, normalize_axis};
use crate::ir::Expr;
use crate::ops::function::build::{flat, join, slice};
use crate::ops::function::row::{answer, need, opt};
use crate::ops::function::shape::swapped;
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{flip, reshape};

const M: &[Parameter] = &[need("m")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "flip",
        &[need("m"), opt("axis", "None")],
        "The elements along axes in reverse.",
        "np.flip([[1, 2], [3, 4]], axis=1)",
        "array([[2, 1],\n       [4, 3]])",
        |c| {
            let x = c.array("m")?;
            answer(flip(&x, &c.axes("axis", x.ndim())?))
        },
    ),
    Function::row(
        "fliplr",
        M,
        "Columns in reverse.",
        "np.fliplr([[1, 2], [3, 4]])",
        "array([[2, 1],\n       [4, 3]])",
        |c| flipped(c, 1),
    ),
    Function::row(
        "flipud",
        M,
        "Rows in reverse.",
        "np.flipud([[1, 2], [3, 4]])",
        "array([[3, 4],\n       [1, 2]])",
        |c| flipped(c, 0),
    ),
    Function::row(
        "rot90",
        &[need("m"), opt("k", "1"), opt("axes", "(0, 1)")],
        "Turned by 90 degrees.",
        "np.rot90([[1, 2], [3, 4]])",
        "array([[2, 4],\n       [1, 3]])",
        rot90,
    ),
    Function::row(
        "roll",
        &[need("a"), need("shift"), opt("axis", "None")],
        "Elements moved along axes, round the end.",
        "np.roll([1, 2, 3, 4], 1)",
        "array([4, 1, 2, 3])",
        roll,
    ),
];

fn flipped(call: &Call<'_>, axis: usize) -> Result<Arg> {
    let x = call.array("m")?;
    if x.ndim() <= axis {
        return Err(Error::value(format!("Input must be >= {}-d.", axis + 1)));
    }
    answer(flip(&x, &[axis]))
}

fn rot90(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("m")?;
    let axes = call.axis_list("axes", x.ndim())?;
    let [a, b] = axes.as_slice() else { return Err(Error::value("len(axes) must be 2.")) };
    answer(match call.int("k")?.rem_euclid(4) {
        0 => x,
        1 => swapped(&flip(&x, &[*b]), *a, *b),
        2 => flip(&x, &[*a, *b]),
        _ => flip(&swapped(&x, *a, *b), &[*b]),
    })
}

/// Elements moved by `shift` along an axis, round the end.
fn rolled(x: &Expr, shift: i64, axis: usize) -> Expr {
    let n = x.shape[axis];
    let by = if n == 0 { 0 } else { shift.rem_euclid(n as i64) as usize };
    if by == 0 {
        return x.clone();
    }
    join(&[slice(x, axis, n - by, n), slice(x, axis, 0, n - by)], axis)
}

fn roll(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let shifts = call.ints("shift")?;
    if !call.given("axis") {
        let line = flat(&x)?;
        return answer(reshape(&rolled(&line, shifts.iter().sum(), 0), &x.shape)?);
    }
    let axes = call.ints("axis")?.into_iter().map(|a| normalize_axis(a, x.ndim())).collect::<Result<Vec<_>>>()?;
    let count = shifts.len().max(axes.len());
    if (shifts.len() != count && shifts.len() != 1) || (axes.len() != count && axes.len() != 1) {
        return Err(Error::value("'shift' and 'axis' should be scalars or 1D sequences of the same length"));
    }
    let pairs = (0..count).map(|i| (shifts[i % shifts.len()], axes[i % axes.len()]));
    answer(pairs.fold(x, |x, (shift, axis)| rolled(&x, shift, axis)))
}
