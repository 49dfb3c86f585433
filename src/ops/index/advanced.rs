//! Index arrays and masks, as NumPy's advanced indexing.
//!
//! ```text
//! x[a, :, b]   a and b broadcast to B     arrays apart: result (B.., rest..)
//! x[:, a, b]                              arrays adjacent: B stands where the first array stood
//! ```

use crate::data::{Block, DType, Error, Result, c_strides, show_shape};
use crate::ir::Expr;
use crate::ops::function::Host;
use crate::ops::index::Index;
use crate::ops::index::basic;
use crate::ops::index::entries::axes_of;
use crate::ops::primitive::{from_block, pick, reshape, select, take, transpose};

/// A single mask of the leading axes: how many it selects is known when the values are.
pub(super) fn select_mask(x: &Expr, entries: &[Index]) -> Result<Option<Expr>> {
    match entries.split_first() {
        Some((Index::Array(mask), rest))
            if mask.dtype.is_bool() && mask.ndim() > 0 && rest.iter().all(|e| *e == Index::ALL) =>
        {
            select(x, mask).map(Some)
        }
        _ => Ok(None),
    }
}

/// Index arrays in broadcast form: where they stand and what they select.
pub(super) struct Plan {
    /// The array with all basic entries applied; index arrays apply to `axes` of it.
    pub base: Expr,
    pub axes: Vec<usize>,
    /// One list of indices an axis, each of the size of `shape`, without negatives.
    pub lists: Vec<Vec<usize>>,
    /// The broadcast shape of the index arrays.
    pub shape: Vec<usize>,
    /// The axis of the result at which `shape` stands.
    pub at: usize,
}

/// The elements at index arrays mixed with basic entries.
pub(super) fn get(x: &Expr, entries: &[Index], host: &dyn Host) -> Result<Expr> {
    let plan = plan(x, entries, host)?;
    let front = if plan.axes.len() == 1 { gather_one(&plan) } else { gather_many(&plan)? };
    // front: (n, rest..) with n the size of the broadcast shape
    let mut shape = plan.shape.clone();
    shape.extend_from_slice(&front.shape[1..]);
    let spread = reshape(&front, &shape)?;
    Ok(transpose(&spread, &moved(plan.shape.len(), plan.at, shape.len())))
}

/// The order that moves the first `count` axes to position `at` of the result.
fn moved(count: usize, at: usize, ndim: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (count..ndim).collect();
    order.splice(at..at, 0..count);
    order
}

fn gather_one(plan: &Plan) -> Expr {
    let axis = plan.axes[0];
    let index: Vec<i64> = plan.lists[0].iter().map(|&i| i as i64).collect();
    let taken = take(&plan.base, &from_block(Block::from_vec(&[index.len()], index)), axis);
    let mut order: Vec<usize> = (0..taken.ndim()).filter(|&k| k != axis).collect();
    order.insert(0, axis);
    transpose(&taken, &order)
}

fn gather_many(plan: &Plan) -> Result<Expr> {
    let mut order = plan.axes.clone();
    order.extend((0..plan.base.ndim()).filter(|k| !plan.axes.contains(k)));
    let front = transpose(&plan.base, &order);
    let (indexed, rest) = front.shape.split_at(plan.axes.len());
    let strides = c_strides(indexed);
    let size: usize = plan.shape.iter().product();
    let index: Vec<i64> =
        (0..size).map(|i| plan.lists.iter().zip(&strides).map(|(list, s)| list[i] * s).sum::<usize>() as i64).collect();
    let mut flat = vec![indexed.iter().product()];
    flat.extend_from_slice(rest);
    let merged = reshape(&front, &flat)?;
    Ok(take(&merged, &from_block(Block::from_vec(&[index.len()], index)), 0))
}

/// Works out what index arrays select.
pub(super) fn plan(x: &Expr, entries: &[Index], host: &dyn Host) -> Result<Plan> {
    let entries = without_masks(entries, host)?;
    let (at_front, at) = standing(&entries);
    let (mut basic_entries, mut arrays, mut axes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut axis, mut out) = (0, 0);
    for entry in &entries {
        match entry {
            Index::Array(array) => {
                arrays.push((array.clone(), x.shape[axis], axis));
                axes.push(out);
                basic_entries.push(Index::ALL);
                out += 1;
            }
            other => {
                basic_entries.push(other.clone());
                out += usize::from(!matches!(other, Index::At(_)));
            }
        }
        axis += axes_of(entry);
    }
    let base = pick(x, &basic::picks(x, &basic_entries)?);
    let (shape, lists) = broadcast(&arrays, host)?;
    Ok(Plan { base, axes, lists, shape, at: if at_front { 0 } else { at } })
}

/// Whether the broadcast shape goes to the front (the arrays and integers are apart), and else where it stands.
fn standing(entries: &[Index]) -> (bool, usize) {
    let is_advanced = |e: &Index| matches!(e, Index::Array(_) | Index::At(_));
    let first = entries.iter().position(is_advanced).unwrap_or(0);
    let last = entries.iter().rposition(is_advanced).unwrap_or(0);
    let apart = entries[first..=last].iter().any(|e| !is_advanced(e));
    (apart, first)
}

/// Each mask as the index arrays of its true elements.
fn without_masks(entries: &[Index], host: &dyn Host) -> Result<Vec<Index>> {
    let mut out = Vec::new();
    for entry in entries {
        match entry {
            Index::Array(mask) if mask.dtype.is_bool() => out.extend(nonzero(mask, host)?.into_iter().map(index_entry)),
            other => out.push(other.clone()),
        }
    }
    Ok(out)
}

pub(super) fn index_entry(list: Vec<i64>) -> Index {
    Index::Array(from_block(Block::from_vec(&[list.len()], list)))
}

/// The positions of the true elements, one list an axis.
pub(super) fn nonzero(mask: &Expr, host: &dyn Host) -> Result<Vec<Vec<i64>>> {
    let block = one_block(mask, host)?;
    let strides = c_strides(block.shape());
    let mut lists = vec![Vec::new(); block.ndim()];
    for (flat, keep) in block.to_vec::<bool>().into_iter().enumerate() {
        if keep {
            for (k, list) in lists.iter_mut().enumerate() {
                list.push((flat / strides[k] % block.shape()[k]) as i64);
            }
        }
    }
    Ok(lists)
}

pub(super) fn one_block(x: &Expr, host: &dyn Host) -> Result<Block> {
    host.values(std::slice::from_ref(x))?.pop().ok_or_else(|| Error::runtime("nothing was computed"))
}

/// Index arrays broadcast together, negatives counted from the end: (index, length of its axis, axis).
fn broadcast(arrays: &[(Expr, usize, usize)], host: &dyn Host) -> Result<(Vec<usize>, Vec<Vec<usize>>)> {
    let shapes: Vec<&[usize]> = arrays.iter().map(|(a, ..)| a.shape.as_slice()).collect();
    let shape = crate::data::broadcast_shapes(&shapes).map_err(|_| {
        let all: Vec<String> = shapes.iter().map(|s| show_shape(s)).collect();
        Error::index(format!(
            "shape mismatch: indexing arrays could not be broadcast together with shapes {}",
            all.join(" ")
        ))
    })?;
    let exprs: Vec<Expr> = arrays.iter().map(|(a, ..)| a.clone()).collect();
    let blocks = host.values(&exprs)?;
    let mut lists = Vec::new();
    for (block, (_, len, axis)) in blocks.iter().zip(arrays) {
        let values = block.cast(DType::Int64).to_vec::<i64>();
        let positions = values.iter().map(|&i| basic::position(i, *len, *axis)).collect::<Result<Vec<usize>>>()?;
        lists.push(stretch(&positions, block.shape(), &shape));
    }
    Ok((shape, lists))
}

/// Values of a shape repeated to a shape it broadcasts to, in C order.
pub(super) fn stretch<T: Copy>(values: &[T], from: &[usize], to: &[usize]) -> Vec<T> {
    if from == to {
        return values.to_vec();
    }
    let (outer, inner) = (c_strides(to), c_strides(from));
    let lead = to.len() - from.len();
    let size: usize = to.iter().product();
    let read = |flat: usize| -> usize {
        (0..from.len()).filter(|&k| from[k] != 1).map(|k| flat / outer[lead + k] % to[lead + k] * inner[k]).sum()
    };
    (0..size).map(|flat| values[read(flat)]).collect()
}
