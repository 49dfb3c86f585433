//! Random integers, choices and orders, and the state they are drawn from.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Distribution, Expr, Fold, Kernel, Location, Op, Param};
use crate::ops::function::build::{bi, number_as};
use crate::ops::function::random::{drawn, generator, in_dtype, normal, uniform, unit, wanted};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, locate, per_block, reshape, take};

/// The rows that do not draw one value an element.
pub const ROWS: &[Function] = &[
    Function::row(
        "random.rand",
        &[Parameter::rest("lengths"), key("chunks", "None")],
        "Uniform values in [0, 1), the shape as arguments.",
        "np.random.rand(2, 3).shape",
        "(2, 3)",
        |c| uniform(c, None),
    ),
    Function::row(
        "random.randn",
        &[Parameter::rest("lengths"), key("chunks", "None")],
        "Normal values, the shape as arguments.",
        "np.random.randn(2, 3).shape",
        "(2, 3)",
        |c| normal(c, false),
    ),
    Function::row(
        "random.randint",
        &[need("low"), opt("high", "None"), opt("size", "None"), opt("dtype", "None"), key("chunks", "None")],
        "Integers in [low, high).",
        "np.random.randint(0, 10, 4).shape",
        "(4,)",
        integers,
    ),
    Function::row(
        "Generator.integers",
        &[
            need("generator"),
            need("low"),
            opt("high", "None"),
            opt("size", "None"),
            opt("dtype", "None"),
            opt("endpoint", "False"),
            key("chunks", "None"),
        ],
        "Integers in [low, high).",
        "np.random.default_rng(1).integers(0, 10, 4).shape",
        "(4,)",
        integers,
    ),
    Function::row(
        "random.seed",
        &[opt("seed", "None")],
        "Starts the module's random state anew.",
        "np.random.seed(1)",
        "",
        |c| {
            c.host.seed(None, seed_of(c)?);
            Ok(Arg::None)
        },
    ),
    Function::row(
        "random.default_rng",
        &[opt("seed", "None")],
        "A new generator.",
        "np.random.default_rng(1).random(3).shape",
        "(3,)",
        |c| {
            if let Arg::Generator(handle) = c.get("seed") {
                return Ok(Arg::Generator(*handle));
            }
            Ok(Arg::Generator(c.host.new_generator(seed_of(c)?)))
        },
    ),
    Function::row(
        "random.RandomState",
        &[opt("seed", "None")],
        "A new generator.",
        "np.random.RandomState(1).normal(size=3).shape",
        "(3,)",
        |c| Ok(Arg::Generator(c.host.new_generator(seed_of(c)?))),
    ),
    Function::row(
        "random.choice",
        &[need("a"), opt("size", "None"), opt("replace", "True"), opt("p", "None"), key("chunks", "None")],
        "Elements drawn from a line.",
        "np.random.choice(5, 3).shape",
        "(3,)",
        choice,
    ),
    Function::row(
        "Generator.choice",
        &[
            need("generator"),
            need("a"),
            opt("size", "None"),
            opt("replace", "True"),
            opt("p", "None"),
            opt("axis", "0"),
            opt("shuffle", "True"),
            key("chunks", "None"),
        ],
        "Elements drawn from a line.",
        "np.random.default_rng(1).choice(5, 3).shape",
        "(3,)",
        choice,
    ),
    Function::row(
        "random.permutation",
        &[need("x")],
        "The elements in random order.",
        "np.random.permutation(4).sum()",
        "np.int64(6)",
        permutation,
    ),
    Function::row(
        "Generator.permutation",
        &[need("generator"), need("x"), opt("axis", "0")],
        "The elements in random order.",
        "np.random.default_rng(1).permutation(4).sum()",
        "np.int64(6)",
        permutation,
    ),
    Function::row(
        "Generator.rand",
        &[need("generator"), Parameter::rest("lengths"), key("chunks", "None")],
        "Uniform values in [0, 1), the shape as arguments.",
        "np.random.RandomState(1).rand(2).shape",
        "(2,)",
        |c| uniform(c, None),
    ),
    Function::row(
        "Generator.randn",
        &[need("generator"), Parameter::rest("lengths"), key("chunks", "None")],
        "Normal values, the shape as arguments.",
        "np.random.RandomState(1).randn(2).shape",
        "(2,)",
        |c| normal(c, false),
    ),
    Function::row(
        "Generator.randint",
        &[
            need("generator"),
            need("low"),
            opt("high", "None"),
            opt("size", "None"),
            opt("dtype", "None"),
            key("chunks", "None"),
        ],
        "Integers in [low, high).",
        "np.random.RandomState(1).randint(0, 10, 4).shape",
        "(4,)",
        integers,
    ),
];

fn seed_of(call: &Call<'_>) -> Result<Option<u64>> {
    let Some(seed) = call.opt_int("seed")? else { return Ok(None) };
    u64::try_from(seed).map(Some).map_err(|_| Error::value("expected non-negative integer"))
}

fn integers(call: &Call<'_>) -> Result<Arg> {
    let first = call.int("low")?;
    let (low, high) = if call.given("high") { (first, call.int("high")?) } else { (0, first) };
    let high = if call.flag("endpoint")? { high + 1 } else { high };
    if low >= high {
        return Err(Error::value("low >= high"));
    }
    in_dtype(call, drawn(call, Distribution::Integers { low, high }, DType::Int64, &[])?)
}

/// Whether indices are drawn as they are: of a number, not of an array.
fn is_count(x: &Expr) -> bool {
    matches!(x.op, Op::Iota { start: Scalar::Int64(0), step: Scalar::Int64(1) })
}

/// The line to draw from: an array, or `0, 1, .. n - 1`.
fn source(call: &Call<'_>, name: &str) -> Result<Expr> {
    let x = call.array(name)?;
    if x.ndim() > 0 {
        return Ok(x);
    }
    let n = call.int(name)?;
    let n = usize::try_from(n).map_err(|_| Error::value("a must be a positive integer unless no samples are taken"))?;
    Ok(super::build::count_up(n))
}

/// The indices `0 .. n` in random order.
fn shuffled(call: &Call<'_>, n: usize) -> Expr {
    let (seed, stream) = call.host.random_key(generator(call));
    let params = [n as i64, seed as i64, stream as i64].map(Param::Int).to_vec();
    per_block("permutation", params, &[(&super::build::count_up(1), 1)], &[n], DType::Int64, 0)
}

fn choice(call: &Call<'_>) -> Result<Arg> {
    let x = source(call, "a")?;
    let n = x.shape[0];
    if n == 0 {
        return Err(Error::value("a cannot be empty unless no samples are taken"));
    }
    let shape = wanted(call, &[])?;
    let count: usize = shape.iter().product();
    if !call.flag("replace")? {
        if count > n {
            return Err(Error::value("Cannot take a larger sample than population when 'replace=False'"));
        }
        let index = super::build::slice(&shuffled(call, n), 0, 0, count);
        let drawn = if is_count(&x) { index } else { take(&x, &index, 0) };
        return answer(reshape(&drawn, &[&shape[..], &x.shape[1..]].concat())?);
    }
    let index = match call.opt_array("p")? {
        None => drawn(call, Distribution::Integers { low: 0, high: n as i64 }, DType::Int64, &[])?,
        Some(p) if p.shape != [n] => return Err(Error::value("'a' and 'p' must have same size")),
        Some(p) => {
            let steps = crate::ops::primitive::scan(&cast(&p, DType::Float64), Fold::Sum, 0);
            let found = locate(&unit(call)?, &steps, Location::After);
            bi(Kernel::Minimum, &found, &number_as((n - 1) as f64, DType::Int64))?
        }
    };
    if is_count(&x) {
        return answer(index);
    }
    let drawn = take(&x, &super::build::flat(&index)?, 0);
    answer(reshape(&drawn, &[&shape[..], &x.shape[1..]].concat())?)
}

fn permutation(call: &Call<'_>) -> Result<Arg> {
    let x = source(call, "x")?;
    let axis = if call.given("axis") { call.axis("axis", x.ndim())? } else { 0 };
    let order = shuffled(call, x.shape[axis]);
    answer(if is_count(&x) { order } else { take(&x, &order, axis) })
}
