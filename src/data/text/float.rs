//! The common form of a column of floats: which of positional and exponent form, how many digits, how wide.
//! The rules are those of NumPy 2's array printer.

use super::digits::Real;
use super::number::{Parts, Style, Trim, exponent_text, filled, positional, scientific};
use super::options::{FloatMode, PrintOptions, Sign};

/// Below this every value is shown with an exponent.
const EXPONENT_BELOW: f64 = 1e-4;
/// The ratio of largest to smallest above which exponents are shown.
const EXPONENT_RATIO: f64 = 1000.0;

/// The form of the floats of one array.
pub(super) struct FloatForm {
    style: Style,
    /// Digits of the exponent; `None` in positional form.
    exponent_digits: Option<usize>,
    pad_left: usize,
    pad_right: usize,
    nan: String,
    inf: String,
}

impl FloatForm {
    /// The form for the values that will be shown.
    pub(super) fn new<T: Real>(data: &[T], options: &PrintOptions, sign: Sign) -> FloatForm {
        let finite: Vec<T> = data.iter().copied().filter(|x| x.is_finite()).collect();
        let precision = options.precision.filter(|_| options.floatmode != FloatMode::Unique);
        let mut form = FloatForm {
            style: Style { precision, min_digits: None, unique: true, trim: Trim::ToPoint, plus: sign == Sign::Plus },
            exponent_digits: None,
            pad_left: 0,
            pad_right: 0,
            nan: options.nanstr.clone(),
            inf: options.infstr.clone(),
        };
        if !finite.is_empty() {
            if options.floatmode == FloatMode::Fixed {
                (form.style.trim, form.style.unique) = (Trim::Keep, false);
            }
            if wants_exponent(&finite, options.suppress) {
                form.fit_scientific(&finite);
            } else {
                form.fit_positional(&finite, options.floatmode);
            }
        }
        if sign == Sign::Space && !finite.iter().any(|x| x.is_sign_negative()) {
            form.pad_left += 1;
        }
        if finite.len() != data.len() {
            form.fit_non_finite(data, sign);
        }
        form
    }

    fn fit_scientific<T: Real>(&mut self, finite: &[T]) {
        let parts: Vec<Parts> = finite.iter().map(|&x| scientific(x, self.style)).collect();
        let exponents = parts.iter().filter_map(|p| p.exponent).map(|e| exponent_text(e, 2).len() - 1);
        let digits = exponents.max().unwrap_or(2);
        let precision = widest(&parts, |p| p.fraction.len());
        self.exponent_digits = Some(digits);
        self.style.trim = Trim::Keep;
        self.style.precision = Some(precision);
        self.style.min_digits = Some(precision);
        self.pad_left = widest(&parts, |p| p.whole.len());
        self.pad_right = digits + 2 + precision;
    }

    fn fit_positional<T: Real>(&mut self, finite: &[T], mode: FloatMode) {
        let parts: Vec<Parts> = finite.iter().map(|&x| positional(x, self.style)).collect();
        self.pad_left = widest(&parts, |p| p.whole.len());
        self.pad_right = widest(&parts, |p| p.fraction.len());
        if matches!(mode, FloatMode::Fixed | FloatMode::MaxPrecEqual) {
            self.style.precision = Some(self.pad_right);
            self.style.min_digits = Some(self.pad_right);
            self.style.trim = Trim::Keep;
        } else {
            self.style.min_digits = Some(0);
        }
    }

    fn fit_non_finite<T: Real>(&mut self, data: &[T], sign: Sign) {
        let signed = sign != Sign::Minus || data.iter().any(|x| x.is_infinite() && x.is_sign_negative());
        let offset = self.pad_right + 1;
        let inf = self.inf.chars().count() + usize::from(signed);
        let longest = inf.max(self.nan.chars().count());
        self.pad_left = self.pad_left.max(longest.saturating_sub(offset));
    }

    /// The text of one value, as wide as its column.
    pub(super) fn text<T: Real>(&self, x: T) -> String {
        if !x.is_finite() {
            return self.non_finite(x);
        }
        if let Some(digits) = self.exponent_digits {
            let parts = scientific(x, self.style);
            let exponent = exponent_text(parts.exponent.unwrap_or(0), digits);
            let whole = filled(&parts.whole, ' ', self.pad_left);
            return format!("{whole}.{}e{exponent}", parts.fraction);
        }
        let parts = positional(x, self.style);
        let blanks = " ".repeat(self.pad_right.saturating_sub(parts.fraction.len()));
        format!("{}.{}{blanks}", filled(&parts.whole, ' ', self.pad_left), parts.fraction)
    }

    fn non_finite<T: Real>(&self, x: T) -> String {
        let plus = if self.style.plus { "+" } else { "" };
        let text = match x {
            x if x.is_nan() => format!("{plus}{}", self.nan),
            x if x.is_sign_negative() => format!("-{}", self.inf),
            _ => format!("{plus}{}", self.inf),
        };
        filled(&text, ' ', self.pad_left + self.pad_right + 1)
    }
}

fn widest(parts: &[Parts], length: impl Fn(&Parts) -> usize) -> usize {
    parts.iter().map(length).max().unwrap_or(0)
}

/// Whether the magnitudes are too large, too small or too unlike for positional form. Compared in the values' own precision.
fn wants_exponent<T: Real>(finite: &[T], suppress: bool) -> bool {
    let sizes = || finite.iter().map(|x| x.abs()).filter(|x| !x.is_zero());
    let (Some(max), Some(min)) = (sizes().reduce(T::max), sizes().reduce(T::min)) else {
        return false;
    };
    let own = |limit: f64| T::from(limit).unwrap_or_else(T::max_value);
    max >= own(T::EXPONENT_FROM) || (!suppress && (min < own(EXPONENT_BELOW) || max / min > own(EXPONENT_RATIO)))
}
