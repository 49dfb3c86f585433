//! Sorting, ranking and finding places along an axis.

use crate::data::{DType, Error, Result};
use crate::ir::{Aggregation, Expr, Kernel, Location, Param};
use crate::ops::function::build::{bi, flat, from_last, slice, to_last, whole};
use crate::ops::function::row::{answer, key, need, opt};
use crate::ops::function::{Arg, Call, Function, Home, Parameter};
use crate::ops::primitive::{aggregate, cast, flip, per_block};

const SORT: &[Parameter] =
    &[need("a"), opt("axis", "-1"), opt("kind", "None"), opt("order", "None"), key("stable", "None")];
const PARTITION: &[Parameter] =
    &[need("a"), need("kth"), opt("axis", "-1"), opt("kind", "'introselect'"), opt("order", "None")];
const TOP: &[Parameter] = &[need("a"), need("k"), opt("axis", "-1"), opt("split_every", "None")];

/// Up to this part of a line is chosen; more of it is sorted.
const FEW: usize = 2;

/// The rows of this family.
pub const ROWS: &[Function] = &[
    Function::row(
        "sort",
        SORT,
        "Elements in ascending order along an axis.",
        "np.sort([[3, 1], [2, 5]], axis=0)",
        "array([[2, 1],\n       [3, 5]])",
        |c| along(c, "sort"),
    ),
    Function::row(
        "argsort",
        SORT,
        "Indices that sort along an axis.",
        "np.argsort([3, 1, 2])",
        "array([1, 2, 0])",
        |c| along(c, "argsort"),
    )
    .method(),
    Function::row(
        "partition",
        PARTITION,
        "Elements with the k-th smallest at its place; all are sorted here.",
        "np.partition([3, 1, 2], 1)[1]",
        "np.int64(2)",
        |c| parted(c, "sort"),
    ),
    Function::row(
        "argpartition",
        PARTITION,
        "Indices that put the k-th smallest at its place.",
        "np.argpartition([3, 1, 2], 0)[0]",
        "np.int64(1)",
        |c| parted(c, "argsort"),
    )
    .method(),
    Function::row(
        "sort_complex",
        &[need("a")],
        "Elements as complex numbers, by real then imaginary part.",
        "np.sort_complex([2, 1 - 1j, 1])",
        "array([1.-1.j, 1.+0.j, 2.+0.j])",
        |c| {
            let x = c.array("a")?;
            let x = cast(&x, x.dtype.complex());
            answer(lines("sort", &x, x.ndim() - 1, x.dtype))
        },
    ),
    Function::row(
        "lexsort",
        &[need("keys"), opt("axis", "-1")],
        "Indices that sort by several keys, the last one first.",
        "np.lexsort(([9, 8, 7], [1, 1, 0]))",
        "array([2, 1, 0])",
        lexsort,
    ),
    Function::row(
        "topk",
        TOP,
        "The k largest elements, largest first; the smallest where k is negative.",
        "da.topk(da.from_array(np.array([5, 1, 3, 6])), 2)",
        "array([6, 5])",
        |c| top(c, "sort"),
    )
    .method()
    .home(Home::DaskOnly),
    Function::row(
        "argtopk",
        TOP,
        "Indices of the k largest elements, largest first.",
        "da.argtopk(da.from_array(np.array([5, 1, 3, 6])), 2)",
        "array([3, 0])",
        |c| top(c, "argsort"),
    )
    .method()
    .home(Home::DaskOnly),
    Function::row(
        "searchsorted",
        &[need("a"), need("v"), opt("side", "'left'"), opt("sorter", "None")],
        "Where values go in a sorted array.",
        "np.searchsorted([1, 2, 3], [2, 4])",
        "array([1, 3])",
        search,
    )
    .method(),
    Function::row(
        "digitize",
        &[need("x"), need("bins"), opt("right", "False")],
        "The bin that each value belongs to.",
        "np.digitize([0.5, 2.5], [0, 1, 2])",
        "array([1, 3])",
        digitize,
    ),
];

/// A kernel of the lines along an axis.
pub(super) fn lines(name: &'static str, x: &Expr, axis: usize, dtype: DType) -> Expr {
    let n = x.shape[axis];
    from_last(&per_block(name, vec![], &[(&to_last(x, axis), 1)], &[n], dtype, 0), axis)
}

/// The sorted array (or the indices that sort it) along an axis.
fn by_kernel(name: &'static str, x: &Expr, axis: usize) -> Expr {
    lines(name, x, axis, if name == "argsort" { DType::Int64 } else { x.dtype })
}

fn along(call: &Call<'_>, name: &'static str) -> Result<Arg> {
    let x = call.array("a")?;
    match call.given("axis") {
        true => answer(by_kernel(name, &x, call.axis("axis", x.ndim())?)),
        false => answer(by_kernel(name, &flat(&x)?, 0)),
    }
}

fn parted(call: &Call<'_>, name: &'static str) -> Result<Arg> {
    let x = call.array("a")?;
    let n =
        if call.given("axis") { x.shape[call.axis("axis", x.ndim())?] } else { super::build::known_size(&x)? } as i64;
    for k in call.ints("kth")? {
        if k >= n || k < -n {
            return Err(Error::value(format!("kth(={k}) out of bounds ({n})")));
        }
    }
    along(call, name)
}

fn lexsort(call: &Call<'_>) -> Result<Arg> {
    let keys = call.arrays("keys")?;
    let Some(first) = keys.first() else { return Err(Error::type_("need sequence of keys with len > 0 in lexsort")) };
    if keys.iter().any(|k| k.shape != first.shape) {
        return Err(Error::value("all keys need to be the same shape"));
    }
    if first.ndim() == 0 {
        return answer(whole(0));
    }
    let axis = call.axis("axis", first.ndim())?;
    let moved: Vec<Expr> = keys.iter().map(|k| to_last(k, axis)).collect();
    let parts: Vec<Expr> = moved.iter().map(|k| crate::ops::primitive::expand(k, &[k.ndim() - 1])).collect();
    let stack = super::build::join(&parts, first.ndim() - 1);
    let y = per_block("lexsort", vec![], &[(&stack, 2)], &[first.shape[axis]], DType::Int64, 0);
    answer(from_last(&y, axis))
}

/// Lines up to this length are gone through by themselves: 20 elements and 3 of them took a tenth of the time that an
/// accumulator for each line takes.
const SHORT: usize = 1024;

fn top(call: &Call<'_>, name: &'static str) -> Result<Arg> {
    let (x, k) = (call.array("a")?, call.int("k")?);
    let axis = call.axis("axis", x.ndim())?;
    let n = x.shape[axis];
    let count = (k.unsigned_abs() as usize).min(n);
    if count > 0 && count <= n / FEW && !x.dtype.is_complex() {
        let (line, kind) = (to_last(&x, axis), Aggregation::Top { count, greatest: k >= 0 });
        let line = if x.dtype.is_bool() { cast(&line, DType::UInt8) } else { line };
        if n <= SHORT && x.ndim() > 1 {
            let params = vec![Param::Int(count as i64), Param::Bool(k >= 0)];
            let (dtype, result) = if name == "argsort" { (DType::Int64, 1) } else { (line.dtype, 0) };
            let best = from_last(&per_block("topk", params, &[(&line, 1)], &[count], dtype, result), axis);
            return answer(if name == "argsort" { best } else { cast(&best, x.dtype) });
        }
        let best = from_last(&aggregate(kind, &[&line], usize::from(name == "argsort")), axis);
        return answer(if name == "argsort" { best } else { cast(&best, x.dtype) });
    }
    let sorted = by_kernel(name, &x, axis);
    answer(if k >= 0 { flip(&slice(&sorted, axis, n - count, n), &[axis]) } else { slice(&sorted, axis, 0, count) })
}

/// Where values go in a sorted line, in the shape of the values.
fn places(line: &Expr, values: &Expr, side: &str) -> Result<Expr> {
    let dtype = line.dtype.promote(values.dtype);
    if !dtype.is_complex() {
        let kind = if side == "right" { Location::After } else { Location::Before };
        return Ok(super::sets::place(&cast(values, dtype), &cast(line, dtype), kind));
    }
    let (line, flat_values) = (cast(line, dtype), cast(&flat(values)?, dtype));
    let n = flat_values.shape[0];
    let params = vec![Param::Str(side.into())];
    let y = per_block("searchsorted", params, &[(&line, 1), (&flat_values, 1)], &[n], DType::Int64, 0);
    crate::ops::primitive::reshape(&y, &values.shape)
}

fn search(call: &Call<'_>) -> Result<Arg> {
    let both = call.operands(&["a", "v"])?;
    if both[0].ndim() != 1 {
        return Err(Error::value("object too deep for desired array"));
    }
    let line = match call.opt_array("sorter")? {
        Some(order) => super::selection::take_any(&both[0], &order, 0, "raise")?,
        None => both[0].clone(),
    };
    answer(places(&line, &both[1], call.word("side", &["left", "right"])?)?)
}

fn digitize(call: &Call<'_>) -> Result<Arg> {
    let (x, bins) = (call.array("x")?, call.array("bins")?);
    if bins.ndim() != 1 {
        return Err(Error::value("object too deep for desired array"));
    }
    let edges = call.host.values(std::slice::from_ref(&bins))?.first().map(|b| b.to_vec::<f64>()).unwrap_or_default();
    let rising = edges.windows(2).all(|w| w[0] <= w[1]);
    if !rising && !edges.windows(2).all(|w| w[0] >= w[1]) {
        return Err(Error::value("bins must be monotonically increasing or decreasing"));
    }
    let side = if call.flag("right")? { "left" } else { "right" };
    if rising {
        return answer(places(&bins, &x, side)?);
    }
    let found = places(&flip(&bins, &[0]), &x, side)?;
    answer(bi(Kernel::Subtract, &whole(edges.len() as i64), &found)?)
}
