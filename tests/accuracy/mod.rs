//! The elementwise kernels are within 2 ulp of the correctly rounded value, at every level of this machine.
//!
//! The tables come from `scripts/dev/accuracy.py`. `DKA_ACCURACY=path` reads a longer table, `DKA_BENCH=1` prints timings.

mod timing;

use dka::ops::vector::{Level, binary, unary};

const REFERENCE: &str = include_str!("reference.txt");
const SPECIAL: &str = include_str!("special.txt");

/// A row of a table: the function, its one or two arguments, the value.
struct Row<'a> {
    name: &'a str,
    arguments: Vec<f64>,
    value: f64,
}

impl Row<'_> {
    fn of(line: &str) -> Row<'_> {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let mut arguments: Vec<f64> =
            words.map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap())).collect();
        let value = arguments.pop().unwrap();
        Row { name, arguments, value }
    }

    fn at(&self, level: Level) -> f64 {
        let mut out = [0.0];
        match self.arguments[..] {
            [x] => (unary(self.name).unwrap().f64_at)(level, &[x], &mut out),
            [x, y] => (binary(self.name).unwrap().f64_at)(level, &[x], &[y], &mut out),
            _ => panic!("a function of one or two arguments"),
        }
        out[0]
    }

    fn at_in_single(&self, level: Level) -> f32 {
        let mut out = [0.0];
        match self.arguments[..] {
            [x] => (unary(self.name).unwrap().f32_at)(level, &[x as f32], &mut out),
            [x, y] => (binary(self.name).unwrap().f32_at)(level, &[x as f32], &[y as f32], &mut out),
            _ => panic!("a function of one or two arguments"),
        }
        out[0]
    }
}

/// Steps between two numbers on the line of all doubles; -0 and 0 are not one.
fn distance(a: f64, b: f64) -> u64 {
    let place = |x: f64| {
        let magnitude = (x.to_bits() << 1 >> 1) as i64;
        if x.is_sign_negative() { -magnitude - 1 } else { magnitude }
    };
    if a.is_nan() && b.is_nan() { 0 } else { place(a).abs_diff(place(b)) }
}

fn check(table: &str, limit: u64) {
    for line in table.lines() {
        let row = Row::of(line);
        for level in Level::available() {
            let got = row.at(level);
            let apart = distance(got, row.value);
            assert!(apart <= limit, "{}{:?} = {got:e}, not {:e}: {apart} ulp", row.name, row.arguments, row.value);
        }
    }
}

#[test]
fn kernels_are_within_two_ulp_of_the_true_value() {
    match std::env::var("DKA_ACCURACY") {
        Ok(path) => check(&std::fs::read_to_string(path).unwrap(), 2),
        Err(_) => check(REFERENCE, 2),
    }
}

#[test]
fn special_values_are_those_of_numpy() {
    check(SPECIAL, 2);
}

#[test]
fn single_precision_is_double_precision_rounded() {
    for line in REFERENCE.lines().chain(SPECIAL.lines()) {
        let row = Row::of(line);
        if row.name == "nextafter" {
            continue;
        }
        let wide = row.arguments.iter().map(|x| f64::from(*x as f32)).collect();
        let expected = Row { name: row.name, arguments: wide, value: 0.0 }.at(Level::Plain) as f32;
        for level in Level::available() {
            let got = row.at_in_single(level);
            // By bits, so that zeros have their signs.
            let same = got.is_nan() && expected.is_nan();
            let near = got.to_bits().abs_diff(expected.to_bits()) <= 1;
            assert!(same || near, "{}{:?} = {got:e}, not {expected:e}", row.name, row.arguments);
        }
    }
}

#[test]
fn a_value_does_not_depend_on_its_place_in_the_slice() {
    let x: Vec<f64> = (0..37).map(|i| 0.3 + f64::from(i) * 0.0171).collect();
    for row in dka::ops::vector::UNARY {
        let mut together = vec![0.0; x.len()];
        row.run_f64(&x, &mut together);
        for (x, together) in x.iter().zip(&together) {
            let mut alone = [0.0];
            row.run_f64(&[*x], &mut alone);
            assert!(distance(alone[0], *together) == 0, "{}({x})", row.name);
        }
    }
}

/// Steps of a sweep over the bits of all floats; a prime, so that all low bits come up.
const SWEEP: usize = 9973;

#[test]
fn single_precision_is_within_two_ulp_over_all_its_range() {
    let positive = (0..f32::INFINITY.to_bits()).step_by(SWEEP).map(f32::from_bits);
    let x: Vec<f32> = positive.flat_map(|x| [x, -x]).collect();
    for name in ["sin", "cos", "tan", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "tanh", "cbrt"] {
        let row = unary(name).unwrap();
        let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
        let (mut got, mut wanted) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        row.run_f32(&x, &mut got);
        (row.f64_at)(Level::Plain, &wide, &mut wanted);
        for ((x, got), wanted) in x.iter().zip(got).zip(wanted) {
            let rounded = wanted as f32;
            let steps = (f64::from(got) - wanted).abs() / f64::from(rounded.abs().next_up() - rounded.abs());
            let same = got == rounded || (got.is_nan() && rounded.is_nan());
            assert!(same || steps <= 2.0, "{name}({x:e}) = {got:e}, not {wanted:e}: {steps} ulp");
        }
    }
}

/// The function at points of an interval, against the C library: both are within their own errors of the true value.
const DENSE: &[(&str, f64, f64)] = &[
    ("sin", -40.0, 40.0),
    ("cos", -40.0, 40.0),
    ("sin", 1e4, 1e4 + 40.0),
    ("cos", 1.0e6, 1.0e6 + 40.0),
    ("tan", -10.0, 10.0),
    ("exp", -709.0, 709.0),
    ("exp", -745.0, -700.0),
    ("exp2", -1075.0, -1000.0),
    ("expm1", -2.0, 2.0),
    ("log", 0.5, 2.0),
    ("log", 1e-3, 1e3),
    ("log1p", -0.999, 3.0),
    ("log2", 0.4, 2.5),
    ("log10", 0.4, 2.5),
    ("cbrt", 0.1, 30.0),
    ("arctan", -3.0, 3.0),
    ("arcsin", -1.0, 1.0),
    ("arccos", -1.0, 1.0),
];

#[test]
fn dense_sweeps_agree_with_the_c_library() {
    const POINTS: u32 = 100_003;
    for (name, low, high) in DENSE {
        let x: Vec<f64> = (0..POINTS).map(|i| low + (high - low) * f64::from(i) / f64::from(POINTS)).collect();
        let (mut got, mut wanted) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let row = unary(name).unwrap();
        row.run_f64(&x, &mut got);
        (row.f64_at)(Level::Plain, &x, &mut wanted);
        for ((x, got), wanted) in x.iter().zip(got).zip(wanted) {
            let apart = distance(got, wanted);
            assert!(apart <= 2, "{name}({x:e}) = {got:e}, the C library has {wanted:e}: {apart} steps");
        }
    }
}

/// What the fast forms of kernels do not take, so that a tile with one of these is computed in another form.
const STRANGE: [f64; 9] = [f64::NAN, f64::INFINITY, -1e308, 5e-324, 0.0, -745.5, 1100.0, 100.0, 1e15];

#[test]
fn a_value_does_not_depend_on_its_neighbours() {
    let x: Vec<f64> = (0..700).map(|i| (f64::from(i) - 350.0) * 0.0471).collect();
    let y: Vec<f64> = x.iter().rev().map(|x| x * 1.3 + 0.001).collect();
    let beside = |x: &[f64], strange: f64| -> Vec<f64> { x.iter().flat_map(|x| [*x, strange]).collect() };
    for strange in STRANGE {
        let (mixed_x, mixed_y) = (beside(&x, strange), beside(&y, strange));
        for row in dka::ops::vector::UNARY {
            for level in Level::available() {
                same(row.name, level, row.f64_at, &x, &mixed_x);
                same(row.name, level, row.f32_at, &in_single(&x), &in_single(&mixed_x));
            }
        }
        for row in dka::ops::vector::BINARY {
            for level in Level::available() {
                let (mut alone, mut together) = (vec![0.0; x.len()], vec![0.0; mixed_x.len()]);
                (row.f64_at)(level, &x, &y, &mut alone);
                (row.f64_at)(level, &mixed_x, &mixed_y, &mut together);
                agree(row.name, &alone, &together);
            }
        }
    }
}

fn in_single(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

fn same<T: Copy + Default + Into<f64>>(name: &str, level: Level, run: fn(Level, &[T], &mut [T]), x: &[T], mixed: &[T]) {
    let (mut alone, mut together) = (vec![T::default(); x.len()], vec![T::default(); mixed.len()]);
    run(level, x, &mut alone);
    run(level, mixed, &mut together);
    agree(name, &alone, &together);
}

/// Every second of the values together is the value alone, to the bit.
fn agree<T: Copy + Into<f64>>(name: &str, alone: &[T], together: &[T]) {
    for (i, (alone, together)) in alone.iter().zip(together.iter().step_by(2)).enumerate() {
        let (alone, together) = ((*alone).into(), (*together).into());
        assert!(distance(alone, together) == 0, "{name} of number {i} is {alone:e} alone and {together:e} in company");
    }
}
