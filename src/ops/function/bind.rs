//! Arguments to parameters, with Python's rules and errors that name the parameter meant.

use crate::data::{Error, Place, Result, nearest};
use crate::ops::function::{Arg, Function, How, Parameter};

/// The argument of each parameter; `None` where it was not given.
///
/// # Errors
/// `TypeError` for an unknown, missing, doubled or superfluous argument.
pub fn bind(function: &Function, positional: Vec<Arg>, named: Vec<(String, Arg)>) -> Result<Vec<Option<Arg>>> {
    let params = function.params;
    let mut bound: Vec<Option<Arg>> = vec![None; params.len()];
    let given = positional.len();
    let mut positional = positional.into_iter();
    for (slot, param) in bound.iter_mut().zip(params) {
        match param.how {
            How::KeywordOnly => break,
            How::Rest => *slot = Some(Arg::Tuple(positional.by_ref().collect())),
            How::Either | How::PositionalOnly => *slot = positional.next(),
        }
    }
    if positional.next().is_some() {
        return Err(too_many(function, given));
    }
    for (name, value) in named {
        let found = params.iter().position(|p| p.name == name && !matches!(p.how, How::PositionalOnly | How::Rest));
        let Some(at) = found else { return Err(unknown(function, &name)) };
        if bound[at].is_some() {
            return Err(Error::type_(format!("{}() got multiple values for argument '{name}'", function.name))
                .at(Place::Param(params[at].name), "given twice"));
        }
        bound[at] = Some(value);
    }
    let missing: Vec<&str> = bound
        .iter()
        .zip(params)
        .filter(|(slot, p)| slot.is_none() && p.default.is_none())
        .map(|(_, p)| p.name)
        .collect();
    if missing.is_empty() { Ok(bound) } else { Err(lacking(function, &missing)) }
}

/// The call as help shows it: `mean(a, axis=None, dtype=None)`.
pub fn signature(function: &Function) -> String {
    let show = |p: &Parameter| match (p.how, p.default) {
        (How::Rest, _) => format!("*{}", p.name),
        (_, None) => p.name.to_string(),
        (_, Some(default)) => format!("{}={default}", p.name),
    };
    format!("{}({})", function.name, function.params.iter().map(show).collect::<Vec<_>>().join(", "))
}

fn unknown(function: &Function, name: &str) -> Error {
    let error = Error::type_(format!("{}() got an unexpected keyword argument '{name}'", function.name));
    match nearest(name, function.params.iter().map(|p| p.name)) {
        Some(meant) => error.help(format!("unknown argument `{name}` of {}: did you mean `{meant}`?", function.name)),
        None => error.help(format!("it is called as {}", signature(function))),
    }
}

fn too_many(function: &Function, given: usize) -> Error {
    let most = function.params.iter().filter(|p| p.how != How::KeywordOnly).count();
    let message = format!("{}() takes at most {most} positional arguments but {given} were given", function.name);
    Error::type_(message).help(format!("it is called as {}", signature(function)))
}

fn lacking(function: &Function, missing: &[&str]) -> Error {
    let names: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
    let plural = if missing.len() == 1 { "" } else { "s" };
    let message = format!(
        "{}() missing {} required positional argument{plural}: {}",
        function.name,
        missing.len(),
        names.join(" and ")
    );
    Error::type_(message).help(format!("it is called as {}", signature(function)))
}
