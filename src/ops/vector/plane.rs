//! Angles and distances in the plane.

use super::binary::Kernel2;
use super::constants::{HALF_PI_1, HALF_PI_2, PI_1, PI_2};
use super::inverse_trigonometric::atan_parts;
use super::polynomial::{SIGN, horner, unless};

/// NumPy's `arctan2(y, x)`.
pub(crate) struct Arctan2;

impl Kernel2 for Arctan2 {
    #[inline(always)]
    fn fast(y: f64, x: f64) -> f64 {
        let (a, b) = (y.abs(), x.abs());
        let steep = a > b;
        let left = x.is_sign_negative();
        let (top, bottom) = if steep { (b, a) } else { (a, b) };
        let (t, p) = atan_parts(top / bottom, horner);
        // The angle of |y| is base + (t + p) or base - (t + p).
        let sign = if steep == left { 0 } else { SIGN };
        let (t, p) = (f64::from_bits(t.to_bits() ^ sign), f64::from_bits(p.to_bits() ^ sign));
        let (base, rest) = if left { (PI_1, PI_2) } else { (0.0, 0.0) };
        let (base, rest) = if steep { (HALF_PI_1, HALF_PI_2) } else { (base, rest) };
        let high = base + t;
        (high + (((base - high) + t) + (rest + p))).copysign(y)
    }

    fn slow(y: f64, x: f64) -> f64 {
        y.atan2(x)
    }

    #[inline(always)]
    fn strange(y: f64, x: f64) -> u64 {
        unless((x.abs() <= f64::MAX) & (y.abs() <= f64::MAX) & ((x != 0.0) | (y != 0.0)))
    }
}

/// NumPy's `hypot`.
pub(crate) struct Hypot;

/// Between these squares and their sums are normal numbers.
const SMALL: f64 = 1e-140;
const LARGE: f64 = 1e150;

impl Kernel2 for Hypot {
    #[inline(always)]
    fn fast(x: f64, y: f64) -> f64 {
        x.mul_add(x, y * y).sqrt()
    }

    fn slow(x: f64, y: f64) -> f64 {
        x.hypot(y)
    }

    #[inline(always)]
    fn strange(x: f64, y: f64) -> u64 {
        let larger = if x.abs() > y.abs() { x.abs() } else { y.abs() };
        unless((x.abs() < LARGE) & (y.abs() < LARGE) & ((larger > SMALL) | (larger == 0.0)))
    }
}
