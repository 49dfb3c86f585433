//! Kernels of matrix products: each sum is one chain of multiply-adds, bit for bit, on every instruction set.

use dka::ops::vector::Level;
use dka::ops::vector::product::{Factor, Panels, ROWS, VECTORS, padded_columns, padded_rows};
use dka::ops::vector::streamed::{Batch, Lines, small_products};

/// Rows, steps and columns around the edges of panels and vectors.
const SHAPES: &[(usize, usize, usize)] =
    &[(1, 1, 1), (2, 3, 5), (3, 8, 9), (4, 17, 16), (5, 31, 33), (6, 64, 32), (7, 9, 47), (13, 100, 65), (24, 5, 130)];

/// Whole numbers and what is none of them, the same for the same place.
trait Sample: Factor + PartialEq + std::fmt::Debug {
    fn sample(place: usize) -> Self;
    fn is_nan(self) -> bool;
}

macro_rules! samples {
    ($($type:ty, $of:expr, $is_nan:expr;)*) => {$(
        impl Sample for $type {
            fn sample(place: usize) -> Self {
                $of((place.wrapping_mul(2_654_435_761) >> 7) % 1009)
            }

            fn is_nan(self) -> bool {
                $is_nan(self)
            }
        }
    )*};
}

samples! {
    f64, |n| match n { 0 => f64::NAN, 1 => f64::INFINITY, n => n as f64 / 7.0 - 60.0 }, f64::is_nan;
    f32, |n| match n { 0 => f32::NAN, 1 => f32::INFINITY, n => n as f32 / 7.0 - 60.0 }, f32::is_nan;
    i64, |n| n as i64 - 500, |_| false;
    i8, |n| n as i8, |_| false;
    bool, |n| n % 3 == 0, |_| false;
}

/// A matrix in C order.
struct Matrix<T> {
    elements: Vec<T>,
    columns: usize,
}

impl<T: Sample> Matrix<T> {
    fn new(rows: usize, columns: usize, seed: usize) -> Self {
        Matrix { elements: (0..rows * columns).map(|at| T::sample(at + seed)).collect(), columns }
    }

    fn at(&self, row: usize, column: usize) -> T {
        self.elements[row * self.columns + column]
    }

    /// Panels of lanes, step by step.
    fn packed(&self, panel: usize, padded: usize, steps: usize, lanes: usize, turned: bool) -> Vec<T> {
        let one = |lane: usize, step: usize| match lane < lanes {
            true if turned => self.at(step, lane),
            true => self.at(lane, step),
            false => T::default(),
        };
        let panels = (0..padded).step_by(panel).flat_map(|first| {
            let width = panel.min(padded - first);
            (0..steps).flat_map(move |step| (first..first + width).map(move |lane| (lane, step)))
        });
        panels.map(|(lane, step)| one(lane, step)).collect()
    }
}

fn chain<T: Sample>(level: Level, a: &Matrix<T>, b: &Matrix<T>, (i, k, j): (usize, usize, usize)) -> T {
    let sum = (0..k).fold(T::default(), |sum, s| match level.has_fma() {
        true => a.at(i, s).times_plus::<true>(b.at(s, j), sum),
        false => a.at(i, s).times_plus::<false>(b.at(s, j), sum),
    });
    T::default().plus(sum)
}

fn same<T: Sample>(got: T, wanted: T, what: &str) {
    assert!(got == wanted || (got.is_nan() && wanted.is_nan()), "{what}: {got:?} instead of {wanted:?}");
}

fn panels_are_chains<T: Sample>(level: Level, (n, k, m): (usize, usize, usize)) {
    let (a, b) = (Matrix::<T>::new(n, k, 1), Matrix::<T>::new(k, m, 2));
    let (rows, columns, wide) = (padded_rows(n), padded_columns::<T>(m), VECTORS * T::LANES);
    let block = Panels { rows, columns, steps: k, above: false };
    let (left, right) = (a.packed(ROWS, rows, k, n, false), b.packed(wide, columns, k, m, true));
    let mut sums = vec![T::default(); rows * columns];
    T::accumulate(level, &block, &left, &right, &mut sums);
    for (i, j) in (0..n).flat_map(|i| (0..m).map(move |j| (i, j))) {
        let first = j / wide * wide;
        let got = sums[first * rows + i * wide.min(columns - first) + j - first];
        same(got, chain(level, &a, &b, (i, k, j)), &format!("{level:?}, {:?}, row {i}, column {j}", (n, k, m)));
    }
}

/// The product of each row of `a` with `b` as it lies, and turned.
fn streams_are_chains<T: Sample>(level: Level, (n, k, m): (usize, usize, usize)) {
    let (a, b) = (Matrix::<T>::new(n, k, 3), Matrix::<T>::new(k, m, 4));
    let turned: Vec<T> = (0..m).flat_map(|j| (0..k).map(move |s| (s, j))).map(|(s, j)| b.at(s, j)).collect();
    for i in 0..n {
        let vector: Vec<T> = (0..k).map(|s| a.at(i, s)).collect();
        let lying = Lines { all: &b.elements, at: 0, across: 1, along: m as isize };
        for lines in [lying, Lines { all: &turned, at: 0, across: k as isize, along: 1 }] {
            let mut sums = vec![T::default(); m];
            lines.add(level, &vector[..k / 2], &mut sums);
            let rest = Lines { at: lines.along * (k / 2) as isize, ..lines };
            rest.add(level, &vector[k / 2..], &mut sums);
            for (j, sum) in sums.iter().enumerate() {
                same(
                    T::default().plus(*sum),
                    chain(level, &a, &b, (i, k, j)),
                    &format!("{level:?}, row {i}, column {j}"),
                );
            }
        }
    }
}

fn small_ones_are_chains<T: Sample>(level: Level, (n, k, m): (usize, usize, usize)) {
    let (a, b) = (Matrix::<T>::new(3 * n, k, 5), Matrix::<T>::new(3 * k, m, 6));
    let first = Lines { all: &a.elements[..], at: 0, across: k as isize, along: 1 };
    let left = Batch { first, stride: (n * k) as isize };
    let first = Lines { all: &b.elements[..], at: 0, across: 1, along: m as isize };
    let right = Batch { first, stride: (k * m) as isize };
    let mut out = vec![T::default(); 3 * n * m];
    small_products(level, left, right, (n, k, m), &mut out);
    for (at, got) in out.iter().enumerate() {
        let (number, i, j) = (at / (n * m), at / m % n, at % m);
        let a = Matrix { elements: a.elements[number * n * k..][..n * k].to_vec(), columns: k };
        let b = Matrix { elements: b.elements[number * k * m..][..k * m].to_vec(), columns: m };
        same(*got, chain(level, &a, &b, (i, k, j)), &format!("{level:?}, matrix {number}, row {i}, column {j}"));
    }
}

/// All kernels for all shapes on all instruction sets of this machine.
fn all<T: Sample>() {
    for level in Level::available() {
        for &shape in SHAPES {
            panels_are_chains::<T>(level, shape);
            streams_are_chains::<T>(level, shape);
        }
        for shape in [(2, 2, 2), (3, 3, 3), (4, 4, 4), (1, 3, 1), (3, 3, 1), (5, 2, 7), (8, 8, 8)] {
            small_ones_are_chains::<T>(level, shape);
        }
    }
}

#[test]
fn sums_of_products_are_chains_at_every_level() {
    all::<f64>();
    all::<f32>();
    all::<i64>();
    all::<i8>();
    all::<bool>();
}

#[test]
fn sums_below_the_diagonal_alone_are_left_out() {
    for level in Level::available() {
        let (n, k) = (77, 19);
        let a = Matrix::<f64>::new(n, k, 9);
        let (rows, columns, wide) = (padded_rows(n), padded_columns::<f64>(n), VECTORS * 8);
        let block = Panels { rows, columns, steps: k, above: true };
        let (left, right) = (a.packed(ROWS, rows, k, n, false), a.packed(wide, columns, k, n, false));
        let mut sums = vec![0.0; rows * columns];
        f64::accumulate(level, &block, &left, &right, &mut sums);
        let turned = Matrix { elements: (0..k * n).map(|at| a.at(at % n, at / n)).collect(), columns: n };
        for (i, j) in (0..n).flat_map(|i| (i..n).map(move |j| (i, j))) {
            let first = j / wide * wide;
            let got = sums[first * rows + i * wide.min(columns - first) + j - first];
            same(got, chain(level, &a, &turned, (i, k, j)), &format!("{level:?}, row {i}, column {j}"));
        }
    }
}
