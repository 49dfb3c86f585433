//! Timings of the engine alone, printed where `DKA_BENCH` is set; nothing is asserted.

use super::uniform;
use dka::data::{Chunks, DType, Scalar};
use dka::exec::{Settings, Unwatched};
use dka::ir::{Expr, Fold, Kernel};
use dka::ops::primitive::{self as p, Pick};
use dka::shell::calculator::{Calculator, Persisted};
use std::time::Instant;

fn number(v: f64) -> Expr {
    p::scalar(Scalar::Float64(v))
}

fn map(kernel: Kernel, args: &[&Expr]) -> Expr {
    p::map(kernel, &args.iter().map(|&x| x.clone()).collect::<Vec<_>>()).expect("shapes fit")
}

fn notebook(x: &Expr) -> Expr {
    let y = map(Kernel::Add, &[x, &p::transpose(x, &[1, 0])]);
    let z =
        p::pick(&y, &[Pick::Slice { start: 0, step: 2, len: 5000 }, Pick::Slice { start: 5000, step: 1, len: 5000 }]);
    map(Kernel::Divide, &[&p::reduce(&z, Fold::Sum, &[1]), &number(5000.0)])
}

fn workloads(session: &Calculator) -> Vec<(&'static str, Expr, Option<Expr>)> {
    let big = uniform(&[10000, 10000], &[1000, 1000]);
    let x = uniform(&[8000, 8000], &[1000, 1000]);
    let v = uniform(&[50_000_000], &[1_000_000]);
    let t = uniform(&[1_000_000, 20], &[62_500, 20]);
    let a = uniform(&[3000, 3000], &[1000, 1000]);
    let keep = |x: &Expr| session.persist(std::slice::from_ref(x), &Unwatched).expect("persists").0.remove(0);
    let (big_held, x, v, t, a) = (keep(&big), keep(&x), keep(&v), keep(&t), keep(&a));
    let all = [0, 1];
    let mean0 = map(Kernel::Divide, &[&p::reduce(&x, Fold::Sum, &[0]), &number(8000.0)]);
    let zero = Scalar::Float64(0.0);
    let var0 = p::reduce(&x, Fold::Var { ddof: zero }, &[0]);
    let standard = map(Kernel::Divide, &[&map(Kernel::Subtract, &[&x, &mean0]), &map(Kernel::Sqrt, &[&var0])]);
    let fused = map(
        Kernel::Multiply,
        &[
            &map(Kernel::Add, &[&map(Kernel::Multiply, &[&x, &number(2.0)]), &number(1.0)]),
            &map(Kernel::Subtract, &[&x, &number(0.5)]),
        ],
    );
    let squares = map(
        Kernel::Add,
        &[&map(Kernel::Square, &[&map(Kernel::Sin, &[&x])]), &map(Kernel::Square, &[&map(Kernel::Cos, &[&x])])],
    );
    let logs = map(Kernel::Log1p, &[&map(Kernel::Exp, &[&map(Kernel::Negative, &[&x])])]);
    let above = map(Kernel::Greater, &[&x, &number(0.5)]);
    let small = p::fill(Scalar::Float64(1.0), Chunks(vec![dka::data::Cuts::regular(1000, 10); 2]));
    let tt = p::transpose(&t, &[1, 0]);
    let normals = p::random(
        dka::ir::Random {
            seed: 3,
            stream: 0,
            distribution: dka::ir::Distribution::Normal { mean: zero, std: Scalar::Float64(1.0) },
        },
        DType::Float64,
        Chunks(vec![dka::data::Cuts::regular(20_000_000, 1_000_000)]),
    );
    vec![
        ("notebook generated", notebook(&uniform(&[10000, 10000], &[1000, 1001])), None),
        ("notebook persisted", notebook(&big_held), None),
        ("X.sum()", p::reduce(&x, Fold::Sum, &all), None),
        ("X.mean(axis=0)", mean0.clone(), None),
        ("X.std()", p::reduce(&x, Fold::Var { ddof: zero }, &all), None),
        ("X.var(axis=1)", p::reduce(&x, Fold::Var { ddof: zero }, &[1]), None),
        ("((X*2+1)*(X-0.5)).sum()", p::reduce(&fused, Fold::Sum, &all), None),
        ("(sin^2+cos^2).mean()", p::reduce(&squares, Fold::Sum, &all), None),
        ("log1p(exp(-X)).mean()", p::reduce(&logs, Fold::Sum, &all), None),
        ("standardise.max()", p::reduce(&standard, Fold::Max, &all), None),
        ("where(X>.5,X,0).sum()", p::reduce(&map(Kernel::Where, &[&above, &x, &number(0.0)]), Fold::Sum, &all), None),
        ("X[X>.5].sum()", p::reduce(&p::select(&x, &above).expect("fits"), Fold::Sum, &[0]), None),
        ("A@A", p::contract(&a, &a), None),
        ("T.T@T", p::contract(&tt, &t), None),
        ("V.cumsum()[-1]", p::pick(&p::scan(&v, Fold::Sum, 0), &[Pick::At(49_999_999)]), None),
        ("X.argmax(axis=0)", p::reduce(&x, Fold::ArgMax, &[0]), None),
        ("20M normals mean", p::reduce(&normals, Fold::Sum, &[0]), None),
        ("10k chunks", p::reduce(&map(Kernel::Add, &[&small, &number(1.0)]), Fold::Sum, &all), None),
        ("X*2+1", map(Kernel::Add, &[&map(Kernel::Multiply, &[&x, &number(2.0)]), &number(1.0)]), None),
        (
            "X[:,1:]-X[:,:-1] sum",
            p::reduce(
                &map(
                    Kernel::Subtract,
                    &[
                        &p::pick(
                            &x,
                            &[
                                Pick::Slice { start: 0, step: 1, len: 8000 },
                                Pick::Slice { start: 1, step: 1, len: 7999 },
                            ],
                        ),
                        &p::pick(
                            &x,
                            &[
                                Pick::Slice { start: 0, step: 1, len: 8000 },
                                Pick::Slice { start: 0, step: 1, len: 7999 },
                            ],
                        ),
                    ],
                ),
                Fold::Sum,
                &all,
            ),
            None,
        ),
    ]
}

#[test]
fn timings_of_the_engine() {
    if std::env::var_os("DKA_BENCH").is_none() {
        return;
    }
    let session =
        Calculator::new(Settings { threads: 2, memory_limit: 16 << 30, spill_dir: None }, Persisted::default());
    for (name, expr, _) in workloads(&session) {
        let mut times: Vec<f64> = (0..5)
            .map(|_| {
                let start = Instant::now();
                let out = session.compute(std::slice::from_ref(&expr), &Unwatched).expect("computes");
                let taken = start.elapsed().as_secs_f64() * 1e3;
                drop(out);
                taken
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{name:28} {:8.2} ms (min {:.2})", times[2], times[0]);
    }
}
