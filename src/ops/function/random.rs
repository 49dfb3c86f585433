//! Random arrays: values depend on the seed and the index of the element alone, never on the chunks.

use crate::data::{DType, Error, Result, Scalar};
use crate::ir::{Distribution, Expr, Kernel, Random};
use crate::ops::function::build::{bi, real, un};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::cast;

/// Declares a function of the module and the method of generators that draws the same.
macro_rules! draws {
    ($($name:literal, $method:literal, [$($param:expr),*], $doc:literal, $example:literal, $shows:literal, $compose:expr;)*) => {
        /// The rows of the functions of `random`, and the same as methods of a generator.
        pub const ROWS: &[Function] = &[
            $(Function::row($name, &[$($param,)* opt("size", "None"), opt("chunks", "None")], $doc, $example, $shows, $compose),
              Function::row($method, &[need("generator"), $($param,)* opt("size", "None"), key("dtype", "None"), key("chunks", "None")], $doc, $example, $shows, $compose),)*
        ];
    };
}

draws! {
    "random.random", "Generator.random", [], "Uniform values in [0, 1).", "np.random.random((2, 3)).shape", "(2, 3)", |c| uniform(c, None);
    "random.random_sample", "Generator.random_sample", [], "Uniform values in [0, 1).", "np.random.random_sample(3).shape", "(3,)", |c| uniform(c, None);
    "random.uniform", "Generator.uniform", [opt("low", "0.0"), opt("high", "1.0")], "Uniform values in [low, high).", "np.random.uniform(2, 3, size=4).shape", "(4,)", |c| uniform(c, Some(("low", "high")));
    "random.normal", "Generator.normal", [opt("loc", "0.0"), opt("scale", "1.0")], "Normal values.", "np.random.normal(5, 1, size=4).shape", "(4,)", |c| normal(c, true);
    "random.standard_normal", "Generator.standard_normal", [], "Normal values of mean 0 and deviation 1.", "np.random.standard_normal(4).shape", "(4,)", |c| normal(c, false);
    "random.lognormal", "Generator.lognormal", [opt("mean", "0.0"), opt("sigma", "1.0")], "Values whose logarithm is normal.", "np.random.lognormal(size=3).shape", "(3,)", |c| {
        let z = standard(c)?;
        answer(un(Kernel::Exp, &scaled(c, &z, Some("mean"), "sigma")?)?)
    };
    "random.exponential", "Generator.exponential", [opt("scale", "1.0")], "Exponential values.", "np.random.exponential(2.0, 4).shape", "(4,)", |c| {
        let e = waiting(c)?;
        answer(scaled(c, &e, None, "scale")?)
    };
    "random.standard_exponential", "Generator.standard_exponential", [], "Exponential values of mean 1.", "np.random.standard_exponential(4).shape", "(4,)", |c| answer(waiting(c)?);
    "random.rayleigh", "Generator.rayleigh", [opt("scale", "1.0")], "Rayleigh values.", "np.random.rayleigh(size=3).shape", "(3,)", |c| {
        let root = un(Kernel::Sqrt, &bi(Kernel::Multiply, &real(2.0), &waiting(c)?)?)?;
        answer(scaled(c, &root, None, "scale")?)
    };
    "random.weibull", "Generator.weibull", [need("a")], "Weibull values.", "np.random.weibull(2.0, 3).shape", "(3,)", |c| answer(powered(c, &waiting(c)?, "a", 1.0)?);
    "random.pareto", "Generator.pareto", [need("a")], "Pareto values of the second kind.", "np.random.pareto(3.0, 3).shape", "(3,)", |c| {
        let share = bi(Kernel::Divide, &waiting(c)?, &c.array("a")?)?;
        answer(un(Kernel::Expm1, &share)?)
    };
    "random.power", "Generator.power", [need("a")], "Values in [0, 1] with density a x**(a - 1).", "np.random.power(3.0, 3).shape", "(3,)", |c| {
        answer(powered(c, &unit(c)?, "a", 1.0)?)
    };
    "random.laplace", "Generator.laplace", [opt("loc", "0.0"), opt("scale", "1.0")], "Laplace values.", "np.random.laplace(size=3).shape", "(3,)", laplace;
    "random.logistic", "Generator.logistic", [opt("loc", "0.0"), opt("scale", "1.0")], "Logistic values.", "np.random.logistic(size=3).shape", "(3,)", |c| {
        let u = unit(c)?;
        let odds = bi(Kernel::Divide, &u, &bi(Kernel::Subtract, &real(1.0), &u)?)?;
        answer(scaled(c, &un(Kernel::Log, &odds)?, Some("loc"), "scale")?)
    };
    "random.gumbel", "Generator.gumbel", [opt("loc", "0.0"), opt("scale", "1.0")], "Gumbel values.", "np.random.gumbel(size=3).shape", "(3,)", |c| {
        let double = un(Kernel::Negative, &un(Kernel::Log, &waiting(c)?)?)?;
        answer(scaled(c, &double, Some("loc"), "scale")?)
    };
    "random.standard_cauchy", "Generator.standard_cauchy", [], "Cauchy values.", "np.random.standard_cauchy(3).shape", "(3,)", |c| {
        let turn = bi(Kernel::Multiply, &bi(Kernel::Subtract, &unit(c)?, &real(0.5))?, &real(std::f64::consts::PI))?;
        answer(un(Kernel::Tan, &turn)?)
    };
    "random.triangular", "Generator.triangular", [need("left"), need("mode"), need("right")], "Values with a triangular density.", "np.random.triangular(0, 1, 3, 4).shape", "(4,)", triangular;
    "random.geometric", "Generator.geometric", [need("p")], "Number of trials up to the first success.", "np.random.geometric(0.5, 4).shape", "(4,)", |c| {
        let rate = un(Kernel::Negative, &un(Kernel::Log1p, &un(Kernel::Negative, &c.array("p")?)?)?)?;
        let trials = un(Kernel::Ceil, &bi(Kernel::Divide, &waiting(c)?, &rate)?)?;
        answer(cast(&bi(Kernel::Maximum, &trials, &real(1.0))?, DType::Int64))
    };
    "random.poisson", "Generator.poisson", [opt("lam", "1.0")], "Poisson counts.", "np.random.poisson(3.0, 4).shape", "(4,)", |c| named(c, "poisson", &["lam"], DType::Int64);
    "random.gamma", "Generator.gamma", [need("shape"), opt("scale", "1.0")], "Gamma values.", "np.random.gamma(2.0, 1.0, 4).shape", "(4,)", |c| named(c, "gamma", &["shape", "scale"], DType::Float64);
    "random.standard_gamma", "Generator.standard_gamma", [need("shape")], "Gamma values of scale 1.", "np.random.standard_gamma(2.0, 4).shape", "(4,)", |c| named(c, "standard_gamma", &["shape"], DType::Float64);
    "random.beta", "Generator.beta", [need("a"), need("b")], "Beta values.", "np.random.beta(2.0, 3.0, 4).shape", "(4,)", |c| named(c, "beta", &["a", "b"], DType::Float64);
    "random.binomial", "Generator.binomial", [need("n"), need("p")], "Number of successes in n trials.", "np.random.binomial(10, 0.5, 4).shape", "(4,)", |c| named(c, "binomial", &["n", "p"], DType::Int64);
    "random.standard_t", "Generator.standard_t", [need("df")], "Student's t values.", "np.random.standard_t(5.0, 4).shape", "(4,)", |c| named(c, "standard_t", &["df"], DType::Float64);
    "random.f", "Generator.f", [need("dfnum"), need("dfden")], "F values.", "np.random.f(3.0, 5.0, 4).shape", "(4,)", |c| named(c, "f", &["dfnum", "dfden"], DType::Float64);
    "random.wald", "Generator.wald", [need("mean"), need("scale")], "Inverse Gaussian values.", "np.random.wald(1.0, 2.0, 4).shape", "(4,)", |c| named(c, "wald", &["mean", "scale"], DType::Float64);
    "random.vonmises", "Generator.vonmises", [need("mu"), need("kappa")], "Angles around a direction.", "np.random.vonmises(0.0, 4.0, 4).shape", "(4,)", vonmises;
    "random.zipf", "Generator.zipf", [need("a")], "Ranks of which k has a share of 1 / k**a.", "np.random.zipf(2.0, 4).shape", "(4,)", |c| named(c, "zipf", &["a"], DType::Int64);
    "random.logseries", "Generator.logseries", [need("p")], "Counts of the logarithmic series.", "np.random.logseries(0.5, 4).shape", "(4,)", |c| named(c, "logseries", &["p"], DType::Int64);
    "random.negative_binomial", "Generator.negative_binomial", [need("n"), need("p")], "Number of failures before n successes.", "np.random.negative_binomial(3, 0.5, 4).shape", "(4,)", |c| named(c, "negative_binomial", &["n", "p"], DType::Int64);
    "random.hypergeometric", "Generator.hypergeometric", [need("ngood"), need("nbad"), need("nsample")], "Good ones among those drawn from an urn.", "np.random.hypergeometric(5, 5, 3, 4).shape", "(4,)", |c| named(c, "hypergeometric", &["ngood", "nbad", "nsample"], DType::Int64);
    "random.chisquare", "Generator.chisquare", [need("df")], "Chi-square values.", "np.random.chisquare(2.0, 4).shape", "(4,)", |c| named(c, "chisquare", &["df"], DType::Float64);
}

/// The shape asked for by `size=` or by lengths; of the parameters where there is neither.
pub(super) fn wanted(call: &Call<'_>, params: &[&Expr]) -> Result<Vec<usize>> {
    let lengths = call.get("lengths");
    if let Arg::Tuple(items) = lengths {
        let each = items.iter().map(|i| call.int_of(i, "lengths")).collect::<Result<Vec<_>>>()?;
        return each
            .into_iter()
            .map(|n| usize::try_from(n).map_err(|_| Error::value("negative dimensions are not allowed")))
            .collect();
    }
    if call.given("size") {
        return call.shape("size");
    }
    crate::data::broadcast_shapes(&params.iter().map(|x| x.shape.as_slice()).collect::<Vec<_>>())
}

/// The generator that draws; `None` for the module's own state.
pub(super) fn generator(call: &Call<'_>) -> Option<u64> {
    if let Arg::Generator(handle) = call.get("generator") { Some(*handle) } else { None }
}

/// An array of a distribution in the shape asked for.
pub(super) fn drawn(call: &Call<'_>, distribution: Distribution, dtype: DType, params: &[&Expr]) -> Result<Expr> {
    let shape = wanted(call, params)?;
    let chunks = call.chunks("chunks", &shape, dtype)?;
    let (seed, stream) = call.host.random_key(generator(call));
    Ok(crate::ops::primitive::random(Random { seed, stream, distribution }, dtype, chunks))
}

pub(super) fn in_dtype(call: &Call<'_>, x: Expr) -> Result<Arg> {
    answer(call.dtype("dtype")?.map_or_else(|| x.clone(), |dtype| cast(&x, dtype)))
}

pub(super) fn uniform(call: &Call<'_>, bounds: Option<(&str, &str)>) -> Result<Arg> {
    let span = |low: f64, high: f64| Distribution::Uniform { low: Scalar::Float64(low), high: Scalar::Float64(high) };
    let Some((low, high)) = bounds else { return in_dtype(call, drawn(call, span(0.0, 1.0), DType::Float64, &[])?) };
    let (a, b) = (call.array(low)?, call.array(high)?);
    if a.ndim() == 0 && b.ndim() == 0 {
        return answer(drawn(call, span(call.float(low)?, call.float(high)?), DType::Float64, &[])?);
    }
    let u = drawn(call, span(0.0, 1.0), DType::Float64, &[&a, &b])?;
    answer(bi(Kernel::Add, &a, &bi(Kernel::Multiply, &bi(Kernel::Subtract, &b, &a)?, &u)?)?)
}

fn standard(call: &Call<'_>) -> Result<Expr> {
    let z = Distribution::Normal { mean: Scalar::Float64(0.0), std: Scalar::Float64(1.0) };
    drawn(call, z, DType::Float64, &[])
}

pub(super) fn normal(call: &Call<'_>, given: bool) -> Result<Arg> {
    if !given {
        return in_dtype(call, standard(call)?);
    }
    let (loc, scale) = (call.array("loc")?, call.array("scale")?);
    if loc.ndim() == 0 && scale.ndim() == 0 {
        let std = call.float("scale")?;
        if std < 0.0 {
            return Err(Error::value("scale < 0"));
        }
        let (mean, std) = (Scalar::Float64(call.float("loc")?), Scalar::Float64(std));
        return answer(drawn(call, Distribution::Normal { mean, std }, DType::Float64, &[])?);
    }
    let z = Distribution::Normal { mean: Scalar::Float64(0.0), std: Scalar::Float64(1.0) };
    let z = drawn(call, z, DType::Float64, &[&loc, &scale])?;
    answer(bi(Kernel::Add, &loc, &bi(Kernel::Multiply, &scale, &z)?)?)
}

/// Uniform in (0, 1).
pub(super) fn unit(call: &Call<'_>) -> Result<Expr> {
    // The lowest value is half a step above zero, so that logarithms stay finite.
    let (low, high) = (Scalar::Float64(f64::EPSILON / 4.0), Scalar::Float64(1.0));
    drawn(call, Distribution::Uniform { low, high }, DType::Float64, &[])
}

/// Exponential values of mean 1.
fn waiting(call: &Call<'_>) -> Result<Expr> {
    un(
        Kernel::Negative,
        &un(
            Kernel::Log1p,
            &un(
                Kernel::Negative,
                &drawn(
                    call,
                    Distribution::Uniform { low: Scalar::Float64(0.0), high: Scalar::Float64(1.0) },
                    DType::Float64,
                    &[],
                )?,
            )?,
        )?,
    )
}

/// `loc + scale * x`
fn scaled(call: &Call<'_>, x: &Expr, loc: Option<&str>, scale: &str) -> Result<Expr> {
    let y = bi(Kernel::Multiply, x, &call.array(scale)?)?;
    match loc {
        Some(loc) => bi(Kernel::Add, &y, &call.array(loc)?),
        None => Ok(y),
    }
}

/// `x ** (times / a)`
fn powered(call: &Call<'_>, x: &Expr, name: &str, times: f64) -> Result<Expr> {
    bi(Kernel::Power, x, &bi(Kernel::Divide, &real(times), &call.array(name)?)?)
}

fn laplace(call: &Call<'_>) -> Result<Arg> {
    let off = bi(Kernel::Subtract, &unit(call)?, &real(0.5))?;
    let size = un(Kernel::Log1p, &bi(Kernel::Multiply, &real(-2.0), &un(Kernel::Abs, &off)?)?)?;
    let y = bi(Kernel::Multiply, &un(Kernel::Negative, &un(Kernel::Sign, &off)?)?, &size)?;
    answer(scaled(call, &y, Some("loc"), "scale")?)
}

fn triangular(call: &Call<'_>) -> Result<Arg> {
    let (a, m, b) = (call.float("left")?, call.float("mode")?, call.float("right")?);
    if a > m || m > b || a == b {
        return Err(Error::value("left <= mode <= right and left < right are needed"));
    }
    let u = unit(call)?;
    let (span, rise) = (b - a, m - a);
    let up = un(Kernel::Sqrt, &bi(Kernel::Multiply, &u, &real(span * rise))?)?;
    let rest = bi(Kernel::Subtract, &real(1.0), &u)?;
    let down = un(Kernel::Sqrt, &bi(Kernel::Multiply, &rest, &real(span * (b - m)))?)?;
    let left = bi(Kernel::Add, &real(a), &up)?;
    let right = bi(Kernel::Subtract, &real(b), &down)?;
    answer(super::build::choose(&bi(Kernel::Less, &u, &real(rise / span))?, &left, &right)?)
}

/// Parameters that a distribution needs beyond those that are not negative, and NumPy's words where they are not.
const DOMAINS: &[(&str, fn(&[f64]) -> bool, &str)] = &[
    ("standard_t", |p| p[0] > 0.0, "df <= 0"),
    ("f", |p| p[0] > 0.0, "dfnum <= 0"),
    ("f", |p| p[1] > 0.0, "dfden <= 0"),
    ("wald", |p| p[0] > 0.0, "mean <= 0"),
    ("wald", |p| p[1] > 0.0, "scale <= 0"),
    ("zipf", |p| p[0] > 1.0, "a <= 1 or a is NaN"),
    ("logseries", |p| p[0] < 1.0, "p < 0, p >= 1 or p is NaN"),
    ("negative_binomial", |p| p[0] > 0.0, "n <= 0"),
    ("negative_binomial", |p| p[1] > 0.0 && p[1] <= 1.0, "p < 0, p > 1 or p is NaN"),
    ("hypergeometric", |p| p[0] + p[1] < 1e9, "both ngood and nbad must be less than 1000000000"),
    ("hypergeometric", |p| p[2] <= p[0] + p[1], "ngood + nbad < nsample"),
];

/// Angles around `mu` in [-pi, pi].
fn vonmises(call: &Call<'_>) -> Result<Arg> {
    let (mu, kappa) = (call.float("mu")?, call.float("kappa")?);
    if kappa < 0.0 || kappa.is_nan() {
        return Err(Error::value("kappa < 0"));
    }
    let around = Distribution::Named { name: "vonmises".into(), params: vec![Scalar::Float64(kappa)] };
    let (pi, turn) = (real(std::f64::consts::PI), real(std::f64::consts::TAU));
    let y = bi(Kernel::Add, &drawn(call, around, DType::Float64, &[])?, &real(mu))?;
    answer(bi(Kernel::Subtract, &bi(Kernel::Remainder, &bi(Kernel::Add, &y, &pi)?, &turn)?, &pi)?)
}

fn named(call: &Call<'_>, name: &str, params: &[&str], dtype: DType) -> Result<Arg> {
    let values = params.iter().map(|p| call.float(p).map(Scalar::Float64)).collect::<Result<Vec<_>>>()?;
    if values.iter().any(|v| v.to_f64() < 0.0 || v.to_f64().is_nan()) {
        return Err(Error::value(format!("{} must not be negative", params.join(", "))));
    }
    let numbers: Vec<f64> = values.iter().map(|v| v.to_f64()).collect();
    // The standard forms have scale 1.
    let (name, values) = match name {
        "standard_gamma" => ("gamma", [values, vec![Scalar::Float64(1.0)]].concat()),
        other => (other, values),
    };
    if let Some((_, why)) =
        DOMAINS.iter().filter(|row| row.0 == name).find(|row| !(row.1)(&numbers)).map(|row| (row.0, row.2))
    {
        return Err(Error::value(why));
    }
    if name == "poisson" && values.iter().all(|v| v.to_f64() == 0.0) {
        return answer(cast(&bi(Kernel::Multiply, &unit(call)?, &real(0.0))?, dtype));
    }
    let distribution = Distribution::Named { name: name.to_string(), params: values };
    answer(drawn(call, distribution, dtype, &[])?)
}
