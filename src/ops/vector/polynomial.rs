//! Polynomials and the bits of numbers: what the elementwise kernels are made of.
//!
//! The functions here use `f64::mul_add` and so belong to levels that have it (`Level::has_fma`) alone.

/// 1.5 * 2^52: adding it rounds a small number to an integer, left in the low bits of the sum.
pub(crate) const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// The sign bit.
pub(crate) const SIGN: u64 = 1 << 63;
/// Bits of the fraction.
pub(crate) const FRACTION: u64 = (1 << 52) - 1;

/// `c[0] + c[1] z + c[2] z^2 + …` by the rule of Horner.
#[inline(always)]
pub(crate) fn horner<const N: usize>(z: f64, c: &[f64; N]) -> f64 {
    let mut sum = c[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = sum.mul_add(z, c[i]);
    }
    sum
}

/// The power of two with the exponent `n`, within -1022 ..= 1023.
#[inline(always)]
pub(crate) fn power_of_two(n: i64) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

/// The integer that rounding by `ROUNDER` left in `shifted`.
#[inline(always)]
pub(crate) fn rounded_integer(shifted: f64) -> i64 {
    (shifted.to_bits() as i64).wrapping_sub(ROUNDER.to_bits() as i64)
}

/// x between two bounds; a NaN stays one.
#[inline(always)]
pub(crate) fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}
