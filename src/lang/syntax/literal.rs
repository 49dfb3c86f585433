//! Strings: prefixes, quotes, escapes, and adjacent strings as one.

use super::ast::{ExprKind, FPart, Span};
use super::fstring::fstring;
use super::grammar::{Node, Rule, span_of};
use super::problem::{Parsed, SyntaxProblem};

/// The value of strings that stand side by side: a text, or an f-string if one of them is.
pub(super) fn strings(node: Node<'_>) -> Parsed<ExprKind> {
    let mut parts = Vec::new();
    let mut is_format = false;
    for piece in node.into_inner() {
        if piece.as_rule() == Rule::string {
            push_text(&mut parts, string(&piece)?);
        } else {
            is_format = true;
            fstring(piece)?.into_iter().for_each(|part| push_part(&mut parts, part));
        }
    }
    if is_format {
        return Ok(ExprKind::FString(parts));
    }
    let text = parts.into_iter().map(|part| if let FPart::Literal(text) = part { text } else { String::new() });
    Ok(ExprKind::Str(text.collect()))
}

/// Adds a part, joining texts that meet.
pub(super) fn push_part(parts: &mut Vec<FPart>, part: FPart) {
    match part {
        FPart::Literal(text) => push_text(parts, text),
        field @ FPart::Field { .. } => parts.push(field),
    }
}

fn push_text(parts: &mut Vec<FPart>, text: String) {
    match parts.last_mut() {
        Some(FPart::Literal(before)) => before.push_str(&text),
        _ if text.is_empty() => {}
        _ => parts.push(FPart::Literal(text)),
    }
}

fn string(node: &Node<'_>) -> Parsed<String> {
    let span = span_of(node);
    let text = node.as_str();
    let prefix = text.find(['"', '\'']).unwrap_or(0);
    let is_in_prefix = |letter: char| text[..prefix].contains([letter, letter.to_ascii_uppercase()]);
    if is_in_prefix('b') {
        return Err(SyntaxProblem::new(span, "dka's language has no bytes literals")
            .with_help("drop the b: a text does where bytes would"));
    }
    let quoted = &text[prefix..];
    let quote = if quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''")) { 3 } else { 1 };
    let body = &quoted[quote..quoted.len() - quote];
    unescape(body, is_in_prefix('r'), span.start + prefix + quote)
}

/// The text that `body` stands for; `start` is where it stands in the cell.
pub(super) fn unescape(body: &str, is_raw: bool, start: usize) -> Parsed<String> {
    let body_has_cr = body.contains('\r');
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('\\').filter(|_| !is_raw) {
        text.push_str(&rest[..at]);
        let offset = start + body.len() - rest.len() + at;
        let len = escape(&rest[at..], offset, &mut text)?;
        rest = &rest[at + len..];
    }
    text.push_str(rest);
    // Python reads every line end as \n; escapes cannot make a \r that this would take for one, see `escape`.
    if body_has_cr {
        Ok(text.replace("\r\n", "\n").replace('\r', "\n").replace(ESCAPED_RETURN, "\r"))
    } else {
        Ok(text.replace(ESCAPED_RETURN, "\r"))
    }
}

/// Stands for an escaped `\r` until the line ends are normalised: a noncharacter, which no text holds.
const ESCAPED_RETURN: char = '\u{10ffff}';

const SIMPLE: &[(char, &str)] = &[
    ('\n', ""),
    ('\\', "\\"),
    ('\'', "'"),
    ('"', "\""),
    ('a', "\u{7}"),
    ('b', "\u{8}"),
    ('f', "\u{c}"),
    ('n', "\n"),
    ('r', "\u{10ffff}"),
    ('t', "\t"),
    ('v', "\u{b}"),
];

/// Adds what the escape at the start of `rest` stands for; returns its length.
fn escape(rest: &str, offset: usize, text: &mut String) -> Parsed<usize> {
    let Some(kind) = rest[1..].chars().next() else {
        text.push('\\');
        return Ok(1);
    };
    if let Some((_, meaning)) = SIMPLE.iter().find(|(letter, _)| *letter == kind) {
        text.push_str(meaning);
        return Ok(2);
    }
    match kind {
        '\r' => Ok(if rest[2..].starts_with('\n') { 3 } else { 2 }),
        'x' => hexadecimal(rest, 2, offset, text),
        'u' => hexadecimal(rest, 4, offset, text),
        'U' => hexadecimal(rest, 8, offset, text),
        '0'..='7' => {
            let digits = rest[1..].bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let code = u32::from_str_radix(&rest[1..=digits], 8).unwrap_or(0);
            text.push(if code == 13 { ESCAPED_RETURN } else { char::from_u32(code).unwrap_or('\0') });
            Ok(1 + digits)
        }
        'N' => {
            Err(SyntaxProblem::new(Span::new(offset, offset + 2), "dka's language does not know characters by name")
                .with_help("write the character itself, or \\u and its code; in an r string, avoid \\N before a brace"))
        }
        // An unknown escape stands for itself, backslash included.
        _ => {
            text.push('\\');
            text.push(kind);
            Ok(1 + kind.len_utf8())
        }
    }
}

fn hexadecimal(rest: &str, width: usize, offset: usize, text: &mut String) -> Parsed<usize> {
    let letter = &rest[1..2];
    let digits = rest[2..].bytes().take(width).take_while(u8::is_ascii_hexdigit).count();
    let span = Span::new(offset, offset + 2 + digits);
    if digits < width {
        let message = format!("truncated \\{letter} escape: it takes {width} hexadecimal digits");
        return Err(
            SyntaxProblem::new(span, message).with_help("write \\\\ for a backslash, or use an r string: r\"…\"")
        );
    }
    let code = u32::from_str_radix(&rest[2..2 + width], 16).unwrap_or(u32::MAX);
    let character = char::from_u32(code).ok_or_else(|| {
        SyntaxProblem::new(span, format!("\\{letter} escape of no character: U+{code:04X}"))
            .with_help("codes go up to 10ffff, without the surrogates d800 to dfff")
    })?;
    text.push(if character == '\r' { ESCAPED_RETURN } else { character });
    Ok(2 + width)
}
