//! Arcsine, arccosine and arctangent.

use super::constants::{HALF_PI_1, HALF_PI_2, PI_1, PI_2};
use super::elementwise::Kernel;
use super::polynomial::{SIGN, horner_by_four, horner_by_two, rough_inverse};

/// atan(t) = t + t z A(z), z = t², on [-1, 1]; relative error 2^-55.
const ATAN: [f64; 19] = [
    -0.333_333_333_333_319_94,
    0.199_999_999_997_748_2,
    -0.142_857_142_723_546_66,
    0.111_111_107_055_271_84,
    -0.090_909_016_575_684_52,
    0.076_922_173_139_221_27,
    -0.066_658_921_342_698_68,
    0.058_774_748_796_996_78,
    -0.052_398_877_849_024_09,
    0.046_758_942_679_643_02,
    -0.040_970_609_939_257_3,
    0.034_145_153_559_664_71,
    -0.025_930_574_091_434_705,
    0.017_083_904_020_522_73,
    -0.009_265_172_376_388_828,
    0.003_900_329_286_610_096_5,
    -0.001_180_724_699_894_980_3,
    0.000_226_839_092_464_994_2,
    -2.066_129_944_563_312_3e-05,
];

/// asin(t) = t + t z A(z), z = t², on [-1/2, 1/2]; relative error 2^-56.
const ASIN: [f64; 12] = [
    0.166_666_666_666_653_83,
    0.075_000_000_003_428_75,
    0.044_642_856_823_606_664,
    0.030_381_959_326_615_26,
    0.022_371_753_625_052_247,
    0.017_359_769_695_609_917,
    0.013_884_611_320_671_779,
    0.012_173_201_463_092_602,
    0.006_511_164_368_730_756,
    0.019_573_118_503_610_57,
    -0.016_292_927_786_556_978,
    0.031_958_236_327_255,
];

/// How a polynomial is summed: in how many chains is fastest depends on what stands around it.
type Summed = fn(f64, &[f64; ATAN.len()]) -> f64;

/// (t, p) with atan(t) = t + p for t in [0, 1].
#[inline(always)]
pub(crate) fn atan_parts(t: f64, summed: Summed) -> (f64, f64) {
    let z = t * t;
    (t, t * z * summed(z, &ATAN))
}

/// (high + low) - (t + p), for a high not below t.
#[inline(always)]
pub(crate) fn minus_parts(high: f64, low: f64, (t, p): (f64, f64)) -> f64 {
    let difference = high - t;
    difference + (((high - difference) - t) + (low - p))
}

/// NumPy's `arctan`.
pub(crate) struct Arctan;

impl Kernel for Arctan {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        let inverse = 1.0 / a;
        // Not by the condition below: the compiler would make a loop with two polynomials of that.
        let (t, p) = atan_parts(if inverse < a { inverse } else { a }, horner_by_four);
        let (base, rest, flip) = if a > 1.0 { (HALF_PI_1, HALF_PI_2, SIGN) } else { (0.0, 0.0, 0) };
        let (t, p) = (f64::from_bits(t.to_bits() ^ flip), f64::from_bits(p.to_bits() ^ flip));
        let high = base + t;
        (high + (((base - high) + t) + (rest + p))).copysign(x)
    }

    fn slow(x: f64) -> f64 {
        x.atan()
    }
}

/// (s, p) with asin(s) = s + p, where s = |x| below 1/2 and √((1 - |x|) / 2) above.
#[inline(always)]
fn asin_parts(x: f64) -> (f64, f64) {
    let a = x.abs();
    let small = a < 0.5;
    let z = if small { a * a } else { 0.5 * (1.0 - a) };
    let root = z.sqrt();
    // The rounding error of the root, of which a few bits are enough; it is 0 where the root is.
    let error = (-root).mul_add(root, z) * rough_inverse(root + root);
    let s = if small { a } else { root };
    let error = if small { 0.0 } else { error };
    (s, (s * z).mul_add(horner_by_two(z, &ASIN), error))
}

/// NumPy's `arcsin`.
pub(crate) struct Arcsin;

impl Kernel for Arcsin {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (s, p) = asin_parts(x);
        let large = minus_parts(HALF_PI_1, HALF_PI_2, (2.0 * s, 2.0 * p));
        let value = if x.abs() < 0.5 { s + p } else { large };
        value.copysign(x)
    }

    fn slow(x: f64) -> f64 {
        x.asin()
    }
}

/// NumPy's `arccos`.
pub(crate) struct Arccos;

impl Kernel for Arccos {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let (s, p) = asin_parts(x);
        let middle = minus_parts(HALF_PI_1, HALF_PI_2, (s.copysign(x), if x < 0.0 { -p } else { p }));
        let left = minus_parts(PI_1, PI_2, (2.0 * s, 2.0 * p));
        let outer = if x < 0.0 { left } else { 2.0 * (s + p) };
        if x.abs() < 0.5 { middle } else { outer }
    }

    fn slow(x: f64) -> f64 {
        x.acos()
    }
}
