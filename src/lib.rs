//! dka
pub mod data;
pub mod ir;
pub mod ops;
