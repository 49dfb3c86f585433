//! Operators: the precedence of Python as one Pratt table, and the tree it folds a row of operands into.

use std::sync::LazyLock;

use pest::pratt_parser::{Assoc, Op, PrattParser};

use super::ast::{BINARY_SIGNS, BinaryOp, BoolOp, COMPARE_SIGNS, CompareOp, Comparison, Expr, ExprKind, Span, UnaryOp};
use super::grammar::{Node, Rule, children, span_of};
use super::lambda::lambda;
use super::operand::primary;
use super::problem::Parsed;

/// From the loosest to the tightest, as in Python's reference, "Operator precedence".
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rule| Op::infix(rule, Assoc::Left);
    PrattParser::new()
        .op(Op::prefix(Rule::lambda_head))
        .op(Op::infix(Rule::if_else, Assoc::Right))
        .op(left(Rule::or))
        .op(left(Rule::and))
        .op(Op::prefix(Rule::not))
        .op(left(Rule::equal)
            | left(Rule::not_equal)
            | left(Rule::less)
            | left(Rule::less_equal)
            | left(Rule::greater)
            | left(Rule::greater_equal)
            | left(Rule::is_in)
            | left(Rule::not_in)
            | left(Rule::is_same)
            | left(Rule::is_not))
        .op(left(Rule::bit_or))
        .op(left(Rule::bit_xor))
        .op(left(Rule::bit_and))
        .op(left(Rule::shift_left) | left(Rule::shift_right))
        .op(left(Rule::add) | left(Rule::subtract))
        .op(left(Rule::multiply)
            | left(Rule::matmul)
            | left(Rule::divide)
            | left(Rule::floor_divide)
            | left(Rule::modulo))
        .op(Op::prefix(Rule::negative) | Op::prefix(Rule::positive) | Op::prefix(Rule::invert))
        .op(Op::infix(Rule::power, Assoc::Right))
});

/// An operand on its way up the table.
struct Folded {
    expr: Expr,
    /// A comparison or `and` / `or` that the next operator of its kind continues: not one in parentheses.
    is_open: bool,
}

impl Folded {
    fn closed(span: Span, kind: ExprKind) -> Self {
        Self { expr: Expr::new(span, kind), is_open: false }
    }

    fn open(span: Span, kind: ExprKind) -> Self {
        Self { expr: Expr::new(span, kind), is_open: true }
    }
}

/// The tree of an `expression`, `disjunction` or `sum`.
pub(super) fn expression(node: Node<'_>) -> Parsed<Expr> {
    let folded = PRECEDENCE
        .map_primary(|node| Ok(Folded { expr: primary(node)?, is_open: false }))
        .map_prefix(|sign, operand| prefix(sign, operand?.expr))
        .map_infix(|left, sign, right| infix(left?, &sign, right?.expr))
        .parse(node.into_inner());
    folded.map(|folded| folded.expr)
}

fn prefix(sign: Node<'_>, operand: Expr) -> Parsed<Folded> {
    let span = span_of(&sign).to(operand.span);
    let op = match sign.as_rule() {
        Rule::negative => UnaryOp::Neg,
        Rule::positive => UnaryOp::Pos,
        Rule::invert => UnaryOp::Invert,
        Rule::not => UnaryOp::Not,
        _ => return Ok(Folded::closed(span, lambda(sign, operand)?)),
    };
    Ok(Folded::closed(span, ExprKind::Unary { op, operand: Box::new(operand) }))
}

fn infix(left: Folded, sign: &Node<'_>, right: Expr) -> Parsed<Folded> {
    let span = left.expr.span.to(right.span);
    let op_span = span_of(sign);
    match sign.as_rule() {
        Rule::if_else => {
            let test = children(sign.clone()).next().map(expression).transpose()?;
            let test = test.expect("the grammar puts a condition between if and else");
            let kind = ExprKind::IfElse { test: Box::new(test), body: Box::new(left.expr), orelse: Box::new(right) };
            Ok(Folded::closed(span, kind))
        }
        Rule::and => Ok(join(BoolOp::And, left, right, span)),
        Rule::or => Ok(join(BoolOp::Or, left, right, span)),
        rule => Ok(match compare_op(rule) {
            Some(op) => chain(left, Comparison { op, op_span, operand: right }, span),
            None => {
                let op = binary_op(sign.as_str().trim());
                Folded::closed(
                    span,
                    ExprKind::Binary { op, op_span, left: Box::new(left.expr), right: Box::new(right) },
                )
            }
        }),
    }
}

/// `a and b` with `c` makes `a and b and c`.
fn join(joined_by: BoolOp, left: Folded, right: Expr, span: Span) -> Folded {
    match left.expr.kind {
        ExprKind::BoolOp { op, mut values } if left.is_open && op == joined_by => {
            values.push(right);
            Folded::open(span, ExprKind::BoolOp { op, values })
        }
        kind => {
            let values = vec![Expr::new(left.expr.span, kind), right];
            Folded::open(span, ExprKind::BoolOp { op: joined_by, values })
        }
    }
}

/// `a < b` with `<= c` makes `a < b <= c`.
fn chain(left: Folded, next: Comparison, span: Span) -> Folded {
    match left.expr.kind {
        ExprKind::Compare { first, mut rest } if left.is_open => {
            rest.push(next);
            Folded::open(span, ExprKind::Compare { first, rest })
        }
        kind => {
            let first = Box::new(Expr::new(left.expr.span, kind));
            Folded::open(span, ExprKind::Compare { first, rest: vec![next] })
        }
    }
}

fn compare_op(rule: Rule) -> Option<CompareOp> {
    let sign = match rule {
        Rule::equal => "==",
        Rule::not_equal => "!=",
        Rule::less => "<",
        Rule::less_equal => "<=",
        Rule::greater => ">",
        Rule::greater_equal => ">=",
        Rule::is_in => "in",
        Rule::not_in => "not in",
        Rule::is_same => "is",
        Rule::is_not => "is not",
        _ => return None,
    };
    COMPARE_SIGNS.iter().find(|(text, _)| *text == sign).map(|(_, op)| *op)
}

/// The operator that Python writes `sign`.
pub(super) fn binary_op(sign: &str) -> BinaryOp {
    let row = BINARY_SIGNS.iter().find(|(text, _)| *text == sign);
    row.map(|(_, op)| *op).expect("the table has every sign of the grammar")
}
