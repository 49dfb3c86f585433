//! Calls of lambdas: arguments to parameters, and the body in a scope of its own.

use crate::data::{Error, Place, Result};
use crate::lang::dict::Dict;
use crate::lang::function::{Args, Lambda};
use crate::lang::machine::Machine;
use crate::lang::scope::Scope;
use crate::lang::syntax::ParamKind;
use crate::lang::value::Value;

impl Machine<'_> {
    /// Calls a lambda.
    pub(super) fn call_lambda(&self, lambda: &Lambda, args: Args) -> Result<Value> {
        let scope = Scope::within(&lambda.scope);
        bind(lambda, args, &scope)?;
        let elsewhere = lambda.cell != self.session.cell.get();
        self.deeper(|| self.eval(&lambda.body, &Some(scope))).map_err(|mut error| {
            if elsewhere {
                // The spans are of another cell's source: the call is the place that can be shown.
                error.labels.retain(|(place, _)| !matches!(place, Place::Span(..)));
            }
            error
        })
    }
}

fn bind(lambda: &Lambda, args: Args, scope: &Scope) -> Result<()> {
    let given = args.positional.len();
    let mut positional = args.positional.into_iter();
    let mut named = args.named;
    let mut missing = Vec::new();
    for (param, default) in &lambda.params {
        let by_name = |named: &mut Vec<(String, Value)>| {
            let at = named.iter().position(|(name, _)| *name == param.name)?;
            Some(named.remove(at).1)
        };
        let value = match param.kind {
            ParamKind::Star => Some(Value::tuple(positional.by_ref().collect())),
            ParamKind::DoubleStar => Some(rest(&mut named)?),
            ParamKind::KeywordOnly => by_name(&mut named).or_else(|| default.clone()),
            ParamKind::PositionalOnly => positional.next().or_else(|| default.clone()),
            ParamKind::Positional => match (positional.next(), by_name(&mut named)) {
                (Some(_), Some(_)) => {
                    return Err(Error::type_(format!("<lambda>() got multiple values for argument '{}'", param.name)));
                }
                (first, second) => first.or(second).or_else(|| default.clone()),
            },
        };
        match value {
            Some(value) => scope.set(&param.name, value),
            None => missing.push(format!("'{}'", param.name)),
        }
    }
    check(lambda, given, positional.len(), &missing, &named)
}

fn rest(named: &mut Vec<(String, Value)>) -> Result<Value> {
    let mut dict = Dict::default();
    for (name, value) in named.drain(..) {
        dict.insert(Value::str(name), value)?;
    }
    Ok(Value::dict(dict))
}

fn check(lambda: &Lambda, given: usize, spare: usize, missing: &[String], named: &[(String, Value)]) -> Result<()> {
    if spare > 0 {
        let most = lambda
            .params
            .iter()
            .filter(|(p, _)| matches!(p.kind, ParamKind::Positional | ParamKind::PositionalOnly))
            .count();
        let (s, were) = (if most == 1 { "" } else { "s" }, if given == 1 { "was" } else { "were" });
        return Err(Error::type_(format!("<lambda>() takes {most} positional argument{s} but {given} {were} given")));
    }
    if let Some((name, _)) = named.first() {
        return Err(Error::type_(format!("<lambda>() got an unexpected keyword argument '{name}'")));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let s = if missing.len() == 1 { "" } else { "s" };
    let names = match missing {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => missing.concat(),
    };
    Err(Error::type_(format!("<lambda>() missing {} required positional argument{s}: {names}", missing.len())))
}
