//! What a reduction works on: the array, its axes, the elements that count, and whether folded axes stay.

use crate::data::Result;
use crate::ir::{Expr, Kernel};
use crate::ops::function::Call;
use crate::ops::function::build::bi;
use crate::ops::function::reductions::numbers_of;
use crate::ops::primitive::expand;

/// An array, the axes to fold away (ascending), and the elements that count.
pub(super) struct Over {
    pub(super) x: Expr,
    pub(super) axes: Vec<usize>,
    pub(super) keepdims: bool,
    /// A bool mask that broadcasts to the array; `None` where all count.
    pub(super) mask: Option<Expr>,
    /// Whether the caller gave a mask.
    pub(super) has_where: bool,
}

impl Over {
    /// What the arguments `a`, `axis`, `keepdims` and `where` ask for, without NaN where `skip_nan`.
    pub(super) fn of(call: &Call<'_>, skip_nan: bool) -> Result<Over> {
        call.no_out()?;
        let x = call.array("a")?;
        let axes = call.axes("axis", x.ndim())?;
        let given = call.mask()?;
        let has_where = given.is_some();
        let numbers = if skip_nan { numbers_of(&x)? } else { None };
        let mask = match (given, numbers) {
            (Some(a), Some(b)) => Some(bi(Kernel::LogicalAnd, &a, &b)?),
            (a, b) => a.or(b),
        };
        Ok(Over { x, axes, keepdims: call.flag("keepdims")?, mask, has_where })
    }

    /// The answer, with folded axes put back as length one where they were asked to stay.
    pub(super) fn finish(&self, y: &Expr) -> Expr {
        if self.keepdims { expand(y, &self.axes) } else { y.clone() }
    }
}
