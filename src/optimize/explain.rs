//! What a plan does, in words and numbers.

use crate::data::show_shape;
use crate::ir::{Distribution, Expr, Formula, Leaf, Plan, Source, Stage, Step, Traffic, View, ViewAxis, headline};

/// Lines under a stage's headline begin under its text.
const INDENT: &str = "         ";
/// Arrays that a stage lists; a concatenation may read thousands.
const MOST_LEAVES: usize = 12;

/// How much a plan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Operations (of an expression) or stages (of a plan).
    pub operations: usize,
    pub tasks: usize,
}

/// One task a chunk of every operation: what an executor without an optimizer runs.
pub fn count(exprs: &[Expr]) -> Counts {
    let mut seen = std::collections::HashSet::new();
    let nodes = exprs.iter().flat_map(Expr::nodes).filter(|node| seen.insert(node.id()));
    nodes.fold(Counts::default(), |sum, node| Counts {
        operations: sum.operations + 1,
        tasks: sum.tasks + node.chunks.count(),
    })
}

/// The stages of a plan, one after another: what each computes, from what, how many tasks it is cut into, and the bytes it
/// moves, which `bytes` writes.
pub fn show(plan: &Plan, bytes: &dyn Fn(u64) -> String) -> String {
    let stages = plan.stages.iter().enumerate();
    stages.map(|(number, stage)| show_stage(number, stage, bytes).join("\n")).collect::<Vec<_>>().join("\n")
}

fn show_stage(number: usize, stage: &Stage, bytes: &dyn Fn(u64) -> String) -> Vec<String> {
    let formula = Formula::of(&stage.work.programs());
    let mut lines = vec![format!("stage {number}  {}", headline(stage, &formula))];
    let line = |text: String| format!("{INDENT}{text}");
    lines.extend(formula.parts.iter().map(|(name, text)| line(format!("{name} = {text}"))));
    lines.extend(formula.leaves.iter().take(MOST_LEAVES).map(|(letter, leaf, dtype)| {
        let moved = Traffic::of_leaf(leaf, *dtype);
        let size = bytes(moved.memory + moved.files + moved.generated);
        line(format!("{letter} = {}  {dtype}, {size}", show_leaf(leaf), dtype = dtype.name()))
    }));
    if let Some(more @ 1..) = formula.leaves.len().checked_sub(MOST_LEAVES) {
        lines.push(line(format!("… and {more} more arrays")));
    }
    let outputs = stage.outputs.iter().map(|out| format!("{} {}", show_shape(&out.chunks.shape()), out.dtype.name()));
    let outputs = outputs.collect::<Vec<_>>().join(", ");
    let tasks = stage.work.tasks();
    let plural = if tasks == 1 { "" } else { "s" };
    lines.push(line(format!("{tasks} task{plural}; {} -> {outputs}", show_traffic(Traffic::of_stage(stage), bytes))));
    lines
}

/// The bytes that are moved, in words: `reads 8.00 MB, generates 80.00 MB, writes 8.00 kB`.
pub fn show_traffic(moved: Traffic, bytes: &dyn Fn(u64) -> String) -> String {
    let parts = [("reads", moved.memory, ""), ("reads", moved.files, " of files"), ("generates", moved.generated, "")];
    let mut parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(verb, count, what)| format!("{verb} {}{what}", bytes(count)))
        .collect();
    parts.push(format!("writes {}", bytes(moved.written)));
    parts.join(", ")
}

fn show_leaf(leaf: &Leaf) -> String {
    let mut text = show_source(&leaf.source);
    let mut shape = leaf.source.shape().to_vec();
    for step in leaf.path.iter().rev() {
        match step {
            Step::View(view) => {
                text.push_str(&show_view(view, &shape));
                shape.clone_from(&view.shape);
            }
            Step::Reshape { from, .. } => {
                text.push_str(&format!(".reshape{}", show_shape(from)));
                shape.clone_from(from);
            }
            Step::Take { axis, index, .. } => {
                text.push_str(&format!(".take({} indices, axis={axis})", index.shape().iter().product::<usize>()));
                shape[*axis] = index.shape().iter().product();
            }
        }
    }
    text
}

fn show_source(source: &Source) -> String {
    let shape = show_shape(source.shape());
    match source {
        Source::Memory(_) => format!("memory {shape}"),
        Source::Stored(stored) => {
            let name = stored.path.file_name().unwrap_or(stored.path.as_os_str());
            format!("file {} {shape}", name.display())
        }
        Source::Iota { .. } => format!("range {shape}"),
        Source::Stage { stage, .. } => format!("stage {stage} {shape}"),
        Source::Random { random, .. } => match &random.distribution {
            Distribution::Uniform { .. } => format!("random uniform {shape}"),
            Distribution::Normal { .. } => format!("random normal {shape}"),
            Distribution::Integers { .. } => format!("random integers {shape}"),
            Distribution::Named { name, .. } => format!("random {name} {shape}"),
        },
    }
}

/// A view as indexing would write it: `[::2, 5000:]`, `.T` or `.transpose(..)`, and what it is broadcast to.
fn show_view(view: &View, shape: &[usize]) -> String {
    if view.base.len() != shape.len() {
        return "[..]".into();
    }
    if view.slides() {
        return format!("[windows] {}", show_shape(&view.shape));
    }
    let slices: Vec<String> = (0..shape.len()).map(|axis| show_slice(view, axis, shape[axis])).collect();
    let mut text = if slices.iter().all(|s| s == ":") { String::new() } else { format!("[{}]", slices.join(", ")) };
    text.push_str(&show_order(view));
    let kept: usize = view.axes.iter().filter(|axis| matches!(axis, ViewAxis::Input { .. })).count();
    if view.repeats() || kept < view.axes.len() {
        text.push_str(&format!(" broadcast to {}", show_shape(&view.shape)));
    }
    text
}

fn show_slice(view: &View, axis: usize, len: usize) -> String {
    let start = view.base[axis];
    let Some((out, step)) = view.reader_of(axis) else { return start.to_string() };
    let count = view.shape[out];
    if step == 1 && start == 0 && count == len {
        return ":".into();
    }
    if step == -1 && start + 1 == len && count == len {
        return "::-1".into();
    }
    let from = if start == 0 && step > 0 { String::new() } else { start.to_string() };
    let end = start as isize + step * count as isize;
    let to = if end < 0 || end >= len as isize { String::new() } else { end.to_string() };
    format!("{from}:{to}{}", if step == 1 { String::new() } else { format!(":{step}") })
}

/// How the axes that are kept are permuted.
fn show_order(view: &View) -> String {
    let input = |axis: &ViewAxis| if let ViewAxis::Input { axis, .. } = axis { Some(*axis) } else { None };
    let order: Vec<usize> = view.axes.iter().filter_map(input).collect();
    let mut ranked = order.clone();
    ranked.sort_unstable();
    let places: Vec<usize> = order.iter().filter_map(|axis| ranked.iter().position(|other| other == axis)).collect();
    let ascending = places.windows(2).all(|pair| pair[0] < pair[1]);
    let descending = places.windows(2).all(|pair| pair[0] > pair[1]);
    match (ascending, descending) {
        (true, _) => String::new(),
        (false, true) => ".T".into(),
        (false, false) => format!(".transpose{}", show_shape(&places)),
    }
}
