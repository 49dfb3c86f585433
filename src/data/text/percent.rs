//! Python's `%` on strings: `"%d of %s" % (3, "four")`.

use super::format::by_code;
use super::number::filled;
use super::scalar::python_float;
use crate::data::{Error, ErrorKind, Result};
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed};
use std::iter::Peekable;
use std::str::CharIndices;

/// The number inside a value, where it is one.
#[derive(Clone, Debug, PartialEq)]
enum Number {
    None,
    Int(BigInt),
    Float(f64),
}

/// A value to be put into a template: its texts, its number, and the name of its type for errors.
#[derive(Clone, Debug, PartialEq)]
pub struct PercentValue {
    str: String,
    repr: String,
    type_name: String,
    number: Number,
}

impl PercentValue {
    /// A Python int.
    pub fn int(value: BigInt) -> PercentValue {
        let text = value.to_string();
        PercentValue { str: text.clone(), repr: text, type_name: "int".to_string(), number: Number::Int(value) }
    }

    /// A Python float.
    pub fn float(value: f64) -> PercentValue {
        let text = python_float(value);
        PercentValue { str: text.clone(), repr: text, type_name: "float".to_string(), number: Number::Float(value) }
    }

    /// Any other value by its `str`, its `repr` and the name of its type.
    pub fn other(str: impl Into<String>, repr: impl Into<String>, type_name: impl Into<String>) -> PercentValue {
        PercentValue { str: str.into(), repr: repr.into(), type_name: type_name.into(), number: Number::None }
    }

    /// The same number with other texts and type, as of a bool or a NumPy scalar.
    pub fn shown(self, str: impl Into<String>, repr: impl Into<String>, type_name: impl Into<String>) -> PercentValue {
        PercentValue { str: str.into(), repr: repr.into(), type_name: type_name.into(), ..self }
    }
}

/// Puts values into a template in their order.
///
/// # Errors
/// `TypeError` and `ValueError` as Python words them.
pub fn percent_format(template: &str, values: &[PercentValue]) -> Result<String> {
    let mut queue = values.iter();
    let no_mapping = |_: &str| Err(Error::type_("format requires a mapping"));
    let out =
        Template { rest: template.char_indices().peekable(), next: &mut || queue.next().cloned(), named: &no_mapping }
            .fill()?;
    if queue.next().is_some() {
        return Err(Error::type_("not all arguments converted during string formatting"));
    }
    Ok(out)
}

/// Puts the values of a mapping into a template of `%(name)s`.
///
/// # Errors
/// `KeyError` of a name that is not there; `TypeError` and `ValueError` as Python words them.
pub fn percent_format_named(template: &str, named: &dyn Fn(&str) -> Option<PercentValue>) -> Result<String> {
    let find = |name: &str| named(name).ok_or_else(|| Error::key(super::python_str_repr(name)));
    Template { rest: template.char_indices().peekable(), next: &mut || None, named: &find }.fill()
}

/// One `%` conversion.
#[derive(Default)]
struct Conversion {
    name: Option<String>,
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

struct Template<'a> {
    rest: Peekable<CharIndices<'a>>,
    next: &'a mut dyn FnMut() -> Option<PercentValue>,
    named: &'a dyn Fn(&str) -> Result<PercentValue>,
}

impl Template<'_> {
    fn fill(mut self) -> Result<String> {
        let mut out = String::new();
        while let Some((_, c)) = self.rest.next() {
            if c == '%' {
                let piece = self.conversion()?;
                out.push_str(&piece);
            } else {
                out.push(c);
            }
        }
        Ok(out)
    }

    fn conversion(&mut self) -> Result<String> {
        let mut conversion = Conversion { name: self.name()?, ..Conversion::default() };
        self.flags(&mut conversion);
        if let Some(width) = self.count()? {
            conversion.left |= width < 0;
            conversion.width = width.unsigned_abs() as usize;
        }
        if self.rest.next_if(|(_, c)| *c == '.').is_some() {
            conversion.precision = Some(self.count()?.unwrap_or(0).max(0) as usize);
        }
        while self.rest.next_if(|(_, c)| matches!(c, 'h' | 'l' | 'L')).is_some() {}
        let (at, code) = self.rest.next().ok_or_else(|| Error::value("incomplete format"))?;
        if code == '%' {
            return Ok("%".to_string());
        }
        let value = match &conversion.name {
            Some(name) => (self.named)(name)?,
            None => (self.next)().ok_or_else(too_few)?,
        };
        conversion.apply(code, at, &value)
    }

    fn name(&mut self) -> Result<Option<String>> {
        if self.rest.next_if(|(_, c)| *c == '(').is_none() {
            return Ok(None);
        }
        let mut name = String::new();
        let mut depth = 1;
        for (_, c) in self.rest.by_ref() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if depth == 0 {
                return Ok(Some(name));
            }
            name.push(c);
        }
        Err(Error::value("incomplete format key"))
    }

    fn flags(&mut self, conversion: &mut Conversion) {
        while let Some((_, flag)) = self.rest.next_if(|(_, c)| matches!(c, '-' | '+' | ' ' | '#' | '0')) {
            match flag {
                '-' => conversion.left = true,
                '+' => conversion.plus = true,
                ' ' => conversion.space = true,
                '#' => conversion.alternate = true,
                _ => conversion.zero = true,
            }
        }
    }

    /// A width or precision: digits, or `*` for the next value.
    fn count(&mut self) -> Result<Option<i64>> {
        if self.rest.next_if(|(_, c)| *c == '*').is_some() {
            let value = (self.next)().ok_or_else(too_few)?;
            let Number::Int(count) = value.number else {
                return Err(Error::type_("* wants int"));
            };
            let small =
                i32::try_from(&count).map_err(|_| Error::overflow("Python int too large to convert to C int"))?;
            return Ok(Some(small.into()));
        }
        let mut digits = String::new();
        while let Some((_, digit)) = self.rest.next_if(|(_, c)| c.is_ascii_digit()) {
            digits.push(digit);
        }
        if digits.is_empty() {
            return Ok(None);
        }
        digits.parse::<i32>().map(|n| Some(n.into())).map_err(|_| Error::value("width too big"))
    }
}

fn too_few() -> Error {
    Error::type_("not enough arguments for format string")
}

impl Conversion {
    fn apply(&self, code: char, at: usize, value: &PercentValue) -> Result<String> {
        match code {
            's' => Ok(self.text(&value.str)),
            'r' => Ok(self.text(&value.repr)),
            'a' => Ok(self.text(&ascii(&value.repr))),
            'c' => character(value).map(|c| self.pad("", &c, false)),
            'd' | 'i' | 'u' => self.integer(code, &whole(code, value)?),
            'x' | 'X' | 'o' => self.integer(code, &exact(code, value)?),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => Ok(self.float(code, real(value)?)),
            _ => Err(Error::new(
                ErrorKind::ValueError,
                format!(
                    "unsupported format character '{}' (0x{:x}) at index {at}",
                    if code.is_ascii() { code } else { '?' },
                    code as u32
                ),
            )),
        }
    }

    fn text(&self, text: &str) -> String {
        let cut: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        self.pad("", &cut, false)
    }

    fn integer(&self, code: char, value: &BigInt) -> Result<String> {
        let size = value.abs();
        let (prefix, digits) = match code {
            'x' => ("0x", size.to_str_radix(16)),
            'X' => ("0X", size.to_str_radix(16).to_uppercase()),
            'o' => ("0o", size.to_str_radix(8)),
            _ => ("", size.to_string()),
        };
        let digits = filled(&digits, '0', self.precision.unwrap_or(0));
        let prefix = if self.alternate { prefix } else { "" };
        Ok(self.pad(&format!("{}{prefix}", self.sign(value.is_negative())), &digits, self.zero))
    }

    fn float(&self, code: char, value: f64) -> String {
        let sign = self.sign(value.is_sign_negative() && !value.is_nan());
        let text = match value {
            v if v.is_nan() => "nan".to_string(),
            v if v.is_infinite() => "inf".to_string(),
            v => by_code(v.abs(), code, self.precision.unwrap_or(6), self.alternate),
        };
        let text = if code.is_uppercase() { text.to_uppercase() } else { text };
        self.pad(sign, &text, self.zero)
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }

    fn pad(&self, head: &str, body: &str, zeros: bool) -> String {
        let missing = self.width.saturating_sub(head.len() + body.chars().count());
        match (self.left, zeros) {
            (true, _) => format!("{head}{body}{}", " ".repeat(missing)),
            (_, true) => format!("{head}{}{body}", "0".repeat(missing)),
            _ => format!("{}{head}{body}", " ".repeat(missing)),
        }
    }
}

/// The integer of `%d`: a float loses its fraction.
fn whole(code: char, value: &PercentValue) -> Result<BigInt> {
    match &value.number {
        Number::Int(n) => Ok(n.clone()),
        Number::Float(x) if x.is_nan() => Err(Error::value("cannot convert float NaN to integer")),
        Number::Float(x) => {
            BigInt::from_f64(*x).ok_or_else(|| Error::overflow("cannot convert float infinity to integer"))
        }
        Number::None => {
            Err(Error::type_(format!("%{code} format: a real number is required, not {}", value.type_name)))
        }
    }
}

fn exact(code: char, value: &PercentValue) -> Result<BigInt> {
    match &value.number {
        Number::Int(n) => Ok(n.clone()),
        _ => Err(Error::type_(format!("%{code} format: an integer is required, not {}", value.type_name))),
    }
}

fn real(value: &PercentValue) -> Result<f64> {
    match &value.number {
        Number::Float(x) => Ok(*x),
        Number::Int(n) => num_traits::ToPrimitive::to_f64(n)
            .filter(|x| x.is_finite())
            .ok_or_else(|| Error::overflow("int too large to convert to float")),
        Number::None => Err(Error::type_(format!("must be real number, not {}", value.type_name))),
    }
}

fn character(value: &PercentValue) -> Result<String> {
    match &value.number {
        Number::Int(n) => {
            let c = u32::try_from(n).ok().and_then(char::from_u32);
            c.map(String::from).ok_or_else(|| Error::overflow("%c arg not in range(0x110000)"))
        }
        Number::None if value.type_name == "str" && value.str.chars().count() == 1 => Ok(value.str.clone()),
        _ => Err(Error::type_("%c requires int or char")),
    }
}

/// `ascii()` of a `repr`: other characters escaped.
fn ascii(repr: &str) -> String {
    let escape = |c: char| match c as u32 {
        _ if c.is_ascii() => c.to_string(),
        code @ ..0x100 => format!("\\x{code:02x}"),
        code @ 0x100..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    repr.chars().map(escape).collect()
}
