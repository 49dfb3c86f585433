//! The modules that dka stands in for, as tables: what each holds besides the rows of `ops::function`.

mod dask;
mod files;
mod indexers;
mod math;
mod numpy;
mod shuffle;
mod text_files;
mod time;

pub(in crate::lang) use dask::computed;
pub(crate) use files::to_zarr;
pub(in crate::lang) use indexers::indexed;

use crate::data::{Error, nearest};
use crate::lang::function::{Builtin, Func};
use crate::lang::rows;
use crate::lang::types::{FAMILIES, TypeId};
use crate::lang::value::Value;
use crate::ops::function::Mode;
use std::rc::Rc;

/// A module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleId {
    Numpy,
    NumpyLinalg,
    NumpyFft,
    NumpyRandom,
    NumpyExceptions,
    NumpyTesting,
    NumpyLib,
    NumpyStrides,
    Dask,
    DaskConfig,
    DaskArray,
    DaskLinalg,
    DaskFft,
    DaskRandom,
    DaskLib,
    DaskStrides,
    DaskOverlap,
    Distributed,
    Diagnostics,
    Warnings,
    Math,
    Time,
}

/// What a module holds.
struct Module {
    id: ModuleId,
    /// The name that is imported.
    name: &'static str,
    /// The prefix of its rows in `ops::function`, and their mode.
    rows: Option<(&'static str, Mode)>,
    modules: &'static [(&'static str, ModuleId)],
    functions: &'static [&'static [Builtin]],
}

const NONE: &[(&str, ModuleId)] = &[];

static MODULES: &[Module] = &[
    Module {
        id: ModuleId::Numpy,
        name: "numpy",
        rows: Some(("", Mode::Eager)),
        modules: &[
            ("linalg", ModuleId::NumpyLinalg),
            ("fft", ModuleId::NumpyFft),
            ("random", ModuleId::NumpyRandom),
            ("exceptions", ModuleId::NumpyExceptions),
            ("testing", ModuleId::NumpyTesting),
            ("lib", ModuleId::NumpyLib),
        ],
        functions: &[numpy::FUNCTIONS, files::NUMPY, text_files::FUNCTIONS, indexers::FUNCTIONS],
    },
    Module {
        id: ModuleId::NumpyLinalg,
        name: "numpy.linalg",
        rows: Some(("linalg.", Mode::Eager)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::NumpyFft,
        name: "numpy.fft",
        rows: Some(("fft.", Mode::Eager)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::NumpyRandom,
        name: "numpy.random",
        rows: Some(("random.", Mode::Eager)),
        modules: NONE,
        functions: &[shuffle::FUNCTIONS],
    },
    Module { id: ModuleId::NumpyExceptions, name: "numpy.exceptions", rows: None, modules: NONE, functions: &[] },
    Module {
        id: ModuleId::NumpyTesting,
        name: "numpy.testing",
        rows: None,
        modules: NONE,
        functions: &[numpy::TESTING],
    },
    Module {
        id: ModuleId::NumpyLib,
        name: "numpy.lib",
        rows: None,
        modules: &[("stride_tricks", ModuleId::NumpyStrides)],
        functions: &[],
    },
    Module {
        id: ModuleId::NumpyStrides,
        name: "numpy.lib.stride_tricks",
        rows: Some(("lib.stride_tricks.", Mode::Eager)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::Dask,
        name: "dask",
        rows: None,
        modules: &[
            ("array", ModuleId::DaskArray),
            ("config", ModuleId::DaskConfig),
            ("distributed", ModuleId::Distributed),
            ("diagnostics", ModuleId::Diagnostics),
        ],
        functions: &[dask::FUNCTIONS],
    },
    Module { id: ModuleId::DaskConfig, name: "dask.config", rows: None, modules: NONE, functions: &[dask::CONFIG] },
    Module {
        id: ModuleId::DaskArray,
        name: "dask.array",
        rows: Some(("", Mode::Lazy)),
        modules: &[
            ("linalg", ModuleId::DaskLinalg),
            ("fft", ModuleId::DaskFft),
            ("random", ModuleId::DaskRandom),
            ("lib", ModuleId::DaskLib),
            ("overlap", ModuleId::DaskOverlap),
        ],
        functions: &[dask::FUNCTIONS, files::DASK, numpy::FUNCTIONS, indexers::FUNCTIONS],
    },
    Module {
        id: ModuleId::DaskLinalg,
        name: "dask.array.linalg",
        rows: Some(("linalg.", Mode::Lazy)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::DaskFft,
        name: "dask.array.fft",
        rows: Some(("fft.", Mode::Lazy)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::DaskRandom,
        name: "dask.array.random",
        rows: Some(("random.", Mode::Lazy)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::DaskLib,
        name: "dask.array.lib",
        rows: None,
        modules: &[("stride_tricks", ModuleId::DaskStrides)],
        functions: &[],
    },
    Module {
        id: ModuleId::DaskStrides,
        name: "dask.array.lib.stride_tricks",
        rows: Some(("lib.stride_tricks.", Mode::Lazy)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::DaskOverlap,
        name: "dask.array.overlap",
        rows: Some(("overlap.", Mode::Lazy)),
        modules: NONE,
        functions: &[],
    },
    Module {
        id: ModuleId::Distributed,
        name: "dask.distributed",
        rows: None,
        modules: NONE,
        functions: &[dask::DISTRIBUTED],
    },
    Module {
        id: ModuleId::Diagnostics,
        name: "dask.diagnostics",
        rows: None,
        modules: NONE,
        functions: &[dask::DIAGNOSTICS],
    },
    Module { id: ModuleId::Warnings, name: "warnings", rows: None, modules: NONE, functions: &[time::WARNINGS] },
    Module { id: ModuleId::Math, name: "math", rows: None, modules: NONE, functions: &[math::FUNCTIONS] },
    Module { id: ModuleId::Time, name: "time", rows: None, modules: NONE, functions: &[time::FUNCTIONS] },
];

/// Other names of modules.
const ALIASES: &[(&str, &str)] = &[("distributed", "dask.distributed")];

fn module(id: ModuleId) -> Option<&'static Module> {
    MODULES.iter().find(|m| m.id == id)
}

/// The module of a dotted name.
pub fn by_name(name: &str) -> Option<ModuleId> {
    let name = ALIASES.iter().find(|row| row.0 == name).map_or(name, |row| row.1);
    MODULES.iter().find(|m| m.name == name).map(|m| m.id)
}

/// The names of all modules.
pub fn names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|m| m.name)
}

/// The dotted name of a module.
pub fn full_name(id: ModuleId) -> &'static str {
    module(id).map_or("module", |m| m.name)
}

/// Functions that a module holds too, by the names of their rows.
const ELSEWHERE: &[(ModuleId, &str, &str)] = &[
    (ModuleId::DaskOverlap, "map_overlap", "map_overlap"),
    (ModuleId::DaskOverlap, "sliding_window_view", "lib.stride_tricks.sliding_window_view"),
];

/// What a module holds under a name.
pub fn member(id: ModuleId, name: &str) -> Option<Value> {
    let module = module(id)?;
    if let Some((_, inner)) = module.modules.iter().find(|row| row.0 == name) {
        return Some(Value::Module(*inner));
    }
    if let Some(builtin) = module.functions.iter().copied().flatten().find(|f| f.name == name) {
        return Some(Value::Function(Rc::new(Func::Builtin(builtin))));
    }
    if let Some(value) = constant(id, name) {
        return Some(value);
    }
    let (prefix, mode) = module.rows?;
    let elsewhere = ELSEWHERE.iter().find(|row| row.0 == id && row.1 == name).map(|row| row.2.to_string());
    let row = rows::find_in(&elsewhere.unwrap_or_else(|| format!("{prefix}{name}")), mode)?;
    Some(Value::Function(Rc::new(Func::Row { row, mode })))
}

/// The constants and types of a module.
fn constant(id: ModuleId, name: &str) -> Option<Value> {
    match id {
        ModuleId::Numpy | ModuleId::DaskArray => numpy::constant(name).or_else(|| match (id, name) {
            (ModuleId::DaskArray, "Array") => Some(Value::Type(TypeId::Plain("dask.array.core.Array"))),
            (ModuleId::Numpy, _) if indexers::INDEXERS.contains(&name) => {
                indexers::INDEXERS.iter().find(|n| **n == name).map(|n| Value::Indexer(n))
            }
            (_, "ndarray") => Some(Value::Type(TypeId::Plain("numpy.ndarray"))),
            _ => None,
        }),
        ModuleId::NumpyExceptions if name == "AxisError" => Some(Value::Exception("AxisError")),
        ModuleId::NumpyLinalg if name == "LinAlgError" => Some(Value::Exception("LinAlgError")),
        ModuleId::Math => math::constant(name),
        _ => None,
    }
}

/// The names of a module that are shown, sorted.
pub fn public_names(id: ModuleId) -> Vec<String> {
    let Some(module) = module(id) else { return Vec::new() };
    let mut names: Vec<String> = module.modules.iter().map(|row| row.0.to_string()).collect();
    names.extend(module.functions.iter().copied().flatten().map(|f| f.name.to_string()));
    if let Some((prefix, mode)) = module.rows {
        names.extend(rows::names(prefix, mode).into_iter().map(str::to_string));
    }
    names.extend(ELSEWHERE.iter().filter(|row| row.0 == id).map(|row| row.1.to_string()));
    match id {
        ModuleId::Numpy | ModuleId::DaskArray => {
            names.extend(numpy::CONSTANTS.iter().map(|n| (*n).to_string()));
            names.extend(FAMILIES.iter().map(|n| (*n).to_string()));
            names.extend(crate::data::DType::all().map(|d| d.name().to_string()));
        }
        ModuleId::Math => names.extend(["pi", "e", "tau", "inf", "nan"].map(str::to_string)),
        _ => {}
    }
    names.sort();
    names.dedup();
    names
}

/// `AttributeError` of a name that a module does not hold, with the one that was probably meant.
pub fn no_attribute(id: ModuleId, name: &str) -> Error {
    let error = Error::attribute(format!("module '{}' has no attribute '{name}'", full_name(id)));
    let names = public_names(id);
    match nearest(name, names.iter().map(String::as_str)) {
        Some(meant) => error.help(format!("unknown function `{name}`: did you mean `{meant}`?")),
        None => error,
    }
}
