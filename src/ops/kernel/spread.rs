//! One long line sorted on all threads: its elements are spread over buckets that fit into cache, and those are sorted.
//!
//! A sample sort (Frazer and McKellar, 1970). Where equal elements cannot be told apart, as with keys or with a key
//! and its place, there is one sorted order, so that neither sample nor threads show in the result.

use super::crew::Crew;
use crate::data::Result;
use crate::ops::vector::{Sortable, Split};
use std::sync::{Mutex, PoisonError};

/// Lines up to this length are sorted as they are: 4 ms of work.
pub(super) const SORTED: usize = 1 << 17;
/// Lines up to this length are split in two instead, and again, where elements are compared in vectors. The first split is
/// the work of one thread and takes 15 ms; with it 20 million numbers are sorted in 340 ms, spread over buckets in 410.
const HALVED: usize = 1 << 25;
/// The least part of a line that a split may leave for one side, else its elements are spread after all.
const LEAST: usize = 64;
/// Elements that one task spreads.
const PIECE: usize = 1 << 16;
/// Buckets: an element finds its own in 8 steps.
const BUCKETS: usize = 256;
/// Elements whose buckets are looked for at once.
const ABREAST: usize = 8;
/// Elements of the sample for each bucket: buckets are then rarely more than twice as long as the mean.
const SAMPLED: usize = 32;

/// Sorts elements, asking the crew at least every 20 ms; `scratch` is of the same length.
///
/// # Errors
/// `KeyboardInterrupt` when the run is cancelled.
pub(super) fn sort<T: Sortable>(values: &mut [T], scratch: &mut [T], crew: &dyn Crew) -> Result<()> {
    crew.check()?;
    if (SORTED + 1..=HALVED).contains(&values.len())
        && let Some(split) = T::split(values, scratch)
        && split.at.min(if split.is_sorted { split.at } else { values.len() - split.at }) > values.len() / LEAST
    {
        return sort_halves(split, values, scratch, crew);
    }
    let splitters = if values.len() > SORTED { splitters(values) } else { vec![] };
    if splitters.len() < 2 {
        T::sort_within(values, scratch);
        return Ok(());
    }
    let counts = spread(values, scratch, &splitters, crew)?;
    let sizes = |bucket: usize| counts.iter().map(|piece| piece[bucket]).sum::<usize>();
    let whole = values.len();
    let mut tasks = vec![];
    let mut values = values;
    for bucket in 0..=splitters.len() {
        let (own, rest) = std::mem::take(&mut values).split_at_mut(sizes(bucket));
        tasks.push(Mutex::new(own));
        values = rest;
    }
    let scratch = &*scratch;
    crew.each(tasks.len(), &|bucket| {
        crew.check()?;
        let mut own = tasks[bucket].lock().unwrap_or_else(PoisonError::into_inner);
        collect(&mut own, scratch, &counts, bucket);
        // A bucket that is the whole line again holds one value many times.
        if own.len() <= 4 * SORTED || own.len() == whole {
            T::sort(&mut own);
            return Ok(());
        }
        let mut below = own.to_vec();
        sort(&mut own, &mut below, crew)
    })
}

/// Sorts both parts of a line that was split, each on its own thread.
fn sort_halves<T: Sortable>(split: Split, values: &mut [T], scratch: &mut [T], crew: &dyn Crew) -> Result<()> {
    let (low, high) = values.split_at_mut(split.at);
    let (low_scratch, high_scratch) = scratch[..low.len() + high.len()].split_at_mut(split.at);
    let parts = [Mutex::new((low, low_scratch)), Mutex::new((high, high_scratch))];
    crew.each(parts.len(), &|number| {
        // The lesser part may be one value many times.
        if number == 0 && split.is_sorted {
            return Ok(());
        }
        let mut part = parts[number].lock().unwrap_or_else(PoisonError::into_inner);
        let (values, scratch) = &mut *part;
        sort(values, scratch, crew)
    })
}

/// Keys between the buckets: distinct elements of a sample, one less than a power of two where there are enough.
fn splitters<T: Sortable>(values: &[T]) -> Vec<T> {
    let step = (values.len() / (BUCKETS * SAMPLED)).max(1);
    let mut sample: Vec<T> = values.iter().copied().step_by(step).collect();
    T::sort(&mut sample);
    let each = sample.len() / BUCKETS;
    let mut splitters: Vec<T> = (1..BUCKETS).map(|k| sample[k * each]).collect();
    splitters.dedup();
    splitters
}

/// Puts each piece of the elements into the order of their buckets; how many elements of each bucket each piece has.
fn spread<T: Sortable>(values: &[T], scratch: &mut [T], splitters: &[T], crew: &dyn Crew) -> Result<Vec<Vec<usize>>> {
    let pieces: Vec<_> = values.chunks(PIECE).zip(scratch.chunks_mut(PIECE)).map(Mutex::new).collect();
    let counts: Vec<Mutex<Vec<usize>>> = (0..pieces.len()).map(|_| Mutex::default()).collect();
    crew.each(pieces.len(), &|number| {
        crew.check()?;
        let mut piece = pieces[number].lock().unwrap_or_else(PoisonError::into_inner);
        let (from, to) = &mut *piece;
        let buckets = buckets_of(from, splitters);
        let mut own = vec![0; splitters.len() + 1];
        buckets.iter().for_each(|bucket| own[usize::from(*bucket)] += 1);
        let mut at = starts(&own);
        for (value, bucket) in from.iter().zip(buckets) {
            let place = &mut at[usize::from(bucket)];
            to[*place] = *value;
            *place += 1;
        }
        *counts[number].lock().unwrap_or_else(PoisonError::into_inner) = own;
        Ok(())
    })?;
    Ok(counts.into_iter().map(|own| own.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
}

/// The bucket of each element: the number of splitters that are not above it. Several elements go down the tree of splitters
/// abreast, so that none waits for another: 5.9 ns each, one after another 10.9.
fn buckets_of<T: Sortable>(values: &[T], splitters: &[T]) -> Vec<u8> {
    let tree = tree(splitters);
    let mut buckets = vec![0u8; values.len()];
    for (values, buckets) in values.chunks(ABREAST).zip(buckets.chunks_mut(ABREAST)) {
        let mut own = [values[0]; ABREAST];
        own[..values.len()].copy_from_slice(values);
        let mut at = [1; ABREAST];
        for _ in 0..BUCKETS.ilog2() {
            for k in 0..ABREAST {
                at[k] = 2 * at[k] + usize::from(tree[at[k] % BUCKETS] <= own[k]);
            }
        }
        for (bucket, at) in buckets.iter_mut().zip(at) {
            *bucket = (at - BUCKETS).min(splitters.len()) as u8;
        }
    }
    buckets
}

/// Splitters as a binary search meets them: the middle one at 1, those of the halves of what is below `k` at `2 k` and
/// `2 k + 1`. The last one fills up.
fn tree<T: Sortable>(splitters: &[T]) -> [T; BUCKETS] {
    let at = |k: usize| splitters[k.min(splitters.len() - 1)];
    let mut tree = [at(0); BUCKETS];
    for (node, splitter) in tree.iter_mut().enumerate().skip(1) {
        let level = node.ilog2();
        let step = BUCKETS >> level;
        *splitter = at((node - (1 << level)) * step + step / 2 - 1);
    }
    tree
}

fn starts(counts: &[usize]) -> Vec<usize> {
    counts
        .iter()
        .scan(0, |sum, count| {
            *sum += count;
            Some(*sum - count)
        })
        .collect()
}

/// The elements of a bucket from all pieces.
fn collect<T: Copy>(own: &mut [T], scratch: &[T], counts: &[Vec<usize>], bucket: usize) {
    let mut rest = own;
    for (piece, counts) in scratch.chunks(PIECE).zip(counts) {
        let first: usize = counts[..bucket].iter().sum();
        let (part, after) = rest.split_at_mut(counts[bucket]);
        part.copy_from_slice(&piece[first..first + counts[bucket]]);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::sort;
    use crate::ops::kernel::crew::Alone;
    use crate::ops::vector::Sortable;

    fn comes_out_sorted<T: Sortable>(mut values: Vec<T>) {
        let (mut expected, mut scratch) = (values.clone(), values.clone());
        expected.sort_unstable();
        sort(&mut values, &mut scratch, &Alone).expect("nobody cancels");
        assert!(values == expected);
    }

    #[test]
    fn long_lines_come_out_sorted() {
        let len = 700_001u64;
        let lines: [Box<dyn Fn(u64) -> u64>; 5] = [
            Box::new(|k| k.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            Box::new(|k| k % 3),
            Box::new(|_| 7),
            Box::new(move |k| len - k),
            Box::new(|k| if k % 1000 == 0 { k } else { 5 }),
        ];
        for line in lines {
            let values: Vec<u64> = (0..len).map(&line).collect();
            comes_out_sorted(
                values.iter().zip(0u32..).map(|(&key, place)| u128::from(key) << 32 | u128::from(place)).collect(),
            );
            comes_out_sorted(values);
        }
    }
}
