//! Arrays as objects: what a name holds, what an alias sees, and which array a view writes to.
//!
//! ```text
//! y = x[::2]      y: View { base: x's cell, steps: [View] }     y[0] = 5 replaces x's expression
//! y = x.T         y: View { base: x's cell, steps: [View] }
//! y = x + 1       y: Own(expression)
//! ```

use crate::data::{DType, Error, Result};
use crate::ir::{Expr, Op, View, ViewAxis};
use crate::ops::function::Mode;
use crate::ops::primitive;
use std::cell::RefCell;
use std::rc::Rc;

/// An array object; clones of the `Rc` are aliases.
pub struct ArrayCell {
    pub mode: Mode,
    state: RefCell<State>,
}

#[derive(Clone)]
enum State {
    Own(Expr),
    /// Part of another eager array, outermost step last.
    View {
        base: Rc<ArrayCell>,
        steps: Vec<Step>,
    },
}

/// One way of reading an array without copying it.
#[derive(Clone, Debug)]
pub enum Step {
    View(View),
    Reshape(Vec<usize>),
}

impl ArrayCell {
    /// An eager array: the expression is evaluated already.
    pub fn eager(expr: Expr) -> ArrayCell {
        ArrayCell::own(Mode::Eager, expr)
    }

    /// A lazy array.
    pub fn lazy(expr: Expr) -> ArrayCell {
        ArrayCell::own(Mode::Lazy, expr)
    }

    /// An array of its own in a mode.
    pub fn own(mode: Mode, expr: Expr) -> ArrayCell {
        ArrayCell { mode, state: RefCell::new(State::Own(expr)) }
    }

    /// A view of another eager array.
    pub fn view_of(base: &Rc<ArrayCell>, steps: Vec<Step>) -> ArrayCell {
        let (base, steps) = match &*base.state.borrow() {
            State::Own(_) => (base.clone(), steps),
            State::View { base, steps: first } => (base.clone(), first.iter().cloned().chain(steps).collect()),
        };
        ArrayCell { mode: Mode::Eager, state: RefCell::new(State::View { base, steps }) }
    }

    /// The array as an expression.
    pub fn expr(&self) -> Expr {
        match &*self.state.borrow() {
            State::Own(expr) => expr.clone(),
            State::View { base, steps } => steps.iter().fold(base.expr(), |x, step| apply(&x, step)),
        }
    }

    /// The dtype.
    pub fn dtype(&self) -> DType {
        match &*self.state.borrow() {
            State::Own(expr) => expr.dtype,
            State::View { base, .. } => base.dtype(),
        }
    }

    /// Whether writing goes to the array that another expression reads; `None` where this array owns its elements.
    pub fn base(&self) -> Option<Rc<ArrayCell>> {
        match &*self.state.borrow() {
            State::Own(_) => None,
            State::View { base, .. } => Some(base.clone()),
        }
    }

    /// What the elements become when this array's are replaced by `value` (of its shape and dtype): the expression of
    /// the array that owns them, still to be evaluated where eager.
    ///
    /// # Errors
    /// `ValueError` where the view repeats elements, so that it cannot be written to.
    pub fn replaced(&self, value: &Expr) -> Result<Expr> {
        match &*self.state.borrow() {
            State::Own(_) => Ok(value.clone()),
            State::View { base, steps } => replace_below(&base.expr(), steps, value),
        }
    }

    /// Makes the owner hold an expression: every view and alias sees it.
    pub fn set_owner(&self, expr: Expr) {
        let base = self.base();
        match base {
            Some(base) => base.set_owner(expr),
            None => *self.state.borrow_mut() = State::Own(expr),
        }
    }
}

/// The expression after one step.
fn apply(x: &Expr, step: &Step) -> Expr {
    match step {
        Step::View(view) => primitive::view(x, view.clone()),
        Step::Reshape(shape) => primitive::reshape(x, shape).unwrap_or_else(|_| x.clone()),
    }
}

fn replace_below(x: &Expr, steps: &[Step], value: &Expr) -> Result<Expr> {
    let Some((first, rest)) = steps.split_first() else { return Ok(value.clone()) };
    let inner = replace_below(&apply(x, first), rest, value)?;
    match first {
        Step::Reshape(_) => primitive::reshape(&inner, &x.shape),
        Step::View(view) => write_through(x, view, &inner),
    }
}

/// `x` with the elements that a view reads replaced; new axes of length one are dropped first, as a view that writes
/// must not repeat.
fn write_through(x: &Expr, view: &View, value: &Expr) -> Result<Expr> {
    let repeated: Vec<usize> = (0..view.axes.len()).filter(|&k| view.axes[k] == ViewAxis::Repeat).collect();
    if repeated.iter().any(|&k| view.shape[k] != 1) || view.slides() {
        return Err(Error::value("assignment destination is read-only"));
    }
    let value = primitive::squeeze(value, &repeated)?;
    let input_of = |k: usize| match view.axes[k] {
        ViewAxis::Input { axis, .. } => axis,
        ViewAxis::Repeat => usize::MAX,
    };
    let kept: Vec<usize> = (0..view.axes.len()).filter(|k| !repeated.contains(k)).collect();
    // The part is written in the order of the owner's axes, whatever order the view has them in.
    let mut order: Vec<usize> = (0..kept.len()).collect();
    order.sort_by_key(|&k| input_of(kept[k]));
    let value = primitive::transpose(&value, &order);
    let kept: Vec<usize> = order.iter().map(|&k| kept[k]).collect();
    let bare = View {
        base: view.base.clone(),
        axes: kept.iter().map(|&k| view.axes[k]).collect(),
        shape: kept.iter().map(|&k| view.shape[k]).collect(),
    };
    Ok(primitive::update(x, bare, &value))
}

/// The steps by which an expression reads one of the given bases without copying, and which base that is.
pub fn steps_to_base<'a>(expr: &Expr, bases: &'a [Rc<ArrayCell>]) -> Option<(&'a Rc<ArrayCell>, Vec<Step>)> {
    let mut steps = Vec::new();
    let mut at = expr.clone();
    loop {
        if let Some(base) = bases.iter().find(|base| base.expr() == at) {
            steps.reverse();
            return Some((base, steps));
        }
        match &at.op {
            Op::View(view) => steps.push(Step::View(view.clone())),
            Op::Reshape => steps.push(Step::Reshape(at.shape.clone())),
            _ => return None,
        }
        let below = at.inputs.first()?.clone();
        at = below;
    }
}
