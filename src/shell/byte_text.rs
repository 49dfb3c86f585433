//! Bytes as people write and read them: `2GB` is decimal, `2GiB` binary, as Dask takes them.

use crate::shell::array_table::bytes;

/// Units, the longest spelling of each power first.
const UNITS: &[(&str, f64)] = &[
    ("kib", 1024.0),
    ("mib", 1_048_576.0),
    ("gib", 1_073_741_824.0),
    ("tib", 1_099_511_627_776.0),
    ("kb", 1e3),
    ("mb", 1e6),
    ("gb", 1e9),
    ("tb", 1e12),
    ("k", 1e3),
    ("m", 1e6),
    ("g", 1e9),
    ("t", 1e12),
    ("b", 1.0),
];

/// The number of bytes of `2GB`, `1.5 GiB` or `4096`; `None` where the text is something else.
pub fn parse_bytes(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let unit = UNITS.iter().find(|(name, _)| lower.ends_with(name));
    let (number, scale) =
        unit.map_or((lower.as_str(), 1.0), |(name, scale)| (&lower[..lower.len() - name.len()], *scale));
    let value: f64 = number.trim().parse().ok()?;
    (value.is_finite() && value >= 0.0).then_some((value * scale).round() as u64)
}

/// Bytes in the largest decimal unit, two digits after the point: `8.00 MB`.
pub fn show_bytes(count: u64) -> String {
    bytes(Some(count.into()))
}

#[cfg(test)]
mod tests {
    use super::{parse_bytes, show_bytes};

    #[test]
    fn units_are_decimal_or_binary_as_written() {
        let cases =
            [("2GB", 2_000_000_000), ("1.5 GiB", 1_610_612_736), ("4096", 4096), ("64 mib", 67_108_864), ("7b", 7)];
        for (text, bytes) in cases {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        assert_eq!(parse_bytes("much"), None);
        assert_eq!(parse_bytes("-1GB"), None);
    }

    #[test]
    fn bytes_show_two_digits_of_the_largest_unit() {
        assert_eq!(show_bytes(8_000_000), "8.00 MB");
        assert_eq!(show_bytes(400), "400 B");
    }
}
