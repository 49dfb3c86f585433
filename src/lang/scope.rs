//! The scopes of lambdas and comprehensions, below the variables of the session.

use crate::lang::value::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The innermost scope; `None` is the session itself.
pub type Env = Option<Rc<Scope>>;

/// The variables of a lambda's call or of a comprehension.
#[derive(Default)]
pub struct Scope {
    variables: RefCell<HashMap<String, Value>>,
    parent: Env,
}

impl Scope {
    /// An empty scope within another.
    pub fn within(parent: &Env) -> Rc<Scope> {
        Rc::new(Scope { variables: RefCell::default(), parent: parent.clone() })
    }

    /// Binds a name here.
    pub fn set(&self, name: &str, value: Value) {
        self.variables.borrow_mut().insert(name.to_string(), value);
    }

    /// The value of a name, here or in the scopes around.
    pub fn get(&self, name: &str) -> Option<Value> {
        let found = self.variables.borrow().get(name).cloned();
        found.or_else(|| self.parent.as_ref()?.get(name))
    }

    /// The names bound here and around.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.variables.borrow().keys().cloned().collect();
        names.extend(self.parent.iter().flat_map(|parent| parent.names()));
        names
    }
}
