//! The whole suite in one binary: one link, one start.

mod stores;
mod accuracy;
mod draw;
mod text;
mod syntax;
