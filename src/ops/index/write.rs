//! `x[index] = value`: a new array with the part replaced.

use crate::data::{Block, Chunks, DType, Error, Place, Result, Scalar, show_shape};
use crate::ir::{Expr, Kernel, Op, View, ViewAxis};
use crate::ops::function::Host;
use crate::ops::index::Index;
use crate::ops::index::advanced::{Plan, nonzero, one_block, plan};
use crate::ops::index::basic;
use crate::ops::index::entries::arrange;
use crate::ops::primitive::{
    broadcast, cast, concat, expand, from_block, iota, map, pick, rechunk, reshape, squeeze, take, update,
};

/// The array with the elements at an index replaced; the value is cast to the array's dtype and broadcast.
///
/// # Errors
/// `IndexError` where the index does not fit, `ValueError` where the value does not.
pub fn set(x: &Expr, index: &[Index], value: &Expr, host: &dyn Host) -> Result<Expr> {
    if value.dtype.is_complex() && !x.dtype.is_complex() {
        return Err(Error::type_(format!("float() argument must be a string or a real number, not '{}'", value.dtype)));
    }
    let entries = arrange(x, index)?;
    let value = cast(value, x.dtype);
    if let Some(Index::Bool(keep)) = entries.iter().find(|e| matches!(e, Index::Bool(_))) {
        let rest: Vec<Index> = entries.iter().filter(|e| !matches!(e, Index::Bool(_))).cloned().collect();
        return if *keep { set(x, &rest, &value, host) } else { Ok(x.clone()) };
    }
    if let Some((Index::Array(mask), rest)) = entries.split_first()
        && mask.dtype.is_bool()
        && mask.ndim() > 0
        && rest.iter().all(|e| *e == Index::ALL)
    {
        return set_mask(x, mask, &value, host);
    }
    if entries.iter().any(|e| matches!(e, Index::Array(_))) {
        return set_advanced(x, &entries, &value, host);
    }
    set_view(x, &entries, &value)
}

fn set_view(x: &Expr, entries: &[Index], value: &Expr) -> Result<Expr> {
    let picked = pick(x, &basic::picks(x, entries)?);
    let view = match &picked.op {
        Op::View(view) if picked != *x && picked.inputs.first() == Some(x) => view.clone(),
        _ => View::identity(&x.shape),
    };
    let value = fitted(value, &picked.shape)?;
    if picked.shape.contains(&0) {
        return Ok(x.clone());
    }
    let repeated: Vec<usize> = (0..view.axes.len()).filter(|&k| view.axes[k] == ViewAxis::Repeat).collect();
    let keep: Vec<usize> = (0..view.axes.len()).filter(|k| !repeated.contains(k)).collect();
    let axes = keep.iter().map(|&k| view.axes[k]).collect();
    let shape = keep.iter().map(|&k| view.shape[k]).collect();
    Ok(update(x, View { base: view.base, axes, shape }, &squeeze(&value, &repeated)?))
}

/// The value broadcast to the shape of the part; leading axes of length one too many are dropped, as in NumPy.
fn fitted(value: &Expr, shape: &[usize]) -> Result<Expr> {
    let spare = value.ndim().saturating_sub(shape.len());
    let misfit = || {
        let (from, to) = (show_shape(&value.shape), show_shape(shape));
        Error::value(format!("could not broadcast input array from shape {from} into shape {to}"))
            .at(Place::Operand(1), format!("shape {from}"))
    };
    if value.shape[..spare].iter().any(|&n| n != 1) {
        return Err(misfit());
    }
    let value = squeeze(value, &(0..spare).collect::<Vec<_>>())?;
    let fits = crate::data::broadcast_shapes(&[&value.shape, shape]).is_ok_and(|s| s == shape);
    if fits { Ok(broadcast(&value, &Chunks::whole(shape))) } else { Err(misfit()) }
}

fn set_mask(x: &Expr, mask: &Expr, value: &Expr, host: &dyn Host) -> Result<Expr> {
    let spread = expand(mask, &(mask.ndim()..x.ndim()).collect::<Vec<_>>());
    let tail = &x.shape[mask.ndim()..];
    // A value without an axis for the selected elements is the same for each of them.
    let same_for_all =
        value.ndim() == 0 || value.shape == [1] || (value.ndim() <= tail.len() && fitted(value, tail).is_ok());
    if same_for_all {
        let value = if value.shape == [1] && tail.is_empty() { squeeze(value, &[0])? } else { value.clone() };
        return map(Kernel::Where, &[spread, value, x.clone()]);
    }
    let lists = nonzero(mask, host)?;
    let count = lists.first().map_or(0, Vec::len);
    if mask.ndim() == x.ndim() && value.shape != [count] {
        return Err(Error::value(format!(
            "NumPy boolean array indexing assignment cannot assign {} input values to the {count} output values where the mask is true",
            value.shape.iter().product::<usize>()
        )));
    }
    let index = |list: Vec<i64>| Index::Array(from_block(Block::from_vec(&[list.len()], list)));
    let mut entries: Vec<Index> = lists.into_iter().map(index).collect();
    entries.extend(vec![Index::ALL; tail.len()]);
    set_advanced(x, &entries, value, host)
}

fn set_advanced(x: &Expr, entries: &[Index], value: &Expr, host: &dyn Host) -> Result<Expr> {
    let plan = plan(x, entries, host)?;
    let along_one = plan.axes.len() == 1 && plan.shape.len() == 1 && plan.base == *x;
    if along_one { set_along(x, &plan, value) } else { set_anywhere(x, entries, value, host) }
}

/// One list of indices along one axis, all else whole: the axis is put together again from old and new.
fn set_along(x: &Expr, plan: &Plan, value: &Expr) -> Result<Expr> {
    let axis = plan.axes[0];
    let list = &plan.lists[0];
    let mut shape = x.shape.clone();
    shape[axis] = list.len();
    let value = fitted_part(value, &shape)?;
    if list.is_empty() {
        return Ok(x.clone());
    }
    let old = x.shape[axis];
    let mut source: Vec<i64> = (0..old as i64).collect();
    for (k, &position) in list.iter().enumerate() {
        source[position] = (old + k) as i64;
    }
    let both = concat(&[x.clone(), value], axis);
    let index = from_block(Block::from_vec(&[old], source));
    Ok(rechunk(&take(&both, &index, axis), x.chunks.clone()))
}

fn fitted_part(value: &Expr, shape: &[usize]) -> Result<Expr> {
    fitted(value, shape).map_err(|_| {
        let (from, to) = (show_shape(&value.shape), show_shape(shape));
        Error::value(format!(
            "shape mismatch: value array of shape {from} could not be broadcast to indexing result of shape {to}"
        ))
        .at(Place::Operand(1), format!("shape {from}"))
    })
}

/// Any index at all: the positions it selects are found by indexing an array of positions.
fn set_anywhere(x: &Expr, entries: &[Index], value: &Expr, host: &dyn Host) -> Result<Expr> {
    let size: usize = x.shape.iter().product();
    let positions = iota(Scalar::Int64(0), Scalar::Int64(1), DType::Int64, Chunks::whole(&[size]));
    let selected = super::get(&reshape(&positions, &x.shape)?, entries, host)?;
    let targets = one_block(&selected, host)?;
    let value = fitted_part(value, targets.shape())?;
    if targets.size() == 0 {
        return Ok(x.clone());
    }
    let mut source: Vec<i64> = (0..size as i64).collect();
    for (k, target) in targets.to_vec::<i64>().into_iter().enumerate() {
        source[target as usize] = (size + k) as i64;
    }
    let flat = [reshape(x, &[size])?, reshape(&value, &[targets.size()])?];
    let taken = take(&concat(&flat, 0), &from_block(Block::from_vec(&[size], source)), 0);
    Ok(rechunk(&reshape(&taken, &x.shape)?, x.chunks.clone()))
}
