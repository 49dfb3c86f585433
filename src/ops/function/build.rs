//! Short ways to compose expressions that several families need.

use crate::data::{Chunks, DType, Error, Result, Scalar, UNKNOWN, show_shape, size_of};
use crate::ir::{Expr, Fold, Kernel, Op};
use crate::ops::primitive::{
    Pick, broadcast_axes, cast, concat, expand, fill_like, from_block, iota, map, pick, reduce, reshape, scalar,
    transpose, view,
};

/// A 0-d float64.
pub(super) fn real(v: f64) -> Expr {
    scalar(Scalar::Float64(v))
}

/// A 0-d int64.
pub(super) fn whole(v: i64) -> Expr {
    scalar(Scalar::Int64(v))
}

/// A number in a dtype, 0-d.
pub(super) fn number_as(v: f64, dtype: DType) -> Expr {
    scalar(Scalar::Float64(v).cast(dtype))
}

/// One elementwise kernel of one array.
pub(super) fn un(kernel: Kernel, x: &Expr) -> Result<Expr> {
    map(kernel, std::slice::from_ref(x))
}

/// One elementwise kernel of two arrays.
pub(super) fn bi(kernel: Kernel, x: &Expr, y: &Expr) -> Result<Expr> {
    map(kernel, &[x.clone(), y.clone()])
}

/// `yes` where `mask` holds, else `no`, in the dtype that both promote to.
pub(super) fn choose(mask: &Expr, yes: &Expr, no: &Expr) -> Result<Expr> {
    let dtype = yes.dtype.promote(no.dtype);
    map(Kernel::Where, &[cast(mask, DType::Bool), cast(yes, dtype), cast(no, dtype)])
}

/// `0, 1, .., n - 1` as int64 in one chunk.
pub(super) fn count_up(n: usize) -> Expr {
    iota(Scalar::Int64(0), Scalar::Int64(1), DType::Int64, Chunks::whole(&[n]))
}

/// The index along one axis, as an array that broadcasts to `like`'s shape.
pub(super) fn position(like: &Expr, axis: usize) -> Expr {
    let line = iota(Scalar::Int64(0), Scalar::Int64(1), DType::Int64, Chunks(vec![like.chunks.0[axis].clone()]));
    let others: Vec<usize> = (0..like.ndim()).filter(|&other| other != axis).collect();
    expand(&line, &others)
}

/// All elements in C order along one axis.
pub(super) fn flat(x: &Expr) -> Result<Expr> {
    if x.ndim() == 1 {
        return Ok(x.clone());
    }
    reshape(x, &[known_size(x)?])
}

/// The number of elements.
///
/// # Errors
/// `ValueError` where a length is unknown.
pub(super) fn known_size(x: &Expr) -> Result<usize> {
    size_of(&x.shape).ok_or_else(|| {
        Error::value(format!("an array of shape {} has an unknown size", show_shape(&x.shape)))
            .help("its values decide how long it is: call .compute() or .persist() first")
    })
}

/// The array broadcast to a shape.
///
/// # Errors
/// `ValueError` where it does not fit.
pub(super) fn broadcast_to(x: &Expr, shape: &[usize]) -> Result<Expr> {
    if x.shape == shape {
        return Ok(x.clone());
    }
    let fits = x.ndim() <= shape.len() && crate::data::broadcast_shapes(&[&x.shape, shape]).is_ok_and(|s| s == shape);
    if !fits {
        return Err(Error::value(format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {} and requested \
             shape {}",
            show_shape(&x.shape),
            show_shape(shape)
        )));
    }
    Ok(view(x, broadcast_axes(&x.shape, shape)))
}

/// `start .. end` of an axis.
pub(super) fn slice(x: &Expr, axis: usize, start: usize, end: usize) -> Expr {
    stride(x, axis, start, 1, end.saturating_sub(start))
}

/// `start, start + step, ..` of an axis, `len` of them.
pub(super) fn stride(x: &Expr, axis: usize, start: usize, step: isize, len: usize) -> Expr {
    let one = |(k, &n): (usize, &usize)| match k == axis {
        true => Pick::Slice { start, step, len },
        false => Pick::Slice { start: 0, step: 1, len: n },
    };
    pick(x, &x.shape.iter().enumerate().map(one).collect::<Vec<_>>())
}

/// One index of an axis, which is dropped.
pub(super) fn at(x: &Expr, axis: usize, index: usize) -> Expr {
    let one = |(k, &n): (usize, &usize)| match k == axis {
        true => Pick::At(index),
        false => Pick::Slice { start: 0, step: 1, len: n },
    };
    pick(x, &x.shape.iter().enumerate().map(one).collect::<Vec<_>>())
}

/// An axis moved to another place.
pub(super) fn move_axis(x: &Expr, from: usize, to: usize) -> Expr {
    if from == to {
        return x.clone();
    }
    let mut order: Vec<usize> = (0..x.ndim()).filter(|&axis| axis != from).collect();
    order.insert(to, from);
    transpose(x, &order)
}

/// An axis moved to the end.
pub(super) fn to_last(x: &Expr, axis: usize) -> Expr {
    move_axis(x, axis, x.ndim() - 1)
}

/// The last axis moved to a place.
pub(super) fn from_last(x: &Expr, axis: usize) -> Expr {
    move_axis(x, x.ndim() - 1, axis)
}

/// Arrays one after another in the dtype all promote to.
pub(super) fn join(arrays: &[Expr], axis: usize) -> Expr {
    let dtype = arrays.iter().map(|x| x.dtype).reduce(DType::promote).unwrap_or(DType::Float64);
    concat(&arrays.iter().map(|x| cast(x, dtype)).collect::<Vec<_>>(), axis)
}

/// Floats as a 1-d array.
pub(super) fn floats(values: Vec<f64>) -> Expr {
    from_block(crate::data::Block::from_vec(&[values.len()], values))
}

/// Integers as a 1-d array.
pub(super) fn ints(values: Vec<i64>) -> Expr {
    from_block(crate::data::Block::from_vec(&[values.len()], values))
}

/// How many elements a fold over axes meets, as float64: a number, or counted where a length is unknown.
pub(super) fn count_over(x: &Expr, axes: &[usize]) -> Result<Expr> {
    if axes.iter().all(|&axis| x.shape[axis] != UNKNOWN) {
        return Ok(real(axes.iter().map(|&axis| x.shape[axis] as f64).product()));
    }
    if let (Some(mask), true) = (selected_by(x), axes.contains(&0)) {
        let all: Vec<usize> = (0..mask.ndim()).collect();
        let selected = cast(&reduce(&mask, Fold::Sum, &all), DType::Float64);
        let each: usize = axes.iter().filter(|&&axis| axis > 0).map(|&axis| x.shape[axis]).product();
        return if each == 1 { Ok(selected) } else { bi(Kernel::Multiply, &selected, &real(each as f64)) };
    }
    let every = bi(Kernel::LogicalOr, &bi(Kernel::Equal, x, x)?, &bi(Kernel::NotEqual, x, x)?)?;
    Ok(cast(&reduce(&every, Fold::Sum, axes), DType::Float64))
}

/// The mask by which the first axis was selected, below elementwise kernels.
fn selected_by(x: &Expr) -> Option<Expr> {
    let mut below = x;
    while let Op::Map(_) = below.op {
        below = below.inputs.iter().find(|input| input.shape.contains(&UNKNOWN) && !matches!(input.op, Op::Fill(_)))?;
    }
    match &below.op {
        Op::Select => Some(below.inputs[1].clone()),
        _ => None,
    }
}

/// Ones in the dtype, shape and chunks of an array.
pub(super) fn filled(like: &Expr, value: f64, dtype: DType) -> Expr {
    fill_like(Scalar::Float64(value).cast(dtype), like)
}
