//! The human side: command line, session, scripts, magics, tables, timings, errors. It alone prints.
//!
//! ```text
//! cli -> script -> batch --\
//!                           run (one cell) -> magic -> … -> display -> output
//!        complete -> repl -/
//! world: what the interpreter asks for (engine, output, clients, random states)
//! ```

mod admission;
mod array_table;
mod assigned;
mod bar_terminal;
mod batch;
mod byte_text;
pub mod calculator;
mod canvas;
mod cli;
mod client;
mod compare;
mod complete;
mod config;
mod diagnose;
mod display;
mod draw;
mod equal;
mod files;
mod help;
mod inspect;
mod interrupt;
mod json;
mod magic;
mod measure;
mod memory;
mod output;
mod panic;
mod profile;
mod progress;
mod prompt;
mod random;
mod repl;
mod run;
mod script;
mod session;
mod settings;
mod store;
mod table;
mod tally;
mod time;
mod visualize;
mod world;

pub use array_table::{array_table, array_table_within, bytes};
pub use draw::draw;

use crate::data::spill::remove_dead;
use crate::shell::batch::{Ending, Runner, run_scripts};
use crate::shell::cli::Options;
use crate::shell::compare::Pair;
use crate::shell::output::write_err;
use crate::shell::script::{Piece, Script};
use crate::shell::session::{STACK_BYTES, Session};
use crate::shell::settings::Settings;
use clap::Parser;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

/// The exit status of a wrong command line or of a file that cannot be read.
const USAGE: u8 = 2;

/// The program: reads the command line, runs what it asks for, answers the exit status.
pub fn main() -> ExitCode {
    let options = Options::parse();
    // Deep expressions need more stack than the main thread has.
    let work = std::thread::Builder::new().name("session".to_string()).stack_size(STACK_BYTES);
    let status = match work.spawn(move || start(&options)) {
        Ok(thread) => thread.join().unwrap_or(1),
        Err(cause) => {
            write_err(&format!("dka: cannot start a thread: {cause}\n"));
            1
        }
    };
    ExitCode::from(status)
}

fn start(options: &Options) -> u8 {
    #[cfg(target_os = "linux")]
    crate::exec::keep_heaps();
    panic::hush();
    interrupt::listen();
    let scripts = match scripts(options) {
        Ok(scripts) => scripts,
        Err(why) => {
            write_err(&format!("dka: {why}\n"));
            return USAGE;
        }
    };
    let settings = Settings::of(options);
    sweep(&settings);
    let mut runner = if options.compare_eager {
        Runner::Compared { pair: Box::new(Pair::new(&settings)), rows: Vec::new() }
    } else {
        Runner::Plain(Box::new(Session::new(settings, false)))
    };
    let ending = if scripts.is_empty() { Ending::Good } else { run_scripts(&mut runner, &scripts, options) };
    let stays = options.interactive || scripts.is_empty();

    if stays { repl::interact(runner.into_session(), options) } else { ending.status() }
}

/// Removes what programs that died have left where blocks are spilled, while the session starts.
fn sweep(settings: &Settings) {
    let base = settings.spill_dir.clone().unwrap_or_else(std::env::temp_dir);
    // Without a thread they go when the first block is spilled.
    let _ = std::thread::Builder::new().name("sweep".to_string()).spawn(move || remove_dead(&base));
}

/// What is to be run; nothing where a session is wanted.
fn scripts(options: &Options) -> Result<Vec<Script>, String> {
    if let Some(path) = &options.file {
        return Ok(vec![script::read(path)?]);
    }
    if options.code.is_empty() && !options.interactive && !std::io::stdin().is_terminal() {
        return Ok(vec![script::read(Path::new("-"))?]);
    }
    let numbered = |(number, code): (usize, &String)| Script {
        name: if options.code.len() == 1 { "<code>".to_string() } else { format!("<code {}>", number + 1) },
        pieces: code_pieces(code),
    };
    Ok(options.code.iter().enumerate().map(numbered).collect())
}

/// `-c` code is one cell, unless it has cells of its own.
fn code_pieces(code: &str) -> Vec<Piece> {
    if script::has_cells(code) { script::pieces(code) } else { vec![Piece::whole(code)] }
}
