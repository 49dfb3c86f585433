//! The parser against CPython's, against depth, and against noise.

mod oracle;
mod sexpr;
