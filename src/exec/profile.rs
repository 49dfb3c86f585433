//! What each stage of a run took, as data for whoever profiles.

use super::context::Context;
use super::sampling::Samples;
use crate::ir::{Fold, Formula, Sink, Stage, Traffic, Work, headline};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a stage took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageProfile {
    /// The operation and what is fused into it: `sum over axis 1 of (x + y)`.
    pub title: String,
    pub tasks: usize,
    pub wall: Duration,
    /// Processor time of all threads.
    pub cpu: Duration,
    /// The bytes that the plan says it moves.
    pub moved: Traffic,
    /// Bytes that it wrote to the spill store.
    pub spilled: u64,
    /// Processor time by kernel, estimated from the tiles that were timed, the longest first.
    pub kernels: Vec<KernelTime>,
}

/// The processor time of a kernel within a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelTime {
    pub name: String,
    pub cpu: Duration,
}

impl StageProfile {
    /// Bytes moved a second of wall time.
    pub fn bytes_a_second(&self) -> f64 {
        let Traffic { memory, files, generated, written } = self.moved;
        (memory + files + generated + written) as f64 / self.wall.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// What the programs of the stage that runs found, while a run is profiled.
#[derive(Debug, Default)]
pub(crate) struct Profiler(Mutex<Vec<Arc<Samples>>>);

impl Profiler {
    /// A place for what the runners of a program find.
    pub(crate) fn samples(&self) -> Arc<Samples> {
        let samples = Arc::new(Samples::default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(samples.clone());
        samples
    }

    fn take(&self) -> Vec<Arc<Samples>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The clocks of one stage.
pub(crate) struct StageClock {
    start: Instant,
    cpu: Duration,
    spilled: u64,
}

impl StageClock {
    /// Starts the clocks, where the run is profiled.
    pub(crate) fn start(context: &Context<'_>) -> Option<StageClock> {
        context.profiler()?;
        Some(StageClock { start: Instant::now(), cpu: processor_time(), spilled: context.spilled() })
    }

    /// What the stage took.
    pub(crate) fn stop(self, stage: &Stage, context: &Context<'_>) -> StageProfile {
        let wall = self.start.elapsed();
        let cpu = processor_time().saturating_sub(self.cpu);
        let found = context.profiler().map(Profiler::take).unwrap_or_default();
        StageProfile {
            title: headline(stage, &Formula::of(&stage.work.programs())),
            tasks: stage.work.tasks(),
            wall,
            cpu,
            moved: Traffic::of_stage(stage),
            spilled: context.spilled() - self.spilled,
            kernels: kernels(stage, &found, cpu),
        }
    }
}

/// User and system time of all threads of the process.
fn processor_time() -> Duration {
    let duration =
        |t: TimeVal| Duration::from_secs(t.tv_sec().unsigned_abs()) + Duration::from_micros(t.tv_usec().unsigned_abs());
    getrusage(UsageWho::RUSAGE_SELF)
        .map(|usage| duration(usage.user_time()) + duration(usage.system_time()))
        .unwrap_or_default()
}

/// The times of the kernels as parts of the stage's. Timed tiles count the time that a thread waited, so that their sum may
/// be more than the processor's; what is left is the stage's own work.
fn kernels(stage: &Stage, found: &[Arc<Samples>], cpu: Duration) -> Vec<KernelTime> {
    let mut times: BTreeMap<String, Duration> = BTreeMap::new();
    for samples in found {
        let (kernels, after) = samples.times();
        kernels.into_iter().for_each(|(name, time)| *times.entry(name).or_default() += time);
        *times.entry(after_tiles(stage)).or_default() += after;
    }
    let sum: Duration = times.values().sum();
    if sum.is_zero() {
        return vec![];
    }
    if sum > cpu {
        let scale = cpu.as_secs_f64() / sum.as_secs_f64();
        times.values_mut().for_each(|time| *time = time.mul_f64(scale));
    } else {
        *times.entry(between_tiles(stage)).or_default() += cpu.saturating_sub(sum);
    }
    let mut times: Vec<KernelTime> = times.into_iter().map(|(name, cpu)| KernelTime { name, cpu }).collect();
    times.sort_by_key(|kernel| std::cmp::Reverse(kernel.cpu));
    times
}

/// What becomes of a tile.
fn after_tiles(stage: &Stage) -> String {
    match &stage.work {
        Work::Fused { sinks, .. } => {
            let folds: Vec<String> = sinks
                .iter()
                .filter_map(|sink| if let Sink::Fold { fold, .. } = sink { Some(Fold::name(*fold)) } else { None })
                .collect();
            if folds.is_empty() { "write".into() } else { folds.join(", ") }
        }
        _ => "write".into(),
    }
}

/// What a stage does besides its tiles.
fn between_tiles(stage: &Stage) -> String {
    if matches!(stage.work, Work::Fused { .. }) { "other".into() } else { stage.label.clone() }
}
