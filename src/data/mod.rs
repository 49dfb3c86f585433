//! Arrays at rest: dtypes, scalars, shapes, chunk grids, blocks, stores and errors. Nothing lazy lives here.

mod block;
mod bytes;
mod chunks;
mod dtype;
mod element;
mod error;
mod interrupt;
pub mod leftovers;
pub mod loaded;
mod memory;
mod scalar;
mod shape;
pub mod spill;
pub mod store;
pub mod text;

pub use block::{Array, Block};
pub use bytes::{Bytes, block_bytes};
pub use chunks::{Chunks, Cuts};
pub use dtype::{DType, Kind};
pub use element::{C32, C64, Element};
pub use error::{Error, ErrorKind, Place, Result, nearest, of_file};
pub use interrupt::{check_interrupt, interrupt, interrupted, leaving};
pub use memory::{Held, MemoryArray, Spilled, WeakHeld, bytes_held};
pub use scalar::Scalar;
pub use shape::{Region, Shape, UNKNOWN, broadcast_shapes, c_strides, normalize_axis, show_shape, size_of};
