//! What may stand left of `=`, behind `del` and behind `for`: names, attributes, subscripts, and rows of them.

use super::ast::{Expr, ExprKind};
use super::problem::{Parsed, SyntaxProblem};

/// What a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// `is_sole`: the whole left side of `=`, where `==` may have been meant.
    Assign {
        is_sole: bool,
    },
    Augment,
    Annotate,
    Delete,
}

/// Refuses what cannot be assigned to or deleted.
pub(super) fn check_target(target: &Expr, purpose: Use) -> Parsed<()> {
    match &target.kind {
        ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => Ok(()),
        ExprKind::Tuple(items) | ExprKind::List(items) if matches!(purpose, Use::Assign { .. } | Use::Delete) => {
            check_row(items, purpose)
        }
        ExprKind::Starred(_) if matches!(purpose, Use::Assign { .. }) => {
            Err(SyntaxProblem::new(target.span, "starred assignment target must be in a list or tuple")
                .with_help("put a comma behind it: *a, = e"))
        }
        _ => Err(refusal(target, purpose)),
    }
}

fn check_row(items: &[Expr], purpose: Use) -> Parsed<()> {
    let inner = if purpose == Use::Delete { purpose } else { Use::Assign { is_sole: false } };
    let mut has_star = false;
    for item in items {
        match &item.kind {
            ExprKind::Starred(value) if purpose != Use::Delete => {
                if has_star {
                    return Err(SyntaxProblem::new(item.span, "multiple starred expressions in assignment"));
                }
                has_star = true;
                check_target(value, inner)?;
            }
            _ => check_target(item, inner)?,
        }
    }
    Ok(())
}

fn refusal(target: &Expr, purpose: Use) -> SyntaxProblem {
    let what = description(&target.kind);
    let is_constant = matches!(target.kind, ExprKind::None | ExprKind::Bool(_));
    let message = match purpose {
        Use::Assign { is_sole: true } if !is_constant => {
            format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?")
        }
        Use::Assign { .. } => format!("cannot assign to {what}"),
        Use::Augment => format!("'{what}' is an illegal expression for augmented assignment"),
        Use::Annotate if matches!(what, "tuple" | "list") => {
            format!("only single target (not {what}) can be annotated")
        }
        Use::Annotate => "illegal target for annotation".to_owned(),
        Use::Delete => format!("cannot delete {what}"),
    };
    SyntaxProblem::new(target.span, message)
}

/// What Python calls an expression in its messages.
fn description(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Imaginary(_) | ExprKind::Str(_) => "literal",
        ExprKind::FString(_) => "f-string expression",
        ExprKind::Bool(true) => "True",
        ExprKind::Bool(false) => "False",
        ExprKind::None => "None",
        ExprKind::Ellipsis => "ellipsis",
        ExprKind::Name(_) => "name",
        ExprKind::Tuple(_) => "tuple",
        ExprKind::List(_) => "list",
        ExprKind::Set(_) => "set display",
        ExprKind::Dict(_) => "dict literal",
        ExprKind::Compare { .. } => "comparison",
        ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::BoolOp { .. } => "expression",
        ExprKind::IfElse { .. } => "conditional expression",
        ExprKind::Lambda { .. } => "lambda",
        ExprKind::Call { .. } => "function call",
        ExprKind::Attribute { .. } => "attribute",
        ExprKind::Subscript { .. } | ExprKind::Slice { .. } => "subscript",
        ExprKind::ListComp { .. } => "list comprehension",
        ExprKind::SetComp { .. } => "set comprehension",
        ExprKind::DictComp { .. } => "dict comprehension",
        ExprKind::GeneratorExp { .. } => "generator expression",
        ExprKind::Starred(_) => "starred",
    }
}
