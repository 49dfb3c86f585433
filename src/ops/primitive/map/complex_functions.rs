//! Transcendental functions of complex numbers, with the branch cuts of C and the signs of zero respected on them.
//!
//! The inverse functions follow W. Kahan, "Branch cuts for complex elementary functions" (1987). Single precision is computed
//! in double.

use crate::data::C64;
use std::f64::consts::{FRAC_PI_2, LN_2, LN_10};

/// Beyond this magnitude squares overflow, and the inverse functions are logarithms.
const HUGE: f64 = 1e150;

/// The function of a kernel; `None` where it has no complex one.
pub(super) fn complex_function(kernel: crate::ir::Kernel) -> Option<fn(C64) -> C64> {
    use crate::ir::Kernel as K;
    Some(match kernel {
        K::Arccos => arccos,
        K::Arccosh => arccosh,
        K::Arcsin => arcsin,
        K::Arcsinh => |z| minus_i_of(arcsin, z),
        K::Arctan => |z| minus_i_of(arctanh, z),
        K::Arctanh => arctanh,
        K::Cos => |z| cosh(C64::new(-z.im, z.re)),
        K::Cosh => cosh,
        K::Exp => exp,
        K::Exp2 => |z| exp(z * LN_2),
        K::Expm1 => expm1,
        K::Log => log,
        K::Log10 => |z| log(z) / LN_10,
        K::Log1p => |z| C64::new((z.re + 1.0).hypot(z.im).ln(), z.im.atan2(z.re + 1.0)),
        K::Log2 => |z| log(z) / LN_2,
        K::Sin => |z| minus_i_of(sinh, z),
        K::Sinc => sinc,
        K::Sinh => sinh,
        K::Sqrt => sqrt,
        K::Tan => |z| minus_i_of(tanh, z),
        K::Tanh => tanh,
        _ => return None,
    })
}

/// -i f(i z), by which circular functions follow from hyperbolic ones and the other way round.
fn minus_i_of(f: fn(C64) -> C64, z: C64) -> C64 {
    let w = f(C64::new(-z.im, z.re));
    C64::new(w.im, -w.re)
}

fn sqrt(z: C64) -> C64 {
    let C64 { re, im } = z;
    if re == 0.0 && im == 0.0 {
        return C64::new(0.0, im);
    }
    if im.is_infinite() {
        return C64::new(f64::INFINITY, im);
    }
    if re.is_infinite() {
        let rest = im * 0.0;
        return if re > 0.0 { C64::new(re, rest.copysign(im)) } else { C64::new(rest.abs(), (-re).copysign(im)) };
    }
    if re.abs().max(im.abs()) > 4e307 {
        return sqrt(z / 4.0) * 2.0;
    }
    let half = ((re.abs() + re.hypot(im)) / 2.0).sqrt();
    if re >= 0.0 { C64::new(half, im / (2.0 * half)) } else { C64::new(im.abs() / (2.0 * half), half.copysign(im)) }
}

fn log(z: C64) -> C64 {
    C64::new(log_of_magnitude(z.re.abs(), z.im.abs()), z.im.atan2(z.re))
}

/// log |x + i y| without overflow, and without loss near one.
fn log_of_magnitude(x: f64, y: f64) -> f64 {
    let (small, large) = if x < y { (x, y) } else { (y, x) };
    let magnitude = large.hypot(small);
    if (0.5..2.0).contains(&magnitude) {
        return 0.5 * ((large - 1.0) * (large + 1.0) + small * small).ln_1p();
    }
    if magnitude.is_infinite() && large.is_finite() {
        return (large / 2.0).hypot(small / 2.0).ln() + LN_2;
    }
    magnitude.ln()
}

fn exp(z: C64) -> C64 {
    let C64 { re, im } = z;
    if im == 0.0 {
        return C64::new(re.exp(), im);
    }
    if re == f64::NEG_INFINITY && !im.is_finite() {
        return C64::new(0.0, 0.0);
    }
    if re == f64::INFINITY && !im.is_finite() {
        return C64::new(re, f64::NAN);
    }
    let root = if re > 700.0 { (re / 2.0).exp() } else { 1.0 };
    let scale = if re > 700.0 { root } else { re.exp() };
    C64::new(scale * im.cos() * root, scale * im.sin() * root)
}

/// cos y - 1 = -2 sin²(y/2) spares the loss near zero.
fn expm1(z: C64) -> C64 {
    let half = (z.im / 2.0).sin();
    C64::new(z.re.exp_m1() * z.im.cos() - 2.0 * half * half, z.re.exp() * z.im.sin())
}

fn sinh(z: C64) -> C64 {
    let C64 { re, im } = z;
    if im == 0.0 {
        return C64::new(re.sinh(), im);
    }
    if re == 0.0 {
        return C64::new(re, im.sin());
    }
    C64::new(re.sinh() * im.cos(), re.cosh() * im.sin())
}

fn cosh(z: C64) -> C64 {
    let C64 { re, im } = z;
    if im == 0.0 {
        return C64::new(re.cosh(), re.signum() * im);
    }
    if re == 0.0 {
        return C64::new(im.cos(), re * im.sin());
    }
    C64::new(re.cosh() * im.cos(), re.sinh() * im.sin())
}

fn tanh(z: C64) -> C64 {
    let C64 { re, im } = z;
    if re.abs() > 22.0 {
        let rest = if im.is_finite() { 4.0 * im.sin() * im.cos() * (-2.0 * re.abs()).exp() } else { 0.0 };
        return C64::new(1f64.copysign(re), rest);
    }
    let (tangent, sine) = (im.tan(), re.sinh());
    let (beta, rho) = (1.0 + tangent * tangent, (1.0 + sine * sine).sqrt());
    let below = 1.0 + beta * sine * sine;
    C64::new(beta * rho * sine / below, tangent / below)
}

/// 1 - z and 1 + z with the sign of an imaginary zero kept.
fn around_one(z: C64) -> (C64, C64) {
    (C64::new(1.0 - z.re, -z.im), C64::new(1.0 + z.re, z.im))
}

fn is_huge(z: C64) -> bool {
    z.re.abs() > HUGE || z.im.abs() > HUGE
}

/// log |2 z| of a huge z.
fn log_of_double(z: C64) -> f64 {
    log_of_magnitude(z.re.abs(), z.im.abs()) + LN_2
}

fn arcsin(z: C64) -> C64 {
    if is_huge(z) {
        return C64::new(z.re.atan2(z.im.abs()), log_of_double(z).copysign(z.im));
    }
    let (less, more) = around_one(z);
    let (less, more) = (sqrt(less), sqrt(more));
    C64::new(z.re.atan2((less * more).re), (less.conj() * more).im.asinh())
}

fn arccos(z: C64) -> C64 {
    if is_huge(z) {
        return C64::new(z.im.abs().atan2(z.re), (-log_of_double(z)).copysign(-z.im));
    }
    let (less, more) = around_one(z);
    let (less, more) = (sqrt(less), sqrt(more));
    C64::new(2.0 * less.re.atan2(more.re), (more.conj() * less).im.asinh())
}

fn arccosh(z: C64) -> C64 {
    if is_huge(z) {
        return C64::new(log_of_double(z), z.im.atan2(z.re));
    }
    let (less, more) = (sqrt(C64::new(z.re - 1.0, z.im)), sqrt(C64::new(z.re + 1.0, z.im)));
    C64::new((less.conj() * more).re.asinh(), 2.0 * less.im.atan2(more.re))
}

fn arctanh(z: C64) -> C64 {
    let (x, y) = (z.re.abs(), z.im);
    if is_huge(z) {
        let scale = x.hypot(y);
        let re = if scale.is_infinite() { 0.0 } else { x / scale / scale };
        return C64::new(re.copysign(z.re), FRAC_PI_2.copysign(y));
    }
    let re = 0.25 * (4.0 * x / ((1.0 - x) * (1.0 - x) + y * y)).ln_1p();
    let im = 0.5 * (2.0 * y).atan2((1.0 - x) * (1.0 + x) - y * y);
    C64::new(re.copysign(z.re), im)
}

/// sin(π z) / (π z), and 1 at zero.
fn sinc(z: C64) -> C64 {
    let z = if z == C64::new(0.0, 0.0) { C64::new(1e-20, 0.0) } else { z };
    let y = z * std::f64::consts::PI;
    super::complex::divided(minus_i_of(sinh, y), y)
}

/// a to the power b: by multiplication for small integers, through the logarithm otherwise.
pub(super) fn power(a: C64, b: C64) -> C64 {
    let (zero, one) = (C64::new(0.0, 0.0), C64::new(1.0, 0.0));
    if b == zero {
        return one;
    }
    if a == zero {
        return if b.re > 0.0 { zero } else { C64::new(f64::NAN, f64::NAN) };
    }
    if b.im == 0.0 && b.re.abs() < 100.0 && b.re.fract() == 0.0 {
        let power = small_power(a, b.re.abs() as u32);
        return if b.re < 0.0 { super::complex::divided(one, power) } else { power };
    }
    exp(b * log(a))
}

fn small_power(a: C64, n: u32) -> C64 {
    if n == 3 {
        return a * a * a;
    }
    let (mut base, mut rest, mut power) = (a, n, None);
    while rest > 0 {
        if rest & 1 == 1 {
            power = Some(power.map_or(base, |power: C64| power * base));
        }
        base *= base;
        rest >>= 1;
    }
    power.unwrap_or(C64::new(1.0, 0.0))
}
