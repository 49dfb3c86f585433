//! Runs the stages of a plan in order; arrays between stages are dropped after their last reader.

use super::aggregate::Gathering;
use super::context::{BlockWriter, Context};
use super::contract::Product;
use super::fused::Pass;
use super::locate::Locating;
use super::prepare::Prepared;
use super::profile::StageClock;
use super::ranks::Ranks;
use super::select::select;
use super::whole::{Calls, Maker};
use crate::data::{Held, Result};
use crate::ir::{Plan, Sink, Source, Stage, Work};

/// Runs a plan; the arrays asked for, in order.
///
/// # Errors
/// What a stage refuses.
pub(crate) fn run(plan: &Plan, context: &Context<'_>) -> Result<Vec<Source>> {
    let mut made: Vec<Vec<Held>> = vec![];
    for (number, stage) in plan.stages.iter().enumerate() {
        let is_result = plan.results.iter().any(|r| matches!(r, Source::Stage { stage, .. } if *stage == number));
        let writer = if is_result { context.writer() } else { None };
        context.begin(plan, stage);
        let clock = StageClock::start(context);
        let outputs = run_stage(stage, &made, context, writer)?;
        if let Some(clock) = clock {
            context.report(clock.stop(stage, context));
        }
        made.push(outputs);
        forget(plan, number, &mut made, context);
    }
    let result = |source: &Source| match source {
        Source::Stage { stage, output, .. } => Source::Memory(made[*stage][*output].clone()),
        other => other.clone(),
    };
    Ok(plan.results.iter().map(result).collect())
}

/// Drops what no later stage reads and nobody asked for.
fn forget(plan: &Plan, done: usize, made: &mut [Vec<Held>], context: &Context<'_>) {
    for (number, outputs) in made.iter_mut().enumerate() {
        let asked = plan.results.iter().any(|r| matches!(r, Source::Stage { stage, .. } if *stage == number));
        let read = plan.stages[done + 1..].iter().any(|later| later.needs.contains(&number));
        if !asked && !read {
            outputs.drain(..).for_each(|held| context.release(held.resident_bytes()));
        }
    }
}

fn run_stage(
    stage: &Stage,
    made: &[Vec<Held>],
    context: &Context<'_>,
    writer: Option<&BlockWriter<'_>>,
) -> Result<Vec<Held>> {
    let stages = |stage: usize, output: usize| made[stage][output].clone();
    let outputs = &stage.outputs;
    match &stage.work {
        Work::Fused { program, grid, folded, sinks } => {
            let prepared = Prepared::new(program, &stages)?.sampled(context);
            Pass { program, prepared: &prepared, grid, folded, sinks, outputs, context, writer }.run()
        }
        Work::Scan { program, grid, axis, fold, skip } => {
            let prepared = Prepared::new(program, &stages)?.sampled(context);
            let sinks = [Sink::Fold { root: 0, mask: None, fold: *fold, needs_some: false }];
            Pass { program, prepared: &prepared, grid, folded: &[*axis], sinks: &sinks, outputs, context, writer }
                .scan(*axis, *fold, *skip)
        }
        Work::Contract { a, b, grid } => {
            let (a, b) = (Maker::new(a, &stages, context)?, Maker::new(b, &stages, context)?);
            Product { a, b, grid, output: &outputs[0], context }.run()
        }
        Work::PerBlock { inputs, call, loops, results } => {
            let makers =
                inputs.iter().map(|program| Maker::new(program, &stages, context)).collect::<Result<Vec<_>>>()?;
            Calls { makers: &makers, call, results, loops, outputs, context }.run()
        }
        Work::Aggregate { program, grid, kind, results } => {
            let prepared = Prepared::new(program, &stages)?;
            Gathering { program, prepared: &prepared, grid, kind, results, outputs, context }.run()
        }
        Work::Locate { program, line, grid, kind } => {
            let prepared = Prepared::new(program, &stages)?;
            let line = Maker::new(line, &stages, context)?;
            Locating { program, prepared: &prepared, line, grid, kind: *kind, output: &outputs[0], context }.run()
        }
        Work::Ranks { program, call, loops, grid } => {
            let prepared = Prepared::new(program, &stages)?;
            Ranks { program, prepared: &prepared, loops, grid, call, output: &outputs[0], context }.run()
        }
        Work::Select { array, mask } => {
            select(&Maker::new(array, &stages, context)?, &Maker::new(mask, &stages, context)?, context)
        }
    }
}
