//! A bound on how deep the tree of a cell may be, found from its words alone: no later pass over the tree can overflow the stack.
//!
//! It counts an upper bound: a tree it lets through is never deeper than [`MAX_CHAIN`] plus the brackets.

use super::ast::Span;
use super::problem::{Parsed, SyntaxProblem};
use super::scan::MAX_OPEN;
use super::token::{Lexeme, Token, TokenKind};

/// Operators one after another in one expression, as in `1 + 1 + 1 + …` or `x.T.T.T…`: each makes the tree one deeper.
const MAX_CHAIN: usize = 2000;

/// Operators that wait for their right side, as in `- - - x` or `a ** b ** c`: each makes the parser recurse once more.
const MAX_PENDING: usize = MAX_OPEN;

/// What is known of one open bracket, or of the statement.
#[derive(Default)]
struct Level {
    /// Operators since the last comma.
    chain: usize,
    /// The deepest bracket since the last comma.
    inner: usize,
    /// The deepest part before the last comma.
    widest: usize,
    /// Signs and `**` since the last operator of lower precedence.
    signs: usize,
    /// `not` since the last `and` or `or`.
    nots: usize,
    /// `lambda` and `if` since the last comma.
    bodies: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.widest.max(self.chain + self.inner)
    }

    fn pending(&self) -> usize {
        self.signs + self.nots + self.bodies
    }

    fn end_part(&mut self) {
        *self = Self { widest: self.depth(), ..Self::default() };
    }
}

/// Refuses an expression too deep to be handled safely.
pub(super) fn check_depth(source: &str, tokens: &[Token]) -> Parsed<()> {
    let mut open = vec![Level::default()];
    let mut pending_outside = 0;
    let mut after_operand = false;
    for token in tokens {
        let brackets = open.len() - 1;
        let Some(level) = open.last_mut() else {
            return Ok(());
        };
        match token.lexeme {
            Lexeme::Shown(TokenKind::Comment) => continue,
            Lexeme::Open => {
                level.chain += 1;
                pending_outside += level.pending() + 1;
                open.push(Level::default());
            }
            Lexeme::Close if brackets > 0 => close(&mut open, &mut pending_outside),
            Lexeme::LineEnd => *level = Level::default(),
            _ => count(level, token.span.of(source), after_operand),
        }
        after_operand = token.ends_operand(source);
        if let Some(level) = open.last() {
            check(level, pending_outside, token.span)?;
        }
    }
    Ok(())
}

fn close(open: &mut Vec<Level>, pending_outside: &mut usize) {
    let inside = open.pop().map_or(0, |level| level.depth());
    if let Some(level) = open.last_mut() {
        level.inner = level.inner.max(inside);
        *pending_outside = pending_outside.saturating_sub(level.pending() + 1);
    }
}

fn count(level: &mut Level, sign: &str, after_operand: bool) {
    match sign {
        "," | ";" => level.end_part(),
        "-" | "+" | "~" if !after_operand => {
            level.chain += 1;
            level.signs += 1;
        }
        "**" => {
            level.chain += 1;
            level.signs += 1;
        }
        "not" => {
            level.chain += 1;
            level.nots += 1;
        }
        "and" | "or" => {
            level.chain += 1;
            (level.signs, level.nots) = (0, 0);
        }
        "lambda" | "if" | "for" => {
            level.chain += 1;
            level.bodies += 1;
            (level.signs, level.nots) = (0, 0);
        }
        _ if sign.starts_with(|c: char| c.is_ascii_punctuation() && !matches!(c, '_' | '"' | '\'')) => {
            level.chain += 1;
            if sign != "." {
                level.signs = 0;
            }
        }
        "in" | "is" => level.signs = 0,
        _ => {}
    }
}

fn check(level: &Level, pending_outside: usize, span: Span) -> Parsed<()> {
    if pending_outside + level.pending() > MAX_PENDING {
        return Err(SyntaxProblem::new(span, "too many nested brackets or operators")
            .with_help(format!("at most {MAX_PENDING} may wait for their end at once: name the inner parts")));
    }
    if level.depth() > MAX_CHAIN {
        return Err(SyntaxProblem::new(span, "too many operators in one expression").with_help(format!(
            "at most {MAX_CHAIN} may follow one another: name the parts, or use sum() over a list"
        )));
    }
    Ok(())
}
