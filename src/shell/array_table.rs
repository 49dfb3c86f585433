//! The summary of a lazy array: bytes, shape, count and type of the array and of a chunk, with the chunk grid drawn beside.

use super::draw::draw;
use crate::data::{Chunks, DType, UNKNOWN, show_shape};
use comfy_table::{ColumnConstraint, ContentLineStyle, LineStyle, Table, TableStyle, Width};
use humansize::{DECIMAL, FormatSizeOptions, format_size_i};

/// Single lines around, below the head and between columns.
const BOX: TableStyle = TableStyle::new()
    .top_border(LineStyle::new('┌', '─', '┬', '┐'))
    .header_lines(ContentLineStyle::new('│', '│', '│'))
    .header_separator(LineStyle::new('├', '─', '┼', '┤'))
    .content_lines(ContentLineStyle::new('│', '│', '│'))
    .bottom_border(LineStyle::new('└', '─', '┴', '┘'));
/// Least width of the column of the chunk, with its blanks.
const CHUNK_COLUMN: u16 = 15;
/// Blanks between the table and the drawing.
const GAP: usize = 3;

/// The summary table with the drawing of the chunk grid at its right.
///
/// `nbytes` is `None` where the size is not known before the values are.
pub fn array_table(nbytes: Option<u128>, shape: &[usize], chunks: &Chunks, dtype: DType, tasks: usize) -> String {
    array_table_within(usize::MAX, nbytes, shape, chunks, dtype, tasks)
}

/// The same, without the drawing where both would be wider than so many columns.
pub fn array_table_within(
    columns: usize,
    nbytes: Option<u128>,
    shape: &[usize],
    chunks: &Chunks,
    dtype: DType,
    tasks: usize,
) -> String {
    let chunk = chunks.chunksize();
    let rows = [
        ["Bytes".to_string(), bytes(nbytes), bytes(chunk_bytes(&chunk, dtype))],
        ["Shape".to_string(), show_shape(shape), show_shape(&chunk)],
        ["Count".to_string(), counted(tasks, "Task"), counted(chunks.count(), "Chunk")],
        ["Type".to_string(), dtype.name().to_string(), "ndarray".to_string()],
    ];
    let mut table = Table::new();
    table.load_style(BOX).set_header(["", "Array", "Chunk"]).add_rows(rows);
    if let Some(column) = table.column_mut(2) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(CHUNK_COLUMN)));
    }
    let left: Vec<String> = table.lines().collect();
    let right = draw(shape, chunks);
    let width = widest(&left) + GAP + widest(&right);
    beside(&left, if width <= columns { &right } else { &[] })
}

/// Bytes in decimal units with two digits, `800.00 MB`; `nan` where unknown.
pub fn bytes(count: Option<u128>) -> String {
    match count {
        None => "nan".to_string(),
        Some(few) if few < 1000 => format!("{few} B"),
        Some(many) => {
            let two_digits = FormatSizeOptions::from(DECIMAL).decimal_places(2).decimal_zeroes(2);
            format_size_i(many as f64, two_digits)
        }
    }
}

fn chunk_bytes(chunk: &[usize], dtype: DType) -> Option<u128> {
    if chunk.contains(&UNKNOWN) {
        return None;
    }
    Some(chunk.iter().fold(dtype.itemsize() as u128, |product, &n| product.saturating_mul(n as u128)))
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn widest(lines: &[String]) -> usize {
    lines.iter().map(|line| line.chars().count()).max().unwrap_or(0)
}

/// Two columns of lines side by side, the shorter in the middle of the taller.
fn beside(left: &[String], right: &[String]) -> String {
    let height = left.len().max(right.len());
    let width = widest(left) + GAP;
    let at = |lines: &[String], row: usize| {
        let above = (height - lines.len()) / 2;
        row.checked_sub(above).and_then(|i| lines.get(i).cloned()).unwrap_or_default()
    };
    let line = |row| format!("{:<width$}{}", at(left, row), at(right, row)).trim_end().to_string();
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}
