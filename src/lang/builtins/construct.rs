//! Types called as functions: `int("3")`, `list(x)`, `range(3)`, `np.float32(1)`.

use crate::data::text::python_str_repr;
use crate::data::{C64, DType, Error, Result, Scalar};
use crate::lang::convert::{array_of, dtype_of, index_int, scalar_of};
use crate::lang::dict::Dict;
use crate::lang::eval::truthy;
use crate::lang::function::Args;
use crate::lang::iterate::elements;
use crate::lang::machine::{Machine, Wrap};
use crate::lang::repr::text_of;
use crate::lang::types::{TypeId, type_name, type_of};
use crate::lang::value::{Range, Value};
use crate::ops::function::Mode;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive, Zero};
use std::rc::Rc;

/// Calls a type.
///
/// # Errors
/// `ValueError` or `TypeError` where the arguments make no such value.
pub fn construct(machine: &Machine<'_>, id: TypeId, args: Args) -> Result<Value> {
    match id {
        TypeId::Scalar(dtype) => scalar(machine, dtype, args),
        TypeId::Family(name) => Err(Error::type_(format!("cannot create 'numpy.{name}' instances"))),
        TypeId::Plain(name) => plain(machine, name, args),
    }
}

fn plain(machine: &Machine<'_>, name: &'static str, args: Args) -> Result<Value> {
    match name {
        "int" => int(machine, args),
        "dict" => dict(machine, args),
        "complex" => complex(machine, args),
        "range" => range(machine, args),
        "slice" => slice(args),
        "numpy.dtype" => dtype_of(&args.plain("dtype", 1, 1)?[0]).map(Value::DType),
        "type" => Ok(Value::Type(type_of(&args.plain("type", 1, 1)?[0]))),
        "float" | "bool" | "str" | "tuple" | "list" | "set" | "frozenset" => {
            let given = args.plain(name, 0, 1)?;
            of_one(machine, name, given.first())
        }
        other => Err(Error::type_(format!("cannot create '{other}' instances"))),
    }
}

fn of_one(machine: &Machine<'_>, name: &str, given: Option<&Value>) -> Result<Value> {
    let items = || given.map_or(Ok(Vec::new()), |v| elements(machine, v));
    Ok(match name {
        "float" => given.map_or(Ok(Value::Float(0.0)), |v| float(machine, v))?,
        "bool" => Value::Bool(given.map_or(Ok(false), |v| truthy(machine, v))?),
        "str" => Value::str(given.map_or(Ok(String::new()), |v| text_of(machine, v))?),
        "tuple" => Value::tuple(items()?),
        "list" => Value::list(items()?),
        _ => Value::Set(Rc::new(Dict::of_keys(items()?)?.into())),
    })
}

/// The element of a 0-d array; other values as they are.
fn single(machine: &Machine<'_>, value: &Value) -> Result<Value> {
    match value {
        Value::Array(array) => {
            let block = machine.values(array)?;
            if block.ndim() > 0 {
                let error = Error::type_("only 0-dimensional arrays can be converted to Python scalars");
                return Err(error.help("try: .item() for an array of one element"));
            }
            Ok(block.item().map_or(Value::None, Value::Scalar))
        }
        other => Ok(other.clone()),
    }
}

fn not_real(kind: &str, given: &str) -> Error {
    let bytes = if kind == "int" { ", a bytes-like object" } else { "" };
    Error::type_(format!("{kind}() argument must be a string{bytes} or a real number, not '{given}'"))
}

fn int(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("int", &["x", "base"], 0)?;
    let Some(value) = args.get(0) else { return Ok(Value::int(0)) };
    let base = args.get(1).map(|b| index_int(machine, &b)).transpose()?;
    match single(machine, &value)? {
        Value::Str(text) => int_of_text(&text, base.unwrap_or(10)).map(Value::Int),
        _ if base.is_some() => Err(Error::type_("int() can't convert non-string with explicit base")),
        Value::Bool(v) => Ok(Value::int(u8::from(v))),
        Value::Int(v) => Ok(Value::Int(v)),
        Value::Float(v) => whole(v),
        Value::Scalar(s) if s.dtype().is_complex() => Err(not_real("int", "complex")),
        Value::Scalar(s) => s.as_integer().map_or_else(|| whole(s.to_f64()), |v| Ok(Value::int(v))),
        other => Err(not_real("int", type_name(&other))),
    }
}

fn whole(v: f64) -> Result<Value> {
    if v.is_nan() {
        return Err(Error::value("cannot convert float NaN to integer"));
    }
    BigInt::from_f64(v.trunc())
        .map(Value::Int)
        .ok_or_else(|| Error::overflow("cannot convert float infinity to integer"))
}

fn int_of_text(text: &str, base: i64) -> Result<BigInt> {
    let trimmed = text.trim().replace('_', "").to_lowercase();
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", trimmed.strip_prefix('+').unwrap_or(&trimmed)),
    };
    let prefixed = [("0x", 16), ("0b", 2), ("0o", 8)]
        .into_iter()
        .find(|(p, b)| digits.starts_with(p) && (base == *b || base == 0));
    let (digits, radix) = match prefixed {
        Some((prefix, radix)) => (&digits[prefix.len()..], radix),
        None => (digits, if base == 0 { 10 } else { base }),
    };
    if !(2..=36).contains(&radix) {
        return Err(Error::value("int() base must be >= 2 and <= 36, or 0"));
    }
    let bare = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix as u32));
    let parsed = bare.then(|| BigInt::parse_bytes(format!("{sign}{digits}").as_bytes(), radix as u32)).flatten();
    parsed.ok_or_else(|| Error::value(format!("invalid literal for int() with base {base}: {}", python_str_repr(text))))
}

fn float(machine: &Machine<'_>, value: &Value) -> Result<Value> {
    match single(machine, value)? {
        Value::Str(text) => float_of_text(&text).map(Value::Float),
        Value::Float(v) => Ok(Value::Float(v)),
        Value::Bool(v) => Ok(Value::Float(f64::from(u8::from(v)))),
        Value::Int(v) => {
            let wide = v.to_f64().filter(|f| f.is_finite());
            wide.map(Value::Float).ok_or_else(|| Error::overflow("int too large to convert to float"))
        }
        Value::Scalar(s) if !s.dtype().is_complex() => Ok(Value::Float(s.to_f64())),
        Value::Scalar(_) => Err(not_real("float", "complex")),
        other => Err(not_real("float", type_name(&other))),
    }
}

fn float_of_text(text: &str) -> Result<f64> {
    let clean = text.trim().replace('_', "").to_lowercase();
    clean
        .parse::<f64>()
        .map_err(|_| Error::value(format!("could not convert string to float: {}", python_str_repr(text))))
}

fn complex(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("complex", &["real", "imag"], 0)?;
    let parts = [args.get(0), args.get(1)];
    if let [Some(Value::Str(text)), None] = &parts {
        return complex_of_text(text).map(Value::Complex);
    }
    let part = |value: &Option<Value>| match value {
        None => Ok(C64::zero()),
        Some(value) => {
            let value = single(machine, value)?;
            scalar_of(&value).map(Scalar::to_c64).ok_or_else(|| {
                Error::type_(format!(
                    "complex() first argument must be a string or a number, not '{}'",
                    type_name(&value)
                ))
            })
        }
    };
    // By parts, and only parts that are there: an infinity times i has NaN, and -0.0 + 0.0 loses its sign.
    let (re, im) = (part(&parts[0])?, part(&parts[1])?);
    let real = if im.im == 0.0 { re.re } else { re.re - im.im };
    Ok(Value::Complex(C64::new(real, if re.im == 0.0 { im.re } else { re.im + im.re })))
}

fn complex_of_text(text: &str) -> Result<C64> {
    let refuse = || Error::value("complex() arg is a malformed string");
    let clean = text.trim().trim_start_matches('(').trim_end_matches(')').to_lowercase();
    let Some(body) = clean.strip_suffix('j') else { return Ok(C64::new(clean.parse().map_err(|_| refuse())?, 0.0)) };
    let split = body.char_indices().rev().find(|(k, c)| *k > 0 && matches!(c, '+' | '-') && !body[..*k].ends_with('e'));
    let (real, imag) = split.map_or(("0", body), |(k, _)| body.split_at(k));
    let imag = match imag {
        "" | "+" => 1.0,
        "-" => -1.0,
        digits => digits.parse().map_err(|_| refuse())?,
    };
    Ok(C64::new(real.parse().map_err(|_| refuse())?, imag))
}

fn dict(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut out = Dict::default();
    match args.positional.as_slice() {
        [] => {}
        [source] => fill_dict(machine, &mut out, source)?,
        many => return Err(Error::type_(format!("dict expected at most 1 argument, got {}", many.len()))),
    }
    for (name, value) in args.named {
        out.insert(Value::str(name), value)?;
    }
    Ok(Value::dict(out))
}

/// Puts the entries of a dict, or of an iterable of pairs, into a dict.
///
/// # Errors
/// `ValueError` where an element is no pair.
pub(in crate::lang) fn fill_dict(machine: &Machine<'_>, out: &mut Dict, source: &Value) -> Result<()> {
    if let Value::Dict(other) = source {
        let entries: Vec<(Value, Value)> = other.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        return entries.into_iter().try_for_each(|(k, v)| out.insert(k, v));
    }
    for (k, pair) in elements(machine, source)?.iter().enumerate() {
        let items = elements(machine, pair).map_err(|_| {
            Error::type_(format!("cannot convert dictionary update sequence element #{k} to a sequence"))
        })?;
        let [key, value] = items.as_slice() else {
            let n = items.len();
            return Err(Error::value(format!("dictionary update sequence element #{k} has length {n}; 2 is required")));
        };
        out.insert(key.clone(), value.clone())?;
    }
    Ok(())
}

fn range(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let given = args.plain("range", 1, 3)?;
    let int = |value: &Value| match value {
        Value::Int(v) => Ok(v.clone()),
        other => index_int(machine, other).map(BigInt::from),
    };
    let (start, stop) =
        if given.len() == 1 { (BigInt::zero(), int(&given[0])?) } else { (int(&given[0])?, int(&given[1])?) };
    let step = given.get(2).map_or(Ok(BigInt::from(1)), int)?;
    if step.is_zero() {
        return Err(Error::value("range() arg 3 must not be zero"));
    }
    Ok(Value::Range(Rc::new(Range { start, stop, step })))
}

fn slice(args: Args) -> Result<Value> {
    let given = args.plain("slice", 1, 3)?;
    let part = |k: usize| given.get(k).cloned().unwrap_or(Value::None);
    let parts = if given.len() == 1 { [Value::None, part(0), Value::None] } else { [part(0), part(1), part(2)] };
    Ok(Value::Slice(Rc::new(parts)))
}

/// `np.float32(value)`: a scalar, or an array of the dtype where the value has axes.
fn scalar(machine: &Machine<'_>, dtype: DType, args: Args) -> Result<Value> {
    let given = args.plain(dtype.name(), 0, 2)?;
    let value = match given.as_slice() {
        [] => return Ok(Value::Scalar(Scalar::Bool(false).cast(dtype))),
        [value] => value.clone(),
        _ => complex(machine, Args::of(given))?,
    };
    match &value {
        Value::Array(array) => {
            machine.wrap(&crate::ops::primitive::cast(&array.expr(), dtype), Wrap::fresh(array.mode))
        }
        Value::List(_) | Value::Tuple(_) => {
            machine.wrap(&crate::ops::primitive::cast(&array_of(machine, &value)?, dtype), Wrap::fresh(Mode::Eager))
        }
        other => scalar_as(machine, other, dtype).map(Value::Scalar),
    }
}

fn scalar_as(machine: &Machine<'_>, value: &Value, dtype: DType) -> Result<Scalar> {
    let wanted = if dtype.is_integer() { "int" } else { "float" };
    match value {
        Value::Scalar(s) => Ok(s.cast(dtype)),
        _ if dtype.is_bool() => truthy(machine, value).map(Scalar::Bool),
        Value::Str(s) if dtype.is_integer() => fitting(&int_of_text(s, 10)?, dtype),
        Value::Str(s) => Ok(Scalar::Float64(float_of_text(s)?).cast(dtype)),
        Value::Int(v) if dtype.is_integer() => fitting(v, dtype),
        Value::Float(v) if dtype.is_integer() => whole(*v).map(|_| Scalar::Float64(*v).cast(dtype)),
        Value::Complex(_) if !dtype.is_complex() => Err(not_real(wanted, "complex")),
        Value::None if dtype.is_inexact() => Ok(Scalar::Float64(f64::NAN).cast(dtype)),
        Value::Int(_) => match float(machine, value)? {
            Value::Float(v) => Ok(Scalar::Float64(v).cast(dtype)),
            _ => Err(not_real(wanted, "int")),
        },
        other => scalar_of(other).map(|s| s.cast(dtype)).ok_or_else(|| not_real(wanted, type_name(other))),
    }
}

fn fitting(v: &BigInt, dtype: DType) -> Result<Scalar> {
    let (low, high) = dtype.integer_bounds().unwrap_or((i128::MIN, i128::MAX));
    if *v < BigInt::from(low) || *v > BigInt::from(high) {
        return Err(Error::overflow(format!("Python integer {v} out of bounds for {dtype}")));
    }
    let exact = v.to_i64().map(Scalar::Int64).or_else(|| v.to_u64().map(Scalar::UInt64));
    Ok(exact.unwrap_or(Scalar::Int64(0)).cast(dtype))
}
