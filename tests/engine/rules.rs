//! Each rewrite rule as `before => after`: equal expressions are the same node, so settling both must meet.

use super::uniform;
use dka::data::{Block, Chunks, Cuts, DType, Scalar};
use dka::ir::{Expr, Fold, Kernel};
use dka::ops::primitive::{self as p, Pick};
use dka::optimize::{Keep, plan, rewrite};

fn settled(x: &Expr) -> Expr {
    rewrite(std::slice::from_ref(x), &|_| None).0.remove(0)
}

fn becomes(before: &Expr, after: &Expr) {
    assert_eq!(settled(before), settled(after));
    assert_ne!(before, after, "the rule has something to do");
}

fn cut(start: usize, len: usize) -> Pick {
    Pick::Slice { start, step: 1, len }
}

fn held() -> Expr {
    p::rechunk(
        &p::from_block(Block::from_vec(&[6, 8], (0..48).map(f64::from).collect())),
        Chunks(vec![Cuts::regular(6, 3), Cuts::regular(8, 4)]),
    )
}

#[test]
fn transposing_twice_is_nothing() {
    let x = uniform(&[6, 8], &[3, 4]);
    becomes(&p::transpose(&p::transpose(&x, &[1, 0]), &[1, 0]), &x);
}

#[test]
fn a_slice_moves_below_a_map() {
    let x = uniform(&[6, 8], &[3, 4]);
    let root = |x: &Expr| p::map(Kernel::Sqrt, std::slice::from_ref(x)).expect("a float");
    let rows = [cut(3, 3)];
    becomes(&p::pick(&root(&x), &rows), &root(&p::pick(&x, &rows)));
}

#[test]
fn a_slice_of_kept_axes_moves_below_a_fold() {
    let x = uniform(&[6, 8], &[3, 4]);
    becomes(
        &p::pick(&p::reduce(&x, Fold::Sum, &[1]), &[cut(3, 3)]),
        &p::reduce(&p::pick(&x, &[cut(3, 3)]), Fold::Sum, &[1]),
    );
}

#[test]
fn chunks_below_a_fold_are_free() {
    let x = held();
    let plan = plan(&[p::reduce(&x, Fold::Sum, &[0, 1])], Keep::Whole, &|_| None);
    assert_eq!((plan.stages.len(), plan.stages[0].work.tasks()), (1, 4), "one pass over the grid that was asked for");
}

#[test]
fn a_constant_is_the_same_through_every_view() {
    let one = p::fill(Scalar::Float64(1.0), Chunks::whole(&[6, 8]));
    becomes(&p::pick(&one, &[Pick::At(2)]), &p::fill(Scalar::Float64(1.0), Chunks::whole(&[8])));
}

#[test]
fn folds_over_one_grid_share_a_pass() {
    let x = held();
    let (sum, var) = (p::reduce(&x, Fold::Sum, &[0]), p::reduce(&x, Fold::Var { ddof: Scalar::Float64(0.0) }, &[0]));
    assert_eq!(plan(&[sum, var], Keep::Whole, &|_| None).stages.len(), 1);
}

#[test]
fn results_of_one_call_are_made_by_one_stage() {
    let x = held();
    let part = |core: &[usize], result| p::per_block("qr", vec![], &[(&x, 2)], core, DType::Float64, result);
    let plan = plan(&[part(&[6, 6], 0), part(&[6, 8], 1)], Keep::Whole, &|_| None);
    assert_eq!((plan.stages.len(), plan.stages[0].outputs.len()), (1, 2));
}

#[test]
fn the_end_of_a_running_sum_runs_one_chunk() {
    let x = uniform(&[100], &[10]);
    let last = p::pick(&p::scan(&x, Fold::Sum, 0), &[Pick::At(99)]);
    let plan = plan(&[last], Keep::Whole, &|_| None);
    assert_eq!(plan.stages[0].outputs[0].chunks.count(), 1);
}

#[test]
fn a_fold_of_selected_elements_gathers_nothing() {
    let x = held();
    let mask = p::map(Kernel::Greater, &[x.clone(), p::scalar(Scalar::Float64(9.0))]).expect("shapes fit");
    let sum = p::reduce(&p::select(&x, &mask).expect("shapes fit"), Fold::Sum, &[0]);
    becomes(&sum, &p::reduce_masked(&x, &mask, Fold::Sum, &[0, 1]).expect("shapes fit"));
}

#[test]
fn a_fold_beside_a_concatenation_is_one_of_its_parts() {
    let (x, y) = (uniform(&[6, 8], &[3, 4]), uniform(&[6, 3], &[3, 3]));
    let sum = |x: &Expr| p::reduce(x, Fold::Sum, &[0]);
    let parts = p::concat(&[sum(&x), sum(&y)], 0);
    becomes(&sum(&p::concat(&[x.clone(), y.clone()], 1)), &parts);
    becomes(&p::pick(&sum(&p::concat(&[x, y.clone()], 1)), &[cut(8, 3)]), &sum(&y));
}

#[test]
fn an_axis_that_repeats_is_put_in_after_a_fold() {
    let x = uniform(&[6, 8], &[3, 4]);
    let sum = |x: &Expr, axis: usize| p::reduce(x, Fold::Sum, &[axis]);
    becomes(&sum(&p::expand(&x, &[1]), 0), &p::expand(&sum(&x, 0), &[0]));
    becomes(&sum(&p::expand(&x, &[0]), 2), &p::expand(&sum(&x, 1), &[0]));
}
