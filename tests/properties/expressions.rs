//! Random expressions: a source and some steps upon it, each a few numbers, so that a failure shrinks to few steps.

use dka::data::{Block, Chunks, Cuts, DType, Scalar};
use dka::ir::{Distribution, Expr, Fold, Kernel, Random};
use dka::ops::primitive::{self as p, Pick};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

/// Numbers that decide one step; each is taken modulo what there is to choose from.
pub type Step = [u8; 6];

/// A source and the steps upon it.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub dtype: u8,
    pub source: u8,
    pub shape: Vec<usize>,
    pub chunk: Vec<usize>,
    pub steps: Vec<Step>,
}

/// Arrays of one to three axes of up to 17 elements, up to six steps.
pub fn recipes() -> impl Strategy<Value = Recipe> {
    let axes = vec((0..18_usize, 1..9_usize), 1..4);
    (any::<u8>(), any::<u8>(), axes, vec(any::<Step>(), 0..7)).prop_map(|(dtype, source, axes, steps)| {
        let (shape, chunk) = axes.into_iter().unzip();
        Recipe { dtype, source, shape, chunk, steps }
    })
}

const DTYPES: [DType; 8] = [
    DType::Float64,
    DType::Int64,
    DType::Float32,
    DType::Int32,
    DType::Bool,
    DType::UInt8,
    DType::Complex128,
    DType::Float64,
];
const UNARY: [Kernel; 12] = [
    Kernel::Negative,
    Kernel::Abs,
    Kernel::Square,
    Kernel::Sin,
    Kernel::Floor,
    Kernel::Sqrt,
    Kernel::Sign,
    Kernel::LogicalNot,
    Kernel::Conjugate,
    Kernel::Isnan,
    Kernel::Exp,
    Kernel::Rint,
];
const BINARY: [Kernel; 12] = [
    Kernel::Add,
    Kernel::Subtract,
    Kernel::Multiply,
    Kernel::Maximum,
    Kernel::Minimum,
    Kernel::Less,
    Kernel::Equal,
    Kernel::FloorDivide,
    Kernel::Remainder,
    Kernel::BitwiseXor,
    Kernel::Divide,
    Kernel::Greater,
];
const FOLDS: [Fold; 9] = [
    Fold::Sum,
    Fold::Prod,
    Fold::Min,
    Fold::Max,
    Fold::Any,
    Fold::All,
    Fold::ArgMin,
    Fold::ArgMax,
    Fold::Var { ddof: Scalar::Float64(0.0) },
];
const SCANS: [Fold; 3] = [Fold::Sum, Fold::Max, Fold::Min];

fn one<T: Copy>(from: &[T], number: u8) -> T {
    from[number as usize % from.len()]
}

fn grid(shape: &[usize], chunk: &[usize]) -> Chunks {
    Chunks(shape.iter().zip(chunk).map(|(&n, &c)| Cuts::regular(n, c.max(1))).collect())
}

impl Recipe {
    /// The array that the steps lead to; steps that do not fit what is there are left out.
    pub fn expr(&self) -> Expr {
        self.stages().pop().expect("there is always the source")
    }

    /// The source and the array after each step.
    pub fn stages(&self) -> Vec<Expr> {
        let mut made = vec![self.source()];
        for step in &self.steps {
            if let Some(next) = apply(&made, step) {
                made.push(next);
            }
        }
        made
    }

    fn source(&self) -> Expr {
        let chunks = grid(&self.shape, &self.chunk);
        let dtype = one(&DTYPES, self.dtype);
        match self.source % 4 {
            0 => {
                let distribution = Distribution::Uniform { low: Scalar::Float64(-2.0), high: Scalar::Float64(3.0) };
                p::cast(&p::random(Random { seed: 3, stream: 9, distribution }, DType::Float64, chunks), dtype)
            }
            1 => p::cast(&p::iota(Scalar::Int64(-7), Scalar::Int64(3), DType::Int64, chunks), dtype),
            _ => {
                let size: usize = self.shape.iter().product();
                let values = (0..size).map(|i| ((i * 37 + 11) % 23) as f64 / 4.0 - 2.0).collect();
                p::rechunk(&p::from_block(Block::from_vec(&self.shape, values).cast(dtype)), chunks)
            }
        }
    }
}

fn apply(made: &[Expr], step: &Step) -> Option<Expr> {
    let x = made.last()?;
    let [kind, a, b, c, ..] = *step;
    match kind % 16 {
        0 => p::map(one(&UNARY, a), std::slice::from_ref(x)).ok(),
        1 | 2 => p::map(one(&BINARY, a), &[x.clone(), partner(made, b)]).ok(),
        3 => Some(p::pick(x, &slices(&x.shape, &step[1..]))),
        4 => fold(made, step),
        5 if x.ndim() > 0 && !x.dtype.is_complex() => Some(p::scan(x, one(&SCANS, a), b as usize % x.ndim())),
        5 if x.ndim() > 0 => Some(p::scan(x, Fold::Sum, b as usize % x.ndim())),
        6 => {
            let mut order: Vec<usize> = (0..x.ndim()).collect();
            order.rotate_left(a as usize % x.ndim().max(1));
            Some(p::transpose(x, &order))
        }
        7 if x.ndim() > 0 => {
            let axis = a as usize % x.ndim();
            Some(p::concat(&[x.clone(), p::pick(x, &slices(&kept(&x.shape, axis), &step[2..]))], axis))
        }
        8 => update(x, step),
        9 => p::reshape(x, &reshaped(&x.shape, a)).ok(),
        10 if x.ndim() > 0 => take(x, step),
        11 => (x.ndim() == 2).then(|| p::contract(&transposed(x), x)),
        12 => Some(p::rechunk(x, grid(&x.shape, &[1 + a as usize % 7, 1 + b as usize % 7, 1 + c as usize % 7]))),
        13 => Some(p::cast(x, one(&DTYPES, a))).filter(|_| !x.dtype.is_inexact()),
        14 => Some(p::expand(x, &[a as usize % (x.ndim() + 1)])).filter(|y| y.ndim() < 4),
        15 => {
            let mask = p::map(Kernel::Greater, &[x.clone(), p::scalar(Scalar::Int64(i64::from(a % 3)))]).ok()?;
            p::map(Kernel::Where, &[mask, x.clone(), partner(made, b)]).ok()
        }
        _ => None,
    }
}

/// What a step combines with: a number, a row, or an earlier array that broadcasts.
fn partner(made: &[Expr], number: u8) -> Expr {
    let x = &made[made.len() - 1];
    let fits = |y: &&Expr| {
        x.shape.len() >= y.shape.len() && x.shape.iter().rev().zip(y.shape.iter().rev()).all(|(a, b)| a == b || *b == 1)
    };
    match number % 4 {
        0 => p::scalar(Scalar::Int64(i64::from(number % 5) - 1)),
        1 if x.ndim() > 0 && x.shape[0] > 0 => p::pick(x, &[Pick::At(number as usize % x.shape[0])]),
        2 if x.ndim() > 0 => p::flip(x, &[number as usize % x.ndim()]),
        _ => made.iter().rev().skip(1).find(fits).unwrap_or(x).clone(),
    }
}

/// The shape with one axis left whole: marked by a length that slices leave alone.
fn kept(shape: &[usize], axis: usize) -> Vec<(usize, bool)> {
    shape.iter().enumerate().map(|(at, &n)| (n, at == axis)).collect()
}

/// A slice of each axis, with steps of either sign.
pub fn slices(shape: &[impl Copy + Into<Axis>], numbers: &[u8]) -> Vec<Pick> {
    let axes = shape.iter().map(|&axis| axis.into());
    axes.enumerate()
        .map(|(at, Axis { len, free })| {
            let number = numbers[at % numbers.len()] as usize + at;
            if !free || len == 0 {
                return Pick::Slice { start: 0, step: 1, len };
            }
            let step = [1, 2, -1, -3, 1, 5][number % 6];
            let start = number / 6 % len;
            let room = if step > 0 { len - 1 - start } else { start };
            Pick::Slice { start, step, len: 1 + room / step.unsigned_abs() }
        })
        .collect()
}

/// The length of an axis, and whether it may be sliced.
#[derive(Clone, Copy)]
pub struct Axis {
    len: usize,
    free: bool,
}

impl From<usize> for Axis {
    fn from(len: usize) -> Axis {
        Axis { len, free: true }
    }
}

impl From<(usize, bool)> for Axis {
    fn from((len, free): (usize, bool)) -> Axis {
        Axis { len, free }
    }
}

fn transposed(x: &Expr) -> Expr {
    p::transpose(x, &[1, 0])
}

fn fold(made: &[Expr], step: &Step) -> Option<Expr> {
    let x = made.last()?;
    let [_, a, b, c, ..] = *step;
    let fold = one(&FOLDS, a);
    if x.ndim() == 0 || x.dtype.is_complex() && !matches!(fold, Fold::Sum | Fold::Var { .. }) {
        return None;
    }
    let all: Vec<usize> = (0..x.ndim()).collect();
    let some: Vec<usize> = all.iter().copied().filter(|axis| b >> axis & 1 == 1).collect();
    let positions = matches!(fold, Fold::ArgMin | Fold::ArgMax);
    let axes = match some.as_slice() {
        [] => all,
        [first, ..] if positions => vec![*first],
        several => several.to_vec(),
    };
    let ordered = positions || matches!(fold, Fold::Min | Fold::Max);
    if ordered && axes.iter().any(|&axis| x.shape[axis] == 0) {
        return None;
    }
    if ordered || c.is_multiple_of(2) {
        return Some(p::reduce(x, fold, &axes));
    }
    let mask = p::map(Kernel::Greater, &[x.clone(), p::scalar(Scalar::Int64(0))]).ok()?;
    p::reduce_masked(x, &mask, fold, &axes).ok()
}

fn update(x: &Expr, step: &Step) -> Option<Expr> {
    let part = p::pick(x, &slices(&x.shape, &step[1..]));
    let dka::ir::Op::View(view) = &part.op else { return None };
    let value = p::cast(&p::map(Kernel::Negative, &[p::cast(&part, DType::Int64)]).ok()?, x.dtype);
    if x.dtype.is_complex() || !matches!(&part.inputs[0], below if below == x) {
        return None;
    }
    Some(p::update(x, view.clone(), &value))
}

/// Another shape of as many elements.
fn reshaped(shape: &[usize], number: u8) -> Vec<usize> {
    let size: usize = shape.iter().product();
    let rows = (1..=size.max(1)).filter(|rows| size.is_multiple_of(*rows)).nth(number as usize % 4).unwrap_or(1);
    if number.is_multiple_of(3) { vec![size] } else { vec![rows, size / rows] }
}

fn take(x: &Expr, step: &Step) -> Option<Expr> {
    let axis = step[1] as usize % x.ndim();
    let len = x.shape[axis];
    if len == 0 {
        return None;
    }
    let index: Vec<i64> = step[2..].iter().map(|&n| (n as usize % len) as i64).collect();
    Some(p::take(x, &p::from_block(Block::from_vec(&[index.len()], index)), axis))
}
