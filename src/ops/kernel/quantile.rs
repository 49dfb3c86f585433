//! Medians and quantiles: which order statistics they want, and what becomes of them.

use super::crew::Crew;
use super::keys::{Keyed, keys_of, with_keyed};
use super::{Asked, SharedRow, flag, float, text};
use crate::data::{Block, DType, Error, Result};
use crate::ir::Param;
use crate::ops::vector::Sortable;
use num_traits::Float;

/// The rows of this family.
pub(super) const ROWS: &[SharedRow] = &[("median", lines), ("quantile", lines)];

/// The methods of Hyndman and Fan (1996), as NumPy names them, and whether each gives elements of the array alone.
pub(crate) const METHODS: &[(&str, bool)] = &[
    ("linear", false),
    ("lower", true),
    ("higher", true),
    ("nearest", true),
    ("midpoint", false),
    ("inverted_cdf", true),
    ("averaged_inverted_cdf", false),
    ("closest_observation", true),
    ("interpolated_inverted_cdf", false),
    ("hazen", false),
    ("weibull", false),
    ("median_unbiased", false),
    ("normal_unbiased", false),
];

/// Up to this length lines are sorted side by side, in less time than one of them is searched.
const SHORT: usize = 32;
/// Such lines that are sorted between two looks at the crew.
const TOGETHER: usize = 1 << 12;

/// What is asked of each line.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    skip_nan: bool,
    /// `None`: the median.
    method: Option<String>,
    qs: Vec<f64>,
    /// Whether places and results are computed in float32.
    single: bool,
}

/// A quantile between two order statistics of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) low: usize,
    pub(crate) high: usize,
    weight: f64,
}

impl Wanted {
    /// Parameters: whether NaN are left out, whether results are float32; then the method and each quantile, or nothing
    /// for the median.
    pub(crate) fn new(params: &[Param]) -> Wanted {
        let method = (params.len() > 2).then(|| text(params, 2).to_string());
        let qs = (3..params.len()).filter_map(|k| float(params, k)).collect();
        Wanted { skip_nan: flag(params, 0), single: flag(params, 1), method, qs }
    }

    /// How many results a line has.
    pub(crate) fn count(&self) -> usize {
        if self.method.is_some() { self.qs.len() } else { 1 }
    }

    /// Where the results lie in a line of `valid` elements that are not NaN and `missing` that are; `None` where NaN is
    /// the answer.
    pub(crate) fn places(&self, valid: usize, missing: usize) -> Option<Vec<Place>> {
        if valid == 0 || (missing > 0 && !self.skip_nan) {
            return None;
        }
        let Some(method) = &self.method else {
            return Some(vec![Place { low: (valid - 1) / 2, high: valid / 2, weight: 0.5 }]);
        };
        let place = |&q: &f64| {
            if self.single { place::<f32>(valid, q as f32, method) } else { place::<f64>(valid, q, method) }
        };
        Some(self.qs.iter().map(place).collect())
    }

    /// Whether results are elements of the array, in its dtype.
    pub(crate) fn is_discrete(&self) -> bool {
        let is_it = |method: &String| METHODS.iter().any(|row| row.0 == method && row.1);
        self.method.as_ref().is_some_and(is_it)
    }

    /// The results of lines as one block. `found` holds, line after line, the two order statistics of each place; `None`
    /// stands for a line whose answer is NaN.
    pub(crate) fn results<T: Keyed>(&self, shape: &[usize], lines: &[Option<Vec<Found<T>>>]) -> Block {
        let count = self.count();
        let each = |of: &dyn Fn(&Found<T>) -> f64| -> Vec<f64> {
            let line = |line: &Option<Vec<Found<T>>>| match line {
                Some(found) => found.iter().map(of).collect(),
                None => vec![f64::NAN; count],
            };
            lines.iter().flat_map(line).collect()
        };
        if self.is_discrete() {
            let missing = T::MISSING.map_or_else(T::default, T::of_key);
            let line = |line: &Option<Vec<Found<T>>>| match line {
                Some(found) => found.iter().map(|f| f.low).collect(),
                None => vec![missing; count],
            };
            return Block::from_vec::<T>(shape, lines.iter().flat_map(line).collect());
        }
        if self.single {
            let values = each(&|f| f64::from(self.between(f.low.wide() as f32, f.high.wide() as f32, f.place)));
            return Block::from_vec(shape, values.into_iter().map(|v| v as f32).collect());
        }
        Block::from_vec(shape, each(&|f| self.between(f.low.wide(), f.high.wide(), f.place)))
    }

    /// The value at a place: the mean of two for medians, else NumPy's `_lerp`, from the nearer end.
    fn between<F: Float>(&self, low: F, high: F, place: Place) -> F {
        let half = F::one() / (F::one() + F::one());
        if self.method.is_none() {
            return if place.low == place.high { low } else { (low + high) * half };
        }
        let weight = F::from(place.weight).unwrap_or(half);
        let step = high - low;
        if weight < half { low + step * weight } else { high - step * (F::one() - weight) }
    }
}

/// The two order statistics of a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<T> {
    pub(crate) place: Place,
    pub(crate) low: T,
    pub(crate) high: T,
}

/// The place of the quantile `q` among `valid` sorted elements, computed as NumPy does, in the dtype of `q`.
fn place<F: Float>(valid: usize, q: F, method: &str) -> Place {
    let real = |v: f64| F::from(v).unwrap_or_else(F::zero);
    let (n, half) = (real(valid as f64), real(0.5));
    let last = n - F::one();
    let index = |v: F| v.max(F::zero()).to_usize().unwrap_or(0).min(valid - 1);
    let exactly = |v: F| Place { low: index(v), high: index(v), weight: 0.0 };
    let around = |v: F, fix: &dyn Fn(F) -> F| {
        if v >= last {
            return Place { low: valid - 1, high: valid - 1, weight: 0.0 };
        }
        let low = v.floor();
        let weight = if v < F::zero() { F::zero() } else { fix(v - low) };
        Place { low: index(low), high: index(low + F::one()), weight: weight.to_f64().unwrap_or(0.0) }
    };
    let fitted = |alpha: f64, beta: f64| {
        let v = n * q + (real(alpha) + q * real(1.0 - alpha - beta)) - F::one();
        around(v, &|weight| weight)
    };
    let to_next = |v: F, down: bool| exactly(if down { v.floor() } else { v.floor() + F::one() });
    match method {
        "lower" => exactly((last * q).floor()),
        "higher" => exactly((last * q).ceil()),
        "nearest" => exactly(even(last * q)),
        "midpoint" => around(half * ((last * q).floor() + (last * q).ceil()), &|w| if w.is_zero() { w } else { half }),
        "inverted_cdf" => to_next(n * q - F::one(), (n * q - F::one()).fract().is_zero()),
        "averaged_inverted_cdf" => around(n * q - F::one(), &|w| if w.is_zero() { half } else { F::one() }),
        "closest_observation" => {
            let v = n * q - F::one() - half;
            to_next(v, v.fract().is_zero() && (v.floor() % real(2.0)).abs() == F::one())
        }
        "interpolated_inverted_cdf" => fitted(0.0, 1.0),
        "hazen" => fitted(0.5, 0.5),
        "weibull" => fitted(0.0, 0.0),
        "median_unbiased" => fitted(1.0 / 3.0, 1.0 / 3.0),
        "normal_unbiased" => fitted(3.0 / 8.0, 3.0 / 8.0),
        _ => around(last * q, &|weight| weight),
    }
}

/// To the nearest integer, halves to the even one.
fn even<F: Float>(v: F) -> F {
    F::from(v.to_f64().unwrap_or(0.0).round_ties_even()).unwrap_or(v)
}

/// The results of the lines of a block whose last axis is the line.
fn lines(inputs: &[Block], asked: Asked<'_>, params: &[Param], crew: &dyn Crew) -> Result<Vec<Block>> {
    let (x, wanted) = (inputs[0].contiguous(), Wanted::new(params));
    let loops = x.ndim() - asked.core;
    let (count, len): (usize, usize) = (x.shape()[..loops].iter().product(), x.shape()[loops..].iter().product());
    let shape = [&x.shape()[..loops], &[wanted.count()]].concat();
    with_keyed!(x.dtype(), T => {
        let values = <T as crate::data::Element>::of_block(&x).and_then(|a| a.as_slice()).unwrap_or_default();
        let mut keys = vec![];
        let mut found = Vec::with_capacity(count);
        let few = if len <= SHORT { TOGETHER } else { 1 };
        for first in (0..count).step_by(few) {
            crew.check()?;
            let lines = few.min(count - first);
            keys.resize(lines * len, Default::default());
            keys_of::<T>(&values[first * len..(first + lines) * len], &mut keys);
            if len <= SHORT {
                <<T as Keyed>::Key as Sortable>::sort_lines(&mut keys, len);
                found.extend((0..lines).map(|line| of_sorted::<T>(&keys[line * len..(line + 1) * len], &wanted)));
            } else {
                found.push(of_line::<T>(&mut keys, &wanted));
            }
        }
        Ok(vec![wanted.results::<T>(&shape, &found)])
    }, else Err(Error::type_(format!("there are no quantiles of {}", DType::Complex128))))
}

/// The order statistics of one line; its keys are put into another order.
fn of_line<T: Keyed>(keys: &mut [T::Key], wanted: &Wanted) -> Option<Vec<Found<T>>> {
    let places = places_in::<T>(keys, wanted)?;
    let mut ranks: Vec<usize> = places.iter().flat_map(|place| [place.low, place.high]).collect();
    ranks.sort_unstable();
    ranks.dedup();
    select(keys, 0, &ranks);
    Some(found_at(keys, &places))
}

/// The same of a line whose keys are sorted.
fn of_sorted<T: Keyed>(keys: &[T::Key], wanted: &Wanted) -> Option<Vec<Found<T>>> {
    Some(found_at(keys, &places_in::<T>(keys, wanted)?))
}

fn places_in<T: Keyed>(keys: &[T::Key], wanted: &Wanted) -> Option<Vec<Place>> {
    let missing = T::MISSING.map_or(0, |missing| keys.iter().filter(|key| **key == missing).count());
    wanted.places(keys.len() - missing, missing)
}

fn found_at<T: Keyed>(keys: &[T::Key], places: &[Place]) -> Vec<Found<T>> {
    let at = |rank: usize| T::of_key(keys[rank]);
    places.iter().map(|&place| Found { place, low: at(place.low), high: at(place.high) }).collect()
}

/// Puts the keys of ascending ranks (counted from `first`) at their places: the middle rank first, then either side.
pub(crate) fn select<K: Ord>(keys: &mut [K], first: usize, ranks: &[usize]) {
    let Some(&middle) = ranks.get(ranks.len() / 2) else { return };
    let (below, _, above) = keys.select_nth_unstable(middle - first);
    let (lower, upper) = (&ranks[..ranks.len() / 2], &ranks[ranks.len() / 2 + 1..]);
    if let [next] = upper
        && *next == middle + 1
    {
        // The neighbour of a rank is the least of what lies above.
        let least = (0..above.len()).min_by(|&a, &b| above[a].cmp(&above[b]));
        above.swap(0, least.unwrap_or(0));
    } else {
        select(above, middle + 1, upper);
    }
    select(below, first, lower);
}

#[cfg(test)]
mod tests {
    use super::{Wanted, of_line};
    use crate::data::Scalar;
    use crate::ir::Param;
    use crate::ops::kernel::keys::Keyed;

    fn quantile(values: &[f64], q: f64, method: &str) -> f64 {
        let params =
            [Param::Bool(false), Param::Bool(false), Param::Str(method.into()), Param::Float(Scalar::Float64(q))];
        let (wanted, mut keys) = (Wanted::new(&params), values.iter().map(|v| v.key()).collect::<Vec<_>>());
        let found = of_line::<f64>(&mut keys, &wanted);
        wanted.results(&[1], &[found]).to_vec::<f64>()[0]
    }

    #[test]
    fn methods_give_numpys_quantiles() {
        // np.quantile([1, 2, 4, 7, 11], 0.4, method=...)
        let values = [11.0, 2.0, 1.0, 7.0, 4.0];
        let cases = [
            ("linear", 3.2),
            ("lower", 2.0),
            ("higher", 4.0),
            ("nearest", 4.0),
            ("midpoint", 3.0),
            ("inverted_cdf", 2.0),
            ("averaged_inverted_cdf", 3.0),
            ("hazen", 3.0),
            ("weibull", 2.8),
        ];
        for (method, expected) in cases {
            let found = quantile(&values, 0.4, method);
            assert!((found - expected).abs() < 1e-12, "{method}: {found} for {expected}");
        }
    }
}
