//! Arrays from values, shapes and ranges.

use crate::data::{Chunks, DType, Error, Result, Scalar};
use crate::ir::{Expr, Kernel, Op};
use crate::ops::function::build::{bi, broadcast_to, position};
use crate::ops::function::operands::asarray_as;
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Home, Mode, Parameter, chunks::parse_chunks};
use crate::ops::primitive::{cast, expand, fill, fill_like, iota, rechunk};

const ARRAY: &[Parameter] = &[
    need("object"),
    opt("dtype", "None"),
    key("copy", "True"),
    key("order", "'K'"),
    key("subok", "False"),
    key("ndmin", "0"),
    key("like", "None"),
];
const AS_ARRAY: &[Parameter] = &[need("a"), opt("dtype", "None"), opt("order", "None"), key("chunks", "None")];
const SHAPE: &[Parameter] =
    &[need("shape"), opt("dtype", "None"), opt("order", "'C'"), opt("chunks", "None"), key("name", "None")];
const LIKE: &[Parameter] = &[
    need("a"),
    opt("dtype", "None"),
    opt("order", "'K'"),
    opt("subok", "True"),
    opt("shape", "None"),
    key("chunks", "None"),
];
const FULL_LIKE: &[Parameter] = &[
    need("a"),
    need("fill_value"),
    opt("dtype", "None"),
    opt("order", "'K'"),
    opt("subok", "True"),
    opt("shape", "None"),
    key("chunks", "None"),
];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "array",
        ARRAY,
        "An array of a nested sequence, a number or another array.",
        "np.array([[1, 2], [3, 4.5]])",
        "array([[1. , 2. ],\n       [3. , 4.5]])",
        array,
    ),
    Function::row(
        "asarray",
        AS_ARRAY,
        "An array of an array-like; an array stays as it is.",
        "np.asarray([1, 2, 3], dtype=float)",
        "array([1., 2., 3.])",
        as_array,
    ),
    Function::row(
        "asanyarray",
        AS_ARRAY,
        "An array of an array-like; an array stays as it is.",
        "np.asanyarray([True, False])",
        "array([ True, False])",
        as_array,
    ),
    Function::row(
        "asarray_chkfinite",
        AS_ARRAY,
        "An array of an array-like, refused where it holds NaN or infinity.",
        "np.asarray_chkfinite([1.0, 2.0])",
        "array([1., 2.])",
        check_finite,
    ),
    Function::row(
        "ascontiguousarray",
        AS_ARRAY,
        "An array in C order with at least one axis.",
        "np.ascontiguousarray(3.0)",
        "array([3.])",
        contiguous,
    ),
    Function::row(
        "asfortranarray",
        AS_ARRAY,
        "An array with at least one axis; the order in memory is not kept here.",
        "np.asfortranarray([1, 2])",
        "array([1, 2])",
        contiguous,
    ),
    Function::row(
        "copy",
        &[need("a"), opt("order", "'K'")],
        "A copy of an array.",
        "np.copy([1, 2])",
        "array([1, 2])",
        |c| answer(c.array("a")?),
    )
    .method(),
    Function::row(
        "from_array",
        &[
            need("x"),
            opt("chunks", "'auto'"),
            opt("name", "None"),
            key("lock", "False"),
            key("asarray", "None"),
            key("fancy", "True"),
            key("inline_array", "False"),
        ],
        "A lazy array over an array, in chunks.",
        "da.from_array(np.arange(4), chunks=2).chunks",
        "((2, 2),)",
        from_array,
    )
    .home(Home::DaskOnly),
    Function::row(
        "zeros",
        SHAPE,
        "An array of zeros.",
        "np.zeros((2, 3))",
        "array([[0., 0., 0.],\n       [0., 0., 0.]])",
        |c| filled(c, Some(0)),
    ),
    Function::row("ones", SHAPE, "An array of ones.", "np.ones(3, dtype=int)", "array([1, 1, 1])", |c| {
        filled(c, Some(1))
    }),
    Function::row(
        "empty",
        SHAPE,
        "An array whose values do not matter; they are zeros here.",
        "np.empty((2, 0))",
        "array([], shape=(2, 0), dtype=float64)",
        |c| filled(c, Some(0)),
    ),
    Function::row(
        "full",
        &[
            need("shape"),
            need("fill_value"),
            opt("dtype", "None"),
            opt("order", "'C'"),
            opt("chunks", "None"),
            key("name", "None"),
        ],
        "An array filled with a value.",
        "np.full((2, 2), 7)",
        "array([[7, 7],\n       [7, 7]])",
        |c| filled(c, None),
    ),
    Function::row(
        "zeros_like",
        LIKE,
        "Zeros in the shape and dtype of another array.",
        "np.zeros_like([1.5, 2.5])",
        "array([0., 0.])",
        |c| like(c, Some(0)),
    ),
    Function::row(
        "ones_like",
        LIKE,
        "Ones in the shape and dtype of another array.",
        "np.ones_like([[1, 2]])",
        "array([[1, 1]])",
        |c| like(c, Some(1)),
    ),
    Function::row(
        "empty_like",
        LIKE,
        "An array whose values do not matter, in the shape and dtype of another.",
        "np.empty_like([1, 2]).shape",
        "(2,)",
        |c| like(c, Some(0)),
    ),
    Function::row(
        "full_like",
        FULL_LIKE,
        "A value everywhere, in the shape and dtype of another array.",
        "np.full_like([1, 2, 3], 7)",
        "array([7, 7, 7])",
        |c| like(c, None),
    ),
    Function::row(
        "arange",
        &[
            opt("start", "None"),
            opt("stop", "None"),
            opt("step", "None"),
            opt("dtype", "None"),
            key("chunks", "None"),
            key("like", "None"),
            key("device", "None"),
        ],
        "Numbers from a start up to a stop, by a step.",
        "np.arange(1, 10, 3)",
        "array([1, 4, 7])",
        arange,
    ),
    Function::row(
        "eye",
        &[need("N"), opt("M", "None"), opt("k", "0"), opt("dtype", "None"), opt("order", "'C'"), key("chunks", "None")],
        "Ones on a diagonal, zeros elsewhere.",
        "np.eye(2, 3, k=1)",
        "array([[0., 1., 0.],\n       [0., 0., 1.]])",
        eye,
    ),
    Function::row(
        "identity",
        &[need("n"), opt("dtype", "None"), key("like", "None")],
        "The square array with ones on its main diagonal.",
        "np.identity(2)",
        "array([[1., 0.],\n       [0., 1.]])",
        identity,
    ),
];

/// A new array in the chunks that its `chunks` argument or the session asks for.
fn planned(call: &Call<'_>, x: Expr, chunks: &Arg) -> Result<Expr> {
    let fresh = matches!(x.op, Op::Memory(_) | Op::Fill(_)) && x.chunks.count() == 1;
    let asked = *chunks != Arg::None || fresh;
    if call.mode == Mode::Eager || !asked {
        return Ok(x);
    }
    Ok(rechunk(&x, parse_chunks(chunks, &x.shape, x.dtype, call.host)?))
}

fn array(call: &Call<'_>) -> Result<Arg> {
    let x = asarray_as(call.get("object"), call.dtype("dtype")?)?;
    let ndmin = call.count("ndmin")?;
    let missing: Vec<usize> = (0..ndmin.saturating_sub(x.ndim())).collect();
    let x = if missing.is_empty() { x } else { expand(&x, &missing) };
    answer(planned(call, x, &Arg::None)?)
}

fn as_array(call: &Call<'_>) -> Result<Arg> {
    let x = asarray_as(call.get("a"), call.dtype("dtype")?)?;
    answer(planned(call, x, call.get("chunks"))?)
}

fn contiguous(call: &Call<'_>) -> Result<Arg> {
    let x = asarray_as(call.get("a"), call.dtype("dtype")?)?;
    let x = if x.ndim() == 0 { expand(&x, &[0]) } else { x };
    answer(planned(call, x, call.get("chunks"))?)
}

fn check_finite(call: &Call<'_>) -> Result<Arg> {
    let x = asarray_as(call.get("a"), call.dtype("dtype")?)?;
    let finite = crate::ops::primitive::map(Kernel::Isfinite, std::slice::from_ref(&x))?;
    let all = crate::ops::primitive::reduce(&finite, crate::ir::Fold::All, &(0..x.ndim()).collect::<Vec<_>>());
    if call.number(&Arg::Array(all))?.truthy() {
        return answer(x);
    }
    Err(Error::value("array must not contain infs or NaNs"))
}

fn from_array(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let chunks = match call.get("chunks") {
        Arg::Str(auto) if auto == "auto" => &Arg::None,
        other => other,
    };
    answer(rechunk(&x, parse_chunks(chunks, &x.shape, x.dtype, call.host)?))
}

/// `value` everywhere, or the `fill_value` argument where there is none.
fn filled(call: &Call<'_>, value: Option<i64>) -> Result<Arg> {
    let (shape, dtype) = (call.shape("shape")?, call.dtype("dtype")?);
    if let Some(value) = value {
        let dtype = dtype.unwrap_or(DType::Float64);
        let chunks = call.chunks("chunks", &shape, dtype)?;
        return answer(fill(Scalar::Int64(value).cast(dtype), chunks));
    }
    let given = asarray_as(call.get("fill_value"), dtype)?;
    let chunks = call.chunks("chunks", &shape, given.dtype)?;
    answer(spread(&given, &shape, chunks)?)
}

/// An array broadcast to a shape; a single number stays a fill.
fn spread(given: &Expr, shape: &[usize], chunks: Chunks) -> Result<Expr> {
    match given.op {
        Op::Fill(value) => Ok(fill(value, chunks)),
        _ => Ok(rechunk(&broadcast_to(given, shape)?, chunks)),
    }
}

fn like(call: &Call<'_>, value: Option<i64>) -> Result<Arg> {
    let x = call.array("a")?;
    let dtype = call.dtype("dtype")?.unwrap_or(x.dtype);
    let chunks = match (call.given("shape"), call.given("chunks")) {
        (false, false) => x.chunks.clone(),
        (false, true) => call.chunks("chunks", &x.shape, dtype)?,
        (true, _) => call.chunks("chunks", &call.shape("shape")?, dtype)?,
    };
    match value {
        Some(value) if chunks == x.chunks => answer(fill_like(Scalar::Int64(value).cast(dtype), &x)),
        Some(value) => answer(fill(Scalar::Int64(value).cast(dtype), chunks)),
        None => {
            let given = asarray_as(call.get("fill_value"), Some(dtype))?;
            answer(spread(&given, &chunks.shape(), chunks)?)
        }
    }
}

fn arange(call: &Call<'_>) -> Result<Arg> {
    let mut bounds = ["start", "stop", "step"].map(|name| call.get(name).clone());
    if bounds[1] == Arg::None {
        bounds.swap(0, 1);
    }
    if bounds[1] == Arg::None {
        return Err(Error::type_("arange() requires stop to be specified."));
    }
    for (bound, default) in bounds.iter_mut().zip([0, 1, 1]) {
        if *bound == Arg::None {
            *bound = Arg::Int(default.into());
        }
    }
    let parts = crate::ops::function::operands::together(&bounds.each_ref())?;
    let natural = parts.iter().map(|x| x.dtype).reduce(DType::promote).unwrap_or(DType::Int64);
    let dtype = call.dtype("dtype")?.unwrap_or(if natural.is_bool() { DType::Int64 } else { natural });
    let [start, stop, step] = bounds.each_ref().map(|bound| call.number(bound));
    let (start, stop, step) = (start?, stop?, step?);
    if step.to_f64() == 0.0 {
        return Err(Error::zero_division("division by zero").help("the step of arange must not be zero"));
    }
    let len = range_length(start, stop, step)?;
    let (start, step) = if dtype.is_integer() { whole_terms(start, step) } else { range_terms(start, step) };
    let chunks = call.chunks("chunks", &[len], dtype)?;
    answer(iota(start, step, dtype, chunks))
}

fn range_length(start: Scalar, stop: Scalar, step: Scalar) -> Result<usize> {
    let exact = [start, stop, step].map(Scalar::as_integer);
    let len = if let [Some(a), Some(b), Some(s)] = exact {
        ((b - a + s - s.signum()) / s).max(0) as f64
    } else {
        ((stop.to_f64() - start.to_f64()) / step.to_f64()).ceil().max(0.0)
    };
    if len.is_finite() && len < 9e18 {
        return Ok(len as usize);
    }
    Err(Error::value("arange: cannot compute length").help("start, stop and step must be finite"))
}

/// Start and step as NumPy uses them: the step is the difference of the first two values.
fn range_terms(start: Scalar, step: Scalar) -> (Scalar, Scalar) {
    if let (Some(_), Some(_)) = (start.as_integer(), step.as_integer()) {
        return (Scalar::Int64(start.to_i64()), Scalar::Int64(step.to_i64()));
    }
    let (a, s) = (start.to_f64(), step.to_f64());
    (Scalar::Float64(a), Scalar::Float64((a + s) - a))
}

/// The same for integers: both of the first two values are cut to integers before they are told apart.
fn whole_terms(start: Scalar, step: Scalar) -> (Scalar, Scalar) {
    if let (Some(_), Some(_)) = (start.as_integer(), step.as_integer()) {
        return range_terms(start, step);
    }
    let second = (start.to_f64() + step.to_f64()) as i64;
    (Scalar::Int64(start.to_i64()), Scalar::Int64(second - start.to_i64()))
}

fn eye(call: &Call<'_>) -> Result<Arg> {
    let rows = call.count("N")?;
    let columns = if call.given("M") { call.count("M")? } else { rows };
    let dtype = call.dtype("dtype")?.unwrap_or(DType::Float64);
    let chunks = call.chunks("chunks", &[rows, columns], dtype)?;
    diagonal_ones(call.int("k")?, dtype, chunks)
}

fn identity(call: &Call<'_>) -> Result<Arg> {
    let n = call.count("n")?;
    let dtype = call.dtype("dtype")?.unwrap_or(DType::Float64);
    diagonal_ones(0, dtype, Chunks::whole(&[n, n]))
}

fn diagonal_ones(k: i64, dtype: DType, chunks: Chunks) -> Result<Arg> {
    let grid = fill(Scalar::Bool(false), chunks);
    let offset = crate::ops::function::build::whole(k);
    let moved = bi(Kernel::Add, &position(&grid, 0), &offset)?;
    answer(cast(&bi(Kernel::Equal, &moved, &position(&grid, 1))?, dtype))
}

/// Zeros in one chunk.
pub(super) fn zeros(shape: &[usize], dtype: DType) -> Expr {
    fill(Scalar::Bool(false).cast(dtype), Chunks::whole(shape))
}
