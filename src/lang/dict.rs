//! Dicts and sets: insertion order, keys equal as Python says (`1 == 1.0 == True`).

use crate::data::{Error, Result};
use crate::lang::types::type_name;
use crate::lang::value::Value;
use num_bigint::BigInt;
use num_traits::FromPrimitive;
use std::collections::HashMap;

/// What stands for a value among keys: equal for equal values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    None,
    Int(BigInt),
    Bits(u64, u64),
    Str(String),
    Tuple(Vec<Key>),
    /// Values that equal only themselves: dtypes, functions, modules.
    Other(String),
}

/// The key of a value.
///
/// # Errors
/// `TypeError` for what can change: lists, dicts, arrays.
pub fn key_of(value: &Value) -> Result<Key> {
    Ok(match value {
        Value::None => Key::None,
        Value::Bool(v) => Key::Int(BigInt::from(u8::from(*v))),
        Value::Int(v) => Key::Int(v.clone()),
        Value::Float(v) => float_key(*v),
        Value::Complex(z) if z.im == 0.0 => float_key(z.re),
        Value::Complex(z) => Key::Bits(z.re.to_bits(), z.im.to_bits()),
        Value::Scalar(s) => match s.as_integer() {
            Some(v) => Key::Int(BigInt::from(v)),
            None if s.dtype().is_complex() => key_of(&Value::Complex(s.to_c64()))?,
            None => float_key(s.to_f64()),
        },
        Value::Str(text) => Key::Str(text.to_string()),
        Value::Tuple(_) | Value::Named(_) => {
            let items = value.tuple_items().unwrap_or_default();
            Key::Tuple(items.iter().map(key_of).collect::<Result<_>>()?)
        }
        Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Array(_) | Value::Slice(_) => {
            return Err(Error::type_(format!("unhashable type: '{}'", type_name(value))));
        }
        Value::DType(dtype) => Key::Other(format!("dtype {dtype}")),
        Value::Type(id) => Key::Other(format!("type {id:?}")),
        Value::Module(id) => Key::Other(format!("module {id:?}")),
        Value::Function(f) => Key::Other(format!("function {} {:p}", f.name(), std::rc::Rc::as_ptr(f))),
        Value::Range(r) => Key::Other(format!("{r:?}")),
        other => Key::Other(type_name(other).to_string()),
    })
}

fn float_key(v: f64) -> Key {
    if v.fract() == 0.0
        && let Some(whole) = BigInt::from_f64(v)
    {
        return Key::Int(whole);
    }
    Key::Bits(v.to_bits(), 0)
}

/// A dict in insertion order; a set is a dict without values.
#[derive(Clone, Default)]
pub struct Dict {
    places: HashMap<Key, usize>,
    entries: Vec<Option<(Value, Value)>>,
}

impl Dict {
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The value of a key.
    ///
    /// # Errors
    /// `TypeError` for a key that cannot be hashed.
    pub fn get(&self, key: &Value) -> Result<Option<Value>> {
        let place = self.places.get(&key_of(key)?);
        Ok(place.and_then(|&at| self.entries[at].as_ref()).map(|(_, value)| value.clone()))
    }

    /// Sets the value of a key; a key that is there keeps its place.
    ///
    /// # Errors
    /// `TypeError` for a key that cannot be hashed.
    pub fn insert(&mut self, key: Value, value: Value) -> Result<()> {
        let hashed = key_of(&key)?;
        if let Some(&at) = self.places.get(&hashed) {
            if let Some(entry) = self.entries[at].as_mut() {
                entry.1 = value;
            }
            return Ok(());
        }
        self.places.insert(hashed, self.entries.len());
        self.entries.push(Some((key, value)));
        Ok(())
    }

    /// Takes an entry out.
    ///
    /// # Errors
    /// `TypeError` for a key that cannot be hashed.
    pub fn remove(&mut self, key: &Value) -> Result<Option<Value>> {
        let place = self.places.remove(&key_of(key)?);
        Ok(place.and_then(|at| self.entries[at].take()).map(|(_, value)| value))
    }

    /// Takes the last entry out.
    pub fn pop_last(&mut self) -> Option<(Value, Value)> {
        while let Some(entry) = self.entries.pop() {
            if let Some((key, value)) = entry {
                if let Ok(hashed) = key_of(&key) {
                    self.places.remove(&hashed);
                }
                return Some((key, value));
            }
        }
        None
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Value, &Value)> {
        self.entries.iter().flatten().map(|(key, value)| (key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> Vec<Value> {
        self.iter().map(|(key, _)| key.clone()).collect()
    }

    /// A set of values.
    ///
    /// # Errors
    /// `TypeError` for one that cannot be hashed.
    pub fn of_keys(keys: impl IntoIterator<Item = Value>) -> Result<Dict> {
        let mut out = Dict::default();
        for key in keys {
            out.insert(key, Value::None)?;
        }
        Ok(out)
    }
}
