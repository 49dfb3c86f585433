//! Quantiles of long lines and sorted long lines, against a plain sort.

use super::{calculator, uniform};
use dka::data::{Chunks, Cuts, DType, Scalar};
use dka::exec::Unwatched;
use dka::ir::{Expr, Kernel, Param};
use dka::ops::primitive::{self as p};

/// Longer than what is selected in cache.
const LONG: usize = 300_007;

fn computed(x: &Expr, threads: usize) -> Vec<f64> {
    let (blocks, _) =
        calculator(threads).compute(std::slice::from_ref(x), &Unwatched).expect("the expression computes");
    blocks[0].to_vec::<f64>()
}

/// The linear quantiles of the last `core` axes.
fn quantiles(x: &Expr, core: usize, qs: &[f64], skip_nan: bool) -> Expr {
    let mut params = vec![Param::Bool(skip_nan), Param::Bool(false), Param::Str("lower".into())];
    params.extend(qs.iter().map(|&q| Param::Float(Scalar::Float64(q))));
    p::per_block("quantile", params, &[(x, core)], &[qs.len()], x.dtype, 0)
}

/// What a sort of each line of the last axis gives.
fn by_sorting(values: &[f64], line: usize, qs: &[f64]) -> Vec<f64> {
    let of_line = |line: &[f64]| {
        let mut sorted: Vec<f64> = line.iter().copied().filter(|v| !v.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        qs.iter().map(|q| sorted[((sorted.len() - 1) as f64 * q).floor() as usize]).collect::<Vec<f64>>()
    };
    values.chunks(line).flat_map(of_line).collect()
}

fn map(kernel: Kernel, x: &Expr, value: f64) -> Expr {
    let value = p::broadcast(&p::scalar(Scalar::Float64(value)), &x.chunks);
    p::map(kernel, &[x.clone(), value]).expect("shapes fit")
}

#[test]
fn long_lines_give_the_order_statistics_of_a_sort() {
    let x = uniform(&[LONG], &[70_001]);
    let ties = p::map(Kernel::Floor, &[map(Kernel::Multiply, &x, 5.0)]).expect("shapes fit");
    let rising = p::iota(
        Scalar::Float64(-100.0),
        Scalar::Float64(0.25),
        DType::Float64,
        Chunks(vec![Cuts::regular(LONG, 70_001)]),
    );
    let steep = map(Kernel::Power, &x, 40.0);
    let equal = map(Kernel::Multiply, &x, 0.0);
    let all: Vec<f64> = (0..=120).map(|k| f64::from(k) / 120.0).collect();
    for line in [&x, &ties, &rising, &steep, &equal] {
        for qs in [&[0.5][..], &[0.0, 0.25, 0.75, 1.0], &all] {
            let expected = by_sorting(&computed(line, 2), LONG, qs);
            let asked = quantiles(line, 1, qs, false);
            assert_eq!(computed(&asked, 2), expected);
            assert_eq!(computed(&asked, 1), expected);
        }
    }
}

#[test]
fn long_lines_along_several_axes_are_searched_together() {
    let x = uniform(&[3, 700, 601], &[2, 300, 100]);
    let expected = by_sorting(&computed(&x, 2), 700 * 601, &[0.1, 0.5]);
    assert_eq!(computed(&quantiles(&x, 2, &[0.1, 0.5], false), 2), expected);
    let tall = uniform(&[LONG, 3], &[50_000, 2]);
    let columns = p::transpose(&tall, &[1, 0]);
    let expected = by_sorting(&computed(&columns, 2), LONG, &[0.5, 0.9]);
    assert_eq!(computed(&quantiles(&columns, 1, &[0.5, 0.9], false), 2), expected);
}

#[test]
fn missing_values_decide_long_lines_or_are_skipped() {
    let x = uniform(&[LONG], &[70_001]);
    // The root of what is below 0.3 is NaN.
    let holes = p::map(Kernel::Sqrt, &[map(Kernel::Subtract, &x, 0.3)]).expect("shapes fit");
    let expected = by_sorting(&computed(&holes, 2), LONG, &[0.2, 0.5]);
    assert_eq!(computed(&quantiles(&holes, 1, &[0.2, 0.5], true), 2), expected);
    assert!(computed(&quantiles(&holes, 1, &[0.2, 0.5], false), 2).iter().all(|v| v.is_nan()));
}

#[test]
fn long_lines_are_sorted_alike_on_any_number_of_threads() {
    let x = uniform(&[LONG], &[70_001]);
    let mut expected = computed(&x, 2);
    expected.sort_by(f64::total_cmp);
    let sorted = p::per_block("sort", vec![], &[(&x, 1)], &[LONG], DType::Float64, 0);
    assert!(computed(&sorted, 1) == expected && computed(&sorted, 2) == expected);
    let order = p::per_block("argsort", vec![], &[(&x, 1)], &[LONG], DType::Int64, 0);
    let values = computed(&x, 2);
    assert!(computed(&order, 2).iter().map(|&i| values[i as usize]).eq(expected));
}
