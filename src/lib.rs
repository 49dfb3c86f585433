//! dka
pub mod data;
pub mod ir;
pub mod lang;
pub mod ops;
pub mod optimize;
pub mod exec;
pub mod shell;
