//! Arrays in files for the language: opened as they are, saved by computing them chunk by chunk.

use crate::data::store::{StoreFormat, Stored, Writer};
use crate::data::{Chunks, Cuts, Result};
use crate::exec::{Destination, Report, Watch};
use crate::ir::Expr;
use crate::lang::SaveTo;
use crate::ops::primitive::rechunk;
use crate::shell::calculator::Calculator;
use std::sync::Arc;

/// The array at a path.
///
/// # Errors
/// Where there is no array of a known format, or it is damaged.
pub fn open(path: &str, format: Option<StoreFormat>, component: Option<&str>) -> Result<Arc<Stored>> {
    let stored = match component {
        Some(component) => Stored::open_component(path, component)?,
        None => Stored::open(path, format)?,
    };
    Ok(Arc::new(stored))
}

/// Computes an array into a path; every stored chunk is written by one task.
///
/// # Errors
/// What an operation refuses, or what the file system says; nothing is left behind then.
pub fn save(calculator: &Calculator, to: &SaveTo, expr: &Expr, watch: &dyn Watch) -> Result<Report> {
    let mut options = to.options.clone();
    options.chunks = stored_grid(to, &expr.chunks);
    let expr = rechunk(expr, options.chunks.clone());
    let writer = Writer::create(&to.path, to.format, &options)?;
    let destination = if to.format == StoreFormat::Zarr { Destination::Encoded } else { Destination::Written };
    let report = calculator.write(&expr, &|region, block| writer.write(region, block), destination, watch)?;
    writer.finish()?;
    Ok(report)
}

/// The grid in which an array is stored: regular for Zarr, cut along one axis for a stack.
fn stored_grid(to: &SaveTo, chunks: &Chunks) -> Chunks {
    let regular = |cuts: &Cuts| Cuts::regular(cuts.len(), cuts.largest().max(1));
    match to.format {
        StoreFormat::Zarr => Chunks(chunks.0.iter().map(regular).collect()),
        StoreFormat::Npy => chunks.clone(),
        StoreFormat::NpyStack => {
            let axes = chunks.0.iter().enumerate();
            Chunks(
                axes.map(|(axis, cuts)| if axis == to.options.axis { cuts.clone() } else { Cuts::whole(cuts.len()) })
                    .collect(),
            )
        }
    }
}
