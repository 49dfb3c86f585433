//! Completion and help: what names there are, and what they say about themselves.

use crate::lang::eval::attribute_names;
use crate::lang::function::Func;
use crate::lang::interpreter::Interpreter;
use crate::lang::types::TypeId;
use crate::lang::value::Value;
use crate::lang::{builtins, modules, rows};
use crate::ops::function::Mode;

impl Interpreter {
    /// The candidates for the word before the cursor, and the byte at which that word begins.
    pub fn complete(&self, before: &str) -> (usize, Vec<String>) {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let start =
            before.char_indices().rev().take_while(|(_, c)| is_part(*c)).last().map_or(before.len(), |(at, _)| at);
        let word = &before[start..];
        let names = match before[..start].strip_suffix('.') {
            Some(owner) => self.owner(owner).map(|value| attribute_names(&value)).unwrap_or_default(),
            None => {
                let mut names: Vec<String> = self.variables.borrow().keys().cloned().collect();
                names.extend(builtins::names().map(str::to_string));
                names.extend(modules::names().filter(|n| !n.contains('.')).map(str::to_string));
                names
            }
        };
        let hidden = |name: &str| name.starts_with('_') && !word.starts_with('_');
        let mut names: Vec<String> = names.into_iter().filter(|n| n.starts_with(word) && !hidden(n)).collect();
        names.sort();
        names.dedup();
        (start, names)
    }

    /// The value of a dotted name at the end of a text, without computing anything.
    fn owner(&self, text: &str) -> Option<Value> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let start = text.char_indices().rev().take_while(|(_, c)| is_part(*c)).last().map(|(at, _)| at)?;
        self.dotted(&text[start..])
    }

    fn dotted(&self, name: &str) -> Option<Value> {
        let mut parts = name.split('.');
        let first = parts.next()?;
        let mut value =
            self.get(first).or_else(|| builtins::find(first)).or_else(|| modules::by_name(first).map(Value::Module))?;
        for part in parts {
            value = match &value {
                Value::Module(module) => modules::member(*module, part)?,
                Value::Array(array) => {
                    let row = rows::methods().find(|row| row.name == part)?;
                    let mode = array.mode;
                    Value::Function(std::rc::Rc::new(Func::Row { row, mode }))
                }
                _ => return None,
            };
        }
        Some(value)
    }

    /// What a name says about itself: `da.mean`, `len`, a variable.
    pub fn help_for(&self, name: &str) -> Option<String> {
        let name = name.trim();
        if let Some(value) = self.dotted(name) {
            return help_of(&value).or_else(|| Some(crate::lang::repr::plain(&value)));
        }
        rows::find(name).map(|row| rows::help(row, "np"))
    }
}

/// What a value says about itself, where it says anything.
pub fn help_of(value: &Value) -> Option<String> {
    match value {
        Value::Function(f) => match &**f {
            Func::Row { row, mode } => Some(rows::help(row, if *mode == Mode::Eager { "np" } else { "da" })),
            Func::RowMethod { row, .. } => Some(rows::help(row, "np")),
            Func::Builtin(builtin) => Some(format!("{}\n\n{}", builtin.signature, builtin.doc)),
            other => Some(other.name().to_string()),
        },
        Value::Module(id) => {
            Some(format!("module {}\n\n{}", modules::full_name(*id), modules::public_names(*id).join(" ")))
        }
        Value::Type(TypeId::Plain(name)) => Some(format!("class {name}")),
        _ => None,
    }
}
