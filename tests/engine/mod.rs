//! The engine against the eager baseline: random expressions, grids, threads.

mod aggregate;
mod products;
mod profile;
mod ranks;
mod rows;
mod rules;
mod timing;

use dka::data::{Block, Chunks, Cuts, DType, Scalar};
use dka::exec::{Settings, Unwatched};
use dka::ir::{Distribution, Expr, Fold, Kernel, Random};
use dka::ops::primitive::{self as p, Pick};
use dka::shell::calculator::{Calculator, Persisted};

fn calculator(threads: usize) -> Calculator {
    Calculator::new(Settings { threads, memory_limit: 8 << 30, spill_dir: None }, Persisted::default())
}

fn lazy(x: &Expr) -> Vec<f64> {
    let (blocks, _) = calculator(2).compute(std::slice::from_ref(x), &Unwatched).expect("the expression computes");
    blocks[0].to_vec::<f64>()
}

fn eager(x: &Expr) -> Vec<f64> {
    let values = calculator(1).evaluate(std::slice::from_ref(x)).expect("the expression evaluates");
    let (blocks, _) = calculator(1).compute(&values, &Unwatched).expect("the value is there");
    blocks[0].to_vec::<f64>()
}

fn uniform(shape: &[usize], chunk: &[usize]) -> Expr {
    let distribution = Distribution::Uniform { low: Scalar::Float64(0.0), high: Scalar::Float64(1.0) };
    let chunks = Chunks(shape.iter().zip(chunk).map(|(&n, &c)| Cuts::regular(n, c)).collect());
    p::random(Random { seed: 7, stream: 1, distribution }, DType::Float64, chunks)
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (k, (x, y)) in a.iter().zip(b).enumerate() {
        assert!(
            (x - y).abs() <= 1e-12 * x.abs().max(1.0) || (x.is_nan() && y.is_nan()),
            "element {k}: {x} against {y}"
        );
    }
}

fn both(x: &Expr) {
    close(&lazy(x), &eager(x));
}

#[test]
fn the_notebook_cell_agrees_with_the_eager_baseline() {
    let x = uniform(&[300, 300], &[70, 64]);
    let y = p::map(Kernel::Add, &[x.clone(), p::transpose(&x, &[1, 0])]).expect("shapes fit");
    let z = p::pick(&y, &[Pick::Slice { start: 0, step: 2, len: 150 }, Pick::Slice { start: 150, step: 1, len: 150 }]);
    let sum = p::reduce(&z, Fold::Sum, &[1]);
    both(&p::map(Kernel::Divide, &[sum, p::scalar(Scalar::Float64(150.0))]).expect("shapes fit"));
}

#[test]
fn folds_agree_over_every_choice_of_axes() {
    let x = uniform(&[13, 40, 31], &[5, 16, 9]);
    for axes in [&[0][..], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]] {
        for fold in [Fold::Sum, Fold::Prod, Fold::Min, Fold::Max, Fold::Var { ddof: Scalar::Float64(1.0) }] {
            both(&p::reduce(&x, fold, axes));
        }
    }
    for axis in 0..3 {
        both(&p::reduce(&x, Fold::ArgMax, &[axis]));
        both(&p::scan(&x, Fold::Sum, axis));
    }
    both(&p::reduce(&x, Fold::ArgMin, &[0, 1, 2]));
}

#[test]
fn concatenation_updates_and_reshapes_agree() {
    let x = uniform(&[50, 60], &[20, 25]);
    let other = p::map(Kernel::Sin, std::slice::from_ref(&x)).expect("a float");
    let joined = p::concat(&[x.clone(), other.clone()], 0);
    both(&joined);
    both(&p::flip(&joined, &[0, 1]));
    both(&p::reduce(&p::flip(&joined, &[0]), Fold::Sum, &[1]));
    let shaped = p::reshape(&other, &[60, 50]).expect("as many elements");
    both(&shaped);
    both(&p::transpose(&shaped, &[1, 0]));
    let index = p::from_block(Block::from_vec(&[4], vec![3i64, 0, 49, 7]));
    both(&p::take(&other, &index, 0));
    let view = match &p::pick(&x, &[Pick::Slice { start: 48, step: -3, len: 10 }, Pick::At(4)]).op {
        dka::ir::Op::View(view) => view.clone(),
        other => panic!("a view, not {other:?}"),
    };
    let value = p::fill(Scalar::Float64(9.0), Chunks::whole(&[10]));
    both(&p::update(&other, view, &value));
}

#[test]
fn products_agree() {
    let (a, b) = (uniform(&[70, 90], &[32, 40]), uniform(&[90, 50], &[45, 25]));
    both(&p::contract(&a, &b));
    both(&p::contract(&p::transpose(&b, &[1, 0]), &p::transpose(&a, &[1, 0])));
}

#[test]
fn bits_do_not_depend_on_threads_slices_or_persisting() {
    let x = uniform(&[700, 900], &[300, 250]);
    let y = p::map(Kernel::Add, &[x.clone(), p::flip(&x, &[1])]).expect("shapes fit");
    for axes in [&[0][..], &[1]] {
        let sums = p::reduce(&y, Fold::Sum, axes);
        let all: Vec<Vec<u64>> = [1, 2, 8]
            .iter()
            .map(|&threads| {
                let (blocks, _) =
                    calculator(threads).compute(std::slice::from_ref(&sums), &Unwatched).expect("computes");
                blocks[0].to_vec::<f64>().iter().map(|v| v.to_bits()).collect()
            })
            .collect();
        assert_eq!(all[0], all[1]);
        assert_eq!(all[0], all[2]);
        let some: Vec<u64> =
            lazy(&p::pick(&sums, &[Pick::Slice { start: 5, step: 7, len: 20 }])).iter().map(|v| v.to_bits()).collect();
        assert_eq!(some, all[0].iter().skip(5).step_by(7).take(20).copied().collect::<Vec<_>>());
        let session = calculator(2);
        let (held, _) = session.persist(std::slice::from_ref(&x), &Unwatched).expect("persists");
        let (blocks, _) = session.compute(std::slice::from_ref(&sums), &Unwatched).expect("computes");
        assert_eq!(blocks[0].to_vec::<f64>().iter().map(|v| v.to_bits()).collect::<Vec<_>>(), all[0]);
        drop(held);
    }
}

#[test]
fn selections_know_their_length_when_they_are_computed() {
    let x = uniform(&[100, 30], &[30, 30]);
    let half = p::scalar(Scalar::Float64(0.5));
    let mask = p::map(Kernel::Greater, &[x.clone(), half]).expect("shapes fit");
    let chosen = p::select(&x, &mask).expect("shapes fit");
    both(&chosen);
    both(&p::reduce(&chosen, Fold::Sum, &[0]));
    both(&p::reduce(&p::map(Kernel::Sqrt, &[chosen]).expect("a float"), Fold::Max, &[0]));
}
