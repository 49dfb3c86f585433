//! Sums, products, counts and truth values.

use super::{Folding, Rows, SEGMENT, block_of, each_row, with_neutral};
use crate::data::{Block, DType, Element};
use crate::ops::tile::{Elements, Typed};
use crate::ops::vector::Lane;
use crate::ops::vector::strip_fold::{self, SegmentSum, StripFold};
use crate::ops::vector::{columns, reduce, short_rows};
use num_traits::{One, Zero};
use std::any::Any;
use std::marker::PhantomData;

/// Sums or products of `T`, accumulated in `A`.
pub(super) struct Numbers<T, A> {
    values: Vec<A>,
    product: bool,
    of: PhantomData<T>,
}

impl<T: Lane + Into<A>, A: Lane> Numbers<T, A> {
    pub(super) fn sum(len: usize) -> Numbers<T, A> {
        Numbers { values: vec![A::ZERO; len], product: false, of: PhantomData }
    }

    pub(super) fn prod(len: usize) -> Numbers<T, A> {
        Numbers { values: vec![A::ONE; len], product: true, of: PhantomData }
    }

    fn join(&self, a: A, b: A) -> A {
        if self.product { a.times(b) } else { a.plus(b) }
    }
}

impl<T: Lane + Into<A> + Typed + Send + 'static, A: Lane + Element> Folding for Numbers<T, A> {
    fn rows(&mut self, rows: Rows<'_>) {
        let is_short = (1..=short_rows::LONGEST).contains(&rows.width);
        if let (false, true, Some(all)) = (self.product, is_short, T::slice(rows.elements)) {
            return short_rows::add(all, rows.width, rows.at, &mut self.values);
        }
        each_row::<T>(rows, |row, at| {
            if !self.product {
                self.values[at] = reduce::sum_of_segments::<SEGMENT, T, A>(self.values[at], row);
                return;
            }
            for segment in row.chunks(SEGMENT) {
                self.values[at] = self.join(self.values[at], reduce::prod(segment));
            }
        });
    }

    fn columns(&mut self, rows: Rows<'_>) {
        each_row::<T>(rows, |row, at| {
            let into = &mut self.values[at..at + row.len()];
            if self.product { columns::multiply(into, row) } else { columns::add(into, row) }
        });
    }

    fn takes_strips(&self) -> bool {
        // Exact sums have no segments to keep apart, and are made faster of tiles.
        !self.product && !A::IS_EXACT
    }

    fn strips(&mut self, at: &[usize], width: usize, columns: bool, run: &mut dyn FnMut(StripFold<'_>)) {
        if columns {
            return run(strip_fold::add_to_columns::<T, A>(&mut self.values, at, width));
        }
        let mut sums: Vec<SegmentSum<SEGMENT, T, A>> = at.iter().map(|&at| SegmentSum::new(self.values[at])).collect();
        run(SegmentSum::rows(&mut sums, width));
        at.iter().zip(&sums).for_each(|(&at, sum)| self.values[at] = sum.total());
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let kept = with_neutral(rows, mask, if self.product { T::ONE } else { T::ZERO });
        let rows = Rows { elements: T::wrap(&kept), ..rows };
        if columns { self.columns(rows) } else { self.rows(rows) }
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = if self.product { Numbers::<T, A>::prod(len) } else { Numbers::<T, A>::sum(len) };
        for (value, &at) in self.values.iter().zip(into) {
            out.values[at] = out.join(out.values[at], *value);
        }
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        if let Ok(later) = later.into_any().downcast::<Self>() {
            for at in 0..self.values.len() {
                self.values[at] = self.join(self.values[at], later.values[at]);
            }
        }
    }

    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        block_of(self.values, shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Sums or products of complex numbers.
pub(super) struct Complexes<T> {
    values: Vec<T>,
    product: bool,
}

impl<T: Zero + One + Copy> Complexes<T> {
    pub(super) fn new(len: usize, product: bool) -> Complexes<T> {
        Complexes { values: vec![if product { T::one() } else { T::zero() }; len], product }
    }

    fn join(&self, a: T, b: T) -> T {
        if self.product { a * b } else { a + b }
    }
}

impl<T: Zero + One + Element + Typed> Folding for Complexes<T> {
    fn rows(&mut self, rows: Rows<'_>) {
        each_row::<T>(rows, |row, at| {
            let first = if self.product { T::one() } else { T::zero() };
            for segment in row.chunks(SEGMENT) {
                let part = segment.iter().fold(first, |sum, v| self.join(sum, *v));
                self.values[at] = self.join(self.values[at], part);
            }
        });
    }

    fn columns(&mut self, rows: Rows<'_>) {
        each_row::<T>(rows, |row, at| {
            for (k, v) in row.iter().enumerate() {
                self.values[at + k] = self.join(self.values[at + k], *v);
            }
        });
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let kept = with_neutral(rows, mask, if self.product { T::one() } else { T::zero() });
        let rows = Rows { elements: T::wrap(&kept), ..rows };
        if columns { self.columns(rows) } else { self.rows(rows) }
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = Complexes::<T>::new(len, self.product);
        for (value, &at) in self.values.iter().zip(into) {
            out.values[at] = out.join(out.values[at], *value);
        }
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        if let Ok(later) = later.into_any().downcast::<Self>() {
            for at in 0..self.values.len() {
                self.values[at] = self.join(self.values[at], later.values[at]);
            }
        }
    }

    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        block_of(self.values, shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// How many are true.
pub(super) struct Counts {
    values: Vec<i64>,
}

impl Counts {
    pub(super) fn new(len: usize) -> Counts {
        Counts { values: vec![0; len] }
    }
}

impl Folding for Counts {
    fn rows(&mut self, rows: Rows<'_>) {
        each_row::<bool>(rows, |row, at| self.values[at] += reduce::count_true(row) as i64);
    }

    fn columns(&mut self, rows: Rows<'_>) {
        each_row::<bool>(rows, |row, at| columns::count_true(&mut self.values[at..at + row.len()], row));
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let kept = with_neutral(rows, mask, false);
        let rows = Rows { elements: Elements::Bool(&kept), ..rows };
        if columns { self.columns(rows) } else { self.rows(rows) }
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = Counts::new(len);
        self.values.iter().zip(into).for_each(|(value, &at)| out.values[at] += value);
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        if let Ok(later) = later.into_any().downcast::<Self>() {
            self.values.iter_mut().zip(later.values).for_each(|(a, b)| *a += b);
        }
    }

    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        block_of(self.values, shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Whether any, or all, are true.
pub(super) struct Truths {
    values: Vec<bool>,
    all: bool,
}

impl Truths {
    pub(super) fn new(len: usize, all: bool) -> Truths {
        Truths { values: vec![all; len], all }
    }
}

impl Folding for Truths {
    fn rows(&mut self, rows: Rows<'_>) {
        each_row::<bool>(rows, |row, at| {
            // What has been found stays found: the rest is not even read.
            if self.values[at] == self.all {
                self.values[at] = if self.all { reduce::all(row) } else { reduce::any(row) };
            }
        });
    }

    fn columns(&mut self, rows: Rows<'_>) {
        each_row::<bool>(rows, |row, at| {
            let into = &mut self.values[at..at + row.len()];
            if self.all { columns::all(into, row) } else { columns::any(into, row) }
        });
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let kept = with_neutral(rows, mask, self.all);
        let rows = Rows { elements: Elements::Bool(&kept), ..rows };
        if columns { self.columns(rows) } else { self.rows(rows) }
    }

    fn is_settled(&self, joined: bool) -> bool {
        let mut settled = self.values.iter().map(|value| *value != self.all);
        if joined { settled.any(|settled| settled) } else { settled.all(|settled| settled) }
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = Truths::new(len, self.all);
        for (value, &at) in self.values.iter().zip(into) {
            out.values[at] = if self.all { out.values[at] & value } else { out.values[at] | value };
        }
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        if let Ok(later) = later.into_any().downcast::<Self>() {
            let all = self.all;
            self.values.iter_mut().zip(later.values).for_each(|(a, b)| *a = if all { *a & b } else { *a | b });
        }
    }

    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        block_of(self.values, shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
