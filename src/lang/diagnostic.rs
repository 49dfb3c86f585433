//! A mistake with its places in the cell's source, ready to be drawn.

use crate::data::{Error, Place};
use crate::lang::syntax::{Span, SyntaxProblem};

/// What went wrong in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Python's kind of error: `ValueError`.
    pub kind: String,
    /// The head line, lower case, without a full stop.
    pub message: String,
    /// Bytes of the source with what is to be said there; the first is where the mistake is.
    pub labels: Vec<(Span, String)>,
    /// What is known, and what to do.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// The diagnostic of an error whose labels have been placed.
    pub fn of_error(error: &Error) -> Diagnostic {
        let mut labels: Vec<(Span, String)> = Vec::new();
        for (place, text) in &error.labels {
            if let Place::Span(start, end) = place {
                labels.push((Span::new(*start, *end), text.clone()));
            }
        }
        if labels.iter().any(|(_, text)| !text.is_empty()) {
            labels.retain(|(_, text)| !text.is_empty());
        }
        Diagnostic { kind: error.kind.name(), message: error.message.clone(), labels, help: error.help.clone() }
    }

    /// The diagnostic of a mistake of syntax.
    pub fn of_problem(problem: &SyntaxProblem) -> Diagnostic {
        Diagnostic {
            kind: problem.kind.to_string(),
            message: problem.message.clone(),
            labels: vec![(problem.span, String::new())],
            help: problem.help.clone(),
        }
    }
}
