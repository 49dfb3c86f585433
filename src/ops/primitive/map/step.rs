//! The loops under all kernels: a function of one, two or three elements over tiles, slices and scalars mixed.
//!
//! Each kernel is compiled once per dtype and instruction set, whatever its operands are: the loop works on arrays of
//! [`STEP`] elements, and a scalar is such an array that is read again and again. The last step of a tile overlaps the
//! one before it (the result does not alias the operands, so computing twice is harmless); a tile shorter than a step is
//! padded. Without vectors (x86-64 before AVX2) the loop is left scalar: a third copy of every kernel would cost each build
//! more than those machines are worth. Not for what is computed, nor for picking the dtype.

use crate::data::Element;
use crate::ops::tile::{Operand, Typed};
use crate::ops::vector::Level;
use std::hint::black_box;

/// Elements of a step: eight vectors of eight float64. Fewer would show in the loop over steps, more in the filling of a
/// scalar's array, which each call does anew (with 128 the two scalars of `X*2 + 1` cost a tenth of the time).
pub(super) const STEP: usize = 64;

/// An element that kernels read or write.
pub(super) trait Cell: Typed + Element {}
impl<T: Typed + Element> Cell for T {}

/// An operand as a sequence of steps.
#[derive(Clone, Copy)]
struct Lane<'a, T> {
    values: &'a [T],
    /// All ones for a slice, zero for a scalar, whose every step is its first.
    mask: usize,
}

impl<'a, T: Cell> Lane<'a, T> {
    fn new(operand: Operand<'a>, len: usize, pad: &'a mut [T; STEP]) -> Lane<'a, T> {
        match operand {
            Operand::Scalar(value) => {
                pad.fill(T::from_scalar(value));
                Lane { values: pad, mask: 0 }
            }
            Operand::Slice(elements) => {
                let values = T::slice(elements).expect("operands have the dtypes of the loop");
                if len >= STEP {
                    return Lane { values: &values[..len], mask: usize::MAX };
                }
                pad.fill(values[0]);
                pad[..len].copy_from_slice(&values[..len]);
                Lane { values: pad, mask: STEP - 1 }
            }
        }
    }

    #[inline(always)]
    fn get(&self, at: usize) -> T {
        self.values[at & self.mask]
    }

    #[inline(always)]
    fn step(&self, at: usize) -> &'a [T; STEP] {
        self.values[at & self.mask..].first_chunk().expect("a step lies within the lane")
    }
}

/// `step(at, out)` for steps that cover `out` with the widest vectors of this machine, or `element(i)` for each.
#[inline(always)]
fn each_step<R>(out: &mut [R], step: impl Fn(usize, &mut [R; STEP]), element: impl Fn(usize) -> R) {
    match Level::best() {
        Level::Plain => {
            for (i, out) in out.iter_mut().enumerate() {
                *out = element(black_box(i));
            }
        }
        level => level.run(
            #[inline(always)]
            || steps(out, step),
        ),
    }
}

#[inline(always)]
fn steps<R>(out: &mut [R], body: impl Fn(usize, &mut [R; STEP])) {
    let last = out.len() - STEP;
    let mut at = 0;
    loop {
        body(at, out[at..].first_chunk_mut().expect("a step lies within the tile"));
        if at == last {
            return;
        }
        at = (at + STEP).min(last);
    }
}

/// Runs `steps` on `out`, or on a padded copy of it where it is shorter than a step.
#[inline(always)]
fn padded<R: Cell>(out: &mut [R], steps: impl FnOnce(&mut [R])) {
    if out.len() >= STEP {
        return steps(out);
    }
    let mut pad = [R::default(); STEP];
    steps(&mut pad);
    let len = out.len();
    out.copy_from_slice(&pad[..len]);
}

/// `out[i] = f(a[i])`.
pub(super) fn unary<A: Cell, R: Cell>(args: &[Operand<'_>], out: &mut [R], f: impl Fn(A) -> R + Copy) {
    if out.is_empty() {
        return;
    }
    if let Operand::Scalar(value) = args[0] {
        return out.fill(f(A::from_scalar(value)));
    }
    let mut pad = [A::default(); STEP];
    let a = Lane::new(args[0], out.len(), &mut pad);
    padded(out, |out| {
        each_step(
            out,
            #[inline(always)]
            |at, out| step_unary(a.step(at), out, f),
            |i| f(a.get(i)),
        );
    });
}

#[inline(always)]
fn step_unary<A: Copy, R>(a: &[A; STEP], out: &mut [R; STEP], f: impl Fn(A) -> R) {
    for i in 0..STEP {
        out[i] = f(a[i]);
    }
}

/// `out[i] = f(a[i], b[i])`.
pub(super) fn binary<A: Cell, B: Cell, R: Cell>(args: &[Operand<'_>], out: &mut [R], f: impl Fn(A, B) -> R + Copy) {
    if out.is_empty() {
        return;
    }
    let (mut pad_a, mut pad_b) = ([A::default(); STEP], [B::default(); STEP]);
    let a = Lane::new(args[0], out.len(), &mut pad_a);
    let b = Lane::new(args[1], out.len(), &mut pad_b);
    padded(out, |out| {
        each_step(
            out,
            #[inline(always)]
            |at, out| step_binary(a.step(at), b.step(at), out, f),
            |i| f(a.get(i), b.get(i)),
        );
    });
}

#[inline(always)]
fn step_binary<A: Copy, B: Copy, R>(a: &[A; STEP], b: &[B; STEP], out: &mut [R; STEP], f: impl Fn(A, B) -> R) {
    for i in 0..STEP {
        out[i] = f(a[i], b[i]);
    }
}

/// [`unary`] of an operand of the result's dtype.
pub(super) fn same_unary<T: Cell>(args: &[Operand<'_>], out: &mut [T], f: impl Fn(T) -> T + Copy) {
    unary(args, out, f);
}

/// [`binary`] of operands of the result's dtype.
pub(super) fn same_binary<T: Cell>(args: &[Operand<'_>], out: &mut [T], f: impl Fn(T, T) -> T + Copy) {
    binary(args, out, f);
}

/// `out[i] = if condition[i] { a[i] } else { b[i] }`.
pub(super) fn choose<T: Cell>(args: &[Operand<'_>], out: &mut [T]) {
    if out.is_empty() {
        return;
    }
    let (mut pad_c, mut pad_a, mut pad_b) = ([false; STEP], [T::default(); STEP], [T::default(); STEP]);
    let c = Lane::<bool>::new(args[0], out.len(), &mut pad_c);
    let a = Lane::<T>::new(args[1], out.len(), &mut pad_a);
    let b = Lane::<T>::new(args[2], out.len(), &mut pad_b);
    padded(out, |out| {
        each_step(
            out,
            #[inline(always)]
            |at, out| step_choose(c.step(at), a.step(at), b.step(at), out),
            |i| if c.get(i) { a.get(i) } else { b.get(i) },
        );
    });
}

#[inline(always)]
fn step_choose<T: Copy>(c: &[bool; STEP], a: &[T; STEP], b: &[T; STEP], out: &mut [T; STEP]) {
    for i in 0..STEP {
        let (yes, no) = (a[i], b[i]);
        out[i] = if c[i] { yes } else { no };
    }
}

/// `out[i] = f(a[i])` one after another: for functions that no vector instruction helps.
pub(super) fn slow_unary<T: Cell>(args: &[Operand<'_>], out: &mut [T], f: impl Fn(T) -> T) {
    match args[0] {
        Operand::Scalar(value) => out.fill(f(T::from_scalar(value))),
        Operand::Slice(elements) => {
            let values = T::slice(elements).expect("operands have the dtypes of the loop");
            out.iter_mut().zip(values).for_each(|(out, &a)| *out = f(a));
        }
    }
}

/// `out[i] = f(a[i], b[i])` one after another: for functions that no vector instruction helps.
pub(super) fn slow_binary<T: Cell>(args: &[Operand<'_>], out: &mut [T], f: impl Fn(T, T) -> T) {
    for (number, out) in out.chunks_mut(STEP).enumerate() {
        let (start, len) = (number * STEP, out.len());
        let (mut pad_a, mut pad_b) = ([T::default(); STEP], [T::default(); STEP]);
        let a = Lane::new(part(args[0], start, len), len, &mut pad_a);
        let b = Lane::new(part(args[1], start, len), len, &mut pad_b);
        out.iter_mut().zip(a.values.iter().zip(b.values)).for_each(|(out, (&a, &b))| *out = f(a, b));
    }
}

/// `start .. start + len` of an operand.
pub(super) fn part(operand: Operand<'_>, start: usize, len: usize) -> Operand<'_> {
    match operand {
        Operand::Slice(elements) => Operand::Slice(elements.part(start, len)),
        scalar => scalar,
    }
}
