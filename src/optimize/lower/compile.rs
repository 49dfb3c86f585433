//! Expressions to straight-line programs over an index space.

use super::{Lower, is_breaker};
use crate::data::{DType, Region, Scalar};
use crate::ir::{
    Expr, ExprId, Kernel, Leaf, Make, Op, Overlay, Piece, Program, Reg, RegSpec, Source, Step, View, ViewAxis,
};
use crate::optimize::rules::is_read_often;
use std::collections::HashMap;

/// Builds one program; equal parts become one register.
pub(super) struct Compiler<'a> {
    lower: &'a mut Lower,
    program: Program,
    known: HashMap<(ExprId, View), Reg>,
}

impl Compiler<'_> {
    /// The program that makes expressions of one shape.
    pub(super) fn compile(lower: &mut Lower, exprs: &[Expr]) -> Program {
        let space = exprs[0].shape.clone();
        Compiler::compile_view(lower, exprs, &View::identity(&space))
    }

    /// The program that makes what a view reads of expressions.
    fn compile_view(lower: &mut Lower, exprs: &[Expr], view: &View) -> Program {
        let program = Program { space: view.shape.clone(), regs: vec![], leaves: vec![], roots: vec![] };
        let mut compiler = Compiler { lower, program, known: HashMap::new() };
        let roots = exprs.iter().map(|expr| compiler.reg(expr, view)).collect();
        compiler.program.roots = roots;
        compiler.program
    }

    /// The register of an expression read through a view of it.
    fn reg(&mut self, expr: &Expr, view: &View) -> Reg {
        let key = (expr.id(), view.clone());
        if let Some(&reg) = self.known.get(&key) {
            return reg;
        }
        let stored = self.lower.made.contains_key(&expr.id()) || is_read_often(view, expr);
        let reg = match &expr.op {
            _ if stored => {
                let leaf = Leaf { source: self.lower.source(expr), path: vec![Step::View(view.clone())] };
                self.load(leaf, expr.dtype, view)
            }
            Op::View(inner) => self.reg(&expr.inputs[0], &view.after(inner)),
            Op::Rechunk => self.reg(&expr.inputs[0], view),
            Op::Fill(value) => self.constant(*value),
            Op::Map(kernel) => self.map(expr, *kernel, view),
            Op::Concat { axis } if !view.slides_along(*axis) => self.pieces(expr, *axis, view),
            Op::Update(at) if view.is_identity(&expr.shape) => self.overlay(expr, at),
            _ => {
                let leaf = self.leaf(expr, vec![Step::View(view.clone())]);
                self.load(leaf, expr.dtype, view)
            }
        };
        self.known.insert(key, reg);
        reg
    }

    fn push(&mut self, dtype: DType, make: Make, varies: Vec<bool>) -> Reg {
        self.program.regs.push(RegSpec { dtype, make, varies });
        self.program.regs.len() - 1
    }

    fn constant(&mut self, value: Scalar) -> Reg {
        let varies = vec![false; self.program.space.len()];
        self.push(value.dtype(), Make::Const(value), varies)
    }

    fn map(&mut self, expr: &Expr, kernel: Kernel, view: &View) -> Reg {
        let args: Vec<Reg> = expr.inputs.iter().map(|input| self.reg(input, view)).collect();
        let varies =
            (0..self.program.space.len()).map(|axis| args.iter().any(|&arg| self.program.regs[arg].varies[axis]));
        let varies = varies.collect();
        self.push(expr.dtype, Make::Map(kernel, args), varies)
    }

    fn load(&mut self, leaf: Leaf, dtype: DType, view: &View) -> Reg {
        let simple = leaf.path.len() == 1;
        let varies = view
            .axes
            .iter()
            .zip(&view.shape)
            .map(|(axis, &n)| !simple || (n > 1 && *axis != ViewAxis::Repeat))
            .collect();
        self.program.leaves.push(leaf);
        self.push(dtype, Make::Load(self.program.leaves.len() - 1), varies)
    }

    /// The source below an expression and the path to it; what cannot be read at random is made first.
    fn leaf(&mut self, expr: &Expr, mut path: Vec<Step>) -> Leaf {
        match &expr.op {
            Op::View(inner) => {
                match path.last_mut() {
                    Some(Step::View(view)) => *view = view.after(inner),
                    _ => path.push(Step::View(inner.clone())),
                }
                self.leaf(&expr.inputs[0], path)
            }
            Op::Rechunk => self.leaf(&expr.inputs[0], path),
            Op::Reshape => {
                path.push(Step::Reshape { from: expr.shape.clone(), to: expr.inputs[0].shape.clone() });
                self.leaf(&expr.inputs[0], path)
            }
            Op::Take { axis } if !slides_at(&path, *axis) => {
                let index = self.lower.source(&expr.inputs[1]);
                let index = self.lower.stored(index, &expr.inputs[1]);
                path.push(Step::Take { axis: *axis, index, len: expr.inputs[0].shape[*axis] });
                self.leaf(&expr.inputs[0], path)
            }
            op if is_breaker(op) || matches!(op, Op::Memory(_) | Op::Iota { .. } | Op::Random(_)) => {
                Leaf { source: self.lower.source(expr), path }
            }
            _ => Leaf { source: self.lower.source(expr), path },
        }
    }

    /// The parts of a concatenation that a view reads, side by side.
    fn pieces(&mut self, expr: &Expr, axis: usize, view: &View) -> Reg {
        let mut offset = 0;
        let mut pieces = vec![];
        for input in &expr.inputs {
            let len = input.shape[axis];
            if let Some(piece) = self.piece(input, axis, offset, len, view) {
                pieces.push(piece);
            }
            offset += len;
        }
        if let [only] = pieces.as_slice()
            && only.0.len == self.program.space
        {
            let (_, input, view) = pieces.remove(0);
            return self.reg(&input, &view);
        }
        let made = pieces
            .into_iter()
            .map(|(at, input, view)| Piece { at, program: Compiler::compile_view(self.lower, &[input], &view) });
        let make = Make::Pieces(made.collect());
        let varies = vec![true; self.program.space.len()];
        self.push(expr.dtype, make, varies)
    }

    /// Where in the space a view of a concatenation reads an input at `offset`, and the view of that input.
    fn piece(&self, input: &Expr, axis: usize, offset: usize, len: usize, view: &View) -> Option<(Region, Expr, View)> {
        let mut at = Region::all(&view.shape);
        let mut own = view.clone();
        let first = view.base[axis];
        match view.reader_of(axis) {
            None => {
                if !(offset..offset + len).contains(&first) {
                    return None;
                }
                own.base[axis] = first - offset;
            }
            Some((out, step)) => {
                let (start, n) = View::inside(first, step, view.shape[out], offset, len);
                if n == 0 {
                    return None;
                }
                at.start[out] = start;
                at.len[out] = n;
                own.base[axis] = first.wrapping_add_signed(step * start as isize) - offset;
                own.shape[out] = n;
            }
        }
        Some((at, input.clone(), own))
    }

    /// An array with a strided part replaced.
    fn overlay(&mut self, expr: &Expr, at: &View) -> Reg {
        let space = expr.shape.clone();
        let under = self.reg(&expr.inputs[0], &View::identity(&space));
        let value = &expr.inputs[1];
        let program = Compiler::compile(self.lower, std::slice::from_ref(value));
        let reader = |axis| at.reader_of(axis);
        let part = Overlay {
            start: at.base.clone(),
            step: (0..space.len()).map(|axis| reader(axis).map_or(1, |(_, step)| step)).collect(),
            axis: (0..space.len()).map(|axis| reader(axis).map(|(out, _)| out)).collect(),
            program,
        };
        let varies = vec![true; space.len()];
        self.push(expr.dtype, Make::Overlay { under, part: Box::new(part) }, varies)
    }
}

/// Whether the last step of a path slides windows along an axis of what it reads.
fn slides_at(path: &[Step], axis: usize) -> bool {
    matches!(path.last(), Some(Step::View(view)) if view.slides_along(axis))
}

impl Lower {
    /// A source that lies in memory when its stage has run.
    fn stored(&mut self, source: Source, expr: &Expr) -> Source {
        match source {
            Source::Memory(_) | Source::Stage { .. } => source,
            _ => {
                self.store(&[(expr.clone(), expr.chunks.clone())], super::Keep::Blocks);
                self.made[&expr.id()].clone()
            }
        }
    }
}
