//! Stacks of `.npy` files.

use super::{check, check_file, data, grid, names, told, write_ramp};
use dka::data::store::{CreateOptions, StoreFormat, Stored};
use dka::data::{Chunks, Cuts, DType};

#[test]
fn dasks_stacks_are_read() {
    check_file("stack_axis0", &[10, 4], DType::Float64);
    check_file("stack_axis1", &[3, 7, 2], DType::Int16);
    check_file("stack_long", &[300], DType::Bool);
    let stored = Stored::open(data("stack_axis1"), None).unwrap();
    assert_eq!(stored.chunks.show(), "((3,), (3, 1, 3), (2,))");
}

#[test]
fn a_written_stack_is_read_back_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack");
    for dtype in [DType::Float32, DType::Bool] {
        let chunks = Chunks(vec![Cuts::whole(3), Cuts::from_sizes(&[3, 1, 3])]);
        let options = CreateOptions { axis: 1, ..CreateOptions::new(&[3, 7], dtype, chunks) };
        let stored = write_ramp(&path, StoreFormat::NpyStack, &options).unwrap();
        check(&stored, &[3, 7], dtype);
    }
    assert_eq!(names(&path), ["0.npy", "1.npy", "2.npy", "info"]);
    assert_eq!(names(folder.path()), ["stack"]);
}

#[test]
fn a_folder_of_other_things_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let options = CreateOptions::new(&[4], DType::Int8, grid(&[4], &[2]));
    let error = told(write_ramp(folder.path(), StoreFormat::NpyStack, &options));
    assert!(error.starts_with("FileExistsError") && error.contains("`letter.txt`"), "{error}");
}

#[test]
fn damaged_stacks_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack");
    let options = CreateOptions::new(&[4], DType::Int8, grid(&[4], &[2]));
    write_ramp(&path, StoreFormat::NpyStack, &options).unwrap();
    std::fs::copy(data("scalar.npy"), path.join("1.npy")).unwrap();
    let stored = Stored::open(&path, None).unwrap();
    assert!(told(stored.read(&super::region(&[0], &[4]))).contains("1.npy: holds int32"));
    std::fs::remove_file(path.join("1.npy")).unwrap();
    assert!(told(Stored::open(&path, None)).starts_with("FileNotFoundError"));
    std::fs::write(path.join("info"), b"\x80\x04cposix\nsystem\n\x8c\x02ls\x85R.").unwrap();
    assert!(told(Stored::open(&path, None)).contains("info: byte"));
}
