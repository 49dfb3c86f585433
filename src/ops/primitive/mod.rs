//! The closed vocabulary: each primitive's builder says what it means for shape, dtype and chunks.

mod aggregate;
mod concat;
mod contract;
mod fold;
mod locate;
pub mod map;
mod per_block;
mod reshape;
mod select;
mod source;
mod unify;
mod view;

pub use aggregate::aggregate;
pub use concat::{concat, take, update};
pub use contract::contract;
pub use fold::{needing_some, nothing_to_fold, reduce, reduce_masked, reduce_some, scan};
pub use locate::locate;
pub use map::{cast, map};
pub use per_block::per_block;
pub use reshape::{rechunk, reshape};
pub use select::select;
pub use source::{fill, fill_like, from_block, iota, memory, random, scalar, stored};
pub use unify::{broadcast, broadcast_all, unify};
pub use view::{Pick, broadcast_axes, expand, flip, pick, squeeze, transpose, view};
pub(crate) use view::{sliced, view_in_chunks};
