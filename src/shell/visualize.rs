//! `.visualize()`: the expression as a tree of text, or as a Graphviz file where a name is given.

use crate::data::{Result, of_file, show_shape};
use crate::ir::{Expr, Op};
use std::collections::HashSet;
use std::path::Path;

/// The drawing of an array's expression, or where it was written.
///
/// # Errors
/// `OSError` and its kin where the file cannot be written.
pub fn visualize(expr: &Expr, filename: Option<&str>) -> Result<String> {
    let Some(name) = filename else { return Ok(tree(expr)) };
    let path = Path::new(name).with_extension("dot");
    std::fs::write(&path, dot(expr)).map_err(|cause| of_file(&path, &cause))?;
    Ok(format!("wrote {} (draw it with: dot -Tsvg {})", path.display(), path.display()))
}

/// One line a node, inputs indented below it; a node that was drawn before is named alone.
fn tree(expr: &Expr) -> String {
    let mut seen = HashSet::new();
    let mut text = String::new();
    let mut stack = vec![(expr.clone(), String::new(), String::new())];
    while let Some((node, lead, below)) = stack.pop() {
        let known = !seen.insert(node.id());
        text += &format!("{lead}{}{}\n", label(&node), if known { " (above)" } else { "" });
        if known {
            continue;
        }
        let last = node.inputs.len();
        for (number, input) in node.inputs.iter().enumerate().rev() {
            let (branch, trunk) = if number + 1 == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            stack.push((input.clone(), format!("{below}{branch}"), format!("{below}{trunk}")));
        }
    }
    text
}

fn dot(expr: &Expr) -> String {
    let mut text = String::from("digraph dka {\n  rankdir=BT;\n  node [shape=box];\n");
    for node in expr.nodes() {
        text += &format!("  n{} [label=\"{}\"];\n", node.id(), label(&node).replace('"', "'"));
        for input in &node.inputs {
            text += &format!("  n{} -> n{};\n", input.id(), node.id());
        }
    }
    text + "}\n"
}

/// The operation with shape, dtype and number of chunks.
fn label(node: &Expr) -> String {
    format!("{} {} {} in {} chunks", operation(&node.op), show_shape(&node.shape), node.dtype, node.chunks.count())
}

fn operation(op: &Op) -> String {
    match op {
        Op::Map(kernel) => format!("{kernel:?}").to_lowercase(),
        Op::Reduce(reduce) => format!("{:?}", reduce.fold).to_lowercase(),
        Op::Scan(scan) => format!("cumulative {:?}", scan.fold).to_lowercase(),
        Op::PerBlock(block) => block.name.to_string(),
        Op::Locate(_) => "searchsorted".to_string(),
        Op::Aggregate(aggregate) => aggregate.kind.name().to_string(),
        other => {
            let name = format!("{other:?}").to_lowercase();
            name.split([' ', '(', '{']).next().unwrap_or_default().to_string()
        }
    }
}
