//! Callables and what they are called with.

use crate::data::{Error, Result, nearest};
use crate::lang::machine::Machine;
use crate::lang::scope::Env;
use crate::lang::syntax;
use crate::lang::value::Value;
use crate::ops::function::{Function, Mode};

/// What a native function is.
pub type Run = fn(&Machine<'_>, Args) -> Result<Value>;

/// What a native method is: it gets the receiver first.
pub type RunMethod = fn(&Machine<'_>, &Value, Args) -> Result<Value>;

/// A function written in Rust: a builtin of Python, or one of a module's table.
pub struct Builtin {
    pub name: &'static str,
    /// How it is called, for help: `sorted(iterable, *, key=None, reverse=False)`.
    pub signature: &'static str,
    /// One sentence with a full stop.
    pub doc: &'static str,
    pub run: Run,
}

/// A method written in Rust.
pub struct Method {
    pub name: &'static str,
    pub run: RunMethod,
}

/// A callable value.
pub enum Func {
    Builtin(&'static Builtin),
    /// A row of `ops::function` as `np.f` or `da.f`.
    Row {
        row: &'static Function,
        mode: Mode,
    },
    /// The method form of a row: the receiver is its first argument.
    RowMethod {
        row: &'static Function,
        receiver: Value,
    },
    Method {
        method: &'static Method,
        receiver: Value,
    },
    /// `np.add.reduce` and the like.
    UfuncMethod {
        row: &'static Function,
        mode: Mode,
        method: &'static str,
    },
    Lambda(Lambda),
    /// `np.vectorize(f)`.
    Vectorized(Value),
}

/// A lambda with the scope it was written in.
pub struct Lambda {
    pub params: Vec<(syntax::Param, Option<Value>)>,
    pub body: syntax::Expr,
    pub scope: Env,
    /// The number of the cell whose source the spans of the body point into.
    pub cell: u64,
}

impl Func {
    /// The name of the callable.
    pub fn name(&self) -> &str {
        match self {
            Func::Builtin(builtin) => builtin.name,
            Func::Row { row, .. } | Func::RowMethod { row, .. } => row.name,
            Func::Method { method, .. } => method.name,
            Func::UfuncMethod { method, .. } => method,
            Func::Lambda(_) => "<lambda>",
            Func::Vectorized(_) => "vectorize",
        }
    }

    /// Whether both are the same function of a table.
    pub fn is_same(&self, other: &Func) -> bool {
        match (self, other) {
            (Func::Builtin(a), Func::Builtin(b)) => std::ptr::eq(*a, *b),
            (Func::Row { row: a, mode: x }, Func::Row { row: b, mode: y }) => a.name == b.name && x == y,
            _ => false,
        }
    }
}

/// The arguments of a call.
#[derive(Clone, Default)]
pub struct Args {
    pub positional: Vec<Value>,
    pub named: Vec<(String, Value)>,
}

/// The arguments of a call at the parameters they were bound to.
pub struct Bound {
    slots: Vec<Option<Value>>,
}

impl Args {
    /// Positional arguments alone.
    pub fn of(positional: Vec<Value>) -> Args {
        Args { positional, named: Vec::new() }
    }

    /// Binds to parameters in order, the first `required` of which must be given. A name after `*` is keyword-only.
    ///
    /// # Errors
    /// `TypeError` as Python words it.
    pub fn bind(self, function: &str, params: &[&str], required: usize) -> Result<Bound> {
        let names: Vec<&str> = params.iter().copied().filter(|p| *p != "*").collect();
        let most = params.iter().position(|p| *p == "*").unwrap_or(names.len());
        if self.positional.len() > most {
            return Err(too_many(function, most, self.positional.len(), required));
        }
        let mut slots: Vec<Option<Value>> = self.positional.into_iter().map(Some).collect();
        slots.resize_with(names.len(), || None);
        for (name, value) in self.named {
            let at = names.iter().position(|n| *n == name).ok_or_else(|| unknown(function, &name, &names))?;
            if slots[at].is_some() {
                return Err(Error::type_(format!("{function}() got multiple values for argument '{name}'")));
            }
            slots[at] = Some(value);
        }
        match slots.iter().take(required).position(Option::is_none) {
            Some(_) => Err(missing(function, &names[..required], &slots)),
            None => Ok(Bound { slots }),
        }
    }

    /// The arguments of a function that takes from `least` to `most` positional ones and none by name.
    ///
    /// # Errors
    /// `TypeError` as Python words it.
    pub fn plain(self, function: &str, least: usize, most: usize) -> Result<Vec<Value>> {
        if !self.named.is_empty() {
            return Err(Error::type_(format!("{function}() takes no keyword arguments")));
        }
        let given = self.positional.len();
        if given < least || given > most {
            let bounds = match (least, most) {
                (0, 0) => "no arguments".to_string(),
                (1, 1) => "exactly one argument".to_string(),
                (a, b) if a == b => format!("exactly {a} arguments"),
                (a, _) if given < a => format!("at least {a} argument{}", if a == 1 { "" } else { "s" }),
                (_, b) => format!("at most {b} argument{}", if b == 1 { "" } else { "s" }),
            };
            return Err(Error::type_(format!("{function}() takes {bounds} ({given} given)")));
        }
        Ok(self.positional)
    }
}

impl Bound {
    /// The argument at a parameter's position that must be given, taken out.
    pub fn need(&mut self, at: usize) -> Value {
        self.slots.get_mut(at).and_then(Option::take).unwrap_or(Value::None)
    }

    /// The argument at a parameter's position, where it was given.
    pub fn get(&mut self, at: usize) -> Option<Value> {
        self.slots.get_mut(at).and_then(Option::take)
    }

    /// The same, `None` counting as not given.
    pub fn some(&mut self, at: usize) -> Option<Value> {
        self.get(at).filter(|value| !matches!(value, Value::None))
    }
}

fn too_many(function: &str, most: usize, given: usize, required: usize) -> Error {
    let takes = if required == most { format!("{most}") } else { format!("from {required} to {most}") };
    let plural = if most == 1 { "" } else { "s" };
    Error::type_(format!("{function}() takes {takes} positional argument{plural} but {given} were given"))
}

fn unknown(function: &str, name: &str, names: &[&str]) -> Error {
    let error = Error::type_(format!("{function}() got an unexpected keyword argument '{name}'"));
    match nearest(name, names.iter().copied()) {
        Some(meant) => error.help(format!("unknown argument `{name}` of {function}: did you mean `{meant}`?")),
        None => error,
    }
}

fn missing(function: &str, names: &[&str], slots: &[Option<Value>]) -> Error {
    let lacking: Vec<String> =
        names.iter().zip(slots).filter(|(_, s)| s.is_none()).map(|(n, _)| format!("'{n}'")).collect();
    let plural = if lacking.len() == 1 { "" } else { "s" };
    let count = lacking.len();
    Error::type_(format!(
        "{function}() missing {count} required positional argument{plural}: {}",
        lacking.join(" and ")
    ))
}
