//! How often each integer from 0 on is there.

use super::{Accumulator, Batch, Start};
use crate::data::{Block, Error, Result};
use crate::exec::context::Context;
use crate::ops::tile::Typed;
use std::any::Any;

/// Counts, or sums of weights, by integer.
struct Counts {
    counts: Vec<i64>,
    sums: Vec<f64>,
    is_weighted: bool,
    /// What memory holds.
    longest: usize,
}

/// Tables that are held at once while two are merged, each of which was grown from a shorter one.
const TABLES: u64 = 4;

pub(super) fn start(least: usize, is_weighted: bool, context: &Context<'_>) -> Start {
    let longest = usize::try_from(context.left() / (8 * TABLES)).unwrap_or(usize::MAX).max(least);
    let len = move |wanted: bool| if wanted { least } else { 0 };
    Box::new(move |_| {
        Box::new(Counts { counts: vec![0; len(!is_weighted)], sums: vec![0.0; len(is_weighted)], is_weighted, longest })
    })
}

impl Counts {
    fn grow(&mut self, len: usize) {
        if self.is_weighted && len > self.sums.len() {
            self.sums.resize(len, 0.0);
        } else if !self.is_weighted && len > self.counts.len() {
            self.counts.resize(len, 0);
        }
    }
}

impl Accumulator for Counts {
    fn take(&mut self, batch: Batch<'_>) -> Result<()> {
        let Some(values) = i64::slice(batch.elements) else { return Ok(()) };
        let (least, most) = values.iter().fold((0, -1), |(low, high), &v| (v.min(low), v.max(high)));
        if least < 0 {
            return Err(Error::value("'list' argument must have no negative elements"));
        }
        let len = usize::try_from(most.saturating_add(1)).unwrap_or(usize::MAX);
        if len > self.longest {
            let message = format!(
                "over the memory limit: `bincount` of integers up to {most} needs {len} counts, the limit leaves room for {}",
                self.longest
            );
            return Err(Error::memory(message).help("--memory-limit (or Client(memory_limit=...)) raises the limit"));
        }
        self.grow(len);
        match batch.weights {
            Some(weights) => values.iter().zip(weights).for_each(|(&v, w)| self.sums[v as usize] += w),
            None => values.iter().for_each(|&v| self.counts[v as usize] += 1),
        }
        Ok(())
    }

    fn merge(&mut self, later: Box<dyn Accumulator>, _: &Context<'_>) -> Result<()> {
        if let Ok(later) = later.into_any().downcast::<Self>() {
            self.grow(later.counts.len().max(later.sums.len()));
            self.counts.iter_mut().zip(later.counts).for_each(|(a, b)| *a += b);
            self.sums.iter_mut().zip(later.sums).for_each(|(a, b)| *a += b);
        }
        Ok(())
    }

    fn nbytes(&self) -> usize {
        8 * (self.counts.len() + self.sums.len())
    }

    fn finish(self: Box<Self>, results: &[usize], _: &Context<'_>) -> Result<Vec<Block>> {
        let block = if self.is_weighted {
            Block::from_vec(&[self.sums.len()], self.sums)
        } else {
            Block::from_vec(&[self.counts.len()], self.counts)
        };
        Ok(results.iter().map(|_| block.clone()).collect())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
