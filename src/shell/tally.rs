//! What the computes of one cell took, added up.

use crate::exec::Report;

/// The sums and peaks of a cell's computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub computes: u64,
    pub tasks: u64,
    /// Tasks before optimisation.
    pub tasks_before: u64,
    pub bytes_read: u64,
    pub peak_bytes: u64,
    pub projected_peak_bytes: u64,
    pub spilled_bytes: u64,
    /// Bytes brought back from the spill store.
    pub loaded_bytes: u64,
}

impl Tally {
    /// Adds a compute: its tasks and bytes to the sums, its peaks to the peaks.
    pub fn add(&mut self, report: &Report) {
        *self = self.and(&Tally {
            computes: 1,
            tasks: report.tasks as u64,
            tasks_before: report.tasks_before as u64,
            bytes_read: report.bytes_read as u64,
            peak_bytes: report.peak_bytes as u64,
            projected_peak_bytes: report.projected_peak_bytes as u64,
            spilled_bytes: report.spilled_bytes as u64,
            loaded_bytes: report.loaded_bytes as u64,
        });
    }

    /// Both together, one after the other.
    pub fn and(&self, other: &Tally) -> Tally {
        Tally {
            computes: self.computes + other.computes,
            tasks: self.tasks + other.tasks,
            tasks_before: self.tasks_before + other.tasks_before,
            bytes_read: self.bytes_read + other.bytes_read,
            peak_bytes: self.peak_bytes.max(other.peak_bytes),
            projected_peak_bytes: self.projected_peak_bytes.max(other.projected_peak_bytes),
            spilled_bytes: self.spilled_bytes + other.spilled_bytes,
            loaded_bytes: self.loaded_bytes + other.loaded_bytes,
        }
    }
}
