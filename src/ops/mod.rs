//! The dictionary: what each operation means.

pub mod function;
pub mod index;
pub mod kernel;
pub mod primitive;
pub mod tile;
pub mod vector;
