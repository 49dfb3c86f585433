//! Statements.

use super::ast::ExprKind;
use super::ast::{Alias, BinaryOp, Expr, Span, Stmt, StmtKind};
use super::comprehension::target;
use super::expression::{binary_op, expression};
use super::grammar::{Node, Rule, children, span_of};
use super::operand::expressions;
use super::problem::{Parsed, SyntaxProblem};
use super::target::{Use, check_target};

/// The tree of one statement.
pub(super) fn statement(node: Node<'_>) -> Parsed<Stmt> {
    let span = span_of(&node);
    let kind = match node.as_rule() {
        Rule::pass_statement => StmtKind::Pass,
        Rule::delete_statement => delete(node)?,
        Rule::assert_statement => assert(node)?,
        Rule::import_statement => StmtKind::Import(children(node).map(alias).collect()),
        Rule::from_statement => import_from(node),
        _ => assignment(node)?,
    };
    Ok(Stmt { span, kind })
}

fn delete(node: Node<'_>) -> Parsed<StmtKind> {
    let targets = children(node).filter(|child| child.as_rule() == Rule::target).map(target);
    let targets = targets.collect::<Parsed<Vec<Expr>>>()?;
    targets.iter().try_for_each(|target| check_target(target, Use::Delete))?;
    Ok(StmtKind::Delete(targets))
}

fn assert(node: Node<'_>) -> Parsed<StmtKind> {
    let mut inner = children(node);
    let test = expression(inner.next().expect("an assert has a test"))?;
    let message = inner.next().map(expression).transpose()?;
    Ok(StmtKind::Assert { test, message })
}

fn alias(node: Node<'_>) -> Alias {
    let span = span_of(&node);
    if node.as_rule() == Rule::from_star {
        return Alias { span, name: "*".to_owned(), asname: None };
    }
    let mut inner = children(node);
    let name = without_blanks(inner.next().map_or("", |name| name.as_str()));
    let asname = inner.next().map(|name| name.as_str().to_owned());
    Alias { span, name, asname }
}

/// `a . b` is the module `a.b`.
fn without_blanks(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c == '\\').collect()
}

fn import_from(node: Node<'_>) -> StmtKind {
    let mut inner = children(node);
    let module = inner.next().expect("a from has a module");
    let names = inner.map(alias).collect();
    StmtKind::ImportFrom { module: without_blanks(module.as_str()), module_span: span_of(&module), names }
}

fn assignment(node: Node<'_>) -> Parsed<StmtKind> {
    let mut inner = node.into_inner();
    let first = expressions(inner.next().expect("a statement is not empty"))?;
    let Some(second) = inner.next() else {
        return expression_statement(first);
    };
    match second.as_rule() {
        Rule::augment => {
            let (op, op_span) = augment(&second);
            let value = expressions(inner.next().expect("an augmented assignment has a value"))?;
            check_target(&first, Use::Augment)?;
            refuse_star(&value)?;
            Ok(StmtKind::AugAssign { target: first, op, op_span, value })
        }
        Rule::annotation => annotated(first, second),
        _ => assign(first, expressions(second)?, inner),
    }
}

fn expression_statement(value: Expr) -> Parsed<StmtKind> {
    refuse_star(&value)?;
    Ok(StmtKind::Expr(value))
}

fn refuse_star(value: &Expr) -> Parsed<()> {
    match value.kind {
        ExprKind::Starred(_) => Err(SyntaxProblem::new(value.span, "can't use starred expression here")
            .with_help("put a comma behind it to make a tuple: *a,")),
        _ => Ok(()),
    }
}

fn augment(node: &Node<'_>) -> (BinaryOp, Span) {
    (binary_op(node.as_str().trim_end_matches('=')), span_of(node))
}

/// `a: note = e` is `a = e`; a note alone does nothing.
fn annotated(target: Expr, node: Node<'_>) -> Parsed<StmtKind> {
    check_target(&target, Use::Annotate)?;
    let mut inner = node.into_inner();
    expression(inner.next().expect("an annotation has a note"))?;
    match inner.next() {
        Some(value) => {
            let value = expressions(value)?;
            refuse_star(&value)?;
            Ok(StmtKind::Assign { targets: vec![target], value })
        }
        None => Ok(StmtKind::Pass),
    }
}

fn assign<'i>(first: Expr, second: Expr, more: impl Iterator<Item = Node<'i>>) -> Parsed<StmtKind> {
    let mut targets = vec![first];
    let mut value = second;
    for node in more {
        let next = expressions(node)?;
        targets.push(std::mem::replace(&mut value, next));
    }
    let is_sole = targets.len() == 1;
    targets.iter().try_for_each(|target| check_target(target, Use::Assign { is_sole }))?;
    refuse_star(&value)?;
    Ok(StmtKind::Assign { targets, value })
}
