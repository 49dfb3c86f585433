//! Nanoseconds a number of every kernel on one core: `DKA_BENCH=1 cargo test --release timing -- --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use dka::ops::vector::normal::fill_normal;
use dka::ops::vector::philox::{Key, Lines, fill_f32, fill_f64, fill_integers, fill_u64};
use dka::ops::vector::{BINARY, UNARY, columns, reduce};

/// Elements of a tile: three of them fit in L1.
const TILE: usize = 1024;

/// Prints the best of many runs.
fn time(name: &str, mut run: impl FnMut()) {
    let best = (0..40).map(|_| {
        let start = Instant::now();
        (0..50).for_each(|_| run());
        start.elapsed().as_nanos() as f64 / 50.0 / TILE as f64
    });
    println!("{name:24}{:8.3} ns", best.fold(f64::MAX, f64::min));
}

#[test]
fn timings_are_printed_on_demand() {
    if std::env::var_os("DKA_BENCH").is_none() {
        return;
    }
    let x: Vec<f64> = (0..TILE).map(|i| 0.001 + 0.998 * i as f64 / TILE as f64).collect();
    let y: Vec<f64> = (0..TILE).map(|i| 1.5 + 20.0 * i as f64 / TILE as f64).collect();
    elementwise(&x, &y);
    random();
    reductions(&x);
}

fn elementwise(x: &[f64], y: &[f64]) {
    let mut out = vec![0.0; TILE];
    let single: Vec<f32> = x.iter().map(|x| *x as f32).collect();
    let single_y: Vec<f32> = y.iter().map(|y| *y as f32).collect();
    let mut single_out = vec![0.0; TILE];
    for row in UNARY {
        let x = if row.name == "arccosh" { y } else { x };
        time(row.name, || row.run_f64(black_box(x), &mut out));
        let single = if row.name == "arccosh" { &single_y } else { &single };
        time(&format!("{} f32", row.name), || row.run_f32(black_box(single), &mut single_out));
    }
    for row in BINARY {
        time(row.name, || row.run_f64(black_box(y), black_box(x), &mut out));
        time(&format!("{} f32", row.name), || row.run_f32(black_box(&single_y), black_box(&single), &mut single_out));
    }
}

fn random() {
    let (mut words, mut integers) = (vec![0; TILE], vec![0; TILE]);
    let (mut doubles, mut singles) = (vec![0.0; TILE], vec![0.0; TILE]);
    let (key, line) = (Key { seed: 1, stream: 0 }, Lines::one(0, 1, TILE));
    for step in [1, 2, 4, 8, -1, 3] {
        let lines = Lines::one(1 << 20, step, TILE);
        time(&format!("fill_u64 step {step}"), || fill_u64(key, &lines, black_box(&mut words)));
        time(&format!("fill_f64 step {step}"), || fill_f64(key, &lines, black_box(&mut doubles)));
        time(&format!("fill_normal step {step}"), || {
            fill_normal(key, &lines, 0.0, 1.0, black_box(&mut doubles));
        });
    }
    time("fill_f32", || fill_f32(key, &line, black_box(&mut singles)));
    time("fill_integers", || fill_integers(key, -5, 1000, &line, black_box(&mut integers)));
}

fn reductions(x: &[f64]) {
    let single: Vec<f32> = x.iter().map(|x| *x as f32).collect();
    let integers: Vec<i64> = (0..TILE as i64).collect();
    let flags = vec![false; TILE];
    let (mut acc, mut m2, mut at) = (vec![0.0; TILE], vec![0.0; TILE], vec![0; TILE]);
    time("sum", || _ = black_box(reduce::sum::<f64, f64>(black_box(x))));
    time("sum f32", || _ = black_box(reduce::sum::<f32, f64>(black_box(&single))));
    time("sum i64", || _ = black_box(reduce::sum::<i64, i64>(black_box(&integers))));
    time("prod", || _ = black_box(reduce::prod::<f64, f64>(black_box(x))));
    time("min", || _ = black_box(reduce::min(black_box(x))));
    time("min i64", || _ = black_box(reduce::min(black_box(&integers))));
    time("position", || _ = black_box(reduce::position(black_box(x), black_box(2.0))));
    time("squared deviations", || _ = black_box(reduce::sum_of_squared_deviations(black_box(x), 0.5)));
    time("count_true", || _ = black_box(reduce::count_true(black_box(&flags))));
    time("any", || _ = black_box(reduce::any(black_box(&flags))));
    time("columns add", || columns::add(&mut acc, black_box(x)));
    time("columns maximum", || columns::maximum(&mut acc, black_box(x)));
    time("columns argmax", || columns::argmax(&mut acc, &mut at, black_box(x), 7));
    time("columns add_moments", || columns::add_moments(7, &mut acc, &mut m2, black_box(x)));
}
