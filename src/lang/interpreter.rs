//! The session's variables and the running of cells.

use crate::data::Place;
use crate::data::text::PrintOptions;
use crate::lang::diagnostic::Diagnostic;
use crate::lang::function::Func;
use crate::lang::machine::Machine;
use crate::lang::modules::ModuleId;
use crate::lang::outside::Outside;
use crate::lang::repr::repr;
use crate::lang::syntax::parse_cell;
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::Mode;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};

/// Bytes of stack that evaluation may use before a recursion is refused; the thread must have more.
const DEFAULT_STACK_BYTES: usize = 5 * 1024 * 1024;

/// A session of the language: variables, and what outlives a cell.
pub struct Interpreter {
    pub(super) variables: RefCell<BTreeMap<String, Value>>,
    /// Callables that functions were given, by the number they know them by.
    pub(super) callables: RefCell<HashMap<u64, Value>>,
    pub(super) print_options: RefCell<PrintOptions>,
    pub(super) warnings_silenced: Cell<bool>,
    pub(super) warned: RefCell<Vec<String>>,
    pub(super) cell: Cell<u64>,
    pub(super) depth: Cell<usize>,
    pub(super) stack_base: Cell<usize>,
    pub(super) stack_bytes: Cell<usize>,
    pub(super) calling: Cell<Mode>,
}

/// What a cell gave.
pub struct CellResult {
    /// The value of the last expression; `None` where there is none, it is Python's `None`, or it is silenced.
    pub value: Option<Value>,
    pub error: Option<Diagnostic>,
}

/// A variable as `%whos` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub type_name: String,
    pub info: String,
}

impl Default for Interpreter {
    fn default() -> Interpreter {
        Interpreter::new()
    }
}

impl Interpreter {
    /// A session with `np` and `da` bound.
    pub fn new() -> Interpreter {
        let interpreter = Interpreter {
            variables: RefCell::default(),
            callables: RefCell::default(),
            print_options: RefCell::default(),
            warnings_silenced: Cell::new(false),
            warned: RefCell::default(),
            cell: Cell::new(0),
            depth: Cell::new(0),
            stack_base: Cell::new(0),
            stack_bytes: Cell::new(DEFAULT_STACK_BYTES),
            calling: Cell::new(Mode::Eager),
        };
        interpreter.reset();
        interpreter
    }

    /// Says how many bytes of stack evaluation may use, for a thread with a stack of its own.
    pub fn allow_stack(&self, bytes: usize) {
        self.stack_bytes.set(bytes);
    }

    /// Runs a cell: statements without magic lines.
    pub fn run_cell(&mut self, source: &str, outside: &dyn Outside) -> CellResult {
        let here = 0u8;
        self.stack_base.set(std::ptr::addr_of!(here) as usize);
        self.depth.set(0);
        self.cell.set(self.cell.get() + 1);
        let cell = match parse_cell(source) {
            Ok(cell) => cell,
            Err(problem) => return CellResult { value: None, error: Some(Diagnostic::of_problem(&problem)) },
        };
        let machine = Machine { session: self, outside };
        match machine.run(&cell.statements) {
            Ok(value) => {
                let value = value.filter(|v| !cell.silenced && !matches!(v, Value::None));
                CellResult { value, error: None }
            }
            Err(error) => CellResult { value: None, error: Some(Diagnostic::of_error(&error)) },
        }
    }

    /// The text of a value as `repr` gives it.
    pub fn show(&self, value: &Value, outside: &dyn Outside) -> String {
        let machine = Machine { session: self, outside };
        repr(&machine, value).unwrap_or_else(|error| format!("<{}: {}>", error.kind.name(), error.message))
    }

    /// The values of a lazy or eager array, as its text shows them after computing; other values as they are.
    ///
    /// # Errors
    /// What the computation failed with.
    pub fn computed(&self, value: &Value, outside: &dyn Outside) -> crate::data::Result<Value> {
        Machine { session: self, outside }.computed(value)
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.variables.borrow().get(name).cloned()
    }

    /// Binds a variable.
    pub fn set(&mut self, name: &str, value: Value) {
        self.variables.borrow_mut().insert(name.to_string(), value);
    }

    /// Deletes a variable; whether it was there.
    pub fn delete(&mut self, name: &str) -> bool {
        self.variables.borrow_mut().remove(name).is_some()
    }

    /// Deletes all variables; `np`, `da`, `dask`, `Client` and `progress` are there again.
    pub fn reset(&self) {
        let mut variables = self.variables.borrow_mut();
        variables.clear();
        variables.insert("np".to_string(), Value::Module(ModuleId::Numpy));
        variables.insert("da".to_string(), Value::Module(ModuleId::DaskArray));
    }

    /// The variables that the user made, by name.
    pub fn variables(&self) -> Vec<Variable> {
        let hidden = |name: &str| name.starts_with('_') || matches!(name, "In" | "Out");
        let variables = self.variables.borrow();
        let shown = variables.iter().filter(|(name, value)| {
            let preset = matches!(
                (name.as_str(), value),
                ("np", Value::Module(ModuleId::Numpy)) | ("da", Value::Module(ModuleId::DaskArray))
            );
            !hidden(name) && !preset
        });
        let variable = |(name, value): (&String, &Value)| Variable {
            name: name.clone(),
            type_name: bare_type(value),
            info: info(value),
        };
        shown.map(variable).collect()
    }

    /// Remembers a cell's value as `_`, `__`, `___` and `Out[number]`, and its source as `In[number]`.
    pub fn remember(&mut self, number: usize, source: &str, value: Option<&Value>) {
        let mut variables = self.variables.borrow_mut();
        let inputs = variables.entry("In".to_string()).or_insert_with(|| Value::list(vec![Value::str("")]));
        if let Value::List(items) = inputs {
            let mut items = items.borrow_mut();
            let known = items.len().max(number);
            items.resize(known, Value::str(""));
            items.push(Value::str(source));
        }
        let Some(value) = value else { return };
        for (older, newer) in [("___", "__"), ("__", "_")] {
            if let Some(last) = variables.get(newer).cloned() {
                variables.insert(older.to_string(), last);
            }
        }
        variables.insert("_".to_string(), value.clone());
        variables.insert(format!("_{number}"), value.clone());
        let outputs = variables.entry("Out".to_string()).or_insert_with(|| Value::dict(Default::default()));
        if let Value::Dict(dict) = outputs {
            // An int is always a key.
            let _ = dict.borrow_mut().insert(Value::int(number), value.clone());
        }
    }

    /// Remembers a callable and answers the number that functions know it by.
    pub(super) fn remember_callable(&self, value: &Value) -> u64 {
        let mut callables = self.callables.borrow_mut();
        if let Some((&id, _)) = callables.iter().find(|(_, known)| known.is(value)) {
            return id;
        }
        let id = callables.len() as u64 + 1;
        callables.insert(id, value.clone());
        id
    }
}

/// The last part of the type's name: `ndarray`, `Array`, `int`.
fn bare_type(value: &Value) -> String {
    let name = type_name(value);
    name.rsplit('.').next().unwrap_or(name).to_string()
}

/// What `%whos` says of a value.
fn info(value: &Value) -> String {
    match value {
        Value::Array(array) => {
            let expr = array.expr();
            let size =
                expr.nbytes().map_or("unknown size".to_string(), |n| humansize::format_size(n, humansize::DECIMAL));
            format!("{} {} {size}", crate::data::show_shape(&expr.shape), expr.dtype)
        }
        Value::List(items) => format!("n={}", items.borrow().len()),
        Value::Dict(items) | Value::Set(items) => format!("n={}", items.borrow().len()),
        Value::Tuple(items) => format!("n={}", items.len()),
        Value::Function(f) => match &**f {
            Func::Lambda(_) => "<function <lambda>>".to_string(),
            other => other.name().to_string(),
        },
        other => crate::lang::repr::plain(other),
    }
}

/// The label of an error that is at bytes of the cell's own source.
pub(super) fn has_span(error: &crate::data::Error) -> bool {
    error.labels.iter().any(|(place, _)| matches!(place, Place::Span(..)))
}
