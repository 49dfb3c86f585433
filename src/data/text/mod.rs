//! The text of values, character for character what NumPy 2 and Python print: arrays, scalars, format specs and `%` templates.
//! Nothing here writes to a terminal.

mod array;
mod digits;
mod element;
mod float;
mod format;
mod number;
mod options;
mod percent;
mod scalar;
mod spec;

pub use array::{repr, repr_with, str, str_with};
pub use format::{format_bool, format_complex, format_float, format_int, format_scalar, format_str};
pub use options::{FloatMode, PrintOptions, Sign};
pub use percent::{PercentValue, percent_format, percent_format_named};
pub use scalar::{python_complex, python_float, python_str_repr, scalar_repr, scalar_str};
pub use spec::{Align, FormatSpec};
