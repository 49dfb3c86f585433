//! Variances in one pass: count, mean and sum of squared deviations, merged after Chan, Golub and LeVeque (1979).

use super::{Folding, Rows, SEGMENT, each_row};
use crate::data::{Block, DType};
use crate::ops::tile::{Elements, Typed};
use crate::ops::vector::{columns, kept, reduce};
use std::any::Any;

/// Moments of float32 or float64 elements, in float64.
pub(super) struct Moments {
    count: Vec<u64>,
    mean: Vec<f64>,
    m2: Vec<f64>,
    ddof: f64,
}

impl Moments {
    pub(super) fn new(len: usize, ddof: f64) -> Moments {
        Moments { count: vec![0; len], mean: vec![0.0; len], m2: vec![0.0; len], ddof }
    }

    /// Joins the moments of `count` further elements.
    fn join(&mut self, at: usize, count: u64, mean: f64, m2: f64) {
        if count == 0 {
            return;
        }
        let (before, total) = (self.count[at] as f64, (self.count[at] + count) as f64);
        let deviation = mean - self.mean[at];
        self.mean[at] += deviation * (count as f64 / total);
        self.m2[at] += m2 + deviation * deviation * (before * count as f64 / total);
        self.count[at] += count;
    }

    fn row<T: Copy + Into<f64>>(&mut self, row: &[T], at: usize) {
        for segment in row.chunks(SEGMENT) {
            let mean = reduce::sum::<T, f64>(segment) / segment.len() as f64;
            let m2 = reduce::sum_of_squared_deviations(segment, mean);
            self.join(at, segment.len() as u64, mean, m2);
        }
    }

    fn column<T: Copy + Into<f64>>(&mut self, row: &[T], at: usize) {
        let end = at + row.len();
        let count = self.count[at] + 1;
        columns::add_moments(count, &mut self.mean[at..end], &mut self.m2[at..end], row);
        self.count[at..end].fill(count);
    }
}

/// Those of what a mask keeps.
impl Moments {
    fn kept<T: Typed + Copy + Default + Into<f64> + 'static>(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        let mut masks = mask.chunks_exact(rows.width.max(1));
        each_row::<T>(rows, |row, at| {
            let Some(keep) = masks.next() else { return };
            if columns {
                let of = at..at + row.len();
                let (count, mean) = (&mut self.count[of.clone()], &mut self.mean[of.clone()]);
                return kept::add_moments(count, mean, &mut self.m2[of], row, keep);
            }
            for (segment, keep) in row.chunks(SEGMENT).zip(keep.chunks(SEGMENT)) {
                let (count, mean, m2) = kept::moments(segment, keep);
                self.join(at, count, mean, m2);
            }
        });
    }
}

impl Folding for Moments {
    fn reads_again(&self) -> bool {
        true
    }

    fn rows(&mut self, rows: Rows<'_>) {
        match rows.elements {
            Elements::Float32(_) => each_row::<f32>(rows, |row, at| self.row(row, at)),
            _ => each_row::<f64>(rows, |row, at| self.row(row, at)),
        }
    }

    fn columns(&mut self, rows: Rows<'_>) {
        match rows.elements {
            Elements::Float32(_) => each_row::<f32>(rows, |row, at| self.column(row, at)),
            _ => each_row::<f64>(rows, |row, at| self.column(row, at)),
        }
    }

    fn masked(&mut self, rows: Rows<'_>, mask: &[bool], columns: bool) {
        match rows.elements {
            Elements::Float32(_) => self.kept::<f32>(rows, mask, columns),
            _ => self.kept::<f64>(rows, mask, columns),
        }
    }

    fn gather(self: Box<Self>, into: &[usize], len: usize) -> Box<dyn Folding> {
        let mut out = Moments::new(len, self.ddof);
        for (k, &at) in into.iter().enumerate() {
            out.join(at, self.count[k], self.mean[k], self.m2[k]);
        }
        Box::new(out)
    }

    fn merge(&mut self, later: Box<dyn Folding>) {
        let Ok(later) = later.into_any().downcast::<Self>() else { return };
        for at in 0..self.count.len() {
            self.join(at, later.count[at], later.mean[at], later.m2[at]);
        }
    }

    fn finish(self: Box<Self>, shape: &[usize], dtype: DType) -> Block {
        let variance = |at: usize| self.m2[at] / (self.count[at] as f64 - self.ddof).max(0.0);
        let values: Vec<f64> = (0..self.count.len()).map(variance).collect();
        super::block_of(values, shape, dtype)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
