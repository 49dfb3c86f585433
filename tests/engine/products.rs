//! Products of matrices: right for every shape and dtype, and with bits that depend on rows and columns alone.

use super::{calculator, close, lazy, uniform};
use dka::data::{Chunks, DType};
use dka::exec::Unwatched;
use dka::ir::Expr;
use dka::ops::primitive::{self as p, Pick};

/// Shapes (n, k, m) around the edges of panels, tiles and spans.
const SHAPES: &[(usize, usize, usize)] = &[
    (1, 1, 1),
    (3, 2, 5),
    (4, 256, 32),
    (5, 257, 33),
    (1, 700, 40),
    (70, 700, 1),
    (2, 4097, 3),
    (63, 300, 65),
    (200, 90, 7),
    (7, 9000, 200),
];

fn bits(x: &Expr, threads: usize) -> Vec<u64> {
    let (blocks, _) = calculator(threads).compute(std::slice::from_ref(x), &Unwatched).expect("computes");
    blocks[0].to_vec::<f64>().iter().map(|v| v.to_bits()).collect()
}

fn plain(a: &[f64], b: &[f64], (n, k, m): (usize, usize, usize)) -> Vec<f64> {
    let sum = |i: usize, j: usize| (0..k).map(|p| a[i * k + p] * b[p * m + j]).sum();
    (0..n * m).map(|at| sum(at / m, at % m)).collect()
}

fn operands((n, k, m): (usize, usize, usize)) -> (Expr, Expr) {
    let cut = |len: usize| (len / 3).max(1) + 1;
    (uniform(&[n, k], &[cut(n), cut(k)]), uniform(&[k, m], &[cut(k) + 1, cut(m)]))
}

#[test]
fn products_are_those_of_plain_loops() {
    for &shape in SHAPES {
        let (a, b) = operands(shape);
        let want = plain(&lazy(&a), &lazy(&b), shape);
        close(&lazy(&p::contract(&a, &b)), &want);
        let turned = p::contract(&p::transpose(&b, &[1, 0]), &p::transpose(&a, &[1, 0]));
        close(&lazy(&p::transpose(&turned, &[1, 0])), &want);
    }
}

#[test]
fn bits_of_products_do_not_depend_on_threads_or_chunks() {
    for &shape in SHAPES {
        let (a, b) = operands(shape);
        let one = bits(&p::contract(&a, &b), 1);
        assert_eq!(one, bits(&p::contract(&a, &b), 8), "{shape:?} on eight threads");
        let whole = |x: &Expr| p::rechunk(x, Chunks::whole(&x.shape));
        assert_eq!(one, bits(&p::contract(&whole(&a), &whole(&b)), 2), "{shape:?} in one chunk");
    }
}

#[test]
fn bits_of_products_do_not_depend_on_what_is_sliced_away() {
    let slice = |start: usize, len: usize| Pick::Slice { start, step: 1, len };
    for (n, k, m) in [(90, 5000, 70), (300, 300, 300)] {
        let (a, b) = operands((n, k, m));
        let all = bits(&p::contract(&a, &b), 2);
        for (rows, columns) in [((0, 1), (0, m)), ((5, 20), (3, 1)), ((0, n), (m - 1, 1)), ((n - 9, 9), (8, 40))] {
            let part = p::pick(&p::contract(&a, &b), &[slice(rows.0, rows.1), slice(columns.0, columns.1)]);
            let want: Vec<u64> = (0..rows.1 * columns.1)
                .map(|at| all[(rows.0 + at / columns.1) * m + columns.0 + at % columns.1])
                .collect();
            assert_eq!(bits(&part, 2), want, "rows {rows:?}, columns {columns:?}");
        }
    }
}

#[test]
fn gram_matrices_are_symmetric_and_those_of_any_product() {
    for (k, n) in [(5000, 20), (700, 150), (300, 500)] {
        let x = uniform(&[k, n], &[97, 60]);
        let session = calculator(2);
        let (held, _) = session.persist(std::slice::from_ref(&x), &Unwatched).expect("persists");
        let x = held[0].clone();
        let (same, _) = calculator(1).persist(&[uniform(&[k, n], &[97, 60])], &Unwatched).expect("persists");
        let gram = bits(&p::contract(&p::transpose(&x, &[1, 0]), &x), 2);
        // Two arrays of equal elements are no Gram matrix to the engine.
        assert_eq!(gram, bits(&p::contract(&p::transpose(&x, &[1, 0]), &same[0]), 1));
        for i in 0..n {
            assert!((0..i).all(|j| gram[i * n + j] == gram[j * n + i]), "row {i} of {n}");
        }
        let slice = |start: usize, len: usize| Pick::Slice { start, step: 1, len };
        let part = p::pick(&p::contract(&p::transpose(&x, &[1, 0]), &x), &[slice(3, 5), slice(1, 17)]);
        let want: Vec<u64> = (0..5 * 17).map(|at| gram[(3 + at / 17) * n + 1 + at % 17]).collect();
        assert_eq!(bits(&part, 2), want);
    }
}

#[test]
fn batches_of_small_matrices_and_exact_dtypes_are_right() {
    let a = uniform(&[7, 11, 3, 4], &[2, 5, 3, 2]);
    let b = uniform(&[7, 11, 4, 5], &[7, 11, 4, 5]);
    let (x, y) = (lazy(&a), lazy(&b));
    let want: Vec<f64> =
        (0..77).flat_map(|i| plain(&x[i * 12..(i + 1) * 12], &y[i * 20..(i + 1) * 20], (3, 4, 5))).collect();
    close(&lazy(&p::contract(&a, &b)), &want);
    for dtype in [DType::Int8, DType::Int32, DType::UInt16, DType::Int64, DType::Float32, DType::Complex128] {
        let whole = |x: &Expr| {
            p::cast(
                &p::map(dka::ir::Kernel::Multiply, &[x.clone(), p::scalar(dka::data::Scalar::Float64(3.0))])
                    .expect("floats"),
                DType::Int64,
            )
        };
        let (a, b) = (whole(&uniform(&[9, 40], &[4, 13])), whole(&uniform(&[40, 37], &[40, 20])));
        let (a, b) = (p::cast(&a, dtype), p::cast(&b, dtype));
        let want = plain(&lazy(&p::cast(&a, DType::Float64)), &lazy(&p::cast(&b, DType::Float64)), (9, 40, 37));
        let narrow = |v: &f64| if dtype == DType::Int8 { f64::from(*v as i64 as i8) } else { *v };
        close(&lazy(&p::cast(&p::contract(&a, &b), DType::Float64)), &want.iter().map(narrow).collect::<Vec<_>>());
    }
}

/// An array in memory whose elements lie in another order: the turned view of the persisted turned array.
fn turned(x: &Expr) -> Expr {
    let mut axes: Vec<usize> = (0..x.shape.len()).collect();
    let last = axes.len() - 1;
    axes.swap(last - 1, last);
    let (held, _) = calculator(2).persist(&[p::transpose(x, &axes)], &Unwatched).expect("persists");
    p::transpose(&held[0], &axes)
}

#[test]
fn bits_of_products_do_not_depend_on_how_operands_lie() {
    for &(n, k, m) in SHAPES.iter().chain(&[(300, 1, 1), (1, 4500, 9), (250, 600, 1), (1, 700, 260)]) {
        let (a, b) = operands((n, k, m));
        let want = bits(&p::contract(&a, &b), 2);
        assert_eq!(want, bits(&p::contract(&turned(&a), &b), 2), "left turned, {:?}", (n, k, m));
        assert_eq!(want, bits(&p::contract(&a, &turned(&b)), 2), "right turned, {:?}", (n, k, m));
        assert_eq!(want, bits(&p::contract(&turned(&a), &turned(&b)), 2), "both turned, {:?}", (n, k, m));
        let (held, _) = calculator(2).persist(&[a, b], &Unwatched).expect("persists");
        assert_eq!(want, bits(&p::contract(&held[0], &held[1]), 2), "persisted, {:?}", (n, k, m));
    }
}

#[test]
fn bits_of_products_do_not_depend_on_steps_of_slices() {
    let (n, k, m) = (40, 700, 30);
    let (held, _) = calculator(2)
        .persist(&[uniform(&[2 * n, k], &[33, 90]), uniform(&[k, m], &[150, 11])], &Unwatched)
        .expect("persists");
    let backwards = |len: usize| Pick::Slice { start: len - 1, step: -1, len };
    let all = Pick::Slice { start: 0, step: 1, len: k };
    let a = p::pick(&held[0], &[Pick::Slice { start: 1, step: 2, len: n }, all]);
    let b = p::pick(&held[1], &[all, backwards(m)]);
    let (made, _) = calculator(2).persist(&[a.clone(), b.clone()], &Unwatched).expect("persists");
    for len in [1, 7, n] {
        let few = |x: &Expr| p::pick(x, &[Pick::Slice { start: 0, step: 1, len }, all]);
        assert_eq!(bits(&p::contract(&few(&a), &b), 2), bits(&p::contract(&few(&made[0]), &made[1]), 1), "{len} rows");
    }
}

#[test]
fn matrices_of_a_batch_have_the_bits_they_have_alone() {
    for (n, k, m) in [(3, 3, 3), (2, 2, 2), (3, 4, 5), (1, 6, 1), (4, 4, 1), (9, 10, 11)] {
        let a = uniform(&[5, 6, n, k], &[2, 5, n, k]);
        let b = uniform(&[5, 6, k, m], &[3, 4, k, m]);
        let (held, _) = calculator(2).persist(&[a.clone(), b.clone()], &Unwatched).expect("persists");
        let all = bits(&p::contract(&a, &b), 2);
        assert_eq!(all, bits(&p::contract(&held[0], &held[1]), 1), "persisted, {:?}", (n, k, m));
        assert_eq!(all, bits(&p::contract(&turned(&a), &turned(&b)), 2), "turned, {:?}", (n, k, m));
        let cut =
            |x: &Expr| p::rechunk(x, Chunks(x.shape.iter().map(|&len| dka::data::Cuts::regular(len, 2)).collect()));
        assert_eq!(all, bits(&p::contract(&cut(&a), &cut(&b)), 2), "cut in matrices, {:?}", (n, k, m));
        for (number, want) in all.chunks_exact(n * m).enumerate() {
            let one = |x: &Expr, sides: [usize; 2]| {
                let at = |start: usize| Pick::Slice { start, step: 1, len: 1 };
                let side = |len: usize| Pick::Slice { start: 0, step: 1, len };
                p::pick(x, &[at(number / 6), at(number % 6), side(sides[0]), side(sides[1])])
            };
            assert_eq!(bits(&p::contract(&one(&a, [n, k]), &one(&b, [k, m])), 1), want, "{:?}", (n, k, m));
        }
    }
}
