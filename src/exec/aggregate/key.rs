//! Numbers as unsigned integers that stand in the same order: equal values have equal keys, NaN the greatest.

use crate::data::Element;
use crate::ops::tile::Typed;
use crate::ops::vector::Sortable;

/// An unsigned integer.
pub(crate) trait Key: Sortable + Default + 'static {
    /// The least and the greatest.
    const ENDS: (Self, Self);
    /// How far it lies above another; `None` where that is no table's index.
    fn above(self, other: Self) -> Option<usize>;
    /// The key that lies above this one.
    fn plus(self, by: usize) -> Self;
}

macro_rules! keys { ($($type:ty)*) => { $(
    impl Key for $type {
        const ENDS: (Self, Self) = (<$type>::MIN, <$type>::MAX);
        #[inline(always)]
        fn above(self, other: Self) -> Option<usize> {
            usize::try_from(self - other).ok()
        }
        #[inline(always)]
        fn plus(self, by: usize) -> Self {
            self + by as $type
        }
    }
)* } }
keys! { u8 u16 u32 u64 }

/// A number that has a key.
pub(crate) trait Keyed: Element + Typed {
    type Key: Key;
    /// Whether there is a NaN, whose key is the greatest.
    const HAS_MISSING: bool;
    /// The key.
    fn key(self) -> Self::Key;
    /// The number of a key; a zero is positive.
    fn back(key: Self::Key) -> Self;
    /// Whether it is a zero, and a negative one.
    fn zero(self) -> Option<bool> {
        None
    }
    /// The number with its sign turned.
    fn negative(self) -> Self {
        self
    }
}

macro_rules! integers { ($($type:ty, $key:ty;)*) => { $(
    impl Keyed for $type {
        type Key = $key;
        const HAS_MISSING: bool = false;
        #[inline(always)]
        fn key(self) -> $key {
            (self as $key) ^ (<$type>::MIN as $key)
        }
        #[inline(always)]
        fn back(key: $key) -> $type {
            (key ^ (<$type>::MIN as $key)) as $type
        }
    }
)* } }
integers! { i8, u8; i16, u16; i32, u32; i64, u64; u8, u8; u16, u16; u32, u32; u64, u64; }

macro_rules! floats { ($($type:ty, $key:ty, $signed:ty;)*) => { $(
    impl Keyed for $type {
        type Key = $key;
        const HAS_MISSING: bool = true;
        #[inline(always)]
        fn key(self) -> $key {
            // Adding zero makes a negative zero positive.
            let bits = (self + 0.0).to_bits();
            let sign = ((bits as $signed) >> (<$key>::BITS - 1)) as $key;
            let key = bits ^ (sign | (1 << (<$key>::BITS - 1)));
            if self.is_nan() { <$key>::MAX } else { key }
        }
        #[inline(always)]
        fn back(key: $key) -> $type {
            if key == <$key>::MAX {
                return <$type>::NAN;
            }
            let sign = ((!key as $signed) >> (<$key>::BITS - 1)) as $key;
            <$type>::from_bits(key ^ (sign | (1 << (<$key>::BITS - 1))))
        }
        fn zero(self) -> Option<bool> {
            (self == 0.0).then_some(self.is_sign_negative())
        }
        fn negative(self) -> $type {
            -self
        }
    }
)* } }
floats! { f32, u32, i32; f64, u64, i64; }
