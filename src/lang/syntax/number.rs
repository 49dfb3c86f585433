//! Numbers as text: how far one reaches, what is wrong with it, and its value.

use num_bigint::BigInt;

use super::ast::{ExprKind, Span};
use super::problem::{Parsed, SyntaxProblem};
use super::scan::name_len;

/// The decimal digits an integer may have, as in `CPython`: reading them takes quadratic time.
const MAX_DECIMAL_DIGITS: usize = 4300;

/// Words that may stand right behind a number, as in `1if x else 2`.
const WORDS_AFTER: &[&str] = &["and", "else", "for", "if", "in", "is", "not", "or"];

/// The length of the number `text` starts with, and what is wrong with it (its span is the caller's to set).
pub(super) fn scan_number(text: &str) -> (usize, Option<SyntaxProblem>) {
    let lower = text.get(..2).unwrap_or_default().to_ascii_lowercase();
    let (len, mistake, what) = match lower.as_str() {
        "0x" => based(text, "hexadecimal", 16),
        "0o" => based(text, "octal", 8),
        "0b" => based(text, "binary", 2),
        _ => decimal(text),
    };
    if mistake.is_some() {
        let len = len + text[len..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        return (len, mistake.map(problem));
    }
    let tail = &text[len..];
    let word = &tail[..name_len(tail)];
    if word.is_empty() || WORDS_AFTER.contains(&word) {
        return (len, None);
    }
    let mistake = problem(format!("invalid {what} literal"))
        .with_help("a name cannot start with a digit; put a sign between a number and a name");
    (len + word.len(), Some(mistake))
}

fn problem(message: String) -> SyntaxProblem {
    SyntaxProblem::new(Span::default(), message)
}

type Scanned = (usize, Option<String>, &'static str);

fn based(text: &str, what: &'static str, radix: u32) -> Scanned {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(|byte| char::from(*byte).is_digit(radix));
    let mut at = 2;
    loop {
        let digit = if bytes.get(at) == Some(&b'_') { at + 1 } else { at };
        if !is_digit(digit) {
            break;
        }
        at = digit + 1;
    }
    let mistake = match bytes.get(at) {
        Some(digit @ b'0'..=b'9') => Some(format!("invalid digit '{}' in {what} literal", char::from(*digit))),
        Some(b'_') => Some(format!("invalid {what} literal")),
        _ if at == 2 => Some(format!("invalid {what} literal")),
        _ => None,
    };
    (at, mistake, what)
}

fn decimal(text: &str) -> Scanned {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let (mut len, mut broken) = digits(bytes, 0);
    let whole = len;
    let mut is_integer = true;
    if at(len) == b'.' {
        is_integer = false;
        len += 1;
        if at(len) != b'_' {
            let (end, bad) = digits(bytes, len);
            (len, broken) = (end, broken || bad);
        }
    }
    if matches!(at(len), b'e' | b'E') {
        let sign = usize::from(matches!(at(len + 1), b'+' | b'-'));
        if at(len + 1 + sign).is_ascii_digit() {
            is_integer = false;
            let (end, bad) = digits(bytes, len + 1 + sign);
            (len, broken) = (end, broken || bad);
        } else if sign == 1 {
            broken = true;
        }
    }
    let mut what = "decimal";
    if matches!(at(len), b'j' | b'J') {
        (is_integer, what) = (false, "imaginary");
        len += 1;
    }
    let has_leading_zero = is_integer && at(0) == b'0' && bytes[..whole].iter().any(|byte| matches!(byte, b'1'..=b'9'));
    let mistake = if broken {
        Some("invalid decimal literal".to_owned())
    } else if has_leading_zero {
        Some(
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"
                .to_owned(),
        )
    } else {
        None
    };
    (len, mistake, what)
}

/// The end of the digits from `at` on, and whether an underscore stands where none may.
fn digits(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    loop {
        while is_digit(at) {
            at += 1;
        }
        if bytes.get(at) != Some(&b'_') {
            return (at, false);
        }
        if !is_digit(at + 1) {
            return (at, true);
        }
        at += 1;
    }
}

/// The value of a number the grammar accepted.
pub(super) fn number_value(text: &str, span: Span) -> Parsed<ExprKind> {
    let text: String = text.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let (radix, tail) = match text.get(..2) {
        Some("0x") => (16, &text[2..]),
        Some("0o") => (8, &text[2..]),
        Some("0b") => (2, &text[2..]),
        _ => (10, text.as_str()),
    };
    if radix == 10
        && let Some(float) = tail.strip_suffix('j')
    {
        return float_value(float, span).map(ExprKind::Imaginary);
    }
    if radix == 10 && tail.contains(['.', 'e']) {
        return float_value(tail, span).map(ExprKind::Float);
    }
    if radix == 10 && tail.len() > MAX_DECIMAL_DIGITS {
        let message =
            format!("exceeds the limit ({MAX_DECIMAL_DIGITS} digits) of an integer: it has {} digits", tail.len());
        return Err(SyntaxProblem::new(span, message)
            .with_help("write it in hexadecimal (0x…), which has no limit, or compute it"));
    }
    let value = BigInt::parse_bytes(tail.as_bytes(), radix);
    value.map(ExprKind::Int).ok_or_else(|| SyntaxProblem::new(span, "invalid decimal literal"))
}

fn float_value(text: &str, span: Span) -> Parsed<f64> {
    text.parse().map_err(|_| SyntaxProblem::new(span, "invalid decimal literal"))
}
