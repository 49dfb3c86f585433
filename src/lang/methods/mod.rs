//! The methods of values, by type: one table a file.

mod array;
mod baseline;
mod dict;
mod list;
mod number;
mod string;
mod string_format;

pub(in crate::lang) use array::ufunc_method;

use crate::data::Result;
use crate::lang::function::Method;
use crate::lang::value::Value;
use crate::ops::function::Mode;

/// The tables of methods that a value has.
fn tables(value: &Value) -> Vec<&'static [Method]> {
    match value {
        Value::Str(_) => vec![string::METHODS, string_format::METHODS],
        Value::List(_) => vec![list::LIST],
        Value::Tuple(_) | Value::Named(_) | Value::Range(_) => vec![list::TUPLE],
        Value::Dict(_) => vec![dict::DICT],
        Value::Set(_) => vec![dict::SET],
        Value::Int(_) | Value::Bool(_) => vec![number::INT],
        Value::Float(_) => vec![number::FLOAT],
        Value::Complex(_) => vec![number::COMPLEX],
        Value::Array(array) if array.mode == Mode::Lazy => vec![array::LAZY, array::BOTH],
        Value::Array(_) => vec![array::EAGER, array::BOTH],
        Value::Scalar(_) => vec![array::SCALAR, array::BOTH],
        Value::DType(_) => vec![number::DTYPE],
        Value::Client(_) => vec![array::CLIENT],
        Value::Blocks(_) => vec![array::BLOCKS],
        _ => vec![],
    }
}

/// The method of a name.
pub(in crate::lang) fn find(value: &Value, name: &str) -> Option<&'static Method> {
    tables(value).into_iter().flatten().find(|method| method.name == name)
}

/// The method of a name that arrays and scalars have in the eager baseline alone.
pub(in crate::lang) fn find_baseline(value: &Value, name: &str) -> Option<&'static Method> {
    let array = matches!(value, Value::Array(_) | Value::Scalar(_));
    baseline::BASELINE.iter().find(|method| array && method.name == name)
}

/// The names of a value's methods.
pub(in crate::lang) fn names(value: &Value) -> Vec<&'static str> {
    tables(value).into_iter().flatten().map(|method| method.name).collect()
}

/// A row of a method table.
const fn method(name: &'static str, run: crate::lang::function::RunMethod) -> Method {
    Method { name, run }
}

/// The answer of a method that changes its object.
fn nothing() -> Result<Value> {
    Ok(Value::None)
}
