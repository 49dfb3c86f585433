//! Counts of bounded spread, drawn by one uniform number each from a table of what each count weighs.
//!
//! A column of the table is as likely as another, and holds the weight of one count and of one other (A. J. Walker, "An
//! efficient method for generating discrete random variables with general distributions", 1977; the table is filled as in
//! M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", 1991). 10M
//! Poisson counts of mean 4 take 39 ms so, and 279 by multiplying uniform numbers.

/// Columns of the largest table: 96 KiB. What spreads further is drawn by rejection.
const MOST: usize = 4096;
/// Counts that weigh less than this part of the likeliest one are left out: all of them together are drawn less often than
/// once in 2^60 times.
const NEGLIGIBLE: f64 = 1e-22;

/// Counts `lowest ..= highest`: `k + 1` weighs `ratio(k)` times as much as `k`, and `mode` the most.
pub(super) struct Weights<F> {
    pub(super) lowest: f64,
    pub(super) highest: f64,
    pub(super) mode: f64,
    pub(super) ratio: F,
}

/// A count that is drawn where the fraction of a uniform number lies below `share`, and the one drawn elsewhere.
#[derive(Clone, Copy, Default)]
struct Column {
    share: f64,
    own: f64,
    other: f64,
}

/// The columns, one of which a uniform number picks.
pub(super) struct Table(Vec<Column>);

impl<F: Fn(f64) -> f64> Weights<F> {
    /// The first count of those that are not negligible, and the weights from there on; `None` where they are too many.
    fn listed(&self) -> Option<(f64, Vec<f64>)> {
        let mode = self.mode.clamp(self.lowest, self.highest);
        let (mut below, mut k, mut weight) = (vec![], mode, 1.0);
        while k > self.lowest && below.len() <= MOST {
            weight /= (self.ratio)(k - 1.0);
            k -= 1.0;
            if weight < NEGLIGIBLE {
                break;
            }
            below.push(weight);
        }
        let first = mode - below.len() as f64;
        let mut weights: Vec<f64> = below.into_iter().rev().chain([1.0]).collect();
        (k, weight) = (mode, 1.0);
        while k < self.highest && weights.len() <= MOST {
            weight *= (self.ratio)(k);
            k += 1.0;
            if weight < NEGLIGIBLE {
                break;
            }
            weights.push(weight);
        }
        (weights.len() <= MOST && weights.iter().all(|weight| weight.is_finite())).then_some((first, weights))
    }

    /// The table of the counts; `None` where they are too many.
    pub(super) fn table(&self) -> Option<Table> {
        let (first, weights) = self.listed()?;
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let mut shares: Vec<f64> = weights.iter().map(|weight| weight / mean).collect();
        let count = |k: usize| first + k as f64;
        let mut columns: Vec<Column> =
            (0..shares.len()).map(|k| Column { share: 1.0, own: count(k), other: count(k) }).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..shares.len()).partition(|&k| shares[k] < 1.0);
        // What a light count leaves of its column is given to a heavy one, which is lighter by that afterwards.
        while let (Some(light), Some(&heavy)) = (small.pop(), large.last()) {
            columns[light] = Column { share: shares[light], own: count(light), other: count(heavy) };
            shares[heavy] -= 1.0 - shares[light];
            if shares[heavy] < 1.0 {
                small.extend(large.pop());
            }
        }
        Some(Table(columns))
    }
}

impl Table {
    /// Uniform numbers of [0, 1) made counts.
    pub(super) fn draw(&self, numbers: &mut [f64]) {
        let columns = &self.0;
        let last = columns.len() - 1;
        for number in numbers {
            let at = *number * columns.len() as f64;
            let column = columns[(at as usize).min(last)];
            *number = if at - at.floor() < column.share { column.own } else { column.other };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Weights;

    #[test]
    fn counts_come_as_often_as_they_weigh() {
        // Binomial: 4 throws of a coin that falls on its head in three of ten.
        let coin = Weights { lowest: 0.0, highest: 4.0, mode: 1.0, ratio: |k: f64| (4.0 - k) / (k + 1.0) * 0.3 / 0.7 };
        let mut numbers: Vec<f64> = (0..1_000_000).map(|k| f64::from(k) / 1e6).collect();
        coin.table().unwrap().draw(&mut numbers);
        for (count, wanted) in [0.2401, 0.4116, 0.2646, 0.0756, 0.0081].iter().enumerate() {
            let found = numbers.iter().filter(|n| **n == count as f64).count() as f64 / 1e6;
            assert!((found - wanted).abs() < 1e-5, "{count}: {found}");
        }
    }

    #[test]
    fn counts_that_spread_too_far_have_no_table() {
        let poisson = |mean: f64| Weights {
            lowest: 0.0,
            highest: f64::INFINITY,
            mode: mean.floor(),
            ratio: move |k: f64| mean / (k + 1.0),
        };
        assert!(poisson(0.0).table().is_some_and(|table| table.0.len() == 1));
        assert!(poisson(4000.0).table().is_some());
        assert!(poisson(1e9).table().is_none());
    }
}
