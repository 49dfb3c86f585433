//! How a function of one number becomes a function of slices.
//!
//! A kernel has up to three forms, all of which agree to the bit where more than one holds:
//!
//! ```text
//! fast   ordinary arguments, the fewest instructions: branch-free, with fused multiply-add
//! wide   more arguments, or all, a few instructions more; a kernel may do without
//! slow   every argument, one after another, from the C library; also for machines without fused multiply-add
//! ```
//!
//! A tile is computed block by block in the fast form, which also tells whether all arguments were ordinary. From the first
//! block that had another one, the rest of the tile is computed in the wide form, and the few arguments that are strange
//! even to that are repaired. Where one instruction set has something better (`tabled`), a kernel has both block forms for it,
//! and a machine uses no others. Not for arithmetic operators and comparisons.

use super::level::Level;
use super::strip::{OnStrip, Routine, STRIP, routine_of};
use std::marker::PhantomData;
use std::ops::BitOrAssign;

/// Elements computed between two looks at what was strange: enough that the look costs nothing, few enough that a tile of
/// arguments that are not ordinary wastes little.
pub(crate) const BLOCK: usize = 512;

/// A function of one number.
pub(crate) trait Kernel {
    /// Right within 2 ulp for ordinary arguments, anything for others.
    fn fast(x: f64) -> f64;

    /// Right for every argument.
    fn slow(x: f64) -> f64;

    /// The sign bit is set where `fast` does not hold; see `beyond` and `outside`.
    #[inline(always)]
    fn strange(_x: f64) -> u64 {
        0
    }

    /// `fast` of a block, and the `strange` of all its arguments together.
    #[inline(always)]
    fn fast_all(x: &[f64], out: &mut [f64]) -> u64 {
        each(x, out, Self::fast, Self::strange)
    }

    /// The same, or what is better on this machine: for a body that is compiled for the level.
    #[inline(always)]
    fn fast_block(_level: Level, x: &[f64], out: &mut [f64]) -> u64 {
        Self::fast_all(x, out)
    }

    /// Right where `fast` is, and for more.
    #[inline(always)]
    fn wide(x: f64) -> f64 {
        Self::fast(x)
    }

    /// The sign bit is set where `wide` does not hold.
    #[inline(always)]
    fn strange_to_wide(x: f64) -> u64 {
        Self::strange(x)
    }

    /// `wide` of a block, and the `strange_to_wide` of all its arguments together.
    #[inline(always)]
    fn wide_all(x: &[f64], out: &mut [f64]) -> u64 {
        each(x, out, Self::wide, Self::strange_to_wide)
    }

    /// The same, with the bits of `fast_block` where both hold: for a body that is compiled for the level.
    #[inline(always)]
    fn wide_block(_level: Level, x: &[f64], out: &mut [f64]) -> u64 {
        Self::wide_all(x, out)
    }

    /// The function in single precision; through double precision it is right within 1 ulp.
    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        Self::fast(f64::from(x)) as f32
    }

    /// The sign bit is set where `fast_single` does not hold.
    #[inline(always)]
    fn strange_single(x: f32) -> u32 {
        (Self::strange(f64::from(x)) >> 32) as u32
    }

    /// The wide form in single precision.
    #[inline(always)]
    fn wide_single(x: f32) -> f32 {
        Self::wide(f64::from(x)) as f32
    }

    /// The sign bit is set where `wide_single` does not hold.
    #[inline(always)]
    fn strange_to_wide_single(x: f32) -> u32 {
        (Self::strange_to_wide(f64::from(x)) >> 32) as u32
    }

    /// Blocks in single precision.
    #[inline(always)]
    fn fast_block_single(_level: Level, x: &[f32], out: &mut [f32]) -> u32 {
        each(x, out, Self::fast_single, Self::strange_single)
    }

    /// The same by the wide form.
    #[inline(always)]
    fn wide_block_single(_level: Level, x: &[f32], out: &mut [f32]) -> u32 {
        each(x, out, Self::wide_single, Self::strange_to_wide_single)
    }

    /// Single precision for every argument.
    fn slow_single(x: f32) -> f32 {
        Self::slow(f64::from(x)) as f32
    }
}

/// The block forms of a kernel that is also written for tables.
macro_rules! by_tables {
    () => {
        #[cfg(target_arch = "x86_64")]
        #[inline(always)]
        fn fast_block(level: $crate::ops::vector::Level, x: &[f64], out: &mut [f64]) -> u64 {
            $crate::ops::vector::abreast::fast_block::<Self>(level, x, out)
        }

        #[cfg(target_arch = "x86_64")]
        #[inline(always)]
        fn wide_block(level: $crate::ops::vector::Level, x: &[f64], out: &mut [f64]) -> u64 {
            $crate::ops::vector::abreast::wide_block::<Self>(level, x, out)
        }
    };
}

pub(super) use by_tables;

/// The function of all elements, and what is strange of them together.
#[inline(always)]
fn each<T: Copy, W: BitOrAssign + Default>(x: &[T], out: &mut [T], f: impl Fn(T) -> T, strange: impl Fn(T) -> W) -> W {
    let mut seen = W::default();
    for (value, &x) in out.iter_mut().zip(x) {
        seen |= strange(x);
        *value = f(x);
    }
    seen
}

/// One elementwise function of one argument: its name in NumPy and its kernels.
#[derive(Debug)]
pub struct Unary {
    /// NumPy's name.
    pub name: &'static str,
    /// `out[i] = f(x[i])` at a level; slices of one length.
    pub f64_at: fn(Level, &[f64], &mut [f64]),
    /// The same in single precision.
    pub f32_at: fn(Level, &[f32], &mut [f32]),
    /// The routine for a strip at a level.
    pub(crate) f64_strip: fn(Level) -> Routine,
    /// The same in single precision.
    pub(crate) f32_strip: fn(Level) -> Routine,
}

impl Unary {
    pub(crate) const fn of<K: Kernel>(name: &'static str) -> Self {
        Self {
            name,
            f64_at: map::<K>,
            f32_at: map_single::<K>,
            f64_strip: routine_of::<OneDouble<K>>,
            f32_strip: routine_of::<OneSingle<K>>,
        }
    }

    /// `out[i] = f(x[i])`; slices of one length.
    #[inline]
    pub fn run_f64(&self, x: &[f64], out: &mut [f64]) {
        (self.f64_at)(Level::best(), x, out);
    }

    /// `out[i] = f(x[i])`; slices of one length.
    #[inline]
    pub fn run_f32(&self, x: &[f32], out: &mut [f32]) {
        (self.f32_at)(Level::best(), x, out);
    }
}

/// A kernel on strips, in double and in single precision.
struct OneDouble<K>(PhantomData<K>);
struct OneSingle<K>(PhantomData<K>);

/// `fast` block by block; the number of elements before the first block that had a strange one.
macro_rules! ordinary_blocks {
    ($level:expr, $x:expr, $out:expr, $fast_block:path) => {{
        let mut done = 0;
        for (x, out) in $x.chunks(BLOCK).zip($out.chunks_mut(BLOCK)) {
            if $fast_block($level, x, out).leading_zeros() == 0 {
                break;
            }
            done += x.len();
        }
        done
    }};
}

macro_rules! maps {
    ($($map:ident $strip:ident $repair:ident $type:ty, $fast_block:ident $wide_block:ident $strange_to_wide:ident $slow:ident;)*) => {$(
        fn $map<K: Kernel>(level: Level, x: &[$type], out: &mut [$type]) {
            assert_eq!(x.len(), out.len(), "an elementwise kernel takes slices of one length");
            if !level.has_fma() {
                return out.iter_mut().zip(x).for_each(|(value, &x)| *value = K::$slow(x));
            }
            let done = level.run(
                #[inline(always)]
                || ordinary_blocks!(level, x, out, K::$fast_block),
            );
            if done < x.len() {
                $repair::<K>(level, &x[done..], &mut out[done..]);
            }
        }

        impl<K: Kernel> OnStrip for $strip<K> {
            type Number = $type;

            #[inline(always)]
            fn on_strip(level: Level, x: &[$type; STRIP], _: &[$type; STRIP], out: &mut [$type; STRIP]) {
                if !level.has_fma() {
                    return out.iter_mut().zip(x).for_each(|(value, &x)| *value = K::$slow(x));
                }
                let seen = level.run(
                    #[inline(always)]
                    || K::$fast_block(level, x, out),
                );
                if seen.leading_zeros() == 0 {
                    $repair::<K>(level, x, out);
                }
            }
        }

        /// Slices whose first block has a strange argument.
        #[cold]
        fn $repair<K: Kernel>(level: Level, x: &[$type], out: &mut [$type]) {
            let seen = level.run(
                #[inline(always)]
                || K::$wide_block(level, x, out),
            );
            if seen.leading_zeros() > 0 {
                return;
            }
            for (value, &x) in out.iter_mut().zip(x) {
                if K::$strange_to_wide(x).leading_zeros() == 0 {
                    *value = K::$slow(x);
                }
            }
        }
    )*};
}

maps! {
    map OneDouble repair f64, fast_block wide_block strange_to_wide slow;
    map_single OneSingle repair_single f32, fast_block_single wide_block_single strange_to_wide_single slow_single;
}
