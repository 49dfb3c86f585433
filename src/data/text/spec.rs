//! Python's format specifications, `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`, parsed with Python's errors.

use super::options::Sign;
use crate::data::{Error, Result};
use std::iter::Peekable;
use std::str::Chars;

/// Where padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Between the sign and the digits.
    AfterSign,
}

/// A format specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    pub fill: char,
    pub align: Align,
    /// Whether the alignment was written rather than implied.
    pub align_given: bool,
    pub sign: Option<Sign>,
    /// `z`: a negative zero is shown as zero.
    pub no_negative_zero: bool,
    /// `#`: the alternate form.
    pub alternate: bool,
    pub width: usize,
    /// `,` or `_` between groups of digits.
    pub grouping: Option<char>,
    pub precision: Option<usize>,
    pub code: Option<char>,
}

impl FormatSpec {
    /// Parses a specification for a value of a Python type, which is named in errors.
    ///
    /// # Errors
    /// `ValueError` as Python words it.
    pub fn parse(text: &str, type_name: &str, default_align: Align) -> Result<FormatSpec> {
        let mut rest = text.chars().peekable();
        let (fill, align) = fill_and_align(text, &mut rest);
        let mut spec = FormatSpec {
            fill: fill.unwrap_or(' '),
            align: align.unwrap_or(default_align),
            align_given: align.is_some(),
            sign: sign(&mut rest),
            no_negative_zero: rest.next_if_eq(&'z').is_some(),
            alternate: rest.next_if_eq(&'#').is_some(),
            width: 0,
            grouping: None,
            precision: None,
            code: None,
        };
        if fill.is_none() && rest.next_if_eq(&'0').is_some() {
            spec.fill = '0';
            if align.is_none() && default_align == Align::Right {
                spec.align = Align::AfterSign;
                spec.align_given = true;
            }
        }
        spec.width = number(&mut rest)?.unwrap_or(0);
        spec.grouping = grouping(&mut rest)?;
        if rest.next_if_eq(&'.').is_some() {
            spec.precision =
                Some(number(&mut rest)?.ok_or_else(|| Error::value("Format specifier missing precision"))?);
        }
        spec.code = rest.next();
        if rest.next().is_some() {
            return Err(Error::value(format!("Invalid format specifier '{text}' for object of type '{type_name}'")));
        }
        spec.check_grouping(type_name)?;
        Ok(spec)
    }

    fn check_grouping(&self, type_name: &str) -> Result<()> {
        let Some(separator) = self.grouping else {
            return Ok(());
        };
        match self.code.or((type_name == "str").then_some('s')) {
            None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => Ok(()),
            Some('b' | 'o' | 'x' | 'X') if separator == '_' => Ok(()),
            Some(code) => Err(Error::value(format!("Cannot specify '{separator}' with '{}'.", shown_code(code)))),
        }
    }

    /// Digits in a group: four for the binary bases, else three.
    pub fn group_size(&self) -> usize {
        if matches!(self.code, Some('b' | 'o' | 'x' | 'X')) { 4 } else { 3 }
    }

    /// The text padded to the width on the sides the alignment says.
    pub fn pad(&self, text: &str) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let left = match self.align {
            Align::Left => 0,
            Align::Right | Align::AfterSign => missing,
            Align::Center => missing / 2,
        };
        let fill = |n: usize| std::iter::repeat_n(self.fill, n).collect::<String>();
        fill(left) + text + &fill(missing - left)
    }
}

/// The error of a format code that the type does not have.
pub(super) fn unknown_code(code: char, type_name: &str) -> Error {
    Error::value(format!("Unknown format code '{}' for object of type '{type_name}'", shown_code(code)))
}

fn shown_code(code: char) -> String {
    if code > ' ' && code < '\u{80}' { code.to_string() } else { format!("\\x{:x}", code as u32) }
}

fn align_of(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

fn fill_and_align(text: &str, rest: &mut Peekable<Chars>) -> (Option<char>, Option<Align>) {
    let mut ahead = text.chars();
    let (first, second) = (ahead.next(), ahead.next());
    if let Some(align) = second.and_then(align_of) {
        rest.next();
        rest.next();
        return (first, Some(align));
    }
    let align = first.and_then(align_of);
    if align.is_some() {
        rest.next();
    }
    (None, align)
}

fn sign(rest: &mut Peekable<Chars>) -> Option<Sign> {
    match rest.next_if(|c| matches!(c, '+' | '-' | ' '))? {
        '+' => Some(Sign::Plus),
        ' ' => Some(Sign::Space),
        _ => Some(Sign::Minus),
    }
}

fn number(rest: &mut Peekable<Chars>) -> Result<Option<usize>> {
    let mut digits = String::new();
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    if digits.is_empty() {
        return Ok(None);
    }
    // Widths are memory: far above what is sensible is refused as Python refuses what passes its index type.
    match digits.parse::<usize>() {
        Ok(n) if n <= i32::MAX as usize => Ok(Some(n)),
        _ => Err(Error::value("Too many decimal digits in format string")),
    }
}

fn grouping(rest: &mut Peekable<Chars>) -> Result<Option<char>> {
    let both = || Error::value("Cannot specify both ',' and '_'.");
    let comma = rest.next_if_eq(&',');
    let underscore = rest.next_if_eq(&'_');
    if underscore.is_some() && (comma.is_some() || rest.peek() == Some(&',')) {
        return Err(both());
    }
    Ok(comma.or(underscore))
}
