//! Arrays in files for the language: opened as lazy arrays, saved by computing them.

use crate::data::store::{CreateOptions, Stored, StoreFormat, Writer};
use crate::data::{Chunks, Cuts, Error, Region, Result};
use crate::ir::Expr;
use crate::lang::Outside;
use crate::ops::primitive::{Pick, pick, stored};
use crate::shell::world::World;
use std::path::Path;
use std::sync::Arc;

/// Larger arrays are computed and written band after band, so that saving needs little memory.
const BAND_BYTES: usize = 256 * 1024 * 1024;
/// Chunks of what is stored in one piece.
const CHUNK_BYTES: usize = 128 * 1024 * 1024;

/// The array at a path, in the chunks it is stored in.
///
/// # Errors
/// Where there is no array of a known format.
pub fn load(path: &str) -> Result<Expr> {
    let array = Stored::open(path, None)?;
    let chunks = match array.format {
        StoreFormat::Npy => Chunks(bands_of(&array.shape, array.dtype.itemsize(), CHUNK_BYTES)),
        _ => array.chunks.clone(),
    };
    Ok(stored(Arc::new(array), chunks))
}

/// Computes an array into a path: `.npy` where it ends so, else Zarr. A Zarr array that is there is replaced.
///
/// # Errors
/// What computing failed with, or where the file cannot be written.
pub fn save(world: &World, path: &str, expr: &Expr) -> Result<()> {
    let npy = Path::new(path).extension().is_some_and(|extension| extension == "npy");
    let format = if npy { StoreFormat::Npy } else { StoreFormat::Zarr };
    let size = expr.chunks.chunksize();
    let grid = Chunks(expr.shape.iter().zip(size).map(|(&len, size)| Cuts::regular(len, size)).collect());
    let options = CreateOptions { overwrite: true, ..CreateOptions::new(&expr.shape, expr.dtype, grid.clone()) };
    let writer = Writer::create(path, format, &options)?;
    for region in bands(expr, &grid) {
        let band = cut(expr, &region);
        let block = world.compute(&[band])?.pop().ok_or_else(|| Error::runtime("nothing was computed"))?;
        writer.write(&region, &block)?;
    }
    writer.finish().map(|_| ())
}

/// Boxes of whole rows of chunks along the first axis, each of about [`BAND_BYTES`].
fn bands(expr: &Expr, grid: &Chunks) -> Vec<Region> {
    let whole = Region::all(&expr.shape);
    let (Some(bytes), Some(rows)) = (expr.nbytes(), grid.0.first()) else { return vec![whole] };
    if bytes <= BAND_BYTES || rows.len() == 0 {
        return vec![whole];
    }
    let row_bytes = (bytes / rows.len()).max(1);
    let height = (BAND_BYTES / row_bytes / rows.largest()).max(1) * rows.largest();
    let band = |start: usize| {
        let mut region = whole.clone();
        region.start[0] = start;
        region.len[0] = height.min(rows.len() - start);
        region
    };
    (0..rows.len()).step_by(height).map(band).collect()
}

fn cut(expr: &Expr, region: &Region) -> Expr {
    match (region.start.first(), region.len.first()) {
        (Some(&start), Some(&len)) if len < expr.shape[0] => pick(expr, &[Pick::Slice { start, step: 1, len }]),
        _ => expr.clone(),
    }
}

/// Cuts along the first axis into chunks of at most so many bytes.
fn bands_of(shape: &[usize], itemsize: usize, most: usize) -> Vec<Cuts> {
    let row: usize = shape.iter().skip(1).product::<usize>().max(1) * itemsize;
    let cut = |(axis, &len): (usize, &usize)| if axis == 0 { Cuts::regular(len, (most / row).max(1)) } else { Cuts::whole(len) };
    shape.iter().enumerate().map(cut).collect()
}
