//! `object[index]`: sequences, dicts, arrays.

use crate::data::{Error, Result};
use crate::lang::convert::{array_of, index_int, text};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::types::{TypeId, type_name};
use crate::lang::value::{Range, Value};
use crate::ops::function::Mode;
use crate::ops::index::{Index, resolve};
use num_bigint::BigInt;
use std::cell::RefCell;
use std::rc::Rc;

/// The item of an object.
///
/// # Errors
/// `IndexError`, `KeyError` or `TypeError` as the container says.
pub fn get_item(machine: &Machine<'_>, object: &Value, index: &Value) -> Result<Value> {
    match object {
        Value::List(items) => sequence(machine, &items.borrow(), index, "list", Value::list),
        Value::Tuple(_) | Value::Named(_) => {
            sequence(machine, object.tuple_items().unwrap_or_default(), index, "tuple", Value::tuple)
        }
        Value::Str(string) => {
            let chars: Vec<Value> = string.chars().map(|c| Value::str(c.to_string())).collect();
            sequence(machine, &chars, index, "string", |items| {
                Value::str(items.iter().filter_map(|c| text(c).ok()).map(|c| c.to_string()).collect::<String>())
            })
        }
        Value::Dict(dict) => {
            let found = dict.borrow().get(index)?;
            found.ok_or_else(|| Error::key(crate::lang::repr::plain(index)))
        }
        Value::Range(range) => range_item(machine, range, index),
        Value::Array(array) => {
            let entries = index_entries(machine, index)?;
            machine.index_array(array, &entries)
        }
        Value::Indexer(name) => crate::lang::modules::indexed(machine, name, index),
        Value::Blocks(array) => super::attribute::block_part(machine, array, index),
        Value::Scalar(scalar) => scalar_item(machine, *scalar, index),
        Value::Type(TypeId::Plain(_)) => Ok(object.clone()),
        other => Err(Error::type_(format!("'{}' object is not subscriptable", type_name(other)))),
    }
}

fn scalar_item(machine: &Machine<'_>, scalar: crate::data::Scalar, index: &Value) -> Result<Value> {
    let entries = index_entries(machine, index)?;
    let basic = entries.iter().all(|e| matches!(e, Index::New | Index::Ellipsis));
    if entries.is_empty() {
        return Ok(Value::Scalar(scalar));
    }
    if !basic {
        return Err(Error::index("invalid index to scalar variable."));
    }
    let array = Rc::new(crate::lang::array::ArrayCell::eager(crate::ops::primitive::scalar(scalar)));
    machine.index_array(&array, &entries)
}

fn sequence(
    machine: &Machine<'_>,
    items: &[Value],
    index: &Value,
    kind: &str,
    make: impl Fn(Vec<Value>) -> Value,
) -> Result<Value> {
    if let Value::Slice(parts) = index {
        let (start, step, count) = slice_of(machine, parts, items.len())?;
        let at = |k: usize| items[start.wrapping_add_signed(step as isize * k as isize)].clone();
        return Ok(make((0..count).map(at).collect()));
    }
    let at = position(machine, index, items.len(), kind)?;
    Ok(items[at].clone())
}

fn position(machine: &Machine<'_>, index: &Value, len: usize, kind: &str) -> Result<usize> {
    let at = index_int(machine, index).map_err(|error| match error.kind {
        crate::data::ErrorKind::TypeError if kind == "string" => {
            Error::type_(format!("string indices must be integers, not '{}'", type_name(index)))
        }
        crate::data::ErrorKind::TypeError => {
            Error::type_(format!("{kind} indices must be integers or slices, not {}", type_name(index)))
        }
        _ => error,
    })?;
    let n = len as i64;
    if at < -n || at >= n {
        let error = Error::index(format!("{kind} index out of range"));
        return Err(error.help(format!("the {kind} has {len} element{}", if len == 1 { "" } else { "s" })));
    }
    Ok(if at < 0 { at + n } else { at } as usize)
}

/// First index, step and count of a slice of something of a length.
fn slice_of(machine: &Machine<'_>, parts: &[Value; 3], len: usize) -> Result<(usize, i64, usize)> {
    let [start, stop, step] =
        [slice_part(machine, &parts[0])?, slice_part(machine, &parts[1])?, slice_part(machine, &parts[2])?];
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Error::value("slice step cannot be zero"));
    }
    let (first, count) = resolve(start, stop, step, len);
    Ok((first, step, count))
}

/// A part of a slice; what is too large to count to is as good as the largest count.
fn slice_part(machine: &Machine<'_>, part: &Value) -> Result<Option<i64>> {
    match part {
        Value::None => Ok(None),
        Value::Int(v) => Ok(Some(clamp(v))),
        other => index_int(machine, other)
            .map(Some)
            .map_err(|_| Error::type_("slice indices must be integers or None or have an __index__ method")),
    }
}

fn clamp(value: &BigInt) -> i64 {
    use num_traits::{Signed, ToPrimitive};
    value.to_i64().unwrap_or(if value.is_negative() { i64::MIN + 1 } else { i64::MAX })
}

fn range_item(machine: &Machine<'_>, range: &Range, index: &Value) -> Result<Value> {
    if let Value::Slice(parts) = index {
        let (start, step, count) = slice_of(machine, parts, range.len())?;
        let first = &range.start + &range.step * BigInt::from(start);
        let by = &range.step * BigInt::from(step);
        let stop = &first + &by * BigInt::from(count);
        return Ok(Value::Range(Rc::new(Range { start: first, stop, step: by })));
    }
    let at = position(machine, index, range.len(), "range object")?;
    Ok(Value::Int(range.get(at)))
}

/// `list[index] = value`.
pub(super) fn set_in_list(
    machine: &Machine<'_>,
    items: &RefCell<Vec<Value>>,
    index: &Value,
    value: &Value,
) -> Result<()> {
    if let Value::Slice(parts) = index {
        let new = elements(machine, value).map_err(|_| Error::type_("can only assign an iterable"))?;
        let len = items.borrow().len();
        let (start, step, count) = slice_of(machine, parts, len)?;
        if step == 1 {
            let from = slice_start(machine, parts, len)?;
            items.borrow_mut().splice(from..from + count, new);
            return Ok(());
        }
        if new.len() != count {
            return Err(Error::value(format!(
                "attempt to assign sequence of size {} to extended slice of size {count}",
                new.len()
            )));
        }
        for (k, value) in new.into_iter().enumerate() {
            items.borrow_mut()[start.wrapping_add_signed(step as isize * k as isize)] = value;
        }
        return Ok(());
    }
    let len = items.borrow().len();
    let at = position(machine, index, len, "list").map_err(|error| match error.message.as_str() {
        "list index out of range" => Error { message: "list assignment index out of range".to_string(), ..error },
        _ => error,
    })?;
    items.borrow_mut()[at] = value.clone();
    Ok(())
}

/// Where an empty slice stands: `a[2:2]` is before the third element.
fn slice_start(machine: &Machine<'_>, parts: &[Value; 3], len: usize) -> Result<usize> {
    let n = len as i64;
    let start = slice_part(machine, &parts[0])?.unwrap_or(0);
    Ok(if start < 0 { (start + n).max(0) } else { start.min(n) } as usize)
}

/// `del list[index]`.
pub(super) fn delete_from_list(machine: &Machine<'_>, items: &RefCell<Vec<Value>>, index: &Value) -> Result<()> {
    let len = items.borrow().len();
    if let Value::Slice(parts) = index {
        let (start, step, count) = slice_of(machine, parts, len)?;
        let gone: Vec<usize> = (0..count).map(|k| start.wrapping_add_signed(step as isize * k as isize)).collect();
        let mut at = 0;
        items.borrow_mut().retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
        return Ok(());
    }
    let at = position(machine, index, len, "list")?;
    items.borrow_mut().remove(at);
    Ok(())
}

/// An index of an array as entries.
///
/// # Errors
/// `IndexError` for what is no index.
pub fn index_entries(machine: &Machine<'_>, index: &Value) -> Result<Vec<Index>> {
    match index {
        Value::Tuple(items) => items.iter().map(|item| entry(machine, item)).collect(),
        other => Ok(vec![entry(machine, other)?]),
    }
}

fn entry(machine: &Machine<'_>, value: &Value) -> Result<Index> {
    Ok(match value {
        Value::None => Index::New,
        Value::Ellipsis => Index::Ellipsis,
        Value::Bool(keep) => Index::Bool(*keep),
        Value::Scalar(crate::data::Scalar::Bool(keep)) => Index::Bool(*keep),
        Value::Int(_) => Index::At(index_int(machine, value)?),
        Value::Scalar(scalar) if scalar.dtype().is_integer() => Index::At(index_int(machine, value)?),
        Value::Slice(parts) => {
            let [start, stop, step] = &**parts;
            Index::Slice {
                start: slice_part(machine, start)?,
                stop: slice_part(machine, stop)?,
                step: slice_part(machine, step)?,
            }
        }
        Value::Array(array) => array_entry(machine, array)?,
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => {
            let array = array_of(machine, value).map_err(|error| match error.kind {
                crate::data::ErrorKind::TypeError => no_index(),
                _ => error,
            })?;
            // NumPy takes an empty list for an empty list of integers.
            let empty = array.shape.contains(&0) && array.dtype == crate::data::DType::Float64;
            Index::Array(if empty { crate::ops::primitive::cast(&array, crate::data::DType::Int64) } else { array })
        }
        _ => return Err(no_index()),
    })
}

fn array_entry(machine: &Machine<'_>, array: &Rc<crate::lang::array::ArrayCell>) -> Result<Index> {
    let expr = array.expr();
    if expr.ndim() > 0 {
        if !expr.dtype.is_integer() && !expr.dtype.is_bool() {
            return Err(Error::index("arrays used as indices must be of integer (or boolean) type"));
        }
        // Index arrays decide what is read, so their values are needed when the line is typed; masks wait.
        let lazy_ints = array.mode == Mode::Lazy && !expr.dtype.is_bool();
        return Ok(Index::Array(if lazy_ints {
            crate::ops::primitive::from_block(machine.values(array)?)
        } else {
            expr
        }));
    }
    let value = machine.values(array)?.item();
    match value {
        Some(crate::data::Scalar::Bool(keep)) => Ok(Index::Bool(keep)),
        Some(scalar) if scalar.dtype().is_integer() => Ok(Index::At(scalar.to_i64())),
        _ => Err(no_index()),
    }
}

fn no_index() -> Error {
    Error::index(
        "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices",
    )
}
