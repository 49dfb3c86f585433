//! How a row is written down: constructors that a table of functions can use.

use crate::data::Result;
use crate::ir::Expr;
use crate::ops::function::{Arg, Call, Function, Home, Parameter};

impl Function {
    /// A row for both modules that is no method.
    pub const fn row(
        name: &'static str,
        params: &'static [Parameter],
        doc: &'static str,
        example: &'static str,
        shows: &'static str,
        compose: fn(&Call<'_>) -> Result<Arg>,
    ) -> Function {
        Function { name, params, doc, example, shows, method: false, home: Home::Both, compose }
    }

    /// The same, also a method of arrays.
    pub const fn method(mut self) -> Function {
        self.method = true;
        self
    }

    /// The same, of one module alone.
    pub const fn home(mut self, home: Home) -> Function {
        self.home = home;
        self
    }
}

/// A parameter that must be given.
pub(super) const fn need(name: &'static str) -> Parameter {
    Parameter::required(name)
}

/// A parameter with a default.
pub(super) const fn opt(name: &'static str, default: &'static str) -> Parameter {
    Parameter::optional(name, default)
}

/// A parameter given by name alone.
pub(super) const fn key(name: &'static str, default: &'static str) -> Parameter {
    Parameter::keyword(name, default)
}

/// An array as an answer.
pub(super) fn answer(x: Expr) -> Result<Arg> {
    Ok(Arg::Array(x))
}

/// Arrays as a tuple.
pub(super) fn tuple(arrays: Vec<Expr>) -> Result<Arg> {
    Ok(Arg::Tuple(arrays.into_iter().map(Arg::Array).collect()))
}

/// An integer as an answer.
pub(super) fn integer(n: impl Into<num_bigint::BigInt>) -> Result<Arg> {
    Ok(Arg::Int(n.into()))
}
