//! The rows of `ops::function` as the language sees them: found by name, defaults read, results named.

use crate::data::Result;
use crate::lang::convert::to_arg;
use crate::lang::machine::Machine;
use crate::lang::syntax::{StmtKind, parse_cell};
use crate::lang::value::{NamedTuple, Value};
use crate::ops::function::{self, Arg, Function, Home, Mode, Parameter};
use std::rc::Rc;

/// The row of a name with its sub-module: `mean`, `linalg.norm`.
pub fn find(name: &str) -> Option<&'static Function> {
    function::find(name)
}

/// The row of a name in the module of a mode.
pub fn find_in(name: &str, mode: Mode) -> Option<&'static Function> {
    find(name).filter(|row| {
        matches!((row.home, mode), (Home::Both, _) | (Home::NumpyOnly, Mode::Eager) | (Home::DaskOnly, Mode::Lazy))
    })
}

/// The names of the rows below a prefix such as `linalg.`, without it.
pub fn names(prefix: &str, mode: Mode) -> Vec<&'static str> {
    let inside = |row: &'static Function| {
        let name = row.name.strip_prefix(prefix)?;
        (!name.contains('.') && find_in(row.name, mode).is_some()).then_some(name)
    };
    function::all().filter_map(inside).collect()
}

/// The rows that arrays have as methods.
pub fn methods() -> impl Iterator<Item = &'static Function> {
    function::all().filter(|row| row.method)
}

/// The default of a parameter, read from its Python text.
///
/// # Errors
/// Where the text is no expression: a mistake in the row.
pub fn default_of(machine: &Machine<'_>, param: &Parameter) -> Result<Arg> {
    let text = param.default.unwrap_or("None");
    Ok(match text {
        "None" => Arg::None,
        "True" => Arg::Bool(true),
        "False" => Arg::Bool(false),
        "()" => Arg::Tuple(vec![]),
        _ => match parse_cell(text).ok().and_then(|cell| cell.statements.into_iter().next()) {
            Some(statement) => match &statement.kind {
                StmtKind::Expr(expr) => to_arg(machine, &machine.eval(expr, &None)?)?,
                _ => Arg::None,
            },
            None => Arg::None,
        },
    })
}

/// Functions whose results are named tuples.
const NAMED: &[(&str, &str, &[&str])] = &[
    ("linalg.qr", "QRResult", &["Q", "R"]),
    ("linalg.svd", "SVDResult", &["U", "S", "Vh"]),
    ("linalg.eig", "EigResult", &["eigenvalues", "eigenvectors"]),
    ("linalg.eigh", "EighResult", &["eigenvalues", "eigenvectors"]),
    ("linalg.slogdet", "SlogdetResult", &["sign", "logabsdet"]),
    ("unique_all", "UniqueAllResult", &["values", "indices", "inverse_indices", "counts"]),
    ("unique_counts", "UniqueCountsResult", &["values", "counts"]),
    ("unique_inverse", "UniqueInverseResult", &["values", "inverse_indices"]),
];

/// The result of a function with the names that NumPy gives its parts.
pub fn named_result(function: &str, value: Value) -> Value {
    let row = NAMED.iter().find(|row| row.0 == function);
    match (row, &value) {
        (Some((_, name, fields)), Value::Tuple(items)) if items.len() == fields.len() => {
            Value::Named(Rc::new(NamedTuple { name, fields, items: items.to_vec() }))
        }
        _ => value,
    }
}

/// The signature, sentence and example of a function, as help shows them.
pub fn help(row: &Function, prefix: &str) -> String {
    let mut out = format!("{prefix}.{}\n\n{}\n", function::signature(row), row.doc);
    if !row.example.is_empty() {
        out.push_str("\nExample:\n");
        row.example.lines().for_each(|line| out.push_str(&format!("    >>> {line}\n")));
        row.shows.lines().for_each(|line| out.push_str(&format!("    {line}\n")));
    }
    out
}
