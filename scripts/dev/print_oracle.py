"""Writes what NumPy and Python print for a few hundred random values: tests/text/*.json, one case a line.

    python scripts/dev/print_oracle.py     # needs NumPy 2.4

Values are little-endian bytes in hex; an array repeats them cyclically to fill its shape.
"""

import json
import math
import pathlib
import random
import struct

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "text"
DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128".split()
rng = random.Random(20)
gen = np.random.default_rng(20)


def magnitudes(n):
    """Floats whose sizes are alike or wildly unlike, round or not, with the special ones strewn in."""
    low = rng.choice([-320, -30, -9, -5, -3, -1, 0, 0])
    high = rng.choice([0, 1, 2, 3, 5, 6, 7, 8, 9, 16, 300])
    values = 10.0 ** gen.uniform(low, max(low, high), n)
    style = rng.random()
    if style < 0.3:
        values = np.round(values, rng.choice([0, 1, 2, 3]))
    elif style < 0.5:
        values = np.array([float(f"{v:.{rng.choice([1, 2, 3])}g}") for v in values])
    elif style < 0.6:
        values = 2.0 ** np.round(np.log2(np.maximum(values, 1e-300)))
    elif style < 0.7:
        values = np.linspace(rng.choice([0, -1, 10]), rng.choice([1, 3, 100]), n)
    if rng.random() < 0.5:
        values = values * gen.choice([-1, 1], n)
    if rng.random() < 0.35:
        special = gen.choice([np.nan, np.inf, -np.inf, 0.0, -0.0], n)
        values = np.where(gen.random(n) < 0.2, special, values)
    return values


def pattern(dtype, n):
    kind = np.dtype(dtype).kind
    with np.errstate(all="ignore"):
        if kind == "b":
            return gen.random(n) < rng.choice([0.0, 0.5, 1.0])
        if kind in "iu":
            info = np.iinfo(dtype)
            top = min(info.max, 10 ** rng.randint(0, 19))
            low = max(info.min, -top) if rng.random() < 0.5 else 0
            return np.array([rng.randint(low, top) for _ in range(n)], dtype)
        if kind == "f":
            return magnitudes(n).astype(dtype)
        out = np.empty(n, dtype)
        out.real, out.imag = magnitudes(n), magnitudes(n)
        return out


def some_shape():
    pick = rng.random()
    if pick < 0.08:
        return ()
    if pick < 0.14:
        return rng.choice([(0,), (0, 3), (3, 0), (2, 0, 4)])
    if pick < 0.3:
        return rng.choice([(1001,), (2000,), (100, 100), (7, 200), (2, 600), (10, 11, 12), (1001, 1), (2, 2, 300), (3, 4000)])
    if pick < 0.6:
        return (rng.randint(1, 40),)
    if pick < 0.85:
        return (rng.randint(1, 6), rng.randint(1, 12))
    return rng.choice([(2, 3, 4), (1, 2, 1), (2, 1, 2, 3), (2, 2, 20)])


def some_options():
    options = {}
    if rng.random() < 0.3:
        options = {
            "precision": rng.choice([0, 1, 2, 3, 4, 12, 17]),
            "threshold": rng.choice([5, 1000, 1000]),
            "edgeitems": rng.choice([1, 2, 3]),
            "linewidth": rng.choice([10, 40, 75, 120]),
            "suppress": rng.random() < 0.5,
            "sign": rng.choice("-+ "),
            "floatmode": rng.choice(["maxprec", "fixed", "unique", "maxprec_equal"]),
            "nanstr": rng.choice(["nan", "missing"]),
            "infstr": rng.choice(["inf", "∞"]),
        }
    return options


def array_case(dtype):
    shape, options = some_shape(), some_options()
    count = min(math.prod(shape), rng.choice([5, 12, 30]))
    values = pattern(dtype, count)
    array = np.resize(values, shape) if count else np.zeros(shape, dtype)
    with np.printoptions(**options):
        return [dtype, list(shape), values.tobytes().hex(), options, repr(array), str(array)]


def scalar_case(dtype):
    value = pattern(dtype, 1)[0]
    if rng.random() < 0.2 and dtype.startswith("c"):
        value = type(value)(complex(0.0, value.imag))
    return [dtype, value.tobytes().hex(), repr(value), str(value)]


def outcome(do):
    try:
        return do()
    except (ValueError, TypeError, OverflowError) as error:
        return [type(error).__name__, str(error)]


def some_spec(codes):
    if rng.random() < 0.04:
        return rng.choice(["", "5", "qq", "<<", ",_", "_,", ".", ".x", "10y", "05,", "é^9", "=+#012,.3f", "d", "s", "z", ",,", ",x"])
    parts = [rng.choice(["", "", "", "<", ">", "^", "=", "*<", "é>", "0^", "0=", "x="]), rng.choice(["", "", "+", "-", " "])]
    parts += [rng.choice(["", "", "", "", "z"]), rng.choice(["", "", "", "#"]), rng.choice(["", "", "", "0"])]
    parts += [rng.choice(["", "", "1", "9", "15", "24"]), rng.choice(["", "", "", ",", "_"])]
    parts += [rng.choice(["", "", ".0", ".1", ".3", ".8", ".20"]), rng.choice(codes)]
    return "".join(parts)


def some_number():
    return rng.choice([float(magnitudes(1)[0]), rng.choice([0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 1e16, 123456.789, 1e-5, -1e-9])])


def some_int():
    return rng.choice([0, 1, -1, 65, 1234567, -9876543210, 2**70, -(10**25), rng.randint(-(10**6), 10**6), 10**310])


def format_case():
    kind = rng.choice(["int", "float", "float", "complex", "str", "bool"])
    if kind == "int":
        value, codes = some_int(), ["", "d", "b", "o", "x", "X", "n", "c", "e", "f", "g", "%", "G", "s", "y"]
        shown = str(value)
    elif kind == "float":
        value, codes = some_number(), ["", "", "e", "f", "g", "E", "F", "G", "n", "%", "f", "g", "d", "s", "x"]
        shown = struct.pack("<d", value).hex()
    elif kind == "complex":
        value, codes = complex(rng.choice([0.0, some_number()]), some_number()), ["", "", "e", "f", "g", "G", "d", "%", "s"]
        shown = struct.pack("<dd", value.real, value.imag).hex()
    elif kind == "str":
        value, codes = rng.choice(["", "a", "dask", "naïve", "it's", "日本"]), ["", "", "s", "s", "d"]
        shown = value
    else:
        value, codes = rng.random() < 0.5, ["", "d", "s", "f", "x"]
        shown = str(value)
    spec = some_spec(codes)
    if rng.random() < 0.3 and kind == "str":
        spec = rng.choice(["", "8", "<8", ">8", "^9", "*^9s", ".2", "08", "5.1s"])
    return [kind, shown, spec, outcome(lambda: format(value, spec))]


def percent_case():
    template, values, shown = "", [], []
    for _ in range(rng.randint(0, 3)):
        flags = "".join(rng.sample("-+ #0", rng.choice([0, 0, 1, 2])))
        width = rng.choice(["", "", "6", "12"])
        precision = rng.choice(["", "", ".", ".2", ".10"])
        template += rng.choice(["", "x=", "100%% "]) + "%" + flags + width + precision + rng.choice(list("ddiufFeEgGxXosrac") + ["y", "ld"])
    for _ in range(rng.choice([template.count("%") - 2 * template.count("%%")] * 8 + [0, 2])):
        value = rng.choice([some_int(), some_number(), some_number(), "dka", "a", 65, "it's é\n"])
        values.append(value)
        shown.append([type(value).__name__, struct.pack("<d", value).hex() if isinstance(value, float) else str(value)])
    return [template, shown, outcome(lambda: template % tuple(values))]


def write(name, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases)
    (OUT / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main():
    OUT.mkdir(exist_ok=True)
    with np.errstate(all="ignore"):
        weighted = DTYPES + ["float64", "float32"] * 8 + ["complex128", "complex64"] * 4 + ["int64"] * 2
        write("arrays.json", [array_case(rng.choice(weighted)) for _ in range(300)])
        write("scalars.json", [scalar_case(rng.choice(weighted)) for _ in range(300)])
        write("formats.json", [format_case() for _ in range(700)])
        write("percents.json", [percent_case() for _ in range(300)])


if __name__ == "__main__":
    main()
