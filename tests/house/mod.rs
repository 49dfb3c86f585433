//! The rules of the house, read off the sources: who imports whom, how long files are, how they begin, what is unsafe.

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

/// Each floor and the floors it may import from, besides itself.
const FLOORS: &[(&str, &[&str])] = &[
    ("data", &[]),
    ("ir", &["data"]),
    ("ops", &["data", "ir"]),
    ("optimize", &["data", "ir", "ops"]),
    ("exec", &["data", "ir", "ops"]),
    ("lang", &["data", "ir", "ops"]),
    ("shell", &["data", "ir", "ops", "optimize", "exec", "lang"]),
];

/// Files that may hold unsafe code: tasks write disjoint parts of one result; bounded floats become integers without checks;
/// strips are walked by address; memory is asked for ahead, and not cleared before it is written.
const UNSAFE: &[&str] = &[
    "src/exec/aggregate/mod.rs",
    "src/exec/contract/sums.rs",
    "src/exec/fused.rs",
    "src/exec/large_pages.rs",
    "src/exec/made.rs",
    "src/exec/locate.rs",
    "src/exec/ranks/mod.rs",
    "src/exec/read.rs",
    "src/exec/target.rs",
    "src/exec/whole.rs",
    "src/ops/kernel/crew.rs",
    "src/ops/primitive/map/cast.rs",
    "src/ops/primitive/map/division.rs",
    "src/ops/primitive/map/strips/codes.rs",
    "src/ops/primitive/map/strips/machine.rs",
    "src/ops/primitive/map/strips/mod.rs",
    "src/ops/tile.rs",
    "src/ops/vector/prefetch.rs",
    "src/ops/vector/squares.rs",
    "src/ops/vector/strip.rs",
    "src/ops/vector/strip_fold.rs",
];

const LONGEST_FILE: usize = 400;

struct Source {
    /// The path from the top.
    name: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&top.join("src"), &mut paths);
    paths.sort();
    assert!(paths.len() > 100, "the sources are not where they were");
    let name = |path: &Path| path.strip_prefix(top).unwrap().display().to_string();
    paths.iter().map(|path| Source { name: name(path), text: read_to_string(path).unwrap() }).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The text without comments, so that what documentation mentions is no import.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules that paths from the top of the crate begin with: `crate::data::…`, `crate::{data::…, ir::…}`.
fn imports(text: &str) -> Vec<String> {
    let code = code(text);
    code.split("crate::").skip(1).flat_map(first_names).collect()
}

fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut names = vec![name(group.trim_start())];
    let mut depth = 1;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(name(group[at + 1..].trim_start())),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Lines such as `src/ir/op.rs imports exec` of imports that run up or aside.
fn trespasses(source: &Source) -> Vec<String> {
    let below = |name: &str| FLOORS.iter().find(|(floor, _)| *floor == name);
    let home = source.name.strip_prefix("src/").and_then(|rest| rest.split('/').next()).and_then(below);
    let Some((floor, allowed)) = home else { return vec![] };
    let up = |name: &String| below(name).is_some() && name != floor && !allowed.contains(&name.as_str());
    imports(&source.text).into_iter().filter(up).map(|name| format!("{} imports {name}", source.name)).collect()
}

#[test]
fn no_import_runs_up() {
    let found: Vec<String> = sources().iter().flat_map(trespasses).collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn an_import_that_runs_up_is_found() {
    let text = "use crate::ir::{Expr};\nuse crate::{shell::draw, data::Block};\n// use crate::exec;\nlet x = crate::lang::f();";
    let source = Source { name: "src/ops/index/basic.rs".into(), text: text.into() };
    assert_eq!(trespasses(&source), ["src/ops/index/basic.rs imports shell", "src/ops/index/basic.rs imports lang"]);
}

#[test]
fn every_folder_of_sources_is_a_floor() {
    let folder = |source: &Source| source.name.split('/').nth(1).unwrap().to_string();
    let is_known = |name: &String| name.ends_with(".rs") || FLOORS.iter().any(|(floor, _)| floor == name);
    let strange: Vec<String> = sources().iter().map(folder).filter(|name| !is_known(name)).collect();
    assert_eq!(strange, Vec::<String>::new());
}

#[test]
fn no_file_is_long() {
    let long = |source: &Source| (source.text.lines().count() > LONGEST_FILE).then(|| source.name.clone());
    assert_eq!(sources().iter().filter_map(long).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn every_file_says_what_it_is_for() {
    let mute = |source: &Source| (!source.text.starts_with("//! ")).then(|| source.name.clone());
    assert_eq!(sources().iter().filter_map(mute).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn unsafe_code_is_where_it_is_allowed() {
    let signs = ["unsafe {", "unsafe fn", "unsafe impl"];
    let is_new = |source: &Source| {
        signs.iter().any(|sign| code(&source.text).contains(sign)) && !UNSAFE.contains(&&*source.name)
    };
    let found: Vec<String> = sources().into_iter().filter(is_new).map(|source| source.name).collect();
    assert_eq!(found, Vec::<String>::new());
}
