//! dka
pub mod data;
pub mod exec;
pub mod ir;
pub mod lang;
pub mod ops;
pub mod optimize;
pub mod shell;
