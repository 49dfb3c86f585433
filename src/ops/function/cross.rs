//! Cross products.

use crate::data::{Error, Result};
use crate::ir::{Expr, Kernel};
use crate::ops::function::build::bi;
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::expand;

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "cross",
        &[need("a"), need("b"), opt("axisa", "-1"), opt("axisb", "-1"), opt("axisc", "-1"), opt("axis", "None")],
        "Cross products of vectors of three.",
        "np.cross([1, 0, 0], [0, 1, 0])",
        "array([0, 0, 1])",
        cross,
    ),
    Function::row(
        "linalg.cross",
        &[need("a"), need("b"), key("axis", "-1")],
        "Cross products of vectors of three.",
        "np.linalg.cross([1, 2, 3], [4, 5, 6])",
        "array([-3,  6, -3])",
        cross,
    ),
];

fn cross(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a")?, call.array("b")?);
    let axis_of = |name: &str, n: usize| {
        if call.given("axis") { call.axis("axis", n) } else { call.axis(name, n) }
    };
    let (a, b) = (
        super::build::to_last(&a, axis_of("axisa", a.ndim())?),
        super::build::to_last(&b, axis_of("axisb", b.ndim())?),
    );
    let last = |x: &Expr| x.shape[x.ndim() - 1];
    let planar = last(&a) == 2 && last(&b) == 2;
    if !(2..=3).contains(&last(&a)) || !(2..=3).contains(&last(&b)) || (planar && call.function.name == "linalg.cross")
    {
        return Err(Error::value("Both input arrays must be (arrays of) 3-dimensional vectors"));
    }
    let (a, b) = (in_space(&a), in_space(&b));
    let part = |x: &Expr, k: usize| super::build::at(x, x.ndim() - 1, k);
    let term = |i: usize, j: usize| {
        bi(
            Kernel::Subtract,
            &bi(Kernel::Multiply, &part(&a, i), &part(&b, j))?,
            &bi(Kernel::Multiply, &part(&a, j), &part(&b, i))?,
        )
    };
    if planar {
        return answer(term(0, 1)?);
    }
    let parts = [term(1, 2)?, term(2, 0)?, term(0, 1)?].map(|x| expand(&x, &[x.ndim()]));
    let y = super::build::join(&parts, parts[0].ndim() - 1);
    let place = axis_of("axisc", y.ndim())?;
    answer(super::build::from_last(&y, place))
}

/// Vectors of two with a third component of zero.
fn in_space(x: &Expr) -> Expr {
    let last = x.ndim() - 1;
    if x.shape[last] == 3 {
        return x.clone();
    }
    let mut shape = x.shape.clone();
    shape[last] = 1;
    super::build::join(&[x.clone(), super::creation::zeros(&shape, x.dtype)], last)
}
