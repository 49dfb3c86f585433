//! The look of tables that have a title row.

use comfy_table::{CellAlignment, ContentLineStyle, LineStyle, Table, TableStyle};

/// Thin lines around, between columns and under the titles.
const THIN: TableStyle = TableStyle::new()
    .top_border(LineStyle::new('┌', '─', '┬', '┐'))
    .header_lines(ContentLineStyle::new('│', '│', '│'))
    .header_separator(LineStyle::new('├', '─', '┼', '┤'))
    .content_lines(ContentLineStyle::new('│', '│', '│'))
    .bottom_border(LineStyle::new('└', '─', '┴', '┘'));

/// A table with titles; rows are text from the left.
pub fn titled_table(titles: &[&str], rows: &[Vec<&str>]) -> String {
    table(titles, rows).trim_fmt()
}

/// The same with every column but the first from the right, for numbers.
pub fn number_table(titles: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let mut table = table(titles, &rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

fn table(titles: &[&str], rows: &[Vec<&str>]) -> Table {
    let mut table = Table::new();
    table.load_style(THIN);
    table.set_header(titles.to_vec());
    for row in rows {
        table.add_row(row.clone());
    }
    table
}
