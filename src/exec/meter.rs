//! The measured peak: the most memory that was resident, above what was there before.

use std::sync::OnceLock;

/// Runs projected below this, and of fewer tasks than `FEWEST`, are not measured: reading the figures would take longer than
/// they do.
const SMALLEST: u64 = 8 << 20;
const FEWEST: usize = 1000;

/// A measurement under way.
pub(crate) struct Meter {
    before: Option<u64>,
}

impl Meter {
    /// Begins to measure a run of a projected peak and so many tasks.
    pub(crate) fn start(projected: u64, tasks: usize) -> Meter {
        let is_short = projected < SMALLEST && tasks < FEWEST;
        if is_short || std::fs::write("/proc/self/clear_refs", "5").is_err() {
            return Meter { before: None };
        }
        Meter { before: resident("VmRSS:") }
    }

    /// Bytes above the beginning; 0 where it was not measured.
    pub(crate) fn peak(&self) -> u64 {
        match (self.before, resident("VmHWM:")) {
            (Some(before), Some(most)) => most.saturating_sub(before),
            _ => 0,
        }
    }
}

/// Bytes that are resident now; `None` where the system does not say.
pub fn resident_bytes() -> Option<u64> {
    resident("VmRSS:")
}

/// Bytes that are resident besides as many of `arrays`, the buffers that wait, and what was there before the first call:
/// tables of blocks, gaps of the heap, what threads keep. Pages of files, the program's own among them, do not count: the
/// system brings in as many as it likes (2 MB more or less of one copy of the program than of another) and takes them back
/// when it wants them.
pub fn resident_besides(arrays: u64) -> u64 {
    static BEFORE: OnceLock<u64> = OnceLock::new();
    let Some(now) = resident("RssAnon:").or_else(resident_bytes) else { return 0 };
    let besides = now.saturating_sub(arrays + waiting());
    besides.saturating_sub(*BEFORE.get_or_init(|| besides))
}

/// Gives back to the system what the heaps hold in vain.
pub fn trim_heaps() {
    #[cfg(target_os = "linux")]
    super::large_pages::trim_heaps();
}

#[cfg(target_os = "linux")]
fn waiting() -> u64 {
    super::large_pages::waiting()
}

#[cfg(not(target_os = "linux"))]
fn waiting() -> u64 {
    0
}

/// A figure of the process's status, in bytes.
fn resident(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}
