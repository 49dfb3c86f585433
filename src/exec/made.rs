//! Where the finished blocks of an output go: each into its own place of an array in blocks, or side by side into one.

use super::context::Context;
use super::target::Target;
use crate::data::{Block, Chunks, DType, Held, Region, Result};
use crate::ir::Output;
use crate::ops::tile::Typed;
use crate::with_block;

/// An output on its way.
pub(crate) struct Made<'a> {
    held: Held,
    /// What all blocks are written into, where the result is asked for in one and nothing has to go out.
    one: Option<Target>,
    context: &'a Context<'a>,
}

/// Where a block is written.
pub(crate) struct Slot<'m> {
    place: Place<'m>,
    /// The position in the array of what is first in the target.
    pub(crate) origin: Vec<usize>,
}

enum Place<'m> {
    Own(Target),
    One(&'m Target),
}

impl<'a> Made<'a> {
    /// An output of which nothing is made yet.
    pub(crate) fn of(output: &Output, context: &'a Context<'a>) -> Made<'a> {
        let is_one = output.as_one && output.chunks.count() > 1 && context.keeps_all();
        let one = is_one.then(|| Target::new(&output.chunks.shape(), output.dtype));
        Made { one, ..Made::in_blocks(output, context) }
    }

    /// The same for one whose blocks are read before all are made.
    pub(crate) fn in_blocks(output: &Output, context: &'a Context<'a>) -> Made<'a> {
        Made { held: Held::empty(output.chunks.clone(), output.dtype), one: None, context }
    }

    /// An array that is always written into one.
    pub(crate) fn in_one(chunks: Chunks, dtype: DType, context: &'a Context<'a>) -> Made<'a> {
        let one = Some(Target::new(&chunks.shape(), dtype));
        Made { held: Held::empty(chunks, dtype), one, context }
    }

    pub(crate) fn count(&self) -> usize {
        self.held.count()
    }

    /// The region of a block.
    pub(crate) fn region(&self, number: usize) -> Region {
        self.held.chunks.region(&self.held.chunks.unravel(number))
    }

    /// Where a block is to be written; `close` says that it is.
    pub(crate) fn open(&self, number: usize) -> Slot<'_> {
        let region = self.region(number);
        match &self.one {
            Some(one) => Slot { place: Place::One(one), origin: vec![0; region.start.len()] },
            None => Slot { place: Place::Own(Target::new(&region.len, self.held.dtype)), origin: region.start },
        }
    }

    /// # Errors
    /// `OSError` where the block had to be spilled and could not.
    pub(crate) fn close(&self, number: usize, slot: Slot<'_>) -> Result<()> {
        match slot.place {
            Place::Own(target) => self.context.keep(&self.held, number, target.finish()),
            Place::One(_) => Ok(()),
        }
    }

    /// Puts a finished block into its place.
    ///
    /// # Errors
    /// As for `close`.
    pub(crate) fn put(&self, number: usize, block: Block) -> Result<()> {
        let Some(one) = &self.one else { return self.context.keep(&self.held, number, block) };
        let region = self.region(number);
        with_block!(&block.contiguous(), a => if let Some(elements) = a.as_slice() {
            // SAFETY: the blocks of an array are disjoint. Measured reason: see `Target`.
            unsafe { one.put(&region.start, &region.len, Typed::wrap(elements)) };
        });
        Ok(())
    }

    /// A block that is there already.
    ///
    /// # Errors
    /// `OSError` where it cannot be brought back.
    pub(crate) fn block(&self, number: usize) -> Result<Block> {
        self.held.block(number)
    }

    /// The array, once all blocks are in their places.
    pub(crate) fn finish(self) -> Held {
        self.one.map_or(self.held, |one| Held::from_block(one.finish()))
    }
}

impl Slot<'_> {
    pub(crate) fn target(&self) -> &Target {
        match &self.place {
            Place::Own(target) => target,
            Place::One(target) => target,
        }
    }
}
