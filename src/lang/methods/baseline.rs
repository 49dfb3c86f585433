//! Methods that only lazy arrays have, for the eager baseline: there `da` makes arrays that are computed already.

use crate::data::Result;
use crate::lang::function::{Args, Method};
use crate::lang::machine::Machine;
use crate::lang::methods::{method, nothing};
use crate::lang::value::Value;

pub(super) const BASELINE: &[Method] = &[
    method("compute", itself),
    method("persist", itself),
    method("compute_chunk_sizes", itself),
    method("explain", |_, _, _| nothing()),
    method("visualize", |_, _, _| nothing()),
];

fn itself(_: &Machine<'_>, me: &Value, _: Args) -> Result<Value> {
    Ok(me.clone())
}
