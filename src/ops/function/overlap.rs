//! Blocks that share elements with their neighbours.

use super::functional::{assembled, mapped, part, per_axis};
use crate::data::{Chunks, Cuts, Error, Region, Result};
use crate::ir::Expr;
use crate::ops::function::operands::asarray;
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Home, Parameter};
use crate::ops::primitive::{cast, concat, rechunk};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "map_overlap",
        &[
            need("func"),
            Parameter::rest("args"),
            key("depth", "0"),
            key("boundary", "None"),
            key("trim", "True"),
            key("dtype", "None"),
            key("meta", "None"),
            key("align_arrays", "True"),
            key("allow_rechunk", "True"),
        ],
        "A function of each block with elements of its neighbours, which are trimmed off.",
        "da.map_overlap(lambda b: b, da.arange(4, chunks=2), depth=1, boundary='none').compute()",
        "array([0, 1, 2, 3])",
        map_overlap,
    )
    .method()
    .home(Home::DaskOnly),
    Function::row(
        "overlap.overlap",
        &[need("x"), need("depth"), opt("boundary", "None"), key("allow_rechunk", "True")],
        "The blocks of an array, each with elements of its neighbours.",
        "da.overlap.overlap(da.arange(6, chunks=3), depth=1, boundary=0).compute()",
        "array([0, 0, 1, 2, 3, 2, 3, 4, 5, 0])",
        overlap,
    )
    .home(Home::DaskOnly),
    Function::row(
        "overlap.trim_overlap",
        &[need("x"), need("depth"), opt("boundary", "None")],
        "The blocks of an array without what `overlap` gave them of their neighbours.",
        "da.overlap.trim_overlap(da.overlap.overlap(da.arange(6, chunks=3), 1, 0), 1, 0).compute()",
        "array([0, 1, 2, 3, 4, 5])",
        trim_overlap,
    )
    .home(Home::DaskOnly),
];

/// How far blocks reach into their neighbours along each axis, and what lies beyond the array's ends.
struct Reach {
    depth: Vec<usize>,
    edges: Vec<Arg>,
}

impl Reach {
    fn of(call: &Call<'_>, ndim: usize) -> Result<Reach> {
        let depth = per_axis(call.get("depth"), ndim, &Arg::Int(0.into()))?;
        let depth = depth.iter().map(|d| call.int_of(d, "depth").map(|n| n.max(0) as usize));
        let edges = per_axis(call.get("boundary"), ndim, &Arg::Str("none".into()))?;
        Ok(Reach { depth: depth.collect::<Result<_>>()?, edges })
    }

    /// Whether blocks at the ends of an axis end with the array.
    fn is_open(&self, axis: usize) -> bool {
        matches!(&self.edges[axis], Arg::None) || self.edges[axis] == Arg::Str("none".into())
    }

    /// The array lengthened along the axes whose ends are not open.
    fn widened(&self, x: &Expr) -> Result<Expr> {
        let mut wide = x.clone();
        for axis in (0..x.ndim()).filter(|&axis| self.depth[axis] > 0 && !self.is_open(axis)) {
            wide = bordered(&wide, axis, self.depth[axis], &self.edges[axis])?;
        }
        Ok(wide)
    }

    /// What the block of a region is of the widened array, and where in it the region begins.
    fn block(&self, region: &Region, wide: &Expr) -> (Region, Vec<usize>) {
        let mut block = region.clone();
        let mut before = vec![0; region.len.len()];
        for axis in 0..before.len() {
            let depth = self.depth[axis];
            // In the widened array an element stands `shift` further on; an open side ends with the array.
            let shift = if self.is_open(axis) { 0 } else { depth };
            let from = (region.start[axis] + shift).saturating_sub(depth);
            let to = (region.start[axis] + shift + region.len[axis] + depth).min(wide.shape[axis]);
            (block.start[axis], block.len[axis]) = (from, to - from);
            before[axis] = region.start[axis] + shift - from;
        }
        (block, before)
    }
}

/// The array lengthened by `depth` on both sides of an axis, as the boundary says.
fn bordered(x: &Expr, axis: usize, depth: usize, boundary: &Arg) -> Result<Expr> {
    let mode = match boundary {
        Arg::Str(name) => match name.as_str() {
            "periodic" => "wrap",
            "reflect" => "symmetric",
            "nearest" => "edge",
            other => {
                return Err(Error::value(format!(
                    "unknown boundary '{other}': periodic, reflect, nearest, none or a number"
                )));
            }
        },
        _ => "",
    };
    if !mode.is_empty() {
        return if x.shape[axis] == 0 { Ok(x.clone()) } else { super::padding::extended(x, axis, mode, depth, depth) };
    }
    let mut shape = x.shape.clone();
    shape[axis] = depth;
    let value = super::build::broadcast_to(&cast(&asarray(boundary)?, x.dtype), &shape)?;
    Ok(concat(&[value.clone(), x.clone(), value], axis))
}

fn map_overlap(call: &Call<'_>) -> Result<Arg> {
    let (f, args) = mapped(call)?;
    let Some(Arg::Array(x)) = args.first() else { return Err(Error::type_("map_overlap needs an array")) };
    let (ndim, grid) = (x.ndim(), x.chunks.clone());
    let reach = Reach::of(call, ndim)?;
    let (wide, trim) = (reach.widened(x)?, call.flag("trim")?);
    let mut blocks = Vec::new();
    for number in 0..grid.count() {
        let region = grid.region(&grid.unravel(number));
        let (block, before) = reach.block(&region, &wide);
        let mut inner = args.clone();
        inner[0] = Arg::Array(part(&wide, &block.start, &block.len));
        let y = asarray(&call.host.call(&f, inner)?)?;
        blocks.push(if trim && y.ndim() == ndim { part(&y, &before, &region.len) } else { y });
    }
    answer(assembled(blocks, &grid.numblocks())?)
}

/// Blocks put together, each one chunk of the whole.
fn as_chunks(blocks: Vec<Expr>, grid: &Chunks) -> Result<Expr> {
    let along = |axis: usize| {
        let step: usize = grid.numblocks()[axis + 1..].iter().product();
        Cuts::from_sizes(&(0..grid.0[axis].count()).map(|k| blocks[k * step].shape[axis]).collect::<Vec<_>>())
    };
    let chunks = Chunks((0..grid.0.len()).map(along).collect());
    Ok(rechunk(&assembled(blocks, &grid.numblocks())?, chunks))
}

fn overlap(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let (reach, grid) = (Reach::of(call, x.ndim())?, x.chunks.clone());
    let wide = reach.widened(&x)?;
    let block = |number: usize| {
        let (block, _) = reach.block(&grid.region(&grid.unravel(number)), &wide);
        part(&wide, &block.start, &block.len)
    };
    answer(as_chunks((0..grid.count()).map(block).collect(), &grid)?)
}

fn trim_overlap(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let (reach, grid) = (Reach::of(call, x.ndim())?, x.chunks.clone());
    let mut blocks = Vec::with_capacity(grid.count());
    for number in 0..grid.count() {
        let index = grid.unravel(number);
        let mut region = grid.region(&index);
        for axis in 0..x.ndim() {
            let (depth, last) = (reach.depth[axis], grid.0[axis].count() - 1);
            let ends = [index[axis] == 0, index[axis] == last].map(|is_end| is_end && reach.is_open(axis));
            let [low, high] = ends.map(|is_end| if is_end { 0 } else { depth });
            let Some(len) = region.len[axis].checked_sub(low + high) else {
                return Err(Error::value(format!("a depth of {depth} is more than the blocks along axis {axis} have")));
            };
            region.start[axis] += low;
            region.len[axis] = len;
        }
        blocks.push(part(&x, &region.start, &region.len));
    }
    answer(as_chunks(blocks, &grid)?)
}
