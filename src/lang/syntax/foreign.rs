//! Statements of Python that dka's language leaves out, and what does their work.

use super::ast::Span;
use super::problem::{Parsed, SyntaxProblem};
use super::token::{Lexeme, Token, TokenKind};

struct Foreign {
    word: &'static str,
    instead: &'static [&'static str],
}

const LOOP: &[&str] =
    &["apply an operation to a whole array: x * 2 + 1", "or use a comprehension: [f(i) for i in range(10)]"];
const CHOICE: &[&str] = &["choose a value with a if c else b", "choose element by element with np.where(c, a, b)"];
const FUNCTION: &[&str] = &["write a function of one expression with lambda: f = lambda x, n=2: x ** n"];
const FAILURE: &[&str] = &["an error ends its cell and nothing else: go on in the next cell, or check with assert"];
const SCOPE: &[&str] = &["all names of a session are global: assign to the name"];
const WAITING: &[&str] = &["call .compute() to wait for a result, or .persist() to keep it"];
const CLOSING: &[&str] = &["call the function itself: client = Client(...), and client.close() when done"];

/// Every statement that is recognised only to be refused.
const FOREIGN: &[Foreign] = &[
    Foreign { word: "for", instead: LOOP },
    Foreign { word: "while", instead: LOOP },
    Foreign { word: "break", instead: LOOP },
    Foreign { word: "continue", instead: LOOP },
    Foreign { word: "if", instead: CHOICE },
    Foreign { word: "elif", instead: CHOICE },
    Foreign { word: "else", instead: CHOICE },
    Foreign { word: "match", instead: CHOICE },
    Foreign { word: "case", instead: CHOICE },
    Foreign { word: "def", instead: FUNCTION },
    Foreign { word: "return", instead: FUNCTION },
    Foreign { word: "yield", instead: LOOP },
    Foreign { word: "class", instead: &["keep values together in a dict or a tuple"] },
    Foreign { word: "type", instead: &["types need no declaration here"] },
    Foreign { word: "try", instead: FAILURE },
    Foreign { word: "except", instead: FAILURE },
    Foreign { word: "finally", instead: FAILURE },
    Foreign { word: "raise", instead: FAILURE },
    Foreign { word: "global", instead: SCOPE },
    Foreign { word: "nonlocal", instead: SCOPE },
    Foreign { word: "async", instead: WAITING },
    Foreign { word: "await", instead: WAITING },
    Foreign { word: "with", instead: CLOSING },
];

/// The problem of a statement of `word` at `span`, if the language leaves it out.
pub(super) fn foreign_statement(word: &str, span: Span) -> Option<SyntaxProblem> {
    let row = FOREIGN.iter().find(|row| row.word == word)?;
    let article = if word.starts_with(['a', 'e', 'i']) { "an" } else { "a" };
    let problem = SyntaxProblem::new(span, format!("dka's language has no `{word}` statement"));
    let problem = problem.with_help(format!("it has expressions and assignments; in place of {article} `{word}`:"));
    Some(row.instead.iter().fold(problem, |problem, line| problem.with_help(*line)))
}

/// Refuses statements the language leaves out, and lines that are indented: whichever comes first.
pub(super) fn check_statements(source: &str, tokens: &[Token]) -> Parsed<()> {
    let mut starts = true;
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.lexeme {
            Lexeme::Shown(TokenKind::Comment) => continue,
            Lexeme::Indent => return Err(unexpected_indent(token.span)),
            _ if starts => check_start(source, tokens, index)?,
            _ => {}
        }
        match token.lexeme {
            Lexeme::Open => depth += 1,
            Lexeme::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        starts = token.lexeme == Lexeme::LineEnd || depth == 0 && token.span.of(source) == ";";
    }
    Ok(())
}

fn unexpected_indent(span: Span) -> SyntaxProblem {
    SyntaxProblem::indentation(span, "unexpected indent")
        .with_help("every statement starts at the beginning of its line")
}

fn check_start(source: &str, tokens: &[Token], index: usize) -> Parsed<()> {
    let token = tokens[index];
    let word = token.span.of(source);
    if token.is(TokenKind::Magic) {
        return Err(SyntaxProblem::new(
            token.span,
            "invalid syntax: a magic stands on a line of its own, outside expressions",
        ));
    }
    if word == "@" {
        return Err(SyntaxProblem::new(token.span, "dka's language has no decorators").with_help(FUNCTION[0]));
    }
    let is_soft = token.is(TokenKind::Name);
    let is_statement = token.is(TokenKind::Keyword) || is_soft && starts_soft_statement(source, &tokens[index + 1..]);
    match foreign_statement(word, token.span) {
        Some(problem) if is_statement => Err(problem),
        _ => Ok(()),
    }
}

/// `match x`, `type X`: names that are keywords only before another name.
fn starts_soft_statement(source: &str, after: &[Token]) -> bool {
    after.first().is_some_and(|token| token.starts_operand(source) && !token.is(TokenKind::Keyword))
}
