//! What functions are called with and answer: the values of the language as far as functions need them.

use crate::data::{C64, DType, Scalar};
use crate::ir::Expr;
use num_bigint::BigInt;

/// An argument or an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    None,
    /// A Python bool, int, float or complex: weak in promotion (NEP 50).
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Complex(C64),
    Str(String),
    Ellipsis,
    /// A NumPy scalar, with a dtype of its own.
    Scalar(Scalar),
    /// An array, lazy or eager.
    Array(Expr),
    DType(DType),
    /// start, stop, step
    Slice(Box<[Arg; 3]>),
    Tuple(Vec<Arg>),
    List(Vec<Arg>),
    Dict(Vec<(Arg, Arg)>),
    Callable(Callable),
    /// A random generator, by its handle.
    Generator(u64),
}

/// A callable of the language, by a number that the host understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callable {
    pub id: u64,
    pub name: String,
}

impl Arg {
    /// Python's name of the type, as error messages use it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Arg::None => "NoneType",
            Arg::Bool(_) => "bool",
            Arg::Int(_) => "int",
            Arg::Float(_) => "float",
            Arg::Complex(_) => "complex",
            Arg::Str(_) => "str",
            Arg::Ellipsis => "ellipsis",
            Arg::Scalar(value) => value.dtype().name(),
            Arg::Array(_) => "array",
            Arg::DType(_) => "dtype",
            Arg::Slice(_) => "slice",
            Arg::Tuple(_) => "tuple",
            Arg::List(_) => "list",
            Arg::Dict(_) => "dict",
            Arg::Callable(_) => "function",
            Arg::Generator(_) => "Generator",
        }
    }
}
