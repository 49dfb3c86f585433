//! `.npy` files.

use super::{check, check_file, data, grid, names, ramp, region, told, write_ramp};
use dka::data::store::{CreateOptions, Layout, StoreFormat, Stored, Writer};
use dka::data::{Block, Chunks, DType, Region};

#[test]
fn every_dtype_order_and_byte_order_is_read() {
    for dtype in DType::all() {
        for layout in ["c_little", "c_big", "f_little"] {
            check_file(&format!("{layout}_{}.npy", dtype.code()), &[3, 4, 5], dtype);
        }
    }
    check_file("f_big_f8.npy", &[3, 4, 5], DType::Float64);
    check_file("f_long.npy", &[50, 37], DType::Float32);
}

#[test]
fn every_version_and_odd_shape_is_read() {
    for version in 1..=3 {
        check_file(&format!("version_{version}.npy"), &[7, 3], DType::Float64);
    }
    check_file("scalar.npy", &[], DType::Int32);
    check_file("empty.npy", &[0, 3], DType::Float64);
}

#[test]
fn damaged_files_are_refused_with_byte_and_cause() {
    let cases = [
        ("truncated", "truncated: ends at byte 291, but shape (7, 3) of float64 ends at byte 296"),
        ("trailing", "3 bytes too many from byte 296"),
        ("bad_version", "byte 6: version 9"),
        ("short_header", "byte 40: ends inside its header"),
        ("overflow", "byte 60: shape (4294967296, 4294967296, 2)"),
    ];
    for (name, cause) in cases {
        let path = data(&format!("{name}.npy"));
        let error = told(Stored::open(&path, None));
        assert!(error.contains(cause) && error.contains(&path.display().to_string()), "{error}");
    }
    let error = told(Stored::open(data("bad_magic.npy"), None));
    assert!(error.starts_with("ValueError") && error.contains("byte 0: not an .npy file"), "{error}");
    let error = told(Stored::open(data("nothing.npy"), None));
    assert!(error.starts_with("FileNotFoundError"), "{error}");
}

#[test]
fn unsupported_dtypes_say_what_to_do() {
    let cases = [
        ("float16", "astype(np.float32)"),
        ("text", "text"),
        ("structured", "each field"),
        ("object", "Python objects"),
        ("dates", "astype('i8')"),
    ];
    for (name, help) in cases {
        let error = told(Stored::open(data(&format!("{name}.npy")), None));
        assert!(error.starts_with("TypeError") && error.contains(help), "{error}");
    }
}

#[test]
fn a_written_file_is_numpys_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    for dtype in DType::all() {
        let path = folder.path().join(format!("{dtype}"));
        let options = CreateOptions::new(&[3, 4, 5], dtype, grid(&[3, 4, 5], &[2, 4, 3]));
        let stored = write_ramp(&path, StoreFormat::Npy, &options).unwrap();
        check(&stored, &[3, 4, 5], dtype);
        let numpys = std::fs::read(data(&format!("c_little_{}.npy", dtype.code()))).unwrap();
        assert!(std::fs::read(&stored.path).unwrap() == numpys, "{dtype}");
    }
}

#[test]
fn a_file_appears_only_when_it_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    let options = CreateOptions::new(&[2], DType::Int8, Chunks::whole(&[2]));
    let block = ramp(&[2], DType::Int8);
    let writer = Writer::create(&path, StoreFormat::Npy, &options).unwrap();
    writer.write(&Region::all(&[2]), &block).unwrap();
    assert!(!path.exists());
    writer.finish().unwrap();
    assert_eq!(names(folder.path()), ["x.npy"]);

    let writer = Writer::create(&path, StoreFormat::Npy, &options).unwrap();
    writer.write(&region(&[0], &[1]), &Block::zeros(&[1], DType::Int8)).unwrap();
    drop(writer);
    check(&Stored::open(&path, None).unwrap(), &[2], DType::Int8);
    assert_eq!(names(folder.path()), ["x.npy"]);

    let writer = Writer::create(&path, StoreFormat::Npy, &options).unwrap();
    assert!(told(writer.finish()).contains("0 of 2 elements were written"));
    assert_eq!(names(folder.path()), ["x.npy"]);
}

#[test]
fn boxes_and_dtypes_that_do_not_fit_are_refused() {
    let stored = Stored::open(data("version_1.npy"), None).unwrap();
    assert!(told(stored.read(&region(&[6, 0], &[2, 3]))).starts_with("IndexError"));
    assert!(told(stored.read(&region(&[0], &[2]))).starts_with("IndexError"));
    assert!(told(stored.read_into::<f32>(&region(&[0, 0], &[1, 3]), &mut [0.0; 3])).starts_with("TypeError"));
    assert!(told(stored.read_into::<f64>(&region(&[0, 0], &[1, 3]), &mut [0.0; 4])).starts_with("ValueError"));
    let options = CreateOptions::new(&[2], DType::Int8, Chunks::whole(&[2]));
    let folder = tempfile::tempdir().unwrap();
    let missing = Writer::create(folder.path().join("no/x.npy"), StoreFormat::Npy, &options);
    assert!(told(missing).starts_with("FileNotFoundError"));
}

#[test]
fn a_file_cut_while_open_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    std::fs::copy(data("version_1.npy"), &path).unwrap();
    let stored = Stored::open(&path, None).unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(200).unwrap();
    assert!(told(stored.read(&Region::all(&[7, 3]))).contains("truncated since it was opened"));
}

#[test]
fn a_stored_array_travels_as_text() {
    let stored = Stored::open(data("f_big_f8.npy"), None).unwrap();
    assert!(matches!(stored.layout, Layout::Npy { swapped: true, .. }));
    let text = serde_json::to_string(&stored).unwrap();
    let back: Stored = serde_json::from_str(&text).unwrap();
    assert_eq!(back, stored);
    check(&back, &[3, 4, 5], DType::Float64);
}

#[test]
fn large_boxes_with_gaps_are_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let shape = [300, 70, 50];
    let options = CreateOptions::new(&shape, DType::Int32, grid(&shape, &[100, 70, 50]));
    let stored = write_ramp(&folder.path().join("x"), StoreFormat::Npy, &options).unwrap();
    check(&stored, &shape, DType::Int32);
}
