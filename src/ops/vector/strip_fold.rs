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
    /// The same for what is left over of a row, less than a strip; in the stead of the second operand it is given how many
    /// elements that is.
    pub(crate) end: Routine,
    /// What each row is folded into, one row after another.
    pub(crate) into: Vec<*mut u8>,
    /// Bytes of what it is folded into from one element to the next.
    pub(crate) step: usize,
    /// The bytes of an element, and the elements of a row.
    pub(crate) element: usize,
    pub(crate) width: usize,
    held: PhantomData<&'a mut ()>,
}

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

/// The fold of less than a strip.
///
/// # Safety
/// As for [`by_address`], with as many elements as are said.
unsafe fn end_by_address<F: Folds, S: Set>(rest: *mut u8, len: *mut u8, _: *mut u8, into: *mut u8) {
    // SAFETY: the caller's promise. Measured reason: as above.
    unsafe {
        let rest = std::slice::from_raw_parts(rest.cast::<F::Element>(), len.addr());
        S::level().run(
            #[inline(always)]
            || F::end(into.cast::<F::Into>(), rest),
        );
    }
}

impl StripFold<'_> {
    /// A fold of rows of `width` elements: `into` has a place for each element of a row or (`step` 0) one for all.
    fn new<F: Folds>(into: Vec<*mut u8>, step: usize, width: usize) -> Self {
        let level = Level::best();
        let (routine, end) = (routine_at!(level, by_address, F), routine_at!(level, end_by_address, F));
        StripFold { routine, end, into, step, element: size_of::<F::Element>(), width, held: PhantomData }
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
    fn meet(&mut self, sums: &[A; WIDTH]) {
        let sum = meet(
            *sums,
            #[inline(always)]
            |a: A, b| a.plus(b),
        );
        self.total = self.total.plus(sum);
        self.seen = 0;
    }
}

impl<const LEN: usize, T: Copy + Into<A>, A: Lane> Folds for SegmentSum<LEN, T, A> {
    type Element = T;
    type Into = SegmentSum<LEN, T, A>;

    #[inline(always)]
    fn take(into: &mut Self, strip: &[T; STRIP]) {
        let (chunks, _) = strip.as_chunks::<WIDTH>();
        // The first strip of a segment finds nothing but zeros.
        let mut sums = if into.seen == 0 { [A::ZERO; WIDTH] } else { into.sums };
        chunks.iter().for_each(
            #[inline(always)]
            |chunk| add_to(&mut sums, chunk),
        );
        into.seen += STRIP;
        if into.seen == LEN { into.meet(&sums) } else { into.sums = sums }
    }

    #[inline(always)]
    unsafe fn end(into: *mut Self, rest: &[T]) {
        // SAFETY: the caller's promise: there is a sum.
        let into = unsafe { &mut *into };
        let begun = into.seen > 0;
        let mut sums = if begun { into.sums } else { [A::ZERO; WIDTH] };
        let (chunks, last) = rest.as_chunks::<WIDTH>();
        chunks.iter().for_each(
            #[inline(always)]
            |chunk| add_to(&mut sums, chunk),
        );
        add_to(&mut sums, last);
        if begun || !rest.is_empty() {
            into.meet(&sums);
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

/// Which of two numbers stays.
pub trait Choice<T>: Copy {
    /// That number.
    fn of(a: T, b: T) -> T;
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident $join:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl<T: Lane> Choice<T> for $name {
            #[inline(always)]
            fn of(a: T, b: T) -> T {
                a.$join(b)
            }
        }
    )*};
}

choices! {
    /// The lesser one, NaN if one of them is.
    Lesser lesser;
    /// The greater one, NaN if one of them is.
    Greater greater;
    /// The lesser one, NaN only if both are.
    LesserNumber lesser_number;
    /// The greater one, NaN only if both are.
    GreaterNumber greater_number;
}

/// What stays of a row when each element meets one of a few bests, and these each other.
#[derive(Clone, Debug)]
pub struct Best<T, C> {
    bests: [T; WIDTH],
    of: PhantomData<C>,
}

impl<T: Lane, C: Choice<T>> Best<T, C> {
    /// What goes on from `before`.
    pub fn new(before: T) -> Best<T, C> {
        Best { bests: [before; WIDTH], of: PhantomData }
    }

    /// Rows of `width` elements, each into a best of its own.
    pub fn rows(bests: &mut [Self], width: usize) -> StripFold<'_> {
        let into = bests.iter_mut().map(|best| std::ptr::from_mut(best).cast()).collect();
        StripFold::new::<Self>(into, 0, width)
    }

    /// The best of what was taken in.
    pub fn best(&self) -> T {
        let (mut bests, mut half) = (self.bests, WIDTH / 2);
        while half > 0 {
            for i in 0..half {
                bests[i] = C::of(bests[i], bests[i + half]);
            }
            half /= 2;
        }
        bests[0]
    }
}

impl<T: Lane, C: Choice<T>> Folds for Best<T, C> {
    type Element = T;
    type Into = Best<T, C>;

    #[inline(always)]
    fn take(into: &mut Self, strip: &[T; STRIP]) {
        let mut bests = into.bests;
        for chunk in strip.as_chunks::<WIDTH>().0 {
            choose::<T, C>(&mut bests, chunk);
        }
        into.bests = bests;
    }

    #[inline(always)]
    unsafe fn end(into: *mut Self, rest: &[T]) {
        // SAFETY: the caller's promise: there is a best.
        let bests = unsafe { &mut (*into).bests };
        rest.chunks(WIDTH).for_each(
            #[inline(always)]
            |chunk| choose::<T, C>(bests, chunk),
        );
    }
}

/// The bests down columns, as [`super::columns`] makes them.
struct BestColumns<T, C>(PhantomData<(T, C)>);

impl<T: Lane, C: Choice<T>> Folds for BestColumns<T, C> {
    type Element = T;
    type Into = [T; STRIP];

    #[inline(always)]
    fn take(into: &mut [T; STRIP], strip: &[T; STRIP]) {
        choose::<T, C>(into, strip);
    }

    #[inline(always)]
    unsafe fn end(into: *mut [T; STRIP], rest: &[T]) {
        // SAFETY: the caller's promise: there is a best for each.
        choose::<T, C>(unsafe { std::slice::from_raw_parts_mut(into.cast::<T>(), rest.len()) }, rest);
    }
}

/// Each number meets the best of its place.
#[inline(always)]
fn choose<T: Lane, C: Choice<T>>(bests: &mut [T], row: &[T]) {
    bests.iter_mut().zip(row).for_each(
        #[inline(always)]
        |(best, v)| *best = C::of(*best, *v),
    );
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
    down_columns::<Columns<T, A>, A>(sums, at, width)
}

/// Lets rows of `width` elements meet the bests down columns, row k those from `at[k]` on.
///
/// # Panics
/// Where there are not as many bests.
pub fn best_of_columns<'a, T: Lane, C: Choice<T>>(bests: &'a mut [T], at: &[usize], width: usize) -> StripFold<'a> {
    down_columns::<BestColumns<T, C>, T>(bests, at, width)
}

fn down_columns<'a, F: Folds, A>(into: &'a mut [A], at: &[usize], width: usize) -> StripFold<'a> {
    let (first, len) = (into.as_mut_ptr(), into.len());
    assert!(at.iter().all(|at| at + width <= len), "every column has a place");
    let into = at.iter().map(|at| first.wrapping_add(*at).cast()).collect();
    StripFold::new::<F>(into, size_of::<A>(), width)
}
