//! Looked-up places of an array whose blocks lie in files: block by block, so that one is in memory at a time and each is
//! brought once, however far apart the places lie.

use super::ahead::Ahead;
use super::parts::{shifted, signed};
use super::prepare::into_block;
use super::read::Reader;
use super::taken::{Taken, TakenReader, reach};
use crate::data::{Region, Result, c_strides, check_interrupt};
use crate::ir::{View, ViewAxis};
use crate::ops::tile::{Tile, Typed};
use crate::with_dtype;
use std::collections::BTreeMap;

/// Which of the places that a region asks for lie in each block along the axis.
type Groups = BTreeMap<usize, Vec<usize>>;

impl Taken {
    /// The places of a region by block, where they lie in several blocks that cost as much to bring as to read: `view` reads
    /// the base where the looked-up `axis` of the space has places, `places` are those of the region.
    pub(super) fn groups(&self, view: &View, axis: usize, places: &[usize]) -> Option<Groups> {
        let ViewAxis::Input { axis: across, step } = view.axes[axis] else { return None };
        let cuts = &self.base.blocks_in_files()?.0[across];
        let mut groups = Groups::new();
        for (number, &place) in places.iter().enumerate() {
            let at = view.base[across].wrapping_add_signed(step * place as isize);
            groups.entry(cuts.find(at)).or_default().push(number);
        }
        (groups.len() > 1).then_some(groups)
    }

    /// The looked-up places of a region as one block.
    ///
    /// # Errors
    /// `OSError` where a block cannot be brought back; `KeyboardInterrupt` when the run is cancelled.
    pub(super) fn gathered(
        &self,
        groups: Groups,
        view: &View,
        axis: usize,
        places: &[usize],
        region: &Region,
    ) -> Result<Reader> {
        let dtype = self.base.dtype();
        let (inner, all) = (region.len[axis + 1..].iter().product::<usize>(), region.len[axis]);
        let mut whole = Tile::new(dtype, region.size());
        for numbers in groups.into_values() {
            check_interrupt()?;
            let own: Vec<usize> = numbers.iter().map(|&number| places[number]).collect();
            let mut part = region.clone();
            (part.start[axis], part.len[axis]) = reach(&own);
            let reader = TakenReader::new(Reader::open(&self.base, view, &part)?, dtype, own.into(), axis);
            (part.start[axis], part.len[axis]) = (0, numbers.len());
            let mut tile = Tile::new(dtype, part.size());
            reader.load(&part.start, &part.len, tile.write(part.size()), &mut Ahead::default());
            with_dtype!(dtype, T => {
                let (from, to) = (<T as Typed>::slice(tile.read(part.size())), <T as Typed>::slice_mut(whole.write(region.size())));
                if let (Some(from), Some(to)) = (from, to) {
                    for (row, from) in from.chunks_exact(inner.max(1)).enumerate() {
                        let (plane, number) = (row / numbers.len(), numbers[row % numbers.len()]);
                        to[(plane * all + number) * inner..][..inner].copy_from_slice(from);
                    }
                }
            });
        }
        let strides = signed(&c_strides(&region.len));
        let offset = -shifted(0, &strides, &region.start);
        Ok(Reader::Block { block: into_block(whole, &region.len), offset, strides })
    }
}
