"""Runs one workload under CPython with Dask or with NumPy, and prints the seconds of each repetition as JSON.

    python peers.py dask|numpy WORKLOAD REPEAT THREADS
    python peers.py bandwidth THREADS
"""

import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np

from workloads import all_workloads

READ_BYTES = 512 << 20


class NumPyAsDask:
    """`da` for NumPy: the same names, nothing lazy, no chunks. Uniform values come from `np.random` as in the notebook,
    normals from the newer generator, which is the faster of NumPy's two."""

    random = SimpleNamespace(
        random=lambda shape, chunks=None: np.random.random(shape),
        normal=lambda size, chunks=None: np.random.default_rng().normal(size=size),
    )

    def __getattr__(self, name):
        return getattr(np, name)

    @staticmethod
    def ones(shape, chunks=None):
        return np.ones(shape)

    @staticmethod
    def topk(x, k):
        return np.sort(np.partition(x, -k)[-k:])[::-1]


def as_numpy(cell):
    """A cell without what only lazy arrays have."""
    cell = re.sub(r"\.(compute|persist)\(\)", "", cell)
    return re.sub(r"\.rechunk\(\([^()]*\)\)", "", cell)


def run(kind, workload, repeat, threads):
    """Seconds of each repetition, and the bytes of the persisted arrays that the measured cell reads."""
    if kind == "dask":
        import dask
        import dask.array as da

        dask.config.set(scheduler="threads", num_workers=threads)
        rewrite = str
    else:
        da, rewrite = NumPyAsDask(), as_numpy
    space = {"np": np, "da": da}
    for cell in workload.setup:
        exec(rewrite(cell), space)
    measured = compile(rewrite(workload.measured), workload.name, "exec")
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        exec(measured, space)
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "bytes": sum(space[name].nbytes for name in workload.reads())}


def bandwidth(threads):
    """Bytes a second of a plain parallel read: dot products of float64 with themselves, the best of several."""
    parts = np.array_split(np.ones(READ_BYTES // 8), threads)
    best = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(10):
            start = time.perf_counter()
            list(pool.map(lambda part: np.dot(part, part), parts))
            best = min(best, time.perf_counter() - start)
    return READ_BYTES / best


def main():
    kind, *rest = sys.argv[1:]
    if kind == "bandwidth":
        print(json.dumps(bandwidth(int(rest[0]))))
    else:
        name, repeat, threads = rest
        print(json.dumps(run(kind, all_workloads([name])[0], int(repeat), int(threads))))


if __name__ == "__main__":
    main()
