//! `format(value, spec)` of Python's numbers and strings, as f-strings use it.

use super::number::filled;
use super::options::Sign;
use super::scalar::{python_complex, scalar_str};
use super::spec::{Align, FormatSpec, unknown_code};
use crate::data::{C64, Error, Kind, Result, Scalar};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

/// Digits after the point where a spec gives no precision.
const DEFAULT_PRECISION: usize = 6;
/// More digits than any float64 has.
const MOST_DIGITS: usize = 1100;

/// Formats a Python int.
///
/// # Errors
/// `ValueError` as Python words it; `OverflowError` where a float form is asked of an int beyond float's range.
pub fn format_int(value: &BigInt, spec: &str) -> Result<String> {
    format_integer(value, spec, "int")
}

/// Formats a Python bool: its name without a spec, else as an int.
///
/// # Errors
/// As [`format_int`].
pub fn format_bool(value: bool, spec: &str) -> Result<String> {
    if spec.is_empty() {
        return Ok(if value { "True" } else { "False" }.to_string());
    }
    format_integer(&BigInt::from(u8::from(value)), spec, "bool")
}

fn format_integer(value: &BigInt, spec: &str, type_name: &str) -> Result<String> {
    if spec.is_empty() {
        return Ok(value.to_string());
    }
    let spec = FormatSpec::parse(spec, type_name, Align::Right)?;
    match spec.code {
        None | Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => integer_form(value, &spec),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            let x = value.to_f64().filter(|x| x.is_finite());
            float_form(x.ok_or_else(|| Error::overflow("int too large to convert to float"))?, &spec)
        }
        Some(code) => Err(unknown_code(code, type_name)),
    }
}

fn integer_form(value: &BigInt, spec: &FormatSpec) -> Result<String> {
    if spec.precision.is_some() {
        return Err(Error::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(Error::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    let size = value.abs();
    let (prefix, digits) = match spec.code {
        Some('c') => return character(value, spec),
        Some('b') => ("0b", size.to_str_radix(2)),
        Some('o') => ("0o", size.to_str_radix(8)),
        Some('x') => ("0x", size.to_str_radix(16)),
        Some('X') => ("0X", size.to_str_radix(16).to_uppercase()),
        _ => ("", size.to_string()),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let head = format!("{}{prefix}", sign_text(value.is_negative(), spec.sign));
    Ok(assemble(spec, &head, &digits, ""))
}

fn character(value: &BigInt, spec: &FormatSpec) -> Result<String> {
    if spec.sign.is_some() {
        return Err(Error::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(Error::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    if value.to_i64().is_none() {
        return Err(Error::overflow("Python int too large to convert to C long"));
    }
    let code = value.to_u32().and_then(char::from_u32);
    let c = code.ok_or_else(|| Error::overflow("%c arg not in range(0x110000)"))?;
    Ok(spec.pad(&c.to_string()))
}

/// Formats a Python float.
///
/// # Errors
/// `ValueError` as Python words it.
pub fn format_float(value: f64, spec: &str) -> Result<String> {
    let spec = FormatSpec::parse(spec, "float", Align::Right)?;
    match spec.code {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => float_form(value, &spec),
        Some(code) => Err(unknown_code(code, "float")),
    }
}

fn float_form(value: f64, spec: &FormatSpec) -> Result<String> {
    let percent = spec.code == Some('%');
    let text = FloatText::of(if percent { value * 100.0 } else { value }, spec, true);
    let head = sign_text(text.negative, spec.sign);
    let tail = text.tail + if percent { "%" } else { "" };
    Ok(assemble(spec, head, &text.digits, &tail))
}

/// Formats a Python complex number.
///
/// # Errors
/// `ValueError` as Python words it.
pub fn format_complex(value: C64, spec: &str) -> Result<String> {
    let spec = FormatSpec::parse(spec, "complex", Align::Right)?;
    if let Some(code) = spec.code.filter(|c| !"eEfFgGn".contains(*c)) {
        return Err(unknown_code(code, "complex"));
    }
    if spec.fill == '0' {
        return Err(Error::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(Error::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let narrow = FormatSpec { width: 0, ..spec.clone() };
    let part = |x: f64, sign: Option<Sign>| {
        let text = FloatText::of(x, &narrow, false);
        assemble(&narrow, sign_text(text.negative, sign), &text.digits, &text.tail)
    };
    let imag = |sign| part(value.im, sign) + "j";
    let plain = spec.code.is_none();
    if plain && value.re == 0.0 && value.re.is_sign_positive() {
        return Ok(spec.pad(&imag(spec.sign)));
    }
    let both = part(value.re, spec.sign) + &imag(Some(Sign::Plus));
    Ok(spec.pad(&if plain { format!("({both})") } else { both }))
}

/// Formats a Python string.
///
/// # Errors
/// `ValueError` as Python words it.
pub fn format_str(value: &str, spec: &str) -> Result<String> {
    let spec = FormatSpec::parse(spec, "str", Align::Left)?;
    if let Some(code) = spec.code.filter(|&c| c != 's') {
        return Err(unknown_code(code, "str"));
    }
    let refused = match &spec {
        s if s.sign == Some(Sign::Space) => Some("Space not allowed in string format specifier"),
        s if s.sign.is_some() => Some("Sign not allowed in string format specifier"),
        s if s.no_negative_zero => Some("Negative zero coercion (z) not allowed in string format specifier"),
        s if s.alternate => Some("Alternate form (#) not allowed in string format specifier"),
        s if s.align == Align::AfterSign => Some("'=' alignment not allowed in string format specifier"),
        _ => None,
    };
    if let Some(message) = refused {
        return Err(Error::value(message));
    }
    let cut: String = value.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
    Ok(spec.pad(&cut))
}

/// Formats a NumPy scalar: its text without a spec, else as the Python number it holds.
///
/// # Errors
/// As the Python number's.
pub fn format_scalar(value: Scalar, spec: &str) -> Result<String> {
    if spec.is_empty() {
        return Ok(scalar_str(value));
    }
    match value.dtype().kind() {
        Kind::Bool => format_str(&scalar_str(value), spec),
        Kind::Signed | Kind::Unsigned => format_int(&BigInt::from(value.as_integer().unwrap_or(0)), spec),
        Kind::Float => format_float(value.to_f64(), spec),
        Kind::Complex => format_complex(value.to_c64(), spec),
    }
}

/// What stands before a number's digits.
pub(super) fn sign_text(negative: bool, sign: Option<Sign>) -> &'static str {
    match sign {
        _ if negative => "-",
        Some(Sign::Plus) => "+",
        Some(Sign::Space) => " ",
        _ => "",
    }
}

/// Sign and prefix, digits in groups, the rest, and padding; zeros between sign and digits are grouped too.
fn assemble(spec: &FormatSpec, head: &str, digits: &str, tail: &str) -> String {
    let outside = head.len() + tail.chars().count();
    let inner = spec.align == Align::AfterSign;
    let zeros = if inner && spec.fill == '0' { spec.width.saturating_sub(outside) } else { 0 };
    let digits = match spec.grouping {
        _ if digits.is_empty() => String::new(),
        Some(separator) => grouped(digits, separator, spec.group_size(), zeros),
        None => filled(digits, '0', zeros),
    };
    if !inner {
        return spec.pad(&format!("{head}{digits}{tail}"));
    }
    let missing = spec.width.saturating_sub(outside + digits.len());
    format!("{head}{}{digits}{tail}", std::iter::repeat_n(spec.fill, missing).collect::<String>())
}

/// Digits with separators, filled with zeros to at least the width; no separator comes first.
fn grouped(digits: &str, separator: char, size: usize, width: usize) -> String {
    let mut reversed = String::new();
    let mut source = digits.chars().rev();
    let mut count = 0;
    loop {
        let next = source.next();
        if next.is_none() && reversed.len() >= width {
            break;
        }
        if count > 0 && count % size == 0 {
            reversed.push(separator);
        }
        reversed.push(next.unwrap_or('0'));
        count += 1;
    }
    reversed.chars().rev().collect()
}

/// A float's text without its sign: the digits before the point, and the rest.
pub(super) struct FloatText {
    pub negative: bool,
    pub digits: String,
    pub tail: String,
}

impl FloatText {
    /// The text by a spec's code and precision; `dot_zero` where a whole number of no code ends in `.0`.
    fn of(value: f64, spec: &FormatSpec, dot_zero: bool) -> FloatText {
        let upper = spec.code.is_some_and(char::is_uppercase);
        let text = match (spec.code, spec.precision) {
            _ if !value.is_finite() => if value.is_nan() { "nan" } else { "inf" }.to_string(),
            (None, None) if dot_zero && !spec.alternate => super::scalar::python_float(value.abs()),
            (None, None) => shortest(value.abs(), spec.alternate, dot_zero),
            (None, Some(precision)) => general(value.abs(), precision, spec.alternate, dot_zero),
            (Some(code), precision) => {
                by_code(value.abs(), code, precision.unwrap_or(DEFAULT_PRECISION), spec.alternate)
            }
        };
        let text = if upper { text.to_uppercase() } else { text };
        let negative = value.is_sign_negative() && !value.is_nan() && !(spec.no_negative_zero && shows_zero(&text));
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        FloatText { negative, digits: text[..split].to_string(), tail: text[split..].to_string() }
    }
}

/// Whether every digit before the exponent is zero.
fn shows_zero(text: &str) -> bool {
    let mantissa = text.split(['e', 'E', 'i']).next().unwrap_or(text);
    mantissa.contains('0') && !mantissa.contains(|c: char| ('1'..='9').contains(&c))
}

fn shortest(size: f64, alternate: bool, dot_zero: bool) -> String {
    if !alternate {
        return python_complex(C64::new(0.0, size)).trim_end_matches('j').to_string();
    }
    let text = if dot_zero { super::scalar::python_float(size) } else { shortest(size, false, false) };
    with_point(text)
}

/// The text of a magnitude by `e`, `f`, `g` (or `n`) and their capitals, in small letters.
pub(super) fn by_code(size: f64, code: char, precision: usize, alternate: bool) -> String {
    let text = match code.to_ascii_lowercase() {
        'e' => exponential(size, precision),
        'g' | 'n' => return general(size, precision, alternate, false),
        _ => fixed(size, precision),
    };
    if alternate { with_point(text) } else { text }
}

/// The alternate form always has a point.
fn with_point(text: String) -> String {
    if text.contains('.') {
        return text;
    }
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}.e{exponent}"),
        None => text + ".",
    }
}

/// Positional digits. Rust takes at most 65535 of them; a float has at most 1074 after the point, so zeros follow.
fn fixed(size: f64, precision: usize) -> String {
    let digits = precision.min(MOST_DIGITS);
    format!("{size:.digits$}") + &"0".repeat(precision - digits)
}

fn exponential(size: f64, precision: usize) -> String {
    let digits = precision.min(MOST_DIGITS);
    let text = format!("{size:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.to_string() + &"0".repeat(precision - digits);
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// So many significant digits, positional where the exponent is at least -4 and below the precision, without zeros at the end.
fn general(size: f64, precision: usize, alternate: bool, dot_zero: bool) -> String {
    let precision = precision.max(1);
    let rounded = exponential(size, precision - 1);
    let exponent: i32 = rounded.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let limit = i32::try_from(precision).unwrap_or(i32::MAX) - i32::from(dot_zero);
    if exponent < -4 || exponent >= limit {
        let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "+00"));
        if alternate {
            return with_point(rounded.clone());
        }
        return format!("{}e{exponent}", without_zeros(mantissa));
    }
    let fraction = (precision as i64 - 1 - i64::from(exponent)).max(0) as usize;
    let text = fixed(size, fraction);
    if alternate {
        return with_point(text);
    }
    let text = without_zeros(&text).to_string();
    if dot_zero && !text.contains('.') { text + ".0" } else { text }
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
