//! How arrays are printed: the options of `np.set_printoptions`.

/// When a sign is shown before a number that is not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// Never (`"-"`).
    #[default]
    Minus,
    /// Always (`"+"`).
    Plus,
    /// A blank stands in its place (`" "`).
    Space,
}

/// How many digits after the point a float shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FloatMode {
    /// Always as many as the precision.
    Fixed,
    /// As many as tell the value from its neighbours, whatever the precision.
    Unique,
    /// As many as tell the value from its neighbours, at most the precision.
    #[default]
    MaxPrec,
    /// The same, but as many for every element.
    MaxPrecEqual,
}

/// The options of `np.set_printoptions`, with its defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// Digits after the point at most; `None` means as many as are needed.
    pub precision: Option<usize>,
    /// Number of elements above which an array is summarised.
    pub threshold: usize,
    /// Elements shown at each end of an axis of a summarised array.
    pub edgeitems: usize,
    /// Characters in a line.
    pub linewidth: usize,
    /// Whether small numbers are shown as zero rather than with an exponent.
    pub suppress: bool,
    /// What stands for not-a-number.
    pub nanstr: String,
    /// What stands for infinity.
    pub infstr: String,
    /// When a sign is shown.
    pub sign: Sign,
    /// How many digits a float shows.
    pub floatmode: FloatMode,
}

impl Default for PrintOptions {
    fn default() -> PrintOptions {
        PrintOptions {
            precision: Some(8),
            threshold: 1000,
            edgeitems: 3,
            linewidth: 75,
            suppress: false,
            nanstr: "nan".to_string(),
            infstr: "inf".to_string(),
            sign: Sign::Minus,
            floatmode: FloatMode::MaxPrec,
        }
    }
}
