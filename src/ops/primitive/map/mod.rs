//! Elementwise kernels: their dtypes and how they are built into expressions.

mod anatomy;
mod arith;
mod bessel;
mod bits;
mod cast;
mod choose;
mod compare;
mod complex;
mod complex_blocks;
mod complex_functions;
mod dispatch;
mod division;
mod function;
mod integer;
mod logic;
mod rounding;
mod rules;
mod run;
mod step;
pub mod strips;
mod table;

pub use rules::{Bools, Gives, Rule, loop_dtypes};
pub use run::run;
pub use table::{KERNELS, Row, kernel_named, row};

use crate::data::{DType, Result};
use crate::ir::{Expr, Kernel, Op};
use crate::ops::primitive::broadcast_all;

/// An elementwise kernel of arrays that broadcast; inputs are cast to the kernel's dtypes.
///
/// # Errors
/// `TypeError` where the kernel has no loop for the dtypes, `ValueError` where the shapes do not broadcast.
pub fn map(kernel: Kernel, inputs: &[Expr]) -> Result<Expr> {
    let dtypes: Vec<DType> = inputs.iter().map(|x| x.dtype).collect();
    let (wanted, out) = loop_dtypes(kernel, &dtypes)?;
    let arrays = broadcast_all(inputs)?;
    let mut arrays: Vec<Expr> = arrays.iter().zip(wanted).map(|(x, dtype)| cast(x, dtype)).collect();
    if kernel == Kernel::Conjugate && !out.is_complex() {
        return Ok(arrays.swap_remove(0));
    }
    let (shape, chunks) = (arrays[0].shape.clone(), arrays[0].chunks.clone());
    Ok(Expr::new(Op::Map(kernel), arrays, shape, out, chunks))
}

/// The array cast to a dtype as `astype` does.
pub fn cast(x: &Expr, dtype: DType) -> Expr {
    if x.dtype == dtype {
        return x.clone();
    }
    if let Op::Fill(value) = x.op {
        return super::fill_like(value.cast(dtype), x);
    }
    Expr::new(Op::Map(Kernel::Cast), vec![x.clone()], x.shape.clone(), dtype, x.chunks.clone())
}
