//! The human side: sessions, scripts, magics, tables and drawings. The only floor that prints.

mod array_table;
pub mod calculator;
mod canvas;
mod draw;

pub use array_table::{array_table, array_table_within, bytes};
pub use draw::draw;
