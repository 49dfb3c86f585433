//! One linear pass over a cell's text, before the grammar: words, brackets, quotes, line joining.
//!
//! It finds the mistakes a grammar explains badly (an open bracket, an unterminated string) and never recurses. It knows words,
//! not sentences: what may follow what is the grammar's.

use pest::unicode::{XID_CONTINUE, XID_START};

use super::ast::Span;
use super::number::scan_number;
use super::problem::SyntaxProblem;
use super::stray::stray_character;
use super::token::{KEYWORDS, Lexeme, OPERATORS, Token, TokenKind};

/// The brackets that may be open at once, as in `CPython`: the parser's recursion is bounded by it.
pub(super) const MAX_OPEN: usize = 200;

/// What is known of a text before it is parsed.
pub(super) struct Scan {
    pub(super) tokens: Vec<Token>,
    /// The source with line ends and comments inside brackets turned to spaces, byte for byte.
    pub(super) joined: String,
    pub(super) problem: Option<SyntaxProblem>,
    /// Whether `problem` is only that the text ends too early.
    pub(super) unfinished: bool,
}

/// What the scanner is inside of.
#[derive(Clone, Copy)]
pub(super) enum Level {
    Bracket {
        open: u8,
        at: usize,
    },
    /// The text of an f-string.
    Text {
        quote: u8,
        triple: bool,
        at: usize,
    },
    /// A field of an f-string: `{` to its `:` or `}`.
    Field {
        at: usize,
    },
    /// The format after a field's `:`.
    Spec,
}

/// Reads `source` to its end, whatever is in it.
pub(super) fn scan(source: &str) -> Scan {
    let mut scanner = Scanner {
        source,
        at: 0,
        fresh_line: true,
        line_start_token: 0,
        levels: Vec::new(),
        tokens: Vec::new(),
        blanks: Vec::new(),
        problem: None,
        unfinished: false,
    };
    if source.starts_with('\u{feff}') {
        scanner.at = '\u{feff}'.len_utf8();
        scanner.blanks.push(Span::new(0, scanner.at));
    }
    while scanner.at < source.len() {
        match scanner.levels.last() {
            Some(Level::Text { quote, triple, .. }) => scanner.text(*quote, *triple),
            Some(Level::Spec) => scanner.spec(),
            _ => scanner.code(),
        }
    }
    scanner.finish()
}

pub(super) struct Scanner<'s> {
    pub(super) source: &'s str,
    pub(super) at: usize,
    /// No word of the logical line was read yet.
    fresh_line: bool,
    line_start_token: usize,
    pub(super) levels: Vec<Level>,
    tokens: Vec<Token>,
    blanks: Vec<Span>,
    problem: Option<SyntaxProblem>,
    unfinished: bool,
}

impl<'s> Scanner<'s> {
    pub(super) fn byte(&self, offset: usize) -> u8 {
        self.source.as_bytes().get(self.at + offset).copied().unwrap_or(0)
    }

    pub(super) fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    /// The length of the line end at the cursor; 0 where there is none.
    pub(super) fn line_end_len(&self) -> usize {
        match (self.byte(0), self.byte(1)) {
            (b'\r', b'\n') => 2,
            (b'\r' | b'\n', _) => 1,
            _ => 0,
        }
    }

    pub(super) fn emit(&mut self, len: usize, lexeme: Lexeme) {
        let span = Span::new(self.at, self.at + len);
        self.at = span.end;
        self.tokens.push(Token { span, lexeme });
    }

    pub(super) fn show(&mut self, len: usize, kind: TokenKind) {
        self.emit(len, Lexeme::Shown(kind));
    }

    /// Keeps the first problem only: the others may follow from it.
    pub(super) fn fail(&mut self, problem: SyntaxProblem) {
        self.problem.get_or_insert(problem);
    }

    /// A problem that more text could mend.
    pub(super) fn fail_unfinished(&mut self, problem: SyntaxProblem) {
        self.unfinished |= self.problem.is_none();
        self.fail(problem);
    }

    pub(super) fn open(&mut self, level: Level) {
        if self.levels.len() == MAX_OPEN {
            let span = Span::new(self.at, self.at + 1);
            self.fail(
                SyntaxProblem::new(span, "too many nested brackets")
                    .with_help(format!("at most {MAX_OPEN} brackets may be open at once: name the inner parts")),
            );
        }
        self.levels.push(level);
    }

    fn code(&mut self) {
        if self.line_end_len() > 0 {
            return self.line_end();
        }
        if self.fresh_line && self.levels.is_empty() && self.line_start() {
            return;
        }
        match self.byte(0) {
            b' ' | b'\t' | 0x0c => self.at += 1,
            b'#' => self.comment(),
            b'\\' => self.continuation(),
            b'"' | b'\'' => self.string(0),
            open @ (b'(' | b'[' | b'{') => {
                self.open(Level::Bracket { open, at: self.at });
                self.emit(1, Lexeme::Open);
            }
            b')' | b']' | b'}' => self.close(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_ascii_digit() => self.number(),
            _ => self.word_or_sign(),
        }
    }

    fn line_end(&mut self) {
        let len = self.line_end_len();
        if self.levels.is_empty() {
            if self.fresh_line {
                self.at += len;
            } else {
                self.emit(len, Lexeme::LineEnd);
                self.fresh_line = true;
            }
        } else if self.in_one_line_string() {
            self.abandon_field();
        } else {
            self.blanks.push(Span::new(self.at, self.at + len));
            self.at += len;
        }
    }

    /// At the start of a logical line: blanks, a magic. Whether it took anything.
    fn line_start(&mut self) -> bool {
        let rest = self.rest();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\u{c}']).len();
        match rest[blank..].bytes().next() {
            None | Some(b'\r' | b'\n' | b'#' | b'\\') if blank > 0 => self.at += blank,
            None | Some(b'\r' | b'\n' | b'#' | b'\\') => return false,
            Some(first) => {
                self.fresh_line = false;
                self.line_start_token = self.tokens.len();
                let magic = matches!(first, b'%' | b'!' | b'?');
                if magic {
                    self.at += blank;
                    self.show(line_len(&self.source[self.at..]), TokenKind::Magic);
                } else if rest[..blank].ends_with([' ', '\t']) {
                    self.emit(blank, Lexeme::Indent);
                } else {
                    // A form feed starts the line anew.
                    self.at += blank;
                    return blank > 0;
                }
            }
        }
        true
    }

    fn comment(&mut self) {
        let len = line_len(self.rest());
        if !self.levels.is_empty() {
            self.blanks.push(Span::new(self.at, self.at + len));
        }
        self.show(len, TokenKind::Comment);
    }

    fn continuation(&mut self) {
        let here = Span::new(self.at, self.at + 1);
        self.at += 1;
        let len = self.line_end_len();
        self.at += len;
        if self.at == self.source.len() {
            self.fail_unfinished(SyntaxProblem::new(here, "unexpected end of the cell after a line continuation '\\'"));
        } else if len == 0 {
            self.fail(
                SyntaxProblem::new(here, "unexpected character after line continuation character")
                    .with_help("nothing may follow a '\\' on its line, not even a space"),
            );
        }
    }

    fn number(&mut self) {
        let (len, mistake) = scan_number(self.rest());
        if let Some(problem) = mistake {
            let span = Span::new(self.at, self.at + len);
            self.fail(SyntaxProblem { span, ..problem });
        }
        self.show(len, TokenKind::Number);
    }

    fn word_or_sign(&mut self) {
        let word = name_len(self.rest());
        if word > 0 {
            let text = &self.rest()[..word];
            if matches!(self.byte(word), b'"' | b'\'') && is_string_prefix(text) {
                return self.string(word);
            }
            let kind = if KEYWORDS.contains(&text) { TokenKind::Keyword } else { TokenKind::Name };
            return self.show(word, kind);
        }
        if self.field_sign() {
            return;
        }
        match OPERATORS.iter().find(|sign| self.rest().starts_with(**sign)) {
            Some(sign) => self.show(sign.len(), TokenKind::Operator),
            None => self.stray(),
        }
    }

    fn stray(&mut self) {
        let line = line_len(self.rest());
        let is_help = self.byte(0) == b'?'
            && self.levels.is_empty()
            && self.rest()[..line].trim_end_matches([' ', '?']).is_empty();
        if is_help {
            let first = self.tokens.get(self.line_start_token).map_or(self.at, |token| token.span.start);
            let end = self.at + line;
            self.tokens.truncate(self.line_start_token);
            self.at = first;
            return self.show(end - first, TokenKind::Magic);
        }
        let Some(character) = self.rest().chars().next() else {
            return;
        };
        let len = character.len_utf8();
        self.fail(stray_character(character, Span::new(self.at, self.at + len)));
        self.emit(len, Lexeme::Stray);
    }

    fn close(&mut self) {
        let close = self.byte(0);
        let here = Span::new(self.at, self.at + 1);
        let sign = char::from(close);
        match self.levels.pop() {
            None => self.fail(
                SyntaxProblem::new(here, format!("unmatched '{sign}'"))
                    .with_help("no bracket is open here: remove it, or open one before it"),
            ),
            Some(Level::Bracket { open, .. }) if closing(open) != close => self.fail(
                SyntaxProblem::new(
                    here,
                    format!("closing parenthesis '{sign}' does not match opening parenthesis '{}'", char::from(open)),
                )
                .with_help(format!(
                    "the last bracket still open is '{}': close it with '{}'",
                    char::from(open),
                    char::from(closing(open))
                )),
            ),
            Some(field @ Level::Field { .. }) if close != b'}' => {
                self.levels.push(field);
                self.fail(SyntaxProblem::new(here, format!("f-string: unmatched '{sign}'")));
            }
            Some(_) => {}
        }
        self.emit(1, Lexeme::Close);
    }

    fn finish(mut self) -> Scan {
        match self.levels.last().copied() {
            Some(Level::Bracket { open, at }) => {
                let problem =
                    SyntaxProblem::new(Span::new(at, at + 1), format!("'{}' was never closed", char::from(open)));
                self.fail_unfinished(problem.with_help(format!("close it with '{}'", char::from(closing(open)))));
            }
            Some(_) => self.unfinished_fstring(),
            None => {}
        }
        Scan {
            joined: blanked(self.source, &self.blanks),
            tokens: self.tokens,
            problem: self.problem,
            unfinished: self.unfinished,
        }
    }
}

fn blanked(source: &str, blanks: &[Span]) -> String {
    let mut joined = String::with_capacity(source.len());
    let mut done = 0;
    for blank in blanks {
        joined.push_str(&source[done..blank.start]);
        joined.extend(std::iter::repeat_n(' ', blank.end - blank.start));
        done = blank.end;
    }
    joined.push_str(&source[done..]);
    joined
}

/// The bytes of `text` before its first line end.
pub(super) fn line_len(text: &str) -> usize {
    text.find(['\r', '\n']).unwrap_or(text.len())
}

/// The length of the name or keyword `text` starts with.
pub(super) fn name_len(text: &str) -> usize {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first == '_' || XID_START(first) => {
            let tail = chars.as_str();
            text.len() - tail.trim_start_matches(XID_CONTINUE).len()
        }
        _ => 0,
    }
}

fn is_string_prefix(word: &str) -> bool {
    word.len() <= 2
        && ["r", "u", "b", "br", "rb", "f", "fr", "rf"].iter().any(|prefix| prefix.eq_ignore_ascii_case(word))
}

fn closing(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}
