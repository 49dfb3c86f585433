//! Builtins on numbers: `abs`, `round`, `sum`, `min`, `max`, `divmod`, `pow`.

use crate::data::{Error, Result};
use crate::ir::Kernel;
use crate::lang::convert::index_int;
use crate::lang::eval::{binary, call_row, floor_div_mod, kernel, less, power};
use crate::lang::function::{Args, Builtin};
use crate::lang::iterate::{elements, walk};
use crate::lang::machine::Machine;
use crate::lang::rows;
use crate::lang::syntax::BinaryOp;
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, Pow, Signed};

/// A float with more decimals than this is what it was.
const MOST_DECIMALS: i64 = 323;

pub(super) const BUILTINS: &[Builtin] = &[
    Builtin { name: "abs", signature: "abs(x)", doc: "The absolute value.", run: abs },
    Builtin {
        name: "round",
        signature: "round(number, ndigits=None)",
        doc: "The number rounded, halves to even.",
        run: round,
    },
    Builtin { name: "sum", signature: "sum(iterable, start=0)", doc: "The elements added up.", run: sum },
    Builtin {
        name: "min",
        signature: "min(iterable, *, key=None, default)",
        doc: "The smallest element.",
        run: |m, a| extreme(m, a, "min"),
    },
    Builtin {
        name: "max",
        signature: "max(iterable, *, key=None, default)",
        doc: "The largest element.",
        run: |m, a| extreme(m, a, "max"),
    },
    Builtin { name: "divmod", signature: "divmod(a, b)", doc: "Floor quotient and modulo.", run: divmod },
    Builtin {
        name: "pow",
        signature: "pow(base, exp, mod=None)",
        doc: "The power, modulo an int where one is given.",
        run: pow,
    },
];

fn abs(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("abs", 1, 1)?;
    Ok(match &args[0] {
        Value::Bool(v) => Value::int(u8::from(*v)),
        Value::Int(v) => Value::Int(v.abs()),
        Value::Float(v) => Value::Float(v.abs()),
        Value::Complex(v) => Value::Float(v.norm()),
        value @ (Value::Array(_) | Value::Scalar(_)) => kernel(machine, Kernel::Abs, &[value])?,
        other => return Err(Error::type_(format!("bad operand type for abs(): '{}'", type_name(other)))),
    })
}

fn round(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("round", &["number", "ndigits"], 1)?;
    let number = args.need(0);
    let places = args.some(1).map(|d| index_int(machine, &d)).transpose()?;
    match (&number, places) {
        (Value::Array(_) | Value::Scalar(_), _) => round_array(machine, &number, places),
        (Value::Bool(v), _) => Ok(Value::int(u8::from(*v))),
        (Value::Int(v), Some(places)) if places < 0 => Ok(Value::Int(round_int(v, places))),
        (Value::Int(_), _) => Ok(number),
        (Value::Float(v), None) => whole(*v),
        (Value::Float(v), Some(places)) => Ok(Value::Float(round_float(*v, places))),
        (other, _) => Err(Error::type_(format!("type {} doesn't define __round__ method", type_name(other)))),
    }
}

fn round_array(machine: &Machine<'_>, number: &Value, places: Option<i64>) -> Result<Value> {
    if let (Value::Scalar(s), None) = (number, places) {
        return match s.as_integer() {
            Some(v) => Ok(Value::int(v)),
            None => whole(s.to_f64()),
        };
    }
    let row = rows::find("round").ok_or_else(|| Error::not_implemented("round is not there"))?;
    call_row(machine, row, Mode::Eager, Args::of(vec![number.clone(), Value::int(places.unwrap_or(0))]))
}

fn whole(v: f64) -> Result<Value> {
    if v.is_nan() {
        return Err(Error::value("cannot convert float NaN to integer"));
    }
    let rounded = BigInt::from_f64(v.round_ties_even());
    rounded.map(Value::Int).ok_or_else(|| Error::overflow("cannot convert float infinity to integer"))
}

fn round_int(v: &BigInt, places: i64) -> BigInt {
    let unit: BigInt = Pow::pow(BigInt::from(10), places.unsigned_abs().min(5000));
    let (quotient, rest) = v.div_mod_floor(&unit);
    let twice: BigInt = rest * 2;
    let up = twice > unit || (twice == unit && quotient.is_odd());
    (quotient + BigInt::from(u8::from(up))) * unit
}

/// Rounds as Python does: to the decimal that is nearest to the exact value of the float.
fn round_float(v: f64, places: i64) -> f64 {
    if !v.is_finite() || places > MOST_DECIMALS {
        return v;
    }
    if places >= 0 {
        return format!("{v:.*}", places as usize).parse().unwrap_or(v);
    }
    let unit = 10f64.powi(places.unsigned_abs().min(400) as i32);
    if unit.is_infinite() { 0.0 } else { (v / unit).round_ties_even() * unit }
}

fn sum(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("sum", &["iterable", "start"], 1)?;
    let items = args.need(0);
    let start = args.get(1).unwrap_or_else(|| Value::int(0));
    if let Value::Str(_) = start {
        return Err(Error::type_("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    walk(machine, &items)?.try_fold(start, |total, item| {
        machine.check_interrupt()?;
        binary(machine, BinaryOp::Add, &total, &item)
    })
}

fn extreme(machine: &Machine<'_>, args: Args, name: &str) -> Result<Value> {
    let Args { positional, mut named } = args;
    let mut take = |wanted: &str| named.iter().position(|(n, _)| n == wanted).map(|at| named.remove(at).1);
    let key = take("key").filter(|k| !matches!(k, Value::None));
    let default = take("default");
    if let Some((unknown, _)) = named.first() {
        return Err(Error::type_(format!("{name}() got an unexpected keyword argument '{unknown}'")));
    }
    let items = match positional.as_slice() {
        [] => return Err(Error::type_(format!("{name} expected at least 1 argument, got 0"))),
        [one] => elements(machine, one)?,
        _ => positional,
    };
    let rank =
        |item: &Value| key.as_ref().map_or_else(|| Ok(item.clone()), |k| machine.call(k, Args::of(vec![item.clone()])));
    let mut best: Option<(Value, Value)> = None;
    for item in items {
        let rank = rank(&item)?;
        let better = match &best {
            None => true,
            Some((_, top)) if name == "min" => less(machine, &rank, top)?,
            Some((_, top)) => less(machine, top, &rank)?,
        };
        if better {
            best = Some((item, rank));
        }
    }
    best.map(|(item, _)| item).or(default).ok_or_else(|| Error::value(format!("{name}() iterable argument is empty")))
}

fn divmod(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("divmod", 2, 2)?;
    if let Some(value) = floor_div_mod(&args[0], &args[1])? {
        return Ok(value);
    }
    let quotient = binary(machine, BinaryOp::FloorDiv, &args[0], &args[1])?;
    Ok(Value::tuple(vec![quotient, binary(machine, BinaryOp::Mod, &args[0], &args[1])?]))
}

fn pow(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut args = args.bind("pow", &["base", "exp", "mod"], 2)?;
    let (base, exponent) = (args.need(0), args.need(1));
    match args.some(2) {
        None => binary(machine, BinaryOp::Pow, &base, &exponent),
        Some(modulus) => power(&base, &exponent, &modulus)?
            .ok_or_else(|| Error::type_("pow() 3rd argument not allowed unless all arguments are integers")),
    }
}
