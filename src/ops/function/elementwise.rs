//! Elementwise functions that are made of several kernels: rounding, clipping, parts, closeness to numbers.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Expr, Kernel};
use crate::ops::function::build::{bi, choose, number_as, real, un, whole};
use crate::ops::function::operands::together;
use crate::ops::function::row::{answer, key, need, opt, tuple};
use crate::ops::function::ufunc::{ONE, TWO, apply};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, fill_like, map, scalar};

const ROUND: &[Parameter] = &[need("a"), opt("decimals", "0"), opt("out", "None")];
const CLIP: &[Parameter] = &[
    need("a"),
    opt("a_min", "None"),
    opt("a_max", "None"),
    opt("out", "None"),
    key("min", "None"),
    key("max", "None"),
];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "round",
        ROUND,
        "Rounded to a number of decimals, halves to even.",
        "np.round([1.234, 5.675], 1)",
        "array([1.2, 5.7])",
        round,
    )
    .method(),
    Function::row(
        "around",
        ROUND,
        "Rounded to a number of decimals, halves to even.",
        "np.around([11, 25], -1)",
        "array([10, 20])",
        round,
    ),
    Function::row(
        "clip",
        CLIP,
        "Values outside an interval moved to its ends.",
        "np.clip([1, 5, 9], 2, 6)",
        "array([2, 5, 6])",
        clip,
    )
    .method(),
    Function::row(
        "nan_to_num",
        &[need("x"), opt("copy", "True"), opt("nan", "0.0"), opt("posinf", "None"), opt("neginf", "None")],
        "NaN and infinities replaced by numbers.",
        "np.nan_to_num([1.0, np.nan, np.inf], posinf=9.0)",
        "array([1., 0., 9.])",
        nan_to_num,
    ),
    Function::row(
        "divmod",
        TWO,
        "Floor quotient and remainder.",
        "np.divmod([7, -7], 3)",
        "(array([ 2, -3]), array([1, 2]))",
        divmod,
    ),
    Function::row(
        "modf",
        ONE,
        "Fractional and integer part.",
        "np.modf([1.5, -2.25])",
        "(array([ 0.5 , -0.25]), array([ 1., -2.]))",
        modf,
    ),
    Function::row(
        "frexp",
        ONE,
        "Mantissa and exponent of two.",
        "np.frexp([4.0, 0.75])",
        "(array([0.5 , 0.75]), array([3, 0], dtype=int32))",
        frexp,
    ),
    Function::row(
        "ldexp",
        TWO,
        "The first array times two to the power of the second.",
        "np.ldexp([0.5, 3.0], [3, 1])",
        "array([4., 6.])",
        ldexp,
    ),
    Function::row(
        "float_power",
        TWO,
        "Powers, computed as floats.",
        "np.float_power([1, 2], 3)",
        "array([1., 8.])",
        float_power,
    ),
    Function::row(
        "angle",
        &[need("z"), opt("deg", "False")],
        "The angle of a complex number.",
        "np.angle([1j, 1], deg=True)",
        "array([90.,  0.])",
        angle,
    ),
    Function::row(
        "isposinf",
        &[need("x"), opt("out", "None")],
        "Whether an element is positive infinity.",
        "np.isposinf([np.inf, -np.inf])",
        "array([ True, False])",
        |c| infinite(c, f64::INFINITY),
    ),
    Function::row(
        "isneginf",
        &[need("x"), opt("out", "None")],
        "Whether an element is negative infinity.",
        "np.isneginf([np.inf, -np.inf])",
        "array([False,  True])",
        |c| infinite(c, f64::NEG_INFINITY),
    ),
    Function::row(
        "isreal",
        &[need("x")],
        "Whether the imaginary part is zero.",
        "np.isreal([1 + 0j, 2j])",
        "array([ True, False])",
        |c| imaginary(c, Kernel::Equal),
    ),
    Function::row(
        "iscomplex",
        &[need("x")],
        "Whether the imaginary part is not zero.",
        "np.iscomplex([1 + 0j, 2j])",
        "array([False,  True])",
        |c| imaginary(c, Kernel::NotEqual),
    ),
    Function::row(
        "real_if_close",
        &[need("a"), opt("tol", "100")],
        "The real part, where all imaginary parts are close to zero.",
        "np.real_if_close([1 + 0j, 2])",
        "array([1., 2.])",
        real_if_close,
    ),
    Function::row(
        "where",
        &[need("condition"), opt("x", "None"), opt("y", "None")],
        "Elements of x where a condition holds, of y elsewhere.",
        "np.where([True, False], [1, 2], [10, 20])",
        "array([ 1, 20])",
        where_,
    ),
    Function::row(
        "unwrap",
        &[need("p"), opt("discont", "None"), opt("axis", "-1"), key("period", "6.283185307179586")],
        "Jumps of more than half a period taken out.",
        "np.unwrap([0.0, 3.0, -3.0])",
        "array([0.        , 3.        , 3.28318531])",
        unwrap,
    ),
];

fn round(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let (x, decimals) = (call.array("a")?, call.int("decimals")?);
    answer(rounded(&x, decimals)?)
}

/// Rounded to decimals: scaled, rounded to even, scaled back.
fn rounded(x: &Expr, decimals: i64) -> Result<Expr> {
    if x.dtype.is_bool() {
        return Ok(x.clone());
    }
    if !x.dtype.is_inexact() {
        if decimals >= 0 {
            return Ok(x.clone());
        }
        return Ok(cast(&rounded(&cast(x, DType::Float64), decimals)?, x.dtype));
    }
    if decimals == 0 {
        return un(Kernel::Rint, x);
    }
    let scale = number_as(10f64.powi(decimals.unsigned_abs().min(400) as i32), x.dtype);
    let (up, down) = if decimals > 0 { (Kernel::Multiply, Kernel::Divide) } else { (Kernel::Divide, Kernel::Multiply) };
    bi(down, &un(Kernel::Rint, &bi(up, x, &scale)?)?, &scale)
}

fn clip(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let pick = |a, b| if call.given(a) { call.get(a) } else { call.get(b) };
    let array = Arg::Array(call.array("a")?);
    let (low, high) = (&within(&array, pick("a_min", "min")), &within(&array, pick("a_max", "max")));
    let first =
        if matches!(call.get("a"), Arg::List(_) | Arg::Tuple(_) | Arg::Array(_)) { &array } else { call.get("a") };
    let mut given = vec![first];
    given.extend([low, high].into_iter().filter(|arg| **arg != Arg::None));
    let all = together(&given)?;
    let mut rest = all[1..].iter();
    let mut x = all[0].clone();
    for (bound, kernel) in [(low, Kernel::Maximum), (high, Kernel::Minimum)] {
        if *bound != Arg::None
            && let Some(bound) = rest.next()
        {
            x = bi(kernel, &x, bound)?;
        }
    }
    answer(x)
}

/// A bound outside the dtype of the array clips nothing: the dtype's own bound stands for it.
fn within(x: &Arg, bound: &Arg) -> Arg {
    match (x, bound) {
        (Arg::Array(x), Arg::Int(n)) => match x.dtype.integer_bounds() {
            Some((low, high)) => Arg::Int(n.clone().clamp(low.into(), high.into())),
            None => bound.clone(),
        },
        _ => bound.clone(),
    }
}

fn nan_to_num(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    if x.dtype.is_complex() {
        let parts = [Kernel::Real, Kernel::Imag].map(|part| un(part, &x).and_then(|p| numbers(call, &p)));
        let [re, im] = parts;
        return answer(bi(Kernel::MakeComplex, &re?, &im?)?);
    }
    answer(if x.dtype.is_float() { numbers(call, &x)? } else { x })
}

fn numbers(call: &Call<'_>, x: &Expr) -> Result<Expr> {
    let largest = if x.dtype == DType::Float32 { f64::from(f32::MAX) } else { f64::MAX };
    let with = |name: &str, default: f64| -> Result<Expr> {
        let value = if call.given(name) { call.array(name)? } else { number_as(default, x.dtype) };
        Ok(cast(&value, x.dtype))
    };
    let mut y = choose(&un(Kernel::Isnan, x)?, &with("nan", 0.0)?, x)?;
    for (infinity, with) in [(f64::INFINITY, with("posinf", largest)?), (f64::NEG_INFINITY, with("neginf", -largest)?)]
    {
        y = choose(&bi(Kernel::Equal, x, &number_as(infinity, x.dtype))?, &with, &y)?;
    }
    Ok(y)
}

fn divmod(call: &Call<'_>) -> Result<Arg> {
    let inputs = call.operands(&["x1", "x2"])?;
    tuple(vec![map(Kernel::FloorDivide, &inputs)?, map(Kernel::Remainder, &inputs)?])
}

fn modf(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    let x = cast(&x, x.dtype.to_inexact());
    let whole = un(Kernel::Trunc, &x)?;
    let part = bi(Kernel::Subtract, &x, &whole)?;
    // inf - inf is NaN, where the fraction is 0.
    let part = choose(&un(Kernel::Isinf, &x)?, &number_as(0.0, x.dtype), &part)?;
    tuple(vec![bi(Kernel::Copysign, &part, &x)?, whole])
}

fn frexp(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("x")?;
    tuple(vec![un(Kernel::FrexpMantissa, &x)?, un(Kernel::FrexpExponent, &x)?])
}

fn ldexp(call: &Call<'_>) -> Result<Arg> {
    apply(call, Kernel::Ldexp, vec![call.array("x1")?, call.array("x2")?])
}

fn float_power(call: &Call<'_>) -> Result<Arg> {
    let inputs = call.operands(&["x1", "x2"])?;
    let complex = inputs.iter().any(|x| x.dtype.is_complex());
    let dtype = if complex { DType::Complex128 } else { DType::Float64 };
    apply(call, Kernel::Power, inputs.iter().map(|x| cast(x, dtype)).collect())
}

fn angle(call: &Call<'_>) -> Result<Arg> {
    let angle = un(Kernel::Angle, &call.array("z")?)?;
    answer(if call.flag("deg")? {
        bi(Kernel::Multiply, &angle, &number_as(180.0 / std::f64::consts::PI, angle.dtype))?
    } else {
        angle
    })
}

fn infinite(call: &Call<'_>, infinity: f64) -> Result<Arg> {
    call.no_out()?;
    let x = call.array("x")?;
    if x.dtype.is_complex() {
        return Err(Error::type_(format!("{} is not defined for complex numbers", call.function.name)));
    }
    answer(bi(Kernel::Equal, &x, &number_as(infinity, x.dtype.to_inexact()))?)
}

fn imaginary(call: &Call<'_>, kernel: Kernel) -> Result<Arg> {
    let x = call.array("x")?;
    if x.dtype.is_complex() {
        let part = un(Kernel::Imag, &x)?;
        return answer(bi(kernel, &part, &number_as(0.0, part.dtype))?);
    }
    answer(fill_like(Scalar::Bool(kernel == Kernel::Equal), &x))
}

fn real_if_close(call: &Call<'_>) -> Result<Arg> {
    let x = call.array("a")?;
    if !x.dtype.is_complex() {
        return answer(x);
    }
    let epsilon = if x.dtype == DType::Complex64 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let tol = call.float("tol")?;
    let tol = if tol > 1.0 { tol * epsilon } else { tol };
    let part = un(Kernel::Abs, &un(Kernel::Imag, &x)?)?;
    let far = bi(Kernel::GreaterEqual, &part, &number_as(tol, part.dtype))?;
    let any = crate::ops::primitive::reduce(&far, crate::ir::Fold::Any, &(0..x.ndim()).collect::<Vec<_>>());
    let any = call.number(&Arg::Array(any))?.truthy();
    answer(if any { x } else { un(Kernel::Real, &x)? })
}

fn where_(call: &Call<'_>) -> Result<Arg> {
    match (call.given("x"), call.given("y")) {
        (false, false) => crate::ops::function::selection::nonzero_of(&call.array("condition")?),
        (true, true) => {
            let both = call.operands(&["x", "y"])?;
            answer(choose(&call.array("condition")?, &both[0], &both[1])?)
        }
        _ => Err(Error::value("either both or neither of x and y should be given")),
    }
}

fn unwrap(call: &Call<'_>) -> Result<Arg> {
    let p = call.array("p")?;
    let p = cast(&p, p.dtype.to_inexact());
    let axis = call.axis("axis", p.ndim())?;
    let n = p.shape[axis];
    if n < 2 {
        return answer(p);
    }
    let period = real(call.float("period")?);
    let half = bi(Kernel::Divide, &period, &real(2.0))?;
    let steps = bi(
        Kernel::Subtract,
        &crate::ops::function::build::slice(&p, axis, 1, n),
        &crate::ops::function::build::slice(&p, axis, 0, n - 1),
    )?;
    let turned = bi(Kernel::Subtract, &bi(Kernel::Remainder, &bi(Kernel::Add, &steps, &half)?, &period)?, &half)?;
    let edge = map(
        Kernel::LogicalAnd,
        &[bi(Kernel::Equal, &turned, &un(Kernel::Negative, &half)?)?, bi(Kernel::Greater, &steps, &whole(0))?],
    )?;
    let turned = choose(&edge, &half, &turned)?;
    let limit = if call.given("discont") { real(call.float("discont")?) } else { half };
    let small = bi(Kernel::Less, &un(Kernel::Abs, &steps)?, &limit)?;
    let correction = choose(&small, &scalar(Scalar::Float64(0.0)), &bi(Kernel::Subtract, &turned, &steps)?)?;
    let running = crate::ops::primitive::scan(&correction, crate::ir::Fold::Sum, axis);
    let head = crate::ops::function::build::slice(&p, axis, 0, 1);
    let tail = bi(Kernel::Add, &crate::ops::function::build::slice(&p, axis, 1, n), &running)?;
    answer(crate::ops::function::build::join(&[head, tail], axis))
}
