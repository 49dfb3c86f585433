//! Discrete Fourier transforms of lines.

use super::lines::map_lines;
use super::{Row, float, int};
use crate::data::{Block, C64, Result};
use crate::ir::Param;
use rustfft::FftPlanner;

/// The rows of this family. Parameters: the length of the line that is transformed, and the factor of the result.
pub(super) const ROWS: &[Row] = &[("fft", fft), ("ifft", ifft), ("irfft", irfft)];

/// The line cut or lengthened with zeros to `n`.
fn fitted(line: &[C64], n: usize) -> Vec<C64> {
    let mut line = line[..n.min(line.len())].to_vec();
    line.resize(n, C64::default());
    line
}

fn transformed(inputs: &[Block], params: &[Param], inverse: bool) -> Block {
    let (n, factor) = (int(params, 0).max(0) as usize, float(params, 1).unwrap_or(1.0));
    let mut planner = FftPlanner::<f64>::new();
    let plan = if inverse { planner.plan_fft_inverse(n) } else { planner.plan_fft_forward(n) };
    map_lines::<C64, C64>(&inputs[0], |line| {
        let mut line = fitted(line, n);
        plan.process(&mut line);
        line.iter().map(|z| z * factor).collect()
    })
}

fn fft(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    Ok(vec![transformed(inputs, params, false)])
}

fn ifft(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    Ok(vec![transformed(inputs, params, true)])
}

/// The real line whose transform has the given first half.
fn irfft(inputs: &[Block], params: &[Param]) -> Result<Vec<Block>> {
    let (n, factor) = (int(params, 0).max(1) as usize, float(params, 1).unwrap_or(1.0));
    let plan = FftPlanner::<f64>::new().plan_fft_inverse(n);
    let y = map_lines::<C64, f64>(&inputs[0], |line| {
        let half = fitted(line, n / 2 + 1);
        let mut line: Vec<C64> = (0..n).map(|k| if k <= n / 2 { half[k] } else { half[n - k].conj() }).collect();
        line[0].im = 0.0;
        if n.is_multiple_of(2) {
            line[n / 2].im = 0.0;
        }
        plan.process(&mut line);
        line.iter().map(|z| z.re * factor).collect()
    });
    Ok(vec![y])
}
