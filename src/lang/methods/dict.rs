//! Methods of dicts and sets.

use crate::data::{Error, Result};
use crate::lang::builtins::fill_dict;
use crate::lang::dict::Dict;
use crate::lang::eval::binary;
use crate::lang::function::{Args, Method};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::methods::{method, nothing};
use crate::lang::repr::plain;
use crate::lang::syntax::BinaryOp;
use crate::lang::value::Value;
use std::cell::RefCell;
use std::rc::Rc;

pub(super) const DICT: &[Method] = &[
    method("keys", |_, me, a| {
        a.plain("keys", 0, 0)?;
        Ok(Value::list(dict(me)?.borrow().keys()))
    }),
    method("values", |_, me, a| {
        a.plain("values", 0, 0)?;
        Ok(Value::list(dict(me)?.borrow().iter().map(|(_, v)| v.clone()).collect()))
    }),
    method("items", |_, me, a| {
        a.plain("items", 0, 0)?;
        Ok(Value::list(dict(me)?.borrow().iter().map(|(k, v)| Value::tuple(vec![k.clone(), v.clone()])).collect()))
    }),
    method("get", |_, me, a| {
        let a = a.plain("get", 1, 2)?;
        let found = dict(me)?.borrow().get(&a[0])?;
        Ok(found.or_else(|| a.get(1).cloned()).unwrap_or(Value::None))
    }),
    method("pop", |_, me, a| {
        let a = a.plain("pop", 1, 2)?;
        let gone = dict(me)?.borrow_mut().remove(&a[0])?;
        gone.or_else(|| a.get(1).cloned()).ok_or_else(|| Error::key(plain(&a[0])))
    }),
    method("popitem", |_, me, a| {
        a.plain("popitem", 0, 0)?;
        let last = dict(me)?.borrow_mut().pop_last();
        last.map(|(k, v)| Value::tuple(vec![k, v])).ok_or_else(|| Error::key("'popitem(): dictionary is empty'"))
    }),
    method("setdefault", |_, me, a| {
        let a = a.plain("setdefault", 1, 2)?;
        let found = dict(me)?.borrow().get(&a[0])?;
        if let Some(value) = found {
            return Ok(value);
        }
        let value = a.get(1).cloned().unwrap_or(Value::None);
        dict(me)?.borrow_mut().insert(a[0].clone(), value.clone())?;
        Ok(value)
    }),
    method("update", update),
    method("copy", |_, me, a| {
        a.plain("copy", 0, 0)?;
        Ok(Value::dict(dict(me)?.borrow().clone()))
    }),
    method("clear", |_, me, a| {
        a.plain("clear", 0, 0)?;
        *dict(me)?.borrow_mut() = Dict::default();
        nothing()
    }),
];

pub(super) const SET: &[Method] = &[
    method("add", |_, me, a| {
        let a = a.plain("add", 1, 1)?;
        dict(me)?.borrow_mut().insert(a[0].clone(), Value::None)?;
        nothing()
    }),
    method("discard", |_, me, a| {
        let a = a.plain("discard", 1, 1)?;
        dict(me)?.borrow_mut().remove(&a[0])?;
        nothing()
    }),
    method("remove", |_, me, a| {
        let a = a.plain("remove", 1, 1)?;
        let gone = dict(me)?.borrow_mut().remove(&a[0])?;
        gone.map(|_| Value::None).ok_or_else(|| Error::key(plain(&a[0])))
    }),
    method("update", |m, me, a| {
        for source in &a.positional {
            for item in elements(m, source)? {
                dict(me)?.borrow_mut().insert(item, Value::None)?;
            }
        }
        nothing()
    }),
    method("union", |m, me, a| combine(m, me, a, BinaryOp::BitOr)),
    method("intersection", |m, me, a| combine(m, me, a, BinaryOp::BitAnd)),
    method("difference", |m, me, a| combine(m, me, a, BinaryOp::Sub)),
    method("symmetric_difference", |m, me, a| combine(m, me, a, BinaryOp::BitXor)),
    method("copy", |_, me, a| {
        a.plain("copy", 0, 0)?;
        Ok(Value::Set(Rc::new(dict(me)?.borrow().clone().into())))
    }),
];

fn dict(me: &Value) -> Result<&RefCell<Dict>> {
    match me {
        Value::Dict(items) | Value::Set(items) => Ok(items),
        _ => Err(Error::type_("this is a method of dicts")),
    }
}

fn update(machine: &Machine<'_>, me: &Value, args: Args) -> Result<Value> {
    let mut new = Dict::default();
    for source in &args.positional {
        fill_dict(machine, &mut new, source)?;
    }
    for (name, value) in args.named {
        new.insert(Value::str(name), value)?;
    }
    for (key, value) in new.iter() {
        dict(me)?.borrow_mut().insert(key.clone(), value.clone())?;
    }
    nothing()
}

fn combine(machine: &Machine<'_>, me: &Value, args: Args, op: BinaryOp) -> Result<Value> {
    args.positional.iter().try_fold(me.clone(), |total, other| {
        let other = Value::Set(Rc::new(Dict::of_keys(elements(machine, other)?)?.into()));
        binary(machine, op, &total, &other)
    })
}
