//! `--compare-eager` and `%compare`: the same cell lazily and eagerly, timed, and its values compared.

use crate::data::Result;
use crate::ir::{Expr, Op};
use crate::lang::{Outside, Value};
use crate::ops::function::Mode;
use crate::shell::assigned::{assigned_names, speaks_of_chunks};
use crate::shell::byte_text::show_bytes;
use crate::shell::diagnose::Problem;
use crate::shell::equal::{ABSOLUTE, Difference, RELATIVE, Sides};
use crate::shell::magic::{Call, expression};
use crate::shell::memory;
use crate::shell::run::{Answer, Outcome, Ran, run_cell};
use crate::shell::session::Session;
use crate::shell::settings::Settings;
use crate::shell::table::number_table;
use crate::shell::time::{Stopwatch, Times, show_duration};
use std::collections::HashMap;
use std::time::Duration;

/// How the eager run of a cell went, and how it differs from the lazy one.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    pub times: Times,
    pub peak_bytes: Option<u64>,
    /// The same measure of the lazy run.
    pub lazy_peak_bytes: Option<u64>,
    pub lazy_times: Times,
    /// What differs, one line each.
    pub differences: Vec<String>,
    pub max_abs_diff: Option<f64>,
    /// Eager time by lazy time, where the cell computed something lazily.
    pub speedup: Option<f64>,
}

impl Comparison {
    /// Whether both runs gave the same.
    pub fn equal(&self) -> bool {
        self.differences.is_empty()
    }

    /// Whether either run took a millisecond: below, the clock tells more of starting than of computing.
    fn is_long(&self) -> bool {
        self.times.wall.max(self.lazy_times.wall) >= Duration::from_millis(1)
    }
}

/// All cells together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub cells: usize,
    pub equal: bool,
    /// Over the cells that computed something lazily and took long enough for the time to mean something.
    pub geomean_speedup: Option<f64>,
}

/// Two sessions that run the same cells, with the same seeds.
pub struct Pair {
    pub lazy: Session,
    pub eager: Session,
}

impl Pair {
    /// Two sessions with the settings.
    pub fn new(settings: &Settings) -> Pair {
        Pair { lazy: Session::new(settings.clone(), false), eager: Session::new(settings.clone(), true) }
    }

    /// Runs a cell in both; the outcome is that of the lazy run.
    pub fn run(&mut self, source: &str) -> (Outcome, Comparison) {
        let (mut lazy, lazy_peak_bytes) = with_peak(|| run_cell(&mut self.lazy, source));
        if lazy.outcome.interrupted() {
            return (lazy.outcome, Comparison::default());
        }
        self.eager.world.output.capture();
        let (eager, peak_bytes) = with_peak(|| run_cell(&mut self.eager, source));
        self.eager.world.output.release();
        if eager.outcome.interrupted() {
            lazy.outcome.problem = eager.outcome.problem;
            return (lazy.outcome, Comparison::default());
        }
        let difference = self.difference(source, &lazy, &eager);
        let seconds = |times: Times| times.wall.as_secs_f64();
        let computed = lazy.outcome.tally.computes > 0 && lazy.outcome.problem.is_none();
        let speedup = computed.then(|| seconds(eager.outcome.times) / seconds(lazy.outcome.times).max(1e-9));
        let comparison = Comparison {
            times: eager.outcome.times,
            peak_bytes,
            lazy_peak_bytes,
            lazy_times: lazy.outcome.times,
            differences: difference.lines,
            max_abs_diff: difference.max_abs,
            speedup,
        };
        (lazy.outcome, comparison)
    }

    fn difference(&self, source: &str, lazy: &Ran, eager: &Ran) -> Difference {
        let mut found = Difference::default();
        match (&lazy.outcome.problem, &eager.outcome.problem) {
            (None, None) => {}
            (Some(a), Some(b)) if a.kind == b.kind => return found,
            (a, b) => {
                let say = |p: &Option<Problem>| {
                    p.as_ref().map_or("no error".into(), |p| format!("{}: {}", p.kind, p.message))
                };
                found.lines.push(format!("{} lazily, {} eagerly", say(a), say(b)));
                return found;
            }
        }
        if let Err(error) = self.compare_results(source, lazy, eager, &mut found) {
            found.lines.push(format!("could not be checked: {}: {}", error.kind.name(), error.message));
        }
        found
    }

    fn compare_results(&self, source: &str, lazy: &Ran, eager: &Ran, found: &mut Difference) -> Result<()> {
        let sides = Sides { lazy: &self.lazy, eager: &self.eager, arrays_alone: speaks_of_chunks(source) };
        match (&lazy.value, &eager.value) {
            (Some(a), Some(b)) => sides.compare("the cell's value", a, b, found)?,
            (None, None) => {}
            _ => found.lines.push("only one of both shows a value".into()),
        }
        for name in assigned_names(source) {
            if let (Some(a), Some(b)) = (self.lazy.interpreter.get(&name), self.eager.interpreter.get(&name)) {
                sides.compare(&name, &a, &b, found)?;
            }
        }
        Ok(())
    }
}

/// The answer of `work`, and by how much resident memory grew at its peak.
fn with_peak<T>(work: impl FnOnce() -> T) -> (T, Option<u64>) {
    memory::reset_peak();
    let before = memory::resident();
    let answer = work();
    let peak = memory::peak().zip(before).map(|(peak, before)| peak.saturating_sub(before));
    (answer, peak)
}

/// All comparisons in short.
pub fn summarize(rows: &[(usize, Comparison)]) -> Summary {
    let of = |long: bool| rows.iter().filter(move |(_, row)| row.is_long() || !long).filter_map(|(_, row)| row.speedup);
    let mut speedups: Vec<f64> = of(true).collect();
    if speedups.is_empty() {
        speedups = of(false).collect();
    }
    let mean_log = speedups.iter().map(|s| s.ln()).sum::<f64>() / speedups.len().max(1) as f64;
    Summary {
        cells: rows.len(),
        equal: rows.iter().all(|(_, row)| row.equal()),
        geomean_speedup: (!speedups.is_empty()).then(|| mean_log.exp()),
    }
}

/// The table of a comparison, what differs, and the summary.
pub fn report(rows: &[(usize, Comparison)]) -> String {
    let bytes = |peak: Option<u64>| peak.map_or("?".to_string(), show_bytes);
    let row = |(cell, c): &(usize, Comparison)| {
        vec![
            cell.to_string(),
            show_duration(c.lazy_times.wall.as_secs_f64()),
            show_duration(c.times.wall.as_secs_f64()),
            c.speedup.map_or("-".to_string(), |s| format!("{s:.2}x")),
            bytes(c.lazy_peak_bytes),
            bytes(c.peak_bytes),
            if c.equal() { "yes" } else { "NO" }.to_string(),
        ]
    };
    let titles = ["Cell", "Lazy", "Eager", "Speed-up", "Lazy peak", "Eager peak", "Equal"];
    let mut text = number_table(&titles, &rows.iter().map(row).collect::<Vec<_>>()) + "\n";
    for (cell, comparison) in rows {
        for line in &comparison.differences {
            text += &format!("cell {cell}: {line}\n");
        }
    }
    let summary = summarize(rows);
    let verdict = if summary.equal { "all values are equal" } else { "VALUES DIFFER" };
    text += &format!("{verdict} (relative tolerance {RELATIVE:e}, absolute {ABSOLUTE:e}; NaN equals NaN)");
    if let Some(speedup) = summary.geomean_speedup {
        text += &format!("; geometric mean of the speed-ups {speedup:.2}x");
    }
    text + "\n"
}

/// `%compare EXPRESSION`: a lazy array computed by the engine, and operation by operation as NumPy would.
pub fn compare_magic(session: &mut Session, call: &Call<'_>) -> Answer {
    let value = expression(session, call)?;
    let Value::Array(array) = &value else {
        return Err(call.problem("TypeError", "only a lazy array can be computed in both ways"));
    };
    if array.mode != Mode::Lazy {
        return Err(call
            .problem("TypeError", "the array is computed already")
            .help("give %compare a lazy array, before .compute()"));
    }
    let expr = array.expr();
    let world = session.world.clone();
    let clock = Stopwatch::start();
    let (lazy, lazy_peak_bytes) = with_peak(|| world.compute(std::slice::from_ref(&expr)));
    let lazy_times = clock.stop();
    let lazy = lazy?;
    let clock = Stopwatch::start();
    let (eager, peak_bytes) = with_peak(|| step_by_step(&*world, &expr));
    let times = clock.stop();
    let eager = eager?;
    let mut found = Difference::default();
    let sides = Sides { lazy: session, eager: session, arrays_alone: false };
    let lazy = lazy.into_iter().next().map(Value::block);
    if let Some(lazy) = &lazy {
        sides.compare("the value", lazy, &Value::block(eager), &mut found)?;
    }
    let speedup = Some(times.wall.as_secs_f64() / lazy_times.wall.as_secs_f64().max(1e-9));
    let row = Comparison {
        times,
        peak_bytes,
        lazy_peak_bytes,
        lazy_times,
        differences: found.lines,
        max_abs_diff: found.max_abs,
        speedup,
    };
    session.print(&report(&[(session.history.len(), row)]));
    Ok(None)
}

/// An expression evaluated node by node, each intermediate whole in memory, dropped after its last use.
fn step_by_step(world: &dyn Outside, expr: &Expr) -> Result<crate::data::Block> {
    let nodes = expr.nodes();
    let mut uses: HashMap<u64, usize> = HashMap::new();
    nodes.iter().flat_map(|node| &node.inputs).for_each(|input| *uses.entry(input.id()).or_default() += 1);
    let mut done: HashMap<u64, Expr> = HashMap::new();
    for node in &nodes {
        let inputs: Vec<Expr> = node.inputs.iter().filter_map(|input| done.get(&input.id()).cloned()).collect();
        for input in &node.inputs {
            let left = uses.entry(input.id()).or_default();
            *left -= 1;
            if *left == 0 {
                done.remove(&input.id());
            }
        }
        let alone = Expr::new(node.op.clone(), inputs, node.shape.clone(), node.dtype, node.chunks.clone());
        let value =
            if matches!(alone.op, Op::Memory(_) | Op::View(_)) { alone } else { world.evaluate(&[alone])?.remove(0) };
        done.insert(node.id(), value);
    }
    let result = done.remove(&expr.id()).unwrap_or_else(|| expr.clone());
    let blocks = world.compute(&world.evaluate(&[result])?)?;
    Ok(blocks.into_iter().next().unwrap_or_else(|| crate::data::Block::zeros(&[0], expr.dtype)))
}
