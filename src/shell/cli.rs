//! The command line: what may be asked of `dka`. The manual of each option is its doc comment.

use crate::shell::byte_text::parse_bytes;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// A lazy, chunked, larger-than-memory array calculator that speaks NumPy and Dask Array.
#[derive(Parser, Debug, Default)]
#[command(name = "dka", version, max_term_width = 100)]
#[command(after_help = "Exit status: 0 all cells ran; 1 a cell failed, or --compare-eager found different values;\n\
    2 usage or a file that cannot be read; 130 interrupted.")]
pub struct Options {
    /// A script (percent format) or a notebook (.ipynb) to run; `-` reads standard input
    pub file: Option<PathBuf>,
    /// Run CODE (repeatable)
    #[arg(short = 'c', value_name = "CODE", conflicts_with = "file", allow_hyphen_values = true)]
    pub code: Vec<String>,
    /// Stay in the session after the code or the script
    #[arg(short = 'i')]
    pub interactive: bool,
    /// Time every cell lazily and eagerly, check that both give the same values, print a table
    #[arg(long)]
    pub compare_eager: bool,
    /// Workers of the default client; each has its own threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub workers: Option<u16>,
    /// Threads (of each worker, where --workers is given)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// The memory that computing may take, as 2GB, 512MiB or a number of bytes
    #[arg(long, value_name = "BYTES", value_parser = parse_limit)]
    pub memory_limit: Option<u64>,
    /// Where blocks go that memory cannot hold
    #[arg(long, value_name = "DIR")]
    pub spill_dir: Option<PathBuf>,
    /// Default chunk length where a script gives none: a number or `auto`
    #[arg(long, value_name = "N|auto", value_parser = parse_chunks)]
    pub chunks: Option<ChunkLength>,
    /// What a lazy array shows: its summary, or its values
    #[arg(long, value_enum, default_value_t)]
    pub display: DisplayMode,
    /// Print the plan of each compute
    #[arg(long)]
    pub explain: bool,
    /// Seed of the random arrays that are given none (default: fresh from the system)
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Go on after a cell that failed (the exit status is still 1)
    #[arg(long)]
    pub keep_going: bool,
    /// One JSON object a cell on standard output, nothing else
    #[arg(long)]
    pub json: bool,
    /// Colours: when standard output or standard error is a terminal, always, or never
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorMode,
    /// No progress bar
    #[arg(long)]
    pub no_progress: bool,
    /// No init file and no history file
    #[arg(long)]
    pub no_init: bool,
}

/// What a lazy array shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DisplayMode {
    #[default]
    Summary,
    Values,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorMode {
    #[default]
    Auto,
    Always,
    Never,
}

/// `--chunks`: a length, or `auto` for what the library chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChunkLength {
    #[default]
    Auto,
    Length(usize),
}

impl Options {
    /// The threads asked for; `None` for all cores.
    pub fn total_threads(&self) -> Option<usize> {
        match (self.workers, self.threads) {
            (None, None) => None,
            (workers, threads) => Some(usize::from(workers.unwrap_or(1)) * usize::from(threads.unwrap_or(1))),
        }
    }
}

fn parse_limit(text: &str) -> Result<u64, String> {
    match parse_bytes(text) {
        Some(0) => Err("the limit must be more than nothing".to_string()),
        Some(bytes) => Ok(bytes),
        None => Err("not a number of bytes; try 2GB or 512MiB".to_string()),
    }
}

/// A chunk length, or `auto`.
pub(crate) fn parse_chunks(text: &str) -> Result<ChunkLength, String> {
    match text.parse() {
        _ if text == "auto" => Ok(ChunkLength::Auto),
        Ok(length) if length > 0 => Ok(ChunkLength::Length(length)),
        _ => Err("a chunk length is a number from 1, or auto".to_string()),
    }
}
