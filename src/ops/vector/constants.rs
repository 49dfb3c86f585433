//! Constants that one double cannot hold: each is a double and the rounding error of it.

/// π = PI_1 + PI_2 + PI_3.
pub(crate) const PI_1: f64 = std::f64::consts::PI;
pub(crate) const PI_2: f64 = 1.224_646_799_147_353_2e-16;
pub(crate) const PI_3: f64 = -2.994_769_809_718_339_7e-33;

/// π / 2 = HALF_PI_1 + HALF_PI_2 + HALF_PI_3.
pub(crate) const HALF_PI_1: f64 = PI_1 / 2.0;
pub(crate) const HALF_PI_2: f64 = PI_2 / 2.0;
pub(crate) const HALF_PI_3: f64 = PI_3 / 2.0;

/// ln 2 = LN2_1 + LN2_2.
pub(crate) const LN2_1: f64 = std::f64::consts::LN_2;
pub(crate) const LN2_2: f64 = 2.319_046_813_846_299_6e-17;

/// log10 2 = LG2_SHORT + LG2_REST, the first of so few bits that its products with exponents are exact.
pub(crate) const LG2_SHORT: f64 = 0.301_029_995_607_677_85;
pub(crate) const LG2_REST: f64 = 5.630_334_806_675_098e-11;

/// 1 / ln 2 = LOG2_E_1 + LOG2_E_2.
pub(crate) const LOG2_E_1: f64 = std::f64::consts::LOG2_E;
pub(crate) const LOG2_E_2: f64 = 2.035_527_374_093_103_3e-17;

/// 1 / ln 10 = LOG10_E_1 + LOG10_E_2.
pub(crate) const LOG10_E_1: f64 = std::f64::consts::LOG10_E;
pub(crate) const LOG10_E_2: f64 = 1.098_319_650_216_765e-17;
