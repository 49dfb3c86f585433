//! Writes one array of every kind for scripts/dev/read_back.py, which lets NumPy, Dask and zarr-python read them.
//! Where: the folder that DKA_READ_BACK names, else a temporary one.

use super::{check, grid, write_ramp};
use dka::data::store::{Compressor, CreateOptions, StoreFormat};
use dka::data::{Chunks, Cuts, DType};
use std::path::Path;

#[test]
fn arrays_for_other_readers_are_written() {
    let temporary = tempfile::tempdir().unwrap();
    let named = std::env::var_os("DKA_READ_BACK");
    let folder = named.as_deref().map_or(temporary.path(), Path::new);
    std::fs::create_dir_all(folder).unwrap();
    let shape = [7, 5];
    for dtype in DType::all() {
        let options = CreateOptions::new(&shape, dtype, grid(&shape, &[3, 2]));
        let options = CreateOptions { overwrite: true, ..options };
        check(&write_ramp(&folder.join(format!("{dtype}.npy")), StoreFormat::Npy, &options).unwrap(), &shape, dtype);
        let chunks = Chunks(vec![Cuts::whole(7), Cuts::from_sizes(&[1, 3, 1])]);
        let stack = CreateOptions { axis: 1, chunks, ..options.clone() };
        write_ramp(&folder.join(format!("{dtype}.stack")), StoreFormat::NpyStack, &stack).unwrap();
        for zarr_format in [2, 3] {
            for compressor in [Compressor::None, Compressor::Zstd, Compressor::Gzip, Compressor::Blosc] {
                let options = CreateOptions { zarr_format, compressor, ..options.clone() };
                let path = folder.join(format!("{dtype}.{zarr_format}.{compressor:?}.zarr"));
                write_ramp(&path, StoreFormat::Zarr, &options).unwrap();
            }
        }
    }
    let group = CreateOptions {
        component: Some("deep/a".into()),
        overwrite: true,
        ..CreateOptions::new(&shape, DType::Int64, grid(&shape, &[3, 2]))
    };
    write_ramp(&folder.join("group.zarr"), StoreFormat::Zarr, &group).unwrap();
}
