//! Expressions.

use crate::data::{Error, ErrorKind, Place, Result, nearest};
use crate::lang::builtins;
use crate::lang::dict::Dict;
use crate::lang::eval::{attribute, binary, compare, get_item, truthy, unary};
use crate::lang::function::{Func, Lambda};
use crate::lang::interpreter::has_span;
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::scope::Env;
use crate::lang::syntax::{BoolOp, Comparison, DictItem, Expr, ExprKind, Param, Span, UnaryOp};
use crate::lang::value::Value;
use std::rc::Rc;

/// The error, at a span where it has no place in the source yet.
pub(in crate::lang) fn at_span(error: Error, span: Span) -> Error {
    if has_span(&error) { error } else { error.at(Place::Span(span.start, span.end), "") }
}

/// The error with its operands' labels at the operands' spans.
pub(super) fn at_operands(mut error: Error, spans: &[Span], whole: Span) -> Error {
    if has_span(&error) {
        return error;
    }
    for (place, _) in &mut error.labels {
        if let Place::Operand(i) = place
            && let Some(span) = spans.get(*i)
        {
            *place = Place::Span(span.start, span.end);
        }
    }
    at_span(error, whole)
}

impl Machine<'_> {
    /// The value of an expression.
    ///
    /// # Errors
    /// The first mistake, with its place in the source.
    pub fn eval(&self, expr: &Expr, env: &Env) -> Result<Value> {
        self.check_stack()?;
        self.eval_kind(expr, env).map_err(|error| at_span(error, expr.span))
    }

    fn eval_kind(&self, expr: &Expr, env: &Env) -> Result<Value> {
        match &expr.kind {
            ExprKind::Int(value) => Ok(Value::Int(value.clone())),
            ExprKind::Float(value) => Ok(Value::Float(*value)),
            ExprKind::Imaginary(value) => Ok(Value::Complex(crate::data::C64::new(0.0, *value))),
            ExprKind::Str(text) => Ok(Value::str(text)),
            ExprKind::FString(parts) => self.fstring(parts, env).map(Value::str),
            ExprKind::Bool(value) => Ok(Value::Bool(*value)),
            ExprKind::None => Ok(Value::None),
            ExprKind::Ellipsis => Ok(Value::Ellipsis),
            ExprKind::Name(name) => self.name(name, env),
            ExprKind::Tuple(items) => self.eval_all(items, env).map(Value::tuple),
            ExprKind::List(items) => self.eval_all(items, env).map(Value::list),
            ExprKind::Set(items) => Ok(Value::Set(Rc::new(Dict::of_keys(self.eval_all(items, env)?)?.into()))),
            ExprKind::Dict(items) => self.dict(items, env),
            ExprKind::Unary { op, operand } => self.unary(*op, operand, env),
            ExprKind::Binary { op, left, right, .. } => {
                let (a, b) = (self.eval(left, env)?, self.eval(right, env)?);
                binary(self, *op, &a, &b).map_err(|error| at_operands(error, &[left.span, right.span], expr.span))
            }
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, env),
            ExprKind::Compare { first, rest } => self.comparison(first, rest, env),
            ExprKind::IfElse { test, body, orelse } => {
                let holds = self.test(test, env)?;
                self.eval(if holds { body } else { orelse }, env)
            }
            ExprKind::Lambda { params, body } => self.lambda(params, body, env),
            ExprKind::Call { func, args } => self.eval_call(expr, func, args, env),
            ExprKind::Attribute { value, name, name_span } => {
                let object = self.eval(value, env)?;
                attribute(self, &object, name).map_err(|error| at_span(error, *name_span))
            }
            ExprKind::Subscript { value, index } => {
                let object = self.eval(value, env)?;
                let at = self.eval_index(index, env)?;
                get_item(self, &object, &at).map_err(|error| at_span(error, index.span))
            }
            ExprKind::Slice { lower, upper, step } => self.slice([lower, upper, step], env),
            ExprKind::ListComp { element, clauses } => self.comprehend(element, clauses, env).map(Value::list),
            ExprKind::SetComp { element, clauses } => {
                Ok(Value::Set(Rc::new(Dict::of_keys(self.comprehend(element, clauses, env)?)?.into())))
            }
            ExprKind::GeneratorExp { element, clauses } => {
                Ok(Value::iterator("generator", self.comprehend(element, clauses, env)?))
            }
            ExprKind::DictComp { key, value, clauses } => self.comprehend_dict(key, value, clauses, env),
            ExprKind::Starred(_) => Err(Error::new(ErrorKind::SyntaxError, "can't use starred expression here")),
        }
    }

    /// Values in order, starred ones spread out.
    pub(super) fn eval_all(&self, items: &[Expr], env: &Env) -> Result<Vec<Value>> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                ExprKind::Starred(inner) => {
                    let value = self.eval(inner, env)?;
                    out.extend(elements(self, &value).map_err(|error| at_span(error, inner.span))?);
                }
                _ => out.push(self.eval(item, env)?),
            }
        }
        Ok(out)
    }

    /// An index: a tuple's items may be slices.
    pub(super) fn eval_index(&self, index: &Expr, env: &Env) -> Result<Value> {
        self.eval(index, env)
    }

    fn slice(&self, parts: [&Option<Box<Expr>>; 3], env: &Env) -> Result<Value> {
        let part = |p: &Option<Box<Expr>>| p.as_ref().map_or(Ok(Value::None), |e| self.eval(e, env));
        Ok(Value::Slice(Rc::new([part(parts[0])?, part(parts[1])?, part(parts[2])?])))
    }

    fn name(&self, name: &str, env: &Env) -> Result<Value> {
        if let Some(value) = env.as_ref().and_then(|scope| scope.get(name)) {
            return Ok(value);
        }
        if let Some(value) = self.session.variables.borrow().get(name) {
            return Ok(value.clone());
        }
        builtins::find(name).ok_or_else(|| self.unknown_name(name, env))
    }

    /// `NameError`, with the name that was probably meant.
    pub(super) fn unknown_name(&self, name: &str, env: &Env) -> Error {
        let error = Error::name(format!("name '{name}' is not defined"));
        let mut known: Vec<String> = self.session.variables.borrow().keys().cloned().collect();
        known.extend(env.iter().flat_map(|scope| scope.names()));
        known.extend(builtins::names().map(str::to_string));
        match nearest(name, known.iter().map(String::as_str)) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None if crate::lang::rows::find(name).is_some() => {
                error.help(format!("it is a function of np and da: `np.{name}`"))
            }
            None => error,
        }
    }

    fn dict(&self, items: &[DictItem], env: &Env) -> Result<Value> {
        let mut dict = Dict::default();
        for item in items {
            match item {
                DictItem::Pair { key, value } => {
                    let key = self.eval(key, env)?;
                    dict.insert(key, self.eval(value, env)?)?;
                }
                DictItem::DoubleStar(inner) => match self.eval(inner, env)? {
                    Value::Dict(other) => {
                        for (key, value) in other.borrow().iter() {
                            dict.insert(key.clone(), value.clone())?;
                        }
                    }
                    other => {
                        return Err(Error::type_(format!(
                            "'{}' object is not a mapping",
                            crate::lang::types::type_name(&other)
                        )));
                    }
                },
            }
        }
        Ok(Value::dict(dict))
    }

    fn unary(&self, op: UnaryOp, operand: &Expr, env: &Env) -> Result<Value> {
        let value = self.eval(operand, env)?;
        unary(self, op, &value).map_err(|error| at_operands(error, &[operand.span], operand.span))
    }

    /// Whether an expression is true.
    pub(super) fn test(&self, expr: &Expr, env: &Env) -> Result<bool> {
        let value = self.eval(expr, env)?;
        truthy(self, &value).map_err(|error| at_span(error, expr.span))
    }

    fn bool_op(&self, op: BoolOp, values: &[Expr], env: &Env) -> Result<Value> {
        let Some((last, first)) = values.split_last() else { return Ok(Value::None) };
        for expr in first {
            let value = self.eval(expr, env)?;
            let holds = truthy(self, &value).map_err(|error| at_span(error, expr.span))?;
            if holds == (op == BoolOp::Or) {
                return Ok(value);
            }
        }
        self.eval(last, env)
    }

    fn comparison(&self, first: &Expr, rest: &[Comparison], env: &Env) -> Result<Value> {
        let mut left = self.eval(first, env)?;
        let mut left_span = first.span;
        for (k, step) in rest.iter().enumerate() {
            let right = self.eval(&step.operand, env)?;
            let spans = [left_span, step.operand.span];
            let whole = left_span.to(step.operand.span);
            let answer = compare(self, step.op, &left, &right).map_err(|error| at_operands(error, &spans, whole))?;
            if k + 1 == rest.len() || !truthy(self, &answer).map_err(|error| at_span(error, whole))? {
                return Ok(answer);
            }
            (left, left_span) = (right, step.operand.span);
        }
        Ok(left)
    }

    fn lambda(&self, params: &[Param], body: &Expr, env: &Env) -> Result<Value> {
        let with_default = |p: &Param| Ok((p.clone(), p.default.as_ref().map(|d| self.eval(d, env)).transpose()?));
        let params = params.iter().map(with_default).collect::<Result<Vec<_>>>()?;
        let lambda = Lambda { params, body: body.clone(), scope: env.clone(), cell: self.session.cell.get() };
        Ok(Value::Function(Rc::new(Func::Lambda(lambda))))
    }
}
