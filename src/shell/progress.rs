//! A bar on standard error for computes that take a while: bytes, tasks, time left.

use crate::exec::{Event, StageProfile, Watch};
use crate::shell::bar_terminal::Narrow;
use crate::shell::byte_text::show_bytes;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a compute must have run before the bar is drawn, and how often it is drawn again.
const PATIENCE: Duration = Duration::from_millis(500);
const DRAWN_EVERY_MS: u64 = 100;

/// A watcher that draws a bar, or, when nobody would see it, nothing.
#[derive(Debug)]
pub struct Progress {
    start: Instant,
    tasks: AtomicU64,
    /// Bytes that there are to work through, and those that were.
    total: AtomicU64,
    bytes: AtomicU64,
    /// Milliseconds since the start at which the bar is drawn next.
    next_draw: AtomicU64,
    bar: Option<Mutex<Option<ProgressBar>>>,
    /// What the stages took, where the run is profiled.
    stages: Option<Mutex<Vec<StageProfile>>>,
}

impl Progress {
    /// A bar where `wanted` and standard error is a terminal.
    pub fn new(wanted: bool) -> Progress {
        let bar = (wanted && std::io::stderr().is_terminal()).then(|| Mutex::new(None));
        Progress {
            start: Instant::now(),
            tasks: AtomicU64::new(0),
            total: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            next_draw: AtomicU64::new(PATIENCE.as_millis() as u64),
            bar,
            stages: None,
        }
    }

    /// The same, profiling the run where it is wanted.
    pub fn profiling(mut self, wanted: bool) -> Progress {
        self.stages = wanted.then(Mutex::default);
        self
    }

    /// What the stages of a profiled run took, in the order they ran.
    pub fn stages(&self) -> Vec<StageProfile> {
        let taken = |stages: &Mutex<Vec<StageProfile>>| {
            std::mem::take(&mut *stages.lock().unwrap_or_else(PoisonError::into_inner))
        };
        self.stages.as_ref().map(taken).unwrap_or_default()
    }

    /// Draws where the time has come; one thread draws, the others go on.
    fn draw(&self) {
        let Some(bar) = &self.bar else { return };
        let now = self.start.elapsed().as_millis() as u64;
        let due = self.next_draw.load(Ordering::Relaxed);
        let won = now >= due
            && self.next_draw.compare_exchange(due, now + DRAWN_EVERY_MS, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if !won {
            return;
        }
        let mut bar = bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| new_bar(self.start.elapsed()));
        let (done, total) = (self.bytes.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        bar.set_length(total.max(done));
        bar.set_position(done);
        let tasks = self.tasks.load(Ordering::Relaxed);
        bar.set_message(format!("{} of {} in {tasks} tasks", show_bytes(done), show_bytes(total.max(done))));
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar
            && let Some(bar) = bar.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(elapsed: Duration) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::term_like(Box::new(Narrow::stderr())))
        .with_elapsed(elapsed);
    let style = ProgressStyle::with_template("[{bar:40}] {percent:>3}% {msg}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("##-"));
    bar
}

impl Watch for Progress {
    fn event(&self, event: &Event) {
        match event {
            Event::Start { tasks, bytes } => {
                self.tasks.fetch_add(*tasks as u64, Ordering::Relaxed);
                self.total.fetch_add(*bytes, Ordering::Relaxed);
            }
            Event::TaskDone { bytes } => {
                self.bytes.fetch_add(*bytes, Ordering::Relaxed);
                self.draw();
            }
            Event::Spilled { .. } => self.draw(),
            Event::Finish => self.clear(),
        }
    }

    fn profiles(&self) -> bool {
        self.stages.is_some()
    }

    fn stage(&self, took: StageProfile) {
        if let Some(stages) = &self.stages {
            stages.lock().unwrap_or_else(PoisonError::into_inner).push(took);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
