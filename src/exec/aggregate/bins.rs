//! Histograms: which bin each value falls into, decided by comparing with the edges alone.

use super::{Accumulator, Batch, Start};
use crate::data::{Block, Result, Scalar};
use crate::exec::context::Context;
use crate::ops::tile::{Elements, Typed};
use crate::ops::vector::{search, vectorized};
use std::any::Any;
use std::sync::Arc;

/// Bytes of a bin: counters side by side, and the sum they end in.
pub(super) const BYTES: u64 = 4 * LANES as u64 + 8;
/// Counters of a bin: neighbours that fall into one bin count in different ones, so that no increment waits for the one
/// before (100 bins of float64: 1.7 instead of 2.6 ns an element).
const LANES: usize = 4;
/// Values placed at once: enough that setting the vector registers up does not count.
const BLOCK: usize = 256;
/// 2^52: adding it to a number of 0 .. 2^51 rounds that to an integer, which is then in the lowest bits.
const ROUNDS: f64 = 4_503_599_627_370_496.0;
/// Edges this near (in bins) to a regular grid are found by arithmetic.
const REGULAR: f64 = 0.25;

/// Ascending edges, and the regular grid they are near to.
struct Edges {
    values: Vec<f64>,
    grid: Option<Grid>,
}

/// A regular grid: bin `k` begins at about `low + k / scale`. The place of a value, `(value - low) * scale` as computed,
/// never falls as values rise, and no edge's place is further than `slack` from its number. So a value whose place is
/// further than that from every integer lies between the edges of its floor, whatever rounding did.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Grid {
    low: f64,
    scale: f64,
    slack: f64,
    /// Just beyond the last edge.
    beyond: f64,
}

impl Edges {
    fn new(edges: &[Scalar]) -> Edges {
        let values: Vec<f64> = edges.iter().map(|edge| edge.to_f64()).collect();
        let grid = Grid::of(&values);
        Edges { values, grid }
    }

    fn bins(&self) -> usize {
        self.values.len().saturating_sub(1)
    }

    /// One more than the bin of each value; 0 and one more than the last bin are outside.
    fn slots<T: Real>(&self, values: &[T], slots: &mut [u32]) {
        if self.grid.is_some_and(|grid| !grid.slots(values, slots)) {
            return;
        }
        let (mut reals, mut places) = ([0.0; BLOCK], [0; BLOCK]);
        let (reals, places) = (&mut reals[..values.len()], &mut places[..values.len()]);
        reals.iter_mut().zip(values).for_each(|(real, value)| *real = value.real());
        search::places(&self.values, reals, true, places);
        let (bins, last) = (self.bins() as u32, self.values.last());
        for (slot, (place, real)) in slots.iter_mut().zip(places.iter().zip(reals)) {
            // The last bin is closed.
            *slot = if Some(&*real) == last { bins } else { *place as u32 };
        }
    }
}

impl Grid {
    /// The grid that ascending numbers are near to.
    pub(in crate::exec) fn of(values: &[f64]) -> Option<Grid> {
        let (&low, &high) = (values.first()?, values.last()?);
        let bins = (values.len() - 1) as f64;
        let scale = bins / (high - low);
        let off = |(k, v): (usize, &f64)| ((v - low) * scale - k as f64).abs();
        let slack = values.iter().enumerate().map(off).fold(0.0, |a: f64, b| if b <= a { a } else { b });
        // Moving places by one and a half rounds them once more, by less than this.
        let slack = slack + 4.0 * f64::EPSILON * (bins + 2.0);
        let is_regular = low < high && scale.is_finite() && slack < REGULAR;
        is_regular.then_some(Grid { low, scale, slack, beyond: bins + 0.5 })
    }

    /// The slot (one more than the bin; 0 and one more than the last bin are outside) of each value; whether some value is so
    /// near to an edge that the edge must be asked.
    pub(in crate::exec) fn slots<T: Real>(self, values: &[T], slots: &mut [u32]) -> bool {
        vectorized(
            #[inline(always)]
            || self.place(values, slots),
        )
    }

    #[inline(always)]
    fn place<T: Real>(self, values: &[T], slots: &mut [u32]) -> bool {
        let mut near = 0u64;
        for (value, slot) in values.iter().zip(slots) {
            let at = (value.real() - self.low) * self.scale;
            let at = if at > -0.5 { at } else { -0.5 };
            let at = if at < self.beyond { at } else { self.beyond } + 1.0;
            let nearest = (at + ROUNDS) - ROUNDS;
            near |= u64::from((at - nearest).abs() <= self.slack);
            *slot = (at - 0.5 + ROUNDS).to_bits() as u32;
        }
        near != 0
    }
}

/// A real number, as float64.
pub(in crate::exec) trait Real: Typed + Copy {
    fn real(self) -> f64;
}
macro_rules! reals { ($($type:ty)*) => { $(impl Real for $type { #[inline(always)] fn real(self) -> f64 { self as f64 } })* } }
reals! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

/// Counts, or sums of weights, of the slots.
struct Bins {
    edges: Arc<Edges>,
    /// Counters of each slot, side by side, of the part under way.
    lanes: Vec<u32>,
    counts: Vec<i64>,
    sums: Vec<f64>,
}

pub(super) fn start(edges: &[Scalar], is_weighted: bool) -> Start {
    let edges = Arc::new(Edges::new(edges));
    let slots = edges.bins() + 2;
    let len = move |wanted: bool| if wanted { slots } else { 0 };
    Box::new(move |_| {
        Box::new(Bins {
            edges: edges.clone(),
            lanes: vec![0; LANES * len(!is_weighted)],
            counts: vec![],
            sums: vec![0.0; len(is_weighted)],
        })
    })
}

impl Bins {
    fn values<T: Real>(&mut self, values: &[T], weights: Option<&[f64]>) {
        let mut slots = [0u32; BLOCK];
        let last = self.edges.bins() as u32 + 1;
        for (number, block) in values.chunks(BLOCK).enumerate() {
            let slots = &mut slots[..block.len()];
            self.edges.slots(block, slots);
            debug_assert!(slots.iter().all(|slot| *slot <= last));
            match weights {
                Some(weights) => {
                    let weights = &weights[number * BLOCK..];
                    slots.iter().zip(weights).for_each(|(&slot, w)| self.sums[slot as usize] += w);
                }
                None => count(&mut self.lanes, slots),
            }
        }
    }

    /// The counters of the part joined into the counts.
    fn settle(&mut self) {
        if self.counts.is_empty() {
            let sum = |lanes: &[u32]| lanes.iter().map(|&n| i64::from(n)).sum();
            self.counts = self.lanes.chunks_exact(LANES).map(sum).collect();
            self.lanes = vec![];
        }
    }
}

#[inline(always)]
fn count(lanes: &mut [u32], slots: &[u32]) {
    let mut fours = slots.chunks_exact(LANES);
    for four in &mut fours {
        for lane in 0..LANES {
            lanes[four[lane] as usize * LANES + lane] += 1;
        }
    }
    fours.remainder().iter().for_each(|&slot| lanes[slot as usize * LANES] += 1);
}

impl Accumulator for Bins {
    fn take(&mut self, batch: Batch<'_>) -> Result<()> {
        macro_rules! each { ($($variant:ident)*) => { match batch.elements {
            $(Elements::$variant(values) => self.values(values, batch.weights),)*
            // Bools and complex numbers are cast where the stage is built.
            Elements::Bool(_) | Elements::Complex64(_) | Elements::Complex128(_) => {}
        } } }
        each!(Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64);
        Ok(())
    }

    fn merge(&mut self, later: Box<dyn Accumulator>, _: &Context<'_>) -> Result<()> {
        if let Ok(mut later) = later.into_any().downcast::<Self>() {
            self.settle();
            later.settle();
            self.counts.iter_mut().zip(later.counts).for_each(|(a, b)| *a += b);
            self.sums.iter_mut().zip(later.sums).for_each(|(a, b)| *a += b);
        }
        Ok(())
    }

    fn nbytes(&self) -> usize {
        4 * self.lanes.len() + 8 * (self.counts.len() + self.sums.len())
    }

    fn finish(mut self: Box<Self>, results: &[usize], _: &Context<'_>) -> Result<Vec<Block>> {
        self.settle();
        let bins = self.edges.bins();
        let inner = 1..=bins;
        let block = if self.sums.is_empty() {
            Block::from_vec(&[bins], self.counts[inner].to_vec())
        } else {
            Block::from_vec(&[bins], self.sums[inner].to_vec())
        };
        Ok(results.iter().map(|_| block.clone()).collect())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
