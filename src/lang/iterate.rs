//! What `for`, `list`, `*args` and unpacking walk over.

use crate::data::{Error, Result};
use crate::lang::array::ArrayCell;
use crate::lang::machine::Machine;
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use crate::ops::index::Index;
use std::collections::VecDeque;
use std::rc::Rc;

/// More elements than this are refused: a range of them is a mistake, and would fill the memory.
const MOST_ELEMENTS: usize = 1 << 28;

/// Elements that are made between two looks at whether the run is to stop.
pub const ASKED_EVERY: usize = 1 << 16;

/// An iterator over what is left of values that are there already.
pub struct Iter {
    /// Python's name of the type: `zip`, `map`, `generator`.
    pub kind: &'static str,
    pub left: VecDeque<Value>,
}

impl Iter {
    /// An iterator of a kind.
    pub fn new(kind: &'static str, items: Vec<Value>) -> Iter {
        Iter { kind, left: items.into() }
    }
}

/// The elements of a value one after another: those of a range are made as they are asked for.
///
/// # Errors
/// `TypeError` where the value cannot be walked over.
pub fn walk(machine: &Machine<'_>, value: &Value) -> Result<Box<dyn Iterator<Item = Value>>> {
    match value {
        Value::Range(range) => {
            let range = Rc::clone(range);
            Ok(Box::new((0..range.len()).map(move |i| Value::Int(range.get(i)))))
        }
        other => Ok(Box::new(elements(machine, other)?.into_iter())),
    }
}

/// The elements of a value; an iterator is used up.
///
/// # Errors
/// `TypeError` where the value cannot be walked over.
pub fn elements(machine: &Machine<'_>, value: &Value) -> Result<Vec<Value>> {
    Ok(match value {
        Value::List(items) => items.borrow().clone(),
        Value::Tuple(_) | Value::Named(_) => value.tuple_items().unwrap_or_default().to_vec(),
        Value::Str(text) => text.chars().map(|c| Value::str(c.to_string())).collect(),
        Value::Dict(dict) | Value::Set(dict) => dict.borrow().keys(),
        Value::Range(range) => {
            if range.len() > MOST_ELEMENTS {
                return Err(Error::memory(format!("a range of {} elements does not fit in memory", range.len()))
                    .help("np.arange or da.arange make arrays of numbers"));
            }
            let mut numbers = Vec::with_capacity(range.len());
            for i in 0..range.len() {
                if i.is_multiple_of(ASKED_EVERY) {
                    machine.check_interrupt()?;
                }
                numbers.push(Value::Int(range.get(i)));
            }
            numbers
        }
        Value::Iterator(iter) => iter.borrow_mut().left.drain(..).collect(),
        Value::Array(array) => rows(machine, array)?,
        other => return Err(Error::type_(format!("'{}' object is not iterable", type_name(other)))),
    })
}

/// The sub-arrays or scalars along the first axis.
fn rows(machine: &Machine<'_>, array: &Rc<ArrayCell>) -> Result<Vec<Value>> {
    let expr = machine.known(array)?;
    if expr.ndim() == 0 {
        return Err(Error::type_("iteration over a 0-d array"));
    }
    if expr.ndim() == 1 && array.mode == Mode::Eager {
        let block = machine.block(&expr)?;
        return Ok(block.scalars().into_iter().map(Value::Scalar).collect());
    }
    (0..expr.shape[0]).map(|i| machine.index_array(array, &[Index::At(i as i64)])).collect()
}
