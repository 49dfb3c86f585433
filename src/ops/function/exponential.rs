//! Trigonometric, exponential and logarithmic functions, roots and squares.

use crate::ir::Kernel;
use crate::ops::function::Function;
use crate::ops::function::ufunc::{ONE, TWO, one, two};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row("sin", ONE, "Sine, of radians.", "np.sin([0.0, 1.0])", "array([0.        , 0.84147098])", |c| {
        one(c, Kernel::Sin)
    }),
    Function::row("cos", ONE, "Cosine, of radians.", "np.cos([0.0, 1.0])", "array([1.        , 0.54030231])", |c| {
        one(c, Kernel::Cos)
    }),
    Function::row("tan", ONE, "Tangent, of radians.", "np.tan([0.0, 1.0])", "array([0.        , 1.55740772])", |c| {
        one(c, Kernel::Tan)
    }),
    Function::row(
        "arcsin",
        ONE,
        "Inverse sine, in radians.",
        "np.arcsin([0.0, 1.0])",
        "array([0.        , 1.57079633])",
        |c| one(c, Kernel::Arcsin),
    ),
    Function::row("asin", ONE, "Inverse sine, in radians.", "np.asin(1.0)", "np.float64(1.5707963267948966)", |c| {
        one(c, Kernel::Arcsin)
    }),
    Function::row(
        "arccos",
        ONE,
        "Inverse cosine, in radians.",
        "np.arccos([1.0, 0.0])",
        "array([0.        , 1.57079633])",
        |c| one(c, Kernel::Arccos),
    ),
    Function::row("acos", ONE, "Inverse cosine, in radians.", "np.acos(0.0)", "np.float64(1.5707963267948966)", |c| {
        one(c, Kernel::Arccos)
    }),
    Function::row(
        "arctan",
        ONE,
        "Inverse tangent, in radians.",
        "np.arctan([0.0, 1.0])",
        "array([0.        , 0.78539816])",
        |c| one(c, Kernel::Arctan),
    ),
    Function::row("atan", ONE, "Inverse tangent, in radians.", "np.atan(1.0)", "np.float64(0.7853981633974483)", |c| {
        one(c, Kernel::Arctan)
    }),
    Function::row(
        "arctan2",
        TWO,
        "The angle of the point (x2, x1), in radians.",
        "np.arctan2([1.0, -1.0], [1.0, 1.0])",
        "array([ 0.78539816, -0.78539816])",
        |c| two(c, Kernel::Arctan2),
    ),
    Function::row(
        "atan2",
        TWO,
        "The angle of the point (x2, x1), in radians.",
        "np.atan2(1.0, 1.0)",
        "np.float64(0.7853981633974483)",
        |c| two(c, Kernel::Arctan2),
    ),
    Function::row("sinh", ONE, "Hyperbolic sine.", "np.sinh([0.0, 1.0])", "array([0.        , 1.17520119])", |c| {
        one(c, Kernel::Sinh)
    }),
    Function::row("cosh", ONE, "Hyperbolic cosine.", "np.cosh([0.0, 1.0])", "array([1.        , 1.54308063])", |c| {
        one(c, Kernel::Cosh)
    }),
    Function::row("tanh", ONE, "Hyperbolic tangent.", "np.tanh([0.0, 1.0])", "array([0.        , 0.76159416])", |c| {
        one(c, Kernel::Tanh)
    }),
    Function::row(
        "arcsinh",
        ONE,
        "Inverse hyperbolic sine.",
        "np.arcsinh([0.0, 1.0])",
        "array([0.        , 0.88137359])",
        |c| one(c, Kernel::Arcsinh),
    ),
    Function::row("asinh", ONE, "Inverse hyperbolic sine.", "np.asinh(1.0)", "np.float64(0.881373587019543)", |c| {
        one(c, Kernel::Arcsinh)
    }),
    Function::row(
        "arccosh",
        ONE,
        "Inverse hyperbolic cosine.",
        "np.arccosh([1.0, 2.0])",
        "array([0.       , 1.3169579])",
        |c| one(c, Kernel::Arccosh),
    ),
    Function::row("acosh", ONE, "Inverse hyperbolic cosine.", "np.acosh(2.0)", "np.float64(1.3169578969248168)", |c| {
        one(c, Kernel::Arccosh)
    }),
    Function::row(
        "arctanh",
        ONE,
        "Inverse hyperbolic tangent.",
        "np.arctanh([0.0, 0.5])",
        "array([0.        , 0.54930614])",
        |c| one(c, Kernel::Arctanh),
    ),
    Function::row(
        "atanh",
        ONE,
        "Inverse hyperbolic tangent.",
        "np.atanh(0.5)",
        "np.float64(0.5493061443340549)",
        |c| one(c, Kernel::Arctanh),
    ),
    Function::row("deg2rad", ONE, "Degrees to radians.", "np.deg2rad(180.0)", "np.float64(3.141592653589793)", |c| {
        one(c, Kernel::Deg2rad)
    }),
    Function::row(
        "radians",
        ONE,
        "Degrees to radians.",
        "np.radians([0.0, 90.0])",
        "array([0.        , 1.57079633])",
        |c| one(c, Kernel::Deg2rad),
    ),
    Function::row("rad2deg", ONE, "Radians to degrees.", "np.rad2deg(1.0)", "np.float64(57.29577951308232)", |c| {
        one(c, Kernel::Rad2deg)
    }),
    Function::row(
        "degrees",
        ONE,
        "Radians to degrees.",
        "np.degrees([0.0, 1.0])",
        "array([ 0.        , 57.29577951])",
        |c| one(c, Kernel::Rad2deg),
    ),
    Function::row(
        "hypot",
        TWO,
        "The length of the hypotenuse over two legs.",
        "np.hypot(3.0, 4.0)",
        "np.float64(5.0)",
        |c| two(c, Kernel::Hypot),
    ),
    Function::row("exp", ONE, "The exponential.", "np.exp([0.0, 1.0])", "array([1.        , 2.71828183])", |c| {
        one(c, Kernel::Exp)
    }),
    Function::row("exp2", ONE, "Two to the power of each element.", "np.exp2([1.0, 3.0])", "array([2., 8.])", |c| {
        one(c, Kernel::Exp2)
    }),
    Function::row(
        "expm1",
        ONE,
        "exp(x) - 1, exact near zero.",
        "np.expm1(1e-10)",
        "np.float64(1.00000000005e-10)",
        |c| one(c, Kernel::Expm1),
    ),
    Function::row("log", ONE, "Natural logarithm.", "np.log([1.0, 2.0])", "array([0.        , 0.69314718])", |c| {
        one(c, Kernel::Log)
    }),
    Function::row("log2", ONE, "Logarithm of base two.", "np.log2([1.0, 8.0])", "array([0., 3.])", |c| {
        one(c, Kernel::Log2)
    }),
    Function::row("log10", ONE, "Logarithm of base ten.", "np.log10([1.0, 1000.0])", "array([0., 3.])", |c| {
        one(c, Kernel::Log10)
    }),
    Function::row(
        "log1p",
        ONE,
        "log(1 + x), exact near zero.",
        "np.log1p(1e-10)",
        "np.float64(9.999999999500001e-11)",
        |c| one(c, Kernel::Log1p),
    ),
    Function::row(
        "logaddexp",
        TWO,
        "log(exp(x1) + exp(x2)).",
        "np.logaddexp(0.0, 1.0)",
        "np.float64(1.3132616875182228)",
        |c| two(c, Kernel::Logaddexp),
    ),
    Function::row("logaddexp2", TWO, "log2(2**x1 + 2**x2).", "np.logaddexp2(1.0, 1.0)", "np.float64(2.0)", |c| {
        two(c, Kernel::Logaddexp2)
    }),
    Function::row("sqrt", ONE, "The non-negative square root.", "np.sqrt([1, 4, 9])", "array([1., 2., 3.])", |c| {
        one(c, Kernel::Sqrt)
    }),
    Function::row("cbrt", ONE, "Cube root.", "np.cbrt([1.0, 27.0])", "array([1., 3.])", |c| one(c, Kernel::Cbrt)),
    Function::row("square", ONE, "Each element times itself.", "np.square([1, -3])", "array([1, 9])", |c| {
        one(c, Kernel::Square)
    }),
    Function::row(
        "reciprocal",
        ONE,
        "One over each element.",
        "np.reciprocal([2.0, 4.0])",
        "array([0.5 , 0.25])",
        |c| one(c, Kernel::Reciprocal),
    ),
];
