//! How a function of two numbers becomes a function of slices; the counterpart of `elementwise`.

use super::level::Level;

/// A function of two numbers.
pub(crate) trait Kernel2 {
    /// Right for ordinary arguments, anything for others.
    fn fast(x: f64, y: f64) -> f64;

    /// Right for all arguments.
    fn slow(x: f64, y: f64) -> f64;

    /// Whether `fast` holds.
    #[inline(always)]
    fn is_ordinary(_x: f64, _y: f64) -> bool {
        true
    }

    /// Single precision, through double precision.
    #[inline(always)]
    fn fast_single(x: f32, y: f32) -> f32 {
        Self::fast(f64::from(x), f64::from(y)) as f32
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
}

impl Binary {
    pub(crate) const fn of<K: Kernel2>(name: &'static str) -> Self {
        Self { name, f64_at: map::<K>, f32_at: map_single::<K> }
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

macro_rules! maps {
    ($($map:ident $repair:ident $type:ty, $fast:ident $slow:ident;)*) => {$(
        fn $map<K: Kernel2>(level: Level, x: &[$type], y: &[$type], out: &mut [$type]) {
            assert!(x.len() == out.len() && y.len() == out.len(), "an elementwise kernel takes slices of one length");
            if !level.has_fma() {
                return out.iter_mut().zip(x.iter().zip(y)).for_each(|(value, (&x, &y))| *value = K::$slow(x, y));
            }
            let all_ordinary = level.run(#[inline(always)] || {
                let mut all_ordinary = true;
                for (value, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
                    all_ordinary &= K::is_ordinary(x.into(), y.into());
                    *value = K::$fast(x, y);
                }
                all_ordinary
            });
            if !all_ordinary {
                $repair::<K>(x, y, out);
            }
        }

        #[cold]
        fn $repair<K: Kernel2>(x: &[$type], y: &[$type], out: &mut [$type]) {
            for (value, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
                if !K::is_ordinary(x.into(), y.into()) {
                    *value = K::$slow(x, y);
                }
            }
        }
    )*};
}

maps! {
    map repair f64, fast slow;
    map_single repair_single f32, fast_single slow_single;
}
