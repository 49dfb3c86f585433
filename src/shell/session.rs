//! A session: the interpreter, the world around it, and the cells that were run.

use crate::lang::Interpreter;
use crate::shell::settings::Settings;
use crate::shell::world::World;
use std::rc::Rc;

/// Stack of the thread that runs cells, and how much of it evaluation may use: the rest is for parsing and dropping.
pub const STACK_BYTES: usize = 256 * 1024 * 1024;
const EVALUATION_STACK_BYTES: usize = 64 * 1024 * 1024;

/// The state that outlives a cell.
pub struct Session {
    pub interpreter: Interpreter,
    pub world: Rc<World>,
    /// The sources of the cells that were run, the first is cell 1.
    pub history: Vec<String>,
    /// How deep scripts run each other by `%run`.
    pub depth: usize,
    /// Whether a person types the cells.
    pub interactive: bool,
    /// What the next prompt begins with.
    pub next_input: Option<String>,
}

impl Session {
    /// A session; `eager` binds `da` to the eager baseline.
    pub fn new(settings: Settings, eager: bool) -> Session {
        let interpreter = Interpreter::new();
        interpreter.allow_stack(EVALUATION_STACK_BYTES);
        Session {
            interpreter,
            world: Rc::new(World::new(settings, eager)),
            history: Vec::new(),
            depth: 0,
            interactive: false,
            next_input: None,
        }
    }

    /// Prints text as a result.
    pub fn print(&self, text: &str) {
        self.world.output.print(text);
    }
}
