//! Memory limits and the spill store, seen from outside: what a session reports, leaves behind, and survives.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// 64 MB in blocks of 2 MB, under half of that, and the time for a test to reach into the spill store.
const PERSISTED: &str = "da.random.seed(7); x = da.random.random((2000, 4000), chunks=(250, 1000)).persist()";
const LIMIT: &str = "32MB";
const PAUSE: &str = "import time; time.sleep(1.5)";

fn dka(folder: &Path, limit: &str, cells: &[&str]) -> Command {
    dka_with(folder, folder, limit, cells)
}

fn dka_with(folder: &Path, spill: &Path, limit: &str, cells: &[&str]) -> Command {
    let script = folder.join("script.dka");
    let text: String = cells.iter().map(|cell| format!("# %%\n{cell}\n")).collect();
    fs::write(&script, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dka"));
    command.args(["--json", "--no-init", "--threads", "2", "--memory-limit", limit, "--spill-dir"]);
    command.arg(spill).arg("--keep-going").arg(script).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn records(command: &mut Command) -> Vec<Value> {
    answers(command.spawn().unwrap())
}

fn answers(child: Child) -> Vec<Value> {
    let out = child.wait_with_output().unwrap();
    String::from_utf8(out.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn run(limit: &str, cells: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let records = records(&mut dka(folder.path(), limit, cells));
    assert!(spilled(folder.path()).is_none(), "the spill store is still there");
    records
}

/// The folder of the spill store.
fn spilled(folder: &Path) -> Option<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    paths.into_iter().find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dka-spill")))
}

/// Waits until blocks were spilled and nothing more comes.
fn wait_for_blocks(folder: &Path) -> PathBuf {
    let begin = Instant::now();
    let mut last = 0;
    while begin.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(150));
        let Some(store) = spilled(folder) else { continue };
        let now = fs::read_dir(&store).unwrap().count();
        if now > 2 && now == last {
            return store;
        }
        last = now;
    }
    panic!("nothing was spilled");
}

fn number(record: &Value, key: &str) -> u64 {
    record[key].as_u64().unwrap_or_else(|| panic!("{key} in {record}"))
}

fn error_of(record: &Value) -> String {
    format!("{}: {}", record["error"]["kind"].as_str().unwrap_or("none"), record["error"]["message"])
}

#[test]
fn results_have_the_same_bits_with_blocks_out() {
    let cells = [
        PERSISTED,
        "x.sum().compute()",
        "(x + x[::-1, ::-1]).mean(axis=0)[:3].compute()",
        "x.T.cumsum(axis=1)[7, -2:].compute()",
    ];
    let (short, plenty) = (run(LIMIT, &cells), run("4GB", &cells));
    assert!(number(&short[0], "spilled_bytes") > 30_000_000, "{}", short[0]);
    assert_eq!(number(&plenty[0], "spilled_bytes"), 0);
    for (a, b) in short.iter().zip(&plenty) {
        assert_eq!((&a["display"], &a["error"]), (&b["display"], &Value::Null), "{}", a["source"]);
        let (peak, projected) = (number(a, "peak_bytes"), number(a, "projected_peak_bytes"));
        assert!(peak * 10 <= projected * 11 && projected <= 32_000_000, "{a}");
    }
}

#[test]
fn what_reads_across_blocks_that_are_out_streams() {
    let cells = [
        PERSISTED,
        "x[[1900, 3, 250, 3]].sum(axis=1).compute()",
        "da.take(x, [3999, 0, 2000], axis=1).sum(axis=0).compute()",
        "x[da.array([7, 1999, 8]), ::-2].sum(axis=1).compute()",
        "da.sort(x[:, :2000], axis=1)[:, 7].sum().compute()",
        "(x @ x[0]).sum().compute()",
        "x.map_overlap(lambda b: b + 1, depth=1, boundary='reflect').sum().compute()",
    ];
    let (short, plenty) = (run(LIMIT, &cells), run("4GB", &cells));
    for (a, b) in short.iter().zip(&plenty) {
        assert_eq!((&a["display"], &a["error"]), (&b["display"], &Value::Null), "{}", a["source"]);
        let (peak, projected) = (number(a, "peak_bytes"), number(a, "projected_peak_bytes"));
        assert!(peak * 10 <= projected * 11 && projected <= 32_000_000, "{a}");
    }
}

#[test]
fn what_is_selected_grows_where_persisted_blocks_have_made_room() {
    let cells = [
        PERSISTED,
        "da.argwhere(x > 0.9999).sum(axis=0).compute()",
        "x[x > 0.99].compute()[::1000]",
        "da.tile(x, (2, 1)).sum(axis=0)[:2].compute()",
    ];
    let (short, plenty) = (run("72MB", &cells), run("4GB", &cells));
    for (a, b) in short.iter().zip(&plenty) {
        assert_eq!((&a["display"], &a["error"]), (&b["display"], &Value::Null), "{}", a["source"]);
    }
}

#[test]
fn what_cannot_fit_is_refused_with_figures_and_the_session_goes_on() {
    let records =
        run(LIMIT, &["da.ones((10_000, 10_000)).compute()", "y = da.ones(1_000_000).compute(); float(y.sum())"]);
    let said = error_of(&records[0]);
    assert!(said.contains("MemoryError") && said.contains("`store`") && said.contains("MB"), "{said}");
    assert_eq!(records[1]["display"], "1000000.0");
}

#[test]
fn results_that_the_session_holds_count() {
    let records = run("64MB", &["a = da.ones(4_000_000).compute()", "b = da.zeros(5_000_000).compute()"]);
    assert_eq!(records[0]["error"], Value::Null);
    assert!(error_of(&records[1]).contains("earlier results"), "{}", records[1]);
}

#[test]
fn blocks_take_no_more_than_their_bytes_whatever_their_length() {
    // 1.12 MB each: a large page of its own for each would be twice as much.
    let records = run("4GB", &["x = da.random.random(14_000_000, chunks=140_000).persist()"]);
    let (peak, projected) = (number(&records[0], "peak_bytes"), number(&records[0], "projected_peak_bytes"));
    assert!(peak * 10 <= projected * 11, "{}", records[0]);
}

#[test]
fn blocks_that_are_out_are_read_side_by_side() {
    let join = "a = da.ones((2000, 2000), chunks=(500, 500)).persist(); b = (a * 2).persist()";
    let records = run(LIMIT, &[join, "float(da.concatenate([a, b], axis=1).rechunk((125, 4000)).sum(axis=0).max())"]);
    assert_eq!((&records[0]["error"], &records[1]["display"]), (&Value::Null, &Value::from("4000.0")), "{records:?}");
}

#[test]
fn distinct_values_that_cannot_be_merged_at_once_are_found_in_passes() {
    let unique = "da.random.seed(3); v = (da.random.random(4_000_000, chunks=500_000) * 1e6).astype('i8') / 8 - 9; \
                  u, i, n = da.compute(*da.unique(v, return_index=True, return_counts=True)); \
                  len(u), float(u.sum()), int((i * n).sum()), float(u[777]), int(n.max())";
    let (short, plenty) = (run("128MB", &[unique]), run("4GB", &[unique]));
    assert_eq!((&short[0]["error"], &short[0]["display"]), (&Value::Null, &plenty[0]["display"]), "{}", short[0]);
}

#[test]
fn what_a_mask_keeps_is_counted_before_it_is_made() {
    let cells = [
        "da.random.seed(3); v = da.random.random(6_000_000, chunks=500_000)",
        "w = v[v > 0.9].compute(); w.shape, float(w.sum()), w[-3:]",
        "v[v > 0.1].compute()",
    ];
    let (short, plenty) = (run("64MB", &cells), run("4GB", &cells));
    assert_eq!((&short[1]["error"], &short[1]["display"]), (&Value::Null, &plenty[1]["display"]), "{}", short[1]);
    let said = error_of(&short[2]);
    assert!(said.contains("MemoryError") && said.contains("`select`"), "{said}");
}

#[test]
fn eager_operations_keep_the_limit_too() {
    let records = run(LIMIT, &["import numpy as np; a = np.ones(2_000_000)", "a + 1; a * 2", "np.ones(5_000_000)"]);
    assert_eq!((&records[0]["error"], error_of(&records[2]).contains("MemoryError")), (&Value::Null, true));
}

#[test]
fn what_is_written_is_written_within_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let zarr = folder.path().join("x.zarr").display().to_string();
    let x = "x = da.random.random((4000, 4000), chunks=(100, 4000))";
    let write = format!("{x}; x.to_zarr('{zarr}')");
    let turn = format!("r = da.from_zarr('{zarr}'); r.rechunk((4000, 100)).to_zarr('{zarr}2')");
    let check = format!("bool((da.from_zarr('{zarr}2') == da.from_zarr('{zarr}')).all().compute())");
    let records = records(&mut dka(folder.path(), LIMIT, &[&write, &turn, &check]));
    assert_eq!(records[2]["display"], "True", "{records:?}");
    // Each stored chunk is read once, although every column of chunks wants all of them.
    let read = number(&records[1], "bytes_read");
    assert!((100_000_000..140_000_000).contains(&read), "{read} bytes were read");
    for record in &records[..2] {
        let (peak, projected) = (number(record, "peak_bytes"), number(record, "projected_peak_bytes"));
        assert!(peak * 10 <= projected * 11 && projected <= 32_000_000, "{record}");
    }
    assert!(spilled(folder.path()).is_none());
}

#[test]
fn a_flipped_byte_or_a_removed_store_is_that_cells_error() {
    for damage in ["flip", "remove"] {
        let folder = tempfile::tempdir().unwrap();
        let child = dka(
            folder.path(),
            LIMIT,
            &[PERSISTED, PAUSE, "x.sum().compute()", "1 + 1", PERSISTED, "bool(x[0, 0].compute() < 1)"],
        )
        .spawn();
        let store = wait_for_blocks(folder.path());
        if damage == "flip" {
            for entry in fs::read_dir(&store).unwrap().flatten().filter(|entry| entry.file_name() != "lock") {
                let mut bytes = fs::read(entry.path()).unwrap();
                bytes[1000] ^= 1;
                fs::write(entry.path(), bytes).unwrap();
            }
        } else {
            fs::remove_dir_all(&store).unwrap();
        }
        let records = answers(child.unwrap());
        let said = error_of(&records[2]);
        assert!(said.contains(if damage == "flip" { "checksum" } else { "FileNotFoundError" }), "{said}");
        assert_eq!(records[3]["display"], "2");
        assert_eq!(records[4]["error"], Value::Null, "{damage}");
        assert_eq!(records[5]["display"], "True");
        assert!(spilled(folder.path()).is_none());
    }
}

#[test]
fn a_spill_folder_that_cannot_be_is_that_cells_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let records = records(&mut dka_with(folder.path(), &file.join("inside"), LIMIT, &[PERSISTED, "1 + 1"]));
    assert!(error_of(&records[0]).contains("inside"), "{}", records[0]);
    assert_eq!(records[1]["display"], "2");
}

#[test]
fn nothing_is_left_by_a_program_that_was_ended_or_died() {
    let folder = tempfile::tempdir().unwrap();
    for (signal, left) in [("-TERM", false), ("-KILL", true)] {
        let mut child = dka(folder.path(), LIMIT, &[PERSISTED, "import time; time.sleep(20)"]).spawn().unwrap();
        wait_for_blocks(folder.path());
        assert!(Command::new("kill").arg(signal).arg(child.id().to_string()).status().unwrap().success());
        child.wait().unwrap();
        assert_eq!(spilled(folder.path()).is_some(), left, "{signal}");
    }
    records(&mut dka(folder.path(), LIMIT, &["import time; time.sleep(0.2)"]));
    assert!(spilled(folder.path()).is_none(), "the next start removes what the dead left");
}

#[test]
fn lines_across_the_chunks_of_a_file_are_read_a_few_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.npy").display().to_string();
    let write = format!("da.random.seed(7); da.store(da.random.random((4000, 4000), chunks=(200, 4000)), '{file}')");
    let x = format!("x = da.from_npy('{file}', chunks=(200, 4000))");
    let cells = [&write, &x, "da.median(x, axis=0)[:3].compute()", "da.percentile(x * 2, 30, axis=0)[:3].compute()"];
    let run = |limit: &str| records(&mut dka(folder.path(), limit, &cells));
    let (short, plenty) = (run("120MB"), run("4GB"));
    for (a, b) in short[2..].iter().zip(&plenty[2..]) {
        assert_eq!((&a["display"], &a["error"]), (&b["display"], &Value::Null), "{a}");
        assert!(number(a, "peak_bytes") * 10 <= number(a, "projected_peak_bytes") * 11, "{a}");
    }
}
