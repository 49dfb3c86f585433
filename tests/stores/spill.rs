//! Spill files.

use super::{boxes, names, ramp, region, told};
use dka::data::spill::SpillDir;
use dka::data::{Block, DType};

/// Values that do not shrink: a multiplicative sequence of 64 bits.
fn noise(n: usize) -> Block {
    let values = (1..=n as u64)
        .map(|k| k.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9));
    Block::from_vec(&[n / 1000, 1000], values.collect())
}

#[test]
fn a_spilled_block_comes_back_whole_and_in_part() {
    let base = tempfile::tempdir().unwrap();
    let spill = SpillDir::create(base.path()).unwrap();
    for dtype in DType::all() {
        let block = ramp(&[300, 40, 30], dtype);
        let file = spill.write(&block).unwrap();
        assert!(file.stored_bytes() < file.nbytes() / 2);
        for r in boxes(&[300, 40, 30]) {
            assert!(file.read_part(&r).unwrap().scalars() == block.part(&r.start, &r.len).scalars(), "{dtype} {r:?}");
        }
    }
    let block = noise(600_000);
    let file = spill.write(&block).unwrap();
    assert_eq!(file.stored_bytes(), file.nbytes());
    assert_eq!(file.read().unwrap().to_vec::<u64>(), block.to_vec::<u64>());
    let r = region(&[130, 3], &[200, 995]);
    assert_eq!(file.read_part(&r).unwrap().to_vec::<u64>(), block.part(&r.start, &r.len).to_vec::<u64>());
    for shape in [vec![], vec![0, 3]] {
        let file = spill.write(&Block::zeros(&shape, DType::Float64)).unwrap();
        assert_eq!(file.read().unwrap().shape(), shape);
    }
}

#[test]
fn files_and_folder_are_gone_when_dropped() {
    let base = tempfile::tempdir().unwrap();
    let spill = SpillDir::create(base.path()).unwrap();
    let file = spill.write(&noise(1000)).unwrap();
    assert_eq!(names(spill.path()), ["0", "lock"]);
    drop(file);
    assert_eq!(names(spill.path()), ["lock"]);
    drop(spill);
    assert!(names(base.path()).is_empty());
}

#[test]
fn folders_of_dead_processes_are_removed_and_others_kept() {
    let base = tempfile::tempdir().unwrap();
    // No process has a number past what Linux allows.
    for name in ["dka-spill-2147483646-1", "dka-spill-1-1", "letters"] {
        std::fs::create_dir(base.path().join(name)).unwrap();
    }
    let first = SpillDir::create(base.path()).unwrap();
    let second = SpillDir::create(base.path()).unwrap();
    assert!(first.path().exists() && second.path().exists());
    let left = names(base.path());
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(!left.contains(&"dka-spill-2147483646-1".to_string()));
}

#[test]
fn a_flipped_byte_is_named_by_file_and_piece() {
    let base = tempfile::tempdir().unwrap();
    let spill = SpillDir::create(base.path()).unwrap();
    for block in [noise(600_000), ramp(&[600, 1000], DType::Int64)] {
        let file = spill.write(&block).unwrap();
        let path = spill.path().join(names(spill.path())[0].clone());
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() * 9 / 10;
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let error = told(file.read());
        assert!(
            error.starts_with("OSError") && error.contains("piece 4 of 5") && error.contains("checksum"),
            "{error}"
        );
        assert_eq!(file.read_part(&region(&[1, 0], &[2, 10])).unwrap().size(), 20);
        std::fs::write(&path, &bytes[..at]).unwrap();
        assert!(told(file.read()).contains("piece 4 of 5"));
    }
}

#[test]
fn a_missing_folder_is_an_error() {
    let base = tempfile::tempdir().unwrap();
    let spill = SpillDir::create(base.path()).unwrap();
    let file = spill.write(&noise(1000)).unwrap();
    std::fs::remove_dir_all(spill.path()).unwrap();
    assert!(told(file.read()).starts_with("FileNotFoundError"));
    assert!(told(spill.write(&noise(1000))).contains("--spill-dir"));
}
