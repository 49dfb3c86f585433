//! Functions of the language applied to lines, axes and blocks of arrays.

use crate::data::{Chunks, Cuts, Error, Region, Result};
use crate::ir::{Expr, Kernel, View, ViewAxis};
use crate::ops::function::build::un;
use crate::ops::function::operands::asarray;
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Callable, Function, Home, Parameter};
use crate::ops::primitive::{Pick, cast, expand, pick, sliced, view_in_chunks};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "apply_along_axis",
        &[need("func1d"), need("axis"), need("arr"), Parameter::rest("args")],
        "A function of each line along an axis.",
        "np.apply_along_axis(np.sum, 1, [[1, 2], [3, 4]])",
        "array([3, 7])",
        super::along::along_axis,
    ),
    Function::row(
        "apply_over_axes",
        &[need("func"), need("a"), need("axes")],
        "A function applied over one axis after another.",
        "np.apply_over_axes(np.sum, np.array([[1, 2], [3, 4]]), [0, 1])",
        "array([[10]])",
        over_axes,
    ),
    Function::row(
        "map_blocks",
        &[
            need("func"),
            Parameter::rest("args"),
            key("dtype", "None"),
            key("chunks", "None"),
            key("drop_axis", "None"),
            key("new_axis", "None"),
            key("meta", "None"),
            key("name", "None"),
            key("token", "None"),
            key("enforce_ndim", "False"),
        ],
        "A function of each block.",
        "da.map_blocks(lambda b: b - b.max(), da.arange(4, chunks=2)).compute()",
        "array([-1,  0, -1,  0])",
        map_blocks,
    )
    .method()
    .home(Home::DaskOnly),
    Function::row(
        "coarsen",
        &[need("reduction"), need("x"), need("axes"), opt("trim_excess", "False")],
        "A reduction over neighbourhoods of fixed size.",
        "da.coarsen(np.sum, da.arange(6, chunks=6), {0: 2}).compute()",
        "array([1, 5, 9])",
        coarsen,
    )
    .home(Home::DaskOnly),
    Function::row(
        "reduction",
        &[
            need("x"),
            need("chunk"),
            need("aggregate"),
            opt("axis", "None"),
            opt("keepdims", "False"),
            opt("combine", "None"),
            opt("dtype", "None"),
            opt("split_every", "None"),
            opt("concatenate", "True"),
            opt("output_size", "1"),
            opt("meta", "None"),
            key("name", "None"),
            key("out", "None"),
            key("weights", "None"),
        ],
        "A reduction by a function of each block and one of what those answer.",
        "da.reduction(da.arange(6, chunks=2), np.sum, np.sum).compute()",
        "np.int64(15)",
        reduction,
    )
    .home(Home::DaskOnly),
    Function::row(
        "isnull",
        &[need("values")],
        "Whether an element is NaN.",
        "da.isnull(da.from_array(np.array([1.0, np.nan]))).compute()",
        "array([False,  True])",
        |c| answer(nulls(&c.array("values")?)?),
    )
    .home(Home::DaskOnly),
    Function::row(
        "notnull",
        &[need("values")],
        "Whether an element is not NaN.",
        "da.notnull(da.from_array(np.array([1.0, np.nan]))).compute()",
        "array([ True, False])",
        |c| answer(un(Kernel::LogicalNot, &nulls(&c.array("values")?)?)?),
    )
    .home(Home::DaskOnly),
];

fn nulls(x: &Expr) -> Result<Expr> {
    un(Kernel::Isnan, &if x.dtype.is_inexact() { x.clone() } else { cast(x, crate::data::DType::Float64) })
}

fn function<'a>(call: &'a Call<'_>, name: &str) -> Result<&'a Callable> {
    match call.get(name) {
        Arg::Callable(function) => Ok(function),
        other => Err(Error::type_(format!("'{}' object is not callable", other.type_name()))),
    }
}

fn rest(call: &Call<'_>) -> Vec<Arg> {
    if let Arg::Tuple(items) = call.get("args") { items.clone() } else { vec![] }
}

fn over_axes(call: &Call<'_>) -> Result<Arg> {
    let (f, mut x) = (function(call, "func")?, call.array("a")?);
    let ndim = x.ndim();
    for axis in call.axis_list("axes", ndim)? {
        let y = asarray(&call.host.call(f, vec![Arg::Array(x.clone()), Arg::Int(axis.into())])?)?;
        x = match y.ndim() {
            n if n == ndim => y,
            n if n + 1 == ndim => expand(&y, &[axis]),
            _ => return Err(Error::value("function is not returning an array of the correct shape")),
        };
    }
    answer(x)
}

/// The function and the arguments of `map_blocks(f, x)` or `x.map_blocks(f)`.
pub(super) fn mapped(call: &Call<'_>) -> Result<(Callable, Vec<Arg>)> {
    let mut args = rest(call);
    let f = match (call.get("func"), args.first()) {
        (Arg::Callable(f), _) => f.clone(),
        (x, Some(Arg::Callable(f))) => {
            let f = f.clone();
            args[0] = x.clone();
            f
        }
        (other, _) => return Err(Error::type_(format!("'{}' object is not callable", other.type_name()))),
    };
    Ok((f, args))
}

/// A box of an array.
pub(super) fn part(x: &Expr, start: &[usize], len: &[usize]) -> Expr {
    let one = |(&start, &len): (&usize, &usize)| Pick::Slice { start, step: 1, len };
    pick(x, &start.iter().zip(len).map(one).collect::<Vec<_>>())
}

/// Blocks in C order of a grid put together.
pub(super) fn assembled(mut blocks: Vec<Expr>, grid: &[usize]) -> Result<Expr> {
    for axis in (0..grid.len()).rev() {
        let each: Vec<&[Expr]> = blocks.chunks(grid[axis]).collect();
        let joined = each.into_iter().map(|row| super::joining::concatenated(row, axis)).collect::<Result<Vec<_>>>()?;
        blocks = joined;
    }
    blocks.into_iter().next().ok_or_else(|| Error::value("there is no block to map"))
}

fn map_blocks(call: &Call<'_>) -> Result<Arg> {
    let (f, args) = mapped(call)?;
    let arrays: Vec<Expr> =
        args.iter().filter_map(|a| if let Arg::Array(x) = a { Some(x.clone()) } else { None }).collect();
    let Some(first) = arrays.first() else { return Err(Error::type_("map_blocks needs at least one array")) };
    let grid = first.chunks.clone();
    if arrays.iter().any(|x| x.shape != first.shape) {
        return Err(Error::value("the arrays of map_blocks must have one shape"));
    }
    if call.given("new_axis") {
        return Err(Error::not_implemented("map_blocks with new_axis is not there yet"));
    }
    let of_region = |region: &Region| {
        let one = |arg: &Arg| match arg {
            Arg::Array(x) => Arg::Array(part(x, &region.start, &region.len)),
            other => other.clone(),
        };
        let inner: Vec<Arg> = args.iter().map(one).collect();
        let blocks = inner.iter().filter_map(|a| if let Arg::Array(x) = a { Some(x.clone()) } else { None }).collect();
        let y = asarray(&call.host.call(&f, inner)?)?;
        Ok((blocks, call.dtype("dtype")?.map_or_else(|| y.clone(), |dtype| cast(&y, dtype))))
    };
    if !call.given("drop_axis")
        && let Some(whole) = super::lifted::elementwise(&arrays, &grid, of_region)?
    {
        return answer(whole);
    }
    let regions = (0..grid.count()).map(|number| grid.region(&grid.unravel(number)));
    let blocks = regions.map(|region| Ok(of_region(&region)?.1)).collect::<Result<Vec<_>>>()?;
    let mut counts = grid.numblocks();
    let mut dropped = if call.given("drop_axis") { call.axis_list("drop_axis", first.ndim())? } else { vec![] };
    dropped.sort_unstable();
    for axis in dropped.into_iter().rev() {
        counts.remove(axis);
    }
    answer(assembled(blocks, &counts)?)
}

/// A number for each axis, of one number, a tuple, or a dict by axis.
pub(super) fn per_axis(arg: &Arg, ndim: usize, default: &Arg) -> Result<Vec<Arg>> {
    match arg {
        Arg::Dict(entries) => Ok((0..ndim)
            .map(|axis| {
                entries.iter().find(|(k, _)| *k == Arg::Int(axis.into())).map_or(default.clone(), |(_, v)| v.clone())
            })
            .collect()),
        Arg::Tuple(items) | Arg::List(items) if items.len() == ndim => Ok(items.clone()),
        Arg::Tuple(_) | Arg::List(_) => Err(Error::value("one entry an axis is needed")),
        one => Ok(vec![one.clone(); ndim]),
    }
}

fn coarsen(call: &Call<'_>) -> Result<Arg> {
    let (f, mut x) = (function(call, "reduction")?, call.array("x")?);
    let sizes = per_axis(call.get("axes"), x.ndim(), &Arg::Int(1.into()))?;
    let (mut shape, mut folded) = (Vec::new(), Vec::new());
    let (mut cuts, mut axes) = (Vec::new(), Vec::new());
    for (axis, size) in sizes.iter().enumerate() {
        let size = usize::try_from(call.int_of(size, "axes")?).unwrap_or(1).max(1);
        let n = x.shape[axis];
        if n % size != 0 {
            if !call.flag("trim_excess")? {
                return Err(Error::value("Coarsening factors do not align with block dimensions"));
            }
            x = super::build::slice(&x, axis, 0, n - n % size);
        }
        let count = x.shape[axis] / size;
        shape.extend([count, size]);
        cuts.extend([sliced(&x.chunks.0[axis], 0, size as isize, count), Cuts::whole(size)]);
        axes.extend([size as isize, 1].map(|step| ViewAxis::Input { axis, step }));
        folded.push(Arg::Int((2 * axis + 1).into()));
    }
    // Neighbourhoods are windows that do not overlap.
    let places = View { base: vec![0; x.ndim()], axes, shape };
    let neighbourhoods = view_in_chunks(&x, places, Chunks(cuts));
    call.host.call(f, vec![Arg::Array(neighbourhoods), Arg::Tuple(folded)])
}

/// Each block reduced with its axes kept, and what that makes reduced again.
fn reduction(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    if call.given("weights") || call.get("concatenate") == &Arg::Bool(false) {
        return Err(Error::not_implemented("reduction with weights= or concatenate=False is not there yet"));
    }
    let (chunk, last, x) = (function(call, "chunk")?, function(call, "aggregate")?, call.array("x")?);
    let axes = Arg::Tuple(call.axes("axis", x.ndim())?.into_iter().map(|axis| Arg::Int(axis.into())).collect());
    let reduced = |f: &Callable, x: Expr, keepdims: bool| {
        let named = vec![("axis", axes.clone()), ("keepdims", Arg::Bool(keepdims))];
        asarray(&call.host.call_named(f, vec![Arg::Array(x)], named)?)
    };
    let grid = x.chunks.clone();
    let mut blocks = Vec::with_capacity(grid.count());
    for number in 0..grid.count() {
        let region = grid.region(&grid.unravel(number));
        blocks.push(reduced(chunk, part(&x, &region.start, &region.len), true)?);
    }
    let y = reduced(last, assembled(blocks, &grid.numblocks())?, call.flag("keepdims")?)?;
    answer(call.dtype("dtype")?.map_or_else(|| y.clone(), |dtype| cast(&y, dtype)))
}
