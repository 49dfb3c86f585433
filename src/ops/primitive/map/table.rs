//! The table of elementwise kernels: each one's name in NumPy, the number of its arguments, its dtypes, and what it says.

use crate::data::Kind::{Complex, Float, Signed};
use crate::ir::Kernel;
use crate::ops::primitive::map::rules::Bools::{AsInt8, Keep, Refuse};
use crate::ops::primitive::map::rules::Gives::{Bool, Int32, Real, Same, UInt8};
use crate::ops::primitive::map::rules::Rule;
use crate::ops::primitive::map::rules::Rule::{Cast, Choose, Common, Compare, Double, Inexact, Integers, Pair, Scale};

/// What is known of an elementwise kernel.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub kernel: Kernel,
    /// NumPy's name.
    pub name: &'static str,
    /// The number of arguments.
    pub arity: usize,
    /// How its dtypes follow from those of the arguments.
    pub rule: Rule,
    /// One sentence.
    pub doc: &'static str,
}

const fn of(kernel: Kernel, name: &'static str, arity: usize, rule: Rule, doc: &'static str) -> Row {
    Row { kernel, name, arity, rule, doc }
}

/// Every kernel, in the order of [`Kernel`].
#[rustfmt::skip]
pub static KERNELS: &[Row] = &[
    of(Kernel::Abs, "absolute", 1, Common(Keep, Complex, Real), "The magnitude."),
    of(Kernel::Angle, "angle", 1, Inexact(Complex, Real), "The angle in the complex plane."),
    of(Kernel::Arccos, "arccos", 1, Inexact(Complex, Same), "The inverse cosine."),
    of(Kernel::Arccosh, "arccosh", 1, Inexact(Complex, Same), "The inverse hyperbolic cosine."),
    of(Kernel::Arcsin, "arcsin", 1, Inexact(Complex, Same), "The inverse sine."),
    of(Kernel::Arcsinh, "arcsinh", 1, Inexact(Complex, Same), "The inverse hyperbolic sine."),
    of(Kernel::Arctan, "arctan", 1, Inexact(Complex, Same), "The inverse tangent."),
    of(Kernel::Arctanh, "arctanh", 1, Inexact(Complex, Same), "The inverse hyperbolic tangent."),
    of(Kernel::BitwiseCount, "bitwise_count", 1, Common(AsInt8, Signed, UInt8), "The number of one bits of the magnitude."),
    of(Kernel::Cast, "cast", 1, Cast, "The value in another dtype."),
    of(Kernel::Cbrt, "cbrt", 1, Inexact(Float, Same), "The cube root."),
    of(Kernel::Ceil, "ceil", 1, Common(Keep, Float, Same), "The least integer not below."),
    of(Kernel::Conjugate, "conjugate", 1, Common(AsInt8, Complex, Same), "The complex conjugate."),
    of(Kernel::Cos, "cos", 1, Inexact(Complex, Same), "The cosine."),
    of(Kernel::Cosh, "cosh", 1, Inexact(Complex, Same), "The hyperbolic cosine."),
    of(Kernel::Cube, "cube", 1, Inexact(Float, Same), "The third power."),
    of(Kernel::Deg2rad, "deg2rad", 1, Inexact(Float, Same), "Degrees to radians."),
    of(Kernel::Exp, "exp", 1, Inexact(Complex, Same), "The exponential."),
    of(Kernel::Exp2, "exp2", 1, Inexact(Complex, Same), "Two to the power."),
    of(Kernel::Expm1, "expm1", 1, Inexact(Complex, Same), "The exponential less one."),
    of(Kernel::Floor, "floor", 1, Common(Keep, Float, Same), "The greatest integer not above."),
    of(Kernel::FourthPower, "fourth_power", 1, Inexact(Float, Same), "The fourth power."),
    of(Kernel::FrexpExponent, "frexp", 1, Inexact(Float, Int32), "The exponent of two of the mantissa in [0.5, 1)."),
    of(Kernel::FrexpMantissa, "frexp", 1, Inexact(Float, Same), "The mantissa in [0.5, 1)."),
    of(Kernel::I0, "i0", 1, Double(Float), "The modified Bessel function of order zero."),
    of(Kernel::Imag, "imag", 1, Common(Keep, Complex, Real), "The imaginary part."),
    of(Kernel::Invert, "invert", 1, Common(Keep, Signed, Same), "Every bit turned."),
    of(Kernel::Isfinite, "isfinite", 1, Common(Keep, Complex, Bool), "Neither infinite nor NaN."),
    of(Kernel::Isinf, "isinf", 1, Common(Keep, Complex, Bool), "Infinite of either sign."),
    of(Kernel::Isnan, "isnan", 1, Common(Keep, Complex, Bool), "Not a number."),
    of(Kernel::Log, "log", 1, Inexact(Complex, Same), "The natural logarithm."),
    of(Kernel::Log10, "log10", 1, Inexact(Complex, Same), "The logarithm to base ten."),
    of(Kernel::Log1p, "log1p", 1, Inexact(Complex, Same), "The logarithm of one more."),
    of(Kernel::Log2, "log2", 1, Inexact(Complex, Same), "The logarithm to base two."),
    of(Kernel::LogicalNot, "logical_not", 1, Common(Keep, Complex, Bool), "Whether it is zero."),
    of(Kernel::Negative, "negative", 1, Common(Refuse, Complex, Same), "The opposite."),
    of(Kernel::Positive, "positive", 1, Common(Refuse, Complex, Same), "The value itself."),
    of(Kernel::Rad2deg, "rad2deg", 1, Inexact(Float, Same), "Radians to degrees."),
    of(Kernel::Real, "real", 1, Common(Keep, Complex, Real), "The real part."),
    of(Kernel::Reciprocal, "reciprocal", 1, Common(AsInt8, Complex, Same), "One over the value."),
    of(Kernel::Rint, "rint", 1, Inexact(Complex, Same), "The nearest integer, halves to even."),
    of(Kernel::Sign, "sign", 1, Common(Refuse, Complex, Same), "-1, 0 or 1; of a complex value, its direction."),
    of(Kernel::Signbit, "signbit", 1, Inexact(Float, Bool), "Whether the sign bit is set."),
    of(Kernel::Sin, "sin", 1, Inexact(Complex, Same), "The sine."),
    of(Kernel::Sinc, "sinc", 1, Double(Complex), "sin(pi x) / (pi x)."),
    of(Kernel::Sinh, "sinh", 1, Inexact(Complex, Same), "The hyperbolic sine."),
    of(Kernel::Spacing, "spacing", 1, Inexact(Float, Same), "The distance to the next number away from zero."),
    of(Kernel::Sqrt, "sqrt", 1, Inexact(Complex, Same), "The square root."),
    of(Kernel::Square, "square", 1, Common(AsInt8, Complex, Same), "The value times itself."),
    of(Kernel::Tan, "tan", 1, Inexact(Complex, Same), "The tangent."),
    of(Kernel::Tanh, "tanh", 1, Inexact(Complex, Same), "The hyperbolic tangent."),
    of(Kernel::Trunc, "trunc", 1, Common(Keep, Float, Same), "The integer towards zero."),
    of(Kernel::Add, "add", 2, Common(Keep, Complex, Same), "The sum."),
    of(Kernel::Arctan2, "arctan2", 2, Inexact(Float, Same), "The angle of the point (second, first)."),
    of(Kernel::BitwiseAnd, "bitwise_and", 2, Common(Keep, Signed, Same), "Bits set in both."),
    of(Kernel::BitwiseOr, "bitwise_or", 2, Common(Keep, Signed, Same), "Bits set in either."),
    of(Kernel::BitwiseXor, "bitwise_xor", 2, Common(Keep, Signed, Same), "Bits set in one alone."),
    of(Kernel::Copysign, "copysign", 2, Inexact(Float, Same), "The magnitude of the first with the sign of the second."),
    of(Kernel::Divide, "divide", 2, Double(Complex), "The quotient."),
    of(Kernel::Equal, "equal", 2, Compare, "Whether the two are equal."),
    of(Kernel::FloorDivide, "floor_divide", 2, Common(AsInt8, Float, Same), "The quotient rounded down."),
    of(Kernel::Fmax, "fmax", 2, Common(Keep, Complex, Same), "The greater, NaN only where both are."),
    of(Kernel::Fmin, "fmin", 2, Common(Keep, Complex, Same), "The lesser, NaN only where both are."),
    of(Kernel::Fmod, "fmod", 2, Common(AsInt8, Float, Same), "The remainder with the sign of the dividend."),
    of(Kernel::Gcd, "gcd", 2, Integers, "The greatest common divisor."),
    of(Kernel::Greater, "greater", 2, Compare, "Whether the first is greater."),
    of(Kernel::GreaterEqual, "greater_equal", 2, Compare, "Whether the first is not less."),
    of(Kernel::Heaviside, "heaviside", 2, Inexact(Float, Same), "0 below zero, 1 above it, the second at it."),
    of(Kernel::Hypot, "hypot", 2, Inexact(Float, Same), "The hypotenuse."),
    of(Kernel::Lcm, "lcm", 2, Integers, "The least common multiple."),
    of(Kernel::Ldexp, "ldexp", 2, Scale, "The first times two to the second."),
    of(Kernel::LeftShift, "left_shift", 2, Common(AsInt8, Signed, Same), "Bits moved up."),
    of(Kernel::Less, "less", 2, Compare, "Whether the first is less."),
    of(Kernel::LessEqual, "less_equal", 2, Compare, "Whether the first is not greater."),
    of(Kernel::Logaddexp, "logaddexp", 2, Inexact(Float, Same), "The logarithm of the sum of the exponentials."),
    of(Kernel::Logaddexp2, "logaddexp2", 2, Inexact(Float, Same), "The same to base two."),
    of(Kernel::LogicalAnd, "logical_and", 2, Common(Keep, Complex, Bool), "Whether both are not zero."),
    of(Kernel::LogicalOr, "logical_or", 2, Common(Keep, Complex, Bool), "Whether either is not zero."),
    of(Kernel::LogicalXor, "logical_xor", 2, Common(Keep, Complex, Bool), "Whether one alone is not zero."),
    of(Kernel::MakeComplex, "complex", 2, Pair, "The complex number of two parts."),
    of(Kernel::Maximum, "maximum", 2, Common(Keep, Complex, Same), "The greater, NaN where either is."),
    of(Kernel::Minimum, "minimum", 2, Common(Keep, Complex, Same), "The lesser, NaN where either is."),
    of(Kernel::Multiply, "multiply", 2, Common(Keep, Complex, Same), "The product."),
    of(Kernel::Nextafter, "nextafter", 2, Inexact(Float, Same), "The next number towards the second."),
    of(Kernel::NotEqual, "not_equal", 2, Compare, "Whether the two differ."),
    of(Kernel::Power, "power", 2, Common(AsInt8, Complex, Same), "The first to the power of the second."),
    of(Kernel::Remainder, "remainder", 2, Common(AsInt8, Float, Same), "The remainder with the sign of the divisor."),
    of(Kernel::RightShift, "right_shift", 2, Common(AsInt8, Signed, Same), "Bits moved down."),
    of(Kernel::Subtract, "subtract", 2, Common(Refuse, Complex, Same), "The difference."),
    of(Kernel::Where, "where", 3, Choose, "The second where the first holds, else the third."),
];

/// What is known of a kernel.
pub fn row(kernel: Kernel) -> &'static Row {
    &KERNELS[kernel as usize]
}

/// The kernel of a NumPy name.
pub fn kernel_named(name: &str) -> Option<Kernel> {
    KERNELS.iter().find(|row| row.name == name).map(|row| row.kernel)
}

#[cfg(test)]
mod tests {
    use super::KERNELS;

    #[test]
    fn rows_stand_in_the_order_of_the_kernels() {
        for (place, row) in KERNELS.iter().enumerate() {
            assert_eq!(row.kernel as usize, place, "{:?}", row.kernel);
        }
    }
}
