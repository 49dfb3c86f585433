//! The order in which values are sorted: NaN last, complex numbers by real then imaginary part.

use crate::data::{C32, C64, Element};
use std::cmp::Ordering;

/// An element with NumPy's sorting order.
pub(super) trait Ranked: Element {
    /// How two values stand to each other.
    fn rank(&self, other: &Self) -> Ordering;
    /// Whether the value is NaN.
    fn is_missing(&self) -> bool {
        false
    }
}

macro_rules! ordered {
    ($($type:ty)*) => {$(
        impl Ranked for $type {
            fn rank(&self, other: &Self) -> Ordering {
                self.cmp(other)
            }
        }
    )*};
}
ordered! { bool i8 i16 i32 i64 u8 u16 u32 u64 }

macro_rules! floats {
    ($($type:ty)*) => {$(
        impl Ranked for $type {
            fn rank(&self, other: &Self) -> Ordering {
                self.partial_cmp(other).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
            }
            fn is_missing(&self) -> bool {
                self.is_nan()
            }
        }
    )*};
}
floats! { f32 f64 }

macro_rules! complexes {
    ($($type:ty)*) => {$(
        impl Ranked for $type {
            fn rank(&self, other: &Self) -> Ordering {
                let missing = self.is_missing().cmp(&other.is_missing());
                missing.then(self.re.rank(&other.re)).then(self.im.rank(&other.im))
            }
            fn is_missing(&self) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
        }
    )*};
}
complexes! { C32 C64 }

/// The indices that sort a line; equal values keep their order.
pub(super) fn sorted_indices<T: Ranked>(line: &[T]) -> Vec<usize> {
    let mut index: Vec<usize> = (0..line.len()).collect();
    index.sort_by(|&a, &b| line[a].rank(&line[b]));
    index
}
