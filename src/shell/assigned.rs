//! The names that a cell gives values to: what a comparison looks at after it.

use crate::lang::syntax::{Expr, ExprKind, StmtKind, parse_cell, tokens};
use crate::shell::magic::Call;
use std::collections::BTreeSet;

/// The variables that a cell assigns, updates or writes into, by name.
pub fn assigned_names(source: &str) -> BTreeSet<String> {
    let body = match Call::of_cell(source, 0..source.len()) {
        Some(call) => call.body,
        None => 0..source.len(),
    };
    let mut names = BTreeSet::new();
    let Ok(cell) = parse_cell(&without_magics(&source[body])) else { return names };
    for statement in &cell.statements {
        match &statement.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|target| collect(target, &mut names)),
            StmtKind::AugAssign { target, .. } => collect(target, &mut names),
            _ => {}
        }
    }
    names
}

/// Attributes of lazy arrays that say how they are cut or what they are called.
const CHUNK_WORDS: &[&str] = &["chunks", "chunksize", "numblocks", "npartitions", "name", "blocks", "partitions"];

/// Whether a cell asks how an array is cut.
pub fn speaks_of_chunks(source: &str) -> bool {
    tokens(source).windows(2).any(|pair| pair[0].0.of(source) == "." && CHUNK_WORDS.contains(&pair[1].0.of(source)))
}

/// The text with the signs of `%time` lines and the like taken away, other magics with their whole line.
fn without_magics(text: &str) -> String {
    let keep = |line: &str| match line.trim_start().strip_prefix("%time ") {
        Some(code) => code.to_string(),
        None if line.starts_with(['%', '?', '!']) || line.trim_end().ends_with('?') => String::new(),
        None => line.to_string(),
    };
    text.lines().map(keep).collect::<Vec<_>>().join("\n")
}

fn collect(target: &Expr, names: &mut BTreeSet<String>) {
    match &target.kind {
        ExprKind::Name(name) => {
            names.insert(name.clone());
        }
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| collect(item, names)),
        ExprKind::Starred(inner) => collect(inner, names),
        ExprKind::Subscript { value, .. } | ExprKind::Attribute { value, .. } => collect(value, names),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{assigned_names, speaks_of_chunks};

    #[test]
    fn an_argument_of_that_name_is_no_question_about_chunks() {
        assert!(!speaks_of_chunks("da.ones(4, chunks=2)"));
        assert!(speaks_of_chunks("x.chunks"));
    }

    #[test]
    fn every_kind_of_assignment_counts() {
        let source = "%%time\na = b = 1\n(c, *d) = e\nf += 1\ng[0] = h\n%time i = 1\n%who\nj";
        let names: Vec<String> = assigned_names(source).into_iter().collect();
        assert_eq!(names, ["a", "b", "c", "d", "f", "g", "i"]);
    }
}
