//! Runs scripts and `-c` code: cell after cell, as text, as JSON, or compared with the eager baseline.

use crate::shell::cli::Options;
use crate::shell::compare::{Comparison, Pair, report, summarize};
use crate::shell::diagnose::{Source, draw};
use crate::shell::interrupt;
use crate::shell::json::{Which, print_cell, print_summary};
use crate::shell::output::{write_err, write_out};
use crate::shell::run::{Outcome, run_cell};
use crate::shell::script::{Piece, PieceKind, Script};
use crate::shell::session::Session;
use std::rc::Rc;

/// How a batch ended; the exit status follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Good,
    Failed,
    Interrupted,
}

impl Ending {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Ending::Good => 0,
            Ending::Failed => 1,
            Ending::Interrupted => interrupt::INTERRUPTED,
        }
    }
}

/// What runs the cells: one session, or a pair that is compared.
pub enum Runner {
    Plain(Box<Session>),
    Compared { pair: Box<Pair>, rows: Vec<(usize, Comparison)> },
}

impl Runner {
    fn run(&mut self, source: &str) -> (Outcome, Option<Comparison>) {
        match self {
            Runner::Plain(session) => (run_cell(session, source).outcome, None),
            Runner::Compared { pair, .. } => {
                let (outcome, comparison) = pair.run(source);
                (outcome, Some(comparison))
            }
        }
    }

    /// The session that a person goes on with.
    pub fn into_session(self) -> Session {
        match self {
            Runner::Plain(session) => *session,
            Runner::Compared { pair, .. } => pair.lazy,
        }
    }

    /// The session whose results are shown.
    pub fn session(&mut self) -> &mut Session {
        match self {
            Runner::Plain(session) => session,
            Runner::Compared { pair, .. } => &mut pair.lazy,
        }
    }
}

/// Runs the pieces of scripts in order.
pub fn run_scripts(runner: &mut Runner, scripts: &[Script], options: &Options) -> Ending {
    let mut ending = Ending::Good;
    let mut cell = 0;
    for (script, piece) in scripts.iter().flat_map(|script| script.pieces.iter().map(move |piece| (script, piece))) {
        if piece.kind == PieceKind::Markdown {
            if !options.json {
                write_out(&(piece.prose() + "\n"));
            }
            continue;
        }
        cell += 1;
        match run_piece(runner, script, piece, cell, options) {
            Ending::Good => {}
            Ending::Failed => ending = Ending::Failed,
            Ending::Interrupted => {
                ending = Ending::Interrupted;
                break;
            }
        }
        if ending == Ending::Failed && !options.keep_going {
            break;
        }
    }
    let equal = finish(runner, options);
    if ending == Ending::Good && !equal { Ending::Failed } else { ending }
}

fn run_piece(runner: &mut Runner, script: &Script, piece: &Piece, cell: usize, options: &Options) -> Ending {
    let world = Rc::clone(&runner.session().world);
    if options.json {
        world.output.capture();
    }
    let (mut outcome, comparison) = runner.run(piece.source());
    let source = Source { name: &script.name, text: &piece.text, start: piece.range.start };
    if options.json {
        outcome.stdout = world.output.release();
        let which = Which { cell, line: piece.line(), code: piece.source() };
        print_cell(&which, &source, &outcome, comparison.as_ref());
    } else {
        print_outcome(&outcome, &source, world.settings.borrow().colors_err());
    }
    if let (Runner::Compared { rows, .. }, Some(comparison)) = (runner, comparison) {
        rows.push((cell, comparison));
    }
    match &outcome.problem {
        None => Ending::Good,
        Some(_) if outcome.interrupted() => Ending::Interrupted,
        Some(_) => Ending::Failed,
    }
}

/// Writes what a cell shows, or draws what is wrong with it.
pub fn print_outcome(outcome: &Outcome, source: &Source<'_>, color: bool) {
    if let Some(text) = &outcome.display {
        write_out(&format!("{text}\n"));
    }
    if let Some(problem) = &outcome.problem {
        write_err(&draw(problem, source, color));
    }
}

/// The end of a comparison: its table or summary. Whether all values were equal.
fn finish(runner: &Runner, options: &Options) -> bool {
    let Runner::Compared { rows, .. } = runner else { return true };
    let summary = summarize(rows);
    if options.json {
        print_summary(&summary);
    } else {
        write_out(&report(rows));
    }
    summary.equal
}
