//! `math`: functions of Python's floats and ints.

use crate::data::{Error, Result, Scalar};
use crate::lang::convert::{index_int, scalar_of};
use crate::lang::eval::{binary, equal};
use crate::lang::function::{Args, Builtin};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::syntax::BinaryOp;
use crate::lang::types::type_name;
use crate::lang::value::Value;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, Signed, ToPrimitive};

/// A row of a function of one float.
const fn one(
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    run: crate::lang::function::Run,
) -> Builtin {
    Builtin { name, signature, doc, run }
}

macro_rules! floats {
    ($($name:literal $doc:literal $run:expr;)*) => {
        &[$(one($name, concat!($name, "(x)"), $doc, |_, args| apply($name, args, $run)),)*
        one("floor", "floor(x)", "The largest int not above x.", |_, a| whole("floor", a, f64::floor)),
        one("ceil", "ceil(x)", "The smallest int not below x.", |_, a| whole("ceil", a, f64::ceil)),
        one("trunc", "trunc(x)", "The int without the fraction.", |_, a| whole("trunc", a, f64::trunc)),
        one("log", "log(x, base=e)", "The logarithm.", |_, a| log(a)),
        one("pow", "pow(x, y)", "x to the power y.", |_, a| two("pow", a, f64::powf)),
        one("atan2", "atan2(y, x)", "The angle of a point.", |_, a| two("atan2", a, f64::atan2)),
        one("fmod", "fmod(x, y)", "The remainder with x's sign.", |_, a| two("fmod", a, |x, y| x % y)),
        one("copysign", "copysign(x, y)", "x with y's sign.", |_, a| two("copysign", a, f64::copysign)),
        one("remainder", "remainder(x, y)", "x less the nearest multiple of y.", |_, a| two("remainder", a, |x, y| x - y * (x / y).round_ties_even())),
        one("ldexp", "ldexp(x, i)", "x times two to the power i.", |_, a| two("ldexp", a, |x, i| x * i.exp2())),
        one("hypot", "hypot(*coordinates)", "The length of a vector.", hypot),
        one("dist", "dist(p, q)", "The distance of two points.", dist),
        one("isnan", "isnan(x)", "Whether x is not a number.", |_, a| test("isnan", a, f64::is_nan)),
        one("isinf", "isinf(x)", "Whether x is infinite.", |_, a| test("isinf", a, f64::is_infinite)),
        one("isfinite", "isfinite(x)", "Whether x is finite.", |_, a| test("isfinite", a, f64::is_finite)),
        one("isclose", "isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Whether two numbers are close.", isclose),
        one("modf", "modf(x)", "Fraction and whole part.", |_, a| modf(a)),
        one("frexp", "frexp(x)", "Mantissa and exponent.", |_, a| frexp(a)),
        one("gcd", "gcd(*integers)", "The greatest common divisor.", |m, a| fold(m, a, 0, |x, y| x.gcd(&y))),
        one("lcm", "lcm(*integers)", "The least common multiple.", |m, a| fold(m, a, 1, |x, y| x.lcm(&y))),
        one("factorial", "factorial(n)", "The product of 1 to n.", factorial),
        one("comb", "comb(n, k)", "Ways to choose k of n.", |m, a| choose(m, a, "comb")),
        one("perm", "perm(n, k=None)", "Ways to choose k of n in order.", |m, a| choose(m, a, "perm")),
        one("isqrt", "isqrt(n)", "The int below the square root.", isqrt),
        one("prod", "prod(iterable, *, start=1)", "The elements multiplied.", prod),
        one("fsum", "fsum(seq)", "An accurate sum of floats.", fsum)]
    };
}

pub(super) const FUNCTIONS: &[Builtin] = floats! {
    "sqrt" "The square root." f64::sqrt;
    "cbrt" "The cube root." f64::cbrt;
    "exp" "e to the power x." f64::exp;
    "exp2" "2 to the power x." f64::exp2;
    "expm1" "exp(x) - 1, accurate near zero." f64::exp_m1;
    "log2" "The logarithm to base 2." f64::log2;
    "log10" "The logarithm to base 10." f64::log10;
    "log1p" "log(1 + x), accurate near zero." f64::ln_1p;
    "sin" "The sine." f64::sin;
    "cos" "The cosine." f64::cos;
    "tan" "The tangent." f64::tan;
    "asin" "The arc sine." f64::asin;
    "acos" "The arc cosine." f64::acos;
    "atan" "The arc tangent." f64::atan;
    "sinh" "The hyperbolic sine." f64::sinh;
    "cosh" "The hyperbolic cosine." f64::cosh;
    "tanh" "The hyperbolic tangent." f64::tanh;
    "asinh" "The inverse hyperbolic sine." f64::asinh;
    "acosh" "The inverse hyperbolic cosine." f64::acosh;
    "atanh" "The inverse hyperbolic tangent." f64::atanh;
    "degrees" "Radians as degrees." f64::to_degrees;
    "radians" "Degrees as radians." f64::to_radians;
    "fabs" "The absolute value." f64::abs;
};

/// A constant of `math`.
pub(super) fn constant(name: &str) -> Option<Value> {
    Some(Value::Float(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "tau" => std::f64::consts::TAU,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    }))
}

fn float(value: &Value) -> Result<f64> {
    match value {
        Value::Int(v) => {
            v.to_f64().filter(|f| f.is_finite()).ok_or_else(|| Error::overflow("int too large to convert to float"))
        }
        Value::Array(array) if array.expr().ndim() > 0 => {
            Err(Error::type_("only 0-dimensional arrays can be converted to Python scalars"))
        }
        other => scalar_of(other)
            .filter(|s| !s.dtype().is_complex())
            .map(Scalar::to_f64)
            .ok_or_else(|| Error::type_(format!("must be real number, not {}", type_name(other)))),
    }
}

/// A result that is no number though the argument is one, or infinite though it is finite, is an error in Python.
fn checked(value: f64, inputs: &[f64]) -> Result<Value> {
    if value.is_nan() && !inputs.iter().any(|x| x.is_nan()) {
        return Err(Error::value("math domain error"));
    }
    if value.is_infinite() && inputs.iter().all(|x| x.is_finite()) {
        return Err(if inputs.first() == Some(&0.0) || inputs.first().is_some_and(|x| x.abs() <= 1.0) {
            Error::value("math domain error")
        } else {
            Error::overflow("math range error")
        });
    }
    Ok(Value::Float(value))
}

fn apply(name: &str, args: Args, run: fn(f64) -> f64) -> Result<Value> {
    let args = args.plain(name, 1, 1)?;
    let x = float(&args[0])?;
    checked(run(x), &[x])
}

fn two(name: &str, args: Args, run: fn(f64, f64) -> f64) -> Result<Value> {
    let args = args.plain(name, 2, 2)?;
    let (x, y) = (float(&args[0])?, float(&args[1])?);
    checked(run(x, y), &[x, y])
}

fn test(name: &str, args: Args, run: fn(f64) -> bool) -> Result<Value> {
    let args = args.plain(name, 1, 1)?;
    float(&args[0]).map(|x| Value::Bool(run(x)))
}

fn whole(name: &str, args: Args, run: fn(f64) -> f64) -> Result<Value> {
    let args = args.plain(name, 1, 1)?;
    if let Value::Int(_) = args[0] {
        return Ok(args[0].clone());
    }
    let x = float(&args[0])?;
    if x.is_nan() {
        return Err(Error::value("cannot convert float NaN to integer"));
    }
    BigInt::from_f64(run(x)).map(Value::Int).ok_or_else(|| Error::overflow("cannot convert float infinity to integer"))
}

fn log(args: Args) -> Result<Value> {
    let args = args.plain("log", 1, 2)?;
    let ln = |value: &Value| match value {
        Value::Int(v) if v.is_positive() && v.bits() > 1000 => {
            let shift = v.bits() - 60;
            Ok((v >> shift).to_f64().unwrap_or(1.0).ln() + shift as f64 * std::f64::consts::LN_2)
        }
        other => {
            let x = float(other)?;
            if x <= 0.0 { Err(Error::value("math domain error")) } else { Ok(x.ln()) }
        }
    };
    let x = ln(&args[0])?;
    let Some(base) = args.get(1) else { return Ok(Value::Float(x)) };
    let base = ln(base)?;
    if base == 0.0 { Err(Error::zero_division("division by zero")) } else { Ok(Value::Float(x / base)) }
}

fn hypot(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let parts = args.positional.iter().map(float).collect::<Result<Vec<f64>>>()?;
    Ok(Value::Float(parts.iter().fold(0.0, |a: f64, b| a.hypot(*b))))
}

fn dist(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("dist", 2, 2)?;
    let (p, q) = (elements(machine, &args[0])?, elements(machine, &args[1])?);
    if p.len() != q.len() {
        return Err(Error::value("both points must have the same number of dimensions"));
    }
    let parts = p.iter().zip(&q).map(|(a, b)| Ok(float(a)? - float(b)?)).collect::<Result<Vec<f64>>>()?;
    Ok(Value::Float(parts.iter().fold(0.0, |a: f64, b| a.hypot(*b))))
}

fn isclose(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("isclose", &["a", "b", "*", "rel_tol", "abs_tol"], 2)?;
    let (a, b) = (args.need(0), args.need(1));
    let rel = args.get(2).map_or(Ok(1e-9), |v| float(&v))?;
    let abs = args.get(3).map_or(Ok(0.0), |v| float(&v))?;
    let (x, y) = (float(&a)?, float(&b)?);
    let near = x.is_finite() && y.is_finite() && (x - y).abs() <= (rel * x.abs().max(y.abs())).max(abs);
    Ok(Value::Bool(near || equal(machine, &a, &b)?))
}

fn modf(args: Args) -> Result<Value> {
    let x = float(&args.plain("modf", 1, 1)?[0])?;
    let fraction = if x.is_infinite() { 0f64.copysign(x) } else { x.fract().copysign(x) };
    Ok(Value::tuple(vec![Value::Float(fraction), Value::Float(x.trunc())]))
}

fn frexp(args: Args) -> Result<Value> {
    let x = float(&args.plain("frexp", 1, 1)?[0])?;
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::tuple(vec![Value::Float(x), Value::int(0)]));
    }
    let mut exponent = x.abs().log2().floor() as i32 + 1;
    let mut mantissa = x / 2f64.powi(exponent / 2) / 2f64.powi(exponent - exponent / 2);
    if mantissa.abs() >= 1.0 {
        (mantissa, exponent) = (mantissa / 2.0, exponent + 1);
    }
    Ok(Value::tuple(vec![Value::Float(mantissa), Value::int(exponent)]))
}

fn int(machine: &Machine<'_>, value: &Value) -> Result<BigInt> {
    match value {
        Value::Int(v) => Ok(v.clone()),
        other => index_int(machine, other).map(BigInt::from),
    }
}

fn fold(machine: &Machine<'_>, args: Args, start: i32, run: fn(BigInt, BigInt) -> BigInt) -> Result<Value> {
    let mut total = BigInt::from(start);
    for value in &args.positional {
        total = run(total, int(machine, value)?).abs();
    }
    Ok(Value::Int(total))
}

/// The product of the ints from `low` to `high`.
fn product(low: i64, high: i64) -> BigInt {
    (low..=high).fold(BigInt::from(1), |total, k| total * k)
}

fn factorial(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let n = index_int(machine, &args.plain("factorial", 1, 1)?[0])?;
    match n {
        ..0 => Err(Error::value("factorial() not defined for negative values")),
        0..=100_000 => Ok(Value::Int(product(1, n))),
        _ => Err(Error::memory("the factorial is too large an int to hold")),
    }
}

fn choose(machine: &Machine<'_>, args: Args, name: &str) -> Result<Value> {
    let args = args.plain(name, 1, 2)?;
    let n = index_int(machine, &args[0])?;
    let k = args.get(1).filter(|v| !matches!(v, Value::None)).map_or(Ok(n), |v| index_int(machine, v))?;
    if n < 0 || k < 0 {
        return Err(Error::value("n must be a non-negative integer"));
    }
    if k > n {
        return Ok(Value::int(0));
    }
    let k = if name == "comb" { k.min(n - k) } else { k };
    if k > 100_000 {
        return Err(Error::memory("the number is too large an int to hold"));
    }
    let ways = product(n - k + 1, n);
    Ok(Value::Int(if name == "comb" { ways / product(1, k) } else { ways }))
}

fn isqrt(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let n = int(machine, &args.plain("isqrt", 1, 1)?[0])?;
    if n.is_negative() { Err(Error::value("isqrt() argument must be nonnegative")) } else { Ok(Value::Int(n.sqrt())) }
}

fn prod(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("prod", &["iterable", "*", "start"], 1)?;
    let items = elements(machine, &args.need(0))?;
    let start = args.get(1).unwrap_or_else(|| Value::int(1));
    items.iter().try_fold(start, |total, item| binary(machine, BinaryOp::Mul, &total, item))
}

/// Shewchuk's exact sum: partial sums without overlap, rounded once.
fn fsum(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("fsum", 1, 1)?;
    let mut partials: Vec<f64> = Vec::new();
    for item in elements(machine, &args[0])? {
        let mut x = float(&item)?;
        let mut kept = Vec::new();
        for mut y in partials {
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                kept.push(low);
            }
            x = high;
        }
        kept.push(x);
        partials = kept;
    }
    Ok(Value::Float(partials.iter().sum()))
}
