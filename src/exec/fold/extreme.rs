//! Smallest and greatest values; NaN wins.

use super::{Folding, Rows, block_of, count_kept, each_row, with_neutral};
use crate::data::{Block, C32, C64, DType, Element};
use crate::ir::Fold;
use crate::ops::tile::Typed;
use crate::ops::vector::Lane;
use crate::ops::vector::strip_fold::{self, Best, Choice, Greater, GreaterNumber, Lesser, LesserNumber, StripFold};
use crate::ops::vector::{columns, reduce, short_rows};
use std::any::Any;

/// The values that every other value beats.
pub(super) trait Bounds {
    const LEAST: Self;
    const GREATEST: Self;
    /// What the extreme of nothing is, where the dtype has a value for it.
    fn nothing() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}

macro_rules! bounds {
    ($($type:ty, $least:expr, $greatest:expr, $nothing:expr;)*) => {$(
        impl Bounds for $type {
            const LEAST: Self = $least;
            const GREATEST: Self = $greatest;
            fn nothing() -> Option<Self> { $nothing }
        }
    )*};
}

bounds! {
    i8, i8::MIN, i8::MAX, None;
    i16, i16::MIN, i16::MAX, None;
    i32, i32::MIN, i32::MAX, None;
    i64, i64::MIN, i64::MAX, None;
    u8, u8::MIN, u8::MAX, None;
    u16, u16::MIN, u16::MAX, None;
    u32, u32::MIN, u32::MAX, None;
    u64, u64::MIN, u64::MAX, None;
    f32, f32::NEG_INFINITY, f32::INFINITY, Some(f32::NAN);
    f64, f64::NEG_INFINITY, f64::INFINITY, Some(f64::NAN);
}

/// Extremes of real numbers: what [`Fold::Min`], [`Fold::Max`], [`Fold::Fmin`] or [`Fold::Fmax`] gives.
pub(super) struct Extreme<T> {
    values: Vec<T>,
    fold: Fold,
    /// Elements seen, where a mask may leave none.
    seen: Option<Vec<u64>>,
}

impl<T: Lane + Bounds> Extreme<T> {
    pub(super) fn new(fold: Fold, len: usize) -> Extreme<T> {
        Extreme { values: vec![neutral(fold); len], fold, seen: None }
    }

    fn short_rows(&mut self, all: &[T], width: usize, at: &[usize]) {
        macro_rules! best {
            ($join:ident) => {
                short_rows::best(
                    all,
                    width,
                    at,
                    &mut self.values,
                    #[inline(always)]
                    |a, b| a.$join(b),
                )
            };
        }
        match self.fold {
            Fold::Min => best!(lesser),
            Fold::Max => best!(greater),
            Fold::Fmin => best!(lesser_number),
            _ => best!(greater_number),
        }
    }
}

/// The bytes of the narrowest elements that are taken in strip by strip: a strip of less is too little work.
const WIDE: usize = 4;

impl<T: Lane> Extreme<T> {
    fn strips_of<C: Choice<T>>(
        &mut self,
        at: &[usize],
        width: usize,
        columns: bool,
        run: &mut dyn FnMut(StripFold<'_>),
    ) {
        if columns {
            return run(strip_fold::best_of_columns::<T, C>(&mut self.values, at, width));
        }
        let mut bests: Vec<Best<T, C>> = at.iter().map(|&at| Best::new(self.values[at])).collect();
        run(Best::rows(&mut bests, width));
        at.iter().zip(&bests).for_each(|(&at, best)| self.values[at] = C::of(self.values[at], best.best()));
    }
}

/// What every value replaces.
fn neutral<T: Bounds>(fold: Fold) -> T {
    match fold {
        Fold::Min => T::GREATEST,
        Fold::Max => T::LEAST,
        Fold::Fmin => T::nothing().unwrap_or(T::GREATEST),
        _ => T::nothing().unwrap_or(T::LEAST),
    }
}

fn join<T: Lane>(fold: Fold, a: T, b: T) -> T {
    match fold {
        Fold::Min => a.lesser(b),
        Fold::Max => a.greater(b),
        Fold::Fmin => a.lesser_number(b),
        _ => a.greater_number(b),
    }
}

impl<T: Lane + Bounds + Element + Typed> Folding for Extreme<T> {
    fn rows(&mut self, rows: Rows<'_>) {
        if let (1..=short_rows::LONGEST, Some(all)) = (rows.width, T::slice(rows.elements)) {
            return self.short_rows(all, rows.width, rows.at);
        }
        each_row::<T>(rows, |row, at| {
            let part = match self.fold {
                Fold::Min => reduce::min(row),
                Fold::Max => reduce::max(row),
                Fold::Fmin => reduce::min_number(row),
                _ => reduce::max_number(row),
            };
            if let Some(part) = part {
                self.values[at] = join(self.fold, self.values[at], part);
            }
        });
    }

    fn columns(&mut self, rows: Rows<'_>) {
        each_row::<T>(rows, |row, at| {
            let into = &mut self.values[at..at + row.len()];
            match self.fold {
                Fold::Min => columns::minimum(into, row),
                Fold::Max => columns::maximum(into, row),
                Fold::Fmin => columns::minimum_number(into, row),
                _ => columns::maximum_number(into, row),
            }
        });
    }

    fn takes_strips(&self) -> bool {
        size_of::<T>() >= WIDE
    }

    fn strips(&mut self, at: &[usize], width: usize, columns: bool, run: &mut dyn FnMut(StripFold<'_>)) {
        match self.fold {
            Fold::Min => self.strips_of::<Lesser>(at, width, columns, run),
            Fold::Max => self.strips_of::<Greater>(at, width, columns, run),
            Fold::Fmin => self.strips_of::<LesserNumber>(at, width, columns, run),
            _ => self.strips_of::<GreaterNumber>(at, width, columns, run),
        }
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let len = self.values.len();
        count_kept(self.seen.get_or_insert_with(|| vec![0; len]), rows, mask, columns);
        let kept = with_neutral(rows, mask, neutral(self.fold));
        let rows = Rows { elements: T::wrap(&kept), ..rows };
        if columns { self.columns(rows) } else { self.rows(rows) }
    }

    fn lacks_some(&self) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.contains(&0))
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = Extreme::<T>::new(self.fold, len);
        for (value, &at) in self.values.iter().zip(into) {
            out.values[at] = join(self.fold, out.values[at], *value);
        }
        out.seen = self.seen.map(|seen| {
            let mut total = vec![0; len];
            seen.iter().zip(into).for_each(|(n, &at)| total[at] += n);
            total
        });
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        let Ok(later) = later.into_any().downcast::<Self>() else { return };
        let fold = self.fold;
        self.values.iter_mut().zip(later.values).for_each(|(a, b)| *a = join(fold, *a, b));
        if let (Some(seen), Some(more)) = (&mut self.seen, later.seen) {
            seen.iter_mut().zip(more).for_each(|(a, b)| *a += b);
        }
    }

    fn finish(mut self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        if let (Some(seen), Some(nothing)) = (&self.seen, T::nothing()) {
            self.values.iter_mut().zip(seen).filter(|(_, n)| **n == 0).for_each(|(v, _)| *v = nothing);
        }
        block_of(self.values, shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Complex numbers as pairs, compared by real, then imaginary part.
pub(super) trait Pair: Element + Typed {
    fn parts(self) -> (f64, f64);
}

impl Pair for C32 {
    fn parts(self) -> (f64, f64) {
        (self.re.into(), self.im.into())
    }
}

impl Pair for C64 {
    fn parts(self) -> (f64, f64) {
        (self.re, self.im)
    }
}

/// Extremes of complex numbers.
pub(super) struct ComplexExtreme<T> {
    values: Vec<Option<T>>,
    greatest: bool,
}

impl<T: Pair> ComplexExtreme<T> {
    pub(super) fn new(len: usize, greatest: bool) -> ComplexExtreme<T> {
        ComplexExtreme { values: vec![None; len], greatest }
    }

    fn join(&mut self, at: usize, value: T) {
        let is_nan = |(re, im): (f64, f64)| re.is_nan() || im.is_nan();
        let better = match self.values[at].map(Pair::parts) {
            None => true,
            Some(best) if is_nan(best) => false,
            Some(best) => {
                is_nan(value.parts()) || if self.greatest { value.parts() > best } else { value.parts() < best }
            }
        };
        if better {
            self.values[at] = Some(value);
        }
    }
}

impl<T: Pair> Folding for ComplexExtreme<T> {
    fn rows(&mut self, rows: Rows<'_>) {
        each_row::<T>(rows, |row, at| row.iter().for_each(|v| self.join(at, *v)));
    }

    fn columns(&mut self, rows: Rows<'_>) {
        each_row::<T>(rows, |row, at| row.iter().enumerate().for_each(|(k, v)| self.join(at + k, *v)));
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let mut keep = mask.iter();
        each_row::<T>(rows, |row, at| {
            let kept = row.iter().enumerate().filter(|_| keep.next().copied().unwrap_or(false));
            kept.for_each(|(k, v)| self.join(if columns { at + k } else { at }, *v));
        });
    }

    fn lacks_some(&self) -> bool {
        self.values.iter().any(Option::is_none)
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = ComplexExtreme::<T>::new(len, self.greatest);
        for (value, &at) in self.values.iter().zip(into) {
            if let Some(value) = value {
                out.join(at, *value);
            }
        }
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        let Ok(later) = later.into_any().downcast::<Self>() else { return };
        for (at, value) in later.values.into_iter().enumerate() {
            if let Some(value) = value {
                self.join(at, value);
            }
        }
    }

    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        block_of(self.values.into_iter().map(Option::unwrap_or_default).collect::<Vec<T>>(), shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
