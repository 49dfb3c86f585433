//! Convolution and linear interpolation of lines.

use super::{Row, float, text};
use crate::data::{Block, C64, DType, Element, Result};
use crate::ir::Param;
use std::ops::{AddAssign, Mul};

/// The rows of this family.
pub(super) const ROWS: &[Row] = &[("convolve", convolve), ("interp", interp)];

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

/// Inputs: where, ascending positions, values there. Parameters: the value before and after.
fn interp(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (xp, fp) = (inputs[1].to_vec::<f64>(), inputs[2].to_vec::<f64>());
    let last = xp.len() - 1;
    let (left, right) = (float(params, 0).unwrap_or(fp[0]), float(params, 1).unwrap_or(fp[last]));
    let at = |x: f64| {
        if x.is_nan() {
            return x;
        }
        let k = xp.partition_point(|&p| p <= x);
        match k {
            0 => left,
            _ if x > xp[last] => right,
            _ if k > last => fp[last],
            _ => {
                let slope = (fp[k] - fp[k - 1]) / (xp[k] - xp[k - 1]);
                slope * (x - xp[k - 1]) + fp[k - 1]
            }
        }
    };
    let out: Vec<f64> = inputs[0].to_vec::<f64>().into_iter().map(at).collect();
    Ok(vec![Block::from_vec(inputs[0].shape(), out)])
}
