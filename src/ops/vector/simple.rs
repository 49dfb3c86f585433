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

/// A third of the bits of a number, moved by this, are near the bits of its cube root: the exponent is divided, and the
/// fraction too. Chosen for the least largest error, 3.5 %.
const THIRD: u64 = 715_094_163;

impl Kernel for Cbrt {
    #[inline(always)]
    fn fast(x: f64) -> f64 {
        let a = x.abs();
        // The upper 32 bits divided by three, as a multiplication that vectors have.
        let third = ((a.to_bits() >> 32) * 0xAAAA_AAAB) >> 33;
        let y = f64::from_bits((third + THIRD) << 32);
        let y = closer_root(closer_root(y, a), a);
        // One step of Newton with the exact remainder y³ - a.
        let square = y * y;
        let square_low = y.mul_add(y, -square);
        let rest = square.mul_add(y, -a) + square_low * y;
        (y - rest / (3.0 * square)).copysign(x)
    }

    fn slow(x: f64) -> f64 {
        x.cbrt()
    }

    #[inline(always)]
    fn strange(x: f64) -> u64 {
        outside(x.abs(), f64::MIN_POSITIVE, LARGEST)
    }
}

/// One step of Halley towards the cube root of a: the error is cubed.
#[inline(always)]
fn closer_root(y: f64, a: f64) -> f64 {
    let cube = y * y * y;
    // (a + cube / 2) instead of (2 a + cube): nothing overflows near the largest numbers.
    y * (0.5_f64.mul_add(cube, a) / 0.5_f64.mul_add(a, cube))
}
