//! Arithmetic of Python's own numbers: unbounded ints, floats, complex.

use crate::data::{C64, Error, ErrorKind, Result};
use crate::lang::syntax::BinaryOp;
use crate::lang::value::Value;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, Pow, Signed, ToPrimitive, Zero};

/// Bits of the largest int that a power or a shift may make.
const MOST_BITS: u64 = 1 << 27;

/// A Python number, bools as ints.
#[derive(Clone, Debug)]
pub(super) enum Number {
    Int(BigInt),
    Float(f64),
    Complex(C64),
}

/// The number of a value; `None` where it is none of Python's own.
pub(super) fn number_of(value: &Value) -> Option<Number> {
    Some(match value {
        Value::Bool(v) => Number::Int(BigInt::from(u8::from(*v))),
        Value::Int(v) => Number::Int(v.clone()),
        Value::Float(v) => Number::Float(*v),
        Value::Complex(v) => Number::Complex(*v),
        _ => return None,
    })
}

/// The answer of an operator; `None` where it does not take these numbers.
pub(super) fn arithmetic(op: BinaryOp, a: &Number, b: &Number) -> Result<Option<Value>> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => ints(op, a, b),
        (Number::Complex(_), _) | (_, Number::Complex(_)) => complexes(op, to_complex(a)?, to_complex(b)?),
        _ => floats(op, to_float(a)?, to_float(b)?),
    }
}

fn to_float(n: &Number) -> Result<f64> {
    match n {
        Number::Int(v) => {
            v.to_f64().filter(|f| f.is_finite()).ok_or_else(|| Error::overflow("int too large to convert to float"))
        }
        Number::Float(v) => Ok(*v),
        Number::Complex(v) => Ok(v.re),
    }
}

fn to_complex(n: &Number) -> Result<C64> {
    match n {
        Number::Complex(v) => Ok(*v),
        other => Ok(C64::new(to_float(other)?, 0.0)),
    }
}

fn ints(op: BinaryOp, a: &BigInt, b: &BigInt) -> Result<Option<Value>> {
    Ok(Some(Value::Int(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => return divide_ints(a, b).map(Some),
        BinaryOp::FloorDiv => nonzero(b, "integer division or modulo by zero").map(|b| a.div_floor(b))?,
        BinaryOp::Mod => nonzero(b, "integer modulo by zero").map(|b| a.mod_floor(b))?,
        BinaryOp::Pow => return int_power(a, b).map(Some),
        BinaryOp::ShiftLeft => shift(a, b)?,
        BinaryOp::ShiftRight => shift(a, &-b)?,
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::MatMul => return Ok(None),
    })))
}

fn nonzero<'a>(b: &'a BigInt, message: &str) -> Result<&'a BigInt> {
    if b.is_zero() { Err(Error::zero_division(message)) } else { Ok(b) }
}

/// True division, correct where both fit a float and by scaling where not.
fn divide_ints(a: &BigInt, b: &BigInt) -> Result<Value> {
    nonzero(b, "division by zero")?;
    if let (Some(x), Some(y)) = (exact(a), exact(b)) {
        return Ok(Value::Float(x / y));
    }
    let shift = a.bits() as i64 - b.bits() as i64 - 66;
    let quotient = if shift >= 0 { a / (b << shift) } else { (a << -shift) / b };
    let scaled = quotient.to_f64().unwrap_or(f64::INFINITY);
    let value = scaled * 2f64.powi((shift / 2) as i32) * 2f64.powi((shift - shift / 2) as i32);
    if value.is_finite() {
        Ok(Value::Float(value))
    } else {
        Err(Error::overflow("integer division result too large for a float"))
    }
}

fn exact(v: &BigInt) -> Option<f64> {
    if v.bits() <= 53 { v.to_f64() } else { None }
}

fn int_power(a: &BigInt, b: &BigInt) -> Result<Value> {
    if b.is_negative() {
        let (x, y) = (to_float(&Number::Int(a.clone()))?, to_float(&Number::Int(b.clone()))?);
        if x == 0.0 {
            return Err(Error::zero_division("0.0 cannot be raised to a negative power"));
        }
        return Ok(Value::Float(x.powf(y)));
    }
    if a.bits() <= 1 {
        // 0, 1 and -1 stay small whatever the exponent.
        let odd = b.is_odd();
        let value = if b.is_zero() {
            BigInt::from(1)
        } else if a.is_negative() && !odd {
            -a
        } else {
            a.clone()
        };
        return Ok(Value::Int(value));
    }
    let exponent = b.to_u64().filter(|e| e.saturating_mul(a.bits()) <= MOST_BITS);
    let exponent = exponent.ok_or_else(|| {
        Error::memory("the power is too large an int to hold").help("a float power is `a ** float(b)`")
    })?;
    Ok(Value::Int(Pow::pow(a, exponent)))
}

fn shift(a: &BigInt, by: &BigInt) -> Result<BigInt> {
    if a.is_zero() {
        return Ok(a.clone());
    }
    match by.to_i64() {
        Some(n) if n >= 0 && (n as u64) < MOST_BITS => Ok(a << n),
        Some(n) if n < 0 => Ok(a >> n.unsigned_abs()),
        None if by.is_negative() => Ok(BigInt::from(if a.is_negative() { -1 } else { 0 })),
        _ => Err(Error::memory("the shift makes too large an int to hold")),
    }
}

/// A negative shift count is refused before the sign is turned.
pub(super) fn check_shift(op: BinaryOp, b: &Number) -> Result<()> {
    match (op, b) {
        (BinaryOp::ShiftLeft | BinaryOp::ShiftRight, Number::Int(count)) if count.is_negative() => {
            Err(Error::value("negative shift count"))
        }
        _ => Ok(()),
    }
}

fn floats(op: BinaryOp, a: f64, b: f64) -> Result<Option<Value>> {
    let divided = |message: &str| if b == 0.0 { Err(Error::zero_division(message)) } else { Ok(()) };
    Ok(Some(match op {
        BinaryOp::Add => Value::Float(a + b),
        BinaryOp::Sub => Value::Float(a - b),
        BinaryOp::Mul => Value::Float(a * b),
        BinaryOp::Div => {
            divided("division by zero")?;
            Value::Float(a / b)
        }
        BinaryOp::FloorDiv => {
            divided("float floor division by zero")?;
            Value::Float(float_divmod(a, b).0)
        }
        BinaryOp::Mod => {
            divided("float modulo")?;
            Value::Float(float_divmod(a, b).1)
        }
        BinaryOp::Pow => float_power(a, b)?,
        _ => return Ok(None),
    }))
}

/// Python's floor quotient and modulo, the modulo with the divisor's sign.
fn float_divmod(a: f64, b: f64) -> (f64, f64) {
    let mut modulo = a % b;
    let mut quotient = (a - modulo) / b;
    if modulo != 0.0 {
        if (b < 0.0) != (modulo < 0.0) {
            modulo += b;
            quotient -= 1.0;
        }
    } else {
        modulo = 0f64.copysign(b);
    }
    let floor = quotient.floor();
    let floor = if quotient - floor > 0.5 { floor + 1.0 } else { floor };
    (if quotient == 0.0 { 0f64.copysign(a / b) } else { floor }, modulo)
}

fn float_power(a: f64, b: f64) -> Result<Value> {
    if a == 0.0 && b < 0.0 {
        return Err(Error::zero_division("0.0 cannot be raised to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return Ok(Value::Complex(C64::new(a, 0.0).powf(b)));
    }
    let value = a.powf(b);
    if value.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(Error::overflow("(34, 'Numerical result out of range')"));
    }
    Ok(Value::Float(value))
}

fn complexes(op: BinaryOp, a: C64, b: C64) -> Result<Option<Value>> {
    let zero = C64::new(0.0, 0.0);
    Ok(Some(Value::Complex(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b == zero => return Err(Error::zero_division("division by zero")),
        BinaryOp::Div => a / b,
        BinaryOp::Pow if b == zero => C64::new(1.0, 0.0),
        BinaryOp::Pow if a == zero && (b.im != 0.0 || b.re < 0.0) => {
            return Err(Error::zero_division("0.0 to a negative or complex power"));
        }
        BinaryOp::Pow if a == zero => zero,
        BinaryOp::Pow if b.im == 0.0 && b.re.fract() == 0.0 && b.re.abs() <= 100.0 => a.powi(b.re as i32),
        BinaryOp::Pow => a.powc(b),
        BinaryOp::FloorDiv | BinaryOp::Mod => {
            return Err(Error::new(ErrorKind::TypeError, "can't take floor or mod of complex number."));
        }
        _ => return Ok(None),
    })))
}

/// `divmod(a, b)` of Python's numbers; `None` where they are none.
pub fn floor_div_mod(a: &Value, b: &Value) -> Result<Option<Value>> {
    let (Some(x), Some(y)) = (number_of(a), number_of(b)) else { return Ok(None) };
    let quotient = arithmetic(BinaryOp::FloorDiv, &x, &y)?;
    let modulo = arithmetic(BinaryOp::Mod, &x, &y)?;
    Ok(quotient.zip(modulo).map(|(q, m)| Value::tuple(vec![q, m])))
}

/// `pow(a, b, modulus)` of ints; `None` where they are none.
pub fn power(a: &Value, b: &Value, modulus: &Value) -> Result<Option<Value>> {
    let (Some(Number::Int(a)), Some(Number::Int(b)), Some(Number::Int(m))) =
        (number_of(a), number_of(b), number_of(modulus))
    else {
        return Ok(None);
    };
    nonzero(&m, "pow() 3rd argument cannot be 0").map_err(|e| Error::value(e.message))?;
    if b.is_negative() {
        let inverse = a.modinv(&m).ok_or_else(|| Error::value("base is not invertible for the given modulus"))?;
        return Ok(Some(Value::Int(inverse.modpow(&-b, &m))));
    }
    Ok(Some(Value::Int(a.modpow(&b, &m))))
}

/// How two numbers compare; `None` for NaN and complex numbers.
pub(super) fn order(a: &Number, b: &Number) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b),
        (Number::Int(a), Number::Float(b)) => order_int_float(a, *b),
        (Number::Float(a), Number::Int(b)) => order_int_float(b, *a).map(std::cmp::Ordering::reverse),
        _ => None,
    }
}

fn order_int_float(a: &BigInt, b: f64) -> Option<std::cmp::Ordering> {
    if b.is_nan() {
        return None;
    }
    if b.is_infinite() {
        return Some(if b > 0.0 { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater });
    }
    let whole = BigInt::from_f64(b.floor())?;
    Some(a.cmp(&whole).then(if b.fract() == 0.0 { std::cmp::Ordering::Equal } else { std::cmp::Ordering::Less }))
}

/// Whether two numbers are equal.
pub(super) fn same(a: &Number, b: &Number) -> bool {
    match (a, b) {
        (Number::Complex(_), _) | (_, Number::Complex(_)) => {
            matches!((to_complex(a), to_complex(b)), (Ok(x), Ok(y)) if x == y)
        }
        _ => order(a, b) == Some(std::cmp::Ordering::Equal),
    }
}
