//! A result that many tasks write, each its own part.

use super::context::Context;
use super::fused::slabs;
use super::parts::signed;
use crate::data::{Block, DType, Error, Region, Result, c_strides};
use crate::exec::prepare::into_block;
use crate::ops::tile::{Elements, ElementsMut, Tile, Typed};
use crate::with_dtype;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A block under construction: allocated once, written in disjoint boxes.
pub(crate) struct Target {
    tile: Tile,
    address: *mut u8,
    dtype: DType,
    shape: Vec<usize>,
    strides: Vec<isize>,
    /// Elements handed out to be written.
    written: AtomicUsize,
}

// SAFETY: the buffer behind `address` is only written through `write` and `run`, whose callers own disjoint boxes, and is
// only read by `finish`, which takes the target by value. Measured reason: without it each task would return a block that
// is copied once more (X*2+1 of 512 MB: 40 % longer).
unsafe impl Sync for Target {}
// SAFETY: as above; the buffer is owned by `tile`, which moves along.
unsafe impl Send for Target {}

impl Target {
    /// A target with room for its elements.
    pub(crate) fn new(shape: &[usize], dtype: DType) -> Target {
        let mut tile = Tile::with_room(dtype, shape.iter().product());
        let address = tile.address();
        Target {
            tile,
            address,
            dtype,
            shape: shape.to_vec(),
            strides: signed(&c_strides(shape)),
            written: AtomicUsize::new(0),
        }
    }

    /// The elements of a box where they lie side by side, to write.
    ///
    /// # Safety
    /// No other task may write a box that overlaps this one.
    pub(crate) unsafe fn run(&self, start: &[usize], lens: &[usize]) -> Option<ElementsMut<'_>> {
        if !super::copy::is_run(lens, &self.strides) {
            return None;
        }
        let len: usize = lens.iter().product();
        let at: usize = start.iter().zip(&self.strides).map(|(i, s)| i * s.unsigned_abs()).sum();
        assert!(at + len <= self.shape.iter().product(), "a box lies inside its target");
        self.written.fetch_add(len, Ordering::Relaxed);
        with_dtype!(self.dtype, T => {
            // SAFETY: in bounds by the assertion, disjoint from all other writers by the caller's promise.
            let slice = unsafe { std::slice::from_raw_parts_mut(self.address.cast::<T>().add(at), len) };
            Some(<T as Typed>::wrap_mut(slice))
        })
    }

    /// Writes a C-order box: in one piece where it lies so, else row by row.
    ///
    /// # Safety
    /// No other task may write a box that overlaps this one.
    pub(crate) unsafe fn put(&self, start: &[usize], lens: &[usize], from: Elements<'_>) {
        // SAFETY: the caller's promise.
        match unsafe { self.run(start, lens) } {
            Some(out) => copy(from, out),
            // SAFETY: as above.
            None => unsafe { self.write(start, lens, from) },
        }
    }

    /// Writes a C-order box.
    ///
    /// # Safety
    /// No other task may write a box that overlaps this one.
    unsafe fn write(&self, start: &[usize], lens: &[usize], from: Elements<'_>) {
        let row = lens.last().copied().unwrap_or(1);
        let rows = lens.iter().product::<usize>() / row.max(1);
        let mut at = start.to_vec();
        let mut one = vec![1; lens.len()];
        if let Some(last) = one.last_mut() {
            *last = row;
        }
        for number in 0..rows {
            let mut rest = number;
            for axis in (0..lens.len().saturating_sub(1)).rev() {
                at[axis] = start[axis] + rest % lens[axis];
                rest /= lens[axis];
            }
            // SAFETY: a row of the caller's box.
            if let Some(out) = unsafe { self.run(&at, &one) } {
                copy(from.part(number * row, row), out);
            }
        }
    }

    /// The block.
    ///
    /// # Panics
    /// Where a box was left out: an invariant of the stage.
    pub(crate) fn finish(mut self) -> Block {
        let len = self.shape.iter().product();
        assert_eq!(self.written.load(Ordering::Relaxed), len, "every element is written once");
        // SAFETY: the boxes handed out were disjoint, written by their tasks, and as many elements as there are.
        unsafe { self.tile.assume_written(len) };
        into_block(self.tile, &self.shape)
    }
}

/// Blocks put together from parts of their first axes, `at`, each with all of the last ones, whose lengths and dtypes are
/// `kinds`: `make` is called for slabs of about `room` positions, on all threads or one after another.
///
/// # Errors
/// What `make` refuses, or a part that has other than its elements.
pub(crate) fn assembled(
    at: &Region,
    kinds: &[(Vec<usize>, DType)],
    room: usize,
    context: &Context<'_>,
    in_order: bool,
    make: impl Fn(&Region) -> Result<Vec<Block>> + Sync + Send,
) -> Result<Vec<Block>> {
    let parts = slabs(at, room);
    if let [only] = parts.as_slice() {
        let fit = |(block, kind): (Block, _)| fitted(&block, only, kind);
        return make(only)?.into_iter().zip(kinds).map(fit).collect();
    }
    let target = |(core, dtype): &(Vec<usize>, DType)| Target::new(&[&at.len[..], core].concat(), *dtype);
    let targets: Vec<Target> = kinds.iter().map(target).collect();
    let one = |part: usize| {
        let part = &parts[part];
        for ((block, kind), target) in make(part)?.into_iter().zip(kinds).zip(&targets) {
            let block = fitted(&block, part, kind)?.contiguous();
            let mut start: Vec<usize> = part.start.iter().zip(&at.start).map(|(start, first)| start - first).collect();
            start.resize(block.ndim(), 0);
            let elements = crate::with_block!(&block, a => a.as_slice().map(Typed::wrap));
            if let Some(elements) = elements {
                // SAFETY: slabs of one region are disjoint, and the part has as many elements as its box.
                unsafe { target.put(&start, block.shape(), elements) };
            }
        }
        Ok(())
    };
    if in_order {
        (0..parts.len()).try_for_each(one)?
    } else {
        context.each(parts.len(), one)?
    }
    Ok(targets.into_iter().map(Target::finish).collect())
}

/// A part in the shape and dtype that it is to have.
fn fitted(block: &Block, part: &Region, (core, dtype): &(Vec<usize>, DType)) -> Result<Block> {
    let lens = [&part.len[..], core].concat();
    if block.size() == lens.iter().product::<usize>() {
        return Ok(block.cast(*dtype).reshape(&lens));
    }
    Err(Error::runtime(format!("a part of shape {lens:?} came as {:?}", block.shape())))
}

/// Parts of known lengths one after another in a line, made on all threads.
///
/// # Errors
/// What `make` refuses, or a part that has other than its elements.
pub(crate) fn in_line(
    lens: &[usize],
    dtype: DType,
    context: &Context<'_>,
    make: impl Fn(usize) -> Result<Block> + Sync + Send,
) -> Result<Block> {
    let mut starts = vec![0];
    lens.iter().for_each(|len| starts.push(starts[starts.len() - 1] + len));
    let target = Target::new(&[starts[lens.len()]], dtype);
    context.each(lens.len(), |part| {
        let block = make(part)?.cast(dtype).contiguous();
        if block.size() != lens[part] {
            return Err(Error::runtime(format!("a part of {} elements came as {}", lens[part], block.size())));
        }
        let elements = crate::with_block!(&block, a => a.as_slice().map(Typed::wrap));
        if let (Some(elements), true) = (elements, block.size() > 0) {
            // SAFETY: parts lie one after another, and each has as many elements as its stretch.
            unsafe { target.put(&[starts[part]], &[lens[part]], elements) };
        }
        Ok(())
    })?;
    Ok(target.finish())
}

fn copy(from: Elements<'_>, to: ElementsMut<'_>) {
    with_dtype!(to.dtype(), T => if let (Some(from), Some(to)) = (<T as Typed>::slice(from), <T as Typed>::slice_mut(to)) { to.copy_from_slice(from) });
}
