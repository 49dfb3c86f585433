//! Counting the keys of a tile between bounds, and gathering those of some of the cells.

use crate::ops::kernel::keys::Key;
use crate::ops::vector::vectorized;

/// Up to so many bounds each is compared with every key, in vectors (0.1 ns a key and bound); above, keys look for their
/// cell by halving (about 4 ns a key for 1023 bounds).
const COMPARED: usize = 16;
/// Keys of a mask.
const WORD: usize = u64::BITS as usize;

/// Cells of keys: `bounds` ascending and distinct; cell `c` lies from bound `c - 1` up to bound `c`.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells<K> {
    pub(super) bounds: Vec<K>,
    /// The cells whose keys are gathered, ascending; none of them the first or the last.
    pub(super) gather: Vec<usize>,
}

/// What was found in cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted<K> {
    /// For each bound, how many keys lie below it.
    pub(super) below: Vec<u64>,
    pub(super) kept: Vec<K>,
}

impl<K: Key> Counted<K> {
    pub(super) fn new(cells: &Cells<K>) -> Counted<K> {
        Counted { below: vec![0; cells.bounds.len()], kept: vec![] }
    }
}

impl<K: Key> Cells<K> {
    /// Counts keys, and gathers some where `gather` says that there is room.
    pub(super) fn count(&self, keys: &[K], gather: bool, into: &mut Counted<K>) {
        if self.bounds.len() > COMPARED {
            return self.look_up(keys, gather, into);
        }
        for (bound, below) in self.bounds.iter().zip(&mut into.below) {
            *below += count_below(keys, *bound);
        }
        if gather && !self.gather.is_empty() {
            keys.chunks(WORD).for_each(|word| self.gather_word(word, &mut into.kept));
        }
    }

    fn gather_word(&self, keys: &[K], kept: &mut Vec<K>) {
        let mut mask = 0;
        for &cell in &self.gather {
            mask |= mask_between(keys, self.bounds[cell - 1], self.bounds[cell]);
        }
        while mask != 0 {
            kept.push(keys[mask.trailing_zeros() as usize]);
            mask &= mask - 1;
        }
    }

    fn look_up(&self, keys: &[K], gather: bool, into: &mut Counted<K>) {
        let mut wanted = vec![false; self.bounds.len() + 1];
        self.gather.iter().for_each(|&cell| wanted[cell] = gather);
        let mut cells = vec![0u64; self.bounds.len() + 1];
        for &key in keys {
            let cell = self.bounds.partition_point(|bound| *bound <= key);
            cells[cell] += 1;
            if wanted[cell] {
                into.kept.push(key);
            }
        }
        let mut sum = 0;
        for (below, count) in into.below.iter_mut().zip(cells) {
            sum += count;
            *below += sum;
        }
    }
}

fn count_below<K: Key>(keys: &[K], bound: K) -> u64 {
    vectorized(
        #[inline(always)]
        || keys.iter().map(|key| u64::from(*key < bound)).sum(),
    )
}

/// The keys of `low .. high` as bits.
fn mask_between<K: Key>(keys: &[K], low: K, high: K) -> u64 {
    vectorized(
        #[inline(always)]
        || {
            let bit = |(k, key): (usize, &K)| u64::from((*key >= low) & (*key < high)) << k;
            keys.iter().enumerate().map(bit).fold(0, |mask, bit| mask | bit)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{Cells, Counted};

    #[test]
    fn few_bounds_and_many_count_alike() {
        let keys: Vec<i32> = (0..1000).map(|k| k * 7919 % 1009 - 300).collect();
        let bounds: Vec<i32> = (-310..720).step_by(103).collect();
        let few = Cells { bounds: bounds.clone(), gather: vec![2, 5] };
        let many = Cells { bounds: (-310..720).step_by(1).collect(), gather: vec![] };
        let (mut a, mut b) = (Counted::new(&few), Counted::new(&many));
        few.count(&keys, true, &mut a);
        many.count(&keys, true, &mut b);
        let (mut c, mut d) = (Counted::new(&few), a.kept.clone());
        few.look_up(&keys, true, &mut c);
        assert_eq!(a.below, c.below);
        assert!(bounds.iter().zip(&a.below).all(|(bound, n)| b.below[(bound + 310) as usize] == *n));
        c.kept.sort_unstable();
        d.sort_unstable();
        assert_eq!(c.kept, d);
    }
}
