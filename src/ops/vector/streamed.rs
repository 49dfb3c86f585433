//! Products of matrices that are read where they lie: those with a vector, which pass once through memory, and those too
//! small to be packed. Each sum is the chain of multiply-adds that [`super::product`] makes of the same steps.

use super::Level;
use super::prefetch::{prefetch, prefetch_near};
use super::product::{Factor, line};

/// A strided matrix in memory: where it begins, and its strides along lanes and along the steps that are summed.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a, T> {
    pub all: &'a [T],
    pub at: isize,
    pub across: isize,
    pub along: isize,
}

/// Lanes, or steps, that are taken together: one line of memory of float64.
const TOGETHER: usize = 8;

impl<T: Factor> Lines<'_, T> {
    #[inline(always)]
    fn element(&self, lane: usize, step: usize) -> T {
        self.all[(self.at + self.across * lane as isize + self.along * step as isize) as usize]
    }

    /// `len` elements side by side from a lane and a step on.
    #[inline(always)]
    fn run(&self, lane: usize, step: usize, len: usize) -> &[T] {
        let at = (self.at + self.across * lane as isize + self.along * step as isize) as usize;
        &self.all[at..at + len]
    }

    /// Whether [`Lines::add`] reads memory in order.
    #[must_use]
    pub fn is_in_runs(across: isize, along: isize) -> bool {
        across == 1 || along == 1
    }

    /// Adds to each lane's sum its products with a vector, step by step.
    #[inline]
    pub fn add(&self, level: Level, vector: &[T], sums: &mut [T]) {
        if level.has_fma() {
            level.run(
                #[inline(always)]
                move || {
                    let own = sums;
                    self.add_runs::<true>(vector, own);
                },
            );
        } else {
            self.add_runs::<false>(vector, sums);
        }
    }

    #[inline(always)]
    fn add_runs<const FUSED: bool>(&self, vector: &[T], sums: &mut [T]) {
        if self.along == 1 {
            self.add_lanes::<FUSED>(vector, sums);
        } else {
            self.add_steps::<FUSED>(vector, sums);
        }
    }

    /// Steps lie side by side: squares of some lanes and steps are turned in registers.
    #[inline(always)]
    fn add_lanes<const FUSED: bool>(&self, vector: &[T], sums: &mut [T]) {
        let last = sums.len().saturating_sub(1);
        for (number, sums) in sums.chunks_mut(TOGETHER).enumerate() {
            // Where lanes are missing the last one is read again, and nothing kept of it.
            let lines: [&[T]; TOGETHER] =
                std::array::from_fn(|l| self.run((number * TOGETHER + l).min(last), 0, vector.len()));
            let mut together = [T::default(); TOGETHER];
            together[..sums.len()].copy_from_slice(sums);
            let (squares, rest) = vector.as_chunks::<TOGETHER>();
            // The next lanes at the same step: `X @ v` takes 24 ms without.
            let ahead = self.across.unsigned_abs() * TOGETHER * size_of::<T>();
            for (square, x) in squares.iter().enumerate() {
                for line in &lines {
                    prefetch(line[square * TOGETHER..].as_ptr().addr().wrapping_add(ahead));
                }
                let square: [[T; TOGETHER]; TOGETHER] = std::array::from_fn(|l| {
                    *lines[l][square * TOGETHER..].first_chunk().expect("a line is as long as the vector")
                });
                for s in 0..TOGETHER {
                    let step: [T; TOGETHER] = std::array::from_fn(|l| square[l][s]);
                    together = line::<T, FUSED, TOGETHER>(x[s], &step, together);
                }
            }
            if let (Some(last), false) = (vector.last_chunk::<TOGETHER>(), rest.is_empty()) {
                // The last square overlaps the one before.
                let square: [[T; TOGETHER]; TOGETHER] =
                    std::array::from_fn(|l| *lines[l].last_chunk().expect("a line is as long as the vector"));
                for s in TOGETHER - rest.len()..TOGETHER {
                    let step: [T; TOGETHER] = std::array::from_fn(|l| square[l][s]);
                    together = line::<T, FUSED, TOGETHER>(last[s], &step, together);
                }
            } else {
                for (s, x) in rest.iter().enumerate() {
                    let step: [T; TOGETHER] = std::array::from_fn(|l| lines[l][s]);
                    together = line::<T, FUSED, TOGETHER>(*x, &step, together);
                }
            }
            sums.copy_from_slice(&together[..sums.len()]);
        }
    }

    /// Lanes lie side by side: some steps at a time, while the next ones are asked for.
    #[inline(always)]
    fn add_steps<const FUSED: bool>(&self, vector: &[T], sums: &mut [T]) {
        let (groups, rest) = vector.as_chunks::<TOGETHER>();
        for (group, x) in groups.iter().enumerate() {
            let first = group * TOGETHER;
            let lines: [&[T]; TOGETHER] = std::array::from_fn(|s| self.run(0, first + s, sums.len()));
            let ahead = self.along.unsigned_abs() * TOGETHER * size_of::<T>();
            let (vectors, left) = sums.as_chunks_mut::<TOGETHER>();
            let whole = vectors.len() * TOGETHER;
            for (lane, sums) in vectors.iter_mut().enumerate() {
                let mut together = *sums;
                for s in 0..TOGETHER {
                    let y = lines[s][lane * TOGETHER..].first_chunk().expect("a line is as long as the sums");
                    prefetch_near(y.as_ptr().addr().wrapping_add(ahead));
                    together = line::<T, FUSED, TOGETHER>(x[s], y, together);
                }
                *sums = together;
            }
            for (lane, sum) in left.iter_mut().enumerate() {
                *sum = (0..TOGETHER).fold(*sum, |sum, s| x[s].times_plus::<FUSED>(lines[s][whole + lane], sum));
            }
        }
        for (s, x) in rest.iter().enumerate() {
            let line = self.run(0, groups.len() * TOGETHER + s, sums.len());
            sums.iter_mut().zip(line).for_each(|(sum, y)| *sum = x.times_plus::<FUSED>(*y, *sum));
        }
    }
}

/// Matrices one after another that are multiplied by others, all of the same shape.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    pub first: Lines<'a, T>,
    /// From one matrix to the next.
    pub stride: isize,
}

impl<'a, T: Factor> Batch<'a, T> {
    #[inline(always)]
    fn matrix(&self, number: usize) -> Lines<'a, T> {
        Lines { at: self.first.at + self.stride * number as isize, ..self.first }
    }
}

/// Products of small matrices of `n` x `k` and `k` x `m`, in C order one after another.
pub fn small_products<T: Factor>(
    level: Level,
    a: Batch<'_, T>,
    b: Batch<'_, T>,
    shape: (usize, usize, usize),
    out: &mut [T],
) {
    if level.has_fma() {
        level.run(
            #[inline(always)]
            move || {
                let own = out;
                by_shape::<T, true>(&a, &b, shape, own);
            },
        );
    } else {
        by_shape::<T, false>(&a, &b, shape, out);
    }
}

#[inline(always)]
fn by_shape<T: Factor, const FUSED: bool>(
    a: &Batch<'_, T>,
    b: &Batch<'_, T>,
    (n, k, m): (usize, usize, usize),
    out: &mut [T],
) {
    let all = out.chunks_exact_mut((n * m).max(1)).enumerate();
    match (n, k, m) {
        // What rotations, colours and points are made of: loops of known length have no loops.
        (2, 2, 2) => all.for_each(|(i, out)| square::<T, FUSED, 2>(&a.matrix(i), &b.matrix(i), out)),
        (3, 3, 3) => all.for_each(|(i, out)| square::<T, FUSED, 3>(&a.matrix(i), &b.matrix(i), out)),
        (4, 4, 4) => all.for_each(|(i, out)| square::<T, FUSED, 4>(&a.matrix(i), &b.matrix(i), out)),
        _ => all.for_each(|(i, out)| oblong::<T, FUSED>(&a.matrix(i), &b.matrix(i), k, m, out)),
    }
}

#[inline(always)]
fn square<T: Factor, const FUSED: bool, const N: usize>(a: &Lines<'_, T>, b: &Lines<'_, T>, out: &mut [T]) {
    let a: [[T; N]; N] = std::array::from_fn(|i| std::array::from_fn(|s| a.element(i, s)));
    let b: [[T; N]; N] = std::array::from_fn(|s| std::array::from_fn(|j| b.element(j, s)));
    for (a, out) in a.iter().zip(out.as_chunks_mut::<N>().0) {
        let sums = (0..N).fold([T::default(); N], |sums, s| line::<T, FUSED, N>(a[s], &b[s], sums));
        *out = sums.map(|sum| T::default().plus(sum));
    }
}

#[inline(always)]
fn oblong<T: Factor, const FUSED: bool>(a: &Lines<'_, T>, b: &Lines<'_, T>, k: usize, m: usize, out: &mut [T]) {
    for (i, out) in out.chunks_exact_mut(m).enumerate() {
        out.fill(T::default());
        for s in 0..k {
            let x = a.element(i, s);
            for (j, sum) in out.iter_mut().enumerate() {
                *sum = x.times_plus::<FUSED>(b.element(j, s), *sum);
            }
        }
        out.iter_mut().for_each(|sum| *sum = T::default().plus(*sum));
    }
}
