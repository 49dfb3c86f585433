//! From a cell's text to its tree, or to what is wrong with it.

use pest::Parser;
use pest::error::InputLocation;

use super::ast::Cell;
use super::depth::check_depth;
use super::diagnose::diagnose;
use super::foreign::check_statements;
use super::grammar::{Grammar, Rule};
use super::problem::{Parsed, SyntaxProblem};
use super::scan::{Scan, scan};
use super::statement::statement;

/// Parses a cell: a text of statements, without its magic lines.
///
/// # Errors
/// The first mistake, as a `SyntaxError` or `IndentationError` with its place in `source`.
pub fn parse_cell(source: &str) -> Result<Cell, SyntaxProblem> {
    let scan = scan(source);
    check_words(source, &scan)?;
    let mut cells = Grammar::parse(Rule::cell, &scan.joined).map_err(|error| {
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
        diagnose(source, &scan.tokens, at)
    })?;
    let mut cell = Cell::default();
    for node in cells.next().into_iter().flat_map(pest::iterators::Pair::into_inner) {
        match node.as_rule() {
            Rule::EOI => {}
            Rule::closing_semicolon => cell.silenced = true,
            _ => {
                cell.silenced = false;
                cell.statements.push(statement(node)?);
            }
        }
    }
    Ok(cell)
}

/// What is wrong before the grammar looks: of two mistakes, the first.
fn check_words(source: &str, scan: &Scan) -> Parsed<()> {
    let structure = check_statements(source, &scan.tokens);
    match (&scan.problem, structure) {
        (Some(word), Err(line)) if line.span.start < word.span.start => Err(line),
        (Some(word), _) => Err(word.clone()),
        (None, structure) => structure.and_then(|()| check_depth(source, &scan.tokens)),
    }
}
