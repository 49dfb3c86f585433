//! Functions of `np` that change an array: `copyto`, `put`, `place`, `putmask`, `fill_diagonal`; random shuffling.

use crate::data::{Error, Result};
use crate::ir::Kernel;
use crate::lang::array::ArrayCell;
use crate::lang::convert::array_of;
use crate::lang::eval::{call_row, get_item};
use crate::lang::function::{Args, Builtin};
use crate::lang::machine::Machine;
use crate::lang::rows;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use crate::ops::index::Index;
use crate::ops::primitive::{broadcast, cast, map, reshape};
use std::rc::Rc;

pub(super) const FUNCTIONS: &[Builtin] = &[
    Builtin { name: "copyto", signature: "copyto(dst, src, where=True)", doc: "Copies values into an array.", run: copyto },
    Builtin { name: "put", signature: "put(a, ind, v)", doc: "Replaces elements at positions of the flat array.", run: put },
    Builtin { name: "place", signature: "place(arr, mask, vals)", doc: "Replaces the elements at a mask, values repeated.", run: place },
    Builtin { name: "putmask", signature: "putmask(a, mask, values)", doc: "Replaces the elements at a mask by those at the same positions.", run: putmask },
    Builtin { name: "fill_diagonal", signature: "fill_diagonal(a, val)", doc: "Fills the main diagonal.", run: fill_diagonal },
];

/// `np.random.shuffle`.
pub(super) const RANDOM: &[Builtin] =
    &[Builtin { name: "shuffle", signature: "shuffle(x)", doc: "Puts the rows in a random order.", run: shuffle }];

fn target(value: &Value) -> Result<&Rc<ArrayCell>> {
    match value {
        Value::Array(array) => Ok(array),
        other => Err(Error::type_(format!("argument 1 must be numpy.ndarray, not {}", crate::lang::types::type_name(other)))),
    }
}

fn copyto(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("copyto", &["dst", "src", "casting", "where"], 2)?;
    let (into, from) = (args.need(0), array_of(machine, &args.need(1))?);
    let array = target(&into)?;
    match args.get(3) {
        None | Some(Value::Bool(true)) => machine.set_array(array, &[Index::Ellipsis], &from)?,
        Some(mask) => {
            let old = array.expr();
            let wide = broadcast(&array_of(machine, &mask)?, &old.chunks);
            let new = map(Kernel::Where, &[wide, cast(&from, old.dtype), old])?;
            machine.replace_array(array, &machine.evaluated(&new)?)?;
        }
    }
    Ok(Value::None)
}

/// The array as one axis, changed and put back.
fn on_flat(machine: &Machine<'_>, array: &Rc<ArrayCell>, index: Index, value: &crate::ir::Expr) -> Result<()> {
    let old = array.expr();
    let flat = reshape(&old, &[old.shape.iter().product()])?;
    let new = machine.in_mode(array.mode, || crate::ops::index::set(&flat, &[index], value, machine))?;
    let new = reshape(&new, &old.shape)?;
    let new = if array.mode == Mode::Eager { machine.evaluated(&new)? } else { new };
    machine.replace_array(array, &new)
}

/// Values repeated to a length.
fn repeated(value: &crate::ir::Expr, len: usize, machine: &Machine<'_>) -> Result<crate::ir::Expr> {
    let block = machine.block(value)?;
    let values = block.scalars();
    if values.is_empty() && len > 0 {
        return Err(Error::value("Cannot insert from an empty array!"));
    }
    let all: Vec<_> = values.iter().cycle().take(len).copied().collect();
    Ok(crate::ops::primitive::from_block(crate::data::Block::from_scalars(&[len], block.dtype(), &all)))
}

fn put(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("put", &["a", "ind", "v", "mode"], 3)?;
    let (into, at, value) = (args.need(0), array_of(machine, &args.need(1))?, array_of(machine, &args.need(2))?);
    let count = at.shape.iter().product();
    let at = reshape(&at, &[count])?;
    let value = repeated(&value, count, machine)?;
    on_flat(machine, target(&into)?, Index::Array(at), &value)?;
    Ok(Value::None)
}

fn mask_and_count(machine: &Machine<'_>, mask: &Value) -> Result<(crate::ir::Expr, usize)> {
    let mask = cast(&array_of(machine, mask)?, crate::data::DType::Bool);
    let count = machine.block(&mask)?.to_vec::<bool>().into_iter().filter(|m| *m).count();
    Ok((mask, count))
}

fn place(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("place", 3, 3)?;
    let (mask, count) = mask_and_count(machine, &args[1])?;
    let value = repeated(&array_of(machine, &args[2])?, count, machine)?;
    let flat = reshape(&mask, &[mask.shape.iter().product()])?;
    on_flat(machine, target(&args[0])?, Index::Array(flat), &value)?;
    Ok(Value::None)
}

fn putmask(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("putmask", 3, 3)?;
    let array = target(&args[0])?;
    let old = array.expr();
    let (mask, _) = mask_and_count(machine, &args[1])?;
    let value = repeated(&array_of(machine, &args[2])?, old.shape.iter().product(), machine)?;
    let new = map(Kernel::Where, &[mask, cast(&reshape(&value, &old.shape)?, old.dtype), old])?;
    machine.replace_array(array, &machine.evaluated(&new)?)?;
    Ok(Value::None)
}

fn fill_diagonal(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("fill_diagonal", &["a", "val", "wrap"], 2)?;
    let (into, value) = (args.need(0), array_of(machine, &args.need(1))?);
    let array = target(&into)?;
    let shape = array.expr().shape.clone();
    if shape.len() < 2 {
        return Err(Error::value("array must be at least 2-d"));
    }
    if shape.len() > 2 && shape.iter().any(|n| *n != shape[0]) {
        return Err(Error::value("All dimensions of input must be of equal length"));
    }
    let wrap = matches!(args.get(2), Some(Value::Bool(true)));
    let step: usize = crate::data::c_strides(&shape).iter().sum();
    let size: usize = shape.iter().product();
    let end = if shape.len() == 2 && !wrap { size.min(shape[1] * shape[1]) } else { size };
    let count = end.div_ceil(step.max(1));
    let value = repeated(&value, count, machine)?;
    let at = Index::Slice { start: Some(0), stop: Some(end as i64), step: Some(step.max(1) as i64) };
    on_flat(machine, array, at, &value)?;
    Ok(Value::None)
}

fn shuffle(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("shuffle", 1, 2)?;
    let row = rows::find("random.permutation").ok_or_else(|| Error::not_implemented("permutation is not there"))?;
    match &args[0] {
        Value::Array(array) => {
            let new = call_row(machine, row, Mode::Eager, Args::of(vec![args[0].clone()]))?;
            machine.replace_array(array, &array_of(machine, &new)?)?;
        }
        Value::List(items) => {
            let n = Value::int(items.borrow().len());
            let order = call_row(machine, row, Mode::Eager, Args::of(vec![n]))?;
            let order = crate::lang::iterate::elements(machine, &order)?;
            let old = Value::list(items.borrow().clone());
            let new = order.iter().map(|k| get_item(machine, &old, k)).collect::<Result<Vec<_>>>()?;
            *items.borrow_mut() = new;
        }
        other => return Err(Error::type_(format!("'{}' object does not support item assignment", crate::lang::types::type_name(other)))),
    }
    Ok(Value::None)
}
