//! Functions that write into their first array: each answers with what the array is afterwards, and the language puts
//! that in its place.

use crate::data::{DType, Error, Result};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, broadcast_to, choose, count_up, flat, ints, known_size, whole};
use crate::ops::function::row::{answer, need, opt};
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::{cast, concat, reshape, scan, take};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "fill_diagonal",
        &[need("a"), need("val"), opt("wrap", "False")],
        "Writes a value on the main diagonal of an array.",
        "x = np.zeros((2, 2))\nnp.fill_diagonal(x, 5)\nx",
        "array([[5., 0.],\n       [0., 5.]])",
        fill_diagonal,
    ),
    Function::row(
        "put",
        &[need("a"), need("ind"), need("v"), opt("mode", "'raise'")],
        "Writes values at indices in C order.",
        "x = np.arange(4)\nnp.put(x, [0, 2], [-4, -5])\nx",
        "array([-4,  1, -5,  3])",
        put,
    ),
    Function::row(
        "putmask",
        &[need("a"), need("mask"), need("values")],
        "Writes values where a mask holds, each from its own place.",
        "x = np.arange(4)\nnp.putmask(x, x > 1, x**2)\nx",
        "array([0, 1, 4, 9])",
        |c| masked(c, "a", "values", false),
    ),
    Function::row(
        "place",
        &[need("arr"), need("mask"), need("vals")],
        "Writes values one after another where a mask holds.",
        "x = np.arange(4)\nnp.place(x, x > 1, [44, 55])\nx",
        "array([ 0,  1, 44, 55])",
        |c| masked(c, "arr", "vals", true),
    ),
    Function::row(
        "copyto",
        &[need("dst"), need("src"), opt("casting", "'same_kind'"), opt("where", "True")],
        "Writes the elements of an array into another.",
        "x = np.zeros(2)\nnp.copyto(x, [4, 5])\nx",
        "array([4., 5.])",
        copyto,
    ),
];

/// The element that stands at each place of a line that is repeated.
fn cycled(values: &Expr, place: &Expr) -> Result<Expr> {
    let n = values.shape[0];
    if n == 0 {
        return Err(Error::value("cannot write from an empty array"));
    }
    let index = bi(Kernel::Remainder, &flat(place)?, &whole(n as i64))?;
    reshape(&take(values, &cast(&index, DType::Int64), 0), &place.shape)
}

fn fill_diagonal(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    if x.ndim() < 2 {
        return Err(Error::value("array must be at least 2-d"));
    }
    if x.ndim() > 2 && x.shape.iter().any(|&n| n != x.shape[0]) {
        return Err(Error::value("All dimensions of input must be of equal length"));
    }
    let size = known_size(&x)?;
    let strides = crate::data::c_strides(&x.shape);
    let step: usize = strides.iter().sum();
    let columns = x.shape[x.ndim() - 1];
    // Without wrapping, a tall matrix is filled down to its square part alone.
    let end = if x.ndim() == 2 && !call.flag("wrap")? { columns * columns } else { size };
    let place = count_up(size);
    let on = bi(Kernel::Equal, &bi(Kernel::Remainder, &place, &whole(step as i64))?, &whole(0))?;
    let on = bi(Kernel::LogicalAnd, &on, &bi(Kernel::Less, &place, &whole(end as i64))?)?;
    let values = cast(&flat(&call.array("val")?)?, x.dtype);
    let value = cycled(&values, &bi(Kernel::FloorDivide, &place, &whole(step as i64))?)?;
    answer(reshape(&choose(&on, &value, &flat(&x)?)?, &x.shape)?)
}

fn put(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let n = known_size(&x)?;
    let places = flat(&call.array("ind")?)?;
    let values = cast(&flat(&call.array("v")?)?, x.dtype);
    let count = known_size(&values)?;
    if count == 0 {
        return answer(x);
    }
    let mode = call.word("mode", &["raise", "wrap", "clip"])?;
    let asked = call.host.values(&[places])?.swap_remove(0).to_vec::<i64>();
    let mut index: Vec<i64> = (0..n as i64).collect();
    for (k, &at) in asked.iter().enumerate() {
        let at = match mode {
            "wrap" => at.rem_euclid(n.max(1) as i64),
            "clip" => at.clamp(0, n.max(1) as i64 - 1),
            _ if at < 0 => at + n as i64,
            _ => at,
        };
        let slot = usize::try_from(at).ok().and_then(|at| index.get_mut(at));
        let outside = || Error::index(format!("index {} is out of bounds for axis 0 with size {n}", asked[k]));
        *slot.ok_or_else(outside)? = (n + k % count) as i64;
    }
    answer(reshape(&take(&concat(&[flat(&x)?, values], 0), &ints(index), 0), &x.shape)?)
}

fn masked(call: &Call<'_>, array: &str, values: &str, in_turn: bool) -> Result<Arg> {
    let x = call.array(array)?;
    let mask = cast(&call.array("mask")?, DType::Bool);
    if mask.shape != x.shape {
        return Err(Error::value(format!("{}: mask and data must be the same size", call.function.name)));
    }
    let line = flat(&mask)?;
    let place = if in_turn {
        bi(Kernel::Maximum, &bi(Kernel::Subtract, &scan(&line, Fold::Sum, 0), &whole(1))?, &whole(0))?
    } else {
        count_up(known_size(&x)?)
    };
    let new = cycled(&cast(&flat(&call.array(values)?)?, x.dtype), &place)?;
    answer(choose(&mask, &reshape(&new, &x.shape)?, &x)?)
}

fn copyto(call: &Call<'_>) -> Result<Arg> {
    let (x, new) = (call.array("dst")?, call.array("src")?);
    let weak = !matches!(call.get("src"), Arg::Array(_) | Arg::Scalar(_));
    let rule = call.word("casting", &["no", "equiv", "safe", "same_kind", "unsafe"])?;
    if !weak && rule != "unsafe" && !new.dtype.casts_same_kind_to(x.dtype) {
        return Err(Error::type_(format!(
            "Cannot cast array data from dtype('{}') to dtype('{}') according to the rule '{rule}'",
            new.dtype, x.dtype
        )));
    }
    let new = broadcast_to(&cast(&new, x.dtype), &x.shape)?;
    answer(match call.mask()? {
        Some(mask) => choose(&mask, &new, &x)?,
        None => new,
    })
}
