//! Functions that are one instruction or a few: roots, rounding, signs, scaling.

use super::elementwise::Kernel;
use super::polynomial::outside;

/// Kernels whose fast form is their slow form too, in both precisions.
macro_rules! simple {
    ($($doc:literal $kernel:ident: $x:ident => $value:expr, $single:expr;)*) => {$(
        #[doc = $doc]
        pub(crate) struct $kernel;

        impl Kernel for $kernel {
            #[inline(always)]
            fn fast($x: f64) -> f64 {
                $value
            }

            fn slow($x: f64) -> f64 {
                $value
            }

            #[inline(always)]
            fn fast_single($x: f32) -> f32 {
                $single
            }
        }
    )*};
}

simple! {
    "NumPy's `sqrt`." Sqrt: x => x.sqrt(), x.sqrt();
    "NumPy's `rint`: halves to even." Rint: x => x.round_ties_even(), x.round_ties_even();
    "NumPy's `floor`." Floor: x => x.floor(), x.floor();
    "NumPy's `ceil`." Ceil: x => x.ceil(), x.ceil();
    "NumPy's `trunc`." Trunc: x => x.trunc(), x.trunc();
    "NumPy's `reciprocal`." Reciprocal: x => 1.0 / x, 1.0 / x;
    "NumPy's `square`." Square: x => x * x, x * x;
    "NumPy's `deg2rad`." Deg2rad: x => x * (std::f64::consts::PI / 180.0), x * (std::f32::consts::PI / 180.0);
    "NumPy's `rad2deg`." Rad2deg: x => x * (180.0 / std::f64::consts::PI), x * (180.0 / std::f32::consts::PI);
    "NumPy's `sign`: NaN of NaN." Sign: x => sign(x), sign_single(x);
    "NumPy's `absolute`." Abs: x => x.abs(), x.abs();
    "NumPy's `negative`." Negative: x => -x, -x;
}

#[inline(always)]
fn sign(x: f64) -> f64 {
    let of_negative = if x < 0.0 { -1.0 } else { x + 0.0 };
    if x > 0.0 { 1.0 } else { of_negative }
}

#[inline(always)]
fn sign_single(x: f32) -> f32 {
    let of_negative = if x < 0.0 { -1.0 } else { x + 0.0 };
    if x > 0.0 { 1.0 } else { of_negative }
}

/// NumPy's `cbrt`.
pub(crate) struct Cbrt;

/// Beyond this the cube of a root that is a little too large overflows.
const LARGEST: f64 = 1e300;

/// This less a third of the bits of a number are near the bits of its inverse cube root: the exponent is divided, and the
/// fraction too. Chosen for the least largest 1 - a r³, a tenth.
const INVERSE_THIRD: u64 = 1_430_186_338;

impl Kernel for Cbrt {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        // The upper 32 bits divided by three, as a multiplication that vectors have.
        let third = ((a.to_bits() >> 32) * 0xAAAA_AAAB) >> 33;
        let r = f64::from_bits((INVERSE_THIRD - third) << 32);
        let r = closer_inverse_root(closer_inverse_root(r, a), a);
        let square = r * r;
        let y = a * square;
        // One step of Newton with the exact remainder y³ - a; 1 / y² is r².
        let y_square = y * y;
        let y_square_low = y.mul_add(y, -y_square);
        let rest = y_square_low.mul_add(y, y_square.mul_add(y, -a));
        (rest * square).mul_add(-1.0 / 3.0, y).copysign(x)
    }

    fn slow(x: f64) -> f64 {
        x.cbrt()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x.abs(), f64::MIN_POSITIVE, LARGEST)
    }
}

/// One step towards the inverse cube root of a, by the series of (1 - e)^-⅓ with e = 1 - a r³: the next error is e⁴ / 7.
#[inline(always)]
fn closer_inverse_root(r: f64, a: f64) -> f64 {
    let e = (-(a * r)).mul_add(r * r, 1.0);
    let series = e.mul_add(e.mul_add(14.0 / 81.0, 2.0 / 9.0), 1.0 / 3.0);
    (r * e).mul_add(series, r)
}
