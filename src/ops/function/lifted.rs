//! Functions of blocks that work element by element, as functions of whole arrays.
//!
//! What such a function makes of a block is an elementwise expression of it: of the array it is the same, and takes one node
//! an operation instead of one a block (`x.map_blocks(lambda b: b * 2).sum()` of 64 chunks takes 50 ms block by block, 21 so).

use crate::data::{Chunks, Region, Result, UNKNOWN};
use crate::ir::{Expr, Op};
use crate::ops::primitive::fill;

/// Operations that are looked at in a function of a block.
const LOOKED_AT: usize = 256;
/// Shapes of blocks for which a function is tried.
const SHAPES: usize = 16;

/// What a function of blocks makes of arrays of one shape, where it makes the same elementwise expression of blocks of every
/// shape. `call` is the function of the blocks of a region, and gives these blocks too.
///
/// # Errors
/// What the function refuses.
pub(super) fn elementwise(
    arrays: &[Expr],
    grid: &Chunks,
    call: impl Fn(&Region) -> Result<(Vec<Expr>, Expr)>,
) -> Result<Option<Expr>> {
    if grid.shape().contains(&UNKNOWN) {
        return Ok(None);
    }
    let mut found: Option<Expr> = None;
    let Some(regions) = one_of_each_shape(grid) else { return Ok(None) };
    for region in regions {
        let (blocks, made) = call(&region)?;
        let mut lift = Lift { blocks: &blocks, arrays, grid, left: LOOKED_AT };
        let Some(whole) = lift.expr(&made, &region.len) else { return Ok(None) };
        if found.as_ref().is_some_and(|found| *found != whole) {
            return Ok(None);
        }
        found = Some(whole);
    }
    Ok(found)
}

/// A chunk of each shape, and the last one, of which a function that draws numbers makes something else; `None` where the
/// shapes are many.
fn one_of_each_shape(grid: &Chunks) -> Option<Vec<Region>> {
    let mut indices: Vec<Vec<usize>> = vec![vec![]];
    for cuts in &grid.0 {
        let mut lens: Vec<usize> = vec![];
        let mut firsts: Vec<usize> = vec![];
        for number in 0..cuts.count() {
            let len = cuts.chunk(number).1;
            if !lens.contains(&len) {
                lens.push(len);
                firsts.push(number);
            }
            if lens.len() > SHAPES {
                return None;
            }
        }
        let longer = |index: &Vec<usize>| firsts.iter().map(|&n| [index.as_slice(), &[n]].concat()).collect::<Vec<_>>();
        indices = indices.iter().flat_map(longer).collect();
        if indices.len() > SHAPES {
            return None;
        }
    }
    let last = grid.numblocks().iter().map(|count| count.saturating_sub(1)).collect();
    if !indices.contains(&last) {
        indices.push(last);
    }
    Some(indices.iter().map(|index| grid.region(index)).collect())
}

/// An expression of blocks on its way to one of arrays.
struct Lift<'a> {
    blocks: &'a [Expr],
    arrays: &'a [Expr],
    grid: &'a Chunks,
    /// Operations that may still be looked at.
    left: usize,
}

impl Lift<'_> {
    fn expr(&mut self, expr: &Expr, shape: &[usize]) -> Option<Expr> {
        if let Some(at) = self.blocks.iter().position(|block| block == expr) {
            return Some(self.arrays[at].clone());
        }
        self.left = self.left.checked_sub(1)?;
        match &expr.op {
            _ if expr.shape != shape => None,
            Op::Fill(value) => Some(fill(*value, self.grid.clone())),
            Op::Map(_) => {
                let inputs = expr.inputs.iter().map(|input| self.expr(input, shape)).collect::<Option<_>>()?;
                Some(Expr::new(expr.op.clone(), inputs, self.grid.shape(), expr.dtype, self.grid.clone()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::elementwise;
    use crate::data::{Chunks, Cuts, DType, Scalar};
    use crate::ir::{Expr, Kernel};
    use crate::ops::primitive::{Pick, fill_like, iota, map, pick};

    #[test]
    fn what_differs_from_block_to_block_is_not_lifted() {
        let grid = Chunks(vec![Cuts::regular(8, 2)]);
        let x = iota(Scalar::Int64(0), Scalar::Int64(1), DType::Float64, grid.clone());
        let times = |factor: fn(usize) -> f64| {
            elementwise(std::slice::from_ref(&x), &grid, |region| {
                let block = pick(&x, &[Pick::Slice { start: region.start[0], step: 1, len: region.len[0] }]);
                let by: Expr = fill_like(Scalar::Float64(factor(region.start[0])), &block);
                Ok((vec![block.clone()], map(Kernel::Multiply, &[block, by])?))
            })
            .unwrap_or_default()
        };
        assert!(times(|_| 2.0).is_some());
        assert!(times(|start| start as f64).is_none());
    }
}
