//! dka's trees as the s-expressions that scripts/dev/syntax_oracle.py writes for CPython's.

use dka::lang::syntax::{
    Alias, Arg, BinaryOp, BoolOp, CompFor, CompareOp, Comparison, Conversion, DictItem, Expr, ExprKind, FPart, Param,
    ParamKind, Stmt, StmtKind, UnaryOp,
};

/// The statements of a cell, side by side.
pub(crate) fn cell(statements: &[Stmt]) -> String {
    join(statements.iter().map(statement))
}

fn join(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join(" ")
}

fn row(name: &str, items: impl IntoIterator<Item = String>) -> String {
    let items = std::iter::once(name.to_owned()).chain(items);
    format!("({})", join(items))
}

fn rows(name: &str, items: &[Expr]) -> String {
    row(name, items.iter().map(show))
}

fn statement(statement: &Stmt) -> String {
    match &statement.kind {
        StmtKind::Expr(value) => show(value),
        StmtKind::Assign { targets, value } => row("Assign", targets.iter().chain([value]).map(show)),
        StmtKind::AugAssign { target, op, value, .. } => {
            row("AugAssign", [binary(*op).to_owned(), show(target), show(value)])
        }
        StmtKind::Delete(targets) => rows("Delete", targets),
        StmtKind::Assert { test, message } => row("Assert", [show(test), maybe(message.as_ref())]),
        StmtKind::Pass => "(Pass)".to_owned(),
        StmtKind::Import(names) => row("Import", names.iter().map(alias)),
        StmtKind::ImportFrom { module, names, .. } => {
            row("ImportFrom", std::iter::once(module.clone()).chain(names.iter().map(alias)))
        }
    }
}

fn alias(alias: &Alias) -> String {
    let asname = alias.asname.clone().unwrap_or_else(|| "-".to_owned());
    row("alias", [alias.name.clone(), asname])
}

fn maybe(expr: Option<&Expr>) -> String {
    expr.map_or_else(|| "-".to_owned(), show)
}

fn text(value: &str) -> String {
    let letter = |c: char| match c {
        '"' | '\\' => format!("\\u{{{:x}}}", u32::from(c)),
        ' '..='~' => c.to_string(),
        _ => format!("\\u{{{:x}}}", u32::from(c)),
    };
    format!("\"{}\"", value.chars().map(letter).collect::<String>())
}

fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("(float {:016x})", value.to_bits()),
        ExprKind::Imaginary(value) => format!("(imaginary {:016x})", value.to_bits()),
        ExprKind::Str(value) => text(value),
        ExprKind::FString(parts) => row("fstring", parts.iter().map(part)),
        ExprKind::Bool(true) => "True".to_owned(),
        ExprKind::Bool(false) => "False".to_owned(),
        ExprKind::None => "None".to_owned(),
        ExprKind::Ellipsis => "...".to_owned(),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Tuple(items) => rows("Tuple", items),
        ExprKind::List(items) => rows("List", items),
        ExprKind::Set(items) => rows("Set", items),
        ExprKind::Dict(items) => row("Dict", items.iter().map(dict_item)),
        ExprKind::Starred(value) => row("Starred", [show(value)]),
        ExprKind::Call { func, args } => row("Call", std::iter::once(show(func)).chain(args.iter().map(argument))),
        ExprKind::Attribute { value, name, .. } => row("Attribute", [show(value), name.clone()]),
        ExprKind::Subscript { value, index } => row("Subscript", [show(value), show(index)]),
        ExprKind::Slice { lower, upper, step } => row("Slice", [lower, upper, step].map(|b| maybe(b.as_deref()))),
        kind => operator(kind),
    }
}

fn operator(kind: &ExprKind) -> String {
    match kind {
        ExprKind::Unary { op, operand } => row(unary(*op), [show(operand)]),
        ExprKind::Binary { op, left, right, .. } => row(binary(*op), [show(left), show(right)]),
        ExprKind::BoolOp { op, values } => rows(if *op == BoolOp::And { "And" } else { "Or" }, values),
        ExprKind::Compare { first, rest } => {
            row("Compare", std::iter::once(show(first)).chain(rest.iter().map(comparison)))
        }
        ExprKind::IfElse { test, body, orelse } => row("IfExp", [show(test), show(body), show(orelse)]),
        ExprKind::Lambda { params, body } => row("Lambda", params.iter().map(parameter).chain([show(body)])),
        ExprKind::ListComp { element, clauses } => comprehension("ListComp", &[element], clauses),
        ExprKind::SetComp { element, clauses } => comprehension("SetComp", &[element], clauses),
        ExprKind::GeneratorExp { element, clauses } => comprehension("GeneratorExp", &[element], clauses),
        ExprKind::DictComp { key, value, clauses } => comprehension("DictComp", &[key, value], clauses),
        other => unreachable!("{other:?} is shown by `show`"),
    }
}

fn comprehension(name: &str, items: &[&Expr], clauses: &[CompFor]) -> String {
    let clause = |c: &CompFor| row("for", [&c.target, &c.iter].into_iter().chain(&c.conditions).map(show));
    row(name, items.iter().map(|item| show(item)).chain(clauses.iter().map(clause)))
}

fn comparison(comparison: &Comparison) -> String {
    let name = match comparison.op {
        CompareOp::Eq => "Eq",
        CompareOp::NotEq => "NotEq",
        CompareOp::Lt => "Lt",
        CompareOp::LtE => "LtE",
        CompareOp::Gt => "Gt",
        CompareOp::GtE => "GtE",
        CompareOp::In => "In",
        CompareOp::NotIn => "NotIn",
        CompareOp::Is => "Is",
        CompareOp::IsNot => "IsNot",
    };
    format!("{name} {}", show(&comparison.operand))
}

fn dict_item(item: &DictItem) -> String {
    match item {
        DictItem::Pair { key, value } => row("pair", [show(key), show(value)]),
        DictItem::DoubleStar(value) => row("doublestar", [show(value)]),
    }
}

fn argument(arg: &Arg) -> String {
    match arg {
        Arg::Positional(value) => show(value),
        Arg::Star(value) => row("star", [show(value)]),
        Arg::DoubleStar(value) => row("doublestar", [show(value)]),
        Arg::Keyword { name, value, .. } => row("keyword", [name.clone(), show(value)]),
    }
}

fn parameter(param: &Param) -> String {
    let kind = match param.kind {
        ParamKind::PositionalOnly => "posonly",
        ParamKind::Positional => "param",
        ParamKind::Star => "star",
        ParamKind::KeywordOnly => "kwonly",
        ParamKind::DoubleStar => "doublestar",
    };
    row(kind, [param.name.clone(), maybe(param.default.as_ref())])
}

fn part(part: &FPart) -> String {
    match part {
        FPart::Literal(value) => text(value),
        FPart::Field { expr, conversion, spec } => {
            let conversion = match conversion {
                None => "-",
                Some(Conversion::Str) => "s",
                Some(Conversion::Repr) => "r",
                Some(Conversion::Ascii) => "a",
            };
            let spec = spec.as_ref().map_or_else(|| "-".to_owned(), |parts| row("spec", parts.iter().map(self::part)));
            row("field", [show(expr), conversion.to_owned(), spec])
        }
    }
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "USub",
        UnaryOp::Pos => "UAdd",
        UnaryOp::Invert => "Invert",
        UnaryOp::Not => "Not",
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "Add",
        BinaryOp::Sub => "Sub",
        BinaryOp::Mul => "Mult",
        BinaryOp::Div => "Div",
        BinaryOp::FloorDiv => "FloorDiv",
        BinaryOp::Mod => "Mod",
        BinaryOp::Pow => "Pow",
        BinaryOp::MatMul => "MatMult",
        BinaryOp::ShiftLeft => "LShift",
        BinaryOp::ShiftRight => "RShift",
        BinaryOp::BitAnd => "BitAnd",
        BinaryOp::BitOr => "BitOr",
        BinaryOp::BitXor => "BitXor",
    }
}
