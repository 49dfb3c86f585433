//! Where the smallest or greatest value is: the first of equals, and the first NaN before all.

use super::{Folding, Rows, block_of, each_row};
use crate::data::{Block, C32, C64, DType, Element};
use crate::ops::tile::Typed;
use crate::ops::vector::{Lane, columns, reduce, short_rows};
use std::any::Any;

/// What has a smallest and a greatest.
pub(super) trait Ranked: Element + Typed {
    /// Whether this is not a number.
    fn is_nan(self) -> bool;
    /// Whether this comes before `other`.
    fn is_below(self, other: Self) -> bool;
    /// The place of the first extreme; none of an empty row, nor of one whose extreme does not reach `least`.
    fn find(row: &[Self], greatest: bool, least: Option<Self>) -> Option<usize>;
    /// Where `row[j]` beats `best[j]` it becomes the best and `place` its place.
    fn replace(best: &mut [Self], held: &mut [i64], row: &[Self], place: i64, greatest: bool);
}

macro_rules! real {
    ($($type:ty)*) => {$(
        impl Ranked for $type {
            fn is_nan(self) -> bool {
                self.is_missing()
            }

            fn is_below(self, other: Self) -> bool {
                self < other
            }

            fn find(row: &[Self], greatest: bool, least: Option<Self>) -> Option<usize> {
                match (row.len() <= short_rows::LONGEST, greatest) {
                    (true, true) => short_rows::first_best(row, |a, b| a.greater(b)),
                    (true, false) => short_rows::first_best(row, |a, b| a.lesser(b)),
                    (false, _) => {
                        let extreme = if greatest { reduce::max(row)? } else { reduce::min(row)? };
                        let falls_short = |least| beats(least, extreme, greatest);
                        if least.is_some_and(falls_short) { None } else { reduce::position(row, extreme) }
                    }
                }
            }

            fn replace(best: &mut [Self], held: &mut [i64], row: &[Self], place: i64, greatest: bool) {
                if greatest { columns::argmax(best, held, row, place) } else { columns::argmin(best, held, row, place) }
            }
        }
    )*};
}

real! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

/// Complex numbers are compared by their real, then their imaginary parts.
macro_rules! complex {
    ($($type:ty)*) => {$(
        impl Ranked for $type {
            fn is_nan(self) -> bool {
                <$type>::is_nan(self)
            }

            fn is_below(self, other: Self) -> bool {
                (self.re, self.im) < (other.re, other.im)
            }

            fn find(row: &[Self], greatest: bool, _: Option<Self>) -> Option<usize> {
                let first = if row.is_empty() { None } else { Some(0) };
                first.map(|first| {
                    (1..row.len()).fold(first, |best, at| if beats(row[at], row[best], greatest) { at } else { best })
                })
            }

            fn replace(best: &mut [Self], held: &mut [i64], row: &[Self], place: i64, greatest: bool) {
                for ((best, held), value) in best.iter_mut().zip(held).zip(row) {
                    if beats(*value, *best, greatest) {
                        (*best, *held) = (*value, place);
                    }
                }
            }
        }
    )*};
}

complex! { C32 C64 }

/// Whether a value is to stand in the place of the best so far.
fn beats<T: Ranked>(value: T, best: T, greatest: bool) -> bool {
    let further = if greatest { best.is_below(value) } else { value.is_below(best) };
    !best.is_nan() && (further || value.is_nan())
}

/// Places of extremes along the folded axes, in C order.
pub(super) struct Places<T> {
    /// The best value and its place.
    best: Vec<T>,
    place: Vec<i64>,
    greatest: bool,
    /// The best of all, where all accumulators are to be joined: what falls short of it is not looked for.
    leader: Option<T>,
    joined: bool,
}

/// No element was seen.
const NOWHERE: i64 = -1;

impl<T: Ranked> Places<T> {
    pub(super) fn new(len: usize, greatest: bool, joined: bool) -> Places<T> {
        Places { best: vec![T::default(); len], place: vec![NOWHERE; len], greatest, leader: None, joined }
    }

    /// Takes a candidate; of equals the lower place stays.
    fn join(&mut self, at: usize, value: T, place: i64) {
        let (best, held) = (self.best[at], self.place[at]);
        let equal = value == best || (value.is_nan() && best.is_nan());
        if held == NOWHERE || beats(value, best, self.greatest) || (equal && place < held) {
            self.best[at] = value;
            self.place[at] = place;
        }
    }
}

impl<T: Ranked> Folding for Places<T> {
    fn rows(&mut self, rows: Rows<'_>) {
        let mut position = rows.position.iter();
        each_row::<T>(rows, |row, at| {
            let first = position.next().copied().unwrap_or(0);
            if let Some(found) = T::find(row, self.greatest, self.leader) {
                self.join(at, row[found], (first + found) as i64);
                self.leader = if self.joined { Some(row[found]) } else { None };
            }
        });
    }

    fn columns(&mut self, rows: Rows<'_>) {
        let mut position = rows.position.iter();
        each_row::<T>(rows, |row, at| {
            let place = position.next().copied().unwrap_or(0) as i64;
            let (best, held) = (&mut self.best[at..at + row.len()], &mut self.place[at..at + row.len()]);
            if held.first() == Some(&NOWHERE) {
                best.copy_from_slice(row);
                held.fill(place);
            } else {
                T::replace(best, held, row, place, self.greatest);
            }
        });
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let (mut keep, mut position) = (mask.iter(), rows.position.iter());
        each_row::<T>(rows, |row, at| {
            let first = position.next().copied().unwrap_or(0) as i64;
            let kept = row.iter().enumerate().filter(|_| keep.next().copied().unwrap_or(false));
            kept.for_each(
                |(k, v)| if columns { self.join(at + k, *v, first) } else { self.join(at, *v, first + k as i64) },
            );
        });
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = Places::<T>::new(len, self.greatest, false);
        for (k, &at) in into.iter().enumerate() {
            if self.place[k] != NOWHERE {
                out.join(at, self.best[k], self.place[k]);
            }
        }
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        let Ok(later) = later.into_any().downcast::<Self>() else { return };
        for at in 0..self.best.len() {
            if later.place[at] != NOWHERE {
                self.join(at, later.best[at], later.place[at]);
            }
        }
    }

    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        block_of(self.place, shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
