//! Logarithms.
//!
//! x = 2^k m with m in [√½, √2), f = m - 1, s = f / (2 + f) and log m = 2 atanh s, summed as f - s (f - s² L(s²)) so that
//! what is rounded twice is small. `log` and `log1p` look up a c near 1 / m and log m = log (c m) - log c instead.

use super::abreast::{ENTRIES, Numbers, Tabled, Words, ordinary_block};
use super::constants::{LG2_REST, LG2_SHORT, LN2_1, LN2_2, LOG2_E_1, LOG2_E_2, LOG10_E_1, LOG10_E_2};
use super::elementwise::Kernel;
use super::level::Level;
use super::polynomial::{FRACTION, SIGN, horner, outside};
use super::single;

/// log((1 + s) / (1 - s)) = 2 s + s z L(z), z = s²; relative error 2^-58.
pub(crate) const LOG: [f64; 7] = [
    0.666_666_666_666_673_4,
    0.399_999_999_994_143_93,
    0.285_714_287_424_658_3,
    0.222_221_985_638_492_38,
    0.181_835_648_705_638_84,
    0.153_140_352_826_367_6,
    0.147_961_144_731_207_97,
];

/// log(1 + r) = r + r² T(r) for |r| <= 1/32; error relative to r 2^-56.
const LOG_STEP: [f64; 8] = [
    -0.499_999_999_999_996_84,
    0.333_333_333_333_322_77,
    -0.250_000_000_043_506_7,
    0.200_000_000_085_008_1,
    -0.166_666_505_852_607_78,
    0.142_856_918_782_920_48,
    -0.125_219_803_595_263_33,
    0.111_351_582_823_410_1,
];

/// The bits of 0.703125, from where on sixteen steps of m begin: up to 1 they are half as long, around 1 is a step of its own.
const FIRST_STEP_BITS: u64 = 0x3FE6_8000_0000_0000;

/// A c of 30 bits near 1 / m for each step of m, chosen so that its logarithm is a double but for 2^-68 of it.
const INVERSES: [f64; ENTRIES] = [
    1.391_315_813_176_334,
    1.333_298_403_769_731_5,
    1.279_973_058_961_331_8,
    1.230_744_772_590_696_8,
    1.185_155_591_927_468_8,
    1.142_855_470_068_752_8,
    1.103_474_916_890_263_6,
    1.066_676_394_082_605_8,
    1.032_292_464_748_025,
    1.0,
    0.941_172_601_655_125_6,
    0.888_861_475_512_385_4,
    0.842_083_359_137_177_5,
    0.800_026_793_964_207_2,
    0.761_883_516_795_933_2,
    0.727_246_992_290_02,
];

/// -log c.
const LOGARITHMS: [f64; ENTRIES] = [
    -0.330_249_927_557_112_3,
    -0.287_655_874_935_927_65,
    -0.246_839_030_023_560_64,
    -0.207_619_492_310_729_5,
    -0.169_874_067_172_460_8,
    -0.133_529_928_933_610_1,
    -0.098_464_215_953_605_91,
    -0.064_547_640_548_432_19,
    -0.031_782_022_983_956_5,
    0.0,
    0.060_628_732_566_312_994,
    0.117_813_876_180_513_99,
    0.171_876_268_289_553_55,
    0.223_110_059_419_810_55,
    0.271_961_600_077_751_05,
    0.318_489_117_345_842_3,
];

const ROOT_HALF_BITS: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
const ONE_BITS: u64 = 1_f64.to_bits();
/// 2^52, whose low bits hold an integer.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// (k, m) with x = 2^k m and m in [√½, √2), for a normal positive x.
#[inline(always)]
pub(crate) fn split(x: f64) -> (f64, f64) {
    let bits = x.to_bits().wrapping_add(ONE_BITS - ROOT_HALF_BITS);
    let k = f64::from_bits((bits >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    (k, f64::from_bits((bits & FRACTION) + ROOT_HALF_BITS))
}

/// (k, 2^-k) for the k of `split`.
#[inline(always)]
fn exponent_of(x: f64) -> (f64, f64) {
    let bits = x.to_bits().wrapping_add(ONE_BITS - ROOT_HALF_BITS);
    let k = f64::from_bits((bits >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    (k, f64::from_bits((2046_u64 << 52).wrapping_sub(bits & !FRACTION)))
}

/// log(2^k (1 + f)) for 1 + f in [√½, √2).
#[inline(always)]
fn log_near_one(f: f64, k: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let rest = (-z).mul_add(horner(z, &LOG), f);
    k.mul_add(LN2_1, f + (-s).mul_add(rest, k * LN2_2))
}

/// The parts of a positive normal number 2^k m.
struct Parts<X: Numbers> {
    /// k 2^52 as bits.
    exponent: X::Words,
    /// c, and 0 or -log c + k log 2 without the last bits of log 2.
    inverse: X,
    high: X,
    /// k 2^52.
    k: X,
}

impl<X: Numbers> Parts<X> {
    #[inline(always)]
    fn of(x: X) -> Parts<X> {
        let above = x.to_words().minus(x.all_words(FIRST_STEP_BITS));
        let (exponent, step) = (above & x.all_words(!FRACTION), above.down::<48>());
        let k = X::of_exponents(exponent);
        let high = k.fused(x.all(LN2_1 / TWO_52), X::look_up(&LOGARITHMS, step));
        Parts { exponent, inverse: X::look_up(&INVERSES, step), high, k }
    }

    /// log x from r = c m - 1.
    #[inline(always)]
    fn log(&self, r: X) -> X {
        let mut tail = r.all(LOG_STEP[7]);
        for k in [6, 5, 4, 3, 2, 1, 0] {
            tail = tail.fused(r, r.all(LOG_STEP[k]));
        }
        let low = self.k.fused(r.all(LN2_2 / TWO_52), r);
        self.high + (r * r).fused(tail, low)
    }
}

/// [`outside`] of numbers.
#[inline(always)]
fn words_outside<X: Numbers>(x: X, low: f64, high: f64) -> X::Words {
    let above = x.to_words().minus(x.all_words(low.to_bits()));
    above | above.plus(x.all_words(SIGN - 1 - (high.to_bits() - low.to_bits())))
}

/// NumPy's `log`.
pub(crate) struct Log;

impl Tabled for Log {
    #[inline(always)]
    fn ordinary<X: Numbers>(x: X) -> X {
        let parts = Parts::of(x);
        let m = X::of_words(x.to_words().minus(parts.exponent));
        parts.log(m.fused(parts.inverse, x.all(-1.0)))
    }

    #[inline(always)]
    fn strange<X: Numbers>(x: X) -> X::Words {
        words_outside(x, f64::MIN_POSITIVE, f64::MAX)
    }
}

impl Kernel for Log {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        Self::ordinary(x)
    }

    #[inline(always)]
    fn fast_block(level: Level, x: &[f64], out: &mut [f64]) -> u64 {
        ordinary_block::<Self>(level, x, out)
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::log(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::outside(x, f32::MIN_POSITIVE, f32::MAX)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::log(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.ln()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        <Self as Tabled>::strange(x)
    }
}

/// log(high + low) for a low below the rounding error of high.
#[inline(always)]
pub(crate) fn log_of_sum(high: f64, low: f64) -> f64 {
    let (k, power) = exponent_of(high);
    log_near_one(low.mul_add(power, high.mul_add(power, -1.0)), k)
}

/// Beyond this 2^-k is no normal number.
const LARGEST: f64 = 1e300;
/// Above this 1 + x is a positive normal number: by one step of the doubles below 1.
const LEAST: f64 = -1.0 + f64::EPSILON / 2.0;

/// NumPy's `log1p`: the parts are those of 1 + x, and r = 2^-k c x + (2^-k c - 1), which is rounded once.
pub(crate) struct Log1p;

impl Tabled for Log1p {
    #[inline(always)]
    fn ordinary<X: Numbers>(x: X) -> X {
        let one = x.all(1.0);
        let parts = Parts::of(one + x);
        let inverse = X::of_words(parts.inverse.to_words().minus(parts.exponent));
        let value = parts.log(x.fused(inverse, inverse - one));
        // A zero loses its sign.
        X::of_words(value.to_words() | (x.to_words() & x.all_words(SIGN)))
    }

    #[inline(always)]
    fn strange<X: Numbers>(x: X) -> X::Words {
        // 1 + x is exact enough near -1, and its own test for NaN.
        words_outside(x.all(1.0) + x, 1.0 + LEAST, LARGEST)
    }
}

impl Kernel for Log1p {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        Self::ordinary(x)
    }

    #[inline(always)]
    fn fast_block(level: Level, x: &[f64], out: &mut [f64]) -> u64 {
        ordinary_block::<Self>(level, x, out)
    }

    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        single::log1p(x)
    }

    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        single::outside(1.0 + x, f32::EPSILON / 2.0, single::LARGEST_SUM)
    }

    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        let by_double = Self::wide(f64::from(x)) as f32;
        if single::is_ordinary(Self::strange_single(x)) { single::log1p(x) } else { by_double }
    }

    fn slow(x: f64) -> f64 {
        x.ln_1p()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        <Self as Tabled>::strange(x)
    }
}

/// log(m) / log(base) as (high, low), where `factors` are 1 / log(base) in two parts.
#[inline(always)]
fn scaled_log(m: f64, factors: (f64, f64)) -> (f64, f64) {
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let less = s * (-z).mul_add(horner(z, &LOG), f);
    let product = f * factors.0;
    let rounding = f.mul_add(factors.0, -product);
    (product, (-less).mul_add(factors.0, f.mul_add(factors.1, rounding)))
}

/// NumPy's `log2`: exact for powers of two.
pub(crate) struct Log2;

impl Kernel for Log2 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let (high, low) = scaled_log(m, (LOG2_E_1, LOG2_E_2));
        let sum = k + high;
        sum + (((k - sum) + high) + low)
    }

    fn slow(x: f64) -> f64 {
        x.log2()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x, f64::MIN_POSITIVE, f64::MAX)
    }
}

/// NumPy's `log10`: exact for powers of ten.
pub(crate) struct Log10;

impl Kernel for Log10 {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (k, m) = split(x);
        let (high, low) = scaled_log(m, (LOG10_E_1, LOG10_E_2));
        let whole = k * LG2_SHORT;
        let sum = whole + high;
        sum + (((whole - sum) + high) + k.mul_add(LG2_REST, low))
    }

    fn slow(x: f64) -> f64 {
        x.log10()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x, f64::MIN_POSITIVE, f64::MAX)
    }
}
