//! Types as values: `int`, `float`, `np.float64`, `np.ndarray`; names of types; `isinstance`.

use crate::data::{DType, Kind};
use crate::lang::function::Func;
use crate::lang::value::Value;
use crate::ops::function::Mode;

/// A type as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeId {
    /// A type of Python or of a library, by its full name in [`NAMES`].
    Plain(&'static str),
    /// `np.float64` and the like.
    Scalar(DType),
    /// An abstract family of NumPy's scalars: `np.integer`, `np.floating`, `np.number`.
    Family(&'static str),
}

/// The types of Python that have a name in every cell.
pub const PYTHON_TYPES: &[&str] = &[
    "int",
    "float",
    "complex",
    "bool",
    "str",
    "tuple",
    "list",
    "dict",
    "set",
    "frozenset",
    "slice",
    "range",
    "type",
    "object",
];

/// NumPy's families of scalars.
pub const FAMILIES: &[&str] =
    &["generic", "number", "integer", "signedinteger", "unsignedinteger", "inexact", "floating", "complexfloating"];

/// The exceptions that have a name in every cell.
pub const EXCEPTIONS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "Exception",
    "FileNotFoundError",
    "ImportError",
    "IndexError",
    "KeyError",
    "MemoryError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "RuntimeError",
    "RuntimeWarning",
    "TypeError",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
    "DeprecationWarning",
    "FutureWarning",
];

/// The type of a value.
pub fn type_of(value: &Value) -> TypeId {
    TypeId::Plain(match value {
        Value::None => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Complex(_) => "complex",
        Value::Str(_) => "str",
        Value::Ellipsis => "ellipsis",
        Value::NotImplemented => "NotImplementedType",
        Value::Scalar(scalar) => return TypeId::Scalar(scalar.dtype()),
        Value::Array(array) if array.mode == Mode::Eager => "numpy.ndarray",
        Value::Array(_) => "dask.array.core.Array",
        Value::Tuple(_) => "tuple",
        Value::Named(named) => named.name,
        Value::List(_) => "list",
        Value::Dict(_) => "dict",
        Value::Set(_) => "set",
        Value::Slice(_) => "slice",
        Value::Range(_) => "range",
        Value::DType(_) => "numpy.dtype",
        Value::Function(f) => match &**f {
            Func::Builtin(_) | Func::Method { .. } | Func::RowMethod { .. } | Func::UfuncMethod { .. } => {
                "builtin_function_or_method"
            }
            Func::Row { row, mode: Mode::Eager } if crate::lang::ufuncs::is_ufunc(row.name) => "numpy.ufunc",
            _ => "function",
        },
        Value::Module(_) => "module",
        Value::Type(_) | Value::Exception(_) => "type",
        Value::Iterator(iter) => iter.borrow().kind,
        Value::Generator(..) => "numpy.random._generator.Generator",
        Value::Client(_) => "distributed.client.Client",
        Value::Limits(dtype) if dtype.is_inexact() => "numpy.finfo",
        Value::Limits(_) => "numpy.iinfo",
        Value::Indexer(name) => name,
        Value::Blocks(_) => "dask.array.core.BlockView",
    })
}

/// The name of a value's type, as error messages use it.
pub fn type_name(value: &Value) -> &'static str {
    match type_of(value) {
        TypeId::Plain("dask.array.core.Array") => "Array",
        TypeId::Plain(name) => name,
        TypeId::Scalar(dtype) => scalar_name(dtype),
        TypeId::Family(name) => name,
    }
}

/// The name of a scalar type with its module.
pub fn scalar_name(dtype: DType) -> &'static str {
    const NAMES: [&str; 13] = [
        "numpy.bool",
        "numpy.int8",
        "numpy.int16",
        "numpy.int32",
        "numpy.int64",
        "numpy.uint8",
        "numpy.uint16",
        "numpy.uint32",
        "numpy.uint64",
        "numpy.float32",
        "numpy.float64",
        "numpy.complex64",
        "numpy.complex128",
    ];
    NAMES[dtype as usize]
}

/// A type as `repr` shows it.
pub fn show_type(id: TypeId) -> String {
    match id {
        TypeId::Plain(name) => format!("<class '{name}'>"),
        TypeId::Scalar(dtype) => format!("<class '{}'>", scalar_name(dtype)),
        TypeId::Family(name) => format!("<class 'numpy.{name}'>"),
    }
}

/// Whether a value is an instance of a type, subclasses included.
pub fn is_instance(value: &Value, wanted: TypeId) -> bool {
    let own = type_of(value);
    if own == wanted {
        return true;
    }
    match (own, wanted) {
        (_, TypeId::Plain("object")) => true,
        (TypeId::Plain("bool"), TypeId::Plain("int")) => true,
        (TypeId::Scalar(DType::Float64), TypeId::Plain("float")) => true,
        (TypeId::Scalar(DType::Complex128), TypeId::Plain("complex")) => true,
        (TypeId::Scalar(dtype), TypeId::Family(family)) => in_family(dtype, family),
        (_, TypeId::Plain("tuple")) => matches!(value, Value::Named(_)),
        _ => false,
    }
}

/// Whether a dtype belongs to one of NumPy's families.
pub fn in_family(dtype: DType, family: &str) -> bool {
    match family {
        "generic" => true,
        "number" => dtype.kind() != Kind::Bool,
        "integer" => dtype.is_integer(),
        "signedinteger" => dtype.is_signed(),
        "unsignedinteger" => dtype.is_unsigned(),
        "inexact" => dtype.is_inexact(),
        "floating" => dtype.is_float(),
        "complexfloating" => dtype.is_complex(),
        _ => false,
    }
}

/// The dtype that a type stands for, as in `np.zeros(3, int)`.
pub fn dtype_of_type(id: TypeId) -> Option<DType> {
    match id {
        TypeId::Plain("int") => Some(DType::Int64),
        TypeId::Plain("float") => Some(DType::Float64),
        TypeId::Plain("complex") => Some(DType::Complex128),
        TypeId::Plain("bool") => Some(DType::Bool),
        TypeId::Scalar(dtype) => Some(dtype),
        TypeId::Family("floating" | "inexact") => Some(DType::Float64),
        TypeId::Family("integer" | "signedinteger") => Some(DType::Int64),
        TypeId::Family("complexfloating") => Some(DType::Complex128),
        _ => None,
    }
}
