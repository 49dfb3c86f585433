//! Methods of arrays and scalars that are no rows of `ops::function`, and those of ufuncs and clients.

use crate::data::{Element, Error, Result, Scalar, c_strides};
use crate::ir::Expr;
use crate::lang::array::ArrayCell;
use crate::lang::convert::{array_of, dtype_of, index_int, text};
use crate::lang::eval::{call_row, index_entries};
use crate::lang::function::{Args, Method};
use crate::lang::iterate::ASKED_EVERY;
use crate::lang::machine::{Machine, Wrap, of_block};
use crate::lang::methods::{method, nothing};
use crate::lang::value::Value;
use crate::lang::{rows, ufuncs};
use crate::ops::function::{Function, Mode, accumulated};
use crate::ops::index::Index;
use crate::ops::primitive;
use num_bigint::BigInt;
use std::rc::Rc;

pub(super) const LAZY: &[Method] = &[
    method("compute", |m, me, _| of_block_result(m, me)),
    method("persist", |m, me, _| {
        let held = m.outside.persist(&[cell(me)?.expr()])?;
        held.into_iter().next().map(lazy).ok_or_else(|| Error::runtime("nothing was computed"))
    }),
    method("explain", |m, me, a| {
        a.plain("explain", 0, 0)?;
        let plan = m.outside.explain(&cell(me)?.expr())?;
        m.outside.print(&format!("{}\n", plan.trim_end()));
        nothing()
    }),
    method("visualize", |m, me, a| {
        let mut a = a.bind("visualize", &["filename", "format", "optimize_graph", "color", "rankdir"], 0)?;
        let filename = a.some(0).map(|v| text(&v)).transpose()?;
        let drawn = m.outside.visualize(&cell(me)?.expr(), filename.as_deref())?;
        m.outside.print(&format!("{}\n", drawn.trim_end()));
        nothing()
    }),
    method("compute_chunk_sizes", |m, me, a| {
        a.plain("compute_chunk_sizes", 0, 0)?;
        m.known(cell(me)?)?;
        Ok(me.clone())
    }),
    method("to_zarr", save),
];

pub(super) const EAGER: &[Method] = &[
    method("fill", |m, me, a| {
        let a = a.plain("fill", 1, 1)?;
        let value = array_of(m, &a[0])?;
        m.set_array(cell(me)?, &[Index::Ellipsis], &value)?;
        nothing()
    }),
    method("itemset", |m, me, a| {
        let a = a.plain("itemset", 2, 2)?;
        let value = array_of(m, &a[1])?;
        m.set_array(cell(me)?, &index_entries(m, &a[0])?, &value)?;
        nothing()
    }),
    method("view", |m, me, a| {
        let a = a.plain("view", 0, 1)?;
        match a.first() {
            Some(dtype) if dtype_of(dtype)? != cell(me)?.dtype() => {
                let block = m.values(cell(me)?)?;
                reinterpreted(&block, dtype_of(dtype)?)
            }
            _ => Ok(Value::Array(Rc::new(ArrayCell::view_of(cell(me)?, vec![])))),
        }
    }),
    method("sort", |m, me, a| {
        let mut args = a;
        args.positional.insert(0, me.clone());
        let row = rows::find("sort").ok_or_else(|| Error::not_implemented("sort is not there"))?;
        let sorted = call_row(m, row, Mode::Eager, args)?;
        m.replace_array(cell(me)?, &array_of(m, &sorted)?)?;
        nothing()
    }),
    method("resize", |m, me, a| {
        let shape = if let [one] = a.positional.as_slice() {
            crate::lang::iterate::elements(m, one).unwrap_or_else(|_| vec![one.clone()])
        } else {
            a.positional
        };
        let row = rows::find("resize").ok_or_else(|| Error::not_implemented("resize is not there"))?;
        let new = call_row(m, row, Mode::Eager, Args::of(vec![me.clone(), Value::tuple(shape)]))?;
        let new = array_of(m, &new)?;
        cell(me)?.set_owner(new);
        nothing()
    }),
    method("tofile", save),
];

pub(super) const SCALAR: &[Method] = &[
    method("is_integer", |_, me, a| {
        a.plain("is_integer", 0, 0)?;
        Ok(Value::Bool(matches!(me, Value::Scalar(s) if s.to_f64().fract() == 0.0)))
    }),
    method("bit_count", |_, me, a| {
        a.plain("bit_count", 0, 0)?;
        let n = if let Value::Scalar(s) = me { s.to_i64().unsigned_abs().count_ones() } else { 0 };
        Ok(Value::int(n))
    }),
];

pub(super) const BOTH: &[Method] = &[
    method("item", item),
    method("tolist", tolist),
    method("__len__", |m, me, _| {
        let shape = m.known(cell(me)?)?.shape.clone();
        Ok(shape.first().map_or(Value::None, |n| Value::int(*n)))
    }),
];

pub(super) const CLIENT: &[Method] = &[
    method("close", |m, me, _| {
        if let Value::Client(id) = me {
            m.outside.close_client(*id)?;
        }
        nothing()
    }),
    method("shutdown", |m, me, _| {
        if let Value::Client(id) = me {
            m.outside.close_client(*id)?;
        }
        nothing()
    }),
    method("compute", |m, _, a| a.positional.first().map_or(Ok(Value::None), |v| m.computed(v))),
    method("persist", |m, _, a| match a.positional.first() {
        Some(Value::Array(array)) if array.mode == Mode::Lazy => {
            let held = m.outside.persist(&[array.expr()])?;
            held.into_iter().next().map(lazy).ok_or_else(|| Error::runtime("nothing was computed"))
        }
        other => Ok(other.cloned().unwrap_or(Value::None)),
    }),
    method("restart", |_, me, _| Ok(me.clone())),
];

pub(super) const BLOCKS: &[Method] = &[method("ravel", |m, me, _| {
    let Value::Blocks(array) = me else { return nothing() };
    let expr = m.known(array)?;
    let parts = (0..expr.chunks.count()).map(|k| {
        let region = expr.chunks.region(&expr.chunks.unravel(k));
        let at = |(start, len): (&usize, &usize)| Index::Slice {
            start: Some(*start as i64),
            stop: Some((start + len) as i64),
            step: None,
        };
        m.index_array(array, &region.start.iter().zip(&region.len).map(at).collect::<Vec<_>>())
    });
    Ok(Value::list(parts.collect::<Result<_>>()?))
})];

fn cell(me: &Value) -> Result<&Rc<ArrayCell>> {
    match me {
        Value::Array(array) => Ok(array),
        _ => Err(Error::type_("this is a method of arrays")),
    }
}

fn lazy(expr: Expr) -> Value {
    Value::Array(Rc::new(ArrayCell::lazy(expr)))
}

fn of_block_result(machine: &Machine<'_>, me: &Value) -> Result<Value> {
    Ok(of_block(machine.values(cell(me)?)?))
}

fn save(machine: &Machine<'_>, me: &Value, mut args: Args) -> Result<Value> {
    args.positional.insert(0, me.clone());
    crate::lang::modules::to_zarr(machine, args)
}

/// The bytes of a block read as another dtype of the same size.
fn reinterpreted(block: &crate::data::Block, dtype: crate::data::DType) -> Result<Value> {
    if block.dtype().itemsize() != dtype.itemsize() {
        return Err(Error::not_implemented("a view as a dtype of another size"));
    }
    let bits = |s: Scalar| match s {
        Scalar::Float32(v) => u64::from(v.to_bits()),
        Scalar::Float64(v) => v.to_bits(),
        other => other.to_u64(),
    };
    let back = |b: u64| match dtype {
        crate::data::DType::Float32 => Scalar::Float32(f32::from_bits(b as u32)),
        crate::data::DType::Float64 => Scalar::Float64(f64::from_bits(b)),
        _ => Scalar::UInt64(b).cast(dtype),
    };
    let values: Vec<Scalar> = block.scalars().into_iter().map(|s| back(bits(s))).collect();
    Ok(Value::block(crate::data::Block::from_scalars(block.shape(), dtype, &values)))
}

/// A NumPy scalar as the Python number that `item` gives.
fn python(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Bool(v) => Value::Bool(v),
        other => match other.as_integer() {
            Some(v) => Value::Int(BigInt::from(v)),
            None if other.dtype().is_complex() => Value::Complex(other.to_c64()),
            None => Value::Float(other.to_f64()),
        },
    }
}

fn item(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let array = match me {
        Value::Scalar(scalar) => return Ok(python(*scalar)),
        other => cell(other)?,
    };
    let block = machine.values(array)?;
    let at: Vec<i64> = match args.positional.as_slice() {
        [] => {
            let only =
                block.item().ok_or_else(|| Error::value("can only convert an array of size 1 to a Python scalar"))?;
            return Ok(python(only));
        }
        [Value::Tuple(items)] => items.iter().map(|v| index_int(machine, v)).collect::<Result<_>>()?,
        many => many.iter().map(|v| index_int(machine, v)).collect::<Result<_>>()?,
    };
    let shape = block.shape();
    let bounded = |i: i64, n: usize, axis: usize| {
        let k = if i < 0 { i + n as i64 } else { i };
        usize::try_from(k)
            .ok()
            .filter(|k| *k < n)
            .ok_or_else(|| Error::index(format!("index {i} is out of bounds for axis {axis} with size {n}")))
    };
    let index: Vec<usize> = if at.len() == 1 && shape.len() != 1 {
        let flat = usize::try_from(if at[0] < 0 { at[0] + block.size() as i64 } else { at[0] })
            .ok()
            .filter(|k| *k < block.size());
        let flat =
            flat.ok_or_else(|| Error::index(format!("index {} is out of bounds for size {}", at[0], block.size())))?;
        c_strides(shape).iter().zip(shape).map(|(s, n)| flat / s % n).collect()
    } else if at.len() == shape.len() {
        at.iter().zip(shape).enumerate().map(|(axis, (&i, &n))| bounded(i, n, axis)).collect::<Result<_>>()?
    } else {
        return Err(Error::value("incorrect number of indices for array"));
    };
    block.get(&index).map(python).ok_or_else(|| Error::index("index out of bounds"))
}

fn tolist(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    args.plain("tolist", 0, 0)?;
    if let Value::Scalar(scalar) = me {
        return Ok(python(*scalar));
    }
    let block = machine.values(cell(me)?)?;
    crate::with_block!(&block, a => nested(machine, &mut a.iter().map(|&v| v.into_scalar()), a.shape()))
}

/// Lists within lists of the elements that come next.
fn nested(machine: &Machine<'_>, scalars: &mut impl Iterator<Item = Scalar>, shape: &[usize]) -> Result<Value> {
    let Some((&n, rest)) = shape.split_first() else { return Ok(scalars.next().map_or(Value::None, python)) };
    let mut items = Vec::with_capacity(n);
    for k in 0..n {
        if k.is_multiple_of(ASKED_EVERY) {
            machine.check_interrupt()?;
        }
        items.push(nested(machine, scalars, rest)?);
    }
    Ok(Value::list(items))
}

/// `np.add.reduce`, `np.add.accumulate`, `np.add.outer`.
pub(in crate::lang) fn ufunc_method(
    machine: &Machine<'_>,
    row: &'static Function,
    mode: Mode,
    method: &str,
    mut args: Args,
) -> Result<Value> {
    let missing = || Error::not_implemented(format!("np.{}.{method} is not there", row.name));
    if method == "outer" {
        let [a, b] = args.positional.as_slice() else { return Err(Error::type_("outer() takes two arrays")) };
        let (x, y) = (array_of(machine, a)?, array_of(machine, b)?);
        let lazy = [a, b].iter().any(|v| matches!(v, Value::Array(c) if c.mode == Mode::Lazy));
        let mode = if lazy { Mode::Lazy } else { mode };
        let wide = primitive::expand(&x, &(x.ndim()..x.ndim() + y.ndim()).collect::<Vec<_>>());
        let wide = machine.wrap(&wide, Wrap { mode, keep_0d: true, bases: &[] })?;
        return call_row(machine, row, mode, Args::of(vec![wide, b.clone()]));
    }
    if method == "accumulate" {
        return call_row(machine, accumulated(row.name).ok_or_else(missing)?, mode, args);
    }
    let target = ufuncs::reduction(row.name).and_then(rows::find).ok_or_else(missing)?;
    // A ufunc folds its first axis where no axis is given; the function folds all.
    let has_axis = args.positional.len() > 1 || args.named.iter().any(|(n, _)| n == "axis");
    if !has_axis {
        args.named.push(("axis".to_string(), Value::int(0)));
    }
    call_row(machine, target, mode, args)
}
