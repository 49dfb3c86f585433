//! The few greatest or least elements of each row: a tile is compared with the worst of the best so far, and only what
//! passes is looked at.

use super::{Accumulator, Batch, Start};
use crate::data::{Block, DType, Element, Result};
use crate::exec::context::Context;
use crate::ops::tile::Typed;
use crate::ops::vector::{Lane, vectorized};
use std::any::Any;
use std::cmp::Ordering;

/// Elements compared with the bar at once.
const BLOCK: usize = 64;
/// Bytes of a row without candidates, and of a candidate.
pub(super) const ROW: usize = size_of::<Row<f64>>();
pub(super) const CANDIDATE: usize = size_of::<(f64, i64)>();

/// Candidates that are held before the best are chosen.
pub(super) fn room(count: usize) -> usize {
    (2 * count).max(count + BLOCK) + BLOCK
}

/// The best of each kept element, with their positions.
struct Top<T> {
    rows: Vec<Row<T>>,
    rule: Rule,
}

/// How many are wanted, and which.
#[derive(Clone, Copy)]
struct Rule {
    count: usize,
    greatest: bool,
}

/// Candidates: more than are wanted, so that choosing is rare.
#[derive(Clone)]
struct Row<T> {
    held: Vec<(T, i64)>,
    /// The worst of the best so far.
    bar: Option<T>,
}

pub(super) fn start(dtype: DType, count: usize, greatest: bool) -> Start {
    let rule = Rule { count, greatest };
    macro_rules! each { ($($variant:ident $type:ty),*) => { match dtype {
        $(DType::$variant => Box::new(move |rows| Box::new(Top::<$type>::new(rows, rule))),)*
        // Bools are cast where the stage is built; complex numbers are sorted.
        DType::Bool | DType::Complex64 | DType::Complex128 => Box::new(move |rows| Box::new(Top::<u8>::new(rows, rule))),
    } } }
    each!(Int8 i8, Int16 i16, Int32 i32, Int64 i64, UInt8 u8, UInt16 u16, UInt32 u32, UInt64 u64, Float32 f32, Float64 f64)
}

impl Rule {
    /// Best first. NaN is greater than all; of equals the later one is greater.
    fn order<T: Lane>(self, a: &(T, i64), b: &(T, i64)) -> Ordering {
        let missing = || a.0.is_missing().cmp(&b.0.is_missing());
        let rising = a.0.partial_cmp(&b.0).unwrap_or_else(missing).then(a.1.cmp(&b.1));
        if self.greatest { rising.reverse() } else { rising }
    }

    /// Whether a value that comes later than all so far is better than the bar.
    #[inline(always)]
    fn passes<T: Lane>(self, value: T, bar: T) -> bool {
        match (self.greatest, bar.is_missing()) {
            (true, true) => value.is_missing(),
            // Not below: NaN passes.
            (true, false) => !matches!(value.partial_cmp(&bar), Some(Ordering::Less)),
            (false, true) => !value.is_missing(),
            (false, false) => value < bar,
        }
    }

    /// The start of the next block, from block `from` on, in which a value passes the bar.
    fn next<T: Lane>(self, row: &[T], from: usize, bar: T) -> usize {
        let blocks = row[from..].chunks(BLOCK);
        let found = vectorized(
            #[inline(always)]
            || {
                let mut blocks = blocks;
                match (self.greatest, bar.is_missing()) {
                    (true, false) => blocks.position(|block| has(block, |v| (v >= bar) | v.is_missing())),
                    (false, false) => blocks.position(|block| has(block, |v| v < bar)),
                    (greatest, true) => blocks.position(|block| has(block, |v| v.is_missing() == greatest)),
                }
            },
        );
        found.map_or(row.len(), |block| from + block * BLOCK)
    }
}

#[inline(always)]
fn has<T: Copy>(block: &[T], is: impl Fn(T) -> bool) -> bool {
    block.iter().fold(0u8, |any, v| any | u8::from(is(*v))) != 0
}

impl<T: Lane> Row<T> {
    fn take(&mut self, rule: Rule, row: &[T], first: i64) {
        let room = room(rule.count) - BLOCK;
        let mut from = 0;
        while from < row.len() {
            if let Some(bar) = self.bar {
                from = rule.next(row, from, bar);
            }
            let end = (from + BLOCK).min(row.len());
            for (k, &value) in row[from..end].iter().enumerate() {
                if self.bar.is_none_or(|bar| rule.passes(value, bar)) {
                    self.held.push((value, first + (from + k) as i64));
                }
            }
            if self.held.len() >= room {
                self.choose(rule);
            }
            from = end;
        }
    }

    /// Keeps the best.
    fn choose(&mut self, rule: Rule) {
        if self.held.len() >= rule.count {
            self.held.select_nth_unstable_by(rule.count - 1, |a, b| rule.order(a, b));
            self.held.truncate(rule.count);
            self.bar = self.held.last().map(|(value, _)| *value);
        }
    }
}

impl<T: Lane + Clone> Top<T> {
    fn new(rows: usize, rule: Rule) -> Top<T> {
        Top { rows: vec![Row { held: vec![], bar: None }; rows], rule }
    }
}

impl<T: Lane + Element + Typed> Accumulator for Top<T> {
    fn take(&mut self, batch: Batch<'_>) -> Result<()> {
        let Some(all) = T::slice(batch.elements) else { return Ok(()) };
        let places = batch.at.iter().zip(batch.position);
        for (row, (&at, &position)) in all.chunks_exact(batch.width.max(1)).zip(places) {
            self.rows[at].take(self.rule, row, position as i64);
        }
        Ok(())
    }

    fn merge(&mut self, later: Box<dyn Accumulator>, _: &Context<'_>) -> Result<()> {
        let Ok(later) = later.into_any().downcast::<Self>() else { return Ok(()) };
        for (row, more) in self.rows.iter_mut().zip(later.rows) {
            row.held.extend(more.held);
            row.choose(self.rule);
        }
        Ok(())
    }

    fn nbytes(&self) -> usize {
        let each = size_of::<(T, i64)>();
        self.rows.iter().map(|row| size_of::<Row<T>>() + each * row.held.len()).sum()
    }

    fn finish(mut self: Box<Self>, results: &[usize], _: &Context<'_>) -> Result<Vec<Block>> {
        let rule = self.rule;
        for row in &mut self.rows {
            row.choose(rule);
            row.held.sort_unstable_by(|a, b| rule.order(a, b));
        }
        let shape = [self.rows.len(), rule.count];
        let all = || self.rows.iter().flat_map(|row| &row.held);
        let block = |result: &usize| match result {
            0 => Block::from_vec(&shape, all().map(|(value, _)| *value).collect()),
            _ => Block::from_vec(&shape, all().map(|(_, position)| *position).collect()),
        };
        Ok(results.iter().map(block).collect())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
