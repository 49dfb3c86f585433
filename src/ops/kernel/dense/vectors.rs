//! Sums over columns.

use crate::ops::kernel::matrix::Entry;
use crate::ops::vector::vectorized;

/// Sums that are added up side by side.
const SUMS: usize = 16;

/// `sum(conj(x) * y)`
pub(super) fn dot<T: Entry>(x: &[T], y: &[T]) -> T {
    vectorized(
        #[inline(always)]
        || {
            let mut sums = [T::default(); SUMS];
            let (xs, x_rest) = x.as_chunks::<SUMS>();
            let (ys, y_rest) = y.as_chunks::<SUMS>();
            for (x, y) in xs.iter().zip(ys) {
                for k in 0..SUMS {
                    sums[k] += x[k].conjugate() * y[k];
                }
            }
            let rest = x_rest.iter().zip(y_rest).fold(T::default(), |sum, (x, y)| sum + x.conjugate() * *y);
            sums.iter().fold(rest, |sum, one| sum + *one)
        },
    )
}

/// `y -= x * by`
pub(super) fn subtract_scaled<T: Entry>(y: &mut [T], x: &[T], by: T) {
    vectorized(
        #[inline(always)]
        move || {
            let own = y;
            own.iter_mut().zip(x).for_each(|(y, x)| *y -= *x * by);
        },
    );
}

/// The Euclidean length, without overflow.
pub(super) fn length<T: Entry>(x: &[T]) -> f64 {
    let plain = dot(x, x).real();
    if plain > 1e-280 && plain < 1e280 {
        return plain.sqrt();
    }
    let most = x.iter().map(|v| v.real().abs().max(v.imaginary().abs())).fold(0.0, f64::max);
    if most == 0.0 || !most.is_finite() {
        return plain.sqrt();
    }
    let part = |v: &T| (v.real() / most).powi(2) + (v.imaginary() / most).powi(2);
    most * x.iter().map(part).sum::<f64>().sqrt()
}

/// Where the first element of the largest size is, the size of a complex number taken as the sum of its parts'.
pub(super) fn largest<T: Entry>(x: &[T]) -> usize {
    let size = |v: &T| v.real().abs() + v.imaginary().abs();
    let most = vectorized(
        #[inline(always)]
        || {
            let (parts, rest) = x.as_chunks::<SUMS>();
            let mut most = [0.0f64; SUMS];
            for part in parts {
                for k in 0..SUMS {
                    let size = part[k].real().abs() + part[k].imaginary().abs();
                    most[k] = if size > most[k] { size } else { most[k] };
                }
            }
            rest.iter().map(size).chain(most).fold(0.0, f64::max)
        },
    );
    x.iter().position(|v| size(v) >= most).unwrap_or(0)
}

/// `x /= by`, by the reciprocal where it is exact enough.
pub(super) fn divide<T: Entry>(x: &mut [T], by: T) {
    let size = by.modulus();
    if size > 1e-300 && size < 1e300 {
        let inverse = T::from_real(1.0) / by;
        x.iter_mut().for_each(|v| *v *= inverse);
    } else {
        x.iter_mut().for_each(|v| *v /= by);
    }
}
