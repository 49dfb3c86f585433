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

/// The bytes that computing may take where nobody says: 60 % of the machine's memory, or of the control group's.
pub fn default_memory_limit() -> u64 {
    const UNKNOWN: u64 = 8 << 30;
    let machine = file_field("/proc/meminfo", "MemTotal:").unwrap_or(UNKNOWN);
    let total = group_limit().map_or(machine, |group| group.min(machine));
    total / 10 * 6
}

/// The limit of the control group, version 2 or 1, where there is one.
fn group_limit() -> Option<u64> {
    let files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    files.iter().find_map(|path| std::fs::read_to_string(path).ok()?.trim().parse().ok())
}

fn status_field(name: &str) -> Option<u64> {
    file_field("/proc/self/status", name)
}

/// A number of KiB in a file of `name: number kB` lines, as bytes.
fn file_field(path: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
