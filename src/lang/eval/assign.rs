//! Assignment: names, unpacking, items.

use crate::data::{Error, Result};
use crate::lang::eval::expression::at_span;
use crate::lang::eval::subscript::index_entries;
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::scope::Env;
use crate::lang::syntax::{Expr, ExprKind};
use crate::lang::types::type_name;
use crate::lang::value::Value;
use crate::ops::function::Mode;

impl Machine<'_> {
    /// Binds a target: a name in the innermost scope, items of a container, or each of several.
    ///
    /// # Errors
    /// `ValueError` where the values are too many or too few, and what item assignment fails with.
    pub(super) fn assign(&self, target: &Expr, value: Value, env: &Env) -> Result<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                match env {
                    Some(scope) => scope.set(name, value),
                    None => {
                        self.session.variables.borrow_mut().insert(name.clone(), value);
                    }
                }
                Ok(())
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                self.unpack(items, &value, env).map_err(|error| at_span(error, target.span))
            }
            ExprKind::Subscript { value: object, index } => {
                let holder = self.eval(object, env)?;
                let at = self.eval_index(index, env)?;
                self.set_item(&holder, &at, &value).map_err(|error| at_span(error, target.span))
            }
            ExprKind::Attribute { value: object, name, name_span } => {
                let holder = self.eval(object, env)?;
                self.set_attribute(&holder, name, &value).map_err(|error| at_span(error, *name_span))
            }
            _ => Err(at_span(Error::type_("this cannot be assigned to"), target.span)),
        }
    }

    fn unpack(&self, targets: &[Expr], value: &Value, env: &Env) -> Result<()> {
        let values = elements(self, value).map_err(|error| match error.message.strip_suffix("is not iterable") {
            Some(_) => Error::type_(format!("cannot unpack non-iterable {} object", type_name(value))),
            None => error,
        })?;
        let star = targets.iter().position(|t| matches!(t.kind, ExprKind::Starred(_)));
        let Some(star) = star else {
            check_count(values.len(), targets.len())?;
            return targets.iter().zip(values).try_for_each(|(target, value)| self.assign(target, value, env));
        };
        let after = targets.len() - star - 1;
        if values.len() < star + after {
            let least = star + after;
            return Err(Error::value(format!(
                "not enough values to unpack (expected at least {least}, got {})",
                values.len()
            )));
        }
        let rest = values[star..values.len() - after].to_vec();
        for (target, value) in targets[..star].iter().zip(&values) {
            self.assign(target, value.clone(), env)?;
        }
        if let ExprKind::Starred(inner) = &targets[star].kind {
            self.assign(inner, Value::list(rest), env)?;
        }
        targets[star + 1..]
            .iter()
            .zip(&values[values.len() - after..])
            .try_for_each(|(t, v)| self.assign(t, v.clone(), env))
    }

    /// `object[index] = value`.
    ///
    /// # Errors
    /// `IndexError`, `ValueError` or `TypeError` as the container says.
    pub fn set_item(&self, object: &Value, index: &Value, value: &Value) -> Result<()> {
        match object {
            Value::List(items) => super::subscript::set_in_list(self, items, index, value),
            Value::Dict(dict) => dict.borrow_mut().insert(index.clone(), value.clone()),
            Value::Array(array) => {
                let entries = index_entries(self, index)?;
                let new = super::vector::fitted_element(self, value, array.dtype())?;
                self.set_array(array, &entries, &new)
            }
            other => Err(Error::type_(format!("'{}' object does not support item assignment", type_name(other)))),
        }
    }

    fn set_attribute(&self, object: &Value, name: &str, value: &Value) -> Result<()> {
        let Value::Array(array) = object else {
            return Err(Error::attribute(format!("attributes of a {} cannot be set", type_name(object))));
        };
        if name == "shape" && array.mode == Mode::Eager {
            let shape = elements(self, value).or_else(|_| Ok(vec![value.clone()]))?;
            let shape: Vec<usize> =
                shape.iter().map(|n| Ok(crate::lang::convert::index_int(self, n)? as usize)).collect::<Result<_>>()?;
            let new = crate::ops::primitive::reshape(&array.expr(), &shape)?;
            let held = self.evaluated(&new)?;
            array.set_owner(held);
            return Ok(());
        }
        Err(Error::attribute(format!("attribute '{name}' of an array cannot be set")))
    }
}

fn check_count(have: usize, want: usize) -> Result<()> {
    if have > want {
        return Err(Error::value(format!("too many values to unpack (expected {want})")));
    }
    if have < want {
        return Err(Error::value(format!("not enough values to unpack (expected {want}, got {have})")));
    }
    Ok(())
}
