//! Arrays as NumPy prints them: brackets, wrapped lines, summarised axes. Only the elements shown are read.

use super::element::Words;
use super::options::PrintOptions;
use super::scalar::scalar_str;
use crate::data::{Array, Block, DType, show_shape};
use crate::with_block;
use ndarray::IxDyn;

/// The array as `repr` shows it: `array([1., 2.])`, with shape and dtype where the text does not tell them.
pub fn repr(block: &Block) -> String {
    repr_with(block, &PrintOptions::default())
}

/// The array as `repr` shows it under other options.
pub fn repr_with(block: &Block, options: &PrintOptions) -> String {
    const PREFIX: &str = "array(";
    let body = layout(block, options, ", ", PREFIX.len(), options.linewidth as isize - 1);
    let extras = extras(block, options);
    if extras.is_empty() {
        return format!("{PREFIX}{body})");
    }
    let text = format!("{PREFIX}{body},");
    let extras = extras.join(", ") + ")";
    let last_line = text.rsplit('\n').next().unwrap_or("").chars().count();
    let space = if last_line + extras.len() + 1 > options.linewidth {
        format!("\n{}", " ".repeat(PREFIX.len()))
    } else {
        " ".to_string()
    };
    text + &space + &extras
}

/// The array as `print` shows it: elements apart by blanks; a 0-d array as its scalar.
pub fn str(block: &Block) -> String {
    str_with(block, &PrintOptions::default())
}

/// The array as `print` shows it under other options.
pub fn str_with(block: &Block, options: &PrintOptions) -> String {
    match block.get(&[]) {
        Some(scalar) if block.ndim() == 0 => scalar_str(scalar),
        _ => layout(block, options, " ", 0, options.linewidth as isize),
    }
}

/// What the elements do not tell: the shape of an empty or summarised array, a dtype that literals would not give.
fn extras(block: &Block, options: &PrintOptions) -> Vec<String> {
    let size = block.size();
    let mut extras = Vec::new();
    if (size == 0 && block.shape() != [0]) || size > options.threshold {
        extras.push(format!("shape={}", show_shape(block.shape())));
    }
    let implied = matches!(block.dtype(), DType::Int64 | DType::Float64 | DType::Complex128 | DType::Bool);
    if !implied || size == 0 {
        extras.push(format!("dtype={}", block.dtype().name()));
    }
    extras
}

fn layout(block: &Block, options: &PrintOptions, separator: &'static str, prefix: usize, width: isize) -> String {
    if block.size() == 0 {
        return "[]".to_string();
    }
    let axes = shown_axes(block.shape(), options);
    let words = with_block!(block, a => Words::words(&shown(a, &axes), options, a.ndim() == 0));
    let sheet = Sheet { axes, words, separator };
    sheet.nested(0, 0, prefix + 1, width)
}

/// The indices of one axis that are shown, and after how many of them the dots stand.
struct ShownAxis {
    indices: Vec<usize>,
    dots_after: Option<usize>,
}

fn shown_axes(shape: &[usize], options: &PrintOptions) -> Vec<ShownAxis> {
    let summarise = shape.iter().product::<usize>() > options.threshold;
    let edge = options.edgeitems;
    let axis = |&n: &usize| {
        if summarise && 2 * edge < n {
            // NumPy shows the last element even where no edge items are asked for.
            let last = edge.max(1);
            return ShownAxis { indices: (0..edge).chain(n - last..n).collect(), dots_after: Some(edge) };
        }
        ShownAxis { indices: (0..n).collect(), dots_after: None }
    };
    shape.iter().map(axis).collect()
}

/// The elements shown, in C order.
fn shown<T: Words>(array: &Array<T>, axes: &[ShownAxis]) -> Vec<T> {
    if axes.iter().all(|axis| axis.dots_after.is_none()) {
        return array.iter().copied().collect();
    }
    let count = axes.iter().map(|axis| axis.indices.len()).product();
    let element = |mut number: usize| {
        let mut index = vec![0; axes.len()];
        for (slot, axis) in index.iter_mut().zip(axes).rev() {
            *slot = axis.indices[number % axis.indices.len()];
            number /= axis.indices.len();
        }
        array[IxDyn(&index)]
    };
    (0..count).map(element).collect()
}

/// The words of the elements shown and how they nest.
struct Sheet {
    axes: Vec<ShownAxis>,
    words: Vec<String>,
    separator: &'static str,
}

impl Sheet {
    /// The text below an index whose C-order number among those shown is `number`; lines after the first start at `indent`.
    fn nested(&self, depth: usize, number: usize, indent: usize, width: isize) -> String {
        match self.axes.len() - depth {
            0 => self.words[number].clone(),
            1 => self.row(depth, number, indent, width),
            left => self.stack(depth, left, number, indent, width),
        }
    }

    fn stack(&self, depth: usize, left: usize, number: usize, indent: usize, width: isize) -> String {
        let axis = &self.axes[depth];
        let count = axis.indices.len();
        let line_separator = self.separator.trim_end().to_string() + &"\n".repeat(left - 1) + &" ".repeat(indent);
        let mut parts: Vec<String> =
            (0..count).map(|i| self.nested(depth + 1, number * count + i, indent + 1, width - 1)).collect();
        if let Some(at) = axis.dots_after {
            parts.insert(at, "...".to_string());
        }
        format!("[{}]", parts.join(&line_separator))
    }

    /// One row, wrapped where the next word would pass the width.
    fn row(&self, depth: usize, number: usize, indent: usize, width: isize) -> String {
        let axis = &self.axes[depth];
        let count = axis.indices.len();
        let mut words: Vec<&str> = self.words[number * count..][..count].iter().map(String::as_str).collect();
        if let Some(at) = axis.dots_after {
            words.insert(at, "...");
        }
        let mut lines = Vec::new();
        let mut line = " ".repeat(indent);
        for (i, word) in words.iter().enumerate() {
            let passes = (line.chars().count() + word.chars().count()) as isize > width - 1;
            if passes && line.len() > indent {
                lines.push(line.trim_end().to_string());
                line = " ".repeat(indent);
            }
            line.push_str(word);
            if i + 1 < words.len() {
                line.push_str(self.separator);
            }
        }
        lines.push(line);
        format!("[{}]", &lines.join("\n")[indent..])
    }
}
