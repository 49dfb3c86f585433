//! The program from outside: exit statuses, scripts, errors and JSON. Each `.dka` file here has its snapshot beside it.

use assert_cmd::Command;
use std::path::Path;

/// A run of the program in this folder, with nothing of the user's.
fn dka(arguments: &[&str]) -> (String, String, i32) {
    run(arguments, "")
}

fn run(arguments: &[&str], input: &str) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dka"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli"));
    let output = command
        .args(["--no-init", "--seed", "1"])
        .args(arguments)
        .write_stdin(input)
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code().unwrap_or(-1))
}

fn status(arguments: &[&str]) -> i32 {
    dka(arguments).2
}

fn json(arguments: &[&str]) -> Vec<serde_json::Value> {
    let (out, _, _) = dka(arguments);
    out.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
}

/// Runs a script of this folder and holds what it writes against the snapshot beside it.
fn script_is_as_recorded(name: &str) {
    let (out, err, status) = dka(&["--keep-going", &format!("{name}.dka")]);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, format!("{out}--- errors\n{err}--- status {status}\n")));
}

#[test]
fn errors_are_drawn_under_their_arguments() {
    script_is_as_recorded("errors");
}

#[test]
fn cells_show_their_last_value() {
    script_is_as_recorded("shows");
}

#[test]
fn magics_answer() {
    script_is_as_recorded("magics");
}

#[test]
fn plans_are_explained_as_they_run() {
    script_is_as_recorded("explain");
}

#[test]
fn clients_set_threads_and_memory() {
    script_is_as_recorded("client");
}

#[test]
fn the_exit_status_says_how_it_ended() {
    assert_eq!(status(&["-c", "1 + 1"]), 0);
    assert_eq!(status(&["-c", "1 / 0"]), 1);
    assert_eq!(status(&["no-such-file.dka"]), 2);
    assert_eq!(status(&["--no-such-option"]), 2);
    assert_eq!(status(&["--threads", "0", "-c", "1"]), 2);
    assert_eq!(status(&["--memory-limit", "much", "-c", "1"]), 2);
}

#[test]
fn a_failed_cell_ends_the_script_unless_it_keeps_going() {
    let (out, _, code) = dka(&["-c", "1/0", "-c", "2"]);
    assert_eq!((out.as_str(), code), ("", 1));
    let (out, _, code) = dka(&["--keep-going", "-c", "1/0", "-c", "2"]);
    assert_eq!((out.as_str(), code), ("2\n", 1));
}

#[test]
fn results_go_to_standard_output_and_errors_to_standard_error() {
    let (out, err, _) = dka(&["-c", "print('out')\n1/0"]);
    assert_eq!(out, "out\n");
    assert!(err.starts_with("error[ZeroDivisionError]: division by zero\n"), "{err}");
}

#[test]
fn a_semicolon_silences_a_cell() {
    assert_eq!(dka(&["-c", "1 + 1;"]).0, "");
}

#[test]
fn standard_input_is_a_script() {
    let (out, err, code) = run(&["-"], "x = 2\r\nx\r\nx + 1\r\n");
    assert_eq!((out.as_str(), err.as_str(), code), ("2\n3\n", "", 0));
    assert_eq!(run(&["-"], "\u{feff}# %%\n5\n").0, "5\n");
}

#[test]
fn json_has_one_object_a_cell() {
    let rows = json(&["--json", "--keep-going", "-c", "print('a')\n1", "-c", "x = 1\ny = z"]);
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["cell"], &rows[0]["display"], &rows[0]["stdout"]), (&1.into(), &"1".into(), &"a\n".into()));
    assert!(rows[0]["error"].is_null() && rows[0]["eager"].is_null());
    let error = &rows[1]["error"];
    assert_eq!((&error["kind"], &error["line"], &error["column"]), (&"NameError".into(), &2.into(), &5.into()));
}

#[test]
fn json_counts_tasks_and_bytes() {
    let rows = json(&["--json", "-c", "da.ones((4, 4), chunks=2).sum().compute()"]);
    assert_eq!(rows[0]["display"], "np.float64(16.0)");
    assert!(rows[0]["tasks"].as_u64() > Some(0) && rows[0]["tasks_before"].as_u64() > Some(0), "{}", rows[0]);
}

#[test]
fn json_carries_the_stages_of_a_profiled_cell() {
    let rows = json(&["--json", "-c", "%%prof\n(da.ones((4, 4), chunks=2) * 2).sum().compute()", "-c", "1"]);
    assert_eq!(rows[0]["stages"][0]["operation"], "sum of (1.0 * 2.0)");
    assert!(rows[1].get("stages").is_none());
}

#[test]
fn lines_of_a_cell_are_those_of_the_file() {
    let (out, _, _) = run(&["--json", "-"], "# %%\n\nx = 1\n# %%\nnope\n");
    let row: serde_json::Value = serde_json::from_str(out.lines().last().expect("two cells")).expect("JSON");
    assert_eq!((&row["line"], &row["error"]["line"]), (&5.into(), &5.into()));
}

#[test]
fn comparing_with_eager_finds_equal_values() {
    let cells = [
        "--json",
        "--compare-eager",
        "-c",
        "x = da.random.random((50, 40), chunks=(20, 15))",
        "-c",
        "(x + 1).mean(axis=0).compute()",
    ];
    let rows = json(&cells);
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[1]["eager"]["equal"], &rows[2]["summary"], &rows[2]["equal"]),
        (&true.into(), &true.into(), &true.into()),
        "{rows:?}"
    );
    assert!(rows[1]["eager"]["max_abs_diff"].is_f64() && rows[2]["geomean_speedup"].is_f64());
}

#[test]
fn the_same_seed_gives_the_same_values() {
    let values = || dka(&["--threads", "3", "-c", "da.random.normal(size=5, chunks=2).compute()"]).0;
    assert_eq!(values(), values());
}

#[test]
fn too_large_a_result_is_refused_before_it_starts() {
    let (_, err, code) = dka(&["--memory-limit", "10MB", "-c", "da.ones((5000, 5000)).compute()"]);
    assert_eq!(code, 1);
    assert!(err.starts_with("error[MemoryError]: over the memory limit"), "{err}");
}

#[test]
fn values_are_shown_where_asked() {
    assert_eq!(dka(&["--display", "values", "-c", "da.arange(3) * 2"]).0, "array([0, 2, 4])\n");
}

#[test]
fn colours_are_used_where_asked() {
    assert!(dka(&["--color", "always", "-c", "1/0"]).1.contains("\x1b["));
    assert!(!dka(&["-c", "1/0"]).1.contains("\x1b["));
}

#[test]
fn a_notebook_runs_its_code_cells() {
    assert_eq!(dka(&["small.ipynb"]).0, "A text.\n3\n");
}

#[test]
fn a_rechunked_array_is_persisted_in_its_new_chunks() {
    let code = "da.ones((6, 4), chunks=3).rechunk((2, 4)).persist().chunks";
    assert_eq!(dka(&["-c", code]).0, "((2, 2, 2), (4,))\n");
}

#[test]
fn results_are_kept_and_written_in_the_chunks_that_are_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.zarr");
    let script = format!(
        "import dask.array as da\nd = da.random.random((40, 40), chunks=10)\n\
         [a.rechunk(7).persist().chunks[0] for a in [d @ d, da.cumsum(d, axis=0), d.persist(), da.sort(d, axis=1)]]\n\
         (d @ d).rechunk(7).to_zarr('{0}')\nz = da.from_zarr('{0}')\nz.chunks[0], bool((z == d @ d).all().compute())\n",
        path.display()
    );
    let (out, err, status) = run(&["-"], &script);
    let sevens = "(7, 7, 7, 7, 7, 5)";
    assert_eq!((out, err, status), (format!("[{}]\n({sevens}, True)\n", [sevens; 4].join(", ")), String::new(), 0));
}

#[test]
fn what_was_persisted_is_read_below_reshapes_and_views_of_its_first_name() {
    let script = "x = da.random.random((20, 20), chunks=5)\ny = x * 2; z = y.persist(); r = (x * 3).reshape(-1); p = r.persist()\n\
                  y.explain(); y.reshape(-1)[None].explain(); r.explain(); (y.reshape(400) + 1).sum().explain()\n\
                  bool((p.compute() / 3 * 2 - z.compute().ravel()).max() < 1e-9)\n";
    let (out, err, status) = run(&["-"], script);
    assert_eq!((out.matches("before").count(), err.as_str(), status), (4, "", 0));
    assert!(out.ends_with("True\n") && !out.contains("random"), "{out}");
}
