//! Between the values of the language and what functions take and give.

use crate::data::{Block, DType, Error, Result, Scalar};
use crate::ir::Expr;
use crate::lang::array::ArrayCell;
use crate::lang::iterate::elements;
use crate::lang::machine::{Machine, Wrap};
use crate::lang::types::{dtype_of_type, type_name};
use crate::lang::value::Value;
use crate::ops::function::{Arg, Callable, Mode};
use crate::ops::primitive;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::rc::Rc;

/// How far nested lists are followed.
const DEEPEST: usize = 32;

/// A value as an argument of a function.
///
/// # Errors
/// `TypeError` for what no function takes.
pub fn to_arg(machine: &Machine<'_>, value: &Value) -> Result<Arg> {
    // A list may hold itself.
    machine.check_stack()?;
    let all = |items: &[Value]| items.iter().map(|item| to_arg(machine, item)).collect::<Result<Vec<Arg>>>();
    Ok(match value {
        Value::None => Arg::None,
        Value::Bool(v) => Arg::Bool(*v),
        Value::Int(v) => Arg::Int(v.clone()),
        Value::Float(v) => Arg::Float(*v),
        Value::Complex(v) => Arg::Complex(*v),
        Value::Str(v) => Arg::Str(v.to_string()),
        Value::Ellipsis => Arg::Ellipsis,
        Value::Scalar(v) => Arg::Scalar(*v),
        Value::Array(array) => Arg::Array(array.expr()),
        Value::Blocks(array) => Arg::Array(array.expr()),
        Value::DType(dtype) | Value::Limits(dtype) => Arg::DType(*dtype),
        Value::Type(id) => match dtype_of_type(*id) {
            Some(dtype) => Arg::DType(dtype),
            None => callable(machine, value, "type"),
        },
        Value::Slice(parts) => {
            let [start, stop, step] = &**parts;
            Arg::Slice(Box::new([to_arg(machine, start)?, to_arg(machine, stop)?, to_arg(machine, step)?]))
        }
        Value::Tuple(_) | Value::Named(_) => Arg::Tuple(all(value.tuple_items().unwrap_or_default())?),
        Value::List(items) => Arg::List(all(&items.borrow())?),
        Value::Range(_) | Value::Iterator(_) | Value::Set(_) => Arg::List(all(&elements(machine, value)?)?),
        Value::Dict(dict) => {
            let pair = |(k, v): (&Value, &Value)| Ok((to_arg(machine, k)?, to_arg(machine, v)?));
            Arg::Dict(dict.borrow().iter().map(pair).collect::<Result<_>>()?)
        }
        Value::Function(f) => callable(machine, value, f.name()),
        Value::Generator(id, _) => Arg::Generator(*id),
        other => return Err(Error::type_(format!("a {} cannot be an argument of this function", type_name(other)))),
    })
}

fn callable(machine: &Machine<'_>, value: &Value, name: &str) -> Arg {
    Arg::Callable(Callable { id: machine.session.remember_callable(value), name: name.to_string() })
}

/// A function's answer as a value.
///
/// # Errors
/// What the evaluation of its arrays fails with.
pub fn from_arg(machine: &Machine<'_>, arg: Arg, how: Wrap<'_>) -> Result<Value> {
    let all =
        |items: Vec<Arg>| items.into_iter().map(|item| from_arg(machine, item, how)).collect::<Result<Vec<Value>>>();
    Ok(match arg {
        Arg::None => Value::None,
        Arg::Bool(v) => Value::Bool(v),
        Arg::Int(v) => Value::Int(v),
        Arg::Float(v) => Value::Float(v),
        Arg::Complex(v) => Value::Complex(v),
        Arg::Str(v) => Value::str(v),
        Arg::Ellipsis => Value::Ellipsis,
        Arg::Scalar(v) => Value::Scalar(v),
        Arg::Array(expr) => machine.wrap(&expr, how)?,
        Arg::DType(dtype) => Value::DType(dtype),
        Arg::Slice(parts) => {
            let [start, stop, step] = *parts;
            Value::Slice(Rc::new([
                from_arg(machine, start, how)?,
                from_arg(machine, stop, how)?,
                from_arg(machine, step, how)?,
            ]))
        }
        Arg::Tuple(items) => Value::tuple(all(machine.evaluated_together(items, how)?)?),
        Arg::List(items) => Value::list(all(machine.evaluated_together(items, how)?)?),
        Arg::Dict(pairs) => {
            let mut dict = crate::lang::dict::Dict::default();
            for (key, value) in pairs {
                dict.insert(from_arg(machine, key, how)?, from_arg(machine, value, how)?)?;
            }
            Value::dict(dict)
        }
        Arg::Callable(callable) => {
            let known = machine.session.callables.borrow().get(&callable.id).cloned();
            known.ok_or_else(|| Error::runtime(format!("the function {} is gone", callable.name)))?
        }
        Arg::Generator(id) => Value::Generator(id, how.mode),
    })
}

/// The arrays of a mode in values, lists and tuples included.
pub fn arrays_in(values: &[Value]) -> Vec<Rc<ArrayCell>> {
    let mut found = Vec::new();
    collect_arrays(values, DEEPEST, &mut found);
    found
}

fn collect_arrays(values: &[Value], levels: usize, found: &mut Vec<Rc<ArrayCell>>) {
    for value in values {
        match value {
            Value::Array(array) => found.push(array.clone()),
            Value::List(items) if levels > 0 => collect_arrays(&items.borrow(), levels - 1, found),
            Value::Tuple(items) if levels > 0 => collect_arrays(items, levels - 1, found),
            _ => {}
        }
    }
}

/// A value as an array, as `np.asarray` makes one; arrays are as they are.
///
/// # Errors
/// `ValueError` for ragged lists, `TypeError` for what holds no numbers.
pub fn array_of(machine: &Machine<'_>, value: &Value) -> Result<Expr> {
    if let Value::Array(array) = value {
        return Ok(array.expr());
    }
    if let Some(scalar) = scalar_of(value) {
        return Ok(primitive::scalar(scalar));
    }
    let mut shape = Vec::new();
    let mut leaves = Vec::new();
    flatten(machine, value, 0, &mut shape, &mut leaves)?;
    let dtype = leaves.iter().map(|s| s.dtype()).reduce(DType::promote).unwrap_or(DType::Float64);
    Ok(primitive::from_block(Block::from_scalars(&shape, dtype, &leaves)))
}

/// The scalar of a number; Python's in its default dtype.
pub fn scalar_of(value: &Value) -> Option<Scalar> {
    Some(match value {
        Value::Bool(v) => Scalar::Bool(*v),
        Value::Int(v) => int_scalar(v)?,
        Value::Float(v) => Scalar::Float64(*v),
        Value::Complex(v) => Scalar::Complex128(*v),
        Value::Scalar(v) => *v,
        _ => return None,
    })
}

fn int_scalar(value: &BigInt) -> Option<Scalar> {
    value.to_i64().map(Scalar::Int64).or_else(|| value.to_u64().map(Scalar::UInt64))
}

fn flatten(
    machine: &Machine<'_>,
    value: &Value,
    depth: usize,
    shape: &mut Vec<usize>,
    out: &mut Vec<Scalar>,
) -> Result<()> {
    if depth > DEEPEST {
        return Err(Error::value("lists are nested too deeply to be an array"));
    }
    if let Some(scalar) = scalar_of(value) {
        out.push(scalar);
        return if depth == shape.len() { Ok(()) } else { Err(ragged()) };
    }
    if let Value::Array(array) = value {
        let block = machine.values(array)?;
        return leaf_block(&block, depth, shape, out);
    }
    let items = match value {
        Value::List(_) | Value::Tuple(_) | Value::Named(_) | Value::Range(_) => elements(machine, value)?,
        Value::Int(_) => return Err(Error::overflow("Python int too large to convert to C long")),
        other => {
            return Err(Error::type_(format!("a {} cannot be an element of an array", type_name(other)))
                .help("dtypes are bool, int8-64, uint8-64, float32/64 and complex64/128"));
        }
    };
    if out.is_empty() && shape.len() == depth {
        shape.push(items.len());
    } else if shape.get(depth) != Some(&items.len()) {
        return Err(ragged());
    }
    items.iter().try_for_each(|item| flatten(machine, item, depth + 1, shape, out))
}

fn leaf_block(block: &Block, depth: usize, shape: &mut Vec<usize>, out: &mut Vec<Scalar>) -> Result<()> {
    if out.is_empty() && shape.len() == depth {
        shape.extend_from_slice(block.shape());
    } else if shape[depth..] != *block.shape() {
        return Err(ragged());
    }
    out.extend(block.scalars());
    Ok(())
}

fn ragged() -> Error {
    Error::value("setting an array element with a sequence. The requested array has an inhomogeneous shape")
        .help("every list at the same depth must be of the same length")
}

/// An int that an index or a count may be: a Python int or bool, a NumPy integer, or a 0-d integer array.
///
/// # Errors
/// `TypeError` for anything else, `OverflowError` for what no machine counts to.
pub fn index_int(machine: &Machine<'_>, value: &Value) -> Result<i64> {
    let big = match value {
        Value::Int(v) => v.clone(),
        Value::Bool(v) => BigInt::from(u8::from(*v)),
        Value::Scalar(s) => match s.as_integer() {
            Some(v) if !s.dtype().is_bool() => BigInt::from(v),
            _ => return Err(not_integer(value)),
        },
        Value::Array(array) if array.expr().ndim() == 0 && array.dtype().is_integer() => {
            let block = machine.values(array)?;
            BigInt::from(block.item().and_then(Scalar::as_integer).unwrap_or(0))
        }
        other => return Err(not_integer(other)),
    };
    big.to_i64().ok_or_else(|| Error::index("cannot fit 'int' into an index-sized integer"))
}

fn not_integer(value: &Value) -> Error {
    Error::type_(format!("'{}' object cannot be interpreted as an integer", type_name(value)))
}

/// The text of a string argument.
///
/// # Errors
/// `TypeError` for anything else.
pub fn text(value: &Value) -> Result<Rc<str>> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        other => Err(Error::type_(format!("a string is needed here, not '{}'", type_name(other)))),
    }
}

/// A dtype from what NumPy takes for one: a dtype, a type, a name.
///
/// # Errors
/// `TypeError` where it is none.
pub fn dtype_of(value: &Value) -> Result<DType> {
    match value {
        Value::DType(dtype) => Ok(*dtype),
        Value::None => Ok(DType::Float64),
        Value::Type(id) => dtype_of_type(*id).ok_or_else(|| {
            Error::type_(format!("Cannot interpret '{}' as a data type", crate::lang::types::show_type(*id)))
        }),
        Value::Str(name) => {
            DType::from_name(name).ok_or_else(|| Error::type_(format!("data type '{name}' not understood")))
        }
        Value::Array(array) => Ok(array.dtype()),
        Value::Scalar(scalar) => Ok(scalar.dtype()),
        other => Err(Error::type_(format!("Cannot interpret '{}' as a data type", crate::lang::repr::plain(other)))),
    }
}

/// Whether any of the arrays is lazy.
pub fn any_lazy(arrays: &[Rc<ArrayCell>]) -> bool {
    arrays.iter().any(|array| array.mode == Mode::Lazy)
}
