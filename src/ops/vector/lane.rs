//! What a number must know to be reduced: its neutral elements, and sums, products and extremes as NumPy has them.

/// A number of one dtype.
pub trait Lane: Copy + PartialOrd + Default {
    /// Whether sums and products are the same in every order.
    const IS_EXACT: bool;
    /// The neutral element of addition.
    const ZERO: Self;
    /// The neutral element of multiplication.
    const ONE: Self;

    /// The sum; integers wrap.
    #[must_use]
    fn plus(self, other: Self) -> Self;

    /// The difference; integers wrap.
    #[must_use]
    fn minus(self, other: Self) -> Self;

    /// The product; integers wrap.
    #[must_use]
    fn times(self, other: Self) -> Self;

    /// Whether this is not a number.
    fn is_missing(self) -> bool;

    /// The lesser of two, NaN if one of them is.
    #[inline(always)]
    #[must_use]
    fn lesser(self, other: Self) -> Self {
        if (self < other) | self.is_missing() { self } else { other }
    }

    /// The greater of two, NaN if one of them is.
    #[inline(always)]
    #[must_use]
    fn greater(self, other: Self) -> Self {
        if (self > other) | self.is_missing() { self } else { other }
    }

    /// The lesser of two, NaN only if both are.
    #[inline(always)]
    #[must_use]
    fn lesser_number(self, other: Self) -> Self {
        if (self < other) | other.is_missing() { self } else { other }
    }

    /// The greater of two, NaN only if both are.
    #[inline(always)]
    #[must_use]
    fn greater_number(self, other: Self) -> Self {
        if (self > other) | other.is_missing() { self } else { other }
    }
}

macro_rules! integer_lanes {
    ($($type:ty)*) => {$(
        impl Lane for $type {
            const IS_EXACT: bool = true;
            const ZERO: Self = 0;
            const ONE: Self = 1;

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn is_missing(self) -> bool {
                false
            }
        }
    )*};
}

macro_rules! float_lanes {
    ($($type:ty)*) => {$(
        impl Lane for $type {
            const IS_EXACT: bool = false;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }

            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self * other
            }

            #[inline(always)]
            fn is_missing(self) -> bool {
                self.is_nan()
            }
        }
    )*};
}

integer_lanes! { i8 i16 i32 i64 u8 u16 u32 u64 }
float_lanes! { f32 f64 }
