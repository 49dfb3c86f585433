//! Elements seen as raw bytes, for reading from and writing to files without a copy.

use crate::data::{Block, C32, C64, Element, Result, Scalar};
use crate::with_block;

/// A type whose values can be seen as bytes in the machine's order.
pub trait Bytes: Sized {
    /// The bytes of the values.
    fn bytes(values: &[Self]) -> &[u8];

    /// The bytes of the values, to be filled; `None` for `bool`, which not every byte is one of.
    fn bytes_mut(values: &mut [Self]) -> Option<&mut [u8]>;
}

macro_rules! plain {
    ($($type:ty)*) => {$(
        impl Bytes for $type {
            fn bytes(values: &[Self]) -> &[u8] {
                bytemuck::cast_slice(values)
            }
            fn bytes_mut(values: &mut [Self]) -> Option<&mut [u8]> {
                Some(bytemuck::cast_slice_mut(values))
            }
        }
    )*};
}

plain! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 C32 C64 }

impl Bytes for bool {
    fn bytes(values: &[Self]) -> &[u8] {
        bytemuck::cast_slice(values)
    }

    fn bytes_mut(_: &mut [Self]) -> Option<&mut [u8]> {
        None
    }
}

/// The bytes of a block that lies in C order without gaps; `None` where it does not.
pub fn block_bytes(block: &Block) -> Option<&[u8]> {
    with_block!(block, a => a.as_slice().map(Bytes::bytes))
}

/// Fills elements through their bytes; bools through a copy, so that any byte is safe.
pub(crate) fn fill_bytes<T: Element>(out: &mut [T], read: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<()> {
    if let Some(bytes) = T::bytes_mut(out) {
        return read(bytes);
    }
    let mut bytes = vec![0; size_of_val(out)];
    read(&mut bytes)?;
    for (value, byte) in out.iter_mut().zip(bytes) {
        *value = T::from_scalar(Scalar::Bool(byte != 0));
    }
    Ok(())
}
