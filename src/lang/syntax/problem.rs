//! What is wrong with a cell's text, in words that teach; the drawing of it under the source is the shell's.

use serde::Serialize;

use super::ast::Span;

/// A mistake of syntax: Python's kind of error, what happened, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyntaxProblem {
    /// `SyntaxError` or `IndentationError`.
    pub kind: &'static str,
    pub message: String,
    pub span: Span,
    pub help: Vec<String>,
}

/// A value, or what is wrong with its text.
pub(super) type Parsed<T> = Result<T, SyntaxProblem>;

impl SyntaxProblem {
    /// A `SyntaxError` at `span`.
    #[must_use]
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { kind: "SyntaxError", message: message.into(), span, help: Vec::new() }
    }

    /// An `IndentationError` at `span`.
    #[must_use]
    pub fn indentation(span: Span, message: impl Into<String>) -> Self {
        Self { kind: "IndentationError", ..Self::new(span, message) }
    }

    /// The same problem with one more line of advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
