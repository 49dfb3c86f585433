//! The arguments of a call, and the order they must come in.

use super::ast::{Arg, Expr, ExprKind, Span};
use super::comprehension::clauses;
use super::expression::expression;
use super::grammar::{Node, Rule, children, span_of};
use super::problem::{Parsed, SyntaxProblem};

/// The arguments of a `call`.
pub(super) fn arguments(node: Node<'_>) -> Parsed<Vec<Arg>> {
    let call = span_of(&node);
    let mut nodes: Vec<Node<'_>> = node.into_inner().collect();
    // Even a comma behind it takes from a generator the right to go without parentheses.
    let is_sole = nodes.len() == 1;
    nodes.pop_if(|last| last.as_rule() == Rule::trailing_comma);
    let args = nodes.into_iter().map(|node| argument(node, call, is_sole)).collect::<Parsed<Vec<(Arg, Span)>>>()?;
    check_order(&args)?;
    Ok(args.into_iter().map(|(arg, _)| arg).collect())
}

fn argument(node: Node<'_>, call: Span, is_sole: bool) -> Parsed<(Arg, Span)> {
    let span = span_of(&node);
    let rule = node.as_rule();
    let mut inner = children(node);
    let first = inner.next().expect("an argument is not empty");
    let arg = match rule {
        Rule::star_argument => Arg::Star(expression(first)?),
        Rule::double_starred => Arg::DoubleStar(expression(first)?),
        Rule::keyword_argument => {
            let value = inner.next().expect("a keyword argument has a value");
            Arg::Keyword { name: first.as_str().to_owned(), name_span: span_of(&first), value: expression(value)? }
        }
        _ => {
            let element = expression(first)?;
            let clauses = clauses(inner)?;
            if clauses.is_empty() {
                Arg::Positional(element)
            } else if is_sole {
                Arg::Positional(Expr::new(call, ExprKind::GeneratorExp { element: Box::new(element), clauses }))
            } else {
                return Err(SyntaxProblem::new(span, "Generator expression must be parenthesized")
                    .with_help("it may stand without parentheses only as the sole argument"));
            }
        }
    };
    Ok((arg, span))
}

fn check_order(args: &[(Arg, Span)]) -> Parsed<()> {
    let mut names: Vec<&str> = Vec::new();
    let mut has_double_star = false;
    for (arg, span) in args {
        match arg {
            Arg::Positional(_) if has_double_star => {
                return Err(SyntaxProblem::new(*span, "positional argument follows keyword argument unpacking"));
            }
            Arg::Positional(_) if !names.is_empty() => {
                return Err(SyntaxProblem::new(*span, "positional argument follows keyword argument")
                    .with_help("put it before the keyword arguments, or give it a name"));
            }
            Arg::Star(_) if has_double_star => {
                return Err(SyntaxProblem::new(
                    *span,
                    "iterable argument unpacking follows keyword argument unpacking",
                ));
            }
            Arg::Keyword { name, name_span, .. } => {
                if names.contains(&name.as_str()) {
                    return Err(SyntaxProblem::new(*name_span, format!("keyword argument repeated: {name}")));
                }
                names.push(name);
            }
            Arg::DoubleStar(_) => has_double_star = true,
            Arg::Positional(_) | Arg::Star(_) => {}
        }
    }
    Ok(())
}
