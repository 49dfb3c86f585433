//! Chunk arguments in every spelling that Dask takes.
//!
//! `"auto"` aims at chunks of 128 MiB with sides of equal length; axes shorter than that side are left whole.

use crate::data::{Chunks, Cuts, DType, Error, Place, Result, UNKNOWN, normalize_axis};
use crate::ops::function::{Arg, Call, Host, Mode};
use num_traits::ToPrimitive;

/// What `"auto"` aims at, as Dask does.
pub const AUTO_BYTES: usize = 128 << 20;

/// How one axis is to be cut.
enum Cut {
    Sizes(Cuts),
    Auto(usize),
}

impl Call<'_> {
    /// The chunks of a `chunks=` argument for a new array; eager arrays are one chunk.
    pub(crate) fn chunks(&self, name: &str, shape: &[usize], dtype: DType) -> Result<Chunks> {
        if self.mode == Mode::Eager {
            return Ok(Chunks::whole(shape));
        }
        parse_chunks(self.get(name), shape, dtype, self.host)
    }
}

/// The chunk grid that an argument means for a shape: an int, a tuple of ints or of tuples, `-1`, `None`, `"auto"`,
/// a size in bytes, a dict by axis, or a mixture. `None` on its own and `"auto"` follow the session's default length.
///
/// # Errors
/// `ValueError` where the chunks do not fit the shape or the text is not understood.
pub fn parse_chunks(arg: &Arg, shape: &[usize], dtype: DType, host: &dyn Host) -> Result<Chunks> {
    let length = host.default_chunk_length();
    if let (Arg::None, Some(n)) = (arg, length) {
        return Ok(Chunks(shape.iter().map(|&len| Cuts::regular(len, n)).collect()));
    }
    let cuts = axes_of(arg, shape, length)?;
    let autos: Vec<usize> =
        cuts.iter().filter_map(|c| if let Cut::Auto(bytes) = c { Some(*bytes) } else { None }).collect();
    let budget = autos.into_iter().min().unwrap_or(AUTO_BYTES) / dtype.itemsize();
    Ok(Chunks(resolve(cuts, shape, budget)))
}

fn axes_of(arg: &Arg, shape: &[usize], length: Option<usize>) -> Result<Vec<Cut>> {
    match arg {
        Arg::Tuple(items) | Arg::List(items) if items.is_empty() && shape.is_empty() => Ok(vec![]),
        Arg::Tuple(items) | Arg::List(items) if items.len() == shape.len() => {
            items.iter().zip(shape).map(|(item, &len)| axis_of(item, len, length)).collect()
        }
        Arg::Tuple(items) | Arg::List(items) if shape.len() == 1 && items.iter().all(|i| matches!(i, Arg::Int(_))) => {
            Ok(vec![axis_of(arg, shape[0], length)?])
        }
        Arg::Tuple(items) | Arg::List(items) => Err(Error::value(format!(
            "chunks and shape must be of the same length/dimension: {} against {}",
            items.len(),
            shape.len()
        ))
        .at(Place::Param("chunks"), "one entry an axis")),
        Arg::Dict(entries) => by_axis(entries, shape, length),
        Arg::None => shape.iter().map(|&n| axis_of(&Arg::Str("auto".into()), n, length)).collect(),
        single => shape.iter().map(|&n| axis_of(single, n, length)).collect(),
    }
}

fn by_axis(entries: &[(Arg, Arg)], shape: &[usize], length: Option<usize>) -> Result<Vec<Cut>> {
    let mut cuts: Vec<Cut> = shape.iter().map(|&n| Cut::Sizes(Cuts::whole(n))).collect();
    for (axis, value) in entries {
        let Arg::Int(axis) = axis else { return Err(Error::type_("a dict of chunks has axes as its keys")) };
        let axis = normalize_axis(axis.to_i64().unwrap_or(i64::MAX), shape.len())?;
        cuts[axis] = axis_of(value, shape[axis], length)?;
    }
    Ok(cuts)
}

fn axis_of(arg: &Arg, len: usize, length: Option<usize>) -> Result<Cut> {
    match arg {
        Arg::None => Ok(Cut::Sizes(Cuts::whole(len))),
        Arg::Int(_) | Arg::Scalar(_) | Arg::Float(_) => one_size(arg, len).map(Cut::Sizes),
        Arg::Str(text) if text == "auto" => Ok(match length {
            Some(n) => Cut::Sizes(Cuts::regular(len, n)),
            None => Cut::Auto(AUTO_BYTES),
        }),
        Arg::Str(text) => parse_bytes(text).map(Cut::Auto),
        Arg::Tuple(items) | Arg::List(items) => listed(items, len).map(Cut::Sizes),
        other => Err(Error::type_(format!("chunks cannot be of type {}", other.type_name()))
            .at(Place::Param("chunks"), "an int, a tuple, a dict, \"auto\" or a size in bytes is meant")),
    }
}

fn size(arg: &Arg) -> Option<i64> {
    match arg {
        Arg::Int(n) => n.to_i64(),
        Arg::Scalar(value) => value.as_integer().and_then(|n| n.to_i64()),
        Arg::Float(v) if v.is_nan() => Some(i64::MAX),
        _ => None,
    }
}

fn one_size(arg: &Arg, len: usize) -> Result<Cuts> {
    match size(arg) {
        Some(-1) => Ok(Cuts::whole(len)),
        Some(n) if n > 0 || len == 0 => {
            Ok(if len == UNKNOWN { Cuts::whole(len) } else { Cuts::regular(len, n as usize) })
        }
        _ => {
            Err(Error::value("chunk lengths must be positive, or -1 for a whole axis")
                .at(Place::Param("chunks"), "here"))
        }
    }
}

fn listed(items: &[Arg], len: usize) -> Result<Cuts> {
    if len == UNKNOWN {
        return Ok(Cuts::whole(len));
    }
    let wrong = || Error::value("chunk lengths are whole numbers").at(Place::Param("chunks"), "here");
    let sizes = items.iter().map(|i| size(i).and_then(|n| usize::try_from(n).ok()).ok_or_else(wrong));
    let sizes = sizes.collect::<Result<Vec<usize>>>()?;
    let sum: usize = sizes.iter().fold(0, |sum, &n| sum.saturating_add(n));
    if sum != len {
        return Err(Error::value(format!("chunks do not add up to shape: {sum} against {len}"))
            .at(Place::Param("chunks"), format!("they add up to {sum}")));
    }
    let kept: Vec<usize> = sizes.iter().copied().filter(|&n| n > 0 || len == 0).collect();
    Ok(Cuts::from_sizes(&kept))
}

/// A size in bytes such as `64 MiB`, `1.5GB` or `1000`.
fn parse_bytes(text: &str) -> Result<usize> {
    const UNITS: &[(&str, f64)] = &[
        ("", 1.0),
        ("b", 1.0),
        ("k", 1e3),
        ("kb", 1e3),
        ("m", 1e6),
        ("mb", 1e6),
        ("g", 1e9),
        ("gb", 1e9),
        ("tb", 1e12),
        ("kib", 1024.0),
        ("mib", 1048576.0),
        ("gib", 1073741824.0),
        ("tib", 1099511627776.0),
    ];
    let bare: String = text.to_lowercase().split_whitespace().collect();
    let at = bare.find(|c: char| c.is_ascii_alphabetic() && c != 'e').unwrap_or(bare.len());
    let (number, unit) = bare.split_at(at);
    let factor = UNITS.iter().find(|u| u.0 == unit).map(|u| u.1);
    let value = if number.is_empty() { Some(1.0) } else { number.parse::<f64>().ok() };
    match (value, factor) {
        (Some(value), Some(factor)) if !bare.is_empty() && value > 0.0 => Ok((value * factor) as usize),
        _ => Err(Error::value(format!("could not interpret '{text}' as a number of bytes"))
            .at(Place::Param("chunks"), "\"auto\" or a size such as \"64 MiB\" is meant")),
    }
}

fn resolve(cuts: Vec<Cut>, shape: &[usize], budget: usize) -> Vec<Cuts> {
    let mut open: Vec<usize> = (0..cuts.len()).filter(|&i| matches!(cuts[i], Cut::Auto(_))).collect();
    let mut out: Vec<Option<Cuts>> =
        cuts.into_iter().map(|c| if let Cut::Sizes(cuts) = c { Some(cuts) } else { None }).collect();
    let mut taken: f64 = out.iter().flatten().map(|c| c.largest().max(1) as f64).product();
    while !open.is_empty() {
        let side = (budget as f64 / taken).max(1.0).powf(1.0 / open.len() as f64);
        let small: Vec<usize> =
            open.iter().copied().filter(|&i| (shape[i] as f64) < side || shape[i] == UNKNOWN).collect();
        if small.is_empty() {
            open.drain(..).for_each(|i| out[i] = Some(Cuts::regular(shape[i], side as usize)));
        }
        for i in small {
            taken *= shape[i].max(1) as f64;
            out[i] = Some(Cuts::whole(shape[i]));
            open.retain(|&j| j != i);
        }
    }
    out.into_iter().zip(shape).map(|(cuts, &n)| cuts.unwrap_or_else(|| Cuts::whole(n))).collect()
}

#[cfg(test)]
mod tests {
    use super::parse_chunks;
    use crate::data::{Block, DType, Result};
    use crate::ir::Expr;
    use crate::ops::function::{Arg, Callable, Host};

    /// A session that knows nothing.
    struct Silent;

    impl Host for Silent {
        fn values(&self, _: &[Expr]) -> Result<Vec<Block>> {
            Ok(vec![])
        }
        fn call(&self, _: &Callable, _: Vec<Arg>) -> Result<Arg> {
            Ok(Arg::None)
        }
        fn call_named(&self, _: &Callable, _: Vec<Arg>, _: Vec<(&'static str, Arg)>) -> Result<Arg> {
            Ok(Arg::None)
        }
        fn call_eagerly(&self, _: &Callable, _: Vec<Arg>) -> Result<Arg> {
            Ok(Arg::None)
        }
        fn trace(&self, _: &Callable, _: Vec<Arg>, _: &Expr) -> Result<Arg> {
            Ok(Arg::None)
        }
        fn random_key(&self, _: Option<u64>) -> (u64, u64) {
            (0, 0)
        }
        fn seed(&self, _: Option<u64>, _: Option<u64>) {}
        fn new_generator(&self, _: Option<u64>) -> u64 {
            0
        }
        fn default_chunk_length(&self) -> Option<usize> {
            None
        }
        fn warn(&self, _: &str) {}
    }

    fn int(n: i64) -> Arg {
        Arg::Int(n.into())
    }

    fn shown(arg: &Arg, shape: &[usize]) -> String {
        match parse_chunks(arg, shape, DType::Float64, &Silent) {
            Ok(chunks) => chunks.show(),
            Err(error) => error.message,
        }
    }

    #[test]
    fn every_spelling_of_chunks_is_understood() {
        let tuple = |items: Vec<Arg>| Arg::Tuple(items);
        let sizes = tuple(vec![int(3), int(1)]);
        let cases = [
            (int(3), "((3, 1), (3, 2))"),
            (tuple(vec![int(2), int(-1)]), "((2, 2), (5,))"),
            (tuple(vec![sizes.clone(), Arg::None]), "((3, 1), (5,))"),
            (Arg::Dict(vec![(int(-1), int(4))]), "((4,), (4, 1))"),
            (Arg::Str("auto".into()), "((4,), (5,))"),
            (Arg::Str("64 B".into()), "((2, 2), (2, 2, 1))"),
            (tuple(vec![sizes, sizes_of(&[2, 2])]), "chunks do not add up to shape: 4 against 5"),
        ];
        for (arg, expected) in cases {
            assert_eq!(shown(&arg, &[4, 5]), expected, "{arg:?}");
        }
    }

    fn sizes_of(sizes: &[i64]) -> Arg {
        Arg::Tuple(sizes.iter().map(|&n| int(n)).collect())
    }

    #[test]
    fn auto_cuts_where_dask_cuts() {
        let auto = Arg::Str("auto".into());
        let size = |shape: &[usize]| {
            parse_chunks(&auto, shape, DType::Float64, &Silent).map(|c| c.chunksize()).unwrap_or_default()
        };
        assert_eq!(size(&[10_000, 10_000]), [4096, 4096]);
        assert_eq!(size(&[100, 10_000_000]), [100, 167_772]);
    }
}
