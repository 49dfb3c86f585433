//! The words of a cell: what the scanner hands to the passes that look at text before the grammar does.

use super::ast::Span;

/// What a piece of source is, for colouring it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    Keyword,
    Name,
    Number,
    /// A string, or a piece of an f-string outside its fields.
    String,
    /// Operators, brackets and separators.
    Operator,
    Comment,
    /// A line that starts with `%`, `!` or `?`, or ends with `?`.
    Magic,
}

/// What a token means to the passes before the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexeme {
    Shown(TokenKind),
    /// `( [ {`, and the `{` of an f-string's field.
    Open,
    /// `) ] }`, and the `}` of an f-string's field.
    Close,
    /// The end of a logical line.
    LineEnd,
    /// The blanks before the first word of a logical line, where there are any.
    Indent,
    /// A character no token starts with.
    Stray,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) span: Span,
    pub(super) lexeme: Lexeme,
}

impl Token {
    pub(super) fn is(&self, kind: TokenKind) -> bool {
        self.lexeme == Lexeme::Shown(kind)
    }

    /// Whether a value may end with this token.
    pub(super) fn ends_operand(&self, source: &str) -> bool {
        match self.lexeme {
            Lexeme::Close => true,
            Lexeme::Shown(TokenKind::Name | TokenKind::Number | TokenKind::String) => true,
            Lexeme::Shown(TokenKind::Keyword) => is_constant(self.span.of(source)),
            Lexeme::Shown(TokenKind::Operator) => self.span.of(source) == "...",
            _ => false,
        }
    }

    /// Whether a value may start with this token, brackets apart.
    pub(super) fn starts_operand(&self, source: &str) -> bool {
        self.lexeme != Lexeme::Close && self.ends_operand(source)
    }
}

fn is_constant(word: &str) -> bool {
    matches!(word, "None" | "True" | "False")
}

/// The reserved words of Python 3.
pub const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Operators and separators, a longer one before its beginnings.
pub(super) const OPERATORS: &[&str] = &[
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=",
    "%=", "&=", "|=", "^=", "@=", ":=", "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "=", ":", ",", ".",
    ";",
];
