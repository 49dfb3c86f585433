//! The chunk grid of an array drawn with box characters, about to scale, with the lengths of its axes at the right and below.
//! The third axis from the end is shown as sheets behind one another, the ones before it as a note.

use super::canvas::{Band, Canvas, length};
use crate::data::{Chunks, Cuts, UNKNOWN, show_shape};

/// Steps of the longest side: rows, and columns, of which two are about as long as one row.
const ROWS: usize = 8;
const COLUMNS: usize = 20;
/// Chunks of an axis that are drawn each; of more, these many at either end.
const MOST_CHUNKS: usize = 10;
const END_CHUNKS: usize = 3;
/// Sheets of the third axis.
const MOST_SHEETS: usize = 4;
/// Columns a sheet stands to the right of the one before it, which is one row lower.
const SHEET_SHIFT: usize = 2;

/// The drawing's lines; none where there is nothing to draw: no axis, an empty axis, an unknown length.
pub fn draw(shape: &[usize], chunks: &Chunks) -> Vec<String> {
    if shape.iter().any(|&n| n == 0 || n == UNKNOWN) {
        return Vec::new();
    }
    match (shape, chunks.0.as_slice()) {
        ([n], [cuts]) => strip(*n, cuts),
        ([h, w], [rows, columns]) => sheets((1, None), (*h, rows), (*w, columns)),
        ([leading @ .., d, h, w], [.., depth, rows, columns]) => {
            let mut lines = sheets((*d, Some(depth)), (*h, rows), (*w, columns));
            if !leading.is_empty() {
                lines.push(format!("leading axes {}", show_shape(leading)));
            }
            lines
        }
        _ => Vec::new(),
    }
}

/// One row of chunks, its length below.
fn strip(n: usize, cuts: &Cuts) -> Vec<String> {
    let columns = bands(cuts, COLUMNS, 2);
    let mut canvas = Canvas::new(3, length(&columns) + 1);
    canvas.sheet(0, 0, &[Band { start: 0, end: 2, left_out: false }], &columns);
    let mut lines = canvas.lines();
    lines.push(below(n, length(&columns)));
    lines
}

/// Sheets behind one another (one where there is no depth), lengths at the right, below, and at the foot of the stair.
fn sheets(
    depth: (usize, Option<&Cuts>),
    (h, row_cuts): (usize, &Cuts),
    (w, column_cuts): (usize, &Cuts),
) -> Vec<String> {
    let (row_steps, column_steps) = sides(h, w);
    let rows = bands(row_cuts, row_steps, 1);
    let columns = bands(column_cuts, column_steps, 2);
    let count = depth.1.map_or(1, Cuts::count);
    let behind = count.min(MOST_SHEETS) - 1;
    let (height, width) = (length(&rows), length(&columns));
    let mut canvas = Canvas::new(height + behind + 1, width + SHEET_SHIFT * behind + 1);
    for sheet in (1..=behind).rev() {
        let left_out = sheet == behind && count > MOST_SHEETS;
        let plain = |steps| [Band { start: 0, end: steps, left_out }];
        canvas.sheet(behind - sheet, SHEET_SHIFT * sheet, &plain(height), &plain(width));
    }
    canvas.sheet(behind, 0, &rows, &columns);
    let mut lines = canvas.lines();
    label(&mut lines[height / 2], h);
    if depth.1.is_some() {
        label(&mut lines[height + behind], depth.0);
    }
    lines.push(below(w, width));
    lines
}

fn label(line: &mut String, length: usize) {
    line.push_str(&format!(" {length}"));
}

fn below(n: usize, width: usize) -> String {
    format!("{n:^width$}", width = width + 1).trim_end().to_string()
}

/// Rows and columns of a sheet: the longer side in full, the shorter to scale as far as it stays visible.
fn sides(h: usize, w: usize) -> (usize, usize) {
    let (h, w) = (h as f64, w as f64);
    let short = |steps: usize, ratio: f64| ((steps as f64 / softened(ratio)).round() as usize).max(1);
    if h >= w { (ROWS, short(2 * ROWS, h / w).max(2)) } else { (short(COLUMNS / 2, w / h).min(ROWS), COLUMNS) }
}

/// A ratio of sides, true to three and then slower, so that a thin array keeps some body.
fn softened(ratio: f64) -> f64 {
    if ratio <= 3.0 { ratio } else { 3.0 + (ratio / 3.0).ln().min(4.0) }
}

/// An axis's chunks as bands of at least `least` steps; where there are too many, those at the ends and one for the rest.
fn bands(cuts: &Cuts, steps: usize, least: usize) -> Vec<Band> {
    let count = cuts.count();
    if count > MOST_CHUNKS {
        let weights = [vec![1; END_CHUNKS], vec![2], vec![1; END_CHUNKS]].concat();
        return spread(&weights, even_steps(steps, 2 * END_CHUNKS + 2, least), least, Some(END_CHUNKS));
    }
    let sizes = cuts.sizes();
    match cuts {
        Cuts::Regular { size, .. } => {
            let whole = even_steps(steps, count, least);
            let last = whole / count * (size - sizes[count - 1]) / size;
            spread(&sizes, (whole - last).max(least * count), least, None)
        }
        Cuts::Ragged(_) => spread(&sizes, steps.max(least * count), least, None),
    }
}

/// About so many steps, the same for each of `count` equal chunks.
fn even_steps(steps: usize, count: usize, least: usize) -> usize {
    count * ((steps + count / 2) / count).max(least)
}

/// Bands to the scale of their weights, each of at least `least` steps, together just `steps`.
fn spread(weights: &[usize], steps: usize, least: usize, left_out: Option<usize>) -> Vec<Band> {
    let total: f64 = weights.iter().map(|&w| w as f64).sum();
    let mut ends = Vec::new();
    let mut sum = 0.0;
    for (i, &weight) in weights.iter().enumerate() {
        sum += weight as f64;
        let room = steps - least * (weights.len() - 1 - i);
        let first = ends.last().copied().unwrap_or(0) + least;
        ends.push(((sum / total * steps as f64).round() as usize).clamp(first, room));
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let band = |(i, (start, &end))| Band { start, end, left_out: left_out == Some(i) };
    starts.zip(&ends).enumerate().map(band).collect()
}
