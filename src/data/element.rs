//! The Rust types behind the dtypes, and the macro that picks one by dtype.

use crate::data::{Array, Block, Bytes, DType, Scalar};
use num_complex::Complex;

/// Single-precision complex.
pub type C32 = Complex<f32>;
/// Double-precision complex.
pub type C64 = Complex<f64>;

/// A Rust type that is the element of an array.
pub trait Element: Bytes + Copy + Default + PartialEq + Send + Sync + std::fmt::Debug + 'static {
    /// Its dtype.
    const DTYPE: DType;
    /// A block of an array of this type.
    fn into_block(array: Array<Self>) -> Block;
    /// The array of a block of this dtype; `None` where the block has another.
    fn of_block(block: &Block) -> Option<&Array<Self>>;
    /// The same, to change in place.
    fn of_block_mut(block: &mut Block) -> Option<&mut Array<Self>>;
    /// The value as a scalar.
    fn into_scalar(self) -> Scalar;
    /// The scalar cast to this type as NumPy's `astype` does.
    fn from_scalar(scalar: Scalar) -> Self;
}

macro_rules! elements {
    ($($variant:ident $type:ty, $from:expr;)*) => {$(
        impl Element for $type {
            const DTYPE: DType = DType::$variant;
            fn into_block(array: Array<Self>) -> Block {
                Block::$variant(array)
            }
            fn of_block(block: &Block) -> Option<&Array<Self>> {
                if let Block::$variant(array) = block { Some(array) } else { None }
            }
            fn of_block_mut(block: &mut Block) -> Option<&mut Array<Self>> {
                if let Block::$variant(array) = block { Some(array) } else { None }
            }
            fn into_scalar(self) -> Scalar {
                Scalar::$variant(self)
            }
            fn from_scalar(scalar: Scalar) -> Self {
                let from: fn(Scalar) -> Self = $from;
                from(scalar)
            }
        }
    )*};
}

elements! {
    Bool bool, |s| s.truthy();
    Int8 i8, |s| s.to_i64() as i8;
    Int16 i16, |s| s.to_i64() as i16;
    Int32 i32, |s| s.to_i64() as i32;
    Int64 i64, |s| s.to_i64();
    UInt8 u8, |s| s.to_i64() as u8;
    UInt16 u16, |s| s.to_i64() as u16;
    UInt32 u32, |s| s.to_i64() as u32;
    UInt64 u64, |s| s.to_u64();
    Float32 f32, |s| s.to_f64() as f32;
    Float64 f64, |s| s.to_f64();
    Complex64 C32, |s| { let z = s.to_c64(); C32::new(z.re as f32, z.im as f32) };
    Complex128 C64, |s| s.to_c64();
}

/// Runs `$body` with `$T` standing for the Rust type of a dtype.
#[macro_export]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::data::DType::Bool => {
                type $T = bool;
                $body
            }
            $crate::data::DType::Int8 => {
                type $T = i8;
                $body
            }
            $crate::data::DType::Int16 => {
                type $T = i16;
                $body
            }
            $crate::data::DType::Int32 => {
                type $T = i32;
                $body
            }
            $crate::data::DType::Int64 => {
                type $T = i64;
                $body
            }
            $crate::data::DType::UInt8 => {
                type $T = u8;
                $body
            }
            $crate::data::DType::UInt16 => {
                type $T = u16;
                $body
            }
            $crate::data::DType::UInt32 => {
                type $T = u32;
                $body
            }
            $crate::data::DType::UInt64 => {
                type $T = u64;
                $body
            }
            $crate::data::DType::Float32 => {
                type $T = f32;
                $body
            }
            $crate::data::DType::Float64 => {
                type $T = f64;
                $body
            }
            $crate::data::DType::Complex64 => {
                type $T = $crate::data::C32;
                $body
            }
            $crate::data::DType::Complex128 => {
                type $T = $crate::data::C64;
                $body
            }
        }
    };
}

/// Runs `$body` with `$a` bound to the typed array of a block.
#[macro_export]
macro_rules! with_block {
    ($block:expr, $a:ident => $body:expr) => {
        match $block {
            $crate::data::Block::Bool($a) => $body,
            $crate::data::Block::Int8($a) => $body,
            $crate::data::Block::Int16($a) => $body,
            $crate::data::Block::Int32($a) => $body,
            $crate::data::Block::Int64($a) => $body,
            $crate::data::Block::UInt8($a) => $body,
            $crate::data::Block::UInt16($a) => $body,
            $crate::data::Block::UInt32($a) => $body,
            $crate::data::Block::UInt64($a) => $body,
            $crate::data::Block::Float32($a) => $body,
            $crate::data::Block::Float64($a) => $body,
            $crate::data::Block::Complex64($a) => $body,
            $crate::data::Block::Complex128($a) => $body,
        }
    };
}
