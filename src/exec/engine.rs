//! The engine: threads, the memory limit, and what it is asked for.

use super::context::{BlockWriter, Context, Room};
use super::meter::Meter;
use super::prepare::read_view;
use super::read::Base;
use super::run::run;
use super::watch::{Unwatched, Watch};
use crate::data::spill::{SpillDir, SpillFile};
use crate::data::{Block, Error, Held, Result, Spilled};
use crate::ir::{Plan, Source, Traffic, View};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What the engine may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Threads that run tasks.
    pub threads: usize,
    /// Bytes that arrays may take in memory.
    pub memory_limit: u64,
    /// Where spilled blocks go; `None`: the system's temporary directory.
    pub spill_dir: Option<PathBuf>,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Tasks run.
    pub tasks: usize,
    /// Tasks that one task a chunk and operation would have made.
    pub tasks_before: usize,
    /// Bytes read from files.
    pub bytes_read: u64,
    /// Most bytes resident above what was there before.
    pub peak_bytes: u64,
    /// What the plan said the peak would be.
    pub projected_peak_bytes: u64,
    /// Bytes written to the spill store.
    pub spilled_bytes: u64,
}

/// Six tenths of the memory that the machine, or the control group the process is in, allows.
pub fn default_memory_limit() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let total = read("/proc/meminfo").and_then(|text| {
        text.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse::<u64>().ok())
    });
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| read(path)?.trim().parse::<u64>().ok());
    let machine = total.map_or(8 << 30, |kib| kib * 1024);
    machine.min(group.unwrap_or(machine)) / 10 * 6
}

/// Runs plans. Threads are started at the first run that needs them.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    pool: OnceLock<rayon::ThreadPool>,
    spill: Mutex<Option<Arc<SpillDir>>>,
}

impl Engine {
    /// An engine with its settings; nothing is started yet.
    pub fn new(settings: Settings) -> Engine {
        Engine { settings, pool: OnceLock::new(), spill: Mutex::default() }
    }

    /// What the engine may use.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Runs a plan on all threads; the arrays asked for, each in the chunks of its stage. `room` is what blocks may take
    /// in memory; what is more goes to the spill store.
    ///
    /// # Errors
    /// What a stage refuses; `KeyboardInterrupt` when the run is cancelled; `OSError` where spilling fails.
    pub fn run(&self, plan: &Plan, room: u64, watch: &dyn Watch) -> Result<(Vec<Held>, Report)> {
        let tasks = plan.stages.iter().map(|stage| stage.work.tasks()).sum();
        let projected_peak_bytes = super::projection::project(plan, self.settings.threads).bytes;
        let spill = |block: &Block| self.spill(block);
        let room = Room { bytes: room, spill: &spill, taken: AtomicU64::new(0) };
        let context = Context::new(self.settings.threads == 1, watch).within(room);
        watch.event(&super::Event::Start { tasks, bytes: 0 });
        #[cfg(target_os = "linux")]
        super::large_pages::trim(self.settings.memory_limit.saturating_sub(projected_peak_bytes));
        let meter = Meter::start(projected_peak_bytes);
        let sources =
            if self.settings.threads == 1 { run(plan, &context) } else { self.pool()?.install(|| run(plan, &context)) };
        watch.event(&super::Event::Finish);
        let held = sources?.iter().map(held).collect::<Result<Vec<_>>>()?;
        let (peak_bytes, spilled_bytes) = (meter.peak(), context.spilled());
        let bytes_read = Traffic::of(plan).files;
        Ok((held, Report { tasks, bytes_read, projected_peak_bytes, peak_bytes, spilled_bytes, ..Report::default() }))
    }

    /// Writes a block to the spill store, which is made at the first one.
    ///
    /// # Errors
    /// What the file system says.
    pub fn spill(&self, block: &Block) -> Result<Box<dyn Spilled>> {
        let mut dir = self.spill.lock().unwrap_or_else(PoisonError::into_inner);
        if dir.is_none() {
            let base = self.settings.spill_dir.clone().unwrap_or_else(std::env::temp_dir);
            *dir = Some(Arc::new(SpillDir::create(&base)?));
        }
        let store = dir.clone().ok_or_else(|| Error::runtime("there is no spill store"))?;
        drop(dir);
        Ok(Box::new(InStore { file: store.write(block)?, _store: store }))
    }

    /// Runs a plan of one array and hands its blocks to a writer as they are finished.
    ///
    /// # Errors
    /// What a stage or the writer refuses.
    pub fn write(&self, plan: &Plan, writer: &BlockWriter<'_>, watch: &dyn Watch) -> Result<Report> {
        let context = Context::new(self.settings.threads == 1, watch).writing(writer);
        let work = || {
            let sources = run(plan, &context)?;
            for held in sources.iter().map(held) {
                write_rest(&held?, writer)?;
            }
            Ok(())
        };
        watch.event(&super::Event::Start { tasks: 0, bytes: 0 });
        let done = if self.settings.threads == 1 { work() } else { self.pool()?.install(work) };
        watch.event(&super::Event::Finish);
        done?;
        let tasks = plan.stages.iter().map(|stage| stage.work.tasks()).sum();
        Ok(Report {
            tasks,
            bytes_read: Traffic::of(plan).files,
            projected_peak_bytes: super::projection::project(plan, self.settings.threads).bytes,
            ..Report::default()
        })
    }

    /// Runs a plan on the calling thread: the eager baseline, one operation at a time.
    ///
    /// # Errors
    /// What a stage refuses.
    pub fn run_eager(&self, plan: &Plan) -> Result<Vec<Held>> {
        let context = Context::new(true, &Unwatched);
        run(plan, &context)?.iter().map(held).collect()
    }

    fn pool(&self) -> Result<&rayon::ThreadPool> {
        if self.pool.get().is_none() {
            let built = rayon::ThreadPoolBuilder::new()
                .num_threads(self.settings.threads)
                .thread_name(|n| format!("dka-{n}"))
                .build();
            let pool = built
                .map_err(|cause| Error::runtime(format!("cannot start {} threads: {cause}", self.settings.threads)))?;
            // Another thread may have been first; either pool will do.
            let _ = self.pool.set(pool);
        }
        self.pool.get().ok_or_else(|| Error::runtime("the thread pool did not start"))
    }
}

/// A spilled block, which keeps the store's folder while it is needed.
#[derive(Debug)]
struct InStore {
    file: SpillFile,
    _store: Arc<SpillDir>,
}

impl Spilled for InStore {
    fn load(&self) -> Result<Block> {
        self.file.read()
    }
}

/// The array of a result; a generator that was asked for as it stands is written out.
fn held(source: &Source) -> Result<Held> {
    match source {
        Source::Memory(held) => Ok(held.clone()),
        other => {
            let base = Base::of(other, &|_, _| unreachable!("stages were replaced by their arrays"));
            Ok(Held::from_block(read_view(&base, &View::identity(base.shape()))?))
        }
    }
}

/// Writes the blocks that no fused stage has written.
fn write_rest(held: &Held, writer: &BlockWriter<'_>) -> Result<()> {
    for number in 0..held.count() {
        if !matches!(*held.slot(number), crate::data::Slot::Empty) {
            writer(&held.chunks.region(&held.chunks.unravel(number)), &held.block(number)?.contiguous())?;
        }
    }
    Ok(())
}

/// An array's blocks as one block.
///
/// # Errors
/// `OSError` where a block cannot be brought back.
pub fn gather(held: &Held) -> Result<Block> {
    if held.count() == 1 {
        return held.block(0);
    }
    read_view(&Base::Held(held.clone()), &View::identity(&held.shape))
}
