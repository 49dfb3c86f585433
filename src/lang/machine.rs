//! What evaluates: the session's state with the world around it, and arrays wrapped and unwrapped.

use crate::data::{Block, Error, ErrorKind, Result, Scalar, UNKNOWN};
use crate::ir::Expr;
use crate::lang::array::{ArrayCell, steps_to_base};
use crate::lang::blocks::{resident, resident_scalar};
use crate::lang::convert::{from_arg, to_arg};
use crate::lang::function::Args;
use crate::lang::interpreter::Interpreter;
use crate::lang::outside::Outside;
use crate::lang::tracing::Tracing;
use crate::lang::value::Value;
use crate::ops::function::{Arg, Callable, Host, Mode};
use crate::ops::index::{self, Index};
use std::rc::Rc;

/// Calls of lambdas deeper than this are refused, as in Python.
const MOST_CALLS: usize = 1000;

/// A session at work in a cell.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    pub session: &'a Interpreter,
    pub outside: &'a dyn Outside,
}

/// How an expression becomes a value.
#[derive(Clone, Copy)]
pub struct Wrap<'a> {
    pub mode: Mode,
    /// Whether a 0-d eager result stays an array rather than become a scalar.
    pub keep_0d: bool,
    /// The eager arrays that the result may be a view of.
    pub bases: &'a [Rc<ArrayCell>],
}

impl Wrap<'_> {
    /// A result that owns its elements.
    pub fn fresh(mode: Mode) -> Wrap<'static> {
        Wrap { mode, keep_0d: false, bases: &[] }
    }
}

impl Machine<'_> {
    /// An expression as a value: lazily a handle, eagerly evaluated at once unless it is a view.
    ///
    /// # Errors
    /// What the evaluation fails with.
    pub fn wrap(&self, expr: &Expr, how: Wrap<'_>) -> Result<Value> {
        if how.mode == Mode::Lazy {
            return Ok(Value::Array(Rc::new(ArrayCell::lazy(expr.clone()))));
        }
        if let Some((base, steps)) = steps_to_base(expr, how.bases) {
            let same = steps.is_empty();
            return Ok(Value::Array(if same { base.clone() } else { Rc::new(ArrayCell::view_of(base, steps)) }));
        }
        let expr = if expr.ndim() == 0 && matches!(expr.op, crate::ir::Op::Fill(_)) {
            expr.clone()
        } else {
            self.evaluated(expr)?
        };
        if expr.ndim() == 0 && !how.keep_0d {
            return Ok(Value::Scalar(self.scalar(&expr)?));
        }
        Ok(Value::Array(Rc::new(ArrayCell::eager(expr))))
    }

    /// The expression held in memory.
    ///
    /// # Errors
    /// What the evaluation fails with.
    pub fn evaluated(&self, expr: &Expr) -> Result<Expr> {
        self.check_interrupt()?;
        if matches!(expr.op, crate::ir::Op::Memory(_)) {
            return Ok(expr.clone());
        }
        check_room(expr)?;
        Ok(self.outside.evaluate(std::slice::from_ref(expr))?.remove(0))
    }

    /// The arrays among several results of one call, which an eager call makes together. Views of what was there before
    /// stay what they are.
    ///
    /// # Errors
    /// What the evaluation fails with.
    pub fn evaluated_together(&self, mut results: Vec<Arg>, how: Wrap<'_>) -> Result<Vec<Arg>> {
        let is_made = |expr: &Expr| {
            let is_there = matches!(expr.op, crate::ir::Op::Memory(_) | crate::ir::Op::Fill(_));
            how.mode == Mode::Eager && !is_there && steps_to_base(expr, how.bases).is_none()
        };
        let made = results.iter_mut().filter_map(|arg| if let Arg::Array(expr) = arg { Some(expr) } else { None });
        let mut made: Vec<&mut Expr> = made.filter(|expr| is_made(expr)).collect();
        if made.len() > 1 {
            let exprs: Vec<Expr> = made.iter().map(|expr| (*expr).clone()).collect();
            self.check_interrupt()?;
            exprs.iter().try_for_each(check_room)?;
            made.iter_mut().zip(self.outside.evaluate(&exprs)?).for_each(|(expr, value)| **expr = value);
        }
        Ok(results)
    }

    /// `KeyboardInterrupt` after Ctrl-C.
    ///
    /// # Errors
    /// That.
    pub fn check_interrupt(&self) -> Result<()> {
        if self.outside.interrupted() { Err(Error::interrupt("interrupted")) } else { Ok(()) }
    }

    /// The block of an eager expression.
    ///
    /// # Errors
    /// What the evaluation fails with.
    pub fn block(&self, expr: &Expr) -> Result<Block> {
        if let Some(block) = resident(expr)? {
            return Ok(block);
        }
        let expr = self.evaluated(expr)?;
        match resident(&expr)? {
            Some(block) => Ok(block),
            None => self.computed_block(&expr),
        }
    }

    /// The values of an array of any mode.
    ///
    /// # Errors
    /// What the computation fails with.
    pub fn values(&self, array: &ArrayCell) -> Result<Block> {
        let expr = array.expr();
        match array.mode {
            Mode::Eager => self.block(&expr),
            Mode::Lazy => self.computed_block(&expr),
        }
    }

    fn computed_block(&self, expr: &Expr) -> Result<Block> {
        let blocks = self.outside.compute(std::slice::from_ref(expr))?;
        blocks.into_iter().next().ok_or_else(|| Error::runtime("nothing was computed"))
    }

    /// The value of a 0-d expression.
    ///
    /// # Errors
    /// What the evaluation fails with.
    pub fn scalar(&self, expr: &Expr) -> Result<Scalar> {
        if let Some(value) = resident_scalar(expr)? {
            return Ok(value);
        }
        self.block(expr)?.item().ok_or_else(|| Error::value("the array has more than one element"))
    }

    /// The expression of an array, persisted first where a length is not known.
    ///
    /// # Errors
    /// What the computation fails with.
    pub fn known(&self, array: &ArrayCell) -> Result<Expr> {
        let expr = array.expr();
        if !expr.shape.contains(&UNKNOWN) {
            return Ok(expr);
        }
        let held =
            self.outside.persist(&[expr])?.into_iter().next().ok_or_else(|| Error::runtime("nothing was computed"))?;
        array.set_owner(held.clone());
        Ok(held)
    }

    /// Lazy arrays as eager ones, those in tuples, lists and dicts too, all computed together; all else as it is.
    ///
    /// # Errors
    /// What the computation fails with.
    pub fn computed(&self, value: &Value) -> Result<Value> {
        crate::lang::modules::computed(self, value)
    }

    /// An array at an index.
    ///
    /// # Errors
    /// `IndexError` where it is outside, and what the evaluation fails with.
    pub fn index_array(&self, array: &Rc<ArrayCell>, at: &[Index]) -> Result<Value> {
        let expr = array.expr();
        let lengths_matter = !matches!(at, [Index::Array(_)] | [Index::Ellipsis] | []);
        let expr = if expr.shape.contains(&UNKNOWN) && lengths_matter { self.known(array)? } else { expr };
        let picked = self.in_mode(array.mode, || index::get(&expr, at, self))?;
        if array.mode == Mode::Lazy {
            return Ok(Value::Array(Rc::new(ArrayCell::lazy(picked))));
        }
        if picked.ndim() == 0 && !at.iter().any(|i| matches!(i, Index::Ellipsis)) {
            return Ok(Value::Scalar(self.scalar(&picked)?));
        }
        let basic = !at.iter().any(|i| matches!(i, Index::Array(_) | Index::Bool(_)));
        if basic && picked == expr {
            return Ok(Value::Array(Rc::new(ArrayCell::view_of(array, vec![]))));
        }
        let bases = [array.clone()];
        self.wrap(&picked, Wrap { mode: Mode::Eager, keep_0d: true, bases: if basic { &bases } else { &[] } })
    }

    /// Replaces the part of an array at an index.
    ///
    /// # Errors
    /// `IndexError` or `ValueError` where index or value do not fit.
    pub fn set_array(&self, array: &Rc<ArrayCell>, at: &[Index], value: &Expr) -> Result<()> {
        let expr = self.known(array)?;
        let new = self.in_mode(array.mode, || index::set(&expr, at, value, self))?;
        self.replace_array(array, &new)
    }

    /// Replaces all elements of an array by those of an expression of its shape and dtype.
    ///
    /// # Errors
    /// What the evaluation fails with, or `ValueError` for a view that cannot be written to.
    pub fn replace_array(&self, array: &Rc<ArrayCell>, new: &Expr) -> Result<()> {
        let whole = array.replaced(new)?;
        let whole = if array.mode == Mode::Eager { self.evaluated(&whole)? } else { whole };
        array.set_owner(whole);
        Ok(())
    }

    /// Runs something while arrays that functions hand to the host are of a mode.
    pub fn in_mode<T>(&self, mode: Mode, run: impl FnOnce() -> T) -> T {
        let before = self.session.calling.replace(mode);
        let out = run();
        self.session.calling.set(before);
        out
    }

    /// Runs a call one level deeper.
    ///
    /// # Errors
    /// `RecursionError` past Python's limit or the stack's.
    pub fn deeper<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        let depth = self.session.depth.get();
        if depth >= MOST_CALLS {
            return Err(Error::new(ErrorKind::RecursionError, "maximum recursion depth exceeded"));
        }
        self.session.depth.set(depth + 1);
        let out = self.check_stack().and_then(|()| run());
        self.session.depth.set(depth);
        out
    }

    /// `RecursionError` where the stack is nearly used up.
    ///
    /// # Errors
    /// That.
    pub fn check_stack(&self) -> Result<()> {
        let here = 0u8;
        let used = self.session.stack_base.get().abs_diff(std::ptr::addr_of!(here) as usize);
        if self.session.stack_base.get() != 0 && used > self.session.stack_bytes.get() {
            return Err(Error::new(ErrorKind::RecursionError, "maximum recursion depth exceeded"));
        }
        Ok(())
    }
}

/// `MemoryError` where the system has no room for a result, before anything is computed.
fn check_room(expr: &Expr) -> Result<()> {
    if expr.shape.contains(&UNKNOWN) {
        return Ok(());
    }
    let Some(size) = expr.shape.iter().try_fold(expr.dtype.itemsize(), |n, &len| n.checked_mul(len)) else {
        return Err(Error::value(
            "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.",
        ));
    };
    if Vec::<u8>::new().try_reserve_exact(size).is_ok() {
        return Ok(());
    }
    let shape = crate::data::show_shape(&expr.shape);
    let message = format!(
        "Unable to allocate {} for an array with shape {shape} and data type {}",
        binary_size(size),
        expr.dtype
    );
    Err(Error::memory(message).help("da makes arrays that are larger than memory, in chunks"))
}

/// A number of bytes as NumPy's `MemoryError` has it: `728. TiB`, `7.45 GiB`.
fn binary_size(bytes: usize) -> String {
    const UNITS: [&str; 7] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        (size, unit) = (size / 1024.0, unit + 1);
    }
    match size {
        100.0.. => format!("{size:.0}. {}", UNITS[unit]),
        10.0.. => format!("{size:.1} {}", UNITS[unit]),
        _ => format!("{size:.2} {}", UNITS[unit]),
    }
}

/// A block as NumPy shows it: 0-d as a scalar.
pub fn of_block(block: Block) -> Value {
    match block.item() {
        Some(value) if block.ndim() == 0 => Value::Scalar(value),
        _ => Value::block(block),
    }
}

impl Host for Machine<'_> {
    fn values(&self, arrays: &[Expr]) -> Result<Vec<Block>> {
        let near: Option<Vec<Block>> = arrays.iter().map(resident).collect::<Result<_>>()?;
        if let Some(blocks) = near {
            return Ok(blocks);
        }
        match self.session.calling.get() {
            Mode::Lazy => self.outside.compute(arrays),
            Mode::Eager => arrays.iter().map(|expr| self.block(expr)).collect(),
        }
    }

    fn call(&self, callable: &Callable, args: Vec<Arg>) -> Result<Arg> {
        self.call_named(callable, args, vec![])
    }

    fn call_named(&self, callable: &Callable, args: Vec<Arg>, named: Vec<(&'static str, Arg)>) -> Result<Arg> {
        let known = self.session.callables.borrow().get(&callable.id).cloned();
        let function = known.ok_or_else(|| Error::runtime(format!("the function {} is gone", callable.name)))?;
        let mode = self.session.calling.get();
        let wrap = Wrap { mode, keep_0d: true, bases: &[] };
        let args = args.into_iter().map(|arg| from_arg(self, arg, wrap)).collect::<Result<_>>()?;
        let mut args = Args::of(args);
        for (name, arg) in named {
            args.named.push((name.to_string(), from_arg(self, arg, wrap)?));
        }
        let answer = self.call(&function, args)?;
        self.session.calling.set(mode);
        to_arg(self, &answer)
    }

    fn call_eagerly(&self, callable: &Callable, args: Vec<Arg>) -> Result<Arg> {
        self.check_interrupt()?;
        self.in_mode(Mode::Eager, || self.call_named(callable, args, vec![]))
    }

    fn trace(&self, callable: &Callable, args: Vec<Arg>, stand_in: &Expr) -> Result<Arg> {
        let outside = Tracing { outside: self.outside, stand_in };
        let tracer = Machine { session: self.session, outside: &outside };
        self.in_mode(Mode::Lazy, || tracer.call_named(callable, args, vec![]))
    }

    fn random_key(&self, generator: Option<u64>) -> (u64, u64) {
        self.outside.random_key(generator)
    }

    fn seed(&self, generator: Option<u64>, seed: Option<u64>) {
        self.outside.seed(generator, seed);
    }

    fn new_generator(&self, seed: Option<u64>) -> u64 {
        self.outside.new_generator(seed)
    }

    fn default_chunk_length(&self) -> Option<usize> {
        self.outside.default_chunk_length()
    }

    fn warn(&self, text: &str) {
        let mut warned = self.session.warned.borrow_mut();
        if self.session.warnings_silenced.get() || warned.iter().any(|w| w == text) {
            return;
        }
        warned.push(text.to_string());
        self.outside.warn(text);
    }
}
