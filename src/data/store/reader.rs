//! What every format's reader does, and the checks that come before it.

use crate::data::{Error, Region, Result, show_shape};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

static BYTES_READ: AtomicU64 = AtomicU64::new(0);

/// Bytes that were read from the files of stores since the program began.
pub fn bytes_read() -> u64 {
    BYTES_READ.load(Ordering::Relaxed)
}

/// Counts bytes that were read from a file.
pub(super) fn count_read(bytes: usize) {
    BYTES_READ.fetch_add(bytes as u64, Ordering::Relaxed);
}

/// An opened array.
pub(super) trait Reader: Send + Sync {
    /// Fills `out` with the elements of a box that lies in the shape: C order, the machine's byte order, as
    /// bytes. A byte of a bool is true where it is not zero.
    fn read(&self, region: &Region, out: &mut [u8]) -> Result<()>;

    /// The number of the file in the store of loaded blocks, where a part of a chunk costs as much to read as the whole.
    fn whole_chunks(&self) -> Option<u64> {
        None
    }
}

/// Opened files that are not part of what a stored array is: any two are equal.
#[derive(Clone, Default)]
pub(super) struct Handle(OnceLock<Arc<dyn Reader>>);

impl Handle {
    /// A handle on what is already open.
    pub(super) fn opened(reader: impl Reader + 'static) -> Handle {
        Handle(OnceLock::from(Arc::new(reader) as Arc<dyn Reader>))
    }

    /// What is open, opened by `open` where nothing is yet.
    pub(super) fn get_or_open(&self, open: impl FnOnce() -> Result<Arc<dyn Reader>>) -> Result<Arc<dyn Reader>> {
        if let Some(reader) = self.0.get() {
            return Ok(reader.clone());
        }
        let reader = open()?;
        Ok(self.0.get_or_init(|| reader).clone())
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.get().is_some() { "open" } else { "closed" })
    }
}

impl PartialEq for Handle {
    fn eq(&self, _: &Handle) -> bool {
        true
    }
}

impl Eq for Handle {}

impl std::hash::Hash for Handle {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// Refuses a box that leaves a shape.
pub(in crate::data) fn region_fits(path: &Path, shape: &[usize], region: &Region) -> Result<()> {
    let axes = region.start.len() == shape.len() && region.len.len() == shape.len();
    let inside = |((&start, &len), &n): ((&usize, &usize), &usize)| start.checked_add(len).is_some_and(|end| end <= n);
    if axes && region.start.iter().zip(&region.len).zip(shape).all(inside) {
        return Ok(());
    }
    let (start, len) = (show_shape(&region.start), show_shape(&region.len));
    let path = path.display();
    Err(Error::index(format!("{path}: a box of {len} from {start} leaves the array of shape {}", show_shape(shape))))
}

/// Turns the bytes of elements of `width` around, in place.
pub(super) fn swap_bytes(bytes: &mut [u8], width: usize) {
    match width {
        2 => swap_each::<2>(bytes),
        4 => swap_each::<4>(bytes),
        8 => swap_each::<8>(bytes),
        _ => {}
    }
}

fn swap_each<const N: usize>(bytes: &mut [u8]) {
    for element in bytes.as_chunks_mut::<N>().0 {
        element.reverse();
    }
}
