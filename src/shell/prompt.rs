//! What the line editor asks while a cell is typed: is it complete, how is it coloured, what can this word become.

use crate::lang::syntax::{TokenKind, is_incomplete, tokens};
use crate::shell::complete::complete;
use crate::shell::script::is_cell_magic;
use crate::shell::session::Session;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// The helper of the line editor.
pub struct Prompt {
    session: Rc<RefCell<Session>>,
}

impl Prompt {
    /// A helper that knows the session's names and settings.
    pub fn new(session: Rc<RefCell<Session>>) -> Prompt {
        Prompt { session }
    }

    fn colors(&self) -> bool {
        self.session.borrow().world.settings.borrow().colors_out()
    }
}

impl Helper for Prompt {}

impl Hinter for Prompt {
    type Hint = String;
}

impl Completer for Prompt {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(&self.session.borrow().interpreter, line, pos))
    }
}

impl Validator for Prompt {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if needs_more(context.input()) { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

/// Whether Enter begins another line: in brackets and long strings, and in a cell that began with `%%` until a blank line.
fn needs_more(text: &str) -> bool {
    match text.split_once('\n') {
        _ if !is_cell_magic(text) => is_incomplete(text),
        None => true,
        Some((_, body)) => is_incomplete(body) || !(body.is_empty() || body.ends_with('\n')),
    }
}

/// The colour of each kind of word: ANSI codes, so that the terminal's own colours hold.
fn color_of(kind: TokenKind) -> Option<&'static str> {
    match kind {
        TokenKind::Keyword => Some("35"),
        TokenKind::Number => Some("36"),
        TokenKind::String => Some("32"),
        TokenKind::Comment => Some("90"),
        TokenKind::Magic => Some("34"),
        TokenKind::Name | TokenKind::Operator => None,
    }
}

impl Highlighter for Prompt {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.colors() { Cow::Owned(colored(line)) } else { Cow::Borrowed(line) }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.colors() { Cow::Owned(format!("\x1b[32m{prompt}\x1b[0m")) } else { Cow::Borrowed(prompt) }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor && self.colors()
    }
}

fn colored(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (span, kind) in tokens(text) {
        let Some(color) = color_of(kind).filter(|_| span.start >= at) else { continue };
        out.push_str(&text[at..span.start]);
        out.push_str(&format!("\x1b[{color}m{}\x1b[0m", span.of(text)));
        at = span.end;
    }
    out + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::{colored, needs_more};

    #[test]
    fn a_cell_magic_ends_with_a_blank_line() {
        assert!(needs_more("%%time"));
        assert!(needs_more("%%time\nx = 1"));
        assert!(!needs_more("%%time\nx = 1\n"));
        assert!(needs_more("f(1,"));
        assert!(!needs_more("%time x"));
    }

    #[test]
    fn words_are_coloured_and_the_text_between_them_kept() {
        assert_eq!(colored("x = 1 # one"), "x = \x1b[36m1\x1b[0m \x1b[90m# one\x1b[0m");
    }
}
