//! Numeric inner kernels over slices: the arithmetic of one tile, on one thread, with no allocation.
//!
//! Everything here is a pure function of its arguments. Not for shapes, broadcasting, dtypes or threads: callers hand in
//! contiguous slices of about 1024 elements.

#[cfg(target_arch = "x86_64")]
mod abreast;
mod binary;
pub mod columns;
mod constants;
mod division;
mod element_rng;
mod elementwise;
mod exponential;
mod groups;
mod hyperbolic;
mod inverse_hyperbolic;
mod inverse_trigonometric;
pub mod kept;
mod lane;
mod level;
mod logarithm;
#[cfg(target_arch = "x86_64")]
mod network;
pub mod normal;
pub mod philox;
mod plane;
mod polynomial;
mod power;
pub mod prefetch;
pub mod product;
#[cfg(target_arch = "x86_64")]
mod quicksort;
pub mod reduce;
#[cfg(target_arch = "x86_64")]
mod registers;
mod rounds;
pub mod search;
pub mod short_rows;
mod simple;
mod single;
mod sorting;
pub mod squares;
pub mod streamed;
pub(crate) mod strip;
pub mod strip_fold;
mod table;
#[cfg(target_arch = "x86_64")]
mod tabled;
mod trigonometric;

pub use binary::{Binary, Map2};
pub use element_rng::ElementRng;
pub use elementwise::Unary;
pub use lane::Lane;
pub use level::{Level, vectorized};
pub use prefetch::prefetch;
pub use sorting::{Sortable, Split};
pub use table::{BINARY, UNARY, binary, unary};
