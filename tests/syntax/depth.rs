//! Deep and long texts: parsed in little time, or refused; never a stack overflow.

use std::time::{Duration, Instant};

use dka::lang::syntax::{is_incomplete, parse_cell, split_statements, tokens};

const FAR_TOO_DEEP: usize = 100_000;

/// Generous for a loaded machine; an exponential parser would need years.
const SOON: Duration = Duration::from_secs(2);

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn two_hundred_brackets_parse_at_once() {
    let start = Instant::now();
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("f(", "1", ")"),
        ("x[", "1", "]"),
        ("{1: ", "1", "}"),
        ("(1, ", "1", ")"),
        ("f(a=", "1", ")"),
        ("[", "i", " for i in x]"),
    ] {
        let depth = if open == "[" && close.len() > 1 { 90 } else { 195 };
        let source = nested(open, inner, close, depth);
        let parsed = parse_cell(&source);
        assert!(parsed.is_ok(), "{open}: {parsed:?}");
        let cell = parsed.unwrap();
        assert_eq!(cell, cell.clone());
        assert!(!format!("{cell:?}").is_empty());
    }
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn depth_is_refused_before_the_stack_ends() {
    let n = FAR_TOO_DEEP;
    for source in [
        nested("(", "1", ")", n),
        nested("[", "1", "]", n),
        nested("{1:", "1", "}", n),
        nested("f(", "1", ")", n),
        "(".repeat(n),
        format!("{}1", "-".repeat(n)),
        format!("{}1", "- ~".repeat(n)),
        format!("{}1", "not ".repeat(n)),
        format!("{}1", "lambda: ".repeat(n)),
        format!("{}1", "1 if 1 else ".repeat(n)),
        format!("{}1", "2 ** ".repeat(n)),
        format!("{}1", "2 ** -".repeat(n)),
        format!("{}1", "1 + ".repeat(n)),
        format!("{}1", "1 < ".repeat(n)),
        format!("{}1", "1 and ".repeat(n)),
        format!("x{}", ".T".repeat(n)),
        format!("x{}", "()".repeat(n)),
        format!("x{}", "[0]".repeat(n)),
        format!("{}1", "f'{".repeat(n)),
        format!("{}1{}", "f'''{f\"{".repeat(n), "}\"}'''".repeat(n)),
        format!("[x {}]", "for i in x ".repeat(n)),
    ] {
        let problem = parse_cell(&source).expect_err(&source[..20]);
        assert_eq!(problem.kind, "SyntaxError");
        assert!(problem.message.contains("too many"), "{}: {}", &source[..20], problem.message);
        let _ = (is_incomplete(&source), tokens(&source), split_statements(&source));
    }
}

#[test]
fn depth_in_every_direction_stays_on_the_stack() {
    // The deepest trees that are let through, on a test's small stack: parsed, copied, printed and dropped.
    let chain = format!("{}1", "1 + ".repeat(1900));
    let brackets = nested("(", "1", ")", 195);
    let both = nested("(1 + ", "1", ")", 190);
    let signs = format!("{}x", "-".repeat(195));
    let powers = format!("{}x", "x ** ".repeat(195));
    let lambdas = format!("{}x", "lambda: ".repeat(195));
    for source in [chain, brackets, both, signs, powers, lambdas] {
        let cell = parse_cell(&source).expect(&source[..20]);
        assert_eq!(cell, cell.clone());
    }
}

#[test]
fn width_is_free() {
    let start = Instant::now();
    for source in [
        format!("[{}]", "-1 ** 2, ".repeat(20_000)),
        format!("f({})", "a - b, ".repeat(20_000)),
        "x = 1\n".repeat(20_000),
        format!("({})", "'a' ".repeat(20_000)),
        "1 + x ** 2 * -3 ".to_string().to_owned() + &"+ x ** 2 * -3 ".repeat(400),
    ] {
        assert!(parse_cell(&source).is_ok(), "{:?}", parse_cell(&source).err());
    }
    assert!(start.elapsed() < 10 * SOON, "{:?}", start.elapsed());
}
