//! The language: text to syntax tree to values.
//!
//! ```text
//! text ── syntax ──> tree ── eval ──> values ── repr ──> text
//!                             │
//!             builtins methods modules rows     what names mean
//!             outside                           what the session around must do
//! ```

pub mod syntax;

mod array;
mod blocks;
mod builtins;
mod convert;
mod diagnostic;
mod dict;
mod eval;
mod function;
mod interpreter;
mod iterate;
mod machine;
mod methods;
mod modules;
mod names;
mod outside;
mod repr;
mod rows;
mod scope;
mod tracing;
mod types;
mod ufuncs;
mod value;

pub use array::ArrayCell;
pub use diagnostic::Diagnostic;
pub use dict::Dict;
pub use interpreter::{CellResult, Interpreter, Variable};
pub use outside::{ClientSettings, Outside, SaveTo};
pub use types::type_name;
pub use value::{NamedTuple, Value};
