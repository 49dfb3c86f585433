//! f-strings: texts, and fields with conversion and format.

use super::ast::{Conversion, Expr, ExprKind, FPart};
use super::grammar::{Node, Rule, span_of};
use super::literal::{push_part, unescape};
use super::operand::expressions;
use super::problem::{Parsed, SyntaxProblem};

/// The parts of one f-string.
pub(super) fn fstring(node: Node<'_>) -> Parsed<Vec<FPart>> {
    let mut parts = Vec::new();
    let mut is_raw = false;
    for piece in node.into_inner() {
        match piece.as_rule() {
            Rule::fstring_prefix => is_raw = piece.as_str().contains(['r', 'R']),
            _ => push_piece(&mut parts, piece, is_raw)?,
        }
    }
    Ok(parts)
}

fn push_piece(parts: &mut Vec<FPart>, piece: Node<'_>, is_raw: bool) -> Parsed<()> {
    match piece.as_rule() {
        Rule::field => field(parts, piece, is_raw),
        Rule::spec_text => {
            let text = unescape(piece.as_str(), is_raw, piece.as_span().start())?;
            push_part(parts, FPart::Literal(text));
            Ok(())
        }
        _ => {
            let text = unescape(piece.as_str(), is_raw, piece.as_span().start())?;
            push_part(parts, FPart::Literal(text.replace("{{", "{").replace("}}", "}")));
            Ok(())
        }
    }
}

fn field(parts: &mut Vec<FPart>, node: Node<'_>, is_raw: bool) -> Parsed<()> {
    let start = node.as_span().start();
    let text = node.as_str();
    let mut value: Option<Expr> = None;
    let mut is_debug = false;
    // Where the text that `=` shows ends: before the conversion, the format or the brace.
    let mut shown = text.len() - 1;
    let mut conversion = None;
    let mut spec = None;
    for child in node.into_inner() {
        let at = child.as_span().start() - start;
        match child.as_rule() {
            Rule::debug_equals => is_debug = true,
            Rule::conversion => {
                shown = shown.min(at);
                conversion = Some(conversion_of(child.as_str()));
            }
            Rule::format_spec => {
                shown = shown.min(at);
                let mut inner = Vec::new();
                child.into_inner().try_for_each(|piece| push_piece(&mut inner, piece, is_raw))?;
                spec = Some(inner);
            }
            _ => value = Some(field_value(child)?),
        }
    }
    if is_debug {
        push_part(parts, FPart::Literal(text[1..shown].to_owned()));
        if spec.is_none() {
            conversion = conversion.or(Some(Conversion::Repr));
        }
    }
    let expr = value.expect("a field has an expression");
    parts.push(FPart::Field { expr, conversion, spec });
    Ok(())
}

fn field_value(node: Node<'_>) -> Parsed<Expr> {
    let span = span_of(&node);
    let value = expressions(node)?;
    if matches!(value.kind, ExprKind::Starred(_)) {
        return Err(SyntaxProblem::new(span, "f-string: cannot use starred expression here"));
    }
    // In parentheses, a lambda's span is shorter than its field's.
    if matches!(value.kind, ExprKind::Lambda { .. }) && value.span.start == span.start {
        return Err(SyntaxProblem::new(span, "f-string: lambda expressions are not allowed without parentheses"));
    }
    Ok(value)
}

fn conversion_of(text: &str) -> Conversion {
    match text {
        "!r" => Conversion::Repr,
        "!a" => Conversion::Ascii,
        _ => Conversion::Str,
    }
}
