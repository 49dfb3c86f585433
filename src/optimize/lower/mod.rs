//! From optimised expressions to stages: everything between two folds becomes one fused program.

mod compile;
mod groups;
mod leaf;

use crate::data::{Chunks, Cuts};
use crate::ir::{
    Aggregate, Expr, ExprId, Fold, Op, Output, PerBlock, Plan, Program, Reduce, Sink, Source, Stage, Work,
};
use crate::ops::kernel::is_order_statistic;
use compile::Compiler;
use groups::groups;
use std::collections::HashMap;

/// Elements of a line from which its order statistics are searched by passes instead of selected in a copy: there a copy's
/// keys no longer fit into the second level of cache, and one line is work for several threads.
const SEARCHED: usize = 1 << 18;

/// Sums of a block of a product up to which the engine brings in each of its rows and columns once.
const SWEPT: usize = 1 << 20;

/// Elements of a product that is made in one block whatever its chunks: 2 MB of sums, and as much again for each copy.
const TOGETHER: usize = 1 << 18;

/// How many times less than both operands once is little to read again.
const LITTLE: usize = 4;

/// In what form results are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Each in one block: what a user asks to see.
    Whole,
    /// In the blocks of their chunk grids: what is persisted.
    Blocks,
}

/// The plan that makes the arrays in the chunk grids of `results`, which come with the grids asked for.
pub fn lower(results: &[(Expr, Chunks)], keep: Keep) -> Plan {
    let exprs: Vec<Expr> = results.iter().map(|(expr, _)| expr.clone()).collect();
    let in_blocks = if keep == Keep::Blocks { exprs.iter().map(Expr::id).collect() } else { vec![] };
    let mut lower =
        Lower { stages: vec![], made: HashMap::new(), groups: groups(&exprs), calls: calls(&exprs), in_blocks };
    // What is ready in other chunks than are asked for is stored once more.
    let as_wanted = |(expr, grid): &(Expr, Chunks)| keep == Keep::Whole || expr.chunks == *grid;
    let mut out: Vec<Option<Source>> =
        results.iter().map(|result| if as_wanted(result) { lower.ready(&result.0) } else { None }).collect();
    lower.store_rest(results, &mut out, keep);
    let mut plan = Plan { stages: lower.stages, results: out.into_iter().flatten().collect() };
    if keep == Keep::Whole {
        put_together(&mut plan);
    }
    plan
}

/// Says of results that no stage reads that their blocks are put side by side.
fn put_together(plan: &mut Plan) {
    for result in &plan.results {
        let Source::Stage { stage, output, .. } = *result else { continue };
        if !plan.stages.iter().any(|later| later.needs.contains(&stage)) {
            plan.stages[stage].outputs[output].as_one = true;
        }
    }
}

/// Whether a node's result must exist as an array before others read it.
fn is_breaker(op: &Op) -> bool {
    matches!(
        op,
        Op::Reduce(_)
            | Op::Scan(_)
            | Op::Contract { .. }
            | Op::PerBlock(_)
            | Op::Aggregate(_)
            | Op::Locate(_)
            | Op::Select
    )
}

/// The results of calls, by their inputs.
fn calls(results: &[Expr]) -> HashMap<Vec<Expr>, Vec<Expr>> {
    let mut calls: HashMap<Vec<Expr>, Vec<Expr>> = HashMap::new();
    for node in results.iter().flat_map(Expr::nodes) {
        if matches!(node.op, Op::Aggregate(_) | Op::PerBlock(_)) {
            calls.entry(node.inputs.clone()).or_default().push(node);
        }
    }
    calls
}

/// The stages so far, and where each expression that was made is to be found.
struct Lower {
    stages: Vec<Stage>,
    made: HashMap<ExprId, Source>,
    groups: HashMap<ExprId, Vec<Expr>>,
    /// What may be one of several results of a call, by the inputs: those of one call share its stage.
    calls: HashMap<Vec<Expr>, Vec<Expr>>,
    /// The results that are wanted in the blocks of their own chunks.
    in_blocks: Vec<ExprId>,
}

impl Lower {
    /// Where an expression is to be read, where that takes no pass of its own to store it.
    fn ready(&mut self, expr: &Expr) -> Option<Source> {
        match &expr.op {
            Op::Memory(held) => Some(Source::Memory(held.clone())),
            op if is_breaker(op) => Some(self.source(expr)),
            _ => self.made.get(&expr.id()).cloned(),
        }
    }

    /// Where an expression is to be read, made by a stage of its own if need be.
    fn source(&mut self, expr: &Expr) -> Source {
        if let Some(source) = self.made.get(&expr.id()) {
            return source.clone();
        }
        match &expr.op {
            Op::Memory(held) => return Source::Memory(held.clone()),
            Op::Stored(stored) => return Source::Stored(stored.clone()),
            Op::Iota { start, step } => {
                return Source::Iota { start: *start, step: *step, dtype: expr.dtype, shape: expr.shape.clone() };
            }
            Op::Random(random) => {
                return Source::Random { random: random.clone(), dtype: expr.dtype, shape: expr.shape.clone() };
            }
            Op::Rechunk => return self.source(&expr.inputs[0].clone()),
            Op::Reduce(reduce) => self.folds(expr, reduce),
            Op::Scan(scan) => {
                let program = self.program(&expr.inputs);
                let work =
                    Work::Scan { program, grid: scan.grid.clone(), axis: scan.axis, fold: scan.fold, skip: scan.skip };
                self.push(expr, work, fold_label("cumulative ", scan.fold));
            }
            Op::Contract { grid } => {
                let (grid, chunks) = self.product_blocks(expr, grid);
                let [a_once, b_once] = read_once(&chunks);
                let (a, b) = (self.operand(&expr.inputs[0], a_once), self.operand(&expr.inputs[1], b_once));
                let outputs = vec![Output { chunks, dtype: expr.dtype, as_one: false }];
                self.push_stage(std::slice::from_ref(expr), Work::Contract { a, b, grid }, outputs, "matmul".into());
            }
            Op::PerBlock(call) if is_searched(expr, call) => {
                let program = self.program(&expr.inputs);
                let loops = Chunks(expr.chunks.0[..expr.ndim() - call.core.output].to_vec());
                let input = &expr.inputs[0];
                let grid = if input.op == Op::Rechunk { &input.inputs[0].chunks } else { &input.chunks }.clone();
                self.push(expr, Work::Ranks { program, call: call.clone(), loops, grid }, call.name.to_string());
            }
            Op::PerBlock(call) => self.per_block(expr, call),
            Op::Aggregate(call) => self.aggregate(expr, call),
            Op::Locate(kind) => {
                let (program, line) = (self.program(&expr.inputs[..1]), self.program(&expr.inputs[1..]));
                let work = Work::Locate { program, line, grid: expr.chunks.clone(), kind: *kind };
                self.push(expr, work, "searchsorted".into());
            }
            Op::Select => {
                let (array, mask) = (self.program(&expr.inputs[..1]), self.program(&expr.inputs[1..]));
                self.push(expr, Work::Select { array, mask }, "select".into());
            }
            _ => self.store(&[(expr.clone(), expr.chunks.clone())], Keep::Blocks),
        }
        self.made[&expr.id()].clone()
    }

    /// A program that makes an expression of its own shape.
    fn program(&mut self, exprs: &[Expr]) -> Program {
        Compiler::compile(self, exprs)
    }

    /// A program for an operand of a product: what is computed is stored first where it is read again and again.
    fn operand(&mut self, expr: &Expr, once: bool) -> Program {
        let computed = matches!(below_views(expr).op, Op::Map(_) | Op::Concat { .. } | Op::Update(_));
        if computed && !once && !self.made.contains_key(&expr.id()) {
            let grid = expr.chunks.clone();
            self.store(&[(expr.clone(), grid)], Keep::Blocks);
        }
        self.program(std::slice::from_ref(expr))
    }

    /// The chunks over which a product is made, and those of its result: a small result in one along the axes that would
    /// have an operand read again and again.
    fn product_blocks(&self, product: &Expr, grid: &Chunks) -> (Chunks, Chunks) {
        let (mut grid, mut chunks, batch) = (grid.clone(), product.chunks.clone(), product.ndim() - 2);
        let is_small = crate::data::size_of(&product.shape).is_some_and(|size| size <= TOGETHER);
        if is_small && !self.in_blocks.contains(&product.id()) {
            let [rows, columns] = [0, 1].map(|axis| product.shape[batch + axis]);
            for (axis, own, other) in [(batch, rows, columns), (batch + 1, columns, rows)] {
                let again = other.saturating_mul(chunks.0[axis].count() - 1);
                if again.saturating_mul(LITTLE) > own + other {
                    let whole = Cuts::whole(product.shape[axis]);
                    (grid.0[axis], chunks.0[axis]) = (whole.clone(), whole);
                }
            }
        }
        (grid, chunks)
    }

    /// The folds that share a pass with `expr`, as one stage.
    fn folds(&mut self, expr: &Expr, reduce: &Reduce) {
        let group = self.groups.get(&expr.id()).cloned().unwrap_or_else(|| vec![expr.clone()]);
        let (mut roots, mut sinks): (Vec<Expr>, Vec<Sink>) = (vec![], vec![]);
        let root = |roots: &mut Vec<Expr>, input: &Expr| {
            roots.iter().position(|r| r == input).unwrap_or_else(|| {
                roots.push(input.clone());
                roots.len() - 1
            })
        };
        for member in &group {
            let Op::Reduce(Reduce { fold, needs_some, .. }) = &member.op else { continue };
            let at = root(&mut roots, &member.inputs[0]);
            let mask = member.inputs.get(1).map(|mask| root(&mut roots, mask));
            sinks.push(Sink::Fold { root: at, mask, fold: *fold, needs_some: *needs_some });
        }
        let program = self.program(&roots);
        let label =
            group.iter().map(|m| if let Op::Reduce(r) = &m.op { fold_label("", r.fold) } else { String::new() });
        let label = label.collect::<Vec<_>>().join(", ");
        let work = Work::Fused { program, grid: reduce.grid.clone(), folded: reduce.axes.clone(), sinks };
        self.push_all(&group, work, label);
    }

    /// The results of the call of which `expr` is one that are asked for, and which of the call's they are.
    fn results_of_call(&self, expr: &Expr) -> (Vec<Expr>, Vec<usize>) {
        let (mut members, mut results) = (vec![], vec![]);
        let of_inputs = self.calls.get(&expr.inputs).into_iter().flatten();
        for node in of_inputs.filter(|node| node.is_of_same_call(expr)) {
            let (Op::Aggregate(Aggregate { result, .. }) | Op::PerBlock(PerBlock { result, .. })) = &node.op else {
                continue;
            };
            if !results.contains(result) {
                members.push(node.clone());
                results.push(*result);
            }
        }
        (members, results)
    }

    /// The results of a block function that are asked for, as one stage.
    fn per_block(&mut self, expr: &Expr, call: &PerBlock) {
        let (members, results) = self.results_of_call(expr);
        let inputs = expr.inputs.iter().map(|input| self.program(std::slice::from_ref(input))).collect();
        let loops = Chunks(expr.chunks.0[..expr.ndim() - call.core.output].to_vec());
        let work = Work::PerBlock { inputs, call: call.clone(), loops, results };
        self.push_all(&members, work, call.name.to_string());
    }

    /// The results of an aggregate that are asked for, as one stage.
    fn aggregate(&mut self, expr: &Expr, call: &Aggregate) {
        let Aggregate { kind, grid, .. } = call;
        let (members, results) = self.results_of_call(expr);
        let program = self.program(&expr.inputs);
        let work = Work::Aggregate { program, grid: grid.clone(), kind: kind.clone(), results };
        self.push_all(&members, work, kind.name().into());
    }

    /// One pass that stores arrays of one shape and grid.
    fn store(&mut self, results: &[(Expr, Chunks)], keep: Keep) {
        let exprs: Vec<Expr> = results.iter().map(|(expr, _)| expr.clone()).collect();
        let program = self.program(&exprs);
        let sinks = (0..exprs.len()).map(|root| Sink::Store { root }).collect();
        let grid = results[0].1.clone();
        let chunks = if keep == Keep::Whole { Chunks::whole(&grid.shape()) } else { grid.clone() };
        let outputs = exprs.iter().map(|e| Output { chunks: chunks.clone(), dtype: e.dtype, as_one: false }).collect();
        let work = Work::Fused { program, grid, folded: vec![], sinks };
        self.push_stage(&exprs, work, outputs, "store".into());
    }

    /// The results that are not ready: those of one grid are stored in one pass.
    fn store_rest(&mut self, results: &[(Expr, Chunks)], out: &mut [Option<Source>], keep: Keep) {
        for first in 0..results.len() {
            if out[first].is_some() {
                continue;
            }
            let grid = results[first].1.clone();
            let same: Vec<usize> =
                (first..results.len()).filter(|&i| out[i].is_none() && results[i].1 == grid).collect();
            let mut together: Vec<(Expr, Chunks)> = vec![];
            for &i in &same {
                if !together.contains(&results[i]) {
                    together.push(results[i].clone());
                }
            }
            self.store(&together, keep);
            for i in same {
                out[i] = self.made.get(&results[i].0.id()).cloned();
            }
        }
    }

    fn push(&mut self, expr: &Expr, work: Work, label: String) {
        self.push_all(std::slice::from_ref(expr), work, label);
    }

    fn push_all(&mut self, exprs: &[Expr], work: Work, label: String) {
        let outputs =
            exprs.iter().map(|e| Output { chunks: e.chunks.clone(), dtype: e.dtype, as_one: false }).collect();
        self.push_stage(exprs, work, outputs, label);
    }

    fn push_stage(&mut self, exprs: &[Expr], work: Work, outputs: Vec<Output>, label: String) {
        let stage = self.stages.len();
        let mut needs: Vec<usize> = work.programs().into_iter().flat_map(leaf::stages_read).collect();
        needs.sort_unstable();
        needs.dedup();
        self.stages.push(Stage { work, outputs, needs, label });
        for (output, expr) in exprs.iter().enumerate() {
            self.made.insert(expr.id(), Source::Stage { stage, output, shape: expr.shape.clone() });
        }
    }
}

/// Whether each operand of a product is read once: each block of the product reads its rows and its columns in one sweep.
fn read_once(product: &Chunks) -> [bool; 2] {
    let [batch @ .., rows, columns] = product.0.as_slice() else { return [false; 2] };
    let one = batch.iter().all(|cuts| cuts.len() == 1) && rows.largest().saturating_mul(columns.largest()) <= SWEPT;
    [one && columns.count() == 1, one && rows.count() == 1]
}

/// Whether a block function wants a few order statistics of lines that are too long for a block.
fn is_searched(expr: &Expr, call: &PerBlock) -> bool {
    let loops = expr.ndim() - call.core.output;
    let len = crate::data::size_of(&expr.inputs[0].shape[loops..]);
    len.is_some_and(|len| len >= SEARCHED) && is_order_statistic(call.name)
}

/// The expression that views, one upon another, are of.
fn below_views(expr: &Expr) -> &Expr {
    let mut below = expr;
    while let Op::View(_) | Op::Rechunk = below.op {
        below = &below.inputs[0];
    }
    below
}

fn fold_label(prefix: &str, fold: Fold) -> String {
    format!("{prefix}{}", fold.name())
}
