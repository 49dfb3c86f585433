//! Random orders: indices are spread over buckets at random, and each bucket, which fits into cache, is shuffled.
//!
//! P. Sanders, "Random permutations on distributed, external and hierarchical memory" (1998). Words belong to indices and
//! to places, so that threads do not show in the result.

use super::{Asked, Crew, SharedRow, int};
use crate::data::{Block, Result};
use crate::ir::Param;
use crate::ops::vector::philox::{Key, Lines, fill_u64};
use std::sync::{Mutex, PoisonError};

/// Those that share their work among threads.
pub(super) const SHARED: &[SharedRow] = &[("permutation", permutation)];

/// Indices that one task spreads.
const PIECE: usize = 1 << 16;
/// Indices of a bucket: 256 KiB.
const BUCKET: usize = 1 << 15;
/// Sets the words of places apart from those of indices.
const APART: u64 = 0x5851_F42D_4C95_7F2D;

/// Parameters: how many, seed, stream. The input is not looked at.
fn permutation(_: &[Block], _: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let n = usize::try_from(int(params, 0)).unwrap_or(0);
    let (seed, stream) = (int(params, 1) as u64, int(params, 2) as u64);
    let buckets = n.div_ceil(BUCKET).next_power_of_two().clamp(1, 1 << 16);
    let mut spread = vec![0i64; n];
    let counts = spread_indices(&mut spread, buckets, (seed, stream), crew)?;
    let mut order = vec![0i64; n];
    let (mut tasks, mut rest, mut first) = (vec![], order.as_mut_slice(), 0);
    for bucket in 0..buckets {
        let len = counts.iter().map(|piece| piece[bucket]).sum();
        let (own, later) = rest.split_at_mut(len);
        tasks.push(Mutex::new((first, own)));
        (rest, first) = (later, first + len);
    }
    crew.each(buckets, &|bucket| {
        crew.check()?;
        let mut task = tasks[bucket].lock().unwrap_or_else(PoisonError::into_inner);
        let (first, own) = &mut *task;
        collect(own, &spread, &counts, bucket);
        shuffle(own, *first as u64, (seed ^ APART, stream));
        Ok(())
    })?;
    drop(tasks);
    Ok(vec![Block::from_vec(&[n], order)])
}

/// Puts the indices of each piece into the order of their buckets; how many of each bucket each piece has.
fn spread_indices(
    spread: &mut [i64],
    buckets: usize,
    (seed, stream): (u64, u64),
    crew: &dyn Crew,
) -> Result<Vec<Vec<usize>>> {
    let shift = (64 - buckets.trailing_zeros()).min(63);
    let pieces: Vec<_> = spread.chunks_mut(PIECE).map(|piece| Mutex::new((piece, vec![]))).collect();
    crew.each(pieces.len(), &|number| {
        crew.check()?;
        let mut piece = pieces[number].lock().unwrap_or_else(PoisonError::into_inner);
        let (to, counts) = &mut *piece;
        let first = number * PIECE;
        let mut words = vec![0; to.len()];
        fill_u64(Key { seed, stream }, &Lines::one(first as u64, 1, words.len()), &mut words);
        let bucket_of = |word: &u64| if buckets == 1 { 0 } else { (word >> shift) as usize };
        *counts = vec![0; buckets];
        words.iter().for_each(|word| counts[bucket_of(word)] += 1);
        let mut places: Vec<usize> = counts
            .iter()
            .scan(0, |at, count| {
                *at += count;
                Some(*at - count)
            })
            .collect();
        for (k, word) in words.iter().enumerate() {
            let place = &mut places[bucket_of(word)];
            to[*place] = (first + k) as i64;
            *place += 1;
        }
        Ok(())
    })?;
    Ok(pieces.into_iter().map(|piece| piece.into_inner().unwrap_or_else(PoisonError::into_inner).1).collect())
}

/// The indices of a bucket, piece after piece.
fn collect(own: &mut [i64], spread: &[i64], counts: &[Vec<usize>], bucket: usize) {
    let mut at = 0;
    for (piece, counts) in spread.chunks(PIECE).zip(counts) {
        let begin: usize = counts[..bucket].iter().sum();
        let part = &piece[begin..begin + counts[bucket]];
        own[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
}

/// A uniform order (R. Durstenfeld, 1964); the words are those of the places from `first` on.
fn shuffle(values: &mut [i64], first: u64, (seed, stream): (u64, u64)) {
    let mut words = vec![0; values.len()];
    fill_u64(Key { seed, stream }, &Lines::one(first, 1, words.len()), &mut words);
    for (last, word) in words.iter().enumerate().skip(1) {
        let other = ((u128::from(*word) * (last as u128 + 1)) >> 64) as usize;
        values.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Crew, permutation};
    use crate::data::Result;
    use crate::ir::Param;

    /// Parts done in any order make the same.
    struct Backwards;

    impl Crew for Backwards {
        fn check(&self) -> Result<()> {
            Ok(())
        }
        fn each(&self, count: usize, work: &(dyn Fn(usize) -> Result<()> + Sync + Send)) -> Result<()> {
            (0..count).rev().try_for_each(work)
        }
    }

    #[test]
    fn every_index_comes_once() {
        for n in [0, 1, 2, 1000, 300_000] {
            let params = [Param::Int(n), Param::Int(7), Param::Int(3)];
            let asked = Asked { core: 1, results: &[0] };
            let order = permutation(&[], asked, &params, &Backwards)
                .map(|blocks| blocks[0].to_vec::<i64>())
                .unwrap_or_default();
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..n).collect::<Vec<_>>());
            let stayed = order.iter().zip(0..).filter(|(index, place)| *index == place).count();
            assert!(n < 1000 || stayed < 10, "{stayed} of {n} stayed");
        }
    }
}
