//! A stage in one line: `sum over axis 1 of (x + y)`, the title of its row wherever plans and profiles are shown.

use crate::data::show_shape;
use crate::ir::{Fold, Formula, Sink, Stage, Work};

/// What a stage does, given its formula.
pub fn headline(stage: &Stage, formula: &Formula<'_>) -> String {
    let text = |number: usize| formula.operand(number);
    match &stage.work {
        Work::Fused { sinks, folded, grid, .. } => {
            let whole = folded.len() == grid.0.len();
            let over = if whole { String::new() } else { format!(" over {}", axes(folded)) };
            let done: Vec<String> = sinks
                .iter()
                .map(|sink| match sink {
                    Sink::Store { root } => format!("store {}", formula.result(*root)),
                    Sink::Fold { root, mask: None, fold, .. } => format!("{}{over} of {}", fold.name(), text(*root)),
                    Sink::Fold { root, mask: Some(mask), fold, .. } => {
                        format!("{}{over} of {} where {}", fold.name(), text(*root), text(*mask))
                    }
                })
                .collect();
            done.join("; ")
        }
        Work::Scan { axis, .. } => format!("{} along axis {axis} of {}", stage.label, text(0)),
        Work::Contract { .. } => format!("matmul of {} and {}", text(0), text(1)),
        Work::PerBlock { call, .. } => {
            let inputs: Vec<&str> = (0..stage.work.programs().len()).map(|input| formula.result(input)).collect();
            format!("{}({})", call.name, inputs.join(", "))
        }
        Work::Ranks { .. } | Work::Aggregate { .. } => format!("{} of {}", stage.label, text(0)),
        Work::Locate { .. } => format!("{} of {} in {}", stage.label, text(0), text(1)),
        Work::Select { .. } => format!("select {} where {}", text(0), text(1)),
    }
}

/// `axis 1`, `axes (0, 2)`.
fn axes(folded: &[usize]) -> String {
    match folded {
        [one] => format!("axis {one}"),
        several => format!("axes {}", show_shape(several)),
    }
}

impl Fold {
    /// What users call the fold.
    pub fn name(self) -> String {
        match self {
            Fold::Var { .. } => "var".to_string(),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}
