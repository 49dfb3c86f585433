//! Operands: names, literals, displays, and the calls, attributes and subscripts behind them.

use super::ast::{CompFor, Expr, ExprKind, Span};
use super::braces::braces;
use super::call::arguments;
use super::comprehension::{clauses, is_generator};
use super::expression::expression;
use super::grammar::{Node, Rule, span_of};
use super::literal::strings;
use super::number::number_value;
use super::problem::{Parsed, SyntaxProblem};

/// `atom` with what follows it, as in `x.T[0](1)`.
pub(super) fn primary(node: Node<'_>) -> Parsed<Expr> {
    let mut inner = node.into_inner();
    let first = inner.next().expect("a primary starts with an atom");
    inner.try_fold(atom(first)?, |value, trailer| {
        let span = value.span.to(span_of(&trailer));
        let value = Box::new(value);
        let kind = match trailer.as_rule() {
            Rule::call => ExprKind::Call { func: value, args: arguments(trailer)? },
            Rule::subscript => ExprKind::Subscript { value, index: Box::new(index(trailer)?) },
            _ => {
                let name = trailer.into_inner().next().expect("an attribute has a name");
                ExprKind::Attribute { value, name: name.as_str().to_owned(), name_span: span_of(&name) }
            }
        };
        Ok(Expr::new(span, kind))
    })
}

fn atom(node: Node<'_>) -> Parsed<Expr> {
    let span = span_of(&node);
    let kind = match node.as_rule() {
        Rule::name => ExprKind::Name(node.as_str().to_owned()),
        Rule::number => number_value(node.as_str(), span)?,
        Rule::strings => strings(node)?,
        Rule::ellipsis => ExprKind::Ellipsis,
        Rule::constant => match node.as_str() {
            "None" => ExprKind::None,
            word => ExprKind::Bool(word == "True"),
        },
        Rule::parenthesis => return parenthesis(node),
        Rule::list => list(node)?,
        _ => braces(node)?,
    };
    Ok(Expr::new(span, kind))
}

/// An expression, or `*expression`.
pub(super) fn element(node: Node<'_>) -> Parsed<Expr> {
    match node.as_rule() {
        Rule::starred | Rule::starred_target => {
            let span = span_of(&node);
            let inner = node.into_inner().next().expect("a star has an operand");
            let value = if inner.as_rule() == Rule::primary { primary(inner)? } else { expression(inner)? };
            Ok(Expr::new(span, ExprKind::Starred(Box::new(value))))
        }
        _ => expression(node),
    }
}

/// `a`, or `a, b` as a tuple without parentheses.
pub(super) fn expressions(node: Node<'_>) -> Parsed<Expr> {
    let mut items = Vec::new();
    let mut is_tuple = false;
    let mut span: Option<Span> = None;
    for child in node.into_inner() {
        let here = span_of(&child);
        if child.as_rule() == Rule::trailing_comma {
            is_tuple = true;
            span = span.map(|span| span.to(here));
        } else {
            let item = element(child)?;
            let covered = item.span.to(here);
            span = Some(span.map_or(covered, |span| span.to(covered)));
            items.push(item);
        }
    }
    if items.len() == 1 && !is_tuple {
        return Ok(items.remove(0));
    }
    Ok(Expr::new(span.unwrap_or_default(), ExprKind::Tuple(items)))
}

fn parenthesis(node: Node<'_>) -> Parsed<Expr> {
    let span = span_of(&node);
    let mut inner: Vec<Node<'_>> = node.into_inner().collect();
    if is_generator(&inner) {
        let (element, clauses) = comprehension(inner)?;
        return Ok(Expr::new(span, ExprKind::GeneratorExp { element: Box::new(element), clauses }));
    }
    let has_comma = inner.pop_if(|last| last.as_rule() == Rule::trailing_comma).is_some();
    let mut items = inner.into_iter().map(element).collect::<Parsed<Vec<Expr>>>()?;
    if items.len() != 1 || has_comma {
        return Ok(Expr::new(span, ExprKind::Tuple(items)));
    }
    match items.remove(0) {
        Expr { kind: ExprKind::Starred(_), span } => {
            Err(SyntaxProblem::new(span, "cannot use starred expression here")
                .with_help("put a comma behind it to make a tuple: (*a,)"))
        }
        item => Ok(item),
    }
}

fn list(node: Node<'_>) -> Parsed<ExprKind> {
    let inner: Vec<Node<'_>> = node.into_inner().collect();
    if is_generator(&inner) {
        let (element, clauses) = comprehension(inner)?;
        return Ok(ExprKind::ListComp { element: Box::new(element), clauses });
    }
    inner.into_iter().map(element).collect::<Parsed<Vec<Expr>>>().map(ExprKind::List)
}

fn comprehension(inner: Vec<Node<'_>>) -> Parsed<(Expr, Vec<CompFor>)> {
    let mut inner = inner.into_iter();
    let first = inner.next().expect("a comprehension has an element");
    let item = element(first)?;
    refuse_star(&item)?;
    Ok((item, clauses(inner)?))
}

/// A comprehension's element cannot be `*a`.
pub(super) fn refuse_star(item: &Expr) -> Parsed<()> {
    match item.kind {
        ExprKind::Starred(_) => {
            Err(SyntaxProblem::new(item.span, "iterable unpacking cannot be used in comprehension")
                .with_help("write one more `for`: [y for x in xs for y in x]"))
        }
        _ => Ok(()),
    }
}

fn index(node: Node<'_>) -> Parsed<Expr> {
    let mut items = Vec::new();
    let mut is_tuple = false;
    let mut span: Option<Span> = None;
    for child in node.into_inner() {
        let here = span_of(&child);
        span = Some(span.map_or(here, |span| span.to(here)));
        if child.as_rule() == Rule::trailing_comma {
            is_tuple = true;
        } else {
            items.push(index_item(child)?);
        }
    }
    // x[*a] is x[(*a,)].
    is_tuple |= items.iter().any(|item| matches!(item.kind, ExprKind::Starred(_)));
    if items.len() == 1 && !is_tuple {
        return Ok(items.remove(0));
    }
    Ok(Expr::new(span.unwrap_or_default(), ExprKind::Tuple(items)))
}

fn index_item(node: Node<'_>) -> Parsed<Expr> {
    let span = span_of(&node);
    let mut lower = None;
    for child in node.into_inner() {
        match child.as_rule() {
            Rule::slice_rest => return slice(lower, child, span),
            _ => lower = Some(element(child)?),
        }
    }
    Ok(lower.expect("an index is not empty"))
}

fn slice(lower: Option<Expr>, rest: Node<'_>, span: Span) -> Parsed<Expr> {
    let (mut upper, mut step) = (None, None);
    for bound in rest.into_inner() {
        let is_upper = bound.as_rule() == Rule::slice_upper;
        let inner = bound.into_inner().next().expect("a bound is an expression");
        let value = Some(Box::new(expression(inner)?));
        *(if is_upper { &mut upper } else { &mut step }) = value;
    }
    Ok(Expr::new(span, ExprKind::Slice { lower: lower.map(Box::new), upper, step }))
}
