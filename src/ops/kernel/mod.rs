//! Block functions by name.

use crate::data::{Block, Result};
use crate::ir::Param;

/// A function of blocks whose last axes are whole.
pub type BlockKernel = fn(&[Block], &[Param]) -> Result<Vec<Block>>;

/// The block function of a name.
pub fn find(_name: &str) -> Option<BlockKernel> {
    None
}
