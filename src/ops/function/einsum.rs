//! Einstein sums: products of arrays with named axes, summed over the axes the answer does not name.

use crate::data::{Error, Result};
use crate::ir::{Expr, Fold, Kernel};
use crate::ops::function::build::bi;
use crate::ops::function::linear_algebra::multiply;
use crate::ops::function::operands::asarray;
use crate::ops::function::row::{answer, key};
use crate::ops::function::{Arg, Call, Function, Parameter};
use crate::ops::primitive::{cast, expand, reduce, reshape, transpose};

/// The rows of this family.
pub const ROWS: &[Function] = &[Function::row(
    "einsum",
    &[
        Parameter::rest("operands"),
        key("out", "None"),
        key("dtype", "None"),
        key("order", "'K'"),
        key("casting", "'safe'"),
        key("optimize", "False"),
    ],
    "Products of arrays with named axes, summed over the axes that the answer does not name.",
    "np.einsum('ij,j->i', [[1, 2], [3, 4]], [1, 10])",
    "array([21, 43])",
    einsum,
)];

/// An array whose axes have names.
struct Named {
    x: Expr,
    axes: Vec<char>,
}

/// Where `...` stands, its axes are named by characters that no subscript uses.
fn hidden(k: usize) -> char {
    char::from_u32(0xE000 + k as u32).unwrap_or('\u{E000}')
}

/// The names of the axes of one operand.
fn names(term: &str, ndim: usize) -> Result<Vec<char>> {
    let wrong = |what: &str| Error::value(format!("einstein sum subscripts string {what}: '{term}' for {ndim} axes"));
    let bare: Vec<char> = term.chars().filter(|c| *c != '.').collect();
    if let Some(bad) = bare.iter().find(|c| !c.is_ascii_alphabetic()) {
        return Err(Error::value(format!(
            "invalid subscript '{bad}' in einstein sum subscripts string, subscripts must be letters"
        )));
    }
    let Some(at) = term.find("...") else {
        return if bare.len() == ndim {
            Ok(bare)
        } else {
            Err(wrong("contains another number of subscripts than axes"))
        };
    };
    let extra = ndim.checked_sub(bare.len()).ok_or_else(|| wrong("contains too many subscripts"))?;
    let mut out = bare;
    // Counted from the right, so that operands of fewer such axes line up as in broadcasting.
    out.splice(at..at, (0..extra).rev().map(hidden));
    Ok(out)
}

/// The answer's axes where none are given: hidden ones, then the names that come once, in order.
fn implied(operands: &[Named]) -> Vec<char> {
    let all: Vec<char> = operands.iter().flat_map(|n| n.axes.iter().copied()).collect();
    let mut once: Vec<char> =
        all.iter().copied().filter(|c| *c < hidden(0) && all.iter().filter(|d| *d == c).count() == 1).collect();
    once.sort_unstable();
    let mut shared: Vec<char> = all.into_iter().filter(|c| *c >= hidden(0)).collect();
    shared.sort_unstable_by(|a, b| b.cmp(a));
    shared.dedup();
    shared.extend(once);
    shared
}

/// Axes of one name made one: their diagonal.
fn diagonals(mut named: Named) -> Result<Named> {
    while let Some((i, j)) = doubled(&named.axes) {
        if named.x.shape[i] != named.x.shape[j] {
            return Err(Error::value("dimensions of one subscript differ in length"));
        }
        let rest: Vec<usize> = (0..named.axes.len()).filter(|&k| k != i && k != j).collect();
        let order: Vec<usize> = rest.iter().copied().chain([i, j]).collect();
        let name = named.axes[i];
        let x = super::diagonals::diagonal(&transpose(&named.x, &order), 0)?;
        let axes = rest.iter().map(|&k| named.axes[k]).chain([name]).collect();
        named = Named { x, axes };
    }
    Ok(named)
}

fn doubled(axes: &[char]) -> Option<(usize, usize)> {
    let pairs = (0..axes.len()).flat_map(|i| (i + 1..axes.len()).map(move |j| (i, j)));
    pairs.into_iter().find(|&(i, j)| axes[i] == axes[j])
}

/// Axes that nothing else needs are summed away.
fn summed(named: Named, keep: impl Fn(char) -> bool) -> Named {
    let gone: Vec<usize> = (0..named.axes.len()).filter(|&k| !keep(named.axes[k])).collect();
    if gone.is_empty() {
        return named;
    }
    let dtype = named.x.dtype;
    let x = cast(&reduce(&named.x, Fold::Sum, &gone), dtype);
    Named { x, axes: named.axes.into_iter().filter(|c| keep(*c)).collect() }
}

/// The axes in the order of names; names it lacks become axes of length one.
fn arranged(named: &Named, order: &[char]) -> Expr {
    let have: Vec<usize> = order.iter().filter_map(|c| named.axes.iter().position(|a| a == c)).collect();
    let x = transpose(&named.x, &have);
    expand(&x, &(0..order.len()).filter(|&k| !named.axes.contains(&order[k])).collect::<Vec<_>>())
}

/// Two operands made one: a matrix product over the shared axes that nothing else needs, elementwise over the others.
fn product(a: Named, b: Named, keep: impl Fn(char) -> bool) -> Result<Named> {
    let a = summed(a, |c| keep(c) || b.axes.contains(&c));
    let b = summed(b, |c| keep(c) || a.axes.contains(&c));
    let shared = |c: &char| a.axes.contains(c) && b.axes.contains(c);
    let inner: Vec<char> = a.axes.iter().copied().filter(|c| shared(c) && !keep(*c)).collect();
    let batch: Vec<char> = a.axes.iter().copied().filter(|c| shared(c) && keep(*c)).collect();
    let left: Vec<char> = a.axes.iter().copied().filter(|c| !shared(c)).collect();
    let right: Vec<char> = b.axes.iter().copied().filter(|c| !shared(c)).collect();
    let length = |named: &Named, c: &char| named.axes.iter().position(|x| x == c).map_or(1, |k| named.x.shape[k]);
    for c in batch.iter().chain(&inner) {
        let (n, m) = (length(&a, c), length(&b, c));
        if n != m && n != 1 && m != 1 {
            return Err(Error::value(format!(
                "operands could not be broadcast together with remapped shapes: subscript '{c}' has lengths {n} and {m}"
            )));
        }
    }
    let even = batch.iter().chain(&inner).all(|c| length(&a, c) == length(&b, c));
    // A product without rows and columns is a fused multiplication and sum: one pass over both, no matrices of one element.
    if inner.is_empty() || !even || (left.is_empty() && right.is_empty()) {
        let order: Vec<char> = [&batch[..], &left, &right, &inner].concat();
        let x = bi(Kernel::Multiply, &arranged(&a, &order), &arranged(&b, &order))?;
        return Ok(summed(Named { x, axes: order }, keep));
    }
    let lengths = |named: &Named, names: &[char]| names.iter().map(|c| length(named, c)).collect::<Vec<usize>>();
    let (batches, n, m, k) = (lengths(&a, &batch), lengths(&a, &left), lengths(&b, &right), lengths(&a, &inner));
    let count = |l: &[usize]| l.iter().product::<usize>();
    let x = arranged(&a, &[&batch[..], &left, &inner].concat());
    let y = arranged(&b, &[&batch[..], &inner, &right].concat());
    let x = reshape(&x, &[&batches[..], &[count(&n), count(&k)]].concat())?;
    let y = reshape(&y, &[&batches[..], &[count(&k), count(&m)]].concat())?;
    let x = reshape(&multiply(&x, &y)?, &[batches, n, m].concat())?;
    Ok(Named { x, axes: [batch, left, right].concat() })
}

/// The two operands whose product takes the fewest multiplications; the first such pair.
fn cheapest_pair(all: &[Named]) -> (usize, usize) {
    let cost = |a: &Named, b: &Named| {
        let own = a.axes.iter().zip(&a.x.shape);
        let more = b.axes.iter().zip(&b.x.shape).filter(|(c, _)| !a.axes.contains(c));
        own.chain(more).map(|(_, &n)| n as f64).product::<f64>()
    };
    let mut best = (f64::INFINITY, (0, 1));
    for first in 0..all.len() {
        for second in first + 1..all.len() {
            let now = cost(&all[first], &all[second]);
            if now < best.0 {
                best = (now, (first, second));
            }
        }
    }
    best.1
}

/// Subscripts and operands, from either way of calling.
fn terms(call: &Call<'_>) -> Result<(String, Vec<Expr>)> {
    let Arg::Tuple(items) = call.get("operands") else {
        return Err(Error::value("must specify the einstein sum subscripts string and at least one operand"));
    };
    match items.split_first() {
        Some((Arg::Str(text), rest)) if !rest.is_empty() => Ok((
            text.chars().filter(|c| !c.is_whitespace()).collect(),
            rest.iter().map(asarray).collect::<Result<_>>()?,
        )),
        Some((first, _)) if !matches!(first, Arg::Str(_)) && items.len() > 1 => listed(call, items),
        _ => Err(Error::value("must specify the einstein sum subscripts string and at least one operand")),
    }
}

/// `einsum(a, [0, 1], b, [1, 2], [0, 2])`
fn listed(call: &Call<'_>, items: &[Arg]) -> Result<(String, Vec<Expr>)> {
    let letters = |arg: &Arg| -> Result<String> {
        let (Arg::List(items) | Arg::Tuple(items)) = arg else {
            return Err(Error::value("subscripts are lists of integers"));
        };
        let one = |item: &Arg| match item {
            Arg::Ellipsis => Ok("...".to_string()),
            other => {
                let n = call.int_of(other, "operands")?;
                let letter =
                    u8::try_from(n).ok().filter(|n| *n < 52).map(|n| if n < 26 { b'A' + n } else { b'a' + n - 26 });
                letter
                    .map(|c| char::from(c).to_string())
                    .ok_or_else(|| Error::value("subscript is not within the valid range [0, 52)"))
            }
        };
        items.iter().map(one).collect()
    };
    let (mut text, mut operands) = (Vec::new(), Vec::new());
    let pairs = items.chunks_exact(2);
    let output = pairs.remainder().first();
    for pair in pairs {
        operands.push(asarray(&pair[0])?);
        text.push(letters(&pair[1])?);
    }
    let mut joined = text.join(",");
    if let Some(output) = output {
        joined = format!("{joined}->{}", letters(output)?);
    }
    Ok((joined, operands))
}

fn einsum(call: &Call<'_>) -> Result<Arg> {
    call.no_out()?;
    let (text, operands) = terms(call)?;
    let (inputs, output) = text.split_once("->").map_or((text.as_str(), None), |(i, o)| (i, Some(o)));
    let parts: Vec<&str> = inputs.split(',').collect();
    if parts.len() != operands.len() {
        return Err(Error::value(
            "more operands provided to einstein sum function than specified in the subscripts string",
        ));
    }
    let asked = call.dtype("dtype")?;
    let dtype =
        operands.iter().map(|x| x.dtype).reduce(crate::data::DType::promote).unwrap_or(crate::data::DType::Float64);
    let dtype = asked.unwrap_or(dtype);
    let mut all = Vec::new();
    for (term, x) in parts.iter().zip(&operands) {
        all.push(Named { axes: names(term, x.ndim())?, x: cast(x, dtype) });
    }
    let widest = all.iter().map(|n| n.axes.iter().filter(|c| **c >= hidden(0)).count()).max().unwrap_or(0);
    let out = match output {
        None => implied(&all),
        Some(term) => {
            let plain = term.chars().filter(|c| *c != '.').count();
            names(term, plain + if term.contains("...") { widest } else { 0 })?
        }
    };
    if let Some(missing) = out.iter().find(|c| !all.iter().any(|n| n.axes.contains(c))) {
        return Err(Error::value(format!(
            "einstein sum subscripts string included output subscript '{missing}' which never appeared in an input"
        )));
    }
    let mut rest = all.into_iter().map(diagonals).collect::<Result<Vec<_>>>()?;
    while rest.len() > 1 {
        let (first, second) = cheapest_pair(&rest);
        let (b, a) = (rest.remove(second), rest.remove(first));
        let joined = product(a, b, |c| out.contains(&c) || rest.iter().any(|n| n.axes.contains(&c)))?;
        rest.insert(first, joined);
    }
    let current = summed(rest.remove(0), |c| out.contains(&c));
    answer(arranged(&current, &out))
}
