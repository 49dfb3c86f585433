//! Statements.

use crate::data::{Error, ErrorKind, Result};
use crate::lang::eval::expression::at_span;
use crate::lang::eval::{binary, truthy};
use crate::lang::machine::Machine;
use crate::lang::repr::text_of;
use crate::lang::syntax::{BinaryOp, Expr, ExprKind, Stmt, StmtKind};
use crate::lang::value::Value;

impl Machine<'_> {
    /// Runs statements in order; the value of the last one where it is an expression.
    ///
    /// # Errors
    /// The first mistake, with its place in the source.
    pub fn run(&self, statements: &[Stmt]) -> Result<Option<Value>> {
        let mut last = None;
        for statement in statements {
            self.check_interrupt()?;
            last = self.statement(statement).map_err(|error| at_span(error, statement.span))?;
        }
        Ok(last)
    }

    fn statement(&self, statement: &Stmt) -> Result<Option<Value>> {
        match &statement.kind {
            StmtKind::Expr(expr) => return self.eval(expr, &None).map(Some),
            StmtKind::Assign { targets, value } => {
                let value = self.eval(value, &None)?;
                targets.iter().try_for_each(|target| self.assign(target, value.clone(), &None))?;
            }
            StmtKind::AugAssign { target, op, value, .. } => self.augmented(target, *op, value)?,
            StmtKind::Delete(targets) => targets.iter().try_for_each(|target| self.delete(target))?,
            StmtKind::Assert { test, message } => self.assert(test, message.as_ref())?,
            StmtKind::Pass => {}
            StmtKind::Import(names) => names.iter().try_for_each(|alias| self.import(alias))?,
            StmtKind::ImportFrom { module, module_span, names } => self.import_from(module, *module_span, names)?,
        }
        Ok(None)
    }

    fn assert(&self, test: &Expr, message: Option<&Expr>) -> Result<()> {
        let value = self.eval(test, &None)?;
        if truthy(self, &value).map_err(|error| at_span(error, test.span))? {
            return Ok(());
        }
        let text = message.map(|m| self.eval(m, &None).and_then(|v| text_of(self, &v))).transpose()?;
        let text = text.filter(|t| !t.is_empty()).unwrap_or_else(|| "the assertion does not hold".to_string());
        Err(at_span(Error::new(ErrorKind::AssertionError, text), test.span))
    }

    /// `target op= value`: arrays and lists change in place.
    fn augmented(&self, target: &Expr, op: BinaryOp, value: &Expr) -> Result<()> {
        let old = self.eval(target, &None)?;
        let added = self.eval(value, &None)?;
        let spans = [target.span, value.span];
        let new = binary::in_place(self, op, &old, &added)
            .map_err(|error| super::expression::at_operands(error, &spans, target.span.to(value.span)))?;
        self.assign(target, new, &None)
    }

    fn delete(&self, target: &Expr) -> Result<()> {
        match &target.kind {
            ExprKind::Name(name) => {
                let gone = self.session.variables.borrow_mut().remove(name).is_some();
                if gone { Ok(()) } else { Err(at_span(self.unknown_name(name, &None), target.span)) }
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().try_for_each(|item| self.delete(item)),
            ExprKind::Subscript { value, index } => {
                let object = self.eval(value, &None)?;
                let index = self.eval_index(index, &None)?;
                self.delete_item(&object, &index).map_err(|error| at_span(error, target.span))
            }
            _ => Err(at_span(Error::type_("attributes cannot be deleted"), target.span)),
        }
    }

    fn delete_item(&self, object: &Value, index: &Value) -> Result<()> {
        match object {
            Value::Dict(dict) => {
                let gone = dict.borrow_mut().remove(index)?;
                gone.map(|_| ()).ok_or_else(|| Error::key(crate::lang::repr::plain(index)))
            }
            Value::List(items) => super::subscript::delete_from_list(self, items, index),
            other => Err(Error::type_(format!(
                "'{}' object doesn't support item deletion",
                crate::lang::types::type_name(other)
            ))),
        }
    }
}
