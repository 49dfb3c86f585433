//! Strided boxes copied into tiles: runs where there are runs, square blocks where the source is transposed.

use crate::ops::vector::Level;
use crate::ops::vector::squares::{self, SQUARE, turn};
use std::ops::Range;

/// The largest number of axes that an array may have.
pub(crate) const MAX_AXES: usize = 64;

/// Loops of a copy: lengths and source strides, outermost first, with loops that run on merged.
#[derive(Clone, Copy)]
pub(crate) struct Loops {
    count: usize,
    len: [usize; MAX_AXES],
    stride: [isize; MAX_AXES],
}

impl Loops {
    /// The loops over a box whose axes move the source by `strides`.
    pub(crate) fn new(lens: &[usize], strides: &[isize]) -> Loops {
        let mut loops = Loops { count: 0, len: [1; MAX_AXES], stride: [0; MAX_AXES] };
        for (&len, &stride) in lens.iter().zip(strides) {
            if len == 1 {
                continue;
            }
            let last = loops.count.wrapping_sub(1);
            if loops.count > 0 && loops.stride[last] == stride * len as isize {
                loops.len[last] *= len;
                loops.stride[last] = stride;
            } else {
                loops.len[loops.count] = len;
                loops.stride[loops.count] = stride;
                loops.count += 1;
            }
        }
        if loops.count == 0 {
            loops.count = 1;
            loops.stride[0] = 1;
        }
        loops
    }

    /// Length and stride of the innermost loop.
    pub(crate) fn inner(&self) -> (usize, isize) {
        (self.len[self.count - 1], self.stride[self.count - 1])
    }

    /// The same of the loop before.
    pub(crate) fn before_inner(&self) -> Option<(usize, isize)> {
        let before = self.count.checked_sub(2)?;
        Some((self.len[before], self.stride[before]))
    }

    /// Calls `run(source offset, destination offset)` for each run of the innermost loop.
    pub(crate) fn each_run(&self, offset: isize, mut run: impl FnMut(isize, usize)) {
        let outer = self.count - 1;
        let inner = self.len[outer];
        let mut index = [0usize; MAX_AXES];
        let (mut at, mut out) = (offset, 0);
        loop {
            run(at, out);
            out += inner;
            let mut axis = outer;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                index[axis] += 1;
                at += self.stride[axis];
                if index[axis] < self.len[axis] {
                    break;
                }
                at -= self.stride[axis] * self.len[axis] as isize;
                index[axis] = 0;
            }
        }
    }

    /// Length and stride of the loop before the innermost one, where neighbours of the source lie along it.
    pub(crate) fn transposed(&self) -> Option<(usize, isize)> {
        let (len, stride) = self.before_inner()?;
        let (near, far) = (stride.unsigned_abs(), self.inner().1.unsigned_abs());
        (near != 0 && near < far).then_some((len, stride))
    }

    /// The loops outside the last two, each run one element.
    pub(crate) fn planes(&self) -> Loops {
        let mut planes = *self;
        let last = self.count - 1;
        planes.count = last.max(1);
        planes.len[planes.count - 1] = 1;
        planes
    }
}

/// Whether a box whose axes move the source by `strides` is one run of neighbours.
pub(crate) fn is_run(lens: &[usize], strides: &[isize]) -> bool {
    let mut next = 1;
    for (&len, &stride) in lens.iter().zip(strides).rev() {
        if len != 1 {
            if stride != next {
                return false;
            }
            next *= len as isize;
        }
    }
    true
}

/// Copies a box from a strided place to another; places are elements, an offset and strides.
pub(crate) fn copy_strided<T: Copy>(
    (from, mut at, strides): (&[T], isize, &[isize]),
    lens: &[usize],
    (out, mut put, out_strides): (&mut [T], isize, &[isize]),
) {
    let Some(inner) = lens.len().checked_sub(1) else {
        out[put as usize] = from[at as usize];
        return;
    };
    let mut index = vec![0; lens.len()];
    loop {
        copy_run(from, at, strides[inner], &mut out[put as usize..put as usize + lens[inner]]);
        let mut axis = inner;
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            index[axis] += 1;
            at += strides[axis];
            put += out_strides[axis];
            if index[axis] < lens[axis] {
                break;
            }
            at -= strides[axis] * lens[axis] as isize;
            put -= out_strides[axis] * lens[axis] as isize;
            index[axis] = 0;
        }
    }
}

/// Copies the box that `loops` walk from `offset` of a source into consecutive elements. `between` is called now and then:
/// after about [`SQUARE`] lines of a cache.
pub(crate) fn copy_box<T: Copy>(source: &[T], offset: isize, loops: &Loops, out: &mut [T], mut between: impl FnMut()) {
    if loops.transposed().is_some() {
        return copy_transposed(source, offset, loops, out, &mut between);
    }
    let (len, stride) = loops.inner();
    loops.each_run(offset, |at, to| {
        copy_run(source, at, stride, &mut out[to..to + len]);
        between();
    });
}

/// Copies `out.len()` elements, `stride` apart from `at` on.
fn copy_run<T: Copy>(source: &[T], at: isize, stride: isize, out: &mut [T]) {
    let start = at as usize;
    match stride {
        1 => out.copy_from_slice(&source[start..start + out.len()]),
        0 => out.fill(source[start]),
        2.. => {
            let step = stride as usize;
            let from = &source[start..start + (out.len() - 1) * step + 1];
            out.iter_mut().zip(from.iter().step_by(step)).for_each(|(to, v)| *to = *v);
        }
        _ => out.iter_mut().enumerate().for_each(|(k, to)| *to = source[(at + k as isize * stride) as usize]),
    }
}

/// Copies in squares of the last two loops, so that each line of the source is used whole while it is near.
fn copy_transposed<T: Copy>(source: &[T], offset: isize, loops: &Loops, out: &mut [T], between: &mut impl FnMut()) {
    let last = loops.count - 1;
    let plane = Plane {
        rows: loops.len[last - 1],
        cols: loops.len[last],
        row_stride: loops.stride[last - 1],
        col_stride: loops.stride[last],
        pitch: loops.len[last],
    };
    loops.planes().each_run(offset, |at, number| {
        let out = &mut out[number * plane.rows * plane.cols..][..plane.rows * plane.cols];
        match plane.row_stride {
            1 => copy_squares::<T, 1>(source, at, &plane, out, between),
            2 => copy_squares::<T, 2>(source, at, &plane, out, between),
            _ => copy_rest(source, at, &plane, 0..plane.rows, 0..plane.cols, out),
        }
    });
}

/// Two loops over a source whose neighbours lie along the first.
struct Plane {
    rows: usize,
    cols: usize,
    row_stride: isize,
    col_stride: isize,
    /// From one row of the output to the next.
    pitch: usize,
}

/// Copies lines of `len` elements, one after another, into columns of rows that are `pitch` apart.
pub(crate) fn copy_into_columns<T: Copy>(lines: &[T], len: usize, out: &mut [T], pitch: usize) {
    let plane = Plane { rows: len, cols: lines.len() / len, row_stride: 1, col_stride: len as isize, pitch };
    copy_squares::<T, 1>(lines, 0, &plane, out, &mut || {});
}

/// Copies squares of [`SQUARE`] rows and columns whose source lines are `STEP` apart along the rows.
fn copy_squares<T: Copy, const STEP: usize>(
    source: &[T],
    at: isize,
    plane: &Plane,
    out: &mut [T],
    between: &mut impl FnMut(),
) {
    let (whole_rows, whole_cols) = (plane.rows / SQUARE * SQUARE, plane.cols / SQUARE * SQUARE);
    let whole = squares::Plane {
        first: at as usize,
        line: plane.col_stride,
        rows: whole_rows,
        columns: whole_cols,
        row: plane.pitch,
    };
    turn::<T, STEP>(Level::best(), source, whole, out, between);
    copy_rest(source, at, plane, whole_rows..plane.rows, 0..plane.cols, out);
    copy_rest(source, at, plane, 0..whole_rows, whole_cols..plane.cols, out);
}

/// Copies a part element by element, along the source's lines.
fn copy_rest<T: Copy>(source: &[T], at: isize, plane: &Plane, rows: Range<usize>, cols: Range<usize>, out: &mut [T]) {
    for c in cols {
        let mut from = at + c as isize * plane.col_stride + rows.start as isize * plane.row_stride;
        for r in rows.clone() {
            out[r * plane.pitch + c] = source[from as usize];
            from += plane.row_stride;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Loops, copy_box};

    #[test]
    fn a_box_is_read_in_c_order_whatever_the_strides() {
        let source: Vec<u32> = (0..4000).collect();
        for (lens, strides, offset) in [
            (vec![3, 40, 17], vec![1000isize, 1, 50], 5isize),
            (vec![2, 5], vec![-20, 3], 100),
            (vec![4, 6], vec![6, 1], 0),
            (vec![7, 3], vec![0, 2], 9),
            (vec![33, 40], vec![2, 80], 1),
        ] {
            let mut out = vec![0; lens.iter().product()];
            copy_box(&source, offset, &Loops::new(&lens, &strides), &mut out, || {});
            for (k, got) in out.iter().enumerate() {
                let (mut rest, mut at) = (k, offset);
                for axis in (0..lens.len()).rev() {
                    at += (rest % lens[axis]) as isize * strides[axis];
                    rest /= lens[axis];
                }
                assert_eq!(*got, source[at as usize]);
            }
        }
    }
}
