//! Values from hexadecimal bytes, and how near two values are.

use dka::data::{C32, C64, DType, Scalar};
use dka::ops::tile::{Tile, Typed};
use dka::with_dtype;

/// Steps that a float may be off.
const STEPS: u64 = 4;

/// The scalars of little-endian bytes.
pub(crate) fn elements_of(dtype: &str, hex: &str) -> Vec<Scalar> {
    let dtype = DType::from_name(dtype).expect("a dtype's name");
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    bytes.chunks(dtype.itemsize()).map(|bytes| scalar(dtype, bytes)).collect()
}

fn scalar(dtype: DType, bytes: &[u8]) -> Scalar {
    let bits = bytes.iter().rev().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let float = |bits: u128| f64::from_bits(bits as u64);
    let single = |bits: u128| f32::from_bits(bits as u32);
    match dtype {
        DType::Bool => Scalar::Bool(bits != 0),
        DType::Int8 => Scalar::Int8(bits as i8),
        DType::Int16 => Scalar::Int16(bits as i16),
        DType::Int32 => Scalar::Int32(bits as i32),
        DType::Int64 => Scalar::Int64(bits as i64),
        DType::UInt8 => Scalar::UInt8(bits as u8),
        DType::UInt16 => Scalar::UInt16(bits as u16),
        DType::UInt32 => Scalar::UInt32(bits as u32),
        DType::UInt64 => Scalar::UInt64(bits as u64),
        DType::Float32 => Scalar::Float32(single(bits)),
        DType::Float64 => Scalar::Float64(float(bits)),
        DType::Complex64 => Scalar::Complex64(C32::new(single(bits), single(bits >> 32))),
        DType::Complex128 => Scalar::Complex128(C64::new(float(bits), float(bits >> 64))),
    }
}

/// A tile of scalars of one dtype.
pub(crate) fn tile_of(values: &[Scalar]) -> Tile {
    let mut tile = Tile::new(values[0].dtype(), values.len());
    with_dtype!(values[0].dtype(), T => {
        let room = <T as Typed>::slice_mut(tile.write(values.len())).expect("a slice of the dtype");
        for (room, value) in room.iter_mut().zip(values) {
            *room = <T as dka::data::Element>::from_scalar(*value);
        }
    });
    tile
}

/// Whether two values are equal, or near where they are floats.
pub(crate) fn compare(a: Scalar, b: Scalar) -> bool {
    match (a, b) {
        (Scalar::Float32(a), Scalar::Float32(b)) => near_single(a, b),
        (Scalar::Float64(a), Scalar::Float64(b)) => near(a, b),
        (Scalar::Complex64(a), Scalar::Complex64(b)) => {
            let slack = f64::from(f32::EPSILON) * 4.0 * f64::from(b.re.abs().max(b.im.abs()));
            let part = |a: f32, b: f32| near_single(a, b) || f64::from((a - b).abs()) <= slack;
            part(a.re, b.re) && part(a.im, b.im)
        }
        (Scalar::Complex128(a), Scalar::Complex128(b)) => {
            let slack = f64::EPSILON * 4.0 * b.re.abs().max(b.im.abs());
            let part = |a: f64, b: f64| near(a, b) || (a - b).abs() <= slack;
            part(a.re, b.re) && part(a.im, b.im)
        }
        (a, b) => a == b,
    }
}

fn near(a: f64, b: f64) -> bool {
    let place = |x: f64| (x.to_bits() << 1 >> 1) as i64 * if x.is_sign_negative() { -1 } else { 1 };
    if a.is_nan() || b.is_nan() {
        return a.is_nan() && b.is_nan();
    }
    if a == 0.0 && b == 0.0 { a.to_bits() == b.to_bits() } else { place(a).abs_diff(place(b)) <= STEPS }
}

fn near_single(a: f32, b: f32) -> bool {
    let place = |x: f32| i64::from(x.to_bits() << 1 >> 1) * if x.is_sign_negative() { -1 } else { 1 };
    if a.is_nan() || b.is_nan() {
        return a.is_nan() && b.is_nan();
    }
    if a == 0.0 && b == 0.0 { a.to_bits() == b.to_bits() } else { place(a).abs_diff(place(b)) <= STEPS }
}
