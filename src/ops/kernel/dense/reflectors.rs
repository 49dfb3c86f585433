//! QR by Householder reflections with LAPACK's signs, some columns at a time.
//!
//! The reflections of a panel are one product, `I - V T V^H` (Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10, 1989).

use super::STRIP;
use super::packed::{Left, Right};
use super::vectors::{divide, dot, length, subtract_scaled};
use crate::data::Result;
use crate::ops::kernel::crew::{Crew, each_part};
use crate::ops::kernel::matrix::Entry;

/// Columns of a panel: the columns right of it are read and written once a panel.
const PANEL: usize = 128;
/// Rows that are packed at once: with 64 columns they stay in the second cache.
const ROWS: usize = 1024;
/// Columns that are reflected one by one.
const NARROW: usize = 8;

/// Q as reflections below the diagonal of R, column by column.
pub(in crate::ops::kernel) struct Reflectors<T> {
    rows: usize,
    columns: usize,
    values: Vec<T>,
    panels: Vec<Panel<T>>,
}

/// The triangle T of one panel, column by column, and where the panel begins.
struct Panel<T> {
    first: usize,
    width: usize,
    triangle: Vec<T>,
}

/// A panel's factor packed: T or its adjoint, and V both ways, its rows as they are and their adjoint, some rows at a time.
struct Ready {
    first: usize,
    width: usize,
    height: usize,
    down: Left,
    middle: Left,
    across: Vec<Left>,
}

/// Whether reflections are done as they are or backwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    AsTheyAre,
    Adjoint,
}

impl<T: Entry> Reflectors<T> {
    /// Of a matrix of `rows` x `columns` that lies column by column.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(in crate::ops::kernel) fn new(
        rows: usize,
        columns: usize,
        values: Vec<T>,
        crew: &dyn Crew,
    ) -> Result<Reflectors<T>> {
        let mut all = Reflectors { rows, columns, values, panels: vec![] };
        let count = rows.min(columns);
        for first in (0..count).step_by(PANEL) {
            crew.check()?;
            let width = PANEL.min(count - first);
            let (before, after) = all.values.split_at_mut((first + width) * rows);
            let panel = reflect(rows, first, &mut before[first * rows..], crew)?;
            if !after.is_empty() {
                Ready::new(&panel, rows, &before[first * rows..], Way::Adjoint).apply_to_all(rows, after, crew)?;
            }
            all.panels.push(panel);
        }
        Ok(all)
    }

    /// Of reflections that were made elsewhere, below the diagonal of `values`; `taus` are their factors.
    pub(super) fn of_turns(rows: usize, columns: usize, values: Vec<T>, taus: &[T]) -> Reflectors<T> {
        let panel = |first: usize| {
            let width = PANEL.min(taus.len() - first);
            let v = |row: usize, k: usize| unit_lower(&values[first * rows + first..], rows, row, k);
            let across = Left::pack(width, rows - first, |k, row| v(row, k).conjugate());
            let mut gram = vec![T::default(); width * width];
            across.add_product(&Right::pack(rows - first, width, v), 1.0, 0, &mut gram, width);
            let mut triangle = vec![T::default(); width * width];
            for k in 0..width {
                extend(&mut triangle, width, k, &gram[k * width..k * width + k], taus[first + k]);
            }
            Panel { first, width, triangle }
        };
        let panels = (0..taus.len()).step_by(PANEL).map(panel).collect();
        Reflectors { rows, columns, values, panels }
    }

    /// R with `kept` rows, column by column.
    pub(in crate::ops::kernel) fn r(&self, kept: usize) -> Vec<T> {
        let entry = |row: usize, column: usize| {
            if row <= column && row < self.rows { self.values[column * self.rows + row] } else { T::default() }
        };
        (0..self.columns).flat_map(|column| (0..kept).map(move |row| entry(row, column))).collect()
    }

    /// The first `kept` columns of Q.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(in crate::ops::kernel) fn q(&self, kept: usize, crew: &dyn Crew) -> Result<Vec<T>> {
        let mut q = vec![T::default(); self.rows * kept];
        q.iter_mut().step_by(self.rows + 1).take(kept.min(self.rows)).for_each(|v| *v = T::from_real(1.0));
        self.turn(&mut q, true, crew)?;
        Ok(q)
    }

    /// Q with a row and a column of a unit matrix before its own.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(super) fn bordered(&self, crew: &dyn Crew) -> Result<Vec<T>> {
        let (n, q) = (self.rows + 1, self.q(self.rows, crew)?);
        let mut out = vec![T::default(); n * n];
        out[0] = T::from_real(1.0);
        for (to, from) in out.chunks_exact_mut(n).skip(1).zip(q.chunks_exact(self.rows.max(1))) {
            to[1..].copy_from_slice(from);
        }
        Ok(out)
    }

    /// Q times a matrix of `width` columns whose rows past `height` are zero: its first rows, column by column.
    ///
    /// # Errors
    /// `KeyboardInterrupt` when the run is cancelled.
    pub(in crate::ops::kernel) fn times(
        &self,
        height: usize,
        width: usize,
        b: &[T],
        crew: &dyn Crew,
    ) -> Result<Vec<T>> {
        let mut c = vec![T::default(); self.rows * width];
        for (to, from) in c.chunks_exact_mut(self.rows.max(1)).zip(b.chunks_exact(height.max(1))) {
            to[..height].copy_from_slice(from);
        }
        self.turn(&mut c, false, crew)?;
        Ok(c)
    }

    /// Q times columns; of a unit matrix the columns before a panel stay what they are.
    fn turn(&self, c: &mut [T], is_unit: bool, crew: &dyn Crew) -> Result<()> {
        for panel in self.panels.iter().rev() {
            crew.check()?;
            let begin = if is_unit { panel.first * self.rows } else { 0 };
            let ready = Ready::new(panel, self.rows, &self.values[panel.first * self.rows..], Way::AsTheyAre);
            ready.apply_to_all(self.rows, &mut c[begin..], crew)?;
        }
        Ok(())
    }
}

impl Ready {
    fn new<T: Entry>(panel: &Panel<T>, rows: usize, values: &[T], way: Way) -> Ready {
        let Panel { first, width, triangle } = panel;
        let v = |row: usize, k: usize| unit_lower(&values[*first..], rows, row, k);
        let t = |i: usize, k: usize| if i <= k { triangle[k * width + i] } else { T::default() };
        let height = rows - first;
        let middle = match way {
            Way::AsTheyAre => Left::pack(*width, *width, t),
            Way::Adjoint => Left::pack(*width, *width, |k, i| t(i, k).conjugate()),
        };
        let across =
            |first: usize| Left::pack(*width, ROWS.min(height - first), |k, row| v(first + row, k).conjugate());
        let across = (0..height).step_by(ROWS).map(across).collect();
        Ready { first: *first, width: *width, height, down: Left::pack(height, *width, v), middle, across }
    }

    /// `V^H` times `count` columns, of which `get` answers the elements.
    fn along<T: Entry>(&self, count: usize, get: impl Fn(usize, usize) -> T) -> Vec<T> {
        let mut along = vec![T::default(); self.width * count];
        for (across, first) in self.across.iter().zip((0..self.height).step_by(ROWS)) {
            let rows = ROWS.min(self.height - first);
            let right = Right::pack(rows, count, |step, column| get(first + step, column));
            across.add_product(&right, 1.0, 0, &mut along, self.width);
        }
        along
    }

    /// The same as [`Ready::apply`] to more columns, on all threads.
    fn apply_to_all<T: Entry>(&self, rows: usize, c: &mut [T], crew: &dyn Crew) -> Result<()> {
        let all = c.len() / rows;
        // The half of a panel is work for two, fewer columns are not.
        let columns = if (STRIP / 2 + 1..=STRIP).contains(&all) { STRIP / 2 } else { STRIP };
        each_part(c, columns * rows, crew, |_, strip| {
            self.apply(rows, strip);
            Ok(())
        })
    }

    /// `c -= V T V^H c`, or with the adjoint of T.
    fn apply<T: Entry>(&self, rows: usize, c: &mut [T]) {
        let (width, count) = (self.width, c.len() / rows);
        let along = self.along(count, |step, column| c[column * rows + self.first + step]);
        let mut turned = vec![T::default(); along.len()];
        let right = Right::pack(width, count, |step, column| along[column * width + step]);
        self.middle.add_product(&right, 1.0, 0, &mut turned, width);
        let right = Right::pack(width, count, |step, column| turned[column * width + step]);
        self.down.add_product(&right, -1.0, 0, &mut c[self.first..], rows);
    }
}

/// Reflects the columns of a panel, whose diagonal begins at row `first`: the left half, then the right half.
fn reflect<T: Entry>(rows: usize, first: usize, panel: &mut [T], crew: &dyn Crew) -> Result<Panel<T>> {
    let width = panel.len() / rows;
    if width <= NARROW {
        return reflect_columns(rows, first, panel, crew);
    }
    crew.check()?;
    let half = width.div_ceil(2).next_multiple_of(NARROW).min(width - 1);
    let (left, right) = panel.split_at_mut(half * rows);
    let a = reflect(rows, first, left, crew)?;
    let ready = Ready::new(&a, rows, left, Way::Adjoint);
    ready.apply_to_all(rows, right, crew)?;
    let b = reflect(rows, first + half, right, crew)?;
    let mut triangle = vec![T::default(); width * width];
    a.triangle
        .chunks_exact(half)
        .zip(triangle.chunks_exact_mut(width))
        .for_each(|(from, to)| to[..half].copy_from_slice(from));
    for (j, from) in b.triangle.chunks_exact(b.width).enumerate() {
        triangle[(half + j) * width + half..][..b.width].copy_from_slice(from);
    }
    // T12 = -T1 (V1^H V2) T2
    let v = |row: usize, k: usize| match row.checked_sub(half) {
        Some(row) => unit_lower(&right[first + half..], rows, row, k),
        None => T::default(),
    };
    let cross = ready.along(b.width, v);
    for j in 0..b.width {
        let column: Vec<T> = (0..half)
            .map(|i| {
                (0..=j).map(|k| cross[k * half + i] * b.triangle[j * b.width + k]).fold(T::default(), |a, b| a + b)
            })
            .collect();
        for i in 0..half {
            let sum = (i..half).map(|k| a.triangle[k * half + i] * column[k]).fold(T::default(), |a, b| a + b);
            triangle[(half + j) * width + i] = -sum;
        }
    }
    Ok(Panel { first, width, triangle })
}

/// The triangle with the reflection `k`, which has the products `along` with those before it.
fn extend<T: Entry>(triangle: &mut [T], width: usize, k: usize, along: &[T], tau: T) {
    for i in 0..k {
        let sum = (i..k).map(|j| triangle[j * width + i] * along[j]).fold(T::default(), |a, b| a + b);
        triangle[k * width + i] = -(sum * tau);
    }
    triangle[k * width + k] = tau;
}

/// An element of V whose diagonal begins with `values`.
#[inline(always)]
fn unit_lower<T: Entry>(values: &[T], rows: usize, row: usize, k: usize) -> T {
    match row.cmp(&k) {
        std::cmp::Ordering::Less => T::default(),
        std::cmp::Ordering::Equal => T::from_real(1.0),
        std::cmp::Ordering::Greater => values[k * rows + row],
    }
}

/// The reflection `I - tau v v^H` whose adjoint makes a column a multiple of the first unit vector. What follows the first
/// element becomes that of `v`, whose first is one; answers the multiple, which is real, and `tau`.
pub(super) fn reflector<T: Entry>(column: &mut [T]) -> (f64, T) {
    let (alpha, rest) = (column[0], &mut column[1..]);
    let tail = length(rest);
    if tail == 0.0 && alpha.imaginary() == 0.0 {
        rest.fill(T::default());
        return (alpha.real(), T::default());
    }
    let size = alpha.modulus().hypot(tail);
    let beta = if alpha.real() < 0.0 { size } else { -size };
    let by = alpha - T::from_real(beta);
    divide(rest, by);
    (beta, (T::from_real(beta) - alpha) / T::from_real(beta))
}

fn reflect_columns<T: Entry>(rows: usize, first: usize, panel: &mut [T], crew: &dyn Crew) -> Result<Panel<T>> {
    let width = panel.len() / rows;
    let mut triangle = vec![T::default(); width * width];
    for k in 0..width {
        crew.check()?;
        let row = first + k;
        let (done, rest) = panel.split_at_mut((k + 1) * rows);
        let (before, own) = done.split_at_mut(k * rows);
        let (beta, tau) = reflector(&mut own[row..]);
        own[row] = T::from_real(beta);
        if tau == T::default() {
            continue;
        }
        for column in rest.chunks_exact_mut(rows) {
            let along = (column[row] + dot(&own[row + 1..], &column[row + 1..])) * tau.conjugate();
            column[row] -= along;
            subtract_scaled(&mut column[row + 1..], &own[row + 1..], along);
        }
        let along: Vec<T> =
            before.chunks_exact(rows).map(|v| v[row].conjugate() + dot(&v[row + 1..], &own[row + 1..])).collect();
        extend(&mut triangle, width, k, &along, tau);
    }
    Ok(Panel { first, width, triangle })
}

#[cfg(test)]
mod tests {
    use super::Reflectors;
    use crate::ops::kernel::crew::Alone;

    #[test]
    fn factors_have_the_signs_of_lapack_and_rebuild_the_matrix() {
        let found = Reflectors::new(2, 2, vec![3.0, 4.0, 0.0, 5.0], &Alone).expect("not cancelled");
        // np.linalg.qr([[3, 0], [4, 5]]).R
        let r = found.r(2);
        assert!(r.iter().zip([-5.0, 0.0, -4.0, 3.0]).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-12));
        for (m, n) in [(50, 45), (300, 70), (40, 90), (7, 1)] {
            let a: Vec<f64> = (0..m * n).map(|k| ((k * k) % 101) as f64 - 50.0).collect();
            let found = Reflectors::new(m, n, a.clone(), &Alone).expect("not cancelled");
            let k = m.min(n);
            let again = found.times(k, n, &found.r(k), &Alone).expect("not cancelled");
            assert!(a.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-10), "{m} x {n}");
        }
    }
}
