//! Tiles: typed slices of a few thousand elements that kernels read and write.

use crate::data::{C32, C64, DType, Scalar};

/// The size of a line of the cache: a vector that lies across two lines is written at half the speed. With tiles that begin
/// on one, `((X*2+1)*(X-0.5)).sum()` takes two thirds of the time.
const LINE: usize = 64;

/// How many elements come before the first line of the cache; none where `len` elements do not fit behind them.
fn skipped<T>(values: &[T], len: usize) -> usize {
    let skip = values.as_ptr().cast::<u8>().align_offset(LINE) / size_of::<T>();
    if skip.saturating_add(len) <= values.len() { skip } else { 0 }
}

macro_rules! tiles {
    ($($variant:ident $type:ty;)*) => {
        /// A buffer of any dtype that is written again and again.
        #[derive(Clone, Debug)]
        pub enum Tile { $($variant(Vec<$type>),)* }

        /// Elements to read.
        #[derive(Clone, Copy, Debug)]
        pub enum Elements<'a> { $($variant(&'a [$type]),)* }

        /// Elements to write.
        #[derive(Debug)]
        pub enum ElementsMut<'a> { $($variant(&'a mut [$type]),)* }

        impl Tile {
            /// A tile of `len` zeros.
            pub fn new(dtype: DType, len: usize) -> Tile {
                match dtype { $(DType::$variant => Tile::$variant(vec![<$type>::default(); len]),)* }
            }

            /// How many elements it has.
            pub fn len(&self) -> usize {
                match self { $(Tile::$variant(v) => v.len(),)* }
            }

            /// Whether it has none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// A tile with room for `len` elements and none yet.
            pub fn with_room(dtype: DType, len: usize) -> Tile {
                match dtype { $(DType::$variant => Tile::$variant(Vec::with_capacity(len)),)* }
            }

            /// Where the elements begin.
            pub fn address(&mut self) -> *mut u8 {
                match self { $(Tile::$variant(v) => v.as_mut_ptr().cast(),)* }
            }

            /// Takes `len` elements as written.
            ///
            /// # Safety
            /// There is room for them, and each was written through [`Tile::address`].
            pub unsafe fn assume_written(&mut self, len: usize) {
                // SAFETY: the caller's promise.
                match self { $(Tile::$variant(v) => unsafe { v.set_len(len) },)* }
            }

            /// A tile with room for `len` elements that begin on a line of the cache.
            pub fn on_a_line(dtype: DType, len: usize) -> Tile {
                Tile::new(dtype, len + LINE / dtype.itemsize())
            }

            /// The first `len` elements.
            pub fn read(&self, len: usize) -> Elements<'_> {
                match self { $(Tile::$variant(v) => Elements::$variant(&v[..len]),)* }
            }

            /// The first `len` elements, to write.
            pub fn write(&mut self, len: usize) -> ElementsMut<'_> {
                match self { $(Tile::$variant(v) => ElementsMut::$variant(&mut v[..len]),)* }
            }

            /// The `len` elements that were written as so many by [`Tile::write_line`].
            pub fn read_line(&self, len: usize) -> Elements<'_> {
                match self { $(Tile::$variant(v) => Elements::$variant(&v[skipped(v, len)..][..len]),)* }
            }

            /// `len` elements to write, from the first line of the cache on where they fit behind it.
            pub fn write_line(&mut self, len: usize) -> ElementsMut<'_> {
                match self { $(Tile::$variant(v) => {
                    let skip = skipped(v, len);
                    ElementsMut::$variant(&mut v[skip..][..len])
                })* }
            }
        }

        impl<'a> Elements<'a> {
            /// The dtype of the elements.
            pub fn dtype(self) -> DType {
                match self { $(Elements::$variant(_) => DType::$variant,)* }
            }
            /// How many there are.
            pub fn len(self) -> usize {
                match self { $(Elements::$variant(v) => v.len(),)* }
            }
            /// Whether there are none.
            pub fn is_empty(self) -> bool {
                self.len() == 0
            }
            /// `start .. start + len` of them.
            pub fn part(self, start: usize, len: usize) -> Elements<'a> {
                match self { $(Elements::$variant(v) => Elements::$variant(&v[start..start + len]),)* }
            }
            /// Where they begin; only to be read from.
            pub fn address(self) -> *mut u8 {
                match self { $(Elements::$variant(v) => v.as_ptr().cast_mut().cast(),)* }
            }
            /// One of them.
            pub fn get(self, index: usize) -> Scalar {
                match self { $(Elements::$variant(v) => Scalar::$variant(v[index]),)* }
            }
        }

        impl ElementsMut<'_> {
            /// The dtype of the elements.
            pub fn dtype(&self) -> DType {
                match self { $(ElementsMut::$variant(_) => DType::$variant,)* }
            }
            /// How many there are.
            pub fn len(&self) -> usize {
                match self { $(ElementsMut::$variant(v) => v.len(),)* }
            }
            /// Whether there are none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
            /// Where they begin.
            pub fn address(&mut self) -> *mut u8 {
                match self { $(ElementsMut::$variant(v) => v.as_mut_ptr().cast(),)* }
            }
            /// `start .. start + len` of them, borrowed again.
            pub fn part(&mut self, start: usize, len: usize) -> ElementsMut<'_> {
                match self { $(ElementsMut::$variant(v) => ElementsMut::$variant(&mut v[start..start + len]),)* }
            }
        }

        $(impl Typed for $type {
            fn slice<'a>(elements: Elements<'a>) -> Option<&'a [Self]> {
                if let Elements::$variant(v) = elements { Some(v) } else { None }
            }
            fn slice_mut<'a>(elements: ElementsMut<'a>) -> Option<&'a mut [Self]> {
                if let ElementsMut::$variant(v) = elements { Some(v) } else { None }
            }
            fn wrap(values: &[Self]) -> Elements<'_> {
                Elements::$variant(values)
            }
            fn wrap_mut(values: &mut [Self]) -> ElementsMut<'_> {
                ElementsMut::$variant(values)
            }
        })*
    };
}

tiles! {
    Bool bool;
    Int8 i8;
    Int16 i16;
    Int32 i32;
    Int64 i64;
    UInt8 u8;
    UInt16 u16;
    UInt32 u32;
    UInt64 u64;
    Float32 f32;
    Float64 f64;
    Complex64 C32;
    Complex128 C64;
}

/// Between typed slices and slices of any dtype.
pub trait Typed: Sized {
    /// The typed slice; `None` where the dtype is another.
    fn slice<'a>(elements: Elements<'a>) -> Option<&'a [Self]>;
    /// The typed slice to write; `None` where the dtype is another.
    fn slice_mut<'a>(elements: ElementsMut<'a>) -> Option<&'a mut [Self]>;
    /// The slice as one of any dtype.
    fn wrap(values: &[Self]) -> Elements<'_>;
    /// The slice to write as one of any dtype.
    fn wrap_mut(values: &mut [Self]) -> ElementsMut<'_>;
}

/// An argument of an elementwise kernel: elements, or one value for all.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a> {
    Slice(Elements<'a>),
    Scalar(Scalar),
}

impl Operand<'_> {
    /// The dtype of the argument.
    pub fn dtype(self) -> DType {
        match self {
            Operand::Slice(elements) => elements.dtype(),
            Operand::Scalar(value) => value.dtype(),
        }
    }
}
