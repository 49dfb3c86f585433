//! Running folds: what comes before each chunk is folded first, then every chunk runs on from there.

use super::fused::Pass;
use super::made::Made;
use super::target::{Target, assembled};
use crate::data::{Block, Cuts, Element, Held, Region, Result};
use crate::ir::Fold;
use crate::ops::vector::Lane;
use crate::with_block;
use num_complex::Complex;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Elements that run at once: 512 KiB of float64.
const SLAB: usize = 1 << 16;

impl Pass<'_> {
    /// Runs a fold along an axis.
    ///
    /// # Errors
    /// What a kernel or a leaf refuses.
    pub(crate) fn scan(&self, axis: usize, fold: Fold, skip: usize) -> Result<Vec<Held>> {
        let (output, made) = (&self.outputs[0], Made::of(&self.outputs[0], self.context));
        let carries = self.carries(axis, fold)?;
        self.context.each_block(made.count(), |place| {
            let mut index = output.chunks.unravel(place);
            index[axis] += skip;
            let region = self.grid.region(&index);
            let carry = carries.as_ref().and_then(|carries| carry_of(carries, &region, axis, index[axis]));
            let block = self.scan_region(&region, axis, fold, carry)?;
            match self.writer {
                Some(writer) => writer(&made.region(place), &block),
                None => made.put(place, block),
            }
        })?;
        Ok(vec![made.finish()])
    }

    /// One chunk, slab by slab: values run on while they are in the second level of cache.
    fn scan_region(&self, region: &Region, axis: usize, fold: Fold, carry: Option<Block>) -> Result<Block> {
        let dtype = self.outputs[0].dtype;
        // What ran up to the end of the slab before, by where the slab begins along the other axes.
        let last: Mutex<HashMap<Vec<usize>, Block>> = Mutex::default();
        let run = |slab: &Region| {
            let target = Target::new(&slab.len, dtype);
            self.store_region(slab, &slab.start, std::slice::from_ref(&target))?;
            let mut block = target.finish();
            let mut place = slab.start.clone();
            place[axis] = 0;
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            let before = last.remove(&place).or_else(|| carry.as_ref().map(|carry| part_of(carry, slab, region, axis)));
            run_along(&mut block, axis, fold, before.as_ref());
            if slab.start[axis] + slab.len[axis] < region.start[axis] + region.len[axis] {
                let (mut start, mut len) = (vec![0; slab.len.len()], slab.len.clone());
                (start[axis], len[axis]) = (slab.len[axis] - 1, 1);
                last.insert(place, block.part(&start, &len).contiguous());
            }
            Ok(vec![block])
        };
        assembled(region, &[(vec![], dtype)], SLAB, self.context, true, run).map(|mut blocks| blocks.remove(0))
    }

    /// What is folded up to the end of each chunk: an array with a place a chunk along the axis. `None` where there is one
    /// chunk.
    fn carries(&self, axis: usize, fold: Fold) -> Result<Option<Block>> {
        let along = self.grid.0[axis].count();
        if along == 1 {
            return Ok(None);
        }
        let mut places = self.grid.clone();
        places.0[axis] = Cuts::regular(along - 1, 1);
        let totals = Made::in_one(places.clone(), self.outputs[0].dtype, self.context);
        self.context.each_block(places.count(), |place| {
            let index = places.unravel(place);
            let total = self.fold_region(&self.grid.region(&index))?;
            let at = places.region(&index);
            totals.put(place, total.reshape(&at.len))
        })?;
        let mut carries = totals.finish().block(0)?;
        run_along(&mut carries, axis, fold, None);
        Ok(Some(carries))
    }
}

/// What is folded before a chunk; `None` before the first ones.
fn carry_of(carries: &Block, region: &Region, axis: usize, chunk: usize) -> Option<Block> {
    let (mut start, mut len) = (region.start.clone(), region.len.clone());
    (start[axis], len[axis]) = (chunk.checked_sub(1)?, 1);
    Some(carries.part(&start, &len).contiguous())
}

/// What a slab of a chunk goes on from of the chunk's carry.
fn part_of(carry: &Block, slab: &Region, region: &Region, axis: usize) -> Block {
    let mut start: Vec<usize> = slab.start.iter().zip(&region.start).map(|(slab, region)| slab - region).collect();
    let mut len = slab.len.clone();
    (start[axis], len[axis]) = (0, 1);
    carry.part(&start, &len).contiguous()
}

/// A number that runs: what `fold` makes of two.
trait Runs: Element {
    fn run(self, next: Self, fold: Fold) -> Self;
}

macro_rules! runs {
    ($($type:ty)*) => {$(
        impl Runs for $type {
            #[inline(always)]
            fn run(self, next: Self, fold: Fold) -> Self {
                match fold {
                    Fold::Prod => self.times(next),
                    Fold::Min => self.lesser(next),
                    Fold::Max => self.greater(next),
                    _ => self.plus(next),
                }
            }
        }
    )*};
}

runs! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

impl Runs for bool {
    fn run(self, next: Self, fold: Fold) -> Self {
        if matches!(fold, Fold::Min | Fold::Prod) { self & next } else { self | next }
    }
}

impl<F: num_traits::Float> Runs for Complex<F>
where
    Complex<F>: Element,
{
    fn run(self, next: Self, fold: Fold) -> Self {
        let (a, b) = ((self.re, self.im), (next.re, next.im));
        let stays = self.re.is_nan() || self.im.is_nan();
        match fold {
            Fold::Prod => self * next,
            Fold::Min if stays || a <= b => self,
            Fold::Max if stays || a >= b => self,
            Fold::Min | Fold::Max => next,
            _ => self + next,
        }
    }
}

/// Runs a block along an axis, on from the carry.
fn run_along(block: &mut Block, axis: usize, fold: Fold, carry: Option<&Block>) {
    let carry = carry.map(|c| c.cast(block.dtype()));
    let shape = block.shape_vec();
    with_block!(block, a => if let Some(values) = a.as_slice_mut() {
        let first = carry.as_ref().and_then(|c| Element::of_block(c)).and_then(|c| c.as_slice());
        match fold {
            Fold::Prod => run_values(values, &shape, axis, first, |a, b| Runs::run(a, b, Fold::Prod)),
            Fold::Min => run_values(values, &shape, axis, first, |a, b| Runs::run(a, b, Fold::Min)),
            Fold::Max => run_values(values, &shape, axis, first, |a, b| Runs::run(a, b, Fold::Max)),
            _ => run_values(values, &shape, axis, first, |a, b| Runs::run(a, b, Fold::Sum)),
        }
    });
}

#[inline(always)]
fn run_values<T: Copy>(values: &mut [T], shape: &[usize], axis: usize, carry: Option<&[T]>, join: impl Fn(T, T) -> T) {
    let len = shape[axis];
    let inner: usize = shape[axis + 1..].iter().product();
    if inner == 1 {
        for (line, values) in values.chunks_exact_mut(len.max(1)).enumerate() {
            let (mut running, rest) = match carry {
                Some(carry) => (carry[line], values),
                None => match values.split_first_mut() {
                    Some((first, rest)) => (*first, rest),
                    None => continue,
                },
            };
            for value in rest {
                running = join(running, *value);
                *value = running;
            }
        }
        return;
    }
    for (plane, values) in values.chunks_exact_mut((len * inner).max(1)).enumerate() {
        if let Some(carry) = carry {
            let carry = &carry[plane * inner..][..inner];
            values[..inner].iter_mut().zip(carry).for_each(|(v, c)| *v = join(*c, *v));
        }
        for row in 1..len {
            let (before, now) = values[(row - 1) * inner..(row + 1) * inner].split_at_mut(inner);
            now.iter_mut().zip(before).for_each(|(v, b)| *v = join(*b, *v));
        }
    }
}
