//! The dtypes of each kernel.

use crate::data::{DType, Result};
use crate::ir::Kernel;

/// The dtypes that a kernel's inputs are cast to, and the dtype of its result.
///
/// # Errors
/// `TypeError` where NumPy has no loop for the dtypes.
pub fn loop_dtypes(_kernel: Kernel, inputs: &[DType]) -> Result<(Vec<DType>, DType)> {
    let common = inputs.iter().copied().reduce(DType::promote).unwrap_or(DType::Float64);
    Ok((vec![common; inputs.len()], common))
}
