//! Axes folded away: sums, products, extremes, truth, counts and their forms that leave NaN out.

use crate::data::{DType, Error, Result, Scalar, broadcast_shapes};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::{bi, choose, filled, flat, number_as, un};
use crate::ops::function::over::Over;
use crate::ops::function::row::{answer, need, opt};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{broadcast, cast, expand, reduce, reduce_masked, reduce_some, scalar};

const SUM: &[Parameter] = &[
    need("a"),
    opt("axis", "None"),
    opt("dtype", "None"),
    opt("out", "None"),
    opt("keepdims", "False"),
    opt("initial", "None"),
    opt("where", "True"),
];
const EXTREME: &[Parameter] = &[
    need("a"),
    opt("axis", "None"),
    opt("out", "None"),
    opt("keepdims", "False"),
    opt("initial", "None"),
    opt("where", "True"),
];
const TRUTH: &[Parameter] =
    &[need("a"), opt("axis", "None"), opt("out", "None"), opt("keepdims", "False"), opt("where", "True")];
const ARG: &[Parameter] = &[need("a"), opt("axis", "None"), opt("out", "None"), opt("keepdims", "False")];

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row("sum", SUM, "Sum of the elements.", "np.sum([[1, 2], [3, 4]], axis=0)", "array([4, 6])", |c| {
        total(c, Fold::Sum, false)
    })
    .method(),
    Function::row(
        "prod",
        SUM,
        "Product of the elements.",
        "np.prod([[1, 2], [3, 4]], axis=1)",
        "array([ 2, 12])",
        |c| total(c, Fold::Prod, false),
    )
    .method(),
    Function::row(
        "nansum",
        SUM,
        "Sum of the elements that are not NaN.",
        "np.nansum([1.0, np.nan, 2.0])",
        "np.float64(3.0)",
        |c| total(c, Fold::Sum, true),
    ),
    Function::row(
        "nanprod",
        SUM,
        "Product of the elements that are not NaN.",
        "np.nanprod([3.0, np.nan, 2.0])",
        "np.float64(6.0)",
        |c| total(c, Fold::Prod, true),
    ),
    Function::row("min", EXTREME, "Smallest element.", "np.min([[3, 1], [2, 5]], axis=0)", "array([2, 1])", |c| {
        extreme(c, Fold::Min, false)
    })
    .method(),
    Function::row("max", EXTREME, "Largest element.", "np.max([[3, 1], [2, 5]])", "np.int64(5)", |c| {
        extreme(c, Fold::Max, false)
    })
    .method(),
    Function::row("amin", EXTREME, "Smallest element.", "np.amin([3, 1, 2])", "np.int64(1)", |c| {
        extreme(c, Fold::Min, false)
    }),
    Function::row("amax", EXTREME, "Largest element.", "np.amax([3, 1, 2])", "np.int64(3)", |c| {
        extreme(c, Fold::Max, false)
    }),
    Function::row(
        "nanmin",
        EXTREME,
        "Smallest element that is not NaN.",
        "np.nanmin([np.nan, 1.0, 2.0])",
        "np.float64(1.0)",
        |c| extreme(c, Fold::Min, true),
    ),
    Function::row(
        "nanmax",
        EXTREME,
        "Largest element that is not NaN.",
        "np.nanmax([np.nan, 1.0, 2.0])",
        "np.float64(2.0)",
        |c| extreme(c, Fold::Max, true),
    ),
    Function::row("ptp", ARG, "Largest minus smallest element.", "np.ptp([3, 1, 7])", "np.int64(6)", ptp),
    Function::row(
        "any",
        TRUTH,
        "Whether any element is true.",
        "np.any([[True, False], [False, False]], axis=1)",
        "array([ True, False])",
        |c| truth(c, Fold::Any),
    )
    .method(),
    Function::row(
        "all",
        TRUTH,
        "Whether all elements are true.",
        "np.all([[True, False], [True, True]], axis=1)",
        "array([False,  True])",
        |c| truth(c, Fold::All),
    )
    .method(),
    Function::row("argmin", ARG, "Index of the smallest element.", "np.argmin([3, 1, 2])", "np.int64(1)", |c| {
        arg_extreme(c, Fold::ArgMin, false)
    })
    .method(),
    Function::row(
        "argmax",
        ARG,
        "Index of the largest element.",
        "np.argmax([[3, 1], [2, 5]], axis=0)",
        "array([0, 1])",
        |c| arg_extreme(c, Fold::ArgMax, false),
    )
    .method(),
    Function::row(
        "nanargmin",
        ARG,
        "Index of the smallest element that is not NaN.",
        "np.nanargmin([np.nan, 3.0, 1.0])",
        "np.int64(2)",
        |c| arg_extreme(c, Fold::ArgMin, true),
    ),
    Function::row(
        "nanargmax",
        ARG,
        "Index of the largest element that is not NaN.",
        "np.nanargmax([np.nan, 3.0, 1.0])",
        "np.int64(1)",
        |c| arg_extreme(c, Fold::ArgMax, true),
    ),
    Function::row(
        "count_nonzero",
        &[need("a"), opt("axis", "None"), opt("keepdims", "False")],
        "The number of elements that are not zero.",
        "np.count_nonzero([[0, 1], [2, 3]], axis=0)",
        "array([1, 2])",
        count_nonzero,
    ),
];

/// The elements that are not NaN; `None` where the dtype has no NaN.
pub(super) fn numbers_of(x: &Expr) -> Result<Option<Expr>> {
    if x.dtype.is_inexact() { un(Kernel::LogicalNot, &un(Kernel::Isnan, x)?).map(Some) } else { Ok(None) }
}

fn total(call: &Call<'_>, fold: Fold, skip_nan: bool) -> Result<Arg> {
    let over = Over::of(call, skip_nan)?;
    let asked = call.dtype("dtype")?;
    let x = asked.map_or_else(|| over.x.clone(), |dtype| cast(&over.x, dtype));
    let mut y = over.fold(&x, fold)?;
    if let Some(dtype) = asked {
        y = cast(&y, dtype);
    }
    if call.given("initial") {
        let initial = cast(&call.array("initial")?, y.dtype);
        y = bi(if fold == Fold::Sum { Kernel::Add } else { Kernel::Multiply }, &y, &initial)?;
    }
    answer(over.finish(&y))
}

/// The value that loses against every other, for a fold to the smallest or largest.
fn loser(fold: Fold, dtype: DType) -> Scalar {
    let smallest = matches!(fold, Fold::Min | Fold::Fmin | Fold::ArgMin);
    let infinity = if smallest { f64::INFINITY } else { f64::NEG_INFINITY };
    match dtype.integer_bounds() {
        Some((_, high)) if smallest && dtype == DType::UInt64 => Scalar::UInt64(high as u64),
        Some((low, high)) => Scalar::Int64(if smallest { high as i64 } else { low as i64 }).cast(dtype),
        None if dtype.is_bool() => Scalar::Bool(smallest),
        None => Scalar::Float64(infinity).cast(dtype),
    }
}

fn extreme(call: &Call<'_>, fold: Fold, skip_nan: bool) -> Result<Arg> {
    let over = Over::of(call, skip_nan)?;
    let mut x = over.x.clone();
    let initial = call.opt_array("initial")?.map(|v| cast(&v, x.dtype));
    if over.has_where && initial.is_none() {
        return Err(Error::value(
            "reduction operation does not have an identity, so to use a where mask one has to \
                                 specify 'initial'",
        ));
    }
    // Numbers are found as they are folded.
    let by_fold = skip_nan && x.dtype.is_float();
    let (fold, neutral) = match fold {
        Fold::Min if by_fold => (Fold::Fmin, number_as(f64::NAN, x.dtype)),
        Fold::Max if by_fold => (Fold::Fmax, number_as(f64::NAN, x.dtype)),
        fold => (fold, scalar(loser(fold, x.dtype))),
    };
    if let Some(mask) = over.mask.as_ref().filter(|_| !by_fold || over.has_where) {
        x = choose(mask, &x, &neutral)?;
    }
    let folded = if initial.is_none() {
        over.need_elements(call)?;
        reduce_some
    } else {
        reduce
    };
    let pair = match fold {
        Fold::Min => Kernel::Minimum,
        Fold::Fmin => Kernel::Fmin,
        Fold::Fmax => Kernel::Fmax,
        _ => Kernel::Maximum,
    };
    let empty = over.is_empty();
    let y = if empty { filled_over(&over, loser(fold, x.dtype)) } else { folded(&x, fold, &over.axes) };
    let y = match initial {
        Some(initial) => bi(pair, &y, &initial)?,
        None => y,
    };
    if by_fold || !skip_nan || over.mask.is_none() {
        return answer(over.finish(&y));
    }
    let none = un(Kernel::LogicalNot, &reduce(&over.mask_or_all()?, Fold::Any, &over.axes))?;
    answer(over.finish(&choose(&none, &number_as(f64::NAN, y.dtype), &y)?))
}

/// One value in the shape that a fold gives.
fn filled_over(over: &Over, value: Scalar) -> Expr {
    let shape = (0..over.x.ndim()).filter(|axis| !over.axes.contains(axis)).map(|axis| over.x.shape[axis]);
    crate::ops::primitive::fill(value, crate::data::Chunks::whole(&shape.collect::<Vec<_>>()))
}

fn ptp(call: &Call<'_>) -> Result<Arg> {
    let over = Over::of(call, false)?;
    over.need_elements(call)?;
    let (high, low) = (reduce_some(&over.x, Fold::Max, &over.axes), reduce_some(&over.x, Fold::Min, &over.axes));
    answer(over.finish(&bi(Kernel::Subtract, &high, &low)?))
}

fn truth(call: &Call<'_>, fold: Fold) -> Result<Arg> {
    let over = Over::of(call, false)?;
    let x = cast(&over.x, DType::Bool);
    let x = match &over.mask {
        Some(mask) => choose(mask, &x, &scalar(Scalar::Bool(fold == Fold::All)))?,
        None => x,
    };
    answer(over.finish(&reduce(&x, fold, &over.axes)))
}

fn arg_extreme(call: &Call<'_>, fold: Fold, skip_nan: bool) -> Result<Arg> {
    call.no_out()?;
    let x = call.array("a")?;
    if x.shape.contains(&0) {
        let name = call.function.name;
        return Err(Error::value(format!("attempt to get {name} of an empty sequence")));
    }
    let axis = call.opt_axis("axis", x.ndim())?;
    let y = match (skip_nan, numbers_of(&x)?) {
        (true, Some(mask)) => choose(&mask, &x, &scalar(loser(fold, x.dtype)))?,
        _ => x.clone(),
    };
    let Some(axis) = axis else {
        // Places are counted in C order whatever the chunks.
        let axes: Vec<usize> = (0..x.ndim()).collect();
        let index = if axes.is_empty() { reduce_some(&flat(&y)?, fold, &[0]) } else { reduce_some(&y, fold, &axes) };
        let keep = call.flag("keepdims")?;
        return answer(if keep { expand(&index, &axes) } else { index });
    };
    let index = reduce_some(&y, fold, &[axis]);
    answer(if call.flag("keepdims")? { expand(&index, &[axis]) } else { index })
}

fn count_nonzero(call: &Call<'_>) -> Result<Arg> {
    let over = Over::of(call, false)?;
    let nonzero = cast(&over.x, DType::Bool);
    answer(over.finish(&reduce(&nonzero, Fold::Sum, &over.axes)))
}

impl Over {
    /// The fold of an array over the axes, of the elements that count.
    pub(super) fn fold(&self, x: &Expr, fold: Fold) -> Result<Expr> {
        match (&self.mask, fold) {
            (None, fold) => Ok(reduce(x, fold, &self.axes)),
            (Some(mask), Fold::Sum) => Ok(reduce(&choose(mask, x, &filled(x, 0.0, x.dtype))?, fold, &self.axes)),
            (Some(mask), Fold::Prod) => Ok(reduce(&choose(mask, x, &filled(x, 1.0, x.dtype))?, fold, &self.axes)),
            (Some(mask), fold) => reduce_masked(x, mask, fold, &self.axes),
        }
    }

    /// Which elements count, in the shape of the array.
    fn mask_or_all(&self) -> Result<Expr> {
        let Some(mask) = &self.mask else { return Ok(filled(&self.x, 1.0, DType::Bool)) };
        broadcast_shapes(&[&self.x.shape, &mask.shape])?;
        Ok(broadcast(mask, &self.x.chunks))
    }

    /// Whether the fold meets no element.
    pub(super) fn is_empty(&self) -> bool {
        self.axes.iter().any(|&axis| self.x.shape[axis] == 0)
    }

    /// Refuses a fold that meets no element and has no identity.
    fn need_elements(&self, call: &Call<'_>) -> Result<()> {
        if !self.is_empty() {
            return Ok(());
        }
        let name = match call.function.name {
            "min" | "amin" | "nanmin" => "minimum",
            "max" | "amax" | "nanmax" => "maximum",
            other => other,
        };
        Err(Error::value(format!("zero-size array to reduction operation {name} which has no identity"))
            .help("give initial= for the value of an empty reduction"))
    }

    /// How many elements count, as float64, in the shape that the fold gives.
    pub(super) fn count(&self) -> Result<Expr> {
        if self.mask.is_none() {
            return super::build::count_over(&self.x, &self.axes);
        }
        Ok(cast(&reduce(&self.mask_or_all()?, Fold::Sum, &self.axes), DType::Float64))
    }
}
