//! A bug in dka is the cell's error, not the session's end.

use crate::shell::diagnose::Problem;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Panics say nothing on their own: what they say becomes the cell's error.
pub fn hush() {
    if std::env::var_os("DKA_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

/// The answer of `work`, or the problem that its panic is.
///
/// # Errors
/// The problem of `work`, or an internal error.
pub fn caught<T>(work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    // What a panic leaves half done are variables of the session, and each of them is either old or new.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(internal_error(&*payload)))
}

fn internal_error(payload: &(dyn Any + Send)) -> Problem {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("unknown cause");
    Problem::new("RuntimeError", format!("internal error: {text} (this is a bug in dka)"))
        .help("the variables are as they were; a report with the cell's source would help to mend it")
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_is_an_internal_error() {
        let problem = caught::<()>(|| panic!("index {} of 3", 7)).expect_err("a panic");
        assert_eq!(problem.kind, "RuntimeError");
        assert_eq!(problem.message, "internal error: index 7 of 3 (this is a bug in dka)");
    }
}
