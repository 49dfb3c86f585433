//! Counting the keys of a tile between bounds, and gathering those of some of the cells.

use crate::ops::kernel::keys::Key;
use crate::ops::vector::{search, vectorized};

/// Up to so many bounds each is compared with every key, in vectors (0.1 ns a key and bound); above, keys look for their
/// cells by halving.
const COMPARED: usize = 20;
/// Keys that look for their cells at once.
const BLOCK: usize = 256;
/// Keys of a mask.
const WORD: usize = u64::BITS as usize;

/// Cells of keys: `bounds` ascending and distinct; cell `c` lies from bound `c - 1` up to bound `c`.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells<K> {
    pub(super) bounds: Vec<K>,
    /// The cells whose keys are gathered, ascending; none of them the first or the last.
    pub(super) gather: Vec<usize>,
    /// Whether each cell is one of them.
    is_gathered: Vec<bool>,
}

/// What was found in cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted<K> {
    /// For each bound, how many keys lie below it; in the cell below it, until that is settled.
    pub(super) below: Vec<u64>,
    pub(super) kept: Vec<K>,
}

impl<K: Key> Counted<K> {
    pub(super) fn new(cells: &Cells<K>) -> Counted<K> {
        Counted { below: vec![0; cells.bounds.len()], kept: vec![] }
    }
}

impl<K: Key> Cells<K> {
    pub(super) fn new(bounds: Vec<K>, gather: Vec<usize>) -> Cells<K> {
        let mut is_gathered = vec![false; bounds.len() + 1];
        gather.iter().for_each(|&cell| is_gathered[cell] = true);
        Cells { bounds, gather, is_gathered }
    }

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
        let mut cells = [0; BLOCK];
        for keys in keys.chunks(BLOCK) {
            search::places(&self.bounds, keys, true, &mut cells[..keys.len()]);
            for (&key, &cell) in keys.iter().zip(&cells) {
                if let Some(count) = into.below.get_mut(cell as usize) {
                    *count += 1;
                }
                if gather && self.is_gathered[cell as usize] {
                    into.kept.push(key);
                }
            }
        }
    }

    /// Makes what was counted the numbers of keys below bounds.
    pub(super) fn settle(&self, counted: &mut Counted<K>) {
        if self.bounds.len() > COMPARED {
            counted.below.iter_mut().fold(0, |sum, count| {
                *count += sum;
                *count
            });
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
        let few = Cells::new(bounds.clone(), vec![2, 5]);
        let many = Cells::new((-310..720).collect(), vec![2 * 103 + 5]);
        let (mut a, mut b) = (Counted::new(&few), Counted::new(&many));
        few.count(&keys, true, &mut a);
        many.count(&keys, true, &mut b);
        many.settle(&mut b);
        assert!(bounds.iter().zip(&a.below).all(|(bound, n)| b.below[(bound + 310) as usize] == *n));
        let between = |low: i32, high: i32| keys.iter().filter(|key| (low..high).contains(*key)).count();
        assert_eq!(a.kept.len(), between(bounds[1], bounds[2]) + between(bounds[4], bounds[5]));
        assert_eq!(b.kept.len(), between(2 * 103 + 4 - 310, 2 * 103 + 5 - 310));
    }
}
