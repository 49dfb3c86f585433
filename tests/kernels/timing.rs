//! Nanoseconds an element of kernels in the first-level cache: `DKA_BENCH=1 cargo test --release kernel_times -- --nocapture`.

use dka::data::{DType, Scalar};
use dka::ir::Kernel;
use dka::ops::primitive::map::run;
use dka::ops::tile::{Operand, Tile};
use std::time::Instant;

const LEN: usize = 2048;
const ROUNDS: u32 = 20_000;

/// Kernel, dtypes of the operands (`*` at the end: a scalar), dtype of the result.
const CASES: &[(Kernel, &[&str], &str)] = &[
    (Kernel::Add, &["f8", "f8"], "f8"),
    (Kernel::Add, &["f8", "f8*"], "f8"),
    (Kernel::Multiply, &["f4", "f4"], "f4"),
    (Kernel::Add, &["i8", "i8"], "i8"),
    (Kernel::Multiply, &["i8", "i8*"], "i8"),
    (Kernel::Multiply, &["c16", "c16"], "c16"),
    (Kernel::Divide, &["f8", "f8"], "f8"),
    (Kernel::Divide, &["c16", "c16"], "c16"),
    (Kernel::Greater, &["f8", "f8*"], "bool"),
    (Kernel::Less, &["i4", "i4"], "bool"),
    (Kernel::Where, &["bool", "f8", "f8*"], "f8"),
    (Kernel::Maximum, &["f8", "f8"], "f8"),
    (Kernel::LogicalAnd, &["bool", "bool"], "bool"),
    (Kernel::Isnan, &["f8"], "bool"),
    (Kernel::Sqrt, &["f8"], "f8"),
    (Kernel::Floor, &["f8"], "f8"),
    (Kernel::Abs, &["f8"], "f8"),
    (Kernel::Abs, &["c16"], "f8"),
    (Kernel::Cast, &["i4"], "f8"),
    (Kernel::Cast, &["i8"], "f8"),
    (Kernel::Cast, &["f8"], "i8"),
    (Kernel::Cast, &["f8"], "f4"),
    (Kernel::Cast, &["bool"], "f8"),
    (Kernel::Cast, &["u1"], "i8"),
    (Kernel::FloorDivide, &["i4", "i4*"], "i4"),
    (Kernel::FloorDivide, &["i8", "i8*"], "i8"),
    (Kernel::Remainder, &["i8", "i8*"], "i8"),
    (Kernel::Remainder, &["i4", "i4*"], "i4"),
    (Kernel::Remainder, &["u1", "u1*"], "u1"),
    (Kernel::FloorDivide, &["u1", "u1"], "u1"),
    (Kernel::Power, &["f8", "f8*"], "f8"),
    (Kernel::Power, &["f4", "f4*"], "f4"),
    (Kernel::Cast, &["f8"], "i4"),
    (Kernel::Cast, &["f4"], "i4"),
    (Kernel::Cast, &["f8"], "u1"),
    (Kernel::Cast, &["i8"], "f4"),
    (Kernel::Cast, &["i4"], "u1"),
    (Kernel::Sin, &["f8"], "f8"),
];

#[test]
fn kernel_times_are_printed_on_demand() {
    if std::env::var_os("DKA_BENCH").is_none() {
        return;
    }
    for (kernel, dtypes, out) in CASES {
        let dtype = |name: &str| DType::from_name(name.trim_end_matches('*')).expect("a dtype's name");
        let tiles: Vec<Tile> = dtypes.iter().map(|d| Tile::new(dtype(d), LEN)).collect();
        let operand = |(name, tile): (&&str, &'static Tile)| match name.ends_with('*') {
            true => Operand::Scalar(Scalar::Float64(3.0).cast(dtype(name))),
            false => Operand::Slice(tile.read(LEN)),
        };
        let tiles: &'static Vec<Tile> = Box::leak(Box::new(tiles));
        let args: Vec<Operand<'_>> = dtypes.iter().zip(tiles).map(operand).collect();
        let mut result = Tile::new(dtype(out), LEN);
        let best = (0..5).map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS / 5 {
                run(*kernel, std::hint::black_box(&args), result.write(LEN)).expect("a kernel");
            }
            start.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS / 5) / LEN as f64
        });
        println!("{kernel:?} {dtypes:?} -> {out}: {:.3} ns an element", best.fold(f64::INFINITY, f64::min));
    }
}
