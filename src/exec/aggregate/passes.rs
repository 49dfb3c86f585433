//! Distinct values of more than memory holds at once: the array is gone through several times, and each pass keeps the
//! least keys above those of the pass before, as many as there is room for. Nothing is written: only the result grows.
//! Not for values that fit, whose runs are merged as a tree in one pass.

use super::distinct::{Distinct, Wanted};
use super::key::{Key, Keyed};
use super::run::Run;
use super::{Gathering, part_len};
use crate::data::{Block, DType, Error, Region, Result};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// Of the room that a pass has: what its run may take before it is cut, and what one batch of parts may take beside it.
/// Merging holds the run, the batch, and both once more.
const PART_RUN: usize = 3;
const PART_BATCH: usize = 10;
/// A pass with less room than this part of what there was at first costs more than it finds.
const LEAST_PART: usize = 5;

/// Keys that one pass keeps: from the first on, and below the second where there is one.
#[derive(Clone, Copy)]
pub(super) struct Bounds<K> {
    pub(super) least: K,
    pub(super) below: Option<K>,
}

impl<K: Key> Bounds<K> {
    pub(super) fn hold(&self, key: K) -> bool {
        key >= self.least && self.below.is_none_or(|below| key < below)
    }
}

/// The distinct values of a stage, in as many passes as it takes; its results.
///
/// # Errors
/// `MemoryError` where the result itself does not fit; what a leaf refuses; `KeyboardInterrupt`.
pub(super) fn distinct(
    stage: &Gathering<'_>,
    dtype: DType,
    equal_nan: bool,
    groups: &[Vec<Region>],
) -> Result<Vec<Block>> {
    let wanted = Wanted::of(stage.results, equal_nan);
    macro_rules! each { ($($variant:ident $type:ty),*) => { match dtype {
        $(DType::$variant => in_passes::<$type>(stage, wanted, groups),)*
        DType::Bool | DType::Complex64 | DType::Complex128 => in_passes::<u8>(stage, wanted, groups),
    } } }
    each!(Int8 i8, Int16 i16, Int32 i32, Int64 i64, UInt8 u8, UInt16 u16, UInt32 u32, UInt64 u64, Float32 f32, Float64 f64)
}

fn in_passes<T: Keyed>(stage: &Gathering<'_>, wanted: Wanted, groups: &[Vec<Region>]) -> Result<Vec<Block>> {
    let room = usize::try_from(stage.context.left()).unwrap_or(usize::MAX);
    let (mut done, mut taken, mut zero) = (vec![], 0, None);
    let mut least = T::Key::ENDS.0;
    loop {
        let left = room.saturating_sub(taken);
        let mut pass =
            Pass::<T> { stage, wanted, bounds: Bounds { least, below: None }, run: Run::default(), zero, left };
        let found = if left < room / LEAST_PART { ControlFlow::Break(()) } else { pass.go(groups)? };
        if found.is_break() {
            return Err(too_many(taken + pass.run.nbytes(), room));
        }
        zero = pass.zero;
        taken += pass.run.nbytes();
        done.push(pass.run);
        match pass.bounds.below {
            Some(below) => least = below,
            None => break,
        }
    }
    Distinct::<T>::made(wanted, chained(done), zero).results(stage.results, stage.context)
}

fn too_many(found: usize, room: usize) -> Error {
    let mib = |bytes: usize| bytes.div_ceil(1 << 20);
    let message = format!(
        "over the memory limit: {} MiB of distinct values found by `unique` so far, the limit leaves {} MiB for them",
        mib(found),
        mib(room)
    );
    Error::memory(message).help("--memory-limit (or Client(memory_limit=...)) raises the limit")
}

/// One pass on its way.
struct Pass<'a, T: Keyed> {
    stage: &'a Gathering<'a>,
    wanted: Wanted,
    bounds: Bounds<T::Key>,
    run: Run<T::Key>,
    zero: Option<(i64, bool)>,
    /// Bytes that the pass may take.
    left: usize,
}

impl<T: Keyed> Pass<'_, T> {
    /// Goes through all parts, some at a time; breaks off where even one key is too many.
    fn go(&mut self, groups: &[Vec<Region>]) -> Result<ControlFlow<()>> {
        let part = self.wanted.bytes_each::<T::Key>() * part_len(self.stage.kind);
        let batch = (self.left / PART_BATCH / part.max(1)).max(1);
        let apart = self.wanted.apart::<T>();
        for groups in groups.chunks(batch) {
            let mut runs = self.gathered(groups)?;
            while runs.len() > 1 {
                let (later, first) = (runs.pop().unwrap_or_default(), runs.pop().unwrap_or_default());
                // From both ends, so that lengths stay alike.
                runs.insert(0, first.merged(&later, apart, self.stage.context)?);
            }
            let Some(batch) = runs.pop() else { continue };
            self.run =
                if self.run.keys.is_empty() { batch } else { self.run.merged(&batch, apart, self.stage.context)? };
            if self.run.nbytes() > self.left / PART_RUN && self.cut().is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The runs of some parts, and the first zero.
    fn gathered(&mut self, groups: &[Vec<Region>]) -> Result<Vec<Run<T::Key>>> {
        let whole = Region::all(&vec![1; self.stage.program.space.len()]);
        let found: Vec<Mutex<Option<Distinct<T>>>> = groups.iter().map(|_| Mutex::default()).collect();
        self.stage.context.each(groups.len(), |number| {
            let mut part = Distinct::<T>::within(self.wanted, self.bounds);
            self.stage.gather_parts(&whole, &groups[number], &mut part)?;
            *found[number].lock().unwrap_or_else(PoisonError::into_inner) = Some(part);
            Ok(())
        })?;
        let found = found.into_iter().filter_map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner));
        let (mut runs, mut zero) = (vec![], self.zero);
        for part in found {
            let (run, first) = part.into_run();
            zero = zero.into_iter().chain(first).min();
            runs.push(run);
        }
        self.zero = zero;
        Ok(runs)
    }

    /// Leaves the upper half of the run to later passes; breaks where all of it is one key over and over.
    fn cut(&mut self) -> ControlFlow<()> {
        let middle = self.run.keys[self.run.keys.len() / 2];
        let kept = self.run.keys.partition_point(|key| *key < middle);
        if kept == 0 {
            return ControlFlow::Break(());
        }
        self.run.truncate(kept);
        self.bounds.below = Some(middle);
        ControlFlow::Continue(())
    }
}

/// Runs one after another; each goes as soon as it is copied.
fn chained<K: Key>(mut runs: Vec<Run<K>>) -> Run<K> {
    if runs.len() == 1 {
        return runs.pop().unwrap_or_default();
    }
    let mut all = Run::with_room(&runs);
    runs.into_iter().for_each(|run| all.append(&run));
    all
}
