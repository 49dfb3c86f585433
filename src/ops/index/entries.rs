//! An index with one entry for every axis: the ellipsis written out, lengths of masks checked.

use crate::data::{Error, Result, UNKNOWN};
use crate::ir::Expr;
use crate::ops::index::Index;

/// The entries of an index, as many axes as the array has.
///
/// # Errors
/// `IndexError` for too many entries, two ellipses, arrays that are no index, or masks of other lengths.
pub(super) fn arrange(x: &Expr, index: &[Index]) -> Result<Vec<Index>> {
    let used: usize = index.iter().map(axes_of).sum();
    if used > x.ndim() {
        return Err(Error::index(format!(
            "too many indices for array: array is {}-dimensional, but {used} were indexed",
            x.ndim()
        )));
    }
    if index.iter().filter(|entry| **entry == Index::Ellipsis).count() > 1 {
        return Err(Error::index("an index can only have a single ellipsis ('...')"));
    }
    let fill = vec![Index::ALL; x.ndim() - used];
    let at = index.iter().position(|entry| *entry == Index::Ellipsis);
    let mut out = index[..at.unwrap_or(index.len())].to_vec();
    out.extend(fill);
    out.extend(at.map_or(&[][..], |at| &index[at + 1..]).iter().cloned());
    check_arrays(x, &out)?;
    Ok(out)
}

/// How many axes of the array an entry stands for.
pub(super) fn axes_of(entry: &Index) -> usize {
    match entry {
        Index::At(_) | Index::Slice { .. } => 1,
        Index::New | Index::Ellipsis | Index::Bool(_) => 0,
        Index::Array(array) if array.dtype.is_bool() => array.ndim(),
        Index::Array(_) => 1,
    }
}

fn check_arrays(x: &Expr, entries: &[Index]) -> Result<()> {
    let mut axis = 0;
    for entry in entries {
        if let Index::Array(array) = entry {
            if array.dtype.is_bool() {
                check_mask(x, array, axis)?;
            } else if !array.dtype.is_integer() && array.shape != [0] {
                return Err(Error::index("arrays used as indices must be of integer (or boolean) type"));
            }
        }
        axis += axes_of(entry);
    }
    Ok(())
}

fn check_mask(x: &Expr, mask: &Expr, axis: usize) -> Result<()> {
    for (k, &n) in mask.shape.iter().enumerate() {
        let have = x.shape[axis + k];
        if n != have && n != UNKNOWN && have != UNKNOWN {
            return Err(Error::index(format!(
                "boolean index did not match indexed array along axis {}; size of axis is {have} but size of corresponding boolean axis is {n}",
                axis + k
            )));
        }
    }
    Ok(())
}
