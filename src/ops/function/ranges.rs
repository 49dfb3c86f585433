//! Evenly spaced numbers and the grids they span.

use crate::data::{Chunks, DType, Error, Result, Scalar};
use crate::ir::{Expr, Kernel};
use crate::ops::function::build::{bi, choose, count_up, move_axis, number_as, un, whole};
use crate::ops::function::operands::together;
use crate::ops::function::row::{answer, key, need, opt, tuple};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, expand, iota};

const LINSPACE: &[Parameter] = &[
    need("start"),
    need("stop"),
    opt("num", "50"),
    opt("endpoint", "True"),
    opt("retstep", "False"),
    opt("dtype", "None"),
    opt("axis", "0"),
    key("chunks", "None"),
];
const LOGSPACE: &[Parameter] = &[
    need("start"),
    need("stop"),
    opt("num", "50"),
    opt("endpoint", "True"),
    opt("base", "10.0"),
    opt("dtype", "None"),
    opt("axis", "0"),
    key("chunks", "None"),
];
const GEOMSPACE: &[Parameter] = &[
    need("start"),
    need("stop"),
    opt("num", "50"),
    opt("endpoint", "True"),
    opt("dtype", "None"),
    opt("axis", "0"),
    key("chunks", "None"),
];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "linspace",
        LINSPACE,
        "Evenly spaced numbers between two ends.",
        "np.linspace(0, 1, 5)",
        "array([0.  , 0.25, 0.5 , 0.75, 1.  ])",
        linspace,
    ),
    Function::row(
        "logspace",
        LOGSPACE,
        "Numbers evenly spaced on a log scale, by exponents.",
        "np.logspace(0, 3, 4)",
        "array([   1.,   10.,  100., 1000.])",
        logspace,
    ),
    Function::row(
        "geomspace",
        GEOMSPACE,
        "Numbers evenly spaced on a log scale, by ends.",
        "np.geomspace(1, 1000, 4)",
        "array([   1.,   10.,  100., 1000.])",
        geomspace,
    ),
    Function::row(
        "meshgrid",
        &[Parameter::rest("xi"), key("copy", "True"), key("sparse", "False"), key("indexing", "'xy'")],
        "Coordinate matrices of coordinate vectors.",
        "np.meshgrid([1, 2, 3], [4, 5])",
        "(array([[1, 2, 3],\n       [1, 2, 3]]), array([[4, 4, 4],\n       [5, 5, 5]]))",
        meshgrid,
    ),
    Function::row(
        "indices",
        &[need("dimensions"), opt("dtype", "None"), opt("sparse", "False"), key("chunks", "None")],
        "The index along each axis of a grid.",
        "np.indices((2, 2))",
        "array([[[0, 0],\n        [1, 1]],\n\n       [[0, 1],\n        [0, 1]]])",
        indices,
    ),
    Function::row(
        "fromfunction",
        &[need("function"), need("shape"), key("dtype", "None"), key("chunks", "None")],
        "A function of the indices along each axis.",
        "np.fromfunction(lambda i, j: i + j, (2, 2), dtype=int)",
        "array([[0, 1],\n       [1, 2]])",
        from_function,
    ),
];

/// `num` values and the step between them, new axis first, in `dtype`'s inexact form.
fn spaced(call: &Call<'_>, start: &Expr, stop: &Expr, dtype: DType) -> Result<(Expr, Expr)> {
    let num = call.count("num")?;
    let endpoint = call.flag("endpoint")?;
    let inner = dtype.to_inexact();
    let (start, stop) = (cast(start, inner), cast(stop, inner));
    let gaps = if endpoint { num.saturating_sub(1) } else { num };
    let delta = bi(Kernel::Subtract, &stop, &start)?;
    let step = bi(Kernel::Divide, &delta, &number_as(gaps.max(1) as f64, inner))?;
    let chunks = call.chunks("chunks", &[num], dtype)?;
    let line = iota(Scalar::Int64(0), Scalar::Int64(1), DType::Int64, chunks);
    let line = expand(&line, &(1..=delta.ndim()).collect::<Vec<_>>());
    let y = bi(Kernel::Add, &bi(Kernel::Multiply, &cast(&line, inner), &step)?, &start)?;
    let y =
        if endpoint && num > 1 { choose(&bi(Kernel::Equal, &line, &whole(num as i64 - 1))?, &stop, &y)? } else { y };
    let step = if gaps == 0 { number_as(f64::NAN, inner) } else { step };
    Ok((y, step))
}

fn ends(call: &Call<'_>) -> Result<(Expr, Expr, DType)> {
    let both = together(&[call.get("start"), call.get("stop")])?;
    let natural = both[0].dtype.promote(both[1].dtype);
    let natural = if natural.is_inexact() { natural } else { DType::Float64 };
    Ok((both[0].clone(), both[1].clone(), natural))
}

fn placed(call: &Call<'_>, y: &Expr) -> Result<Expr> {
    let axis = call.axis("axis", y.ndim())?;
    Ok(move_axis(y, 0, axis))
}

fn linspace(call: &Call<'_>) -> Result<Arg> {
    let (start, stop, natural) = ends(call)?;
    let dtype = call.dtype("dtype")?.unwrap_or(natural);
    let (y, step) = spaced(call, &start, &stop, natural)?;
    let y = if dtype.is_integer() { un(Kernel::Floor, &y)? } else { y };
    let y = placed(call, &cast(&y, dtype))?;
    if call.flag("retstep")? { tuple(vec![y, step]) } else { answer(y) }
}

fn logspace(call: &Call<'_>) -> Result<Arg> {
    let (start, stop, natural) = ends(call)?;
    let (y, _) = spaced(call, &start, &stop, natural)?;
    let base = crate::ops::function::operands::asarray(call.get("base"))?;
    // Each base of several has a column of its own, as each start has.
    let y = if y.ndim() <= base.ndim() { expand(&y, &(y.ndim()..=base.ndim()).collect::<Vec<_>>()) } else { y };
    let y = bi(Kernel::Power, &base, &y)?;
    answer(placed(call, &cast(&y, call.dtype("dtype")?.unwrap_or(y.dtype)))?)
}

fn geomspace(call: &Call<'_>) -> Result<Arg> {
    let (start, stop, natural) = ends(call)?;
    let (start, stop) = (cast(&start, natural), cast(&stop, natural));
    // Both ends are turned by the sign (or angle) of the first, so that the logarithm is of a positive number.
    let turn = if natural.is_complex() {
        bi(Kernel::Divide, &start, &un(Kernel::Abs, &start)?)?
    } else {
        un(Kernel::Sign, &start)?
    };
    let (a, b) = (bi(Kernel::Divide, &start, &turn)?, bi(Kernel::Divide, &stop, &turn)?);
    let (y, _) = spaced(call, &un(Kernel::Log10, &a)?, &un(Kernel::Log10, &b)?, natural)?;
    let y = bi(Kernel::Multiply, &bi(Kernel::Power, &number_as(10.0, natural), &y)?, &turn)?;
    let num = y.shape[0];
    let line = expand(&count_up(num), &(1..y.ndim()).collect::<Vec<_>>());
    let y = choose(&bi(Kernel::Equal, &line, &whole(0))?, &start, &y)?;
    let last = call.flag("endpoint")? && num > 1;
    let y = if last { choose(&bi(Kernel::Equal, &line, &whole(num as i64 - 1))?, &stop, &y)? } else { y };
    answer(placed(call, &cast(&y, call.dtype("dtype")?.unwrap_or(natural)))?)
}

fn meshgrid(call: &Call<'_>) -> Result<Arg> {
    let xs = call.arrays("xi")?;
    let swapped = call.word("indexing", &["xy", "ij"])? == "xy" && xs.len() > 1;
    let n = xs.len();
    let mut grids = Vec::new();
    for (k, x) in xs.iter().enumerate() {
        let x = crate::ops::function::build::flat(x)?;
        let axis = if swapped && k < 2 { 1 - k } else { k };
        grids.push(expand(&x, &(0..n).filter(|&other| other != axis).collect::<Vec<_>>()));
    }
    if !call.flag("sparse")? {
        grids = crate::ops::primitive::broadcast_all(&grids)?;
    }
    tuple(grids)
}

/// The index along each axis of a shape, each broadcast to it where `full`.
fn index_arrays(shape: &[usize], dtype: DType, chunks: &Chunks, full: bool) -> Result<Vec<Expr>> {
    let one = |axis: usize| {
        let line = iota(Scalar::Int64(0), Scalar::Int64(1), dtype, Chunks(vec![chunks.0[axis].clone()]));
        let line = expand(&line, &(0..shape.len()).filter(|&other| other != axis).collect::<Vec<_>>());
        Ok(if full { crate::ops::primitive::broadcast(&line, chunks) } else { line })
    };
    (0..shape.len()).map(one).collect()
}

fn indices(call: &Call<'_>) -> Result<Arg> {
    let shape = call.shape("dimensions")?;
    let dtype = call.dtype("dtype")?.unwrap_or(DType::Int64);
    let chunks = call.chunks("chunks", &shape, dtype)?;
    let sparse = call.flag("sparse")?;
    let all = index_arrays(&shape, dtype, &chunks, !sparse)?;
    if sparse {
        return tuple(all);
    }
    let all: Vec<Expr> = all.iter().map(|x| expand(x, &[0])).collect();
    if all.is_empty() {
        return Err(Error::value("indices needs at least one dimension"));
    }
    answer(crate::ops::primitive::concat(&all, 0))
}

fn from_function(call: &Call<'_>) -> Result<Arg> {
    let shape = call.shape("shape")?;
    let dtype = call.dtype("dtype")?.unwrap_or(DType::Float64);
    let chunks = call.chunks("chunks", &shape, dtype)?;
    let all = index_arrays(&shape, dtype, &chunks, true)?;
    match call.get("function") {
        Arg::Callable(function) => call.host.call(function, all.into_iter().map(Arg::Array).collect()),
        other => Err(Error::type_(format!("'{}' object is not callable", other.type_name()))),
    }
}
