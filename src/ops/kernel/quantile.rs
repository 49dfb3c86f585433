//! Medians and quantiles of a line.

use super::lines::map_lines;
use super::order::Ranked;
use super::{Row, flag, float, text};
use crate::data::{Block, DType, Result};
use crate::ir::Param;

/// The rows of this family.
pub(super) const ROWS: &[Row] = &[("median", median), ("quantile", quantile)];

/// The line without NaN, sorted; `None` where a NaN decides the answer.
fn prepared(line: &[f64], skip_nan: bool) -> Option<Vec<f64>> {
    let mut kept: Vec<f64> = line.iter().copied().filter(|v| !v.is_nan()).collect();
    if kept.is_empty() || (!skip_nan && kept.len() < line.len()) {
        return None;
    }
    kept.sort_by(Ranked::rank);
    Some(kept)
}

fn in_dtype(x: &Block, y: Block) -> Vec<Block> {
    vec![if x.dtype() == DType::Float32 { y.cast(DType::Float32) } else { y }]
}

/// Parameter: whether NaN are left out. The core axis becomes one of length 1.
fn median(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let skip = flag(params, 0);
    let y = map_lines::<f64, f64>(&inputs[0], |line| {
        let Some(sorted) = prepared(line, skip) else { return vec![f64::NAN] };
        let half = sorted.len() / 2;
        vec![if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }]
    });
    Ok(in_dtype(&inputs[0], y))
}

/// Parameters: whether NaN are left out, the method, and each quantile. The core axis becomes one of their number.
fn quantile(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (skip, method) = (flag(params, 0), text(params, 1).to_string());
    let qs: Vec<f64> = (2..params.len()).filter_map(|k| float(params, k)).collect();
    let y = map_lines::<f64, f64>(&inputs[0], |line| match prepared(line, skip) {
        Some(sorted) => qs.iter().map(|&q| at(&sorted, q, &method)).collect(),
        None => vec![f64::NAN; qs.len()],
    });
    Ok(in_dtype(&inputs[0], y))
}

/// The quantile `q` of sorted values by one of the methods of Hyndman and Fan (1996), as NumPy names them.
fn at(sorted: &[f64], q: f64, method: &str) -> f64 {
    let n = sorted.len() as f64;
    let last = n - 1.0;
    let get = |i: f64| sorted[i.clamp(0.0, last) as usize];
    let between = |alpha: f64, beta: f64| n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0;
    let virtual_index = match method {
        "lower" => return get((last * q).floor()),
        "higher" => return get((last * q).ceil()),
        "nearest" => return get(nearest_even(last * q)),
        "midpoint" => {
            let index = last * q;
            return f64::midpoint(get(index.floor()), get(index.ceil()));
        }
        "inverted_cdf" => return get((n * q - 1.0).ceil()),
        "averaged_inverted_cdf" => {
            let index = n * q - 1.0;
            return if index.fract() == 0.0 && index >= 0.0 {
                f64::midpoint(get(index), get(index + 1.0))
            } else {
                get(index.ceil())
            };
        }
        "closest_observation" => return get(nearest_even(n * q - 1.0)),
        "interpolated_inverted_cdf" => between(0.0, 1.0),
        "hazen" => between(0.5, 0.5),
        "weibull" => between(0.0, 0.0),
        "median_unbiased" => between(1.0 / 3.0, 1.0 / 3.0),
        "normal_unbiased" => between(3.0 / 8.0, 3.0 / 8.0),
        _ => last * q,
    };
    let virtual_index = virtual_index.clamp(0.0, last);
    let (low, high) = (get(virtual_index.floor()), get(virtual_index.floor() + 1.0));
    lerp(low, high, virtual_index.fract())
}

fn nearest_even(v: f64) -> f64 {
    v.round_ties_even()
}

/// Between two values, from the nearer end so that the ends are exact.
fn lerp(a: f64, b: f64, t: f64) -> f64 {
    if a == b {
        a
    } else if t < 0.5 {
        a + (b - a) * t
    } else {
        b - (b - a) * (1.0 - t)
    }
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn methods_give_numpys_quantiles() {
        // np.quantile([1, 2, 4, 7, 11], 0.4, method=...)
        let sorted = [1.0, 2.0, 4.0, 7.0, 11.0];
        let cases = [
            ("linear", 3.2),
            ("lower", 2.0),
            ("higher", 4.0),
            ("nearest", 4.0),
            ("midpoint", 3.0),
            ("inverted_cdf", 2.0),
            ("averaged_inverted_cdf", 3.0),
            ("hazen", 3.0),
            ("weibull", 2.8),
        ];
        for (method, expected) in cases {
            let found = at(&sorted, 0.4, method);
            assert!((found - expected).abs() < 1e-12, "{method}: {found} for {expected}");
        }
    }
}
