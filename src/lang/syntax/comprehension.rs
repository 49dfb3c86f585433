//! The clauses of a comprehension: `for target in iter if condition`.

use super::ast::{CompFor, Expr, ExprKind, Span};
use super::expression::expression;
use super::grammar::{Node, Rule, children, span_of};
use super::operand::{element, primary};
use super::problem::Parsed;
use super::target::{Use, check_target};

/// Whether an element is followed by the clauses of a comprehension.
pub(super) fn is_generator(nodes: &[Node<'_>]) -> bool {
    rows_of(nodes) < nodes.len() && nodes[nodes.len() - 1].as_rule() == Rule::comprehension
}

/// How many elements come before the clauses.
pub(super) fn rows_of(nodes: &[Node<'_>]) -> usize {
    nodes.iter().position(|node| node.as_rule() == Rule::comprehension).unwrap_or(nodes.len())
}

/// The clauses, outermost first.
pub(super) fn clauses<'i>(nodes: impl Iterator<Item = Node<'i>>) -> Parsed<Vec<CompFor>> {
    nodes.map(clause).collect()
}

fn clause(node: Node<'_>) -> Parsed<CompFor> {
    let mut inner = children(node);
    let target = targets(inner.next().expect("a clause has a target"))?;
    check_target(&target, Use::Assign { is_sole: false })?;
    let iter = expression(inner.next().expect("a clause has an iterable"))?;
    let conditions = inner.map(condition).collect::<Parsed<Vec<Expr>>>()?;
    Ok(CompFor { target, iter, conditions })
}

fn condition(filter: Node<'_>) -> Parsed<Expr> {
    expression(children(filter).next().expect("a filter has a condition"))
}

fn targets(node: Node<'_>) -> Parsed<Expr> {
    let mut items = Vec::new();
    let mut is_tuple = false;
    let mut span: Option<Span> = None;
    for child in node.into_inner() {
        let here = span_of(&child);
        span = Some(span.map_or(here, |span| span.to(here)));
        if child.as_rule() == Rule::trailing_comma {
            is_tuple = true;
        } else {
            items.push(target(child)?);
        }
    }
    if items.len() == 1 && !is_tuple {
        return Ok(items.remove(0));
    }
    Ok(Expr::new(span.unwrap_or_default(), ExprKind::Tuple(items)))
}

/// One target: a primary, or a starred one.
pub(super) fn target(node: Node<'_>) -> Parsed<Expr> {
    let inner = node.into_inner().next().expect("a target is not empty");
    match inner.as_rule() {
        Rule::primary => primary(inner),
        _ => element(inner),
    }
}
