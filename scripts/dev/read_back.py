"""Lets NumPy, Dask and zarr-python read what dka wrote, and compares the values.

    DKA_READ_BACK=/tmp/back cargo test --release stores::read_back
    python scripts/dev/read_back.py /tmp/back
"""

import pathlib
import sys

import dask.array as da
import numpy as np
import zarr

from make_store_fixtures import ramp


def read(path):
    if path.name == "group.zarr":
        group = zarr.open_group(str(path), mode="r")
        assert [name for name, _ in group["deep"].arrays()] == ["a"]
        return da.from_zarr(str(path), component="deep/a").compute()
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".stack":
        x = da.from_npy_stack(str(path))
        assert x.chunks == ((7,), (1, 3, 1)), x.chunks
        return x.compute()
    z = zarr.open_array(str(path), mode="r")
    assert z.chunks == (3, 2) and str(z.metadata.zarr_format) == path.name.split(".")[1]
    return z[...]


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).iterdir())
    assert paths, "nothing was written"
    for path in paths:
        dtype = "int64" if path.name == "group.zarr" else path.name.split(".")[0]
        expected = ramp((7, 5), dtype)
        found = read(path)
        assert found.dtype == expected.dtype, (path, found.dtype)
        np.testing.assert_array_equal(found, expected, err_msg=str(path))
    print(f"{len(paths)} arrays read back")


if __name__ == "__main__":
    main()
