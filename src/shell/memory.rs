//! The memory of the process as the system counts it: resident now, and the most since a reset.

/// Bytes resident now; `None` where the system does not say.
pub fn resident() -> Option<u64> {
    status_field("VmRSS:")
}

/// The most bytes that were resident since the last reset.
pub fn peak() -> Option<u64> {
    status_field("VmHWM:")
}

/// Starts to count the peak anew; without effect where the system does not allow it.
pub fn reset_peak() {
    // "5" resets the high-water mark of resident memory: proc_pid_clear_refs(5).
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn status_field(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
