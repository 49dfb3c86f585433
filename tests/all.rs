//! The whole suite in one binary: one link, one start.

mod stores;
mod accuracy;
mod text;
mod syntax;
