//! The notebook that dka exists for: what it prints, by shape, and that its lazy and its eager values are equal.

use assert_cmd::Command;
use serde_json::Value;

const NOTEBOOK: &str = include_str!("../../scripts/notebook.dka");

const CLIENT: &str = "\
┌───────────────────────┬─────────────────┐
│ Client                │ Cluster         │
├───────────────────────┼─────────────────┤
│ Scheduler: in process │ Workers: 4      │
│ Dashboard: none       │ Cores: 8        │
│                       │ Memory: 8.00 GB │
└───────────────────────┴─────────────────┘
";

const ARRAY: [&str; 8] = [
    "┌───────┬────────────────┬───────────────┐",
    "│       │ Array          │ Chunk         │",
    "├───────┼────────────────┼───────────────┤",
    "│ Bytes │ 800.00 MB      │ 8.00 MB       │",
    "│ Shape │ (10000, 10000) │ (1000, 1000)  │",
    "│ Count │ 100 Tasks      │ 100 Chunks    │",
    "│ Type  │ float64        │ ndarray       │",
    "└───────┴────────────────┴───────────────┘",
];

fn run(arguments: &[&str], script: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dka"));
    let output = command.args(["--no-init"]).args(arguments).arg("-").write_stdin(script).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether a text is a time as IPython writes it: `386 ms`, `1.51 s`, `2min 3s`.
fn is_time(text: &str) -> bool {
    let units = ["ns", "µs", "μs", "us", "ms", "s"];
    let plain = text.split_once(' ').is_some_and(|(n, unit)| n.parse::<f64>().is_ok() && units.contains(&unit));
    plain || text.contains("min ")
}

/// Whether a text is `user 386 ms, sys: 40.6 ms, total: 427 ms`.
fn are_cpu_times(text: &str) -> bool {
    let parts: Vec<&str> = text.split(", ").collect();
    let heads = ["user ", "sys: ", "total: "];
    let is_part = |(part, head): (&&str, &str)| part.strip_prefix(head).is_some_and(is_time);
    parts.len() == heads.len() && parts.iter().zip(heads).all(is_part)
}

fn times_of<'a>(out: &'a str, head: &str) -> Vec<&'a str> {
    out.lines().filter_map(|line| line.strip_prefix(head)).collect()
}

#[test]
fn the_notebook_prints_its_tables_values_and_times() {
    let out = run(&[], NOTEBOOK);
    assert!(out.contains(CLIENT), "the client's table is missing:\n{out}");
    let tables = ARRAY.iter().map(|row| out.lines().filter(|line| line.starts_with(row)).count());
    assert_eq!(tables.collect::<Vec<_>>(), [1; 8], "one array's table:\n{out}");
    assert_eq!(out.matches("shape=(5000,))").count(), 3, "three results:\n{out}");
    let walls = times_of(&out, "Wall time: ");
    assert_eq!(walls.len(), 4);
    assert!(walls.iter().all(|time| is_time(time)), "{walls:?}");
    let cpu = times_of(&out, "CPU times: ");
    assert!(cpu.iter().all(|line| are_cpu_times(line)), "{cpu:?}");
    assert_eq!(cpu.len(), 4);
}

/// The notebook with seeds, at a tenth of the lengths.
fn seeded() -> String {
    let small = NOTEBOOK.replace("10000", "1000").replace("5000", "500").replace("(1000, 1000))\n", "(100, 100))\n");
    small.replace("import numpy as np\n", "import numpy as np\nda.random.seed(1)\nnp.random.seed(2)\n")
}

#[test]
fn a_seeded_notebook_is_equal_lazily_and_eagerly_in_every_cell() {
    let script = seeded();
    assert!(script.contains("seed(1)") && !script.contains("10000"));
    let out = run(&["--compare-eager", "--json"], &script);
    let mut cells: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = cells.pop().expect("a summary");
    assert_eq!((&summary["summary"], &summary["equal"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(summary["cells"], cells.len());
    let unequal: Vec<&Value> = cells.iter().filter(|cell| cell["eager"]["equal"] != Value::Bool(true)).collect();
    assert_eq!(unequal, Vec::<&Value>::new());
    assert!(cells.iter().filter(|cell| cell["eager"]["max_abs_diff"].is_number()).count() >= 3, "values were compared");
}
