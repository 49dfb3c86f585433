//! Arrays on disk: files written by NumPy, Dask and zarr-python are read, and what is written is read back.

mod npy;
mod read_back;
mod spill;
mod stack;
mod zarr;

use dka::data::store::{CreateOptions, StoreFormat, Stored, Writer};
use dka::data::{Block, Chunks, Cuts, DType, Region, Scalar};
use std::path::{Path, PathBuf};

/// A file of tests/stores/data.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/data").join(name)
}

/// What every fixture holds: see scripts/dev/make_store_fixtures.py.
fn ramp(shape: &[usize], dtype: DType) -> Block {
    let size = shape.iter().product();
    let values: Vec<Scalar> = (0..size)
        .map(|k| k % 100)
        .map(|k: usize| match dtype {
            DType::Bool => Scalar::Bool(k % 2 == 1),
            dtype if dtype.is_complex() => Scalar::Complex128(dka::data::C64::new(k as f64, 2.0 * k as f64)),
            _ => Scalar::Int64(k as i64),
        })
        .collect();
    Block::from_scalars(shape, dtype, &values)
}

fn region(start: &[usize], len: &[usize]) -> Region {
    Region { start: start.to_vec(), len: len.to_vec() }
}

fn grid(shape: &[usize], chunk: &[usize]) -> Chunks {
    Chunks(shape.iter().zip(chunk).map(|(&n, &size)| Cuts::regular(n, size)).collect())
}

/// Every box of a few of each axis: first, last, middle, whole.
fn boxes(shape: &[usize]) -> Vec<Region> {
    let mut all = vec![region(&[], &[])];
    for &n in shape {
        let mut cuts = vec![(0, n), (0, n.min(1)), (n - n.min(1), n.min(1))];
        if n > 2 {
            cuts.push((1, n - 2));
        }
        let grown = all.iter().flat_map(|r| {
            cuts.iter().map(move |&(start, len)| {
                let mut r = r.clone();
                r.start.push(start);
                r.len.push(len);
                r
            })
        });
        all = grown.collect();
    }
    all
}

/// Reads every box and compares with the ramp.
fn check(stored: &Stored, shape: &[usize], dtype: DType) {
    assert_eq!((stored.shape.as_slice(), stored.dtype), (shape, dtype), "{}", stored.path.display());
    let whole = ramp(shape, dtype);
    for r in boxes(shape) {
        let block = stored.read(&r).unwrap();
        assert_eq!(block.shape(), r.len);
        assert_eq!(block.scalars(), whole.part(&r.start, &r.len).scalars(), "{} {r:?}", stored.path.display());
    }
}

fn check_file(name: &str, shape: &[usize], dtype: DType) {
    check(&Stored::open(data(name), None).unwrap(), shape, dtype);
}

/// The head line of an error with what it says to do.
fn told<T: std::fmt::Debug>(result: dka::data::Result<T>) -> String {
    let error = result.unwrap_err();
    format!("{}: {} | {}", error.kind.name(), error.message, error.help.join(" | "))
}

/// Writes the ramp chunk by chunk.
fn write_ramp(path: &Path, format: StoreFormat, options: &CreateOptions) -> dka::data::Result<Stored> {
    let writer = Writer::create(path, format, options)?;
    let whole = ramp(&options.shape, options.dtype);
    for number in 0..options.chunks.count() {
        let r = options.chunks.region(&options.chunks.unravel(number));
        writer.write(&r, &whole.part(&r.start, &r.len))?;
    }
    writer.finish()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
