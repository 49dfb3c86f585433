//! The machine: a loop over strips, a call to each kernel.

use crate::ops::vector::prefetch::Distance;
use crate::ops::vector::strip::{Routine, STRIP};
use std::ops::Range;

/// The most kernels of a chain. Each has a call of its own in the loop, so that the processor foresees where it goes: one
/// call for all costs more than the work on a strip (7 ns against 1.4, measured).
pub const LONGEST: usize = 16;

/// A kernel and the places it reads and writes.
#[derive(Clone, Copy)]
pub(super) struct Instruction {
    pub(super) routine: Routine,
    /// Three operands and the result; a kernel of fewer operands has any place in their stead.
    pub(super) places: [usize; 4],
}

/// Where strips lie in memory.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    pub(super) first: *mut u8,
    /// Bytes from one element to the next; zero where all strips are one.
    pub(super) step: usize,
}

/// An instruction with its places found.
#[derive(Clone, Copy)]
struct Bound {
    routine: Routine,
    lanes: [Lane; 4],
}

impl Bound {
    /// Runs the kernel on the strip that begins at an element.
    ///
    /// # Safety
    /// As for [`Program::run`].
    #[inline(always)]
    unsafe fn call(&self, at: usize) {
        let [a, b, c, out] = self.lanes.map(|lane| lane.first.wrapping_add(at * lane.step));
        // SAFETY: the caller's promise.
        unsafe { (self.routine)(a, b, c, out) };
    }
}

/// Code with its places found.
pub(super) struct Program([Option<Bound>; LONGEST]);

impl Program {
    /// The code on lanes.
    #[inline(always)]
    pub(super) fn new(code: &[Instruction], lanes: &[Lane]) -> Program {
        let mut program = Program([None; LONGEST]);
        program.bind(code, lanes);
        program
    }

    /// Lets the code go on on other lanes.
    #[inline(always)]
    pub(super) fn bind(&mut self, code: &[Instruction], lanes: &[Lane]) {
        for (slot, instruction) in self.0.iter_mut().zip(code) {
            *slot = Some(Bound { routine: instruction.routine, lanes: instruction.places.map(|place| lanes[place]) });
        }
    }

    /// Puts a kernel that reads one lane and writes another at place `number`, behind all others.
    pub(super) fn end_with(&mut self, number: usize, routine: Routine, from: Lane, into: Lane) {
        self.0[number] = Some(Bound { routine, lanes: [from, from, from, into] });
    }

    /// Takes away what stands at place `number`.
    pub(super) fn end_before(&mut self, number: usize) {
        self.0[number] = None;
    }

    /// Runs the code over some elements, strip by strip; the last strip overlaps the one before where it must. `read` are
    /// the lanes that may come from memory.
    ///
    /// # Safety
    /// They are a strip at least; every place of the code is a lane that holds them (or rests on a strip) of the dtype the
    /// code gives it, and no place that is written is another's memory.
    #[inline(always)]
    pub(super) unsafe fn run(&self, read: &[Lane], on: Range<usize>) {
        let (last, ahead) = (on.end - STRIP, Distance::now());
        let mut at = on.start;
        loop {
            read.iter()
                .for_each(|lane| ahead.beyond(lane.first.addr().wrapping_add(at * lane.step), STRIP * lane.step));
            // SAFETY: the caller's promise, for each strip.
            unsafe { each_once(&self.0, at) };
            if at == last {
                return;
            }
            at = (at + STRIP).min(last);
        }
    }
}

/// Calls each instruction from a place of its own.
///
/// # Safety
/// As for [`Program::run`].
#[inline(always)]
unsafe fn each_once(bound: &[Option<Bound>; LONGEST], at: usize) {
    macro_rules! call {
        ($($number:literal)*) => {$(
            let Some(instruction) = &bound[$number] else { return };
            // SAFETY: the caller's promise.
            unsafe { instruction.call(at) };
        )*};
    }
    call! { 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 }
}
