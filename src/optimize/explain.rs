//! What a plan does, in words and numbers.

use crate::data::show_shape;
use crate::ir::{Distribution, Expr, Leaf, Make, Plan, Program, Source, Stage, Step, View, ViewAxis, Work};

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

/// The stages of a plan, one after another, with what is fused in each and what was pushed down into its sources.
pub fn show(plan: &Plan) -> String {
    let lines: Vec<String> =
        plan.stages.iter().enumerate().flat_map(|(number, stage)| show_stage(number, stage)).collect();
    lines.join("\n")
}

fn show_stage(number: usize, stage: &Stage) -> Vec<String> {
    let outputs: Vec<String> =
        stage.outputs.iter().map(|out| format!("{} {}", show_shape(&out.chunks.shape()), out.dtype)).collect();
    let kind = match &stage.work {
        Work::Fused { folded, grid, .. } if !folded.is_empty() => {
            format!("{} over axes {} of {}", stage.label, show_shape(folded), show_shape(&grid.shape()))
        }
        _ => stage.label.clone(),
    };
    let tasks = stage.work.tasks();
    let mut lines = vec![format!(
        "  stage {number}: {kind} -> {} ({tasks} task{})",
        outputs.join(", "),
        if tasks == 1 { "" } else { "s" }
    )];
    for program in stage.work.programs() {
        let kernels: Vec<String> = program.regs.iter().filter_map(|reg| kernel_name(&reg.make)).collect();
        if !kernels.is_empty() {
            lines.push(format!("    fuses  {}", kernels.join(", ")));
        }
        lines.extend(program.leaves.iter().map(|leaf| format!("    reads  {}", show_leaf(leaf))));
        lines.extend(nested(program));
    }
    lines
}

fn nested(program: &Program) -> Vec<String> {
    let inner = |make: &Make| match make {
        Make::Pieces(pieces) => pieces.iter().flat_map(|piece| piece.program.leaves.clone()).collect(),
        Make::Overlay { part, .. } => part.program.leaves.clone(),
        _ => vec![],
    };
    let leaves: Vec<Leaf> = program.regs.iter().flat_map(|reg| inner(&reg.make)).collect();
    leaves.iter().take(4).map(|leaf| format!("    reads  {}", show_leaf(leaf))).collect()
}

fn kernel_name(make: &Make) -> Option<String> {
    match make {
        Make::Map(kernel, _) => Some(format!("{kernel:?}").to_lowercase()),
        Make::Pieces(pieces) => Some(format!("concatenate of {}", pieces.len())),
        Make::Overlay { .. } => Some("assign".into()),
        Make::Const(_) | Make::Load(_) => None,
    }
}

fn show_leaf(leaf: &Leaf) -> String {
    let mut text = show_source(&leaf.source);
    for step in leaf.path.iter().rev() {
        match step {
            Step::View(view) => text.push_str(&show_view(view, &leaf.source)),
            Step::Reshape { from, .. } => text.push_str(&format!(".reshape{}", show_shape(from))),
            Step::Take { axis, .. } => text.push_str(&format!(".take(axis={axis})")),
        }
    }
    text
}

fn show_source(source: &Source) -> String {
    let shape = show_shape(source.shape());
    match source {
        Source::Memory(_) => format!("memory {shape}"),
        Source::Stored(stored) => format!("file {} {shape}", stored.path.display()),
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

/// A view as indexing would write it: `[::2, 5000:]`, `.T`, with repeated axes as `None`.
fn show_view(view: &View, source: &Source) -> String {
    let shape = source.shape();
    if view.base.len() != shape.len() {
        return "[..]".into();
    }
    let slice = |axis: usize| match view.reader_of(axis) {
        None => view.base[axis].to_string(),
        Some((out, step)) => {
            let (start, len) = (view.base[axis], view.shape[out]);
            let whole = step == 1 && start == 0 && len == shape[axis];
            let from = if start == 0 { String::new() } else { start.to_string() };
            let end = start as isize + step * len as isize;
            let to = if step > 0 && end >= shape[axis] as isize || end < 0 { String::new() } else { end.to_string() };
            if whole {
                ":".into()
            } else {
                format!("{from}:{to}{}", if step == 1 { String::new() } else { format!(":{step}") })
            }
        }
    };
    let slices: Vec<String> = (0..shape.len()).map(slice).collect();
    let mut text = if slices.iter().all(|s| s == ":") { String::new() } else { format!("[{}]", slices.join(", ")) };
    let order: Vec<usize> = view
        .axes
        .iter()
        .filter_map(|axis| if let ViewAxis::Input { axis, .. } = axis { Some(*axis) } else { None })
        .collect();
    if order.windows(2).any(|pair| pair[0] > pair[1]) {
        text.push_str(".T");
    }
    if view.repeats() {
        text.push_str(&format!(" broadcast to {}", show_shape(&view.shape)));
    }
    text
}
