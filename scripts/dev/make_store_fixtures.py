"""Writes the small arrays under tests/stores/data with real NumPy, Dask and zarr-python.

    python scripts/dev/make_store_fixtures.py

Every array holds the same numbers, so that a test can compute what it must read: element k in C order is
k % 100 (k % 2 for bool), plus 2k' j for complex, where k' = k % 100.
"""

import pathlib
import shutil
import struct

import dask.array as da
import numcodecs
import numpy as np
import zarr
from numpy.lib import format as npy

HERE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "stores" / "data"
DTYPES = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16".split()


def ramp(shape, dtype):
    k = np.arange(int(np.prod(shape))) % 100
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        k = k % 2
    if dtype.kind == "c":
        k = k + 2j * k
    return k.reshape(shape).astype(dtype)


def save(name, x, version=(1, 0)):
    with open(HERE / f"{name}.npy", "wb") as f:
        npy.write_array(f, x, version=version)


def npy_files():
    for code in DTYPES:
        for mark in "<>":
            order = "little" if mark == "<" else "big"
            save(f"c_{order}_{code}", ramp((3, 4, 5), mark + code))
        save(f"f_little_{code}", np.asfortranarray(ramp((3, 4, 5), "<" + code)))
    save("f_big_f8", np.asfortranarray(ramp((3, 4, 5), ">f8")))
    for version in [(1, 0), (2, 0), (3, 0)]:
        save(f"version_{version[0]}", ramp((7, 3), "<f8"), version)
    save("scalar", ramp((), "<i4"))
    save("empty", ramp((0, 3), "<f8"))
    save("f_long", np.asfortranarray(ramp((50, 37), "<f4")))
    np.save(HERE / "float16.npy", ramp((3,), "f2"))
    np.save(HERE / "text.npy", np.array(["a", "bc"]))
    np.save(HERE / "structured.npy", np.zeros(2, dtype=[("a", "<f8"), ("b", "<i4")]))
    np.save(HERE / "object.npy", np.array([1, None], dtype=object), allow_pickle=True)
    np.save(HERE / "dates.npy", np.array(["2020-01-01"], dtype="M8[D]"))


def broken_files():
    good = (HERE / "version_1.npy").read_bytes()
    (HERE / "truncated.npy").write_bytes(good[:-5])
    (HERE / "trailing.npy").write_bytes(good + b"xyz")
    (HERE / "bad_magic.npy").write_bytes(b"\x93NUMPX" + good[6:])
    (HERE / "bad_version.npy").write_bytes(good[:6] + b"\x09" + good[7:])
    (HERE / "short_header.npy").write_bytes(good[:40])
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2), }"
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    (HERE / "overflow.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text)


def stacks():
    da.to_npy_stack(str(HERE / "stack_axis0"), da.from_array(ramp((10, 4), "<f8"), chunks=(4, 2)), axis=0)
    da.to_npy_stack(str(HERE / "stack_axis1"), da.from_array(ramp((3, 7, 2), "<i2"), chunks=(3, (3, 1, 3), 2)), axis=1)
    da.to_npy_stack(str(HERE / "stack_long"), da.from_array(ramp((300,), "|b1"), chunks=(299,)), axis=0)


def create(name, x, chunks, **options):
    z = zarr.create_array(str(HERE / name), shape=x.shape, dtype=x.dtype, chunks=chunks, **options)
    z[...] = x
    return z


def zarr_2():
    x = ramp((7, 5), "<f8")
    codecs = {
        "none": None,
        "gzip": numcodecs.GZip(),
        "zlib": numcodecs.Zlib(),
        "zstd": numcodecs.Zstd(),
        "blosc": numcodecs.Blosc(),
        "blosc_zstd_bit": numcodecs.Blosc(cname="zstd", shuffle=numcodecs.Blosc.BITSHUFFLE),
    }
    for name, codec in codecs.items():
        create(f"v2_{name}", x, (3, 2), zarr_format=2, compressors=codec)
    create("v2_fortran", x, (3, 2), zarr_format=2, order="F")
    create("v2_slash", x, (3, 2), zarr_format=2, chunk_key_encoding={"name": "v2", "separator": "/"})
    for code in DTYPES:
        create(f"v2_big_{code}", ramp((5, 3), ">" + code), (2, 2), zarr_format=2)
    create("v2_scalar", ramp((), "<f8"), (), zarr_format=2)
    z = zarr.create_array(str(HERE / "v2_fill"), shape=(6,), dtype="<f8", chunks=(2,), fill_value=np.nan, zarr_format=2)
    z[2:4] = [1, 2]
    z.attrs["units"] = "metres"
    zarr.create(store=str(HERE / "v2_null_fill"), shape=(4,), dtype="<i4", chunks=(2,), fill_value=None, zarr_format=2)


def zarr_3():
    x = ramp((7, 5), "<f8")
    codecs = {
        "none": None,
        "gzip": zarr.codecs.GzipCodec(),
        "zstd": zarr.codecs.ZstdCodec(),
        "blosc": zarr.codecs.BloscCodec(),
        "crc": zarr.codecs.Crc32cCodec(),
    }
    for name, codec in codecs.items():
        create(f"v3_{name}", x, (3, 2), compressors=codec)
    for code in DTYPES:
        create(f"v3_{code}", ramp((5, 3), "<" + code), (2, 2))
    create("v3_big", ramp((5, 3), "<i4"), (2, 2), serializer=zarr.codecs.BytesCodec(endian="big"))
    create("v3_turned", x, (3, 2), filters=[zarr.codecs.TransposeCodec(order=(1, 0))])
    create("v3_sharded", ramp((20, 30), "<i4"), (5, 5), shards=(10, 15))
    create("v3_scalar", ramp((), "<f8"), ())
    z = zarr.create_array(str(HERE / "v3_fill"), shape=(6,), dtype="<c8", chunks=(2,), fill_value=complex(np.nan, 3))
    z[2:4] = [1, 2]
    z.attrs["units"] = "metres"
    root = zarr.create_group(str(HERE / "v3_group"))
    a = root.create_array("deep/a", shape=(3,), dtype="<i8", chunks=(2,))
    a[:] = ramp((3,), "<i8")


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir(parents=True)
    npy_files()
    broken_files()
    stacks()
    zarr_2()
    zarr_3()
    size = sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file())
    print(f"{sum(1 for p in HERE.rglob('*') if p.is_file())} files, {size} bytes")


if __name__ == "__main__":
    main()
