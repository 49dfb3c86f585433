//! Sorted runs of distinct keys, with the first position and the number of each where they are asked for.

use super::key::Key;
use crate::data::Result;
use crate::exec::context::Context;

/// Keys that are merged by one thread: 2 ms of work, so that threads share a merge and a cancelled one ends soon.
const SHARE: usize = 1 << 20;

/// Distinct keys in ascending order.
#[derive(Clone, Debug, Default)]
pub(super) struct Run<K> {
    pub(super) keys: Vec<K>,
    /// The first position of each; empty where nobody asks.
    pub(super) first: Vec<i64>,
    /// How many there are of each; empty where nobody asks.
    pub(super) counts: Vec<i64>,
}

/// A part of a run.
#[derive(Clone, Copy)]
struct Part<'a, K> {
    keys: &'a [K],
    first: &'a [i64],
    counts: &'a [i64],
}

/// Room for a merged run, of which a part of each line is filled.
struct Room<'a, K> {
    keys: &'a mut [K],
    first: &'a mut [i64],
    counts: &'a mut [i64],
}

impl<'a, K: Key> Part<'a, K> {
    fn split(self, at: usize) -> (Part<'a, K>, Part<'a, K>) {
        let cut = |of: &'a [i64]| of.split_at(at.min(of.len()));
        let ((keys, rest), (first, firsts), (counts, more)) =
            (self.keys.split_at(at), cut(self.first), cut(self.counts));
        (Part { keys, first, counts }, Part { keys: rest, first: firsts, counts: more })
    }
}

impl<K: Key> Room<'_, K> {
    fn split(&mut self, at: usize) -> (Room<'_, K>, Room<'_, K>) {
        fn cut<T>(of: &mut [T], at: usize) -> (&mut [T], &mut [T]) {
            of.split_at_mut(at.min(of.len()))
        }
        let ((keys, rest), (first, firsts), (counts, more)) =
            (cut(self.keys, at), cut(self.first, at), cut(self.counts, at));
        (Room { keys, first, counts }, Room { keys: rest, first: firsts, counts: more })
    }

    /// Moves `len` from one place to an earlier one.
    fn close(&mut self, from: usize, to: usize, len: usize) {
        fn moved<T: Copy>(of: &mut [T], from: usize, to: usize, len: usize) {
            if !of.is_empty() && from != to {
                of.copy_within(from..from + len, to);
            }
        }
        moved(self.keys, from, to, len);
        moved(self.first, from, to, len);
        moved(self.counts, from, to, len);
    }
}

impl<K: Key> Run<K> {
    fn part(&self) -> Part<'_, K> {
        Part { keys: &self.keys, first: &self.first, counts: &self.counts }
    }

    /// An empty run with room for all of some others.
    pub(super) fn with_room(runs: &[Run<K>]) -> Run<K> {
        let sum = |len: fn(&Run<K>) -> usize| runs.iter().map(len).sum();
        Run {
            keys: Vec::with_capacity(sum(|run| run.keys.len())),
            first: Vec::with_capacity(sum(|run| run.first.len())),
            counts: Vec::with_capacity(sum(|run| run.counts.len())),
        }
    }

    /// Adds a run all of whose keys are greater.
    pub(super) fn append(&mut self, later: &Run<K>) {
        self.keys.extend_from_slice(&later.keys);
        self.first.extend_from_slice(&later.first);
        self.counts.extend_from_slice(&later.counts);
    }

    /// Keeps the first keys, and no more memory than they need.
    pub(super) fn truncate(&mut self, len: usize) {
        fn cut<T: Copy>(of: &mut Vec<T>, len: usize) {
            *of = of[..len.min(of.len())].to_vec();
        }
        cut(&mut self.keys, len);
        cut(&mut self.first, len);
        cut(&mut self.counts, len);
    }

    pub(super) fn nbytes(&self) -> usize {
        self.keys.len() * size_of::<K>() + 8 * (self.first.len() + self.counts.len())
    }

    /// The keys of both. Where `apart` is given, keys equal to it are never the same: each run has them last.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    pub(super) fn merged(&self, later: &Run<K>, apart: Option<K>, context: &Context<'_>) -> Result<Run<K>> {
        let cut = |run: &Run<K>| apart.map_or(run.keys.len(), |apart| run.keys.partition_point(|key| *key < apart));
        let ((a, rest), (b, more)) = (self.part().split(cut(self)), later.part().split(cut(later)));
        let len = a.keys.len() + b.keys.len();
        let line = |a: &[i64], b: &[i64]| vec![0; if a.is_empty() && b.is_empty() { 0 } else { len }];
        let mut out =
            Run { keys: vec![K::default(); len], first: line(a.first, b.first), counts: line(a.counts, b.counts) };
        let Run { keys, first, counts } = &mut out;
        let n = merge(a, b, &mut Room { keys, first, counts }, context)?;
        out.keys.truncate(n);
        out.first.truncate(n);
        out.counts.truncate(n);
        for tail in [rest, more] {
            out.keys.extend_from_slice(tail.keys);
            out.first.extend_from_slice(tail.first);
            out.counts.extend_from_slice(tail.counts);
        }
        Ok(out)
    }
}

/// Merges two parts into the beginning of `out`; how many keys there are.
fn merge<K: Key>(a: Part<'_, K>, b: Part<'_, K>, out: &mut Room<'_, K>, context: &Context<'_>) -> Result<usize> {
    if a.keys.len() + b.keys.len() <= SHARE {
        context.check()?;
        let is_bare = out.first.is_empty() && out.counts.is_empty();
        return Ok(if is_bare { keys_of_both(a.keys, b.keys, out.keys) } else { all_of_both(a, b, out) });
    }
    let longer = if a.keys.len() >= b.keys.len() { a.keys } else { b.keys };
    let pivot = longer[longer.len() / 2];
    let cut = |part: Part<'_, K>| part.keys.partition_point(|key| *key < pivot);
    let ((a, a_rest), (b, b_rest)) = (a.split(cut(a)), b.split(cut(b)));
    let middle = a.keys.len() + b.keys.len();
    let (mut left, mut right) = out.split(middle);
    let (low, high) = if context.is_serial() {
        (merge(a, b, &mut left, context), merge(a_rest, b_rest, &mut right, context))
    } else {
        rayon::join(|| merge(a, b, &mut left, context), || merge(a_rest, b_rest, &mut right, context))
    };
    let (low, high) = (low?, high?);
    out.close(middle, low, high);
    Ok(low + high)
}

/// Each step takes the lesser key, and both where they are equal, without a branch.
fn keys_of_both<K: Key>(a: &[K], b: &[K], out: &mut [K]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        out[n] = if x <= y { x } else { y };
        n += 1;
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    for rest in [&a[i..], &b[j..]] {
        out[n..n + rest.len()].copy_from_slice(rest);
        n += rest.len();
    }
    n
}

fn all_of_both<K: Key>(a: Part<'_, K>, b: Part<'_, K>, out: &mut Room<'_, K>) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < a.keys.len() || j < b.keys.len() {
        let from_a = j == b.keys.len() || (i < a.keys.len() && a.keys[i] <= b.keys[j]);
        let from_b = i == a.keys.len() || (j < b.keys.len() && b.keys[j] <= a.keys[i]);
        out.keys[n] = if from_a { a.keys[i] } else { b.keys[j] };
        if !out.first.is_empty() {
            let (x, y) = (from_a.then(|| a.first[i]), from_b.then(|| b.first[j]));
            out.first[n] = x.into_iter().chain(y).min().unwrap_or_default();
        }
        if !out.counts.is_empty() {
            out.counts[n] = if from_a { a.counts[i] } else { 0 } + if from_b { b.counts[j] } else { 0 };
        }
        n += 1;
        i += usize::from(from_a);
        j += usize::from(from_b);
    }
    n
}
