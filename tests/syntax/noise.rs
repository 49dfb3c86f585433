//! Whatever the text: an answer, with spans that lie on its characters.

use dka::lang::syntax::{is_incomplete, parse_cell, split_statements, tokens};
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::{collection, sample};

const WORDS: &[&str] = &[
    "x", " ", "\n", "(", ")", "[", "]", "{", "}", "'", "\"", "'''", "f'", "f\"\"\"", "rf'", "\\", "#", ":", "=", ",",
    ".", "1", "0x", "1e", "_", "é", "\u{feff}", "\r\n", "\t", "\u{c}", "%", "?", "!", "!r", ";", "lambda", "for", "in",
    "if", "else", "not", "is", "and", "import", "from", "del", "assert", "pass", "*", "**", "@", "-", "\\N{", "\\x4",
    "{{", "}}", "\0", "😀",
];

fn is_answered(source: &str) {
    match parse_cell(source) {
        Ok(cell) => {
            for statement in &cell.statements {
                assert!(source.get(statement.span.start..statement.span.end).is_some());
            }
        }
        Err(problem) => {
            let span = problem.span;
            assert!(source.get(span.start..span.end).is_some(), "{problem:?}");
            assert!(!problem.message.is_empty());
        }
    }
    let _ = is_incomplete(source);
    let mut end = 0;
    for (span, _) in tokens(source) {
        assert!(span.start >= end && source.get(span.start..span.end).is_some());
        end = span.end;
    }
    for span in split_statements(source) {
        assert!(source.get(span.start..span.end).is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_text_is_answered(source in any::<String>()) {
        is_answered(&source);
    }

    #[test]
    fn any_row_of_words_is_answered(words in collection::vec(sample::select(WORDS), 0..30)) {
        is_answered(&words.concat());
    }
}
