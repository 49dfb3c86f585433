//! Matrix products, tile by tile. Sums along `k` are cut at fixed steps: panels of [`PANEL`] steps that are added up to a
//! span of [`SPAN`], and spans in order. So an element's bits depend on its row and its column alone, not on tiles, chunks,
//! threads, or what was sliced away.

mod cut;
mod memory;
mod operand;
mod shared;
mod sums;
mod tiny;

use super::context::Context;
use super::made::{Made, Slot};
use super::whole::Maker;
use crate::data::{C32, C64, Chunks, DType, Held, Region, Result};
use crate::ir::{Leaf, Make, Output, Step};
use cut::{cut_batch, cut_sides, swapped, turned};
pub(crate) use memory::{is_resident, working};
use operand::{Entry, Operand};
use shared::{Scratch, Spare};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use sums::{Sums, Tile};

/// Steps of a panel: 256 rows of four float64 vectors are 64 KiB, which pass from the second cache at full speed.
const PANEL: usize = 256;
/// Steps that are added up before they join the sum: parts of a long product that threads can make on their own.
const SPAN: usize = 16 * PANEL;
/// Sums of the tiles that are made together from operands in memory.
const SLAB: usize = 1 << 20;
/// The same where operands are brought in or made: the larger the slab, the less often they are.
const WIDE_SLAB: usize = 1 << 22;
/// Rows and columns below which a tile is not cut for the sake of threads: packing takes a tenth of the time of a tile of
/// 500 x 500, and a quarter for 200 x 200.
const SHORTEST: usize = 192;
/// Tiles for each thread, so that they end together.
const TILES: usize = 2;
/// Packed elements of one side.
const PACKED: usize = 1 << 18;
/// Rows or columns of a tile however few steps there are: sums of a product with a vector stay in the cache until written.
const LONGEST: usize = 1 << 14;
/// Elements of an operand that a tile brings in at once: they are packed while they are in the second cache.
const CACHED: usize = 1 << 17;
/// How many times shorter a side of a tile is that may be brought in for each tile.
const NARROW: usize = 8;
/// Bytes of spans that wait to be added up.
const WAITING: usize = 4 << 20;
/// Multiply-adds of a task of many small matrices: 20 us.
const WORK: usize = 1 << 18;
/// Multiply-adds of a matrix from which on threads share its panels: 500 x 500 x 500. For less, the buffers cost more than
/// they save: a third of the time of 300 x 300 x 300.
const SHARED: usize = 1 << 27;
/// Multiply-adds of a part of the output that one thread makes: 10 ms.
const ALONE: usize = 1 << 26;

/// One stage of products on its way.
pub(crate) struct Product<'a> {
    pub(crate) a: Maker<'a>,
    pub(crate) b: Maker<'a>,
    pub(crate) grid: &'a Chunks,
    pub(crate) output: &'a Output,
    pub(crate) context: &'a Context<'a>,
}

impl Product<'_> {
    /// Multiplies every output block.
    ///
    /// # Errors
    /// What a leaf refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(crate) fn run(&self) -> Result<Vec<Held>> {
        match self.output.dtype {
            DType::Bool => self.blocks::<bool>(),
            DType::Int8 => self.blocks::<i8>(),
            DType::Int16 => self.blocks::<i16>(),
            DType::Int32 => self.blocks::<i32>(),
            DType::Int64 => self.blocks::<i64>(),
            DType::UInt8 => self.blocks::<u8>(),
            DType::UInt16 => self.blocks::<u16>(),
            DType::UInt32 => self.blocks::<u32>(),
            DType::UInt64 => self.blocks::<u64>(),
            DType::Float32 => self.blocks::<f32>(),
            DType::Float64 => self.blocks::<f64>(),
            DType::Complex64 => self.blocks::<C32>(),
            DType::Complex128 => self.blocks::<C64>(),
        }
    }
}

/// The block that a slab belongs to.
struct Job<'a, T> {
    block: &'a Region,
    slot: &'a Slot<'a>,
    /// Whether it lies on the diagonal of a symmetric product.
    diagonal: bool,
    /// Whether other threads have other slabs.
    alone: bool,
    spare: &'a Spare<T>,
}

impl Product<'_> {
    fn blocks<E: Entry>(&self) -> Result<Vec<Held>> {
        let chunks = &self.output.chunks;
        let batch = self.batch();
        let mirrored = !E::IS_COMPLEX && chunks.0[batch] == chunks.0[batch + 1] && self.is_symmetric();
        let all = if mirrored { Made::in_blocks } else { Made::of };
        let made = all(self.output, self.context);
        let place = |number: usize| {
            let index = chunks.unravel(number);
            (index[batch], index[batch + 1], index)
        };
        let blocks = chunks.count();
        let (alone, spare) = (self.is_small(&chunks.chunksize(), blocks), Scratch::spare());
        self.each(alone, blocks, |number| {
            let (row, column, index) = place(number);
            if mirrored && column < row {
                return Ok(());
            }
            let slot = made.open(number);
            self.block::<E>(&chunks.region(&index), &slot, mirrored && row == column, alone, &spare)?;
            made.close(number, slot)
        })?;
        if mirrored {
            self.each(false, chunks.count(), |number| {
                let (row, column, mut index) = place(number);
                if column >= row {
                    return Ok(());
                }
                index.swap(batch, batch + 1);
                made.put(number, turned(&made.block(chunks.ravel(&index))?))
            })?;
        }
        Ok(vec![made.finish()])
    }

    fn batch(&self) -> usize {
        self.grid.0.len() - 3
    }

    /// The length of the summed axis.
    fn steps(&self) -> usize {
        self.grid.0[self.batch() + 2].len()
    }

    fn threads(&self) -> usize {
        if self.context.is_serial() { 1 } else { rayon::current_num_threads() }
    }

    /// Whether the operands are read where they lie.
    fn is_resident(&self) -> bool {
        [&self.a, &self.b].iter().all(|maker| maker.prepared().is_resident() && maker.program().regs.len() == 1)
    }

    /// Whether each of some equal parts of the output is work for one thread: then they run side by side, each on its
    /// own thread; else one after another, each on all threads. So what is in hand at once has a bound.
    fn is_small(&self, sizes: &[usize], parts: usize) -> bool {
        let [matrices @ .., n, m] = sizes else { return false };
        let (k, matrices) = (self.steps(), matrices.iter().product::<usize>());
        let work = (matrices * n * m).saturating_mul(k);
        let brought = matrices * n.max(m) * k.min(SPAN);
        parts >= 2 * self.threads() && work <= ALONE && (self.is_resident() || brought <= SLAB)
    }

    /// Calls `work` on all threads, or one call after another, each of which uses all threads.
    fn each(&self, at_once: bool, count: usize, work: impl Fn(usize) -> Result<()> + Sync + Send) -> Result<()> {
        if at_once { self.context.each(count, work) } else { (0..count).try_for_each(work) }
    }

    /// Whether the right side is the left side turned: `x.T @ x`.
    fn is_symmetric(&self) -> bool {
        let (a, b, batch) = (self.a.program(), self.b.program(), self.batch());
        let same_makes = || a.regs.iter().zip(&b.regs).all(|(left, right)| left.make == right.make);
        let turned = |(left, right): (&Leaf, &Leaf)| match (left.path.as_slice(), right.path.as_slice()) {
            ([Step::View(view), rest @ ..], [Step::View(other), others @ ..]) => {
                left.source == right.source && swapped(view, batch) == *other && rest == others
            }
            _ => false,
        };
        let flat = a.regs.iter().all(|reg| matches!(reg.make, Make::Const(_) | Make::Load(_) | Make::Map(..)));
        let alike = a.roots == b.roots && a.regs.len() == b.regs.len() && a.leaves.len() == b.leaves.len();
        flat && alike && same_makes() && a.leaves.iter().zip(&b.leaves).all(turned)
    }

    /// Whether a slab is one matrix of which a panel of steps is work for all threads.
    fn is_large(&self, slab: &Region) -> bool {
        let (matrices, sides) = slab.len.split_at(self.batch());
        let work = sides.iter().product::<usize>().saturating_mul(self.steps());
        matrices.iter().all(|&len| len == 1) && sides.iter().all(|&side| side > SHORTEST) && work >= SHARED
    }

    /// One block of the output.
    fn block<E: Entry>(
        &self,
        block: &Region,
        slot: &Slot<'_>,
        diagonal: bool,
        alone: bool,
        spare: &Spare<E::Factor>,
    ) -> Result<()> {
        if block.size() == 0 {
            return Ok(());
        }
        if self.is_tiny::<E>(block) {
            return self.tiny::<E>(&Job { block, slot, diagonal: false, alone, spare });
        }
        let batch = self.batch();
        let (n, m, k) = (block.len[batch], block.len[batch + 1], self.steps().min(SPAN));
        let resident = self.is_resident();
        let room = if resident { SLAB } else { WIDE_SLAB };
        let weight = Sums::<E::Factor>::size(n, m).max(n * k).max(k * m).max(1);
        let side = room.isqrt();
        let mut slabs = vec![];
        for matrices in cut_batch(block, batch, (room / weight).max(1)) {
            let long = n.min(m) >= SHORTEST && n.max(m) > 2 * side;
            slabs.extend(cut_sides(&matrices, batch, [if n * m > room || long { side } else { n.max(m) }; 2]));
        }
        slabs.retain(|slab| {
            !diagonal || slab.start[batch] - block.start[batch] <= slab.start[batch + 1] - block.start[batch + 1]
        });
        let side_by_side = !alone && slabs.first().is_some_and(|slab| self.is_small(&slab.len, slabs.len()));
        self.each(side_by_side, slabs.len(), |number| {
            let alone = alone || side_by_side;
            let job = Job { block, slot, diagonal, alone, spare };
            let slab = &slabs[number];
            if self.is_large(slab) { self.shared::<E>(slab, &job) } else { self.slab::<E>(slab, &job) }
        })
    }

    /// The tiles of a slab: long enough that packing costs little, so many that threads end together.
    fn tiles<E: Entry>(&self, slab: &Region, block: &Region, diagonal: bool, alone: bool) -> Vec<Tile> {
        let batch = self.batch();
        let (n, m, k) = (slab.len[batch], slab.len[batch + 1], self.steps());
        let matrices: usize = slab.len[..batch].iter().product();
        let longest = (PACKED / k.clamp(1, PANEL)).min(LONGEST);
        let (mut height, mut width) = (n, m);
        let count = |height: usize, width: usize| matrices * n.div_ceil(height.max(1)) * m.div_ceil(width.max(1));
        loop {
            let side = height.max(width);
            let few = !alone && count(height, width) < TILES * self.threads() && side > SHORTEST;
            if !few && side <= longest.max(SHORTEST) {
                break;
            }
            let half = side.div_ceil(2).next_multiple_of(64);
            if half >= side {
                break;
            }
            if diagonal {
                (height, width) = (height.min(half), width.min(half));
            } else if height >= width {
                height = half;
            } else {
                width = half;
            }
        }
        let whole = height >= n && width >= m;
        let together = if whole { (WORK / (n * m * k).max(1)).max(1) } else { 1 };
        let cut = cut_batch(slab, batch, together).into_iter().flat_map(|one| cut_sides(&one, batch, [height, width]));
        let place = |at: &Region, axis: usize| at.start[batch + axis] - block.start[batch + axis];
        cut.filter(|at| !diagonal || place(at, 0) <= place(at, 1))
            .map(|at| {
                let on = diagonal && place(&at, 0) == place(&at, 1);
                Tile::new::<E>(at, on)
            })
            .collect()
    }

    /// Multiplies the tiles of a slab, span by span of the summed axis, or many spans at once where tiles are few.
    fn slab<E: Entry>(&self, slab: &Region, job: &Job<'_, E::Factor>) -> Result<()> {
        let alone = job.alone;
        let tiles = self.tiles::<E>(slab, job.block, job.diagonal, alone);
        let by_tile = self.opens_by_tile(slab, &tiles);
        let spans = self.steps().div_ceil(SPAN);
        if spans == 1 && (by_tile || self.openings(slab, &(0..1), by_tile).len() == 1) {
            return self.one_span::<E>(slab, &tiles, by_tile, job);
        }
        let bytes = slab.size() * self.output.dtype.itemsize();
        let few = !alone && tiles.len() < TILES * self.threads();
        let at_once =
            if few && !self.context.is_serial() { (WAITING / bytes.max(1)).clamp(1, spans.max(1)) } else { 1 };
        let total: Vec<Mutex<Sums<E::Factor>>> = tiles.iter().map(|tile| Mutex::new(Sums::zeros::<E>(tile))).collect();
        for first in (0..spans).step_by(at_once) {
            let wave = first..spans.min(first + at_once);
            let made: Vec<Mutex<Option<Sums<E::Factor>>>> =
                (0..wave.len() * tiles.len()).map(|_| Mutex::default()).collect();
            for steps in self.openings(slab, &wave, by_tile) {
                let shared = if by_tile { None } else { Some(self.open::<E>(slab, &steps)?) };
                self.each(!alone, made.len(), |task| {
                    let (span, tile) = (wave.start + task / tiles.len(), &tiles[task % tiles.len()]);
                    let steps = steps.start.max(span * SPAN)..steps.end.min((span + 1) * SPAN);
                    let mut sums = made[task].lock().unwrap_or_else(PoisonError::into_inner);
                    let sums = sums.get_or_insert_with(|| Sums::zeros::<E>(tile));
                    self.multiply::<E>(tile, shared.as_ref(), steps, sums)
                })?;
            }
            self.each(!alone, tiles.len(), |tile| {
                let mut total = total[tile].lock().unwrap_or_else(PoisonError::into_inner);
                for span in 0..wave.len() {
                    let later = made[span * tiles.len() + tile].lock().unwrap_or_else(PoisonError::into_inner).take();
                    match later {
                        Some(later) if wave.start + span == 0 => *total = later,
                        Some(later) => total.add(&later),
                        None => {}
                    }
                }
                Ok(())
            })?;
        }
        self.each(!alone, tiles.len(), |tile| {
            let total = total[tile].lock().unwrap_or_else(PoisonError::into_inner);
            total.write::<E>(&tiles[tile], job);
            self.context.done(tiles[tile].at.size() * self.output.dtype.itemsize());
            Ok(())
        })
    }

    /// Multiplies the tiles of a slab whose sums are made in one piece, and writes each when it is made.
    fn one_span<E: Entry>(&self, slab: &Region, tiles: &[Tile], by_tile: bool, job: &Job<'_, E::Factor>) -> Result<()> {
        let steps = 0..self.steps();
        let shared = if by_tile { None } else { Some(self.open::<E>(slab, &steps)?) };
        self.each(!job.alone, tiles.len(), |number| {
            let tile = &tiles[number];
            let mut sums = Sums::zeros::<E>(tile);
            self.multiply::<E>(tile, shared.as_ref(), steps.clone(), &mut sums)?;
            sums.write::<E>(tile, job);
            self.context.done(tile.at.size() * self.output.dtype.itemsize());
            Ok(())
        })
    }

    /// The steps of a wave, cut where bringing in the operands of all of them would take too much memory.
    fn openings(&self, slab: &Region, wave: &Range<usize>, by_tile: bool) -> Vec<Range<usize>> {
        let all = wave.start * SPAN..self.steps().min(wave.end * SPAN);
        let batch = self.batch();
        let lanes: usize = slab.len[..batch].iter().product::<usize>() * slab.len[batch].max(slab.len[batch + 1]);
        let room = if by_tile || self.is_resident() { all.len() } else { WIDE_SLAB / lanes.max(1) / PANEL * PANEL };
        let room = room.clamp(PANEL.min(all.len().max(1)), all.len().max(1));
        all.clone().step_by(room).map(|first| first..all.end.min(first + room)).collect()
    }

    /// Both operands of a part of the output and some steps.
    fn open<E: Entry>(&self, part: &Region, steps: &Range<usize>) -> Result<[Operand; 2]> {
        let batch = self.batch();
        let [left, right] = sums::forms::<E>();
        let (mut a, mut b) = (part.clone(), part.clone());
        (a.start[batch + 1], a.len[batch + 1]) = (steps.start, steps.len());
        (b.start[batch], b.len[batch]) = (steps.start, steps.len());
        let square = (part.start[batch], part.len[batch]) == (part.start[batch + 1], part.len[batch + 1]);
        if square && !E::IS_COMPLEX && !self.is_resident() && self.is_symmetric() {
            // What is computed is computed once, in the order in which it is read.
            let across = self.a.prepared().is_transposed;
            let only = if across {
                Operand::open(&self.b, &b, batch + 1, batch, right)?
            } else {
                Operand::open(&self.a, &a, batch, batch + 1, left)?
            };
            return Ok([only.clone(), only]);
        }
        let a = Operand::open(&self.a, &a, batch, batch + 1, left)?;
        Ok([a, Operand::open(&self.b, &b, batch + 1, batch, right)?])
    }

    /// Whether tiles bring in their operands on their own: of the one side each has another part, the other is so narrow
    /// that it does not count, and nothing comes from files in larger blocks.
    fn opens_by_tile(&self, slab: &Region, tiles: &[Tile]) -> bool {
        let (batch, Some(first)) = (self.batch(), tiles.first()) else { return false };
        let [rows, columns] = [0, 1].map(|side| (first.at.len[batch + side], slab.len[batch + side]));
        let narrow = |side: (usize, usize), other: (usize, usize)| side.0 == side.1 && NARROW * side.0 <= other.0;
        let brings = [&self.a, &self.b].iter().any(|maker| maker.prepared().brings_blocks);
        tiles.len() == 1 || !brings && !self.is_resident() && (narrow(rows, columns) || narrow(columns, rows))
    }

    fn multiply<E: Entry>(
        &self,
        tile: &Tile,
        shared: Option<&[Operand; 2]>,
        steps: Range<usize>,
        sums: &mut Sums<E::Factor>,
    ) -> Result<()> {
        if let Some([a, b]) = shared {
            return sums.multiply::<E>(tile, [a, b], steps, PANEL, self.context);
        }
        let lanes = tile.at.size() / tile.at.len[self.batch()..].iter().min().copied().unwrap_or(1).max(1);
        let room = if self.is_resident() { steps.len() } else { (CACHED / lanes.max(1) / PANEL).max(1) * PANEL };
        for first in steps.clone().step_by(room.max(1)) {
            let few = first..steps.end.min(first + room);
            let [a, b] = self.open::<E>(&tile.at, &few)?;
            sums.multiply::<E>(tile, [&a, &b], few, PANEL, self.context)?;
        }
        Ok(())
    }
}
