//! What to say about a text that the grammar refuses: Python's own words where it has good ones.
//!
//! The grammar tells how far it came; the words around that place tell why.

use super::ast::Span;
use super::foreign::foreign_statement;
use super::problem::SyntaxProblem;
use super::token::{Lexeme, Token, TokenKind};

/// The words around the place where the grammar gave up.
struct Place<'t> {
    source: &'t str,
    tokens: &'t [Token],
    /// The first token the grammar could not use; the number of tokens at the end of the text.
    index: usize,
}

/// One thing to look for at the place.
type Rule = fn(&Place<'_>) -> Option<SyntaxProblem>;

/// The first that applies explains: the special before the general.
const RULES: &[Rule] = &[
    walrus,
    foreign_word,
    print_statement,
    import_of_nothing,
    assignment_in_expression,
    half_conditional,
    reserved_word,
    doubled_sign,
    arrow_or_increment,
    forgotten_comma,
    line_ends,
];

/// The problem of `source`, which the grammar understood up to byte `at`.
pub(super) fn diagnose(source: &str, tokens: &[Token], at: usize) -> SyntaxProblem {
    let words: Vec<Token> = tokens.iter().filter(|token| !token.is(TokenKind::Comment)).copied().collect();
    let index = words.iter().position(|token| token.span.end > at).unwrap_or(words.len());
    let place = Place { source, tokens: &words, index };
    let found = RULES.iter().find_map(|rule| rule(&place));
    found.unwrap_or_else(|| SyntaxProblem::new(place.span(), format!("invalid syntax: unexpected {}", place.name())))
}

impl Place<'_> {
    fn token(&self, offset: isize) -> Option<&Token> {
        self.tokens.get(self.index.checked_add_signed(offset)?)
    }

    fn word(&self, offset: isize) -> &str {
        self.token(offset).map_or("", |token| token.span.of(self.source))
    }

    fn is(&self, offset: isize, kind: TokenKind) -> bool {
        self.token(offset).is_some_and(|token| token.is(kind))
    }

    /// Where the place is; just behind the last word at the end of the text.
    fn span(&self) -> Span {
        match self.token(0) {
            Some(token) if token.lexeme == Lexeme::LineEnd => Span::new(token.span.start, token.span.start),
            Some(token) => token.span,
            None => {
                let end = self.tokens.last().map_or(0, |token| token.span.end);
                Span::new(end, end)
            }
        }
    }

    fn name(&self) -> String {
        format!("'{}'", self.word(0))
    }

    fn is_at_line_end(&self) -> bool {
        self.token(0).is_none_or(|token| token.lexeme == Lexeme::LineEnd)
    }

    /// The bracket that is open at the place, as the index of its token.
    fn bracket(&self) -> Option<usize> {
        let mut depth = 0_usize;
        for index in (0..self.index.min(self.tokens.len())).rev() {
            match self.tokens[index].lexeme {
                Lexeme::Close => depth += 1,
                Lexeme::Open if depth == 0 => return Some(index),
                Lexeme::Open => depth -= 1,
                Lexeme::LineEnd if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// The first word of the statement.
    fn statement_start(&self) -> usize {
        let before = &self.tokens[..self.index.min(self.tokens.len())];
        let ends = |token: &Token| token.lexeme == Lexeme::LineEnd || token.span.of(self.source) == ";";
        before.iter().rposition(ends).map_or(0, |at| at + 1)
    }
}

fn walrus(place: &Place<'_>) -> Option<SyntaxProblem> {
    let is_split = place.word(0) == ":" && place.word(1) == "=";
    (place.word(0) == ":=" || is_split).then(|| {
        SyntaxProblem::new(place.span(), "dka's language has no `:=`")
            .with_help("assign on a line of its own, before the expression")
    })
}

/// `yield`, `await` and their like inside an expression.
fn foreign_word(place: &Place<'_>) -> Option<SyntaxProblem> {
    let word = place.word(0);
    matches!(word, "yield" | "await" | "async").then(|| foreign_statement(word, place.span()))?
}

fn print_statement(place: &Place<'_>) -> Option<SyntaxProblem> {
    let is_command = matches!(place.word(-1), "print" | "exec") && place.index == place.statement_start() + 1;
    let starts = place.token(0)?.starts_operand(place.source);
    (is_command && starts).then(|| {
        let word = place.word(-1);
        let span = place.token(-1).map_or(place.span(), |token| token.span.to(place.span()));
        SyntaxProblem::new(span, format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?"))
    })
}

fn import_of_nothing(place: &Place<'_>) -> Option<SyntaxProblem> {
    let first = place.tokens.get(place.statement_start())?.span.of(place.source);
    let is_import = matches!(first, "import" | "from");
    if is_import && place.word(-1) == "," {
        return Some(SyntaxProblem::new(place.span(), "trailing comma not allowed without surrounding parentheses"));
    }
    (is_import && place.is_at_line_end())
        .then(|| SyntaxProblem::new(place.span(), "expected one or more names after 'import'"))
}

fn assignment_in_expression(place: &Place<'_>) -> Option<SyntaxProblem> {
    if place.word(0) != "=" {
        return None;
    }
    if place.word(-1) == "=" || place.word(1) == "=" {
        return Some(
            SyntaxProblem::new(place.span(), "invalid syntax: '=' twice").with_help("compare with == without blanks"),
        );
    }
    let is_call = place.bracket().is_some_and(|open| {
        let before = open.checked_sub(1).map(|index| &place.tokens[index]);
        place.tokens[open].span.of(place.source) == "(" && before.is_some_and(|token| token.ends_operand(place.source))
    });
    let message = if is_call {
        "expression cannot contain assignment, perhaps you meant \"==\"?"
    } else {
        "invalid syntax. Maybe you meant '==' instead of '='?"
    };
    Some(SyntaxProblem::new(place.span(), message))
}

fn half_conditional(place: &Place<'_>) -> Option<SyntaxProblem> {
    if !place.is_at_line_end() && !matches!(place.token(0)?.lexeme, Lexeme::Close) && place.word(0) != "," {
        return None;
    }
    let from = place.bracket().map_or(place.statement_start(), |open| open + 1);
    let words = &place.tokens[from..place.index.min(place.tokens.len())];
    let count = |word: &str| words.iter().filter(|token| token.span.of(place.source) == word).count();
    let is_half = count("if") > count("else") && count("for") == 0 && place.token(-1)?.ends_operand(place.source);
    is_half.then(|| {
        let span = words.first().map_or(place.span(), |first| first.span.to(place.span()));
        SyntaxProblem::new(span, "expected 'else' after 'if' expression")
            .with_help("a value is needed either way: a if c else b")
    })
}

/// A keyword where a name or a value should be.
fn reserved_word(place: &Place<'_>) -> Option<SyntaxProblem> {
    let word = place.word(0);
    let is_value = place.token(0)?.ends_operand(place.source);
    if !place.is(0, TokenKind::Keyword) || is_value {
        return None;
    }
    if place.token(-1).is_some_and(|token| token.ends_operand(place.source)) {
        let problem = SyntaxProblem::new(place.span(), format!("invalid syntax: unexpected '{word}'"));
        return Some(problem);
    }
    Some(
        SyntaxProblem::new(place.span(), format!("invalid syntax: '{word}' is a reserved word"))
            .with_help(format!("a name may be `{word}_`, for instance")),
    )
}

/// `&&`, `||`, `<>` and other signs of other languages.
fn doubled_sign(place: &Place<'_>) -> Option<SyntaxProblem> {
    const SIGNS: &[(&str, &str, &str)] = &[
        ("&", "&", "write `and` for truth, `&` for arrays"),
        ("|", "|", "write `or` for truth, `|` for arrays"),
        ("<", ">", "write != for `not equal`"),
        ("=", ">", "write >= for `greater or equal`"),
        ("=", "<", "write <= for `less or equal`"),
    ];
    let row = SIGNS.iter().find(|(first, second, _)| place.word(-1) == *first && place.word(0) == *second)?;
    let span = place.token(-1).map_or(place.span(), |token| token.span.to(place.span()));
    Some(SyntaxProblem::new(span, format!("invalid syntax: no operator {}{}", row.0, row.1)).with_help(row.2))
}

fn arrow_or_increment(place: &Place<'_>) -> Option<SyntaxProblem> {
    let sign = place.word(-1);
    let is_doubled = matches!(sign, "+" | "-") && place.word(-2) == sign;
    (is_doubled && place.is_at_line_end()).then(|| {
        SyntaxProblem::new(place.span(), format!("invalid syntax: no operator {sign}{sign}"))
            .with_help(format!("write {sign}= 1"))
    })
}

fn forgotten_comma(place: &Place<'_>) -> Option<SyntaxProblem> {
    let (before, here) = (place.token(-1)?, place.token(0)?);
    let starts = here.starts_operand(place.source) || here.lexeme == Lexeme::Open;
    // The brace of a field stands right behind the text of its f-string.
    let is_field = |open: usize| {
        let brace = place.tokens[open].span;
        let ahead = open.checked_sub(1).map(|index| &place.tokens[index]);
        let joins = |token: &Token| token.is(TokenKind::String) && token.span.end == brace.start;
        brace.of(place.source) == "{" && ahead.is_some_and(joins)
    };
    if !starts || !before.ends_operand(place.source) {
        return None;
    }
    let span = before.span.to(here.span);
    match place.bracket() {
        Some(open) if is_field(open) => Some(SyntaxProblem::new(here.span, "f-string: expecting '}'")),
        Some(_) => Some(SyntaxProblem::new(span, "invalid syntax. Perhaps you forgot a comma?")),
        None => Some(
            SyntaxProblem::new(
                here.span,
                format!("invalid syntax: unexpected {} after '{}'", place.name(), place.word(-1)),
            )
            .with_help("an operator, a comma or a new line is missing between the two"),
        ),
    }
}

fn line_ends(place: &Place<'_>) -> Option<SyntaxProblem> {
    place.is_at_line_end().then(|| {
        let last = place.word(-1);
        let message = if last.is_empty() {
            "invalid syntax: the cell ends too early".to_owned()
        } else {
            format!("invalid syntax: the line ends after '{last}', where an expression should follow")
        };
        SyntaxProblem::new(place.span(), message)
    })
}
