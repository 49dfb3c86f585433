#!/usr/bin/env python3
"""Arrays larger than memory: each job under a small memory limit and, at a smaller size, compared with a run without one.

    python3 scripts/bench/out_of_core.py                      everything at full size: 16 GB and 4 GB, limit 512 MB
    python3 scripts/bench/out_of_core.py --scale 16           a sixteenth of the bytes and of the limit
    python3 scripts/bench/out_of_core.py --compare            also without a limit; results must have the same bits
    python3 scripts/bench/out_of_core.py transpose_npy --folder /tmp

Files are made in a new folder under --folder and deleted afterwards. "read" counts bytes of stored files, "out" and "back"
bytes to and from the spill store.
"""

import argparse
import math
import os
import pathlib
import shutil
import sys
import tempfile
import time

from memory import MB, bytes_of, idle_bytes, run_script, verdict
from run import show

# Bytes of an element.
ITEM = 8
GIB = 1 << 30
# What is asked of a written array: its bits say whether two are the same.
CHECK = "c = da.from_zarr('{out}'); print([float(v) for v in da.compute(c.sum(), (c * c).sum(), c[0].sum(), c[:, 0].sum())])"


class Sizes:
    """Sides of the arrays at a scale."""

    def __init__(self, scale):
        self.big = int(16 * GIB / ITEM / scale)
        self.side = int(math.sqrt(4 * GIB / ITEM / scale)) // 8 * 8
        self.rows = max(self.side // 40, 1)
        self.square = max(self.side // 16, 1)
        self.limit = 512 * MB / scale
        # Four times the limit, and cumsum's array and others: twice the limit.
        self.persisted = int(4 * self.limit / ITEM)
        self.cumulated = int(2 * self.limit / ITEM)
        self.twice = int(math.sqrt(self.cumulated))


def stored(kind, sizes):
    """Cells that make the stored array, and the expression that opens it in chunks of rows."""
    make = f"da.random.random(({sizes.side}, {sizes.side}), chunks=({sizes.rows}, {sizes.side}))"
    if kind == "npy":
        return f"da.store({make}, '{{folder}}/x.npy')", f"da.from_npy('{{folder}}/x.npy', chunks=({sizes.rows}, {sizes.side}))"
    return f"{make}.to_zarr('{{folder}}/x.zarr')", "da.from_zarr('{folder}/x.zarr')"


def jobs(sizes):
    """Name, cells to prepare (without limit), measured cells, and whether they write `out.zarr`."""
    chunk = max(sizes.big // 2000, 1000)
    yield "reduce", [], [f"x = da.random.random({sizes.big}, chunks={chunk}); print([float(v) for v in da.compute(x.sum(), x.max(), x.std())])"], False
    for kind in ("npy", "zarr"):
        make, x = stored(kind, sizes)
        x = f"x = {x}; "
        out = ".to_zarr('{out}')"
        yield f"standardise_{kind}", [make], [x + "((x - x.mean(axis=0)) / x.std(axis=0))" + out], True
        yield f"transpose_{kind}", [make], [x + f"(x + x.T).rechunk(({sizes.square}, {sizes.square}))" + out], True
        yield f"transpose_rows_{kind}", [make], [x + "(x + x.T)" + out], True
        yield f"rechunk_{kind}", [make], [x + f"x.rechunk(({sizes.side}, {sizes.rows}))" + out], True
    chunk = max(sizes.persisted // 256, 1000)
    yield "persisted_twice", [], [
        f"p = da.random.random({sizes.persisted}, chunks={chunk}).persist()",
        "print(float(p.sum()), float((p * 2 - p.mean()).std()))",
    ], False
    chunk = max(sizes.cumulated // 128, 1000)
    cumsum = f"v = da.random.random({sizes.cumulated}, chunks={chunk}).cumsum(axis=0)"
    yield "cumsum_summed", [], [f"{cumsum}; print(float(v.sum()))"], False
    yield "cumsum_written", [], [f"{cumsum}; v.to_zarr('{{out}}'); c = da.from_zarr('{{out}}'); print([float(v) for v in da.compute(c.sum(), c.max(), c[-1])])"], False
    chunk = max(sizes.twice // 20, 1)
    make = [f"da.store(da.random.random(({sizes.twice}, {sizes.twice}), chunks=({chunk}, {sizes.twice})), '{{folder}}/x.npy')"]
    x = f"x = da.from_npy('{{folder}}/x.npy', chunks=({chunk}, {sizes.twice})); "
    for name, asked in (
        ("median_rows", "da.median(x, axis=1).sum()"),
        ("median_columns", "da.median(x, axis=0).sum()"),
        ("percentile", "da.percentile(x.ravel(), [25, 50, 75])"),
        ("unique", "da.unique((x.ravel() * 1000).astype('i4'))"),
        ("topk", "da.topk(x.ravel(), 10)"),
        ("product", "(x @ x).sum()"),
    ):
        yield name, make, [f"{x}print({asked}.compute().tolist())"], False
    yield "product_written", make, [x + "(x @ x).to_zarr('{out}')"], True


def printed(cells):
    return "".join(cell["stdout"] for cell in cells)


def script(cells, folder):
    text = "".join(f"# %%\n{cell}\n" for cell in cells)
    return "# %%\nda.random.seed(7)\n" + text.replace("{folder}", str(folder)).replace("{out}", f"{folder}/out.zarr")


def run_job(job, sizes, options, base):
    """A row of the table."""
    name, prepare, measured, writes = job
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dka-out-of-core-", dir=options.folder))
    try:
        if prepare:
            run_script(script(prepare, folder), "8GB", options.threads)
        spill = ["--spill-dir", str(folder)]
        begin = time.perf_counter()
        cells, most = run_script(script(measured, folder), f"{sizes.limit:.0f}B", options.threads, *spill)
        seconds = time.perf_counter() - begin
        most -= base
        answer = printed(cells)
        if writes and verdict(cells, 0, 1, 0) != "refused":
            answer += printed(run_script(script([CHECK], folder), "8GB", options.threads)[0])
        said = verdict(cells, most, sizes.limit, bytes_of(options.slack))
        if options.compare and said != "refused":
            shutil.rmtree(folder / "out.zarr", ignore_errors=True)
            free, _ = run_script(script(measured + ([CHECK] if writes else []), folder), "16GB", options.threads, *spill)
            said += ", same bits" if printed(free) == answer else f", OTHER BITS: {printed(free).strip()} {answer.strip()}"
        left = [path.name for path in folder.iterdir() if path.name.startswith("dka-spill")]
        said += f", LEFT {left}" if left else ""
    finally:
        shutil.rmtree(folder)
    total = lambda key: sum(cell.get(key, 0) for cell in cells)
    worst = max(cells, key=lambda cell: cell["peak_bytes"])
    figures = [worst["projected_peak_bytes"], worst["peak_bytes"], most]
    figures += [total("bytes_read"), total("spilled_bytes"), total("loaded_bytes")]
    return [name, f"{seconds:.1f}", *(f"{value / MB:.0f}" for value in figures), said]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--folder", default=tempfile.gettempdir())
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--slack", default="16MB")
    options = parser.parse_args()
    sizes = Sizes(options.scale)
    base = idle_bytes()
    rows = []
    for job in jobs(sizes):
        if options.jobs and job[0] not in options.jobs:
            continue
        try:
            rows.append(run_job(job, sizes, options, base))
        except RuntimeError as error:
            rows.append([job[0], *[""] * 7, f"FAILED {error}"])
        print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    head = ["job", "s", "projected MB", "measured MB", "resident MB", "read MB", "out MB", "back MB", "verdict"]
    print(f"limit {sizes.limit / MB:.0f} MB")
    show(head, rows)
    return 1 if any(word in row[-1] for row in rows for word in ("OVER", "FAILED", "OTHER", "LEFT")) else 0


if __name__ == "__main__":
    sys.exit(main())
