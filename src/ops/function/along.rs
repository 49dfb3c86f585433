//! A function of each line of an array: the function is asked once, and what it plans for one line is planned for all.

use crate::data::{Block, Chunks, Cuts, DType, Error, Result, Scalar, UNKNOWN};
use crate::ir::{Aggregate, Aggregation, Distribution, Expr, Op, Random, Reduce, Scan, View, ViewAxis};
use crate::ops::function::build::{at, to_last};
use crate::ops::function::operands::asarray;
use crate::ops::function::row::answer;
use crate::ops::function::{Arg, Call, Callable};
use crate::ops::primitive::{broadcast_axes, from_block, random, reshape, transpose, view};
use std::collections::HashMap;

/// Bytes of lines that are brought together where a function is called line by line.
const GROUP: usize = 8 << 20;
/// Lines of a group, at most: their answers are planned together.
const MOST_LINES: usize = 512;

/// NumPy's `apply_along_axis`.
pub(super) fn along_axis(call: &Call<'_>) -> Result<Arg> {
    let Arg::Callable(f) = call.get("func1d") else {
        return Err(Error::type_(format!("'{}' object is not callable", call.get("func1d").type_name())));
    };
    let x = call.array("arr")?;
    let axis = call.axis("axis", x.ndim())?;
    let last = to_last(&x, axis);
    let outer = last.shape[..last.ndim() - 1].to_vec();
    let count: usize = outer.iter().product();
    if count == 0 || outer.contains(&UNKNOWN) {
        return Err(Error::value("Cannot apply_along_axis when any iteration dimensions are 0"));
    }
    let rest = if let Arg::Tuple(items) = call.get("args") { items.clone() } else { vec![] };
    let lines = reshape(&last, &[count, last.shape[last.ndim() - 1]])?;
    let y = match of_all(call, f, &rest, &lines) {
        Some(y) => y,
        None => line_by_line(call, f, &rest, &lines)?,
    };
    let inner = y.shape[1..].to_vec();
    let y = reshape(&y, &[outer.clone(), inner.clone()].concat())?;
    // The axes of an answer take the place of the axis that was given.
    let (front, n) = (outer.len(), inner.len());
    let order = (0..axis).chain(front..front + n).chain(axis..front);
    answer(transpose(&y, &order.collect::<Vec<_>>()))
}

/// The answers to all lines, where the function plans its answer without looking at the values of a line.
fn of_all(call: &Call<'_>, f: &Callable, rest: &[Arg], lines: &Expr) -> Option<Expr> {
    let line = stand_in(lines);
    let mut args = vec![Arg::Array(line.clone())];
    args.extend_from_slice(rest);
    let planned = asarray(&call.host.trace(f, args, &line).ok()?).ok()?;
    batched(&planned, &line, lines)
}

/// An array that stands for any one line.
fn stand_in(lines: &Expr) -> Expr {
    let distribution = Distribution::Named { name: "any line".into(), params: vec![Scalar::Int64(lines.id() as i64)] };
    let random_line = Random { seed: lines.id(), stream: u64::MAX, distribution };
    random(random_line, lines.dtype, Chunks::whole(&lines.shape[1..]))
}

/// What was planned of one line, planned of all of them: a first axis is added everywhere.
fn batched(planned: &Expr, line: &Expr, lines: &Expr) -> Option<Expr> {
    let cuts = &lines.chunks.0[0];
    let mut done: HashMap<Expr, Expr> = HashMap::from([(line.clone(), lines.clone())]);
    for node in planned.nodes() {
        if node == *line {
            continue;
        }
        // Each line has random values of its own.
        if matches!(node.op, Op::Random(_)) || node.shape.contains(&UNKNOWN) {
            return None;
        }
        let depends: Vec<bool> = node.inputs.iter().map(|input| done.contains_key(input)).collect();
        if depends.contains(&true) {
            // What is looked up in, or by, is one for all lines.
            let shared = |k: usize| k == 1 && matches!(node.op, Op::Take { .. } | Op::Locate(_));
            let with = |(k, input): (usize, &Expr)| match done.get(input) {
                Some(known) => known.clone(),
                None if shared(k) => input.clone(),
                None => wide(input, cuts),
            };
            let inputs = node.inputs.iter().enumerate().map(with);
            let op = with_lines(&node, &depends, cuts)?;
            let made = Expr::new(op, inputs.collect(), longer(&node.shape, cuts), node.dtype, led(&node.chunks, cuts));
            done.insert(node, made);
        }
    }
    Some(done.get(planned).cloned().unwrap_or_else(|| wide(planned, cuts)))
}

fn longer(shape: &[usize], cuts: &Cuts) -> Vec<usize> {
    [&[cuts.len()], shape].concat()
}

/// A grid with the lines as its first axis.
fn led(chunks: &Chunks, cuts: &Cuts) -> Chunks {
    Chunks(std::iter::once(cuts).chain(&chunks.0).cloned().collect())
}

/// The same for every line.
fn wide(x: &Expr, cuts: &Cuts) -> Expr {
    view(x, broadcast_axes(&x.shape, &longer(&x.shape, cuts)))
}

/// An operation with a first axis more; `None` where it is one of values that decide lengths, or of looked-up places that
/// differ from line to line.
fn with_lines(node: &Expr, depends: &[bool], cuts: &Cuts) -> Option<Op> {
    Some(match &node.op {
        Op::Map(kernel) => Op::Map(*kernel),
        Op::Reduce(reduce) => {
            let axes = reduce.axes.iter().map(|axis| axis + 1).collect();
            Op::Reduce(Reduce { axes, grid: led(&reduce.grid, cuts), ..reduce.clone() })
        }
        Op::Scan(scan) => Op::Scan(Scan { axis: scan.axis + 1, grid: led(&scan.grid, cuts), ..scan.clone() }),
        Op::View(inner) => Op::View(led_view(inner, cuts)),
        Op::Update(part) => Op::Update(led_view(part, cuts)),
        Op::Reshape => Op::Reshape,
        Op::Rechunk => Op::Rechunk,
        // An index is one for all lines.
        Op::Take { axis } if !depends[1] => Op::Take { axis: axis + 1 },
        Op::Locate(kind) if !depends[1] => Op::Locate(*kind),
        Op::Concat { axis } => Op::Concat { axis: axis + 1 },
        Op::Contract { grid } => Op::Contract { grid: led(grid, cuts) },
        Op::PerBlock(kernel) => Op::PerBlock(kernel.clone()),
        Op::Aggregate(Aggregate { kind: kind @ Aggregation::Top { .. }, grid, result }) => {
            Op::Aggregate(Aggregate { kind: kind.clone(), grid: led(grid, cuts), result: *result })
        }
        _ => return None,
    })
}

fn led_view(inner: &View, cuts: &Cuts) -> View {
    let shifted = inner.axes.iter().map(|axis| match *axis {
        ViewAxis::Input { axis, step } => ViewAxis::Input { axis: axis + 1, step },
        ViewAxis::Repeat => ViewAxis::Repeat,
    });
    View {
        base: [&[0], inner.base.as_slice()].concat(),
        axes: std::iter::once(ViewAxis::Input { axis: 0, step: 1 }).chain(shifted).collect(),
        shape: longer(&inner.shape, cuts),
    }
}

/// The answers to lines that the function must see: groups of lines are brought one after another.
fn line_by_line(call: &Call<'_>, f: &Callable, rest: &[Arg], lines: &Expr) -> Result<Expr> {
    let (count, len) = (lines.shape[0], lines.shape[1]);
    let step = (GROUP / (len * lines.dtype.itemsize()).max(1)).clamp(1, MOST_LINES);
    let mut answers: Vec<Block> = vec![];
    for first in (0..count).step_by(step) {
        let group = super::build::slice(lines, 0, first, (first + step).min(count));
        let group = from_block(call.host.values(&[group])?.swap_remove(0));
        let mut parts = vec![];
        for k in 0..group.shape[0] {
            let mut args = vec![Arg::Array(at(&group, 0, k))];
            args.extend_from_slice(rest);
            parts.push(asarray(&call.host.call_eagerly(f, args)?)?);
        }
        answers.extend(call.host.values(&parts)?);
    }
    let shape = answers[0].shape().to_vec();
    if answers.iter().any(|answer| answer.shape() != shape) {
        return Err(Error::value("could not broadcast the function's answers: they differ in shape"));
    }
    let dtype = answers.iter().map(Block::dtype).fold(answers[0].dtype(), DType::promote);
    let values: Vec<Scalar> = answers.iter().flat_map(|answer| answer.cast(dtype).scalars()).collect();
    Ok(from_block(Block::from_scalars(&[&[count], shape.as_slice()].concat(), dtype, &values)))
}
