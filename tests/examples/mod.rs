//! Every function's example, run in four ways through the program: eagerly, lazily in one chunk, lazily in chunks of 2,
//! and lazily in chunks of 2 within little memory. What is shown must agree up to white space and 1e-6 on numbers.

mod agree;

use agree::agree;
use assert_cmd::Command;
use dka::ops::function::{Function, all};
use serde_json::Value;
use std::collections::BTreeMap;

/// Rows whose example does not show what it says, and why; a row that agrees again must leave the list.
const KNOWN: &[(&str, &str)] = &[
    ("common_type", "shows a dtype where NumPy shows the scalar's class"),
    ("linalg.tensordot", "shows a scalar where NumPy shows an array without axes"),
    ("unique_values", "NumPy 2.4 leaves the values unsorted, dka sorts them"),
];

struct Mode {
    name: &'static str,
    /// The first cell: what `np` is.
    head: &'static str,
    options: &'static [&'static str],
}

const LAZY: &str = "import dask.array as np";
const MODES: &[Mode] = &[
    Mode { name: "eager", head: "import numpy as np", options: &[] },
    Mode { name: "lazy, one chunk", head: LAZY, options: &[] },
    Mode { name: "lazy, chunks of 2", head: LAZY, options: &["--chunks", "2"] },
    Mode { name: "lazy, little memory", head: LAZY, options: &["--chunks", "2", "--memory-limit", "16MB"] },
];

/// What each example shows in a mode, or its error.
fn shown(mode: &Mode, rows: &[&Function]) -> Vec<String> {
    let cells = std::iter::once(mode.head).chain(rows.iter().map(|row| row.example));
    let script: String = cells.map(|cell| format!("# %%\n{cell}\n")).collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dka"));
    command.args(["--json", "--keep-going", "--display", "values", "--color", "never", "--no-init", "--seed", "1"]);
    let output = command.args(mode.options).arg("-").write_stdin(script).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let cells: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cells.len(), rows.len() + 1, "{}: a cell has no answer", mode.name);
    cells[1..].iter().map(shown_by).collect()
}

fn shown_by(cell: &Value) -> String {
    let text = |key: &str| cell[key].as_str().unwrap_or_default();
    match &cell["error"] {
        Value::Null => format!("{}{}", text("stdout"), text("display")),
        error => format!("{}: {}", error["kind"].as_str().unwrap(), error["message"].as_str().unwrap()),
    }
}

#[test]
fn every_example_shows_what_it_says_in_four_ways() {
    let rows: Vec<&Function> = all().collect();
    let mut differ: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for mode in MODES {
        for (row, got) in rows.iter().zip(shown(mode, &rows)) {
            if !agree(row.shows, &got) {
                let line = format!("{}: {}\n    says  {}\n    shows {got}", mode.name, row.example, row.shows);
                differ.entry(row.name).or_default().push(line);
            }
        }
    }
    let agreeing: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).filter(|name| !differ.contains_key(name)).collect();
    assert_eq!(agreeing, Vec::<&str>::new(), "these agree now: take them off the list of known differences");
    differ.retain(|name, _| KNOWN.iter().all(|(known, _)| known != name));
    let report: Vec<String> = differ.into_values().flatten().collect();
    assert!(report.is_empty(), "{} examples differ:\n{}", report.len(), report.join("\n"));
}
