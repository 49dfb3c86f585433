//! Distributions by NumPy's names: counts of bounded spread by one uniform number each, others from a stream that each
//! element has of its own.

use super::discrete::Weights;
use crate::data::Scalar;
use crate::ir::Random;
use crate::ops::vector::ElementRng;
use crate::ops::vector::philox::{self, Key, Lines};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::cell::RefCell;
use std::f64::consts::PI;
use std::rc::Rc;

/// The elements of a run: the key of their streams, the first one, and from one to the next.
struct Streams {
    key: u64,
    at: u64,
    step: i64,
}

/// A distribution, built once for a run of elements, which it fills.
type Draw = Box<dyn Fn(&Streams, &mut [f64])>;

/// Sets the uniform numbers that tables are drawn by apart from the arrays of the same seed.
const TABLES: u64 = 0x007A_B1E5;

/// Poisson counts of this mean and more are drawn by rejection, as NumPy does: others by as many draws as they count.
const MANY: f64 = 10.0;

/// One row a distribution: NumPy's name, and how its parameters make it.
const DISTRIBUTIONS: &[(&str, fn(&[f64]) -> Option<Draw>)] = &[
    ("exponential", |p| drawn(rand_distr::Exp::new(1.0 / p[0]).ok()?)),
    ("poisson", poisson),
    ("gamma", |p| drawn(rand_distr::Gamma::new(p[0], p[1]).ok()?)),
    ("beta", beta),
    ("chisquare", |p| drawn(rand_distr::ChiSquared::new(p[0]).ok()?)),
    ("lognormal", |p| drawn(rand_distr::LogNormal::new(p[0], p[1]).ok()?)),
    ("pareto", |p| {
        // NumPy's Pareto is that of Lomax, which begins at zero.
        let pareto = rand_distr::Pareto::new(1.0, p[0]).ok()?;
        by(move |rng| pareto.sample(rng) - 1.0)
    }),
    ("weibull", |p| drawn(rand_distr::Weibull::new(1.0, p[0]).ok()?)),
    ("standard_t", |p| drawn(rand_distr::StudentT::new(p[0]).ok()?)),
    ("f", |p| drawn(rand_distr::FisherF::new(p[0], p[1]).ok()?)),
    ("wald", |p| drawn(rand_distr::InverseGaussian::new(p[0], p[1]).ok()?)),
    ("zipf", |p| drawn(rand_distr::Zeta::new(p[0]).ok()?)),
    ("logseries", logseries),
    ("vonmises", vonmises),
    ("triangular", |p| drawn(rand_distr::Triangular::new(p[0], p[2], p[1]).ok()?)),
    ("gumbel", |p| drawn(rand_distr::Gumbel::new(p[0], p[1]).ok()?)),
    ("binomial", binomial),
    ("negative_binomial", negative_binomial),
    ("hypergeometric", hypergeometric),
    ("geometric", |p| {
        let geometric = rand_distr::Geometric::new(p[0]).ok()?;
        by(move |rng| geometric.sample(rng) as f64 + 1.0)
    }),
];

/// What draws every element by a function of its stream.
#[expect(clippy::unnecessary_wraps, reason = "rows answer None for parameters outside the distribution's domain")]
fn by(draw: impl Fn(&mut ElementRng) -> f64 + 'static) -> Option<Draw> {
    Some(Box::new(move |streams, out| {
        ElementRng::each(streams.key, streams.at, streams.step, out.len(), |k, rng| out[k] = draw(rng));
    }))
}

/// What draws from a distribution of `rand_distr`.
fn drawn(distribution: impl Distribution<f64> + 'static) -> Option<Draw> {
    by(move |rng| distribution.sample(rng))
}

/// What draws counts from a table; `None` where they spread too far for one.
fn tabled(weights: &Weights<impl Fn(f64) -> f64>) -> Option<Draw> {
    let table = weights.table()?;
    Some(Box::new(move |streams, out| {
        let key = Key { seed: streams.key, stream: TABLES };
        philox::fill_f64(key, &Lines::one(streams.at, streams.step, out.len()), out);
        table.draw(out);
    }))
}

fn poisson(p: &[f64]) -> Option<Draw> {
    let mean = p[0];
    if mean >= 0.0
        && let Some(draw) = tabled(&Weights {
            lowest: 0.0,
            highest: f64::INFINITY,
            mode: mean.floor(),
            ratio: |k: f64| mean / (k + 1.0),
        })
    {
        return Some(draw);
    }
    if p[0] >= MANY && p[0].is_finite() {
        let rejection = Rejection::new(p[0]);
        return by(move |rng| rejection.count(rng));
    }
    drawn(rand_distr::Poisson::new(p[0]).ok()?)
}

fn binomial(p: &[f64]) -> Option<Draw> {
    let (count, chance) = (p[0], p[1]);
    let binomial = rand_distr::Binomial::new(count as u64, chance).ok()?;
    let odds = chance / (1.0 - chance);
    let weights = Weights {
        lowest: 0.0,
        highest: count,
        mode: ((count + 1.0) * chance).floor(),
        ratio: |k: f64| (count - k) / (k + 1.0) * odds,
    };
    tabled(&weights).or_else(|| by(move |rng| binomial.sample(rng) as f64))
}

fn negative_binomial(p: &[f64]) -> Option<Draw> {
    let (count, chance) = (p[0], p[1]);
    if chance >= 1.0 {
        return by(|_| 0.0);
    }
    let means = rand_distr::Gamma::new(count, (1.0 - chance) / chance).ok()?;
    let weights = Weights {
        lowest: 0.0,
        highest: f64::INFINITY,
        mode: ((count - 1.0) * (1.0 - chance) / chance).floor().max(0.0),
        ratio: |k: f64| (count + k) / (k + 1.0) * (1.0 - chance),
    };
    tabled(&weights).or_else(|| {
        by(move |rng| {
            let mean: f64 = means.sample(rng);
            if mean >= MANY { Rejection::new(mean).count(rng) } else { few(mean, rng) }
        })
    })
}

fn hypergeometric(p: &[f64]) -> Option<Draw> {
    let (good, bad, drawn) = (p[0], p[1], p[2]);
    let urn = rand_distr::Hypergeometric::new((good + bad) as u64, good as u64, drawn as u64).ok()?;
    let weights = Weights {
        lowest: (drawn - bad).max(0.0),
        highest: drawn.min(good),
        mode: ((drawn + 1.0) * (good + 1.0) / (good + bad + 2.0)).floor(),
        ratio: |k: f64| (good - k) * (drawn - k) / ((k + 1.0) * (bad - drawn + k + 1.0)),
    };
    tabled(&weights).or_else(|| by(move |rng| urn.sample(rng) as f64))
}

/// `x / (x + y)` of two gammas where neither is mostly zero: half the time of a rejection.
fn beta(p: &[f64]) -> Option<Draw> {
    if p[0] < 1.0 || p[1] < 1.0 {
        return drawn(rand_distr::Beta::new(p[0], p[1]).ok()?);
    }
    let (x, y) = (rand_distr::Gamma::new(p[0], 1.0).ok()?, rand_distr::Gamma::new(p[1], 1.0).ok()?);
    by(move |rng| {
        let x: f64 = x.sample(rng);
        x / (x + y.sample(rng))
    })
}

/// A Poisson count of a small mean: uniform numbers are multiplied until they fall below `exp(-mean)` (Knuth).
fn few(mean: f64, rng: &mut ElementRng) -> f64 {
    let (least, mut product, mut count) = ((-mean).exp(), rng.random::<f64>(), 0.0);
    while product > least {
        product *= rng.random::<f64>();
        count += 1.0;
    }
    count
}

/// Poisson counts by transformed rejection (W. Hörmann, "The transformed rejection method for generating Poisson random
/// variables", 1993): two uniform numbers and no logarithm for nine counts of ten.
struct Rejection {
    mean: f64,
    log_mean: f64,
    a: f64,
    b: f64,
    inverse_alpha: f64,
    squeeze: f64,
}

impl Rejection {
    fn new(mean: f64) -> Rejection {
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.02483 * b;
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        Rejection { mean, log_mean: mean.ln(), a, b, inverse_alpha, squeeze: 0.9277 - 3.6224 / (b - 2.0) }
    }

    fn count(&self, rng: &mut ElementRng) -> f64 {
        loop {
            let (u, v) = (rng.random::<f64>() - 0.5, rng.random::<f64>());
            let near = 0.5 - u.abs();
            let k = ((2.0 * self.a / near + self.b) * u + self.mean + 0.43).floor();
            if near >= 0.07 && v <= self.squeeze {
                return k;
            }
            if k < 0.0 || (near < 0.013 && v > near) {
                continue;
            }
            let left = v.ln() + self.inverse_alpha.ln() - (self.a / (near * near) + self.b).ln();
            if left <= k * self.log_mean - self.mean - log_factorial(k) {
                return k;
            }
        }
    }
}

/// `ln k!`, by Stirling's series from 10 on.
fn log_factorial(k: f64) -> f64 {
    if k < 10.0 {
        return (2..=k as u32).map(|n| f64::from(n).ln()).sum();
    }
    let (x, y) = (1.0 / k, 1.0 / (k * k));
    (k + 0.5) * k.ln() - k + 0.5 * (2.0 * PI).ln() + x * (1.0 / 12.0 - y * (1.0 / 360.0 - y / 1260.0))
}

/// The logarithmic series distribution (A. Kemp, "Efficient generation of logarithmically distributed pseudo-random
/// variables", 1981).
fn logseries(p: &[f64]) -> Option<Draw> {
    let p = p[0];
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    let weights = Weights { lowest: 1.0, highest: f64::INFINITY, mode: 1.0, ratio: |k: f64| p * k / (k + 1.0) };
    if let Some(draw) = tabled(&weights) {
        return Some(draw);
    }
    let r = (-p).ln_1p();
    by(move |rng| {
        loop {
            let v = rng.random::<f64>();
            if v >= p {
                return 1.0;
            }
            let q = -(r * rng.random::<f64>()).exp_m1();
            if v <= q * q {
                let count = (1.0 + v.ln() / q.ln()).floor();
                if count >= 1.0 && v > 0.0 {
                    return count;
                }
            } else {
                return if v >= q { 1.0 } else { 2.0 };
            }
        }
    })
}

/// Angles around zero (D. Best and N. Fisher, "Efficient simulation of the von Mises distribution", 1979).
fn vonmises(p: &[f64]) -> Option<Draw> {
    let kappa = p[0];
    if kappa < 1e-8 {
        return by(|rng| PI * (2.0 * rng.random::<f64>() - 1.0));
    }
    if kappa > 1e6 {
        // So narrow that it is normal.
        return by(move |rng| {
            let z: f64 = StandardNormal.sample(rng);
            (z / kappa.sqrt()).clamp(-PI, PI)
        });
    }
    let r = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
    let rho = (r - (2.0 * r).sqrt()) / (2.0 * kappa);
    // The difference of nearly equal numbers has no digits left where kappa is small.
    let s = if kappa < 1e-5 { 1.0 / kappa + kappa } else { (1.0 + rho * rho) / (2.0 * rho) };
    by(move |rng| {
        loop {
            let z = (PI * rng.random::<f64>()).cos();
            let w = (1.0 + s * z) / (s + z);
            let y = kappa * (s - w);
            let v = rng.random::<f64>();
            if y * (2.0 - y) - v >= 0.0 || (y / v).ln() + 1.0 - y >= 0.0 {
                return if rng.random::<f64>() < 0.5 { -w.clamp(-1.0, 1.0).acos() } else { w.clamp(-1.0, 1.0).acos() };
            }
        }
    })
}

/// A distribution as it was asked for, and what draws from it; `None` where the parameters are outside its domain.
type Made = (String, Vec<f64>, Option<Rc<Draw>>);

thread_local! {
    /// The distribution that a thread drew from last: one run after another draws from it, and a table takes longer to make
    /// than a run to draw.
    static LAST: RefCell<Option<Made>> = const { RefCell::new(None) };
}

/// What draws from a distribution; `None` where the parameters are outside its domain.
fn draw_of(name: &str, params: &[f64]) -> Option<Rc<Draw>> {
    LAST.with_borrow_mut(|last| {
        if let Some((_, _, draw)) = last.as_ref().filter(|made| made.0 == name && made.1 == params) {
            return draw.clone();
        }
        let draw = DISTRIBUTIONS.iter().find(|row| row.0 == name).and_then(|row| (row.1)(params)).map(Rc::new);
        *last = Some((name.to_string(), params.to_vec(), draw.clone()));
        draw
    })
}

/// Draws lines of elements; NaN where the parameters are outside the distribution's domain.
pub(crate) fn fill_named(name: &str, params: &[Scalar], random: &Random, lines: &Lines, out: &mut [f64]) {
    let params: Vec<f64> = params.iter().map(|p| p.to_f64()).chain([0.0; 3]).collect();
    let Some(draw) = draw_of(name, &params) else { return out.fill(f64::NAN) };
    // Streams of one seed differ by a multiple of the golden ratio, so that no two share a key.
    let key = random.seed ^ random.stream.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for (line, out) in out.chunks_mut(lines.len.max(1)).enumerate() {
        draw(&Streams { key, at: lines.start_of(line), step: lines.step }, out);
    }
}
