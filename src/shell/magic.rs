//! Magics: commands of the session that are not Python. One row each; help and completion follow from the rows.

use crate::data::nearest;
use crate::shell::diagnose::Problem;
use crate::shell::run::{Answer, run_code};
use crate::shell::script::is_cell_magic;
use crate::shell::session::Session;
use crate::shell::{compare, config, files, help, inspect, measure, profile};
use std::ops::Range;

/// A magic: `%name` on a line, `%%name` on the first line of a cell, or both.
pub struct Magic {
    pub name: &'static str,
    pub usage: &'static str,
    /// One sentence with a full stop.
    pub doc: &'static str,
    pub line: Option<Run>,
    pub cell: Option<Run>,
}

/// What runs a magic.
pub type Run = fn(&mut Session, &Call<'_>) -> Answer;

/// All magics, by name.
pub const MAGICS: &[Magic] = &[
    both(
        "compare",
        "%compare EXPRESSION",
        "Computes lazily and eagerly, and compares times, memory and values.",
        compare::compare_magic,
    ),
    line("cd", "%cd DIR", "Changes the working directory.", files::cd),
    line("config", "%config [NAME [= VALUE]]", "Prints or changes settings.", config::config),
    both(
        "explain",
        "%explain EXPRESSION",
        "Prints the plan of a lazy array before and after optimisation.",
        inspect::explain,
    ),
    line("history", "%history [-n] [N | A-B]", "Prints the cells that were run.", files::history),
    line("load", "%load FILE", "Brings the text of a script to the next prompt.", files::load),
    line("ls", "%ls [DIR]", "Lists a directory.", files::ls),
    line("lsmagic", "%lsmagic", "Lists the magics.", help::list_magics),
    both("memit", "%memit STATEMENT", "Measures the peak memory of a statement.", measure::memit),
    both("prof", "%prof STATEMENTS", "Prints time, tasks and bytes of each statement and operation.", profile::profile),
    line("pwd", "%pwd", "Prints the working directory.", files::pwd),
    line("reset", "%reset [-f]", "Deletes all variables and begins random states anew.", inspect::reset),
    line("run", "%run FILE", "Runs a script in this session.", files::run),
    line("save", "%save FILE [N | A-B]", "Saves the cells that were run as a script.", files::save),
    both("time", "%time STATEMENT", "Prints processor and wall time of a statement or a cell.", measure::time),
    both("timeit", "%timeit [-n LOOPS] [-r RUNS] STATEMENT", "Times a statement many times.", measure::timeit),
    line("who", "%who", "Lists the names of variables.", inspect::who),
    line("whos", "%whos", "Lists variables with their types, shapes and sizes.", inspect::whos),
];

const fn line(name: &'static str, usage: &'static str, doc: &'static str, run: Run) -> Magic {
    Magic { name, usage, doc, line: Some(run), cell: None }
}

const fn both(name: &'static str, usage: &'static str, doc: &'static str, run: Run) -> Magic {
    Magic { name, usage, doc, line: Some(run), cell: Some(run) }
}

/// A magic as it was written. Ranges are bytes of `source`.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub source: &'a str,
    pub name: &'a str,
    /// Where the name stands.
    pub at: Range<usize>,
    /// What follows the name on its line.
    pub args: Range<usize>,
    /// The cell below the magic's line; the arguments for a magic of one line.
    pub body: Range<usize>,
    pub of_cell: bool,
}

impl<'a> Call<'a> {
    /// The magic that a part of a source begins with, comments apart; `None` where it is an ordinary cell.
    pub fn of_cell(source: &'a str, part: Range<usize>) -> Option<Call<'a>> {
        let mut at = part.start;
        for line in source[part.clone()].split_inclusive('\n') {
            if is_cell_magic(line) {
                let end = at + line.trim_end().len();
                return Some(Call::new(source, at + 2..end, Some((at + line.len()).min(part.end)..part.end)));
            }
            if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                return None;
            }
            at += line.len();
        }
        None
    }

    /// The magic of one line: `%name args`, `name?`, `?name` or `!command`.
    pub fn of_line(source: &'a str, range: Range<usize>) -> Call<'a> {
        let text = &source[range.clone()];
        let help = text.starts_with('?') || (text.ends_with('?') && !text.starts_with('!'));
        if help {
            let lead = text.len() - text.trim_start_matches(['?', ' ']).len();
            let kept = text.trim_matches(['?', ' ']).len();
            let args = range.start + lead..range.start + lead + kept;
            return Call { source, name: "?", at: range, args: args.clone(), body: args, of_cell: false };
        }
        if text.starts_with('!') {
            return Call { source, name: "!", at: range.clone(), args: range.clone(), body: range, of_cell: false };
        }
        let signs = text.len() - text.trim_start_matches('%').len();
        Call::new(source, range.start + signs..range.end, None)
    }

    /// `name args` in a range, with the body of a cell or none.
    fn new(source: &'a str, range: Range<usize>, body: Option<Range<usize>>) -> Call<'a> {
        let text = &source[range.clone()];
        let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let rest = &text[length..];
        let start = range.start + length + (rest.len() - rest.trim_start().len());
        let args = start..start.max(range.start + text.trim_end().len());
        let of_cell = body.is_some();
        Call {
            source,
            name: &text[..length],
            at: range.start..range.start + length,
            body: body.unwrap_or(args.clone()),
            args,
            of_cell,
        }
    }

    /// The text after the name.
    pub fn args(&self) -> &'a str {
        &self.source[self.args.clone()]
    }

    /// The code that the magic is about.
    pub fn body(&self) -> &'a str {
        &self.source[self.body.clone()]
    }

    /// The same magic without the first `bytes` of its arguments.
    pub fn skipping(&self, bytes: usize) -> Call<'a> {
        let mut call = self.clone();
        let rest = &self.args()[bytes..];
        call.args.start += bytes + (rest.len() - rest.trim_start().len());
        if !self.of_cell {
            call.body = call.args.clone();
        }
        call
    }

    /// A problem at the arguments, or at the name where there are none.
    pub fn problem(&self, kind: &str, message: impl Into<String>) -> Problem {
        let place = if self.args.is_empty() { &self.at } else { &self.args };
        Problem::new(kind, message).or_at(place.clone())
    }
}

/// Runs the magic of a line.
pub fn run_line_magic(session: &mut Session, call: &Call<'_>) -> Answer {
    match call.name {
        "?" => return help::help(session, call),
        "!" => {
            return Err(call
                .problem("NotImplementedError", "dka runs no commands of the system")
                .help("there are %ls, %cd and %pwd; %lsmagic lists all magics"));
        }
        _ => {}
    }
    match find(call.name).map(|magic| (magic, magic.line)) {
        Some((_, Some(run))) => run(session, call),
        // Every magic of cells is one of lines too, or has its own row.
        _ => expression_magic(session, call),
    }
}

/// A magic without a row: a setting by its name is a fair guess, all else is a mistake.
fn expression_magic(_: &mut Session, call: &Call<'_>) -> Answer {
    Err(unknown(call, "%"))
}

/// Runs the magic of a cell.
pub fn run_cell_magic(session: &mut Session, call: &Call<'_>) -> Answer {
    match find(call.name) {
        Some(Magic { cell: Some(run), .. }) => run(session, call),
        Some(magic) => Err(call
            .problem("SyntaxError", format!("%{} is a magic of one line", magic.name))
            .help(format!("it is used as {}", magic.usage))),
        None => Err(unknown(call, "%%")),
    }
}

/// The row of a magic.
pub fn find(name: &str) -> Option<&'static Magic> {
    MAGICS.iter().find(|magic| magic.name == name)
}

fn unknown(call: &Call<'_>, signs: &str) -> Problem {
    let problem = Problem::new("NameError", format!("unknown magic `{signs}{}`", call.name)).or_at(call.at.clone());
    match nearest(call.name, MAGICS.iter().map(|magic| magic.name)) {
        Some(meant) => problem.help(format!("did you mean `{signs}{meant}`?")),
        None => problem.help("%lsmagic lists all magics"),
    }
}

/// The value of an expression that a magic was given.
pub fn expression(session: &mut Session, call: &Call<'_>) -> Result<crate::lang::Value, Problem> {
    if call.body().trim().is_empty() {
        let usage = find(call.name).map_or("", |magic| magic.usage);
        return Err(call
            .problem("SyntaxError", format!("%{} needs an expression", call.name))
            .help(format!("it is used as {usage}")));
    }
    run_code(session, call.source, call.body.clone())?
        .ok_or_else(|| call.problem("TypeError", format!("%{} needs the value of an expression", call.name)))
}

/// Text without the quotes around it.
pub fn unquote(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Call;

    #[test]
    fn a_line_magic_has_a_name_and_arguments() {
        let call = Call::of_line("%timeit -n 5 x + 1", 0..18);
        assert_eq!((call.name, call.args(), call.body()), ("timeit", "-n 5 x + 1", "-n 5 x + 1"));
        assert_eq!(call.skipping(5).body(), "x + 1");
    }

    #[test]
    fn a_cell_magic_has_the_cell_below_it_as_body() {
        let source = "# why\n%%time\nx = 1\nx";
        let call = Call::of_cell(source, 0..source.len()).expect("a magic");
        assert_eq!((call.name, call.args(), call.body()), ("time", "", "x = 1\nx"));
        assert!(Call::of_cell("x = 1\n%time x", 0..13).is_none());
    }

    #[test]
    fn a_question_mark_on_either_side_asks_for_help() {
        for text in ["np.mean?", "?np.mean", "np.mean??"] {
            let call = Call::of_line(text, 0..text.len());
            assert_eq!((call.name, call.args()), ("?", "np.mean"), "{text}");
        }
    }
}
