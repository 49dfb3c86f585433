//! Elements that are computed from their index: ranges and random values.

use super::copy::Loops;
use crate::data::{Element, Scalar};
use crate::ir::{Distribution, Random};
use crate::ops::tile::{ElementsMut, Typed};
use crate::ops::vector;
use crate::with_dtype;

/// `first + index * step` for the C-order indices that `loops` walk from `offset`.
pub(crate) fn fill_iota(first: Scalar, step: Scalar, offset: isize, loops: &Loops, out: ElementsMut<'_>) {
    with_dtype!(out.dtype(), T => {
        let Some(out) = <T as Typed>::slice_mut(out) else { return };
        let (len, stride) = loops.inner();
        let exact = !first.dtype().is_inexact() && !step.dtype().is_inexact();
        loops.each_run(offset, |at, to| {
            let run = &mut out[to..to + len];
            if exact {
                let (first, step) = (first.to_i64(), step.to_i64());
                run.iter_mut().enumerate().for_each(|(k, slot)| {
                    let index = at as i64 + k as i64 * stride as i64;
                    *slot = T::from_scalar(Scalar::Int64(first.wrapping_add(index.wrapping_mul(step))));
                });
            } else if first.dtype().is_complex() || step.dtype().is_complex() {
                let (first, step) = (first.to_c64(), step.to_c64());
                run.iter_mut().enumerate().for_each(|(k, slot)| {
                    *slot = T::from_scalar(Scalar::Complex128(first + step * (at + k as isize * stride) as f64));
                });
            } else {
                let (first, step) = (first.to_f64(), step.to_f64());
                run.iter_mut().enumerate().for_each(|(k, slot)| {
                    *slot = T::from_scalar(Scalar::Float64(first + step * (at + k as isize * stride) as f64));
                });
            }
        });
    });
}

/// Random values of the C-order indices that `loops` walk from `offset`.
pub(crate) fn fill_random(random: &Random, offset: isize, loops: &Loops, out: ElementsMut<'_>) {
    match out {
        ElementsMut::Float64(out) => each_row(offset, loops, out, |at, step, row| draw_f64(random, at, step, row)),
        ElementsMut::Float32(out) => each_row(offset, loops, out, |at, step, row| draw_f32(random, at, step, row)),
        ElementsMut::Int64(out) => each_row(offset, loops, out, |at, step, row| draw_i64(random, at, step, row)),
        other => with_dtype!(other.dtype(), T => {
            let Some(out) = <T as Typed>::slice_mut(other) else { return };
            each_row(offset, loops, out, |at, step, row| draw_cast(random, at, step, row));
        }),
    }
}

/// Draws row by row along the loop whose indices are nearest to each other.
fn each_row<T: Copy + Default>(offset: isize, loops: &Loops, out: &mut [T], mut draw: impl FnMut(u64, i64, &mut [T])) {
    let (len, stride) = loops.inner();
    let Some((rows, row_stride)) = loops.transposed() else {
        return loops.each_run(offset, |at, to| draw(at as u64, stride as i64, &mut out[to..to + len]));
    };
    let mut line = vec![T::default(); rows];
    loops.planes().each_run(offset, |at, plane| {
        let out = &mut out[plane * rows * len..][..rows * len];
        for col in 0..len {
            draw((at + col as isize * stride) as u64, row_stride as i64, &mut line);
            line.iter().enumerate().for_each(|(row, v)| out[row * len + col] = *v);
        }
    });
}

fn draw_f64(random: &Random, at: u64, step: i64, out: &mut [f64]) {
    match &random.distribution {
        Distribution::Uniform { low, high } => {
            vector::philox::fill_f64(random.seed, random.stream, at, step, out);
            scale(out, low.to_f64(), high.to_f64() - low.to_f64());
        }
        Distribution::Normal { mean, std } => {
            vector::normal::fill_normal(random.seed, random.stream, at, step, mean.to_f64(), std.to_f64(), out);
        }
        Distribution::Integers { .. } => draw_cast(random, at, step, out),
        Distribution::Named { name, params } => super::distribution::fill_named(name, params, random, at, step, out),
    }
}

fn scale(out: &mut [f64], shift: f64, factor: f64) {
    if shift != 0.0 || factor != 1.0 {
        vector::vectorized(|| out.iter_mut().for_each(|v| *v = shift + factor * *v));
    }
}

fn draw_f32(random: &Random, at: u64, step: i64, out: &mut [f32]) {
    match random.distribution {
        Distribution::Uniform { low, high } if low.to_f64() == 0.0 && high.to_f64() == 1.0 => {
            vector::philox::fill_f32(random.seed, random.stream, at, step, out);
        }
        _ => draw_cast(random, at, step, out),
    }
}

fn draw_i64(random: &Random, at: u64, step: i64, out: &mut [i64]) {
    match random.distribution {
        Distribution::Integers { low, high } => {
            vector::philox::fill_integers(
                random.seed,
                random.stream,
                low,
                high.wrapping_sub(low) as u64,
                at,
                step,
                out,
            );
        }
        _ => draw_cast(random, at, step, out),
    }
}

/// Draws in float64 (integers in int64) and casts.
fn draw_cast<T: Element>(random: &Random, at: u64, step: i64, out: &mut [T]) {
    if let Distribution::Integers { .. } = random.distribution {
        let mut wide = vec![0i64; out.len()];
        draw_i64(random, at, step, &mut wide);
        out.iter_mut().zip(wide).for_each(|(slot, v)| *slot = T::from_scalar(Scalar::Int64(v)));
    } else {
        let mut wide = vec![0f64; out.len()];
        draw_f64(random, at, step, &mut wide);
        out.iter_mut().zip(wide).for_each(|(slot, v)| *slot = T::from_scalar(Scalar::Float64(v)));
    }
}
