//! One side of a product: the parts of it that lie in memory, and its packing into panels.

use crate::data::{C32, C64, Element, Region, Result, c_strides};
use crate::exec::read::Part;
use crate::exec::whole::Maker;
use crate::ir::Make;
use crate::ops::tile::Typed;
use crate::ops::vector::product::Factor;
use crate::ops::vector::squares::{Plane, SQUARE, turn};
use crate::ops::vector::streamed::{Batch, Lines};
use crate::ops::vector::{Level, prefetch};

/// An element of an array as one or two factors of the kernel.
pub(super) trait Entry: Element + Typed {
    type Factor: Factor;
    const IS_COMPLEX: bool;
    fn factors(entries: &[Self]) -> &[Self::Factor];
    fn entries(factors: &[Self::Factor]) -> &[Self];
    fn factors_mut(entries: &mut [Self]) -> &mut [Self::Factor];
}

macro_rules! entries {
    ($($type:ty)*) => {$(
        impl Entry for $type {
            type Factor = $type;
            const IS_COMPLEX: bool = false;
            fn factors(entries: &[Self]) -> &[Self::Factor] {
                entries
            }
            fn entries(factors: &[Self::Factor]) -> &[Self] {
                factors
            }
            fn factors_mut(entries: &mut [Self]) -> &mut [Self::Factor] {
                entries
            }
        }
    )*};
}

entries! { bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

macro_rules! complex_entries {
    ($($type:ty, $part:ty;)*) => {$(
        impl Entry for $type {
            type Factor = $part;
            const IS_COMPLEX: bool = true;
            fn factors(entries: &[Self]) -> &[Self::Factor] {
                bytemuck::cast_slice(entries)
            }
            fn entries(factors: &[Self::Factor]) -> &[Self] {
                bytemuck::cast_slice(factors)
            }
            fn factors_mut(entries: &mut [Self]) -> &mut [Self::Factor] {
                bytemuck::cast_slice_mut(entries)
            }
        }
    )*};
}

complex_entries! { C32, f32; C64, f64; }

/// How elements become what the kernel multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As they are.
    Plain,
    /// Complex, left: a step becomes two, real and imaginary.
    Left,
    /// Complex, right: a lane becomes two, which make the real and the imaginary part of the product.
    Right,
}

impl Form {
    /// What an element is made of: lanes of the kernel.
    pub(super) fn lanes(self) -> usize {
        if self == Form::Right { 2 } else { 1 }
    }
}

/// A side whose elements are in hand.
#[derive(Clone)]
pub(super) struct Operand {
    parts: Vec<Part>,
    /// The axis of rows or columns.
    lane: usize,
    /// The axis that is summed.
    step: usize,
    form: Form,
}

/// What is packed: lanes and steps of one matrix, in indices of the side's own axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    pub(super) lanes: (usize, usize),
    pub(super) steps: (usize, usize),
}

/// Where packed elements go: panels of `panel` lanes, the last one narrower and filled with zeros.
pub(super) struct Panel<'a, T> {
    pub(super) out: &'a mut [T],
    pub(super) panel: usize,
    /// Lanes with what fills the last panel.
    pub(super) padded: usize,
    pub(super) steps: usize,
}

impl Operand {
    /// The elements of a region of a program's space: as they lie in memory where they do, else made.
    ///
    /// # Errors
    /// What a leaf refuses.
    pub(super) fn open(maker: &Maker<'_>, region: &Region, lane: usize, step: usize, form: Form) -> Result<Operand> {
        if let [spec] = maker.program().regs.as_slice()
            && let Make::Load(leaf) = spec.make
            && let Some(parts) = maker.prepared().reader(leaf, region)?.into_parts(region)
        {
            return Ok(Operand { parts, lane, step, form });
        }
        let block = maker.block(region)?.contiguous();
        let strides: Vec<isize> = c_strides(&region.len).into_iter().map(|s| s as isize).collect();
        let offset = strides.iter().zip(&region.start).map(|(s, &i)| -s * i as isize).sum();
        Ok(Operand { parts: vec![Part { at: region.clone(), block, offset, strides }], lane, step, form })
    }

    /// Packs a patch of the matrix at a position of the batch axes.
    pub(super) fn pack<E: Entry>(&self, batch: &[usize], patch: Patch, mut into: Panel<'_, E::Factor>) {
        into.clear_last(patch.lanes.1 * self.form.lanes());
        self.each_part::<E>(batch, patch, |walk, place, lanes, steps| match self.form {
            Form::Plain => into.copy(walk, place, lanes, steps),
            form => into.copy_complex(walk, place, lanes, steps, form == Form::Right),
        });
    }

    /// Whether a product with a vector reads the elements in the order in which they lie.
    pub(super) fn is_in_runs(&self) -> bool {
        self.form == Form::Plain
            && self.parts.iter().all(|part| part.strides[self.lane] == 1 || part.strides[self.step] == 1)
    }

    /// Adds to the sums of a patch's lanes their products with a vector. Parts lie in the order of their steps.
    pub(super) fn stream<E: Entry>(&self, batch: &[usize], patch: Patch, vector: &[E::Factor], sums: &mut [E::Factor]) {
        self.each_part::<E>(batch, patch, |walk, place, lanes, steps| {
            let lines = Lines { all: walk.all, at: walk.at, across: walk.across, along: walk.along };
            lines.add(
                Level::best(),
                &vector[place.step..place.step + steps],
                &mut sums[place.lane..place.lane + lanes],
            );
        });
    }

    /// Whether no part has only some lanes or steps of a matrix.
    pub(super) fn is_in_matrices(&self, lanes: usize, steps: usize) -> bool {
        self.parts.iter().all(|part| part.at.len[self.lane] == lanes && part.at.len[self.step] == steps)
    }

    /// The matrices from a position of the batch axes on that lie one after another, and how many they are.
    pub(super) fn matrices<E: Entry>(&self, batch: &[usize]) -> Option<(Batch<'_, E::Factor>, usize)> {
        let inside = |part: &&Part| (0..batch.len()).all(|a| within(batch[a], part.at.start[a], part.at.len[a]));
        let part = self.parts.iter().find(inside)?;
        let all = E::of_block(&part.block)?.as_slice()?;
        let last = batch.len().checked_sub(1)?;
        let corner = batch.iter().chain(&part.at.start[batch.len()..]);
        let at = corner.zip(&part.strides).fold(part.offset, |at, (&i, stride)| at + i as isize * stride);
        let (across, along) = (part.strides[self.lane], part.strides[self.step]);
        let first = Lines { all: E::factors(all), at, across, along };
        Some((Batch { first, stride: part.strides[last] }, part.at.start[last] + part.at.len[last] - batch[last]))
    }

    /// Calls `work` for what a patch has of each part: its elements, where they begin in the patch, lanes and steps.
    fn each_part<E: Entry>(
        &self,
        batch: &[usize],
        patch: Patch,
        mut work: impl FnMut(&Walk<'_, E::Factor>, Place, usize, usize),
    ) {
        let inside = |part: &&Part| (0..batch.len()).all(|a| within(batch[a], part.at.start[a], part.at.len[a]));
        for part in self.parts.iter().filter(inside) {
            let lanes = meet(patch.lanes, (part.at.start[self.lane], part.at.len[self.lane]));
            let steps = meet(patch.steps, (part.at.start[self.step], part.at.len[self.step]));
            let (Some(lanes), Some(steps)) = (lanes, steps) else { continue };
            let Some(all) = E::of_block(&part.block).and_then(|array| array.as_slice()) else { continue };
            let at = (0..batch.len()).fold(part.offset, |at, a| at + part.strides[a] * batch[a] as isize);
            let (across, along) = (part.strides[self.lane], part.strides[self.step]);
            let at = at + across * lanes.0 as isize + along * steps.0 as isize;
            let walk = Walk { all: E::factors(all), at, across, along };
            work(&walk, Place { lane: lanes.0 - patch.lanes.0, step: steps.0 - patch.steps.0 }, lanes.1, steps.1);
        }
    }
}

fn within(at: usize, start: usize, len: usize) -> bool {
    (start..start + len).contains(&at)
}

/// Where two ranges (start and length) overlap.
fn meet(a: (usize, usize), b: (usize, usize)) -> Option<(usize, usize)> {
    let (low, high) = (a.0.max(b.0), (a.0 + a.1).min(b.0 + b.1));
    (low < high).then(|| (low, high - low))
}

/// A strided matrix: its first element and its strides along lanes and steps.
struct Walk<'a, T> {
    all: &'a [T],
    at: isize,
    across: isize,
    along: isize,
}

/// Where a part begins inside a patch.
#[derive(Clone, Copy)]
struct Place {
    lane: usize,
    step: usize,
}

/// Steps of all panels that are packed before the next ones: eight rows of 512 float64 lanes fit the first cache.
const STEPS: usize = 8;

impl<T: Factor> Panel<'_, T> {
    /// Zeros where the last panel has no lanes.
    fn clear_last(&mut self, lanes: usize) {
        if lanes < self.padded {
            let last = lanes / self.panel * self.panel;
            self.out[last * self.steps..self.padded * self.steps].fill(T::default());
        }
    }

    /// The panel that holds a lane: its first lane, and how many it has.
    fn of(&self, lane: usize) -> (usize, usize) {
        let first = lane / self.panel * self.panel;
        (first, self.panel.min(self.padded - first))
    }

    fn copy(&mut self, from: &Walk<'_, T>, place: Place, lanes: usize, steps: usize) {
        if from.across == 1 {
            crate::ops::vector::vectorized(
                #[inline(always)]
                move || {
                    let own = self;
                    own.copy_rows(from, place, lanes, steps);
                },
            );
            return;
        }
        let mut done = 0;
        while done < lanes {
            let lane = place.lane + done;
            let (first, width) = self.of(lane);
            let count = (first + width - lane).min(lanes - done);
            let out = &mut self.out[first * self.steps..(first + width) * self.steps];
            let out = &mut out[place.step * width..(place.step + steps) * width];
            let at = from.at + from.across * done as isize;
            let walk = Walk { all: from.all, at, across: from.across, along: from.along };
            walk.pack(out, width, lane - first, count, steps);
            done += count;
        }
    }

    /// Lanes that lie side by side: a few steps of all panels at a time, so that lines of memory that two panels share are
    /// still in the cache.
    #[inline(always)]
    fn copy_rows(&mut self, from: &Walk<'_, T>, place: Place, lanes: usize, steps: usize) {
        let (head, _) = self.of(place.lane);
        for low in (0..steps).step_by(STEPS) {
            let few = STEPS.min(steps - low);
            let (mut first, mut done) = (head, 0);
            while done < lanes {
                let width = self.panel.min(self.padded - first);
                let lane = place.lane + done;
                let count = (first + width - lane).min(lanes - done);
                let at = from.at + done as isize + from.along * low as isize;
                let walk = Walk { all: from.all, at, across: 1, along: from.along };
                let out = &mut self.out[first * self.steps + (place.step + low) * width..][..few * width];
                let mut l = 0;
                while l < count {
                    let to = lane - first + l;
                    l += match count - l {
                        32.. => walk.lines::<32>(out, width, to, l),
                        16.. => walk.lines::<16>(out, width, to, l),
                        8.. => walk.lines::<8>(out, width, to, l),
                        6.. => walk.lines::<6>(out, width, to, l),
                        4.. => walk.lines::<4>(out, width, to, l),
                        2.. => walk.lines::<2>(out, width, to, l),
                        _ => walk.lines::<1>(out, width, to, l),
                    };
                }
                (first, done) = (first + width, done + count);
            }
        }
    }

    fn copy_complex(&mut self, from: &Walk<'_, T>, place: Place, lanes: usize, steps: usize, right: bool) {
        for lane in 0..lanes {
            for step in 0..steps {
                let at = 2 * (from.at + from.across * lane as isize + from.along * step as isize) as usize;
                let (re, im) = (from.all[at], from.all[at + 1]);
                let step = 2 * (place.step + step);
                if right {
                    self.put(2 * (place.lane + lane), step, re, im.negated());
                    self.put(2 * (place.lane + lane) + 1, step, im, re);
                } else {
                    self.put(place.lane + lane, step, re, im);
                }
            }
        }
    }

    /// Two steps of a lane.
    fn put(&mut self, lane: usize, step: usize, now: T, next: T) {
        let (first, width) = self.of(lane);
        let at = first * self.steps + step * width + lane - first;
        self.out[at] = now;
        self.out[at + width] = next;
    }
}

impl<T: Factor> Walk<'_, T> {
    /// Lanes of one panel, `width` apart in the output from step to step: turned where their steps lie side by side.
    fn pack(&self, out: &mut [T], width: usize, lane: usize, lanes: usize, steps: usize) {
        let (columns, rows) = if self.along == 1 { (lanes / 2 * 2, steps / SQUARE * SQUARE) } else { (0, 0) };
        let plane = Plane { first: self.at as usize, line: self.across, rows, columns, row: width };
        let mut squares = 0;
        turn::<T, 1>(Level::best(), self.all, plane, &mut out[lane..], &mut || {
            self.ask_ahead(columns, squares);
            squares += 1;
        });
        (0..columns).for_each(|l| self.line(out, width, lane + l, l, rows));
        (columns..lanes).for_each(|l| self.line(out, width, lane + l, l, 0));
    }

    /// Asks for what the square of the next panel reads that lies where a square of this one did: its lines are too short for
    /// the hardware to foresee.
    #[inline(always)]
    fn ask_ahead(&self, columns: usize, square: usize) {
        let (wide, first) = (columns.div_ceil(SQUARE), self.all.as_ptr().addr());
        let (step, lane) = (square / wide * SQUARE, square % wide * SQUARE);
        for lane in lane..columns.min(lane + SQUARE) {
            let at = self.at + self.across * (columns + lane) as isize + step as isize;
            prefetch(first.wrapping_add_signed(at * size_of::<T>() as isize));
        }
    }

    /// One lane, from a step on.
    #[inline(always)]
    fn line(&self, out: &mut [T], width: usize, to: usize, lane: usize, first: usize) {
        let at = self.at + self.across * lane as isize;
        for (step, row) in out.chunks_exact_mut(width).enumerate().skip(first) {
            row[to] = self.all[(at + self.along * step as isize) as usize];
        }
    }

    /// `N` lanes that lie side by side.
    #[inline(always)]
    fn lines<const N: usize>(&self, out: &mut [T], width: usize, to: usize, lane: usize) -> usize {
        let at = self.at + lane as isize;
        for (step, row) in out.chunks_exact_mut(width).enumerate() {
            let from = &self.all[(at + self.along * step as isize) as usize..];
            if let (Some(from), Some(to)) = (from.first_chunk::<N>(), row[to..].first_chunk_mut::<N>()) {
                *to = *from;
            }
        }
        N
    }
}
