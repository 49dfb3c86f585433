//! A mistake drawn under its source: kind, head line, place, the arguments underlined, and what to do about it.

use codespan_reporting::diagnostic::{Diagnostic, Label};
use codespan_reporting::files::SimpleFile;
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{Chars, Config, Styles, StylesWriter, emit_to_write_style};
use std::ops::Range;
use std::rc::Rc;

/// What is wrong with a cell, with places in the cell's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Python's name of the kind of error.
    pub kind: String,
    pub message: String,
    /// Bytes of the cell's source and what to say about them; the first is where the mistake is.
    pub labels: Vec<(Range<usize>, String)>,
    pub help: Vec<String>,
    /// The text that the labels point into, where it is not the cell's own (a script under `%run`).
    pub origin: Option<Rc<Origin>>,
}

/// A text other than the cell's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub name: String,
    pub text: Rc<str>,
    pub start: usize,
}

impl Problem {
    /// A problem without a place.
    pub fn new(kind: &str, message: impl Into<String>) -> Problem {
        Problem { kind: kind.to_string(), message: message.into(), labels: Vec::new(), help: Vec::new(), origin: None }
    }

    /// The same at a place, which stays where the problem has one already.
    pub fn or_at(mut self, range: Range<usize>) -> Problem {
        if self.labels.is_empty() {
            self.labels.push((range, String::new()));
        }
        self
    }

    /// The same with a line of advice.
    pub fn help(mut self, line: impl Into<String>) -> Problem {
        self.help.push(line.into());
        self
    }

    /// The same with every place moved to the right.
    pub fn moved(mut self, by: usize) -> Problem {
        for (range, _) in &mut self.labels {
            *range = range.start + by..range.end + by;
        }
        self
    }

    /// The same with the text that its places are in, which stays where it is known already.
    pub fn within(mut self, name: &str, text: &Rc<str>, start: usize) -> Problem {
        self.origin.get_or_insert_with(|| Rc::new(Origin { name: name.to_string(), text: text.clone(), start }));
        self
    }

    /// The source that the places are in.
    pub fn source<'a>(&'a self, cell: Source<'a>) -> Source<'a> {
        match &self.origin {
            Some(origin) => Source { name: &origin.name, text: &origin.text, start: origin.start },
            None => cell,
        }
    }
}

impl From<crate::lang::Diagnostic> for Problem {
    fn from(error: crate::lang::Diagnostic) -> Problem {
        let labels = error.labels.into_iter().map(|(span, text)| (span.start..span.end, text)).collect();
        Problem { kind: error.kind, message: error.message, labels, help: error.help, origin: None }
    }
}

impl From<crate::data::Error> for Problem {
    fn from(error: crate::data::Error) -> Problem {
        Problem { kind: error.kind.name(), message: error.message, labels: Vec::new(), help: error.help, origin: None }
    }
}

/// The text a problem is in: the file's name, its whole text, and where in it the cell begins.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub start: usize,
}

impl Source<'_> {
    /// Line and column (in characters) of a byte of the cell, both from 1.
    pub fn location(&self, at: usize) -> (usize, usize) {
        let mut at = (self.start + at).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// The drawing of a problem, with colours where asked.
pub fn draw(problem: &Problem, source: &Source<'_>, color: bool) -> String {
    let source = &problem.source(*source);
    let mut bytes = Vec::new();
    if color {
        emit(&mut Ansi::new(&mut bytes), problem, source);
    } else {
        emit(&mut NoColor::new(&mut bytes), problem, source);
    }
    let text = String::from_utf8_lossy(&bytes);
    // Trailing blanks come from empty gutters.
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_string() + "\n"
}

fn emit(writer: &mut dyn WriteColor, problem: &Problem, source: &Source<'_>) {
    let file = SimpleFile::new(source.name, source.text);
    let config = Config { chars: Chars::ascii(), ..Config::default() };
    let styles = Styles::default();
    let diagnostic = diagnostic(problem, source);
    // Writing to a vector cannot fail, and places are clamped to the text.
    let _ = emit_to_write_style(&mut StylesWriter::new(writer, &styles), &config, &file, &diagnostic);
}

fn diagnostic(problem: &Problem, source: &Source<'_>) -> Diagnostic<()> {
    let label = |(number, (range, text)): (usize, &(Range<usize>, String))| {
        let range = clamp(source, range);
        let label = if number == 0 { Label::primary((), range) } else { Label::secondary((), range) };
        label.with_message(text)
    };
    Diagnostic::error()
        .with_code(&problem.kind)
        .with_message(&problem.message)
        .with_labels(problem.labels.iter().enumerate().map(label).collect())
        .with_notes(problem.help.clone())
}

/// A place within the text, on the boundaries of characters.
fn clamp(source: &Source<'_>, range: &Range<usize>) -> Range<usize> {
    let down =
        |at: usize| (0..=at.min(source.text.len())).rev().find(|&i| source.text.is_char_boundary(i)).unwrap_or(0);
    let start = down(source.start + range.start);
    start..down(source.start + range.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::{Problem, Source, draw};

    #[test]
    fn a_problem_is_drawn_under_its_arguments() {
        let text = "# %%\na = 1\ny = a + b\n";
        let problem = Problem {
            labels: vec![(6..7, String::new()), (4..5, "shape (4, 3)".into()), (8..9, "shape (4,)".into())],
            ..Problem::new("ValueError", "cannot add arrays of shapes (4, 3) and (4,)")
                .help("axes are matched from the right: 3 against 4")
        };
        insta::assert_snapshot!(draw(&problem, &Source { name: "bench.dka", text, start: 11 }, false), @r"
        error[ValueError]: cannot add arrays of shapes (4, 3) and (4,)
          --> bench.dka:3:7
          |
        3 | y = a + b
          |     - ^ - shape (4,)
          |     |
          |     shape (4, 3)
          |
          = axes are matched from the right: 3 against 4
        ");
    }

    #[test]
    fn places_outside_the_text_do_no_harm() {
        let problem = Problem::new("NameError", "name 'é' is not defined").or_at(1..900);
        assert!(draw(&problem, &Source { name: "In [1]", text: "é", start: 0 }, true).contains("NameError"));
    }
}
