//! `--json`: one object a cell, and the summary of a comparison. The field names are an interface: others read them.

use crate::exec::StageProfile;
use crate::shell::compare::{Comparison, Summary};
use crate::shell::diagnose::{Problem, Source};
use crate::shell::output::write_out;
use crate::shell::run::Outcome;
use serde::Serialize;

#[derive(Serialize)]
struct CellRecord<'a> {
    cell: usize,
    line: usize,
    source: &'a str,
    display: Option<&'a str>,
    stdout: &'a str,
    error: Option<ErrorRecord<'a>>,
    wall_s: f64,
    user_s: f64,
    sys_s: f64,
    tasks: u64,
    tasks_before: u64,
    bytes_read: u64,
    peak_bytes: u64,
    projected_peak_bytes: u64,
    spilled_bytes: u64,
    loaded_bytes: u64,
    eager: Option<EagerRecord>,
    /// Where the cell was profiled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stages: Vec<StageRecord<'a>>,
}

#[derive(Serialize)]
struct StageRecord<'a> {
    operation: &'a str,
    tasks: usize,
    wall_s: f64,
    cpu_s: f64,
    bytes_read: u64,
    bytes_read_from_files: u64,
    bytes_generated: u64,
    bytes_written: u64,
    spilled_bytes: u64,
    kernels: Vec<KernelRecord<'a>>,
}

#[derive(Serialize)]
struct KernelRecord<'a> {
    kernel: &'a str,
    cpu_s: f64,
}

#[derive(Serialize)]
struct ErrorRecord<'a> {
    kind: &'a str,
    message: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    help: String,
}

#[derive(Serialize)]
struct EagerRecord {
    wall_s: f64,
    user_s: f64,
    sys_s: f64,
    peak_bytes: Option<u64>,
    equal: bool,
    max_abs_diff: Option<f64>,
    speedup: Option<f64>,
}

#[derive(Serialize)]
struct SummaryRecord {
    summary: bool,
    cells: usize,
    equal: bool,
    geomean_speedup: Option<f64>,
}

/// Which cell a record is about.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// The number of the cell, from 1.
    pub cell: usize,
    /// The line of the file where the cell begins.
    pub line: usize,
    pub code: &'a str,
}

/// Writes the object of a cell.
pub fn print_cell(which: &Which<'_>, source: &Source<'_>, outcome: &Outcome, eager: Option<&Comparison>) {
    let tally = &outcome.tally;
    print(&CellRecord {
        cell: which.cell,
        line: which.line,
        source: which.code,
        display: outcome.display.as_deref(),
        stdout: &outcome.stdout,
        error: outcome.problem.as_ref().map(|problem| error_record(problem, source)),
        wall_s: outcome.times.wall.as_secs_f64(),
        user_s: outcome.times.user.as_secs_f64(),
        sys_s: outcome.times.sys.as_secs_f64(),
        tasks: tally.tasks,
        tasks_before: tally.tasks_before,
        bytes_read: tally.bytes_read,
        peak_bytes: tally.peak_bytes,
        projected_peak_bytes: tally.projected_peak_bytes,
        spilled_bytes: tally.spilled_bytes,
        loaded_bytes: tally.loaded_bytes,
        eager: eager.map(eager_record),
        stages: outcome.stages.iter().map(stage_record).collect(),
    });
}

/// Writes the summary of a comparison.
pub fn print_summary(summary: &Summary) {
    let Summary { cells, equal, geomean_speedup } = *summary;
    print(&SummaryRecord { summary: true, cells, equal, geomean_speedup });
}

fn error_record<'a>(problem: &'a Problem, source: &Source<'_>) -> ErrorRecord<'a> {
    let source = problem.source(*source);
    let place = problem.labels.first().map(|(range, _)| source.location(range.start));
    ErrorRecord {
        kind: &problem.kind,
        message: &problem.message,
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        help: problem.help.join("\n"),
    }
}

fn stage_record(stage: &StageProfile) -> StageRecord<'_> {
    StageRecord {
        operation: &stage.title,
        tasks: stage.tasks,
        wall_s: stage.wall.as_secs_f64(),
        cpu_s: stage.cpu.as_secs_f64(),
        bytes_read: stage.moved.memory,
        bytes_read_from_files: stage.moved.files,
        bytes_generated: stage.moved.generated,
        bytes_written: stage.moved.written,
        spilled_bytes: stage.spilled,
        kernels: stage
            .kernels
            .iter()
            .map(|time| KernelRecord { kernel: &time.name, cpu_s: time.cpu.as_secs_f64() })
            .collect(),
    }
}

fn eager_record(eager: &Comparison) -> EagerRecord {
    EagerRecord {
        wall_s: eager.times.wall.as_secs_f64(),
        user_s: eager.times.user.as_secs_f64(),
        sys_s: eager.times.sys.as_secs_f64(),
        peak_bytes: eager.peak_bytes,
        equal: eager.equal(),
        max_abs_diff: eager.max_abs_diff,
        speedup: eager.speedup,
    }
}

fn print(record: &impl Serialize) {
    // Strings and numbers always have a JSON form; floats that have none are written as null.
    let line = serde_json::to_string(record).unwrap_or_default();
    write_out(&(line + "\n"));
}
