//! From expressions to values: persisted arrays are found, unknown lengths are settled, plans are made and run.

use crate::data::{Block, Held, Result};
use crate::exec::{BlockWriter, Destination, Engine, Report, Settings, Unwatched, Watch, gather};
use crate::ir::{Expr, ExprId, Op, Plan, Traffic};
use crate::ops::primitive;
use crate::optimize::{Keep, below_order, count, first_unknown, need_elements, plan, show, show_traffic, with_known};
use crate::shell::admission::Admission;
use crate::shell::array_table::bytes;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Arrays in memory by the expression they were persisted from, oldest first; they live as long as anything else refers to
/// them.
#[derive(Clone, Default)]
pub struct Persisted(Rc<RefCell<Vec<(ExprId, crate::data::WeakHeld)>>>);

impl Persisted {
    fn find(&self, expr: &Expr) -> Option<Expr> {
        let held = self.0.borrow().iter().rev().find(|(id, _)| *id == expr.id())?.1.upgrade()?;
        Some(primitive::memory(held))
    }

    fn put(&self, expr: &Expr, held: &Held) {
        let mut kept = self.0.borrow_mut();
        kept.retain(|(id, weak)| *id != expr.id() && weak.upgrade().is_some());
        kept.push((expr.id(), held.downgrade()));
    }

    /// The arrays that are alive, oldest first.
    fn alive(&self) -> Vec<Held> {
        self.0.borrow().iter().filter_map(|(_, weak)| weak.upgrade()).collect()
    }
}

/// Computes expressions on an engine.
pub struct Calculator {
    engine: Engine,
    persisted: Persisted,
}

impl Calculator {
    /// A calculator on an engine with the settings; nothing is started yet.
    pub fn new(settings: Settings, persisted: Persisted) -> Calculator {
        Calculator { engine: Engine::new(settings), persisted }
    }

    /// The values of arrays, computed together.
    ///
    /// # Errors
    /// What an operation refuses; `MemoryError` where the plan does not fit the limit; `KeyboardInterrupt`.
    pub fn compute(&self, exprs: &[Expr], watch: &dyn Watch) -> Result<(Vec<Block>, Report)> {
        let below = self.in_order(exprs);
        let (held, report) = self.run(&below, Keep::Whole, watch)?;
        let shaped = |(held, (below, expr)): (&Held, (&Expr, &Expr))| {
            let block = gather(held)?;
            Ok(if below == expr { block } else { block.reshape(&expr.shape) })
        };
        Ok((held.iter().zip(below.iter().zip(exprs)).map(shaped).collect::<Result<_>>()?, report))
    }

    /// Arrays computed together and kept in memory, in their chunks.
    ///
    /// # Errors
    /// As for `compute`.
    pub fn persist(&self, exprs: &[Expr], watch: &dyn Watch) -> Result<(Vec<Expr>, Report)> {
        let (held, report) = self.run(exprs, Keep::Blocks, watch)?;
        exprs.iter().zip(&held).for_each(|(expr, held)| self.persisted.put(expr, held));
        Ok((held.into_iter().map(primitive::memory).collect(), report))
    }

    /// Computes an array and hands its blocks, in the array's chunks, to a writer as they are finished.
    ///
    /// # Errors
    /// As for `compute`, and what the writer refuses.
    pub fn write(
        &self,
        expr: &Expr,
        writer: &BlockWriter<'_>,
        destination: Destination,
        watch: &dyn Watch,
    ) -> Result<Report> {
        let exprs = std::slice::from_ref(expr);
        let mut report = Report { tasks_before: count(exprs).tasks, ..Report::default() };
        let exprs = self.settled(exprs, watch, &mut report)?;
        let plan = self.plan(&exprs, Keep::Blocks);
        let admitted = self.admission().admit(plan, destination)?;
        let ran = self.engine.write(&admitted.plan, &admitted.allowance, writer, watch)?;
        report.add(&ran);
        report.spilled_bytes += admitted.put_out;
        Ok(report)
    }

    /// The results of an eager operation: a view of memory as it is, anything else computed at once. What NumPy does to an
    /// element within one call is done within one pass, and what it makes in one call is made in one.
    ///
    /// # Errors
    /// What an operation refuses.
    pub fn evaluate(&self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        let mut done: HashMap<Expr, Expr> = HashMap::new();
        let nodes: Vec<Expr> = exprs.iter().flat_map(Expr::nodes).collect();
        let passed = passed_on(&nodes);
        for node in &nodes {
            if done.contains_key(node) {
                continue;
            }
            let known = node.inputs.iter().map(|input| (input.clone(), done[input].clone())).collect();
            let mut members: Vec<Expr> = nodes.iter().filter(|other| other.is_of_same_call(node)).cloned().collect();
            members.dedup();
            if members.len() > 1 {
                let values = self.evaluate_call(with_known(&members, &known))?;
                done.extend(members.into_iter().zip(values));
                continue;
            }
            let now = with_known(std::slice::from_ref(node), &known).remove(0);
            let is_left = matches!(now.op, Op::Fill(_)) || passed.contains_key(&node.id());
            let value = if is_left && !exprs.contains(node) { now } else { self.evaluate_one(now)? };
            done.insert(node.clone(), value);
        }
        Ok(exprs.iter().map(|expr| done[expr].clone()).collect())
    }

    /// One operation over inputs that are evaluated: what NumPy does in one call. Views stay views.
    fn evaluate_one(&self, node: Expr) -> Result<Expr> {
        match &node.op {
            Op::Memory(_) => return Ok(node),
            Op::View(_) if matches!(node.inputs[0].op, Op::Memory(_)) => return Ok(node),
            Op::View(outer) => {
                if let Op::View(inner) = &node.inputs[0].op {
                    return self.evaluate_one(primitive::view(&node.inputs[0].inputs[0], outer.after(inner)));
                }
            }
            Op::Rechunk => return Ok(node.inputs[0].clone()),
            Op::Reshape => {
                if let Op::Memory(held) = &node.inputs[0].op {
                    return Ok(primitive::from_block(gather(held)?.reshape(&node.shape)));
                }
            }
            _ => {}
        }
        Ok(self.evaluate_call(vec![node])?.remove(0))
    }

    /// The results of one call of a function.
    fn evaluate_call(&self, results: Vec<Expr>) -> Result<Vec<Expr>> {
        let whole = |node: Expr| {
            let chunks = crate::data::Chunks::whole(&node.shape);
            (node, chunks)
        };
        let plan = crate::optimize::lower(&results.into_iter().map(whole).collect::<Vec<_>>(), Keep::Whole);
        let allowance = self.admission().admit_eager(&plan)?;
        let held = self.engine.run_eager(&plan, &allowance)?;
        held.iter().map(|held| gather(held).map(primitive::from_block)).collect()
    }

    fn run(&self, exprs: &[Expr], keep: Keep, watch: &dyn Watch) -> Result<(Vec<Held>, Report)> {
        let mut report = Report { tasks_before: count(exprs).tasks, ..Report::default() };
        let exprs = self.settled(exprs, watch, &mut report)?;
        let plan = self.plan(&exprs, keep);
        let held = self.run_plan(plan, watch, &mut report)?;
        Ok((held, report))
    }

    /// What is made where arrays are wanted in one block each.
    fn in_order(&self, exprs: &[Expr]) -> Vec<Expr> {
        let is_made = |expr: &Expr| self.persisted.find(expr).is_some();
        exprs.iter().map(|expr| below_order(expr, &is_made).clone()).collect()
    }

    fn plan(&self, exprs: &[Expr], keep: Keep) -> Plan {
        plan(exprs, keep, &|expr| self.persisted.find(expr))
    }

    /// Expressions all of whose lengths are known, for which selections are computed first.
    fn settled(&self, asked: &[Expr], watch: &dyn Watch, report: &mut Report) -> Result<Vec<Expr>> {
        let settled = self.lengths_known(asked, watch, report)?;
        Ok(asked.iter().zip(settled).map(|(asked, now)| in_chunks_of(asked, now)).collect())
    }

    fn lengths_known(&self, exprs: &[Expr], watch: &dyn Watch, report: &mut Report) -> Result<Vec<Expr>> {
        let (mut exprs, _) = crate::optimize::rewrite(exprs, &|expr| self.persisted.find(expr));
        loop {
            let first = first_unknown(&exprs);
            let is_read = |node: &Expr| exprs.iter().flat_map(Expr::nodes).any(|other| other.inputs.contains(node));
            let first: Vec<Expr> = first.into_iter().filter(|node| !exprs.contains(node) || is_read(node)).collect();
            if first.is_empty() {
                return Ok(exprs);
            }
            let plan = self.plan(&first, Keep::Whole);
            let held = self.run_plan(plan, watch, report)?;
            let known = first.into_iter().zip(held.into_iter().map(primitive::memory)).collect();
            exprs = with_known(&exprs, &known);
            need_elements(&exprs)?;
            (exprs, _) = crate::optimize::rewrite(&exprs, &|expr| self.persisted.find(expr));
        }
    }

    fn run_plan(&self, plan: Plan, watch: &dyn Watch, report: &mut Report) -> Result<Vec<Held>> {
        let admitted = self.admission().admit(plan, Destination::Kept)?;
        let (held, ran) = self.engine.run(&admitted.plan, &admitted.allowance, watch)?;
        report.add(&ran);
        report.spilled_bytes += admitted.put_out;
        Ok(held)
    }

    fn admission(&self) -> Admission<'_> {
        Admission { engine: &self.engine, persisted: self.persisted.alive() }
    }

    /// The plan of arrays before and after optimisation, as text.
    pub fn explain(&self, exprs: &[Expr]) -> String {
        let before = count(exprs);
        let exprs = &self.in_order(exprs);
        let (rewritten, fired) = crate::optimize::rewrite(exprs, &|expr| self.persisted.find(expr));
        let first: Vec<Expr> = first_unknown(&rewritten).into_iter().filter(|node| !rewritten.contains(node)).collect();
        if !first.is_empty() {
            let plan = self.plan(&first, Keep::Whole);
            let line = counted("before", before.operations, "operation", before.tasks);
            let then = "then     the rest is planned, once the length of what is selected is known";
            return format!("{line}\n{}\n{then}\n", show(&plan, &shown));
        }
        let (plan, need, fits) = self.admission().foreseen(self.plan(exprs, Keep::Whole));
        let limit = self.engine.settings().memory_limit;
        let tasks: usize = plan.stages.iter().map(|stage| stage.work.tasks()).sum();
        let rules: Vec<String> = fired.iter().map(|(name, times)| format!("{name} x{times}")).collect();
        [
            counted("before", before.operations, "operation", before.tasks),
            counted("after", plan.stages.len(), "stage", tasks),
            show(&plan, &shown),
            format!("rules    {}", if rules.is_empty() { "none applied".into() } else { rules.join(", ") }),
            format!("total    {}", show_traffic(Traffic::of(&plan), &shown)),
            format!("peak     {} of {}: {fits}\n", shown(need.bytes), shown(limit)),
        ]
        .join("\n")
    }

    /// The engine's settings.
    pub fn settings(&self) -> &Settings {
        self.engine.settings()
    }
}

/// The elementwise steps of one call, inputs first, whose results are wanted by one kernel or fold alone: that is made in
/// one pass with them, and it is what each is passed on to.
fn passed_on(nodes: &[Expr]) -> HashMap<ExprId, ExprId> {
    let mut wanted_by: HashMap<ExprId, Vec<&Expr>> = HashMap::new();
    for node in nodes {
        node.inputs.iter().for_each(|input| wanted_by.entry(input.id()).or_default().push(node));
    }
    let mut passed = HashMap::new();
    for node in nodes.iter().rev().filter(|node| matches!(node.op, Op::Map(_)) && node.ndim() > 0) {
        let ends = wanted_by.get(&node.id()).into_iter().flatten().map(|reader| match reader.op {
            Op::Map(_) | Op::Reduce(_) => Some(passed.get(&reader.id()).copied().unwrap_or(reader.id())),
            _ => None,
        });
        let ends: Vec<Option<ExprId>> = ends.collect();
        if let Some(&Some(end)) = ends.first()
            && ends.iter().all(|other| *other == Some(end))
        {
            passed.insert(node.id(), end);
        }
    }
    passed
}

/// A rewritten expression in the chunks that were asked for: rewriting drops a rechunk that nothing above it needs.
fn in_chunks_of(asked: &Expr, now: Expr) -> Expr {
    // A length that was not known when it was asked for has no chunks to keep.
    if now.shape != asked.shape || now.chunks == asked.chunks {
        now
    } else {
        primitive::rechunk(&now, asked.chunks.clone())
    }
}

/// `after    2 stages, 1 task`.
fn counted(when: &str, count: usize, noun: &str, tasks: usize) -> String {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    format!("{when:<8} {count} {noun}{}, {tasks} task{}", plural(count), plural(tasks))
}

fn shown(n: u64) -> String {
    bytes(Some(n.into()))
}

/// Computes without anybody watching.
///
/// # Errors
/// As for [`Calculator::compute`].
pub fn compute_quietly(calculator: &Calculator, exprs: &[Expr]) -> Result<Vec<Block>> {
    calculator.compute(exprs, &Unwatched).map(|(blocks, _)| blocks)
}
