#!/usr/bin/env python3
"""Runs the workloads of this folder in dka, Dask (threads) and NumPy, in one run, and prints medians and ratios.

    cargo build --release
    python3 scripts/bench/run.py                        the whole table
    python3 scripts/bench/run.py sum sin_cos            some of it
    python3 scripts/bench/run.py --repeat 9 --threads 1
    python3 scripts/bench/run.py --overhead             starting, and graphs of many chunks
    python3 scripts/bench/growth.py                     1x, 4x, 16x the size, 1 and 2 threads
    python3 scripts/bench/eager.py                      the eager baseline beside NumPy

Every workload is a `.dka` file; the same cells run under CPython, where `da` is dask.array, or NumPy under Dask's names
(peers.py). NumPy and Dask are installed into a virtual environment outside the tree: $DKA_VENV, else in $TMPDIR.
"bytes" are those of the arrays in memory that the measured cell reads, "limit" is the time of one plain parallel read of
them, measured in the same run. `percentile` and `median` are exact in dka and NumPy, `percentile` is approximate in Dask.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from workloads import all_workloads

FOLDER = pathlib.Path(__file__).resolve().parent
TOP = FOLDER.parent.parent
PACKAGES = ["numpy==2.4.6", "dask[array]"]
TIMEOUT_S = 900
MILLION_CHUNKS = "y = da.random.random(1_000_000, chunks=1) + 1"


def dka_binary():
    """The program: $DKA, else what `cargo build --release` made."""
    path = os.environ.get("DKA") or TOP / "target/release/dka"
    assert pathlib.Path(path).exists(), f"{path} is missing: cargo build --release"
    return str(path)


def environment():
    """The Python that has NumPy and Dask."""
    folder = pathlib.Path(os.environ.get("DKA_VENV") or pathlib.Path(tempfile.gettempdir()) / "dka-oracle")
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if subprocess.run([str(python), "-c", "import dask.array, numpy"], capture_output=True).returncode:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return str(python)


def run_dka(script, threads, *options):
    """The cells' JSON objects."""
    with tempfile.NamedTemporaryFile("w", suffix=".dka") as file:
        file.write(script)
        file.flush()
        command = [dka_binary(), "--json", "--no-init", "--threads", str(threads), *options, file.name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    cells = [json.loads(line) for line in done.stdout.splitlines()]
    for cell in cells:
        if cell["error"]:
            raise RuntimeError(f"{cell['error']['kind']}: {cell['error']['message']}")
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"exit status {done.returncode}")
    return cells


def seconds_of_dka(workload, repeat, threads, scale=1):
    """Seconds of each repetition of the measured cell."""
    cells = run_dka(workload.script(repeat, scale), threads)
    return [cell["wall_s"] for cell in cells if cell["source"].startswith("%%time")]


def run_peer(python, threads, *arguments):
    """What peers.py prints."""
    limits = {"OPENBLAS_NUM_THREADS": "1" if arguments[0] == "bandwidth" else str(threads)}
    command = [python, str(FOLDER / "peers.py"), *map(str, arguments), str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, env=os.environ | limits)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def measure(workload, python, options):
    """A row: medians in seconds of dka, Dask and NumPy (None where one failed), and bytes read."""
    row = {"workload": workload.name, "title": workload.title, "bytes": 0}
    try:
        row["dka"] = statistics.median(seconds_of_dka(workload, options.repeat, options.threads))
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        row["dka"] = None
        print(f"{workload.name}: dka: {error}", file=sys.stderr)
    for kind in ("dask", "numpy"):
        try:
            answer = run_peer(python, options.threads, kind, workload.name, options.repeat)
            row[kind], row["bytes"] = statistics.median(answer["seconds"]), answer["bytes"]
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            row[kind] = None
            print(f"{workload.name}: {kind}: {error}", file=sys.stderr)
    return row


def milliseconds(seconds):
    return "-" if seconds is None else f"{seconds * 1e3:.1f}" if seconds < 1 else f"{seconds * 1e3:.0f}"


def ratio(other, own):
    return "-" if other is None or own is None else f"{other / own:.1f}x"


def cells_of(row, bandwidth):
    """A row of the table as text."""
    limit = row["bytes"] / bandwidth
    return [
        row["title"].replace("|", "\\|"),
        *(milliseconds(row[kind]) for kind in ("dka", "dask", "numpy")),
        ratio(row["dask"], row["dka"]),
        ratio(row["numpy"], row["dka"]),
        f"{row['bytes'] / 1e6:.0f} MB" if row["bytes"] else "-",
        milliseconds(limit) if limit else "-",
    ]


def geometric_mean(rows, kind):
    """Of the ratios of a peer's time to dka's."""
    logs = [math.log(row[kind] / row["dka"]) for row in rows if row[kind] and row["dka"]]
    return math.exp(statistics.fmean(logs)) if logs else math.nan


def show(head, rows):
    """A table that reads well as text and as Markdown."""
    widths = [max(len(line[k]) for line in [head, *rows]) for k in range(len(head))]
    for line in [head, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")


def overhead(options):
    """What dka takes to start, to write down a million chunks and to run them."""
    starts = []
    for _ in range(4 * options.repeat):
        begin = time.perf_counter()
        subprocess.run([dka_binary(), "--no-init", "-c", "1+1"], stdout=subprocess.DEVNULL, check=True)
        starts.append(time.perf_counter() - begin)
    timed = f"# %%\n%%time\n{MILLION_CHUNKS}\n# %%\n%%time\ny.sum().compute();\n"
    runs = [run_dka(timed, options.threads) for _ in range(options.repeat)]
    build, total = (statistics.median(run[k]["wall_s"] for run in runs) for k in (0, 1))
    rows = [
        ["dka -c 1+1", f"{statistics.median(starts) * 1e3:.1f} ms"],
        [f"`{MILLION_CHUNKS}`", f"{build * 1e3:.3f} ms"],
        ["`y.sum().compute()`, a task a chunk", f"{total:.3f} s: {total:.3f} us a chunk"],
        ["memory of that run", f"{statistics.median(run[1]['peak_bytes'] for run in runs) / 1e6:.1f} bytes a chunk"],
    ]
    show(["overhead", "median"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", help="names of .dka files, without the ending; all where none is given")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--overhead", action="store_true", help="starting and many chunks instead of the table")
    options = parser.parse_args()
    if options.overhead:
        return overhead(options)
    python = environment()
    bandwidth = run_peer(python, options.threads, "bandwidth")
    rows = []
    for workload in all_workloads(options.workloads):
        rows.append(measure(workload, python, options))
        print(f"{workload.name}: {' '.join(cells_of(rows[-1], bandwidth)[1:4])} ms", file=sys.stderr, flush=True)
    head = ["workload", "dka ms", "Dask ms", "NumPy ms", "Dask / dka", "NumPy / dka", "bytes", "limit ms"]
    show(head, [cells_of(row, bandwidth) for row in rows])
    print(
        f"\n{options.threads} threads, medians of {options.repeat}; a plain parallel read: {bandwidth / 1e9:.1f} GB/s; geometric "
        f"mean of the ratios: Dask {geometric_mean(rows, 'dask'):.1f}x, NumPy {geometric_mean(rows, 'numpy'):.1f}x"
    )


if __name__ == "__main__":
    main()
