//! Magics about files and about the cells that were run: `%run %load %save %history %pwd %cd %ls`.

use crate::data::{Error, of_file};
use crate::shell::diagnose::Problem;
use crate::shell::display::show;
use crate::shell::magic::{Call, unquote};
use crate::shell::run::{Answer, run_part};
use crate::shell::script::{PieceKind, read};
use crate::shell::session::Session;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Scripts may run each other this deep.
const DEEPEST_RUN: usize = 50;

/// `%run FILE`: runs a script's cells in this session, each showing what it shows.
pub fn run(session: &mut Session, call: &Call<'_>) -> Answer {
    let path = needed_path(call)?;
    let script = read(&path).map_err(|why| call.problem("FileNotFoundError", why))?;
    if session.depth >= DEEPEST_RUN {
        return Err(call.problem("RecursionError", "scripts run each other too deeply"));
    }
    session.depth += 1;
    let mut answer = Ok(());
    for piece in script.pieces.iter().filter(|piece| piece.kind == PieceKind::Code) {
        let shown = run_part(session, piece.source(), 0..piece.source().len())
            .and_then(|value| value.map(|value| show(session, &value)).transpose())
            .map_err(|problem| problem.within(&script.name, &piece.text, piece.range.start));
        match shown {
            Ok(Some(text)) => session.print(&(text + "\n")),
            Ok(None) => {}
            Err(problem) => {
                answer = Err(problem);
                break;
            }
        }
    }
    session.depth -= 1;
    answer.map(|()| None)
}

/// `%load FILE`: the text of a script comes to the next prompt; a script that loads prints it.
pub fn load(session: &mut Session, call: &Call<'_>) -> Answer {
    let path = needed_path(call)?;
    let text = std::fs::read_to_string(&path).map_err(|cause| at_args(call, of_file(&path, &cause)))?;
    if session.interactive {
        session.next_input = Some(text.trim_end().to_string());
    } else {
        session.print(&(text.trim_end().to_string() + "\n"));
    }
    Ok(None)
}

/// `%save FILE [N | A-B]`: saves cells that were run as a script in the percent format.
pub fn save(session: &mut Session, call: &Call<'_>) -> Answer {
    let (name, rest) = call.args().split_once(char::is_whitespace).unwrap_or((call.args(), ""));
    let mut path = needed_path(&Call { args: call.args.start..call.args.start + name.len(), ..call.clone() })?;
    if path.extension().is_none() {
        path.set_extension("dka");
    }
    let cells = chosen_cells(session, call, rest)?;
    let text: String = cells.map(|i| format!("# %%\n{}\n\n", session.history[i])).collect();
    std::fs::write(&path, text.trim_end().to_string() + "\n").map_err(|cause| at_args(call, of_file(&path, &cause)))?;
    session.print(&format!("saved to {}\n", path.display()));
    Ok(None)
}

/// `%history [-n] [N | A-B]`: prints the cells that were run before this one.
pub fn history(session: &mut Session, call: &Call<'_>) -> Answer {
    let (numbered, rest) = match call.args().strip_prefix("-n") {
        Some(rest) => (true, rest),
        None => (false, call.args()),
    };
    let cells = chosen_cells(session, call, rest)?;
    let line = |i: usize| {
        if numbered { format!("{:4}: {}\n", i + 1, session.history[i]) } else { format!("{}\n", session.history[i]) }
    };
    let text: String = cells.map(line).collect();
    session.print(&text);
    Ok(None)
}

/// Indices into the history: `3`, `2-5`, or all but the cell that runs now.
fn chosen_cells(session: &Session, call: &Call<'_>, text: &str) -> Result<Range<usize>, Problem> {
    let before = session.history.len().saturating_sub(1);
    let text = text.trim();
    if text.is_empty() {
        return Ok(0..before);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(a), Ok(b)) if 1 <= a && a <= b && b <= before => Ok(a - 1..b),
        _ => Err(call.problem("ValueError", format!("no cells `{text}`")).help(match before {
            0 => "no cell was run before this one".to_string(),
            _ => format!("cells 1 to {before} were run; ask for 3 or for 2-5"),
        })),
    }
}

/// `%pwd`: the working directory.
pub fn pwd(session: &mut Session, call: &Call<'_>) -> Answer {
    let here =
        std::env::current_dir().map_err(|cause| at_args(call, Error::os(format!("no working directory: {cause}"))))?;
    session.print(&format!("{}\n", here.display()));
    Ok(None)
}

/// `%cd DIR`: changes the working directory; without one, to the home directory.
pub fn cd(session: &mut Session, call: &Call<'_>) -> Answer {
    let target = if call.args().is_empty() { home() } else { expanded(unquote(call.args())) };
    std::env::set_current_dir(&target).map_err(|cause| at_args(call, of_file(&target, &cause)))?;
    pwd(session, call)
}

/// `%ls [DIR]`: the names in a directory, folders with a `/`.
pub fn ls(session: &mut Session, call: &Call<'_>) -> Answer {
    let target = if call.args().is_empty() { PathBuf::from(".") } else { expanded(unquote(call.args())) };
    let entries = std::fs::read_dir(&target).map_err(|cause| at_args(call, of_file(&target, &cause)))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() { name + "/" } else { name }
        })
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    let text: String = names.iter().map(|name| format!("{name}\n")).collect();
    session.print(&text);
    Ok(None)
}

fn needed_path(call: &Call<'_>) -> Result<PathBuf, Problem> {
    match unquote(call.args()) {
        "" => Err(call.problem("SyntaxError", format!("%{} needs the name of a file", call.name))),
        name => Ok(expanded(name)),
    }
}

/// A path with `~` for the home directory.
fn expanded(name: &str) -> PathBuf {
    match name.strip_prefix('~') {
        Some(rest) => home().join(rest.trim_start_matches('/')),
        None => PathBuf::from(name),
    }
}

fn home() -> PathBuf {
    std::env::var_os("HOME").map_or_else(|| Path::new(".").to_path_buf(), PathBuf::from)
}

fn at_args(call: &Call<'_>, error: Error) -> Problem {
    Problem::from(error).or_at(if call.args.is_empty() { call.at.clone() } else { call.args.clone() })
}
