//! Methods of strings that lay text out: `format`, `center`, `ljust`, `rjust`, `zfill`.

use crate::data::{Error, Result};
use crate::lang::convert::{index_int, text};
use crate::lang::eval::{attribute, get_item};
use crate::lang::function::{Args, Method};
use crate::lang::machine::Machine;
use crate::lang::methods::method;
use crate::lang::repr::{ascii, format_value, repr, text_of};
use crate::lang::value::Value;

pub(super) const METHODS: &[Method] = &[
    method("format", format),
    method("center", |m, me, a| padded(m, me, a, "center")),
    method("ljust", |m, me, a| padded(m, me, a, "ljust")),
    method("rjust", |m, me, a| padded(m, me, a, "rjust")),
    method("zfill", zfill),
    method("expandtabs", |m, me, a| {
        let a = a.plain("expandtabs", 0, 1)?;
        let width = a.first().map_or(Ok(8), |v| index_int(m, v))?;
        Ok(Value::str(text(me)?.replace('\t', &" ".repeat(width.clamp(0, 64) as usize))))
    }),
];

/// Fields nest this deep in format specs, as in Python.
const DEEPEST: usize = 2;
/// Characters of the widest padding.
const WIDEST: i64 = 1 << 24;

fn padded(machine: &Machine<'_>, me: &Value, args: Args, name: &str) -> Result<Value> {
    let args = args.plain(name, 1, 2)?;
    let s = text(me)?;
    let width = index_int(machine, &args[0])?.min(WIDEST);
    let fill = args.get(1).map_or(Ok(" ".into()), text)?;
    if fill.chars().count() != 1 {
        return Err(Error::type_("The fill character must be exactly one character long"));
    }
    let spare = (width - s.chars().count() as i64).max(0) as usize;
    let left = match name {
        "ljust" => 0,
        "rjust" => spare,
        _ => spare / 2 + (spare & width as usize & 1),
    };
    Ok(Value::str(format!("{}{s}{}", fill.repeat(left), fill.repeat(spare - left))))
}

fn zfill(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("zfill", 1, 1)?;
    let s = text(me)?;
    let width = index_int(machine, &args[0])?.min(WIDEST);
    let zeros = "0".repeat((width - s.chars().count() as i64).max(0) as usize);
    let signed = s.starts_with(['+', '-']);
    Ok(Value::str(if signed { format!("{}{zeros}{}", &s[..1], &s[1..]) } else { format!("{zeros}{s}") }))
}

fn format(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let mut next = 0;
    filled(machine, &text(me)?, &args, &mut next, 0).map(Value::str)
}

/// The template with its fields filled in.
fn filled(machine: &Machine<'_>, template: &str, args: &Args, next: &mut usize, depth: usize) -> Result<String> {
    if depth > DEEPEST {
        return Err(Error::value("Max string recursion exceeded"));
    }
    let chars: Vec<char> = template.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while let Some(&c) = chars.get(at) {
        match (c, chars.get(at + 1)) {
            ('{', Some('{')) | ('}', Some('}')) => {
                out.push(c);
                at += 2;
            }
            ('}', _) => return Err(Error::value("Single '}' encountered in format string")),
            ('{', _) => {
                let end = closing(&chars, at)?;
                let field: String = chars[at + 1..end].iter().collect();
                out.push_str(&one_field(machine, &field, args, next, depth)?);
                at = end + 1;
            }
            _ => {
                out.push(c);
                at += 1;
            }
        }
    }
    Ok(out)
}

/// The brace that ends a field.
fn closing(chars: &[char], open: usize) -> Result<usize> {
    let mut depth = 0;
    for (at, c) in chars.iter().enumerate().skip(open) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(at);
        }
    }
    Err(Error::value("expected '}' before end of string"))
}

fn one_field(machine: &Machine<'_>, field: &str, args: &Args, next: &mut usize, depth: usize) -> Result<String> {
    let (head, spec) = field.split_once(':').unwrap_or((field, ""));
    let (path, conversion) = head.split_once('!').map_or((head, None), |(path, c)| (path, Some(c)));
    let value = looked_up(machine, path, args, next)?;
    let value = match conversion {
        None => value,
        Some("r") => Value::str(repr(machine, &value)?),
        Some("s") => Value::str(text_of(machine, &value)?),
        Some("a") => Value::str(ascii(&repr(machine, &value)?)),
        Some(other) => return Err(Error::value(format!("Unknown conversion specifier '{other}'"))),
    };
    let spec = filled(machine, spec, args, next, depth + 1)?;
    format_value(machine, &value, &spec)
}

/// `0`, `name`, `0.attribute`, `name[key]`.
fn looked_up(machine: &Machine<'_>, path: &str, args: &Args, next: &mut usize) -> Result<Value> {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (first, mut rest) = path.split_at(end);
    let position = if first.is_empty() {
        *next += 1;
        Some(*next - 1)
    } else {
        first.parse::<usize>().ok()
    };
    let found = match position {
        Some(at) => args
            .positional
            .get(at)
            .cloned()
            .ok_or_else(|| Error::index(format!("Replacement index {at} out of range for positional args tuple"))),
        None => args
            .named
            .iter()
            .find(|(n, _)| n == first)
            .map(|(_, v)| v.clone())
            .ok_or_else(|| Error::key(format!("'{first}'"))),
    };
    let mut value = found?;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (key, after) = inner.split_once(']').ok_or_else(|| Error::value("Missing ']' in format string"))?;
            let key = key.parse::<i64>().map_or_else(|_| Value::str(key), Value::int);
            value = get_item(machine, &value, &key)?;
            rest = after;
        } else {
            let body = &rest[1..];
            let end = body.find(['.', '[']).unwrap_or(body.len());
            value = attribute(machine, &value, &body[..end])?;
            rest = &body[end..];
        }
    }
    Ok(value)
}
