//! The elementwise kernels by name. What each computes is in `ops::primitive::map`.

use serde::Serialize;

/// An elementwise function of one, two or three arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Kernel {
    // One argument.
    Abs,
    Angle,
    Arccos,
    Arccosh,
    Arcsin,
    Arcsinh,
    Arctan,
    Arctanh,
    BitwiseCount,
    Cast,
    Cbrt,
    Ceil,
    Conjugate,
    Cos,
    Cosh,
    /// The third power, as `Power` has it for that exponent.
    Cube,
    Deg2rad,
    Exp,
    Exp2,
    Expm1,
    Floor,
    /// The fourth power, likewise.
    FourthPower,
    FrexpExponent,
    FrexpMantissa,
    I0,
    Imag,
    Invert,
    Isfinite,
    Isinf,
    Isnan,
    Log,
    Log10,
    Log1p,
    Log2,
    LogicalNot,
    Negative,
    Positive,
    Rad2deg,
    Real,
    Reciprocal,
    Rint,
    Sign,
    Signbit,
    Sin,
    Sinc,
    Sinh,
    Spacing,
    Sqrt,
    Square,
    Tan,
    Tanh,
    Trunc,
    // Two arguments.
    Add,
    Arctan2,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    Copysign,
    Divide,
    Equal,
    FloorDivide,
    Fmax,
    Fmin,
    Fmod,
    Gcd,
    Greater,
    GreaterEqual,
    Heaviside,
    Hypot,
    Lcm,
    Ldexp,
    LeftShift,
    Less,
    LessEqual,
    Logaddexp,
    Logaddexp2,
    LogicalAnd,
    LogicalOr,
    LogicalXor,
    MakeComplex,
    Maximum,
    Minimum,
    Multiply,
    Nextafter,
    NotEqual,
    Power,
    Remainder,
    RightShift,
    Subtract,
    // Three arguments.
    Where,
}

impl Kernel {
    /// NumPy's name: `floor_divide`, `isnan`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}
