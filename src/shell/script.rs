//! Scripts to cells: the percent format, notebooks, and plain files of one cell a statement.

use crate::lang::syntax::{Span, is_incomplete, split_statements};
use serde_json::Value as Json;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

/// A piece of a script: code to run, or text to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text that the piece is a part of, so that errors know the line of the file.
    pub text: Rc<str>,
    /// The bytes of the text that are the piece.
    pub range: Range<usize>,
    pub kind: PieceKind,
}

impl Piece {
    /// A whole text as one piece of code.
    pub fn whole(text: &str) -> Piece {
        Piece { text: Rc::from(text), range: 0..text.len(), kind: PieceKind::Code }
    }

    /// What is run or shown.
    pub fn source(&self) -> &str {
        &self.text[self.range.clone()]
    }

    /// The line of the text where the piece begins, from 1.
    pub fn line(&self) -> usize {
        self.text[..self.range.start].matches('\n').count() + 1
    }

    /// Markdown as it is shown: without the signs of comments.
    pub fn prose(&self) -> String {
        self.source().lines().map(uncomment).collect::<Vec<_>>().join("\n")
    }
}

fn uncomment(line: &str) -> &str {
    line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line)
}

/// Whether a piece is run or shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    Code,
    Markdown,
}

/// A script read: the name errors give it, and its pieces.
#[derive(Debug)]
pub struct Script {
    pub name: String,
    pub pieces: Vec<Piece>,
}

/// Reads a script or a notebook; `-` is standard input.
///
/// # Errors
/// A line that says why the file cannot be read: missing, not UTF-8, not a notebook.
pub fn read(path: &Path) -> Result<Script, String> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|e| format!("cannot read standard input: {e}"))?;
        return Ok(Script { name: "<stdin>".to_string(), pieces: pieces(&decode("<stdin>", bytes)?) });
    }
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| format!("cannot read {name}: {e}"))?;
    let text = decode(&name, bytes)?;
    let notebook = path.extension().is_some_and(|e| e == "ipynb");
    let pieces = if notebook { notebook_pieces(&name, &text)? } else { pieces(&text) };
    Ok(Script { name, pieces })
}

/// UTF-8 without its mark, lines ended by `\n` alone.
fn decode(name: &str, bytes: Vec<u8>) -> Result<String, String> {
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        format!("cannot read {name}: line {line} is not UTF-8 text")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The pieces of a text: by markers where it has any, else one cell a statement.
pub fn pieces(text: &str) -> Vec<Piece> {
    if has_cells(text) { percent_pieces(text) } else { statement_pieces(text) }
}

/// Whether a text marks its cells.
pub fn has_cells(text: &str) -> bool {
    text.lines().any(|line| marker(line).is_some() || is_cell_magic(line))
}

/// What a line that starts with `# %%` begins.
fn marker(line: &str) -> Option<PieceKind> {
    let title = line.strip_prefix("# %%").or_else(|| line.strip_prefix("#%%"))?;
    let text = ["[markdown]", "[md]", "[raw]"].iter().any(|tag| title.contains(tag));
    Some(if text { PieceKind::Markdown } else { PieceKind::Code })
}

/// Whether a line is `%%name`: the first of a cell.
pub fn is_cell_magic(line: &str) -> bool {
    line.strip_prefix("%%").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn percent_pieces(text: &str) -> Vec<Piece> {
    let whole: Rc<str> = Rc::from(text);
    let mut pieces = Vec::new();
    let (mut kind, mut start, mut at, mut at_top) = (PieceKind::Code, 0, 0, true);
    for line in text.split_inclusive('\n') {
        let (next, begins) = (at + line.len(), marker(line));
        let above = &text[start..at];
        if let Some(begins) = begins {
            pieces.extend(piece(&whole, start..at, kind, at_top));
            (kind, start, at_top) = (begins, next, false);
        } else if is_cell_magic(line) && has_code(above) && !is_incomplete(above) {
            pieces.extend(piece(&whole, start..at, kind, false));
            (kind, start) = (PieceKind::Code, at);
        }
        at = next;
    }
    pieces.extend(piece(&whole, start..at, kind, at_top));
    pieces
}

/// A piece without blank lines around it, where something is left; above the first marker only code is a cell.
fn piece(text: &Rc<str>, range: Range<usize>, kind: PieceKind, at_top: bool) -> Option<Piece> {
    let source = &text[range.clone()];
    let lead: usize = source.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let end = range.start + source.trim_end().len();
    let kept = if at_top { has_code(source) } else { !source.trim().is_empty() };
    kept.then(|| Piece { text: text.clone(), range: range.start + lead..end, kind })
}

fn has_code(source: &str) -> bool {
    source.lines().map(str::trim).any(|line| !line.is_empty() && !line.starts_with('#'))
}

fn statement_pieces(text: &str) -> Vec<Piece> {
    let whole: Rc<str> = Rc::from(text);
    let piece = |span: Span| Piece { text: whole.clone(), range: span.start..span.end, kind: PieceKind::Code };
    split_statements(text).into_iter().map(piece).collect()
}

/// The code and markdown cells of a notebook; lines are counted within each cell.
fn notebook_pieces(name: &str, text: &str) -> Result<Vec<Piece>, String> {
    let json: Json = serde_json::from_str(text).map_err(|e| format!("cannot read {name}: not a notebook: {e}"))?;
    let cells =
        json["cells"].as_array().ok_or_else(|| format!("cannot read {name}: a notebook has a list of cells"))?;
    let piece = |cell: &Json| {
        let kind = match cell["cell_type"].as_str()? {
            "code" => PieceKind::Code,
            "markdown" => PieceKind::Markdown,
            _ => return None,
        };
        let source = joined(&cell["source"]);
        (!source.trim().is_empty()).then(|| Piece { kind, ..Piece::whole(source.trim_end()) })
    };
    Ok(cells.iter().filter_map(piece).collect())
}

/// A notebook's text: one string, or a list of lines.
fn joined(source: &Json) -> String {
    match source {
        Json::Array(lines) => lines.iter().filter_map(Json::as_str).collect(),
        other => other.as_str().unwrap_or_default().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{PieceKind, notebook_pieces, pieces};

    fn shown(text: &str) -> Vec<(usize, String)> {
        pieces(text).into_iter().map(|p| (p.line(), p.source().to_string())).collect()
    }

    #[test]
    fn a_marker_begins_a_cell_and_blank_cells_do_not_count() {
        let cells = shown("# a header\n# %%\nx = 1\n\n# %%\n\n# %% named\n\ny = 2\nx\n");
        assert_eq!(cells, [(3, "x = 1".to_string()), (9, "y = 2\nx".to_string())]);
    }

    #[test]
    fn a_cell_magic_begins_a_cell_of_its_own() {
        let cells = shown("x = 1\n%%time\nx\n# %%\n%%time\ny = 2\n");
        assert_eq!(cells, [(1, "x = 1".into()), (2, "%%time\nx".into()), (5, "%%time\ny = 2".into())]);
    }

    #[test]
    fn without_markers_each_statement_is_a_cell() {
        let cells = shown("x = [1,\n 2]\n\nx; x[0]\n");
        let sources: Vec<&str> = cells.iter().map(|c| c.1.as_str()).collect();
        assert_eq!(sources, ["x = [1,\n 2]", "x;", "x[0]"]);
        assert_eq!(cells[1].0, 4);
    }

    #[test]
    fn markdown_loses_its_comment_signs() {
        let text = pieces("# %% [markdown]\n# Two\n# lines.\n# %%\n1\n");
        assert_eq!((text[0].kind, text[0].prose().as_str()), (PieceKind::Markdown, "Two\nlines."));
    }

    #[test]
    fn a_notebook_gives_its_code_cells() {
        let json =
            r#"{"cells": [{"cell_type": "code", "source": ["x = 1\n", "x"]}, {"cell_type": "raw", "source": "r"}]}"#;
        let cells = notebook_pieces("a.ipynb", json).expect("a notebook");
        assert_eq!(cells.len(), 1);
        assert_eq!(cells[0].source(), "x = 1\nx");
    }
}
