//! Lines of a block: its core axes, one run of elements after another.

use crate::data::{Block, Element};

/// The lengths of the loop axes of a block with `core` core axes.
pub(super) fn loops(x: &Block, core: usize) -> &[usize] {
    &x.shape()[..x.ndim() - core]
}

/// Each line of a block with one core axis made into a line of another, all of one length.
pub(super) fn map_lines<T: Element, U: Element>(x: &Block, mut f: impl FnMut(&[T]) -> Vec<U>) -> Block {
    map_cores(x, 1, |line, _| {
        let out = f(line);
        let len = out.len();
        (out, vec![len])
    })
}

/// Each core of a block (its last `core` axes, in C order) made into another core, all of one shape.
pub(super) fn map_cores<T: Element, U: Element>(
    x: &Block,
    core: usize,
    mut f: impl FnMut(&[T], &[usize]) -> (Vec<U>, Vec<usize>),
) -> Block {
    let split = x.ndim() - core;
    let (outer, inner) = (x.shape()[..split].to_vec(), x.shape()[split..].to_vec());
    let size: usize = inner.iter().product();
    let (values, count) = (x.to_vec::<T>(), outer.iter().product::<usize>());
    let (mut out, mut out_core) = (Vec::new(), None);
    for k in 0..count {
        let (values, shape) = f(&values[k * size..(k + 1) * size], &inner);
        out.extend(values);
        out_core = Some(shape);
    }
    // No line at all: what one would look like is asked of a line of defaults.
    let out_core = out_core.unwrap_or_else(|| f(&vec![T::default(); size], &inner).1);
    Block::from_vec(&[outer, out_core].concat(), out)
}
