//! A better expression, then a plan.

mod explain;
mod known;
mod lower;
mod rules;

pub use explain::{Counts, count, show, show_traffic};
pub use known::{first_unknown, need_elements, with_known};
pub use lower::{Keep, lower};
pub use rules::{RULES, Rule, rewrite};

use crate::data::{Chunks, UNKNOWN};
use crate::ir::{Expr, Op, Plan};

/// The expression below steps that keep all elements in their order: an array of these in one block is the same memory, and
/// needs no pass of its own. What was made (`is_made`) is left as it is; an array of memory is put together by a pass, on all
/// threads.
pub fn below_order<'a>(expr: &'a Expr, is_made: &dyn Fn(&Expr) -> bool) -> &'a Expr {
    let mut below = expr;
    while let [input] = below.inputs.as_slice() {
        let keeps = match &below.op {
            Op::View(view) => view.keeps_order(&input.shape),
            Op::Reshape => true,
            _ => false,
        };
        if !keeps || input.shape.contains(&UNKNOWN) || is_made(below) {
            break;
        }
        below = input;
    }
    if below.inputs.is_empty() { expr } else { below }
}

/// The plan that makes arrays. `substitute` names what already exists (persisted arrays) by what it is read from.
pub fn plan(exprs: &[Expr], keep: Keep, substitute: &dyn Fn(&Expr) -> Option<Expr>) -> Plan {
    let grids: Vec<Chunks> = exprs.iter().map(|expr| expr.chunks.clone()).collect();
    let (exprs, _) = rewrite(exprs, substitute);
    lower(&exprs.into_iter().zip(grids).collect::<Vec<_>>(), keep)
}
