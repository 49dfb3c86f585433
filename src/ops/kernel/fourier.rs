//! Discrete Fourier transforms of lines.

use super::crew::Crew;
use super::{Asked, SharedRow, float, int};
use crate::data::{Block, C32, C64, Element, Result, leaving};
use crate::ir::Param;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

/// The rows of this family. Parameters: the length of the line that is transformed, and the factor of the result. `rfft` is
/// the first half of `fft` of a real line.
pub(super) const SHARED: &[SharedRow] = &[
    ("fft", |inputs, _, params, crew| spectra(inputs, params, Kind::Forward, crew)),
    ("ifft", |inputs, _, params, crew| spectra(inputs, params, Kind::Inverse, crew)),
    ("rfft", |inputs, _, params, crew| spectra(inputs, params, Kind::Half, crew)),
    ("irfft", irfft),
];

/// Elements of a task: some 0.3 ms.
const TASK: usize = 1 << 15;
/// Up to this length plans are kept for the next call.
const KEPT: usize = 1 << 16;
/// Points from which on a transform takes longer than a cancelled run is to last.
const LONG: usize = 1 << 22;
/// Plans that are kept.
const PLANS: usize = 32;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Forward,
    Inverse,
    Half,
}

/// What plans transforms, and how many it has planned.
#[derive(Default)]
struct Planner {
    complex: Option<FftPlanner<f64>>,
    real: Option<RealFftPlanner<f64>>,
    planned: usize,
}

thread_local! {
    static PLANNER: RefCell<Planner> = RefCell::default();
}

/// What a planner answers for lines of `n`; short lines come in many calls, whose plans are the same.
fn planned<P: Send + 'static>(n: usize, plan: impl FnOnce(&mut Planner) -> P + Send + 'static) -> Result<P> {
    if n >= LONG {
        return leaving(move || plan(&mut Planner::default()));
    }
    if n > KEPT {
        return Ok(plan(&mut Planner::default()));
    }
    Ok(PLANNER.with_borrow_mut(|planner| {
        if planner.planned >= PLANS {
            *planner = Planner::default();
        }
        planner.planned += 1;
        plan(planner)
    }))
}

impl Planner {
    fn complex(&mut self, n: usize, is_inverse: bool) -> Arc<dyn Fft<f64>> {
        let planner = self.complex.get_or_insert_with(FftPlanner::new);
        if is_inverse { planner.plan_fft_inverse(n) } else { planner.plan_fft_forward(n) }
    }

    fn real(&mut self) -> &mut RealFftPlanner<f64> {
        self.real.get_or_insert_with(RealFftPlanner::new)
    }
}

/// A block's elements, taken as float64 or complex128.
#[derive(Clone, Copy)]
enum Elements<'a> {
    Real32(&'a [f32]),
    Real64(&'a [f64]),
    Complex32(&'a [C32]),
    Complex64(&'a [C64]),
}

impl<'a> Elements<'a> {
    fn of(block: &'a Block) -> Elements<'a> {
        match block {
            Block::Float32(a) => Elements::Real32(a.as_slice().unwrap_or_default()),
            Block::Float64(a) => Elements::Real64(a.as_slice().unwrap_or_default()),
            Block::Complex64(a) => Elements::Complex32(a.as_slice().unwrap_or_default()),
            Block::Complex128(a) => Elements::Complex64(a.as_slice().unwrap_or_default()),
            _ => Elements::Real64(&[]),
        }
    }

    /// The elements from `at` on as real numbers.
    fn real(&self, at: usize, to: &mut [f64]) {
        match self {
            Elements::Real32(v) => to.iter_mut().zip(&v[at..]).for_each(|(to, v)| *to = f64::from(*v)),
            Elements::Real64(v) => to.copy_from_slice(&v[at..at + to.len()]),
            Elements::Complex32(_) | Elements::Complex64(_) => {}
        }
    }

    /// The elements from `at` on as complex numbers.
    fn complex(&self, at: usize, to: &mut [C64]) {
        let wide = |v: &C32| C64::new(f64::from(v.re), f64::from(v.im));
        match self {
            Elements::Complex32(v) => to.iter_mut().zip(&v[at..]).for_each(|(to, v)| *to = wide(v)),
            Elements::Complex64(v) => to.copy_from_slice(&v[at..at + to.len()]),
            Elements::Real32(_) | Elements::Real64(_) => {}
        }
    }
}

/// Makes each line of `width` elements from a line of the block, on all threads; `line` is called with the line's number.
fn lines<S, U: Element>(
    block: &Block,
    width: usize,
    crew: &dyn Crew,
    scratch: impl Fn() -> S + Sync,
    line: impl Fn(usize, &mut [U], &mut S) -> Result<()> + Sync,
) -> Result<Block> {
    let outer = &block.shape()[..block.ndim() - 1];
    let mut out = vec![U::default(); outer.iter().product::<usize>() * width];
    let together = (TASK / width.max(1)).max(1);
    let parts: Vec<Mutex<&mut [U]>> = out.chunks_mut((together * width).max(1)).map(Mutex::new).collect();
    crew.each(parts.len(), &|part| {
        let mut scratch = scratch();
        let mut out = parts[part].lock().unwrap_or_else(PoisonError::into_inner);
        for (number, out) in out.chunks_exact_mut(width.max(1)).enumerate() {
            crew.check()?;
            line(part * together + number, out, &mut scratch)?;
        }
        Ok(())
    })?;
    drop(parts);
    Ok(Block::from_vec(&[outer, &[width]].concat(), out))
}

/// Complex results of single precision where the block is.
fn narrowed(block: &Block, made: Block) -> Block {
    match (block, &made) {
        (Block::Float32(_) | Block::Complex64(_), Block::Complex128(a)) => {
            let values = a.iter().map(|v| C32::new(v.re as f32, v.im as f32)).collect();
            Block::from_vec(made.shape(), values)
        }
        (Block::Float32(_) | Block::Complex64(_), Block::Float64(a)) => {
            Block::from_vec(made.shape(), a.iter().map(|v| *v as f32).collect())
        }
        _ => made,
    }
}

fn spectra(inputs: &[Block], params: &[Param], kind: Kind, crew: &dyn Crew) -> Result<Vec<Block>> {
    let (n, factor) = (int(params, 0).max(1) as usize, float(params, 1).unwrap_or(1.0));
    let x = inputs[0].contiguous();
    let len = x.shape().last().copied().unwrap_or(1);
    let (from, used) = (Elements::of(&x), n.min(len));
    if !x.dtype().is_complex() {
        return Ok(vec![narrowed(&x, of_real(&x, n, kind, factor, crew)?)]);
    }
    let plan = planned(n, move |planner| planner.complex(n, kind == Kind::Inverse))?;
    let scratch = || vec![C64::default(); if n >= LONG { 0 } else { plan.get_inplace_scratch_len() }];
    let made = lines::<_, C64>(&x, n, crew, scratch, |number, line, scratch| {
        from.complex(number * len, &mut line[..used]);
        if n >= LONG {
            let (plan, mut own) = (plan.clone(), line.to_vec());
            line.copy_from_slice(&leaving(move || {
                plan.process(&mut own);
                own
            })?);
        } else {
            plan.process_with_scratch(line, scratch);
        }
        scale(line, factor);
        Ok(())
    })?;
    Ok(vec![narrowed(&x, made)])
}

fn scale(line: &mut [C64], factor: f64) {
    if factor != 1.0 {
        line.iter_mut().for_each(|z| *z *= factor);
    }
}

/// Transforms of real lines: the first half is made, and the rest of it where it is wanted. The inverse is the conjugate.
fn of_real(x: &Block, n: usize, kind: Kind, factor: f64, crew: &dyn Crew) -> Result<Block> {
    let len = x.shape().last().copied().unwrap_or(1);
    let (from, used, half) = (Elements::of(x), n.min(len), n / 2 + 1);
    let plan: Arc<dyn RealToComplex<f64>> = planned(n, move |planner| planner.real().plan_fft_forward(n))?;
    let scratch = || (vec![0.0; n], plan.make_scratch_vec());
    let width = if kind == Kind::Half { half } else { n };
    lines::<_, C64>(x, width, crew, scratch, |number, line, (real, scratch)| {
        from.real(number * len, &mut real[..used]);
        real[used..].fill(0.0);
        // Lengths are the plan's own, so that nothing is refused.
        if n >= 2 * LONG {
            let (plan, mut own) = (plan.clone(), std::mem::take(real));
            let (own, made) = leaving(move || {
                let mut made = plan.make_output_vec();
                let _ = plan.process(&mut own, &mut made);
                (own, made)
            })?;
            *real = own;
            line[..half].copy_from_slice(&made);
        } else {
            let _ = plan.process_with_scratch(real, &mut line[..half], scratch);
        }
        scale(&mut line[..half], factor);
        if kind == Kind::Inverse {
            line[..half].iter_mut().for_each(|z| *z = z.conj());
        }
        let (head, tail) = line.split_at_mut(half);
        tail.iter_mut().rev().zip(&head[1..]).for_each(|(to, z)| *to = z.conj());
        Ok(())
    })
}

/// The real line whose transform has the given first half.
fn irfft(inputs: &[Block], _: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let (n, factor) = (int(params, 0).max(1) as usize, float(params, 1).unwrap_or(1.0));
    let x = inputs[0].contiguous();
    let len = x.shape().last().copied().unwrap_or(1);
    let half = n / 2 + 1;
    let (from, used) = (Elements::of(&x), half.min(len));
    let plan: Arc<dyn ComplexToReal<f64>> = planned(n, move |planner| planner.real().plan_fft_inverse(n))?;
    let scratch = || (vec![C64::default(); half], plan.make_scratch_vec());
    let made = lines::<_, f64>(&x, n, crew, scratch, |number, line, (spectrum, scratch)| {
        from.complex(number * len, &mut spectrum[..used]);
        spectrum[used..].fill(C64::default());
        spectrum[0].im = 0.0;
        if n.is_multiple_of(2) {
            spectrum[half - 1].im = 0.0;
        }
        if n >= 2 * LONG {
            let (plan, mut own) = (plan.clone(), std::mem::take(spectrum));
            let (own, made) = leaving(move || {
                let mut made = plan.make_output_vec();
                let _ = plan.process(&mut own, &mut made);
                (own, made)
            })?;
            *spectrum = own;
            line.copy_from_slice(&made);
        } else {
            let _ = plan.process_with_scratch(spectrum, line, scratch);
        }
        if factor != 1.0 {
            line.iter_mut().for_each(|v| *v *= factor);
        }
        Ok(())
    })?;
    Ok(vec![narrowed(&x, made)])
}
