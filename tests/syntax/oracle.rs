//! Every case of cases.txt, which scripts/dev/syntax_oracle.py wrote from CPython's parser.

use dka::lang::syntax::parse_cell;

use super::sexpr::cell;

fn judge(source: &str) -> String {
    match parse_cell(source) {
        Ok(parsed) => format!("=> {}", cell(&parsed.statements)).trim_end().to_owned(),
        Err(problem) => format!("!! {}", problem.kind),
    }
}

#[test]
fn the_parser_agrees_with_cpython() {
    let lines: Vec<&str> = include_str!("cases.txt").lines().collect();
    let mut wrong = Vec::new();
    for case in lines.chunks(2) {
        let source: String = serde_json::from_str(case[0]).expect("a source is a JSON string");
        let ours = judge(&source);
        if ours != case[1] {
            wrong.push(format!("{source:?}\n  CPython {}\n  dka     {ours}", case[1]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), lines.len() / 2, wrong.join("\n"));
}
