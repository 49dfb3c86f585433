//! Registers that are put together from parts with programs of their own: boxes side by side, strided parts replaced.

use super::prepare::Prepared;
use super::runner::Runner;
use crate::data::{Region, Result};
use crate::ir::{Make, Overlay, Piece, Program, Reg, RegSpec, View};
use crate::ops::tile::{Elements, ElementsMut, Operand, Typed};
use crate::with_dtype;

impl<'p> Runner<'p> {
    pub(super) fn make_pieces(&mut self, reg: Reg, pieces: &'p [Piece]) -> Result<()> {
        let mut tile = self.registers.take_tile(reg);
        let (start, lens, len) = (self.registers.start.clone(), self.registers.lens.clone(), self.registers.len);
        for (piece, runner) in pieces.iter().zip(&mut self.parts[reg]) {
            let (Some(hit), Some(runner)) = (intersect(&start, &lens, &piece.at), runner) else { continue };
            let own: Vec<usize> = hit.start.iter().zip(&piece.at.start).map(|(h, p)| h - p).collect();
            let strides = crate::data::c_strides(&lens);
            let offset = hit.start.iter().zip(&start).zip(&strides).map(|((h, s), stride)| (h - s) * stride).sum();
            let moves: Vec<isize> = strides.iter().map(|&stride| stride as isize).collect();
            runner.run(&own, &hit.len)?;
            put_box(runner.root(0), &hit.len, &moves, offset, tile.write_line(len));
        }
        self.registers.put_tile(reg, tile);
        Ok(())
    }

    pub(super) fn make_overlay(&mut self, reg: Reg, under: Reg, part: &'p Overlay) -> Result<()> {
        let mut tile = self.registers.take_tile(reg);
        let (start, lens, len) = (self.registers.start.clone(), self.registers.lens.clone(), self.registers.len);
        match self.registers.operand(under) {
            Operand::Slice(elements) => copy_all(elements, tile.write_line(len)),
            Operand::Scalar(value) => tile = super::fold::constant_tile(value, len),
        }
        if let Some(hit) = overlaid(part, &start, &lens)
            && let Some(Some(runner)) = self.parts[reg].first_mut()
        {
            runner.run(&hit.own.start, &hit.own.len)?;
            put_box(runner.root(0), &hit.own.len, &hit.moves, hit.offset, tile.write_line(len));
        }
        self.registers.put_tile(reg, tile);
        Ok(())
    }
}

/// What makes a region of a program that does nothing but put pieces together: the program of the one piece that holds the
/// region, and the region in its space. `vstack([x, y]).max()` copies each tile once less so.
pub(super) fn within_piece<'p>(
    mut program: &'p Program,
    mut prepared: &'p Prepared,
    mut region: Region,
) -> (&'p Program, &'p Prepared, Region) {
    let holds =
        |at: &Region, region: &Region| intersect(&region.start, &region.len, at).is_some_and(|hit| hit == *region);
    while let [RegSpec { make: Make::Pieces(pieces), .. }] = program.regs.as_slice()
        && let Some((piece, below)) = pieces.iter().zip(&prepared.parts[0]).find(|(piece, _)| holds(&piece.at, &region))
    {
        region = shifted(region, &piece.at.start);
        (program, prepared) = (&piece.program, below);
    }
    (program, prepared, region)
}

/// Runners for the parts of a register that reach into a region.
pub(super) fn open_parts<'p>(
    make: &'p Make,
    below: &'p [Prepared],
    region: &Region,
) -> Result<Vec<Option<Runner<'p>>>> {
    let open =
        |program, prepared, own: Option<Region>| own.map(|own| Runner::open(program, prepared, &own)).transpose();
    match make {
        Make::Pieces(pieces) => pieces
            .iter()
            .zip(below)
            .map(|(piece, prepared)| {
                let own = intersect(&region.start, &region.len, &piece.at).map(|hit| shifted(hit, &piece.at.start));
                open(&piece.program, prepared, own)
            })
            .collect(),
        Make::Overlay { part, .. } => below
            .iter()
            .map(|prepared| {
                open(&part.program, prepared, overlaid(part, &region.start, &region.len).map(|hit| hit.own))
            })
            .collect(),
        Make::Const(_) | Make::Load(_) | Make::Map(..) => Ok(vec![]),
    }
}

fn shifted(mut region: Region, origin: &[usize]) -> Region {
    region.start.iter_mut().zip(origin).for_each(|(start, origin)| *start -= origin);
    region
}

/// Where an overlay falls in a box: the box of its own space, and how far its axes move in the tile.
struct Overlaid {
    own: Region,
    moves: Vec<isize>,
    offset: usize,
}

fn overlaid(part: &Overlay, start: &[usize], lens: &[usize]) -> Option<Overlaid> {
    let own_axes = part.program.space.len();
    let mut hit = Overlaid { own: Region::all(&part.program.space), moves: vec![0; own_axes], offset: 0 };
    let strides = crate::data::c_strides(lens);
    for axis in 0..lens.len() {
        let first_at = match part.axis[axis] {
            None => part.start[axis].checked_sub(start[axis]).filter(|at| *at < lens[axis])?,
            Some(of) => {
                let (begin, step) = (part.start[axis], part.step[axis]);
                let (first, n) = View::inside(begin, step, part.program.space[of], start[axis], lens[axis]);
                if n == 0 {
                    return None;
                }
                (hit.own.start[of], hit.own.len[of]) = (first, n);
                hit.moves[of] = strides[axis] as isize * step;
                begin.wrapping_add_signed(step * first as isize) - start[axis]
            }
        };
        hit.offset += first_at * strides[axis];
    }
    Some(hit)
}

/// The common part of a box and a region.
fn intersect(start: &[usize], lens: &[usize], with: &Region) -> Option<Region> {
    let mut hit = Region { start: vec![], len: vec![] };
    for axis in 0..start.len() {
        let low = start[axis].max(with.start[axis]);
        let high = (start[axis] + lens[axis]).min(with.start[axis] + with.len[axis]);
        if low >= high {
            return None;
        }
        hit.start.push(low);
        hit.len.push(high - low);
    }
    Some(hit)
}

fn copy_all(from: Elements<'_>, to: ElementsMut<'_>) {
    with_dtype!(to.dtype(), T => if let (Some(from), Some(to)) = (<T as Typed>::slice(from), <T as Typed>::slice_mut(to)) { to.copy_from_slice(from) });
}

/// Writes the elements of a C-order box of `len`, whose axes move by `moves` from `offset` on.
fn put_box(from: Elements<'_>, len: &[usize], moves: &[isize], offset: usize, out: ElementsMut<'_>) {
    let loops = super::copy::Loops::new(len, moves);
    let (run, stride) = loops.inner();
    with_dtype!(out.dtype(), T => {
        let (Some(from), Some(out)) = (<T as Typed>::slice(from), <T as Typed>::slice_mut(out)) else { return };
        loops.each_run(offset as isize, |at, read| {
            let row = &from[read..read + run];
            if stride == 1 {
                out[at as usize..at as usize + run].copy_from_slice(row);
            } else {
                row.iter().enumerate().for_each(|(k, v)| out[(at + k as isize * stride) as usize] = *v);
            }
        });
    });
}
