//! Decimal digits of a binary float by exact integer arithmetic: the free-format algorithm of Steele and White (1990), "dragon4",
//! with the two cut-offs NumPy gives it: at most so many digits, at least so many digits.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{Float, One, Zero};
use std::cmp::Ordering;

/// A float whose bits the digits come from.
pub(super) trait Real: Float {
    /// Where the array printer turns to exponents: 1e6 for float32, 1e8 for float64.
    const EXPONENT_FROM: f64;
    /// Where the scalar printer turns to exponents: 1e6 for float32, 1e16 for float64.
    const SCALAR_EXPONENT_FROM: f64;
    /// Mantissa and power of two of the magnitude, and whether the gap below is half the gap above.
    fn parts(self) -> (u64, i32, bool);
}

macro_rules! real {
    ($type:ty, $bits:ty, $mantissa_bits:expr, $bias:expr, $from:expr, $scalar_from:expr) => {
        impl Real for $type {
            const EXPONENT_FROM: f64 = $from;
            const SCALAR_EXPONENT_FROM: f64 = $scalar_from;

            fn parts(self) -> (u64, i32, bool) {
                let bits = u64::from(self.abs().to_bits());
                let fraction = bits & ((1 << $mantissa_bits) - 1);
                let field = (bits >> $mantissa_bits) as i32;
                if field == 0 {
                    return (fraction, 1 - $bias - $mantissa_bits, false);
                }
                (fraction | (1 << $mantissa_bits), field - $bias - $mantissa_bits, fraction == 0 && field > 1)
            }
        }
    };
}

real!(f32, u32, 23, 127, 1e6, 1e6);
real!(f64, u64, 52, 1023, 1e8, 1e16);

/// Digits `d.ddd` times ten to the exponent; no digits at all is zero.
pub(super) struct Decimal {
    pub digits: Vec<u8>,
    pub exponent: i32,
}

/// What a count of digits is measured from.
#[derive(Clone, Copy)]
pub(super) enum Count {
    /// From the first digit.
    Total(usize),
    /// From the decimal point.
    Fraction(usize),
}

impl Count {
    /// The exponent of the last digit of a number whose first digit has the exponent `first`.
    fn last(self, first: i32) -> i32 {
        match self {
            Count::Total(n) => first + 1 - n as i32,
            Count::Fraction(n) => -(n as i32),
        }
    }
}

/// Which digits are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// Whether to stop where the digits tell the value from its neighbours.
    pub unique: bool,
    /// Digits at most.
    pub most: Option<Count>,
    /// Digits at least, exact ones even where fewer are unique.
    pub least: Option<Count>,
}

/// The fewest digits that read back as the value; of two equally near, the even ones (Rust's own `{:e}` takes the upper).
pub(super) const SHORTEST: Wanted = Wanted { unique: true, most: None, least: None };

/// The value as a fraction of big integers, and half the gaps to the neighbours over the same denominator.
struct Scaled {
    value: BigUint,
    below: BigUint,
    above: BigUint,
    scale: BigUint,
    even: bool,
}

impl Scaled {
    fn new(x: impl Real) -> Scaled {
        let (mantissa, exponent, uneven) = x.parts();
        let unit = BigUint::one() << exponent.max(0) as usize;
        let quarters = if uneven { 2 } else { 1 };
        Scaled {
            value: (BigUint::from(mantissa) * &unit) << quarters,
            scale: BigUint::one() << ((-exponent).max(0) as usize + quarters),
            above: &unit << (quarters - 1),
            below: unit,
            even: mantissa % 2 == 0,
        }
    }

    /// Divides by ten to the power, so that the first digit stands before the point.
    fn shift(&mut self, power: i32) {
        let factor = BigUint::from(10u32).pow(power.unsigned_abs());
        if power >= 0 {
            self.scale *= factor;
        } else {
            self.value *= &factor;
            self.below *= &factor;
            self.above *= factor;
        }
    }

    fn next(&mut self) {
        self.value *= 10u32;
        self.below *= 10u32;
        self.above *= 10u32;
    }

    /// The digit before the point, which is taken away.
    fn take_digit(&mut self) -> u8 {
        let (digit, rest) = self.value.div_rem(&self.scale);
        self.value = rest;
        digit.iter_u32_digits().next().unwrap_or(0) as u8
    }

    /// Whether stopping here, rounded down or rounded up, still reads back as the value.
    fn can_stop(&self) -> (bool, bool) {
        let down = self.value.cmp(&self.below);
        let up = (&self.value + &self.above).cmp(&self.scale);
        let tie = self.even;
        (
            down == Ordering::Less || (tie && down == Ordering::Equal),
            up == Ordering::Greater || (tie && up == Ordering::Equal),
        )
    }

    /// The rest against one half.
    fn against_half(&self) -> Ordering {
        (&self.value << 1usize).cmp(&self.scale)
    }
}

/// The decimal digits of the magnitude of a finite value.
pub(super) fn decimal(x: impl Real, wanted: Wanted) -> Decimal {
    if x.is_zero() {
        return Decimal { digits: vec![0], exponent: 0 };
    }
    let mut scaled = Scaled::new(x);
    let first = first_exponent(x, &mut scaled);
    let last = wanted.most.map(|count| count.last(first));
    if let Some(last) = last
        && last > first
    {
        return below_cutoff(&mut scaled, first, last);
    }
    let least = wanted.least.map_or(first, |count| count.last(first));
    generate(&mut scaled, wanted.unique, first, least, last)
}

/// The exponent of the first digit, and the fraction scaled so that this digit stands before the point.
fn first_exponent(x: impl Real, scaled: &mut Scaled) -> i32 {
    let (mantissa, exponent, _) = x.parts();
    let log = (mantissa as f64).log10() + f64::from(exponent) * std::f64::consts::LOG10_2;
    // The logarithm is off by less than one, so the estimate is right or one too small.
    let estimate = (log - 1e-9).floor() as i32;
    scaled.shift(estimate);
    if scaled.value >= &scaled.scale * 10u32 {
        scaled.shift(1);
        return estimate + 1;
    }
    estimate
}

/// A value smaller than the last digit allowed: one such digit, or nothing.
fn below_cutoff(scaled: &mut Scaled, first: i32, last: i32) -> Decimal {
    scaled.shift(last - first);
    let digits = if scaled.against_half() == Ordering::Greater { vec![1] } else { Vec::new() };
    Decimal { digits, exponent: last }
}

fn generate(scaled: &mut Scaled, unique: bool, first: i32, least: i32, last: Option<i32>) -> Decimal {
    let mut digits = Vec::new();
    let mut exponent = first;
    loop {
        digits.push(scaled.take_digit());
        let (down, up) = if unique { scaled.can_stop() } else { (false, false) };
        let enough = if unique { (down || up) && exponent <= least } else { scaled.value.is_zero() };
        if enough || Some(exponent) == last {
            return rounded(digits, first, round_up(scaled, down, up));
        }
        scaled.next();
        exponent -= 1;
    }
}

/// Whether the last digit goes up: to the only side that reads back, else to the nearer one, else to the even one.
fn round_up(scaled: &mut Scaled, down: bool, up: bool) -> Option<bool> {
    if down != up {
        return Some(up);
    }
    match scaled.against_half() {
        Ordering::Less => Some(false),
        Ordering::Greater => Some(true),
        Ordering::Equal => None,
    }
}

fn rounded(mut digits: Vec<u8>, mut exponent: i32, up: Option<bool>) -> Decimal {
    let odd = digits.last().is_some_and(|d| d % 2 == 1);
    if up.unwrap_or(odd) {
        while digits.last() == Some(&9) {
            digits.pop();
        }
        match digits.last_mut() {
            Some(digit) => *digit += 1,
            None => {
                digits.push(1);
                exponent += 1;
            }
        }
    }
    Decimal { digits, exponent }
}
