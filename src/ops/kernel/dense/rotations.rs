//! Plane rotations of the columns of a square real matrix, collected and then done stripe by stripe of rows, so that a
//! stripe is in the cache while many sweeps pass over it.

use crate::data::Result;
use crate::ops::kernel::crew::{Crew, each_part};
use crate::ops::vector::vectorized;

/// Rows of a stripe: two columns of it fit into registers.
const STRIPE: usize = 32;
/// Rotations that are collected.
const COLLECTED: usize = 1 << 16;

/// Rotations of neighbouring columns, from column `first` on.
pub(super) struct Sweep {
    pub(super) first: usize,
    /// Cosine and sine.
    pub(super) turns: Vec<(f64, f64)>,
}

/// A matrix under rotation, which begins as the unit matrix.
pub(super) struct Turned {
    n: usize,
    /// Stripe by stripe, each column by column.
    stripes: Vec<[f64; STRIPE]>,
    sweeps: Vec<Sweep>,
    collected: usize,
}

impl Turned {
    pub(super) fn unit(n: usize) -> Turned {
        let mut stripes = vec![[0.0; STRIPE]; n.div_ceil(STRIPE) * n];
        (0..n).for_each(|k| stripes[k / STRIPE * n + k][k % STRIPE] = 1.0);
        Turned { n, stripes, sweeps: vec![], collected: 0 }
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
        let sweeps = &std::mem::take(&mut self.sweeps);
        self.collected = 0;
        each_part(&mut self.stripes, self.n, crew, |_, stripe| {
            vectorized(
                #[inline(always)]
                move || {
                    let own = stripe;
                    sweeps_over(own, sweeps);
                },
            );
            Ok(())
        })
    }

    /// The matrix, column by column.
    ///
    /// # Errors
    /// As [`Turned::turn`].
    pub(super) fn finish(mut self, crew: &dyn Crew) -> Result<Vec<f64>> {
        self.flush(crew)?;
        let n = self.n;
        let mut out = vec![0.0; n * n];
        for (number, stripe) in self.stripes.chunks_exact(n.max(1)).enumerate() {
            let (row, kept) = (number * STRIPE, STRIPE.min(n - number * STRIPE));
            for (column, from) in stripe.iter().enumerate() {
                out[column * n + row..][..kept].copy_from_slice(&from[..kept]);
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
    let r = f.hypot(g).copysign(if f == 0.0 { g } else { f });
    (f / r, g / r, r)
}

#[inline(always)]
fn sweeps_over(stripe: &mut [[f64; STRIPE]], sweeps: &[Sweep]) {
    for sweep in sweeps {
        let columns = &mut stripe[sweep.first..=sweep.first + sweep.turns.len()];
        let mut x = columns[0];
        for (k, &(c, s)) in sweep.turns.iter().enumerate() {
            let y = columns[k + 1];
            for i in 0..STRIPE {
                columns[k][i] = c * x[i] + s * y[i];
                x[i] = c * y[i] - s * x[i];
            }
        }
        columns[sweep.turns.len()] = x;
    }
}
