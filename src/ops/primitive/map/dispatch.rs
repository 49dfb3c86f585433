//! From the dtype of a tile to the typed slice, by a match that each family of kernels fills in. Not the kernels.

use crate::data::{DType, Error};
use crate::ir::Kernel;
use crate::ops::primitive::map::table::row;
use crate::ops::tile::{Elements, ElementsMut, Operand};

/// `on!(kernel, out { Int8 | Int16 => body; … })`: runs the body with `out` bound to the typed slice of a listed dtype, and
/// returns an error from the function for all others. A body of type `()`.
macro_rules! on {
    ($kernel:expr, $out:ident { $($($variant:ident)|+ => $body:expr;)+ }) => {
        match $out {
            $($($crate::ops::tile::ElementsMut::$variant($out) => $body,)+)+
            #[allow(unreachable_patterns, reason = "some families list every dtype")]
            other => return Err($crate::ops::primitive::map::dispatch::no_kernel($kernel, other.dtype())),
        }
    };
}
pub(super) use on;

/// `on_type!(kernel, dtype, T { Int8 i8 | Int16 i16 => body; … })`: the same by a dtype, with `T` standing for its type.
macro_rules! on_type {
    ($kernel:expr, $dtype:expr, $T:ident { $($($variant:ident $type:ty)|+ => $body:expr;)+ }) => {
        match $dtype {
            $($($crate::data::DType::$variant => { type $T = $type; $body })+)+
            #[allow(unreachable_patterns, reason = "some families list every dtype")]
            other => return Err($crate::ops::primitive::map::dispatch::no_kernel($kernel, other)),
        }
    };
}
pub(super) use on_type;

/// The error of a tile that the rules do not allow: an invariant that did not hold.
pub(super) fn no_kernel(kernel: Kernel, dtype: DType) -> Error {
    Error::runtime(format!("the kernel {} was run on {dtype}, which it has no loop for", row(kernel).name))
}

/// Signed integers as the unsigned ones of their bits, for kernels that do not tell them apart.
pub(super) fn unsigned(operand: Operand<'_>) -> Operand<'_> {
    use bytemuck::cast_slice;
    match operand {
        Operand::Slice(Elements::Int8(v)) => Operand::Slice(Elements::UInt8(cast_slice(v))),
        Operand::Slice(Elements::Int16(v)) => Operand::Slice(Elements::UInt16(cast_slice(v))),
        Operand::Slice(Elements::Int32(v)) => Operand::Slice(Elements::UInt32(cast_slice(v))),
        Operand::Slice(Elements::Int64(v)) => Operand::Slice(Elements::UInt64(cast_slice(v))),
        other => other,
    }
}

/// The same for the elements to write.
pub(super) fn unsigned_mut(out: ElementsMut<'_>) -> ElementsMut<'_> {
    use bytemuck::cast_slice_mut;
    match out {
        ElementsMut::Int8(v) => ElementsMut::UInt8(cast_slice_mut(v)),
        ElementsMut::Int16(v) => ElementsMut::UInt16(cast_slice_mut(v)),
        ElementsMut::Int32(v) => ElementsMut::UInt32(cast_slice_mut(v)),
        ElementsMut::Int64(v) => ElementsMut::UInt64(cast_slice_mut(v)),
        other => other,
    }
}

/// The unsigned dtype of as many bytes as an integer dtype has.
pub(super) fn unsigned_dtype(dtype: DType) -> DType {
    match dtype {
        DType::Int8 => DType::UInt8,
        DType::Int16 => DType::UInt16,
        DType::Int32 => DType::UInt32,
        DType::Int64 => DType::UInt64,
        other => other,
    }
}
