//! Printed text against what NumPy and Python print: `scripts/dev/print_oracle.py` writes the cases.

use dka::data::text::{
    FloatMode, PercentValue, PrintOptions, Sign, format_bool, format_complex, format_float, format_int, format_str,
    percent_format, python_complex, python_float, repr_with, scalar_repr, scalar_str, str_with,
};
use dka::data::{Block, C32, C64, DType, Element, Result, Scalar};
use dka::with_dtype;
use num_bigint::BigInt;
use serde_json::Value;

fn cases(name: &str) -> Vec<Vec<Value>> {
    let path = format!("{}/tests/text/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn f64_of(bytes: &[u8]) -> f64 {
    f64::from_le_bytes(bytes.try_into().unwrap())
}

fn scalar(dtype: DType, bytes: &[u8]) -> Scalar {
    let f32_of = |b: &[u8]| f32::from_le_bytes(b.try_into().unwrap());
    match dtype {
        DType::Float32 => Scalar::Float32(f32_of(bytes)),
        DType::Float64 => Scalar::Float64(f64_of(bytes)),
        DType::Complex64 => Scalar::Complex64(C32::new(f32_of(&bytes[..4]), f32_of(&bytes[4..]))),
        DType::Complex128 => Scalar::Complex128(C64::new(f64_of(&bytes[..8]), f64_of(&bytes[8..]))),
        integer => {
            let mut wide = [0; 8];
            wide[..bytes.len()].copy_from_slice(bytes);
            Scalar::UInt64(u64::from_le_bytes(wide)).cast(integer)
        }
    }
}

fn block(dtype: DType, shape: &[usize], bytes: &[u8]) -> Block {
    let values: Vec<Scalar> = bytes.chunks(dtype.itemsize()).map(|b| scalar(dtype, b)).collect();
    let size = shape.iter().product();
    with_dtype!(dtype, T => {
        let cycle = values.iter().map(|v| <T as Element>::from_scalar(*v)).cycle().take(size);
        Block::from_vec(shape, cycle.collect::<Vec<T>>())
    })
}

fn options(value: &Value) -> PrintOptions {
    let mut options = PrintOptions::default();
    if value.get("precision").is_none() {
        return options;
    }
    let number = |name: &str| value[name].as_u64().unwrap() as usize;
    options.precision = Some(number("precision"));
    options.threshold = number("threshold");
    options.edgeitems = number("edgeitems");
    options.linewidth = number("linewidth");
    options.suppress = value["suppress"].as_bool().unwrap();
    options.nanstr = text(&value["nanstr"]).to_string();
    options.infstr = text(&value["infstr"]).to_string();
    options.sign = match text(&value["sign"]) {
        "+" => Sign::Plus,
        " " => Sign::Space,
        _ => Sign::Minus,
    };
    options.floatmode = match text(&value["floatmode"]) {
        "fixed" => FloatMode::Fixed,
        "unique" => FloatMode::Unique,
        "maxprec_equal" => FloatMode::MaxPrecEqual,
        _ => FloatMode::MaxPrec,
    };
    options
}

/// Prints every case that differs and fails where there is one.
fn report(name: &str, differences: &[String]) {
    assert!(differences.is_empty(), "{} cases of {name} differ:\n{}", differences.len(), differences.join("\n"));
}

fn compare(differences: &mut Vec<String>, case: &str, got: &str, want: &str) {
    if got != want {
        differences.push(format!("{case}\n--- numpy\n{want}\n--- dka\n{got}"));
    }
}

#[test]
fn arrays_print_as_numpy_prints_them() {
    let mut differences = Vec::new();
    for case in cases("arrays") {
        let dtype = DType::from_name(text(&case[0])).unwrap();
        let shape: Vec<usize> = case[1].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
        let block = block(dtype, &shape, &bytes(text(&case[2])));
        let options = options(&case[3]);
        let label = format!("{dtype:?} {shape:?} {}", case[3]);
        compare(&mut differences, &label, &repr_with(&block, &options), text(&case[4]));
        compare(&mut differences, &label, &str_with(&block, &options), text(&case[5]));
    }
    report("arrays", &differences);
}

#[test]
fn scalars_print_as_numpy_prints_them() {
    let mut differences = Vec::new();
    for case in cases("scalars") {
        let value = scalar(DType::from_name(text(&case[0])).unwrap(), &bytes(text(&case[1])));
        let label = format!("{value:?}");
        compare(&mut differences, &label, &scalar_repr(value), text(&case[2]));
        compare(&mut differences, &label, &scalar_str(value), text(&case[3]));
        match value {
            Scalar::Float64(x) => compare(&mut differences, &label, &python_float(x), text(&case[3])),
            Scalar::Complex128(z) => compare(&mut differences, &label, &python_complex(z), text(&case[3])),
            _ => {}
        }
    }
    report("scalars", &differences);
}

/// Text, or the kind and message of the error.
fn outcome(result: Result<String>) -> Value {
    match result {
        Ok(text) => Value::from(text),
        Err(error) => Value::from(vec![error.kind.name(), error.message]),
    }
}

fn formatted(kind: &str, value: &str, spec: &str) -> Result<String> {
    match kind {
        "int" => format_int(&value.parse::<BigInt>().unwrap(), spec),
        "float" => format_float(f64_of(&bytes(value)), spec),
        "complex" => {
            let bytes = bytes(value);
            format_complex(C64::new(f64_of(&bytes[..8]), f64_of(&bytes[8..])), spec)
        }
        "bool" => format_bool(value == "True", spec),
        _ => format_str(value, spec),
    }
}

#[test]
fn format_specs_mean_what_they_mean_in_python() {
    let mut differences = Vec::new();
    for case in cases("formats") {
        let (kind, value, spec) = (text(&case[0]), text(&case[1]), text(&case[2]));
        let got = outcome(formatted(kind, value, spec));
        compare(&mut differences, &format!("{kind} {value} {spec:?}"), &got.to_string(), &case[3].to_string());
    }
    report("formats", &differences);
}

fn percent_value(shown: &Value) -> PercentValue {
    let value = text(&shown[1]);
    match text(&shown[0]) {
        "int" => PercentValue::int(value.parse().unwrap()),
        "float" => PercentValue::float(f64_of(&bytes(value))),
        kind => PercentValue::other(value, dka::data::text::python_str_repr(value), kind),
    }
}

#[test]
fn percent_templates_mean_what_they_mean_in_python() {
    let mut differences = Vec::new();
    for case in cases("percents") {
        let values: Vec<PercentValue> = case[1].as_array().unwrap().iter().map(percent_value).collect();
        let got = outcome(percent_format(text(&case[0]), &values));
        compare(&mut differences, &format!("{} {}", case[0], case[1]), &got.to_string(), &case[2].to_string());
    }
    report("percents", &differences);
}

#[test]
fn very_long_widths_and_precisions_are_no_panic() {
    let long = 70_000;
    assert_eq!(format_float(0.5, &format!("0{long}.{}f", long - 2)).unwrap().len(), long);
    assert_eq!(format_float(0.5, &format!(".{long}e")).unwrap().len(), long + 6);
    assert_eq!(format_int(&BigInt::from(7), &format!("0{long}d")).unwrap().len(), long);
    assert_eq!(percent_format(&format!("%.{long}d"), &[PercentValue::int(7.into())]).unwrap().len(), long);
    let options = PrintOptions { precision: Some(long), floatmode: FloatMode::Fixed, ..PrintOptions::default() };
    assert_eq!(str_with(&block(DType::Float64, &[1], &0.5f64.to_le_bytes()), &options).len(), long + 4);
}
