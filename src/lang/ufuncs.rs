//! Which functions are ufuncs, and what their methods fold with.

/// NumPy's ufuncs among the functions' names.
pub const UFUNCS: &[&str] = &[
    "abs", "absolute", "add", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "bitwise_and",
    "bitwise_count", "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor",
    "cbrt", "ceil", "conj", "conjugate", "copysign", "cos", "cosh", "deg2rad", "degrees", "divide", "divmod", "equal", "exp",
    "exp2", "expm1", "fabs", "float_power", "floor", "floor_divide", "fmax", "fmin", "fmod", "frexp", "gcd", "greater",
    "greater_equal", "heaviside", "hypot", "invert", "isfinite", "isinf", "isnan", "lcm", "ldexp", "left_shift", "less",
    "less_equal", "log", "log10", "log1p", "log2", "logaddexp", "logaddexp2", "logical_and", "logical_not", "logical_or",
    "logical_xor", "matmul", "maximum", "minimum", "mod", "modf", "multiply", "negative", "nextafter", "not_equal", "positive",
    "pow", "power", "rad2deg", "radians", "reciprocal", "remainder", "right_shift", "rint", "sign", "signbit", "sin", "sinh",
    "spacing", "sqrt", "square", "subtract", "tan", "tanh", "true_divide", "trunc", "acos", "acosh", "asin", "asinh", "atan",
    "atan2", "atanh",
];

/// The reduction and the running fold of each ufunc that has them.
const FOLDS: &[(&str, &str, &str)] = &[
    ("add", "sum", "cumsum"),
    ("multiply", "prod", "cumprod"),
    ("maximum", "max", "maximum_accumulate"),
    ("minimum", "min", "minimum_accumulate"),
    ("logical_and", "all", ""),
    ("logical_or", "any", ""),
];

/// Whether a function is a ufunc.
pub fn is_ufunc(name: &str) -> bool {
    UFUNCS.contains(&name)
}

/// The name of the function that a ufunc's `reduce` is.
pub fn reduction(name: &str) -> Option<&'static str> {
    FOLDS.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// The name of the function that a ufunc's `accumulate` is.
pub fn accumulation(name: &str) -> Option<&'static str> {
    FOLDS.iter().find(|row| row.0 == name && !row.2.is_empty()).map(|row| row.2)
}
