//! Integers in the order of elements: sorting and selecting compare them without branches, and NaN come last.

use crate::data::Element;
use crate::ops::vector::{Sortable, vectorized};
use num_traits::PrimInt;

/// An integer that stands for an element when elements are ordered.
pub(crate) trait Key: PrimInt + Sortable + Placed + Default + std::fmt::Debug + 'static {}

impl<K: PrimInt + Sortable + Placed + Default + std::fmt::Debug + 'static> Key for K {}

/// A key before its place in a line, in one integer: sorted, equal keys stay in the order of their places. A vector sorts
/// such integers as it does keys; the standard library takes half the time that pairs take.
pub(crate) trait Placed: Copy {
    /// An integer of the bits of both.
    type Both: Sortable;
    /// Both.
    fn with_place(self, place: u32) -> Self::Both;
    /// The place.
    fn place_in(both: Self::Both) -> u32;
}

macro_rules! placed {
    ($($key:ty: $both:ty;)*) => {$(
        impl Placed for $key {
            type Both = $both;
            #[inline(always)]
            fn with_place(self, place: u32) -> $both {
                (<$both>::from(self) << 32) | <$both>::from(place)
            }
            #[inline(always)]
            fn place_in(both: $both) -> u32 {
                both as u32
            }
        }
    )*};
}
placed! { i8: i64; i16: i64; i32: i64; i64: i128; u8: u64; u16: u64; u32: u64; u64: u128; }

/// A real element and its key.
pub(crate) trait Keyed: Element {
    /// Integers of the element's size.
    type Key: Key;
    /// The key that all NaN have, above all others; `None` where there are no NaN.
    const MISSING: Option<Self::Key>;
    /// The key of an element. -0.0 comes before 0.0.
    fn key(self) -> Self::Key;
    /// The element of a key.
    fn of_key(key: Self::Key) -> Self;
    /// The bits of the element of a key.
    fn bits_of_key(key: Self::Key) -> Self::Key {
        key
    }
    /// The elements of such bits, in the same memory where both are of one size.
    fn of_bits(bits: Vec<Self::Key>) -> Vec<Self>;
    /// The key under which equal elements are equal: that of 0.0 for -0.0.
    fn rank_key(self) -> Self::Key {
        self.key()
    }
    /// The element as a float64.
    fn wide(self) -> f64;
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Keyed for $type {
            type Key = $type;
            const MISSING: Option<$type> = None;
            #[inline(always)]
            fn key(self) -> $type {
                self
            }
            #[inline(always)]
            fn of_key(key: $type) -> $type {
                key
            }
            fn of_bits(bits: Vec<$type>) -> Vec<$type> {
                bits
            }
            fn wide(self) -> f64 {
                self as f64
            }
        }
    )*};
}
integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

impl Keyed for bool {
    type Key = u8;
    const MISSING: Option<u8> = None;
    #[inline(always)]
    fn key(self) -> u8 {
        u8::from(self)
    }
    #[inline(always)]
    fn of_key(key: u8) -> bool {
        key != 0
    }
    fn of_bits(bits: Vec<u8>) -> Vec<bool> {
        bits.into_iter().map(bool::of_key).collect()
    }
    fn wide(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// Floats order as their bits do, once all bits but the sign of negative ones are flipped.
macro_rules! floats {
    ($($type:ty, $key:ty, $bits:ty;)*) => {$(
        impl Keyed for $type {
            type Key = $key;
            const MISSING: Option<$key> = Some(<$key>::MAX);
            #[inline(always)]
            fn key(self) -> $key {
                let bits = self.to_bits() as $key;
                let ordered = bits ^ ((bits >> (<$key>::BITS - 1)) as $bits >> 1) as $key;
                if self.is_nan() { <$key>::MAX } else { ordered }
            }
            #[inline(always)]
            fn of_key(key: $key) -> $type {
                <$type>::from_bits(Self::bits_of_key(key) as $bits)
            }
            #[inline(always)]
            fn bits_of_key(key: $key) -> $key {
                let bits = key ^ ((key >> (<$key>::BITS - 1)) as $bits >> 1) as $key;
                if key == <$key>::MAX { <$type>::NAN.to_bits() as $key } else { bits }
            }
            fn of_bits(bits: Vec<$key>) -> Vec<$type> {
                bytemuck::allocation::cast_vec(bits)
            }
            #[inline(always)]
            fn rank_key(self) -> $key {
                (self + 0.0).key()
            }
            fn wide(self) -> f64 {
                f64::from(self)
            }
        }
    )*};
}
floats! { f32, i32, u32; f64, i64, u64; }

/// The place that was put behind the key of an element.
#[inline(always)]
pub(crate) fn place_in<T: Keyed>(both: &<T::Key as Placed>::Both) -> i64 {
    i64::from(T::Key::place_in(*both))
}

/// The keys of elements; slices of one length.
pub(crate) fn keys_of<T: Keyed>(values: &[T], keys: &mut [T::Key]) {
    vectorized(
        #[inline(always)]
        || {
            for (key, value) in keys.iter_mut().zip(values) {
                *key = value.key();
            }
        },
    );
}

/// Makes keys the bits of their elements.
pub(crate) fn make_bits<T: Keyed>(keys: &mut [T::Key]) {
    vectorized(
        #[inline(always)]
        || {
            for key in keys {
                *key = T::bits_of_key(*key);
            }
        },
    );
}

/// Runs `$body` with `$T` standing for the Rust type of a dtype of real numbers; `$other` for complex ones.
macro_rules! with_keyed {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        match $dtype {
            crate::data::DType::Complex64 | crate::data::DType::Complex128 => $other,
            crate::data::DType::Bool => {
                type $T = bool;
                $body
            }
            crate::data::DType::Int8 => {
                type $T = i8;
                $body
            }
            crate::data::DType::Int16 => {
                type $T = i16;
                $body
            }
            crate::data::DType::Int32 => {
                type $T = i32;
                $body
            }
            crate::data::DType::Int64 => {
                type $T = i64;
                $body
            }
            crate::data::DType::UInt8 => {
                type $T = u8;
                $body
            }
            crate::data::DType::UInt16 => {
                type $T = u16;
                $body
            }
            crate::data::DType::UInt32 => {
                type $T = u32;
                $body
            }
            crate::data::DType::UInt64 => {
                type $T = u64;
                $body
            }
            crate::data::DType::Float32 => {
                type $T = f32;
                $body
            }
            crate::data::DType::Float64 => {
                type $T = f64;
                $body
            }
        }
    };
}
pub(crate) use with_keyed;

#[cfg(test)]
mod tests {
    use super::Keyed;

    #[test]
    fn keys_order_as_numbers_with_nan_last() {
        let rising = [f64::NEG_INFINITY, -1.5, -f64::MIN_POSITIVE, -0.0, 0.0, 5e-324, 2.0, f64::INFINITY, -f64::NAN];
        assert!(rising.windows(2).all(|pair| pair[0].key() < pair[1].key()));
        assert!(rising[..8].iter().all(|v| f64::of_key(v.key()).to_bits() == v.to_bits()));
        assert_eq!((-0.0f32).rank_key(), 0.0f32.rank_key());
        assert!((-3.0f32).key() < (-2.0f32).key() && f32::of_key(f32::NAN.key()).is_nan());
    }
}
