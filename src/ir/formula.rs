//! Programs as people write them: `(x - y) / 2.0`, with what each letter stands for. Text alone; nothing here is run.

use crate::data::text::scalar_str;
use crate::data::{DType, Scalar};
use crate::ir::{Kernel, Leaf, Make, Overlay, Program, RegSpec};

/// Letters of the arrays that are read, in the order they are met; later ones are numbered.
const LETTERS: [&str; 6] = ["x", "y", "z", "u", "v", "w"];
/// A part of more characters gets a name of its own, so that a chain of a thousand operations is a list of short lines.
const LONGEST: usize = 60;
/// How tightly names, numbers and calls bind; below them signs, and below those Python's binary operators.
const ATOM: u8 = 10;
const SIGN: u8 = 7;

/// What some programs make, in text.
#[derive(Debug, Default)]
pub struct Formula<'p> {
    /// One for each root of each program: the text, and how tightly it binds.
    results: Vec<Term>,
    /// Parts that are long or used several times: name and text, each before it is used.
    pub parts: Vec<(String, String)>,
    /// What is read: letter, leaf, dtype.
    pub leaves: Vec<(String, &'p Leaf, DType)>,
}

/// Text and how tightly it binds.
type Term = (String, u8);

impl<'p> Formula<'p> {
    /// The formula of programs that share their letters.
    pub fn of(programs: &[&'p Program]) -> Formula<'p> {
        let mut formula = Formula::default();
        for program in programs {
            let terms = formula.terms(program);
            formula.results.extend(program.roots.iter().map(|&root| terms[root].clone()));
        }
        formula
    }

    /// The text of a root, counted through all programs.
    pub fn result(&self, number: usize) -> &str {
        self.results.get(number).map_or("", |term| term.0.as_str())
    }

    /// The same set off by brackets where it is more than a name or a call.
    pub fn operand(&self, number: usize) -> String {
        self.results.get(number).map_or(String::new(), |term| within(term, ATOM))
    }

    /// The text of each register; arguments come first, so that nothing recurs but programs within programs.
    fn terms(&mut self, program: &'p Program) -> Vec<Term> {
        let mut terms: Vec<Term> = vec![];
        for (spec, uses) in program.regs.iter().zip(uses(program)) {
            let term = self.term(program, spec, &terms);
            let named = uses > 1 && term.1 < ATOM || uses > 0 && term.0.chars().count() > LONGEST;
            terms.push(if named { self.named(term.0) } else { term });
        }
        terms
    }

    fn term(&mut self, program: &'p Program, spec: &'p RegSpec, terms: &[Term]) -> Term {
        match &spec.make {
            Make::Const(value) => constant(*value),
            Make::Load(leaf) => (self.letter(&program.leaves[*leaf], spec.dtype), ATOM),
            Make::Map(kernel, args) => {
                let args: Vec<&Term> = args.iter().map(|&arg| &terms[arg]).collect();
                applied(*kernel, &args, spec.dtype)
            }
            Make::Pieces(pieces) => {
                let inner: Vec<String> = pieces.iter().map(|piece| self.inner(&piece.program)).collect();
                (format!("concatenate({})", few(&inner)), ATOM)
            }
            Make::Overlay { under, part } => {
                let value = self.inner(&part.program);
                (format!("assign({}, {}, {value})", terms[*under].0, place(part)), ATOM)
            }
        }
    }

    fn inner(&mut self, program: &'p Program) -> String {
        let terms = self.terms(program);
        program.roots.first().map_or(String::new(), |&root| terms[root].0.clone())
    }

    /// The letter of a leaf: the one it has where it was met before.
    fn letter(&mut self, leaf: &'p Leaf, dtype: DType) -> String {
        let same = |met: &Leaf| met.source == leaf.source && met.path == leaf.path;
        if let Some((letter, ..)) = self.leaves.iter().find(|(_, met, _)| same(met)) {
            return letter.clone();
        }
        let number = self.leaves.len();
        let letter = LETTERS.get(number).map_or_else(|| format!("x{number}"), |letter| (*letter).to_string());
        self.leaves.push((letter.clone(), leaf, dtype));
        letter
    }

    fn named(&mut self, text: String) -> Term {
        let name = format!("t{}", self.parts.len() + 1);
        self.parts.push((name.clone(), text));
        (name, ATOM)
    }
}

/// The part of an array that is assigned to, as indexing would write it: `[0, ::2]`.
fn place(part: &Overlay) -> String {
    let slice = |axis: usize| {
        let (start, step) = (part.start[axis], part.step[axis]);
        let Some(own) = part.axis[axis] else { return start.to_string() };
        let end = start as isize + step * part.program.space[own] as isize;
        let end = if end < 0 { String::new() } else { end.to_string() };
        if step == 1 { format!("{start}:{end}") } else { format!("{start}:{end}:{step}") }
    };
    let slices: Vec<String> = (0..part.start.len()).map(slice).collect();
    format!("[{}]", slices.join(", "))
}

/// Programs that concatenate hundreds of arrays show the first and the last.
fn few(texts: &[String]) -> String {
    match texts {
        [first, second, .., last] if texts.len() > 4 => {
            format!("{first}, {second}, … {} more …, {last}", texts.len() - 3)
        }
        _ => texts.join(", "),
    }
}

/// How many registers read each register.
fn uses(program: &Program) -> Vec<usize> {
    let mut counts = vec![0; program.regs.len()];
    for spec in &program.regs {
        match &spec.make {
            Make::Map(_, args) => args.iter().for_each(|&arg| counts[arg] += 1),
            Make::Overlay { under, .. } => counts[*under] += 1,
            Make::Const(_) | Make::Load(_) | Make::Pieces(_) => {}
        }
    }
    counts
}

fn constant(value: Scalar) -> Term {
    let text = scalar_str(value);
    let binds = if text.starts_with('-') { SIGN } else { ATOM };
    (text, binds)
}

/// A kernel of its arguments, as an operator where Python has one.
fn applied(kernel: Kernel, args: &[&Term], dtype: DType) -> Term {
    match (infix(kernel), args) {
        (Some(("**", binds)), [a, b]) => (format!("{} ** {}", within(a, binds + 1), within(b, SIGN)), binds),
        (Some((sign, binds)), [a, b]) => {
            // Comparisons chain in Python, so that both sides are set off.
            let left = if binds == 0 { 1 } else { binds };
            (format!("{} {sign} {}", within(a, left), within(b, binds + 1)), binds)
        }
        (None, [a]) if kernel == Kernel::Negative => (format!("-{}", within(a, SIGN)), SIGN),
        (None, [a]) if kernel == Kernel::Invert => (format!("~{}", within(a, SIGN)), SIGN),
        (None, [a]) if kernel == Kernel::Cast => (format!("{}({})", dtype.name(), a.0), ATOM),
        _ => {
            let args: Vec<&str> = args.iter().map(|arg| arg.0.as_str()).collect();
            (format!("{}({})", kernel.name(), args.join(", ")), ATOM)
        }
    }
}

/// The text of a term, in brackets where it binds less tightly.
fn within(term: &Term, least: u8) -> String {
    if term.1 < least { format!("({})", term.0) } else { term.0.clone() }
}

/// Python's operator of a kernel and how tightly it binds.
fn infix(kernel: Kernel) -> Option<(&'static str, u8)> {
    Some(match kernel {
        Kernel::Less => ("<", 0),
        Kernel::LessEqual => ("<=", 0),
        Kernel::Greater => (">", 0),
        Kernel::GreaterEqual => (">=", 0),
        Kernel::Equal => ("==", 0),
        Kernel::NotEqual => ("!=", 0),
        Kernel::BitwiseOr => ("|", 1),
        Kernel::BitwiseXor => ("^", 2),
        Kernel::BitwiseAnd => ("&", 3),
        Kernel::LeftShift => ("<<", 4),
        Kernel::RightShift => (">>", 4),
        Kernel::Add => ("+", 5),
        Kernel::Subtract => ("-", 5),
        Kernel::Multiply => ("*", 6),
        Kernel::Divide => ("/", 6),
        Kernel::FloorDivide => ("//", 6),
        Kernel::Remainder => ("%", 6),
        Kernel::Power => ("**", 8),
        _ => return None,
    })
}
