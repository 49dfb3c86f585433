//! Runs one cell: its magics and statements, the clocks around them, what it shows, and what went wrong.

use crate::exec::StageProfile;
use crate::lang::Value;
use crate::lang::syntax::split_statements;
use crate::shell::diagnose::Problem;
use crate::shell::display::show;
use crate::shell::magic::{Call, run_cell_magic, run_line_magic};
use crate::shell::session::Session;
use crate::shell::tally::Tally;
use crate::shell::time::{Stopwatch, Times};
use crate::shell::{interrupt, panic};
use std::ops::Range;

/// The value of a cell's last expression, where it has one to show.
pub type Answer = Result<Option<Value>, Problem>;

/// What a cell gave and took.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What the cell shows, without a line end.
    pub display: Option<String>,
    /// What it printed, where that was kept.
    pub stdout: String,
    pub problem: Option<Problem>,
    pub times: Times,
    pub tally: Tally,
    /// What the engine's stages took, where the cell was profiled.
    pub stages: Vec<StageProfile>,
}

impl Outcome {
    /// Whether Ctrl-C ended the cell.
    pub fn interrupted(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.kind == "KeyboardInterrupt")
    }
}

/// A cell's value besides its outcome: what a comparison compares.
pub struct Ran {
    pub outcome: Outcome,
    pub value: Option<Value>,
}

/// Runs a cell. Nothing is written but what the cell prints.
pub fn run_cell(session: &mut Session, source: &str) -> Ran {
    interrupt::reset();
    session.world.tally.set(Tally::default());
    let number = session.history.len() + 1;
    session.history.push(source.to_string());
    let clock = Stopwatch::start();
    let answer = panic::caught(|| {
        let value = run_part(session, source, 0..source.len())?;
        session.interpreter.remember(number, source, value.as_ref());
        let display = value.as_ref().map(|value| show(session, value)).transpose()?;
        Ok((value, display))
    });
    let times = clock.stop();
    let tally = session.world.tally.get();
    let stages = session.world.profiled.take();
    let (value, display, problem) = match answer {
        Ok((value, display)) => (value, display, None),
        Err(problem) => (None, None, Some(problem)),
    };
    Ran { outcome: Outcome { display, stdout: String::new(), problem, times, tally, stages }, value }
}

/// Runs a part of a source with its magics; places in the problem are bytes of `source`.
pub fn run_part(session: &mut Session, source: &str, part: Range<usize>) -> Answer {
    match Call::of_cell(source, part.clone()) {
        Some(call) => run_cell_magic(session, &call),
        None => run_lines(session, source, part),
    }
}

/// Runs statements and line magics in order; the last one's value is the answer.
fn run_lines(session: &mut Session, source: &str, part: Range<usize>) -> Answer {
    let text = &source[part.clone()];
    let spans = split_statements(text);
    if !spans.iter().any(|span| is_magic(span.of(text))) {
        return run_code(session, source, part);
    }
    let mut value = None;
    let mut code: Option<Range<usize>> = None;
    for span in spans {
        let range = part.start + span.start..part.start + span.end;
        if !is_magic(span.of(text)) {
            code = Some(code.map_or(range.start, |before| before.start)..range.end);
            continue;
        }
        if let Some(code) = code.take() {
            run_code(session, source, code)?;
        }
        value = run_line_magic(session, &Call::of_line(source, range))?;
    }
    match code {
        Some(code) => run_code(session, source, code),
        None => Ok(value),
    }
}

/// Runs a part of a source that has no magics.
pub fn run_code(session: &mut Session, source: &str, part: Range<usize>) -> Answer {
    let world = session.world.clone();
    let result = session.interpreter.run_cell(&source[part.clone()], &*world);
    match result.error {
        None => Ok(result.value),
        Some(error) => Err(Problem::from(error).moved(part.start)),
    }
}

fn is_magic(statement: &str) -> bool {
    statement.starts_with(['%', '?', '!']) || statement.ends_with('?')
}
