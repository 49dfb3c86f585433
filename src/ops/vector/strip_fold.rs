//! Folds that take in strips as a chain makes them, so that its results are never written to memory. The bits are those of
//! `reduce` and `columns`.

use super::lane::Lane;
use super::level::Level;
use super::reduce::{WIDTH, meet};
use super::strip::{Routine, STRIP, Set, routine_at};
use std::marker::PhantomData;

/// The fold of rows, strip by strip.
pub struct StripFold<'a> {
    /// Given a strip, and in the result's stead what it is folded into.
    pub(crate) routine: Routine,
    /// Folds what is left over of a row.
    pub(crate) end: Ending,
    /// What each row is folded into, one row after another.
    pub(crate) into: Vec<*mut u8>,
    /// Bytes of what it is folded into from one element to the next.
    pub(crate) step: usize,
    /// The bytes of an element, and the elements of a row.
    pub(crate) element: usize,
    pub(crate) width: usize,
    held: PhantomData<&'a mut ()>,
}

/// Folds less than a strip: where the elements are, how many, what they are folded into.
///
/// # Safety
/// As for every [`Routine`], with as many elements as are said.
pub(crate) type Ending = unsafe fn(rest: *const u8, len: usize, into: *mut u8);

/// What a routine folds.
trait Folds {
    type Element: Copy;
    /// What is folded into for a strip.
    type Into;
    fn take(into: &mut Self::Into, strip: &[Self::Element; STRIP]);
    /// Folds the last elements, less than a strip and maybe none.
    ///
    /// # Safety
    /// What is folded into has room for them.
    unsafe fn end(into: *mut Self::Into, rest: &[Self::Element]);
}

/// The fold of a strip given by addresses.
///
/// # Safety
/// The machine has the set; the addresses are those of a strip and of what the fold folds into, which do not overlap.
unsafe fn by_address<F: Folds, S: Set>(strip: *mut u8, _: *mut u8, _: *mut u8, into: *mut u8) {
    // SAFETY: the caller's promise. Measured reason: what `strips` gains is lost where a fold is called through slices.
    unsafe {
        let (strip, into) = (&*strip.cast::<[F::Element; STRIP]>(), &mut *into.cast::<F::Into>());
        S::level().run(
            #[inline(always)]
            || F::take(into, strip),
        );
    }
}

/// The end of a fold given by addresses.
///
/// # Safety
/// As for every [`Ending`].
unsafe fn end_by_address<F: Folds>(rest: *const u8, len: usize, into: *mut u8) {
    // SAFETY: the caller's promise. Measured reason: as above.
    unsafe { F::end(into.cast::<F::Into>(), std::slice::from_raw_parts(rest.cast::<F::Element>(), len)) }
}

impl StripFold<'_> {
    /// A fold of rows of `width` elements: `into` has a place for each element of a row or (`step` 0) one for all.
    fn new<F: Folds>(into: Vec<*mut u8>, step: usize, width: usize) -> Self {
        let (routine, element) = (routine_at!(Level::best(), by_address, F), size_of::<F::Element>());
        StripFold { routine, end: end_by_address::<F>, into, step, element, width, held: PhantomData }
    }
}

/// The sum of segments of `LEN` elements, one after another, as [`super::reduce::sum_of_segments`] gives it.
#[derive(Clone, Debug)]
pub struct SegmentSum<const LEN: usize, T, A> {
    sums: [A; WIDTH],
    total: A,
    seen: usize,
    of: PhantomData<T>,
}

impl<const LEN: usize, T: Copy + Into<A>, A: Lane> SegmentSum<LEN, T, A> {
    /// A sum that goes on from `before`.
    pub fn new(before: A) -> SegmentSum<LEN, T, A> {
        const { assert!(LEN.is_multiple_of(STRIP), "segments end with a strip") };
        SegmentSum { sums: [A::ZERO; WIDTH], total: before, seen: 0, of: PhantomData }
    }

    /// Rows of `width` elements, each into a sum of its own.
    pub fn rows(sums: &mut [Self], width: usize) -> StripFold<'_> {
        let into = sums.iter_mut().map(|sum| std::ptr::from_mut(sum).cast()).collect();
        StripFold::new::<Self>(into, 0, width)
    }

    /// The sum of what was taken in.
    pub fn total(&self) -> A {
        self.total
    }

    /// Ends a segment.
    #[inline(always)]
    fn meet(&mut self) {
        let sum = meet(
            self.sums,
            #[inline(always)]
            |a: A, b| a.plus(b),
        );
        self.total = self.total.plus(sum);
        (self.sums, self.seen) = ([A::ZERO; WIDTH], 0);
    }
}

impl<const LEN: usize, T: Copy + Into<A>, A: Lane> Folds for SegmentSum<LEN, T, A> {
    type Element = T;
    type Into = SegmentSum<LEN, T, A>;

    #[inline(always)]
    fn take(into: &mut Self, strip: &[T; STRIP]) {
        strip.as_chunks::<WIDTH>().0.iter().for_each(
            #[inline(always)]
            |chunk| add_to(&mut into.sums, chunk),
        );
        into.seen += STRIP;
        if into.seen == LEN {
            into.meet();
        }
    }

    #[inline(always)]
    unsafe fn end(into: *mut Self, rest: &[T]) {
        // SAFETY: the caller's promise: there is a sum.
        let into = unsafe { &mut *into };
        let (chunks, last) = rest.as_chunks::<WIDTH>();
        chunks.iter().for_each(|chunk| add_to(&mut into.sums, chunk));
        add_to(&mut into.sums, last);
        into.seen += rest.len();
        if into.seen > 0 {
            into.meet();
        }
    }
}

/// Sums down columns, as [`super::columns::add`] makes them.
struct Columns<T, A>(PhantomData<(T, A)>);

impl<T: Copy + Into<A>, A: Lane> Folds for Columns<T, A> {
    type Element = T;
    type Into = [A; STRIP];

    #[inline(always)]
    fn take(into: &mut [A; STRIP], strip: &[T; STRIP]) {
        add_to(into, strip);
    }

    #[inline(always)]
    unsafe fn end(into: *mut [A; STRIP], rest: &[T]) {
        // SAFETY: the caller's promise: there is a sum for each.
        add_to(unsafe { std::slice::from_raw_parts_mut(into.cast::<A>(), rest.len()) }, rest);
    }
}

/// Each number to the sum of its place.
#[inline(always)]
fn add_to<T: Copy + Into<A>, A: Lane>(sums: &mut [A], row: &[T]) {
    sums.iter_mut().zip(row).for_each(
        #[inline(always)]
        |(sum, v)| *sum = sum.plus((*v).into()),
    );
}

/// Adds rows of `width` elements to sums down columns, row k to those from `at[k]` on.
///
/// # Panics
/// Where there are not as many sums.
pub fn add_to_columns<'a, T: Copy + Into<A>, A: Lane>(sums: &'a mut [A], at: &[usize], width: usize) -> StripFold<'a> {
    let (first, len) = (sums.as_mut_ptr(), sums.len());
    assert!(at.iter().all(|at| at + width <= len), "every column has a sum");
    let into = at.iter().map(|at| first.wrapping_add(*at).cast()).collect();
    StripFold::new::<Columns<T, A>>(into, size_of::<A>(), width)
}
