//! Characters that no word of the language starts with, and what to write in their place.

use super::ast::Span;
use super::problem::SyntaxProblem;

/// What keyboards and word processors put where Python wants ASCII.
const LOOKALIKES: &[(&str, &str)] = &[
    ("“”„«»", "\""),
    ("‘’‚`´", "'"),
    ("×·∙", "*"),
    ("−–—", "-"),
    ("÷", "/"),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("，", ","),
    ("（", "("),
    ("）", ")"),
];

/// The problem of a character that no word of the language starts with.
pub(super) fn stray_character(character: char, span: Span) -> SyntaxProblem {
    let code = u32::from(character);
    let message = match character {
        '\0' => "source code cannot contain null bytes".to_owned(),
        _ if character.is_ascii_graphic() => {
            format!("invalid syntax: '{character}' is no sign of the language")
        }
        _ if character.is_whitespace() || character.is_control() || character == '\u{200b}' => {
            format!("invalid non-printable character U+{code:04X}")
        }
        _ => format!("invalid character '{character}' (U+{code:04X})"),
    };
    let problem = SyntaxProblem::new(span, message);
    match LOOKALIKES.iter().find(|(signs, _)| signs.contains(character)) {
        Some((_, ascii)) => problem.with_help(format!("write {ascii} instead")),
        None => problem,
    }
}
