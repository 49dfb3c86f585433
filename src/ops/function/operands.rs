//! Array-likes to arrays: nested sequences, NumPy scalars, and Python numbers that are weak in promotion (NEP 50).

use crate::data::{Block, C64, DType, Error, Result, Scalar, show_shape};
use crate::ir::Expr;
use crate::ops::function::Arg;
use crate::ops::primitive::{cast, concat, expand, from_block, scalar};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

/// How far nested lists are followed.
const DEEPEST: usize = 32;

/// The array of an array-like, Python numbers in their default dtypes.
///
/// # Errors
/// `ValueError` for ragged lists, `TypeError` for what is no number.
pub fn asarray(arg: &Arg) -> Result<Expr> {
    asarray_as(arg, None)
}

/// The array of an array-like in a dtype, or in that of its elements.
///
/// # Errors
/// As [`asarray`], and `OverflowError` for Python integers outside an integer dtype.
pub fn asarray_as(arg: &Arg, dtype: Option<DType>) -> Result<Expr> {
    match arg {
        Arg::Array(x) => Ok(dtype.map_or_else(|| x.clone(), |dtype| cast(x, dtype))),
        Arg::List(_) | Arg::Tuple(_) => sequence(arg, dtype),
        single => {
            let dtype = dtype.map_or_else(|| element_dtype(single), Ok)?;
            Ok(scalar(element(single, dtype)?))
        }
    }
}

/// Arrays of arguments that meet in one operation: Python numbers take the dtype of the others.
///
/// # Errors
/// As [`asarray`], and `OverflowError` for a Python integer outside the dtype of the arrays.
pub fn together(args: &[&Arg]) -> Result<Vec<Expr>> {
    meet(args, false)
}

/// The same for comparisons, in which a Python integer may lie outside the dtype of the arrays.
///
/// # Errors
/// As [`asarray`].
pub fn compared(args: &[&Arg]) -> Result<Vec<Expr>> {
    meet(args, true)
}

fn meet(args: &[&Arg], comparing: bool) -> Result<Vec<Expr>> {
    let mut strong = Vec::new();
    for arg in args.iter().filter(|arg| !is_weak(arg)) {
        strong.push(asarray(arg)?);
    }
    let common = strong.iter().map(|x| x.dtype).reduce(DType::promote);
    let mut strong = strong.into_iter();
    let convert = |arg: &&Arg| match (is_weak(arg), common) {
        (true, Some(common)) => weak(arg, common, comparing),
        (true, None) => asarray(arg),
        (false, _) => strong.next().ok_or_else(|| Error::runtime("an operand was lost")),
    };
    args.iter().map(convert).collect()
}

fn is_weak(arg: &Arg) -> bool {
    matches!(arg, Arg::Int(_) | Arg::Float(_) | Arg::Complex(_))
}

fn weak(arg: &Arg, common: DType, comparing: bool) -> Result<Expr> {
    let dtype = match arg {
        Arg::Int(_) if common.is_bool() => DType::Int64,
        Arg::Float(_) if !common.is_inexact() => DType::Float64,
        Arg::Complex(_) => common.complex(),
        _ => common,
    };
    match element(arg, dtype) {
        Err(_) if comparing => asarray(arg),
        value => value.map(scalar),
    }
}

/// The dtype that a single element has by itself.
fn element_dtype(arg: &Arg) -> Result<DType> {
    match arg {
        Arg::Bool(_) => Ok(DType::Bool),
        Arg::Int(n) if n.to_i64().is_some() => Ok(DType::Int64),
        Arg::Int(n) if n.to_u64().is_some() => Ok(DType::UInt64),
        Arg::Int(_) => Err(Error::overflow("a Python integer this large fits no dtype")
            .help("the largest is uint64's 18446744073709551615; make it a float first")),
        Arg::Float(_) => Ok(DType::Float64),
        Arg::Complex(_) => Ok(DType::Complex128),
        Arg::Scalar(value) => Ok(value.dtype()),
        other => Err(Error::type_(format!("{} is not a number and cannot be an array's element", a(other)))
            .help("arrays hold bool, integers, floats and complex numbers")),
    }
}

fn a(arg: &Arg) -> String {
    match arg {
        Arg::None => "None".into(),
        other => format!("'{}'", other.type_name()),
    }
}

/// A single element as a dtype.
fn element(arg: &Arg, dtype: DType) -> Result<Scalar> {
    match arg {
        Arg::Bool(v) => Ok(Scalar::Bool(*v).cast(dtype)),
        Arg::Int(n) => integer_as(n, dtype),
        Arg::Float(v) => float_as(*v, dtype),
        Arg::Complex(v) if dtype.is_complex() => Ok(Scalar::Complex128(*v).cast(dtype)),
        Arg::Complex(_) => Err(Error::type_("float() argument must be a string or a real number, not 'complex'")),
        Arg::Scalar(value) => Ok(value.cast(dtype)),
        other => element_dtype(other).map(|_| Scalar::Bool(false)),
    }
}

fn float_as(v: f64, dtype: DType) -> Result<Scalar> {
    match dtype.is_integer() {
        true if v.is_nan() => Err(Error::value("cannot convert float NaN to integer")),
        true if v.is_infinite() => Err(Error::overflow("cannot convert float infinity to integer")),
        _ => Ok(Scalar::Float64(v).cast(dtype)),
    }
}

fn integer_as(n: &BigInt, dtype: DType) -> Result<Scalar> {
    if let Some((low, high)) = dtype.integer_bounds() {
        let fits = n.to_i128().is_some_and(|v| (low..=high).contains(&v));
        if !fits {
            return Err(Error::overflow(format!("Python integer {n} out of bounds for {dtype}")));
        }
        return Ok(if dtype == DType::UInt64 {
            Scalar::UInt64(n.to_u64().unwrap_or(0))
        } else {
            Scalar::Int64(n.to_i64().unwrap_or(0)).cast(dtype)
        });
    }
    if dtype.is_bool() {
        return Ok(Scalar::Bool(*n != BigInt::ZERO));
    }
    let value = n.to_f64().filter(|v| v.is_finite());
    value
        .map(|v| Scalar::Complex128(C64::new(v, 0.0)).cast(dtype))
        .ok_or_else(|| Error::overflow("int too large to convert to float"))
}

/// A nested sequence: one block where all leaves are numbers, arrays stacked where some are arrays.
fn sequence(arg: &Arg, dtype: Option<DType>) -> Result<Expr> {
    let shape = shape_of(arg, 0)?;
    let mut leaves = Vec::new();
    collect(arg, &mut leaves);
    let mut dtypes = leaves.iter().map(|leaf| match leaf {
        Arg::Array(x) => Ok(x.dtype),
        other => element_dtype(other),
    });
    let own = dtypes.try_fold(None, |all: Option<DType>, one| one.map(|d| Some(all.map_or(d, |a| a.promote(d)))));
    let dtype = dtype.map_or_else(|| own.map(|d| d.unwrap_or(DType::Float64)), Ok)?;
    if leaves.iter().any(|leaf| matches!(leaf, Arg::Array(_))) {
        return stacked(arg, dtype);
    }
    let values = leaves.iter().map(|leaf| element(leaf, dtype)).collect::<Result<Vec<Scalar>>>()?;
    Ok(from_block(Block::from_scalars(&shape, dtype, &values)))
}

fn collect<'a>(arg: &'a Arg, leaves: &mut Vec<&'a Arg>) {
    match arg {
        Arg::List(items) | Arg::Tuple(items) => items.iter().for_each(|item| collect(item, leaves)),
        leaf => leaves.push(leaf),
    }
}

fn stacked(arg: &Arg, dtype: DType) -> Result<Expr> {
    let (Arg::List(items) | Arg::Tuple(items)) = arg else { return asarray_as(arg, Some(dtype)) };
    let parts = items.iter().map(|item| Ok(expand(&stacked(item, dtype)?, &[0]))).collect::<Result<Vec<_>>>()?;
    Ok(concat(&parts, 0))
}

fn shape_of(arg: &Arg, depth: usize) -> Result<Vec<usize>> {
    let items = match arg {
        Arg::Array(x) => return Ok(x.shape.clone()),
        Arg::List(items) | Arg::Tuple(items) if depth < DEEPEST => items,
        Arg::List(_) | Arg::Tuple(_) => return Err(Error::value("lists are nested too deeply to be an array")),
        _ => return Ok(vec![]),
    };
    let mut shape = vec![items.len()];
    if let Some((first, rest)) = items.split_first() {
        let inner = shape_of(first, depth + 1)?;
        for item in rest {
            let other = shape_of(item, depth + 1)?;
            if other != inner {
                return Err(ragged(depth, &shape, &inner, &other));
            }
        }
        shape.extend(inner);
    }
    Ok(shape)
}

fn ragged(depth: usize, shape: &[usize], inner: &[usize], other: &[usize]) -> Error {
    Error::value(format!(
        "setting an array element with a sequence. The requested array has an inhomogeneous shape after {} dimensions. \
         The detected shape was {} + inhomogeneous part.",
        depth + 1,
        show_shape(shape)
    ))
    .help(format!("one item has shape {}, another {}", show_shape(inner), show_shape(other)))
}
