//! `%prof` and `%%prof`: what each statement of a cell takes, and within it each stage of the engine, kernel by kernel.

use crate::exec::{KernelTime, StageProfile};
use crate::lang::syntax::split_statements;
use crate::shell::byte_text::show_bytes;
use crate::shell::magic::Call;
use crate::shell::run::{Answer, run_part};
use crate::shell::session::Session;
use crate::shell::table::number_table;
use crate::shell::tally::Tally;
use crate::shell::time::{Stopwatch, Times, show_duration_to};

/// Statements and operations are shown to this many characters.
const SHOWN: usize = 56;
/// Kernels below this share of their stage are not listed.
const LEAST_SHARE: f64 = 0.01;
/// Kernels that a stage lists.
const MOST_KERNELS: usize = 8;
/// Digits of times and rates.
const DIGITS: usize = 3;

/// The columns; those that are empty in every row are left out.
const TITLES: [&str; 12] =
    ["Statement", "Wall", "CPU", "Share", "Tasks", "Read", "Files", "Generated", "Written", "Spilled", "GB/s", "Peak"];

/// The cells of a row; what does not apply stays empty.
#[derive(Default)]
struct Row {
    statement: String,
    wall: String,
    cpu: String,
    share: String,
    tasks: String,
    read: String,
    files: String,
    generated: String,
    written: String,
    spilled: String,
    rate: String,
    peak: String,
}

impl Row {
    /// The cells in the order of [`TITLES`].
    fn cells(self) -> [String; TITLES.len()] {
        let Row { statement, wall, cpu, share, tasks, read, files, generated, written, spilled, rate, peak } = self;
        [statement, wall, cpu, share, tasks, read, files, generated, written, spilled, rate, peak]
    }
}

/// Columns that stand even where they are empty: the statement and its times.
const ALWAYS: usize = 3;

/// Runs statements one after another and prints a table of what each took.
pub fn profile(session: &mut Session, call: &Call<'_>) -> Answer {
    let mut rows = Vec::new();
    let mut value = None;
    let mut all = Vec::new();
    for span in split_statements(call.body()) {
        let before = session.world.tally.replace(Tally::default());
        session.world.stages.replace(Some(vec![]));
        let clock = Stopwatch::start();
        let answer = run_part(session, call.source, call.body.start + span.start..call.body.start + span.end);
        let times = clock.stop();
        let stages = session.world.stages.take().unwrap_or_default();
        let took = session.world.tally.get();
        session.world.tally.set(before.and(&took));
        value = answer?;
        rows.push(statement_row(span.of(call.body()), &times, &took));
        stages.iter().for_each(|stage| rows.extend(stage_rows(stage, &times)));
        all.extend(stages);
    }
    session.print(&(number_table_of(rows) + "\n"));
    session.world.profiled.replace(all);
    Ok(value)
}

fn statement_row(statement: &str, times: &Times, took: &Tally) -> Row {
    Row {
        statement: shortened(statement, SHOWN),
        wall: show_duration_to(times.wall.as_secs_f64(), DIGITS),
        cpu: show_duration_to((times.user + times.sys).as_secs_f64(), DIGITS),
        tasks: took.tasks.to_string(),
        peak: bytes_or_nothing(took.peak_bytes),
        ..Row::default()
    }
}

/// A stage, and its kernels below it.
fn stage_rows(stage: &StageProfile, times: &Times) -> Vec<Row> {
    let row = Row {
        statement: format!("  {}", shortened(&stage.title, SHOWN - 2)),
        wall: show_duration_to(stage.wall.as_secs_f64(), DIGITS),
        cpu: show_duration_to(stage.cpu.as_secs_f64(), DIGITS),
        share: share(stage.cpu.as_secs_f64(), (times.user + times.sys).as_secs_f64()),
        tasks: stage.tasks.to_string(),
        read: bytes_or_nothing(stage.moved.memory),
        files: bytes_or_nothing(stage.moved.files),
        generated: bytes_or_nothing(stage.moved.generated),
        written: bytes_or_nothing(stage.moved.written),
        spilled: bytes_or_nothing(stage.spilled),
        rate: format!("{:.2}", stage.bytes_a_second() / 1e9),
        ..Row::default()
    };
    let listed = |kernel: &&KernelTime| kernel.cpu.as_secs_f64() >= LEAST_SHARE * stage.cpu.as_secs_f64();
    let kernels = stage.kernels.iter().filter(listed).take(MOST_KERNELS).map(|kernel| kernel_row(kernel, stage));
    std::iter::once(row).chain(kernels).collect()
}

fn kernel_row(kernel: &KernelTime, stage: &StageProfile) -> Row {
    Row {
        statement: format!("    {}", kernel.name),
        cpu: show_duration_to(kernel.cpu.as_secs_f64(), DIGITS),
        share: share(kernel.cpu.as_secs_f64(), stage.cpu.as_secs_f64()),
        ..Row::default()
    }
}

/// Per cent of what stands above; nothing where that is too short to be measured.
fn share(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.0} %", (100.0 * part / whole).min(100.0)) } else { String::new() }
}

fn bytes_or_nothing(count: u64) -> String {
    if count == 0 { String::new() } else { show_bytes(count) }
}

fn number_table_of(rows: Vec<Row>) -> String {
    let rows: Vec<[String; TITLES.len()]> = rows.into_iter().map(Row::cells).collect();
    let is_used = |&column: &usize| column < ALWAYS || rows.iter().any(|row| !row[column].is_empty());
    let used: Vec<usize> = (0..TITLES.len()).filter(is_used).collect();
    let titles: Vec<&str> = used.iter().map(|&column| TITLES[column]).collect();
    let shown = |row: &[String; TITLES.len()]| used.iter().map(|&column| row[column].clone()).collect();
    number_table(&titles, &rows.iter().map(shown).collect::<Vec<_>>())
}

fn shortened(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    line.chars().take(longest - 1).chain(['…']).collect()
}
