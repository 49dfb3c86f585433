//! Files and folders that are to go when the program ends, however it ends: those of a program that is told to end at once
//! are removed here, those of one that died by the next (see [`super::spill::remove_dead`]).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How often a folder is tried again that other threads still write into.
const TRIES: usize = 5;

static PATHS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn paths() -> MutexGuard<'static, Vec<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a path that is to go.
pub(super) fn note(path: &Path) {
    paths().push(path.to_path_buf());
}

/// Forgets a path that went, or that stays.
pub(super) fn forget(path: &Path) {
    paths().retain(|noted| noted != path);
}

/// Removes what was noted: the program ends now.
pub fn remove_all() {
    for path in paths().iter() {
        let gone =
            |_: &usize| if path.is_dir() { fs::remove_dir_all(path).is_ok() } else { fs::remove_file(path).is_ok() };
        let _ = (0..TRIES).find(gone);
    }
}
