//! Zarr arrays, versions 2 and 3.

use super::{check, check_file, data, grid, names, ramp, region, told, write_ramp};
use dka::data::store::{Compressor, CreateOptions, StoreFormat, Stored, Writer};
use dka::data::{Block, Chunks, Cuts, DType, Region, Scalar};
use std::path::{Path, PathBuf};

fn copied(name: &str) -> (tempfile::TempDir, PathBuf) {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().flatten() {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() { copy(&entry.path(), &target) } else { drop(std::fs::copy(entry.path(), target)) }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    copy(&data(name), &path);
    (folder, path)
}

#[test]
fn every_codec_and_order_is_read() {
    let v2 = ["none", "gzip", "zlib", "zstd", "blosc", "blosc_zstd_bit", "fortran", "slash"];
    let v3 = ["none", "gzip", "zstd", "blosc", "crc", "turned"];
    let names = v2.iter().map(|n| format!("v2_{n}")).chain(v3.iter().map(|n| format!("v3_{n}")));
    for name in names {
        check_file(&name, &[7, 5], DType::Float64);
        assert_eq!(Stored::open(data(&name), None).unwrap().chunks.show(), "((3, 3, 1), (2, 2, 1))");
    }
}

#[test]
fn every_dtype_is_read_in_both_byte_orders() {
    for dtype in DType::all() {
        check_file(&format!("v2_big_{}", dtype.code()), &[5, 3], dtype);
        check_file(&format!("v3_{}", dtype.code()), &[5, 3], dtype);
    }
    check_file("v3_big", &[5, 3], DType::Int32);
    check_file("v2_scalar", &[], DType::Float64);
    check_file("v3_scalar", &[], DType::Float64);
}

#[test]
fn shards_are_read_by_the_chunks_inside() {
    check_file("v3_sharded", &[20, 30], DType::Int32);
    assert_eq!(Stored::open(data("v3_sharded"), None).unwrap().chunks.chunksize(), [5, 5]);
}

#[test]
fn missing_chunks_are_the_fill_value() {
    let values = Stored::open(data("v2_fill"), None).unwrap().read(&Region::all(&[6])).unwrap().to_vec::<f64>();
    assert!(values[0].is_nan() && values[5].is_nan() && values[2..4] == [1.0, 2.0], "{values:?}");
    let stored = Stored::open(data("v3_fill"), None).unwrap();
    let Some(Scalar::Complex64(value)) = stored.read(&region(&[1], &[1])).unwrap().item() else { panic!() };
    assert!(value.re.is_nan() && value.im == 3.0);
    assert_eq!(stored.attributes().unwrap()["units"], "metres");
    assert_eq!(Stored::open(data("v2_fill"), None).unwrap().attributes().unwrap()["units"], "metres");
    let stored = Stored::open(data("v2_null_fill"), None).unwrap();
    assert_eq!(stored.read(&Region::all(&[4])).unwrap().to_vec::<i32>(), [0; 4]);
}

#[test]
fn arrays_are_found_inside_groups() {
    let stored = Stored::open_component(data("v3_group"), "deep/a").unwrap();
    check(&stored, &[3], DType::Int64);
    assert!(told(Stored::open(data("v3_group/deep"), None)).contains("component=\"a\""));
    assert!(told(Stored::open_component(data("v3_group"), "../v3_none")).starts_with("ValueError"));
    assert!(told(Stored::open_component(data("v3_group"), "deep/b")).starts_with("FileNotFoundError"));
}

#[test]
fn damaged_chunks_are_named() {
    for name in
        ["v2_none", "v2_gzip", "v2_zlib", "v2_zstd", "v2_blosc", "v3_gzip", "v3_zstd", "v3_blosc", "v3_crc", "v3_none"]
    {
        let (_folder, path) = copied(name);
        let chunk = path.join(if name.starts_with("v2") { "1.0" } else { "c/1/0" });
        let good = std::fs::read(&chunk).unwrap();
        for cut in [0, 1, 5, good.len() / 2, good.len() - 1] {
            std::fs::write(&chunk, &good[..cut]).unwrap();
            let error = told(Stored::open(&path, None).unwrap().read(&Region::all(&[7, 5])));
            assert!(
                error.starts_with("OSError") && error.contains(&chunk.display().to_string()),
                "{name} {cut} {error}"
            );
        }
        // A flipped byte may go unnoticed where the format has no checksum; it must never end the process.
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0xff;
            std::fs::write(&chunk, bad).unwrap();
            let _ = Stored::open(&path, None).unwrap().read(&Region::all(&[7, 5]));
            let _ = Stored::open(&path, None).unwrap().read(&region(&[3, 0], &[1, 1]));
        }
    }
}

#[test]
fn damaged_shards_never_end_the_process() {
    let (_folder, path) = copied("v3_sharded");
    let chunk = path.join("c/0/0");
    let good = std::fs::read(&chunk).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        std::fs::write(&chunk, bad).unwrap();
        let stored = Stored::open(&path, None).unwrap();
        let _ = stored.read(&Region::all(&[20, 30]));
        let _ = stored.read(&region(&[3, 0], &[1, 1]));
    }
    std::fs::write(&chunk, &good[..good.len() - 3]).unwrap();
    let error = told(Stored::open(&path, None).unwrap().read(&region(&[3, 0], &[1, 1])));
    assert!(error.contains("c/0/0"), "{error}");
}

#[test]
fn wrong_metadata_is_refused_with_its_field() {
    let (_folder, path) = copied("v3_none");
    let file = path.join("zarr.json");
    let good = std::fs::read_to_string(&file).unwrap();
    let cases = [
        ("\"float64\"", "\"float16\"", "float16"),
        ("\"float64\"", "\"string\"", "TypeError"),
        ("\"float64\"", "12", "dtype 12"),
        ("\"regular\"", "\"rectangular\"", "rectangular"),
        ("\"array\"", "\"thing\"", "node_type"),
        ("\"zarr_format\": 3", "\"zarr_format\": 4", "zarr_format"),
        ("\"bytes\"", "\"bites\"", "bites"),
        ("7", "-7", "shape"),
        ("7", "9223372036854775807", "shape"),
        ("{", "", "not valid JSON"),
    ];
    for (from, to, cause) in cases {
        std::fs::write(&file, good.replacen(from, to, 1)).unwrap();
        let error = told(Stored::open(&path, None));
        assert!(error.contains(cause) && error.contains("zarr.json"), "{from} {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(told(Stored::open(folder.path(), None)).contains("not an array this reads"));
    assert!(told(Stored::open(folder.path(), Some(StoreFormat::Zarr))).contains("not a Zarr array"));
    assert!(told(Stored::open(folder.path().join("x.zarr"), Some(StoreFormat::Zarr))).starts_with("FileNotFoundError"));
}

#[test]
fn written_arrays_are_read_back() {
    let folder = tempfile::tempdir().unwrap();
    for zarr_format in [2, 3] {
        for compressor in [Compressor::None, Compressor::Zstd, Compressor::Gzip, Compressor::Blosc] {
            for dtype in DType::all() {
                let path = folder.path().join(format!("{zarr_format}{compressor:?}{dtype}.zarr"));
                let options = CreateOptions {
                    zarr_format,
                    compressor,
                    ..CreateOptions::new(&[7, 5], dtype, grid(&[7, 5], &[3, 2]))
                };
                check(&write_ramp(&path, StoreFormat::Zarr, &options).unwrap(), &[7, 5], dtype);
            }
        }
    }
    for shape in [vec![], vec![0, 3]] {
        let path = folder.path().join(format!("{}.zarr", shape.len()));
        let options = CreateOptions::new(&shape, DType::Float64, Chunks::whole(&shape));
        check(&write_ramp(&path, StoreFormat::Zarr, &options).unwrap(), &shape, DType::Float64);
    }
}

#[test]
fn an_array_is_replaced_only_when_asked_and_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zarr");
    let options = CreateOptions::new(&[4], DType::Int8, grid(&[4], &[2]));
    write_ramp(&path, StoreFormat::Zarr, &options).unwrap();
    let error = told(Writer::create(&path, StoreFormat::Zarr, &options));
    assert!(error.starts_with("FileExistsError") && error.contains("overwrite=True"), "{error}");

    let over = CreateOptions { overwrite: true, ..CreateOptions::new(&[6], DType::Int8, grid(&[6], &[3])) };
    let writer = Writer::create(&path, StoreFormat::Zarr, &over).unwrap();
    writer.write(&region(&[0], &[3]), &ramp(&[3], DType::Int8)).unwrap();
    drop(writer);
    check(&Stored::open(&path, None).unwrap(), &[4], DType::Int8);
    write_ramp(&path, StoreFormat::Zarr, &over).unwrap();
    check(&Stored::open(&path, None).unwrap(), &[6], DType::Int8);
    assert_eq!(names(folder.path()), ["x.zarr"]);

    std::fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    assert!(told(Writer::create(folder.path(), StoreFormat::Zarr, &over)).starts_with("FileExistsError"));
}

#[test]
fn components_are_written_into_groups() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("g.zarr");
    for zarr_format in [3, 2] {
        let path = path.join(zarr_format.to_string());
        std::fs::create_dir_all(&path).unwrap();
        for component in ["a/b", "a/c"] {
            let options = CreateOptions::new(&[4], DType::Int8, grid(&[4], &[2]));
            let options = CreateOptions { component: Some(component.to_string()), zarr_format, ..options };
            write_ramp(&path, StoreFormat::Zarr, &options).unwrap();
            check(&Stored::open_component(&path, component).unwrap(), &[4], DType::Int8);
        }
        assert!(told(Stored::open(path.join("a"), None)).contains("component=\"b\" or \"c\""));
    }
}

#[test]
fn boxes_that_cut_chunks_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zarr");
    let options = CreateOptions::new(&[4], DType::Int8, grid(&[4], &[2]));
    let writer = Writer::create(&path, StoreFormat::Zarr, &options).unwrap();
    assert!(told(writer.write(&region(&[1], &[2]), &Block::zeros(&[2], DType::Int8))).contains("cuts a chunk"));
    let ragged = Chunks(vec![Cuts::from_sizes(&[1, 3])]);
    let ragged = CreateOptions::new(&[4], DType::Int8, ragged);
    assert!(told(Writer::create(&path, StoreFormat::Zarr, &ragged)).contains("rechunk"));
}

#[test]
fn an_array_that_is_gone_is_not_fill_values() {
    let (_folder, path) = copied("v3_zstd");
    let stored = Stored::open(&path, None).unwrap();
    std::fs::remove_dir_all(&path).unwrap();
    assert!(told(stored.read(&Region::all(&[7, 5]))).starts_with("FileNotFoundError"));
}
