//! Logarithms.
//!
//! x = 2^k m with m in [√½, √2), f = m - 1, s = f / (2 + f) and log m = 2 atanh s, summed as
//! f - (f²/2 - s (f²/2 + s² L(s²))) so that only small terms are rounded.

use super::elementwise::Kernel;
use super::polynomial::{FRACTION, horner};

/// ln 2 as a sum of two numbers, by rounding what is left.
const LN2_1: f64 = std::f64::consts::LN_2;
const LN2_2: f64 = 2.319_046_813_846_299_6e-17;

/// log((1 + s) / (1 - s)) = 2 s + s z L(z), z = s²; relative error 2^-58.
const LOG: [f64; 7] = [
    0.666_666_666_666_673_4,
    0.399_999_999_994_143_93,
    0.285_714_287_424_658_3,
    0.222_221_985_638_492_38,
    0.181_835_648_705_638_84,
    0.153_140_352_826_367_6,
    0.147_961_144_731_207_97,
];

const ROOT_HALF_BITS: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
const ONE_BITS: u64 = 1_f64.to_bits();
/// 2^52, whose low bits hold an integer.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// (k, m) with x = 2^k m and m in [√½, √2), for a normal positive x.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let bits = x.to_bits().wrapping_add(ONE_BITS - ROOT_HALF_BITS);
    let k = f64::from_bits((bits >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    (k, f64::from_bits((bits & FRACTION) + ROOT_HALF_BITS))
}

/// NumPy's `log`.
pub(crate) struct Log;

impl Kernel for Log {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let f = m - 1.0;
        let s = f / (2.0 + f);
        let z = s * s;
        let half_square = 0.5 * f * f;
        let tail = s.mul_add(z.mul_add(horner(z, &LOG), half_square), k * LN2_2);
        k.mul_add(LN2_1, f - (half_square - tail))
    }

    fn slow(x: f64) -> f64 {
        x.ln()
    }

    #[inline(always)]
    fn is_ordinary(x: f64) -> bool {
        (x >= f64::MIN_POSITIVE) & (x <= f64::MAX)
    }
}
