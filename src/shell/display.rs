//! What a value looks like when it is the last of a cell.

use crate::data::Result;
use crate::ir::Expr;
use crate::lang::{NamedTuple, Outside, Value};
use crate::ops::function::Mode;
use crate::optimize::count;
use crate::shell::array_table::array_table_within;
use crate::shell::cli::DisplayMode;
use crate::shell::diagnose::Problem;
use crate::shell::session::Session;
use console::Term;
use std::rc::Rc;

/// The text of a value, without a line end: the summary of a lazy array, NumPy's text of all else.
///
/// # Errors
/// What computing failed with, where values are to be shown.
pub fn show(session: &Session, value: &Value) -> std::result::Result<String, Problem> {
    let world = &*session.world;
    if world.settings.borrow().display == DisplayMode::Values {
        return Ok(shown_values(session, value)?);
    }
    Ok(match value {
        Value::Array(array) if array.mode == Mode::Lazy => lazy(&array.expr()),
        Value::Client(handle) => world.show_client(*handle),
        other => session.interpreter.show(other, world),
    })
}

fn lazy(expr: &Expr) -> String {
    let tasks = count(std::slice::from_ref(expr)).tasks;
    let nbytes = expr.nbytes().map(|bytes| bytes as u128);
    array_table_within(columns(), nbytes, &expr.shape, &expr.chunks, expr.dtype, tasks).trim_end().to_string()
}

/// The width of the terminal; without one there is room for everything.
fn columns() -> usize {
    Term::stdout().size_checked().map_or(usize::MAX, |(_, columns)| usize::from(columns))
}

fn shown_values(session: &Session, value: &Value) -> Result<String> {
    let world = &*session.world;
    if let Value::Client(handle) = value {
        return Ok(world.show_client(*handle));
    }
    let computed = computed(session, value)?;
    Ok(session.interpreter.show(&computed, world))
}

/// A value with the lazy arrays in it computed: in tuples and lists too.
fn computed(session: &Session, value: &Value) -> Result<Value> {
    let all = |items: &[Value]| items.iter().map(|item| computed(session, item)).collect::<Result<Vec<_>>>();
    match value {
        Value::Tuple(items) => Ok(Value::tuple(all(items)?)),
        Value::Named(named) => {
            let items = all(&named.items)?;
            Ok(Value::Named(Rc::new(NamedTuple { name: named.name, fields: named.fields, items })))
        }
        Value::List(items) => Ok(Value::list(all(&items.borrow())?)),
        other => session.interpreter.computed(other, &*session.world),
    }
}
