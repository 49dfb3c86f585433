//! What `np` holds besides the rows: constants, types, printing, dtypes.

use crate::data::text::{FloatMode, PrintOptions, Sign};
use crate::data::{DType, Error, Result};
use crate::lang::convert::{array_of, dtype_of, index_int, scalar_of, text};
use crate::lang::eval::{call_row, truthy};
use crate::lang::function::{Args, Builtin, Func};
use crate::lang::machine::Machine;
use crate::lang::repr::{repr, text_of};
use crate::lang::rows;
use crate::lang::types::{FAMILIES, TypeId, dtype_of_type, in_family};
use crate::lang::value::Value;
use crate::ops::function::Mode;
use std::rc::Rc;

/// The constants of `np`, for completion.
pub(super) const CONSTANTS: &[&str] = &["pi", "e", "inf", "nan", "newaxis", "euler_gamma", "dtype", "ndarray"];

pub(super) const FUNCTIONS: &[Builtin] = &[
    Builtin {
        name: "finfo",
        signature: "finfo(dtype)",
        doc: "The limits of a floating dtype.",
        run: |_, a| limits(a, false),
    },
    Builtin {
        name: "iinfo",
        signature: "iinfo(dtype)",
        doc: "The limits of an integer dtype.",
        run: |_, a| limits(a, true),
    },
    Builtin {
        name: "issubdtype",
        signature: "issubdtype(arg1, arg2)",
        doc: "Whether a dtype is below another in NumPy's hierarchy.",
        run: issubdtype,
    },
    Builtin {
        name: "isscalar",
        signature: "isscalar(element)",
        doc: "Whether a value is a single number or string.",
        run: isscalar,
    },
    Builtin {
        name: "set_printoptions",
        signature: "set_printoptions(precision=None, threshold=None, edgeitems=None, linewidth=None, suppress=None, …)",
        doc: "Sets how arrays are printed.",
        run: set_printoptions,
    },
    Builtin {
        name: "get_printoptions",
        signature: "get_printoptions()",
        doc: "How arrays are printed.",
        run: get_printoptions,
    },
    Builtin {
        name: "array2string",
        signature: "array2string(a, max_line_width=None, precision=None, …)",
        doc: "The text of an array.",
        run: array2string,
    },
    Builtin {
        name: "array_repr",
        signature: "array_repr(arr)",
        doc: "The text that a cell shows of an array.",
        run: |m, a| repr(m, &a.plain("array_repr", 1, 4)?[0]).map(Value::str),
    },
    Builtin {
        name: "array_str",
        signature: "array_str(a)",
        doc: "The text that print gives of an array.",
        run: |m, a| text_of(m, &a.plain("array_str", 1, 3)?[0]).map(Value::str),
    },
    Builtin {
        name: "seterr",
        signature: "seterr(all=None, divide=None, over=None, under=None, invalid=None)",
        doc: "Sets whether floating-point trouble warns.",
        run: seterr,
    },
    Builtin {
        name: "errstate",
        signature: "errstate(**kwargs)",
        doc: "Accepted; there is no with statement.",
        run: |_, _| Ok(Value::None),
    },
    Builtin {
        name: "vectorize",
        signature: "vectorize(pyfunc)",
        doc: "A function of arrays from a function of elements.",
        run: vectorize,
    },
    Builtin {
        name: "shares_memory",
        signature: "shares_memory(a, b)",
        doc: "Whether two arrays share elements.",
        run: shares_memory,
    },
    Builtin {
        name: "may_share_memory",
        signature: "may_share_memory(a, b)",
        doc: "Whether two arrays share elements.",
        run: shares_memory,
    },
];

pub(super) const TESTING: &[Builtin] = &[
    Builtin {
        name: "assert_allclose",
        signature: "assert_allclose(actual, desired, rtol=1e-07, atol=0)",
        doc: "Asserts that arrays are close.",
        run: |m, a| assert_with(m, a, "allclose"),
    },
    Builtin {
        name: "assert_array_equal",
        signature: "assert_array_equal(actual, desired)",
        doc: "Asserts that arrays are equal.",
        run: |m, a| assert_with(m, a, "array_equal"),
    },
    Builtin {
        name: "assert_equal",
        signature: "assert_equal(actual, desired)",
        doc: "Asserts that arrays are equal.",
        run: |m, a| assert_with(m, a, "array_equal"),
    },
    Builtin {
        name: "assert_array_almost_equal",
        signature: "assert_array_almost_equal(actual, desired)",
        doc: "Asserts that arrays are close.",
        run: |m, a| assert_with(m, a, "allclose"),
    },
];

/// Other names of the scalar types.
const TYPES: &[(&str, DType)] = &[
    ("bool_", DType::Bool),
    ("int_", DType::Int64),
    ("intp", DType::Int64),
    ("long", DType::Int64),
    ("longlong", DType::Int64),
    ("uint", DType::UInt64),
    ("uintp", DType::UInt64),
    ("ulong", DType::UInt64),
    ("byte", DType::Int8),
    ("ubyte", DType::UInt8),
    ("short", DType::Int16),
    ("ushort", DType::UInt16),
    ("intc", DType::Int32),
    ("uintc", DType::UInt32),
    ("single", DType::Float32),
    ("double", DType::Float64),
    ("csingle", DType::Complex64),
    ("cdouble", DType::Complex128),
];

/// A constant or type of `np`.
pub(super) fn constant(name: &str) -> Option<Value> {
    Some(match name {
        "pi" => Value::Float(std::f64::consts::PI),
        "e" => Value::Float(std::f64::consts::E),
        "inf" => Value::Float(f64::INFINITY),
        "nan" => Value::Float(f64::NAN),
        "euler_gamma" => Value::Float(0.577_215_664_901_532_9),
        "newaxis" => Value::None,
        "dtype" => Value::Type(TypeId::Plain("numpy.dtype")),
        "True_" => Value::Scalar(crate::data::Scalar::Bool(true)),
        "False_" => Value::Scalar(crate::data::Scalar::Bool(false)),
        "__version__" => Value::str("2.4.6"),
        _ => {
            let own = DType::all().find(|d| d.name() == name);
            let dtype = own.or_else(|| TYPES.iter().find(|row| row.0 == name).map(|row| row.1));
            let family = || FAMILIES.iter().find(|f| **f == name).map(|f| TypeId::Family(f));
            return dtype.map(TypeId::Scalar).or_else(family).map(Value::Type);
        }
    })
}

fn limits(args: Args, integer: bool) -> Result<Value> {
    let args = args.plain(if integer { "iinfo" } else { "finfo" }, 1, 1)?;
    let dtype = match &args[0] {
        Value::Float(_) | Value::Complex(_) => DType::Float64,
        Value::Int(_) => DType::Int64,
        other => dtype_of(other)?,
    };
    match integer {
        true if dtype.is_integer() => Ok(Value::Limits(dtype)),
        true => Err(Error::value(format!("Invalid integer data type '{}'.", dtype.kind_letter()))),
        false if dtype.is_inexact() => Ok(Value::Limits(dtype.real())),
        false => Err(Error::value(format!("data type <class 'numpy.{dtype}'> not inexact"))),
    }
}

fn issubdtype(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("issubdtype", 2, 2)?;
    let own = dtype_of(&args[0])?;
    Ok(Value::Bool(match &args[1] {
        Value::Type(TypeId::Family(family)) => in_family(own, family),
        Value::Type(id) => dtype_of_type(*id) == Some(own),
        other => dtype_of(other)? == own,
    }))
}

fn isscalar(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("isscalar", 1, 1)?;
    Ok(Value::Bool(scalar_of(&args[0]).is_some() || matches!(args[0], Value::Str(_) | Value::Int(_))))
}

fn set_printoptions(machine: &Machine<'_>, args: Args) -> Result<Value> {
    const NAMES: [&str; 10] = [
        "precision",
        "threshold",
        "edgeitems",
        "linewidth",
        "suppress",
        "nanstr",
        "infstr",
        "formatter",
        "sign",
        "floatmode",
    ];
    let mut options = machine.session.print_options.borrow().clone();
    let positional = args.positional.into_iter().zip(NAMES).map(|(value, name)| (name.to_string(), value));
    for (name, value) in positional.chain(args.named) {
        set_option(machine, &mut options, &name, &value)?;
    }
    *machine.session.print_options.borrow_mut() = options;
    Ok(Value::None)
}

fn set_option(machine: &Machine<'_>, options: &mut PrintOptions, name: &str, value: &Value) -> Result<()> {
    let count = || match value {
        Value::Float(v) if v.is_infinite() => Ok(usize::MAX),
        other => index_int(machine, other).map(|n| usize::try_from(n).unwrap_or(0)),
    };
    match name {
        "formatter" | "legacy" | "override_repr" => {}
        _ if matches!(value, Value::None) && name != "precision" => {}
        "precision" => options.precision = if matches!(value, Value::None) { Some(8) } else { Some(count()?) },
        "threshold" => options.threshold = count()?,
        "edgeitems" => options.edgeitems = count()?,
        "linewidth" | "max_line_width" => options.linewidth = count()?,
        "suppress" | "suppress_small" => options.suppress = truthy(machine, value)?,
        "nanstr" => options.nanstr = text(value)?.to_string(),
        "infstr" => options.infstr = text(value)?.to_string(),
        "sign" => {
            options.sign = match &*text(value)? {
                "+" => Sign::Plus,
                " " => Sign::Space,
                _ => Sign::Minus,
            }
        }
        "floatmode" => {
            options.floatmode = match &*text(value)? {
                "fixed" => FloatMode::Fixed,
                "unique" => FloatMode::Unique,
                "maxprec_equal" => FloatMode::MaxPrecEqual,
                _ => FloatMode::MaxPrec,
            }
        }
        _ => return Err(Error::type_(format!("set_printoptions() got an unexpected keyword argument '{name}'"))),
    }
    Ok(())
}

fn get_printoptions(machine: &Machine<'_>, args: Args) -> Result<Value> {
    args.plain("get_printoptions", 0, 0)?;
    let options = machine.session.print_options.borrow();
    let mut dict = crate::lang::dict::Dict::default();
    dict.insert(Value::str("edgeitems"), Value::int(options.edgeitems))?;
    dict.insert(Value::str("threshold"), Value::int(options.threshold))?;
    dict.insert(Value::str("precision"), options.precision.map_or(Value::None, Value::int))?;
    dict.insert(Value::str("suppress"), Value::Bool(options.suppress))?;
    dict.insert(Value::str("linewidth"), Value::int(options.linewidth))?;
    dict.insert(Value::str("nanstr"), Value::str(&options.nanstr))?;
    dict.insert(Value::str("infstr"), Value::str(&options.infstr))?;
    Ok(Value::dict(dict))
}

fn array2string(machine: &Machine<'_>, mut args: Args) -> Result<Value> {
    if args.positional.is_empty() {
        return Err(Error::type_("array2string() missing 1 required positional argument: 'a'"));
    }
    let array = args.positional.remove(0);
    let mut options = machine.session.print_options.borrow().clone();
    let names = ["max_line_width", "precision", "suppress_small"];
    let positional = args.positional.into_iter().zip(names).map(|(value, name)| (name.to_string(), value));
    for (name, value) in positional.chain(args.named) {
        set_option(machine, &mut options, &name, &value)?;
    }
    let Value::Array(cell) = &array else { return text_of(machine, &array).map(Value::str) };
    Ok(Value::str(crate::data::text::str_with(&machine.values(cell)?, &options)))
}

fn seterr(_machine: &Machine<'_>, _args: Args) -> Result<Value> {
    let mut old = crate::lang::dict::Dict::default();
    for (name, value) in [("divide", "warn"), ("over", "warn"), ("under", "ignore"), ("invalid", "warn")] {
        old.insert(Value::str(name), Value::str(value))?;
    }
    Ok(Value::dict(old))
}

fn vectorize(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let function = args.positional.into_iter().next().ok_or_else(|| Error::type_("vectorize() needs a function"))?;
    Ok(Value::Function(Rc::new(Func::Vectorized(function))))
}

fn shares_memory(_machine: &Machine<'_>, args: Args) -> Result<Value> {
    let args = args.plain("shares_memory", 2, 2)?;
    let (Value::Array(a), Value::Array(b)) = (&args[0], &args[1]) else { return Ok(Value::Bool(false)) };
    let (x, y) = (a.base().unwrap_or_else(|| a.clone()), b.base().unwrap_or_else(|| b.clone()));
    Ok(Value::Bool(Rc::ptr_eq(&x, &y)))
}

fn assert_with(machine: &Machine<'_>, args: Args, test: &str) -> Result<Value> {
    let row = rows::find(test).ok_or_else(|| Error::not_implemented(format!("{test} is not there")))?;
    let shown: Vec<Value> = args.positional.iter().take(2).cloned().collect();
    let keep = |(name, _): &(String, Value)| matches!(name.as_str(), "rtol" | "atol" | "equal_nan");
    let args = Args { positional: shown.clone(), named: args.named.into_iter().filter(keep).collect() };
    let answer = call_row(machine, row, Mode::Eager, args)?;
    let answer = machine.computed(&answer)?;
    if truthy(machine, &answer)? {
        return Ok(Value::None);
    }
    let texts = shown
        .iter()
        .map(|v| array_of(machine, v).map(|x| crate::data::show_shape(&x.shape)))
        .collect::<Result<Vec<_>>>()?;
    let message = format!("arrays of shapes {} differ", texts.join(" and "));
    Err(Error::new(crate::data::ErrorKind::AssertionError, message))
}
