//! Block functions: what a `PerBlock` node computes of blocks whose core axes (the last ones) are whole.
//!
//! A kernel gets its input blocks with loop axes first and core axes last, works through the loop axes itself, and
//! answers with all its results; the node says which one it is.

mod crew;
mod decompose;
mod dense;
mod eigen;
mod fourier;
pub(crate) mod keys;
mod lines;
mod matrix;
mod order;
pub(crate) mod quantile;
mod sets;
mod shuffle;
mod signal;
mod solve;
mod sorting;
mod spread;
mod top;

pub use crew::Crew;
pub(crate) use eigen::eigenvalues_of;

use crate::data::{Block, Result};
use crate::ir::Param;

/// A block function: inputs and parameters to results.
pub type BlockKernel = fn(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>>;

/// A row of a family's table: the name that nodes carry and the function.
pub type Row = (&'static str, BlockKernel);

/// What a call is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Core axes of the first input.
    pub core: usize,
    /// Which of the results; in the place of others anything will do.
    pub results: &'a [usize],
}

impl Asked<'_> {
    fn wants(self, result: usize) -> bool {
        self.results.contains(&result)
    }
}

/// A block function that shares its work among threads: inputs, what is asked for, parameters and threads to results.
pub type SharedKernel = fn(inputs: &[Block], asked: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>>;

/// A row of such a family.
pub type SharedRow = (&'static str, SharedKernel);

const SHARED: &[&[SharedRow]] = &[
    quantile::ROWS,
    sorting::SHARED,
    shuffle::SHARED,
    fourier::SHARED,
    solve::SHARED,
    decompose::SHARED,
    eigen::SHARED,
];

const FAMILIES: &[&[Row]] = &[sorting::ROWS, sets::ROWS, signal::ROWS, eigen::ROWS];

/// The kernel of a name.
pub fn find(name: &str) -> Option<BlockKernel> {
    FAMILIES.iter().copied().flatten().find(|row| row.0 == name).map(|row| row.1)
}

/// The kernel of a name that shares its work among threads.
pub fn find_shared(name: &str) -> Option<SharedKernel> {
    SHARED.iter().copied().flatten().find(|row| row.0 == name).map(|row| row.1)
}

/// Bytes that a kernel holds at its peak for each element of its input of `item` bytes, the input among them; `None` where
/// it was not measured.
pub fn bytes_held(name: &str, item: u64) -> Option<u64> {
    // Matrices are worked on in float64 or complex128, column by column.
    let wide = item.max(8);
    match name {
        // The input, its columns, the factors packed, and what is answered; for an inverse a unit matrix as well.
        "det" | "slogdet" | "cholesky" | "solve" | "solve_upper" => Some(item + 3 * wide),
        "inv" => Some(item + 5 * wide),
        // Columns, reflections of a panel packed both ways; what they are applied to, and what is answered.
        "triangle" => Some(item + 5 * wide),
        "qr" | "qr_times" => Some(item + 7 * wide),
        "lu" => Some(item + 9 * wide),
        // Both sides' reflections, rotations, and both kinds of vectors in and out of order.
        "svd" | "lstsq" | "pinv" | "eigh" => Some(item + 12 * wide),
        // A line, its transform in double and in single precision, scratch and factors.
        "fft" | "ifft" | "rfft" | "irfft" => Some(item + 64),
        // The input, its keys and those spread over buckets; the sorted block.
        "sort" => Some(4 * item),
        // The input, keys before their places (padded to twice the longer one), those spread, and the indices.
        "argsort" => Some(item + 2 * (item.max(4) * 2) + 8),
        // The input, the keys of a line, and the results.
        "median" | "quantile" => Some(3 * item),
        _ => None,
    }
}

/// Whether a kernel decomposes matrices or solves equations: what NumPy leaves to LAPACK.
pub fn is_linear_algebra(name: &str) -> bool {
    [solve::SHARED, decompose::SHARED, eigen::SHARED].iter().copied().flatten().any(|row| row.0 == name)
}

/// Whether a kernel's results are made of a few order statistics of each line.
pub fn is_order_statistic(name: &str) -> bool {
    quantile::ROWS.iter().any(|row| row.0 == name)
}

/// The integer parameter at a place; 0 where there is none.
fn int(params: &[Param], at: usize) -> i64 {
    if let Some(Param::Int(n)) = params.get(at) { *n } else { 0 }
}

/// The text parameter at a place; empty where there is none.
fn text(params: &[Param], at: usize) -> &str {
    if let Some(Param::Str(text)) = params.get(at) { text } else { "" }
}

/// The truth parameter at a place.
fn flag(params: &[Param], at: usize) -> bool {
    matches!(params.get(at), Some(Param::Bool(true)))
}

/// The number parameter at a place; `None` where there is none.
fn float(params: &[Param], at: usize) -> Option<f64> {
    if let Some(Param::Float(v)) = params.get(at) { Some(v.to_f64()) } else { None }
}
