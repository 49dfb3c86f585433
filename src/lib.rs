//! A lazy, chunked, larger-than-memory array calculator: the language of NumPy and Dask Array in one program.
//!
//! This page is the map of the house; each folder's `mod.rs` has the map of its floor.
//!
//! # Floors
//!
//! ```text
//! main -> shell -> { lang, optimize, exec } -> ops -> ir -> data
//! ```
//!
//! A floor imports from those below it alone, and the three in the middle do not know each other
//! (`tests/house` reads every import).
//!
//! | floor | what lives there |
//! |---|---|
//! | `grammar/dka.pest` | the syntax |
//! | [`data`] | arrays at rest: dtypes, scalars, shapes, chunk grids, blocks, stores, spilled blocks, number text, errors |
//! | [`ir`] | arrays as intentions: hash-consed expressions, kernels by name, plans. Plain data |
//! | [`ops`] | the dictionary: `primitive` (what the engine understands), `function` (what people type, one row each), `index`, `kernel` (whole-block functions), `vector` (SIMD loops) |
//! | [`optimize`] | `RULES` to a fixed point, then lowering to stages |
//! | [`exec`] | stages to blocks: tiles, folds, aggregates, scans, products, the projection of memory, cancellation |
//! | [`lang`] | text to syntax tree to values, errors with spans |
//! | [`shell`] | command line, session, scripts, magics, tables, timings. It alone prints |
//!
//! # From a line to a result
//!
//! ```text
//! text ─ lang::syntax ─> tree ─ lang::eval ─> ops::function ─ ops::primitive ─> ir::Expr     shape, dtype, chunks known
//! ir::Expr ─ optimize::rewrite ─> ir::Expr ─ optimize::lower ─> ir::Plan ─ exec::Engine ─> data::Block ─ lang ─> text
//! ```
//!
//! `lang` asks for values through `lang::Outside`, which `shell` answers with its calculator: the one place that knows
//! both the optimizer and the engine, and what is persisted.
//!
//! # What the design came to
//!
//! * **One view.** Slicing, transposing, broadcasting, dropping and adding axes are one affine primitive, `ir::View`.
//!   Two views compose into one, so that a rule which moves a view moves all of them.
//! * **What is read often is made once.** A small elementwise result that a broadcast repeats (a mean and a deviation for
//!   each row) is stored before the pass that reads it; views that only select sink through it as through all others.
//! * **Reshapes and look-ups are read, not made.** What lies below them is walked by number or by index (`exec::reshaped`,
//!   `exec::taken`), so that `x.ravel().sum()`, `x.trace()` and `x[[3, 5]]` stream as everything else does.
//! * **Folds carry their grid.** A reduction, a scan or a product holds the chunks its input was written in, and folds in
//!   that order. So chunks below a fold mean nothing more: rechunks there are dropped, rules may change grids, and the
//!   bits of a result stay the same whatever was fused, sliced away or run on however many threads.
//! * **Stages, not a graph of chunks.** A plan is a short list of stages, each one fused program over an index space and
//!   what becomes of its values (stored, folded). Its tasks are boxes of that space, numbered but never written
//!   down: a million chunks cost as much to plan as one.
//! * **Tapes and strips.** A program runs as a tape: leaves, kernels that run alone over a tile, and chains of simple
//!   kernels and vector functions (`ops::primitive::map::strips`), all of which run on one strip of 128 elements before the
//!   next is begun. Each kernel of a chain is called from a place of its own, so that the processor foresees the call. Sums
//!   of floats and extremes take in the strips of a chain as they are made (`ops::vector::strip_fold`), and its operands are
//!   read where they lie: runs, rows of slices, rows that a broadcast repeats, elements that it repeats along a row.
//! * **Rows.** Folds work on rows along the last axis. Rows of a few elements are folded as one where the axis before the
//!   last is folded too (`exec::layout`), so that an array of (1000000, 3) costs what three million elements in a line do.
//! * **Accumulators.** What is more than a fold and less than a block function streams tiles into accumulators that are merged
//!   in a fixed tree (`exec::aggregate`: histograms, best of, distinct values), finds places in a sorted line tile by tile
//!   (`exec::locate`), or searches order statistics in passes that count (`exec::ranks`).
//! * **Reads by position.** Stored arrays are read with positional reads of the runs that are asked for, not mapped:
//!   memory is then counted in one place, and a truncated file is an error instead of a signal.
//! * **Random values belong to elements.** Philox4x32-10 counted by the element's index: a slice of a random array makes
//!   that slice alone, and chunks do not change values. Rows and columns of a tile are drawn together, lines of near
//!   neighbours side by side in vectors. Counts of bounded spread (`exec::discrete`) take one uniform number
//!   each, other distributions a stream that each element has of its own.
//! * **The eager baseline** (`np`, `--compare-eager`) evaluates the same expressions one node at a time, each result whole
//!   in memory, on one thread but for products and decompositions of matrices, which NumPy shares among threads too.
//!
//! # To add
//!
//! | what | where |
//! |---|---|
//! | a function | a row in `ops/function/<family>.rs`; `tests/examples` runs its example in four ways |
//! | an elementwise kernel | a name in `ir/kernel.rs`, its rule and loop in `ops/primitive/map/` |
//! | a rewrite rule | a function in `optimize/rules/`, a reasoned line in `RULES` |
//! | a storage format | `data/store/<format>.rs` and a line in `data/store/mod.rs` |
//! | a magic | a row in `shell/magic.rs` |

pub mod data;
pub mod exec;
pub mod ir;
pub mod lang;
pub mod ops;
pub mod optimize;
pub mod shell;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: exec::LargePages = exec::LargePages;
