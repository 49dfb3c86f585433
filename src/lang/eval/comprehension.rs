//! List, set and dict comprehensions and generator expressions.

use crate::data::Result;
use crate::lang::dict::Dict;
use crate::lang::eval::expression::at_span;
use crate::lang::iterate::walk;
use crate::lang::machine::Machine;
use crate::lang::scope::{Env, Scope};
use crate::lang::syntax::{CompFor, Expr};
use crate::lang::value::Value;

impl Machine<'_> {
    /// The elements of a list comprehension or generator expression.
    pub(super) fn comprehend(&self, element: &Expr, clauses: &[CompFor], env: &Env) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        self.loops(clauses, env, env, &mut |inner| {
            out.push(self.eval(element, inner)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// The dict of a dict comprehension.
    pub(super) fn comprehend_dict(&self, key: &Expr, value: &Expr, clauses: &[CompFor], env: &Env) -> Result<Value> {
        let mut out = Dict::default();
        self.loops(clauses, env, env, &mut |inner| {
            let key = self.eval(key, inner)?;
            out.insert(key, self.eval(value, inner)?)
        })?;
        Ok(Value::dict(out))
    }

    /// Runs the body for every combination; lambdas made in the body share one scope, as in Python.
    fn loops(
        &self,
        clauses: &[CompFor],
        outer: &Env,
        env: &Env,
        body: &mut dyn FnMut(&Env) -> Result<()>,
    ) -> Result<()> {
        let Some((clause, rest)) = clauses.split_first() else { return body(env) };
        let source = self.eval(&clause.iter, env)?;
        let items = walk(self, &source).map_err(|error| at_span(error, clause.iter.span))?;
        let fresh = std::ptr::eq(outer, env);
        let scope: Env = if fresh { Some(Scope::within(outer)) } else { env.clone() };
        for item in items {
            self.check_interrupt()?;
            self.assign(&clause.target, item, &scope)?;
            let mut holds = true;
            for condition in &clause.conditions {
                holds = holds && self.test(condition, &scope)?;
            }
            if holds {
                self.loops(rest, outer, &scope, body)?;
            }
        }
        Ok(())
    }
}
