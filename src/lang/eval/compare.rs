//! Comparison, identity, membership, truth.

use crate::data::{DType, Error, Result};
use crate::ir::Kernel;
use crate::lang::convert::dtype_of;
use crate::lang::dict::key_of;
use crate::lang::eval::number::{number_of, order, same};
use crate::lang::eval::vector::{elementwise, is_vector};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::syntax::CompareOp;
use crate::lang::types::{TypeId, dtype_of_type, type_name};
use crate::lang::value::Value;
use std::cmp::Ordering;

/// `a op b`: a bool, or for arrays an array of bools.
///
/// # Errors
/// `TypeError` where the values have no order.
pub fn compare(machine: &Machine<'_>, op: CompareOp, a: &Value, b: &Value) -> Result<Value> {
    match op {
        CompareOp::Is => return Ok(Value::Bool(a.is(b))),
        CompareOp::IsNot => return Ok(Value::Bool(!a.is(b))),
        CompareOp::In => return contains(machine, b, a).map(Value::Bool),
        CompareOp::NotIn => return contains(machine, b, a).map(|found| Value::Bool(!found)),
        _ => {}
    }
    if is_vector(a) || is_vector(b) {
        return vectors(machine, op, a, b);
    }
    match op {
        CompareOp::Eq => equal(machine, a, b).map(Value::Bool),
        CompareOp::NotEq => equal(machine, a, b).map(|same| Value::Bool(!same)),
        _ => Ok(Value::Bool(holds(op, ordering(machine, op, a, b)?))),
    }
}

fn vectors(machine: &Machine<'_>, op: CompareOp, a: &Value, b: &Value) -> Result<Value> {
    let kernel = match op {
        CompareOp::Eq => Kernel::Equal,
        CompareOp::NotEq => Kernel::NotEqual,
        CompareOp::Lt => Kernel::Less,
        CompareOp::LtE => Kernel::LessEqual,
        CompareOp::Gt => Kernel::Greater,
        _ => Kernel::GreaterEqual,
    };
    let other = if is_vector(a) { b } else { a };
    let comparable = !matches!(
        other,
        Value::Str(_)
            | Value::None
            | Value::Dict(_)
            | Value::Function(_)
            | Value::Ellipsis
            | Value::DType(_)
            | Value::Type(_)
    );
    if comparable || !matches!(op, CompareOp::Eq | CompareOp::NotEq) {
        return elementwise(machine, kernel, &[a, b]);
    }
    // Nothing that is no number equals a number.
    let differs = op == CompareOp::NotEq;
    match if is_vector(a) { a } else { b } {
        Value::Array(array) => {
            let fill = crate::ops::primitive::fill_like(crate::data::Scalar::Bool(differs), &array.expr());
            machine.wrap(&fill, crate::lang::machine::Wrap::fresh(array.mode))
        }
        _ => Ok(Value::Bool(differs)),
    }
}

fn holds(op: CompareOp, order: Option<Ordering>) -> bool {
    matches!(
        (op, order),
        (CompareOp::Lt | CompareOp::LtE, Some(Ordering::Less))
            | (CompareOp::Gt | CompareOp::GtE, Some(Ordering::Greater))
            | (CompareOp::LtE | CompareOp::GtE, Some(Ordering::Equal))
    )
}

/// How two values are ordered; `None` where they are neither less, equal nor greater (NaN).
fn ordering(machine: &Machine<'_>, op: CompareOp, a: &Value, b: &Value) -> Result<Option<Ordering>> {
    if let (Some(x), Some(y)) = (number_of(a), number_of(b))
        && !matches!(a, Value::Complex(_))
        && !matches!(b, Value::Complex(_))
    {
        return Ok(order(&x, &y));
    }
    match (a, b) {
        (Value::Str(x), Value::Str(y)) => Ok(Some(x.cmp(y))),
        (Value::List(x), Value::List(y)) => sequences(machine, op, &x.borrow(), &y.borrow()),
        (Value::Tuple(x), Value::Tuple(y)) => sequences(machine, op, x, y),
        (Value::Set(x), Value::Set(y)) => {
            let (x, y) = (x.borrow(), y.borrow());
            let inside = |keys: Vec<Value>, other: &crate::lang::dict::Dict| {
                keys.iter().all(|k| matches!(other.get(k), Ok(Some(_))))
            };
            Ok(match (inside(x.keys(), &y), inside(y.keys(), &x)) {
                (true, true) => Some(Ordering::Equal),
                (true, false) => Some(Ordering::Less),
                (false, true) => Some(Ordering::Greater),
                _ => None,
            })
        }
        _ if is_vector(a) || is_vector(b) => {
            let (less, more) = (compare(machine, CompareOp::Lt, a, b)?, compare(machine, CompareOp::Gt, a, b)?);
            let (less, more) = (truthy(machine, &less)?, truthy(machine, &more)?);
            Ok(Some(if less {
                Ordering::Less
            } else if more {
                Ordering::Greater
            } else {
                Ordering::Equal
            }))
        }
        _ => Err(Error::type_(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.sign(),
            type_name(a),
            type_name(b)
        ))),
    }
}

fn sequences(machine: &Machine<'_>, op: CompareOp, a: &[Value], b: &[Value]) -> Result<Option<Ordering>> {
    for (x, y) in a.iter().zip(b) {
        if !equal(machine, x, y)? {
            return ordering(machine, op, x, y);
        }
    }
    Ok(Some(a.len().cmp(&b.len())))
}

/// Whether `a` sorts before `b`.
///
/// # Errors
/// `TypeError` where the values have no order.
pub fn less(machine: &Machine<'_>, a: &Value, b: &Value) -> Result<bool> {
    Ok(ordering(machine, CompareOp::Lt, a, b)? == Some(Ordering::Less))
}

/// Whether two values are equal, as one bool.
///
/// # Errors
/// `ValueError` where the answer is an array of more than one element.
pub fn equal(machine: &Machine<'_>, a: &Value, b: &Value) -> Result<bool> {
    machine.check_stack()?;
    if let (Some(x), Some(y)) = (number_of(a), number_of(b)) {
        return Ok(same(&x, &y));
    }
    match (a, b) {
        (Value::Str(x), Value::Str(y)) => Ok(x == y),
        (Value::List(x), Value::List(y)) => all_equal(machine, &x.borrow().clone(), &y.borrow().clone()),
        (Value::Dict(x), Value::Dict(y)) => dicts_equal(machine, &x.borrow().clone(), &y.borrow().clone()),
        (Value::Set(x), Value::Set(y)) => {
            let (x, y) = (x.borrow(), y.borrow());
            Ok(x.len() == y.len() && x.keys().iter().all(|k| matches!(y.get(k), Ok(Some(_)))))
        }
        (Value::Range(x), Value::Range(y)) => {
            let n = x.len();
            Ok(n == y.len() && (n == 0 || (x.start == y.start && (n == 1 || x.step == y.step))))
        }
        (Value::Slice(x), Value::Slice(y)) => all_equal(machine, &x[..], &y[..]),
        (Value::DType(x), Value::Str(_) | Value::Type(_) | Value::DType(_)) => Ok(dtype_of(b).is_ok_and(|y| *x == y)),
        (Value::Str(_) | Value::Type(_), Value::DType(y)) => Ok(dtype_of(a).is_ok_and(|x| x == *y)),
        (Value::Type(x), Value::Type(y)) => Ok(x == y || same_types(*x, *y)),
        _ if is_vector(a) || is_vector(b) => {
            let answer = compare(machine, CompareOp::Eq, a, b)?;
            truthy(machine, &answer)
        }
        _ => match (a.tuple_items(), b.tuple_items()) {
            (Some(x), Some(y)) => all_equal(machine, x, y),
            _ => Ok(a.is(b)),
        },
    }
}

/// `np.bool` is not `bool`, but `np.int_` is `np.int64`.
fn same_types(a: TypeId, b: TypeId) -> bool {
    matches!((a, b), (TypeId::Scalar(_), TypeId::Scalar(_))) && dtype_of_type(a) == dtype_of_type(b)
}

fn all_equal(machine: &Machine<'_>, a: &[Value], b: &[Value]) -> Result<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (x, y) in a.iter().zip(b) {
        if !x.is(y) && !equal(machine, x, y)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn dicts_equal(machine: &Machine<'_>, a: &crate::lang::dict::Dict, b: &crate::lang::dict::Dict) -> Result<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (key, value) in a.iter() {
        match b.get(key)? {
            Some(other) if value.is(&other) || equal(machine, value, &other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// `item in container`.
fn contains(machine: &Machine<'_>, container: &Value, item: &Value) -> Result<bool> {
    match container {
        Value::Str(text) => match item {
            Value::Str(part) => Ok(text.contains(&**part)),
            other => {
                Err(Error::type_(format!("'in <string>' requires string as left operand, not {}", type_name(other))))
            }
        },
        Value::Dict(dict) | Value::Set(dict) => {
            key_of(item)?;
            Ok(dict.borrow().get(item)?.is_some())
        }
        Value::Array(_) => {
            let hits = compare(machine, CompareOp::Eq, container, item)?;
            let Value::Array(hits) = hits else { return truthy(machine, &hits) };
            Ok(machine.values(&hits)?.cast(DType::Bool).to_vec::<bool>().contains(&true))
        }
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Scalar(_) | Value::Function(_) => {
            Err(Error::type_(format!("argument of type '{}' is not iterable", type_name(container))))
        }
        _ => {
            for other in elements(machine, container)? {
                if other.is(item) || equal(machine, &other, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

/// Whether a value counts as true.
///
/// # Errors
/// `ValueError` for arrays that do not have exactly one element.
pub fn truthy(machine: &Machine<'_>, value: &Value) -> Result<bool> {
    Ok(match value {
        Value::None => false,
        Value::Bool(v) => *v,
        Value::Int(v) => v.sign() != num_bigint::Sign::NoSign,
        Value::Float(v) => *v != 0.0,
        Value::Complex(v) => v.re != 0.0 || v.im != 0.0,
        Value::Str(v) => !v.is_empty(),
        Value::Scalar(v) => v.truthy(),
        Value::Tuple(_) | Value::Named(_) => !value.tuple_items().unwrap_or_default().is_empty(),
        Value::List(v) => !v.borrow().is_empty(),
        Value::Dict(v) | Value::Set(v) => !v.borrow().is_empty(),
        Value::Range(v) => !v.is_empty(),
        Value::Array(array) => {
            let expr = machine.known(array)?;
            match expr.shape.iter().product::<usize>() {
                1 => machine.values(array)?.item().is_some_and(crate::data::Scalar::truthy),
                0 => {
                    return Err(Error::value(
                        "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.",
                    ));
                }
                _ => {
                    return Err(Error::value(
                        "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
                    ));
                }
            }
        }
        _ => true,
    })
}
