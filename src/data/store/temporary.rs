//! Writing under a temporary name beside the target, so that a torn write never looks complete.
//!
//! This guards against a process that ends early. It does not flush the disk's own cache, as `np.save` does not.

use crate::data::{Error, ErrorKind, Result, leftovers, of_file};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A file or folder beside its target, removed on drop unless it was published.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    target: PathBuf,
}

impl Temporary {
    /// An empty file for a target; opened to be written.
    pub(super) fn file(target: &Path) -> Result<(Temporary, File)> {
        // A link is followed, so that the file it leads to is replaced and the link stays.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_path_buf());
        Temporary::make(&target, |path| OpenOptions::new().read(true).write(true).create_new(true).open(path))
    }

    /// An empty folder for a target, in the nearest folder above it that exists once `depth` of them may not.
    pub(super) fn folder(target: &Path, depth: usize) -> Result<Temporary> {
        let near = target.ancestors().nth(depth).unwrap_or(target);
        let (mut temporary, ()) = Temporary::make(near, |path| fs::create_dir(path))?;
        temporary.target = target.to_path_buf();
        Ok(temporary)
    }

    fn make<T>(target: &Path, make: impl Fn(&Path) -> std::io::Result<T>) -> Result<(Temporary, T)> {
        let path = target.with_file_name(unique_name(".dka-", ".partial"));
        match make(&path) {
            Ok(made) => {
                leftovers::note(&path);
                Ok((Temporary { path, target: target.to_path_buf() }, made))
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let message = format!("{}: the folder {} does not exist", target.display(), folder.display());
                Err(Error::new(ErrorKind::FileNotFoundError, message))
            }
            Err(cause) => Err(of_file(target, &cause)),
        }
    }

    /// The temporary name.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the target's name to what was written, replacing a file or an empty folder.
    pub(super) fn publish(self) -> Result<PathBuf> {
        fs::rename(&self.path, &self.target).map_err(|cause| of_file(&self.target, &cause))?;
        Ok(self.forget())
    }

    /// Gives the target's name to a written folder; the folder that had it is removed afterwards.
    pub(super) fn publish_over(self) -> Result<PathBuf> {
        if !self.target.exists() {
            return self.publish();
        }
        let old = exchange(&self.path, &self.target)?;
        let target = self.forget();
        fs::remove_dir_all(&old).map_err(|cause| of_file(&old, &cause))?;
        Ok(target)
    }

    fn forget(mut self) -> PathBuf {
        leftovers::forget(&self.path);
        self.path = PathBuf::new();
        std::mem::take(&mut self.target)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.path.as_os_str().is_empty() {
            return;
        }
        // Best effort: there is nobody to tell, and the name says what it is.
        leftovers::forget(&self.path);
        let _ = if self.path.is_dir() { fs::remove_dir_all(&self.path) } else { fs::remove_file(&self.path) };
    }
}

/// Lets two folders change names; returns where the old one is now.
fn exchange(new: &Path, target: &Path) -> Result<PathBuf> {
    if swap_names(new, target) {
        return Ok(new.to_path_buf());
    }
    let aside = target.with_file_name(unique_name(".dka-", ".old"));
    fs::rename(target, &aside).map_err(|cause| of_file(target, &cause))?;
    if let Err(cause) = fs::rename(new, target) {
        fs::rename(&aside, target).map_err(|cause| of_file(&aside, &cause))?;
        return Err(of_file(target, &cause));
    }
    Ok(aside)
}

/// One step of the system where it has one: at no moment is the target missing.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn swap_names(a: &Path, b: &Path) -> bool {
    use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
    renameat2(AT_FDCWD, a, AT_FDCWD, b, RenameFlags::RENAME_EXCHANGE).is_ok()
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn swap_names(_: &Path, _: &Path) -> bool {
    false
}

/// A name no one else has: the process, the time, and a count.
pub(in crate::data) fn unique_name(before: &str, after: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| at.as_nanos() as u64);
    format!("{before}{}-{:x}{after}", std::process::id(), now.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(count))
}
