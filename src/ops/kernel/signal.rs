//! Convolution of lines.

use super::{Row, text};
use crate::data::{Block, C64, DType, Element, Result};
use crate::ir::Param;
use std::ops::{AddAssign, Mul};

/// The rows of this family.
pub(super) const ROWS: &[Row] = &[("convolve", convolve)];

/// Inputs: two lines of one dtype (int64, float64 or complex128). Parameter: `full`, `same` or `valid`.
fn convolve(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (a, v) = (&inputs[0], &inputs[1]);
    let mode = text(params, 0);
    Ok(vec![match a.dtype() {
        DType::Float64 => line(convolved::<f64>(a, v, mode)),
        DType::Complex128 => line(convolved::<C64>(a, v, mode)),
        _ => line(convolved::<i64>(a, v, mode)),
    }])
}

fn line<T: Element>(values: Vec<T>) -> Block {
    Block::from_vec(&[values.len()], values)
}

fn convolved<T: Element + AddAssign + Mul<Output = T>>(a: &Block, v: &Block, mode: &str) -> Vec<T> {
    let (a, v) = (a.to_vec::<T>(), v.to_vec::<T>());
    let (long, short) = (a.len().max(v.len()), a.len().min(v.len()));
    let mut full = vec![T::default(); long + short - 1];
    for (i, &x) in a.iter().enumerate() {
        for (slot, &y) in full[i..].iter_mut().zip(&v) {
            *slot += x * y;
        }
    }
    match mode {
        "same" => full[(short - 1) / 2..(short - 1) / 2 + long].to_vec(),
        "valid" => full[short - 1..long].to_vec(),
        _ => full,
    }
}
