//! Whole arrays compared, and what kind of thing a value is.

use crate::data::{DType, Kind, Result};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, choose, number_as, un};
use crate::ops::function::row::{answer, need, opt};
use crate::ops::function::{Arg, Call, Function, Home, Mode, Parameter};
use crate::ops::primitive::{cast, reduce};

const CLOSE: &[Parameter] =
    &[need("a"), need("b"), opt("rtol", "1e-05"), opt("atol", "1e-08"), opt("equal_nan", "False")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "isclose",
        CLOSE,
        "Whether elements are equal within a tolerance.",
        "np.isclose([1.0, 2.0], [1.0, 2.1])",
        "array([ True, False])",
        |c| answer(close(c)?),
    ),
    Function::row(
        "allclose",
        CLOSE,
        "Whether all elements are equal within a tolerance.",
        "np.allclose([1.0, 2.0], [1.0, 2.0 + 1e-9])",
        "True",
        |c| {
            let near = close(c)?;
            verdict(c, &near)
        },
    ),
    Function::row(
        "array_equal",
        &[need("a1"), need("a2"), opt("equal_nan", "False")],
        "Whether two arrays have one shape and equal elements.",
        "np.array_equal([1, 2], [1, 2])",
        "True",
        array_equal,
    ),
    Function::row(
        "array_equiv",
        &[need("a1"), need("a2")],
        "Whether two arrays broadcast to equal ones.",
        "np.array_equiv([1, 1], 1)",
        "True",
        array_equiv,
    ),
    Function::row(
        "iscomplexobj",
        &[need("x")],
        "Whether the dtype is complex.",
        "np.iscomplexobj([1j])",
        "True",
        |c| Ok(Arg::Bool(c.array("x")?.dtype.is_complex())),
    ),
    Function::row("isrealobj", &[need("x")], "Whether the dtype is not complex.", "np.isrealobj([1.0])", "True", |c| {
        Ok(Arg::Bool(!c.array("x")?.dtype.is_complex()))
    }),
    Function::row(
        "isscalar",
        &[need("element")],
        "Whether a value is a number or a text.",
        "np.isscalar(3.1)",
        "True",
        |c| {
            let scalar = matches!(
                c.get("element"),
                Arg::Bool(_) | Arg::Int(_) | Arg::Float(_) | Arg::Complex(_) | Arg::Str(_) | Arg::Scalar(_)
            );
            Ok(Arg::Bool(scalar))
        },
    ),
    Function::row(
        "isfortran",
        &[need("a")],
        "Whether the elements lie in Fortran order alone; they never do here.",
        "np.isfortran(np.eye(2))",
        "False",
        |_| Ok(Arg::Bool(false)),
    ),
    Function::row("iterable", &[need("y")], "Whether a value has elements.", "np.iterable([1, 2])", "True", |c| {
        Ok(Arg::Bool(match c.get("y") {
            Arg::List(_) | Arg::Tuple(_) | Arg::Dict(_) | Arg::Str(_) => true,
            Arg::Array(x) => x.ndim() > 0,
            _ => false,
        }))
    }),
    Function::row(
        "result_type",
        &[Parameter::rest("arrays_and_dtypes")],
        "The dtype that arguments promote to.",
        "np.result_type(np.int8, np.uint8)",
        "dtype('int16')",
        result_type,
    ),
    Function::row(
        "promote_types",
        &[need("type1"), need("type2")],
        "The smallest dtype that holds the values of both.",
        "np.promote_types('int32', 'float32')",
        "dtype('float64')",
        |c| {
            let (a, b) = (c.dtype("type1")?.unwrap_or(DType::Float64), c.dtype("type2")?.unwrap_or(DType::Float64));
            Ok(Arg::DType(a.promote(b)))
        },
    ),
    Function::row(
        "can_cast",
        &[need("from_"), need("to"), opt("casting", "'safe'")],
        "Whether a cast is allowed by a rule.",
        "np.can_cast('int32', 'int64')",
        "True",
        can_cast,
    ),
    Function::row(
        "issubdtype",
        &[need("arg1"), need("arg2")],
        "Whether a dtype belongs to a kind.",
        "np.issubdtype('float32', float)",
        "False",
        issubdtype,
    ),
    Function::row(
        "min_scalar_type",
        &[need("a")],
        "The smallest dtype that holds a value.",
        "np.min_scalar_type(10)",
        "dtype('uint8')",
        min_scalar_type,
    ),
    Function::row(
        "astype",
        &[
            need("x"),
            need("dtype"),
            opt("order", "'K'"),
            opt("casting", "'unsafe'"),
            opt("subok", "True"),
            opt("copy", "True"),
            key_device(),
        ],
        "The elements in another dtype.",
        "np.array([1.7, -2.3]).astype(int)",
        "array([ 1, -2])",
        |c| {
            let x = c.array("x")?;
            answer(cast(&x, c.dtype("dtype")?.unwrap_or(DType::Float64)))
        },
    )
    .method(),
    Function::row(
        "rechunk",
        &[
            need("x"),
            opt("chunks", "'auto'"),
            opt("threshold", "None"),
            opt("block_size_limit", "None"),
            opt("balance", "False"),
            opt("method", "None"),
        ],
        "The array in other chunks.",
        "da.rechunk(da.ones(4), 2).chunks",
        "((2, 2),)",
        rechunk,
    )
    .method()
    .home(Home::DaskOnly),
];

const fn key_device() -> Parameter {
    Parameter::keyword("device", "None")
}

fn rechunk(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let mut chunks = call.get("chunks").clone();
    // A dict leaves the axes it does not name as they are.
    if let Arg::Dict(entries) = &mut chunks {
        let named = entries.iter().map(|(axis, _)| call.int_of(axis, "chunks")).collect::<Result<Vec<_>>>()?;
        let n = x.ndim() as i64;
        let sizes =
            |axis: usize| Arg::Tuple(x.chunks.0[axis].sizes().into_iter().map(|s| Arg::Int(s.into())).collect());
        let others = (0..x.ndim()).filter(|&axis| !named.iter().any(|&a| a.rem_euclid(n.max(1)) == axis as i64));
        entries.extend(others.map(|axis| (Arg::Int(axis.into()), sizes(axis))).collect::<Vec<_>>());
    }
    let chunks = super::chunks::parse_chunks(&chunks, &x.shape, x.dtype, call.host)?;
    answer(crate::ops::primitive::rechunk(&x, chunks))
}

/// Where `|a - b| <= atol + rtol * |b|`.
fn close(call: &Call<'_>) -> Result<Expr> {
    let both = call.operands(&["a", "b"])?;
    let dtype = both[0].dtype.promote(both[1].dtype);
    let dtype = if dtype.is_inexact() { dtype } else { DType::Float64 };
    let (a, b) = (cast(&both[0], dtype), cast(&both[1], dtype));
    let size = un(Kernel::Abs, &b)?;
    let part = |name: &str| -> Result<Expr> { Ok(number_as(call.float(name)?, DType::Float64)) };
    let (rtol, atol) = (part("rtol")?, part("atol")?);
    let limit = bi(Kernel::Add, &atol, &bi(Kernel::Multiply, &rtol, &size)?)?;
    let off = un(Kernel::Abs, &bi(Kernel::Subtract, &a, &b)?)?;
    let near = bi(Kernel::LogicalAnd, &bi(Kernel::LessEqual, &off, &limit)?, &un(Kernel::Isfinite, &b)?)?;
    let near = bi(Kernel::LogicalOr, &near, &bi(Kernel::Equal, &a, &b)?)?;
    if !call.flag("equal_nan")? {
        return Ok(near);
    }
    let both_nan = bi(Kernel::LogicalAnd, &un(Kernel::Isnan, &a)?, &un(Kernel::Isnan, &b)?)?;
    bi(Kernel::LogicalOr, &near, &both_nan)
}

/// Whether all of a mask holds: a Python bool at once, a 0-d array in a plan.
fn verdict(call: &Call<'_>, mask: &Expr) -> Result<Arg> {
    let all = reduce(mask, Fold::All, &(0..mask.ndim()).collect::<Vec<_>>());
    match call.mode {
        Mode::Lazy => answer(all),
        Mode::Eager => Ok(Arg::Bool(call.number(&Arg::Array(all))?.truthy())),
    }
}

fn array_equal(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a1")?, call.array("a2")?);
    if a.shape != b.shape {
        return Ok(Arg::Bool(false));
    }
    let mut same = bi(Kernel::Equal, &a, &b)?;
    if call.flag("equal_nan")? && a.dtype.is_inexact() && b.dtype.is_inexact() {
        let both = bi(Kernel::LogicalAnd, &un(Kernel::Isnan, &a)?, &un(Kernel::Isnan, &b)?)?;
        same = choose(&both, &both, &same)?;
    }
    let all = reduce(&same, Fold::All, &(0..same.ndim()).collect::<Vec<_>>());
    Ok(Arg::Bool(call.number(&Arg::Array(all))?.truthy()))
}

fn array_equiv(call: &Call<'_>) -> Result<Arg> {
    let (a, b) = (call.array("a1")?, call.array("a2")?);
    match bi(Kernel::Equal, &a, &b) {
        Ok(same) => verdict(call, &same),
        Err(_) => Ok(Arg::Bool(false)),
    }
}

fn result_type(call: &Call<'_>) -> Result<Arg> {
    let Arg::Tuple(items) = call.get("arrays_and_dtypes") else { return Ok(Arg::DType(DType::Float64)) };
    let mut parts = Vec::new();
    for item in items {
        parts.push(match item {
            Arg::DType(_) | Arg::Str(_) | Arg::Callable(_) => {
                let dtype = super::dtype_of(item)?.unwrap_or(DType::Float64);
                Arg::Array(super::creation::zeros(&[0], dtype))
            }
            other => other.clone(),
        });
    }
    // An integer out of a dtype's bounds does not matter here: only its kind does.
    let weak: Vec<Arg> =
        parts.iter().map(|p| if matches!(p, Arg::Int(_)) { Arg::Int(0.into()) } else { p.clone() }).collect();
    let all = super::operands::together(&weak.iter().collect::<Vec<_>>())?;
    let dtype = all.iter().map(|x| x.dtype).reduce(DType::promote);
    dtype.map(Arg::DType).ok_or_else(|| crate::data::Error::value("at least one array or dtype is required"))
}

fn can_cast(call: &Call<'_>) -> Result<Arg> {
    let from = match call.get("from_") {
        Arg::Array(x) => x.dtype,
        Arg::Scalar(value) => value.dtype(),
        Arg::Int(_) | Arg::Float(_) | Arg::Complex(_) => {
            return Err(crate::data::Error::type_(
                "can_cast() does not support Python ints, floats, and complex because the \
                                                  result used to depend on the value.",
            ));
        }
        _ => call.dtype("from_")?.unwrap_or(DType::Float64),
    };
    let to = call.dtype("to")?.unwrap_or(DType::Float64);
    let rule = call.word("casting", &["no", "equiv", "safe", "same_kind", "unsafe"])?;
    Ok(Arg::Bool(match rule {
        "no" | "equiv" => from == to,
        "safe" => from.casts_safely_to(to),
        "same_kind" => from.casts_same_kind_to(to),
        _ => true,
    }))
}

/// The abstract kinds of NumPy's type tree by name.
fn belongs(dtype: DType, kind: &str) -> Option<bool> {
    Some(match kind {
        "generic" => true,
        "number" => !dtype.is_bool(),
        "integer" => dtype.is_integer(),
        "signedinteger" => dtype.is_signed(),
        "unsignedinteger" => dtype.is_unsigned(),
        "inexact" => dtype.is_inexact(),
        "floating" => dtype.kind() == Kind::Float,
        "complexfloating" => dtype.is_complex(),
        _ => return None,
    })
}

fn issubdtype(call: &Call<'_>) -> Result<Arg> {
    let word = |arg: &Arg| match arg {
        Arg::Str(name) => name.clone(),
        Arg::Callable(callable) => callable.name.rsplit('.').next().unwrap_or_default().to_string(),
        _ => String::new(),
    };
    let (own, of) = (word(call.get("arg1")), word(call.get("arg2")));
    if let Ok(Some(dtype)) = call.dtype("arg1") {
        let abstractly = belongs(dtype, &of);
        let found = abstractly.map_or_else(|| call.dtype("arg2").map(|d| d == Some(dtype)), Ok)?;
        return Ok(Arg::Bool(found));
    }
    // Both abstract: a kind belongs to another when every dtype of it does.
    let all = DType::all().filter(|d| belongs(*d, &own) == Some(true)).all(|d| belongs(d, &of) == Some(true));
    Ok(Arg::Bool(all))
}

fn min_scalar_type(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    let fits = |value: i128| {
        let order = [
            DType::UInt8,
            DType::UInt16,
            DType::UInt32,
            DType::UInt64,
            DType::Int8,
            DType::Int16,
            DType::Int32,
            DType::Int64,
        ];
        let signed = value < 0;
        let holds =
            |d: &DType| d.is_signed() == signed && d.integer_bounds().is_some_and(|(a, b)| (a..=b).contains(&value));
        order.into_iter().find(holds)
    };
    if x.ndim() > 0 {
        return Ok(Arg::DType(x.dtype));
    }
    let value = call.number(call.get("a"))?;
    let small = match value.as_integer() {
        Some(n) if !x.dtype.is_bool() => fits(n).unwrap_or(x.dtype),
        _ => x.dtype,
    };
    Ok(Arg::DType(small))
}
