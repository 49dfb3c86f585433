//! Whether a lazy and an eager run gave the same: shapes, dtypes and, up to rounding, values.

use crate::data::{Block, DType, Result, Scalar, show_shape, size_of};
use crate::ir::Expr;
use crate::lang::{Outside, Value};
use crate::ops::primitive::{Pick, from_block, pick, scalar};
use crate::shell::session::Session;

/// Values agree where they differ by no more than `ABSOLUTE + RELATIVE * max(|a|, |b|)`; NaN agrees with NaN.
pub const RELATIVE: f64 = 1e-6;
pub const ABSOLUTE: f64 = 1e-9;
/// The relative tolerance of single precision.
pub const RELATIVE_SINGLE: f64 = 1e-4;

/// Arrays larger than this are compared band by band, so that checking needs little memory.
const BAND_BYTES: usize = 64 * 1024 * 1024;

/// What a comparison of values found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// What differs, one line each.
    pub lines: Vec<String>,
    /// The largest absolute difference of two numbers; `None` where there was nothing to compare.
    pub max_abs: Option<f64>,
}

impl Difference {
    fn line(&mut self, text: String) {
        self.lines.push(text);
    }

    fn number(&mut self, difference: f64) {
        self.max_abs = Some(self.max_abs.map_or(difference, |most| most.max(difference)));
    }
}

/// The two sides of a comparison.
pub struct Sides<'a> {
    pub lazy: &'a Session,
    pub eager: &'a Session,
    /// Whether arrays alone are compared: the eager side has no chunks, so what is said of them differs.
    pub arrays_alone: bool,
}

impl Sides<'_> {
    /// Compares two values under a name, adding what differs.
    ///
    /// # Errors
    /// What computing a lazy array failed with.
    pub fn compare(&self, name: &str, a: &Value, b: &Value, found: &mut Difference) -> Result<()> {
        if let (Some(x), Some(y)) = (array_of(a), array_of(b)) {
            return self.compare_arrays(name, &x, &y, found);
        }
        if self.arrays_alone {
            return Ok(());
        }
        match (a, b) {
            (Value::List(x), Value::List(y)) => self.compare_items(name, &x.borrow(), &y.borrow(), found),
            _ => match (a.tuple_items(), b.tuple_items()) {
                (Some(x), Some(y)) => self.compare_items(name, x, y, found),
                _ => {
                    self.compare_texts(name, a, b, found);
                    Ok(())
                }
            },
        }
    }

    fn compare_items(&self, name: &str, a: &[Value], b: &[Value], found: &mut Difference) -> Result<()> {
        if a.len() != b.len() {
            found.line(format!("{name}: {} items lazily, {} eagerly", a.len(), b.len()));
            return Ok(());
        }
        a.iter().zip(b).enumerate().try_for_each(|(i, (x, y))| self.compare(&format!("{name}[{i}]"), x, y, found))
    }

    /// Values without numbers to compare are the same where their texts are; functions and the like have no text.
    fn compare_texts(&self, name: &str, a: &Value, b: &Value, found: &mut Difference) {
        if matches!(
            a,
            Value::Function(_) | Value::Client(_) | Value::Module(_) | Value::Iterator(_) | Value::Generator(..)
        ) {
            return;
        }
        let x = self.lazy.interpreter.show(a, &*self.lazy.world);
        let y = self.eager.interpreter.show(b, &*self.eager.world);
        if x != y {
            found.line(format!("{name}: {x} lazily, {y} eagerly"));
        }
    }

    fn compare_arrays(&self, name: &str, a: &Expr, b: &Expr, found: &mut Difference) -> Result<()> {
        if a.dtype != b.dtype {
            found.line(format!("{name}: dtype {} lazily, {} eagerly", a.dtype, b.dtype));
        }
        if size_of(&a.shape).is_some() && a.shape != b.shape {
            found.line(format!("{name}: shape {} lazily, {} eagerly", show_shape(&a.shape), show_shape(&b.shape)));
            return Ok(());
        }
        for band in bands(a) {
            let x = one(self.lazy.world.compute(&[cut(a, &band)])?);
            let y = one(self.eager.world.compute(&[cut(b, &band)])?);
            if x.shape() != y.shape() {
                found.line(format!(
                    "{name}: shape {} lazily, {} eagerly",
                    show_shape(x.shape()),
                    show_shape(y.shape())
                ));
                return Ok(());
            }
            if !compare_blocks(&x, &y, found) {
                found.line(format!("{name}: the values differ"));
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Arrays, and scalars as arrays without axes: what is lazily 0-d is eagerly a scalar.
fn array_of(value: &Value) -> Option<Expr> {
    match value {
        Value::Array(array) => Some(array.expr()),
        Value::Scalar(value) => Some(from_block(Block::scalar(*value))),
        Value::Float(value) => Some(scalar(Scalar::Float64(*value))),
        _ => None,
    }
}

/// The ranges of the first axis to compare one after another; one range where the array is small or has no axes.
fn bands(x: &Expr) -> Vec<std::ops::Range<usize>> {
    let Some((&rows, bytes)) = x.shape.first().zip(x.nbytes()) else { return vec![0..0] };
    if rows == 0 || bytes <= BAND_BYTES {
        return vec![0..rows];
    }
    let step = (rows * BAND_BYTES / bytes).max(1);
    (0..rows).step_by(step).map(|start| start..(start + step).min(rows)).collect()
}

fn cut(x: &Expr, band: &std::ops::Range<usize>) -> Expr {
    match x.shape.first() {
        Some(&rows) if band.len() < rows => pick(x, &[Pick::Slice { start: band.start, step: 1, len: band.len() }]),
        _ => x.clone(),
    }
}

fn one(mut blocks: Vec<Block>) -> Block {
    blocks.pop().unwrap_or_else(|| Block::zeros(&[0], DType::Float64))
}

/// Whether all elements agree; notes the largest difference.
fn compare_blocks(a: &Block, b: &Block, found: &mut Difference) -> bool {
    let relative = if single(a.dtype()) { RELATIVE_SINGLE } else { RELATIVE };
    let (x, y) = (a.to_vec::<crate::data::C64>(), b.to_vec::<crate::data::C64>());
    let mut equal = true;
    for (p, q) in x.iter().zip(&y) {
        equal &= agree(p.re, q.re, relative, found) && agree(p.im, q.im, relative, found);
    }
    equal
}

fn single(dtype: DType) -> bool {
    matches!(dtype, DType::Float32 | DType::Complex64)
}

fn agree(a: f64, b: f64, relative: f64, found: &mut Difference) -> bool {
    // Infinities of one sign and equal numbers; their difference would be NaN or nothing.
    if a == b || (a.is_nan() && b.is_nan()) {
        found.number(0.0);
        return true;
    }
    let difference = (a - b).abs();
    found.number(difference);
    difference.is_finite() && difference <= ABSOLUTE + relative * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use super::{Difference, agree, bands};
    use crate::data::{Chunks, Scalar};
    use crate::ops::primitive::fill;

    #[test]
    fn numbers_agree_up_to_rounding_and_nan_with_nan() {
        let mut found = Difference::default();
        assert!(agree(f64::NAN, f64::NAN, 1e-6, &mut found));
        assert!(agree(1e9, 1e9 + 1.0, 1e-6, &mut found));
        assert_eq!(found.max_abs, Some(1.0));
        assert!(!agree(1.0, 1.001, 1e-6, &mut found));
        assert!(!agree(f64::INFINITY, 1.0, 1e-6, &mut found));
    }

    #[test]
    fn large_arrays_are_compared_in_bands() {
        let x = fill(Scalar::Float64(0.0), Chunks::whole(&[10_000, 10_000]));
        let bands = bands(&x);
        assert_eq!((bands.len(), bands[0].clone()), (12, 0..838));
        assert_eq!(bands.last().map(|band| band.end), Some(10_000));
    }
}
