//! Windows that slide over an array.

use crate::data::{Cuts, Error, Result, normalize_axis};
use crate::ir::{View, ViewAxis};
use crate::ops::function::build::known_size;
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function};
use crate::ops::primitive::view_in_chunks;

/// The rows of this family.
pub const ROWS: &[Function] = &[Function::row(
    "lib.stride_tricks.sliding_window_view",
    &[
        need("x"),
        need("window_shape"),
        opt("axis", "None"),
        key("automatic_rechunk", "True"),
        key("subok", "False"),
        key("writeable", "False"),
    ],
    "All windows of a shape, as axes at the end.",
    "np.lib.stride_tricks.sliding_window_view([1, 2, 3, 4], 3)",
    "array([[1, 2, 3],\n       [2, 3, 4]])",
    windows,
)];

fn windows(call: &Call<'_>) -> Result<Arg> {
    let (x, lens) = (call.array("x")?, call.ints("window_shape")?);
    known_size(&x)?;
    let lens = lens.into_iter().map(usize::try_from).collect::<std::result::Result<Vec<_>, _>>();
    let lens = lens.map_err(|_| Error::value("`window_shape` cannot contain negative values"))?;
    let axes: Vec<usize> = match call.given("axis") {
        true => call.ints("axis")?.into_iter().map(|axis| normalize_axis(axis, x.ndim())).collect::<Result<_>>()?,
        false => (0..x.ndim()).collect(),
    };
    if lens.len() != axes.len() {
        let message = if call.given("axis") {
            format!(
                "Must provide matching length window_shape and axis; got {} window_shape elements and {} axes elements.",
                lens.len(),
                axes.len()
            )
        } else {
            format!(
                "Since axis is None, must provide window_shape for all dimensions of `x`; got {} window_shape elements \
                 and `x.ndim` is {}.",
                lens.len(),
                x.ndim()
            )
        };
        return Err(Error::value(message));
    }
    let mut places = View::identity(&x.shape);
    for (&axis, &len) in axes.iter().zip(&lens) {
        places.shape[axis] = (places.shape[axis] + 1)
            .checked_sub(len)
            .ok_or_else(|| Error::value("window shape cannot be larger than input array shape"))?;
    }
    if axes.iter().any(|&axis| places.shape[axis] == 0) {
        return Err(Error::value("window shape cannot be larger than input array shape"));
    }
    let mut shape = places.shape.clone();
    shape.extend(&lens);
    if lens.contains(&0) || shape.contains(&0) {
        return answer(super::creation::zeros(&shape, x.dtype));
    }
    // Places in the chunks of the array, and each window whole.
    let mut chunks = crate::ops::primitive::view(&x, places.clone()).chunks.clone();
    chunks.0.extend(lens.iter().map(|&len| Cuts::whole(len)));
    places.axes.extend(axes.iter().map(|&axis| ViewAxis::Input { axis, step: 1 }));
    places.shape = shape;
    answer(view_in_chunks(&x, places, chunks))
}
