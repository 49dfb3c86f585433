//! Imports of the modules that dka stands in for.

use crate::data::{Error, ErrorKind, Result, nearest};
use crate::lang::eval::expression::at_span;
use crate::lang::machine::Machine;
use crate::lang::modules::{self, ModuleId};
use crate::lang::syntax::{Alias, Span};
use crate::lang::value::Value;

impl Machine<'_> {
    /// `import numpy as np`.
    pub(super) fn import(&self, alias: &Alias) -> Result<()> {
        let module = find_module(&alias.name).map_err(|error| at_span(error, alias.span))?;
        match &alias.asname {
            Some(name) => self.bind(name, Value::Module(module)),
            None => {
                let root = alias.name.split('.').next().unwrap_or(&alias.name);
                self.bind(root, Value::Module(find_module(root)?));
            }
        }
        Ok(())
    }

    /// `from dask.distributed import Client, progress`.
    pub(super) fn import_from(&self, module: &str, span: Span, names: &[Alias]) -> Result<()> {
        let found = find_module(module).map_err(|error| at_span(error, span))?;
        for alias in names {
            if alias.name == "*" {
                for name in modules::public_names(found) {
                    if let Some(value) = modules::member(found, &name) {
                        self.bind(&name, value);
                    }
                }
                continue;
            }
            let value = modules::member(found, &alias.name)
                .ok_or_else(|| at_span(no_member(found, &alias.name), alias.span))?;
            self.bind(alias.asname.as_ref().unwrap_or(&alias.name), value);
        }
        Ok(())
    }

    fn bind(&self, name: &str, value: Value) {
        self.session.variables.borrow_mut().insert(name.to_string(), value);
    }
}

fn find_module(name: &str) -> Result<ModuleId> {
    modules::by_name(name).ok_or_else(|| {
        let error = Error::new(ErrorKind::ModuleNotFoundError, format!("No module named '{name}'"));
        let error = match nearest(name, modules::names()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error,
        };
        error.help("dka runs no Python: it stands in for numpy, dask, dask.array, dask.distributed, dask.diagnostics, warnings, math and time")
    })
}

fn no_member(module: ModuleId, name: &str) -> Error {
    let full = modules::full_name(module);
    let error = Error::new(ErrorKind::ImportError, format!("cannot import name '{name}' from '{full}'"));
    let names = modules::public_names(module);
    match nearest(name, names.iter().map(String::as_str)) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None => error,
    }
}
