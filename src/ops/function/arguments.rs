//! The arguments of a call as Rust values, each by its parameter's name.

use crate::data::{DType, Error, Place, Result, Scalar, normalize_axis};
use crate::ir::Expr;
use crate::ops::function::operands::{asarray, compared, together};
use crate::ops::function::{Arg, Call};
use num_traits::ToPrimitive;

impl Call<'_> {
    /// The argument of a parameter; `None` where the function has no such parameter.
    pub(crate) fn get(&self, name: &str) -> &Arg {
        let at = self.function.params.iter().position(|p| p.name == name);
        at.and_then(|at| self.args.get(at)).unwrap_or(&Arg::None)
    }

    /// Whether an argument is there and not `None`.
    pub(crate) fn given(&self, name: &str) -> bool {
        *self.get(name) != Arg::None
    }

    /// The static name of a parameter, for labels.
    fn place(&self, name: &str) -> Place {
        let found = self.function.params.iter().find(|p| p.name == name);
        found.map_or(Place::Operand(0), |p| Place::Param(p.name))
    }

    /// An array of an array-like argument.
    pub(crate) fn array(&self, name: &str) -> Result<Expr> {
        asarray(self.get(name)).map_err(|e| e.at(self.place(name), "this argument"))
    }

    /// An optional array.
    pub(crate) fn opt_array(&self, name: &str) -> Result<Option<Expr>> {
        if self.given(name) { self.array(name).map(Some) } else { Ok(None) }
    }

    /// Arguments that meet in one operation, Python numbers in the dtype of the others.
    pub(crate) fn operands(&self, names: &[&str]) -> Result<Vec<Expr>> {
        together(&names.iter().map(|name| self.get(name)).collect::<Vec<_>>())
    }

    /// The same for comparisons.
    pub(crate) fn comparands(&self, names: &[&str]) -> Result<Vec<Expr>> {
        compared(&names.iter().map(|name| self.get(name)).collect::<Vec<_>>())
    }

    /// The items of a sequence of arrays; an array is a sequence along its first axis.
    pub(crate) fn arrays(&self, name: &str) -> Result<Vec<Expr>> {
        match self.get(name) {
            Arg::List(items) | Arg::Tuple(items) => items.iter().map(asarray).collect(),
            Arg::Array(x) if x.ndim() > 0 => Ok((0..x.shape[0]).map(|i| super::shape::row_of(x, i)).collect()),
            other => Err(Error::type_(format!("expected a sequence of arrays, not {}", other.type_name()))
                .at(self.place(name), "not a sequence")),
        }
    }

    /// The value of a number, or of a 0-d array.
    pub(crate) fn number(&self, arg: &Arg) -> Result<Scalar> {
        let x = asarray(arg)?;
        if let crate::ir::Op::Fill(value) = x.op
            && x.ndim() == 0
        {
            return Ok(value);
        }
        let block = self.host.values(&[x])?;
        block
            .first()
            .and_then(crate::data::Block::item)
            .ok_or_else(|| Error::type_("only integer scalar arrays can be converted to a scalar index"))
    }

    /// An argument as an integer, where it is one.
    pub(crate) fn int_of(&self, arg: &Arg, name: &str) -> Result<i64> {
        let wrong = || {
            let what = arg.type_name();
            Error::type_(format!("'{what}' object cannot be interpreted as an integer")).at(self.place(name), what)
        };
        match arg {
            Arg::Int(n) => n.to_i64().ok_or_else(|| Error::overflow("Python int too large to convert to C long")),
            Arg::Bool(v) => Ok((*v).into()),
            Arg::Scalar(_) | Arg::Array(_) => {
                let value = self.number(arg)?;
                value.as_integer().and_then(|n| n.to_i64()).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    /// An integer argument.
    pub(crate) fn int(&self, name: &str) -> Result<i64> {
        self.int_of(self.get(name), name)
    }

    /// A length or count, which is not negative.
    pub(crate) fn count(&self, name: &str) -> Result<usize> {
        let n = self.int(name)?;
        usize::try_from(n).map_err(|_| {
            Error::value("negative dimensions are not allowed").at(self.place(name), format!("{n} is negative"))
        })
    }

    /// An optional integer.
    pub(crate) fn opt_int(&self, name: &str) -> Result<Option<i64>> {
        if self.given(name) { self.int(name).map(Some) } else { Ok(None) }
    }

    /// A real number.
    pub(crate) fn float(&self, name: &str) -> Result<f64> {
        self.number(self.get(name)).map(Scalar::to_f64).map_err(|e| e.at(self.place(name), "a number is meant"))
    }

    /// Whether an argument is true, as Python sees it.
    pub(crate) fn flag(&self, name: &str) -> Result<bool> {
        match self.get(name) {
            Arg::None => Ok(false),
            Arg::Bool(v) => Ok(*v),
            other => self.number(other).map(Scalar::truthy),
        }
    }

    /// A text argument.
    pub(crate) fn text(&self, name: &str) -> Result<&str> {
        match self.get(name) {
            Arg::Str(text) => Ok(text),
            other => Err(Error::type_(format!("{name} must be a string, not {}", other.type_name()))
                .at(self.place(name), other.type_name())),
        }
    }

    /// One of a few words.
    pub(crate) fn word(&self, name: &str, words: &[&'static str]) -> Result<&'static str> {
        let text = self.text(name)?;
        words.iter().copied().find(|&w| w == text).ok_or_else(|| {
            let all = words.iter().map(|w| format!("'{w}'")).collect::<Vec<_>>().join(", ");
            Error::value(format!("{name} must be one of {all} (got '{text}')")).at(self.place(name), "unknown")
        })
    }

    /// A dtype argument; `None` where it was not given.
    pub(crate) fn dtype(&self, name: &str) -> Result<Option<DType>> {
        dtype_of(self.get(name)).map_err(|e| e.at(self.place(name), "not a dtype"))
    }

    /// Integers: one, or a sequence or 1-d array of them.
    pub(crate) fn ints(&self, name: &str) -> Result<Vec<i64>> {
        match self.get(name) {
            Arg::List(items) | Arg::Tuple(items) => items.iter().map(|item| self.int_of(item, name)).collect(),
            Arg::Array(x) if x.ndim() == 1 => {
                Ok(self.host.values(std::slice::from_ref(x))?.first().map(|b| b.to_vec::<i64>()).unwrap_or_default())
            }
            single => Ok(vec![self.int_of(single, name)?]),
        }
    }

    /// A shape: one length or several.
    pub(crate) fn shape(&self, name: &str) -> Result<Vec<usize>> {
        let negative = |_| Error::value("negative dimensions are not allowed").at(self.place(name), "negative");
        self.ints(name)?.into_iter().map(|n| usize::try_from(n).map_err(negative)).collect()
    }

    /// One axis, counted from the front.
    pub(crate) fn axis(&self, name: &str, ndim: usize) -> Result<usize> {
        normalize_axis(self.int(name)?, ndim)
    }

    /// An optional axis.
    pub(crate) fn opt_axis(&self, name: &str, ndim: usize) -> Result<Option<usize>> {
        if self.given(name) { self.axis(name, ndim).map(Some) } else { Ok(None) }
    }

    /// The axes to work along, in the order given; all where `None`.
    pub(crate) fn axis_list(&self, name: &str, ndim: usize) -> Result<Vec<usize>> {
        if !self.given(name) {
            return Ok((0..ndim).collect());
        }
        let axes = self.ints(name)?.into_iter().map(|a| normalize_axis(a, ndim)).collect::<Result<Vec<_>>>()?;
        let mut seen = vec![false; ndim];
        for &axis in &axes {
            if std::mem::replace(&mut seen[axis], true) {
                return Err(Error::value(format!("duplicate value in '{name}'")).at(self.place(name), "twice"));
            }
        }
        Ok(axes)
    }

    /// The same, ascending.
    pub(crate) fn axes(&self, name: &str, ndim: usize) -> Result<Vec<usize>> {
        let mut axes = self.axis_list(name, ndim)?;
        axes.sort_unstable();
        Ok(axes)
    }

    /// Refuses an `out=` array: arrays are values here.
    pub(crate) fn no_out(&self) -> Result<()> {
        if self.given("out") {
            return Err(Error::not_implemented(format!("{}() cannot write into an array", self.function.name))
                .at(Place::Param("out"), "leave it out and assign the answer"));
        }
        Ok(())
    }

    /// The mask of `where=`; `None` where every element counts.
    pub(crate) fn mask(&self) -> Result<Option<Expr>> {
        match self.get("where") {
            Arg::None | Arg::Bool(true) => Ok(None),
            other => {
                let mask = asarray(other)?;
                Ok(Some(crate::ops::primitive::cast(&mask, DType::Bool)))
            }
        }
    }
}

/// The dtype that an argument names; `None` where it is `None`.
///
/// # Errors
/// `TypeError` where it names none.
pub fn dtype_of(arg: &Arg) -> Result<Option<DType>> {
    let unknown = |name: &str| {
        let error = Error::type_(format!("data type '{name}' not understood"));
        match crate::data::nearest(name, DType::all().map(DType::name)) {
            Some(meant) => error.help(format!("did you mean '{meant}'?")),
            None => error.help("dtypes are bool, int8-64, uint8-64, float32, float64, complex64 and complex128"),
        }
    };
    match arg {
        Arg::None => Ok(None),
        Arg::DType(dtype) => Ok(Some(*dtype)),
        Arg::Str(name) => DType::from_name(name).map(Some).ok_or_else(|| unknown(name)),
        Arg::Callable(callable) => {
            let bare = callable.name.rsplit('.').next().unwrap_or_default();
            DType::from_name(bare).map(Some).ok_or_else(|| unknown(bare))
        }
        other => Err(Error::type_(format!("cannot interpret '{}' as a data type", other.type_name()))),
    }
}
