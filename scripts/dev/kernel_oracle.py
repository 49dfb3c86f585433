"""Writes tests/kernels/cases.json: what NumPy's ufuncs give for interesting values of every dtype.

    python scripts/dev/kernel_oracle.py tests/kernels/cases.json

`lists` holds values by name, as little-endian hexadecimal; a case is [kernel, [list, ...], dtype, hexadecimal], its
operands being every combination of its lists, or [kernel, [list, ...], "!TypeError"] where NumPy raises. One-byte
integers, which NumPy computes in float16, are given to it as float64.
"""

import json
import sys

import numpy as np

np.seterr(all="ignore")

INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
FLOATS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
DTYPES = ["bool", *INTEGERS, *FLOATS, *COMPLEX]

UNARY = """absolute arccos arccosh arcsin arcsinh arctan arctanh bitwise_count cbrt ceil conjugate cos cosh deg2rad exp exp2
expm1 floor invert isfinite isinf isnan log log10 log1p log2 logical_not negative positive rad2deg reciprocal rint sign
signbit sin sinh spacing sqrt square tan tanh trunc angle i0 sinc real imag""".split()
BINARY = """add arctan2 bitwise_and bitwise_or bitwise_xor copysign divide equal floor_divide fmax fmin fmod gcd greater
greater_equal heaviside hypot lcm left_shift less less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum
minimum multiply nextafter not_equal remainder right_shift subtract""".split()
MIXED = [("uint64", "int64"), ("int64", "uint64"), ("uint8", "int8"), ("bool", "float32"), ("int32", "float32"),
         ("float32", "complex64"), ("uint16", "int16")]
MIXED_KERNELS = "add divide equal less less_equal greater not_equal maximum arctan2 bitwise_and gcd floor_divide".split()
# Complex functions of infinities and NaN differ between C libraries; they are not compared.
TRANSCENDENTAL = """arccos arccosh arcsin arcsinh arctan arctanh cos cosh exp exp2 expm1 log log10 log1p log2 sin sinh sqrt tan
tanh sinc""".split()


def lists():
    """The values by name: all of a dtype (`.u`), those paired (`.b`), exponents (`.p`), finite ones (`.f`)."""
    named = {"bool.u": np.array([False, True]), "bool.b": np.array([False, True]), "bool.p": np.array([False, True])}
    for name in INTEGERS:
        info = np.iinfo(name)
        some = [-7, -2, -1] if info.min else []
        named[name + ".u"] = np.array([info.min, *some, 0, 1, 2, 3, 100, info.max - 1, info.max], name)
        named[name + ".b"] = np.array([info.min, *some, 0, 3, 100, info.max], name)
        named[name + ".p"] = np.array([0, 1, 2, 3, 7, 63, info.max], name)
    for name in FLOATS:
        info = np.finfo(name)
        special = [np.inf, -np.inf, np.nan]
        plain = [0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.7, -7.3, 1e-3, 100, 300.7, -70000.5, 3e9, 1e20]
        named[name + ".u"] = np.array([*plain, *special, info.tiny, info.smallest_subnormal, info.max], name)
        named[name + ".b"] = np.array([0.0, -0.0, 1, -2.5, 3.7, 0.1, 1e30, *special], name)
        named[name + ".p"] = np.array([0.0, -1, 2, 0.5, -2.5, 3.0, *special], name)
    for name in COMPLEX:
        pairs = [(0, 0), (-0.0, -0.0), (1, 0), (-1, 0.0), (0, 1), (0, -1), (0.5, 0.25), (-2.5, 3), (2, 0), (2, -0.0), (-2, 0),
                 (-2, -0.0), (0, 2), (-0.0, 2), (0, -2), (3.7, -1.2), (1e-3, 20), (1e-9, -1e-9)]
        finite = np.array([complex(*pair) for pair in pairs], name)
        named[name + ".f"] = finite
        named[name + ".u"] = np.append(finite, np.array([complex(np.inf, 1), complex(np.nan, 1)], name))
        some = [0, 1, 1j, -2.5 + 3j, 0.5 - 0.25j, complex(-2.5, 1), complex(np.nan, 1)]
        named[name + ".b"] = np.array(some, name)
        named[name + ".p"] = np.array([0, 1, 2, 3, -1, 0.5, 1 - 2j], name)
    named["int64.n"] = np.array([-5000, -1075, -1, 0, 1, 60, 5000])
    return named


def evaluated(function, arrays):
    """The ufunc of all combinations, or the name of its error."""
    grids = [grid.ravel() for grid in np.meshgrid(*arrays, indexing="ij")]
    try:
        result = function(*grids)
        if result.dtype == np.float16:
            result = function(*[grid.astype("f8") for grid in grids])
        return result
    except TypeError as error:
        return "!" + type(error).__name__
    except ValueError as error:
        return "!" + type(error).__name__


def in_double(function):
    """Complex functions in single precision are computed in double, which is nearer than NumPy."""
    return lambda z: function(z.astype("complex128")).astype("complex64")


def case(named, kernel, names, function):
    result = evaluated(function, [named[name] for name in names])
    if isinstance(result, str):
        return [kernel, names, result]
    return [kernel, names, result.dtype.name, result.tobytes().hex()]


def cases(named):
    for kernel in UNARY:
        for dtype in DTYPES:
            finite = dtype in COMPLEX and kernel in TRANSCENDENTAL
            single = finite and dtype == "complex64"
            function = in_double(getattr(np, kernel)) if single else getattr(np, kernel)
            yield case(named, kernel, [dtype + (".f" if finite else ".u")], function)
    for kernel in BINARY:
        for dtype in DTYPES:
            yield case(named, kernel, [dtype + ".b", dtype + ".b"], getattr(np, kernel))
    for kernel in MIXED_KERNELS:
        for left, right in MIXED:
            yield case(named, kernel, [left + ".b", right + ".b"], getattr(np, kernel))
    for dtype in DTYPES:
        yield case(named, "power", [dtype + ".b", dtype + ".p"], np.power)
        yield case(named, "where", ["bool.u", dtype + ".b", "int16.b"], np.where)
    yield case(named, "power", ["int8.b", "int8.b"], np.power)
    for dtype in ["int16", *FLOATS]:
        yield case(named, "ldexp", [dtype + ".b", "int64.n"], np.ldexp)
    for dtype in ["int32", *FLOATS, "complex64"]:
        yield case(named, "frexp_mantissa", [dtype + ".u"], lambda x: np.frexp(x)[0])
        yield case(named, "frexp_exponent", [dtype + ".u"], lambda x: np.frexp(x)[1])
    for source in DTYPES:
        for target in DTYPES:
            yield case(named, "cast", [source + ".u"], lambda x, target=target: x.astype(target))


def main():
    named = lists()
    text = {name: [values.dtype.name, values.tobytes().hex()] for name, values in named.items()}
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in cases(named))
    with open(sys.argv[1], "w") as file:
        file.write('{"lists": ' + json.dumps(text) + ',\n"cases": [\n' + lines + "\n]}\n")


main()
