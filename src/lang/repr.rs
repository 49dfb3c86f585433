//! The text of values, as `repr`, `str`, `print` and format specs give it.

use crate::data::text::{
    self, PercentValue, format_bool, format_complex, format_float, format_int, format_scalar, format_str,
    percent_format, percent_format_named, python_complex, python_float, python_str_repr, scalar_repr, scalar_str,
};
use crate::data::{DType, Error, Result, show_shape};
use crate::ir::{Expr, Kernel, Op};
use crate::lang::function::Func;
use crate::lang::machine::Machine;
use crate::lang::types::{show_type, type_name};
use crate::lang::ufuncs::is_ufunc;
use crate::lang::value::{Range, Value};
use crate::lang::{array::ArrayCell, modules};
use crate::ops::function::Mode;

/// Lists deeper than this are shown as `[...]`: a list may hold itself.
const DEEPEST: usize = 60;

/// The text that `repr` gives.
///
/// # Errors
/// Where an array's values cannot be read.
pub fn repr(machine: &Machine<'_>, value: &Value) -> Result<String> {
    show(machine, value, 0)
}

/// The text that `str` and `print` give.
///
/// # Errors
/// Where an array's values cannot be read.
pub fn text_of(machine: &Machine<'_>, value: &Value) -> Result<String> {
    match value {
        Value::Str(text) => Ok(text.to_string()),
        Value::Scalar(scalar) => Ok(scalar_str(*scalar)),
        Value::Array(array) if array.mode == Mode::Eager => {
            let block = machine.values(array)?;
            Ok(text::str_with(&block, &machine.session.print_options.borrow()))
        }
        Value::DType(dtype) => Ok(dtype.name().to_string()),
        Value::Limits(dtype) => Ok(limits_table(*dtype)),
        other => repr(machine, other),
    }
}

/// The text of a value where no array needs to be read.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Array(array) => lazy_array(array),
        Value::List(items) => format!("[{}]", join_plain(&items.borrow())),
        Value::Tuple(items) => format!("({})", join_plain(items)),
        other => simple(other),
    }
}

fn join_plain(items: &[Value]) -> String {
    items.iter().map(simple).collect::<Vec<_>>().join(", ")
}

fn show(machine: &Machine<'_>, value: &Value, depth: usize) -> Result<String> {
    let all = |items: &[Value]| items.iter().map(|v| show(machine, v, depth + 1)).collect::<Result<Vec<_>>>();
    if depth > DEEPEST {
        return Ok("[...]".to_string());
    }
    Ok(match value {
        Value::Array(array) if array.mode == Mode::Eager => {
            let block = machine.values(array)?;
            text::repr_with(&block, &machine.session.print_options.borrow())
        }
        Value::Array(array) => lazy_array(array),
        Value::Tuple(items) => match all(items)?.as_slice() {
            [one] => format!("({one},)"),
            many => format!("({})", many.join(", ")),
        },
        Value::Named(named) => {
            let items = all(&named.items)?;
            let parts: Vec<String> = named.fields.iter().zip(items).map(|(f, v)| format!("{f}={v}")).collect();
            format!("{}({})", named.name, parts.join(", "))
        }
        Value::List(items) => format!("[{}]", all(&items.borrow().clone())?.join(", ")),
        Value::Dict(dict) => {
            let pairs: Vec<(Value, Value)> = dict.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            let pair = |(k, v): &(Value, Value)| {
                Ok(format!("{}: {}", show(machine, k, depth + 1)?, show(machine, v, depth + 1)?))
            };
            format!("{{{}}}", pairs.iter().map(pair).collect::<Result<Vec<_>>>()?.join(", "))
        }
        Value::Set(set) if set.borrow().is_empty() => "set()".to_string(),
        Value::Set(set) => format!("{{{}}}", all(&set.borrow().keys())?.join(", ")),
        Value::Slice(parts) => format!("slice({})", all(&parts[..])?.join(", ")),
        Value::Client(client) => machine.outside.show_client(*client),
        other => simple(other),
    })
}

fn simple(value: &Value) -> String {
    match value {
        Value::None => "None".to_string(),
        Value::Bool(v) => if *v { "True" } else { "False" }.to_string(),
        Value::Int(v) => v.to_string(),
        Value::Float(v) => python_float(*v),
        Value::Complex(v) => python_complex(*v),
        Value::Str(v) => python_str_repr(v),
        Value::Ellipsis => "Ellipsis".to_string(),
        Value::NotImplemented => "NotImplemented".to_string(),
        Value::Scalar(v) => scalar_repr(*v),
        Value::DType(dtype) => format!("dtype('{dtype}')"),
        Value::Type(id) => show_type(*id),
        Value::Exception(kind) => format!("<class '{kind}'>"),
        Value::Module(id) => format!("<module '{}'>", modules::full_name(*id)),
        Value::Range(range) => range_text(range),
        Value::Function(f) => function_text(f),
        Value::Generator(..) => "Generator(Philox)".to_string(),
        Value::Limits(dtype) => limits(*dtype),
        Value::Iterator(iter) => format!("<{} object>", iter.borrow().kind),
        other => format!("<{} object>", type_name(other)),
    }
}

fn range_text(range: &Range) -> String {
    if range.step == 1.into() {
        return format!("range({}, {})", range.start, range.stop);
    }
    format!("range({}, {}, {})", range.start, range.stop, range.step)
}

fn function_text(function: &Func) -> String {
    match function {
        Func::Row { row, .. } if is_ufunc(row.name) => format!("<ufunc '{}'>", row.name),
        Func::Row { row, .. } => format!("<function {}>", row.name.rsplit('.').next().unwrap_or(row.name)),
        Func::Builtin(builtin) => format!("<built-in function {}>", builtin.name),
        Func::Method { method, receiver } => {
            format!("<built-in method {} of {} object>", method.name, type_name(receiver))
        }
        Func::RowMethod { row, receiver } => {
            format!("<built-in method {} of {} object>", row.name, type_name(receiver))
        }
        Func::UfuncMethod { method, .. } => format!("<built-in method {method} of numpy.ufunc object>"),
        Func::Lambda(_) => "<function <lambda>>".to_string(),
        Func::Vectorized(_) => "<numpy.vectorize object>".to_string(),
    }
}

fn limits(dtype: DType) -> String {
    match dtype.integer_bounds() {
        Some((low, high)) => format!("iinfo(min={low}, max={high}, dtype={dtype})"),
        None if dtype.real() == DType::Float32 => {
            "finfo(resolution=1e-06, min=-3.4028235e+38, max=3.4028235e+38, dtype=float32)".to_string()
        }
        None => "finfo(resolution=1e-15, min=-1.7976931348623157e+308, max=1.7976931348623157e+308, dtype=float64)"
            .to_string(),
    }
}

fn limits_table(dtype: DType) -> String {
    let Some((low, high)) = dtype.integer_bounds() else { return limits(dtype) };
    let line = "-".repeat(63);
    format!("Machine parameters for {dtype}\n{line}\nmin = {low}\nmax = {high}\n{line}\n")
}

/// A lazy array as Dask prints it.
fn lazy_array(array: &ArrayCell) -> String {
    let expr = array.expr();
    if array.mode == Mode::Eager {
        return format!("array of shape {} and dtype {}", show_shape(&expr.shape), expr.dtype);
    }
    format!(
        "dask.array<{}, shape={}, dtype={}, chunksize={}, chunktype=numpy.ndarray>",
        op_name(&expr),
        show_shape(&expr.shape),
        expr.dtype,
        show_shape(&expr.chunks.chunksize())
    )
}

/// What an expression's last operation is called, as Dask's names of arrays begin.
pub fn op_name(expr: &Expr) -> String {
    match &expr.op {
        Op::Memory(_) | Op::Stored(_) => "array".to_string(),
        Op::Fill(_) => "full".to_string(),
        Op::Iota { .. } => "arange".to_string(),
        Op::Random(random) => match &random.distribution {
            crate::ir::Distribution::Uniform { .. } => "random_sample".to_string(),
            crate::ir::Distribution::Normal { .. } => "normal".to_string(),
            crate::ir::Distribution::Integers { .. } => "integers".to_string(),
            crate::ir::Distribution::Named { name, .. } => name.clone(),
        },
        Op::Map(Kernel::Cast) => "astype".to_string(),
        Op::Map(kernel) => format!("{kernel:?}").to_lowercase(),
        Op::Reduce(reduce) => {
            format!("{:?}-aggregate", reduce.fold).split([' ', '{']).next().unwrap_or("reduce").to_lowercase()
        }
        Op::Scan(_) => "cumulative".to_string(),
        Op::View(_) => "getitem".to_string(),
        Op::Reshape => "reshape".to_string(),
        Op::Rechunk => "rechunk-merge".to_string(),
        Op::Take { .. } | Op::Select => "getitem".to_string(),
        Op::Concat { .. } => "concatenate".to_string(),
        Op::Update(_) => "setitem".to_string(),
        Op::Contract { .. } => "matmul".to_string(),
        Op::PerBlock(block) => block.name.to_string(),
        Op::Locate(_) => "searchsorted".to_string(),
        Op::Aggregate(aggregate) => aggregate.kind.name().to_string(),
    }
}

/// A value under a format spec.
///
/// # Errors
/// `ValueError` or `TypeError` where the spec does not suit the value.
pub fn format_value(machine: &Machine<'_>, value: &Value, spec: &str) -> Result<String> {
    if spec.is_empty() {
        return text_of(machine, value);
    }
    match value {
        Value::Bool(v) => format_bool(*v, spec),
        Value::Int(v) => format_int(v, spec),
        Value::Float(v) => format_float(*v, spec),
        Value::Complex(v) => format_complex(*v, spec),
        Value::Str(v) => format_str(v, spec),
        Value::Scalar(v) => format_scalar(*v, spec),
        Value::Array(array) if array.expr().ndim() == 0 => {
            let item = machine.values(array)?.item();
            item.map_or(Ok(String::new()), |scalar| format_scalar(scalar, spec))
        }
        other => Err(Error::type_(format!("unsupported format string passed to {}.__format__", type_name(other)))),
    }
}

/// Python's `%` on strings.
///
/// # Errors
/// `TypeError` or `ValueError` where template and values do not fit.
pub fn percent(machine: &Machine<'_>, template: &str, value: &Value) -> Result<String> {
    if let Value::Dict(dict) = value {
        let named = |name: &str| {
            let found = dict.borrow().get(&Value::str(name)).ok().flatten()?;
            percent_value(machine, &found).ok()
        };
        return percent_format_named(template, &named);
    }
    let values = value.tuple_items().map_or_else(|| vec![value.clone()], <[Value]>::to_vec);
    let values = values.iter().map(|v| percent_value(machine, v)).collect::<Result<Vec<_>>>()?;
    percent_format(template, &values)
}

fn percent_value(machine: &Machine<'_>, value: &Value) -> Result<PercentValue> {
    let (shown, bare, kind) = (text_of(machine, value)?, repr(machine, value)?, type_name(value));
    Ok(match value {
        Value::Int(v) => PercentValue::int(v.clone()),
        Value::Bool(v) => PercentValue::int(u8::from(*v).into()).shown(shown, bare, kind),
        Value::Float(v) => PercentValue::float(*v),
        Value::Scalar(v) => match v.as_integer() {
            Some(int) => PercentValue::int(int.into()).shown(shown, bare, kind),
            None => PercentValue::float(v.to_f64()).shown(shown, bare, kind),
        },
        _ => PercentValue::other(shown, bare, kind),
    })
}

/// Text with what is not ASCII escaped.
pub fn ascii(text: &str) -> String {
    let escape = |c: char| match c as u32 {
        0..0x80 => c.to_string(),
        code @ 0x80..0x100 => format!("\\x{code:02x}"),
        code @ 0x100..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    text.chars().map(escape).collect()
}
