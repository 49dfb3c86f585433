//! The inner kernel of matrix products: a small tile of sums in registers, fed from packed panels.
//!
//! An element's sum is one chain of multiply-adds in the order of its steps, whatever the tile it lies in, so that bits do
//! not depend on where a product was cut. Not for packing, dtypes or threads.

use super::Level;

/// Rows of a panel on the side whose elements are repeated.
pub const ROWS: usize = 6;
/// Vectors of a panel on the side that lies in vectors. 6 x 4 sums in registers wait for no multiply-add and read so little
/// that panels pass from the second cache: 98 % of what bare multiply-adds make, 4 x 4 sums 86 %.
pub const VECTORS: usize = 4;
/// Bytes of packed columns that are walked again and again: a quarter of a common L2 cache.
const CACHED: usize = 256 << 10;

/// An element of a product.
pub trait Factor: Copy + Default + Send + Sync + 'static {
    /// Elements of the widest vector.
    const LANES: usize;

    /// `self * other + sum`, rounded once where `FUSED`; integers wrap.
    #[must_use]
    fn times_plus<const FUSED: bool>(self, other: Self, sum: Self) -> Self;

    /// The sum; integers wrap.
    #[must_use]
    fn plus(self, other: Self) -> Self;

    /// The negative; integers wrap.
    #[must_use]
    fn negated(self) -> Self;

    /// Adds the products of two packed blocks to the sums. Closures that run on a level consume `sums`: what can be called
    /// once only has no second body, which is too long to be inlined and would stay plain code.
    fn accumulate(level: Level, block: &Panels, rows: &[Self], columns: &[Self], sums: &mut [Self]);
}

/// What two packed blocks have in common: panels of [`ROWS`] rows and of [`VECTORS`] vectors, each step by step; the last
/// ones are as wide as they must be. Sums lie tile by tile, the tiles of one panel of columns after another.
#[derive(Clone, Copy, Debug)]
pub struct Panels {
    /// Rows with what fills the last panel.
    pub rows: usize,
    /// Columns with what fills the last panel.
    pub columns: usize,
    /// Products in each sum.
    pub steps: usize,
    /// Whether only sums on and above the diagonal are wanted.
    pub above: bool,
}

/// Rows with what fills the last panel: 1, 2, 4 or 6 of them.
#[must_use]
pub fn padded_rows(rows: usize) -> usize {
    rows / ROWS * ROWS + [0, 1, 2, 4, 4, 6][rows % ROWS]
}

/// Columns with what fills the last vector.
#[must_use]
pub fn padded_columns<T: Factor>(columns: usize) -> usize {
    columns.div_ceil(T::LANES) * T::LANES
}

/// One tile of sums and its panels.
pub(super) struct Tile<'a, T> {
    pub(super) rows: &'a [T],
    pub(super) columns: &'a [T],
    /// The rows of the next tile.
    pub(super) next: &'a [T],
    /// Columns of the panel.
    pub(super) width: usize,
    /// The first column that is wanted.
    pub(super) first: usize,
    pub(super) sums: &'a mut [T],
}

impl Panels {
    /// Calls the kernel for every tile: rows inside groups of columns that stay in the cache.
    #[inline(always)]
    pub(super) fn walk<T: Factor>(
        &self,
        rows: &[T],
        columns: &[T],
        sums: &mut [T],
        kernel: impl Fn(usize, Tile<'_, T>),
    ) {
        let wide = VECTORS * T::LANES;
        let group = (CACHED / (self.steps * size_of::<T>()).max(1)).div_ceil(wide).max(1) * wide;
        for low in (0..self.columns).step_by(group) {
            for row in (0..self.rows).step_by(ROWS) {
                let height = ROWS.min(self.rows - row);
                let (left, below) = rows[row * self.steps..].split_at(height * self.steps);
                for column in (low..self.columns.min(low + group)).step_by(wide) {
                    let width = wide.min(self.columns - column);
                    let first = if self.above { row.saturating_sub(column) / T::LANES * T::LANES } else { 0 };
                    if first >= width {
                        continue;
                    }
                    let right = &columns[column * self.steps..(column + width) * self.steps];
                    let sums = &mut sums[column * self.rows + row * width..][..height * width];
                    let next = if column + wide < self.columns.min(low + group) { left } else { below };
                    kernel(height, Tile { rows: left, columns: right, next, width, first, sums });
                }
            }
        }
    }
}

impl<T: Factor> Tile<'_, T> {
    /// The sums of `R` rows and `V` vectors of `W` columns from column `first`.
    #[inline(always)]
    fn strip<const FUSED: bool, const R: usize, const V: usize, const W: usize>(&mut self, first: usize) {
        let mut sums = [[[T::default(); W]; V]; R];
        for (x, y) in self.rows.as_chunks::<R>().0.iter().zip(self.columns.chunks_exact(self.width)) {
            let y = y[first..first + V * W].as_chunks::<W>().0;
            for r in 0..R {
                for v in 0..V {
                    sums[r][v] = line::<T, FUSED, W>(x[r], &y[v], sums[r][v]);
                }
            }
        }
        for r in 0..R {
            let out = &mut self.sums[r * self.width + first..][..V * W];
            for (out, sum) in out.iter_mut().zip(sums[r].as_flattened()) {
                *out = out.plus(*sum);
            }
        }
    }

    /// All columns, vectors of `W` two or one at a time: what 16 registers have room for.
    #[inline(always)]
    fn strips<const FUSED: bool, const R: usize, const V: usize, const W: usize>(&mut self) {
        for first in (self.first..self.width).step_by(V * W) {
            self.strip::<FUSED, R, V, W>(first);
        }
    }
}

/// One row's multiply-adds of one vector. A loop of its own: unrolled together with the others it stays scalar.
#[inline(always)]
pub(super) fn line<T: Factor, const FUSED: bool, const W: usize>(x: T, y: &[T; W], mut sums: [T; W]) -> [T; W] {
    for w in 0..W {
        sums[w] = x.times_plus::<FUSED>(y[w], sums[w]);
    }
    sums
}

/// Products by strips of `V` vectors of `W` elements.
#[inline(always)]
fn by_strips<T: Factor, const FUSED: bool, const V: usize, const W: usize>(
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
        |height, mut tile| match height {
            ROWS => tile.strips::<FUSED, ROWS, V, W>(),
            4 => tile.strips::<FUSED, 4, V, W>(),
            2 => tile.strips::<FUSED, 2, V, W>(),
            _ => tile.strips::<FUSED, 1, V, W>(),
        },
    );
}

macro_rules! float_factors {
    ($($type:ty, $lanes:literal, $half:literal;)*) => {$(
        impl Factor for $type {
            const LANES: usize = $lanes;

            #[inline(always)]
            fn times_plus<const FUSED: bool>(self, other: Self, sum: Self) -> Self {
                if FUSED { self.mul_add(other, sum) } else { self * other + sum }
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }

            #[inline(always)]
            fn negated(self) -> Self {
                -self
            }

            fn accumulate(level: Level, block: &Panels, rows: &[Self], columns: &[Self], sums: &mut [Self]) {
                match level {
                    Level::Plain => by_strips::<Self, false, 1, $half>(block, rows, columns, sums),
                    #[cfg(target_arch = "x86_64")]
                    Level::V3(simd) => simd.vectorize(
                        #[inline(always)]
                        move || {
                            let own = sums;
                            super::registers::by_registers::<_, _, 2>(simd, block, rows, columns, own);
                        },
                    ),
                    #[cfg(target_arch = "x86_64")]
                    Level::V4(simd) => simd.vectorize(
                        #[inline(always)]
                        move || {
                            let own = sums;
                            super::registers::by_registers::<_, _, VECTORS>(simd, block, rows, columns, own);
                        },
                    ),
                    #[cfg(target_arch = "aarch64")]
                    Level::Neon => by_strips::<Self, true, 2, $half>(block, rows, columns, sums),
                }
            }
        }
    )*};
}

float_factors! { f64, 8, 4; f32, 16, 8; }

macro_rules! exact_factors {
    ($($type:ty, $lanes:literal, $half:literal, $times:expr, $plus:expr, $negated:expr;)*) => {$(
        impl Factor for $type {
            const LANES: usize = $lanes;

            #[inline(always)]
            fn times_plus<const FUSED: bool>(self, other: Self, sum: Self) -> Self {
                $plus($times(self, other), sum)
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                $plus(self, other)
            }

            #[inline(always)]
            fn negated(self) -> Self {
                $negated(self)
            }

            fn accumulate(level: Level, block: &Panels, rows: &[Self], columns: &[Self], sums: &mut [Self]) {
                // One half vector at a time: the compiler makes vectors of these sums and of no more.
                level.run(
                    #[inline(always)]
                    move || {
                        let own = sums;
                        by_strips::<Self, false, 1, $half>(block, rows, columns, own);
                    },
                );
            }
        }
    )*};
}

macro_rules! integer_factors {
    ($($type:ty, $lanes:literal, $half:literal;)*) => {
        exact_factors! { $($type, $lanes, $half, <$type>::wrapping_mul, <$type>::wrapping_add, <$type>::wrapping_neg;)* }
    };
}

integer_factors! { i64, 8, 4; u64, 8, 4; i32, 16, 8; u32, 16, 8; i16, 32, 16; u16, 32, 16; i8, 64, 32; u8, 64, 32; }
exact_factors! { bool, 64, 32, |a, b| a & b, |a, b| a | b, std::convert::identity; }
