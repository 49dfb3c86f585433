//! Selections: the elements for which a mask holds, tile by tile where array and mask are of one shape.

use super::context::Context;
use super::target::in_line;
use super::whole::Maker;
use crate::data::{Block, Chunks, Cuts, Held, Region, Result};
use crate::ops::tile::{Elements, Typed};
use crate::{with_block, with_dtype};
use std::sync::{Mutex, PoisonError};

/// Elements of a part, which one thread goes through.
const PART: usize = 1 << 20;
/// Elements of a mask that are looked at together.
const LOOKED_AT: usize = 64;

/// The elements of an array for which a mask of its leading axes holds, in C order. Where not all of them would have room
/// the mask is counted first.
///
/// # Errors
/// What a kernel or a leaf refuses; `MemoryError` where those that are kept have no room.
pub(crate) fn select(array: &Maker<'_>, mask: &Maker<'_>, context: &Context<'_>) -> Result<Vec<Held>> {
    let space = &array.program().space;
    let axes = mask.program().space.len();
    let parts = parts(space);
    let count = parts.count();
    let part = |space: &[usize], number: usize| {
        let mut region = Region::all(space);
        if let (Some(start), Some(len)) = (region.start.first_mut(), region.len.first_mut()) {
            (*start, *len) = parts.0[0].chunk(number);
        }
        region
    };
    let keeps = |number: usize| {
        context.check()?;
        mask.block(&part(&space[..axes], number))
    };
    let make = |number: usize| {
        if axes == space.len() {
            return tiles(array, mask, &part(space, number), context);
        }
        let keep = keeps(number)?;
        Ok(kept(&array.block(&part(space, number))?, &keep))
    };
    let bytes = space.iter().product::<usize>() as u64 * array.dtype().itemsize() as u64;
    let all = if context.left() >= 2 * bytes {
        let pieces = collected(count, context, make)?;
        let lens: Vec<usize> = pieces.iter().map(Block::size).collect();
        in_line(&lens, array.dtype(), context, |number| Ok(pieces[number].clone()))?
    } else {
        let kept =
            collected(count, context, |number| Ok(keeps(number)?.to_vec::<bool>().iter().filter(|k| **k).count()))?;
        let width: usize = space[axes..].iter().product();
        let lens: Vec<usize> = kept.iter().map(|kept| kept * width).collect();
        let total: usize = lens.iter().sum();
        context.claim((total * array.dtype().itemsize()) as u64, "select")?;
        in_line(&lens, array.dtype(), context, make)?
    };
    let tail = &space[axes..];
    let shape = [&[all.size().checked_div(tail.iter().product()).unwrap_or(0)], tail].concat();
    Ok(vec![Held::from_block(all.reshape(&shape))])
}

/// The parts of an array that threads go through: rows together.
pub(super) fn parts(space: &[usize]) -> Chunks {
    let mut parts = Chunks::whole(space);
    if let Some(rows) = parts.0.first_mut() {
        let row: usize = space.iter().skip(1).product();
        *rows = Cuts::regular(rows.len(), (PART / row.max(1)).max(1));
    }
    parts
}

/// What `make` answers to each number, in order, on all threads.
fn collected<T: Send>(
    count: usize,
    context: &Context<'_>,
    make: impl Fn(usize) -> Result<T> + Sync + Send,
) -> Result<Vec<T>> {
    let made: Vec<Mutex<Option<T>>> = (0..count).map(|_| Mutex::default()).collect();
    context.each(count, |number| {
        *made[number].lock().unwrap_or_else(PoisonError::into_inner) = Some(make(number)?);
        Ok(())
    })?;
    Ok(made.into_iter().filter_map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
}

/// The elements of a region for which a mask of the same shape holds. Tiles of which none is kept are not made.
fn tiles(array: &Maker<'_>, mask: &Maker<'_>, region: &Region, context: &Context<'_>) -> Result<Block> {
    with_dtype!(array.dtype(), T => {
        let mut out: Vec<T> = vec![];
        if region.size() > 0 {
            let (mut values, mut masks) = (array.runner(region)?, mask.runner(region)?);
            let mut boxes = values.boxes(region);
            let (mut start, mut lens) = (vec![], vec![]);
            while boxes.next_into(&mut start, &mut lens) {
                context.check()?;
                masks.run(&start, &lens)?;
                let Elements::Bool(keep) = masks.root(0) else { continue };
                if is_empty(keep) {
                    continue;
                }
                values.run(&start, &lens)?;
                extend(&mut out, <T as Typed>::slice(values.root(0)).unwrap_or_default(), keep);
            }
        }
        context.done(region.size() * array.dtype().itemsize());
        Ok(Block::from_vec(&[out.len()], out))
    })
}

fn is_empty(keep: &[bool]) -> bool {
    keep.chunks(LOOKED_AT).all(|keep| !keep.iter().fold(false, |any, k| any | k))
}

/// Adds the elements that are kept.
fn extend<T: Copy + Default>(out: &mut Vec<T>, values: &[T], keep: &[bool]) {
    for (values, keep) in values.chunks(LOOKED_AT).zip(keep.chunks(LOOKED_AT)) {
        if is_empty(keep) {
            continue;
        }
        let mut some = [T::default(); LOOKED_AT + 1];
        let mut count = 0;
        // Every element is written, and the next one over it where it is not kept: no branch is foreseen wrongly.
        for (value, keep) in values.iter().zip(keep) {
            some[count] = *value;
            count += usize::from(*keep);
        }
        out.extend_from_slice(&some[..count]);
    }
}

/// The sub-arrays of a block where a mask of its leading axes holds, as one flat block.
fn kept(values: &Block, keep: &Block) -> Block {
    let keep = keep.to_vec::<bool>();
    let width = values.size() / keep.len().max(1);
    with_block!(values.contiguous(), a => {
        let all = a.as_slice().unwrap_or_default();
        let mut out = Vec::with_capacity(keep.iter().filter(|k| **k).count() * width);
        all.chunks_exact(width.max(1)).zip(&keep).filter(|(_, k)| **k).for_each(|(row, _)| out.extend_from_slice(row));
        Block::from_vec(&[out.len()], out)
    })
}
