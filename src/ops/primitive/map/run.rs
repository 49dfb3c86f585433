//! The one door to the kernels: a kernel, its operands, where the result goes.

use crate::data::Result;
use crate::ir::Kernel;
use crate::ops::primitive::map::{
    anatomy, arith, bits, cast, choose, compare, complex, division, function, integer, logic, rounding,
};
use crate::ops::tile::{ElementsMut, Operand};

/// Computes a kernel for a tile. Operands have the dtypes of `loop_dtypes` and the result's length, or are scalars.
///
/// # Errors
/// `ValueError` where NumPy raises for values (an integer to a negative power), `RuntimeError` for dtypes without a loop.
///
/// # Panics
/// Where operands differ in dtype from the loop's, or are shorter than the result: invariants of the caller.
pub fn run(kernel: Kernel, args: &[Operand<'_>], out: ElementsMut<'_>) -> Result<()> {
    use Kernel as K;
    match kernel {
        K::Add | K::Subtract | K::Multiply => arith::ring(kernel, args, out),
        K::Divide => arith::divide(kernel, args, out),
        K::Negative | K::Square => arith::unary_ring(kernel, args, out),
        K::Reciprocal => arith::reciprocal(kernel, args, out),
        K::Abs => arith::absolute(kernel, args, out),
        K::Sign => arith::sign(kernel, args, out),
        K::Positive => arith::copy(kernel, args, out),
        K::Cast => cast::cast(args[0], out),
        K::Where => choose::pick(kernel, args, out),
        K::Maximum => choose::maximum(kernel, args, out),
        K::Minimum => choose::minimum(kernel, args, out),
        K::Fmax => choose::fmax(kernel, args, out),
        K::Fmin => choose::fmin(kernel, args, out),
        K::Equal | K::NotEqual | K::Less | K::LessEqual | K::Greater | K::GreaterEqual => {
            compare::compare(kernel, args, out)
        }
        K::LogicalAnd | K::LogicalOr | K::LogicalXor => logic::logical(kernel, args, out),
        K::LogicalNot => logic::logical_not(kernel, args, out),
        K::Isnan | K::Isinf | K::Isfinite | K::Signbit => logic::classify(kernel, args, out),
        K::BitwiseAnd | K::BitwiseOr | K::BitwiseXor => bits::bitwise(kernel, args, out),
        K::Invert => bits::invert(kernel, args, out),
        K::LeftShift | K::RightShift => bits::shift(kernel, args, out),
        K::BitwiseCount => bits::count(kernel, args, out),
        K::FloorDivide => division::floor_divide(kernel, args, out),
        K::Remainder => division::remainder(kernel, args, out),
        K::Fmod => division::fmod(kernel, args, out),
        K::Gcd => integer::gcd(kernel, args, out),
        K::Lcm => integer::lcm(kernel, args, out),
        K::Power => function::raise(kernel, args, out),
        K::Floor | K::Ceil | K::Trunc => rounding::round(kernel, args, out),
        K::Rint => rounding::rint(kernel, args, out),
        K::Sqrt if out.dtype().is_complex() => function::of_one(kernel, args, out),
        K::Sqrt | K::Deg2rad | K::Rad2deg => rounding::scale(kernel, args, out),
        K::Real | K::Imag | K::Conjugate => complex::parts(kernel, args, out),
        K::MakeComplex => complex::make(kernel, args, out),
        K::Angle => function::angle(kernel, args, out),
        K::Heaviside => anatomy::heaviside(kernel, args, out),
        K::Spacing => anatomy::spacing(kernel, args, out),
        K::FrexpMantissa | K::FrexpExponent => anatomy::frexp(kernel, args, out),
        K::Ldexp => anatomy::ldexp(kernel, args, out),
        K::I0 => function::i0(kernel, args, out),
        K::Sinc => function::sinc(kernel, args, out),
        K::Arctan2 | K::Copysign | K::Hypot | K::Logaddexp | K::Logaddexp2 | K::Nextafter => {
            function::of_two(kernel, args, out)
        }
        _ => function::of_one(kernel, args, out),
    }
}
