//! dka
