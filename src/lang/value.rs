//! The values of the language.

use crate::data::{Block, C64, DType, Scalar};
use crate::lang::array::ArrayCell;
use crate::lang::dict::Dict;
use crate::lang::function::Func;
use crate::lang::iterate::Iter;
use crate::lang::modules::ModuleId;
use crate::lang::types::TypeId;
use crate::ops::function::Mode;
use num_bigint::BigInt;
use std::cell::RefCell;
use std::rc::Rc;

/// A value. Clones share what is mutable, as names in Python do.
#[derive(Clone)]
pub enum Value {
    None,
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Complex(C64),
    Str(Rc<str>),
    Ellipsis,
    NotImplemented,
    /// A NumPy scalar.
    Scalar(Scalar),
    /// An array, eager or lazy.
    Array(Rc<ArrayCell>),
    Tuple(Rc<Vec<Value>>),
    /// A tuple whose items have names, such as the result of `np.linalg.qr`.
    Named(Rc<NamedTuple>),
    List(Rc<RefCell<Vec<Value>>>),
    Dict(Rc<RefCell<Dict>>),
    Set(Rc<RefCell<Dict>>),
    /// start, stop, step
    Slice(Rc<[Value; 3]>),
    Range(Rc<Range>),
    DType(DType),
    Function(Rc<Func>),
    Module(ModuleId),
    Type(TypeId),
    /// The iterator of a generator expression, `zip`, `map` and the like.
    Iterator(Rc<RefCell<Iter>>),
    /// A random generator, by its handle; it makes arrays of a mode.
    Generator(u64, Mode),
    /// A `dask.distributed` client, by its handle.
    Client(u64),
    /// `np.finfo(dtype)` or `np.iinfo(dtype)`.
    Limits(DType),
    /// `x.blocks`: a lazy array indexed by blocks.
    Blocks(Rc<ArrayCell>),
    /// `np.s_`, `np.mgrid` and the like, by its name.
    Indexer(&'static str),
    /// An exception class, as `AssertionError`, by its name.
    Exception(&'static str),
}

/// `range(start, stop, step)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: BigInt,
    pub stop: BigInt,
    pub step: BigInt,
}

/// A named tuple.
pub struct NamedTuple {
    pub name: &'static str,
    pub fields: &'static [&'static str],
    pub items: Vec<Value>,
}

impl Value {
    /// A string.
    pub fn str(text: impl AsRef<str>) -> Value {
        Value::Str(Rc::from(text.as_ref()))
    }

    /// An int.
    pub fn int(value: impl Into<BigInt>) -> Value {
        Value::Int(value.into())
    }

    /// A tuple.
    pub fn tuple(items: Vec<Value>) -> Value {
        Value::Tuple(Rc::new(items))
    }

    /// A new list.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Rc::new(RefCell::new(items)))
    }

    /// A new dict.
    pub fn dict(items: Dict) -> Value {
        Value::Dict(Rc::new(RefCell::new(items)))
    }

    /// An iterator over what is there already.
    pub fn iterator(kind: &'static str, items: Vec<Value>) -> Value {
        Value::Iterator(Rc::new(RefCell::new(Iter::new(kind, items))))
    }

    /// An eager array of a block.
    pub fn block(block: Block) -> Value {
        Value::Array(Rc::new(ArrayCell::eager(crate::ops::primitive::from_block(block))))
    }

    /// The items of a tuple, named or not.
    pub fn tuple_items(&self) -> Option<&[Value]> {
        match self {
            Value::Tuple(items) => Some(items),
            Value::Named(named) => Some(&named.items),
            _ => None,
        }
    }

    /// Whether both are the same object, as `is` asks.
    pub fn is(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => true,
            (Value::NotImplemented, Value::NotImplemented) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b),
            (Value::Tuple(a), Value::Tuple(b)) => Rc::ptr_eq(a, b) || (a.is_empty() && b.is_empty()),
            (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
            (Value::Dict(a), Value::Dict(b)) | (Value::Set(a), Value::Set(b)) => Rc::ptr_eq(a, b),
            (Value::Range(a), Value::Range(b)) => Rc::ptr_eq(a, b),
            (Value::Slice(a), Value::Slice(b)) => Rc::ptr_eq(a, b),
            (Value::Iterator(a), Value::Iterator(b)) => Rc::ptr_eq(a, b),
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b) || a.is_same(b),
            (Value::DType(a), Value::DType(b)) => a == b,
            (Value::Module(a), Value::Module(b)) => a == b,
            (Value::Type(a), Value::Type(b)) => a == b,
            (Value::Generator(a, _), Value::Generator(b, _)) | (Value::Client(a), Value::Client(b)) => a == b,
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value)
    }
}

impl Range {
    /// The number of elements.
    pub fn len(&self) -> usize {
        use num_traits::{Signed, ToPrimitive, Zero};
        let one = BigInt::from(1);
        let span = if self.step.is_positive() {
            &self.stop - &self.start + &self.step - one
        } else {
            &self.stop - &self.start + &self.step + one
        };
        let n = num_integer::Integer::div_floor(&span, &self.step);
        if n.is_negative() || n.is_zero() { 0 } else { n.to_usize().unwrap_or(usize::MAX) }
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at a position.
    pub fn get(&self, index: usize) -> BigInt {
        &self.start + &self.step * BigInt::from(index)
    }
}
