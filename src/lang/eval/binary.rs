//! Binary and unary operators on any values.

use crate::data::{Error, ErrorKind, Result};
use crate::ir::Kernel;
use crate::lang::dict::Dict;
use crate::lang::eval::number::{Number, arithmetic, check_shift, number_of};
use crate::lang::eval::truthy;
use crate::lang::eval::vector::{elementwise, elementwise_expr, is_vector, kernel_name, mode_of};
use crate::lang::function::Args;
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::syntax::{BinaryOp, UnaryOp};
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use num_traits::ToPrimitive;
use std::rc::Rc;

/// Elements of the longest list or string that `*` may make.
const LONGEST: usize = 1 << 28;

/// The elementwise kernel of each operator.
const KERNELS: &[(BinaryOp, Kernel)] = &[
    (BinaryOp::Add, Kernel::Add),
    (BinaryOp::Sub, Kernel::Subtract),
    (BinaryOp::Mul, Kernel::Multiply),
    (BinaryOp::Div, Kernel::Divide),
    (BinaryOp::FloorDiv, Kernel::FloorDivide),
    (BinaryOp::Mod, Kernel::Remainder),
    (BinaryOp::Pow, Kernel::Power),
    (BinaryOp::ShiftLeft, Kernel::LeftShift),
    (BinaryOp::ShiftRight, Kernel::RightShift),
    (BinaryOp::BitAnd, Kernel::BitwiseAnd),
    (BinaryOp::BitOr, Kernel::BitwiseOr),
    (BinaryOp::BitXor, Kernel::BitwiseXor),
];

fn kernel_of(op: BinaryOp) -> Option<Kernel> {
    KERNELS.iter().find(|row| row.0 == op).map(|row| row.1)
}

/// `a op b`.
///
/// # Errors
/// `TypeError` where the operator does not take the operands, and what the operation fails with.
pub fn binary(machine: &Machine<'_>, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    if let (Some(x), Some(y)) = (number_of(a), number_of(b)) {
        check_shift(op, &y)?;
        if let Some(value) = bits_of_bools(op, a, b) {
            return Ok(value);
        }
        return arithmetic(op, &x, &y)?.ok_or_else(|| unsupported(op, a, b));
    }
    if let (Value::Str(template), BinaryOp::Mod) = (a, op) {
        return crate::lang::repr::percent(machine, template, b).map(Value::str);
    }
    if is_vector(a) || is_vector(b) {
        return vectors(machine, op, a, b);
    }
    containers(machine, op, a, b)?.ok_or_else(|| unsupported(op, a, b))
}

/// `True & False` is a bool.
fn bits_of_bools(op: BinaryOp, a: &Value, b: &Value) -> Option<Value> {
    let (Value::Bool(a), Value::Bool(b)) = (a, b) else { return None };
    match op {
        BinaryOp::BitAnd => Some(Value::Bool(a & b)),
        BinaryOp::BitOr => Some(Value::Bool(a | b)),
        BinaryOp::BitXor => Some(Value::Bool(a ^ b)),
        _ => None,
    }
}

fn vectors(machine: &Machine<'_>, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    // A list times a NumPy integer is the list repeated, as in Python.
    if let (BinaryOp::Mul, Value::Scalar(count), Value::List(_) | Value::Tuple(_) | Value::Str(_))
    | (BinaryOp::Mul, Value::List(_) | Value::Tuple(_) | Value::Str(_), Value::Scalar(count)) = (op, a, b)
        && count.dtype().is_integer()
    {
        let items = if matches!(a, Value::Scalar(_)) { b } else { a };
        return repeat(machine, items, &Value::int(count.to_i64()))?.ok_or_else(|| unsupported(op, a, b));
    }
    if [a, b].iter().any(|v| {
        matches!(
            v,
            Value::Dict(_) | Value::Set(_) | Value::Function(_) | Value::Module(_) | Value::Type(_) | Value::Slice(_)
        )
    }) {
        return Err(unsupported(op, a, b));
    }
    match kernel_of(op) {
        Some(kernel) => elementwise(machine, kernel, &[a, b]),
        None => {
            let row = crate::lang::rows::find("matmul").ok_or_else(|| Error::not_implemented("matmul is not there"))?;
            crate::lang::eval::call_row(machine, row, mode_of(&[a, b]), Args::of(vec![a.clone(), b.clone()]))
        }
    }
}

/// Operators of lists, tuples, strings, dicts and sets; `None` where there is none.
fn containers(machine: &Machine<'_>, op: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>> {
    match (op, a, b) {
        (BinaryOp::Add, Value::Str(x), Value::Str(y)) => Ok(Some(Value::str(format!("{x}{y}")))),
        (BinaryOp::Add, Value::Str(_), _) => {
            Err(Error::type_(format!("can only concatenate str (not \"{}\") to str", type_name(b))))
        }
        (BinaryOp::Add, Value::List(x), Value::List(y)) => {
            let both = x.borrow().iter().chain(y.borrow().iter()).cloned().collect();
            Ok(Some(Value::list(both)))
        }
        (BinaryOp::Add, Value::List(_), _) => {
            Err(Error::type_(format!("can only concatenate list (not \"{}\") to list", type_name(b))))
        }
        (BinaryOp::Add, Value::Tuple(x), Value::Tuple(y)) => {
            Ok(Some(Value::tuple(x.iter().chain(y.iter()).cloned().collect())))
        }
        (BinaryOp::Add, Value::Tuple(_), _) => {
            Err(Error::type_(format!("can only concatenate tuple (not \"{}\") to tuple", type_name(b))))
        }
        (BinaryOp::Mul, Value::Str(_) | Value::List(_) | Value::Tuple(_), _) => repeat(machine, a, b),
        (BinaryOp::Mul, _, Value::Str(_) | Value::List(_) | Value::Tuple(_)) => repeat(machine, b, a),
        (BinaryOp::BitOr, Value::Dict(x), Value::Dict(y)) => {
            let mut out = x.borrow().clone();
            for (key, value) in y.borrow().iter() {
                out.insert(key.clone(), value.clone())?;
            }
            Ok(Some(Value::dict(out)))
        }
        (_, Value::Set(x), Value::Set(y)) => sets(op, &x.borrow(), &y.borrow()),
        _ => Ok(None),
    }
}

fn sets(op: BinaryOp, a: &Dict, b: &Dict) -> Result<Option<Value>> {
    let within = |keys: Vec<Value>, other: &Dict, wanted: bool| -> Result<Vec<Value>> {
        keys.into_iter()
            .filter_map(|k| match other.get(&k) {
                Ok(found) => (found.is_some() == wanted).then_some(Ok(k)),
                Err(error) => Some(Err(error)),
            })
            .collect()
    };
    let keys = match op {
        BinaryOp::BitAnd => within(a.keys(), b, true)?,
        BinaryOp::Sub => within(a.keys(), b, false)?,
        BinaryOp::BitOr => a.keys().into_iter().chain(b.keys()).collect(),
        BinaryOp::BitXor => within(a.keys(), b, false)?.into_iter().chain(within(b.keys(), a, false)?).collect(),
        _ => return Ok(None),
    };
    Ok(Some(Value::Set(Rc::new(Dict::of_keys(keys)?.into()))))
}

fn repeat(machine: &Machine<'_>, items: &Value, count: &Value) -> Result<Option<Value>> {
    let Some(Number::Int(count)) = number_of(count) else {
        return Err(Error::type_(format!("can't multiply sequence by non-int of type '{}'", type_name(count))));
    };
    let times = if count.sign() == num_bigint::Sign::Minus { 0 } else { count.to_usize().unwrap_or(usize::MAX) };
    let fits = |n: usize| {
        n.checked_mul(times)
            .filter(|&all| all <= LONGEST)
            .ok_or_else(|| Error::memory("the repeated sequence does not fit in memory"))
    };
    Ok(Some(match items {
        Value::Str(text) => {
            fits(text.len())?;
            Value::str(text.repeat(times))
        }
        other => {
            let parts = elements(machine, other)?;
            let all = fits(parts.len())?;
            let out: Vec<Value> = parts.iter().cycle().take(all).cloned().collect();
            if matches!(other, Value::List(_)) { Value::list(out) } else { Value::tuple(out) }
        }
    }))
}

fn unsupported(op: BinaryOp, a: &Value, b: &Value) -> Error {
    let sign = if op == BinaryOp::Pow { "** or pow()" } else { op.sign() };
    Error::type_(format!("unsupported operand type(s) for {sign}: '{}' and '{}'", type_name(a), type_name(b)))
}

/// `a op= b`: what the target is bound to afterwards; eager arrays and lists change in place.
pub(super) fn in_place(machine: &Machine<'_>, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    match (a, op) {
        (Value::List(items), BinaryOp::Add) => {
            let more = elements(machine, b)?;
            items.borrow_mut().extend(more);
            Ok(a.clone())
        }
        (Value::List(items), BinaryOp::Mul) => {
            let Some(Value::List(new)) = repeat(machine, a, b)? else { return Ok(a.clone()) };
            let new = new.borrow().clone();
            *items.borrow_mut() = new;
            Ok(a.clone())
        }
        (Value::Array(array), _) if array.mode == Mode::Eager && mode_of(&[b]) == Mode::Eager => {
            let Some(kernel) = kernel_of(op) else { return binary(machine, op, a, b) };
            let new = elementwise_expr(machine, kernel, &[a, b])?;
            let old = array.expr();
            if !new.dtype.casts_same_kind_to(old.dtype) {
                let message = format!(
                    "Cannot cast ufunc '{}' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
                    kernel_name(kernel),
                    new.dtype,
                    old.dtype
                );
                let help = format!("try: a new array, as in `x = x {} y`", op.sign());
                return Err(Error::new(ErrorKind::UFuncTypeError, message).help(help));
            }
            if new.shape != old.shape {
                let (to, from) = (crate::data::show_shape(&old.shape), crate::data::show_shape(&new.shape));
                return Err(Error::value(format!(
                    "non-broadcastable output operand with shape {to} doesn't match the broadcast shape {from}"
                )));
            }
            let new = machine.evaluated(&crate::ops::primitive::cast(&new, old.dtype))?;
            machine.replace_array(array, &new)?;
            Ok(a.clone())
        }
        _ => binary(machine, op, a, b),
    }
}

/// `-a`, `+a`, `~a`, `not a`.
///
/// # Errors
/// `TypeError` where the operator does not take the operand.
pub fn unary(machine: &Machine<'_>, op: UnaryOp, a: &Value) -> Result<Value> {
    if op == UnaryOp::Not {
        return truthy(machine, a).map(|holds| Value::Bool(!holds));
    }
    if is_vector(a) {
        let kernel = match op {
            UnaryOp::Neg => Kernel::Negative,
            UnaryOp::Pos => Kernel::Positive,
            _ => Kernel::Invert,
        };
        return elementwise(machine, kernel, &[a]);
    }
    match (op, number_of(a)) {
        (UnaryOp::Neg, Some(Number::Int(v))) => Ok(Value::Int(-v)),
        (UnaryOp::Neg, Some(Number::Float(v))) => Ok(Value::Float(-v)),
        (UnaryOp::Neg, Some(Number::Complex(v))) => Ok(Value::Complex(-v)),
        (UnaryOp::Pos, Some(Number::Int(v))) => Ok(Value::Int(v)),
        (UnaryOp::Pos, Some(_)) => Ok(a.clone()),
        (UnaryOp::Invert, Some(Number::Int(v))) => Ok(Value::Int(-v - 1)),
        (op, _) => {
            let sign = match op {
                UnaryOp::Neg => "-",
                UnaryOp::Pos => "+",
                _ => "~",
            };
            Err(Error::type_(format!("bad operand type for unary {sign}: '{}'", type_name(a))))
        }
    }
}
