//! Where the smallest or greatest value is: the first of equals, and the first NaN before all.

use super::{Folding, Rows, block_of, each_row};
use crate::data::{Block, DType, Element};
use crate::ops::tile::Typed;
use crate::ops::vector::Lane;
use crate::ops::vector::reduce;
use std::any::Any;

/// Places of extremes along the folded axes, in C order.
pub(super) struct Places<T> {
    /// The best value and its place.
    best: Vec<T>,
    place: Vec<i64>,
    greatest: bool,
}

/// No element was seen.
const NOWHERE: i64 = -1;

impl<T: Lane> Places<T> {
    pub(super) fn new(len: usize, greatest: bool) -> Places<T> {
        Places { best: vec![T::default(); len], place: vec![NOWHERE; len], greatest }
    }

    fn is_better(&self, value: T, best: T) -> bool {
        let beats = if self.greatest { value > best } else { value < best };
        beats || (value.is_missing() && !best.is_missing())
    }

    /// Takes a candidate; of equals the lower place stays.
    fn join(&mut self, at: usize, value: T, place: i64) {
        let (best, held) = (self.best[at], self.place[at]);
        let equal = value == best || (value.is_missing() && best.is_missing());
        if held == NOWHERE || self.is_better(value, best) || (equal && place < held) {
            self.best[at] = value;
            self.place[at] = place;
        }
    }
}

impl<T: Lane + Element + Typed> Folding for Places<T> {
    fn rows(&mut self, rows: Rows<'_>) {
        let mut position = rows.position.iter();
        each_row::<T>(rows, |row, at| {
            let first = position.next().copied().unwrap_or(0);
            let found = if self.greatest { reduce::argmax(row) } else { reduce::argmin(row) };
            if let Some(found) = found {
                self.join(at, row[found], (first + found) as i64);
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
            } else if self.greatest {
                crate::ops::vector::columns::argmax(best, held, row, place);
            } else {
                crate::ops::vector::columns::argmin(best, held, row, place);
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
        let mut out = Places::<T>::new(len, self.greatest);
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
