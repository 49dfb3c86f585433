//! Indexing as NumPy defines it: `x[...]` read and replaced, basic and advanced.

mod advanced;
mod basic;
mod entries;
mod write;

pub use basic::resolve;
pub use write::set;

use crate::data::Result;
use crate::ir::Expr;
use crate::ops::function::Host;
use entries::arrange;

/// One entry of an index.
#[derive(Clone, Debug, PartialEq)]
pub enum Index {
    /// An integer; negative from the end.
    At(i64),
    Slice {
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    },
    /// `None`, `np.newaxis`.
    New,
    Ellipsis,
    /// `True` or `False`.
    Bool(bool),
    /// Integers, or a bool mask of as many axes as it has.
    Array(Expr),
}

impl Index {
    /// `:`
    pub const ALL: Index = Index::Slice { start: None, stop: None, step: None };
}

/// The elements of an array at an index.
///
/// # Errors
/// `IndexError` where the index is outside, has too many entries or does not fit.
pub fn get(x: &Expr, index: &[Index], host: &dyn Host) -> Result<Expr> {
    let entries = arrange(x, index)?;
    if entries.iter().any(|entry| matches!(entry, Index::Bool(_))) {
        let (x, entries) = without_bools(x, &entries);
        return advanced::get(&x, &entries, host);
    }
    if let Some(selected) = advanced::select_mask(x, &entries)? {
        return Ok(selected);
    }
    if entries.iter().any(|entry| matches!(entry, Index::Array(_))) {
        return advanced::get(x, &entries, host);
    }
    basic::get(x, &entries)
}

/// `True` and `False` as an index of a new axis: its one element, or none.
fn without_bools(x: &Expr, entries: &[Index]) -> (Expr, Vec<Index>) {
    let (mut positions, mut axis) = (Vec::new(), 0);
    for entry in entries {
        if let Index::Bool(_) = entry {
            positions.push(axis);
            axis += 1;
        }
        axis += entries::axes_of(entry);
    }
    let entry = |entry: &Index| match entry {
        Index::Bool(keep) => advanced::index_entry(if *keep { vec![0] } else { vec![] }),
        other => other.clone(),
    };
    (crate::ops::primitive::expand(x, &positions), entries.iter().map(entry).collect())
}
