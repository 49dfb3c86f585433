//! The interactive session: reads a cell, runs it, shows it, until Ctrl-D.

use crate::shell::batch::Ending;
use crate::shell::cli::Options;
use crate::shell::diagnose::{Source, draw};
use crate::shell::output::{write_err, write_out};
use crate::shell::prompt::Prompt;
use crate::shell::run::{Outcome, run_cell};
use crate::shell::script::{PieceKind, read};
use crate::shell::session::Session;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use std::cell::RefCell;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::rc::Rc;

/// How many cells the history file keeps.
const HISTORY_LENGTH: usize = 10_000;

type Shared = Rc<RefCell<Session>>;
type LineEditor = Editor<Prompt, FileHistory>;

/// Talks until Ctrl-D or `exit`; the answer is the exit status.
pub fn interact(mut session: Session, options: &Options) -> u8 {
    session.interactive = true;
    if !options.no_init {
        run_init_file(&mut session);
    }
    let session: Shared = Rc::new(RefCell::new(session));
    let mut editor = match new_editor(&session) {
        Ok(editor) => editor,
        Err(cause) => {
            write_err(&format!("dka: cannot read from the terminal: {cause}\n"));
            return Ending::Failed.status();
        }
    };
    let history = (!options.no_init).then(history_file).flatten();
    if let Some(path) = &history {
        // A first session has no history yet.
        let _ = editor.load_history(path);
    }
    if std::io::stdin().is_terminal() {
        greet();
    }
    talk(&session, &mut editor);
    if let Some(path) = &history {
        save_history(&mut editor, path);
    }
    Ending::Good.status()
}

fn greet() {
    write_out(&format!(
        "dka {}: NumPy and Dask Array, lazily.  ? for help, Tab completes, Ctrl-D leaves.\n",
        env!("CARGO_PKG_VERSION")
    ));
}

fn new_editor(session: &Shared) -> rustyline::Result<LineEditor> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .max_history_size(HISTORY_LENGTH)?
        .history_ignore_dups(true)?
        .bracketed_paste(true)
        .tab_stop(4)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Prompt::new(session.clone())));
    Ok(editor)
}

fn talk(session: &Shared, editor: &mut LineEditor) {
    loop {
        let number = session.borrow().history.len() + 1;
        let initial = session.borrow_mut().next_input.take().unwrap_or_default();
        match editor.readline_with_initial(&format!("In [{number}]: "), (&initial, "")) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) if matches!(text.trim(), "exit" | "quit" | "exit()" | "quit()") => return,
            Ok(text) => {
                // A history that cannot grow is no reason not to run the cell.
                let _ = editor.add_history_entry(text.trim_end());
                answer(&mut session.borrow_mut(), text.trim_end(), number);
            }
            Err(ReadlineError::Interrupted) => write_out("KeyboardInterrupt\n"),
            Err(ReadlineError::Eof) => return,
            Err(cause) => {
                write_err(&format!("dka: {cause}\n"));
                return;
            }
        }
    }
}

/// Runs what was typed, and shows it as IPython does: `Out[1]: …`.
fn answer(session: &mut Session, text: &str, number: usize) {
    let outcome = run_cell(session, text).outcome;
    show_outcome(session, &outcome, &format!("In [{number}]"), text, number);
}

fn show_outcome(session: &Session, outcome: &Outcome, name: &str, text: &str, number: usize) {
    let settings = session.world.settings.borrow();
    if let Some(display) = &outcome.display {
        let lead =
            if settings.colors_out() { format!("\x1b[31mOut[{number}]:\x1b[0m") } else { format!("Out[{number}]:") };
        let gap = if display.contains('\n') { '\n' } else { ' ' };
        write_out(&format!("{lead}{gap}{display}\n\n"));
    }
    if let Some(problem) = &outcome.problem {
        write_err(&(draw(problem, &Source { name, text, start: 0 }, settings.colors_err()) + "\n"));
    }
}

/// Runs the user's init file, where there is one: its cells are not numbered, and show nothing.
fn run_init_file(session: &mut Session) {
    let Some(path) = folder("XDG_CONFIG_HOME", ".config").map(|dir| dir.join("init.dka")).filter(|path| path.exists())
    else {
        return;
    };
    let script = match read(&path) {
        Ok(script) => script,
        Err(why) => return write_err(&format!("dka: {why}\n")),
    };
    for piece in script.pieces.iter().filter(|piece| piece.kind == PieceKind::Code) {
        let outcome = run_cell(session, piece.source()).outcome;
        if let Some(problem) = &outcome.problem {
            let source = Source { name: &script.name, text: &piece.text, start: piece.range.start };
            write_err(&draw(problem, &source, session.world.settings.borrow().colors_err()));
        }
    }
    session.history.clear();
}

fn history_file() -> Option<PathBuf> {
    folder("XDG_DATA_HOME", ".local/share").map(|dir| dir.join("history"))
}

/// dka's own folder of a kind, by the XDG base directory specification.
fn folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(below_home)))?;
    Some(base.join("dka"))
}

fn save_history(editor: &mut LineEditor, path: &std::path::Path) {
    let saved = path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(ReadlineError::from);
    if let Err(cause) = saved.and_then(|()| editor.save_history(path)) {
        write_err(&format!("dka: cannot save the history in {}: {cause}\n", path.display()));
    }
}
