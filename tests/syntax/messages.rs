//! What is said about a mistake, and where the caret stands.

use dka::lang::syntax::parse_cell;

/// The source, the text under the caret, the message.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("f(1, 2", "(", "'(' was never closed"),
    ("x = [1,\ny = 2", "[", "'[' was never closed"),
    ("x = 'abc", "'abc", "unterminated string literal"),
    ("'''abc\nd", "'''abc", "unterminated triple-quoted string literal"),
    ("f(1 2)", "1 2", "invalid syntax. Perhaps you forgot a comma?"),
    ("1 = x", "1", "cannot assign to literal here. Maybe you meant '==' instead of '='?"),
    ("f() = x", "f()", "cannot assign to function call here. Maybe you meant '==' instead of '='?"),
    ("None = 1", "None", "cannot assign to None"),
    ("(a, 1) = x", "1", "cannot assign to literal"),
    ("f() += 1", "f()", "'function call' is an illegal expression for augmented assignment"),
    ("del f()", "f()", "cannot delete function call"),
    ("x)", ")", "unmatched ')'"),
    ("(1]", "]", "closing parenthesis ']' does not match opening parenthesis '('"),
    ("f(a=1, b)", "b", "positional argument follows keyword argument"),
    ("f(a=1, a=2)", "a", "keyword argument repeated: a"),
    ("1abc", "1abc", "invalid decimal literal"),
    ("0b12", "0b12", "invalid digit '2' in binary literal"),
    ("f'{x'", "{", "f-string: expecting '}'"),
    ("f'{x y}'", "y", "f-string: expecting '}'"),
    ("f'{}'", "{", "f-string: empty expression not allowed"),
    ("f'}'", "}", "f-string: single '}' is not allowed"),
    ("x\n  y", "  ", "unexpected indent"),
    ("for i in x:\n  y", "for", "dka's language has no `for` statement"),
    ("x = 1\ndef f(): pass", "def", "dka's language has no `def` statement"),
    ("match x:\n  case 1: y", "match", "dka's language has no `match` statement"),
    ("@f\nx", "@", "dka's language has no decorators"),
    ("(x := 1)", ":=", "dka's language has no `:=`"),
    ("print x", "print x", "Missing parentheses in call to 'print'. Did you mean print(...)?"),
    ("x if y", "x if y", "expected 'else' after 'if' expression"),
    ("f(a.b=1)", "=", "expression cannot contain assignment, perhaps you meant \"==\"?"),
    ("b'a'", "b'a'", "dka's language has no bytes literals"),
    ("x = “a”", "“", "invalid character '“' (U+201C)"),
    ("x && y", "&&", "invalid syntax: no operator &&"),
    ("x = ", "", "invalid syntax: the line ends after '=', where an expression should follow"),
    ("x = as", "as", "invalid syntax: 'as' is a reserved word"),
    ("x y", "y", "invalid syntax: unexpected 'y' after 'x'"),
];

#[test]
fn mistakes_are_explained_where_they_are() {
    let mut wrong = Vec::new();
    for (source, under, message) in MISTAKES {
        let problem = parse_cell(source).expect_err(source);
        if problem.message != *message || problem.span.of(source) != *under {
            wrong.push(format!("{source:?}: {:?} under {:?}", problem.message, problem.span.of(source)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_left_out_names_what_to_use() {
    for (source, advice) in [
        ("for i in x: y", "comprehension"),
        ("if x: y", "a if c else b"),
        ("def f(): y", "lambda"),
        ("while x: y", "whole array"),
    ] {
        let problem = parse_cell(source).expect_err(source);
        assert_eq!(problem.kind, "SyntaxError");
        assert!(problem.help.iter().any(|line| line.contains(advice)), "{source}: {:?}", problem.help);
    }
}

#[test]
fn no_rule_of_the_grammar_is_ever_named() {
    for line in include_str!("cases.txt").lines().step_by(2) {
        let source: String = serde_json::from_str(line).expect("a source is a JSON string");
        if let Err(problem) = parse_cell(&source) {
            assert!(!problem.message.contains('_') || source.contains('_'), "{source:?}: {}", problem.message);
        }
    }
}
