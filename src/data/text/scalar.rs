//! Scalars as NumPy prints them (`np.float64(1.5)`, `1.5`), and Python's own floats, complex numbers and strings.

use super::digits::{Decimal, Real, SHORTEST, decimal};
use super::number::exponent_text;
use crate::data::{C64, Scalar};
use num_complex::Complex;

/// Below this a scalar is shown with an exponent.
const EXPONENT_BELOW: f64 = 1e-4;

/// The scalar as NumPy 2's `repr` shows it: `np.int64(3)`, `np.True_`.
pub fn scalar_repr(scalar: Scalar) -> String {
    if let Scalar::Bool(value) = scalar {
        return if value { "np.True_" } else { "np.False_" }.to_string();
    }
    let text = scalar_str(scalar);
    let bare = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(&text);
    format!("np.{}({bare})", scalar.dtype().name())
}

/// The scalar as `print` shows it: `3`, `1.5`, `(1+2j)`, `True`.
pub fn scalar_str(scalar: Scalar) -> String {
    match scalar {
        Scalar::Bool(value) => if value { "True" } else { "False" }.to_string(),
        Scalar::Float32(x) => real_text(x, ".0"),
        Scalar::Float64(x) => real_text(x, ".0"),
        Scalar::Complex64(z) => complex_text(z),
        Scalar::Complex128(z) => complex_text(z),
        integer => integer.as_integer().unwrap_or(0).to_string(),
    }
}

/// A Python float as `repr` and `print` show it: `0.1`, `1e-05`, `1e+16`, `-0.0`, `inf`.
pub fn python_float(x: f64) -> String {
    real_text(x, ".0")
}

/// A Python complex number as `repr` and `print` show it: `(1+2j)`, `2j`, `(-0+2j)`.
pub fn python_complex(z: C64) -> String {
    complex_text(z)
}

/// A Python string as `repr` shows it, quoted and escaped.
pub fn python_str_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if is_printable(c) => out.push(c),
            c => out.push_str(&escape(c)),
        }
    }
    out.push(quote);
    out
}

/// Rust escapes with `\u{…}` just what it thinks unprintable; combining marks, which it escapes too, Python prints.
fn is_printable(c: char) -> bool {
    c == '"' || c == '\'' || c.is_alphanumeric() || !c.escape_debug().to_string().starts_with('\\')
}

fn escape(c: char) -> String {
    match c as u32 {
        code @ ..0x100 => format!("\\x{code:02x}"),
        code @ 0x100..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// The shortest text that reads back as the value; `whole` ends one without a fraction.
fn real_text<T: Real>(x: T, whole: &str) -> String {
    if x.is_nan() {
        return "nan".to_string();
    }
    if x.is_infinite() {
        return if x.is_sign_negative() { "-inf" } else { "inf" }.to_string();
    }
    let size = x.abs().to_f64().unwrap_or(0.0);
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let Decimal { digits, exponent } = decimal(x, SHORTEST);
    let digits: String = digits.iter().map(|&d| char::from(b'0' + d)).collect();
    if size != 0.0 && (size < EXPONENT_BELOW || size >= T::SCALAR_EXPONENT_FROM) {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}e{}", exponent_text(exponent, 2));
    }
    format!("{sign}{}", place_point(&digits, exponent, whole))
}

/// Digits `d.ddd` times ten to the exponent, without exponent.
fn place_point(digits: &str, exponent: i32, whole: &str) -> String {
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let before = exponent as usize + 1;
    if digits.len() <= before {
        return format!("{digits}{}{whole}", "0".repeat(before - digits.len()));
    }
    format!("{}.{}", &digits[..before], &digits[before..])
}

fn complex_text<T: Real>(z: Complex<T>) -> String {
    let imag = real_text(z.im, "");
    if z.re.is_zero() && !z.re.is_sign_negative() {
        return format!("{imag}j");
    }
    let plus = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imag}j)", real_text(z.re, ""))
}
