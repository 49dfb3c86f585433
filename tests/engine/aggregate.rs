//! Aggregates: the chunks and the threads change nothing, floats that are special are where NumPy has them, and what does
//! not fit is refused.

use super::{calculator, uniform};
use dka::data::{Block, Chunks, Cuts, DType, ErrorKind, Scalar};
use dka::exec::{Settings, Unwatched};
use dka::ir::{Aggregation, Expr, Kernel, Location};
use dka::ops::primitive as p;
use dka::shell::calculator::{Calculator, Persisted};

fn bits(x: &Expr, threads: usize) -> Vec<u64> {
    let (blocks, _) = calculator(threads).compute(std::slice::from_ref(x), &Unwatched).expect("computes");
    blocks[0].to_vec::<f64>().iter().map(|v| v.to_bits()).collect()
}

fn floats(values: &[f64]) -> Expr {
    p::from_block(Block::from_vec(&[values.len()], values.to_vec()))
}

fn edges(values: &[f64]) -> Aggregation {
    Aggregation::Bins { edges: values.iter().map(|&v| Scalar::Float64(v)).collect() }
}

fn kinds() -> Vec<(Aggregation, usize)> {
    let tenths: Vec<f64> = (0..=10).map(|k| f64::from(k) / 10.0).collect();
    vec![
        (edges(&tenths), 0),
        (edges(&[0.1, 0.11, 0.5, 0.9]), 0),
        (Aggregation::Distinct { equal_nan: true }, 0),
        (Aggregation::Distinct { equal_nan: true }, 1),
        (Aggregation::Distinct { equal_nan: false }, 2),
    ]
}

#[test]
fn bits_do_not_depend_on_threads_or_chunks() {
    let x = uniform(&[1200, 900], &[500, 250]);
    let coarse = p::map(
        Kernel::Floor,
        &[p::map(Kernel::Multiply, &[x.clone(), p::scalar(Scalar::Float64(900.0))]).expect("fits")],
    );
    let coarse = coarse.expect("a float");
    for (kind, result) in kinds() {
        for x in [&x, &coarse] {
            let all = bits(&p::aggregate(kind.clone(), &[x], result), 1);
            assert_eq!(all, bits(&p::aggregate(kind.clone(), &[x], result), 8), "{kind:?}");
            let other = p::rechunk(x, Chunks(vec![Cuts::regular(1200, 37), Cuts::whole(900)]));
            assert_eq!(all, bits(&p::aggregate(kind.clone(), &[&other], result), 2), "{kind:?}");
        }
    }
}

#[test]
fn weights_are_added_in_an_order_that_threads_do_not_change() {
    let (x, w) = (uniform(&[900_000], &[300_000]), uniform(&[900_000], &[300_000]));
    let w = p::map(Kernel::Sqrt, &[w]).expect("a float");
    let sums = p::aggregate(edges(&[0.0, 0.25, 0.5, 1.0]), &[&x, &w], 0);
    assert_eq!(bits(&sums, 1), bits(&sums, 8));
}

#[test]
fn the_best_of_each_line_are_those_of_the_sorted_line() {
    let x = uniform(&[40, 3000], &[16, 700]);
    let (blocks, _) = calculator(2).compute(std::slice::from_ref(&x), &Unwatched).expect("computes");
    let all = blocks[0].to_vec::<f64>();
    for (count, greatest) in [(1, true), (7, true), (900, false)] {
        let best = bits(&p::aggregate(Aggregation::Top { count, greatest }, &[&x], 0), 4);
        let wanted = all.chunks(3000).flat_map(|line| {
            let mut line = line.to_vec();
            line.sort_by(|a, b| if greatest { b.total_cmp(a) } else { a.total_cmp(b) });
            line.truncate(count);
            line
        });
        assert_eq!(best, wanted.map(f64::to_bits).collect::<Vec<_>>());
    }
}

#[test]
fn values_on_an_edge_belong_to_the_bin_that_begins_there() {
    // 0.1 * 3 is above the third tenth, and arithmetic alone would not tell.
    let tenths: Vec<f64> = (0..=10).map(|k| f64::from(k) * 0.1).collect();
    let mut values = tenths.clone();
    values.extend(tenths.iter().map(|v| v.next_down()));
    values.extend([f64::NAN, f64::INFINITY, -1.0]);
    let counts = bits(&p::aggregate(edges(&tenths), &[&floats(&values)], 0), 1);
    let wanted = [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0];
    assert_eq!(counts, wanted.map(f64::to_bits));
}

#[test]
fn the_first_zero_and_every_nan_have_their_place() {
    let x = floats(&[f64::NAN, 1.0, -0.0, 0.0, f64::NAN, f64::NEG_INFINITY]);
    let one = |equal_nan, result| bits(&p::aggregate(Aggregation::Distinct { equal_nan }, &[&x], result), 1);
    assert_eq!(one(true, 0)[..3], [f64::NEG_INFINITY, -0.0, 1.0].map(f64::to_bits));
    assert_eq!(one(true, 1), [5.0, 2.0, 1.0, 0.0].map(f64::to_bits));
    assert_eq!(one(true, 2), [1.0, 2.0, 1.0, 2.0].map(f64::to_bits));
    assert_eq!(one(false, 1), [5.0, 2.0, 1.0, 0.0, 4.0].map(f64::to_bits));
}

#[test]
fn places_in_a_line_are_those_that_halving_finds() {
    let line = [1.0, 2.0, 2.0, 5.0];
    let x = floats(&[0.0, 1.0, 2.0, 3.0, 9.0, f64::NAN]);
    let one = |kind| bits(&p::locate(&x, &floats(&line), kind), 1);
    assert_eq!(one(Location::Before), [0.0, 0.0, 1.0, 3.0, 4.0, 4.0].map(f64::to_bits));
    assert_eq!(one(Location::After), [0.0, 1.0, 3.0, 3.0, 4.0, 4.0].map(f64::to_bits));
    assert_eq!(one(Location::Within { invert: false }), [0.0, 1.0, 1.0, 0.0, 0.0, 0.0].map(f64::to_bits));
}

#[test]
fn distinct_values_that_do_not_fit_are_refused_and_few_are_not() {
    let small = Calculator::new(Settings { threads: 2, memory_limit: 96 << 20, spill_dir: None }, Persisted::default());
    let x = uniform(&[16_000_000], &[1_000_000]);
    let kind = Aggregation::Distinct { equal_nan: true };
    let error = small.compute(&[p::aggregate(kind.clone(), &[&x], 0)], &Unwatched).expect_err("128 MB of values");
    assert_eq!(error.kind, ErrorKind::MemoryError);
    let few = p::cast(&p::map(Kernel::Multiply, &[x, p::scalar(Scalar::Float64(50.0))]).expect("fits"), DType::Int32);
    let (blocks, report) = small.compute(&[p::aggregate(kind, &[&few], 0)], &Unwatched).expect("fifty values");
    assert_eq!(blocks[0].to_vec::<i64>(), (0..50).collect::<Vec<i64>>());
    assert!(report.peak_bytes < 96 << 20);
}
