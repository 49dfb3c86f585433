//! Arrays in files for the language: opened as lazy arrays, saved by computing them.

use crate::data::{Error, Result};
use crate::ir::Expr;
use crate::shell::world::World;

/// The array at a path.
///
/// # Errors
/// Where there is no array of a known format.
pub fn load(path: &str) -> Result<Expr> {
    Err(Error::not_implemented(format!("cannot open {path}: no format is known")))
}

/// Computes an array into a path, in the format that its ending names.
///
/// # Errors
/// Where the format is not known or the file cannot be written.
pub fn save(_: &World, path: &str, _: &Expr) -> Result<()> {
    Err(Error::not_implemented(format!("cannot save {path}: no format is known")))
}
