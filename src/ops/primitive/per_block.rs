//! Named block functions over whole core axes.

use crate::data::{Chunks, Cuts, DType};
use crate::ir::{Core, Expr, Op, Param, PerBlock};
use crate::ops::primitive::rechunk;

/// A block function of inputs whose loop axes (all but the core axes, which come last) are equal.
/// `out_core` are the lengths of the output's core axes ([`crate::data::UNKNOWN`] where the values decide).
/// Core axes are made one chunk; loop axes keep the first input's chunks.
pub fn per_block(
    name: &'static str,
    params: Vec<Param>,
    inputs: &[(&Expr, usize)],
    out_core: &[usize],
    dtype: DType,
    result: usize,
) -> Expr {
    let loops = inputs.first().map_or(0, |(x, core)| x.ndim() - core);
    let loop_cuts: Vec<Cuts> = inputs.first().map_or(vec![], |(x, _)| x.chunks.0[..loops].to_vec());
    let whole = |x: &Expr| {
        let core = x.shape[loops..].iter().map(|&n| Cuts::whole(n));
        rechunk(x, Chunks(loop_cuts.iter().cloned().chain(core).collect()))
    };
    let core = Core { inputs: inputs.iter().map(|(_, core)| *core).collect(), output: out_core.len() };
    let arrays = inputs.iter().map(|(x, _)| whole(x)).collect();
    let chunks = Chunks(loop_cuts.iter().cloned().chain(out_core.iter().map(|&n| unknown_or_whole(n))).collect());
    Expr::new(Op::PerBlock(PerBlock { name, params, core, result }), arrays, chunks.shape(), dtype, chunks)
}

fn unknown_or_whole(n: usize) -> Cuts {
    Cuts::from_sizes(&[n])
}
