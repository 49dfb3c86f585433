//! Comparisons, truth, bits and tests of floats.

use crate::ir::Kernel;
use crate::ops::function::Function;
use crate::ops::function::ufunc::{ONE, TWO, compare, one, two};

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "equal",
        TWO,
        "Whether two elements are equal.",
        "np.equal([1, 2], [1, 3])",
        "array([ True, False])",
        |c| compare(c, Kernel::Equal),
    ),
    Function::row(
        "not_equal",
        TWO,
        "Whether two elements differ.",
        "np.not_equal([1, 2], [1, 3])",
        "array([False,  True])",
        |c| compare(c, Kernel::NotEqual),
    ),
    Function::row("less", TWO, "Whether the first is less.", "np.less([1, 2], 2)", "array([ True, False])", |c| {
        compare(c, Kernel::Less)
    }),
    Function::row(
        "less_equal",
        TWO,
        "Whether the first is less or equal.",
        "np.less_equal([1, 2], 1)",
        "array([ True, False])",
        |c| compare(c, Kernel::LessEqual),
    ),
    Function::row(
        "greater",
        TWO,
        "Whether the first is greater.",
        "np.greater([1, 2], 1)",
        "array([False,  True])",
        |c| compare(c, Kernel::Greater),
    ),
    Function::row(
        "greater_equal",
        TWO,
        "Whether the first is greater or equal.",
        "np.greater_equal([1, 2], 2)",
        "array([False,  True])",
        |c| compare(c, Kernel::GreaterEqual),
    ),
    Function::row(
        "logical_and",
        TWO,
        "Whether both are true.",
        "np.logical_and([True, False], True)",
        "array([ True, False])",
        |c| two(c, Kernel::LogicalAnd),
    ),
    Function::row(
        "logical_or",
        TWO,
        "Whether either is true.",
        "np.logical_or([True, False], False)",
        "array([ True, False])",
        |c| two(c, Kernel::LogicalOr),
    ),
    Function::row(
        "logical_xor",
        TWO,
        "Whether just one is true.",
        "np.logical_xor([1, 0], [1, 1])",
        "array([False,  True])",
        |c| two(c, Kernel::LogicalXor),
    ),
    Function::row(
        "logical_not",
        ONE,
        "Whether an element is false.",
        "np.logical_not([0, 3])",
        "array([ True, False])",
        |c| one(c, Kernel::LogicalNot),
    ),
    Function::row("bitwise_and", TWO, "Bits that both have.", "np.bitwise_and([12, 5], 6)", "array([4, 4])", |c| {
        two(c, Kernel::BitwiseAnd)
    }),
    Function::row("bitwise_or", TWO, "Bits that either has.", "np.bitwise_or([12, 5], 3)", "array([15,  7])", |c| {
        two(c, Kernel::BitwiseOr)
    }),
    Function::row(
        "bitwise_xor",
        TWO,
        "Bits that just one has.",
        "np.bitwise_xor([12, 5], 6)",
        "array([10,  3])",
        |c| two(c, Kernel::BitwiseXor),
    ),
    Function::row("invert", ONE, "All bits the other way.", "np.invert([0, 5])", "array([-1, -6])", |c| {
        one(c, Kernel::Invert)
    }),
    Function::row(
        "bitwise_not",
        ONE,
        "All bits the other way.",
        "np.bitwise_not([True, False])",
        "array([False,  True])",
        |c| one(c, Kernel::Invert),
    ),
    Function::row("bitwise_invert", ONE, "All bits the other way.", "np.bitwise_invert(7)", "np.int64(-8)", |c| {
        one(c, Kernel::Invert)
    }),
    Function::row("left_shift", TWO, "Bits moved to the left.", "np.left_shift([1, 3], 2)", "array([ 4, 12])", |c| {
        two(c, Kernel::LeftShift)
    }),
    Function::row(
        "bitwise_left_shift",
        TWO,
        "Bits moved to the left.",
        "np.bitwise_left_shift(5, 1)",
        "np.int64(10)",
        |c| two(c, Kernel::LeftShift),
    ),
    Function::row("right_shift", TWO, "Bits moved to the right.", "np.right_shift([8, 3], 1)", "array([4, 1])", |c| {
        two(c, Kernel::RightShift)
    }),
    Function::row(
        "bitwise_right_shift",
        TWO,
        "Bits moved to the right.",
        "np.bitwise_right_shift(8, 2)",
        "np.int64(2)",
        |c| two(c, Kernel::RightShift),
    ),
    Function::row(
        "bitwise_count",
        ONE,
        "The number of one bits of the magnitude.",
        "np.bitwise_count([7, 8])",
        "array([3, 1], dtype=uint8)",
        |c| one(c, Kernel::BitwiseCount),
    ),
    Function::row(
        "isfinite",
        ONE,
        "Whether an element is neither infinite nor NaN.",
        "np.isfinite([1.0, np.inf, np.nan])",
        "array([ True, False, False])",
        |c| one(c, Kernel::Isfinite),
    ),
    Function::row(
        "isinf",
        ONE,
        "Whether an element is infinite.",
        "np.isinf([1.0, -np.inf])",
        "array([False,  True])",
        |c| one(c, Kernel::Isinf),
    ),
    Function::row(
        "isnan",
        ONE,
        "Whether an element is NaN.",
        "np.isnan([1.0, np.nan])",
        "array([False,  True])",
        |c| one(c, Kernel::Isnan),
    ),
    Function::row(
        "signbit",
        ONE,
        "Whether the sign bit is set.",
        "np.signbit([-0.0, 1.0])",
        "array([ True, False])",
        |c| one(c, Kernel::Signbit),
    ),
];
