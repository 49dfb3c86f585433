//! Boxes of Fortran-order files, turned into C order in memory, a few MiB at a time.

use super::runs::Runs;
use crate::data::{Chunks, Cuts, Region, Result, c_strides};

/// Elements along each side of the squares that are turned at once: 32 x 32 of 8 bytes is a quarter of L1.
const SQUARE: usize = 32;
/// Bytes read before they are turned: what a read holds beyond its result.
const PIECE_BYTES: usize = 4 << 20;

/// Fills `out`, in C order, with a box of a Fortran-order array of `shape` through `read(offset, buffer)`.
pub(super) fn read_fortran(
    shape: &[usize],
    region: &Region,
    width: usize,
    out: &mut [u8],
    mut read: impl FnMut(usize, &mut [u8]) -> Result<()>,
) -> Result<()> {
    let pieces = pieces(&region.len, width);
    let strides = c_strides(&region.len);
    let file_shape: Vec<usize> = shape.iter().rev().copied().collect();
    let mut buffer = Vec::new();
    for number in 0..pieces.count() {
        let piece = pieces.region(&pieces.unravel(number));
        buffer.resize(piece.size() * width, 0);
        let start = region.start.iter().zip(&piece.start).map(|(a, b)| a + b).rev().collect();
        let turned = Region { start, len: piece.len.iter().rev().copied().collect() };
        Runs::new(&file_shape, &turned, width).read(&mut buffer, &mut read)?;
        let base: usize = piece.start.iter().zip(&strides).map(|(s, stride)| s * stride).sum();
        turn_width(&buffer, &mut out[base * width..], &piece.len, &strides, width);
    }
    Ok(())
}

/// A grid over a box whose pieces take no more than [`PIECE_BYTES`], cut along the file's slowest axes first.
fn pieces(len: &[usize], width: usize) -> Chunks {
    let mut sizes = len.to_vec();
    for axis in (0..len.len()).rev() {
        let below = sizes[..axis].iter().product::<usize>() * width;
        sizes[axis] = (PIECE_BYTES / below.max(1)).clamp(1, len[axis].max(1));
        if sizes[axis] > 1 {
            break;
        }
    }
    Chunks(len.iter().zip(&sizes).map(|(&n, &size)| Cuts::regular(n, size)).collect())
}

fn turn_width(from: &[u8], to: &mut [u8], len: &[usize], strides: &[usize], width: usize) {
    match width {
        1 => turn::<1>(from, to, len, strides),
        2 => turn::<2>(from, to, len, strides),
        4 => turn::<4>(from, to, len, strides),
        8 => turn::<8>(from, to, len, strides),
        _ => turn::<16>(from, to, len, strides),
    }
}

/// Copies elements of `len` with the first axis fastest to where `strides` (in elements) say.
fn turn<const N: usize>(from: &[u8], to: &mut [u8], len: &[usize], strides: &[usize]) {
    let (from, to) = (from.as_chunks::<N>().0, to.as_chunks_mut::<N>().0);
    let mut step = 1;
    let mut axes: Vec<(usize, usize, usize)> = Vec::new();
    for (&n, &stride) in len.iter().zip(strides) {
        axes.push((n, step, stride));
        step *= n;
    }
    axes.retain(|axis| axis.0 != 1);
    let row = if axes.is_empty() { (1, 1, 1) } else { axes.remove(0) };
    let column = axes.pop().unwrap_or((1, 1, 1));
    let middle = Chunks(axes.iter().map(|axis| Cuts::regular(axis.0, 1)).collect());
    for number in 0..middle.count() {
        let index = middle.unravel(number);
        let (mut a, mut b) = (0, 0);
        for (i, axis) in index.iter().zip(&axes) {
            a += i * axis.1;
            b += i * axis.2;
        }
        turn_plane(&from[a..], &mut to[b..], row, column);
    }
}

/// Two axes, each (length, step in `from`, step in `to`), square by square.
fn turn_plane<const N: usize>(
    from: &[[u8; N]],
    to: &mut [[u8; N]],
    row: (usize, usize, usize),
    column: (usize, usize, usize),
) {
    for r in (0..row.0).step_by(SQUARE) {
        let rows = r..(r + SQUARE).min(row.0);
        for c in (0..column.0).step_by(SQUARE) {
            let columns = c..(c + SQUARE).min(column.0);
            for i in rows.clone() {
                for j in columns.clone() {
                    to[i * row.2 + j * column.2] = from[i * row.1 + j * column.1];
                }
            }
        }
    }
}
