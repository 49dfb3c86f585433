//! Arithmetic, signs, rounding to integers, extremes of two, parts of complex numbers.

use crate::ir::Kernel;
use crate::ops::function::Function;
use crate::ops::function::ufunc::{ONE, TWO, one, two};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row("add", TWO, "Sum of two arrays.", "np.add([1, 2], [10, 20])", "array([11, 22])", |c| {
        two(c, Kernel::Add)
    }),
    Function::row(
        "subtract",
        TWO,
        "Difference of two arrays.",
        "np.subtract([1, 2], 1.5)",
        "array([-0.5,  0.5])",
        |c| two(c, Kernel::Subtract),
    ),
    Function::row("multiply", TWO, "Product of two arrays.", "np.multiply([1, 2], [3, 4])", "array([3, 8])", |c| {
        two(c, Kernel::Multiply)
    }),
    Function::row("divide", TWO, "Quotient of two arrays.", "np.divide([1, 2], 4)", "array([0.25, 0.5 ])", |c| {
        two(c, Kernel::Divide)
    }),
    Function::row(
        "true_divide",
        TWO,
        "Quotient of two arrays.",
        "np.true_divide([1, 2], 4)",
        "array([0.25, 0.5 ])",
        |c| two(c, Kernel::Divide),
    ),
    Function::row(
        "floor_divide",
        TWO,
        "The largest integer not above the quotient.",
        "np.floor_divide([7, -7], 2)",
        "array([ 3, -4])",
        |c| two(c, Kernel::FloorDivide),
    ),
    Function::row(
        "remainder",
        TWO,
        "The remainder with the divisor's sign.",
        "np.remainder([7, -7], 3)",
        "array([1, 2])",
        |c| two(c, Kernel::Remainder),
    ),
    Function::row("mod", TWO, "The remainder with the divisor's sign.", "np.mod([7, -7], 3)", "array([1, 2])", |c| {
        two(c, Kernel::Remainder)
    }),
    Function::row(
        "fmod",
        TWO,
        "The remainder with the dividend's sign.",
        "np.fmod([7, -7], 3)",
        "array([ 1, -1])",
        |c| two(c, Kernel::Fmod),
    ),
    Function::row(
        "power",
        TWO,
        "The first array to the power of the second.",
        "np.power([2, 3], [3, 2])",
        "array([8, 9])",
        |c| two(c, Kernel::Power),
    ),
    Function::row(
        "pow",
        TWO,
        "The first array to the power of the second.",
        "np.pow(2.0, [1.0, 0.5])",
        "array([2.        , 1.41421356])",
        |c| two(c, Kernel::Power),
    ),
    Function::row("negative", ONE, "Minus each element.", "np.negative([1, -2])", "array([-1,  2])", |c| {
        one(c, Kernel::Negative)
    }),
    Function::row("positive", ONE, "Each element as it is.", "np.positive([1, -2])", "array([ 1, -2])", |c| {
        one(c, Kernel::Positive)
    }),
    Function::row(
        "absolute",
        ONE,
        "The magnitude of each element.",
        "np.absolute([-1.5, 2.0])",
        "array([1.5, 2. ])",
        |c| one(c, Kernel::Abs),
    ),
    Function::row("abs", ONE, "The magnitude of each element.", "np.abs([3 + 4j, -5])", "array([5., 5.])", |c| {
        one(c, Kernel::Abs)
    }),
    Function::row(
        "fabs",
        ONE,
        "The magnitude of each element, as floats.",
        "np.fabs([-1, 2])",
        "array([1., 2.])",
        |c| one(c, Kernel::Abs),
    ),
    Function::row("sign", ONE, "-1, 0 or 1 by sign.", "np.sign([-2.5, 0.0, 3.0])", "array([-1.,  0.,  1.])", |c| {
        one(c, Kernel::Sign)
    }),
    Function::row(
        "maximum",
        TWO,
        "The larger of two elements; NaN where either is.",
        "np.maximum([1, 5], [3, 2])",
        "array([3, 5])",
        |c| two(c, Kernel::Maximum),
    ),
    Function::row(
        "minimum",
        TWO,
        "The smaller of two elements; NaN where either is.",
        "np.minimum([1, 5], [3, 2])",
        "array([1, 2])",
        |c| two(c, Kernel::Minimum),
    ),
    Function::row(
        "fmax",
        TWO,
        "The larger of two elements; a number rather than NaN.",
        "np.fmax([1.0, np.nan], [np.nan, 2.0])",
        "array([1., 2.])",
        |c| two(c, Kernel::Fmax),
    ),
    Function::row(
        "fmin",
        TWO,
        "The smaller of two elements; a number rather than NaN.",
        "np.fmin([1.0, np.nan], [0.0, 2.0])",
        "array([0., 2.])",
        |c| two(c, Kernel::Fmin),
    ),
    Function::row(
        "rint",
        ONE,
        "The nearest integer, halves to even.",
        "np.rint([0.5, 1.5, -2.7])",
        "array([ 0.,  2., -3.])",
        |c| one(c, Kernel::Rint),
    ),
    Function::row("floor", ONE, "The largest integer not above.", "np.floor([1.7, -1.2])", "array([ 1., -2.])", |c| {
        one(c, Kernel::Floor)
    }),
    Function::row("ceil", ONE, "The smallest integer not below.", "np.ceil([1.2, -1.7])", "array([ 2., -1.])", |c| {
        one(c, Kernel::Ceil)
    }),
    Function::row("trunc", ONE, "The integer part.", "np.trunc([1.7, -1.7])", "array([ 1., -1.])", |c| {
        one(c, Kernel::Trunc)
    }),
    Function::row("fix", ONE, "The integer part.", "np.fix([2.1, -2.9])", "array([ 2., -2.])", |c| {
        one(c, Kernel::Trunc)
    }),
    Function::row("gcd", TWO, "Greatest common divisor.", "np.gcd([12, 18], 8)", "array([4, 2])", |c| {
        two(c, Kernel::Gcd)
    }),
    Function::row("lcm", TWO, "Lowest common multiple.", "np.lcm([4, 6], 10)", "array([20, 30])", |c| {
        two(c, Kernel::Lcm)
    }),
    Function::row(
        "copysign",
        TWO,
        "The first array with the signs of the second.",
        "np.copysign(1.5, [-1.0, 2.0])",
        "array([-1.5,  1.5])",
        |c| two(c, Kernel::Copysign),
    ),
    Function::row(
        "nextafter",
        TWO,
        "The next float towards the second array.",
        "np.nextafter(1.0, 2.0) > 1.0",
        "np.True_",
        |c| two(c, Kernel::Nextafter),
    ),
    Function::row(
        "spacing",
        ONE,
        "The distance to the next float.",
        "np.spacing(1.0)",
        "np.float64(2.220446049250313e-16)",
        |c| one(c, Kernel::Spacing),
    ),
    Function::row(
        "heaviside",
        TWO,
        "The step function, with the value at zero given.",
        "np.heaviside([-1.5, 0.0, 2.0], 0.5)",
        "array([0. , 0.5, 1. ])",
        |c| two(c, Kernel::Heaviside),
    ),
    Function::row("sinc", ONE, "sin(pi x) / (pi x).", "np.sinc([0.0, 0.5])", "array([1.        , 0.63661977])", |c| {
        one(c, Kernel::Sinc)
    }),
    Function::row(
        "i0",
        ONE,
        "The modified Bessel function of order 0.",
        "np.i0([0.0, 1.0])",
        "array([1.        , 1.26606588])",
        |c| one(c, Kernel::I0),
    ),
    Function::row(
        "conjugate",
        ONE,
        "The complex conjugate.",
        "np.conjugate([1 + 2j, 3])",
        "array([1.-2.j, 3.-0.j])",
        |c| one(c, Kernel::Conjugate),
    )
    .method(),
    Function::row("conj", ONE, "The complex conjugate.", "np.conj(1 + 2j)", "np.complex128(1-2j)", |c| {
        one(c, Kernel::Conjugate)
    })
    .method(),
    Function::row("real", ONE, "The real part.", "np.real([1 + 2j, 3])", "array([1., 3.])", |c| one(c, Kernel::Real)),
    Function::row("imag", ONE, "The imaginary part.", "np.imag([1 + 2j, 3])", "array([2., 0.])", |c| {
        one(c, Kernel::Imag)
    }),
];
