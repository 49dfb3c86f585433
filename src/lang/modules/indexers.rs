//! What `np` has to be indexed: `s_`, `index_exp`, `mgrid`, `ogrid`, `r_`, `c_`; and `ndindex`, `ndenumerate`.

use crate::data::{Error, Result};
use crate::lang::convert::{index_int, scalar_of};
use crate::lang::eval::call_row;
use crate::lang::function::{Args, Builtin};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::rows;
use crate::lang::value::Value;
use crate::ops::function::Mode;

/// The names of what is indexed.
pub(super) const INDEXERS: &[&str] = &["s_", "index_exp", "mgrid", "ogrid", "r_", "c_"];

pub(super) const FUNCTIONS: &[Builtin] = &[
    Builtin { name: "ndindex", signature: "ndindex(*shape)", doc: "The indices of every element.", run: ndindex },
    Builtin {
        name: "ndenumerate",
        signature: "ndenumerate(arr)",
        doc: "The index and value of every element.",
        run: ndenumerate,
    },
];

/// An indexer at an index.
///
/// # Errors
/// `ValueError` for slices that describe no range, and what the building fails with.
pub(in crate::lang) fn indexed(machine: &Machine<'_>, name: &str, index: &Value) -> Result<Value> {
    let parts = match index {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    match name {
        "s_" => Ok(index.clone()),
        "index_exp" => Ok(Value::tuple(parts)),
        "mgrid" | "ogrid" => grid(machine, name == "mgrid", &parts, matches!(index, Value::Tuple(_))),
        _ => joined(machine, name == "c_", &parts),
    }
}

fn run(machine: &Machine<'_>, name: &str, positional: Vec<Value>, named: Vec<(&str, Value)>) -> Result<Value> {
    let row = rows::find(name).ok_or_else(|| Error::not_implemented(format!("{name} is not there")))?;
    let named = named.into_iter().map(|(n, v)| (n.to_string(), v)).collect();
    call_row(machine, row, Mode::Eager, Args { positional, named })
}

/// The numbers of a slice: `start:stop:step`, or with an imaginary step that many of them, the end included.
fn range(machine: &Machine<'_>, parts: &[Value; 3]) -> Result<Value> {
    let [start, stop, step] = parts.clone();
    let start = if matches!(start, Value::None) { Value::int(0) } else { start };
    if matches!(stop, Value::None) {
        return Err(Error::value("a slice that makes a range needs an end"));
    }
    match step {
        Value::Complex(count) => run(machine, "linspace", vec![start, stop, Value::int(count.norm() as i64)], vec![]),
        Value::None => run(machine, "arange", vec![start, stop], vec![]),
        step => run(machine, "arange", vec![start, stop, step], vec![]),
    }
}

fn grid(machine: &Machine<'_>, dense: bool, parts: &[Value], many: bool) -> Result<Value> {
    let axis = |part: &Value| match part {
        Value::Slice(slice) => range(machine, slice),
        _ => Err(Error::index("mgrid and ogrid are indexed by slices")),
    };
    let axes = parts.iter().map(axis).collect::<Result<Vec<_>>>()?;
    if !many {
        return axes.into_iter().next().ok_or_else(|| Error::index("a slice is needed"));
    }
    let named = vec![("indexing", Value::str("ij")), ("sparse", Value::Bool(!dense))];
    let grids = run(machine, "meshgrid", axes, named)?;
    let grids = elements(machine, &grids)?;
    if dense { run(machine, "stack", vec![Value::list(grids)], vec![]) } else { Ok(Value::tuple(grids)) }
}

fn joined(machine: &Machine<'_>, columns: bool, parts: &[Value]) -> Result<Value> {
    let mut arrays = Vec::new();
    for part in parts {
        let array = match part {
            Value::Slice(slice) => range(machine, slice)?,
            Value::Str(_) => return Err(Error::not_implemented("r_ and c_ with a string of directions")),
            other if scalar_of(other).is_some() => Value::list(vec![other.clone()]),
            other => other.clone(),
        };
        arrays.push(array);
    }
    if columns {
        run(machine, "column_stack", vec![Value::list(arrays)], vec![])
    } else {
        run(machine, "concatenate", vec![Value::list(arrays)], vec![])
    }
}

/// Every index of a shape in C order.
fn indices(shape: &[usize]) -> Vec<Value> {
    let strides = crate::data::c_strides(shape);
    let size: usize = shape.iter().product();
    let one = |flat: usize| Value::tuple(strides.iter().zip(shape).map(|(s, n)| Value::int(flat / s % n)).collect());
    (0..size).map(one).collect()
}

fn ndindex(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let parts = match args.positional.as_slice() {
        [one @ (Value::Tuple(_) | Value::List(_))] => elements(machine, one)?,
        many => many.to_vec(),
    };
    let shape = parts
        .iter()
        .map(|n| index_int(machine, n).map(|n| usize::try_from(n).unwrap_or(0)))
        .collect::<Result<Vec<_>>>()?;
    Ok(Value::iterator("numpy.ndindex", indices(&shape)))
}

fn ndenumerate(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("ndenumerate", 1, 1)?;
    let block = machine.block(&crate::lang::convert::array_of(machine, &args[0])?)?;
    let pairs = indices(block.shape()).into_iter().zip(block.scalars());
    Ok(Value::iterator(
        "numpy.ndenumerate",
        pairs.map(|(at, value)| Value::tuple(vec![at, Value::Scalar(value)])).collect(),
    ))
}
