//! Threads of eager operations: one, but all of them for products and decompositions of matrices, as NumPy's own libraries
//! for these do. A baseline that did without would be half as fast as what it stands for.

use crate::ir::{Plan, Work};
use crate::ops::kernel::is_linear_algebra;

/// Multiply-adds of a product that threads share: 0.2 ms of one.
const SHARED_PRODUCT: usize = 1 << 21;
/// Elements of a matrix that threads share.
const SHARED_MATRIX: usize = 128 * 128;

/// How many of `threads` an eager operation uses.
pub fn eager_threads(plan: &Plan, threads: usize) -> usize {
    if plan.stages.iter().any(|stage| is_shared(&stage.work)) { threads } else { 1 }
}

fn is_shared(work: &Work) -> bool {
    match work {
        Work::Contract { grid, .. } => product(&grid.shape()) >= SHARED_PRODUCT,
        Work::PerBlock { inputs, call, .. } => {
            is_linear_algebra(call.name) && inputs.iter().any(|input| product(&input.space) >= SHARED_MATRIX)
        }
        Work::Fused { .. }
        | Work::Scan { .. }
        | Work::Aggregate { .. }
        | Work::Locate { .. }
        | Work::Ranks { .. }
        | Work::Select { .. } => false,
    }
}

fn product(lens: &[usize]) -> usize {
    lens.iter().fold(1, |all, &len| all.saturating_mul(len))
}
