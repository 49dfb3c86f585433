//! The tables of elementwise functions, one row each.

use super::binary::Binary;
use super::division::{Copysign, FloorDivide, Fmod, Nextafter, Remainder};
use super::elementwise::Unary;
use super::exponential::{Exp, Exp2, Expm1};
use super::hyperbolic::{Cosh, Sinh, Tanh};
use super::inverse_hyperbolic::{Arccosh, Arcsinh, Arctanh};
use super::inverse_trigonometric::{Arccos, Arcsin, Arctan};
use super::logarithm::{Log, Log1p, Log2, Log10};
use super::plane::{Arctan2, Hypot};
use super::power::{Cube, FourthPower, Logaddexp, Logaddexp2, Power};
use super::simple::{Abs, Cbrt, Ceil, Deg2rad, Floor, Negative, Rad2deg, Reciprocal, Rint, Sign, Sqrt, Square, Trunc};
use super::trigonometric::{Cos, Sin, Tan};

/// Functions of one argument, by their names in NumPy.
pub static UNARY: &[Unary] = &[
    Unary::of::<Sin>("sin"),
    Unary::of::<Cos>("cos"),
    Unary::of::<Tan>("tan"),
    Unary::of::<Arcsin>("arcsin"),
    Unary::of::<Arccos>("arccos"),
    Unary::of::<Arctan>("arctan"),
    Unary::of::<Sinh>("sinh"),
    Unary::of::<Cosh>("cosh"),
    Unary::of::<Tanh>("tanh"),
    Unary::of::<Arcsinh>("arcsinh"),
    Unary::of::<Arccosh>("arccosh"),
    Unary::of::<Arctanh>("arctanh"),
    Unary::of::<Exp>("exp"),
    Unary::of::<Exp2>("exp2"),
    Unary::of::<Expm1>("expm1"),
    Unary::of::<Log>("log"),
    Unary::of::<Log2>("log2"),
    Unary::of::<Log10>("log10"),
    Unary::of::<Log1p>("log1p"),
    Unary::of::<Cbrt>("cbrt"),
    Unary::of::<Sqrt>("sqrt"),
    Unary::of::<Rint>("rint"),
    Unary::of::<Floor>("floor"),
    Unary::of::<Ceil>("ceil"),
    Unary::of::<Trunc>("trunc"),
    Unary::of::<Reciprocal>("reciprocal"),
    Unary::of::<Square>("square"),
    Unary::of::<Cube>("cube"),
    Unary::of::<FourthPower>("fourth_power"),
    Unary::of::<Deg2rad>("deg2rad"),
    Unary::of::<Rad2deg>("rad2deg"),
    Unary::of::<Sign>("sign"),
    Unary::of::<Abs>("absolute"),
    Unary::of::<Negative>("negative"),
];

/// Functions of two arguments, by their names in NumPy.
pub static BINARY: &[Binary] = &[
    Binary::of::<Power>("power"),
    Binary::of::<Arctan2>("arctan2"),
    Binary::of::<Hypot>("hypot"),
    Binary::of::<Logaddexp>("logaddexp"),
    Binary::of::<Logaddexp2>("logaddexp2"),
    Binary::of::<Fmod>("fmod"),
    Binary::of::<Remainder>("remainder"),
    Binary::of::<FloorDivide>("floor_divide"),
    Binary::of::<Copysign>("copysign"),
    Binary::of::<Nextafter>("nextafter"),
];

/// The function of one argument called `name`.
#[must_use]
pub fn unary(name: &str) -> Option<&'static Unary> {
    UNARY.iter().find(|row| row.name == name)
}

/// The function of two arguments called `name`.
#[must_use]
pub fn binary(name: &str) -> Option<&'static Binary> {
    BINARY.iter().find(|row| row.name == name)
}
