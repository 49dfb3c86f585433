//! How a function of two numbers becomes a function of slices; the counterpart of `elementwise`.

use super::elementwise::BLOCK;
use super::level::Level;
use super::strip::{OnStrip, Routine, STRIP, routine_of};
use std::marker::PhantomData;

/// A function of two numbers.
pub(crate) trait Kernel2 {
    /// Right for ordinary arguments, anything for others.
    fn fast(x: f64, y: f64) -> f64;

    /// Right for all arguments.
    fn slow(x: f64, y: f64) -> f64;

    /// The sign bit is set where `fast` does not hold.
    #[inline(always)]
    fn strange(_x: f64, _y: f64) -> u64 {
        0
    }

    /// Right where `fast` is to the bit, and for more.
    #[inline(always)]
    fn wide(x: f64, y: f64) -> f64 {
        Self::fast(x, y)
    }

    /// The sign bit is set where `wide` does not hold.
    #[inline(always)]
    fn strange_to_wide(x: f64, y: f64) -> u64 {
        Self::strange(x, y)
    }

    /// Single precision, through double precision.
    #[inline(always)]
    fn fast_single(x: f32, y: f32) -> f32 {
        Self::fast(f64::from(x), f64::from(y)) as f32
    }

    /// The sign bit is set where `fast_single` does not hold.
    #[inline(always)]
    fn strange_single(x: f32, y: f32) -> u32 {
        (Self::strange(f64::from(x), f64::from(y)) >> 32) as u32
    }

    /// The wide form in single precision.
    #[inline(always)]
    fn wide_single(x: f32, y: f32) -> f32 {
        Self::wide(f64::from(x), f64::from(y)) as f32
    }

    /// The sign bit is set where `wide_single` does not hold.
    #[inline(always)]
    fn strange_to_wide_single(x: f32, y: f32) -> u32 {
        (Self::strange_to_wide(f64::from(x), f64::from(y)) >> 32) as u32
    }

    /// Single precision for all arguments.
    fn slow_single(x: f32, y: f32) -> f32 {
        Self::slow(f64::from(x), f64::from(y)) as f32
    }
}

/// `out[i] = f(x[i], y[i])` at a level, slices of one length.
pub type Map2<T> = fn(Level, &[T], &[T], &mut [T]);

/// One elementwise function of two arguments: its name in NumPy and its kernels.
#[derive(Debug)]
pub struct Binary {
    /// NumPy's name.
    pub name: &'static str,
    /// In double precision.
    pub f64_at: Map2<f64>,
    /// In single precision.
    pub f32_at: Map2<f32>,
    /// The routine for a strip at a level.
    pub(crate) f64_strip: fn(Level) -> Routine,
    /// The same in single precision.
    pub(crate) f32_strip: fn(Level) -> Routine,
}

impl Binary {
    pub(crate) const fn of<K: Kernel2>(name: &'static str) -> Self {
        Self {
            name,
            f64_at: map::<K>,
            f32_at: map_single::<K>,
            f64_strip: routine_of::<TwoDouble<K>>,
            f32_strip: routine_of::<TwoSingle<K>>,
        }
    }

    /// `out[i] = f(x[i], y[i])`; slices of one length.
    #[inline]
    pub fn run_f64(&self, x: &[f64], y: &[f64], out: &mut [f64]) {
        (self.f64_at)(Level::best(), x, y, out);
    }

    /// `out[i] = f(x[i], y[i])`; slices of one length.
    #[inline]
    pub fn run_f32(&self, x: &[f32], y: &[f32], out: &mut [f32]) {
        (self.f32_at)(Level::best(), x, y, out);
    }
}

/// A kernel on strips, in double and in single precision.
struct TwoDouble<K>(PhantomData<K>);
struct TwoSingle<K>(PhantomData<K>);

macro_rules! maps {
    ($($map:ident $strip:ident $repair:ident $type:ty, $fast:ident $strange:ident $wide:ident $strange_to_wide:ident $slow:ident;)*) => {$(
        fn $map<K: Kernel2>(level: Level, x: &[$type], y: &[$type], out: &mut [$type]) {
            assert!(x.len() == out.len() && y.len() == out.len(), "an elementwise kernel takes slices of one length");
            if !level.has_fma() {
                return out.iter_mut().zip(x.iter().zip(y)).for_each(|(value, (&x, &y))| *value = K::$slow(x, y));
            }
            let done = level.run(
                #[inline(always)]
                || {
                    let mut done = 0;
                    for ((x, y), out) in x.chunks(BLOCK).zip(y.chunks(BLOCK)).zip(out.chunks_mut(BLOCK)) {
                        let mut seen = 0;
                        for (value, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
                            seen |= K::$strange(x, y);
                            *value = K::$fast(x, y);
                        }
                        if seen.leading_zeros() == 0 {
                            break;
                        }
                        done += x.len();
                    }
                    done
                },
            );
            if done < x.len() {
                $repair::<K>(level, &x[done..], &y[done..], &mut out[done..]);
            }
        }

        impl<K: Kernel2> OnStrip for $strip<K> {
            type Number = $type;

            #[inline(always)]
            fn on_strip(level: Level, x: &[$type; STRIP], y: &[$type; STRIP], out: &mut [$type; STRIP]) {
                if !level.has_fma() {
                    return out.iter_mut().zip(x.iter().zip(y)).for_each(|(value, (&x, &y))| *value = K::$slow(x, y));
                }
                let seen = level.run(
                    #[inline(always)]
                    || {
                        let mut seen = 0;
                        for k in 0..STRIP {
                            seen |= K::$strange(x[k], y[k]);
                            out[k] = K::$fast(x[k], y[k]);
                        }
                        seen
                    },
                );
                if seen.leading_zeros() == 0 {
                    $repair::<K>(level, x, y, out);
                }
            }
        }

        /// Slices whose first block has a strange argument.
        #[cold]
        fn $repair<K: Kernel2>(level: Level, x: &[$type], y: &[$type], out: &mut [$type]) {
            let seen = level.run(
                #[inline(always)]
                || {
                    let mut seen = 0;
                    for (value, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
                        seen |= K::$strange_to_wide(x, y);
                        *value = K::$wide(x, y);
                    }
                    seen
                },
            );
            if seen.leading_zeros() > 0 {
                return;
            }
            for (value, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
                if K::$strange_to_wide(x, y).leading_zeros() == 0 {
                    *value = K::$slow(x, y);
                }
            }
        }
    )*};
}

maps! {
    map TwoDouble repair f64, fast strange wide strange_to_wide slow;
    map_single TwoSingle repair_single f32, fast_single strange_single wide_single strange_to_wide_single slow_single;
}
