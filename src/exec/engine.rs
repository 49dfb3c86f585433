//! The engine: threads, the memory limit, and what it is asked for.

use super::context::{Allowance, BlockWriter, Context, Room};
use super::meter::Meter;
use super::prepare::read_view;
use super::read::Base;
use super::run::run;
use super::watch::{Unwatched, Watch};
use crate::data::loaded;
use crate::data::spill::{SpillDir, SpillFile, bytes_loaded};
use crate::data::store::bytes_read;
use crate::data::{Block, Error, Held, Result, Spilled};
use crate::ir::{Plan, Source, View};
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
    /// Bytes brought back from it.
    pub loaded_bytes: u64,
}

impl Report {
    /// Adds a run that came after: its tasks and bytes to the sums, its peaks to the peaks.
    pub fn add(&mut self, ran: &Report) {
        self.tasks += ran.tasks;
        self.bytes_read += ran.bytes_read;
        self.spilled_bytes += ran.spilled_bytes;
        self.loaded_bytes += ran.loaded_bytes;
        self.peak_bytes = self.peak_bytes.max(ran.peak_bytes);
        self.projected_peak_bytes = self.projected_peak_bytes.max(ran.projected_peak_bytes);
    }
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
        // What is resident before the first engine works is nobody's array.
        super::resident_besides(0);
        Engine { settings, pool: OnceLock::new(), spill: Mutex::default() }
    }

    /// What the engine may use.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Runs a plan; the arrays asked for, each in the chunks of its stage. Blocks that have no room go to the spill store.
    ///
    /// # Errors
    /// What a stage refuses; `KeyboardInterrupt` when the run is cancelled; `OSError` where spilling fails.
    pub fn run(&self, plan: &Plan, allowed: &Allowance, watch: &dyn Watch) -> Result<(Vec<Held>, Report)> {
        self.measured(plan, allowed, watch, None, |context| run(plan, context)?.iter().map(held).collect())
    }

    /// Runs a plan of one array and hands its blocks to a writer as they are finished.
    ///
    /// # Errors
    /// What a stage or the writer refuses.
    pub fn write(
        &self,
        plan: &Plan,
        allowed: &Allowance,
        writer: &BlockWriter<'_>,
        watch: &dyn Watch,
    ) -> Result<Report> {
        let write = |context: &Context<'_>| {
            let made = run(plan, context)?;
            made.iter().try_for_each(|source| write_rest(&held(source)?, writer, context))
        };
        self.measured(plan, allowed, watch, Some(writer), write).map(|((), report)| report)
    }

    /// Does the work of a plan within what is allowed; what it answers, and what it took.
    fn measured<T: Send>(
        &self,
        plan: &Plan,
        allowed: &Allowance,
        watch: &dyn Watch,
        writer: Option<&BlockWriter<'_>>,
        work: impl FnOnce(&Context<'_>) -> Result<T> + Send,
    ) -> Result<(T, Report)> {
        let spill = |block: &Block| self.spill(block);
        let room = Room {
            bytes: allowed.room,
            reserved: allowed.reserved,
            workers: allowed.workers,
            spill: &spill,
            taken: AtomicU64::new(0),
        };
        let mut context = Context::new(allowed.threads == 1, watch).within(allowed, room);
        if let Some(writer) = writer {
            context = context.writing(writer);
        }
        let tasks = plan.stages.iter().map(|stage| stage.work.tasks()).sum();
        watch.event(&super::Event::Start { tasks, bytes: super::projection::worked_through(plan) });
        #[cfg(target_os = "linux")]
        super::large_pages::bound(allowed.spare, allowed.projected);
        let (read, back) = (bytes_read(), bytes_loaded());
        let meter = Meter::start(allowed.projected, tasks);
        let done = if allowed.threads == 1 { work(&context) } else { self.pool()?.install(|| work(&context)) };
        watch.event(&super::Event::Finish);
        loaded::allow(0);
        let report = Report {
            tasks,
            bytes_read: bytes_read() - read,
            loaded_bytes: bytes_loaded() - back,
            projected_peak_bytes: allowed.projected,
            peak_bytes: meter.peak(),
            spilled_bytes: context.spilled(),
            ..Report::default()
        };
        Ok((done?, report))
    }

    /// Writes a block to the spill store, which is made at the first one.
    ///
    /// # Errors
    /// What the file system says.
    pub fn spill(&self, block: &Block) -> Result<Box<dyn Spilled>> {
        let store = self.store()?;
        let file = match store.write(block) {
            // Somebody removed the folder: later blocks have another.
            Err(_) if !store.path().exists() => {
                self.spill.lock().unwrap_or_else(PoisonError::into_inner).take_if(|old| Arc::ptr_eq(old, &store));
                let store = self.store()?;
                return Ok(Box::new(InStore { file: store.write(block)?, _store: store }));
            }
            written => written?,
        };
        Ok(Box::new(InStore { file, _store: store }))
    }

    /// The spill store, made where there is none.
    fn store(&self) -> Result<Arc<SpillDir>> {
        let mut dir = self.spill.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = &*dir {
            return Ok(store.clone());
        }
        let base = self.settings.spill_dir.clone().unwrap_or_else(std::env::temp_dir);
        Ok(dir.insert(Arc::new(SpillDir::create(&base)?)).clone())
    }

    /// Runs a plan for the eager baseline, one operation at a time: on the calling thread, or on as many as are allowed.
    ///
    /// # Errors
    /// What a stage refuses.
    pub fn run_eager(&self, plan: &Plan, allowed: &Allowance) -> Result<Vec<Held>> {
        #[cfg(target_os = "linux")]
        if allowed.projected >= super::large_pages::LARGE as u64 {
            super::large_pages::bound(allowed.spare, allowed.projected);
        }
        let context = Context::new(allowed.threads == 1, &Unwatched);
        let made =
            if allowed.threads == 1 { run(plan, &context) } else { self.pool()?.install(|| run(plan, &context)) };
        made?.iter().map(held).collect()
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
        self.file.load()
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
fn write_rest(held: &Held, writer: &BlockWriter<'_>, context: &Context<'_>) -> Result<()> {
    context.each_block(held.count(), |number| {
        if !held.has(number) {
            return Ok(());
        }
        context.check()?;
        writer(&held.chunks.region(&held.chunks.unravel(number)), &held.block(number)?.contiguous())
    })
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
