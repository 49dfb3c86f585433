//! Arrays in files: `np.load`, `np.save`, `da.from_zarr`, `da.to_zarr`.

use crate::data::{Error, Result};
use crate::ir::Expr;
use crate::lang::convert::{array_of, dtype_of, index_int, text};
use crate::lang::eval::call_row;
use crate::lang::function::{Args, Builtin};
use crate::lang::machine::{Machine, Wrap};
use crate::lang::rows;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use std::path::Path;

pub(super) const NUMPY: &[Builtin] = &[
    Builtin { name: "load", signature: "load(file, mmap_mode=None)", doc: "The array of an .npy file; with a mmap_mode, read as it is needed.", run: np_load },
    Builtin { name: "save", signature: "save(file, arr)", doc: "Writes an array to an .npy file.", run: np_save },
    Builtin { name: "loadtxt", signature: "loadtxt(fname, dtype=float, delimiter=None, skiprows=0)", doc: "The numbers of a text file, a row a line.", run: loadtxt },
    Builtin { name: "fromstring", signature: "fromstring(string, dtype=float, sep=' ')", doc: "The numbers of a text.", run: fromstring },
];

pub(super) const DASK: &[Builtin] = &[
    Builtin { name: "from_zarr", signature: "from_zarr(url, component=None, chunks=None)", doc: "The lazy array of a Zarr store.", run: from_zarr },
    Builtin { name: "from_npy_stack", signature: "from_npy_stack(dirname)", doc: "The lazy array of a stack of .npy files.", run: from_zarr },
    Builtin { name: "load", signature: "load(path, chunks=None)", doc: "The lazy array of a file.", run: from_zarr },
    Builtin { name: "to_zarr", signature: "to_zarr(arr, url)", doc: "Computes an array into a Zarr store.", run: |m, a| write(m, a, "to_zarr", 0) },
    Builtin { name: "to_npy_stack", signature: "to_npy_stack(dirname, x)", doc: "Computes an array into a file.", run: |m, a| write(m, a, "to_npy_stack", 1) },
    Builtin { name: "save", signature: "save(path, arr)", doc: "Computes an array into a file.", run: |m, a| write(m, a, "save", 1) },
];

fn np_load(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("load", &["file", "mmap_mode", "allow_pickle", "fix_imports", "encoding"], 1)?;
    let expr = machine.outside.load(&text(&args.need(0))?)?;
    let mode = if args.some(1).is_some() { Mode::Lazy } else { Mode::Eager };
    machine.wrap(&expr, Wrap { mode, keep_0d: true, bases: &[] })
}

fn np_save(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("save", &["file", "arr", "allow_pickle"], 2)?;
    let path = text(&args.need(0))?.to_string();
    let known = Path::new(&path).extension().is_some_and(|ending| ending == "npy");
    let path = if known { path } else { path + ".npy" };
    machine.outside.save(&path, &array_of(machine, &args.need(1))?)?;
    Ok(Value::None)
}

fn from_zarr(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("from_zarr", &["url", "component", "chunks", "storage_options", "name", "inline_array"], 1)?;
    let mut path = text(&args.need(0))?.to_string();
    if let Some(component) = args.some(1) {
        path = format!("{}/{}", path.trim_end_matches('/'), text(&component)?);
    }
    let expr = machine.outside.load(&path)?;
    let mode = if machine.outside.da_is_eager() { Mode::Eager } else { Mode::Lazy };
    let value = machine.wrap(&expr, Wrap { mode, keep_0d: true, bases: &[] })?;
    let Some(chunks) = args.some(2) else { return Ok(value) };
    let row = rows::find("rechunk").ok_or_else(|| Error::not_implemented("rechunk is not there"))?;
    call_row(machine, row, mode, Args::of(vec![value, chunks]))
}

/// Computes an array into a path; the array is the first or the second argument.
fn write(machine: &Machine<'_>, args: Args, name: &str, path_at: usize) -> Result<Value> {
    let names: [&str; 2] = if path_at == 0 { ["arr", "url"] } else { ["dirname", "x"] };
    let keep = |(n, _): &(String, Value)| names.contains(&n.as_str());
    let args = Args { positional: args.positional, named: args.named.into_iter().filter(keep).collect() };
    let mut args = args.bind(name, &names, 2)?;
    let (first, second) = (args.need(0), args.need(1));
    let (array, path) = if path_at == 0 { (first, second) } else { (second, first) };
    let expr: Expr = array_of(machine, &array)?;
    machine.outside.save(&text(&path)?, &expr)?;
    Ok(Value::None)
}

fn loadtxt(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("loadtxt", &["fname", "dtype", "comments", "delimiter", "converters", "skiprows"], 1)?;
    let path = text(&args.need(0))?;
    let dtype = args.some(1).map_or(Ok(crate::data::DType::Float64), |d| dtype_of(&d))?;
    let comments = args.some(2).map_or(Ok("#".into()), |c| text(&c))?;
    let delimiter = args.some(3).map(|d| text(&d)).transpose()?;
    let skip = args.some(5).map_or(Ok(0), |n| index_int(machine, &n))?;
    let content = std::fs::read_to_string(&*path).map_err(|cause| crate::data::of_file(Path::new(&*path), &cause))?;
    let lines = content.lines().skip(usize::try_from(skip).unwrap_or(0)).map(|l| l.split(&*comments).next().unwrap_or(l).trim());
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
    let number = |part: &&str| part.parse::<f64>().map(Value::Float).map_err(|_| Error::value(format!("could not convert string '{part}' to float64")));
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
