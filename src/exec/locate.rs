//! Where each element of an array stands in a sorted line, tile by tile: by arithmetic where the line is regular, by a table
//! where its keys are near to each other, else by comparing and halving.

use super::aggregate::bins::{Grid, Real};
use super::aggregate::key::{Key, Keyed};
use super::context::Context;
use super::folded::PART;
use super::fused::slabs;
use super::made::{Made, Slot};
use super::prepare::Prepared;
use super::runner::Runner;
use super::whole::Maker;
use crate::data::{Block, Chunks, Error, Held, Region, Result, Scalar};
use crate::ir::{Location, Output, Program};
use crate::ops::tile::Elements;
use crate::ops::vector::{search, vectorized};

/// Keys that a table may span: 4 MiB of places. Only where there are as many elements to look up.
pub(crate) const SPAN: usize = 1 << 20;

/// One stage of looking up on its way.
pub(crate) struct Locating<'a> {
    pub(crate) program: &'a Program,
    pub(crate) prepared: &'a Prepared,
    pub(crate) line: Maker<'a>,
    pub(crate) grid: &'a Chunks,
    pub(crate) kind: Location,
    pub(crate) output: &'a Output,
    pub(crate) context: &'a Context<'a>,
}

impl Locating<'_> {
    /// Runs the stage and makes its output.
    ///
    /// # Errors
    /// What a kernel or a leaf refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(crate) fn run(&self) -> Result<Vec<Held>> {
        let line = self.line.block(&Region::all(&self.line.program().space))?.contiguous();
        let lookup: Box<dyn Lookup> = match self.kind {
            Location::Between { left, right } => Box::new(Points::new(&line, left, right)),
            kind => lookup(&line, kind, self.grid.shape().iter().product())?,
        };
        let made = Made::of(self.output, self.context);
        self.context.each(self.grid.count(), |number| {
            let region = self.grid.region(&self.grid.unravel(number));
            let (slot, slabs) = (made.open(number), slabs(&region, PART));
            self.context.each(slabs.len(), |slab| self.slab(&slabs[slab], lookup.as_ref(), &slot))?;
            made.close(number, slot)
        })?;
        Ok(vec![made.finish()])
    }

    fn slab(&self, slab: &Region, lookup: &dyn Lookup, slot: &Slot<'_>) -> Result<()> {
        if slab.size() == 0 {
            return Ok(());
        }
        let mut runner = Runner::open(self.program, self.prepared, slab)?;
        let mut boxes = runner.boxes(slab);
        let (mut start, mut lens) = (vec![], vec![]);
        let (mut places, mut members, mut values) = (vec![], vec![], vec![]);
        while boxes.next_into(&mut start, &mut lens) {
            self.context.check()?;
            runner.run(&start, &lens)?;
            let (elements, len) = (runner.root(0), lens.iter().product());
            let at: Vec<usize> = start.iter().zip(&slot.origin).map(|(s, o)| s - o).collect();
            let found = match self.kind {
                Location::Before | Location::After => {
                    places.resize(len, 0);
                    lookup.places(elements, &mut places);
                    Elements::Int64(&places)
                }
                Location::Between { .. } => {
                    values.resize(len, 0.0);
                    lookup.values(elements, &mut values);
                    Elements::Float64(&values)
                }
                Location::Within { invert } => {
                    members.resize(len, false);
                    lookup.members(elements, invert, &mut members);
                    Elements::Bool(&members)
                }
            };
            // SAFETY: the boxes of all slabs of all chunks are disjoint.
            unsafe { slot.target().put(&at, &lens, found) };
        }
        self.context.done(slab.size() * self.output.dtype.itemsize());
        Ok(())
    }
}

/// A line ready to be looked up in: one answer for each element.
trait Lookup: Sync {
    /// How many of the line come before.
    fn places(&self, _: Elements<'_>, _: &mut [i64]) {}
    /// Whether it is in the line, or is not.
    fn members(&self, _: Elements<'_>, _invert: bool, _: &mut [bool]) {}
    /// The value there, where the line has values.
    fn values(&self, _: Elements<'_>, _: &mut [f64]) {}
}

/// Ascending positions and the values there.
struct Points {
    positions: Vec<f64>,
    values: Vec<f64>,
    left: f64,
    right: f64,
}

impl Points {
    fn new(line: &Block, left: Option<Scalar>, right: Option<Scalar>) -> Points {
        let mut positions = line.to_vec::<f64>();
        let values = positions.split_off(positions.len() / 2);
        let end = |given: Option<Scalar>, value: Option<&f64>| {
            given.map_or(value.copied().unwrap_or(f64::NAN), |v| v.to_f64())
        };
        let (left, right) = (end(left, values.first()), end(right, values.last()));
        Points { positions, values, left, right }
    }

    /// The value at `x`, after the first `place` positions.
    fn value(&self, x: f64, place: usize) -> f64 {
        if x.is_nan() {
            return x;
        }
        let (xp, fp) = (&self.positions, &self.values);
        let last = xp.len() - 1;
        match place {
            0 => self.left,
            _ if x > xp[last] => self.right,
            k if k > last => fp[last],
            k => {
                let slope = (fp[k] - fp[k - 1]) / (xp[k] - xp[k - 1]);
                slope * (x - xp[k - 1]) + fp[k - 1]
            }
        }
    }
}

impl Lookup for Points {
    fn values(&self, elements: Elements<'_>, out: &mut [f64]) {
        let (Elements::Float64(values), false) = (elements, self.positions.is_empty()) else { return };
        let mut places = [0; BLOCK];
        for (values, out) in values.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
            search::places(&self.positions, values, true, &mut places[..values.len()]);
            let found = values.iter().zip(places).map(|(&x, place)| self.value(x, place as usize));
            out.iter_mut().zip(found).for_each(|(out, value)| *out = value);
        }
    }
}

/// Elements that are looked up at once.
const BLOCK: usize = 256;

struct Sorted<T: Keyed> {
    keys: Vec<T::Key>,
    kind: Location,
    /// Where what is not sorted is halved as it stands, as NumPy does.
    is_sorted: bool,
    /// The place of each key from that of the first element on.
    table: Vec<u32>,
    /// The regular grid that the line is near to.
    grid: Option<Grid>,
}

fn lookup(line: &Block, kind: Location, elements: usize) -> Result<Box<dyn Lookup>> {
    macro_rules! each { ($($variant:ident)*) => { match line {
        $(Block::$variant(a) => Box::new(Sorted::new(a.as_slice().unwrap_or_default(), kind, elements)),)*
        _ => return Err(Error::runtime("a line of bools or complex numbers is looked up by its block function")),
    } } }
    Ok(each!(Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64))
}

impl<T: Keyed + Real> Sorted<T> {
    fn new(line: &[T], kind: Location, elements: usize) -> Sorted<T> {
        let keys: Vec<T::Key> = line.iter().map(|v| v.key()).collect();
        let is_sorted = keys.is_sorted();
        let mut lookup = Sorted { keys, kind, is_sorted, table: vec![], grid: None };
        let (Some(&low), Some(&high)) = (lookup.keys.first(), lookup.keys.last()) else { return lookup };
        if !is_sorted || lookup.keys.len() >= u32::MAX as usize {
            return lookup;
        }
        let is_member = matches!(kind, Location::Within { .. });
        if is_member && lookup.keys.len() <= search::COMPARED {
            return lookup;
        }
        if let Some(span) = high.above(low).filter(|&span| span < SPAN.min(elements)) {
            let mut at = 0;
            let place = |k: usize| {
                let key = low.plus(k);
                while lookup.keys.get(at).is_some_and(|other| lookup.precedes(*other, key)) {
                    at += 1;
                }
                at as u32
            };
            lookup.table = (0..=span).map(place).collect();
        } else if T::HAS_MISSING && !is_member {
            let line: Vec<f64> = line.iter().map(|v| v.real()).collect();
            lookup.grid = Grid::of(&line);
        }
        lookup
    }

    fn precedes(&self, other: T::Key, key: T::Key) -> bool {
        if self.kind == Location::After { other <= key } else { other < key }
    }

    fn by_table(&self, key: T::Key) -> i64 {
        let (Some(&low), Some(&high)) = (self.keys.first(), self.keys.last()) else { return 0 };
        if key < low {
            0
        } else if key > high {
            self.keys.len() as i64
        } else {
            key.above(low).and_then(|at| self.table.get(at)).map_or(0, |&place| i64::from(place))
        }
    }

    /// The places of up to [`BLOCK`] elements.
    fn place(&self, values: &[T], keys: &[T::Key], places: &mut [i64]) {
        if !self.table.is_empty() {
            places.iter_mut().zip(keys).for_each(|(place, &key)| *place = self.by_table(key));
            return;
        }
        if !self.is_sorted {
            let halved = |key: T::Key| self.keys.partition_point(|other| self.precedes(*other, key)) as i64;
            places.iter_mut().zip(keys).for_each(|(place, &key)| *place = halved(key));
            return;
        }
        let mut slots = [0_u32; BLOCK];
        let slots = &mut slots[..values.len()];
        if self.grid.is_none_or(|grid| grid.slots(values, slots)) {
            return search::places(&self.keys, keys, self.kind == Location::After, places);
        }
        // A NaN comes after all.
        let (last, all) = (T::Key::ENDS.1, self.keys.len() as i64);
        for (place, (slot, key)) in places.iter_mut().zip(slots.iter().zip(keys)) {
            *place = if *key == last { all } else { i64::from(*slot) };
        }
    }

    /// Calls `each` for blocks of elements: with the place of the first, with them and with their keys.
    fn in_blocks(&self, values: &[T], mut each: impl FnMut(usize, &[T], &[T::Key])) {
        let mut keys = [T::Key::default(); BLOCK];
        for (number, values) in values.chunks(BLOCK).enumerate() {
            let keys = &mut keys[..values.len()];
            vectorized(
                #[inline(always)]
                || {
                    for (key, value) in keys.iter_mut().zip(values) {
                        *key = value.key();
                    }
                },
            );
            each(number * BLOCK, values, keys);
        }
    }
}

impl<T: Keyed + Real> Lookup for Sorted<T> {
    fn places(&self, elements: Elements<'_>, out: &mut [i64]) {
        let Some(values) = T::slice(elements) else { return };
        self.in_blocks(values, |first, values, keys| self.place(values, keys, &mut out[first..][..keys.len()]));
    }

    fn members(&self, elements: Elements<'_>, invert: bool, out: &mut [bool]) {
        let Some(values) = T::slice(elements) else { return };
        let mut places = [0; BLOCK];
        self.in_blocks(values, |first, values, keys| {
            let (out, places) = (&mut out[first..][..keys.len()], &mut places[..keys.len()]);
            if self.keys.len() <= search::COMPARED {
                search::are_within(&self.keys, keys, out);
            } else {
                self.place(values, keys, places);
                let found = |(key, &place): (&T::Key, &i64)| self.keys.get(place as usize) == Some(key);
                out.iter_mut().zip(keys.iter().zip(&*places).map(found)).for_each(|(out, found)| *out = found);
            }
            let is_missing = |key: &T::Key| T::HAS_MISSING && *key == T::Key::ENDS.1;
            out.iter_mut().zip(keys).for_each(|(out, key)| *out = (*out && !is_missing(key)) != invert);
        });
    }
}
