//! Methods of Python's numbers and of dtypes.

use crate::data::{Error, Result};
use crate::lang::function::Method;
use crate::lang::methods::method;
use crate::lang::value::Value;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed};

pub(super) const INT: &[Method] = &[
    method("bit_length", |_, me, a| {
        a.plain("bit_length", 0, 0)?;
        Ok(Value::int(int(me).bits()))
    }),
    method("bit_count", |_, me, a| {
        a.plain("bit_count", 0, 0)?;
        let ones: u64 = int(me).magnitude().iter_u64_digits().map(|d| u64::from(d.count_ones())).sum();
        Ok(Value::int(ones))
    }),
    method("conjugate", |_, me, a| {
        a.plain("conjugate", 0, 0)?;
        Ok(Value::Int(int(me)))
    }),
    method("is_integer", |_, _, a| {
        a.plain("is_integer", 0, 0)?;
        Ok(Value::Bool(true))
    }),
    method("as_integer_ratio", |_, me, a| {
        a.plain("as_integer_ratio", 0, 0)?;
        Ok(Value::tuple(vec![Value::Int(int(me)), Value::int(1)]))
    }),
];

pub(super) const FLOAT: &[Method] = &[
    method("is_integer", |_, me, a| {
        a.plain("is_integer", 0, 0)?;
        Ok(Value::Bool(matches!(me, Value::Float(v) if v.fract() == 0.0)))
    }),
    method("conjugate", |_, me, a| {
        a.plain("conjugate", 0, 0)?;
        Ok(me.clone())
    }),
    method("as_integer_ratio", |_, me, a| {
        a.plain("as_integer_ratio", 0, 0)?;
        ratio(me)
    }),
    method("hex", |_, me, a| {
        a.plain("hex", 0, 0)?;
        Ok(Value::str(hexadecimal(me)))
    }),
];

pub(super) const COMPLEX: &[Method] = &[method("conjugate", |_, me, a| {
    a.plain("conjugate", 0, 0)?;
    match me {
        Value::Complex(z) => Ok(Value::Complex(z.conj())),
        other => Ok(other.clone()),
    }
})];

pub(super) const DTYPE: &[Method] = &[method("newbyteorder", |_, me, a| {
    a.plain("newbyteorder", 0, 1)?;
    Ok(me.clone())
})];

fn int(me: &Value) -> BigInt {
    match me {
        Value::Int(v) => v.clone(),
        Value::Bool(v) => BigInt::from(u8::from(*v)),
        _ => BigInt::from(0),
    }
}

fn ratio(me: &Value) -> Result<Value> {
    let Value::Float(v) = me else { return Ok(Value::None) };
    if v.is_nan() {
        return Err(Error::value("cannot convert NaN to integer ratio"));
    }
    if v.is_infinite() {
        return Err(Error::overflow("cannot convert Infinity to integer ratio"));
    }
    let (mut top, mut halvings) = (*v, 0u32);
    while top.fract() != 0.0 {
        top *= 2.0;
        halvings += 1;
    }
    let top = BigInt::from_f64(top).unwrap_or_default();
    Ok(Value::tuple(vec![Value::Int(top), Value::Int(BigInt::from(1) << halvings)]))
}

fn hexadecimal(me: &Value) -> String {
    let Value::Float(v) = me else { return String::new() };
    if !v.is_finite() {
        return crate::data::text::python_float(*v);
    }
    let bits = v.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let sign = if v.is_sign_negative() { "-" } else { "" };
    match (exponent, fraction) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        _ => format!(
            "{sign}0x1.{fraction:013x}p{}{}",
            if exponent < 1023 { '-' } else { '+' },
            BigInt::from(exponent - 1023).abs()
        ),
    }
}
