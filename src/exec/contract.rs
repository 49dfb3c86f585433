//! Matrix products, block by block; sums along `k` meet in a tree that the chunks along `k` alone decide.

use super::context::Context;
use super::read::Reader;
use super::target::Target;
use super::whole::Maker;
use crate::data::{Block, C32, C64, Chunks, DType, Element, Held, Region, Result};
use crate::ir::{Make, Output};
use crate::ops::tile::{Tile, Typed};
use crate::ops::vector::Lane;
use crate::with_dtype;

/// Fewest rows of a slab that a thread multiplies: below this packing the right side again costs more than it brings.
const ROWS: usize = 256;
/// Slabs that the rows of all output blocks should make at least, so that two to eight threads share the work evenly.
const SLABS: usize = 16;

/// One stage of products on its way.
pub(crate) struct Product<'a> {
    pub(crate) a: Maker<'a>,
    pub(crate) b: Maker<'a>,
    pub(crate) grid: &'a Chunks,
    pub(crate) output: &'a Output,
    pub(crate) context: &'a Context<'a>,
}

/// A matrix in memory: elements, where it begins, and strides of rows and columns.
struct Matrix {
    block: Block,
    offset: isize,
    rows: isize,
    cols: isize,
}

impl Product<'_> {
    /// Multiplies every output block.
    ///
    /// # Errors
    /// What a leaf refuses, `KeyboardInterrupt` when the run is cancelled.
    pub(crate) fn run(&self) -> Result<Vec<Held>> {
        let held = Held::empty(self.output.chunks.clone(), self.output.dtype);
        let batch = self.grid.0.len() - 3;
        let per_block = SLABS.div_ceil(self.output.chunks.count());
        self.context.each(self.output.chunks.count(), |number| {
            let region = self.output.chunks.region(&self.output.chunks.unravel(number));
            let target = Target::new(&region.len, self.output.dtype);
            let rows = region.len[batch];
            let step = rows.div_ceil(per_block).max(ROWS).min(rows.max(1));
            let slabs = rows.div_ceil(step);
            let batches: usize = region.len[..batch].iter().product();
            self.context.each(slabs * batches, |task| {
                let mut part = region.clone();
                part.start[batch] += task % slabs * step;
                part.len[batch] = step.min(rows - task % slabs * step);
                let mut rest = task / slabs;
                for axis in (0..batch).rev() {
                    part.start[axis] += rest % region.len[axis];
                    part.len[axis] = 1;
                    rest /= region.len[axis];
                }
                self.slab(&part, &region, &target)
            })?;
            self.context.keep(&held, number, target.finish())
        })?;
        Ok(vec![held])
    }

    /// Multiplies the rows of one slab of one matrix of the batch.
    fn slab(&self, part: &Region, block: &Region, target: &Target) -> Result<()> {
        let cuts = &self.grid.0[self.grid.0.len() - 1];
        let sum = self.sum(part, 0, cuts.count())?;
        let at: Vec<usize> = part.start.iter().zip(&block.start).map(|(p, b)| p - b).collect();
        // SAFETY: slabs are disjoint rows of one block.
        unsafe { target.write(&at, &part.len, sum.read(part.size())) };
        self.context.done(part.size() * self.output.dtype.itemsize());
        Ok(())
    }

    /// The product summed over chunks `low .. high` along `k`.
    fn sum(&self, part: &Region, low: usize, high: usize) -> Result<Tile> {
        if high - low <= 1 {
            return self.multiply(part, low);
        }
        let middle = low + (high - low).next_power_of_two() / 2;
        let (left, right) = if self.context.is_serial() {
            (self.sum(part, low, middle), self.sum(part, middle, high))
        } else {
            rayon::join(|| self.sum(part, low, middle), || self.sum(part, middle, high))
        };
        let (mut left, right) = (left?, right?);
        add(&mut left, &right, part.size());
        Ok(left)
    }

    fn multiply(&self, part: &Region, chunk: usize) -> Result<Tile> {
        self.context.check()?;
        let batch = part.len.len() - 2;
        let (start, len) = self.grid.0[batch + 2].chunk(chunk);
        let (mut a, mut b) = (part.clone(), part.clone());
        (a.start[batch + 1], a.len[batch + 1]) = (start, len);
        (b.start[batch], b.len[batch]) = (start, len);
        let (left, right) = (matrix(&self.a, &a)?, matrix(&self.b, &b)?);
        Ok(product(&left, &right, part.len[batch], len, part.len[batch + 1]))
    }
}

/// A region of a program as a matrix: as it lies in memory where it does, else made.
fn matrix(maker: &Maker<'_>, region: &Region) -> Result<Matrix> {
    let axes = region.len.len();
    if let [spec] = maker.program().regs.as_slice()
        && let Make::Load(leaf) = spec.make
        && let Reader::Block { block, offset, strides } = maker.prepared().reader(leaf, region)?
    {
        let offset = strides.iter().zip(&region.start).fold(offset, |at, (s, &i)| at + s * i as isize);
        return Ok(Matrix { block, offset, rows: strides[axes - 2], cols: strides[axes - 1] });
    }
    let block = maker.block(region)?.contiguous();
    Ok(Matrix { block, offset: 0, rows: region.len[axes - 1] as isize, cols: 1 })
}

fn add(into: &mut Tile, from: &Tile, len: usize) {
    let dtype = from.read(0).dtype();
    with_dtype!(dtype, T => if let (Some(a), Some(b)) = (<T as Typed>::slice_mut(into.write(len)), <T as Typed>::slice(from.read(len))) {
        a.iter_mut().zip(b).for_each(|(a, b)| *a = Factor::plus(*a, *b));
    });
}

/// `(n, k) x (k, m) -> (n, m)` in C order.
fn product(a: &Matrix, b: &Matrix, n: usize, k: usize, m: usize) -> Tile {
    let mut tile = Tile::new(a.block.dtype(), n * m);
    if n * m == 0 || k == 0 {
        return tile;
    }
    let out = tile.write(n * m);
    match a.block.dtype() {
        DType::Float64 => fast::<f64>(a, b, [n, k, m], Typed::slice_mut(out), 0.0, 1.0),
        DType::Float32 => fast::<f32>(a, b, [n, k, m], Typed::slice_mut(out), 0.0, 1.0),
        DType::Complex128 => {
            fast::<C64>(a, b, [n, k, m], Typed::slice_mut(out), C64::new(0.0, 0.0), C64::new(1.0, 0.0))
        }
        DType::Complex64 => fast::<C32>(a, b, [n, k, m], Typed::slice_mut(out), C32::new(0.0, 0.0), C32::new(1.0, 0.0)),
        dtype => with_dtype!(dtype, T => plain::<T>(a, b, [n, k, m], <T as Typed>::slice_mut(out))),
    }
    tile
}

/// Elements from the matrix's own array, with the bounds of the strided walk checked.
fn elements<T: Element>(matrix: &Matrix, rows: usize, cols: usize) -> Option<&[T]> {
    let all = T::of_block(&matrix.block)?.as_slice()?;
    let reach = |len: usize, stride: isize| stride * (len as isize - 1);
    let (down, across) = (reach(rows, matrix.rows), reach(cols, matrix.cols));
    let low = matrix.offset + down.min(0) + across.min(0);
    let high = matrix.offset + down.max(0) + across.max(0);
    assert!(low >= 0 && (high as usize) < all.len(), "a matrix lies inside its block");
    Some(all)
}

/// The product by the blocked kernels of the `gemm` crate.
fn fast<T: Element>(a: &Matrix, b: &Matrix, [n, k, m]: [usize; 3], out: Option<&mut [T]>, zero: T, one: T) {
    let (Some(left), Some(right), Some(out)) = (elements::<T>(a, n, k), elements::<T>(b, k, m), out) else { return };
    assert!(out.len() >= n * m, "the product has room");
    // SAFETY: both walks were checked against their arrays, the output is n * m elements in C order, and T is one of the
    // four types the crate multiplies. Measured reason: this is its only interface, and it is 2.5 times faster than safe
    // loops on 1000 x 1000 blocks.
    unsafe {
        gemm::gemm(
            n,
            m,
            k,
            out.as_mut_ptr(),
            1,
            m as isize,
            false,
            left.as_ptr().offset(a.offset),
            a.cols,
            a.rows,
            right.as_ptr().offset(b.offset),
            b.cols,
            b.rows,
            zero,
            one,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

/// What integers and bools multiply by: wrapping, and `or` of `and`.
trait Factor: Element {
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
}

macro_rules! factors {
    ($($type:ty)*) => {$(
        impl Factor for $type {
            fn plus(self, other: Self) -> Self { Lane::plus(self, other) }
            fn times(self, other: Self) -> Self { Lane::times(self, other) }
        }
    )*};
}

factors! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

impl Factor for bool {
    fn plus(self, other: Self) -> Self {
        self | other
    }
    fn times(self, other: Self) -> Self {
        self & other
    }
}

macro_rules! complex_factors {
    ($($type:ty)*) => {$(
        impl Factor for $type {
            fn plus(self, other: Self) -> Self { self + other }
            fn times(self, other: Self) -> Self { self * other }
        }
    )*};
}

complex_factors! { C32 C64 }

/// The product row by row: each row of the right side is added as often as it is asked for.
fn plain<T: Factor>(a: &Matrix, b: &Matrix, [n, k, m]: [usize; 3], out: Option<&mut [T]>) {
    let (Some(left), Some(right), Some(out)) = (elements::<T>(a, n, k), elements::<T>(b, k, m), out) else { return };
    crate::ops::vector::vectorized(|| {
        for i in 0..n {
            let row = &mut out[i * m..(i + 1) * m];
            for j in 0..k {
                let factor = left[(a.offset + i as isize * a.rows + j as isize * a.cols) as usize];
                let first = b.offset + j as isize * b.rows;
                if b.cols == 1 {
                    let line = &right[first as usize..first as usize + m];
                    row.iter_mut().zip(line).for_each(|(sum, v)| *sum = sum.plus(factor.times(*v)));
                } else {
                    row.iter_mut().enumerate().for_each(|(c, sum)| {
                        *sum = sum.plus(factor.times(right[(first + c as isize * b.cols) as usize]))
                    });
                }
            }
        }
    });
}
