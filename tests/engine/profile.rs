//! What a profiled run says of its stages.

use super::{calculator, uniform};
use dka::data::Scalar;
use dka::exec::{Event, StageProfile, Watch};
use dka::ir::{Expr, Fold, Kernel};
use dka::ops::primitive as p;
use std::sync::Mutex;

/// Keeps what it is told.
#[derive(Default)]
struct Listener(Mutex<Vec<StageProfile>>);

impl Watch for Listener {
    fn event(&self, _event: &Event) {}

    fn profiles(&self) -> bool {
        true
    }

    fn stage(&self, took: StageProfile) {
        self.0.lock().expect("nobody panics").push(took);
    }
}

fn profiled(x: &Expr) -> Vec<StageProfile> {
    let listener = Listener::default();
    calculator(2).compute(std::slice::from_ref(x), &listener).expect("the expression computes");
    listener.0.into_inner().expect("nobody panics")
}

fn sine_plus_one() -> Expr {
    let x = uniform(&[600, 1000], &[200, 500]);
    let sine = p::map(Kernel::Sin, &[x]).expect("a float");
    p::map(Kernel::Add, &[sine, p::scalar(Scalar::Float64(1.0))]).expect("shapes fit")
}

#[test]
fn a_stage_tells_its_formula_tasks_and_bytes() {
    let stages = profiled(&p::reduce(&sine_plus_one(), Fold::Sum, &[0]));
    let [stage] = stages.as_slice() else { panic!("one stage, not {stages:?}") };
    assert_eq!((stage.title.as_str(), stage.tasks), ("sum over axis 0 of (sin(x) + 1.0)", 6));
    let moved = stage.moved;
    assert_eq!((moved.memory, moved.files, moved.generated, moved.written), (0, 0, 4_800_000, 8000));
}

#[test]
fn kernels_share_the_time_of_their_stage() {
    let stages = profiled(&p::reduce(&sine_plus_one(), Fold::Sum, &[0, 1]));
    let stage = &stages[0];
    let names: Vec<&str> = stage.kernels.iter().map(|kernel| kernel.name.as_str()).collect();
    for name in ["random uniform", "sin", "add", "sum"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    let sum: f64 = stage.kernels.iter().map(|kernel| kernel.cpu.as_secs_f64()).sum();
    assert!(sum <= 1.01 * stage.cpu.as_secs_f64() + 1e-6, "{sum} s of {:?}", stage.cpu);
}

#[test]
fn kernels_have_the_names_of_the_table() {
    let other = |row: &&p::map::Row| row.kernel.name() != row.name;
    let others: Vec<&str> = p::map::KERNELS.iter().filter(other).map(|row| row.name).collect();
    // `abs` is NumPy's own other name; two kernels make the two results of frexp; none of NumPy's makes complex numbers.
    assert_eq!(others, ["absolute", "frexp", "frexp", "complex"]);
}
