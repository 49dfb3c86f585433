//! Numbers in text: `np.loadtxt`, `np.fromstring`.

use crate::data::{Error, Result};
use crate::lang::convert::{array_of, dtype_of, index_int, text};
use crate::lang::function::{Args, Builtin};
use crate::lang::machine::{Machine, Wrap};
use crate::lang::value::Value;
use crate::ops::function::Mode;
use std::path::Path;

pub(super) const FUNCTIONS: &[Builtin] = &[
    Builtin {
        name: "loadtxt",
        signature: "loadtxt(fname, dtype=float, delimiter=None, skiprows=0)",
        doc: "The numbers of a text file, a row a line.",
        run: loadtxt,
    },
    Builtin {
        name: "fromstring",
        signature: "fromstring(string, dtype=float, sep=' ')",
        doc: "The numbers of a text.",
        run: fromstring,
    },
];

fn loadtxt(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("loadtxt", &["fname", "dtype", "comments", "delimiter", "converters", "skiprows"], 1)?;
    let path = text(&args.need(0))?;
    let dtype = args.some(1).map_or(Ok(crate::data::DType::Float64), |d| dtype_of(&d))?;
    let comments = args.some(2).map_or(Ok("#".into()), |c| text(&c))?;
    let delimiter = args.some(3).map(|d| text(&d)).transpose()?;
    let skip = args.some(5).map_or(Ok(0), |n| index_int(machine, &n))?;
    let content = std::fs::read_to_string(&*path).map_err(|cause| crate::data::of_file(Path::new(&*path), &cause))?;
    let lines = content
        .lines()
        .skip(usize::try_from(skip).unwrap_or(0))
        .map(|l| l.split(&*comments).next().unwrap_or(l).trim());
    let row = |line: &str| numbers(line, delimiter.as_deref()).map(Value::list);
    let rows = lines.filter(|l| !l.is_empty()).map(row).collect::<Result<Vec<_>>>()?;
    let table = array_of(machine, &Value::list(rows))?;
    let ones: Vec<usize> = (0..table.ndim()).filter(|&axis| table.shape[axis] == 1).collect();
    let table = crate::ops::primitive::squeeze(&table, &ones)?;
    machine.wrap(&crate::ops::primitive::cast(&table, dtype), Wrap { mode: Mode::Eager, keep_0d: true, bases: &[] })
}

fn numbers(line: &str, delimiter: Option<&str>) -> Result<Vec<Value>> {
    let parts: Vec<&str> = match delimiter.map(str::trim).filter(|d| !d.is_empty()) {
        Some(delimiter) => line.split(delimiter).map(str::trim).filter(|p| !p.is_empty()).collect(),
        None => line.split_whitespace().collect(),
    };
    let number = |part: &&str| {
        part.parse::<f64>()
            .map(Value::Float)
            .map_err(|_| Error::value(format!("could not convert string '{part}' to float64")))
    };
    parts.iter().map(number).collect()
}

fn fromstring(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("fromstring", &["string", "dtype", "count", "*", "sep"], 1)?;
    let source = text(&args.need(0))?;
    let dtype = args.some(1).map_or(Ok(crate::data::DType::Float64), |d| dtype_of(&d))?;
    let sep = args.some(3).map_or(Ok(" ".into()), |s| text(&s))?;
    let values = numbers(&source, Some(&sep))?;
    let array = array_of(machine, &Value::list(values))?;
    machine.wrap(&crate::ops::primitive::cast(&array, dtype), Wrap::fresh(Mode::Eager))
}
