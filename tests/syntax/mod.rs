//! The parser against CPython's, against depth, against noise, and in its own words.

mod depth;
mod lines;
mod messages;
mod noise;
mod oracle;
mod sexpr;
