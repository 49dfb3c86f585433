//! The world around a function that is asked what it plans: nothing that depends on the array which stands for others is
//! computed. Where a function wants such a value, it is refused, and must be called with each of the others.

use crate::data::store::{StoreFormat, Stored};
use crate::data::{Block, Error, Result};
use crate::ir::Expr;
use crate::lang::outside::{ClientSettings, Outside, SaveTo};
use std::sync::Arc;

/// What stands around a traced call.
pub(super) struct Tracing<'a> {
    pub(super) outside: &'a dyn Outside,
    pub(super) stand_in: &'a Expr,
}

impl Tracing<'_> {
    fn refuse(&self, exprs: &[Expr]) -> Result<()> {
        let depends = exprs.iter().any(|expr| expr.nodes().contains(self.stand_in));
        if depends { Err(Error::not_implemented("a value of an array that stands for others")) } else { Ok(()) }
    }

    fn effect<T>(&self) -> Result<T> {
        Err(Error::not_implemented("a traced function has no effects"))
    }
}

impl Outside for Tracing<'_> {
    fn evaluate(&self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        self.refuse(exprs)?;
        self.outside.evaluate(exprs)
    }

    fn compute(&self, exprs: &[Expr]) -> Result<Vec<Block>> {
        self.refuse(exprs)?;
        self.outside.compute(exprs)
    }

    fn persist(&self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        self.refuse(exprs)?;
        self.outside.persist(exprs)
    }

    fn print(&self, text: &str) {
        self.outside.print(text);
    }

    fn warn(&self, text: &str) {
        self.outside.warn(text);
    }

    fn explain(&self, expr: &Expr) -> Result<String> {
        self.refuse(std::slice::from_ref(expr))?;
        self.outside.explain(expr)
    }

    fn visualize(&self, _: &Expr, _: Option<&str>) -> Result<String> {
        self.effect()
    }

    fn start_client(&self, _: &ClientSettings) -> Result<u64> {
        self.effect()
    }

    fn close_client(&self, _: u64) -> Result<()> {
        self.effect()
    }

    fn show_client(&self, client: u64) -> String {
        self.outside.show_client(client)
    }

    fn set_option(&self, _: &str, _: &str) -> Result<()> {
        self.effect()
    }

    fn random_key(&self, _: Option<u64>) -> (u64, u64) {
        // Arrays of this key are seen, and the call is not traced: the keys of the session stay as they are.
        (0, 0)
    }

    fn seed(&self, _: Option<u64>, _: Option<u64>) {}

    fn new_generator(&self, _: Option<u64>) -> u64 {
        0
    }

    fn default_chunk_length(&self) -> Option<usize> {
        self.outside.default_chunk_length()
    }

    fn da_is_eager(&self) -> bool {
        false
    }

    fn interrupted(&self) -> bool {
        self.outside.interrupted()
    }

    fn open(&self, path: &str, format: Option<StoreFormat>, component: Option<&str>) -> Result<Arc<Stored>> {
        self.outside.open(path, format, component)
    }

    fn save(&self, _: &SaveTo, _: &Expr) -> Result<()> {
        self.effect()
    }
}
