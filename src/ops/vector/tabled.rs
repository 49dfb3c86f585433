//! `exp`, `log` and `log1p` by tables of sixteen: [`super::abreast`] says where.
//!
//! e^x = 2^(n / 16) e^r with the power looked up. log x = k log 2 + log m, and log m = log (c m) - log c with a c near 1 / m and
//! its logarithm looked up: no division, and polynomials of half the length.

use super::abreast::{ENTRIES, Numbers, Tabled, Words};
use super::constants::{LN2_1, LN2_2, LOG2_E_1};
use super::exponential::{Exp, HIGHEST, LOWEST, NORMAL, scale};
use super::logarithm::{LARGEST, LEAST, Log, Log1p};
use super::polynomial::{FRACTION, ROUNDER, SIGN, clamp};

/// e^r = 1 + r + r² E(r) for |r| <= ln 2 / 32; relative error 2^-56.
const EXP_STEP: [f64; 5] = [
    0.500_000_000_000_000_6,
    0.166_666_666_644_169_7,
    0.041_666_666_659_551_64,
    0.008_333_471_952_668_951,
    0.001_388_913_045_662_932_5,
];

/// 2^(k / 16) for each k, from whose bits k 2^48 is taken: the sum with n 2^48 has the exponent of 2^(n / 16).
const POWERS: [f64; ENTRIES] = [
    f64::from_bits(0x3ff0_0000_0000_0000),
    f64::from_bits(0x3fef_b558_6cf9_890f),
    f64::from_bits(0x3fef_72b8_3c7d_517b),
    f64::from_bits(0x3fef_387a_6e75_6238),
    f64::from_bits(0x3fef_06fe_0a31_b715),
    f64::from_bits(0x3fee_dea6_4c12_3422),
    f64::from_bits(0x3fee_bfda_d536_2a27),
    f64::from_bits(0x3fee_ab07_dd48_5429),
    f64::from_bits(0x3fee_a09e_667f_3bcd),
    f64::from_bits(0x3fee_a114_73eb_0187),
    f64::from_bits(0x3fee_ace5_422a_a0db),
    f64::from_bits(0x3fee_c491_82a3_f090),
    f64::from_bits(0x3fee_e89f_995a_d3ad),
    f64::from_bits(0x3fef_199b_dd85_529c),
    f64::from_bits(0x3fef_5818_dcfb_a487),
    f64::from_bits(0x3fef_a4af_a2a4_90da),
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

/// 2^52.
const TWO_52: f64 = (1_u64 << 52) as f64;

/// (n in the low bits, e^r - 1) with e^x = 2^(n / 16) e^r, for |x| < 1000.
#[inline(always)]
fn exp_steps<X: Numbers>(x: X) -> (X::Words, X) {
    const STEPS: f64 = ENTRIES as f64;
    let shifted = x.fused(x.all(LOG2_E_1 * STEPS), x.all(ROUNDER));
    let n = shifted - x.all(ROUNDER);
    let r = n.fused(x.all(-LN2_2 / STEPS), n.fused(x.all(-LN2_1 / STEPS), x));
    let mut tail = x.all(EXP_STEP[4]);
    for k in [3, 2, 1, 0] {
        tail = tail.fused(r, x.all(EXP_STEP[k]));
    }
    (shifted.to_words(), (r * r).fused(tail, r))
}

impl Tabled for Exp {
    #[inline(always)]
    fn ordinary<X: Numbers>(x: X) -> X {
        let (n, less_one) = exp_steps(x);
        let power = X::of_words(X::look_up(&POWERS, n).to_words().plus(n.up::<48>()));
        power.fused(less_one, power)
    }

    #[inline(always)]
    fn unusual<X: Numbers>(x: X) -> X::Words {
        (x.to_words() & x.all_words(!SIGN)).plus(x.all_words(SIGN - 1 - NORMAL.to_bits()))
    }

    #[inline(always)]
    fn any(x: f64) -> f64 {
        let (n, less_one) = exp_steps(clamp(x, LOWEST, HIGHEST));
        let (n, step) = ((n.wrapping_sub(ROUNDER.to_bits())) as i64, n % ENTRIES as u64);
        let power = f64::from_bits(f64::look_up(&POWERS, step).to_bits() + (step << 48));
        scale(power.mul_add(less_one, power), n >> 4)
    }
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
        let k = X::of_integers(exponent);
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

impl Tabled for Log {
    #[inline(always)]
    fn ordinary<X: Numbers>(x: X) -> X {
        let parts = Parts::of(x);
        let m = X::of_words(x.to_words().minus(parts.exponent));
        parts.log(m.fused(parts.inverse, x.all(-1.0)))
    }

    #[inline(always)]
    fn unusual<X: Numbers>(x: X) -> X::Words {
        words_outside(x, f64::MIN_POSITIVE, f64::MAX)
    }
}

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
    fn unusual<X: Numbers>(x: X) -> X::Words {
        // 1 + x is exact enough near -1, and its own test for NaN.
        words_outside(x.all(1.0) + x, 1.0 + LEAST, LARGEST)
    }
}
