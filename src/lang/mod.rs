//! The language: text to syntax tree to values.

pub mod syntax;
