//! Dicts, sets and their comprehensions: all that stands between braces.

use super::ast::{CompFor, DictItem, Expr, ExprKind, Span};
use super::comprehension::{clauses, rows_of};
use super::expression::expression;
use super::grammar::{Node, Rule};
use super::operand::{element, refuse_star};
use super::problem::{Parsed, SyntaxProblem};

/// An item between braces, before it is known whether they hold a dict or a set.
enum Entry {
    Item(Expr),
    Pair(DictItem),
}

/// The value of a `braces` node.
pub(super) fn braces(node: Node<'_>) -> Parsed<ExprKind> {
    let nodes: Vec<Node<'_>> = node.into_inner().collect();
    let rows = rows_of(&nodes);
    let mut nodes = nodes.into_iter();
    let entries = nodes.by_ref().take(rows).map(entry).collect::<Parsed<Vec<Entry>>>()?;
    let clauses = clauses(nodes)?;
    if entries.iter().all(|entry| matches!(entry, Entry::Pair(_))) {
        let items =
            entries.into_iter().filter_map(|entry| if let Entry::Pair(item) = entry { Some(item) } else { None });
        return dict(items.collect(), clauses);
    }
    let mut items = entries
        .into_iter()
        .map(|entry| match entry {
            Entry::Item(item) => Ok(item),
            Entry::Pair(DictItem::Pair { key, value }) => Err(mixed(key.span.to(value.span))),
            Entry::Pair(DictItem::DoubleStar(value)) => Err(mixed(value.span)),
        })
        .collect::<Parsed<Vec<Expr>>>()?;
    if clauses.is_empty() {
        return Ok(ExprKind::Set(items));
    }
    let item = items.remove(0);
    refuse_star(&item)?;
    Ok(ExprKind::SetComp { element: Box::new(item), clauses })
}

fn mixed(span: Span) -> SyntaxProblem {
    SyntaxProblem::new(span, "invalid syntax: a dict has key: value in every item, a set has values alone")
        .with_help("':' expected after dictionary key")
}

fn dict(mut items: Vec<DictItem>, clauses: Vec<CompFor>) -> Parsed<ExprKind> {
    if clauses.is_empty() {
        return Ok(ExprKind::Dict(items));
    }
    match items.remove(0) {
        DictItem::Pair { key, value } => Ok(ExprKind::DictComp { key: Box::new(key), value: Box::new(value), clauses }),
        DictItem::DoubleStar(value) => {
            Err(SyntaxProblem::new(value.span, "dict unpacking cannot be used in dict comprehension"))
        }
    }
}

fn entry(node: Node<'_>) -> Parsed<Entry> {
    let mut inner = node.into_inner();
    let first = inner.next().expect("an entry is not empty");
    if first.as_rule() == Rule::merged {
        let value = first.into_inner().next().expect("** has an operand");
        return Ok(Entry::Pair(DictItem::DoubleStar(expression(value)?)));
    }
    let key = element(first)?;
    match inner.next() {
        Some(value) => Ok(Entry::Pair(DictItem::Pair { key, value: expression(value)? })),
        None => Ok(Entry::Item(key)),
    }
}
