//! The promises of the engine over random expressions: lazy equals eager, and the same text gives the same bits.
//!
//! `DKA_PROPERTIES=10000` runs so many cases of each property; the cases are the same in every run.

mod expressions;

use dka::data::{Block, DType, Held, UNKNOWN, block_bytes};
use dka::exec::{Allowance, Destination, Engine, Settings, Team, Unwatched, gather, project};
use dka::ir::{Expr, Op};
use dka::ops::primitive::{self as p, Pick};
use dka::optimize::{Keep, lower, plan};
use dka::shell::calculator::{Calculator, Persisted};
use expressions::{Recipe, recipes, slices};
use num_complex::Complex64;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRng, TestRunner};

/// Cases of a property where nothing else is asked for: together they take some seconds.
const CASES: u32 = 300;
/// Relative closeness of float64 results whose sums or kernels may round otherwise, and of float32 ones.
const CLOSE: f64 = 1e-9;
const CLOSE_SINGLE: f64 = 1e-3;

fn settings(threads: usize, memory_limit: u64) -> Settings {
    Settings { threads, memory_limit, spill_dir: None }
}

fn calculator(threads: usize) -> Calculator {
    Calculator::new(settings(threads, 8 << 30), Persisted::default())
}

/// Runs a property over random recipes and shows the smallest that breaks it.
fn holds(property: impl Fn(&Recipe) -> Result<(), String>) {
    let cases = std::env::var("DKA_PROPERTIES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&recipes(), |recipe| property(&recipe).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(reason, recipe)) = outcome {
        let made: Vec<String> = recipe.stages().iter().map(shown).collect();
        panic!("{reason}\n{recipe:?}\n{}", made.join("\n"));
    }
}

/// A node in a line: what it does, of what shape and dtype, in which chunks.
fn shown(expr: &Expr) -> String {
    let op = match &expr.op {
        Op::Memory(_) => "memory".to_string(),
        other => format!("{other:?}"),
    };
    format!(
        "{:?} {} in {:?}: {op}",
        expr.shape,
        expr.dtype.name(),
        expr.chunks.0.iter().map(|c| c.sizes()).collect::<Vec<_>>()
    )
}

fn computed(calculator: &Calculator, expr: &Expr) -> Result<Block, String> {
    let (mut blocks, _) =
        calculator.compute(std::slice::from_ref(expr), &Unwatched).map_err(|error| error.to_string())?;
    Ok(blocks.remove(0))
}

fn same_bits(a: &Block, b: &Block, what: &str) -> Result<(), String> {
    let (a, b) = (a.contiguous(), b.contiguous());
    if a.shape() != b.shape() || a.dtype() != b.dtype() {
        return Err(format!(
            "{what}: {:?} {} against {:?} {}",
            a.shape(),
            a.dtype().name(),
            b.shape(),
            b.dtype().name()
        ));
    }
    if block_bytes(&a) == block_bytes(&b) {
        return Ok(());
    }
    // A NaN's payload is nobody's promise.
    let (x, y) = (a.to_vec::<Complex64>(), b.to_vec::<Complex64>());
    let bits = |z: &Complex64| [z.re, z.im].map(|v| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() });
    match x.iter().zip(&y).position(|(x, y)| bits(x) != bits(y)) {
        Some(at) => Err(format!("{what}: element {at} is {} against {}", x[at], y[at])),
        None => Ok(()),
    }
}

/// Whether the values of an expression are the same up to rounding: float32's where it was computed in float32 anywhere.
fn close(expr: &Expr, a: &Block, b: &Block) -> Result<(), String> {
    if !a.dtype().is_inexact() {
        return same_bits(a, b, "lazy and eager");
    }
    if a.shape() != b.shape() || a.dtype() != b.dtype() {
        return Err(format!("{:?} {} against {:?} {}", a.shape(), a.dtype().name(), b.shape(), b.dtype().name()));
    }
    let single = expr.nodes().iter().any(|node| matches!(node.dtype, DType::Float32 | DType::Complex64));
    let tolerance = if single { CLOSE_SINGLE } else { CLOSE };
    let near = |x: f64, y: f64| x == y || x.is_nan() && y.is_nan() || (x - y).abs() <= tolerance * x.abs().max(1.0);
    let (x, y) = (a.to_vec::<Complex64>(), b.to_vec::<Complex64>());
    match x.iter().zip(&y).position(|(x, y)| !near(x.re, y.re) || !near(x.im, y.im)) {
        Some(at) => Err(format!("lazy and eager: element {at} is {} against {}", x[at], y[at])),
        None => Ok(()),
    }
}

#[test]
fn lazy_equals_eager() {
    let (lazy, eager) = (calculator(2), calculator(1));
    holds(|recipe| {
        let expr = recipe.expr();
        let value = eager.evaluate(std::slice::from_ref(&expr)).map_err(|error| error.to_string())?;
        close(&expr, &computed(&lazy, &expr)?, &computed(&eager, &value[0])?)
    });
}

#[test]
fn threads_change_no_bit() {
    let (one, eight) = (calculator(1), calculator(8));
    holds(|recipe| {
        let expr = recipe.expr();
        same_bits(&computed(&one, &expr)?, &computed(&eight, &expr)?, "one thread and eight")
    });
}

#[test]
fn slicing_changes_no_bit() {
    let calculator = calculator(2);
    holds(|recipe| {
        let expr = recipe.expr();
        if expr.shape.contains(&UNKNOWN) {
            return Ok(());
        }
        let numbers = recipe.steps.first().copied().unwrap_or([recipe.dtype; 6]);
        let picks = slices(&expr.shape, &numbers);
        let whole = p::from_block(computed(&calculator, &expr)?);
        let expected = computed(&calculator, &p::pick(&whole, &picks))?;
        same_bits(&computed(&calculator, &p::pick(&expr, &picks))?, &expected, "a slice and the whole")
    });
}

#[test]
fn persisting_changes_no_bit() {
    holds(|recipe| {
        let (plain, session) = (calculator(1), calculator(1));
        let stages = recipe.stages();
        let expr = &stages[stages.len() - 1];
        let middle = &stages[stages.len() / 2];
        let kept = session.persist(std::slice::from_ref(middle), &Unwatched).map_err(|error| error.to_string())?;
        let same = same_bits(&computed(&plain, expr)?, &computed(&session, expr)?, "generated and persisted");
        drop(kept);
        same
    });
}

/// Two threads, as most calculators here have.
const TEAM: Team = Team { threads: 2, workers: 2, destination: Destination::Kept };

/// The array of a plan run with so many bytes for its blocks.
fn run(engine: &Engine, plan: &dka::ir::Plan, room: u64) -> Result<(Block, u64), String> {
    let projected = project(plan, TEAM).bytes;
    let allowed = Allowance { threads: 1, workers: None, room, reserved: 0, loaded: 0, spare: 0, projected };
    let (held, report): (Vec<Held>, _) = engine.run(plan, &allowed, &Unwatched).map_err(|error| error.to_string())?;
    Ok((gather(&held[0]).map_err(|error| error.to_string())?, report.spilled_bytes))
}

#[test]
fn spilling_changes_no_bit() {
    let engine = Engine::new(settings(1, 8 << 30));
    let spilled = std::cell::Cell::new(0);
    holds(|recipe| {
        let plan = plan(&[recipe.expr()], Keep::Blocks, &|_| None);
        let (all, _) = run(&engine, &plan, u64::MAX)?;
        let (none, out) = run(&engine, &plan, 0)?;
        spilled.set(spilled.get() + out);
        same_bits(&all, &none, "in memory and spilled")
    });
    assert!(spilled.get() > 0, "some blocks went out");
}

#[test]
fn rewriting_changes_no_bit() {
    let engine = Engine::new(settings(1, 8 << 30));
    holds(|recipe| {
        let expr = recipe.expr();
        let better = plan(std::slice::from_ref(&expr), Keep::Whole, &|_| None);
        let plain = lower(&[(expr.clone(), expr.chunks.clone())], Keep::Whole);
        same_bits(&run(&engine, &better, u64::MAX)?.0, &run(&engine, &plain, u64::MAX)?.0, "rewritten and as written")
    });
}

#[test]
fn a_projection_covers_the_result() {
    holds(|recipe| {
        let expr = recipe.expr();
        let need = project(&plan(std::slice::from_ref(&expr), Keep::Whole, &|_| None), TEAM).bytes;
        let size = expr.nbytes().unwrap_or(0) as u64;
        if need >= size { Ok(()) } else { Err(format!("{need} bytes are projected for a result of {size}")) }
    });
}

#[test]
fn selections_are_the_same_lazy_and_eager() {
    let (lazy, eager) = (calculator(2), calculator(1));
    holds(|recipe| {
        let x = recipe.expr();
        let zero = p::scalar(dka::data::Scalar::Int64(0));
        let Ok(mask) = p::map(dka::ir::Kernel::Greater, &[x.clone(), zero]) else { return Ok(()) };
        let chosen = p::select(&x, &mask).map_err(|error| error.to_string())?;
        let sum = p::reduce(&chosen, dka::ir::Fold::Sum, &[0]);
        let rows = if x.ndim() > 0 && x.shape[0] > 0 { p::pick(&x, &[Pick::At(0)]) } else { x.clone() };
        for expr in [chosen, sum, rows] {
            let value = eager.evaluate(std::slice::from_ref(&expr)).map_err(|error| error.to_string())?;
            close(&expr, &computed(&lazy, &expr)?, &computed(&eager, &value[0])?)?;
        }
        Ok(())
    });
}
