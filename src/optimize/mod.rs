//! A better expression, then a plan.

mod lower;
mod rules;

pub use lower::lower;
pub use rules::{RULES, Rule, rewrite};
