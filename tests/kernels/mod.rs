//! Every elementwise kernel against what NumPy gives: `cases.json`, written by `scripts/dev/kernel_oracle.py`.
//!
//! Integers and bools exactly, floats within 4 steps, complex numbers within 4 steps of their larger part.

mod bits;
mod products;
mod timing;

use bits::{compare, elements_of, tile_of};
use dka::data::{DType, Result, Scalar};
use dka::ir::Kernel;
use dka::ops::primitive::map::{kernel_named, loop_dtypes, run};
use dka::ops::tile::{Operand, Tile};
use serde_json::Value;
use std::collections::HashMap;

/// Repeats of the values of a case, so that both the short and the long way through a tile are taken.
const REPEATS: [usize; 2] = [1, 40];

fn kernel_of(name: &str) -> Kernel {
    match name {
        "frexp_mantissa" => Kernel::FrexpMantissa,
        "frexp_exponent" => Kernel::FrexpExponent,
        name => kernel_named(name).expect("a kernel's name"),
    }
}

/// The values of all combinations of lists, the last one varying fastest.
fn combined(lists: &[&Vec<Scalar>]) -> Vec<Vec<Scalar>> {
    let total: usize = lists.iter().map(|list| list.len()).product();
    let mut inner = total;
    let column = |list: &&Vec<Scalar>| {
        inner /= list.len();
        (0..total).map(|i| list[i / inner % list.len()]).collect()
    };
    lists.iter().map(column).collect()
}

/// Casts the columns to the kernel's dtypes and runs it on them.
fn evaluate(kernel: Kernel, columns: &[Vec<Scalar>], to: Option<DType>) -> Result<Tile> {
    let dtypes: Vec<DType> = columns.iter().map(|column| column[0].dtype()).collect();
    let (wanted, out) = loop_dtypes(kernel, &dtypes)?;
    let out = if kernel == Kernel::Cast { to.unwrap_or(out) } else { out };
    let len = columns[0].len();
    let mut operands = Vec::new();
    for (column, dtype) in columns.iter().zip(wanted) {
        let values = tile_of(column);
        let mut tile = Tile::new(dtype, len);
        run(Kernel::Cast, &[Operand::Slice(values.read(len))], tile.write(len))?;
        operands.push(tile);
    }
    let args: Vec<Operand<'_>> = operands.iter().map(|tile| Operand::Slice(tile.read(len))).collect();
    let mut result = Tile::new(out, len);
    run(kernel, &args, result.write(len))?;
    check_scalars(kernel, &args, &result, len)?;
    Ok(result)
}

/// A scalar operand gives what a slice of it gives, on either side.
fn check_scalars(kernel: Kernel, args: &[Operand<'_>], result: &Tile, len: usize) -> Result<()> {
    if kernel == Kernel::Power || len < 3 {
        return Ok(());
    }
    for side in 0..args.len() {
        let Operand::Slice(elements) = args[side] else { continue };
        let at = len / 3;
        let mut args = args.to_vec();
        args[side] = Operand::Scalar(elements.get(at));
        let mut other = Tile::new(result.read(len).dtype(), len);
        run(kernel, &args, other.write(len))?;
        let (got, wanted) = (other.read(len).get(at), result.read(len).get(at));
        assert!(compare(got, wanted), "{kernel:?} with a scalar at {side}: {got:?}, not {wanted:?}");
    }
    Ok(())
}

fn check(case: &Value, lists: &HashMap<String, Vec<Scalar>>) -> std::result::Result<(), String> {
    let name = case[0].as_str().expect("a kernel");
    let names: Vec<&str> = case[1].as_array().expect("lists").iter().map(|n| n.as_str().expect("a name")).collect();
    let columns = combined(&names.iter().map(|n| &lists[*n]).collect::<Vec<_>>());
    let out = case[2].as_str().expect("a dtype or an error");
    for repeats in REPEATS {
        let long: Vec<Vec<Scalar>> = columns.iter().map(|column| column.repeat(repeats)).collect();
        let got = match (evaluate(kernel_of(name), &long, DType::from_name(out)), out.strip_prefix('!')) {
            (Ok(tile), None) => tile,
            (Err(error), Some(kind)) if error.kind.name() == kind || kind.starts_with('_') => continue,
            (Err(error), _) => return Err(format!("{name} {names:?}: {}: {}", error.kind.name(), error.message)),
            (Ok(_), Some(kind)) => return Err(format!("{name} {names:?}: no {kind}")),
        };
        let got = got.read(long[0].len());
        if got.dtype().name() != out {
            return Err(format!("{name} {names:?} gives {}, not {out}", got.dtype()));
        }
        let wanted = elements_of(out, case[3].as_str().expect("values"));
        for i in 0..got.len() {
            let wanted = wanted[i % wanted.len()];
            if !compare(got.get(i), wanted) {
                let args: Vec<Scalar> = long.iter().map(|column| column[i]).collect();
                return Err(format!("{name}({args:?}) = {:?}, not {wanted:?}", got.get(i)));
            }
        }
    }
    Ok(())
}

#[test]
fn kernels_give_what_numpy_gives() {
    let table: Value = serde_json::from_str(include_str!("cases.json")).expect("the table of cases");
    let lists = table["lists"].as_object().expect("lists").iter();
    let read = |v: &Value| elements_of(v[0].as_str().expect("a dtype"), v[1].as_str().expect("values"));
    let lists: HashMap<String, Vec<Scalar>> = lists.map(|(name, v)| (name.clone(), read(v))).collect();
    let cases = table["cases"].as_array().expect("cases");
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case, &lists).err()).collect();
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// 64-bit integers below 2^52 are divided as floats: the same quotients and remainders as of integers.
#[test]
fn short_integers_divide_exactly() {
    let edges = [0, 1, 2, 3, 7, 10, 255, 65_536, (1 << 26) - 1, 1 << 26, (1 << 51) + 1, (1 << 52) - 1];
    let numbers: Vec<i64> = edges.iter().flat_map(|n| [*n, -n]).collect();
    let products = numbers.iter().flat_map(|a| numbers.iter().map(move |b| a.wrapping_mul(*b)));
    let near = products.filter(|p| p.unsigned_abs() < (1 << 51)).flat_map(|p| [p - 1, p, p + 1]);
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for n in near {
        a.extend(numbers.iter().map(|_| Scalar::Int64(n)));
        b.extend(numbers.iter().map(|d| Scalar::Int64(*d)));
    }
    for (kernel, wanted) in [
        (Kernel::FloorDivide, floor_quotient as fn(i64, i64) -> i64),
        (Kernel::Remainder, |a, b| a - floor_quotient(a, b) * b),
        (Kernel::Fmod, |a, b| a % b),
    ] {
        let got = evaluate(kernel, &[a.clone(), b.clone()], None).expect("a quotient");
        for (i, (a, b)) in a.iter().zip(&b).enumerate() {
            let (Scalar::Int64(a), Scalar::Int64(b)) = (a, b) else { unreachable!("integers") };
            let wanted = Scalar::Int64(if *b == 0 { 0 } else { wanted(*a, *b) });
            assert_eq!(got.read(i + 1).get(i), wanted, "{kernel:?} of {a} and {b}");
        }
    }
}

fn floor_quotient(a: i64, b: i64) -> i64 {
    a / b - i64::from((a % b != 0) && ((a < 0) != (b < 0)))
}
