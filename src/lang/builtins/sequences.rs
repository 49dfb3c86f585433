//! Builtins on sequences: `len`, `sorted`, `zip`, `enumerate`, `map`, `filter`, `reversed`, `any`, `all`, `iter`, `next`.

use crate::data::{Error, ErrorKind, Result, UNKNOWN};
use crate::lang::convert::index_int;
use crate::lang::eval::{less, truthy};
use crate::lang::function::{Args, Builtin};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::types::type_name;
use crate::lang::value::Value;
use std::cmp::Ordering;

pub(super) const BUILTINS: &[Builtin] = &[
    Builtin { name: "len", signature: "len(obj)", doc: "The number of elements.", run: len },
    Builtin {
        name: "sorted",
        signature: "sorted(iterable, *, key=None, reverse=False)",
        doc: "A new list of the elements in order.",
        run: sorted,
    },
    Builtin {
        name: "reversed",
        signature: "reversed(sequence)",
        doc: "The elements from the last to the first.",
        run: reversed,
    },
    Builtin {
        name: "zip",
        signature: "zip(*iterables, strict=False)",
        doc: "Tuples of the elements side by side.",
        run: zip,
    },
    Builtin {
        name: "enumerate",
        signature: "enumerate(iterable, start=0)",
        doc: "Tuples of a number and each element.",
        run: enumerate,
    },
    Builtin { name: "map", signature: "map(function, *iterables)", doc: "The function of each element.", run: map },
    Builtin {
        name: "filter",
        signature: "filter(function, iterable)",
        doc: "The elements for which the function holds.",
        run: filter,
    },
    Builtin { name: "any", signature: "any(iterable)", doc: "Whether an element is true.", run: any },
    Builtin { name: "all", signature: "all(iterable)", doc: "Whether every element is true.", run: all },
    Builtin { name: "iter", signature: "iter(iterable)", doc: "An iterator over the elements.", run: iter },
    Builtin { name: "next", signature: "next(iterator, default)", doc: "The next element of an iterator.", run: next },
];

fn len(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("len", 1, 1)?;
    let n = match &args[0] {
        Value::Str(text) => text.chars().count(),
        Value::List(items) => items.borrow().len(),
        Value::Dict(items) | Value::Set(items) => items.borrow().len(),
        Value::Range(range) => range.len(),
        Value::Array(array) => {
            let expr = array.expr();
            let expr = if expr.shape.first() == Some(&UNKNOWN) { machine.known(array)? } else { expr };
            *expr.shape.first().ok_or_else(|| Error::type_("len() of unsized object"))?
        }
        other => match other.tuple_items() {
            Some(items) => items.len(),
            None => return Err(Error::type_(format!("object of type '{}' has no len()", type_name(other)))),
        },
    };
    Ok(Value::int(n))
}

fn sorted(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("sorted", &["iterable", "*", "key", "reverse"], 1)?;
    let items = elements(machine, &args.need(0))?;
    let (key, reverse) = (args.some(1), args.get(2));
    sort(machine, items, key.as_ref(), reverse.as_ref()).map(Value::list)
}

/// The elements in order, equal ones as they stood.
///
/// # Errors
/// `TypeError` where two have no order.
pub(in crate::lang) fn sort(
    machine: &Machine<'_>,
    items: Vec<Value>,
    key: Option<&Value>,
    reverse: Option<&Value>,
) -> Result<Vec<Value>> {
    let reverse = reverse.map_or(Ok(false), |r| truthy(machine, r))?;
    let rank = |item: Value| {
        let rank = key.map_or_else(|| Ok(item.clone()), |k| machine.call(k, Args::of(vec![item.clone()])))?;
        Ok((rank, item))
    };
    let mut ranked = items.into_iter().map(rank).collect::<Result<Vec<(Value, Value)>>>()?;
    if reverse {
        ranked.reverse();
    }
    let ranked = merge_sort(machine, ranked)?;
    let mut items: Vec<Value> = ranked.into_iter().map(|(_, item)| item).collect();
    if reverse {
        items.reverse();
    }
    Ok(items)
}

/// A stable sort that stops at the first comparison that fails; the library's sorts may panic on orders that are none.
fn merge_sort(machine: &Machine<'_>, mut items: Vec<(Value, Value)>) -> Result<Vec<(Value, Value)>> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let mut left = merge_sort(machine, items)?.into_iter().peekable();
    let mut right = merge_sort(machine, right)?.into_iter().peekable();
    let mut out = Vec::new();
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if less(machine, &b.0, &a.0)? => Ordering::Greater,
            (Some(_), _) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Ok(out),
        };
        out.extend(if order == Ordering::Less { left.next() } else { right.next() });
    }
}

fn reversed(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("reversed", 1, 1)?;
    if let Value::Set(_) | Value::Iterator(_) = &args[0] {
        return Err(Error::type_(format!("'{}' object is not reversible", type_name(&args[0]))));
    }
    let mut items = elements(machine, &args[0])?;
    items.reverse();
    Ok(Value::iterator("reversed", items))
}

fn zip(machine: &Machine<'_>, mut args: Args) -> Result<Value> {
    let strict = match args.named.iter().position(|(n, _)| n == "strict") {
        Some(at) => truthy(machine, &args.named.remove(at).1)?,
        None => false,
    };
    let columns = args.positional.iter().map(|v| elements(machine, v)).collect::<Result<Vec<_>>>()?;
    let shortest = columns.iter().map(Vec::len).min().unwrap_or(0);
    if strict && let Some(odd) = columns.iter().position(|c| c.len() != columns[0].len()) {
        let word = if columns[odd].len() < columns[0].len() { "shorter" } else { "longer" };
        let others = if odd == 1 { "argument 1".to_string() } else { format!("arguments 1-{odd}") };
        return Err(Error::value(format!("zip() argument {} is {word} than {others}", odd + 1)));
    }
    let row = |k: usize| Value::tuple(columns.iter().map(|c| c[k].clone()).collect());
    Ok(Value::iterator("zip", (0..shortest).map(row).collect()))
}

fn enumerate(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("enumerate", &["iterable", "start"], 1)?;
    let items = elements(machine, &args.need(0))?;
    let start = args.get(1).map_or(Ok(0), |s| index_int(machine, &s))?;
    let pair = |(k, item): (usize, Value)| Value::tuple(vec![Value::int(start + k as i64), item]);
    Ok(Value::iterator("enumerate", items.into_iter().enumerate().map(pair).collect()))
}

fn map(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let Some((function, iterables)) = args.positional.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return Err(Error::type_("map() must have at least two arguments."));
    };
    let columns = iterables.iter().map(|v| elements(machine, v)).collect::<Result<Vec<_>>>()?;
    let shortest = columns.iter().map(Vec::len).min().unwrap_or(0);
    let call = |k: usize| {
        machine.check_interrupt()?;
        machine.call(function, Args::of(columns.iter().map(|c| c[k].clone()).collect()))
    };
    Ok(Value::iterator("map", (0..shortest).map(call).collect::<Result<_>>()?))
}

fn filter(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("filter", 2, 2)?;
    let mut kept = Vec::new();
    for item in elements(machine, &args[1])? {
        let answer = match &args[0] {
            Value::None => item.clone(),
            function => machine.call(function, Args::of(vec![item.clone()]))?,
        };
        if truthy(machine, &answer)? {
            kept.push(item);
        }
    }
    Ok(Value::iterator("filter", kept))
}

/// Whether an element is true, or false, as wanted.
fn has(machine: &Machine<'_>, value: &Value, wanted: bool) -> Result<bool> {
    for item in elements(machine, value)? {
        if truthy(machine, &item)? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn any(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("any", 1, 1)?;
    has(machine, &args[0], true).map(Value::Bool)
}

fn all(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("all", 1, 1)?;
    has(machine, &args[0], false).map(|found| Value::Bool(!found))
}

fn iter(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("iter", 1, 1)?;
    match &args[0] {
        Value::Iterator(_) => Ok(args[0].clone()),
        other => Ok(Value::iterator("iterator", elements(machine, other)?)),
    }
}

fn next(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("next", 1, 2)?;
    let Value::Iterator(iter) = &args[0] else {
        return Err(Error::type_(format!("'{}' object is not an iterator", type_name(&args[0]))));
    };
    let item = iter.borrow_mut().left.pop_front();
    item.or_else(|| args.get(1).cloned()).ok_or_else(|| Error::new(ErrorKind::StopIteration, ""))
}
