//! Arrays on disk: open one, read any box of it, write one so that a torn write never looks complete.
//!
//! Nothing here is lazy and nothing makes threads; every method takes `&self` and may be called from several
//! threads at once. Formats are the rows of [`FORMATS`].

mod npy;
mod npy_header;
mod npy_stack;
mod npy_write;
mod options;
mod pickle;
pub(super) mod reader;
pub(super) mod runs;
mod stored;
pub(super) mod temporary;
mod transpose;
mod writer;
mod zarr;
mod zarr_meta;
mod zarr_write;

pub use options::{Compressor, CreateOptions};
pub use reader::bytes_read;
pub use stored::{Layout, Order, Stamp, Stored};
pub use writer::Writer;
pub use zarr::zarr_attributes;

use crate::data::{Error, ErrorKind, Result, nearest};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The formats that can be read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StoreFormat {
    Npy,
    NpyStack,
    Zarr,
}

/// One format: its names and how to open and create an array in it.
pub struct Format {
    pub format: StoreFormat,
    /// The name by which it is asked for.
    pub name: &'static str,
    /// Extensions of its files or folders, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether what stands at a path looks like this format.
    pub recognises: fn(&Path) -> bool,
    /// Opens an array.
    pub open: fn(&Path) -> Result<Stored>,
    /// Begins an array.
    pub create: fn(&Path, &CreateOptions) -> Result<Writer>,
}

/// Every format. The order is the order of asking which one a path is.
pub const FORMATS: &[Format] = &[
    Format {
        format: StoreFormat::Npy,
        name: "npy",
        extensions: &["npy"],
        recognises: npy::recognises,
        open: npy::open,
        create: npy_write::create,
    },
    Format {
        format: StoreFormat::Zarr,
        name: "zarr",
        extensions: &["zarr"],
        recognises: zarr::recognises,
        open: zarr::open,
        create: zarr_write::create,
    },
    Format {
        format: StoreFormat::NpyStack,
        name: "npy-stack",
        extensions: &[],
        recognises: npy_stack::recognises,
        open: npy_stack::open,
        create: npy_stack::create,
    },
];

impl StoreFormat {
    /// The row of the format.
    pub fn row(self) -> &'static Format {
        FORMATS.iter().find(|row| row.format == self).expect("FORMATS has a row for every format")
    }

    /// The format of a name such as `zarr`.
    ///
    /// # Errors
    /// `ValueError` with the nearest name where there is none.
    pub fn from_name(name: &str) -> Result<StoreFormat> {
        let known = FORMATS.iter().map(|row| row.name);
        if let Some(row) = FORMATS.iter().find(|row| row.name == name) {
            return Ok(row.format);
        }
        let error = Error::value(format!("unknown format `{name}`"));
        Err(match nearest(name, known.clone()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("known formats: {}", known.collect::<Vec<_>>().join(", "))),
        })
    }

    /// The format that a name's ending asks for.
    pub fn of_ending(path: &Path) -> Option<StoreFormat> {
        let ending = path.extension().and_then(|e| e.to_str())?;
        FORMATS.iter().find(|row| row.extensions.contains(&ending)).map(|row| row.format)
    }

    /// The format of what stands at a path: by what it is, then by its extension.
    ///
    /// # Errors
    /// `FileNotFoundError` where nothing is there; `ValueError` where it is of no known format.
    pub fn of_path(path: &Path) -> Result<StoreFormat> {
        if let Some(row) = FORMATS.iter().find(|row| (row.recognises)(path)) {
            return Ok(row.format);
        }
        let found = std::fs::metadata(path).map_err(|cause| crate::data::of_file(path, &cause))?;
        if let Some(format) = StoreFormat::of_ending(path) {
            return Ok(format);
        }
        let what = if found.is_dir() { "folder" } else { "file" };
        let error = Error::new(ErrorKind::ValueError, format!("{}: not an array this reads", path.display()));
        Err(error.help(format!("the {what} is neither an .npy file, a Zarr array nor a stack of .npy files")))
    }
}
