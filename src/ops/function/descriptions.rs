//! Text, dtypes and shapes of values, and index helpers.

use crate::data::{DType, Error, Result, broadcast_shapes};
use crate::ir::Expr;
use crate::ops::function::build::{count_up, flat};
use crate::ops::function::operands::asarray_as;
use crate::ops::function::row::{answer, need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{expand, select};
use num_bigint::BigInt;
use num_traits::Signed;

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "binary_repr",
        &[need("num"), opt("width", "None")],
        "The binary digits of an integer; of a negative one in two's complement where a width is given.",
        "np.binary_repr(-3, width=5)",
        "'11101'",
        binary_repr,
    ),
    Function::row(
        "base_repr",
        &[need("number"), opt("base", "2"), opt("padding", "0")],
        "The digits of an integer in a base.",
        "np.base_repr(255, 16)",
        "'FF'",
        base_repr,
    ),
    Function::row(
        "broadcast_shapes",
        &[Parameter::rest("args")],
        "The shape that shapes broadcast to.",
        "np.broadcast_shapes((1, 2), (3, 1))",
        "(3, 2)",
        shapes,
    ),
    Function::row(
        "ix_",
        &[Parameter::rest("args")],
        "Indices that meet as an open grid.",
        "np.ix_([0, 1], [2, 4])[1]",
        "array([[2, 4]])",
        ix,
    ),
    Function::row(
        "diag_indices_from",
        &[need("arr")],
        "Indices of the main diagonal of an array.",
        "np.diag_indices_from(np.eye(2))[0]",
        "array([0, 1])",
        diag_indices_from,
    ),
    Function::row(
        "common_type",
        &[Parameter::rest("arrays")],
        "The inexact dtype that holds the values of all arrays.",
        "np.common_type(np.arange(2), np.float32([1]))",
        "<class 'numpy.float64'>",
        common_type,
    ),
    Function::row(
        "isdtype",
        &[need("dtype"), need("kind")],
        "Whether a dtype is of a kind.",
        "np.isdtype(np.float32, 'real floating')",
        "True",
        isdtype,
    ),
    Function::row(
        "require",
        &[need("a"), opt("dtype", "None"), opt("requirements", "None")],
        "An array in a dtype; its order in memory is always C here.",
        "np.require([1, 2], dtype=float)",
        "array([1., 2.])",
        |c| answer(asarray_as(c.get("a"), c.dtype("dtype")?)?),
    ),
    Function::row(
        "fromiter",
        &[need("iter"), need("dtype"), opt("count", "-1")],
        "A 1-d array of a sequence.",
        "np.fromiter([1, 2], float)",
        "array([1., 2.])",
        |c| answer(asarray_as(c.get("iter"), c.dtype("dtype")?)?),
    ),
    Function::row(
        "packbits",
        &[need("a"), opt("axis", "None"), opt("bitorder", "'big'")],
        "Truth values as the bits of bytes.",
        "np.packbits([1, 0, 1, 0, 0, 0, 0, 1])",
        "array([161], dtype=uint8)",
        packbits,
    ),
];

/// An integer argument of any size.
fn big(call: &Call<'_>, name: &str) -> Result<BigInt> {
    match call.get(name) {
        Arg::Int(n) => Ok(n.clone()),
        _ => call.int(name).map(BigInt::from),
    }
}

fn binary_repr(call: &Call<'_>) -> Result<Arg> {
    let n = big(call, "num")?;
    let width = call.opt_int("width")?.map(|w| w.max(0) as usize);
    let digits = |n: &BigInt| n.to_str_radix(2);
    let short = |need: usize| {
        Err(Error::value(format!("Insufficient bit width={} provided for binwidth={need}", width.unwrap_or(0))))
    };
    Ok(Arg::Str(match (n.is_negative(), width) {
        (false, None) => digits(&n),
        (true, None) => format!("-{}", digits(&-n)),
        (false, Some(w)) => {
            let text = digits(&n);
            if text.len() > w.max(1) {
                return short(text.len());
            }
            format!("{text:0>w$}")
        }
        (true, Some(w)) => {
            // Two's complement needs one bit more than the magnitude, but for a power of two.
            let need = digits(&(-&n - 1)).len() + usize::from(n != BigInt::from(-1));
            if need > w {
                return short(need);
            }
            digits(&((BigInt::from(1) << w) + n))
        }
    }))
}

fn base_repr(call: &Call<'_>) -> Result<Arg> {
    let (n, base) = (big(call, "number")?, call.int("base")?);
    if !(2..=36).contains(&base) {
        let what = if base > 36 { "greater than 36" } else { "less than 2" };
        return Err(Error::value(format!("Bases {what} not handled in base_repr.")));
    }
    let zeros = "0".repeat(call.count("padding")?);
    let digits = n.abs().to_str_radix(base as u32).to_uppercase();
    let digits = if n == BigInt::ZERO && !zeros.is_empty() { String::new() } else { digits };
    Ok(Arg::Str(format!("{}{zeros}{digits}", if n.is_negative() { "-" } else { "" })))
}

fn shapes(call: &Call<'_>) -> Result<Arg> {
    let Arg::Tuple(items) = call.get("args") else { return Ok(Arg::Tuple(vec![])) };
    let shape = |arg: &Arg| -> Result<Vec<usize>> {
        let parts = match arg {
            Arg::Tuple(items) | Arg::List(items) => items.clone(),
            one => vec![one.clone()],
        };
        parts.iter().map(|p| call.int_of(p, "args").map(|n| n.max(0) as usize)).collect()
    };
    let all = items.iter().map(shape).collect::<Result<Vec<_>>>()?;
    let out = broadcast_shapes(&all.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    Ok(Arg::Tuple(out.into_iter().map(|n| Arg::Int(n.into())).collect()))
}

fn ix(call: &Call<'_>) -> Result<Arg> {
    let arrays = call.arrays("args")?;
    let n = arrays.len();
    let one = |(k, x): (usize, &Expr)| -> Result<Expr> {
        if x.ndim() != 1 {
            return Err(Error::value("Cross index must be 1 dimensional"));
        }
        let line = if x.dtype.is_bool() { select(&count_up(x.shape[0]), x)? } else { flat(x)? };
        Ok(expand(&line, &(0..n).filter(|&other| other != k).collect::<Vec<_>>()))
    };
    tuple(arrays.iter().enumerate().map(one).collect::<Result<Vec<_>>>()?)
}

fn diag_indices_from(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("arr")?;
    if x.ndim() < 2 {
        return Err(Error::value("input array must be at least 2-d"));
    }
    if x.shape.iter().any(|&n| n != x.shape[0]) {
        return Err(Error::value("All dimensions of input must be of equal length"));
    }
    tuple(vec![count_up(x.shape[0]); x.ndim()])
}

fn common_type(call: &Call<'_>) -> Result<Arg> {
    let mut dtype = DType::Float32;
    for x in call.arrays("arrays")? {
        if x.dtype.is_bool() {
            return Err(Error::type_("can't get common type for non-numeric array"));
        }
        dtype = dtype.promote(if x.dtype.is_inexact() { x.dtype } else { DType::Float64 });
    }
    Ok(Arg::DType(dtype))
}

fn isdtype(call: &Call<'_>) -> Result<Arg> {
    let Some(dtype) = call.dtype("dtype")? else { return Err(Error::type_("dtype argument must be a NumPy dtype")) };
    let kinds = match call.get("kind") {
        Arg::Tuple(items) => items.clone(),
        one => vec![one.clone()],
    };
    for kind in kinds {
        let hit = match &kind {
            Arg::Str(name) => match name.as_str() {
                "bool" => dtype.is_bool(),
                "signed integer" => dtype.is_signed(),
                "unsigned integer" => dtype.is_unsigned(),
                "integral" => dtype.is_integer(),
                "real floating" => dtype.is_float(),
                "complex floating" => dtype.is_complex(),
                "numeric" => !dtype.is_bool(),
                other => {
                    return Err(Error::value(format!(
                        "kind argument is a string, but '{other}' is not a known kind name."
                    )));
                }
            },
            other => super::dtype_of(other)? == Some(dtype),
        };
        if hit {
            return Ok(Arg::Bool(true));
        }
    }
    Ok(Arg::Bool(false))
}

/// Groups of eight along an axis, each the bits of one byte.
fn packbits(call: &Call<'_>) -> Result<Arg> {
    use crate::ir::{Fold, Kernel};
    use crate::ops::function::build::{bi, from_last, ints, join, to_last};
    use crate::ops::primitive::{cast, reduce, reshape};
    let x = call.array("a")?;
    if x.dtype.is_inexact() {
        return Err(Error::type_("Expected an input array of integer or boolean data type"));
    }
    let (x, axis) = match call.opt_axis("axis", x.ndim())? {
        Some(axis) => (x, axis),
        None => (flat(&x)?, 0),
    };
    let line = cast(&cast(&to_last(&x, axis), DType::Bool), DType::Int64);
    let (last, n) = (line.ndim() - 1, line.shape[line.ndim() - 1]);
    let bytes = n.div_ceil(8);
    let mut gap = line.shape.clone();
    gap[last] = bytes * 8 - n;
    let line = if gap[last] == 0 { line } else { join(&[line, super::creation::zeros(&gap, DType::Int64)], last) };
    let shape = [&line.shape[..last], &[bytes, 8]].concat();
    let little = call.word("bitorder", &["big", "little"])? == "little";
    let weights = (0..8).map(|k| 1i64 << if little { k } else { 7 - k }).collect();
    let sum = reduce(&bi(Kernel::Multiply, &reshape(&line, &shape)?, &ints(weights))?, Fold::Sum, &[last + 1]);
    answer(from_last(&cast(&sum, DType::UInt8), axis))
}
