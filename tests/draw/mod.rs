//! The summary of a lazy array and the drawing of its chunk grid, as a user sees them.

use dka::data::{Chunks, Cuts, DType, UNKNOWN, size_of};
use dka::shell::{array_table, array_table_within};

fn table(shape: &[usize], cuts: Vec<Cuts>) -> String {
    let chunks = Chunks(cuts);
    array_table(size_of(shape).map(|n| n as u128 * 8), shape, &chunks, DType::Float64, chunks.count())
}

fn regular(shape: &[usize], chunk: &[usize]) -> String {
    table(shape, shape.iter().zip(chunk).map(|(&n, &c)| Cuts::regular(n, c)).collect())
}

#[test]
fn the_table_is_the_one_in_the_language_page() {
    let chunks = Chunks(vec![Cuts::regular(10000, 1000), Cuts::regular(10000, 1000)]);
    let table = array_table_within(60, Some(800_000_000), &[10000, 10000], &chunks, DType::Float64, 100);
    let want = "\
┌───────┬────────────────┬───────────────┐
│       │ Array          │ Chunk         │
├───────┼────────────────┼───────────────┤
│ Bytes │ 800.00 MB      │ 8.00 MB       │
│ Shape │ (10000, 10000) │ (1000, 1000)  │
│ Count │ 100 Tasks      │ 100 Chunks    │
│ Type  │ float64        │ ndarray       │
└───────┴────────────────┴───────────────┘";
    assert_eq!(table, want);
}

#[test]
fn drawings_show_the_chunk_grid_about_to_scale() {
    let cases = [
        regular(&[10000, 10000], &[1000, 1000]),
        regular(&[10000, 10000], &[5000, 2500]),
        regular(&[100_000, 100_000], &[1000, 1000]),
        regular(&[100_000, 4], &[1000, 1]),
        regular(&[20, 5000], &[10, 700]),
        regular(&[1_000_000], &[1000]),
        table(&[10], vec![Cuts::from_sizes(&[3, 3, 2, 2])]),
        table(&[4, 6], vec![Cuts::from_sizes(&[1, 3]), Cuts::from_sizes(&[1, 1, 4])]),
        regular(&[12, 500, 500], &[4, 250, 250]),
        regular(&[365, 720, 1440], &[30, 180, 180]),
        regular(&[2, 2, 5, 64, 64], &[1, 2, 3, 16, 64]),
    ];
    insta::with_settings!({ snapshot_path => ".", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("drawings", cases.join("\n\n"));
    });
}

#[test]
fn nothing_is_drawn_of_no_axis_an_empty_axis_or_an_unknown_length() {
    let whole = |shape: &[usize]| array_table(Some(8), shape, &Chunks::whole(shape), DType::Float64, 1);
    for text in [whole(&[]), whole(&[0, 3]), table(&[UNKNOWN], vec![Cuts::from_sizes(&[UNKNOWN])])] {
        assert!(text.lines().all(|line| line.ends_with(['┐', '│', '┤', '┘'])), "{text}");
        assert_eq!(text.lines().count(), 8, "{text}");
    }
}

#[test]
fn every_grid_can_be_drawn() {
    let lengths = [1, 2, 3, 7, 30, 1000, 1_000_000_000];
    for a in lengths {
        for b in lengths {
            for size in [1, 2, 5, 11, 999] {
                regular(&[a], &[size]);
                regular(&[a, b], &[size, 3]);
                regular(&[7, a, b], &[size, 2, size]);
            }
        }
    }
    table(&[5, 3], vec![Cuts::from_sizes(&[0, 5, 0]), Cuts::from_sizes(&[0, 0, 3])]);
}
