//! The functions and types that have a name in every cell.

mod construct;
mod inspect;
mod numbers;
mod sequences;
mod text;

pub use construct::construct;
pub(in crate::lang) use construct::fill_dict;
pub(in crate::lang) use sequences::sort;

use crate::data::{Error, Result};
use crate::lang::function::{Args, Builtin, Func};
use crate::lang::machine::{Machine, Wrap};
use crate::lang::modules::{self, ModuleId};
use crate::lang::types::{EXCEPTIONS, PYTHON_TYPES, TypeId};
use crate::lang::value::Value;
use crate::ops::function::Mode;
use std::rc::Rc;

const TABLES: &[&[Builtin]] = &[numbers::BUILTINS, sequences::BUILTINS, inspect::BUILTINS, text::BUILTINS];

/// Names of `dask.distributed` that are bound in every cell without an import.
const PRESET: &[&str] = &["Client", "progress"];

fn table() -> impl Iterator<Item = &'static Builtin> {
    TABLES.iter().copied().flatten()
}

/// The builtin of a name.
pub fn find(name: &str) -> Option<Value> {
    if let Some(builtin) = table().find(|builtin| builtin.name == name) {
        return Some(Value::Function(Rc::new(Func::Builtin(builtin))));
    }
    if let Some(kind) = PYTHON_TYPES.iter().find(|t| **t == name) {
        return Some(Value::Type(TypeId::Plain(kind)));
    }
    if let Some(kind) = EXCEPTIONS.iter().find(|t| **t == name) {
        return Some(Value::Exception(kind));
    }
    match name {
        "Ellipsis" => Some(Value::Ellipsis),
        "NotImplemented" => Some(Value::NotImplemented),
        "__name__" => Some(Value::str("__main__")),
        _ if PRESET.contains(&name) => modules::member(ModuleId::Distributed, name),
        _ => None,
    }
}

/// The names of all builtins.
pub fn names() -> impl Iterator<Item = &'static str> {
    let types = PYTHON_TYPES.iter().chain(EXCEPTIONS).chain(PRESET).copied();
    table().map(|builtin| builtin.name).chain(types)
}

/// Calls what `np.vectorize(f)` made: the function of every combination of elements.
///
/// # Errors
/// What the function fails with.
pub fn vectorized(machine: &Machine<'_>, function: &Value, args: Args) -> Result<Value> {
    let arrays = args
        .positional
        .iter()
        .map(|value| crate::lang::convert::array_of(machine, value))
        .collect::<Result<Vec<_>>>()?;
    let wide = crate::ops::primitive::broadcast_all(&arrays)?;
    let blocks = wide.iter().map(|expr| machine.block(expr).map(|b| b.scalars())).collect::<Result<Vec<_>>>()?;
    let Some(first) = wide.first() else { return Err(Error::value("args can not be empty")) };
    let size: usize = first.shape.iter().product();
    let call = |k: usize| machine.call(function, Args::of(blocks.iter().map(|b| Value::Scalar(b[k])).collect()));
    let answers = (0..size).map(call).collect::<Result<Vec<_>>>()?;
    let flat = crate::lang::convert::array_of(machine, &Value::list(answers))?;
    let shaped = crate::ops::primitive::reshape(&flat, &first.shape)?;
    machine.wrap(&shaped, Wrap::fresh(Mode::Eager))
}
