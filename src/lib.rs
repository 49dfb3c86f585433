//! dka
pub mod data;
