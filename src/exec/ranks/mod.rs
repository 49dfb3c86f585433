//! Quantiles of long lines: a few passes over a fused program find the order statistics, exactly, without a copy.
//!
//! A sample of each line gives keys below and above each wanted rank; a pass counts the keys of the line below them and
//! gathers those between; `search` says what to count next until every rank is found. The result is the element of that
//! rank, whatever the sample, the threads or the chunks were. Lines that fit into cache are for the block function.

mod count;
mod search;

use super::context::Context;
use super::folded::PART;
use super::fused::slabs;
use super::prepare::Prepared;
use super::runner::Runner;
use super::target::assembled;
use super::whole::squares;
use crate::data::{Block, Chunks, Element, Error, Held, Region, Result};
use crate::ir::{Output, PerBlock, Program, Source};
use crate::ops::kernel::keys::{Key, Keyed, keys_of, with_keyed};
use crate::ops::kernel::quantile::{Found, Wanted};
use crate::ops::tile::Typed;
use count::Counted;
use search::Search;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Keys that the lines of a group may gather together: 32 MB of float64.
const ROOM: usize = 1 << 22;
/// Of a line, one key in so many may be gathered: four times what three brackets of a sample of 1 in 64 hold.
const GATHERED: usize = 16;
/// Lines of a group, whose counters are up to 16 KiB each.
const LINES: usize = 256;
/// Keys of a sample: 1 in 64, so that reading it costs little, and no more than are sorted in 5 ms.
const SAMPLE: std::ops::RangeInclusive<usize> = 2048..=1 << 18;
const SAMPLED: usize = 64;
/// Places that a sample comes from; where each may cost a chunk of a file, fewer.
const PLACES: usize = 512;
const PLACES_IN_FILES: usize = 64;

/// Keys that may be gathered of a line, and how many lines a group has.
fn group(len: usize) -> (usize, usize) {
    let room = (len / GATHERED).clamp(4096, ROOM);
    (room, (ROOM / room).clamp(1, LINES))
}

/// Bytes that the search holds at once for lines of `len` elements of `item` bytes.
pub(super) fn held_bytes(len: usize, lines: usize, item: usize, threads: usize) -> u64 {
    let (room, most) = group(len);
    let lines = lines.min(most);
    let sample = (len / SAMPLED).clamp(*SAMPLE.start(), *SAMPLE.end());
    let counters = lines * 2 * search::BOUNDS * size_of::<u64>() * (threads + 4);
    // Gathered keys grow by doubling and are copied once to be selected from; each thread holds those of its part.
    (lines * (3 * room + 2 * sample) * item + threads * 2 * PART.min(lines * len) * item + counters) as u64
}

/// Quantiles along the last axes of a program.
pub(crate) struct Ranks<'a> {
    pub(crate) program: &'a Program,
    pub(crate) prepared: &'a Prepared,
    /// The chunks of the axes before, and of the whole space.
    pub(crate) loops: &'a Chunks,
    pub(crate) grid: &'a Chunks,
    pub(crate) call: &'a PerBlock,
    pub(crate) output: &'a Output,
    pub(crate) context: &'a Context<'a>,
}

impl Ranks<'_> {
    /// Finds the quantiles.
    ///
    /// # Errors
    /// What a kernel or a leaf refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(crate) fn run(&self) -> Result<Vec<Held>> {
        let held = Held::empty(self.output.chunks.clone(), self.output.dtype);
        let wanted = Wanted::new(&self.call.params);
        let dtype = self.program.regs[self.program.roots[0]].dtype;
        let (_, lines) = group(self.line());
        for number in 0..self.loops.count() {
            let at = self.loops.region(&self.loops.unravel(number));
            // One group after another: together they would hold more than one's room.
            let kinds = [(vec![wanted.count()], self.output.dtype)];
            let mut blocks = assembled(&at, &kinds, lines, self.context, true, |part| {
                with_keyed!(dtype, T => self.group::<T>(part, &wanted).map(|block| vec![block]),
                    else Err(Error::type_("a must be an array of real numbers")))
            })?;
            self.context.keep(&held, number, blocks.swap_remove(0))?;
        }
        Ok(vec![held])
    }

    /// The length of a line.
    fn line(&self) -> usize {
        self.program.space[self.loops.0.len()..].iter().product()
    }

    /// The results of some lines.
    fn group<T: Keyed + Typed>(&self, at: &Region, wanted: &Wanted) -> Result<Block> {
        let (len, lines) = (self.line(), at.size());
        let mut searches: Vec<Search<T::Key>> = (0..lines).map(|_| Search::new(len, group(len).0 as u64)).collect();
        for (search, mut sample) in searches.iter_mut().zip(self.samples::<T>(at)?) {
            self.context.check()?;
            sample.sort_unstable();
            let valid = T::MISSING.map_or(sample.len(), |missing| sample.partition_point(|key| *key < missing));
            let expected = (valid as u128 * len as u128 / sample.len().max(1) as u128) as usize;
            search.begin(&sample, &ranks_of(wanted, expected, 0), T::MISSING);
        }
        while searches.iter().any(|search| !search.is_over()) {
            let counted = self.pass::<T>(at, &searches)?;
            for (search, (counted, complete)) in searches.iter_mut().zip(counted) {
                self.context.check()?;
                if !search.is_over() {
                    let missing = T::MISSING.map_or(0, |key| len as u64 - search.count_below(key, &counted));
                    let ranks = ranks_of(wanted, len - missing as usize, missing as usize);
                    search.learn(counted, complete, &ranks);
                    search.plan(&ranks);
                }
            }
        }
        let results: Vec<Option<Vec<Found<T>>>> = searches.iter().map(|search| results(search, len, wanted)).collect();
        Ok(wanted.results(&[&at.len[..], &[wanted.count()]].concat(), &results))
    }

    /// A region of the space: lines, and a box of each.
    fn region(lines: &Region, of_line: &Region) -> Region {
        let join = |a: &[usize], b: &[usize]| [a, b].concat();
        Region { start: join(&lines.start, &of_line.start), len: join(&lines.len, &of_line.len) }
    }

    /// Keys of each line from places that are spread evenly.
    fn samples<T: Keyed + Typed>(&self, at: &Region) -> Result<Vec<Vec<T::Key>>> {
        let (len, core) = (self.line(), &self.program.space[self.loops.0.len()..]);
        let is_stored = self.program.leaves.iter().any(|leaf| matches!(leaf.source, Source::Stored(_)));
        let places = if is_stored { PLACES_IN_FILES } else { PLACES };
        let keys = (len / SAMPLED).clamp(*SAMPLE.start(), *SAMPLE.end());
        let row = core.last().copied().unwrap_or(1);
        let run = keys.div_ceil(places).min(row);
        let samples: Vec<Mutex<Vec<T::Key>>> = (0..at.size()).map(|_| Mutex::default()).collect();
        self.context.each(places, |place| {
            let mut rest = (2 * place + 1) * (len / (2 * places)).max(1) % len.max(1);
            let mut part = Region { start: vec![0; core.len()], len: vec![1; core.len()] };
            for axis in (0..core.len()).rev() {
                part.start[axis] = rest % core[axis];
                rest /= core[axis];
            }
            if let (Some(start), Some(n)) = (part.start.last_mut(), part.len.last_mut()) {
                (*start, *n) = ((*start).min(row - run), run);
            }
            self.each_run::<T>(at, &Self::region(at, &part), |line, keys| {
                samples[line].lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(keys);
            })
        })?;
        Ok(samples.into_iter().map(|keys| keys.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
    }

    /// Calls `take` with the number of a line and some of its keys, until all keys of a region were taken.
    fn each_run<T: Keyed + Typed>(
        &self,
        at: &Region,
        region: &Region,
        mut take: impl FnMut(usize, &[T::Key]),
    ) -> Result<()> {
        let loops = at.len.len();
        let mut runner = Runner::open(self.program, self.prepared, region)?;
        let mut boxes = runner.boxes(region);
        let (mut start, mut lens, mut keys) = (vec![], vec![], vec![]);
        while boxes.next_into(&mut start, &mut lens) {
            self.context.check()?;
            runner.run(&start, &lens)?;
            let Some(values) = <T as Typed>::slice(runner.root(0)) else { continue };
            let run: usize = lens[loops..].iter().product();
            for (k, values) in values.chunks_exact(run.max(1)).enumerate() {
                keys.resize(values.len(), Default::default());
                keys_of::<T>(values, &mut keys);
                take(line_of(k, &start, &lens, at), &keys);
            }
        }
        Ok(())
    }

    /// Counts what the searches of a group ask for, and whether all keys to gather were gathered.
    fn pass<T: Keyed + Typed>(&self, at: &Region, searches: &[Search<T::Key>]) -> Result<Vec<(Counted<T::Key>, bool)>> {
        let total: Vec<Total<T::Key>> = searches.iter().map(Total::new).collect();
        let core = Chunks(self.grid.0[self.loops.0.len()..].to_vec());
        let cut = |number| {
            let region = Self::region(at, &core.region(&core.unravel(number)));
            if self.prepared.is_transposed { squares(&region, PART) } else { slabs(&region, PART) }
        };
        self.context.each(core.count(), |number| {
            let parts = cut(number);
            self.context.each(parts.len(), |part| {
                let mut own: Vec<Option<Counted<T::Key>>> = vec![None; searches.len()];
                self.each_run::<T>(at, &parts[part], |line, keys| {
                    let cells = &searches[line].cells;
                    if !searches[line].is_over() {
                        let counted = own[line].get_or_insert_with(|| Counted::new(cells));
                        cells.count(keys, total[line].complete.load(Ordering::Relaxed), counted);
                    }
                })?;
                for ((total, search), own) in total.iter().zip(searches).zip(own) {
                    own.into_iter().for_each(|own| total.add(own, search));
                }
                self.context.done(parts[part].size() * size_of::<T>());
                Ok(())
            })
        })?;
        Ok(total.into_iter().map(Total::take).collect())
    }
}

/// What all threads have counted of a line.
struct Total<K> {
    counted: Mutex<Counted<K>>,
    room: u64,
    complete: AtomicBool,
}

impl<K: Key> Total<K> {
    fn new(search: &Search<K>) -> Total<K> {
        let counted = Mutex::new(Counted::new(&search.cells));
        Total { counted, room: search.room(), complete: AtomicBool::new(true) }
    }

    fn add(&self, mut own: Counted<K>, search: &Search<K>) {
        search.cells.settle(&mut own);
        let mut total = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        total.below.iter_mut().zip(own.below).for_each(|(sum, n)| *sum += n);
        if (total.kept.len() + own.kept.len()) as u64 > self.room {
            self.complete.store(false, Ordering::Relaxed);
            total.kept = vec![];
        }
        if self.complete.load(Ordering::Relaxed) {
            total.kept.extend(own.kept);
        }
    }

    fn take(self) -> (Counted<K>, bool) {
        (self.counted.into_inner().unwrap_or_else(PoisonError::into_inner), self.complete.into_inner())
    }
}

/// The line of a group that the `k`-th row of a box belongs to.
fn line_of(mut k: usize, start: &[usize], lens: &[usize], at: &Region) -> usize {
    let (mut line, mut stride) = (0, 1);
    for axis in (0..at.len.len()).rev() {
        line += (start[axis] - at.start[axis] + k % lens[axis]) * stride;
        k /= lens[axis];
        stride *= at.len[axis];
    }
    line
}

/// The ranks that the places of a line want, ascending.
fn ranks_of(wanted: &Wanted, valid: usize, missing: usize) -> Vec<usize> {
    let places = wanted.places(valid, missing).unwrap_or_default();
    let mut ranks: Vec<usize> = places.iter().flat_map(|place| [place.low, place.high]).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

fn results<T: Keyed + Element>(search: &Search<T::Key>, len: usize, wanted: &Wanted) -> Option<Vec<Found<T>>> {
    let missing = T::MISSING.map_or(0, |key| len - search.below(key) as usize);
    let at = |rank| search.found(rank).map(T::of_key);
    let found = |place: &crate::ops::kernel::quantile::Place| {
        Some(Found { place: *place, low: at(place.low)?, high: at(place.high)? })
    };
    wanted.places(len - missing, missing)?.iter().map(found).collect()
}
