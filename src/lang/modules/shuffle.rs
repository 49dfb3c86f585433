//! `np.random.shuffle`: the one function of random numbers that changes its argument.

use crate::data::{Error, Result};
use crate::lang::convert::array_of;
use crate::lang::eval::{call_row, get_item};
use crate::lang::function::{Args, Builtin};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::rows;
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::Mode;

pub(super) const FUNCTIONS: &[Builtin] =
    &[Builtin { name: "shuffle", signature: "shuffle(x)", doc: "Puts the rows in a random order.", run: shuffle }];

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
            let order = elements(machine, &order)?;
            let old = Value::list(items.borrow().clone());
            let new = order.iter().map(|k| get_item(machine, &old, k)).collect::<Result<Vec<_>>>()?;
            *items.borrow_mut() = new;
        }
        other => return Err(Error::type_(format!("'{}' object does not support item assignment", type_name(other)))),
    }
    Ok(Value::None)
}
