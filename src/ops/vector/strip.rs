//! Functions on strips: pieces of a tile, all of one length, by routines that are compiled for one instruction set each and
//! can be called by address.

use super::level::Level;
#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};

/// Elements of a strip: sixteen vectors of eight float64, so that neither the call of a kernel nor its last results, which
/// nothing is computed beside, show in its time (`log1p(exp(-X)).mean()` takes 57 ms with half as many, 53 so).
pub const STRIP: usize = 128;

/// A kernel on one strip: three operands (as many as it has) and the result.
///
/// # Safety
/// The machine has the instruction set that the routine was made for. The operands that the kernel has, and the result, are
/// strips of its types, and no operand is the result's memory.
pub type Routine = unsafe fn(a: *mut u8, b: *mut u8, c: *mut u8, out: *mut u8);

/// An instruction set, as a type.
pub(crate) trait Set {
    /// Its level.
    ///
    /// # Safety
    /// The machine has the set.
    unsafe fn level() -> Level;
}

/// What every machine has.
pub(crate) struct Plain;

impl Set for Plain {
    #[inline(always)]
    unsafe fn level() -> Level {
        Level::Plain
    }
}

#[cfg(target_arch = "x86_64")]
impl Set for V3 {
    #[inline(always)]
    unsafe fn level() -> Level {
        // SAFETY: the caller's promise.
        Level::V3(unsafe { V3::new_unchecked() })
    }
}

#[cfg(target_arch = "x86_64")]
impl Set for V4 {
    #[inline(always)]
    unsafe fn level() -> Level {
        // SAFETY: the caller's promise.
        Level::V4(unsafe { V4::new_unchecked() })
    }
}

/// What every 64-bit Arm has.
#[cfg(target_arch = "aarch64")]
pub(crate) struct Neon;

#[cfg(target_arch = "aarch64")]
impl Set for Neon {
    #[inline(always)]
    unsafe fn level() -> Level {
        Level::Neon
    }
}

/// The routine `$name::<$of, Set>` for the set of a level.
macro_rules! routine_at {
    ($level:expr, $name:ident, $of:ty) => {
        match $level {
            $crate::ops::vector::Level::Plain => $name::<$of, $crate::ops::vector::strip::Plain> as Routine,
            #[cfg(target_arch = "x86_64")]
            $crate::ops::vector::Level::V3(_) => $name::<$of, pulp::x86::V3>,
            #[cfg(target_arch = "x86_64")]
            $crate::ops::vector::Level::V4(_) => $name::<$of, pulp::x86::V4>,
            #[cfg(target_arch = "aarch64")]
            $crate::ops::vector::Level::Neon => $name::<$of, $crate::ops::vector::strip::Neon>,
        }
    };
}

pub(crate) use routine_at;

/// A function of one or two numbers on a strip.
pub(crate) trait OnStrip {
    /// What it is a function of.
    type Number: Copy;

    /// `out[i] = f(x[i], y[i])`; a function of one number is given any `y`.
    fn on_strip(level: Level, x: &[Self::Number; STRIP], y: &[Self::Number; STRIP], out: &mut [Self::Number; STRIP]);
}

/// The routine of a function for a level.
pub(crate) fn routine_of<F: OnStrip>(level: Level) -> Routine {
    routine_at!(level, by_address, F)
}

/// The function on strips given by their addresses.
///
/// # Safety
/// As for every [`Routine`]; where the function is of one number, the second address is that of a strip all the same.
unsafe fn by_address<F: OnStrip, S: Set>(x: *mut u8, y: *mut u8, _: *mut u8, out: *mut u8) {
    // SAFETY: the caller's promise. Measured reason: a call by address takes 1.4 ns, a kernel's on slices 20.
    unsafe {
        let (x, y) = (&*x.cast::<[F::Number; STRIP]>(), &*y.cast::<[F::Number; STRIP]>());
        F::on_strip(S::level(), x, y, &mut *out.cast::<[F::Number; STRIP]>());
    }
}

#[cfg(test)]
mod tests {
    use super::{Routine, STRIP};
    use crate::ops::vector::{BINARY, Level, UNARY};
    use num_traits::Float;

    /// What functions treat on its own, among ordinary numbers.
    const STRANGE: [f64; 14] = [
        0.0,
        -0.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1.0,
        -1.0,
        5e-324,
        1e-310,
        800.0,
        -800.0,
        1e10,
        1e300,
        0.5,
    ];

    /// Strips of ordinary numbers, with ever more others among them.
    fn strips<T: Float>() -> Vec<[T; STRIP]> {
        let cast = |value: f64| T::from(value).expect("a float holds every float, rounded");
        let ordinary = |k: usize| (k as f64 * 0.618).fract() * 3.0;
        let strip = |strange: usize| {
            std::array::from_fn(|k| cast(if k < strange { STRANGE[k % STRANGE.len()] } else { ordinary(k) }))
        };
        [0, 1, 14, STRIP].into_iter().map(strip).collect()
    }

    fn assert_same<T: Float + std::fmt::Debug>(
        name: &str,
        level: Level,
        routine: Routine,
        x: &[T; STRIP],
        y: &[T; STRIP],
        whole: &[T],
    ) {
        let mut out = [T::zero(); STRIP];
        let (x, y) = (std::ptr::from_ref(x).cast_mut().cast(), std::ptr::from_ref(y).cast_mut().cast());
        // SAFETY: the level is one of this machine's, and all are strips of the type that the routine is for.
        unsafe { routine(x, y, y, out.as_mut_ptr().cast()) };
        for (k, (a, b)) in out.iter().zip(whole).enumerate() {
            let same = a.integer_decode() == b.integer_decode() || (a.is_nan() && b.is_nan());
            assert!(same, "{name} at {level:?}, element {k}: {a:?} on a strip, {b:?} on a tile");
        }
    }

    macro_rules! strips_are_as_tiles {
        ($test:ident $type:ty, $at:ident $strip:ident) => {
            #[test]
            fn $test() {
                for level in Level::available() {
                    for (x, y) in strips::<$type>().iter().zip(strips::<$type>().iter().rev()) {
                        let mut whole = [0.0; STRIP];
                        for row in UNARY {
                            (row.$at)(level, x, &mut whole);
                            assert_same(row.name, level, (row.$strip)(level), x, x, &whole);
                        }
                        for row in BINARY {
                            (row.$at)(level, x, y, &mut whole);
                            assert_same(row.name, level, (row.$strip)(level), x, y, &whole);
                        }
                    }
                }
            }
        };
    }

    strips_are_as_tiles! { strips_of_doubles_are_as_tiles f64, f64_at f64_strip }
    strips_are_as_tiles! { strips_of_singles_are_as_tiles f32, f32_at f32_strip }
}
