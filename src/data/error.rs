//! What can go wrong, with Python's kind of error, the argument it is about, and what to do.

use serde::Serialize;

/// Python's kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ErrorKind {
    ArithmeticError,
    AssertionError,
    AttributeError,
    AxisError,
    DTypePromotionError,
    FileExistsError,
    FileNotFoundError,
    ImportError,
    IndentationError,
    IndexError,
    KeyError,
    KeyboardInterrupt,
    LinAlgError,
    MemoryError,
    ModuleNotFoundError,
    NameError,
    NotImplementedError,
    OSError,
    OverflowError,
    PermissionError,
    RecursionError,
    RuntimeError,
    StopIteration,
    SyntaxError,
    SystemExit,
    TypeError,
    UFuncTypeError,
    UnboundLocalError,
    UnicodeError,
    ValueError,
    ZeroDivisionError,
}

impl ErrorKind {
    /// Python's name of the kind.
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

/// Where a label of an error points before the source is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An operand or positional argument, counted from 0.
    Operand(usize),
    /// The argument given to a parameter, by the parameter's name.
    Param(&'static str),
    /// Bytes of the cell's source.
    Span(usize, usize),
}

/// A mistake: kind, head line (lower case, no full stop), labels at arguments, and lines of help.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
    pub labels: Vec<(Place, String)>,
    pub help: Vec<String>,
}

/// Result with dka's error.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! constructors {
    ($($name:ident $kind:ident,)*) => {$(
        #[doc = concat!("An error of kind `", stringify!($kind), "`.")]
        pub fn $name(message: impl Into<String>) -> Error {
            Error::new(ErrorKind::$kind, message)
        }
    )*};
}

impl Error {
    /// An error with a head line and nothing more.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), labels: Vec::new(), help: Vec::new() }
    }

    constructors! {
        value ValueError,
        type_ TypeError,
        index IndexError,
        axis AxisError,
        name NameError,
        attribute AttributeError,
        key KeyError,
        memory MemoryError,
        os OSError,
        overflow OverflowError,
        runtime RuntimeError,
        zero_division ZeroDivisionError,
        not_implemented NotImplementedError,
        linalg LinAlgError,
        interrupt KeyboardInterrupt,
    }

    /// Adds a line that says what to do or what is known.
    pub fn help(mut self, line: impl Into<String>) -> Error {
        self.help.push(line.into());
        self
    }

    /// Adds a label at an argument.
    pub fn at(mut self, place: Place, text: impl Into<String>) -> Error {
        self.labels.push((place, text.into()));
        self
    }
}

/// The error of a file: Python's kind for what the system said, with the path.
pub fn of_file(path: &std::path::Path, cause: &std::io::Error) -> Error {
    let kind = match cause.kind() {
        std::io::ErrorKind::NotFound => ErrorKind::FileNotFoundError,
        std::io::ErrorKind::PermissionDenied => ErrorKind::PermissionError,
        std::io::ErrorKind::AlreadyExists => ErrorKind::FileExistsError,
        _ => ErrorKind::OSError,
    };
    Error::new(kind, format!("{}: {cause}", path.display()))
}

/// The candidate nearest to a mistyped name, where one is near enough to be meant.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = candidates.into_iter().map(|c| (strsim::damerau_levenshtein(name, c), c));
    let (distance, best) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + name.chars().count() / 4).then_some(best)
}
