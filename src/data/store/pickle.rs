//! The few instructions of Python's pickle that Dask's `info` file of a stack uses.
//!
//! Nothing is executed: a pickle may name `numpy.dtype` and NumPy's integer scalars, which are known here, and
//! any other name is an error. Instructions: Python's `pickletools`, protocols 2 to 5.

use crate::data::{DType, Error, Result};
use std::collections::HashMap;

/// A value of a pickle.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    /// `module name`.
    Global(String),
    /// A dtype by its type code, with its byte order.
    DType {
        code: String,
        order: String,
    },
    Mark,
}

impl Value {
    /// The value of a key of a dict.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        let Value::Dict(pairs) = self else { return None };
        pairs.iter().find(|(k, _)| matches!(k, Value::Text(text) if text == key)).map(|(_, v)| v)
    }
}

/// Reads a pickle.
///
/// # Errors
/// `ValueError` naming the byte where it ends early or says what is not understood.
pub(super) fn read(bytes: &[u8]) -> Result<Value> {
    let mut machine = Machine { bytes, at: 0, stack: Vec::new(), memo: HashMap::new() };
    loop {
        let at = machine.at;
        let step = machine.step();
        match step
            .ok_or_else(|| Error::value(format!("byte {at}: the pickle is damaged or says more than dka reads")))?
        {
            Step::More => {}
            Step::Done(value) => return Ok(value),
        }
    }
}

/// The `info` of a stack as Dask writes it.
pub(super) fn write_info(chunks: &[Vec<usize>], dtype: DType, axis: usize) -> Vec<u8> {
    let mut out = vec![0x80, 4];
    out.extend(b"}(");
    text(&mut out, "chunks");
    let sizes = chunks
        .iter()
        .map(|sizes| |out: &mut Vec<u8>| tuple(out, sizes.iter().map(|&n| move |out: &mut Vec<u8>| int(out, n))));
    tuple(&mut out, sizes);
    for name in ["dtype", "numpy", "dtype"] {
        text(&mut out, name);
    }
    out.push(0x93);
    text(&mut out, dtype.code());
    out.extend(b"\x89\x88\x87R(K\x03");
    text(&mut out, if dtype.itemsize() == 1 { "|" } else { "<" });
    out.extend(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb");
    text(&mut out, "axis");
    int(&mut out, axis);
    out.extend(b"u.");
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend([0x8c, text.len() as u8]);
    out.extend(text.as_bytes());
}

fn int(out: &mut Vec<u8>, n: usize) {
    out.extend([0x8a, 9]);
    out.extend((n as u64).to_le_bytes());
    out.push(0);
}

fn tuple(out: &mut Vec<u8>, parts: impl Iterator<Item = impl Fn(&mut Vec<u8>)>) {
    out.push(b'(');
    parts.for_each(|part| part(out));
    out.push(b't');
}

enum Step {
    More,
    Done(Value),
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    memo: HashMap<usize, Value>,
}

impl Machine<'_> {
    fn take(&mut self, n: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(n)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// A little-endian number of `n` bytes.
    fn number(&mut self, n: usize) -> Option<usize> {
        Some(self.take(n)?.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
    }

    fn push(&mut self, value: Value) -> Option<Step> {
        self.stack.push(value);
        Some(Step::More)
    }

    /// One instruction; `None` where it is not understood.
    fn step(&mut self) -> Option<Step> {
        let op = self.take(1)?[0];
        match op {
            0x80 => self.take(1).map(|_| Step::More),
            0x95 => self.take(8).map(|_| Step::More),
            b'.' => self.stack.pop().map(Step::Done),
            b'N' => self.push(Value::None),
            0x88 | 0x89 => self.push(Value::Bool(op == 0x88)),
            b'}' => self.push(Value::Dict(Vec::new())),
            b')' => self.push(Value::Tuple(Vec::new())),
            b'(' => self.push(Value::Mark),
            b'K' | b'M' | b'J' | 0x8a => self.integer(op),
            0x8c | b'X' | 0x8d | b'C' | b'B' => self.string(op),
            b't' | 0x85..=0x87 => self.tuple(op),
            0x94 | b'q' | b'r' => self.remember(op),
            b'h' | b'j' => {
                let slot = self.number(if op == b'h' { 1 } else { 4 })?;
                let value = self.memo.get(&slot)?.clone();
                self.push(value)
            }
            b's' | b'u' => self.set_items(op),
            0x93 | b'c' => self.global(op),
            b'R' => self.call(),
            b'b' => self.build(),
            _ => None,
        }
    }

    fn integer(&mut self, op: u8) -> Option<Step> {
        let value = match op {
            b'K' => self.number(1)? as i64,
            b'M' => self.number(2)? as i64,
            b'J' => i64::from(self.number(4)? as u32 as i32),
            _ => {
                let len = self.number(1)?;
                signed(self.take(len)?)?
            }
        };
        self.push(Value::Int(value))
    }

    fn string(&mut self, op: u8) -> Option<Step> {
        let len = self.number(match op {
            0x8c | b'C' => 1,
            0x8d => 8,
            _ => 4,
        })?;
        let bytes = self.take(len)?.to_vec();
        let is_bytes = matches!(op, b'C' | b'B');
        self.push(if is_bytes { Value::Bytes(bytes) } else { Value::Text(String::from_utf8(bytes).ok()?) })
    }

    /// What lies above the last mark.
    fn marked(&mut self) -> Option<Vec<Value>> {
        let mark = self.stack.iter().rposition(|value| *value == Value::Mark)?;
        let above = self.stack.split_off(mark + 1);
        self.stack.pop();
        Some(above)
    }

    fn tuple(&mut self, op: u8) -> Option<Step> {
        let parts = match op {
            b't' => self.marked()?,
            _ => self.stack.split_off(self.stack.len().checked_sub(usize::from(op - 0x84))?),
        };
        self.push(Value::Tuple(parts))
    }

    fn remember(&mut self, op: u8) -> Option<Step> {
        let slot = match op {
            0x94 => self.memo.len(),
            b'q' => self.number(1)?,
            _ => self.number(4)?,
        };
        self.memo.insert(slot, self.stack.last()?.clone());
        Some(Step::More)
    }

    fn set_items(&mut self, op: u8) -> Option<Step> {
        let items = if op == b'u' { self.marked()? } else { self.stack.split_off(self.stack.len().checked_sub(2)?) };
        let Some(Value::Dict(pairs)) = self.stack.last_mut() else { return None };
        for pair in items.chunks_exact(2) {
            pairs.push((pair[0].clone(), pair[1].clone()));
        }
        Some(Step::More)
    }

    fn global(&mut self, op: u8) -> Option<Step> {
        if op == 0x93 {
            let (Value::Text(name), Value::Text(module)) = (self.stack.pop()?, self.stack.pop()?) else { return None };
            return self.push(Value::Global(format!("{module} {name}")));
        }
        let mut words = self.bytes.get(self.at..)?.splitn(3, |&byte| byte == b'\n');
        let (module, name) = (words.next()?, words.next()?);
        let global = format!("{} {}", std::str::from_utf8(module).ok()?, std::str::from_utf8(name).ok()?);
        self.at += module.len() + name.len() + 2;
        self.push(Value::Global(global))
    }

    /// A call: `numpy.dtype(code, ..)` and NumPy's scalar of an integer are known.
    fn call(&mut self) -> Option<Step> {
        let (Value::Tuple(arguments), Value::Global(name)) = (self.stack.pop()?, self.stack.pop()?) else {
            return None;
        };
        let value = match (name.as_str(), arguments.as_slice()) {
            ("numpy dtype", [Value::Text(code), ..]) => Value::DType { code: code.clone(), order: "=".to_string() },
            (
                "numpy.core.multiarray scalar" | "numpy._core.multiarray scalar",
                [Value::DType { code, .. }, Value::Bytes(bytes)],
            ) if code.starts_with(['i', 'u']) => Value::Int(signed(bytes)?),
            _ => return None,
        };
        self.push(value)
    }

    /// The state of a dtype: `(3, '<', …)`.
    fn build(&mut self) -> Option<Step> {
        let Value::Tuple(state) = self.stack.pop()? else { return None };
        let (Some(Value::DType { order, .. }), Some(Value::Text(mark))) = (self.stack.last_mut(), state.get(1)) else {
            return None;
        };
        order.clone_from(mark);
        Some(Step::More)
    }
}

/// A little-endian two's complement number.
fn signed(bytes: &[u8]) -> Option<i64> {
    let negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
    let mut wide = [if negative { 0xff } else { 0 }; 16];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    i64::try_from(i128::from_le_bytes(wide)).ok()
}

#[cfg(test)]
mod tests {
    use super::{Value, read, write_info};
    use crate::data::DType;

    #[test]
    fn written_info_is_read_back() {
        let info = read(&write_info(&[vec![5, 200], vec![70_000]], DType::Float32, 1)).unwrap();
        let ints = |values: &[i64]| Value::Tuple(values.iter().map(|&n| Value::Int(n)).collect());
        assert_eq!(info.get("chunks"), Some(&Value::Tuple(vec![ints(&[5, 200]), ints(&[70_000])])));
        assert_eq!(info.get("dtype"), Some(&Value::DType { code: "f4".into(), order: "<".into() }));
        assert_eq!(info.get("axis"), Some(&Value::Int(1)));
    }

    #[test]
    fn other_names_are_refused() {
        let pickle = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.";
        assert!(read(pickle).unwrap_err().message.starts_with("byte 25"));
        assert!(read(b"").is_err());
    }
}
