//! Completion of names, attributes, magics and their arguments.

use crate::lang::Interpreter;
use crate::shell::magic::MAGICS;
use crate::shell::settings::SETTINGS;

/// Where the word at the end of `line[..at]` begins, and what it can become.
pub fn complete(interpreter: &Interpreter, line: &str, at: usize) -> (usize, Vec<String>) {
    let before = &line[..at];
    let current = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
    let trimmed = current.trim_start();
    if trimmed.starts_with('%') && !trimmed.contains(' ') {
        return magics(trimmed, at);
    }
    if let Some(rest) = trimmed.strip_prefix("%config ") {
        return matching(at - rest.len(), rest, SETTINGS.iter().map(|row| row.name));
    }
    if ["%run ", "%load ", "%save ", "%cd ", "%ls "].iter().any(|magic| trimmed.starts_with(magic)) {
        return paths(trimmed.split_once(' ').map_or("", |(_, path)| path), at);
    }
    let (start, names) = interpreter.complete(before);
    (start, names)
}

fn magics(word: &str, at: usize) -> (usize, Vec<String>) {
    let name = word.trim_start_matches('%');
    let cells = word.starts_with("%%");
    let rows = MAGICS.iter().filter(|magic| !cells || magic.cell.is_some());
    matching(at - name.len(), name, rows.map(|magic| magic.name))
}

fn matching<'a>(start: usize, word: &str, names: impl Iterator<Item = &'a str>) -> (usize, Vec<String>) {
    (start, names.filter(|name| name.starts_with(word)).map(str::to_string).collect())
}

/// Files whose path begins with the word.
fn paths(word: &str, at: usize) -> (usize, Vec<String>) {
    let (folder, prefix) = word
        .rsplit_once('/')
        .map_or((".", word), |(folder, name)| (if folder.is_empty() { "/" } else { folder }, name));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned() + if entry.path().is_dir() { "/" } else { "" })
        .filter(|name| name.starts_with(prefix) && !name.starts_with('.'))
        .collect();
    names.sort();
    (at - prefix.len(), names)
}
