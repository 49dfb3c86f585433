//! A block: a typed n-dimensional array in memory.

use crate::data::{C32, C64, DType, Element, Scalar, Shape};
use crate::{with_block, with_dtype};
use ndarray::{ArcArray, IxDyn};

/// A reference-counted n-dimensional array: clones and slices share the buffer.
pub type Array<T> = ArcArray<T, IxDyn>;

/// An n-dimensional array in memory of any dtype.
#[derive(Clone, Debug)]
pub enum Block {
    Bool(Array<bool>),
    Int8(Array<i8>),
    Int16(Array<i16>),
    Int32(Array<i32>),
    Int64(Array<i64>),
    UInt8(Array<u8>),
    UInt16(Array<u16>),
    UInt32(Array<u32>),
    UInt64(Array<u64>),
    Float32(Array<f32>),
    Float64(Array<f64>),
    Complex64(Array<C32>),
    Complex128(Array<C64>),
}

impl Block {
    /// A block of `shape` in C order over the values.
    ///
    /// # Panics
    /// Where the number of values is not the product of the shape: an invariant of the caller.
    pub fn from_vec<T: Element>(shape: &[usize], values: Vec<T>) -> Block {
        let array = Array::from_shape_vec(IxDyn(shape), values).expect("as many values as the shape holds");
        T::into_block(array)
    }

    /// A block filled with one value.
    pub fn full(shape: &[usize], value: Scalar) -> Block {
        with_dtype!(value.dtype(), T => Block::from_vec(shape, vec![<T as Element>::from_scalar(value); shape.iter().product()]))
    }

    /// A block of zeros.
    pub fn zeros(shape: &[usize], dtype: DType) -> Block {
        with_dtype!(dtype, T => Block::from_vec(shape, vec![<T as Default>::default(); shape.iter().product()]))
    }

    /// A 0-d block of one value.
    pub fn scalar(value: Scalar) -> Block {
        Block::full(&[], value)
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        match self {
            Block::Bool(_) => DType::Bool,
            Block::Int8(_) => DType::Int8,
            Block::Int16(_) => DType::Int16,
            Block::Int32(_) => DType::Int32,
            Block::Int64(_) => DType::Int64,
            Block::UInt8(_) => DType::UInt8,
            Block::UInt16(_) => DType::UInt16,
            Block::UInt32(_) => DType::UInt32,
            Block::UInt64(_) => DType::UInt64,
            Block::Float32(_) => DType::Float32,
            Block::Float64(_) => DType::Float64,
            Block::Complex64(_) => DType::Complex64,
            Block::Complex128(_) => DType::Complex128,
        }
    }

    /// The length of each axis.
    pub fn shape(&self) -> &[usize] {
        with_block!(self, a => a.shape())
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements.
    pub fn size(&self) -> usize {
        with_block!(self, a => a.len())
    }

    /// Bytes of the elements.
    pub fn nbytes(&self) -> usize {
        self.size() * self.dtype().itemsize()
    }

    /// Elements between neighbours along each axis; may be negative.
    pub fn strides(&self) -> &[isize] {
        with_block!(self, a => a.strides())
    }

    /// The element at an index; `None` outside the shape.
    pub fn get(&self, index: &[usize]) -> Option<Scalar> {
        with_block!(self, a => a.get(IxDyn(index)).map(|v| v.into_scalar()))
    }

    /// The only element of a block of size one.
    pub fn item(&self) -> Option<Scalar> {
        if self.size() != 1 {
            return None;
        }
        self.get(&vec![0; self.ndim()])
    }

    /// The elements in C order as scalars. For display and small data, not for kernels.
    pub fn scalars(&self) -> Vec<Scalar> {
        with_block!(self, a => a.iter().map(|v| v.into_scalar()).collect())
    }

    /// The elements in C order, cast to `T`.
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        if let Some(array) = T::of_block(self) {
            return array.iter().copied().collect();
        }
        with_block!(self, a => a.iter().map(|v| T::from_scalar(v.into_scalar())).collect())
    }

    /// The block of scalars in C order.
    pub fn from_scalars(shape: &[usize], dtype: DType, values: &[Scalar]) -> Block {
        with_dtype!(dtype, T => Block::from_vec(shape, values.iter().map(|v| <T as Element>::from_scalar(*v)).collect::<Vec<T>>()))
    }

    /// The block cast to a dtype; shares the buffer where the dtype is the same.
    pub fn cast(&self, dtype: DType) -> Block {
        if self.dtype() == dtype {
            return self.clone();
        }
        with_dtype!(dtype, T => Block::from_vec(self.shape(), self.to_vec::<T>()))
    }

    /// The block in C order without gaps; shares the buffer where it is already.
    pub fn contiguous(&self) -> Block {
        with_block!(self, a => if a.is_standard_layout() { a.clone().into_dyn_block() } else { a.as_standard_layout().into_owned().into_shared().into_dyn_block() })
    }

    /// Whether the elements lie in C order without gaps.
    pub fn is_contiguous(&self) -> bool {
        with_block!(self, a => a.is_standard_layout())
    }

    /// The same elements in C order under another shape of as many elements.
    ///
    /// # Panics
    /// Where the sizes differ: an invariant of the caller.
    pub fn reshape(&self, shape: &[usize]) -> Block {
        with_block!(self.contiguous(), a => a.into_shape_with_order(IxDyn(shape)).expect("as many elements as before").into_dyn_block())
    }

    /// The axes in another order; shares the buffer.
    pub fn transpose(&self, order: &[usize]) -> Block {
        with_block!(self, a => a.clone().permuted_axes(IxDyn(order)).into_dyn_block())
    }

    /// The part of a box: `start[k] .. start[k] + len[k]` along each axis; shares the buffer.
    pub fn part(&self, start: &[usize], len: &[usize]) -> Block {
        with_block!(self, a => {
            let mut part = a.clone();
            for (axis, (&s, &n)) in start.iter().zip(len).enumerate() {
                part.slice_axis_inplace(ndarray::Axis(axis), ndarray::Slice::from(s..s + n));
            }
            part.into_dyn_block()
        })
    }

    /// Drops the elements; the block again where somebody else holds them too.
    pub(super) fn dropped(self) -> Option<Block> {
        with_block!(self, a => a.try_into_owned_nocopy().err().map(IntoDynBlock::into_dyn_block))
    }

    /// An owned copy of the shape.
    pub fn shape_vec(&self) -> Shape {
        self.shape().to_vec()
    }
}

/// Back from a typed array to a block.
trait IntoDynBlock {
    fn into_dyn_block(self) -> Block;
}

impl<T: Element> IntoDynBlock for Array<T> {
    fn into_dyn_block(self) -> Block {
        T::into_block(self)
    }
}
