//! What stands around a cell while it runs: the engine, the output, clients and random states.
//!
//! The interpreter asks for all of it through [`Outside`]; a comparison has two worlds, of which one computes eagerly.

use crate::data::store::{StoreFormat, Stored};
use crate::data::{Block, Error, Result};
use crate::exec::{Report, Settings as EngineSettings, StageProfile};
use crate::ir::Expr;
use crate::lang::{ClientSettings, Outside, SaveTo};
use crate::shell::calculator::{Calculator, Persisted};
use crate::shell::cli::ChunkLength;
use crate::shell::client::{Clients, Defaults};
use crate::shell::interrupt;
use crate::shell::memory::default_memory_limit;
use crate::shell::output::{Output, write_err};
use crate::shell::progress::Progress;
use crate::shell::random::RandomStates;
use crate::shell::settings::{SETTINGS, Settings};
use crate::shell::store;
use crate::shell::tally::Tally;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Everything a cell may reach that is not a variable.
pub struct World {
    pub output: Output,
    pub settings: RefCell<Settings>,
    /// What the computes since the cell began took.
    pub tally: Cell<Tally>,
    /// What the stages of the computes took, while somebody profiles.
    pub stages: RefCell<Option<Vec<StageProfile>>>,
    /// What the stages of the cell took, where it was profiled.
    pub profiled: RefCell<Vec<StageProfile>>,
    /// Made when something is first computed: a session that computes nothing starts no threads.
    calculator: RefCell<Option<Rc<Calculator>>>,
    persisted: Persisted,
    random: RefCell<RandomStates>,
    clients: RefCell<Clients>,
    /// Whether `da` makes eager arrays.
    eager: bool,
}

impl World {
    /// A world with the settings; nothing is started yet.
    pub fn new(settings: Settings, eager: bool) -> World {
        World {
            output: Output::default(),
            random: RefCell::new(RandomStates::new(settings.seed)),
            settings: RefCell::new(settings),
            tally: Cell::default(),
            stages: RefCell::default(),
            profiled: RefCell::default(),
            calculator: RefCell::default(),
            persisted: Persisted::default(),
            clients: RefCell::default(),
            eager,
        }
    }

    /// Changes a setting by name; what depends on it begins anew.
    ///
    /// # Errors
    /// A line that says what is wrong with the name or the value.
    pub fn configure(&self, name: &str, value: &str) -> std::result::Result<(), String> {
        self.settings.borrow_mut().set(name, value)?;
        if name == "seed" {
            *self.random.borrow_mut() = RandomStates::new(self.settings.borrow().seed);
        }
        self.forget_engine();
        Ok(())
    }

    /// Closes all clients and begins the random states anew, as a new session has them.
    pub fn reset(&self) {
        *self.clients.borrow_mut() = Clients::default();
        *self.random.borrow_mut() = RandomStates::new(self.settings.borrow().seed);
        self.forget_engine();
    }

    /// The calculator on the engine that the client in force and the settings ask for.
    pub fn calculator(&self) -> Rc<Calculator> {
        let new = || Rc::new(Calculator::new(self.engine_settings(), self.persisted.clone()));
        self.calculator.borrow_mut().get_or_insert_with(new).clone()
    }

    fn forget_engine(&self) {
        *self.calculator.borrow_mut() = None;
    }

    fn engine_settings(&self) -> EngineSettings {
        let settings = self.settings.borrow();
        let clients = self.clients.borrow();
        // What the user set is a ceiling: a script's client may ask for less, not for more.
        let (most_threads, most_bytes) = (settings.threads, settings.memory_limit);
        let (threads, memory_limit) = match clients.current() {
            None => (most_threads.unwrap_or_else(cores), most_bytes.unwrap_or_else(default_memory_limit)),
            Some(client) => (
                client.threads().min(most_threads.unwrap_or(usize::MAX)),
                client.memory_limit.min(most_bytes.unwrap_or(u64::MAX)),
            ),
        };
        // The baseline is what NumPy does, which knows no limit but the machine's.
        let memory_limit = if self.eager { memory_limit.max(default_memory_limit()) } else { memory_limit };
        EngineSettings { threads, memory_limit, spill_dir: settings.spill_dir.clone() }
    }

    /// Prints the plan where `--explain` asks for it.
    fn explain_if_asked(&self, exprs: &[Expr]) {
        if self.settings.borrow().explain && !exprs.is_empty() {
            self.output.print(&with_line_end(self.calculator().explain(exprs)));
        }
    }

    fn watcher(&self) -> Progress {
        Progress::new(self.settings.borrow().progress).profiling(self.stages.borrow().is_some())
    }

    fn count(&self, report: &Report, watcher: &Progress) {
        if let Some(stages) = self.stages.borrow_mut().as_mut() {
            stages.extend(watcher.stages());
        }
        let mut tally = self.tally.get();
        tally.add(report);
        self.tally.set(tally);
    }
}

impl Outside for World {
    fn evaluate(&self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        self.calculator().evaluate(exprs)
    }

    fn compute(&self, exprs: &[Expr]) -> Result<Vec<Block>> {
        self.explain_if_asked(exprs);
        let watcher = self.watcher();
        let (blocks, report) = self.calculator().compute(exprs, &watcher)?;
        self.count(&report, &watcher);
        Ok(blocks)
    }

    fn persist(&self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        self.explain_if_asked(exprs);
        let watcher = self.watcher();
        let (held, report) = self.calculator().persist(exprs, &watcher)?;
        self.count(&report, &watcher);
        Ok(held)
    }

    fn print(&self, text: &str) {
        self.output.print(text);
    }

    fn warn(&self, text: &str) {
        if !self.eager {
            write_err(&with_line_end(text.to_string()));
        }
    }

    fn explain(&self, expr: &Expr) -> Result<String> {
        Ok(self.calculator().explain(std::slice::from_ref(expr)))
    }

    fn visualize(&self, expr: &Expr, filename: Option<&str>) -> Result<String> {
        crate::shell::visualize::visualize(expr, filename)
    }

    fn start_client(&self, settings: &ClientSettings) -> Result<u64> {
        let memory = self.settings.borrow().memory_limit.unwrap_or_else(default_memory_limit);
        let handle = self.clients.borrow_mut().start(settings, Defaults { cores: cores(), memory })?;
        self.forget_engine();
        Ok(handle)
    }

    fn close_client(&self, client: u64) -> Result<()> {
        self.clients.borrow_mut().close(client);
        self.forget_engine();
        Ok(())
    }

    fn show_client(&self, client: u64) -> String {
        self.clients.borrow().show(client)
    }

    fn set_option(&self, name: &str, value: &str) -> Result<()> {
        // Dask's names of what dka has; its other options mean nothing here and do no harm.
        let ours = match name {
            "num_workers" | "n_workers" => "threads",
            "temporary_directory" | "temporary-directory" => "spill_dir",
            other => other,
        };
        if SETTINGS.iter().any(|row| row.name == ours) {
            return self.configure(ours, value).map_err(Error::value);
        }
        Ok(())
    }

    fn random_key(&self, generator: Option<u64>) -> (u64, u64) {
        self.random.borrow_mut().next_key(generator)
    }

    fn seed(&self, generator: Option<u64>, seed: Option<u64>) {
        self.random.borrow_mut().seed(generator, seed);
    }

    fn new_generator(&self, seed: Option<u64>) -> u64 {
        self.random.borrow_mut().new_generator(seed)
    }

    fn default_chunk_length(&self) -> Option<usize> {
        match self.settings.borrow().chunks {
            ChunkLength::Auto => None,
            ChunkLength::Length(length) => Some(length),
        }
    }

    fn da_is_eager(&self) -> bool {
        self.eager
    }

    fn interrupted(&self) -> bool {
        interrupt::pressed()
    }

    fn open(&self, path: &str, format: Option<StoreFormat>, component: Option<&str>) -> Result<Arc<Stored>> {
        store::open(path, format, component)
    }

    fn save(&self, to: &SaveTo, expr: &Expr) -> Result<()> {
        let watcher = self.watcher();
        let report = store::save(&self.calculator(), to, expr, &watcher)?;
        self.count(&report, &watcher);
        Ok(())
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn with_line_end(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
