//! What a stage of products holds at its peak besides its operands and its result.

use super::{ALONE, PACKED, PANEL, SHARED, SHORTEST, SPAN, WAITING, WIDE_SLAB};
use crate::data::{Chunks, DType, Held};
use crate::ir::{Leaf, Make, Program, Source, Step};

/// Copies of a slab's sums: those added up, those of the span on its way, and the tile that is written.
const COPIES: usize = 3;

/// Bytes that the tasks of a stage of products hold at once.
pub(crate) fn working(a: &Program, b: &Program, grid: &Chunks, threads: usize) -> u64 {
    let dtype = a.roots.first().map_or(DType::Float64, |&root| a.regs[root].dtype);
    let chunk = grid.chunksize();
    let [matrices @ .., n, m, cut] = chunk.as_slice() else { return 0 };
    let k = grid.0.last().map_or(0, |cuts| cuts.len());
    let item = dtype.itemsize();
    // The last panels are filled up: six rows, and vectors of 64 bytes.
    let block = matrices.iter().product::<usize>() * n.next_multiple_of(6) * m.next_multiple_of(64 / item.min(8));
    let sums = block.min(2 * WIDE_SLAB) * item;
    let crew = if block.saturating_mul(k) <= 2 * ALONE { threads } else { 1 };
    let side = |lanes: usize| lanes.next_multiple_of(64).saturating_mul(k.min(PANEL)).min(2 * PACKED);
    let packed = (side(*n) + side(*m)) * 2 * item;
    // Both panels of a large matrix, the one at work and the next.
    let parts = if matches!(dtype, DType::Complex64 | DType::Complex128) { 2 } else { 1 };
    let panel = |lanes: usize| 2 * parts * lanes.min(2 * WIDE_SLAB.isqrt()).next_multiple_of(64) * k.min(PANEL) * item;
    let is_large = *n.min(m) > SHORTEST && n.saturating_mul(*m).saturating_mul(k) >= SHARED;
    let shared = if is_large { panel(*n) + panel(*m) } else { 0 };
    let brought = brought(a, *n, *cut, k) + brought(b, *m, *cut, k);
    // One tile: threads share its spans, and each brings in its own.
    let bringing = if *n.max(m) <= SHORTEST { threads } else { crew };
    (crew * (block * item + COPIES * sums + shared)
        + bringing * brought * item
        + threads * packed
        + WAITING.min((k / SPAN) * sums)) as u64
}

/// Elements of one side that are brought in for a slab.
fn brought(program: &Program, lanes: usize, cut: usize, k: usize) -> usize {
    let leaf = match (program.regs.as_slice(), program.leaves.as_slice()) {
        ([spec], [leaf]) if matches!(spec.make, Make::Load(_)) => Some(leaf),
        _ => None,
    };
    let steps = k.min(SPAN).min((WIDE_SLAB / lanes.max(1)).max(PANEL));
    match leaf {
        Some(Leaf { source: Source::Memory(held), path }) if is_resident(held) && path.len() == 1 => 0,
        // Blocks that went out come back whole, one of them twice while it is unpacked.
        Some(Leaf { source: Source::Memory(_) | Source::Stage { .. }, .. }) => lanes * (steps + 2 * cut).min(k + cut),
        Some(Leaf { source: Source::Stored(_), path }) => stretch(path) * lanes * steps,
        _ => lanes * steps,
    }
}

/// Whether all blocks of an array are in memory.
pub(crate) fn is_resident(held: &Held) -> bool {
    held.resident_bytes() == held.shape.iter().product::<usize>() * held.dtype.itemsize()
}

/// How many times more than the elements asked for are read along strided views.
fn stretch(path: &[Step]) -> usize {
    let Some(Step::View(view)) = path.first() else { return 1 };
    let step = |axis: &crate::ir::ViewAxis| match axis {
        crate::ir::ViewAxis::Input { step, .. } => step.unsigned_abs(),
        crate::ir::ViewAxis::Repeat => 1,
    };
    view.axes.iter().map(step).product()
}
