//! Builtins that look at values: `isinstance`, `issubclass`, `callable`, `getattr`, `hasattr`, `id`, `hash`, `dir`.

use crate::data::{DType, Error, ErrorKind, Result};
use crate::lang::convert::text;
use crate::lang::dict::{Key, key_of};
use crate::lang::eval::{attribute, attribute_names};
use crate::lang::function::{Args, Builtin};
use crate::lang::machine::Machine;
use crate::lang::types::{TypeId, in_family, is_instance};
use crate::lang::value::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

pub(super) const BUILTINS: &[Builtin] = &[
    Builtin {
        name: "isinstance",
        signature: "isinstance(obj, class_or_tuple)",
        doc: "Whether a value is of a type.",
        run: isinstance,
    },
    Builtin {
        name: "issubclass",
        signature: "issubclass(cls, class_or_tuple)",
        doc: "Whether a type is another or below it.",
        run: issubclass,
    },
    Builtin { name: "callable", signature: "callable(obj)", doc: "Whether a value can be called.", run: callable },
    Builtin {
        name: "getattr",
        signature: "getattr(object, name, default)",
        doc: "The attribute of a name.",
        run: getattr,
    },
    Builtin {
        name: "hasattr",
        signature: "hasattr(obj, name)",
        doc: "Whether there is an attribute of a name.",
        run: hasattr,
    },
    Builtin { name: "id", signature: "id(obj)", doc: "A number that no other object has.", run: id },
    Builtin { name: "hash", signature: "hash(obj)", doc: "A number that equal values share.", run: hash },
    Builtin { name: "dir", signature: "dir(object)", doc: "The names of the attributes.", run: dir },
];

fn isinstance(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("isinstance", 2, 2)?;
    matches_any(&args[1], &|wanted| is_instance(&args[0], wanted), "isinstance").map(Value::Bool)
}

fn matches_any(types: &Value, is: &dyn Fn(TypeId) -> bool, function: &str) -> Result<bool> {
    match types {
        Value::Type(id) => Ok(is(*id)),
        Value::Exception(_) => Ok(false),
        Value::Tuple(items) => {
            for item in items.iter() {
                if matches_any(item, is, function)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => Err(Error::type_(format!("{function}() arg 2 must be a type, a tuple of types, or a union"))),
    }
}

fn issubclass(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("issubclass", 2, 2)?;
    let Value::Type(own) = args[0] else { return Err(Error::type_("issubclass() arg 1 must be a class")) };
    let below = |wanted: TypeId| match (own, wanted) {
        (a, b) if a == b => true,
        (_, TypeId::Plain("object")) | (TypeId::Plain("bool"), TypeId::Plain("int")) => true,
        (TypeId::Scalar(dtype), TypeId::Family(family)) => in_family(dtype, family),
        (TypeId::Scalar(DType::Float64), TypeId::Plain("float")) => true,
        _ => false,
    };
    matches_any(&args[1], &below, "issubclass").map(Value::Bool)
}

fn callable(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("callable", 1, 1)?;
    Ok(Value::Bool(matches!(args[0], Value::Function(_) | Value::Type(_) | Value::Exception(_))))
}

fn getattr(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("getattr", 2, 3)?;
    match (attribute(machine, &args[0], &text(&args[1])?), args.get(2)) {
        (Err(error), Some(default)) if error.kind == ErrorKind::AttributeError => Ok(default.clone()),
        (answer, _) => answer,
    }
}

fn hasattr(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("hasattr", 2, 2)?;
    match attribute(machine, &args[0], &text(&args[1])?) {
        Ok(_) => Ok(Value::Bool(true)),
        Err(error) if error.kind == ErrorKind::AttributeError => Ok(Value::Bool(false)),
        Err(error) => Err(error),
    }
}

fn id(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("id", 1, 1)?;
    let address = match &args[0] {
        Value::Array(a) => Rc::as_ptr(a) as usize,
        Value::List(a) => Rc::as_ptr(a) as usize,
        Value::Dict(a) | Value::Set(a) => Rc::as_ptr(a) as usize,
        Value::Tuple(a) => Rc::as_ptr(a) as usize,
        Value::Function(a) => Rc::as_ptr(a).cast::<u8>() as usize,
        other => hashed(other).unwrap_or(0) as usize >> 1,
    };
    Ok(Value::int(address))
}

fn hashed(value: &Value) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    key_of(value)?.hash(&mut hasher);
    Ok(hasher.finish())
}

fn hash(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("hash", 1, 1)?;
    match &args[0] {
        Value::Bool(v) => Ok(Value::int(u8::from(*v))),
        Value::Int(v) if v.bits() < 61 => Ok(Value::Int(if *v == (-1).into() { (-2).into() } else { v.clone() })),
        other => match key_of(other)? {
            Key::Int(v) if v.bits() < 61 => Ok(Value::Int(v)),
            _ => Ok(Value::int(hashed(other)? as i64)),
        },
    }
}

fn dir(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("dir", 0, 1)?;
    let names = match args.first() {
        Some(object) => attribute_names(object),
        None => machine.session.variables.borrow().keys().cloned().collect(),
    };
    Ok(Value::list(names.into_iter().map(Value::str).collect()))
}
