//! One float as text in positional or exponent form, split into the parts that columns are aligned by.

use super::digits::{Count, Decimal, Real, Wanted, decimal};

/// What happens to zeros at the end of the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trim {
    /// They go, the point stays (NumPy's `"."`).
    ToPoint,
    /// The fraction is filled up to the precision (`"k"`).
    Keep,
}

/// How one number is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub precision: Option<usize>,
    pub min_digits: Option<usize>,
    pub unique: bool,
    pub trim: Trim,
    pub plus: bool,
}

/// The parts of a number's text: sign and digits before the point, digits after it, exponent with its sign.
pub(super) struct Parts {
    pub whole: String,
    pub fraction: String,
    pub exponent: Option<i32>,
}

/// The parts in positional form: precision counts from the decimal point.
pub(super) fn positional<T: Real>(x: T, style: Style) -> Parts {
    let wanted = Wanted {
        unique: style.unique,
        most: style.precision.map(Count::Fraction),
        least: style.min_digits.map(Count::Fraction),
    };
    let Decimal { digits, exponent } = decimal(x, wanted);
    let mut whole = sign(x, style.plus).to_string();
    let before = (exponent + 1).max(0) as usize;
    if before == 0 {
        whole.push('0');
    }
    whole.extend((0..before).map(|i| letter(digits.get(i).copied().unwrap_or(0))));
    let leading = (-exponent - 1).max(0) as usize;
    let mut fraction: String = if digits.is_empty() { String::new() } else { "0".repeat(leading) };
    fraction.extend(digits.iter().skip(before).map(|&d| letter(d)));
    Parts { whole, fraction: trimmed(fraction, style), exponent: None }
}

/// The parts in exponent form: precision counts from the first digit.
pub(super) fn scientific<T: Real>(x: T, style: Style) -> Parts {
    let wanted = Wanted {
        unique: style.unique,
        most: style.precision.map(|n| Count::Total(n + 1)),
        least: style.min_digits.map(|n| Count::Total(n + 1)),
    };
    let Decimal { digits, exponent } = decimal(x, wanted);
    let mut letters = digits.iter().map(|&d| letter(d));
    let mut whole = sign(x, style.plus).to_string();
    whole.push(letters.next().unwrap_or('0'));
    Parts { whole, fraction: trimmed(letters.collect(), style), exponent: Some(exponent) }
}

/// The text with `fill` before it up to the width, however large (Rust's own padding ends at 65535).
pub(super) fn filled(text: &str, fill: char, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    std::iter::repeat_n(fill, missing).chain(text.chars()).collect()
}

/// An exponent as text, `+08`, with at least so many digits.
pub(super) fn exponent_text(exponent: i32, digits: usize) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{:0digits$}", exponent.unsigned_abs())
}

fn sign<T: Real>(x: T, plus: bool) -> &'static str {
    if x.is_sign_negative() {
        "-"
    } else if plus {
        "+"
    } else {
        ""
    }
}

fn letter(digit: u8) -> char {
    (b'0' + digit) as char
}

fn trimmed(mut fraction: String, style: Style) -> String {
    match (style.trim, style.precision) {
        (Trim::ToPoint, _) => fraction.truncate(fraction.trim_end_matches('0').len()),
        (Trim::Keep, Some(precision)) => {
            fraction.extend(std::iter::repeat_n('0', precision.saturating_sub(fraction.len())))
        }
        (Trim::Keep, None) => {}
    }
    fraction
}
