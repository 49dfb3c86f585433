//! One value with a dtype.

use crate::data::{C32, C64, DType, Element};
use crate::with_dtype;
use serde::{Deserialize, Serialize};

/// A value of one of the dtypes; what NumPy calls a scalar.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Scalar {
    Bool(bool),
    Int8(i8),
    Int16(i16),
    Int32(i32),
    Int64(i64),
    UInt8(u8),
    UInt16(u16),
    UInt32(u32),
    UInt64(u64),
    Float32(f32),
    Float64(f64),
    Complex64(C32),
    Complex128(C64),
}

/// Converts with Rust's `as`, which for floats saturates where C is undefined.
macro_rules! convert {
    ($self:expr, $type:ty, $complex:ident) => {
        match $self {
            Scalar::Bool(v) => v as u8 as $type,
            Scalar::Int8(v) => v as $type,
            Scalar::Int16(v) => v as $type,
            Scalar::Int32(v) => v as $type,
            Scalar::Int64(v) => v as $type,
            Scalar::UInt8(v) => v as $type,
            Scalar::UInt16(v) => v as $type,
            Scalar::UInt32(v) => v as $type,
            Scalar::UInt64(v) => v as $type,
            Scalar::Float32(v) => v as $type,
            Scalar::Float64(v) => v as $type,
            Scalar::Complex64(v) => v.$complex as $type,
            Scalar::Complex128(v) => v.$complex as $type,
        }
    };
}

impl Scalar {
    /// The dtype of the value.
    pub fn dtype(self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::Int8(_) => DType::Int8,
            Scalar::Int16(_) => DType::Int16,
            Scalar::Int32(_) => DType::Int32,
            Scalar::Int64(_) => DType::Int64,
            Scalar::UInt8(_) => DType::UInt8,
            Scalar::UInt16(_) => DType::UInt16,
            Scalar::UInt32(_) => DType::UInt32,
            Scalar::UInt64(_) => DType::UInt64,
            Scalar::Float32(_) => DType::Float32,
            Scalar::Float64(_) => DType::Float64,
            Scalar::Complex64(_) => DType::Complex64,
            Scalar::Complex128(_) => DType::Complex128,
        }
    }

    /// The value as float64; the real part of a complex one.
    pub fn to_f64(self) -> f64 {
        convert!(self, f64, re)
    }

    /// The value as int64: fractions dropped, integers wrapped.
    pub fn to_i64(self) -> i64 {
        convert!(self, i64, re)
    }

    /// The value as uint64: integers wrapped, negative fractions through int64 as C does.
    pub fn to_u64(self) -> u64 {
        match self {
            Scalar::Float32(v) if v < 0.0 => v as i64 as u64,
            Scalar::Float64(v) if v < 0.0 => v as i64 as u64,
            other => convert!(other, u64, re),
        }
    }

    /// The value as complex128.
    pub fn to_c64(self) -> C64 {
        match self {
            Scalar::Complex64(v) => C64::new(v.re.into(), v.im.into()),
            Scalar::Complex128(v) => v,
            other => C64::new(other.to_f64(), 0.0),
        }
    }

    /// Whether Python would call the value true: anything but zero.
    pub fn truthy(self) -> bool {
        self.to_c64() != C64::new(0.0, 0.0)
    }

    /// The value cast to a dtype as `astype` casts it.
    pub fn cast(self, dtype: DType) -> Scalar {
        with_dtype!(dtype, T => <T as Element>::from_scalar(self).into_scalar())
    }

    /// The value as an exact integer where the dtype is bool or integer.
    pub fn as_integer(self) -> Option<i128> {
        match self {
            Scalar::UInt64(v) => Some(v.into()),
            other if other.dtype().is_inexact() => None,
            other => Some(other.to_i64().into()),
        }
    }

    /// The value's bits, so that equal bits mean the same value (NaN included); for hashing.
    pub fn bits(self) -> (DType, u64, u64) {
        match self {
            Scalar::Float32(v) => (DType::Float32, v.to_bits().into(), 0),
            Scalar::Float64(v) => (DType::Float64, v.to_bits(), 0),
            Scalar::Complex64(v) => (DType::Complex64, v.re.to_bits().into(), v.im.to_bits().into()),
            Scalar::Complex128(v) => (DType::Complex128, v.re.to_bits(), v.im.to_bits()),
            other => (other.dtype(), other.to_u64(), 0),
        }
    }
}

/// Equal bits: NaN equals itself and 0.0 is not -0.0, as sharing of expressions needs.
impl PartialEq for Scalar {
    fn eq(&self, other: &Scalar) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Scalar {}

impl std::hash::Hash for Scalar {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}
