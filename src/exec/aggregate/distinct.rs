//! Distinct values: integers of a small range in a table, others collected and sorted; sorted runs are merged.

use super::key::{Key, Keyed};
use super::passes::Bounds;
use super::run::Run;
use super::{Accumulator, Batch, Start};
use crate::data::{Block, DType, Result};
use crate::exec::context::Context;
use crate::ops::vector::vectorized;
use std::any::Any;

/// Keys of a table: with a position and a number each it stays in the second level of cache.
const SPAN: usize = 1 << 16;
/// Tables begin and end at multiples of this, so that they grow seldom.
const STEP: usize = 1 << 10;
/// No position yet.
const NOWHERE: i64 = i64::MAX;

/// Which results are asked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    first: bool,
    counts: bool,
    equal_nan: bool,
}

impl Wanted {
    /// What results of these numbers need.
    pub(super) fn of(results: &[usize], equal_nan: bool) -> Wanted {
        Wanted { first: results.contains(&1), counts: results.contains(&2), equal_nan }
    }

    /// Bytes of a key and what belongs to it.
    pub(super) fn bytes_each<K>(self) -> usize {
        size_of::<K>() + 8 * (usize::from(self.first) + usize::from(self.counts))
    }

    /// The key that is never the same as another: of NaN where those count apart.
    pub(super) fn apart<T: Keyed>(self) -> Option<T::Key> {
        (T::HAS_MISSING && !self.equal_nan).then_some(T::Key::ENDS.1)
    }
}

/// The distinct values of a part.
pub(super) struct Distinct<T: Keyed> {
    wanted: Wanted,
    /// The keys that count, where not all do.
    bounds: Option<Bounds<T::Key>>,
    table: Table<T::Key>,
    /// Whether a key was met that the table has no room for.
    is_wide: bool,
    /// Keys, and their positions where those are wanted, that are not in the run yet.
    keys: Vec<T::Key>,
    places: Vec<i64>,
    run: Run<T::Key>,
    /// Where the first zero is, and whether it is a negative one.
    zero: Option<(i64, bool)>,
    scratch: Vec<T::Key>,
}

/// A number and a position for each key of a range.
struct Table<K> {
    low: K,
    counts: Vec<i64>,
    first: Vec<i64>,
}

pub(super) fn start(dtype: DType, results: &[usize], equal_nan: bool) -> Start {
    let wanted = Wanted::of(results, equal_nan);
    macro_rules! each { ($($variant:ident $type:ty),*) => { match dtype {
        $(DType::$variant => Box::new(move |_| Box::new(Distinct::<$type>::new(wanted))),)*
        // Bools are cast where the stage is built; complex numbers have a block function.
        DType::Bool | DType::Complex64 | DType::Complex128 => Box::new(move |_| Box::new(Distinct::<u8>::new(wanted))),
    } } }
    each!(Int8 i8, Int16 i16, Int32 i32, Int64 i64, UInt8 u8, UInt16 u16, UInt32 u32, UInt64 u64, Float32 f32, Float64 f64)
}

impl<K: Key> Table<K> {
    /// Makes room for keys; whether there is.
    fn reach(&mut self, (least, most): (K, K), wanted: Wanted) -> bool {
        let len = self.counts.len();
        let inside = |key: K| key >= self.low && key.above(self.low).is_some_and(|at| at < len);
        if len > 0 && inside(least) && inside(most) {
            return true;
        }
        let (mut low, mut high) = (least, most);
        if len > 0 {
            (low, high) = (low.min(self.low), high.max(self.low.plus(len - 1)));
        }
        let Some(span) = high.above(low).filter(|&span| span < SPAN) else { return false };
        // Down to a multiple of the step, and up as far as there are keys.
        let down = low.above(K::ENDS.0).map_or(0, |at| at % STEP);
        let low = K::ENDS.0.plus(low.above(K::ENDS.0).unwrap_or_default() - down);
        let most = K::ENDS.1.above(low).unwrap_or(usize::MAX);
        let room = (span + down).div_ceil(STEP).saturating_mul(STEP).min(most).saturating_add(1);
        let at = if len > 0 { self.low.above(low).unwrap_or_default() } else { 0 };
        let grown = |old: &[i64], filler: i64| {
            let mut new = vec![filler; room];
            new[at..at + old.len()].copy_from_slice(old);
            new
        };
        self.counts = grown(&self.counts, 0);
        if wanted.first {
            self.first = grown(&self.first, NOWHERE);
        }
        self.low = low;
        true
    }

    fn add(&mut self, keys: &[K], position: i64, wanted: Wanted) {
        let low = self.low;
        let at = |key: K| key.above(low).unwrap_or(usize::MAX);
        if wanted.first {
            for (k, &key) in keys.iter().enumerate() {
                let first = &mut self.first[at(key)];
                *first = (*first).min(position + k as i64);
            }
        }
        if wanted.counts {
            keys.iter().for_each(|&key| self.counts[at(key)] += 1);
        } else {
            keys.iter().for_each(|&key| self.counts[at(key)] = 1);
        }
    }

    /// What is in the table, which is empty then.
    fn drain(&mut self, wanted: Wanted) -> Run<K> {
        let mut run = Run::default();
        for (at, &n) in self.counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            run.keys.push(self.low.plus(at));
            if wanted.first {
                run.first.push(self.first[at]);
            }
            if wanted.counts {
                run.counts.push(n);
            }
        }
        self.counts = vec![];
        self.first = vec![];
        run
    }
}

impl<T: Keyed> Distinct<T> {
    fn new(wanted: Wanted) -> Distinct<T> {
        let table = Table { low: T::Key::default(), counts: vec![], first: vec![] };
        let (keys, places, scratch) = (vec![], vec![], vec![]);
        Distinct { wanted, bounds: None, table, is_wide: false, keys, places, run: Run::default(), zero: None, scratch }
    }

    /// Of keys within bounds alone.
    pub(super) fn within(wanted: Wanted, bounds: Bounds<T::Key>) -> Distinct<T> {
        Distinct { bounds: Some(bounds), is_wide: true, ..Distinct::new(wanted) }
    }

    /// Of a finished run, and where the first zero is.
    pub(super) fn made(wanted: Wanted, run: Run<T::Key>, zero: Option<(i64, bool)>) -> Distinct<T> {
        Distinct { run, zero, ..Distinct::new(wanted) }
    }

    /// The run of a sealed part, and where its first zero is.
    pub(super) fn into_run(self) -> (Run<T::Key>, Option<(i64, bool)>) {
        (self.run, self.zero)
    }

    /// The results of these numbers.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    pub(super) fn results(self, results: &[usize], context: &Context<'_>) -> Result<Vec<Block>> {
        Box::new(self).finish(results, context)
    }

    fn apart(&self) -> Option<T::Key> {
        self.wanted.apart::<T>()
    }

    fn row(&mut self, row: &[T], position: i64) {
        self.note_zero(row, position);
        let mut keys = std::mem::take(&mut self.scratch);
        let ends = keys_of(row, &mut keys);
        let spans = |(_, most): (T::Key, T::Key)| self.apart().is_none_or(|apart| most < apart);
        if !self.is_wide && spans(ends) && self.table.reach(ends, self.wanted) {
            self.table.add(&keys, position, self.wanted);
        } else if let Some(bounds) = self.bounds {
            self.keys.extend(keys.iter().copied().filter(|&key| bounds.hold(key)));
            if self.wanted.first {
                let held = (position..).zip(&keys).filter(|(_, key)| bounds.hold(**key));
                self.places.extend(held.map(|(place, _)| place));
            }
        } else {
            self.is_wide = true;
            self.keys.extend_from_slice(&keys);
            if self.wanted.first {
                self.places.extend(position..position + row.len() as i64);
            }
        }
        self.scratch = keys;
    }

    fn note_zero(&mut self, row: &[T], position: i64) {
        if !T::HAS_MISSING || self.zero.is_some_and(|(first, _)| first <= position) {
            return;
        }
        let any = vectorized(
            #[inline(always)]
            || row.iter().fold(0u8, |any, v| any | u8::from(*v == T::default())),
        );
        if any != 0
            && let Some((k, negative)) = row.iter().enumerate().find_map(|(k, v)| Some((k, v.zero()?)))
        {
            let found = (position + k as i64, negative);
            self.zero = Some(self.zero.map_or(found, |known| known.min(found)));
        }
    }

    /// Brings all that was taken into the run.
    fn settle(&mut self, context: &Context<'_>) -> Result<()> {
        let apart = self.apart();
        let mut parts = vec![];
        if !self.table.counts.is_empty() {
            parts.push(self.table.drain(self.wanted));
        }
        if !self.keys.is_empty() {
            let (keys, places) = (std::mem::take(&mut self.keys), std::mem::take(&mut self.places));
            parts.push(sorted(keys, places, self.wanted, apart));
        }
        self.scratch = vec![];
        for part in parts {
            self.run = if self.run.keys.is_empty() { part } else { self.run.merged(&part, apart, context)? };
        }
        Ok(())
    }
}

/// The keys of a row, and the least and the greatest.
fn keys_of<T: Keyed>(row: &[T], keys: &mut Vec<T::Key>) -> (T::Key, T::Key) {
    keys.resize(row.len(), T::Key::default());
    let (least, most) = T::Key::ENDS;
    vectorized(
        #[inline(always)]
        || {
            keys.iter_mut().zip(row).fold((most, least), |(low, high), (key, v)| {
                *key = v.key();
                (low.min(*key), high.max(*key))
            })
        },
    )
}

/// A run of keys in any order.
fn sorted<K: Key>(mut keys: Vec<K>, places: Vec<i64>, wanted: Wanted, apart: Option<K>) -> Run<K> {
    if !wanted.first {
        K::sort(&mut keys);
        if !wanted.counts && apart.is_none() {
            keys.dedup();
            return Run { keys, first: vec![], counts: vec![] };
        }
        return grouped(keys.into_iter().map(|key| (key, 0)), wanted, apart);
    }
    let mut pairs: Vec<(K, i64)> = keys.into_iter().zip(places).collect();
    pairs.sort_unstable();
    grouped(pairs.into_iter(), wanted, apart)
}

fn grouped<K: Key>(pairs: impl Iterator<Item = (K, i64)>, wanted: Wanted, apart: Option<K>) -> Run<K> {
    let mut run = Run::default();
    for (key, place) in pairs {
        if run.keys.last() == Some(&key) && apart != Some(key) {
            if let (true, Some(count)) = (wanted.counts, run.counts.last_mut()) {
                *count += 1;
            }
            continue;
        }
        run.keys.push(key);
        if wanted.first {
            run.first.push(place);
        }
        if wanted.counts {
            run.counts.push(1);
        }
    }
    run
}

impl<T: Keyed> Accumulator for Distinct<T> {
    fn take(&mut self, batch: Batch<'_>) -> Result<()> {
        let Some(all) = T::slice(batch.elements) else { return Ok(()) };
        // A zero's sign is that of the first one, so that floats need their positions.
        if !self.wanted.first && !T::HAS_MISSING {
            self.row(all, 0);
            return Ok(());
        }
        for (row, &position) in all.chunks_exact(batch.width.max(1)).zip(batch.position) {
            self.row(row, position as i64);
        }
        Ok(())
    }

    fn merge(&mut self, later: Box<dyn Accumulator>, context: &Context<'_>) -> Result<()> {
        let Ok(mut later) = later.into_any().downcast::<Self>() else { return Ok(()) };
        self.settle(context)?;
        later.settle(context)?;
        self.run = self.run.merged(&later.run, self.apart(), context)?;
        self.zero = self.zero.into_iter().chain(later.zero).min();
        Ok(())
    }

    fn seal(&mut self, context: &Context<'_>) -> Result<()> {
        self.settle(context)
    }

    fn nbytes(&self) -> usize {
        self.run.nbytes()
    }

    fn finish(mut self: Box<Self>, results: &[usize], context: &Context<'_>) -> Result<Vec<Block>> {
        self.settle(context)?;
        let Run { keys, mut first, counts } = std::mem::take(&mut self.run);
        let n = keys.len();
        if let (Some(apart), true) = (self.apart(), self.wanted.first) {
            first[keys.partition_point(|key| *key < apart)..].sort_unstable();
        }
        let mut values: Vec<T> = keys.into_iter().map(T::back).collect();
        if let Some((_, true)) = self.zero
            && let Some(zero) = values.iter_mut().find(|v| v.zero().is_some())
        {
            *zero = zero.negative();
        }
        let block = |result: &usize| match result {
            0 => Block::from_vec(&[n], std::mem::take(&mut values)),
            1 => Block::from_vec(&[n], std::mem::take(&mut first)),
            _ => Block::from_vec(&[n], counts.clone()),
        };
        Ok(results.iter().map(block).collect())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
