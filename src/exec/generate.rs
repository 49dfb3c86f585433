//! Elements that are computed from their index: ranges and random values.

use super::copy::{Loops, copy_into_columns};
use crate::data::{Element, Scalar};
use crate::ir::{Distribution, Random};
use crate::ops::tile::{ElementsMut, Typed};
use crate::ops::vector;
use crate::ops::vector::normal::fill_normal;
use crate::ops::vector::philox::{self, Key, Lines};
use crate::with_dtype;
use bytemuck::Pod;
use std::cell::RefCell;

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
    match (&random.distribution, out) {
        (Distribution::Integers { low, high }, ElementsMut::Int64(out)) => {
            each_plane(offset, loops, out, |lines, out| draw_integers(random, *low, *high, lines, out));
        }
        (Distribution::Integers { low, high }, other) => {
            let draw = |lines: &Lines, out: &mut [i64]| draw_integers(random, *low, *high, lines, out);
            fill_cast(offset, loops, other, Scalar::Int64, draw);
        }
        (_, ElementsMut::Float64(out)) => {
            each_plane(offset, loops, out, |lines, out| draw_floats(random, lines, out));
        }
        (Distribution::Uniform { low, high }, ElementsMut::Float32(out))
            if low.to_f64() == 0.0 && high.to_f64() == 1.0 =>
        {
            each_plane(offset, loops, out, |lines, out| philox::fill_f32(key_of(random), lines, out));
        }
        (_, other) => fill_cast(offset, loops, other, Scalar::Float64, |lines, out| draw_floats(random, lines, out)),
    }
}

fn key_of(random: &Random) -> Key {
    Key { seed: random.seed, stream: random.stream }
}

/// Draws numbers of one kind and casts them.
fn fill_cast<T: Pod>(
    offset: isize,
    loops: &Loops,
    out: ElementsMut<'_>,
    scalar: impl Fn(T) -> Scalar,
    draw: impl Fn(&Lines, &mut [T]),
) {
    with_dtype!(out.dtype(), E => {
        let Some(out) = <E as Typed>::slice_mut(out) else { return };
        let mut drawn = vec![T::zeroed(); out.len()];
        each_plane(offset, loops, &mut drawn, draw);
        out.iter_mut().zip(drawn).for_each(|(slot, number)| *slot = E::from_scalar(scalar(number)));
    });
}

/// Lines of so many elements are drawn one by one: what is drawn in vain at their ends does not count.
const LONG: usize = 512;
/// Lines that are drawn before they become columns, and elements of them.
const LINES: usize = 16;
const BUFFERED: usize = LINES << 10;

thread_local! {
    /// Lines on their way to their columns.
    static BUFFER: RefCell<Vec<u64>> = const { RefCell::new(vec![]) };
}

/// Draws lines of near neighbours, whichever of the last two loops they are along; short ones together.
fn each_plane<T: Pod>(offset: isize, loops: &Loops, out: &mut [T], draw: impl Fn(&Lines, &mut [T])) {
    let (len, stride) = loops.inner();
    let is_turned = loops.transposed().is_some();
    let Some((rows, row_stride)) = loops.before_inner().filter(|_| is_turned || len < LONG) else {
        return loops.each_run(offset, |at, to| {
            draw(&Lines::one(at as u64, stride as i64, len), &mut out[to..to + len]);
        });
    };
    let (stride, row_stride) = (stride as i64, row_stride as i64);
    loops.planes().each_run(offset, |at, plane| {
        let (at, out) = (at as u64, &mut out[plane * rows * len..][..rows * len]);
        if !is_turned {
            return draw(&Lines { start: at, step: stride, len, apart: row_stride, count: rows }, out);
        }
        let lines = Lines { start: at, step: row_stride, len: rows, apart: stride, count: len };
        draw_columns(&lines, out, &draw);
    });
}

/// Draws lines that become columns, a few of them and a stretch of their rows at a time.
fn draw_columns<T: Pod>(lines: &Lines, out: &mut [T], draw: &impl Fn(&Lines, &mut [T])) {
    let (rows, cols) = (lines.len, lines.count);
    BUFFER.with_borrow_mut(|buffer| {
        buffer.resize(BUFFERED, 0);
        let buffer: &mut [T] = bytemuck::cast_slice_mut(buffer);
        for top in (0..rows).step_by(BUFFERED / LINES) {
            let len = (rows - top).min(BUFFERED / LINES);
            for left in (0..cols).step_by(LINES) {
                let start = lines.start_of(left).wrapping_add_signed(lines.step * top as i64);
                let some = Lines { start, len, count: (cols - left).min(LINES), ..*lines };
                let drawn = &mut buffer[..len * some.count];
                draw(&some, drawn);
                copy_into_columns(drawn, len, &mut out[top * cols + left..], cols);
            }
        }
    });
}

fn draw_floats(random: &Random, lines: &Lines, out: &mut [f64]) {
    match &random.distribution {
        Distribution::Uniform { low, high } => {
            philox::fill_f64(key_of(random), lines, out);
            scale(out, low.to_f64(), high.to_f64() - low.to_f64());
        }
        Distribution::Normal { mean, std } => {
            fill_normal(key_of(random), lines, mean.to_f64(), std.to_f64(), out);
        }
        Distribution::Integers { .. } => unreachable!("integers are drawn as integers"),
        Distribution::Named { name, params } => super::distribution::fill_named(name, params, random, lines, out),
    }
}

fn scale(out: &mut [f64], shift: f64, factor: f64) {
    if shift != 0.0 || factor != 1.0 {
        vector::vectorized(|| out.iter_mut().for_each(|v| *v = shift + factor * *v));
    }
}

fn draw_integers(random: &Random, low: i64, high: i64, lines: &Lines, out: &mut [i64]) {
    philox::fill_integers(key_of(random), low, high.wrapping_sub(low) as u64, lines, out);
}
