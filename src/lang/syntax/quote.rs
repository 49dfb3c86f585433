//! The part of the scanner that reads strings and f-strings, with the fields nested in them.

use super::ast::Span;
use super::problem::SyntaxProblem;
use super::scan::{Level, Scanner, line_len};
use super::token::{Lexeme, TokenKind};

const EXPECTING_CLOSE: &str = "f-string: expecting '}'";

impl Scanner<'_> {
    /// A string whose quote stands `prefix` bytes after the cursor.
    pub(super) fn string(&mut self, prefix: usize) {
        let quote = self.byte(prefix);
        let triple = self.byte(prefix + 1) == quote && self.byte(prefix + 2) == quote;
        let quote_len = if triple { 3 } else { 1 };
        let is_format = self.rest()[..prefix].contains(['f', 'F']);
        if is_format {
            self.open(Level::Text { quote, triple, at: self.at });
            return self.show(prefix + quote_len, TokenKind::String);
        }
        let start = self.at;
        self.at += prefix + quote_len;
        let closed = self.skip_string(quote, triple);
        let end = self.at;
        self.at = start;
        if !closed {
            self.unterminated(Span::new(start, end), quote, triple);
        }
        self.show(end - start, TokenKind::String);
    }

    /// Moves past the closing quote; false, at the end of the line or text, where there is none.
    fn skip_string(&mut self, quote: u8, triple: bool) -> bool {
        while self.at < self.source.len() {
            if self.at_quote(quote, triple) {
                self.at += if triple { 3 } else { 1 };
                return true;
            }
            if !triple && self.line_end_len() > 0 {
                return false;
            }
            self.skip_character();
        }
        false
    }

    fn at_quote(&self, quote: u8, triple: bool) -> bool {
        self.byte(0) == quote && (!triple || self.byte(1) == quote && self.byte(2) == quote)
    }

    /// One character, or a backslash with what follows it.
    fn skip_character(&mut self) {
        if self.byte(0) == b'\\' {
            self.at += 1;
            let line_end = self.line_end_len();
            if line_end > 0 {
                self.at += line_end;
                return;
            }
        }
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    fn unterminated(&mut self, span: Span, quote: u8, triple: bool) {
        if !triple && let Some(at) = self.field_around() {
            return self.fail(field_not_closed(at));
        }
        if triple {
            let mark = Span::new(span.start, span.start + line_len(span.of(self.source)));
            let quotes = char::from(quote).to_string().repeat(3);
            let problem = SyntaxProblem::new(mark, "unterminated triple-quoted string literal");
            return self.fail_unfinished(problem.with_help(format!("close it with {quotes}")));
        }
        let problem = SyntaxProblem::new(span, "unterminated string literal")
            .with_help(format!("close it with {}, or use three quotes for a text of several lines", char::from(quote)));
        if span.of(self.source).ends_with(['\n', '\r']) {
            // The last line ended in a backslash: the string goes on in a line that is not there yet.
            self.fail_unfinished(problem);
        } else {
            self.fail(problem);
        }
    }

    /// Inside an f-string, outside its fields.
    pub(super) fn text(&mut self, quote: u8, triple: bool) {
        let start = self.at;
        while self.at < self.source.len() {
            if self.at_quote(quote, triple) {
                self.at += if triple { 3 } else { 1 };
                self.levels.pop();
                return self.piece(start);
            }
            match (self.byte(0), self.byte(1)) {
                (b'\r' | b'\n', _) if !triple => {
                    self.levels.pop();
                    self.unterminated(Span::new(start, self.at), quote, triple);
                    return self.piece(start);
                }
                (b'{', b'{') | (b'}', b'}') => self.at += 2,
                (b'{', _) => {
                    self.piece(start);
                    return self.field();
                }
                (b'}', _) => {
                    let here = Span::new(self.at, self.at + 1);
                    self.fail(
                        SyntaxProblem::new(here, "f-string: single '}' is not allowed")
                            .with_help("write }} for a brace in the text"),
                    );
                    self.at += 1;
                }
                (b'\\', b'{' | b'}') => self.at += 1,
                (b'\\', b'N') if self.byte(2) == b'{' => {
                    self.at += 3 + self.rest().find(['}', '\n']).map_or(0, |at| at - 2)
                }
                _ => self.skip_character(),
            }
        }
        self.piece(start);
    }

    /// What was read since `start`, as a token.
    fn piece(&mut self, start: usize) {
        let len = self.at - start;
        self.at = start;
        if len > 0 {
            self.show(len, TokenKind::String);
        }
    }

    fn field(&mut self) {
        self.open(Level::Field { at: self.at });
        self.emit(1, Lexeme::Open);
        let expression = self.rest().trim_start_matches([' ', '\t', '\n', '\r']);
        let here = Span::new(self.at - 1, self.at);
        match expression.bytes().next() {
            Some(b'}') => self.fail(
                SyntaxProblem::new(here, "f-string: empty expression not allowed")
                    .with_help("write {{}} for braces in the text"),
            ),
            Some(sign @ (b'!' | b':' | b'=')) => self
                .fail(SyntaxProblem::new(here, format!("f-string: expression required before '{}'", char::from(sign)))),
            _ => {}
        }
    }

    /// The `:` and `!` that end a field's expression. Whether it took anything.
    pub(super) fn field_sign(&mut self) -> bool {
        let in_field = matches!(self.levels.last(), Some(Level::Field { .. }));
        match (self.byte(0), self.byte(1)) {
            (b':', _) if in_field => {
                self.show(1, TokenKind::Operator);
                self.open(Level::Spec);
            }
            (b'!', after) if in_field && after != b'=' => {
                if !matches!(after, b'r' | b's' | b'a') {
                    let here = Span::new(self.at, self.at + 1);
                    self.fail(
                        SyntaxProblem::new(here, "f-string: invalid conversion character: expected 's', 'r', or 'a'")
                            .with_help("write !r for repr, !s for str, !a for ascii"),
                    );
                }
                self.show(1, TokenKind::Operator);
            }
            _ => return false,
        }
        true
    }

    /// Inside the format of a field, outside the fields nested in it.
    pub(super) fn spec(&mut self) {
        let start = self.at;
        let (quote, triple, _) = self.string_around();
        while self.at < self.source.len() {
            match self.byte(0) {
                b'{' => {
                    self.piece(start);
                    return self.field();
                }
                b'}' => {
                    self.piece(start);
                    self.levels.truncate(self.levels.len().saturating_sub(2));
                    return self.emit(1, Lexeme::Close);
                }
                b'\r' | b'\n' if !triple => return self.abandon_field(),
                _ if self.at_quote(quote, triple) => return self.abandon_field(),
                _ => self.skip_character(),
            }
        }
        self.piece(start);
    }

    /// Quote, whether triple, and start of the innermost f-string that is open.
    fn string_around(&self) -> (u8, bool, usize) {
        let mut texts = self.levels.iter().rev().filter_map(|level| match level {
            Level::Text { quote, triple, at } => Some((*quote, *triple, *at)),
            _ => None,
        });
        texts.next().unwrap_or((b'"', true, self.at))
    }

    /// The brace of the innermost field that is open.
    fn field_around(&self) -> Option<usize> {
        let mut fields = self.levels.iter().rev().filter_map(|level| match level {
            Level::Field { at } => Some(*at),
            _ => None,
        });
        fields.next()
    }

    /// Whether a line end here would cut an f-string of one line.
    pub(super) fn in_one_line_string(&self) -> bool {
        self.levels.iter().any(|level| matches!(level, Level::Text { triple: false, .. }))
    }

    /// A field whose `}` is missing: the f-string is taken to end here.
    pub(super) fn abandon_field(&mut self) {
        let (quote, triple, start) = self.string_around();
        while let Some(level) = self.levels.pop() {
            match level {
                Level::Text { .. } => break,
                Level::Field { at } => self.fail(field_not_closed(at)),
                _ => {}
            }
        }
        if self.at_quote(quote, triple) {
            self.show(if triple { 3 } else { 1 }, TokenKind::String);
        } else if self.in_one_line_string() {
            self.abandon_field();
        } else {
            self.fail(SyntaxProblem::new(Span::new(start, self.at), "unterminated string literal"));
        }
    }

    /// The text ended inside an f-string.
    pub(super) fn unfinished_fstring(&mut self) {
        let (quote, triple, start) = self.string_around();
        match self.field_around() {
            Some(at) if triple => self.fail_unfinished(field_not_closed(at)),
            Some(at) => self.fail(field_not_closed(at)),
            None => self.unterminated(Span::new(start, self.source.len()), quote, triple),
        }
    }
}

fn field_not_closed(at: usize) -> SyntaxProblem {
    SyntaxProblem::new(Span::new(at, at + 1), EXPECTING_CLOSE)
        .with_help("this { opens a field: close it with }, or write {{ for a brace in the text")
}
