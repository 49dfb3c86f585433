//! Where each element of an array stands in a sorted line, tile by tile: by a table where the line's keys are near to each
//! other, else by halving.

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
        let (mut places, mut found, mut values) = (vec![], vec![], vec![]);
        while boxes.next_into(&mut start, &mut lens) {
            self.context.check()?;
            runner.run(&start, &lens)?;
            places.clear();
            values.clear();
            lookup.places(runner.root(0), &mut places);
            lookup.values(runner.root(0), &mut values);
            let at: Vec<usize> = start.iter().zip(&slot.origin).map(|(s, o)| s - o).collect();
            let elements = match self.kind {
                Location::Before | Location::After => Elements::Int64(&places),
                Location::Between { .. } => Elements::Float64(&values),
                Location::Within { invert } => {
                    found.clear();
                    found.extend(places.iter().map(|&place| (place >= 0) != invert));
                    Elements::Bool(&found)
                }
            };
            // SAFETY: the boxes of all slabs of all chunks are disjoint.
            unsafe { slot.target().put(&at, &lens, elements) };
        }
        self.context.done(slab.size() * self.output.dtype.itemsize());
        Ok(())
    }
}

/// A line ready to be looked up in.
trait Lookup: Sync {
    /// Adds the place of each element; for membership, negative where it is not there.
    fn places(&self, elements: Elements<'_>, out: &mut Vec<i64>);
    /// Adds the value at each element, where the line has values.
    fn values(&self, _: Elements<'_>, _: &mut Vec<f64>) {}
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

    fn value(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let (xp, fp) = (&self.positions, &self.values);
        let last = xp.len() - 1;
        match xp.partition_point(|&p| p <= x) {
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
    fn places(&self, _: Elements<'_>, _: &mut Vec<i64>) {}

    fn values(&self, elements: Elements<'_>, out: &mut Vec<f64>) {
        if let (Elements::Float64(values), false) = (elements, self.positions.is_empty()) {
            out.extend(values.iter().map(|&x| self.value(x)));
        }
    }
}

struct Sorted<T: Keyed> {
    keys: Vec<T::Key>,
    kind: Location,
    /// The place of each key from that of the first element on.
    table: Vec<u32>,
}

fn lookup(line: &Block, kind: Location, elements: usize) -> Result<Box<dyn Lookup>> {
    macro_rules! each { ($($variant:ident)*) => { match line {
        $(Block::$variant(a) => Box::new(Sorted::new(a.as_slice().unwrap_or_default(), kind, elements)),)*
        _ => return Err(Error::runtime("a line of bools or complex numbers is looked up by its block function")),
    } } }
    Ok(each!(Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64))
}

impl<T: Keyed> Sorted<T> {
    fn new(line: &[T], kind: Location, elements: usize) -> Sorted<T> {
        let mut lookup = Sorted { keys: line.iter().map(|v| v.key()).collect::<Vec<_>>(), kind, table: vec![] };
        let (Some(&low), Some(&high)) = (lookup.keys.first(), lookup.keys.last()) else { return lookup };
        // What is not sorted is halved as it stands, as NumPy does.
        if lookup.keys.is_sorted()
            && lookup.keys.len() < u32::MAX as usize
            && let Some(span) = high.above(low).filter(|&span| span < SPAN.min(elements))
        {
            let mut at = 0;
            let place = |k: usize| {
                let key = low.plus(k);
                while lookup.keys.get(at).is_some_and(|other| lookup.precedes(*other, key)) {
                    at += 1;
                }
                at as u32
            };
            lookup.table = (0..=span).map(place).collect();
        }
        lookup
    }

    fn precedes(&self, other: T::Key, key: T::Key) -> bool {
        if self.kind == Location::After { other <= key } else { other < key }
    }

    fn place(&self, key: T::Key) -> usize {
        let (Some(&low), Some(&high)) = (self.keys.first(), self.keys.last()) else { return 0 };
        if self.table.is_empty() {
            return self.keys.partition_point(|other| self.precedes(*other, key));
        }
        if key < low {
            0
        } else if key > high {
            self.keys.len()
        } else {
            key.above(low).and_then(|at| self.table.get(at)).map_or(0, |&place| place as usize)
        }
    }
}

impl<T: Keyed> Lookup for Sorted<T> {
    fn places(&self, elements: Elements<'_>, out: &mut Vec<i64>) {
        let Some(values) = T::slice(elements) else { return };
        let member = |key: T::Key, place: usize| {
            let is_there = self.keys.get(place) == Some(&key) && !(T::HAS_MISSING && key == T::Key::ENDS.1);
            if is_there { place as i64 } else { -1 }
        };
        let keys = values.iter().map(|v| v.key());
        match self.kind {
            Location::Within { .. } => out.extend(keys.map(|key| member(key, self.place(key)))),
            Location::Before | Location::After | Location::Between { .. } => {
                out.extend(keys.map(|key| self.place(key) as i64))
            }
        }
    }
}
