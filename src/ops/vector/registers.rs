//! Matrix products of floats in the vectors of one instruction set, as the compiler does not write them by itself: more than
//! 16 sums in registers. Not for integers, nor for machines without such vectors: see [`super::product`].

use super::prefetch::prefetch_near;
use super::product::{Factor, Panels, ROWS, Tile};
use bytemuck::Pod;
use pulp::x86::{V3, V4};
use pulp::{f32x8, f32x16, f64x4, f64x8};

/// Vectors of an instruction set.
pub(super) trait Registers<T>: Copy {
    type Vector: Pod;
    fn splat(self, one: T) -> Self::Vector;
    fn times_plus(self, a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector;
    fn plus(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
}

macro_rules! registers {
    ($($simd:ty, $item:ty, $vector:ty, $splat:ident, $times_plus:ident, $plus:ident;)*) => {$(
        impl Registers<$item> for $simd {
            type Vector = $vector;

            #[inline(always)]
            fn splat(self, one: $item) -> $vector {
                self.$splat(one)
            }

            #[inline(always)]
            fn times_plus(self, a: $vector, b: $vector, sum: $vector) -> $vector {
                self.$times_plus(a, b, sum)
            }

            #[inline(always)]
            fn plus(self, a: $vector, b: $vector) -> $vector {
                self.$plus(a, b)
            }
        }
    )*};
}

registers! {
    V3, f64, f64x4, splat_f64x4, mul_add_f64x4, add_f64x4;
    V3, f32, f32x8, splat_f32x8, mul_add_f32x8, add_f32x8;
    V4, f64, f64x8, splat_f64x8, mul_add_f64x8, add_f64x8;
    V4, f32, f32x16, splat_f32x16, mul_add_f32x16, add_f32x16;
}

/// The sums of `R` rows and of `V` vectors from vector `first` on. Panels of exactly `V` vectors are `WHOLE`. Asking for the
/// old sums and for the next rows while this tile is multiplied is a tenth of the time.
#[inline(always)]
fn strip<T: Factor + Pod, S: Registers<T>, const R: usize, const V: usize, const WHOLE: bool>(
    simd: S,
    tile: &mut Tile<'_, T>,
    first: usize,
) {
    let mut sums = [[simd.splat(T::default()); V]; R];
    let columns: &[S::Vector] = bytemuck::cast_slice(tile.columns);
    let wide = if WHOLE { V } else { tile.width * size_of::<T>() / size_of::<S::Vector>() };
    let mut next = tile.next.as_ptr().addr();
    for old in tile.sums.chunks(64 / size_of::<T>()) {
        prefetch_near(old.as_ptr().addr());
    }
    for (x, y) in tile.rows.as_chunks::<R>().0.iter().zip(columns.chunks_exact(wide)) {
        let y: &[S::Vector; V] = y[first..first + V].first_chunk().expect("a slice of V vectors");
        prefetch_near(next);
        next = next.wrapping_add(R * size_of::<T>());
        for r in 0..R {
            let x = simd.splat(x[r]);
            for v in 0..V {
                sums[r][v] = simd.times_plus(x, y[v], sums[r][v]);
            }
        }
    }
    let out: &mut [S::Vector] = bytemuck::cast_slice_mut(tile.sums);
    for (out, sums) in out.chunks_exact_mut(wide).zip(&sums) {
        for (out, sum) in out[first..first + V].iter_mut().zip(sums) {
            *out = simd.plus(*out, *sum);
        }
    }
}

/// All columns that are wanted, `V` vectors at a time.
#[inline(always)]
fn strips<T: Factor + Pod, S: Registers<T>, const R: usize, const V: usize>(simd: S, mut tile: Tile<'_, T>) {
    let lanes = size_of::<S::Vector>() / size_of::<T>();
    let (mut first, wide) = (tile.first / lanes, tile.width / lanes);
    if first == 0 && wide == V {
        return strip::<T, S, R, V, true>(simd, &mut tile, 0);
    }
    while first < wide {
        first += match wide - first {
            left if left >= V => {
                strip::<T, S, R, V, false>(simd, &mut tile, first);
                V
            }
            3 => {
                strip::<T, S, R, 3, false>(simd, &mut tile, first);
                3
            }
            2 => {
                strip::<T, S, R, 2, false>(simd, &mut tile, first);
                2
            }
            _ => {
                strip::<T, S, R, 1, false>(simd, &mut tile, first);
                1
            }
        };
    }
}

/// Products of packed panels, `V` vectors at a time.
#[inline(always)]
pub(super) fn by_registers<T: Factor + Pod, S: Registers<T>, const V: usize>(
    simd: S,
    panels: &Panels,
    rows: &[T],
    columns: &[T],
    sums: &mut [T],
) {
    panels.walk(
        rows,
        columns,
        sums,
        #[inline(always)]
        |height, tile| match height {
            ROWS => strips::<T, S, ROWS, V>(simd, tile),
            4 => strips::<T, S, 4, V>(simd, tile),
            2 => strips::<T, S, 2, V>(simd, tile),
            _ => strips::<T, S, 1, V>(simd, tile),
        },
    );
}
