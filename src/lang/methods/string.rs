//! Methods of strings: tests, case, search, splitting, joining.

use crate::data::{Error, Result};
use crate::lang::convert::{index_int, text};
use crate::lang::function::{Args, Method};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::methods::method;
use crate::lang::types::type_name;
use crate::lang::value::Value;
use std::rc::Rc;

pub(super) const METHODS: &[Method] = &[
    method("upper", |_, me, a| mapped(me, a, "upper", |s| s.to_uppercase())),
    method("lower", |_, me, a| mapped(me, a, "lower", |s| s.to_lowercase())),
    method("casefold", |_, me, a| mapped(me, a, "casefold", |s| s.to_lowercase())),
    method("swapcase", |_, me, a| mapped(me, a, "swapcase", swapcase)),
    method("capitalize", |_, me, a| mapped(me, a, "capitalize", capitalize)),
    method("title", |_, me, a| mapped(me, a, "title", title)),
    method("isdigit", |_, me, a| all(me, a, "isdigit", char::is_numeric)),
    method("isnumeric", |_, me, a| all(me, a, "isnumeric", char::is_numeric)),
    method("isdecimal", |_, me, a| all(me, a, "isdecimal", |c| c.is_ascii_digit())),
    method("isalpha", |_, me, a| all(me, a, "isalpha", char::is_alphabetic)),
    method("isalnum", |_, me, a| all(me, a, "isalnum", char::is_alphanumeric)),
    method("isspace", |_, me, a| all(me, a, "isspace", char::is_whitespace)),
    method("isupper", |_, me, a| cased(me, a, "isupper", char::is_uppercase, char::is_lowercase)),
    method("islower", |_, me, a| cased(me, a, "islower", char::is_lowercase, char::is_uppercase)),
    method("isidentifier", |_, me, a| {
        a.plain("isidentifier", 0, 0)?;
        let s = text(me)?;
        let start = s.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        Ok(Value::Bool(start && s.chars().all(|c| c.is_alphanumeric() || c == '_')))
    }),
    method("strip", |_, me, a| stripped(me, a, "strip", true, true)),
    method("lstrip", |_, me, a| stripped(me, a, "lstrip", true, false)),
    method("rstrip", |_, me, a| stripped(me, a, "rstrip", false, true)),
    method("removeprefix", |_, me, a| affix(me, a, "removeprefix", |s, p| s.strip_prefix(p).map(str::to_string))),
    method("removesuffix", |_, me, a| affix(me, a, "removesuffix", |s, p| s.strip_suffix(p).map(str::to_string))),
    method("startswith", |_, me, a| tested(me, a, "startswith", |s, p| s.starts_with(p))),
    method("endswith", |_, me, a| tested(me, a, "endswith", |s, p| s.ends_with(p))),
    method("split", |m, me, a| split(m, me, a, false)),
    method("rsplit", |m, me, a| split(m, me, a, true)),
    method("splitlines", |_, me, a| {
        a.plain("splitlines", 0, 1)?;
        Ok(Value::list(text(me)?.lines().map(Value::str).collect()))
    }),
    method("partition", |_, me, a| partition(me, a, false)),
    method("rpartition", |_, me, a| partition(me, a, true)),
    method("join", join),
    method("replace", replace),
    method("find", |m, me, a| Ok(Value::int(position(m, me, a, "find", false)?.unwrap_or(-1)))),
    method("rfind", |m, me, a| Ok(Value::int(position(m, me, a, "rfind", true)?.unwrap_or(-1)))),
    method("index", |m, me, a| {
        position(m, me, a, "index", false)?.map(Value::int).ok_or_else(|| Error::value("substring not found"))
    }),
    method("rindex", |m, me, a| {
        position(m, me, a, "rindex", true)?.map(Value::int).ok_or_else(|| Error::value("substring not found"))
    }),
    method("count", |_, me, a| {
        let a = a.plain("count", 1, 3)?;
        let (s, part) = (text(me)?, text(&a[0])?);
        Ok(Value::int(if part.is_empty() { s.chars().count() + 1 } else { s.matches(&*part).count() }))
    }),
];

fn mapped(me: &Value, args: Args, name: &str, run: fn(&str) -> String) -> Result<Value> {
    args.plain(name, 0, 0)?;
    text(me).map(|s| Value::str(run(&s)))
}

fn all(me: &Value, args: Args, name: &str, holds: fn(char) -> bool) -> Result<Value> {
    args.plain(name, 0, 0)?;
    let s = text(me)?;
    Ok(Value::Bool(!s.is_empty() && s.chars().all(holds)))
}

fn cased(me: &Value, args: Args, name: &str, wanted: fn(char) -> bool, other: fn(char) -> bool) -> Result<Value> {
    args.plain(name, 0, 0)?;
    let s = text(me)?;
    Ok(Value::Bool(s.chars().any(wanted) && !s.chars().any(other)))
}

fn swapcase(s: &str) -> String {
    s.chars()
        .map(|c| if c.is_uppercase() { c.to_lowercase().to_string() } else { c.to_uppercase().to_string() })
        .collect()
}

fn capitalize(s: &str) -> String {
    let mut chars = s.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().to_string() + &chars.as_str().to_lowercase())
}

fn title(s: &str) -> String {
    let mut inside = false;
    let turn = |c: char| {
        let out = if inside { c.to_lowercase().to_string() } else { c.to_uppercase().to_string() };
        inside = c.is_alphabetic();
        out
    };
    s.chars().map(turn).collect()
}

fn stripped(me: &Value, args: Args, name: &str, left: bool, right: bool) -> Result<Value> {
    let args = args.plain(name, 0, 1)?;
    let s = text(me)?;
    let chars = args.first().filter(|v| !matches!(v, Value::None)).map(text).transpose()?;
    let drop = |c: char| chars.as_ref().map_or_else(|| c.is_whitespace(), |set| set.contains(c));
    let mut out: &str = &s;
    if left {
        out = out.trim_start_matches(drop);
    }
    if right {
        out = out.trim_end_matches(drop);
    }
    Ok(Value::str(out))
}

fn affix(me: &Value, args: Args, name: &str, run: fn(&str, &str) -> Option<String>) -> Result<Value> {
    let args = args.plain(name, 1, 1)?;
    let s = text(me)?;
    Ok(run(&s, &text(&args[0])?).map_or(Value::Str(s), Value::str))
}

fn tested(me: &Value, args: Args, name: &str, holds: fn(&str, &str) -> bool) -> Result<Value> {
    let args = args.plain(name, 1, 1)?;
    let s = text(me)?;
    let any = match &args[0] {
        Value::Tuple(parts) => {
            let parts = parts.iter().map(text).collect::<Result<Vec<Rc<str>>>>()?;
            parts.iter().any(|p| holds(&s, p))
        }
        Value::Str(part) => holds(&s, part),
        other => {
            let kind = type_name(other);
            return Err(Error::type_(format!("{name} first arg must be str or a tuple of str, not {kind}")));
        }
    };
    Ok(Value::Bool(any))
}

fn split(machine: &Machine<'_>, me: &Value, args: Args, from_right: bool) -> Result<Value> {
    let mut args = args.bind("split", &["sep", "maxsplit"], 0)?;
    let s = text(me)?;
    let sep = args.some(0).map(|v| text(&v)).transpose()?;
    let most = args.get(1).map_or(Ok(-1), |v| index_int(machine, &v))?;
    let limit = usize::try_from(most).map_or(usize::MAX, |n| n.saturating_add(1));
    let parts: Vec<String> = match sep {
        Some(sep) if sep.is_empty() => return Err(Error::value("empty separator")),
        Some(sep) if from_right => {
            let mut parts: Vec<String> = s.rsplitn(limit, &*sep).map(str::to_string).collect();
            parts.reverse();
            parts
        }
        Some(sep) => s.splitn(limit, &*sep).map(str::to_string).collect(),
        None => words(&s, limit, from_right),
    };
    Ok(Value::list(parts.iter().map(Value::str).collect()))
}

/// The words between runs of white space, at most `limit` of them, the last (or first) with all that is left.
fn words(s: &str, limit: usize, from_right: bool) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = s.trim();
    while !rest.is_empty() {
        if out.len() + 1 >= limit {
            out.push(rest.to_string());
            break;
        }
        let cut = if from_right { rest.rfind(char::is_whitespace) } else { rest.find(char::is_whitespace) };
        let Some(at) = cut else {
            out.push(rest.to_string());
            break;
        };
        let (word, left) = if from_right {
            (rest[at..].trim_start(), rest[..at].trim_end())
        } else {
            (&rest[..at], rest[at..].trim_start())
        };
        out.push(word.to_string());
        rest = left;
    }
    if from_right {
        out.reverse();
    }
    out
}

fn partition(me: &Value, args: Args, last: bool) -> Result<Value> {
    let args = args.plain("partition", 1, 1)?;
    let (s, sep) = (text(me)?, text(&args[0])?);
    if sep.is_empty() {
        return Err(Error::value("empty separator"));
    }
    let found = if last { s.rsplit_once(&*sep) } else { s.split_once(&*sep) };
    let parts = match found {
        Some((before, after)) => [before, &sep, after],
        None if last => ["", "", &s],
        None => [&s, "", ""],
    };
    Ok(Value::tuple(parts.iter().map(Value::str).collect()))
}

fn join(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("join", 1, 1)?;
    let items = elements(machine, &args[0]).map_err(|_| Error::type_("can only join an iterable"))?;
    let mut parts: Vec<Rc<str>> = Vec::new();
    for (k, item) in items.iter().enumerate() {
        let Value::Str(part) = item else {
            return Err(Error::type_(format!("sequence item {k}: expected str instance, {} found", type_name(item))));
        };
        parts.push(part.clone());
    }
    Ok(Value::str(parts.join(&*text(me)?)))
}

fn replace(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let args = args.plain("replace", 2, 3)?;
    let (s, old, new) = (text(me)?, text(&args[0])?, text(&args[1])?);
    let most = args.get(2).map_or(Ok(-1), |v| index_int(machine, v))?;
    Ok(Value::str(match usize::try_from(most) {
        Ok(n) => s.replacen(&*old, &new, n),
        Err(_) => s.replace(&*old, &new),
    }))
}

/// The position of a part in characters.
fn position(machine: &Machine<'_>, me: &Value, args: Args, name: &str, last: bool) -> Result<Option<i64>> {
    let args = args.plain(name, 1, 3)?;
    let (s, part) = (text(me)?, text(&args[0])?);
    let chars: Vec<char> = s.chars().collect();
    let n = chars.len() as i64;
    let bound = |k: usize, default: i64| match args.get(k) {
        Some(Value::None) | None => Ok(default),
        Some(v) => index_int(machine, v).map(|i| if i < 0 { (i + n).max(0) } else { i.min(n) }),
    };
    let (start, stop) = (bound(1, 0)?, bound(2, n)?);
    if start > stop {
        return Ok(None);
    }
    let within: String = chars[start as usize..stop as usize].iter().collect();
    let at = if last { within.rfind(&*part) } else { within.find(&*part) };
    Ok(at.map(|at| within[..at].chars().count() as i64 + start))
}
