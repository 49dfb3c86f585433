//! What every task of a run shares: cancellation, progress, the memory budget.

use super::profile::{Profiler, StageProfile};
use super::projection::{Destination, Team, loaded_at_once};
use super::watch::{Event, Watch};
use crate::data::{Block, Error, Held, Region, Result, Spilled, check_interrupt, loaded};
use crate::ir::{Plan, Stage};
use crate::ops::kernel::Crew;
use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Takes finished blocks of a result with the box that each fills.
pub type BlockWriter<'a> = dyn Fn(&Region, &Block) -> Result<()> + Sync + 'a;

/// The run that a task belongs to.
pub(crate) struct Context<'a> {
    /// Where the blocks of the result go instead of memory.
    writer: Option<&'a BlockWriter<'a>>,
    serial: bool,
    watch: &'a dyn Watch,
    finished: AtomicUsize,
    room: Option<Room<'a>>,
    allowed: Option<&'a Allowance>,
    spilled: AtomicU64,
    /// Where a run is profiled.
    profiler: Option<Profiler>,
}

/// What a run may take of the memory limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Threads that run tasks.
    pub threads: usize,
    /// Where not everything fits: how many blocks may be on their way at once, taken up in order.
    pub workers: Option<usize>,
    /// Bytes of finished blocks that may stay in memory, and of what grows.
    pub room: u64,
    /// The part of these that is left to what grows and cannot go out.
    pub reserved: u64,
    /// Bytes of loaded blocks that are kept for the next task, at most.
    pub loaded: u64,
    /// Bytes of freed buffers that may wait for the next one.
    pub spare: u64,
    /// What the run is to take at its peak.
    pub projected: u64,
}

impl Allowance {
    /// Bytes of loaded blocks that are kept while a stage runs: as many as its tasks want at once.
    pub(crate) fn loaded_for(&self, plan: &Plan, stage: &Stage) -> u64 {
        let team = Team {
            threads: self.threads,
            workers: self.workers.unwrap_or(self.threads),
            destination: Destination::Kept,
        };
        let (now, all_out) = loaded_at_once(plan, stage, team);
        (if self.room == u64::MAX { now } else { all_out }).min(self.loaded)
    }
}

/// How many bytes of blocks may stay in memory, and where the rest goes.
pub(crate) struct Room<'a> {
    pub(crate) bytes: u64,
    pub(crate) reserved: u64,
    pub(crate) workers: Option<usize>,
    pub(crate) spill: &'a (dyn Fn(&Block) -> Result<Box<dyn Spilled>> + Sync),
    pub(crate) taken: AtomicU64,
}

impl<'a> Context<'a> {
    /// A run on one thread (`serial`) or all.
    pub(crate) fn new(serial: bool, watch: &'a dyn Watch) -> Context<'a> {
        Context {
            writer: None,
            serial,
            watch,
            finished: AtomicUsize::new(0),
            room: None,
            allowed: None,
            spilled: AtomicU64::new(0),
            profiler: watch.profiles().then(Profiler::default),
        }
    }

    /// The same run with a bound on what its blocks take in memory.
    pub(crate) fn within(mut self, allowed: &'a Allowance, room: Room<'a>) -> Context<'a> {
        (self.room, self.allowed) = (Some(room), Some(allowed));
        self
    }

    /// Says that a stage begins: of blocks that were loaded as many are kept as it wants at once.
    pub(crate) fn begin(&self, plan: &Plan, stage: &Stage) {
        if let Some(allowed) = self.allowed.filter(|allowed| allowed.loaded > 0) {
            loaded::allow(allowed.loaded_for(plan, stage));
        }
    }

    /// Bytes that went to the spill store.
    pub(crate) fn spilled(&self) -> u64 {
        self.spilled.load(Ordering::Relaxed)
    }

    /// Where a run is profiled, what finds out.
    pub(crate) fn profiler(&self) -> Option<&Profiler> {
        self.profiler.as_ref()
    }

    /// Tells whoever profiles what a stage took.
    pub(crate) fn report(&self, took: StageProfile) {
        self.watch.stage(took);
    }

    /// Gives back the room of arrays that are dropped.
    pub(crate) fn release(&self, bytes: usize) {
        if let Some(room) = &self.room {
            // Arrays made whole were never counted.
            let left = |taken: u64| Some(taken.saturating_sub(bytes as u64));
            let _ = room.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        }
    }

    /// Takes room for what grows while it runs and cannot go out.
    ///
    /// # Errors
    /// `MemoryError` with the figures where there is not as much.
    pub(crate) fn claim(&self, bytes: u64, operation: &str) -> Result<()> {
        let Some(room) = &self.room else { return Ok(()) };
        let taken = room.taken.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if taken <= room.bytes {
            return Ok(());
        }
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let (needed, left) = (mib(taken), mib(room.bytes));
        let message =
            format!("over the memory limit: {needed} MiB needed by `{operation}` so far, the limit leaves {left} MiB");
        Err(Error::memory(message).help("--memory-limit (or Client(memory_limit=...)) raises the limit"))
    }

    /// Whether no block ever has to go out.
    pub(crate) fn keeps_all(&self) -> bool {
        self.room.as_ref().is_none_or(|room| room.bytes == u64::MAX)
    }

    /// Bytes that may still be claimed.
    pub(crate) fn left(&self) -> u64 {
        self.room.as_ref().map_or_else(super::engine::default_memory_limit, |room| {
            room.bytes.saturating_sub(room.taken.load(Ordering::Relaxed))
        })
    }

    /// Bytes that were claimed or kept so far.
    pub(crate) fn taken(&self) -> u64 {
        self.room.as_ref().map_or(0, |room| room.taken.load(Ordering::Relaxed))
    }

    /// Gives back what was claimed.
    pub(crate) fn unclaim(&self, bytes: u64) {
        self.release(usize::try_from(bytes).unwrap_or(usize::MAX));
    }

    /// The same run with a writer for the result's blocks.
    pub(crate) fn writing(mut self, writer: &'a BlockWriter<'a>) -> Context<'a> {
        self.writer = Some(writer);
        self
    }

    /// Where the blocks of the result go instead of memory.
    pub(crate) fn writer(&self) -> Option<&'a BlockWriter<'a>> {
        self.writer
    }

    /// Whether everything runs on the calling thread.
    pub(crate) fn is_serial(&self) -> bool {
        self.serial
    }

    /// Calls `work` for each number, on all threads where there are several.
    ///
    /// # Errors
    /// The first error of a call.
    pub(crate) fn each(&self, count: usize, work: impl Fn(usize) -> Result<()> + Sync + Send) -> Result<()> {
        if count == 1 || self.serial {
            return (0..count).try_for_each(work);
        }
        (0..count).into_par_iter().try_for_each(work)
    }

    /// Calls `work` for each number of a block. Where memory is short, in order and for so many at a time alone as fit,
    /// so that blocks which read the same chunks follow one another.
    ///
    /// # Errors
    /// The first error of a call.
    pub(crate) fn each_block(&self, count: usize, work: impl Fn(usize) -> Result<()> + Sync + Send) -> Result<()> {
        let Some(workers) = self.room.as_ref().and_then(|room| room.workers) else { return self.each(count, work) };
        if self.serial || workers == 1 || count == 1 {
            return (0..count).try_for_each(work);
        }
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        (0..workers.min(count)).into_par_iter().with_max_len(1).try_for_each(|_| {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count || failed.load(Ordering::Relaxed) {
                    return Ok(());
                }
                work(number).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            }
        })
    }

    /// # Errors
    /// `KeyboardInterrupt` once the run is cancelled. Every tile asks.
    pub(crate) fn check(&self) -> Result<()> {
        check_interrupt()
    }

    /// Says that a task has finished `bytes` of its work.
    pub(crate) fn done(&self, bytes: usize) {
        self.finished.fetch_add(1, Ordering::Relaxed);
        self.watch.event(&Event::TaskDone { bytes: bytes as u64 });
    }

    /// Puts a finished block into its array, or out where there is no room for it.
    ///
    /// # Errors
    /// `OSError` where it had to be spilled and could not.
    pub(crate) fn keep(&self, held: &Held, number: usize, block: Block) -> Result<()> {
        let bytes = block.nbytes() as u64;
        let Some(room) = self.room.as_ref().filter(|_| held.count() > 1) else {
            held.put(number, block);
            return Ok(());
        };
        if room.taken.fetch_add(bytes, Ordering::Relaxed) + bytes <= room.bytes - room.reserved {
            held.put(number, block);
            return Ok(());
        }
        room.taken.fetch_sub(bytes, Ordering::Relaxed);
        held.put_out(number, (room.spill)(&block.contiguous())?);
        self.spilled.fetch_add(bytes, Ordering::Relaxed);
        self.watch.event(&Event::Spilled { bytes });
        Ok(())
    }
}

impl Crew for Context<'_> {
    fn check(&self) -> Result<()> {
        Context::check(self)
    }

    fn each(&self, count: usize, work: &(dyn Fn(usize) -> Result<()> + Sync + Send)) -> Result<()> {
        Context::each(self, count, work)
    }
}
