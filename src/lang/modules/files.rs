//! Arrays in files: `np.load`, `np.save`, `da.from_npy`, `da.from_zarr`, `da.to_zarr`, `da.store`, stacks of `.npy` files.

use crate::data::store::{Compressor, CreateOptions, StoreFormat};
use crate::data::{Error, Result};
use crate::lang::array::ArrayCell;
use crate::lang::convert::{array_of, index_int, text, to_arg};
use crate::lang::eval::truthy;
use crate::lang::function::{Args, Builtin};
use crate::lang::iterate::elements;
use crate::lang::machine::Machine;
use crate::lang::outside::SaveTo;
use crate::lang::value::Value;
use crate::ops::function::Arg;
use crate::ops::function::chunks::parse_chunks;
use crate::ops::primitive;
use std::path::PathBuf;
use std::rc::Rc;

pub(super) const NUMPY: &[Builtin] = &[
    Builtin { name: "load", signature: "load(file, mmap_mode=None)", doc: "The array in a .npy file.", run: load },
    Builtin { name: "save", signature: "save(file, arr)", doc: "Writes an array to a .npy file.", run: save },
];

pub(super) const DASK: &[Builtin] = &[
    Builtin {
        name: "from_npy",
        signature: "from_npy(path, chunks='auto')",
        doc: "A lazy array on a .npy file, read where it is asked for.",
        run: |m, a| open(m, a, "from_npy", &["path", "chunks"], Some(StoreFormat::Npy)),
    },
    Builtin {
        name: "from_npy_stack",
        signature: "from_npy_stack(dirname, mmap_mode='r')",
        doc: "A lazy array on a stack of .npy files.",
        run: |m, a| open(m, a, "from_npy_stack", &["dirname", "mmap_mode"], Some(StoreFormat::NpyStack)),
    },
    Builtin {
        name: "from_zarr",
        signature: "from_zarr(url, component=None, chunks=None)",
        doc: "A lazy array on a Zarr array.",
        run: |m, a| {
            open(m, a, "from_zarr", &["url", "component", "storage_options", "chunks", "name"], Some(StoreFormat::Zarr))
        },
    },
    Builtin {
        name: "to_zarr",
        signature: "to_zarr(arr, url, component=None, overwrite=False, compressor='zstd', zarr_format=3)",
        doc: "Computes an array into a Zarr array, chunk by chunk.",
        run: |m, a| to_zarr(m, a),
    },
    Builtin {
        name: "to_npy_stack",
        signature: "to_npy_stack(dirname, x, axis=0)",
        doc: "Computes an array into a stack of .npy files, one a chunk along an axis.",
        run: to_npy_stack,
    },
    Builtin {
        name: "store",
        signature: "store(sources, targets, overwrite=False)",
        doc: "Computes arrays into files named by their endings (.zarr, .npy).",
        run: store,
    },
];

/// An opened array in chunks: those given, the default length, or those of the store.
fn open(machine: &Machine<'_>, args: Args, name: &str, params: &[&str], format: Option<StoreFormat>) -> Result<Value> {
    let mut bound = args.bind(name, params, 1)?;
    let named = |wanted: &str| params.iter().position(|p| *p == wanted);
    let path = bound.some(0).ok_or_else(|| Error::type_("a path is needed"))?;
    let component = named("component").and_then(|at| bound.some(at)).map(|v| text(&v)).transpose()?;
    let chunks = named("chunks").and_then(|at| bound.some(at));
    let stored = machine.outside.open(&text(&path)?, format, component.as_deref())?;
    let grid = match &chunks {
        Some(chunks) => parse_chunks(&to_arg(machine, chunks)?, &stored.shape, stored.dtype, machine)?,
        None if stored.chunks.count() > 1 => stored.chunks.clone(),
        None => parse_chunks(&Arg::Str("auto".into()), &stored.shape, stored.dtype, machine)?,
    };
    let array = primitive::stored(stored, grid);
    if machine.outside.da_is_eager() {
        return Ok(Value::Array(Rc::new(ArrayCell::eager(machine.outside.evaluate(&[array])?.remove(0)))));
    }
    Ok(Value::Array(Rc::new(ArrayCell::lazy(array))))
}

fn load(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut bound = args.bind("load", &["file", "mmap_mode", "allow_pickle"], 1)?;
    let path = bound.some(0).ok_or_else(|| Error::type_("a path is needed"))?;
    let stored = machine.outside.open(&text(&path)?, None, None)?;
    let whole = crate::data::Chunks::whole(&stored.shape);
    let read = machine.outside.evaluate(&[primitive::stored(stored, whole)])?.remove(0);
    Ok(Value::Array(Rc::new(ArrayCell::eager(read))))
}

/// Where `save` writes: the name with `.npy` behind it where it has no such ending.
fn save(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut bound = args.bind("save", &["file", "arr", "allow_pickle"], 2)?;
    let (Some(path), Some(array)) = (bound.some(0), bound.some(1)) else {
        return Err(Error::type_("a path and an array are needed"));
    };
    let name = text(&path)?;
    let name = if name.ends_with(".npy") { name.to_string() } else { format!("{name}.npy") };
    let array = array_of(machine, &array)?;
    write(machine, &array, &name, StoreFormat::Npy, |_| Ok(()))
}

fn write(
    machine: &Machine<'_>,
    array: &crate::ir::Expr,
    path: &str,
    format: StoreFormat,
    set: impl FnOnce(&mut CreateOptions) -> Result<()>,
) -> Result<Value> {
    let mut options = CreateOptions::new(&array.shape, array.dtype, array.chunks.clone());
    set(&mut options)?;
    machine.outside.save(&SaveTo { path: PathBuf::from(path), format, options }, array)?;
    Ok(Value::None)
}

/// `da.to_zarr(x, url, …)`, and `x.to_zarr(url, …)` with the receiver put first.
pub(crate) fn to_zarr(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let params = [
        "arr",
        "url",
        "component",
        "storage_options",
        "overwrite",
        "region",
        "compute",
        "return_stored",
        "compressor",
        "zarr_format",
    ];
    let mut bound = args.bind("to_zarr", &params, 2)?;
    let (Some(array), Some(url)) = (bound.some(0), bound.some(1)) else {
        return Err(Error::type_("an array and a path are needed"));
    };
    let component = bound.some(2).map(|v| text(&v)).transpose()?;
    let overwrite = bound.some(4).map(|v| truthy(machine, &v)).transpose()?.unwrap_or(false);
    let compressor = bound.get(8);
    let version = bound.some(9).map(|v| index_int(machine, &v)).transpose()?;
    let array = array_of(machine, &array)?;
    write(machine, &array, &text(&url)?, StoreFormat::Zarr, |options| {
        options.component = component.map(|c| c.to_string());
        options.overwrite = overwrite;
        options.compressor = match compressor {
            None => options.compressor,
            Some(Value::None) => Compressor::None,
            Some(name) => Compressor::from_name(&text(&name)?)?,
        };
        if let Some(version) = version {
            options.zarr_format = u8::try_from(version).unwrap_or(0);
        }
        Ok(())
    })
}

fn to_npy_stack(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut bound = args.bind("to_npy_stack", &["dirname", "x", "axis"], 2)?;
    let (Some(path), Some(array)) = (bound.some(0), bound.some(1)) else {
        return Err(Error::type_("a path and an array are needed"));
    };
    let axis = bound.some(2).map(|v| index_int(machine, &v)).transpose()?.unwrap_or(0);
    let array = array_of(machine, &array)?;
    let axis = crate::data::normalize_axis(axis, array.ndim())?;
    write(machine, &array, &text(&path)?, StoreFormat::NpyStack, |options| {
        options.axis = axis;
        Ok(())
    })
}

fn store(machine: &Machine<'_>, args: Args) -> Result<Value> {
    let mut bound =
        args.bind("store", &["sources", "targets", "lock", "regions", "compute", "return_stored", "overwrite"], 2)?;
    let (Some(sources), Some(targets)) = (bound.some(0), bound.some(1)) else {
        return Err(Error::type_("arrays and paths are needed"));
    };
    let overwrite = bound.some(6).map(|v| truthy(machine, &v)).transpose()?.unwrap_or(false);
    let several = |value: &Value| match value {
        Value::List(_) | Value::Tuple(_) => elements(machine, value),
        one => Ok(vec![one.clone()]),
    };
    let (sources, targets) = (several(&sources)?, several(&targets)?);
    if sources.len() != targets.len() {
        return Err(Error::value(format!(
            "different number of sources [{}] and targets [{}]",
            sources.len(),
            targets.len()
        )));
    }
    for (source, target) in sources.iter().zip(&targets) {
        let (array, path) = (array_of(machine, source)?, text(target)?);
        let format = StoreFormat::of_ending(std::path::Path::new(&*path)).unwrap_or(StoreFormat::Zarr);
        write(machine, &array, &path, format, |options| {
            options.overwrite = overwrite;
            Ok(())
        })?;
    }
    Ok(Value::None)
}
