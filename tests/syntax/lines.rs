//! Completeness, splitting, colouring, silencing.

use dka::lang::syntax::{TokenKind, is_incomplete, parse_cell, split_statements, tokens};

#[test]
fn an_open_end_is_incomplete() {
    for source in
        ["f(", "[1,\n", "{", "'''a", "x = \"\"\"a\n", "x = 1 + \\\n", "x \\", "f'''{x", "f'''{x}\n", "(1, # c"]
    {
        assert!(is_incomplete(source), "{source:?}");
    }
}

#[test]
fn a_mistake_is_complete() {
    for source in ["", "x", "f)", "(]", "'a", "f'{x", "x = ", "1 +", "(]\n(", "for x in y:", "x = 'a\n(", "$("] {
        assert!(!is_incomplete(source), "{source:?}");
    }
}

#[test]
fn statements_split_at_lines_and_semicolons() {
    for (source, pieces) in [
        ("a\nb", vec!["a", "b"]),
        ("a; b", vec!["a;", "b"]),
        ("a;\n\n# c\nb;", vec!["a;", "b;"]),
        ("f(\n 1, # c\n 2)\ng", vec!["f(\n 1, # c\n 2)", "g"]),
        ("x = '''a\n;b'''  # c\ny", vec!["x = '''a\n;b'''", "y"]),
        ("a = 1 + \\\n 2\nb", vec!["a = 1 + \\\n 2", "b"]),
        ("%time x\ny?\nz", vec!["%time x", "y?", "z"]),
        ("for i in x:\n  y\n  z\nw", vec!["for i in x:\n  y\n  z", "w"]),
        ("if x:\n  y\nelse:\n  z\nw", vec!["if x:\n  y\nelse:\n  z", "w"]),
        ("# c\n\n", vec![]),
        ("f'{a;b}'", vec!["f'{a;b}'"]),
    ] {
        let found: Vec<&str> = split_statements(source).into_iter().map(|span| span.of(source)).collect();
        assert_eq!(found, pieces, "{source:?}");
    }
}

#[test]
fn a_last_semicolon_silences() {
    for (source, silenced) in [
        ("x", false),
        ("x;", true),
        ("x; y", false),
        ("x; y;", true),
        ("x;\ny", false),
        ("x ; # c\n\n", true),
        ("", false),
    ] {
        assert_eq!(parse_cell(source).unwrap().silenced, silenced, "{source:?}");
    }
}

#[test]
fn words_have_colours() {
    let source = "%%time\nx = np.f('a', 1.5) if not y else f'b{z:>3}' # c";
    let found: Vec<(&str, TokenKind)> =
        tokens(source).into_iter().map(|(span, kind)| (span.of(source), kind)).collect();
    let of = |kind: TokenKind| found.iter().filter(|row| row.1 == kind).map(|row| row.0).collect::<Vec<_>>();
    assert_eq!(of(TokenKind::Magic), ["%%time"]);
    assert_eq!(of(TokenKind::Keyword), ["if", "not", "else"]);
    assert_eq!(of(TokenKind::Name), ["x", "np", "f", "y", "z"]);
    assert_eq!(of(TokenKind::Number), ["1.5"]);
    assert_eq!(of(TokenKind::String), ["'a'", "f'", "b", ">3", "'"]);
    assert_eq!(of(TokenKind::Comment), ["# c"]);
}

#[test]
fn spans_point_into_the_cell() {
    use dka::lang::syntax::{ExprKind, FPart, StmtKind};
    let source = "f'a{ é + 1 :>3}'";
    let cell = parse_cell(source).unwrap();
    let StmtKind::Expr(value) = &cell.statements[0].kind else { panic!("an expression") };
    let ExprKind::FString(parts) = &value.kind else { panic!("an f-string") };
    let FPart::Field { expr, .. } = &parts[1] else { panic!("a field") };
    assert_eq!(expr.span.of(source), "é + 1");
}
