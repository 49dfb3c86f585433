//! Operators on arrays and NumPy scalars: weak Python numbers, modes, kernels.

use crate::data::{C64, DType, Error, ErrorKind, Kind, Place, Result, Scalar};
use crate::ir::{Expr, Kernel};
use crate::lang::convert::{any_lazy, array_of, arrays_in};
use crate::lang::machine::{Machine, Wrap};
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use crate::ops::primitive::{self, map};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

/// Whether an operator on this value is NumPy's business.
pub(super) fn is_vector(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Scalar(_))
}

/// The mode of a result: lazy as soon as one operand is.
pub(super) fn mode_of(values: &[&Value]) -> Mode {
    let lazy = values.iter().any(|v| any_lazy(&arrays_in(std::slice::from_ref(*v))));
    if lazy { Mode::Lazy } else { Mode::Eager }
}

/// The result of a kernel of operands, evaluated at once where eager.
pub(in crate::lang) fn elementwise(machine: &Machine<'_>, kernel: Kernel, values: &[&Value]) -> Result<Value> {
    let expr = elementwise_expr(machine, kernel, values)?;
    machine.wrap(&expr, Wrap::fresh(mode_of(values)))
}

/// The same as an expression.
pub(super) fn elementwise_expr(machine: &Machine<'_>, kernel: Kernel, values: &[&Value]) -> Result<Expr> {
    if kernel == Kernel::Power {
        check_power(values)?;
    }
    map(kernel, &operands(machine, kernel, values)?)
}

fn check_power(values: &[&Value]) -> Result<()> {
    let integral = match values[0] {
        Value::Array(array) => array.dtype().is_integer(),
        Value::Scalar(scalar) => scalar.dtype().is_integer(),
        _ => false,
    };
    match values[1] {
        Value::Int(exponent) if integral && exponent.is_negative() => {
            Err(Error::value("Integers to negative integer powers are not allowed.")
                .help("try: a float base, as in `x.astype(float) ** -1`"))
        }
        _ => Ok(()),
    }
}

/// Operands as expressions: Python's numbers take the dtype of the arrays they meet (NEP 50).
pub(super) fn operands(machine: &Machine<'_>, kernel: Kernel, values: &[&Value]) -> Result<Vec<Expr>> {
    let mut strong: Option<DType> = None;
    let mut exprs: Vec<Option<Expr>> = Vec::new();
    for (k, value) in values.iter().enumerate() {
        let expr = match value {
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Complex(_) => None,
            Value::Str(_) | Value::None => return Err(no_loop(kernel, values)),
            other => Some(array_of(machine, other).map_err(|error| error.at(Place::Operand(k), ""))?),
        };
        if let Some(expr) = &expr {
            strong = Some(strong.map_or(expr.dtype, |dtype| dtype.promote(expr.dtype)));
        }
        exprs.push(expr);
    }
    let strong = strong.unwrap_or(DType::Bool);
    let comparing = matches!(
        kernel,
        Kernel::Equal | Kernel::NotEqual | Kernel::Less | Kernel::LessEqual | Kernel::Greater | Kernel::GreaterEqual
    );
    exprs
        .into_iter()
        .zip(values)
        .map(|(expr, value)| match expr {
            Some(expr) => Ok(expr),
            None => weak(value, strong, comparing).map(primitive::scalar),
        })
        .collect()
}

/// A Python number as a scalar of the dtype that it takes beside arrays of `strong`.
fn weak(value: &Value, strong: DType, comparing: bool) -> Result<Scalar> {
    Ok(match value {
        Value::Bool(v) => Scalar::Bool(*v),
        Value::Int(v) => weak_int(v, strong, comparing)?,
        Value::Float(v) => {
            let dtype = if strong.kind() >= Kind::Float { strong } else { DType::Float64 };
            Scalar::Float64(*v).cast(dtype.real())
        }
        Value::Complex(v) => {
            let dtype = if strong.kind() >= Kind::Float { strong.complex() } else { DType::Complex128 };
            Scalar::Complex128(*v).cast(dtype)
        }
        _ => Scalar::Complex128(C64::new(0.0, 0.0)),
    })
}

fn weak_int(value: &BigInt, strong: DType, comparing: bool) -> Result<Scalar> {
    let dtype = if strong.is_bool() { DType::Int64 } else { strong };
    if let Some((low, high)) = dtype.integer_bounds() {
        if *value < BigInt::from(low) || *value > BigInt::from(high) {
            if comparing {
                return Ok(Scalar::Float64(value.to_f64().unwrap_or(f64::INFINITY)));
            }
            return Err(out_of_bounds(value, dtype));
        }
        let exact = value.to_i64().map(Scalar::Int64).or_else(|| value.to_u64().map(Scalar::UInt64));
        return Ok(exact.unwrap_or(Scalar::Int64(0)).cast(dtype));
    }
    let wide =
        value.to_f64().filter(|f| f.is_finite()).ok_or_else(|| Error::overflow("int too large to convert to float"))?;
    Ok(Scalar::Float64(wide).cast(dtype))
}

fn out_of_bounds(value: &BigInt, dtype: DType) -> Error {
    if dtype == DType::Int64 && strong_c_long(value) {
        return Error::overflow("Python int too large to convert to C long");
    }
    Error::overflow(format!("Python integer {value} out of bounds for {dtype}"))
}

fn strong_c_long(value: &BigInt) -> bool {
    value.to_i64().is_none()
}

/// A value as a single element or array to assign into an array of a dtype.
pub(super) fn fitted_element(machine: &Machine<'_>, value: &Value, dtype: DType) -> Result<Expr> {
    match value {
        Value::Int(v) if dtype.is_integer() => weak_int(v, dtype, false).map(primitive::scalar),
        Value::Int(v) => {
            let wide = BigInt::to_f64(v).unwrap_or(f64::INFINITY);
            Ok(primitive::scalar(Scalar::Float64(wide).cast(dtype)))
        }
        Value::Float(v) if dtype.is_integer() && !v.is_finite() => Err(if v.is_nan() {
            Error::value("cannot convert float NaN to integer")
        } else {
            Error::overflow("cannot convert float infinity to integer")
        }),
        Value::Complex(_) if !dtype.is_complex() => {
            let wanted = if dtype.is_inexact() { "float" } else { "int" };
            Err(Error::type_(format!(
                "{wanted}() argument must be a string, a bytes-like object or a real number, not 'complex'"
            )))
        }
        Value::Str(text) => parsed(text, dtype).map(primitive::scalar),
        Value::None if dtype.is_inexact() => Ok(primitive::scalar(Scalar::Float64(f64::NAN).cast(dtype))),
        Value::None => {
            Err(Error::type_("int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"))
        }
        Value::Dict(_) | Value::Set(_) | Value::Function(_) | Value::Module(_) => {
            Err(Error::type_(format!("float() argument must be a string or a real number, not '{}'", type_name(value))))
        }
        other => array_of(machine, other),
    }
}

fn parsed(text: &str, dtype: DType) -> Result<Scalar> {
    if dtype.is_integer() {
        let value: BigInt = text
            .trim()
            .parse()
            .map_err(|_| Error::value(format!("invalid literal for int() with base 10: '{text}'")))?;
        return weak_int(&value, dtype, false);
    }
    let value: f64 =
        text.trim().parse().map_err(|_| Error::value(format!("could not convert string to float: '{text}'")))?;
    Ok(Scalar::Float64(value).cast(dtype))
}

/// NumPy's refusal of operands that are no numbers.
fn no_loop(kernel: Kernel, values: &[&Value]) -> Error {
    let name = kernel_name(kernel);
    let shown = |value: &&Value| match value {
        Value::Str(text) => format!("dtype('<U{}')", text.chars().count().max(1)),
        Value::Array(array) => format!("dtype('{}')", array.dtype()),
        Value::Scalar(scalar) => format!("dtype('{}')", scalar.dtype()),
        other => type_name(other).to_string(),
    };
    if values.iter().any(|v| matches!(v, Value::None)) {
        let name = |v: &&Value| match v {
            Value::Array(a) => scalar_word(a.dtype()),
            other => type_name(other),
        };
        let (a, b) = (values.first().map_or("", name), values.last().map_or("", name));
        let sign = sign_of(kernel);
        if ["<", "<=", ">", ">="].contains(&sign) {
            return Error::type_(format!("'{sign}' not supported between instances of '{a}' and '{b}'"));
        }
        return Error::type_(format!("unsupported operand type(s) for {sign}: '{a}' and '{b}'"));
    }
    let types: Vec<String> = values.iter().map(shown).collect();
    let message =
        format!("ufunc '{name}' did not contain a loop with signature matching types ({}) -> None", types.join(", "));
    Error::new(ErrorKind::UFuncTypeError, message)
}

fn scalar_word(dtype: DType) -> &'static str {
    match dtype.kind() {
        Kind::Bool => "bool",
        Kind::Unsigned | Kind::Signed => "int",
        Kind::Float => "float",
        Kind::Complex => "complex",
    }
}

/// The sign of a kernel's operator.
fn sign_of(kernel: Kernel) -> &'static str {
    match kernel {
        Kernel::Add => "+",
        Kernel::Subtract => "-",
        Kernel::Multiply => "*",
        Kernel::Divide => "/",
        Kernel::FloorDivide => "//",
        Kernel::Remainder => "%",
        Kernel::Power => "** or pow()",
        Kernel::Less => "<",
        Kernel::LessEqual => "<=",
        Kernel::Greater => ">",
        Kernel::GreaterEqual => ">=",
        Kernel::BitwiseAnd => "&",
        Kernel::BitwiseOr => "|",
        Kernel::BitwiseXor => "^",
        Kernel::LeftShift => "<<",
        Kernel::RightShift => ">>",
        _ => "operator",
    }
}

/// NumPy's name of a kernel: `FloorDivide` is `floor_divide`.
pub(super) fn kernel_name(kernel: Kernel) -> String {
    let mut out = String::new();
    for c in format!("{kernel:?}").chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
