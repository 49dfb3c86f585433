//! A program as steps: leaves, kernels that run alone over a tile, and chains of simple kernels that run strip by strip.

use crate::data::DType;
use crate::ir::{Kernel, Make, Program, Reg};
use crate::ops::primitive::map::strips::{LONGEST, Strips, is_simple};

/// The most registers that a chain reads or writes in memory.
pub(super) const ENDS: usize = 8;

/// What a runner does for each tile, in order.
pub(crate) struct Tape {
    pub(super) steps: Vec<Step>,
    /// The tile of each register; tiles are fewer: one is used again once nobody reads its register any more.
    pub(super) place: Vec<usize>,
    /// How many tiles there are.
    pub(super) tiles: usize,
    /// Bytes that one element of a box takes in tiles.
    pub(super) width: usize,
    /// Whether a register stands still while boxes move along some axis, and is good for more than one box.
    pub(super) stands: bool,
}

/// One step.
pub(super) enum Step {
    /// A register made for itself.
    One(Reg),
    /// Kernels run strip by strip.
    Chain(Chain),
}

/// A chain of simple kernels.
pub(super) struct Chain {
    /// Registers that it reads, and those that others read of it.
    pub(super) inputs: Vec<Reg>,
    pub(super) outputs: Vec<Reg>,
    links: Vec<Link>,
}

/// A kernel in a chain.
struct Link {
    reg: Reg,
    kernel: Kernel,
    args: Vec<Reg>,
}

/// Whether a register changes along every axis of the space, so that every box makes it anew.
pub(super) fn is_moving(program: &Program, reg: Reg) -> bool {
    program.regs[reg].varies.iter().zip(&program.space).all(|(varies, &len)| *varies || len <= 1)
}

impl Tape {
    /// The steps of a program.
    pub(crate) fn of(program: &Program) -> Tape {
        let mut steps = vec![];
        let mut open: Vec<Link> = vec![];
        for (reg, spec) in program.regs.iter().enumerate() {
            if let Some(link) = link(program, reg) {
                if !fits(program, &open, &link) {
                    close(program, &mut open, &mut steps);
                }
                open.push(link);
            } else if !matches!(spec.make, Make::Const(_)) {
                if reads(program, reg).iter().any(|arg| open.iter().any(|link| link.reg == *arg)) {
                    close(program, &mut open, &mut steps);
                }
                steps.push(Step::One(reg));
            }
        }
        close(program, &mut open, &mut steps);
        let (place, tiles) = places(program, &steps);
        let width = steps.iter().map(|step| step_width(program, step)).sum();
        let stands = steps.iter().flat_map(Step::makes).any(|reg| !is_moving(program, reg));
        Tape { steps, place, tiles, width, stands }
    }
}

/// Bytes that an element of a step's registers takes in tiles.
fn step_width(program: &Program, step: &Step) -> usize {
    step.makes().into_iter().map(|reg| tile_width(program, reg)).sum()
}

/// Bytes an element of a register in a tile; leaves in memory are read where they lie, and what stands still is made once.
fn tile_width(program: &Program, reg: Reg) -> usize {
    let spec = &program.regs[reg];
    let is_read = matches!(spec.make, Make::Load(_)) || !is_moving(program, reg);
    if is_read { 0 } else { spec.dtype.itemsize() }
}

/// The registers that a register is made from.
fn reads(program: &Program, reg: Reg) -> &[Reg] {
    match &program.regs[reg].make {
        Make::Map(_, args) => args,
        Make::Overlay { under, .. } => std::slice::from_ref(under),
        Make::Const(_) | Make::Load(_) | Make::Pieces(_) => &[],
    }
}

impl Step {
    /// The registers that exist after the step.
    fn makes(&self) -> Vec<Reg> {
        match self {
            Step::One(reg) => vec![*reg],
            Step::Chain(chain) => chain.outputs.clone(),
        }
    }

    fn reads(&self, program: &Program) -> Vec<Reg> {
        match self {
            Step::One(reg) => reads(program, *reg).to_vec(),
            Step::Chain(chain) => chain.inputs.clone(),
        }
    }
}

fn is_constant(program: &Program, reg: Reg) -> bool {
    matches!(program.regs[reg].make, Make::Const(_))
}

/// A register as a link of a chain, where its kernel is simple.
fn link(program: &Program, reg: Reg) -> Option<Link> {
    let Make::Map(kernel, args) = &program.regs[reg].make else { return None };
    let (kernel, args) = plain(program, *kernel, args);
    let (of, to) = (operand_dtype(program, &args), program.regs[reg].dtype);
    let alike = args.iter().rev().take(2).all(|&arg| program.regs[arg].dtype == of);
    let all_constant = args.iter().all(|&arg| is_constant(program, arg));
    let fits = alike && !all_constant && is_moving(program, reg) && is_simple(kernel, of, to);
    fits.then_some(Link { reg, kernel, args })
}

/// The dtype of a kernel's last operand: that of all, but for the condition of `where`.
fn operand_dtype(program: &Program, args: &[Reg]) -> DType {
    args.last().map_or(DType::Bool, |&arg| program.regs[arg].dtype)
}

/// The simple kernel that a power by a constant is, as in `map::run`.
fn plain(program: &Program, kernel: Kernel, args: &[Reg]) -> (Kernel, Vec<Reg>) {
    if let (Kernel::Power, [base, exponent]) = (kernel, args)
        && let Make::Const(value) = program.regs[*exponent].make
    {
        let dtype = value.dtype();
        let simpler = match value.to_f64() {
            2.0 if dtype.is_float() || dtype.is_integer() => Some(Kernel::Square),
            0.5 if dtype.is_float() => Some(Kernel::Sqrt),
            -1.0 if dtype.is_float() => Some(Kernel::Reciprocal),
            3.0 if dtype.is_float() => Some(Kernel::Cube),
            4.0 if dtype.is_float() => Some(Kernel::FourthPower),
            _ => None,
        };
        if let Some(simpler) = simpler {
            return (simpler, vec![*base]);
        }
    }
    (kernel, args.to_vec())
}

/// Whether one more link leaves the chain with few enough ends.
fn fits(program: &Program, open: &[Link], next: &Link) -> bool {
    let inside = |reg: &Reg| open.iter().any(|link| link.reg == *reg) || is_constant(program, *reg);
    let mut outside: Vec<Reg> = open.iter().chain([next]).flat_map(|link| link.args.iter().copied()).collect();
    outside.retain(|reg| !inside(reg));
    outside.sort_unstable();
    outside.dedup();
    let used_outside = open.iter().filter(|link| is_used_outside(program, open, link.reg)).count();
    outside.len() <= ENDS && used_outside < ENDS && open.len() < LONGEST
}

fn is_used_outside(program: &Program, chain: &[Link], reg: Reg) -> bool {
    let by = |user: Reg| !chain.iter().any(|link| link.reg == user) && reads(program, user).contains(&reg);
    program.roots.contains(&reg) || (reg + 1..program.regs.len()).any(by)
}

/// Ends a chain: it becomes a step.
fn close(program: &Program, open: &mut Vec<Link>, steps: &mut Vec<Step>) {
    if open.is_empty() {
        return;
    }
    let links = std::mem::take(open);
    let mut inputs: Vec<Reg> = vec![];
    for &arg in links.iter().flat_map(|link| &link.args) {
        let inside = is_constant(program, arg) || links.iter().any(|link| link.reg == arg);
        if !inside && !inputs.contains(&arg) {
            inputs.push(arg);
        }
    }
    let outputs = links.iter().map(|link| link.reg).filter(|&reg| is_used_outside(program, &links, reg)).collect();
    steps.push(Step::Chain(Chain { inputs, outputs, links }));
}

/// The tile of each register, and how many there are: registers of one dtype share where their lives do not overlap. Those
/// that do not change along every axis keep theirs, because the next box may find it still good.
fn places(program: &Program, steps: &[Step]) -> (Vec<usize>, usize) {
    let mut last_use = vec![0; program.regs.len()];
    for (number, step) in steps.iter().enumerate() {
        step.reads(program).into_iter().for_each(|reg| last_use[reg] = number);
    }
    program.roots.iter().for_each(|&root| last_use[root] = usize::MAX);
    let mut place = vec![usize::MAX; program.regs.len()];
    let (mut count, mut free): (usize, Vec<(DType, usize)>) = (0, vec![]);
    let mut fresh = |free: &mut Vec<(DType, usize)>, dtype: DType, shares: bool| {
        let found = if shares { free.iter().position(|(held, _)| *held == dtype) } else { None };
        found.map_or_else(
            || {
                count += 1;
                count - 1
            },
            |at| free.swap_remove(at).1,
        )
    };
    for (number, step) in steps.iter().enumerate() {
        for reg in step.makes() {
            place[reg] = fresh(&mut free, program.regs[reg].dtype, is_moving(program, reg));
        }
        let mut dead = step.reads(program);
        dead.retain(|&reg| last_use[reg] == number && is_moving(program, reg) && !is_constant(program, reg));
        dead.sort_unstable();
        dead.dedup();
        free.extend(dead.into_iter().map(|reg| (program.regs[reg].dtype, place[reg])));
    }
    for &root in program.roots.iter().filter(|&&root| is_constant(program, root)) {
        place[root] = fresh(&mut free, program.regs[root].dtype, false);
    }
    (place, count)
}

impl Chain {
    /// The registers that it makes, also those that nobody outside reads.
    pub(super) fn regs(&self) -> impl Iterator<Item = Reg> + Clone {
        self.links.iter().map(|link| link.reg)
    }

    /// The chain as the machine runs it.
    pub(super) fn build(&self, program: &Program) -> Strips {
        let dtypes = |regs: &[Reg]| regs.iter().map(|&reg| program.regs[reg].dtype).collect();
        let mut strips = Strips::new(dtypes(&self.inputs), dtypes(&self.outputs));
        let mut known: Vec<(Reg, usize)> = self.inputs.iter().chain(&self.outputs).copied().zip(0..).collect();
        for (number, link) in self.links.iter().enumerate() {
            let args: Vec<usize> = link.args.iter().map(|&arg| find(&mut known, &mut strips, program, arg)).collect();
            let out = match known.iter().find(|(reg, _)| *reg == link.reg) {
                Some((_, place)) => *place,
                None => {
                    let place = self.unused(number, &known).unwrap_or_else(|| strips.place());
                    known.retain(|(_, held)| *held != place);
                    known.push((link.reg, place));
                    place
                }
            };
            strips.push(link.kernel, operand_dtype(program, &link.args), program.regs[link.reg].dtype, &args, out);
        }
        strips
    }

    /// The place of an intermediate result that nothing from a link on reads.
    fn unused(&self, from: usize, known: &[(Reg, usize)]) -> Option<usize> {
        let ends = self.inputs.len() + self.outputs.len();
        let is_inner = |reg: &Reg| self.links.iter().any(|link| link.reg == *reg);
        let is_read = |reg: &Reg| self.links[from..].iter().any(|link| link.args.contains(reg));
        known.iter().find(|(reg, place)| *place >= ends && is_inner(reg) && !is_read(reg)).map(|(_, place)| *place)
    }
}

/// The place of an operand; constants get one when they are first met.
fn find(known: &mut Vec<(Reg, usize)>, strips: &mut Strips, program: &Program, reg: Reg) -> usize {
    if let Some((_, place)) = known.iter().find(|(held, _)| *held == reg) {
        return *place;
    }
    let Make::Const(value) = program.regs[reg].make else { unreachable!("links come after what they read") };
    let place = strips.constant(value.cast(program.regs[reg].dtype));
    known.push((reg, place));
    place
}
