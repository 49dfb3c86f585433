//! The words of an array's elements, each as wide as its column.

use super::digits::Real;
use super::float::FloatForm;
use super::options::{PrintOptions, Sign};
use crate::data::{C32, C64, Element};
use num_complex::Complex;

/// An element type that arrays print.
pub(super) trait Words: Element {
    /// The text of every value shown; `zero_d` where the array has no axis.
    fn words(shown: &[Self], options: &PrintOptions, zero_d: bool) -> Vec<String>;
}

impl Words for bool {
    fn words(shown: &[bool], _: &PrintOptions, zero_d: bool) -> Vec<String> {
        let yes = if zero_d { "True" } else { " True" };
        shown.iter().map(|&v| if v { yes } else { "False" }.to_string()).collect()
    }
}

macro_rules! integer_words {
    ($($type:ty)*) => {$(
        impl Words for $type {
            fn words(shown: &[$type], options: &PrintOptions, _: bool) -> Vec<String> {
                let values: Vec<i128> = shown.iter().map(|&v| v.into()).collect();
                integer_words(&values, options.sign)
            }
        }
    )*};
}

integer_words! { i8 i16 i32 i64 u8 u16 u32 u64 }

/// Integers right-aligned to the longest. As NumPy does, a blank sign counts only where no value is negative.
fn integer_words(values: &[i128], sign: Sign) -> Vec<String> {
    let min = values.iter().copied().min().unwrap_or(0);
    let sign = if sign == Sign::Space && min < 0 { Sign::Minus } else { sign };
    let word = |v: i128| match sign {
        Sign::Plus => format!("{v:+}"),
        Sign::Space => format!(" {v}"),
        Sign::Minus => v.to_string(),
    };
    let words: Vec<String> = values.iter().map(|&v| word(v)).collect();
    aligned(words)
}

fn aligned(words: Vec<String>) -> Vec<String> {
    let width = words.iter().map(String::len).max().unwrap_or(0);
    words.into_iter().map(|word| format!("{word:>width$}")).collect()
}

impl Words for f32 {
    fn words(shown: &[f32], options: &PrintOptions, _: bool) -> Vec<String> {
        float_words(shown, options)
    }
}

impl Words for f64 {
    fn words(shown: &[f64], options: &PrintOptions, _: bool) -> Vec<String> {
        float_words(shown, options)
    }
}

impl Words for C32 {
    fn words(shown: &[C32], options: &PrintOptions, _: bool) -> Vec<String> {
        complex_words(shown, options)
    }
}

impl Words for C64 {
    fn words(shown: &[C64], options: &PrintOptions, _: bool) -> Vec<String> {
        complex_words(shown, options)
    }
}

fn float_words<T: Real>(shown: &[T], options: &PrintOptions) -> Vec<String> {
    let form = FloatForm::new(shown, options, options.sign);
    shown.iter().map(|&x| form.text(x)).collect()
}

/// Real and imaginary parts have a form each; the imaginary part always has a sign, and its `j` stands before the padding.
fn complex_words<T: Real>(shown: &[Complex<T>], options: &PrintOptions) -> Vec<String> {
    let part = |of: fn(&Complex<T>) -> T| shown.iter().map(of).collect::<Vec<T>>();
    let real = FloatForm::new(&part(|z| z.re), options, options.sign);
    let imag = FloatForm::new(&part(|z| z.im), options, Sign::Plus);
    let word = |z: &Complex<T>| {
        let mut text = imag.text(z.im);
        text.insert(text.trim_end().len(), 'j');
        real.text(z.re) + &text
    };
    shown.iter().map(word).collect()
}
