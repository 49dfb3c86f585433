//! Methods of lists, tuples and ranges.

use crate::data::{Error, Result};
use crate::lang::builtins::sort;
use crate::lang::convert::index_int;
use crate::lang::eval::equal;
use crate::lang::function::{Args, Method};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::methods::{method, nothing};
use crate::lang::repr::plain;
use crate::lang::value::Value;
use std::cell::RefCell;

pub(super) const LIST: &[Method] = &[
    method("append", append),
    method("extend", extend),
    method("insert", insert),
    method("pop", pop),
    method("remove", remove),
    method("clear", |_, me, a| {
        a.plain("clear", 0, 0)?;
        list(me)?.borrow_mut().clear();
        nothing()
    }),
    method("copy", |_, me, a| {
        a.plain("copy", 0, 0)?;
        Ok(Value::list(list(me)?.borrow().clone()))
    }),
    method("reverse", |_, me, a| {
        a.plain("reverse", 0, 0)?;
        list(me)?.borrow_mut().reverse();
        nothing()
    }),
    method("sort", sort_in_place),
    method("index", index),
    method("count", count),
];

pub(super) const TUPLE: &[Method] = &[method("index", index), method("count", count)];

fn list(me: &Value) -> Result<&RefCell<Vec<Value>>> {
    match me {
        Value::List(items) => Ok(items),
        _ => Err(Error::type_("this is a method of lists")),
    }
}

fn append(_machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let mut args = args.plain("list.append", 1, 1)?;
    list(me)?.borrow_mut().push(args.remove(0));
    nothing()
}

fn extend(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("list.extend", 1, 1)?;
    let more = elements(machine, &args[0])?;
    list(me)?.borrow_mut().extend(more);
    nothing()
}

fn insert(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("insert", 2, 2)?;
    let at = index_int(machine, &args[0])?;
    let mut items = list(me)?.borrow_mut();
    let n = items.len() as i64;
    let at = if at < 0 { (at + n).max(0) } else { at.min(n) };
    items.insert(at as usize, args[1].clone());
    nothing()
}

fn pop(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("pop", 0, 1)?;
    let at = args.first().map_or(Ok(-1), |v| index_int(machine, v))?;
    let mut items = list(me)?.borrow_mut();
    let n = items.len() as i64;
    if n == 0 {
        return Err(Error::index("pop from empty list"));
    }
    if at < -n || at >= n {
        return Err(Error::index("pop index out of range"));
    }
    Ok(items.remove(if at < 0 { at + n } else { at } as usize))
}

/// The position of the first equal element from `start` on.
fn find(machine: &Machine<'_>, items: &[Value], wanted: &Value) -> Result<Option<usize>> {
    for (k, item) in items.iter().enumerate() {
        if item.is(wanted) || equal(machine, item, wanted)? {
            return Ok(Some(k));
        }
    }
    Ok(None)
}

fn remove(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("list.remove", 1, 1)?;
    let items = list(me)?.borrow().clone();
    let at = find(machine, &items, &args[0])?.ok_or_else(|| Error::value("list.remove(x): x not in list"))?;
    list(me)?.borrow_mut().remove(at);
    nothing()
}

fn sort_in_place(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let mut args = args.bind("sort", &["*", "key", "reverse"], 0)?;
    let (key, reverse) = (args.some(0), args.get(1));
    let items = list(me)?.borrow().clone();
    let sorted = sort(machine, items, key.as_ref(), reverse.as_ref())?;
    *list(me)?.borrow_mut() = sorted;
    nothing()
}

fn index(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("index", 1, 3)?;
    let items = elements(machine, me)?;
    let n = items.len() as i64;
    let bound = |k: usize, default: i64| match args.get(k) {
        Some(v) => index_int(machine, v).map(|i| if i < 0 { (i + n).max(0) } else { i.min(n) }),
        None => Ok(default),
    };
    let (start, stop) = (bound(1, 0)?, bound(2, n)?);
    let part = items.get(start as usize..stop.max(start) as usize).unwrap_or_default();
    let found = find(machine, part, &args[0])?;
    let kind = if matches!(me, Value::List(_)) { "list" } else { "tuple" };
    let at = found.ok_or_else(|| match kind {
        "list" => Error::value(format!("{} is not in list", plain(&args[0]))),
        _ => Error::value("tuple.index(x): x not in tuple"),
    })?;
    Ok(Value::int(at as i64 + start))
}

fn count(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("count", 1, 1)?;
    let mut n = 0;
    for item in elements(machine, me)? {
        n += i64::from(item.is(&args[0]) || equal(machine, &item, &args[0])?);
    }
    Ok(Value::int(n))
}
