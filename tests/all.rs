//! The whole suite in one binary: one link, one start.

mod accuracy;
mod cli;
mod draw;
mod engine;
mod examples;
mod house;
mod kernels;
mod memory;
mod notebook;
mod properties;
mod stores;
mod syntax;
mod text;
