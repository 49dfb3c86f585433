//! All families of functions, and how a name is found in them.

use crate::data::{Error, nearest};
use crate::ops::function::{
    Function, arithmetic, comparison, creation, cross, dask_algebra, decompositions, descriptions, diagonals, drawing,
    einsum, elementwise, exponential, fft, functional, grids, histograms, joining, lengthening, linear_algebra, logic,
    moments, norms, overlap, padding, polynomial, random, ranges, reductions, scans, selection, sets, shape, sliding,
    sorting, statistics, turning, windows,
};

/// Every row of the language, by family.
pub static FAMILIES: &[&[Function]] = &[
    creation::ROWS,
    ranges::ROWS,
    arithmetic::ROWS,
    exponential::ROWS,
    comparison::ROWS,
    elementwise::ROWS,
    reductions::ROWS,
    moments::ROWS,
    scans::ROWS,
    shape::ROWS,
    joining::ROWS,
    selection::ROWS,
    decompositions::ROWS,
    dask_algebra::ROWS,
    diagonals::ROWS,
    einsum::ROWS,
    fft::ROWS,
    histograms::ROWS,
    grids::ROWS,
    lengthening::ROWS,
    linear_algebra::ROWS,
    cross::ROWS,
    logic::ROWS,
    norms::ROWS,
    padding::ROWS,
    polynomial::ROWS,
    random::ROWS,
    sets::ROWS,
    sorting::ROWS,
    statistics::ROWS,
    windows::ROWS,
    sliding::ROWS,
    drawing::ROWS,
    descriptions::ROWS,
    functional::ROWS,
    overlap::ROWS,
    turning::ROWS,
];

/// The row of a name such as `mean` or `linalg.norm`.
pub fn find(name: &str) -> Option<&'static Function> {
    all().find(|row| row.name == name)
}

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().copied().flatten()
}

/// The rows that arrays have as methods.
pub fn methods() -> impl Iterator<Item = &'static Function> {
    all().filter(|row| row.method)
}

/// The error of a name that is in no family, with the nearest one that is.
pub fn unknown(module: &str, name: &str) -> Error {
    let error = Error::attribute(format!("module '{module}' has no attribute '{name}'"));
    match nearest(name, all().map(|row| row.name)) {
        Some(meant) => error.help(format!("unknown function `{name}`: did you mean `{meant}`?")),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::{all, find, unknown};
    use std::collections::HashSet;

    #[test]
    fn names_are_unique() {
        let mut seen = HashSet::new();
        let doubled: Vec<&str> = all().map(|row| row.name).filter(|name| !seen.insert(*name)).collect();
        assert_eq!(doubled, Vec::<&str>::new());
    }

    #[test]
    fn every_row_says_what_it_does_in_a_sentence() {
        let mute: Vec<&str> =
            all().filter(|row| !row.doc.ends_with('.') || row.example.is_empty()).map(|row| row.name).collect();
        assert_eq!(mute, Vec::<&str>::new());
    }

    #[test]
    fn a_mistyped_name_finds_the_one_that_was_meant() {
        assert!(find("maen").is_none());
        assert_eq!(unknown("numpy", "maen").help, ["unknown function `maen`: did you mean `mean`?"]);
    }
}
