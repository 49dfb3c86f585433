//! Lines convolved: by a block function, or a long line with a few weights as shifted multiples of it.

use crate::data::{DType, Result};
use crate::ir::{Expr, Kernel, Op, Param};
use crate::ops::function::build::{at, bi, join, known_size, slice};
use crate::ops::primitive::{cast, per_block};

/// The convolution of two lines.
pub(super) fn convolved(a: &Expr, v: &Expr, mode: &str) -> Result<Expr> {
    let dtype = a.dtype.promote(v.dtype);
    let inner = match dtype {
        d if d.is_complex() => DType::Complex128,
        d if d.is_float() => DType::Float64,
        _ => DType::Int64,
    };
    known_size(a)?;
    known_size(v)?;
    let (long, short) = (a.shape[0].max(v.shape[0]), a.shape[0].min(v.shape[0]));
    let n = match mode {
        "same" => long,
        "valid" => long - short + 1,
        _ => long + short - 1,
    };
    let (a, v) = (cast(a, inner), cast(v, inner));
    if let Some(y) = shifted(&a, &v, mode)? {
        return Ok(cast(&y, dtype));
    }
    let y = per_block("convolve", vec![Param::Str(mode.into())], &[(&a, 1), (&v, 1)], &[n], inner, 0);
    Ok(cast(&y, dtype))
}

/// The longest weights of which each is multiplied with the whole line, and the shortest line: its ends are made apart.
const FEW: usize = 64;
const LONG: usize = 1 << 16;

/// A long line convolved with a few weights: multiples of the line, each shifted, added in the order of the line.
fn shifted(a: &Expr, v: &Expr, mode: &str) -> Result<Option<Expr>> {
    let (line, weights) = if a.shape[0] >= v.shape[0] { (a, v) } else { (v, a) };
    let (n, few) = (line.shape[0], weights.shape[0]);
    if n < LONG || !(2..=FEW).contains(&few) || matches!(line.op, Op::Memory(_)) && line.chunks.count() == 1 {
        return Ok(None);
    }
    let edge = few - 1;
    let weight = |k: usize| at(weights, 0, k);
    let mut inner = bi(Kernel::Multiply, &slice(line, 0, 0, n - edge), &weight(edge))?;
    for k in (0..edge).rev() {
        let first = edge - k;
        let term = bi(Kernel::Multiply, &slice(line, 0, first, first + n - edge), &weight(k))?;
        inner = bi(Kernel::Add, &inner, &term)?;
    }
    if mode == "valid" {
        return Ok(Some(inner));
    }
    let end = |part: &Expr, from: usize| {
        let len = part.shape[0] + edge;
        let full = vec![Param::Str("full".into())];
        slice(&per_block("convolve", full, &[(part, 1), (weights, 1)], &[len], line.dtype, 0), 0, from, from + edge)
    };
    let (before, after) = (end(&slice(line, 0, 0, edge), 0), end(&slice(line, 0, n - edge, n), edge));
    let whole = join(&[before, inner, after], 0);
    Ok(Some(if mode == "same" { slice(&whole, 0, edge / 2, edge / 2 + n) } else { whole }))
}
