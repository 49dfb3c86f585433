//! `dask`, `dask.array`, `dask.distributed`, `dask.diagnostics`, `dask.config`.

use crate::data::{Error, Result};
use crate::ir::Expr;
use crate::lang::array::ArrayCell;
use crate::lang::dict::Dict;
use crate::lang::function::{Args, Builtin};
use crate::lang::machine::{Machine, of_block};
use crate::lang::outside::ClientSettings;
use crate::lang::repr::text_of;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use std::rc::Rc;

pub(super) const FUNCTIONS: &[Builtin] = &[
    Builtin {
        name: "compute",
        signature: "compute(*arrays)",
        doc: "The values of lazy arrays, computed together in one pass.",
        run: compute,
    },
    Builtin {
        name: "persist",
        signature: "persist(*arrays)",
        doc: "Lazy arrays computed together and held in memory.",
        run: persist,
    },
    Builtin {
        name: "visualize",
        signature: "visualize(*arrays, filename=None)",
        doc: "Draws the task graph.",
        run: visualize,
    },
    Builtin {
        name: "optimize",
        signature: "optimize(*arrays)",
        doc: "The arrays as they are: plans are optimised when computed.",
        run: |_, a| Ok(Value::tuple(a.positional)),
    },
];

pub(super) const CONFIG: &[Builtin] = &[
    Builtin { name: "set", signature: "set(**settings)", doc: "Sets settings.", run: config_set },
    Builtin {
        name: "get",
        signature: "get(key, default=None)",
        doc: "A setting.",
        run: |_, a| Ok(a.positional.into_iter().nth(1).unwrap_or(Value::None)),
    },
];

pub(super) const DISTRIBUTED: &[Builtin] = &[
    Builtin {
        name: "Client",
        signature: "Client(address=None, n_workers=None, threads_per_worker=None, memory_limit=None)",
        doc: "Starts the workers.",
        run: client,
    },
    Builtin {
        name: "LocalCluster",
        signature: "LocalCluster(n_workers=None, threads_per_worker=None, memory_limit=None)",
        doc: "Starts the workers.",
        run: client,
    },
    Builtin {
        name: "progress",
        signature: "progress(*arrays)",
        doc: "Accepted: progress is shown while an array is computed.",
        run: |_, _| Ok(Value::None),
    },
    Builtin {
        name: "wait",
        signature: "wait(*arrays)",
        doc: "Accepted: persisted arrays are there already.",
        run: |_, _| Ok(Value::None),
    },
];

pub(super) const DIAGNOSTICS: &[Builtin] = &[
    Builtin {
        name: "ProgressBar",
        signature: "ProgressBar()",
        doc: "Accepted: progress is shown while an array is computed.",
        run: |_, _| Ok(Value::None),
    },
    Builtin { name: "visualize", signature: "visualize(*profilers)", doc: "Accepted.", run: |_, _| Ok(Value::None) },
];

/// Collections deeper than this are not looked into: a list may hold itself.
const DEEPEST: usize = 32;

/// The lazy arrays in values, nested ones included, in the order of [`replaced`].
fn lazy_arrays(values: &[Value], levels: usize) -> Vec<Rc<ArrayCell>> {
    let mut found = Vec::new();
    for value in values {
        match value {
            Value::Array(array) if array.mode == Mode::Lazy => found.push(array.clone()),
            _ if levels == 0 => {}
            Value::List(items) => found.extend(lazy_arrays(&items.borrow(), levels - 1)),
            Value::Tuple(items) => found.extend(lazy_arrays(items, levels - 1)),
            Value::Dict(dict) => {
                let values: Vec<Value> = dict.borrow().iter().map(|(_, v)| v.clone()).collect();
                found.extend(lazy_arrays(&values, levels - 1));
            }
            _ => {}
        }
    }
    found
}

/// The values with each lazy array replaced, in the order of [`lazy_arrays`].
fn replaced(value: &Value, levels: usize, new: &mut dyn Iterator<Item = Value>) -> Result<Value> {
    Ok(match value {
        Value::Array(array) if array.mode == Mode::Lazy => new.next().unwrap_or(Value::None),
        _ if levels == 0 => value.clone(),
        Value::List(items) => {
            Value::list(items.borrow().iter().map(|v| replaced(v, levels - 1, new)).collect::<Result<_>>()?)
        }
        Value::Tuple(items) => Value::tuple(items.iter().map(|v| replaced(v, levels - 1, new)).collect::<Result<_>>()?),
        Value::Dict(dict) => {
            let mut out = Dict::default();
            for (key, value) in dict.borrow().iter() {
                out.insert(key.clone(), replaced(value, levels - 1, new)?)?;
            }
            Value::dict(out)
        }
        other => other.clone(),
    })
}

fn each(args: &Args, new: Vec<Value>) -> Result<Value> {
    let mut new = new.into_iter();
    let values = args.positional.iter().map(|value| replaced(value, DEEPEST, &mut new)).collect::<Result<_>>()?;
    Ok(Value::tuple(values))
}

fn exprs(args: &Args) -> Vec<Expr> {
    lazy_arrays(&args.positional, DEEPEST).iter().map(|array| array.expr()).collect()
}

fn compute(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let exprs = exprs(&args);
    let blocks = if exprs.is_empty() { Vec::new() } else { machine.outside.compute(&exprs)? };
    each(&args, blocks.into_iter().map(of_block).collect())
}

/// A value with each lazy array in it replaced by its values.
///
/// # Errors
/// What the computation fails with.
pub(in crate::lang) fn computed(machine: &Machine<'_>, value: &Value) -> Result<Value> {
    let answer = compute(machine, Args::of(vec![value.clone()]))?;
    Ok(answer.tuple_items().and_then(|items| items.first().cloned()).unwrap_or(Value::None))
}

fn persist(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let exprs = exprs(&args);
    let held = if exprs.is_empty() { Vec::new() } else { machine.outside.persist(&exprs)? };
    each(&args, held.into_iter().map(|expr| Value::Array(Rc::new(ArrayCell::lazy(expr)))).collect())
}

fn visualize(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let filename =
        args.named.iter().find(|(name, _)| name == "filename").map(|(_, value)| text_of(machine, value)).transpose()?;
    for expr in exprs(&args) {
        let text = machine.outside.visualize(&expr, filename.as_deref())?;
        machine.outside.print(&format!("{}\n", text.trim_end()));
    }
    Ok(Value::None)
}

fn config_set(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut settings: Vec<(String, Value)> =
        args.named.into_iter().map(|(name, value)| (name.replace("__", "."), value)).collect();
    for source in &args.positional {
        let Value::Dict(dict) = source else { return Err(Error::type_("config.set() takes a dict or named settings")) };
        for (key, value) in dict.borrow().iter() {
            settings.push((text_of(machine, key)?, value.clone()));
        }
    }
    for (name, value) in settings {
        machine.outside.set_option(&name, &text_of(machine, &value)?)?;
    }
    Ok(Value::None)
}

fn client(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut settings = ClientSettings::default();
    if let Some(Value::Client(id)) = args.positional.first() {
        return Ok(Value::Client(*id));
    }
    if let Some(address) = args.positional.first().filter(|v| !matches!(v, Value::None)) {
        settings.address = Some(text_of(machine, address)?);
    }
    for (name, value) in &args.named {
        if matches!(value, Value::None) {
            continue;
        }
        let count = || crate::lang::convert::index_int(machine, value).map(|n| usize::try_from(n).unwrap_or(0));
        match name.as_str() {
            "n_workers" => settings.workers = Some(count()?),
            "threads_per_worker" => settings.threads_per_worker = Some(count()?),
            "memory_limit" => settings.memory_limit = Some(text_of(machine, value)?),
            "address" => settings.address = Some(text_of(machine, value)?),
            _ => settings.other.push((name.clone(), text_of(machine, value)?)),
        }
    }
    machine.outside.start_client(&settings).map(Value::Client)
}
