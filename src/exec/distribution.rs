//! Distributions that need a varying number of draws: every element has a stream of its own.

use crate::data::Scalar;
use crate::ir::Random;
use crate::ops::vector::ElementRng;
use rand_distr::Distribution;

/// A distribution of `rand_distr`, built once for a run of elements.
type Draw = Box<dyn Fn(&mut ElementRng) -> f64>;

/// One row a distribution: NumPy's name, and how its parameters make it.
const DISTRIBUTIONS: &[(&str, fn(&[f64]) -> Option<Draw>)] = &[
    ("exponential", |p| drawn(rand_distr::Exp::new(1.0 / p[0]).ok()?)),
    ("poisson", |p| drawn(rand_distr::Poisson::new(p[0]).ok()?)),
    ("gamma", |p| drawn(rand_distr::Gamma::new(p[0], p[1]).ok()?)),
    ("beta", |p| drawn(rand_distr::Beta::new(p[0], p[1]).ok()?)),
    ("chisquare", |p| drawn(rand_distr::ChiSquared::new(p[0]).ok()?)),
    ("lognormal", |p| drawn(rand_distr::LogNormal::new(p[0], p[1]).ok()?)),
    ("pareto", |p| shifted(rand_distr::Pareto::new(1.0, p[0]).ok()?)),
    ("weibull", |p| drawn(rand_distr::Weibull::new(1.0, p[0]).ok()?)),
    ("standard_t", |p| drawn(rand_distr::StudentT::new(p[0]).ok()?)),
    ("triangular", |p| drawn(rand_distr::Triangular::new(p[0], p[2], p[1]).ok()?)),
    ("gumbel", |p| drawn(rand_distr::Gumbel::new(p[0], p[1]).ok()?)),
    ("binomial", |p| {
        let binomial = rand_distr::Binomial::new(p[0] as u64, p[1]).ok()?;
        Some(Box::new(move |rng| binomial.sample(rng) as f64))
    }),
    ("geometric", |p| {
        let geometric = rand_distr::Geometric::new(p[0]).ok()?;
        Some(Box::new(move |rng| geometric.sample(rng) as f64 + 1.0))
    }),
];

#[expect(clippy::unnecessary_wraps, reason = "rows answer None for parameters outside the distribution's domain")]
fn drawn(distribution: impl Distribution<f64> + 'static) -> Option<Draw> {
    Some(Box::new(move |rng| distribution.sample(rng)))
}

/// NumPy's Pareto is that of Lomax, which begins at zero.
#[expect(clippy::unnecessary_wraps, reason = "as above")]
fn shifted(distribution: impl Distribution<f64> + 'static) -> Option<Draw> {
    Some(Box::new(move |rng| distribution.sample(rng) - 1.0))
}

/// Draws the elements `at, at + step, ..`; NaN where the parameters are outside the distribution's domain.
pub(crate) fn fill_named(name: &str, params: &[Scalar], random: &Random, at: u64, step: i64, out: &mut [f64]) {
    let params: Vec<f64> = params.iter().map(|p| p.to_f64()).chain([0.0; 3]).collect();
    let draw = DISTRIBUTIONS.iter().find(|row| row.0 == name).and_then(|row| (row.1)(&params));
    let Some(draw) = draw else { return out.fill(f64::NAN) };
    // Streams of one seed differ by a multiple of the golden ratio, so that no two share a key.
    let key = random.seed ^ random.stream.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for (k, slot) in out.iter_mut().enumerate() {
        let element = at.wrapping_add_signed(step.wrapping_mul(k as i64));
        *slot = draw(&mut ElementRng::new(key, element));
    }
}
