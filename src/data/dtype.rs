//! Element types: names, sizes, kinds, promotion and casting as NumPy 2 defines them.

use serde::{Deserialize, Serialize};

/// The element type of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DType {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    Complex64,
    Complex128,
}

/// What family a dtype belongs to, ordered by promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Bool,
    Unsigned,
    Signed,
    Float,
    Complex,
}

/// One row per dtype: dtype, NumPy's name, size in bytes, kind, `.npy` type code.
const ROWS: &[(DType, &str, usize, Kind, &str)] = &[
    (DType::Bool, "bool", 1, Kind::Bool, "b1"),
    (DType::Int8, "int8", 1, Kind::Signed, "i1"),
    (DType::Int16, "int16", 2, Kind::Signed, "i2"),
    (DType::Int32, "int32", 4, Kind::Signed, "i4"),
    (DType::Int64, "int64", 8, Kind::Signed, "i8"),
    (DType::UInt8, "uint8", 1, Kind::Unsigned, "u1"),
    (DType::UInt16, "uint16", 2, Kind::Unsigned, "u2"),
    (DType::UInt32, "uint32", 4, Kind::Unsigned, "u4"),
    (DType::UInt64, "uint64", 8, Kind::Unsigned, "u8"),
    (DType::Float32, "float32", 4, Kind::Float, "f4"),
    (DType::Float64, "float64", 8, Kind::Float, "f8"),
    (DType::Complex64, "complex64", 8, Kind::Complex, "c8"),
    (DType::Complex128, "complex128", 16, Kind::Complex, "c16"),
];

/// Other spellings that NumPy takes for a dtype.
const ALIASES: &[(&str, DType)] = &[
    ("bool_", DType::Bool),
    ("?", DType::Bool),
    ("byte", DType::Int8),
    ("b", DType::Int8),
    ("short", DType::Int16),
    ("h", DType::Int16),
    ("intc", DType::Int32),
    ("i", DType::Int32),
    ("int", DType::Int64),
    ("int_", DType::Int64),
    ("intp", DType::Int64),
    ("long", DType::Int64),
    ("longlong", DType::Int64),
    ("l", DType::Int64),
    ("q", DType::Int64),
    ("p", DType::Int64),
    ("ubyte", DType::UInt8),
    ("B", DType::UInt8),
    ("ushort", DType::UInt16),
    ("H", DType::UInt16),
    ("uintc", DType::UInt32),
    ("I", DType::UInt32),
    ("uint", DType::UInt64),
    ("uintp", DType::UInt64),
    ("ulong", DType::UInt64),
    ("ulonglong", DType::UInt64),
    ("L", DType::UInt64),
    ("Q", DType::UInt64),
    ("P", DType::UInt64),
    ("single", DType::Float32),
    ("f", DType::Float32),
    ("float", DType::Float64),
    ("double", DType::Float64),
    ("d", DType::Float64),
    ("complex", DType::Complex128),
    ("cdouble", DType::Complex128),
    ("csingle", DType::Complex64),
    ("F", DType::Complex64),
    ("D", DType::Complex128),
];

impl DType {
    /// Every dtype, in the order of its declaration.
    pub fn all() -> impl Iterator<Item = DType> {
        ROWS.iter().map(|row| row.0)
    }

    fn row(self) -> &'static (DType, &'static str, usize, Kind, &'static str) {
        &ROWS[self as usize]
    }

    /// NumPy's name of the dtype, such as `float64`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Bytes of one element.
    pub fn itemsize(self) -> usize {
        self.row().2
    }

    /// The family of the dtype.
    pub fn kind(self) -> Kind {
        self.row().3
    }

    /// NumPy's kind letter: `b`, `i`, `u`, `f` or `c`.
    pub fn kind_letter(self) -> char {
        self.code().chars().next().unwrap_or('?')
    }

    /// The type code of `.npy` and Zarr v2 headers without byte order, such as `f8`.
    pub fn code(self) -> &'static str {
        self.row().4
    }

    /// The one-letter character code of NumPy (`dtype.char`).
    pub fn char(self) -> char {
        "?bhilBHILfdFD".as_bytes()[self as usize] as char
    }

    /// The dtype of a name or type string: `float64`, `f8`, `<f8`, `d`, `int`.
    pub fn from_name(name: &str) -> Option<DType> {
        let bare = name.strip_prefix(['<', '=', '|']).unwrap_or(name);
        let row = ROWS.iter().find(|row| row.1 == bare || row.4 == bare);
        row.map(|row| row.0).or_else(|| ALIASES.iter().find(|alias| alias.0 == bare).map(|alias| alias.1))
    }

    pub fn is_float(self) -> bool {
        self.kind() == Kind::Float
    }

    pub fn is_complex(self) -> bool {
        self.kind() == Kind::Complex
    }

    /// Floating or complex.
    pub fn is_inexact(self) -> bool {
        self.kind() >= Kind::Float
    }

    /// Signed or unsigned integer (not bool).
    pub fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed | Kind::Unsigned)
    }

    pub fn is_signed(self) -> bool {
        self.kind() == Kind::Signed
    }

    pub fn is_unsigned(self) -> bool {
        self.kind() == Kind::Unsigned
    }

    pub fn is_bool(self) -> bool {
        self == DType::Bool
    }

    /// The dtype that holds the values of both (NumPy's `promote_types`).
    pub fn promote(self, other: DType) -> DType {
        let (low, high) = if self.kind() <= other.kind() { (self, other) } else { (other, self) };
        match (low.kind(), high.kind()) {
            (a, b) if a == b => {
                if low.itemsize() >= high.itemsize() {
                    low
                } else {
                    high
                }
            }
            (Kind::Bool, _) => high,
            (Kind::Unsigned, Kind::Signed) => unsigned_with_signed(low, high),
            (Kind::Float, Kind::Complex) => {
                if low == DType::Float32 {
                    high
                } else {
                    DType::Complex128
                }
            }
            (_, Kind::Float) => {
                if low.itemsize() <= 2 {
                    high
                } else {
                    DType::Float64
                }
            }
            (_, _) => {
                if low.itemsize() <= 2 {
                    high
                } else {
                    DType::Complex128
                }
            }
        }
    }

    /// The real dtype of a complex one; itself otherwise.
    pub fn real(self) -> DType {
        match self {
            DType::Complex64 => DType::Float32,
            DType::Complex128 => DType::Float64,
            other => other,
        }
    }

    /// The complex dtype that holds this one's values.
    pub fn complex(self) -> DType {
        if self == DType::Float32 || self == DType::Complex64 { DType::Complex64 } else { DType::Complex128 }
    }

    /// The floating dtype that a function such as `sin` computes in: itself where inexact, float64 for
    /// bool and integers (NumPy's float16 for one-byte integers is float64 here).
    pub fn to_inexact(self) -> DType {
        match self.kind() {
            Kind::Float | Kind::Complex => self,
            _ if self.itemsize() == 2 => DType::Float32,
            _ => DType::Float64,
        }
    }

    /// Whether a cast loses nothing that NumPy counts (`can_cast(.., 'safe')`).
    pub fn casts_safely_to(self, to: DType) -> bool {
        self.promote(to) == to
    }

    /// Whether NumPy's `same_kind` rule allows the cast.
    pub fn casts_same_kind_to(self, to: DType) -> bool {
        self.casts_safely_to(to)
            || self.kind() == to.kind()
            || (self.kind() <= to.kind() && to.kind() != Kind::Unsigned)
    }

    /// Smallest and largest value of an integer dtype; `None` for others.
    pub fn integer_bounds(self) -> Option<(i128, i128)> {
        let bits = 8 * self.itemsize() as u32;
        match self.kind() {
            Kind::Signed => Some((-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)),
            Kind::Unsigned => Some((0, (1i128 << bits) - 1)),
            _ => None,
        }
    }
}

fn unsigned_with_signed(unsigned: DType, signed: DType) -> DType {
    let need = unsigned.itemsize() * 2;
    match need.max(signed.itemsize()) {
        1 => DType::Int8,
        2 => DType::Int16,
        4 => DType::Int32,
        8 => DType::Int64,
        _ => DType::Float64,
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::DType;

    #[test]
    fn promotion_is_numpys() {
        let cases = [
            ("int8", "uint8", "int16"),
            ("int64", "uint64", "float64"),
            ("int32", "float32", "float64"),
            ("int16", "float32", "float32"),
            ("bool", "int8", "int8"),
            ("float64", "complex64", "complex128"),
            ("int32", "complex64", "complex128"),
            ("uint32", "int8", "int64"),
        ];
        for (a, b, expected) in cases {
            let parse = |name| DType::from_name(name).expect("a dtype's name");
            assert_eq!(parse(a).promote(parse(b)), parse(expected), "{a} with {b}");
            assert_eq!(parse(b).promote(parse(a)), parse(expected), "{b} with {a}");
        }
    }
}
