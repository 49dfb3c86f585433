//! `object.name`: attributes of arrays, scalars, dtypes and the rest; methods and modules by their tables.

use crate::data::{Cuts, DType, Error, Result, Scalar, nearest};
use crate::ir::Kernel;
use crate::lang::array::ArrayCell;
use crate::lang::eval::index_entries;
use crate::lang::eval::vector::elementwise;
use crate::lang::function::Func;
use crate::lang::machine::{Machine, Wrap};
use crate::lang::types::{TypeId, scalar_name, type_name};
use crate::lang::value::Value;
use crate::lang::{methods, modules, rows, ufuncs};
use crate::ops::function::Mode;
use crate::ops::index::Index;
use num_bigint::BigInt;
use std::rc::Rc;

/// What an attribute of an array is made of.
type ArrayAttribute = fn(&Machine<'_>, &Rc<ArrayCell>) -> Result<Value>;

/// The attributes of arrays; those after `chunks` are of lazy arrays alone.
const ARRAY: &[(&str, bool, ArrayAttribute)] = &[
    ("shape", false, |_, a| Ok(lengths(&a.expr().shape))),
    ("dtype", false, |_, a| Ok(Value::DType(a.dtype()))),
    ("ndim", false, |_, a| Ok(Value::int(a.expr().ndim()))),
    ("size", false, |_, a| Ok(crate::data::size_of(&a.expr().shape).map_or(Value::Float(f64::NAN), Value::int))),
    ("nbytes", false, |_, a| Ok(a.expr().nbytes().map_or(Value::Float(f64::NAN), Value::int))),
    ("itemsize", false, |_, a| Ok(Value::int(a.dtype().itemsize()))),
    ("T", false, transposed),
    ("mT", false, matrix_transposed),
    ("real", false, |m, a| complex_part(m, a, Kernel::Real)),
    ("imag", false, |m, a| elementwise(m, Kernel::Imag, &[&Value::Array(a.clone())])),
    ("flat", false, |m, a| {
        Ok(Value::iterator("numpy.flatiter", m.values(a)?.scalars().into_iter().map(Value::Scalar).collect()))
    }),
    ("base", false, |_, a| Ok(a.base().map_or(Value::None, Value::Array))),
    ("strides", false, |_, a| {
        let expr = a.expr();
        let strides = crate::data::c_strides(&expr.shape);
        Ok(lengths(&strides.iter().map(|s| s * expr.dtype.itemsize()).collect::<Vec<_>>()))
    }),
    ("chunks", true, |_, a| Ok(Value::tuple(a.expr().chunks.0.iter().map(|c: &Cuts| lengths(&c.sizes())).collect()))),
    ("chunksize", true, |_, a| Ok(lengths(&a.expr().chunks.chunksize()))),
    ("numblocks", true, |_, a| Ok(lengths(&a.expr().chunks.numblocks()))),
    ("npartitions", true, |_, a| Ok(Value::int(a.expr().chunks.count()))),
    ("blocks", true, |_, a| Ok(Value::Blocks(a.clone()))),
    ("partitions", true, |_, a| Ok(Value::Blocks(a.clone()))),
    ("name", true, |_, a| Ok(Value::str(format!("{}-{:016x}", crate::lang::repr::op_name(&a.expr()), a.expr().id())))),
];

/// A tuple of lengths; an unknown one is NaN, as Dask has it.
fn lengths(shape: &[usize]) -> Value {
    let one = |&n: &usize| if n == crate::data::UNKNOWN { Value::Float(f64::NAN) } else { Value::int(n) };
    Value::tuple(shape.iter().map(one).collect())
}

fn transposed(machine: &Machine<'_>, array: &Rc<ArrayCell>) -> Result<Value> {
    let expr = array.expr();
    let order: Vec<usize> = (0..expr.ndim()).rev().collect();
    view(machine, array, &crate::ops::primitive::transpose(&expr, &order))
}

fn matrix_transposed(machine: &Machine<'_>, array: &Rc<ArrayCell>) -> Result<Value> {
    let expr = array.expr();
    let mut order: Vec<usize> = (0..expr.ndim()).collect();
    let n = order.len();
    if n < 2 {
        return Err(Error::value("matrix transpose with ndim < 2 is undefined"));
    }
    order.swap(n - 1, n - 2);
    view(machine, array, &crate::ops::primitive::transpose(&expr, &order))
}

fn view(machine: &Machine<'_>, array: &Rc<ArrayCell>, expr: &crate::ir::Expr) -> Result<Value> {
    let bases = [array.clone()];
    machine.wrap(expr, Wrap { mode: array.mode, keep_0d: true, bases: &bases })
}

fn complex_part(machine: &Machine<'_>, array: &Rc<ArrayCell>, kernel: Kernel) -> Result<Value> {
    let whole = Value::Array(array.clone());
    if array.dtype().is_complex() { elementwise(machine, kernel, &[&whole]) } else { Ok(whole) }
}

/// The attribute of an object.
///
/// # Errors
/// `AttributeError`, with the name that was probably meant.
pub fn attribute(machine: &Machine<'_>, object: &Value, name: &str) -> Result<Value> {
    if let Value::Module(module) = object {
        return modules::member(*module, name).ok_or_else(|| modules::no_attribute(*module, name));
    }
    if let Some(value) = own(machine, object, name)? {
        return Ok(value);
    }
    let baseline = || methods::find_baseline(object, name).filter(|_| machine.outside.da_is_eager());
    if let Some(method) = methods::find(object, name).or_else(baseline) {
        return Ok(Value::Function(Rc::new(Func::Method { method, receiver: object.clone() })));
    }
    if matches!(object, Value::Array(_) | Value::Scalar(_))
        && let Some(row) = rows::methods().find(|row| row.name == name)
    {
        return Ok(Value::Function(Rc::new(Func::RowMethod { row, receiver: object.clone() })));
    }
    if let Value::Generator(..) = object
        && let Some(row) = rows::find(&format!("Generator.{name}"))
    {
        return Ok(Value::Function(Rc::new(Func::RowMethod { row, receiver: object.clone() })));
    }
    Err(no_attribute(object, name))
}

fn no_attribute(object: &Value, name: &str) -> Error {
    let kind = match object {
        Value::Type(TypeId::Plain(name)) => format!("type object '{name}'"),
        other => format!("'{}' object", type_name(other)),
    };
    let error = Error::attribute(format!("{kind} has no attribute '{name}'"));
    let names = attribute_names(object);
    let error = match nearest(name, names.iter().map(String::as_str)) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None => error,
    };
    match object {
        Value::Array(array) if array.mode == Mode::Eager && ARRAY.iter().any(|row| row.0 == name) => {
            error.help("only lazy arrays (da) are cut in chunks")
        }
        Value::Array(array) if array.mode == Mode::Eager && name == "compute" => {
            error.help("an eager array (np) is computed already")
        }
        _ => error,
    }
}

/// The names after the dot of an object.
pub fn attribute_names(object: &Value) -> Vec<String> {
    let mut names: Vec<String> = methods::names(object).into_iter().map(str::to_string).collect();
    match object {
        Value::Module(module) => return modules::public_names(*module),
        Value::Array(array) => {
            let seen = ARRAY.iter().filter(|row| !row.1 || array.mode == Mode::Lazy);
            names.extend(seen.map(|row| row.0.to_string()));
            names.extend(rows::methods().map(|row| row.name.to_string()));
        }
        Value::Scalar(_) => {
            names.extend(["dtype", "shape", "ndim", "size", "real", "imag", "itemsize", "nbytes"].map(str::to_string));
            names.extend(rows::methods().map(|row| row.name.to_string()));
        }
        Value::Generator(..) => names.extend(rows::names("Generator.", Mode::Eager).into_iter().map(str::to_string)),
        Value::DType(_) => names.extend(["name", "itemsize", "kind", "char", "str", "type"].map(str::to_string)),
        Value::Named(named) => names.extend(named.fields.iter().map(|f| (*f).to_string())),
        Value::Limits(_) => {
            names.extend(["min", "max", "bits", "eps", "dtype", "tiny", "resolution"].map(str::to_string))
        }
        Value::Slice(_) | Value::Range(_) => names.extend(["start", "stop", "step"].map(str::to_string)),
        _ => {}
    }
    names.sort();
    names.dedup();
    names
}

/// An attribute that is no method; `None` where there is none of that name.
fn own(machine: &Machine<'_>, object: &Value, name: &str) -> Result<Option<Value>> {
    Ok(match object {
        Value::Array(array) => {
            let chunked = array.mode == Mode::Lazy || machine.outside.da_is_eager();
            let row = ARRAY.iter().find(|row| row.0 == name && (!row.1 || chunked));
            row.map(|row| (row.2)(machine, array)).transpose()?
        }
        Value::Scalar(scalar) => scalar_attribute(*scalar, name),
        Value::DType(dtype) => dtype_attribute(*dtype, name),
        Value::Limits(dtype) => limit(*dtype, name),
        Value::Int(_) | Value::Bool(_) | Value::Float(_) | Value::Complex(_) => number_attribute(object, name),
        Value::Slice(parts) => ["start", "stop", "step"].iter().position(|n| *n == name).map(|i| parts[i].clone()),
        Value::Range(range) => match name {
            "start" => Some(Value::Int(range.start.clone())),
            "stop" => Some(Value::Int(range.stop.clone())),
            "step" => Some(Value::Int(range.step.clone())),
            _ => None,
        },
        Value::Named(named) => named.fields.iter().position(|f| *f == name).map(|i| named.items[i].clone()),
        Value::Type(id) if name == "__name__" => Some(Value::str(short_name(*id))),
        Value::Exception(kind) if name == "__name__" => Some(Value::str(kind)),
        Value::Function(f) if name == "__name__" => Some(Value::str(f.name().rsplit('.').next().unwrap_or_default())),
        Value::Function(f) => ufunc_attribute(f, name),
        Value::Blocks(array) => blocks_attribute(machine, array, name)?,
        _ => None,
    })
}

fn short_name(id: TypeId) -> String {
    let full = match id {
        TypeId::Plain(name) | TypeId::Family(name) => name,
        TypeId::Scalar(dtype) => scalar_name(dtype),
    };
    full.rsplit('.').next().unwrap_or(full).to_string()
}

fn scalar_attribute(scalar: Scalar, name: &str) -> Option<Value> {
    let dtype = scalar.dtype();
    Some(match name {
        "dtype" => Value::DType(dtype),
        "shape" => Value::tuple(vec![]),
        "ndim" => Value::int(0),
        "size" => Value::int(1),
        "itemsize" | "nbytes" => Value::int(dtype.itemsize()),
        "T" => Value::Scalar(scalar),
        "real" if dtype.is_complex() => Value::Scalar(Scalar::Float64(scalar.to_c64().re).cast(dtype.real())),
        "real" => Value::Scalar(scalar),
        "imag" => Value::Scalar(Scalar::Float64(scalar.to_c64().im).cast(dtype.real())),
        _ => return None,
    })
}

fn dtype_attribute(dtype: DType, name: &str) -> Option<Value> {
    Some(match name {
        "name" => Value::str(dtype.name()),
        "itemsize" | "alignment" => Value::int(dtype.itemsize()),
        "kind" => Value::str(dtype.kind_letter().to_string()),
        "char" => Value::str(dtype.char().to_string()),
        "str" => Value::str(format!("{}{}", if dtype.itemsize() == 1 { '|' } else { '<' }, dtype.code())),
        "type" => Value::Type(TypeId::Scalar(dtype)),
        "ndim" => Value::int(0),
        "shape" => Value::tuple(vec![]),
        _ => return None,
    })
}

fn limit(dtype: DType, name: &str) -> Option<Value> {
    if name == "dtype" {
        return Some(Value::DType(dtype));
    }
    if name == "bits" {
        return Some(Value::int(8 * dtype.real().itemsize()));
    }
    if let Some((low, high)) = dtype.integer_bounds() {
        return match name {
            "min" => Some(Value::int(low)),
            "max" => Some(Value::int(high)),
            _ => None,
        };
    }
    let single = dtype.real() == DType::Float32;
    let value = |a: f32, b: f64| if single { Scalar::Float32(a) } else { Scalar::Float64(b) };
    Some(Value::Scalar(match name {
        "max" => value(f32::MAX, f64::MAX),
        "min" => value(f32::MIN, f64::MIN),
        "eps" => value(f32::EPSILON, f64::EPSILON),
        "epsneg" => value(f32::EPSILON / 2.0, f64::EPSILON / 2.0),
        "tiny" | "smallest_normal" => value(f32::MIN_POSITIVE, f64::MIN_POSITIVE),
        "smallest_subnormal" => value(f32::from_bits(1), f64::from_bits(1)),
        "resolution" => value(1e-6, 1e-15),
        "precision" => return Some(Value::int(if single { 6 } else { 15 })),
        _ => return None,
    }))
}

fn number_attribute(value: &Value, name: &str) -> Option<Value> {
    match (value, name) {
        (Value::Complex(z), "real") => Some(Value::Float(z.re)),
        (Value::Complex(z), "imag") => Some(Value::Float(z.im)),
        (Value::Float(_), "real") => Some(value.clone()),
        (Value::Float(_), "imag") => Some(Value::Float(0.0)),
        (Value::Int(_), "real" | "numerator") => Some(value.clone()),
        (Value::Bool(v), "real" | "numerator") => Some(Value::Int(BigInt::from(u8::from(*v)))),
        (Value::Int(_) | Value::Bool(_), "imag") => Some(Value::int(0)),
        (Value::Int(_) | Value::Bool(_), "denominator") => Some(Value::int(1)),
        _ => None,
    }
}

fn ufunc_attribute(function: &Func, name: &str) -> Option<Value> {
    let Func::Row { row, mode } = function else { return None };
    if !ufuncs::is_ufunc(row.name) {
        return None;
    }
    let inputs = row.params.iter().filter(|p| p.default.is_none()).count();
    match name {
        "nin" => Some(Value::int(inputs)),
        "nout" => Some(Value::int(1)),
        _ => {
            let method = ["reduce", "accumulate", "outer"].into_iter().find(|m| *m == name)?;
            Some(Value::Function(Rc::new(Func::UfuncMethod { row, mode: *mode, method })))
        }
    }
}

fn blocks_attribute(_machine: &Machine<'_>, array: &Rc<ArrayCell>, name: &str) -> Result<Option<Value>> {
    let expr = array.expr();
    Ok(match name {
        "shape" => Some(lengths(&expr.chunks.numblocks())),
        "size" => Some(Value::int(expr.chunks.count())),
        _ => None,
    })
}

/// `x.blocks[i, j]`: the part of the array that the chosen blocks make.
pub(super) fn block_part(machine: &Machine<'_>, array: &Rc<ArrayCell>, index: &Value) -> Result<Value> {
    let expr = machine.known(array)?;
    let entries = index_entries(machine, index)?;
    if entries.len() > expr.ndim() {
        return Err(Error::index("too many indices for the grid of blocks"));
    }
    let mut at = Vec::new();
    for (cuts, entry) in expr.chunks.0.iter().zip(&entries) {
        at.push(block_range(cuts, entry)?);
    }
    machine.index_array(array, &at)
}

fn block_range(cuts: &Cuts, entry: &Index) -> Result<Index> {
    let offsets = cuts.offsets();
    let count = cuts.count() as i64;
    let (first, end) = match *entry {
        Index::At(i) if i < -count || i >= count => {
            return Err(Error::index(format!("index {i} is out of bounds for an axis of {count} blocks")));
        }
        Index::At(i) => {
            let i = if i < 0 { i + count } else { i } as usize;
            (i, i + 1)
        }
        Index::Slice { start, stop, step: None | Some(1) } => {
            let (first, n) = crate::ops::index::resolve(start, stop, 1, cuts.count());
            (first, first + n)
        }
        _ => return Err(Error::not_implemented("blocks are chosen by integers and by slices without a step")),
    };
    Ok(Index::Slice { start: Some(offsets[first] as i64), stop: Some(offsets[end] as i64), step: None })
}
