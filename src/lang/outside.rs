//! What the language asks of the session around it: results, print, clients, random state. The shell implements it.
//!
//! Arrays go out as expressions and come back as expressions or blocks; nothing here says how they are computed.

use crate::data::store::{CreateOptions, StoreFormat, Stored};
use crate::data::{Block, Result};
use crate::ir::Expr;
use std::path::PathBuf;
use std::sync::Arc;

/// What stands around a cell while it runs.
pub trait Outside {
    /// The results of an eager operation: evaluated at once, on the eager engine, to `Op::Memory` expressions.
    fn evaluate(&self, exprs: &[Expr]) -> Result<Vec<Expr>>;
    /// The values of lazy arrays, computed together in one pass.
    fn compute(&self, exprs: &[Expr]) -> Result<Vec<Block>>;
    /// Lazy arrays computed together and held in memory, as expressions on what is held.
    fn persist(&self, exprs: &[Expr]) -> Result<Vec<Expr>>;
    /// Writes text as `print` does; line ends are in the text.
    fn print(&self, text: &str);
    /// Shows a warning (`RuntimeWarning: …`); the language calls it only while warnings are not silenced.
    fn warn(&self, text: &str);
    /// The plan of a lazy array before and after optimisation, as `.explain()` prints it.
    fn explain(&self, expr: &Expr) -> Result<String>;
    /// Draws the task graph; the answer says where it is, or is the drawing itself.
    fn visualize(&self, expr: &Expr, filename: Option<&str>) -> Result<String>;
    /// Starts a client; the answer is its handle.
    fn start_client(&self, settings: &ClientSettings) -> Result<u64>;
    /// Closes a client.
    fn close_client(&self, client: u64) -> Result<()>;
    /// What a client shows as a cell's value.
    fn show_client(&self, client: u64) -> String;
    /// A setting (`array.chunk-size`, `scheduler`, `num_workers`, …) given by `dask.config.set` or `compute(…)`.
    fn set_option(&self, name: &str, value: &str) -> Result<()>;
    /// The seed and stream of the next random array: of a generator, or of the module's own state.
    fn random_key(&self, generator: Option<u64>) -> (u64, u64);
    /// Seeds a generator's or the module's own random state (`None`: fresh from the system).
    fn seed(&self, generator: Option<u64>, seed: Option<u64>);
    /// A new generator with its own state; its handle goes to `random_key`.
    fn new_generator(&self, seed: Option<u64>) -> u64;
    /// The default chunk length of `--chunks`, where one was given.
    fn default_chunk_length(&self) -> Option<usize>;
    /// Whether `da` is bound to the eager baseline (`--compare-eager`'s second run).
    fn da_is_eager(&self) -> bool;
    /// Whether Ctrl-C was pressed since the cell began.
    fn interrupted(&self) -> bool;
    /// Opens an array in a file or folder; its part of a Zarr group where a component is named.
    fn open(&self, path: &str, format: Option<StoreFormat>, component: Option<&str>) -> Result<Arc<Stored>>;
    /// Computes an array into a file or folder, chunk by chunk.
    fn save(&self, to: &SaveTo, expr: &Expr) -> Result<()>;
}

/// Where an array is saved, and how.
#[derive(Clone, Debug)]
pub struct SaveTo {
    pub path: PathBuf,
    pub format: StoreFormat,
    pub options: CreateOptions,
}

/// What `Client(…)` was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientSettings {
    pub workers: Option<usize>,
    pub threads_per_worker: Option<usize>,
    /// Per worker, as written: `2GB`, or a number of bytes.
    pub memory_limit: Option<String>,
    /// An address of a running scheduler, as the first argument.
    pub address: Option<String>,
    /// All other arguments, as text.
    pub other: Vec<(String, String)>,
}
