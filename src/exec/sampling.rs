//! Where the time of a stage goes, kernel by kernel: now and then a tile is timed, the others are counted. Off unless the
//! run is profiled: then a runner asks one question a register.

use crate::ir::{Distribution, Leaf, Make, Program, RegSpec, Source};
use crate::ops::primitive::map;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One tile of so many is timed. Timing one of three registers takes about 0.2 us, a tile 1 us and more: half a per cent.
const EVERY: u64 = 64;
/// The first timed tile of most regions: the first tiles of a region find cold caches and make their registers.
const WARM: u64 = 16;

/// A register takes some microseconds; what takes longer than this was another process's turn, and counts as nothing.
const LONGEST: Duration = Duration::from_millis(1);

/// What the runners of one program found.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    opened: AtomicUsize,
    tiles: AtomicU64,
    timed: AtomicU64,
    /// Time of timed tiles, by kernel.
    sampled: Mutex<BTreeMap<String, Duration>>,
    /// Time of what is done once a region, by what is read.
    exact: Mutex<BTreeMap<String, Duration>>,
    /// What became of timed tiles afterwards: folded, written.
    after: Mutex<Duration>,
}

impl Samples {
    /// The time of each kernel over all tiles and threads, by its name, and the time of what came after the tiles.
    pub(crate) fn times(&self) -> (BTreeMap<String, Duration>, Duration) {
        let scale = self.tiles.load(Ordering::Relaxed) as f64 / self.timed.load(Ordering::Relaxed).max(1) as f64;
        let mut times = held(&self.exact).clone();
        for (name, time) in held(&self.sampled).iter() {
            *times.entry(name.clone()).or_default() += time.mul_f64(scale);
        }
        (times, held(&self.after).mul_f64(scale))
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stopwatch of one runner.
pub(crate) struct Sampler<'p> {
    program: &'p Program,
    samples: Option<&'p Samples>,
    tiles: u64,
    /// The tile that is timed next.
    next: u64,
    timed: u64,
    /// When the last register of a timed tile was made; `None` outside of timed tiles.
    last: Option<Instant>,
    registers: Vec<Duration>,
    after: Duration,
}

impl<'p> Sampler<'p> {
    /// A stopwatch that stands still where there is nobody to tell.
    pub(crate) fn new(program: &'p Program, samples: Option<&'p Samples>) -> Sampler<'p> {
        let (registers, next) = match samples {
            None => (vec![], 0),
            Some(samples) => {
                let number = samples.opened.fetch_add(1, Ordering::Relaxed) as u64;
                // Regions of a single tile are timed too, though not each of them.
                (vec![Duration::ZERO; program.regs.len()], if number.is_multiple_of(EVERY) { 0 } else { WARM })
            }
        };
        Sampler { program, samples, tiles: 0, next, timed: 0, last: None, registers, after: Duration::ZERO }
    }

    /// Opens a leaf, and counts the time to its name.
    pub(crate) fn open<T>(&self, leaf: usize, open: impl FnOnce() -> T) -> T {
        let Some(samples) = self.samples else { return open() };
        let start = Instant::now();
        let opened = open();
        *held(&samples.exact).entry(leaf_name(&self.program.leaves[leaf])).or_default() += start.elapsed();
        opened
    }

    /// A tile begins.
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.samples.is_some() {
            self.begin_tile();
        }
    }

    /// Registers were made: one, or those of a chain, which share the time by what their kernels take.
    #[inline]
    pub(crate) fn lap(&mut self, regs: impl Iterator<Item = usize> + Clone) {
        if self.last.is_some() {
            self.count(regs);
        }
    }

    fn begin_tile(&mut self) {
        self.end_tile();
        if self.tiles == self.next {
            self.next += EVERY;
            self.timed += 1;
            self.last = Some(Instant::now());
        }
        self.tiles += 1;
    }

    fn count(&mut self, regs: impl Iterator<Item = usize> + Clone) {
        let now = Instant::now();
        if let Some(last) = self.last.replace(now) {
            let all: u32 = regs.clone().map(|reg| self.weight(reg)).sum();
            let unit = undisturbed(now - last) / all.max(1);
            for reg in regs {
                let share = unit * self.weight(reg);
                self.registers[reg] += share;
            }
        }
    }

    /// What a register takes beside others of its chain.
    fn weight(&self, reg: usize) -> u32 {
        match self.program.regs[reg].make {
            Make::Map(kernel, _) => map::strips::weight(kernel),
            _ => 1,
        }
    }

    fn end_tile(&mut self) {
        if let Some(last) = self.last.take() {
            self.after += undisturbed(last.elapsed());
        }
    }
}

impl Drop for Sampler<'_> {
    fn drop(&mut self) {
        let Some(samples) = self.samples else { return };
        self.end_tile();
        samples.tiles.fetch_add(self.tiles, Ordering::Relaxed);
        if self.timed == 0 {
            return;
        }
        samples.timed.fetch_add(self.timed, Ordering::Relaxed);
        *held(&samples.after) += self.after;
        let mut sampled = held(&samples.sampled);
        for (spec, time) in self.program.regs.iter().zip(&self.registers) {
            *sampled.entry(register_name(self.program, spec)).or_default() += *time;
        }
    }
}

fn undisturbed(time: Duration) -> Duration {
    if time > LONGEST { Duration::ZERO } else { time }
}

fn register_name(program: &Program, spec: &RegSpec) -> String {
    match &spec.make {
        Make::Const(_) => "constant".into(),
        Make::Load(leaf) => leaf_name(&program.leaves[*leaf]),
        Make::Map(kernel, _) => kernel.name(),
        Make::Pieces(_) => "concatenate".into(),
        Make::Overlay { .. } => "assign".into(),
    }
}

fn leaf_name(leaf: &Leaf) -> String {
    match &leaf.source {
        Source::Memory(_) | Source::Stage { .. } => "read memory".into(),
        Source::Stored(_) => "read files".into(),
        Source::Iota { .. } => "range".into(),
        Source::Random { random, .. } => match &random.distribution {
            Distribution::Uniform { .. } => "random uniform".into(),
            Distribution::Normal { .. } => "random normal".into(),
            Distribution::Integers { .. } => "random integers".into(),
            Distribution::Named { name, .. } => format!("random {name}"),
        },
    }
}
