//! A better expression, then a plan.

mod explain;
mod known;
mod lower;
mod rules;

pub use explain::{Counts, count, show, show_traffic};
pub use known::{first_unknown, need_elements, with_known};
pub use lower::{Keep, lower};
pub use rules::{RULES, Rule, rewrite};

use crate::data::Chunks;
use crate::ir::{Expr, Plan};

/// The plan that makes arrays. `substitute` names what already exists (persisted arrays) by what it is read from.
pub fn plan(exprs: &[Expr], keep: Keep, substitute: &dyn Fn(&Expr) -> Option<Expr>) -> Plan {
    let grids: Vec<Chunks> = exprs.iter().map(|expr| expr.chunks.clone()).collect();
    let (exprs, _) = rewrite(exprs, substitute);
    lower(&exprs.into_iter().zip(grids).collect::<Vec<_>>(), keep)
}
