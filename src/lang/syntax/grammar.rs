//! The parser that pest derives from `grammar/dka.pest`, and small helpers over its pairs.

use pest::iterators::Pair;
use pest_derive::Parser;

use super::ast::Span;

#[derive(Parser)]
#[grammar = "../grammar/dka.pest"]
pub(super) struct Grammar;

/// A node of the concrete syntax.
pub(super) type Node<'i> = Pair<'i, Rule>;

/// The children of a node, keywords apart.
pub(super) fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.into_inner().filter(|child| !is_keyword(child.as_rule()))
}

fn is_keyword(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::kw_as
            | Rule::kw_assert
            | Rule::kw_del
            | Rule::kw_else
            | Rule::kw_for
            | Rule::kw_from
            | Rule::kw_if
            | Rule::kw_import
            | Rule::kw_in
            | Rule::kw_is
            | Rule::kw_lambda
            | Rule::kw_not
            | Rule::kw_pass
    )
}

/// Where a node stands, without the blanks that pest counts to its end.
pub(super) fn span_of(node: &Node<'_>) -> Span {
    let span = node.as_span();
    let blank_before_end = |c: char| matches!(c, ' ' | '\t' | '\u{c}');
    Span::new(span.start(), span.start() + span.as_str().trim_end_matches(blank_before_end).len())
}
