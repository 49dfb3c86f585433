//! A sheet of box-drawing characters: lines are laid as arms of cells, so that crossings and corners find their own character.

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// The character of each set of arms.
const JOINTS: [char; 16] = [' ', '│', '│', '│', '─', '┘', '┐', '┤', '─', '└', '┌', '├', '─', '┴', '┬', '┼'];

#[derive(Clone, Copy, Default)]
struct Cell {
    arms: u8,
    dashed: bool,
}

impl Cell {
    fn char(self) -> char {
        match (self.dashed, self.arms) {
            (true, a) if a == LEFT | RIGHT => '┄',
            (true, a) if a == UP | DOWN => '┆',
            (_, a) => JOINTS[usize::from(a)],
        }
    }
}

/// Rows of cells.
pub(super) struct Canvas {
    cells: Vec<Vec<Cell>>,
}

/// A span of one axis between two lines, and whether it stands for chunks left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Band {
    pub start: usize,
    pub end: usize,
    pub left_out: bool,
}

impl Canvas {
    /// An empty canvas.
    pub(super) fn new(height: usize, width: usize) -> Canvas {
        Canvas { cells: vec![vec![Cell::default(); width]; height] }
    }

    /// Draws a sheet of cells with its upper left corner at a place; what lies below it shows only outside.
    pub(super) fn sheet(&mut self, top: usize, left: usize, rows: &[Band], columns: &[Band]) {
        let (height, width) = (length(rows), length(columns));
        self.cover(top, left, height, width);
        for row in lines(rows) {
            for band in columns {
                self.horizontal(top + row, left + band.start, left + band.end, band.left_out);
            }
        }
        for column in lines(columns) {
            for band in rows {
                self.vertical(left + column, top + band.start, top + band.end, band.left_out);
            }
        }
    }

    /// Clears a box but for the arms that reach its border from outside.
    fn cover(&mut self, top: usize, left: usize, height: usize, width: usize) {
        for row in 0..=height {
            for column in 0..=width {
                let outside = [(row == 0, UP), (row == height, DOWN), (column == 0, LEFT), (column == width, RIGHT)];
                let kept = outside.iter().filter(|(at_edge, _)| *at_edge).fold(0, |arms, (_, arm)| arms | arm);
                let cell = &mut self.cells[top + row][left + column];
                *cell = Cell { arms: cell.arms & kept, dashed: false };
            }
        }
    }

    fn horizontal(&mut self, row: usize, from: usize, to: usize, dashed: bool) {
        for column in from..=to {
            let cell = &mut self.cells[row][column];
            cell.arms |= if column > from { LEFT } else { 0 } | if column < to { RIGHT } else { 0 };
            cell.dashed |= dashed;
        }
    }

    fn vertical(&mut self, column: usize, from: usize, to: usize, dashed: bool) {
        for row in from..=to {
            let cell = &mut self.cells[row][column];
            cell.arms |= if row > from { UP } else { 0 } | if row < to { DOWN } else { 0 };
            cell.dashed |= dashed;
        }
    }

    /// The rows as text without blanks at their ends.
    pub(super) fn lines(&self) -> Vec<String> {
        let text = |row: &Vec<Cell>| row.iter().map(|cell| cell.char()).collect::<String>();
        self.cells.iter().map(|row| text(row).trim_end().to_string()).collect()
    }
}

/// The steps that bands take together.
pub(super) fn length(bands: &[Band]) -> usize {
    bands.last().map_or(0, |band| band.end)
}

fn lines(bands: &[Band]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(bands.iter().map(|band| band.end))
}
