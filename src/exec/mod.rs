//! Plans to blocks: the tile executor, its stages, memory, cancellation and the eager baseline.

mod aggregate;
mod ahead;
mod at_once;
mod boxes;
mod context;
mod contract;
mod copy;
mod demand;
mod discrete;
mod distribution;
mod eager;
mod engine;
mod fold;
mod folded;
mod fused;
mod gathered;
mod generate;
mod joined;
#[cfg(target_os = "linux")]
mod large_pages;
mod layout;
mod line;
mod locate;
mod made;
mod meter;
mod parts;
mod prepare;
mod profile;
mod projection;
mod put_together;
mod ranks;
mod read;
mod rebox;
mod registers;
mod reshaped;
mod run;
mod runner;
mod sampling;
mod scan;
mod select;
mod taken;
mod tape;
mod target;
mod watch;
mod whole;

pub use crate::data::interrupt;
pub use context::{Allowance, BlockWriter};
pub use eager::eager_threads;
pub use engine::{Engine, Report, Settings, default_memory_limit, gather};
#[cfg(target_os = "linux")]
pub use large_pages::{LargePages, keep_heaps};
pub use meter::{resident_besides, resident_bytes, trim_heaps};
pub use profile::{KernelTime, StageProfile};
pub use projection::{Destination, Projection, Team, project};
pub use rebox::rebox;
pub use watch::{Event, Unwatched, Watch};
