//! Builtins that make text: `print`, `repr`, `format`, `chr`, `ord`, `hex`, `bin`, `oct`, `ascii`, `help`.

use crate::data::{Error, Result};
use crate::lang::convert::{index_int, text};
use crate::lang::function::{Args, Builtin};
use crate::lang::machine::Machine;
use crate::lang::names::help_of;
use crate::lang::repr::{ascii, format_value, repr, text_of};
use crate::lang::types::type_name;
use crate::lang::value::Value;
use num_bigint::{BigInt, Sign};

pub(super) const BUILTINS: &[Builtin] = &[
    Builtin {
        name: "print",
        signature: "print(*values, sep=' ', end='\\n')",
        doc: "Writes the values as text.",
        run: print,
    },
    Builtin { name: "repr", signature: "repr(obj)", doc: "The text that a cell shows of a value.", run: repr_of },
    Builtin { name: "ascii", signature: "ascii(obj)", doc: "The same, with what is not ASCII escaped.", run: ascii_of },
    Builtin {
        name: "format",
        signature: "format(value, format_spec='')",
        doc: "The value under a format spec.",
        run: format,
    },
    Builtin { name: "chr", signature: "chr(i)", doc: "The character of a code point.", run: chr },
    Builtin { name: "ord", signature: "ord(c)", doc: "The code point of a character.", run: ord },
    Builtin {
        name: "hex",
        signature: "hex(number)",
        doc: "The int in hexadecimal.",
        run: |m, a| radix(m, a, "hex", 16, "0x"),
    },
    Builtin {
        name: "bin",
        signature: "bin(number)",
        doc: "The int in binary.",
        run: |m, a| radix(m, a, "bin", 2, "0b"),
    },
    Builtin {
        name: "oct",
        signature: "oct(number)",
        doc: "The int in octal.",
        run: |m, a| radix(m, a, "oct", 8, "0o"),
    },
    Builtin { name: "help", signature: "help(obj)", doc: "Shows what a function says about itself.", run: help },
];

fn print(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let (mut sep, mut end) = (" ".to_string(), "\n".to_string());
    for (name, value) in &args.named {
        match (name.as_str(), value) {
            ("sep" | "end", Value::None) | ("flush" | "file", _) => {}
            ("sep", value) => sep = text(value)?.to_string(),
            ("end", value) => end = text(value)?.to_string(),
            _ => return Err(Error::type_(format!("print() got an unexpected keyword argument '{name}'"))),
        }
    }
    let parts = args.positional.iter().map(|v| text_of(machine, v)).collect::<Result<Vec<_>>>()?;
    machine.outside.print(&(parts.join(&sep) + &end));
    Ok(Value::None)
}

fn repr_of(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("repr", 1, 1)?;
    repr(machine, &args[0]).map(Value::str)
}

fn ascii_of(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("ascii", 1, 1)?;
    Ok(Value::str(ascii(&repr(machine, &args[0])?)))
}

fn format(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("format", 1, 2)?;
    let spec = args.get(1).map_or(Ok("".into()), text)?;
    format_value(machine, &args[0], &spec).map(Value::str)
}

fn chr(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("chr", 1, 1)?;
    let code = index_int(machine, &args[0])?;
    let c = u32::try_from(code).ok().and_then(char::from_u32);
    c.map(|c| Value::str(c.to_string())).ok_or_else(|| Error::value("chr() arg not in range(0x110000)"))
}

fn ord(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("ord", 1, 1)?;
    let Value::Str(text) = &args[0] else {
        return Err(Error::type_(format!("ord() expected string of length 1, but {} found", type_name(&args[0]))));
    };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(Value::int(c as u32)),
        _ => Err(Error::type_(format!(
            "ord() expected a character, but string of length {} found",
            text.chars().count()
        ))),
    }
}

fn radix(machine: &Machine<'_>, args: Args, name: &str, base: u32, prefix: &str) -> Result<Value> {
    let args = args.plain(name, 1, 1)?;
    let value = match &args[0] {
        Value::Int(v) => v.clone(),
        other => BigInt::from(index_int(machine, other)?),
    };
    let sign = if value.sign() == Sign::Minus { "-" } else { "" };
    Ok(Value::str(format!("{sign}{prefix}{}", value.magnitude().to_str_radix(base))))
}

fn help(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("help", 0, 1)?;
    let text = match args.first() {
        Some(value) => help_of(value).unwrap_or_else(|| type_name(value).to_string()),
        None => "help(f), f? and ?f show what f says about itself".to_string(),
    };
    machine.outside.print(&format!("{}\n", text.trim_end()));
    Ok(Value::None)
}
