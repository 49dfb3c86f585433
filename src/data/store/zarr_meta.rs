//! The metadata of Zarr arrays and groups: reading what is needed, and writing it as zarr-python does.

use super::npy_header::descr_dtype;
use super::{Compressor, CreateOptions};
use crate::data::{Cuts, DType, Error, ErrorKind, Result, of_file};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What the metadata of an array says.
pub(super) struct Metadata {
    /// The file it was read from.
    pub path: PathBuf,
    pub version: u8,
    pub shape: Vec<usize>,
    pub dtype: DType,
    pub chunk_shape: Vec<usize>,
    pub attributes: Value,
}

/// What stands in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Array,
    Group,
    /// A folder or file that is no Zarr node.
    Foreign,
    /// An empty folder.
    Empty,
    Absent,
}

/// What kind of Zarr node stands at a path.
pub(super) fn node(path: &Path) -> Node {
    if let Ok(bytes) = std::fs::read(path.join("zarr.json")) {
        let group = serde_json::from_slice::<Value>(&bytes).is_ok_and(|json| json["node_type"] == "group");
        return if group { Node::Group } else { Node::Array };
    }
    if path.join(".zarray").exists() {
        return Node::Array;
    }
    if path.join(".zgroup").exists() {
        return Node::Group;
    }
    match std::fs::read_dir(path) {
        Ok(mut entries) => {
            if entries.next().is_none() {
                Node::Empty
            } else {
                Node::Foreign
            }
        }
        Err(_) if path.exists() => Node::Foreign,
        Err(_) => Node::Absent,
    }
}

/// Reads the metadata of the array in a folder.
pub(super) fn read(folder: &Path) -> Result<Metadata> {
    let (path, version) = match (folder.join("zarr.json"), folder.join(".zarray")) {
        (v3, _) if v3.exists() => (v3, 3),
        (_, v2) if v2.exists() => (v2, 2),
        _ => return Err(not_an_array(folder)),
    };
    let json = read_json(&path)?;
    if version == 3 && json["node_type"] != "array" {
        return Err(if json["node_type"] == "group" { group_not_array(folder) } else { wrong(&path, "node_type") });
    }
    if json["zarr_format"] != version {
        return Err(wrong(&path, "zarr_format"));
    }
    let shape = lengths(&json["shape"]).ok_or_else(|| wrong(&path, "shape"))?;
    let dtype = dtype(&path, if version == 3 { &json["data_type"] } else { &json["dtype"] })?;
    let chunk_shape = lengths(if version == 3 { regular_grid(&path, &json)? } else { &json["chunks"] });
    let chunk_shape =
        chunk_shape.filter(|c| c.len() == shape.len() && !c.contains(&0)).ok_or_else(|| wrong(&path, "chunks"))?;
    for (field, lengths) in [("shape", &shape), ("chunks", &chunk_shape)] {
        let bytes = lengths.iter().try_fold(dtype.itemsize(), |size, &n| size.checked_mul(n.max(1)));
        if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
            return Err(wrong(&path, field).help("it says more bytes than can be counted"));
        }
    }
    let attributes = if version == 3 { json["attributes"].clone() } else { v2_attributes(folder)? };
    let attributes = if attributes.is_null() { json!({}) } else { attributes };
    Ok(Metadata { path, version, shape, dtype, chunk_shape, attributes })
}

fn read_json(path: &Path) -> Result<Value> {
    let bytes = std::fs::read(path).map_err(|cause| of_file(path, &cause))?;
    serde_json::from_slice(&bytes).map_err(|cause| Error::value(format!("{}: not valid JSON: {cause}", path.display())))
}

fn v2_attributes(folder: &Path) -> Result<Value> {
    let path = folder.join(".zattrs");
    if path.exists() { read_json(&path) } else { Ok(json!({})) }
}

fn wrong(path: &Path, field: &str) -> Error {
    Error::value(format!("{}: the field `{field}` is missing or wrong", path.display()))
}

fn lengths(value: &Value) -> Option<Vec<usize>> {
    value.as_array()?.iter().map(|n| n.as_u64().map(|n| n as usize)).collect()
}

fn regular_grid<'a>(path: &Path, json: &'a Value) -> Result<&'a Value> {
    let grid = &json["chunk_grid"];
    match grid["name"].as_str() {
        Some("regular") => Ok(&grid["configuration"]["chunk_shape"]),
        Some(name) => {
            Err(Error::not_implemented(format!("{}: chunk grid `{name}` is not read; `regular` is", path.display())))
        }
        None => Err(wrong(path, "chunk_grid")),
    }
}

fn dtype(path: &Path, value: &Value) -> Result<DType> {
    let Some(name) = value.as_str() else {
        return Err(Error::type_(format!("{}: dtype {value} is not one that dka reads", path.display())));
    };
    if let Some(dtype) = DType::all().find(|dtype| dtype.name() == name) {
        return Ok(dtype);
    }
    let known = descr_dtype(if name == "float16" { "f2" } else { name });
    known.map(|(dtype, _)| dtype).map_err(|error| {
        let message = format!("{}: {}", path.display(), error.message);
        Error { message, kind: ErrorKind::TypeError, ..error }
    })
}

fn not_an_array(folder: &Path) -> Error {
    match node(folder) {
        Node::Group => group_not_array(folder),
        Node::Absent => {
            Error::new(ErrorKind::FileNotFoundError, format!("{}: no such file or folder", folder.display()))
        }
        _ => Error::value(format!("{}: not a Zarr array: it has neither zarr.json nor .zarray", folder.display())),
    }
}

fn group_not_array(folder: &Path) -> Error {
    let error = Error::value(format!("{}: a Zarr group, not an array", folder.display()));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| node(&entry.path()) == Node::Array)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    match names.as_slice() {
        [] => error.help("name an array inside it: component=\"…\""),
        names => error.help(format!("name an array inside it: component=\"{}\"", names.join("\" or \""))),
    }
}

/// The length of the chunks along each axis of a grid that Zarr can hold.
pub(super) fn chunk_shape(options: &CreateOptions) -> Result<Vec<usize>> {
    let each = options.chunks.0.iter().map(|cuts| match cuts {
        Cuts::Regular { size, .. } => Ok((*size).max(1)),
        Cuts::Ragged(_) => {
            let message = format!("zarr wants chunks of one length along each axis, not {}", options.chunks.show());
            Err(Error::value(message).help("rechunk to one length an axis first"))
        }
    });
    each.collect()
}

/// The metadata files of an array: names and contents.
pub(super) fn array_files(options: &CreateOptions, chunk_shape: &[usize]) -> Result<Vec<(&'static str, Value)>> {
    match options.zarr_format {
        3 => Ok(vec![("zarr.json", array_v3(options, chunk_shape))]),
        2 => Ok(vec![
            (".zattrs", Value::Object(options.attributes.clone())),
            (".zarray", array_v2(options, chunk_shape)),
        ]),
        other => Err(Error::value(format!("zarr_format {other} is not known: 2 and 3 are"))),
    }
}

/// The metadata file of a group.
pub(super) fn group_file(zarr_format: u8) -> (&'static str, Value) {
    match zarr_format {
        2 => (".zgroup", json!({ "zarr_format": 2 })),
        _ => ("zarr.json", json!({ "attributes": {}, "zarr_format": 3, "node_type": "group" })),
    }
}

fn fill_value(dtype: DType) -> Value {
    match dtype {
        DType::Bool => json!(false),
        dtype if dtype.is_complex() => json!([0.0, 0.0]),
        dtype if dtype.is_float() => json!(0.0),
        _ => json!(0),
    }
}

fn array_v3(options: &CreateOptions, chunk_shape: &[usize]) -> Value {
    let dtype = options.dtype;
    let bytes = match dtype.itemsize() {
        1 => json!({ "name": "bytes" }),
        _ => json!({ "name": "bytes", "configuration": { "endian": "little" } }),
    };
    let mut codecs = vec![bytes];
    codecs.extend(match options.compressor {
        Compressor::None => None,
        Compressor::Zstd => Some(json!({ "name": "zstd", "configuration": { "level": 0, "checksum": false } })),
        Compressor::Gzip => Some(json!({ "name": "gzip", "configuration": { "level": 5 } })),
        Compressor::Blosc => Some(json!({ "name": "blosc", "configuration": {
            "typesize": dtype.itemsize(), "cname": "zstd", "clevel": 5, "shuffle": "shuffle", "blocksize": 0 } })),
    });
    json!({
        "shape": options.shape,
        "data_type": dtype.name(),
        "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": chunk_shape } },
        "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
        "fill_value": fill_value(dtype),
        "codecs": codecs,
        "attributes": options.attributes,
        "zarr_format": 3,
        "node_type": "array",
        "storage_transformers": [],
    })
}

fn array_v2(options: &CreateOptions, chunk_shape: &[usize]) -> Value {
    let mark = if options.dtype.itemsize() == 1 { '|' } else { '<' };
    let compressor = match options.compressor {
        Compressor::None => Value::Null,
        Compressor::Zstd => json!({ "id": "zstd", "level": 0 }),
        Compressor::Gzip => json!({ "id": "gzip", "level": 1 }),
        Compressor::Blosc => json!({ "id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0 }),
    };
    json!({
        "shape": options.shape,
        "chunks": chunk_shape,
        "dtype": format!("{mark}{}", options.dtype.code()),
        "fill_value": fill_value(options.dtype),
        "order": "C",
        "filters": null,
        "dimension_separator": ".",
        "compressor": compressor,
        "zarr_format": 2,
    })
}
