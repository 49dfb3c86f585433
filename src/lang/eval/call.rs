//! Calls: of builtins, rows of `ops::function`, methods, types and lambdas.

use crate::data::{Error, Place, Result};
use crate::lang::builtins::construct;
use crate::lang::convert::{any_lazy, arrays_in, from_arg, to_arg};
use crate::lang::eval::expression::at_span;
use crate::lang::function::{Args, Func};
use crate::lang::interpreter::has_span;
use crate::lang::iterate::elements;
use crate::lang::machine::{Machine, Wrap};
use crate::lang::rows;
use crate::lang::scope::Env;
use crate::lang::syntax::{Arg as Argument, Expr, ExprKind, Span};
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::{Call, Function, How, Mode, bind};

/// Where the arguments of a call stand in the source.
struct Spans {
    receiver: Option<Span>,
    positional: Vec<Span>,
    named: Vec<(String, Span)>,
    whole: Span,
}

impl Machine<'_> {
    /// `func(args)`.
    pub(super) fn eval_call(&self, call: &Expr, func: &Expr, args: &[Argument], env: &Env) -> Result<Value> {
        let callee = self.eval(func, env)?;
        let receiver = match &func.kind {
            ExprKind::Attribute { value, .. } => Some(value.span),
            _ => None,
        };
        let mut spans = Spans { receiver, positional: Vec::new(), named: Vec::new(), whole: call.span };
        let values = self.arguments(args, env, &mut spans)?;
        self.call(&callee, values).map_err(|error| place(error, &callee, &spans))
    }

    fn arguments(&self, args: &[Argument], env: &Env, spans: &mut Spans) -> Result<Args> {
        let mut out = Args::default();
        for arg in args {
            match arg {
                Argument::Positional(expr) => {
                    out.positional.push(self.eval(expr, env)?);
                    spans.positional.push(expr.span);
                }
                Argument::Star(expr) => {
                    let value = self.eval(expr, env)?;
                    let items = elements(self, &value).map_err(|error| at_span(error, expr.span))?;
                    spans.positional.extend(vec![expr.span; items.len()]);
                    out.positional.extend(items);
                }
                Argument::Keyword { name, value, name_span } => {
                    if out.named.iter().any(|(known, _)| known == name) {
                        let error = Error::new(
                            crate::data::ErrorKind::SyntaxError,
                            format!("keyword argument repeated: {name}"),
                        );
                        return Err(at_span(error, *name_span));
                    }
                    out.named.push((name.clone(), self.eval(value, env)?));
                    spans.named.push((name.clone(), value.span));
                }
                Argument::DoubleStar(expr) => self.spread_dict(expr, env, &mut out, spans)?,
            }
        }
        Ok(out)
    }

    fn spread_dict(&self, expr: &Expr, env: &Env, out: &mut Args, spans: &mut Spans) -> Result<()> {
        let Value::Dict(dict) = self.eval(expr, env)? else {
            return Err(at_span(Error::type_("argument after ** must be a mapping"), expr.span));
        };
        for (key, value) in dict.borrow().iter() {
            let Value::Str(name) = key else {
                return Err(at_span(Error::type_("keywords must be strings"), expr.span));
            };
            out.named.push((name.to_string(), value.clone()));
            spans.named.push((name.to_string(), expr.span));
        }
        Ok(())
    }

    /// Calls a value with arguments.
    ///
    /// # Errors
    /// `TypeError` where it cannot be called, and what the function fails with.
    pub fn call(&self, callee: &Value, args: Args) -> Result<Value> {
        match callee {
            Value::Function(function) => self.call_function(function, args),
            Value::Type(id) => construct(self, *id, args),
            other => {
                let error = Error::type_(format!("'{}' object is not callable", type_name(other)));
                Err(match other {
                    Value::Module(_) => error.help("a module is no function: name one of its functions after a dot"),
                    Value::Array(_) => error.help("an array is indexed with [ ], not called with ( )"),
                    _ => error,
                })
            }
        }
    }

    fn call_function(&self, function: &Func, mut args: Args) -> Result<Value> {
        match function {
            Func::Builtin(builtin) => (builtin.run)(self, args),
            Func::Method { method, receiver } => (method.run)(self, receiver, args),
            Func::Lambda(lambda) => self.call_lambda(lambda, args),
            Func::Row { row, mode } => call_row(self, row, *mode, args),
            Func::RowMethod { row, receiver } => {
                args.positional.insert(0, receiver.clone());
                let mode = if let Value::Generator(_, mode) = receiver { *mode } else { Mode::Eager };
                call_row(self, row, mode, args)
            }
            Func::UfuncMethod { row, mode, method } => {
                crate::lang::methods::ufunc_method(self, row, *mode, method, args)
            }
            Func::Vectorized(inner) => crate::lang::builtins::vectorized(self, inner, args),
        }
    }
}

/// The error with labels at the arguments that they are about.
fn place(mut error: Error, callee: &Value, spans: &Spans) -> Error {
    if has_span(&error) {
        return error;
    }
    let (row, shift) = match callee {
        Value::Function(f) => match &**f {
            Func::Row { row, .. } => (Some(*row), 0),
            Func::RowMethod { row, .. } => (Some(*row), 1),
            _ => (None, 0),
        },
        _ => (None, 0),
    };
    let positional = |i: usize| match i.checked_sub(shift) {
        Some(i) => spans.positional.get(i).copied(),
        None => spans.receiver,
    };
    let refused = spans.named.iter().find(|(name, _)| error.message.contains(&format!("keyword argument '{name}'")));
    if let Some((_, span)) = refused {
        return at_span(error, *span);
    }
    for (place, _) in &mut error.labels {
        let span = match place {
            Place::Operand(i) => positional(*i),
            Place::Param(name) => {
                let named = spans.named.iter().find(|(n, _)| n == name).map(|(_, span)| *span);
                named.or_else(|| positional(row?.params.iter().position(|p| p.name == *name)?))
            }
            Place::Span(..) => None,
        };
        if let Some(span) = span {
            *place = Place::Span(span.start, span.end);
        }
    }
    at_span(error, spans.whole)
}

/// Functions whose 0-d results stay arrays, as in NumPy.
const KEEP_0D: &[&str] = &[
    "array",
    "asarray",
    "asanyarray",
    "ascontiguousarray",
    "zeros",
    "ones",
    "empty",
    "full",
    "zeros_like",
    "ones_like",
    "empty_like",
    "full_like",
    "reshape",
    "squeeze",
    "copy",
    "where",
    "broadcast_to",
    "transpose",
    "astype",
    "atleast_1d",
    "ravel",
    "expand_dims",
    "moveaxis",
    "swapaxes",
    "from_array",
    "piecewise",
    "select",
    "broadcast_arrays",
    "block",
    "cov",
    "tensordot",
    "linalg.tensordot",
    "i0",
    "isin",
    "tile",
    "roll",
    "real_if_close",
    "resize",
];

/// Functions whose results never share memory with their arguments.
const COPIES: &[&str] = &[
    "copy",
    "flatten",
    "array",
    "astype",
    "tile",
    "repeat",
    "resize",
    "append",
    "concatenate",
    "stack",
    "hstack",
    "vstack",
];

/// Calls a row of `ops::function`.
///
/// # Errors
/// What binding, building or evaluating fails with.
pub(in crate::lang) fn call_row(
    machine: &Machine<'_>,
    row: &'static Function,
    mode: Mode,
    args: Args,
) -> Result<Value> {
    let (args, out) = without_out(row, args)?;
    let mut given = args.positional.clone();
    given.extend(args.named.iter().map(|(_, value)| value.clone()));
    let arrays = arrays_in(&given);
    let mode = match mode {
        Mode::Lazy if machine.outside.da_is_eager() => Mode::Eager,
        Mode::Eager if any_lazy(&arrays) => Mode::Lazy,
        other => other,
    };
    let positional = args.positional.iter().map(|value| to_arg(machine, value)).collect::<Result<_>>()?;
    let named =
        args.named.iter().map(|(name, value)| Ok((name.clone(), to_arg(machine, value)?))).collect::<Result<_>>()?;
    let bound = bind(row, positional, named)?;
    let filled = bound.into_iter().zip(row.params).map(|(slot, param)| match slot {
        Some(arg) => Ok(arg),
        None => rows::default_of(machine, param),
    });
    let call = Call { function: row, mode, args: filled.collect::<Result<_>>()?, host: machine };
    let answer = machine.in_mode(mode, || (row.compose)(&call))?;
    let bases = if mode == Mode::Eager && !COPIES.contains(&row.name) { arrays } else { Vec::new() };
    let wrap = Wrap { mode, keep_0d: KEEP_0D.contains(&row.name), bases: &bases };
    let value = rows::named_result(row.name, from_arg(machine, answer, wrap)?);
    match out {
        Some(target) => {
            let value = kept_elsewhere(machine, row, &args, &target, value)?;
            write_out(machine, &target, value)
        }
        None => Ok(value),
    }
}

/// What is written into `out=` by an elementwise function with `where=`: the target's own values where the mask does not hold.
fn kept_elsewhere(machine: &Machine<'_>, row: &Function, args: &Args, target: &Value, value: Value) -> Result<Value> {
    let elementwise = matches!(row.params.first(), Some(p) if matches!(p.name, "x" | "x1") && p.default.is_none());
    let mask = args.named.iter().find(|(name, value)| name == "where" && !matches!(value, Value::Bool(true)));
    match (mask, rows::find("where")) {
        (Some((_, mask)), Some(where_row)) if elementwise => {
            call_row(machine, where_row, Mode::Eager, Args::of(vec![mask.clone(), value, target.clone()]))
        }
        _ => Ok(value),
    }
}

/// The arguments without `out`, by name or by position, and what it was given.
fn without_out(row: &Function, mut args: Args) -> Result<(Args, Option<Value>)> {
    let place = row
        .params
        .iter()
        .position(|p| p.name == "out" && p.how == How::Either)
        .filter(|at| *at < args.positional.len());
    let named = args.named.iter().position(|(name, _)| name == "out");
    let target = match (place, named) {
        (Some(at), _) => std::mem::replace(&mut args.positional[at], Value::None),
        (None, Some(at)) => args.named.remove(at).1,
        (None, None) => return Ok((args, None)),
    };
    match target {
        Value::None => Ok((args, None)),
        Value::Tuple(items) if items.len() == 1 => Ok((args, Some(items[0].clone()))),
        Value::Array(_) => Ok((args, Some(target))),
        _ => Err(Error::type_("return arrays must be of ArrayType")),
    }
}

fn write_out(machine: &Machine<'_>, target: &Value, value: Value) -> Result<Value> {
    let Value::Array(array) = target else { return Ok(value) };
    let new = crate::lang::convert::array_of(machine, &value)?;
    if !new.dtype.casts_same_kind_to(array.dtype()) {
        let message = format!(
            "Cannot cast output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
            new.dtype,
            array.dtype()
        );
        return Err(Error::new(crate::data::ErrorKind::UFuncTypeError, message));
    }
    machine.set_array(array, &[crate::ops::index::Index::Ellipsis], &new)?;
    Ok(target.clone())
}
