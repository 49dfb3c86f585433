//! The search for order statistics of one line: what is known of its keys, and what the next pass is to count.
//!
//! A pin is a key and the number of keys below it. Between two pins lies a cell; a wanted rank is found once its cell holds
//! one key only or its keys were gathered. Each pass cuts the cells of the ranks that are left, so that any line ends: a
//! sample only makes that sooner.

use super::count::{Cells, Counted};
use crate::ops::kernel::keys::Key;
use crate::ops::kernel::quantile::select;
use std::collections::BTreeMap;

/// Bounds of a pass: a key finds its cell in 10 steps, and the counters of a line are 8 KiB.
pub(super) const BOUNDS: usize = 1023;
/// Brackets of a first pass: each costs a comparison or two a key, and without them there is another pass.
const BRACKETS: usize = 9;
/// How far a bracket reaches around its place in the sample, in standard deviations: 1 rank in 1000 is missed and costs
/// another pass.
const DEVIATIONS: f64 = 3.3;

/// How much more than the sample expects a gathering may find.
const SLACK: f64 = 1.25;
/// Parts of a bracket whose keys there is no room for.
const PARTS: usize = 4;

/// What is known of one line.
pub(super) struct Search<K> {
    len: u64,
    /// Keys and how many keys lie below each, ascending; the first is the least key.
    pins: Vec<(K, u64)>,
    /// Keys that a pass may gather.
    room: u64,
    found: BTreeMap<u64, K>,
    /// What the pass under way counts.
    pub(super) cells: Cells<K>,
    ends: bool,
}

impl<K: Key> Search<K> {
    /// A line of `len` keys of which a pass may gather `room`.
    pub(super) fn new(len: usize, room: u64) -> Search<K> {
        let pins = vec![(K::min_value(), 0)];
        Search { len: len as u64, pins, room, found: BTreeMap::new(), cells: Cells::default(), ends: false }
    }

    /// The number of keys below a key that was a bound.
    pub(super) fn below(&self, key: K) -> u64 {
        self.pins.iter().find(|pin| pin.0 == key).map_or(self.len, |pin| pin.1)
    }

    /// The number of keys below a key that is a bound of the pass, or of one before.
    pub(super) fn count_below(&self, key: K, counted: &Counted<K>) -> u64 {
        let at = self.cells.bounds.iter().position(|bound| *bound == key);
        at.map_or_else(|| self.below(key), |at| counted.below[at])
    }

    /// Keys that a pass may gather.
    pub(super) fn room(&self) -> u64 {
        self.room
    }

    /// The key of a rank that was found.
    pub(super) fn found(&self, rank: usize) -> Option<K> {
        self.found.get(&(rank as u64)).copied()
    }

    /// Whether there is nothing left to count.
    pub(super) fn is_over(&self) -> bool {
        self.ends
    }

    /// Plans the first pass by a sorted sample of the line: brackets around the ranks that are expected to be wanted, whose
    /// keys are gathered where there is room. `always` is a bound in any case.
    pub(super) fn begin(&mut self, sample: &[K], ranks: &[usize], always: Option<K>) {
        let brackets = if ranks.len() > 2 * BRACKETS { vec![] } else { self.brackets(sample, ranks) };
        let inside =
            |low: K, high: K| sample.partition_point(|key| *key <= high) - sample.partition_point(|key| *key < low);
        let wide = || brackets.iter().filter(|(low, high)| low < high);
        let gathers: usize = wide().map(|&(low, high)| inside(low, high)).sum();
        let scale = self.len as f64 / sample.len().max(1) as f64;
        let narrow = gathers as f64 * scale * SLACK <= self.room as f64;
        let mut bounds: Vec<K> = always.into_iter().collect();
        for &(low, high) in &brackets {
            bounds.extend([Some(low), next(high)].into_iter().flatten());
            if !narrow {
                let (from, count) = (sample.partition_point(|key| *key < low), inside(low, high));
                bounds.extend((1..PARTS).filter_map(|part| sample.get(from + count * part / PARTS)));
            }
        }
        if brackets.is_empty() {
            bounds.extend(sample.iter().step_by(sample.len().div_ceil(BOUNDS).max(1)));
        }
        bounds.sort_unstable();
        bounds.dedup();
        let at = |key: &K| bounds.iter().position(|bound| bound == key);
        let cells = wide().filter_map(|(low, _)| at(low)).map(|at| at + 1).filter(|cell| *cell < bounds.len());
        let gather = if narrow { cells.collect() } else { vec![] };
        self.cells = Cells::new(bounds, gather);
    }

    /// The keys, from and to, between which the sample expects ranks; overlapping ones are joined.
    fn brackets(&self, sample: &[K], ranks: &[usize]) -> Vec<(K, K)> {
        let mut brackets: Vec<(K, K)> = vec![];
        let Some(last) = sample.len().checked_sub(1) else { return brackets };
        let size = sample.len() as f64;
        for &rank in ranks {
            let share = ((rank as f64 + 0.5) / self.len as f64).clamp(0.0, 1.0);
            let reach = DEVIATIONS * (size * share * (1.0 - share)).sqrt() + 2.0;
            let (from, to) = (share * size - reach, share * size + reach);
            let low = if from <= 0.0 { K::min_value() } else { sample[(from as usize).min(last)] };
            let high = if to >= last as f64 { K::max_value() } else { sample[to as usize] };
            match brackets.last_mut() {
                Some(before) if low <= before.1 => before.1 = before.1.max(high),
                _ => brackets.push((low, high)),
            }
        }
        brackets
    }

    /// Takes what a pass has counted; the gathered keys are all there, or `complete` says that they are not.
    pub(super) fn learn(&mut self, counted: Counted<K>, complete: bool, ranks: &[usize]) {
        let bounds = std::mem::take(&mut self.cells.bounds);
        self.pins.extend(bounds.iter().copied().zip(counted.below));
        self.pins.sort_unstable();
        self.pins.dedup();
        let gathered: Vec<usize> = std::mem::take(&mut self.cells.gather);
        let mut kept = counted.kept;
        if !complete {
            return;
        }
        let are_sorted = gathered.len() > BRACKETS;
        if are_sorted {
            kept.sort_unstable();
        }
        for cell in gathered {
            let (low, high) = (bounds[cell - 1], bounds[cell]);
            let (first, end) = (self.below(low), self.below(high));
            let inside: Vec<usize> =
                ranks.iter().copied().filter(|&rank| (first..end).contains(&(rank as u64))).collect();
            let mut own = if are_sorted {
                kept[kept.partition_point(|key| *key < low)..kept.partition_point(|key| *key < high)].to_vec()
            } else {
                kept.iter().copied().filter(|key| (low..high).contains(key)).collect()
            };
            if own.len() as u64 == end - first {
                select(&mut own, first as usize, &inside);
                self.found.extend(inside.iter().map(|&rank| (rank as u64, own[rank - first as usize])));
            }
        }
    }

    /// Plans the next pass for the ranks (ascending) that are not found yet.
    pub(super) fn plan(&mut self, ranks: &[usize]) {
        let mut left: Vec<usize> = vec![];
        for &rank in ranks {
            if self.found.contains_key(&(rank as u64)) {
                continue;
            }
            let cell = self.cell_of(rank as u64);
            if self.width(cell) == 0 {
                self.found.insert(rank as u64, self.pins[cell].0);
            } else if left.last() != Some(&cell) {
                left.push(cell);
            }
        }
        self.ends = left.is_empty();
        let mut gathers = 0;
        let fits: Vec<usize> = left
            .iter()
            .copied()
            .filter(|&cell| {
                let count = self.end(cell) - self.pins[cell].1;
                let fits = gathers + count <= self.room && self.pins.len() > cell + 1;
                gathers += if fits { count } else { 0 };
                fits
            })
            .take(BOUNDS / 2)
            .collect();
        let mut bounds: Vec<K> = fits.iter().flat_map(|&cell| [self.pins[cell].0, self.pins[cell + 1].0]).collect();
        let gathered: Vec<K> = fits.iter().map(|&cell| self.pins[cell].0).collect();
        let wide: Vec<usize> = left.into_iter().filter(|cell| !fits.contains(cell)).take(BOUNDS / 2).collect();
        let cuts = (BOUNDS / wide.len().max(1)).max(2);
        for cell in wide {
            self.cut(cell, cuts, &mut bounds);
        }
        bounds.sort_unstable();
        bounds.dedup();
        let gather = gathered.iter().filter_map(|low| bounds.iter().position(|bound| bound == low)).map(|at| at + 1);
        let gather: Vec<usize> = gather.collect();
        self.cells = Cells::new(bounds, gather);
    }

    /// Bounds that cut a cell into parts of equal width.
    fn cut(&self, cell: usize, parts: usize, bounds: &mut Vec<K>) {
        let low = self.pins[cell].0.to_i128().unwrap_or(0);
        let width = self.width(cell) as i128 + 1;
        let parts = (parts as i128).min(width);
        bounds.extend((1..parts).filter_map(|part| K::from(low + width * part / parts)));
        bounds.extend(self.pins.get(cell + 1).map(|pin| pin.0));
    }

    fn cell_of(&self, rank: u64) -> usize {
        self.pins.partition_point(|pin| pin.1 <= rank).saturating_sub(1)
    }

    /// How far the last key of a cell lies above its first.
    fn width(&self, cell: usize) -> u64 {
        let wide = |key: K| key.to_i128().unwrap_or(0);
        let last = self.pins.get(cell + 1).map_or(wide(K::max_value()), |pin| wide(pin.0) - 1);
        (last - wide(self.pins[cell].0)) as u64
    }

    fn end(&self, cell: usize) -> u64 {
        self.pins.get(cell + 1).map_or(self.len, |pin| pin.1)
    }
}

fn next<K: Key>(key: K) -> Option<K> {
    key.checked_add(&K::one())
}
