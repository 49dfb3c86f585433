//! What can be set: by options of the command line, by `%config`, and by `dask.config.set`. One row a setting.

use crate::data::nearest;
use crate::shell::byte_text::{parse_bytes, show_bytes};
use crate::shell::cli::{ChunkLength, ColorMode, DisplayMode, Options, parse_chunks};
use crate::shell::magic::unquote;
use clap::ValueEnum;
use std::hash::{BuildHasher, RandomState};
use std::io::IsTerminal;
use std::path::PathBuf;

/// The settings of a session.
#[derive(Clone, Debug)]
pub struct Settings {
    pub display: DisplayMode,
    /// `None`: all cores.
    pub threads: Option<usize>,
    /// `None`: 60 % of the machine's memory, or of the control group's.
    pub memory_limit: Option<u64>,
    /// `None`: the system's directory of temporary files.
    pub spill_dir: Option<PathBuf>,
    pub chunks: ChunkLength,
    pub seed: u64,
    pub progress: bool,
    pub color: ColorMode,
    pub explain: bool,
}

/// One setting: its name, what it is, and how it is read and written as text.
pub struct Setting {
    pub name: &'static str,
    pub doc: &'static str,
    pub show: fn(&Settings) -> String,
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
}

/// All settings of `%config`, in the order it prints them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "display",
        doc: "what a lazy array shows: \"summary\" or \"values\"",
        show: |s| quoted(&value_name(&s.display)),
        set: |s, text| parse_enum(text).map(|mode| s.display = mode),
    },
    Setting {
        name: "threads",
        doc: "threads that compute; None for all cores",
        show: |s| s.threads.map_or("None".into(), |n| n.to_string()),
        set: |s, text| parse_optional(text, parse_count).map(|n| s.threads = n),
    },
    Setting {
        name: "memory_limit",
        doc: "bytes that computing may take; None for 60 % of the memory there is",
        show: |s| s.memory_limit.map_or("None".into(), |n| quoted(&show_bytes(n))),
        set: |s, text| parse_optional(text, parse_limit).map(|n| s.memory_limit = n),
    },
    Setting {
        name: "spill_dir",
        doc: "where blocks go that memory cannot hold; None for the system's temporary files",
        show: |s| s.spill_dir.as_ref().map_or("None".into(), |dir| quoted(&dir.display().to_string())),
        set: |s, text| parse_optional(text, |dir| Ok(PathBuf::from(dir))).map(|dir| s.spill_dir = dir),
    },
    Setting {
        name: "chunks",
        doc: "default chunk length of an axis, or \"auto\"",
        show: |s| match s.chunks {
            ChunkLength::Auto => quoted("auto"),
            ChunkLength::Length(n) => n.to_string(),
        },
        set: |s, text| parse_chunks(text).map(|chunks| s.chunks = chunks),
    },
    Setting {
        name: "seed",
        doc: "seed of the random arrays that are given none",
        show: |s| s.seed.to_string(),
        set: |s, text| text.parse().map(|seed| s.seed = seed).map_err(|_| "a seed is a whole number from 0".into()),
    },
    Setting {
        name: "progress",
        doc: "whether long computes show a progress bar",
        show: |s| python_bool(s.progress),
        set: |s, text| parse_bool(text).map(|on| s.progress = on),
    },
    Setting {
        name: "color",
        doc: "\"auto\", \"always\" or \"never\"",
        show: |s| quoted(&value_name(&s.color)),
        set: |s, text| parse_enum(text).map(|mode| s.color = mode),
    },
    Setting {
        name: "explain",
        doc: "whether each compute prints its plan",
        show: |s| python_bool(s.explain),
        set: |s, text| parse_bool(text).map(|on| s.explain = on),
    },
];

impl Settings {
    /// The settings that the command line asks for.
    pub fn of(options: &Options) -> Settings {
        Settings {
            display: options.display,
            threads: options.total_threads(),
            memory_limit: options.memory_limit,
            spill_dir: options.spill_dir.clone(),
            chunks: options.chunks.unwrap_or_default(),
            seed: options.seed.unwrap_or_else(fresh_seed),
            progress: !options.no_progress,
            color: options.color,
            explain: options.explain,
        }
    }

    /// Whether what goes to standard output is coloured.
    pub fn colors_out(&self) -> bool {
        self.colors(std::io::stdout().is_terminal())
    }

    /// Whether what goes to standard error is coloured.
    pub fn colors_err(&self) -> bool {
        self.colors(std::io::stderr().is_terminal())
    }

    fn colors(&self, terminal: bool) -> bool {
        let refused = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self.color {
            ColorMode::Always => true,
            ColorMode::Never => false,
            ColorMode::Auto => terminal && !refused(),
        }
    }

    /// Sets one setting by its name, from Python text.
    ///
    /// # Errors
    /// A line that says which settings there are, or which values this one takes.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let row = find(name)?;
        (row.set)(self, unquote(value)).map_err(|why| format!("{name} = {value}: {why}"))
    }
}

/// The row of a setting.
///
/// # Errors
/// A line with the name that may be meant.
pub fn find(name: &str) -> Result<&'static Setting, String> {
    SETTINGS.iter().find(|row| row.name == name).ok_or_else(|| {
        let names = SETTINGS.iter().map(|row| row.name);
        match nearest(name, names.clone()) {
            Some(meant) => format!("unknown setting `{name}`: did you mean `{meant}`?"),
            None => format!("unknown setting `{name}`: there are {}", names.collect::<Vec<_>>().join(", ")),
        }
    })
}

/// A seed nobody has used.
pub fn fresh_seed() -> u64 {
    // The keys of the hasher come from the system. 32 bits: a seed that a person can type again.
    RandomState::new().hash_one(0) >> 32
}

fn parse_count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| "a number from 1".to_string())
}

fn parse_limit(text: &str) -> Result<u64, String> {
    parse_bytes(text).filter(|&n| n > 0).ok_or_else(|| "bytes as \"2GB\", \"512MiB\" or a number".to_string())
}

fn parse_optional<T>(text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if text == "None" { Ok(None) } else { parse(text).map(Some) }
}

fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "True" | "true" | "1" | "on" => Ok(true),
        "False" | "false" | "0" | "off" => Ok(false),
        _ => Err("True or False".to_string()),
    }
}

fn parse_enum<T: ValueEnum>(text: &str) -> Result<T, String> {
    T::from_str(text, true).map_err(|_| {
        let names: Vec<String> = T::value_variants().iter().map(|v| quoted(&value_name(v))).collect();
        format!("one of {}", names.join(", "))
    })
}

fn value_name<T: ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|v| v.get_name().to_string()).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn python_bool(value: bool) -> String {
    if value { "True" } else { "False" }.to_string()
}
