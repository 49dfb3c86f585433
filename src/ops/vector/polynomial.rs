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
    chain::<N, 1>(z, c, 0)
}

/// The same as two polynomials in z²: one multiplication more and half the waiting, for kernels of long dependent chains
/// (measured on Zen 4: tanh 1.44 ns a number by one chain, 1.36 by two; but log 0.57 and 0.62, exp 0.52 and 0.55).
#[inline(always)]
pub(crate) fn horner_by_two<const N: usize>(z: f64, c: &[f64; N]) -> f64 {
    let square = z * z;
    chain::<N, 2>(square, c, 1).mul_add(z, chain::<N, 2>(square, c, 0))
}

/// The same as four polynomials in z⁴, for the longest (arctan 1.18 ns by one chain, 1.10 by four; but arctan2 1.28 and 1.50).
#[inline(always)]
pub(crate) fn horner_by_four<const N: usize>(z: f64, c: &[f64; N]) -> f64 {
    let square = z * z;
    let fourth = square * square;
    let low = chain::<N, 4>(fourth, c, 1).mul_add(z, chain::<N, 4>(fourth, c, 0));
    let high = chain::<N, 4>(fourth, c, 3).mul_add(z, chain::<N, 4>(fourth, c, 2));
    high.mul_add(square, low)
}

/// `c[first] + c[first + STEP] z + …`.
#[inline(always)]
fn chain<const N: usize, const STEP: usize>(z: f64, c: &[f64; N], first: usize) -> f64 {
    let mut i = first + (N - 1 - first) / STEP * STEP;
    let mut sum = c[i];
    while i > first {
        i -= STEP;
        sum = sum.mul_add(z, c[i]);
    }
    sum
}

/// 1 / x for a positive normal x that is far from the ends, within an eighth: the bits of a number grow as its logarithm.
#[inline(always)]
pub(crate) fn rough_inverse(x: f64) -> f64 {
    const INVERSE: u64 = 0x7FDE_6238_0000_0000;
    f64::from_bits(INVERSE.wrapping_sub(x.to_bits()))
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

/// The sign bit is set where |x| > `high` or x is NaN: three integer instructions, where comparisons would take the place
/// of arithmetic in the few units that do both.
#[inline(always)]
pub(crate) fn beyond(x: f64, high: f64) -> u64 {
    (x.to_bits() & !SIGN) + (SIGN - 1 - high.to_bits())
}

/// The sign bit is set unless `low` <= x <= `high`, for 0 < low.
#[inline(always)]
pub(crate) fn outside(x: f64, low: f64, high: f64) -> u64 {
    let above = x.to_bits().wrapping_sub(low.to_bits());
    above | above.wrapping_add(SIGN - 1 - (high.to_bits() - low.to_bits()))
}

/// Whether the sign bit is not set.
#[inline(always)]
pub(crate) fn is_ordinary(strange: u64) -> bool {
    strange & SIGN == 0
}

/// The sign bit is set where the condition does not hold.
#[inline(always)]
pub(crate) fn unless(holds: bool) -> u64 {
    if holds { 0 } else { SIGN }
}

/// The magnitude of the first and the sign of the second, which is right for a first that is not negative or has that sign.
#[inline(always)]
pub(crate) fn with_sign(magnitude: f64, sign: u64) -> f64 {
    f64::from_bits(magnitude.to_bits() | (sign & SIGN))
}

/// x between two bounds; a NaN stays one.
#[inline(always)]
pub(crate) fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}
