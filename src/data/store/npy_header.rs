//! The header of an `.npy` file: magic, version, and a Python dict literal of `descr`, `fortran_order`, `shape`.
//!
//! The dict is parsed as the literal it is, never evaluated. Format: NumPy's NEP 1 and `numpy.lib.format`.

use super::stored::Order;
use crate::data::{DType, Error, Result};

/// What every `.npy` file begins with.
pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Longest header that is read: NumPy itself refuses past 10,000 characters.
const LONGEST: usize = 1 << 20;
/// The data begins at a multiple of this.
const ALIGN: usize = 64;

/// A parsed header.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub dtype: DType,
    /// Whether the file's byte order is not the machine's.
    pub swapped: bool,
    pub order: Order,
    pub shape: Vec<usize>,
    /// Where the elements begin.
    pub offset: u64,
}

/// A cause and the byte it was found at.
type Fault = (usize, Error);

fn fault<T>(at: usize, message: impl Into<String>) -> std::result::Result<T, Fault> {
    Err((at, Error::value(message)))
}

/// How many bytes magic, version and length of the header take, and how many the text after it.
///
/// # Errors
/// `ValueError` where the bytes are not the start of an `.npy` file.
pub(super) fn text_place(start: &[u8]) -> std::result::Result<(usize, usize), Fault> {
    if !start.starts_with(MAGIC) {
        return fault(0, "not an .npy file: it does not begin with \\x93NUMPY");
    }
    let Some(&version) = start.get(6) else { return fault(6, "ends before its version") };
    let (at, bytes) = match version {
        1 => (10, start.get(8..10)),
        2 | 3 => (12, start.get(8..12)),
        other => return fault(6, format!("version {other} of the format is not known: 1, 2 and 3 are")),
    };
    let Some(bytes) = bytes else { return fault(8, "ends before the length of its header") };
    let len = bytes.iter().rev().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
    if len > LONGEST {
        return fault(8, format!("says that its header takes {len} bytes"));
    }
    Ok((at, len))
}

/// Parses the text of a header that begins at byte `at`.
pub(super) fn parse(text: &[u8], at: usize) -> std::result::Result<Header, Fault> {
    let mut parser = Parser { text, at: 0 };
    let parsed = parser.dict().and_then(|fields| fields.finish(parser.at, at + text.len()));
    parsed.map_err(|(byte, error)| (at + byte, error))
}

/// The bytes of a version 1.0 header (2.0 where it is too long), padded as NumPy does.
pub(super) fn write(dtype: DType, order: Order, shape: &[usize]) -> Vec<u8> {
    let mark = if dtype.itemsize() == 1 { '|' } else { '<' };
    let fortran = if order == Order::Fortran { "True" } else { "False" };
    let shape_text = crate::data::show_shape(shape);
    let mut text =
        format!("{{'descr': '{mark}{}', 'fortran_order': {fortran}, 'shape': {shape_text}, }}", dtype.code());
    // NumPy leaves room for the axis that may grow, so that the header can be rewritten in place.
    let grows = if order == Order::Fortran { shape.last() } else { shape.first() };
    if let Some(n) = grows {
        text.push_str(&" ".repeat(21usize.saturating_sub(n.to_string().len())));
    }
    let long = text.len() + ALIGN > usize::from(u16::MAX);
    let before = if long { 12 } else { 10 };
    let padding = ALIGN - (before + text.len() + 1) % ALIGN;
    text.push_str(&" ".repeat(padding));
    text.push('\n');
    let mut out = MAGIC.to_vec();
    if long {
        out.extend([2, 0]);
        out.extend((text.len() as u32).to_le_bytes());
    } else {
        out.extend([1, 0]);
        out.extend((text.len() as u16).to_le_bytes());
    }
    out.extend(text.as_bytes());
    out
}

/// The fields as found, with where.
#[derive(Default)]
struct Fields {
    descr: Option<(usize, String)>,
    fortran: Option<bool>,
    shape: Option<(usize, Vec<usize>)>,
}

impl Fields {
    fn finish(self, end: usize, offset: usize) -> std::result::Result<Header, Fault> {
        let missing = |name: &str| (end, Error::value(format!("the header has no `{name}`")));
        let (at, descr) = self.descr.ok_or_else(|| missing("descr"))?;
        let (dtype, swapped) = descr_dtype(&descr).map_err(|error| (at, error))?;
        let fortran = self.fortran.ok_or_else(|| missing("fortran_order"))?;
        let (at, shape) = self.shape.ok_or_else(|| missing("shape"))?;
        let bytes = shape.iter().try_fold(dtype.itemsize(), |size, &n| size.checked_mul(n.max(1)));
        if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
            return fault(
                at,
                format!("shape {} of {dtype} takes more bytes than can be counted", crate::data::show_shape(&shape)),
            );
        }
        let order = if fortran { Order::Fortran } else { Order::C };
        Ok(Header { dtype, swapped, order, shape, offset: offset as u64 })
    }
}

/// The dtype of a type string such as `<f8`, and whether its byte order is not the machine's.
pub(super) fn descr_dtype(descr: &str) -> Result<(DType, bool)> {
    let (mark, code) = match descr.chars().next() {
        Some(mark @ ('<' | '>' | '=' | '|')) => (mark, &descr[1..]),
        _ => ('=', descr),
    };
    let code = if code == "?" { "b1" } else { code };
    if let Some(dtype) = DType::all().find(|dtype| dtype.code() == code) {
        let other = if cfg!(target_endian = "big") { '<' } else { '>' };
        return Ok((dtype, mark == other && dtype.itemsize() > 1));
    }
    let refused = |what: &str, help: &str| {
        Err(Error::type_(format!("dtype `{descr}` is {what}, which dka does not read")).help(help))
    };
    match code.chars().next() {
        Some('f') if code == "f2" => refused("float16", "in NumPy: np.save(name, x.astype(np.float32))"),
        Some('f' | 'g') => refused("a long double", "in NumPy: np.save(name, x.astype(np.float64))"),
        Some('c') => refused("a long complex", "in NumPy: np.save(name, x.astype(np.complex128))"),
        Some('O') => refused("Python objects", "in NumPy: save an array of numbers, such as x.astype(float)"),
        Some('S' | 'U' | 'a' | 'T') => refused("text", "in NumPy: save an array of numbers"),
        Some('M') => refused("datetime64", "in NumPy: np.save(name, x.astype('i8')) keeps the counts"),
        Some('m') => refused("timedelta64", "in NumPy: np.save(name, x.astype('i8')) keeps the counts"),
        Some('V') => refused("raw bytes", "in NumPy: view it as numbers first"),
        _ => Err(Error::value(format!("`{descr}` is not a dtype"))),
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

type Parsed<T> = std::result::Result<T, Fault>;

impl Parser<'_> {
    fn peek(&mut self) -> u8 {
        while self.text.get(self.at).is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.take(byte) {
            return Ok(());
        }
        fault(self.at, format!("the header is not a Python dict: `{}` expected", char::from(byte)))
    }

    // {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
    fn dict(&mut self) -> Parsed<Fields> {
        let mut fields = Fields::default();
        self.expect(b'{')?;
        while !self.take(b'}') {
            self.peek();
            let at = self.at;
            let key = self.string()?;
            self.expect(b':')?;
            self.field(&key, at, &mut fields)?;
            if !self.take(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        if self.peek() != 0 || self.at < self.text.len() {
            return fault(self.at, "something follows the header's dict");
        }
        Ok(fields)
    }

    fn field(&mut self, key: &str, key_at: usize, fields: &mut Fields) -> Parsed<()> {
        let next = self.peek();
        let at = self.at;
        match key {
            "descr" if next == b'[' || next == b'(' => {
                let error = Error::type_("the dtype is structured, which dka does not read");
                return Err((at, error.help("in NumPy: save each field on its own, as np.save(name, x['field'])")));
            }
            "descr" => fields.descr = Some((at, self.string()?)),
            "fortran_order" => fields.fortran = Some(self.boolean()?),
            "shape" => fields.shape = Some((at, self.tuple()?)),
            _ => return fault(key_at, format!("the header has an unknown field `{key}`")),
        }
        Ok(())
    }

    fn string(&mut self) -> Parsed<String> {
        let quote = self.peek();
        let start = self.at + 1;
        let end = match quote {
            b'\'' | b'"' => self.text[start..].iter().position(|&byte| byte == quote).map(|n| start + n),
            _ => return fault(self.at, "the header is not a Python dict: a string expected"),
        };
        let Some(end) = end else { return fault(self.at, "a string of the header does not end") };
        self.at = end + 1;
        let text = std::str::from_utf8(&self.text[start..end]);
        text.map(str::to_string).map_err(|_| (start, Error::value("a string of the header is not text")))
    }

    fn boolean(&mut self) -> Parsed<bool> {
        self.peek();
        for (word, value) in [("True", true), ("False", false)] {
            if self.text[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        fault(self.at, "fortran_order is neither True nor False")
    }

    fn tuple(&mut self) -> Parsed<Vec<usize>> {
        let mut shape = Vec::new();
        self.expect(b'(')?;
        while !self.take(b')') {
            shape.push(self.length()?);
            if !self.take(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(shape)
    }

    /// A length; Python 2 wrote `3L`.
    fn length(&mut self) -> Parsed<usize> {
        self.peek();
        let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(&self.text[self.at..self.at + digits]).unwrap_or("");
        let Ok(value) = text.parse() else { return fault(self.at, "the shape holds something that is not a length") };
        self.at += digits;
        self.take(b'L');
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, parse, write};
    use crate::data::DType;

    #[test]
    fn a_written_header_is_read_back() {
        for shape in [vec![], vec![3], vec![2, 0, 5]] {
            let bytes = write(DType::Complex128, Order::C, &shape);
            assert_eq!(bytes.len() % 64, 0);
            let header = parse(&bytes[10..], 10).unwrap();
            assert_eq!((header.shape, header.offset), (shape, bytes.len() as u64));
        }
    }

    #[test]
    fn a_bad_header_names_the_byte_and_the_cause() {
        let cases = [
            ("{'descr': '<f8'}", 16, "no `fortran_order`"),
            ("{'descr': '<f2', 'fortran_order': False, 'shape': ()}", 10, "float16"),
            ("{'descr': [('a', '<f8')], ", 10, "structured"),
            ("{'descr': '<f8', 'fortran_order': 0", 34, "neither True nor False"),
            ("{'descr': '<f8', 'fortran_order': True, 'shape': (-1,)}", 50, "not a length"),
            ("{'descr': '<f8', 'fortran_order': True, 'shape': (4611686018427387904,)}", 49, "more bytes"),
            ("nothing", 0, "not a Python dict"),
            ("{'descr': '<f8", 10, "does not end"),
            ("{'shape': (1,), 'descr': '<f8', 'fortran_order': False} x", 56, "follows"),
        ];
        for (text, byte, cause) in cases {
            let (at, error) = parse(text.as_bytes(), 0).unwrap_err();
            assert!(error.message.contains(cause) && at == byte, "{text}: {at} {error}");
        }
    }
}
