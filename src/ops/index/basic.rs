//! Integers, slices and new axes: a view.

use crate::data::{Error, Result, UNKNOWN};
use crate::ir::Expr;
use crate::ops::index::Index;
use crate::ops::primitive::{Pick, pick};

/// The view that integers, slices and new axes select.
pub(super) fn get(x: &Expr, entries: &[Index]) -> Result<Expr> {
    Ok(pick(x, &picks(x, entries)?))
}

/// The picks of entries, of which there is one an axis.
pub(super) fn picks(x: &Expr, entries: &[Index]) -> Result<Vec<Pick>> {
    let mut axis = 0;
    let mut out = Vec::new();
    for entry in entries {
        out.push(match entry {
            Index::At(index) => Pick::At(position(*index, x.shape[axis], axis)?),
            Index::Slice { start, stop, step } => slice(*start, *stop, *step, x.shape[axis])?,
            _ => Pick::New,
        });
        axis += super::entries::axes_of(entry);
    }
    Ok(out)
}

/// An index from the front or, negative, from the back.
pub(super) fn position(index: i64, len: usize, axis: usize) -> Result<usize> {
    let n = len as i64;
    if index < -n || index >= n {
        return Err(Error::index(format!("index {index} is out of bounds for axis {axis} with size {len}")));
    }
    Ok(if index < 0 { index + n } else { index } as usize)
}

fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>, len: usize) -> Result<Pick> {
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Error::value("slice step cannot be zero"));
    }
    if len == UNKNOWN {
        return Ok(Pick::Slice { start: 0, step: 1, len });
    }
    let (first, count) = resolve(start, stop, step, len);
    Ok(Pick::Slice { start: first, step: step as isize, len: count })
}

/// First index and count of a slice of an axis, as Python's `slice.indices` gives them.
pub fn resolve(start: Option<i64>, stop: Option<i64>, step: i64, len: usize) -> (usize, usize) {
    let n = len as i64;
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clamp = |v: i64| if v < 0 { v.saturating_add(n).max(low) } else { v.min(high) };
    let from = start.map_or(if step > 0 { low } else { high }, clamp);
    let to = stop.map_or(if step > 0 { high } else { low }, clamp);
    let span = if step > 0 { to - from } else { from - to };
    if span <= 0 {
        return (0, 0);
    }
    let count = (span as u64).div_ceil(step.unsigned_abs());
    (from as usize, count as usize)
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn slices_resolve_as_in_python() {
        assert_eq!(resolve(None, None, -1, 5), (4, 5));
        assert_eq!(resolve(Some(-3), None, 1, 5), (2, 3));
        assert_eq!(resolve(Some(10), None, 1, 5), (0, 0));
        assert_eq!(resolve(Some(4), Some(0), -2, 5), (4, 2));
        assert_eq!(resolve(None, Some(-1), 2, 5), (0, 2));
        assert_eq!(resolve(Some(-100), Some(100), 3, 5), (0, 2));
    }
}
