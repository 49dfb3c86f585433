//! The names people type: one row a function, from which `da.f`, `np.f`, the method, help, completion and tests follow.

mod along;
mod arg;
mod arguments;
mod arithmetic;
mod bind;
mod build;
pub mod chunks;
mod comparison;
mod convolution;
mod creation;
mod cross;
mod dask_algebra;
mod decompositions;
mod descriptions;
mod diagonals;
mod drawing;
mod einsum;
mod elementwise;
mod exponential;
mod fft;
mod functional;
mod grids;
mod histograms;
mod joining;
mod least_squares;
mod lengthening;
mod lifted;
mod linear_algebra;
mod logic;
mod moments;
mod norms;
pub mod operands;
mod over;
mod overlap;
mod padding;
mod polynomial;
mod random;
mod ranges;
mod reductions;
mod row;
mod scans;
mod selection;
mod sets;
mod shape;
mod sliding;
mod slopes;
mod sorting;
mod statistics;
mod table;
mod tall;
mod turning;
mod ufunc;
mod windows;

pub use arg::{Arg, Callable};
pub use arguments::dtype_of;
pub use bind::{bind, signature};
pub use scans::accumulated;
pub use table::{FAMILIES, all, find, methods, unknown};

use crate::data::{Block, Result};
use crate::ir::Expr;

/// A function of the language: what is typed, what it says about itself, and how it is composed from primitives.
pub struct Function {
    /// The name below `np` and `da`, with its sub-module: `mean`, `random.normal`, `linalg.norm`.
    pub name: &'static str,
    /// Parameters in order.
    pub params: &'static [Parameter],
    /// One sentence with a full stop.
    pub doc: &'static str,
    /// A cell, or several lines of one, that shows what the function does…
    pub example: &'static str,
    /// …and what it shows (as NumPy prints it; lazily, the computed values).
    pub shows: &'static str,
    /// Whether arrays have it as a method, with the array as the first parameter.
    pub method: bool,
    /// Where the function is to be found.
    pub home: Home,
    /// Builds the answer. In eager mode the caller evaluates the arrays in it at once.
    pub compose: fn(&Call<'_>) -> Result<Arg>,
}

/// The modules that have a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    Both,
    NumpyOnly,
    DaskOnly,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    /// The default as Python text (`None`, `False`, `0`, `'C'`); no default means that it must be given.
    pub default: Option<&'static str>,
    pub how: How,
}

/// How a parameter may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By position or by name.
    Either,
    PositionalOnly,
    KeywordOnly,
    /// `*args`: all further positional arguments, as a tuple.
    Rest,
}

impl Parameter {
    /// A parameter that must be given.
    pub const fn required(name: &'static str) -> Parameter {
        Parameter { name, default: None, how: How::Either }
    }

    /// A parameter with a default, as Python text.
    pub const fn optional(name: &'static str, default: &'static str) -> Parameter {
        Parameter { name, default: Some(default), how: How::Either }
    }

    /// A parameter that is given by name alone.
    pub const fn keyword(name: &'static str, default: &'static str) -> Parameter {
        Parameter { name, default: Some(default), how: How::KeywordOnly }
    }

    /// All further positional arguments.
    pub const fn rest(name: &'static str) -> Parameter {
        Parameter { name, default: Some("()"), how: How::Rest }
    }
}

/// Whether arrays are made at once (`np`) or planned (`da`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Eager,
    Lazy,
}

/// One call of a function, its arguments in the order of the parameters with defaults filled in.
pub struct Call<'a> {
    pub function: &'static Function,
    pub mode: Mode,
    pub args: Vec<Arg>,
    pub host: &'a dyn Host,
}

/// What a function may ask of the session while it is being built.
pub trait Host {
    /// The values of arrays, computed together (lazily planned or eagerly, as the arrays' mode is).
    fn values(&self, arrays: &[Expr]) -> Result<Vec<Block>>;
    /// Calls a function of the language (a lambda, a builtin, an `np` function).
    fn call(&self, callable: &Callable, args: Vec<Arg>) -> Result<Arg>;
    /// The same with arguments by name.
    fn call_named(&self, callable: &Callable, args: Vec<Arg>, named: Vec<(&'static str, Arg)>) -> Result<Arg>;
    /// Calls a function with arrays in memory, as `np` would: what it makes is made at once.
    fn call_eagerly(&self, callable: &Callable, args: Vec<Arg>) -> Result<Arg>;
    /// Calls a function to see what it plans of an array that stands for others: it gets lazy arrays, and fails where it
    /// wants a value that depends on that array.
    fn trace(&self, callable: &Callable, args: Vec<Arg>, stand_in: &Expr) -> Result<Arg>;
    /// The seed and stream of the next random array: of a generator, or of the module's own state.
    fn random_key(&self, generator: Option<u64>) -> (u64, u64);
    /// Seeds a generator's or the module's own random state (`None`: fresh from the system).
    fn seed(&self, generator: Option<u64>, seed: Option<u64>);
    /// A new generator with its own state; its handle goes to `random_key`.
    fn new_generator(&self, seed: Option<u64>) -> u64;
    /// The default chunk length of `--chunks`, where one was given.
    fn default_chunk_length(&self) -> Option<usize>;
    /// Shows a warning (`RuntimeWarning` and the like), unless warnings are silenced.
    fn warn(&self, text: &str);
}
