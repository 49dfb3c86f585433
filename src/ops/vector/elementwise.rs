//! How a function of one number becomes a function of slices, and the table of those functions.
//!
//! Every kernel has a fast form, branch-free with fused multiply-add, that holds for its `ordinary` arguments, and a slow
//! form from the C library for the others and for machines without FMA. The loop computes the fast form for all and then
//! repairs the few that were not ordinary. Not for arithmetic operators and comparisons.

use super::level::Level;

/// A function of one number.
pub(crate) trait Kernel {
    /// Right within 2 ulp for ordinary arguments, anything for others.
    fn fast(x: f64) -> f64;

    /// Right for every argument.
    fn slow(x: f64) -> f64;

    /// Whether `fast` holds for `x`.
    #[inline(always)]
    fn is_ordinary(_x: f64) -> bool {
        true
    }

    /// The function in single precision; through double precision it is right within 1 ulp.
    #[inline(always)]
    fn fast_single(x: f32) -> f32 {
        Self::fast(f64::from(x)) as f32
    }
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
}

impl Unary {
    pub(crate) const fn of<K: Kernel>(name: &'static str) -> Self {
        Self { name, f64_at: map::<K>, f32_at: map_single::<K> }
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

fn map<K: Kernel>(level: Level, x: &[f64], out: &mut [f64]) {
    assert_eq!(x.len(), out.len(), "an elementwise kernel takes slices of one length");
    if !level.has_fma() {
        return out.iter_mut().zip(x).for_each(|(value, &x)| *value = K::slow(x));
    }
    let all_ordinary = level.run(
        #[inline(always)]
        || {
            let mut all_ordinary = true;
            for (value, &x) in out.iter_mut().zip(x) {
                all_ordinary &= K::is_ordinary(x);
                *value = K::fast(x);
            }
            all_ordinary
        },
    );
    if !all_ordinary {
        repair::<K>(x, out);
    }
}

#[cold]
fn repair<K: Kernel>(x: &[f64], out: &mut [f64]) {
    for (value, &x) in out.iter_mut().zip(x) {
        if !K::is_ordinary(x) {
            *value = K::slow(x);
        }
    }
}

fn map_single<K: Kernel>(level: Level, x: &[f32], out: &mut [f32]) {
    assert_eq!(x.len(), out.len(), "an elementwise kernel takes slices of one length");
    if !level.has_fma() {
        return out.iter_mut().zip(x).for_each(|(value, &x)| *value = K::slow(f64::from(x)) as f32);
    }
    let all_ordinary = level.run(
        #[inline(always)]
        || {
            let mut all_ordinary = true;
            for (value, &x) in out.iter_mut().zip(x) {
                all_ordinary &= K::is_ordinary(f64::from(x));
                *value = K::fast_single(x);
            }
            all_ordinary
        },
    );
    if !all_ordinary {
        repair_single::<K>(x, out);
    }
}

#[cold]
fn repair_single<K: Kernel>(x: &[f32], out: &mut [f32]) {
    for (value, &x) in out.iter_mut().zip(x) {
        if !K::is_ordinary(f64::from(x)) {
            *value = K::slow(f64::from(x)) as f32;
        }
    }
}
