//! From syntax trees to values: statements, expressions, operators, calls.

mod assign;
mod attribute;
mod binary;
mod call;
mod compare;
mod comprehension;
mod expression;
mod fstring;
mod import;
mod lambda;
mod number;
mod statement;
mod subscript;
mod vector;

pub use attribute::{attribute, attribute_names};
pub use binary::{binary, unary};
pub(in crate::lang) use call::call_row;
pub use compare::{compare, equal, less, truthy};
pub(in crate::lang) use number::{floor_div_mod, power};
pub use subscript::{get_item, index_entries};
pub(in crate::lang) use vector::elementwise as kernel;
