//! Counting values into bins.

use super::{Row, int};
use crate::data::{Block, DType, Error, Result};
use crate::ir::Param;

/// The rows of this family.
pub(super) const ROWS: &[Row] = &[("histogram", histogram), ("bincount", bincount)];

/// Inputs: values, ascending edges, and weights where there are any. The last bin is closed.
fn histogram(inputs: &[Block], _: &[Param]) -> Result<Vec<Block>> {
    let (x, edges) = (inputs[0].to_vec::<f64>(), inputs[1].to_vec::<f64>());
    let bins = edges.len().saturating_sub(1);
    let bin = |v: f64| {
        let place = edges.partition_point(|&e| e <= v);
        let inside = place > 0 && (place <= bins || (bins > 0 && v == edges[bins]));
        inside.then(|| (place - 1).min(bins.saturating_sub(1)))
    };
    let Some(weights) = inputs.get(2) else {
        let mut counts = vec![0i64; bins];
        x.iter().filter_map(|&v| bin(v)).for_each(|k| counts[k] += 1);
        return Ok(vec![Block::from_vec(&[bins], counts)]);
    };
    let mut sums = vec![0.0; bins];
    for (&v, w) in x.iter().zip(weights.to_vec::<f64>()) {
        if let Some(k) = bin(v) {
            sums[k] += w;
        }
    }
    Ok(vec![Block::from_vec(&[bins], sums)])
}

/// Inputs: int64 values, and float64 weights where there are any. Parameter: the least length.
fn bincount(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let x = inputs[0].to_vec::<i64>();
    if x.iter().any(|&v| v < 0) {
        return Err(Error::value("'list' argument must have no negative elements"));
    }
    let largest = x.iter().max().map_or(0, |&v| v as usize + 1);
    let len = largest.max(int(params, 0).max(0) as usize);
    let Some(weights) = inputs.get(1) else {
        let mut counts = vec![0i64; len];
        x.iter().for_each(|&v| counts[v as usize] += 1);
        return Ok(vec![Block::from_vec(&[len], counts)]);
    };
    let mut sums = vec![0.0; len];
    x.iter().zip(weights.cast(DType::Float64).to_vec::<f64>()).for_each(|(&v, w)| sums[v as usize] += w);
    Ok(vec![Block::from_vec(&[len], sums)])
}
