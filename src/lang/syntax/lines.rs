//! What the session asks of a text before it runs: whether it is complete, where its statements are, how to colour it.

use super::ast::Span;
use super::scan::scan;
use super::token::{Lexeme, Token, TokenKind};

/// Whether `source` ends too early to be judged: inside a bracket, inside a text in three quotes, or after a `\`.
///
/// A text with a mistake that more lines cannot mend is complete: let the parser explain it.
#[must_use]
pub fn is_incomplete(source: &str) -> bool {
    scan(source).unfinished
}

/// The pieces of `source` to colour, in order; blanks and line ends are between them.
#[must_use]
pub fn tokens(source: &str) -> Vec<(Span, TokenKind)> {
    let shown = |token: &Token| match token.lexeme {
        Lexeme::Shown(kind) => Some((token.span, kind)),
        Lexeme::Open | Lexeme::Close => Some((token.span, TokenKind::Operator)),
        Lexeme::LineEnd | Lexeme::Indent | Lexeme::Stray => None,
    };
    scan(source).tokens.iter().filter_map(shown).collect()
}

/// The top-level statements of `source`, each with the `;` that ends it: so that a statement before a `;` shows nothing.
///
/// Magic lines are statements too. Indented lines belong to the statement above them, as do the `else` and `except` of a
/// compound statement, so that what is wrong with it is said once.
#[must_use]
pub fn split_statements(source: &str) -> Vec<Span> {
    let scan = scan(source);
    let mut spans: Vec<Span> = Vec::new();
    let mut depth = 0_usize;
    let mut current: Option<Span> = None;
    let mut joins_above = false;
    for token in &scan.tokens {
        let word = token.span.of(source);
        match token.lexeme {
            Lexeme::Shown(TokenKind::Comment) => continue,
            Lexeme::LineEnd => {
                push(&mut spans, current.take(), joins_above);
                joins_above = false;
                continue;
            }
            Lexeme::Indent => {
                joins_above = true;
                continue;
            }
            Lexeme::Open => depth += 1,
            Lexeme::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        joins_above |= current.is_none() && continues_above(word);
        current = Some(current.map_or(token.span, |span| span.to(token.span)));
        if depth == 0 && word == ";" {
            push(&mut spans, current.take(), joins_above);
        } else if token.is(TokenKind::Magic) {
            push(&mut spans, current.take(), false);
        }
    }
    push(&mut spans, current, joins_above);
    spans
}

fn continues_above(word: &str) -> bool {
    matches!(word, "elif" | "else" | "except" | "finally")
}

fn push(spans: &mut Vec<Span>, span: Option<Span>, joins_above: bool) {
    let Some(span) = span else { return };
    match spans.last_mut() {
        Some(above) if joins_above => *above = above.to(span),
        _ => spans.push(span),
    }
}
