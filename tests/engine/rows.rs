//! Rows that lie apart, transposed leaves and columns of random values: the bits are those of the same elements side by side.

use super::{calculator, uniform};
use dka::exec::Unwatched;
use dka::ir::{Expr, Fold, Kernel};
use dka::ops::primitive::{self as p, Pick};
use dka::shell::calculator::Calculator;

const FOLDS: [Fold; 5] = [Fold::Sum, Fold::Prod, Fold::Min, Fold::Max, Fold::ArgMax];

/// A session that holds an array in memory.
fn holding(x: &Expr) -> (Calculator, Vec<Expr>) {
    let session = calculator(2);
    let (held, _) = session.persist(std::slice::from_ref(x), &Unwatched).expect("persists");
    (session, held)
}

fn bits(session: &Calculator, x: &Expr) -> Vec<u64> {
    let (blocks, _) = session.compute(std::slice::from_ref(x), &Unwatched).expect("computes");
    blocks[0].to_vec::<f64>().iter().map(|v| v.to_bits()).collect()
}

/// The array as one block, in the same chunks.
fn side_by_side(session: &Calculator, x: &Expr) -> Expr {
    let (mut blocks, _) = session.compute(std::slice::from_ref(x), &Unwatched).expect("computes");
    p::rechunk(&p::from_block(blocks.remove(0)), x.chunks.clone())
}

fn same_folds(session: &Calculator, x: &Expr) {
    let copied = side_by_side(session, x);
    for fold in FOLDS {
        for axes in [&[0][..], &[1]] {
            let (got, wanted) = (p::reduce(x, fold, axes), p::reduce(&copied, fold, axes));
            assert!(bits(session, &got) == bits(session, &wanted), "{fold:?} over {axes:?}");
        }
    }
}

fn slice(start: usize, step: isize, len: usize) -> Pick {
    Pick::Slice { start, step, len }
}

#[test]
fn rows_that_lie_apart_are_folded_where_they_lie() {
    let x = uniform(&[600, 2100], &[250, 2100]);
    let (session, _held) = holding(&x);
    for rows in [slice(0, 2, 300), slice(599, -1, 600), slice(4, 3, 150), slice(7, 1, 500)] {
        for columns in [slice(0, 1, 2100), slice(5, 1, 2000), slice(300, 1, 257), slice(100, 1, 40), slice(0, 2, 1050)]
        {
            same_folds(&session, &p::pick(&x, &[rows, columns]));
        }
    }
}

#[test]
fn chains_of_transposed_leaves_are_folded_as_they_are_made() {
    let x = uniform(&[1300, 1300], &[650, 650]);
    let (session, _held) = holding(&x);
    let turned = p::transpose(&x, &[1, 0]);
    let sum = p::map(Kernel::Add, &[x.clone(), turned]).expect("shapes fit");
    same_folds(&session, &sum);
    same_folds(&session, &p::pick(&sum, &[slice(0, 2, 650), slice(13, 1, 1287)]));
}

#[test]
fn columns_of_random_values_are_those_of_their_rows() {
    let x = uniform(&[700, 431], &[100, 130]);
    let (session, _held) = holding(&x);
    let fresh = calculator(2);
    for rows in [slice(0, 1, 700), slice(3, 2, 300), slice(699, -4, 170), slice(9, 3, 200), slice(17, 1, 5)] {
        for columns in [slice(0, 1, 431), slice(8, 1, 128), slice(430, -1, 400), slice(1, 2, 200), slice(6, 8, 50)] {
            let view = p::transpose(&p::pick(&x, &[rows, columns]), &[1, 0]);
            assert!(bits(&fresh, &view) == bits(&session, &view), "{rows:?} {columns:?}");
        }
    }
}
