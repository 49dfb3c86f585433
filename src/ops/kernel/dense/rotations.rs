//! Plane rotations of the columns of a matrix, collected and then done stripe by stripe of rows, so that a stripe is in the
//! cache while many sweeps pass over it.
//!
//! The matrix is the one that the rotations end in, not a unit matrix to be multiplied later: in that one products of many
//! sines become subnormal numbers, each of which costs as much as twenty others.

use crate::data::Result;
use crate::ops::kernel::crew::{Crew, each_part};
use crate::ops::kernel::matrix::Entry;
use crate::ops::vector::vectorized;

/// Rows of a stripe, a complex one counting as two: three columns of it fit into registers.
const STRIPE: usize = 32;
/// Rotations that are collected.
const COLLECTED: usize = 1 << 16;
/// Sweeps that pass over a stripe together, each a column behind the one before: a rotation of 32 rows takes 7.1 ns alone
/// and 5.6 by twos; by fours the columns no longer fit into registers.
const TOGETHER: usize = 2;
/// How many columns more than its own a sweep may pass over for the sake of another.
const MORE: usize = 64;

/// Rotations of neighbouring columns, from column `first` on.
pub(super) struct Sweep {
    pub(super) first: usize,
    /// Cosine and sine.
    pub(super) turns: Vec<(f64, f64)>,
}

/// What leaves two columns as they are.
const NO_TURN: (f64, f64) = (1.0, 0.0);

/// A stripe of a column, on lines of the cache of its own.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Column([f64; STRIPE]);

/// A matrix under rotation.
pub(super) struct Turned {
    /// Floats of a column.
    lanes: usize,
    columns: usize,
    /// Stripe by stripe, each column by column.
    stripes: Vec<Column>,
    sweeps: Vec<Sweep>,
    collected: usize,
}

impl Turned {
    /// Of a matrix of `columns` that lies column by column.
    pub(super) fn of<T: Entry>(columns: usize, values: &[T]) -> Turned {
        let lanes = values.len() / columns.max(1) * T::PARTS;
        let mut stripes = vec![Column([0.0; STRIPE]); lanes.div_ceil(STRIPE) * columns];
        let values: &[f64] = bytemuck::cast_slice(values);
        for (column, from) in values.chunks_exact(lanes.max(1)).enumerate() {
            for (stripe, from) in from.chunks(STRIPE).enumerate() {
                stripes[stripe * columns + column].0[..from.len()].copy_from_slice(from);
            }
        }
        Turned { lanes, columns, stripes, sweeps: vec![], collected: 0 }
    }

    /// Rotates columns, now or later.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(super) fn turn(&mut self, sweep: Sweep, crew: &dyn Crew) -> Result<()> {
        self.collected += sweep.turns.len();
        self.sweeps.push(sweep);
        if self.collected >= COLLECTED { self.flush(crew) } else { Ok(()) }
    }

    fn flush(&mut self, crew: &dyn Crew) -> Result<()> {
        let waves = waves(&std::mem::take(&mut self.sweeps));
        self.collected = 0;
        each_part(&mut self.stripes, self.columns, crew, |_, stripe| {
            vectorized(
                #[inline(always)]
                || {
                    for wave in &waves {
                        wave.pass_over(stripe);
                    }
                },
            );
            Ok(())
        })
    }

    /// The matrix, column by column.
    ///
    /// # Errors
    /// As [`Turned::turn`].
    pub(super) fn finish<T: Entry>(mut self, crew: &dyn Crew) -> Result<Vec<T>> {
        self.flush(crew)?;
        let mut out = vec![T::default(); self.lanes / T::PARTS * self.columns];
        let values: &mut [f64] = bytemuck::cast_slice_mut(&mut out);
        for (column, to) in values.chunks_exact_mut(self.lanes.max(1)).enumerate() {
            for (stripe, to) in to.chunks_mut(STRIPE).enumerate() {
                to.copy_from_slice(&self.stripes[stripe * self.columns + column].0[..to.len()]);
            }
        }
        Ok(out)
    }
}

/// Cosine, sine and length of the rotation that turns `(f, g)` into `(r, 0)`.
pub(super) fn rotation(f: f64, g: f64) -> (f64, f64, f64) {
    if g == 0.0 {
        return (1.0, 0.0, f);
    }
    let square = f * f + g * g;
    let length = if (1e-280..1e280).contains(&square) { square.sqrt() } else { f.hypot(g) };
    let r = length.copysign(if f == 0.0 { g } else { f });
    (f / r, g / r, r)
}

/// Sweeps that pass over a stripe together.
struct Wave {
    first: usize,
    /// Rotations of one sweep.
    len: usize,
    sweeps: usize,
    /// Those of each step in the order of the sweeps, of which each is a column behind the one before.
    turns: Vec<(f64, f64)>,
}

/// Sweeps in order, those that pass over nearly the same columns together.
fn waves(sweeps: &[Sweep]) -> Vec<Wave> {
    let mut waves = vec![];
    let mut left = sweeps;
    while !left.is_empty() {
        let two = left.first_chunk::<TOGETHER>().and_then(|two| wave(two, MORE));
        let next = two.or_else(|| wave(&left[..1], 0));
        let Some(next) = next else { break };
        left = &left[next.sweeps..];
        waves.push(next);
    }
    waves
}

/// Some sweeps together, unless one has to pass over too many columns `more` than its own.
fn wave(sweeps: &[Sweep], more: usize) -> Option<Wave> {
    let first = sweeps.iter().map(|sweep| sweep.first).min()?;
    let len = sweeps.iter().map(|sweep| sweep.first + sweep.turns.len()).max()? - first;
    if sweeps.iter().any(|sweep| sweep.turns.len() + more < len) {
        return None;
    }
    let turn = |step: usize, (behind, sweep): (usize, &Sweep)| {
        let at = (first + step).checked_sub(behind + sweep.first);
        at.and_then(|at| sweep.turns.get(at)).copied().unwrap_or(NO_TURN)
    };
    let steps = 0..len + sweeps.len();
    let turns = steps.flat_map(|step| sweeps.iter().enumerate().map(move |one| turn(step, one))).collect();
    Some(Wave { first, len, sweeps: sweeps.len(), turns })
}

impl Wave {
    #[inline(always)]
    fn pass_over(&self, stripe: &mut [Column]) {
        let columns = &mut stripe[self.first..=self.first + self.len];
        match self.sweeps {
            TOGETHER => pass::<TOGETHER>(columns, self.turns.as_chunks().0),
            _ => pass::<1>(columns, self.turns.as_chunks().0),
        }
    }
}

/// One wave: each sweep holds the column that it turned last. The first steps store nothing, the last ones load nothing.
#[inline(always)]
fn pass<const SWEEPS: usize>(columns: &mut [Column], turns: &[[(f64, f64); SWEEPS]]) {
    let len = columns.len() - 1;
    let mut held = [[0.0; STRIPE]; SWEEPS];
    held[0] = columns[0].0;
    for step in 0..SWEEPS - 1 {
        let next = if step < len { columns[step + 1].0 } else { [0.0; STRIPE] };
        turned(&mut held, next, &turns[step]);
    }
    for step in SWEEPS - 1..len {
        columns[step + 1 - SWEEPS].0 = turned(&mut held, columns[step + 1].0, &turns[step]);
    }
    for step in len.max(SWEEPS - 1)..len + SWEEPS {
        columns[step + 1 - SWEEPS].0 = turned(&mut held, [0.0; STRIPE], &turns[step]);
    }
}

/// The column that all sweeps are done with, after the next one came in.
#[inline(always)]
fn turned<const SWEEPS: usize>(
    held: &mut [[f64; STRIPE]; SWEEPS],
    mut next: [f64; STRIPE],
    turns: &[(f64, f64); SWEEPS],
) -> [f64; STRIPE] {
    for (held, (c, s)) in held.iter_mut().zip(turns) {
        for k in 0..STRIPE {
            (next[k], held[k]) = (c * held[k] + s * next[k], c * next[k] - s * held[k]);
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::{Sweep, Turned};
    use crate::data::C64;
    use crate::ops::kernel::crew::Alone;

    #[test]
    fn sweeps_of_any_length_do_what_one_rotation_after_another_does() {
        let columns = 90;
        let whole = |k: usize| C64::new((k % 17) as f64 - 8.0, (k % 5) as f64);
        let mut expected: Vec<C64> = (0..columns * 50).map(whole).collect();
        let mut turned = Turned::of(columns, &expected);
        for (number, (first, len)) in
            [(0, 89), (0, 89), (0, 88), (3, 1), (3, 80), (88, 1), (0, 1)].into_iter().enumerate()
        {
            let angle = |k: usize| ((number + k) as f64).sin_cos();
            let turns: Vec<(f64, f64)> = (0..len).map(angle).collect();
            for (k, (c, s)) in turns.iter().enumerate() {
                for row in 0..50 {
                    let (left, right) = ((first + k) * 50 + row, (first + k + 1) * 50 + row);
                    let (x, y) = (expected[left], expected[right]);
                    (expected[left], expected[right]) = (x * *c + y * *s, y * *c - x * *s);
                }
            }
            turned.turn(Sweep { first, turns }, &Alone).expect("not cancelled");
        }
        assert_eq!(turned.finish::<C64>(&Alone).expect("not cancelled"), expected);
    }
}
