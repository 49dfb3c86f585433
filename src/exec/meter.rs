//! The measured peak: the most memory that was resident, above what was there before.

/// Runs projected below this are not measured: reading the figures would take longer than they do.
const SMALLEST: u64 = 8 << 20;

/// A measurement under way.
pub(crate) struct Meter {
    before: Option<u64>,
}

impl Meter {
    /// Begins to measure a run of a projected peak.
    pub(crate) fn start(projected: u64) -> Meter {
        if projected < SMALLEST || std::fs::write("/proc/self/clear_refs", "5").is_err() {
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

/// A figure of the process's status, in bytes.
fn resident(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}
