//! `lambda` and its parameters.

use super::ast::{Expr, ExprKind, Param, ParamKind, Span};
use super::expression::expression;
use super::grammar::{Node, Rule, children, span_of};
use super::problem::{Parsed, SyntaxProblem};

/// The lambda whose `lambda a, b:` is `head`.
pub(super) fn lambda(head: Node<'_>, body: Expr) -> Parsed<ExprKind> {
    let mut list = ParamList::default();
    for parameter in children(head) {
        list.add(parameter)?;
    }
    if let Some(span) = list.bare_star {
        return Err(SyntaxProblem::new(span, "named arguments must follow bare *"));
    }
    Ok(ExprKind::Lambda { params: list.params, body: Box::new(body) })
}

#[derive(Default)]
struct ParamList {
    params: Vec<Param>,
    has_star: bool,
    has_slash: bool,
    has_default: bool,
    /// A `*` that no keyword-only parameter follows yet.
    bare_star: Option<Span>,
}

impl ParamList {
    fn add(&mut self, parameter: Node<'_>) -> Parsed<()> {
        let span = span_of(&parameter);
        let mut inner = parameter.into_inner();
        let first = inner.next().expect("a parameter is not empty");
        if self.params.last().is_some_and(|param| param.kind == ParamKind::DoubleStar) {
            return Err(SyntaxProblem::new(span, "arguments cannot follow var-keyword argument"));
        }
        match first.as_rule() {
            Rule::positional_mark => self.slash(span),
            Rule::star_rest => self.star(first.into_inner().next(), span),
            Rule::keyword_rest => {
                let name = first.into_inner().next().expect("** has a name");
                self.push(&name, span, ParamKind::DoubleStar, None)
            }
            _ => {
                let default = inner.next().map(expression).transpose()?;
                self.name(&first, span, default)
            }
        }
    }

    fn slash(&mut self, span: Span) -> Parsed<()> {
        let problem = match (self.has_slash, self.has_star, self.params.is_empty()) {
            (true, ..) => "/ may appear only once",
            (_, true, _) => "/ must be ahead of *",
            (_, _, true) => "at least one argument must precede /",
            _ => {
                self.has_slash = true;
                self.params.iter_mut().for_each(|param| param.kind = ParamKind::PositionalOnly);
                return Ok(());
            }
        };
        Err(SyntaxProblem::new(span, problem))
    }

    fn star(&mut self, name: Option<Node<'_>>, span: Span) -> Parsed<()> {
        if self.has_star {
            return Err(SyntaxProblem::new(span, "* argument may appear only once"));
        }
        self.has_star = true;
        match name {
            Some(name) => self.push(&name, span, ParamKind::Star, None),
            None => {
                self.bare_star = Some(span);
                Ok(())
            }
        }
    }

    fn name(&mut self, name: &Node<'_>, span: Span, default: Option<Expr>) -> Parsed<()> {
        if self.has_star {
            self.bare_star = None;
            return self.push(name, span, ParamKind::KeywordOnly, default);
        }
        if self.has_default && default.is_none() {
            return Err(SyntaxProblem::new(span, "non-default argument follows default argument")
                .with_help("give it a default too, or put it first"));
        }
        self.has_default |= default.is_some();
        self.push(name, span, ParamKind::Positional, default)
    }

    fn push(&mut self, name: &Node<'_>, span: Span, kind: ParamKind, default: Option<Expr>) -> Parsed<()> {
        let name = name.as_str().to_owned();
        if self.params.iter().any(|param| param.name == name) {
            return Err(SyntaxProblem::new(span, format!("duplicate argument '{name}' in function definition")));
        }
        self.params.push(Param { span, name, kind, default });
        Ok(())
    }
}
