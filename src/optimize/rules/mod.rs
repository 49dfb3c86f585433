//! The rewrite rules, in order, and how they are applied to a fixed point.

mod concat;
mod fold_order;
mod mask;
mod reshape;
mod sink_view;
mod take;
mod windows;

use super::known::replaced;
use crate::ir::Expr;
use crate::optimize::rules::concat::{fold_of_concat, fold_of_repeated, fold_of_stack, view_through_concat};
use crate::optimize::rules::fold_order::fold_in_source_order;
use crate::optimize::rules::mask::{fold_of_select, sum_of_masked};
use crate::optimize::rules::reshape::{reshape_into_source, reshape_through_map};
pub(super) use crate::optimize::rules::sink_view::is_read_often;
use crate::optimize::rules::sink_view::{
    drop_rechunk, view_of_fill, view_of_view, view_through_contract, view_through_map, view_through_per_block,
    view_through_reduce, view_through_scan,
};
use crate::optimize::rules::take::take_through_map;
use crate::optimize::rules::windows::fold_of_windows;
use std::collections::HashMap;

/// A rewrite of one node: shape and dtype stay as they are.
pub struct Rule {
    pub name: &'static str,
    /// What it saves, and why it stands where it stands.
    pub why: &'static str,
    pub apply: fn(&Expr) -> Option<Expr>,
}

/// The rules in the order they are tried.
pub const RULES: &[Rule] = &[
    Rule {
        name: "drop rechunk",
        why: "folds carry their own grid, so chunks below them are free; first, because it uncovers what the rest match",
        apply: drop_rechunk,
    },
    Rule {
        name: "view of view",
        why: "one affine step instead of two; before the others, which look one view deep",
        apply: view_of_view,
    },
    Rule { name: "view of fill", why: "a constant is the same wherever it is read", apply: view_of_fill },
    Rule { name: "view through map", why: "only the elements asked for are computed", apply: view_through_map },
    Rule {
        name: "view through reduce",
        why: "only the kept elements asked for are folded",
        apply: view_through_reduce,
    },
    Rule {
        name: "view through scan",
        why: "what comes after the elements asked for is not read, what comes before is only folded",
        apply: view_through_scan,
    },
    Rule {
        name: "view through contract",
        why: "only the rows and columns asked for are multiplied",
        apply: view_through_contract,
    },
    Rule {
        name: "view through per-block",
        why: "only the loop elements asked for are called",
        apply: view_through_per_block,
    },
    Rule {
        name: "fold in source order",
        why: "what is folded is read as it lies in memory; after the views have sunk, which shows where they lead",
        apply: fold_in_source_order,
    },
    Rule {
        name: "sum of masked",
        why: "what a mask leaves out is zero in a chain that is folded as it is made",
        apply: sum_of_masked,
    },
    Rule { name: "fold of select", why: "a masked fold reads once and gathers nothing", apply: fold_of_select },
    Rule {
        name: "reshape into source",
        why: "generated elements are numbered in C order, so another shape costs nothing",
        apply: reshape_into_source,
    },
    Rule {
        name: "reshape through map",
        why: "an elementwise chain stays fused above a reshape",
        apply: reshape_through_map,
    },
    Rule {
        name: "fold of windows",
        why: "windows side by side are read in long rows; after views have sunk, which shows that they slide",
        apply: fold_of_windows,
    },
    Rule {
        name: "view through concat",
        why: "of folded parts only the elements asked for are folded",
        apply: view_through_concat,
    },
    Rule {
        name: "fold of repeat",
        why: "an axis along which nothing changes would cut rows to single elements; before parts are folded apart",
        apply: fold_of_repeated,
    },
    Rule {
        name: "fold of stack",
        why: "a few arrays added up are one elementwise chain; before parts are folded apart",
        apply: fold_of_stack,
    },
    Rule {
        name: "fold of concat",
        why: "parts are folded as they lie, in rows that are not cut where one part ends",
        apply: fold_of_concat,
    },
    Rule { name: "take through map", why: "only what is looked up is computed", apply: take_through_map },
];

/// The expressions after every rule has been tried until none applies, and how often each fired.
///
/// # Panics
/// Where a rule changes shape or dtype: a defect of the rule, which is named.
pub fn rewrite(exprs: &[Expr], substitute: &dyn Fn(&Expr) -> Option<Expr>) -> (Vec<Expr>, Vec<(&'static str, usize)>) {
    let mut rewriter = Rewriter { done: HashMap::new(), fired: vec![0; RULES.len()], substitute };
    // First of all: a rule for what stands above would take apart what exists already.
    let known =
        exprs.iter().flat_map(Expr::nodes).filter_map(|node| substitute(&node).map(|made| (node, made))).collect();
    let exprs = replaced(exprs, &known, with_inputs);
    let out = exprs.iter().map(|expr| rewriter.settle(expr)).collect();
    let fired = RULES.iter().zip(rewriter.fired).filter(|(_, n)| *n > 0).map(|(rule, n)| (rule.name, n));
    (out, fired.collect())
}

struct Rewriter<'a> {
    done: HashMap<Expr, Expr>,
    fired: Vec<usize>,
    substitute: &'a dyn Fn(&Expr) -> Option<Expr>,
}

/// What is left to do with an expression on the way to its settled form.
enum Todo {
    /// Rewrite the node from the top, then its inputs.
    Open(Expr),
    /// The inputs of `now` are settled: rebuild it for `asked`.
    Close { asked: Expr, now: Expr },
    /// `asked` settles to what `next` settles to.
    Alias { asked: Expr, next: Expr },
}

impl Rewriter<'_> {
    /// The settled form of an expression, without recursion: expressions may be deeper than the stack.
    fn settle(&mut self, root: &Expr) -> Expr {
        let mut stack = vec![Todo::Open(root.clone())];
        while let Some(todo) = stack.pop() {
            match todo {
                Todo::Open(expr) if self.done.contains_key(&expr) => {}
                Todo::Open(expr) => {
                    let now = self.fire(&expr);
                    stack.push(Todo::Close { asked: expr, now: now.clone() });
                    stack.extend(now.inputs.iter().map(|input| Todo::Open(input.clone())));
                }
                Todo::Close { asked, now } => {
                    let inputs: Vec<Expr> = now.inputs.iter().map(|input| self.done[input].clone()).collect();
                    let built = if inputs == now.inputs { now.clone() } else { with_inputs(&now, inputs) };
                    let next = if built == now { now.clone() } else { self.fire(&built) };
                    if next == built || next == asked {
                        self.done.insert(built.clone(), built.clone());
                        self.done.insert(asked, built);
                    } else {
                        stack.push(Todo::Alias { asked, next: next.clone() });
                        stack.push(Todo::Open(next));
                    }
                }
                Todo::Alias { asked, next } => {
                    let settled = self.done[&next].clone();
                    self.done.insert(asked, settled);
                }
            }
        }
        self.done[root].clone()
    }

    /// The node after every rule that applies at its top.
    fn fire(&mut self, expr: &Expr) -> Expr {
        let mut now = (self.substitute)(expr).unwrap_or_else(|| expr.clone());
        'again: loop {
            for (number, rule) in RULES.iter().enumerate() {
                if let Some(next) = (rule.apply)(&now) {
                    assert!(
                        next.shape == now.shape && next.dtype == now.dtype,
                        "rule `{}` changed shape or dtype",
                        rule.name
                    );
                    self.fired[number] += 1;
                    now = (self.substitute)(&next).unwrap_or(next);
                    continue 'again;
                }
            }
            return now;
        }
    }
}

/// The same node over other inputs of the same shapes and dtypes.
pub(crate) fn with_inputs(expr: &Expr, inputs: Vec<Expr>) -> Expr {
    Expr::new(expr.op.clone(), inputs, expr.shape.clone(), expr.dtype, expr.chunks.clone())
}
