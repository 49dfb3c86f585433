//! The kernels that run in strips: those of a few vector instructions an element, of one dtype to itself or to bool, and the
//! vector functions of floats.

use crate::data::DType;
use crate::ir::Kernel;
use crate::ops::primitive::map::function;
use crate::ops::vector::strip::{Routine, STRIP, Set, routine_at};
use crate::ops::vector::{Lane as Number, Level};

/// What a number of any dtype can be asked for besides what [`Number`] has.
trait Simple: Number {
    fn opposite(self) -> Self;
    fn magnitude(self) -> Self;
}

macro_rules! simple {
    ($($type:ty, $opposite:expr, $magnitude:expr;)*) => {$(
        impl Simple for $type {
            #[inline(always)]
            fn opposite(self) -> Self { $opposite(self) }
            #[inline(always)]
            fn magnitude(self) -> Self { $magnitude(self) }
        }
    )*};
}

simple! {
    i8, i8::wrapping_neg, i8::wrapping_abs;
    i16, i16::wrapping_neg, i16::wrapping_abs;
    i32, i32::wrapping_neg, i32::wrapping_abs;
    i64, i64::wrapping_neg, i64::wrapping_abs;
    f32, std::ops::Neg::neg, f32::abs;
    f64, std::ops::Neg::neg, f64::abs;
}

/// A function of elements; operands that it does not have are any values.
trait Function {
    type A: Copy;
    type B: Copy;
    type C: Copy;
    type Out;
    fn of(a: Self::A, b: Self::B, c: Self::C) -> Self::Out;
}

/// The function on a strip.
///
/// # Safety
/// The machine has the set; the places that the function has hold a strip of its types, and none of them is `out`'s.
unsafe fn on_strip<F: Function, S: Set>(a: *mut u8, b: *mut u8, c: *mut u8, out: *mut u8) {
    // SAFETY: the caller's promise; a place that the function has not is a place it has, read as elements of no bytes.
    unsafe {
        let (a, b) = (&*a.cast::<[F::A; STRIP]>(), &*b.cast::<[F::B; STRIP]>());
        let (c, out) = (&*c.cast::<[F::C; STRIP]>(), &mut *out.cast::<[F::Out; STRIP]>());
        S::level().run(
            #[inline(always)]
            || {
                for k in 0..STRIP {
                    out[k] = F::of(a[k], b[k], c[k]);
                }
            },
        );
    }
}

/// The routine of `f(a: A, b: B, c: C) -> Out`.
macro_rules! of {
    ($level:expr, $a:ty, $b:ty, $c:ty, $out:ty, |$x:pat_param, $y:pat_param, $z:pat_param| $body:expr) => {{
        struct F;
        impl Function for F {
            type A = $a;
            type B = $b;
            type C = $c;
            type Out = $out;
            #[inline(always)]
            fn of($x: $a, $y: $b, $z: $c) -> $out {
                $body
            }
        }
        routine_at!($level, on_strip, F)
    }};
}

/// One row a kernel: the dtypes of its operands, as what type each is read, and the function. From the rows follow what is
/// simple and the routines.
macro_rules! kernels {
    (
        one { $($one:ident [$($one_of:ident $one_type:ty),*] |$one_a:ident| $one_f:expr;)* }
        test { $($test:ident [$($test_of:ident $test_type:ty),*] |$test_a:ident| $test_f:expr;)* }
        two { $($two:ident [$($two_of:ident $two_type:ty),*] |$two_a:ident, $two_b:ident| $two_f:expr;)* }
        compare { $($compare:ident [$($compare_of:ident $compare_type:ty),*] |$compare_a:ident, $compare_b:ident| $compare_f:expr;)* }
        choice [$($choice_of:ident $choice_type:ty),*]
        casts { $($from:ident $from_type:ty [$($to:ident $to_type:ty),*];)* }
    ) => {
        /// Whether a kernel of operands of a dtype (for `where` that of the values) runs in strips.
        pub fn is_simple(kernel: Kernel, of: DType, to: DType) -> bool {
            find(kernel, of, to, Level::Plain).is_some()
        }

        /// The routine of a kernel for an instruction set.
        pub(super) fn find(kernel: Kernel, of: DType, to: DType, level: Level) -> Option<Routine> {
            Some(match kernel {
                $(Kernel::$one => match of {
                    $(DType::$one_of => of!(level, $one_type, (), (), $one_type, |$one_a, (), ()| $one_f),)*
                    _ => return None,
                },)*
                $(Kernel::$test => match of {
                    $(DType::$test_of => of!(level, $test_type, (), (), bool, |$test_a, (), ()| $test_f),)*
                    _ => return None,
                },)*
                $(Kernel::$two => match of {
                    $(DType::$two_of => of!(level, $two_type, $two_type, (), $two_type, |$two_a, $two_b, ()| $two_f),)*
                    _ => return None,
                },)*
                $(Kernel::$compare => match of {
                    $(DType::$compare_of =>
                        of!(level, $compare_type, $compare_type, (), bool, |$compare_a, $compare_b, ()| $compare_f),)*
                    _ => return None,
                },)*
                Kernel::Where => match of {
                    $(DType::$choice_of =>
                        of!(level, bool, $choice_type, $choice_type, $choice_type, |c, a, b| if c { a } else { b }),)*
                    _ => return None,
                },
                Kernel::Cast => match (of, to) {
                    $($((DType::$from, DType::$to) => of!(level, $from_type, (), (), $to_type, |a, (), ()| a as $to_type),)*)*
                    _ => return None,
                },
                _ => return function::routine(kernel, of, to, level),
            })
        }
    };
}

// Sums and products of signed integers have the bits of unsigned ones.
#[rustfmt::skip]
kernels! {
    one {
        Negative [Int8 i8, Int16 i16, Int32 i32, Int64 i64, Float32 f32, Float64 f64] |a| a.opposite();
        Abs [Int8 i8, Int16 i16, Int32 i32, Int64 i64, Float32 f32, Float64 f64] |a| a.magnitude();
        Square [Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64, Float32 f32, Float64 f64] |a| a.times(a);
        Sqrt [Float32 f32, Float64 f64] |a| a.sqrt();
        Floor [Float32 f32, Float64 f64] |a| a.floor();
        Ceil [Float32 f32, Float64 f64] |a| a.ceil();
        Trunc [Float32 f32, Float64 f64] |a| a.trunc();
        Rint [Float32 f32, Float64 f64] |a| a.round_ties_even();
        Reciprocal [Float32 f32, Float64 f64] |a| 1.0 / a;
        LogicalNot [Bool bool] |a| !a;
        Invert [Bool bool, Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64] |a| !a;
    }
    test {
        Isnan [Float32 f32, Float64 f64] |a| a.is_nan();
        Isfinite [Float32 f32, Float64 f64] |a| a.is_finite();
        Isinf [Float32 f32, Float64 f64] |a| a.is_infinite();
    }
    two {
        Add [Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a.plus(b);
        Subtract [Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a.minus(b);
        Multiply [Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a.times(b);
        Divide [Float32 f32, Float64 f64] |a, b| a / b;
        Maximum [Int8 i8, UInt8 u8, Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a.greater(b);
        Minimum [Int8 i8, UInt8 u8, Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a.lesser(b);
        LogicalAnd [Bool bool] |a, b| a & b;
        LogicalOr [Bool bool] |a, b| a | b;
        LogicalXor [Bool bool] |a, b| a ^ b;
        BitwiseAnd [Bool bool, Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64] |a, b| a & b;
        BitwiseOr [Bool bool, Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64] |a, b| a | b;
        BitwiseXor [Bool bool, Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64] |a, b| a ^ b;
    }
    compare {
        Less [Int8 i8, UInt8 u8, Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a < b;
        LessEqual [Int8 i8, UInt8 u8, Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a <= b;
        Greater [Int8 i8, UInt8 u8, Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a > b;
        GreaterEqual [Int8 i8, UInt8 u8, Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a >= b;
        Equal [Bool bool, Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a == b;
        NotEqual [Bool bool, Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64, Float32 f32, Float64 f64] |a, b| a != b;
    }
    choice [Bool bool, Int8 u8, UInt8 u8, Int16 u16, UInt16 u16, Int32 u32, UInt32 u32, Int64 u64, UInt64 u64, Float32 f32, Float64 f64]
    casts {
        Bool u8 [Int8 i8, UInt8 u8, Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64];
        Int8 i8 [Int16 i16, Int32 i32, Int64 i64, Float32 f32, Float64 f64];
        UInt8 u8 [Int16 i16, UInt16 u16, Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64];
        Int16 i16 [Int32 i32, Int64 i64, Float32 f32, Float64 f64];
        UInt16 u16 [Int32 i32, UInt32 u32, Int64 i64, UInt64 u64, Float32 f32, Float64 f64];
        Int32 i32 [Int64 i64, Float32 f32, Float64 f64];
        UInt32 u32 [Int64 i64, UInt64 u64, Float32 f32, Float64 f64];
        Int64 i64 [Int32 i32, Float32 f32, Float64 f64];
        UInt64 u64 [Float32 f32, Float64 f64];
        Float32 f32 [Float64 f64];
        Float64 f64 [Float32 f32];
    }
}
