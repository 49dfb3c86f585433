//! What the tasks of a stage want of arrays that lie in blocks: how many blocks one task touches, and how often blocks are
//! brought when the tasks run in order.

use crate::data::{Chunks, Cuts, DType, Region, c_strides};
use crate::ir::{Leaf, Make, Output, Overlay, Plan, Program, Source, Step, View, ViewAxis, Work};
use std::borrow::Cow;

/// Chunks along an axis that are looked at: grids are regular but for their ends.
pub(super) const LOOKED_AT: usize = 64;

/// An array in blocks that a program reads through a view, and the grid of the tasks that read it.
#[derive(Clone)]
pub(crate) struct Demand<'a> {
    pub(crate) view: Cow<'a, View>,
    /// The grid in which the array lies.
    pub(crate) blocks: Chunks,
    pub(crate) dtype: DType,
    pub(crate) tasks: Chunks,
    /// An axis of the space along which tasks begin and end within what `tasks` says.
    straddled: Option<usize>,
    /// How far further along each axis of the array other views read in the same task.
    spread: Vec<usize>,
    /// Whether its blocks lie in files even where memory is plenty.
    pub(crate) is_out: bool,
    /// Whether a block is decoded on its way: its bytes lie in memory as they are stored and as they are.
    pub(crate) is_decoded: bool,
}

/// What a stage's programs read in blocks.
pub(crate) fn demands<'a>(plan: &'a Plan, work: &'a Work) -> Vec<(&'a Source, Demand<'a>)> {
    let mut found = vec![];
    programs_with_tasks(work).into_iter().for_each(|(program, tasks)| demands_of(plan, program, &tasks, &mut found));
    found
}

fn demands_of<'a>(plan: &'a Plan, program: &'a Program, tasks: &Chunks, found: &mut Vec<(&'a Source, Demand<'a>)>) {
    found.extend(program.leaves.iter().filter_map(|leaf| demand(plan, leaf, tasks)));
    for reg in &program.regs {
        match &reg.make {
            Make::Pieces(pieces) => {
                pieces.iter().for_each(|piece| demands_of(plan, &piece.program, &tasks_in(&piece.at, tasks), found));
            }
            Make::Overlay { part, .. } => demands_of(plan, &part.program, &tasks_over(part, tasks), found),
            Make::Const(_) | Make::Load(_) | Make::Map(..) => {}
        }
    }
}

/// The parts of tasks that lie in a box, in the box's own space.
pub(crate) fn tasks_in(at: &Region, tasks: &Chunks) -> Chunks {
    let inside = |axis: usize, cuts: &Cuts| {
        let (start, end) = (at.start[axis], at.start[axis] + at.len[axis]);
        let mut ends = cuts.offsets();
        ends.iter_mut().for_each(|end_of| *end_of = (*end_of).clamp(start, end));
        ends.dedup();
        Cuts::from_sizes(&ends.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>())
    };
    Chunks(tasks.0.iter().enumerate().map(|(axis, cuts)| inside(axis, cuts)).collect())
}

/// Tasks of about the size in which the space is asked for, in the space of an overlay.
pub(crate) fn tasks_over(part: &Overlay, tasks: &Chunks) -> Chunks {
    let mut own: Vec<Cuts> = part.program.space.iter().map(|&len| Cuts::whole(len)).collect();
    for (axis, of) in part.axis.iter().enumerate() {
        if let Some(of) = *of {
            let size = tasks.0[axis].largest().div_ceil(part.step[axis].unsigned_abs().max(1));
            own[of] = Cuts::regular(part.program.space[of], size.max(1));
        }
    }
    Chunks(own)
}

pub(crate) fn demand<'a>(plan: &'a Plan, leaf: &'a Leaf, tasks: &Chunks) -> Option<(&'a Source, Demand<'a>)> {
    let (blocks, dtype, is_out) = match &leaf.source {
        Source::Stored(stored) if stored.is_in_whole_chunks() => (stored.chunks.clone(), stored.dtype, true),
        Source::Memory(held) => (held.chunks.clone(), held.dtype, held.is_partly_out()),
        Source::Stage { stage, output, .. } => {
            let Output { chunks, dtype, .. } = &plan.stages[*stage].outputs[*output];
            (chunks.clone(), *dtype, false)
        }
        Source::Stored(_) | Source::Iota { .. } | Source::Random { .. } => return None,
    };
    let Through { view, tasks, straddled } = read_through(leaf, tasks, &blocks)?;
    let is_decoded = matches!(leaf.source, Source::Stored(_));
    let spread = vec![0; blocks.0.len()];
    (blocks.count() > 1 && tasks.0.len() == view.axes.len())
        .then_some((&leaf.source, Demand { view, blocks, dtype, tasks, straddled, spread, is_out, is_decoded }))
}

/// How tasks read the source of a leaf.
struct Through<'a> {
    view: Cow<'a, View>,
    /// The tasks in the view's space.
    tasks: Chunks,
    straddled: Option<usize>,
}

/// The view through which tasks read the source of a leaf, and the tasks in its space: one that wants everything where
/// it cannot be known what they want.
fn read_through<'a>(leaf: &'a Leaf, tasks: &Chunks, blocks: &Chunks) -> Option<Through<'a>> {
    let (to, below) = match leaf.path.as_slice() {
        [Step::View(view)] => {
            return Some(Through { view: Cow::Borrowed(view), tasks: tasks.clone(), straddled: None });
        }
        [Step::View(_), Step::Reshape { to, .. }] => (to, Cow::Owned(View::identity(to))),
        [Step::View(_), Step::Reshape { to, .. }, Step::View(below)] => (to, Cow::Borrowed(below)),
        [Step::View(top), Step::Take { axis, len, .. }] => {
            let below = View::identity(leaf.source.shape());
            return Some(looked_up(top, &below, (*axis, *len), tasks, blocks));
        }
        [Step::View(top), Step::Take { axis, len, .. }, Step::View(below)] => {
            return Some(looked_up(top, below, (*axis, *len), tasks, blocks));
        }
        _ => {
            let shape = leaf.source.shape();
            let (view, tasks) = (Cow::Owned(View::identity(shape)), Chunks::whole(shape));
            return Some(Through { view, tasks, straddled: None });
        }
    };
    let lens = tasks.chunksize();
    let reach = reach_of(leaf, &lens)?;
    let mut slabs = Chunks::whole(to);
    let sizes = c_strides(to);
    let fills = reach == lens.iter().product::<usize>();
    let mut axes = (0..to.len()).filter(|&axis| to[axis] > 1);
    // Tasks that lie in one index of an axis each are slabs of a later one.
    let run = run_of(leaf, tasks);
    let in_one = |axis: usize| run.is_some_and(|run| run <= sizes[axis] && sizes[axis].is_multiple_of(run));
    let slab = axes.find(|&axis| {
        let goes_on = in_one(axis);
        if goes_on {
            slabs.0[axis] = Cuts::regular(to[axis], 1);
        }
        !goes_on
    });
    let Some(axis) = slab else {
        return Some(Through { view: below, tasks: slabs, straddled: None });
    };
    // What lies between the first and the last element of a task, in slabs of the shape below.
    let inner = sizes[axis].max(1);
    let rows = reach.div_ceil(inner).max(1);
    slabs.0[axis] = Cuts::regular(to[axis], rows);
    let fills_slabs = fills && reach.is_multiple_of(inner) || run == Some(rows * inner);
    Some(Through { view: below, tasks: slabs, straddled: (!fills_slabs).then_some(axis) })
}

/// How tasks look up places: for any task all of them may lie in any block, of which one at a time is brought.
fn looked_up<'a>(
    top: &View,
    below: &View,
    (axis, len): (usize, usize),
    tasks: &Chunks,
    blocks: &Chunks,
) -> Through<'a> {
    let (mut places, mut tasks) = (top.clone(), tasks.clone());
    places.base[axis] = 0;
    let looked_up = top.reader_of(axis);
    if let Some((out, _)) = looked_up {
        (places.axes[out], places.shape[out]) = (ViewAxis::Input { axis, step: 1 }, len);
    }
    let view = places.after(below);
    if let Some((out, _)) = looked_up {
        tasks.0[out] = match view.axes[out] {
            ViewAxis::Input { axis, step } => Cuts::regular(len, blocks.0[axis].largest() / step.unsigned_abs().max(1)),
            ViewAxis::Repeat => Cuts::whole(len),
        };
    }
    Through { view: Cow::Owned(view), tasks, straddled: None }
}

/// Elements of the runs that tasks of a reshape lie in: slabs of the first axis that is cut, each beginning at a multiple of
/// its size in the order of the elements; none where they are of several sizes.
fn run_of(leaf: &Leaf, tasks: &Chunks) -> Option<usize> {
    let [Step::View(top), Step::Reshape { from, .. }, ..] = leaf.path.as_slice() else { return None };
    let cut = (0..from.len()).find(|&axis| from[axis] > 1)?;
    let (out, step) = top.reader_of(cut)?;
    let Cuts::Regular { size, .. } = tasks.0.get(out)? else { return None };
    if top.base[cut] != 0 || step != 1 || top.slides() {
        return None;
    }
    Some(size * from[cut + 1..].iter().product::<usize>())
}

/// Elements of the shape below a reshape from the first to the last that a box of a leaf's space reads; none where the leaf
/// is not one reshape.
fn reach_of(leaf: &Leaf, lens: &[usize]) -> Option<usize> {
    let ([Step::View(top), Step::Reshape { from, .. }] | [Step::View(top), Step::Reshape { from, .. }, Step::View(_)]) =
        leaf.path.as_slice()
    else {
        return None;
    };
    let sizes = c_strides(from);
    let reach = |(axis, &len): (&ViewAxis, &usize)| match axis {
        ViewAxis::Input { axis, step } => step.unsigned_abs() * sizes[*axis] * len.saturating_sub(1),
        ViewAxis::Repeat => 0,
    };
    (top.axes.len() == lens.len()).then(|| 1 + top.axes.iter().zip(lens).map(reach).sum::<usize>())
}

/// Elements that a box of a leaf's space reads below a reshape, in whole slabs along the first axis; none where the leaf is
/// not one reshape.
pub(crate) fn slab_of(leaf: &Leaf, lens: &[usize]) -> Option<usize> {
    let reach = reach_of(leaf, lens)?;
    let [_, Step::Reshape { to, .. }, ..] = leaf.path.as_slice() else { return None };
    let first = to.iter().position(|&len| len > 1).unwrap_or(0);
    let inner = to.iter().skip(first + 1).product::<usize>().max(1);
    // A box begins and ends within slabs.
    Some((reach.div_ceil(inner) * inner + if inner > 1 { inner } else { 0 }).min(to.iter().product()))
}

/// The programs of a stage, each with the grid in which its space is asked for.
pub(crate) fn programs_with_tasks(work: &Work) -> Vec<(&Program, Chunks)> {
    match work {
        Work::Fused { program, grid, .. }
        | Work::Scan { program, grid, .. }
        | Work::Aggregate { program, grid, .. }
        | Work::Ranks { program, grid, .. } => {
            vec![(program, grid.clone())]
        }
        Work::Locate { program, line, grid, .. } => {
            vec![(program, grid.clone()), (line, Chunks::whole(&line.space))]
        }
        Work::Contract { a, b, grid } => {
            let Some((batch, [n, m, k])) = grid.0.split_last_chunk::<3>() else { return vec![] };
            // Matrices of a batch are multiplied one by one, and each sweeps over all of its `k`.
            let k = &if batch.is_empty() { k.clone() } else { Cuts::whole(k.len()) };
            let of = |rows: &Cuts, cols: &Cuts| Chunks([batch, &[rows.clone(), cols.clone()]].concat());
            vec![(a, of(n, k)), (b, of(k, m))]
        }
        Work::PerBlock { inputs, loops, .. } => {
            inputs.iter().map(|program| (program, parts_of_inputs(program, loops))).collect()
        }
        Work::Select { array, mask } => {
            let parts = super::select::parts(&array.space);
            let of = |program: &Program| Chunks(parts.0[..program.space.len()].to_vec());
            vec![(array, of(array)), (mask, of(mask))]
        }
    }
}

/// The parts in which an input of a block function is made: cut along the loops, and beyond these where blocks begin of a
/// source that it reads as it lies.
fn parts_of_inputs(program: &Program, loops: &Chunks) -> Chunks {
    let blocks_of = |leaf: &Leaf| match (leaf.path.as_slice(), &leaf.source) {
        ([Step::View(view)], Source::Memory(held)) => Some((view.clone(), held.chunks.clone())),
        ([Step::View(view)], Source::Stored(stored)) => Some((view.clone(), stored.chunks.clone())),
        _ => None,
    };
    let found = program.leaves.iter().find_map(blocks_of);
    let beyond = |axis: usize, len: usize| {
        let lies_so = found.as_ref().and_then(|(view, blocks)| match view.axes[axis] {
            ViewAxis::Input { axis: read, step: 1 } if view.base[read] == 0 && blocks.0[read].len() == len => {
                Some(blocks.0[read].clone())
            }
            _ => None,
        });
        lies_so.unwrap_or(Cuts::whole(len))
    };
    let axes = program.space.iter().enumerate();
    Chunks(axes.map(|(axis, &len)| loops.0.get(axis).cloned().unwrap_or_else(|| beyond(axis, len))).collect())
}

/// Blocks along one axis: the most that a task touches, all that tasks touch together, and one task after another.
struct Along {
    once: usize,
    distinct: usize,
    summed: usize,
}

impl<'a> Demand<'a> {
    fn along(&self, axis: usize) -> Along {
        let blocks = &self.blocks.0[axis];
        let end = blocks.len().saturating_sub(1);
        let Some((out, step)) = self.view.reader_of(axis) else {
            let at = self.view.base[axis];
            let once = blocks.find((at + self.spread[axis]).min(end)) - blocks.find(at.min(end)) + 1;
            return Along { once, distinct: once, summed: once };
        };
        let cuts = &self.tasks.0[out];
        let count = cuts.count();
        let looked = count.min(LOOKED_AT);
        let base = self.view.base[axis] as isize;
        let (before, after) = self.reach_of_others(axis, out);
        let (after, end) = (after + self.spread[axis] as isize, end as isize);
        let touched = |task: usize| {
            let (start, len) = cuts.chunk(task);
            let first = base + step * start as isize;
            let last = first + step * (len.max(1) as isize - 1);
            let (low, high) = (first.min(last) + before, first.max(last) + after);
            (blocks.find(low.clamp(0, end) as usize), blocks.find(high.clamp(0, end) as usize))
        };
        let (mut once, mut summed) = (1, 0);
        for task in (0..looked).map(|k| k * count / looked) {
            let (first, last) = touched(task);
            once = once.max(last - first + 1);
            summed += last - first + 1;
        }
        if self.straddled == Some(out) {
            (once, summed) = ((once + 1).min(blocks.count()), summed + looked);
        }
        let ends = [touched(0), touched(count - 1)];
        let (low, high) = (ends[0].0.min(ends[1].0), ends[0].1.max(ends[1].1));
        Along { once, distinct: high - low + 1, summed: summed.div_ceil(looked) * count }
    }

    /// How far before and after what one axis of the space reads the others reach: windows that slide along it.
    fn reach_of_others(&self, axis: usize, out: usize) -> (isize, isize) {
        let others = self.view.axes.iter().zip(&self.tasks.0).enumerate().filter(|(other, _)| *other != out);
        others.fold((0, 0), |(before, after), (_, (reads, cuts))| match *reads {
            ViewAxis::Input { axis: read, step } if read == axis => {
                let reach = step * (cuts.largest().max(1) as isize - 1);
                (before + reach.min(0), after + reach.max(0))
            }
            _ => (before, after),
        })
    }

    /// What tasks read through several views of one array that differ in where they begin; none where these differ in more.
    pub(crate) fn together(views: &[Demand<'a>]) -> Option<Demand<'a>> {
        let (first, others) = views.split_first()?;
        let alike = |other: &Demand<'_>| other.view.axes == first.view.axes && other.tasks == first.tasks;
        if !others.iter().all(alike) || views.iter().any(|view| view.straddled.is_some()) {
            return None;
        }
        let (mut all, mut view) = (first.clone(), first.view.clone().into_owned());
        for axis in 0..view.base.len() {
            let bases = || views.iter().map(|demand| demand.view.base[axis]);
            let (low, high) = (bases().min().unwrap_or(0), bases().max().unwrap_or(0));
            (view.base[axis], all.spread[axis]) = (low, high - low);
        }
        all.view = Cow::Owned(view);
        Some(all)
    }

    /// Bytes of the largest block.
    pub(crate) fn block_bytes(&self) -> u64 {
        let elements: usize = self.blocks.chunksize().iter().product();
        elements as u64 * self.dtype.itemsize() as u64
    }

    /// Bytes of the blocks that one task touches.
    pub(crate) fn bytes_at_once(&self) -> u64 {
        (0..self.blocks.0.len()).map(|axis| self.along(axis).once as u64).product::<u64>() * self.block_bytes()
    }

    /// How many times the blocks that are wanted are brought, where as many bytes of them are kept and tasks run in order.
    pub(crate) fn times_brought(&self, kept: u64) -> f64 {
        let along: Vec<Along> = (0..self.blocks.0.len()).map(|axis| self.along(axis)).collect();
        let wanted: f64 = along.iter().map(|a| a.distinct as f64).product();
        let mut at_once = along.iter().map(|a| a.once as u64).product::<u64>() * self.block_bytes();
        let (mut brought, mut all_kept) = (1.0, true);
        // From the innermost axis of the tasks outward: what a sweep touches stays as long as it fits.
        for out in (0..self.tasks.0.len()).rev() {
            let source = match self.view.axes[out] {
                ViewAxis::Input { axis, .. } => Some(&along[axis]),
                ViewAxis::Repeat => None,
            };
            let sweep = source.map_or(at_once, |a| at_once / a.once as u64 * a.distinct as u64);
            all_kept &= sweep <= kept;
            if all_kept {
                at_once = sweep;
                brought *= source.map_or(1.0, |a| a.distinct as f64);
            } else {
                brought *= source.map_or(self.tasks.0[out].count() as f64, |a| a.summed as f64);
            }
        }
        brought / wanted.max(1.0)
    }
}
