//! The table of elementwise functions, one row each.

use super::elementwise::Unary;
use super::exponential::Exp;
use super::logarithm::Log;
use super::trigonometric::{Cos, Sin};

/// Functions of one argument, by their names in NumPy.
pub static UNARY: &[Unary] =
    &[Unary::of::<Sin>("sin"), Unary::of::<Cos>("cos"), Unary::of::<Exp>("exp"), Unary::of::<Log>("log")];

/// The function of one argument called `name`.
#[must_use]
pub fn unary(name: &str) -> Option<&'static Unary> {
    UNARY.iter().find(|row| row.name == name)
}
