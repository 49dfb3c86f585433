//! Shapes and boxes: lengths of axes, broadcasting, C order.

use crate::data::{Error, Place, Result};

/// The length of each axis.
pub type Shape = Vec<usize>;

/// The length of an axis whose length is not known before the values are (a boolean selection).
pub const UNKNOWN: usize = usize::MAX;

/// A shape as Python prints it: `()`, `(3,)`, `(2, 3)`; an unknown length is `nan`.
pub fn show_shape(shape: &[usize]) -> String {
    let part = |&n: &usize| if n == UNKNOWN { "nan".to_string() } else { n.to_string() };
    match shape {
        [one] => format!("({},)", part(one)),
        _ => format!("({})", shape.iter().map(part).collect::<Vec<_>>().join(", ")),
    }
}

/// The number of elements; `None` where a length is unknown.
pub fn size_of(shape: &[usize]) -> Option<usize> {
    if shape.contains(&UNKNOWN) { None } else { Some(shape.iter().product()) }
}

/// Elements between neighbours along each axis in C order.
pub fn c_strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

/// The shape that two or more shapes broadcast to, matched from the right.
///
/// # Errors
/// `ValueError` naming the axis where two lengths are neither equal nor one.
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Result<Shape> {
    let ndim = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let mut out = vec![1; ndim];
    for shape in shapes {
        for (back, &n) in shape.iter().rev().enumerate() {
            let slot = &mut out[ndim - 1 - back];
            if *slot == 1 {
                *slot = n;
            } else if n != 1 && n != *slot {
                return Err(cannot_broadcast(shapes, *slot, n));
            }
        }
    }
    Ok(out)
}

fn cannot_broadcast(shapes: &[&[usize]], a: usize, b: usize) -> Error {
    let all: Vec<_> = shapes.iter().map(|s| show_shape(s)).collect();
    let mut error = Error::value(format!("operands could not be broadcast together with shapes {}", all.join(" ")))
        .help(format!("axes are matched from the right: {a} against {b}"));
    if let [x, y] = shapes
        && let Some(hint) = broadcast_hint(x, y)
    {
        error = error.help(hint);
    }
    for (operand, shape) in all.into_iter().enumerate() {
        error = error.at(Place::Operand(operand), format!("shape {shape}"));
    }
    error
}

/// A new axis that would make the two fit, where the shorter one's length is the longer one's first.
fn broadcast_hint(x: &[usize], y: &[usize]) -> Option<String> {
    let (long, short, which) = if x.len() >= y.len() { (x, y, "second") } else { (y, x, "first") };
    (short.len() == 1 && long.len() == 2 && long[0] == short[0])
        .then(|| format!("try: index the {which} operand with [:, None] to match the first axis"))
}

/// An axis given from the front or, negative, from the back, as an index.
///
/// # Errors
/// `AxisError` where it is outside the dimensions.
pub fn normalize_axis(axis: i64, ndim: usize) -> Result<usize> {
    let n = ndim as i64;
    if axis < -n || axis >= n {
        let error = Error::axis(format!("axis {axis} is out of bounds for array of dimension {ndim}"));
        return Err(error.at(Place::Param("axis"), format!("the array has {ndim} axes")));
    }
    Ok(if axis < 0 { axis + n } else { axis } as usize)
}

/// A box of an index space: `start[k] .. start[k] + len[k]` along each axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Region {
    pub start: Vec<usize>,
    pub len: Vec<usize>,
}

impl Region {
    /// The whole of a shape.
    pub fn all(shape: &[usize]) -> Region {
        Region { start: vec![0; shape.len()], len: shape.to_vec() }
    }

    /// The number of elements.
    pub fn size(&self) -> usize {
        self.len.iter().product()
    }

    /// The region cut along an axis into pieces of `most` places.
    pub fn cut(&self, axis: usize, most: usize) -> Vec<Region> {
        let piece = |first: usize| {
            let mut piece = self.clone();
            piece.start[axis] += first;
            piece.len[axis] = most.min(self.len[axis] - first);
            piece
        };
        (0..self.len[axis]).step_by(most.max(1)).map(piece).collect()
    }
}
