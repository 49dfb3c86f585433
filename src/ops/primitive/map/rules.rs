//! The dtypes of each kernel: which NumPy loop computes it for given operands, and what it gives. Not what it computes.
//!
//! NumPy computes `sin` of one-byte integers in float16; dka has none and uses float64 there.

use crate::data::{DType, Error, ErrorKind, Kind, Result};
use crate::ir::Kernel;
use crate::ops::primitive::map::table::row;

/// How the dtypes of a kernel follow from those of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The operands' common dtype, up to a kind.
    Common(Bools, Kind, Gives),
    /// The same, and operands that are not numbers of one kind are no loop's: `gcd`.
    Integers,
    /// Integers are computed as the float that holds them, one-byte ones as float64; up to a kind.
    Inexact(Kind, Gives),
    /// Integers are computed as float64; up to a kind.
    Double(Kind),
    /// The common dtype, but int64 and uint64 are compared as they are.
    Compare,
    /// A float and a power of two.
    Scale,
    /// A condition and two of one dtype.
    Choose,
    /// Two floats to a complex number.
    Pair,
    /// Any dtype to any: the expression's dtype says which.
    Cast,
}

/// What a kernel does with bools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bools {
    /// It has a loop for them.
    Keep,
    /// It takes them for int8.
    AsInt8,
    /// It has no loop for them.
    Refuse,
}

/// What a kernel gives for operands of the loop's dtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    Same,
    Bool,
    /// The real dtype of a complex one.
    Real,
    UInt8,
    Int32,
}

impl Gives {
    fn of(self, dtype: DType) -> DType {
        match self {
            Gives::Same => dtype,
            Gives::Bool => DType::Bool,
            Gives::Real => dtype.real(),
            Gives::UInt8 => DType::UInt8,
            Gives::Int32 => DType::Int32,
        }
    }
}

/// The dtypes that a kernel's inputs are cast to, and the dtype of its result.
///
/// # Errors
/// `TypeError` where NumPy has no loop for the dtypes.
pub fn loop_dtypes(kernel: Kernel, inputs: &[DType]) -> Result<(Vec<DType>, DType)> {
    let row = row(kernel);
    if inputs.len() != row.arity {
        return Err(Error::type_(format!("{}() takes {} arrays but {} were given", row.name, row.arity, inputs.len())));
    }
    let common = promote_all(inputs);
    let unsupported = || unsupported(row.name);
    let (wanted, out) = match row.rule {
        Rule::Common(bools, most, gives) => {
            let dtype = if common.is_bool() { of_bools(kernel, bools, inputs)? } else { common };
            let dtype = Some(dtype).filter(|d| d.kind() <= most).ok_or_else(unsupported)?;
            return Ok((vec![dtype; inputs.len()], gives.of(dtype)));
        }
        Rule::Integers if common.is_integer() => (common, common),
        Rule::Integers => return Err(no_loop(row.name, inputs)),
        Rule::Inexact(most, gives) => {
            let dtype = Some(inexact(inputs)).filter(|d| d.kind() <= most).ok_or_else(unsupported)?;
            (dtype, gives.of(dtype))
        }
        Rule::Double(most) => {
            let dtype = if common.is_inexact() { common } else { DType::Float64 };
            let dtype = Some(dtype).filter(|d| d.kind() <= most).ok_or_else(unsupported)?;
            (dtype, dtype)
        }
        Rule::Compare => return Ok((compared(inputs, common), DType::Bool)),
        Rule::Scale => return scaled(inputs).ok_or_else(unsupported),
        Rule::Choose => {
            let dtype = inputs[1].promote(inputs[2]);
            return Ok((vec![DType::Bool, dtype, dtype], dtype));
        }
        Rule::Pair => {
            let dtype = Some(inexact(inputs)).filter(|d| d.is_float()).ok_or_else(unsupported)?;
            (dtype, dtype.complex())
        }
        Rule::Cast => (common, common),
    };
    Ok((vec![wanted; inputs.len()], out))
}

fn promote_all(dtypes: &[DType]) -> DType {
    dtypes.iter().copied().reduce(DType::promote).unwrap_or(DType::Float64)
}

/// The first of float32, float64, complex64 and complex128 that every input casts to safely.
fn inexact(inputs: &[DType]) -> DType {
    let common = promote_all(inputs);
    if inputs.iter().any(|d| d.is_inexact()) {
        return common;
    }
    if inputs.iter().all(|d| d.itemsize() == 1) {
        return DType::Float64;
    }
    promote_all(&inputs.iter().map(|d| d.promote(DType::Float32)).collect::<Vec<_>>())
}

/// int64 and uint64 have no common integer dtype: NumPy compares them by loops of their own.
fn compared(inputs: &[DType], common: DType) -> Vec<DType> {
    if common.is_inexact() && inputs.iter().all(|d| d.is_integer()) {
        let own = |d: &DType| if d.is_signed() { DType::Int64 } else { DType::UInt64 };
        return inputs.iter().map(own).collect();
    }
    vec![common; inputs.len()]
}

fn scaled(inputs: &[DType]) -> Option<(Vec<DType>, DType)> {
    let float = inputs[0].to_inexact();
    (float.is_float() && inputs[1].casts_safely_to(DType::Int64)).then(|| (vec![float, DType::Int64], float))
}

fn of_bools(kernel: Kernel, bools: Bools, inputs: &[DType]) -> Result<DType> {
    match (bools, kernel) {
        (Bools::Keep, _) => Ok(DType::Bool),
        (Bools::AsInt8, _) => Ok(DType::Int8),
        (Bools::Refuse, Kernel::Subtract) => Err(Error::type_(
            "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, \
             or the logical_xor function instead.",
        )),
        (Bools::Refuse, Kernel::Negative) => Err(Error::type_(
            "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the \
             logical_not function instead.",
        )),
        (Bools::Refuse, _) => Err(no_loop(row(kernel).name, inputs)),
    }
}

fn unsupported(name: &str) -> Error {
    Error::type_(format!(
        "ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced to any \
         supported types according to the casting rule ''safe''"
    ))
}

fn no_loop(name: &str, inputs: &[DType]) -> Error {
    let class = |d: &DType| {
        let (head, tail) = d.name().split_at(1);
        let class = format!("<class 'numpy.dtypes.{}{tail}DType'>", head.to_uppercase());
        class.replace("Uint", "UInt")
    };
    let classes = inputs.iter().map(class).collect::<Vec<_>>().join(", ");
    let classes = if inputs.len() == 1 { classes } else { format!("({classes})") };
    let message = format!("ufunc '{name}' did not contain a loop with signature matching types {classes} -> None");
    Error::new(ErrorKind::UFuncTypeError, message)
}

#[cfg(test)]
mod tests {
    use super::loop_dtypes;
    use crate::data::DType;
    use crate::ir::Kernel;

    fn dtype(name: &str) -> DType {
        DType::from_name(name).expect("a dtype's name")
    }

    #[test]
    fn loops_are_numpys() {
        let cases: &[(Kernel, &[&str], &[&str], &str)] = &[
            (Kernel::Add, &["u1", "i1"], &["i2", "i2"], "i2"),
            (Kernel::Less, &["u8", "i1"], &["u8", "i8"], "bool"),
            (Kernel::Arctan2, &["u2", "i2"], &["f4", "f4"], "f4"),
            (Kernel::Arctan2, &["u1", "f4"], &["f4", "f4"], "f4"),
            (Kernel::Divide, &["i2", "i2"], &["f8", "f8"], "f8"),
            (Kernel::Abs, &["c8"], &["c8"], "f4"),
            (Kernel::Sin, &["i2"], &["f4"], "f4"),
            (Kernel::Sin, &["i1"], &["f8"], "f8"),
            (Kernel::Square, &["bool"], &["i1"], "i1"),
            (Kernel::Ldexp, &["f4", "u4"], &["f4", "i8"], "f4"),
            (Kernel::Where, &["f8", "i1", "f4"], &["bool", "f4", "f4"], "f4"),
            (Kernel::FrexpExponent, &["i8"], &["f8"], "i4"),
        ];
        for (kernel, inputs, wanted, out) in cases {
            let inputs: Vec<DType> = inputs.iter().map(|d| dtype(d)).collect();
            let wanted: Vec<DType> = wanted.iter().map(|d| dtype(d)).collect();
            assert_eq!(loop_dtypes(*kernel, &inputs).expect("a loop"), (wanted, dtype(out)), "{kernel:?} {inputs:?}");
        }
    }

    #[test]
    fn refusals_speak_as_numpy_does() {
        let say = |kernel, inputs: &[&str]| {
            let inputs: Vec<DType> = inputs.iter().map(|d| dtype(d)).collect();
            loop_dtypes(kernel, &inputs).expect_err("no loop").message
        };
        assert!(say(Kernel::Subtract, &["bool", "bool"]).starts_with("numpy boolean subtract"));
        assert!(say(Kernel::Floor, &["c16"]).starts_with("ufunc 'floor' not supported for the input types"));
        assert!(say(Kernel::BitwiseAnd, &["u8", "i8"]).starts_with("ufunc 'bitwise_and' not supported"));
        let gcd = say(Kernel::Gcd, &["f8", "u8"]);
        assert!(gcd.contains("(<class 'numpy.dtypes.Float64DType'>, <class 'numpy.dtypes.UInt64DType'>)"), "{gcd}");
    }
}
